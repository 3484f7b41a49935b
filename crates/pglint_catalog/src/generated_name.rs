//! The names that PostgreSQL gives to objects without one.

use crate::name::{NAME_LENGTH, clip};
use crate::reads::Read;
use crate::{Catalog, SchemaId};

/// `name1_name2_label`, with the names cut so that it fits into 63 bytes: the
/// longer of the two first (`makeObjectName` in `indexcmds.c`).
pub fn make_object_name(name1: &str, name2: Option<&str>, label: &str) -> String {
    let overhead = label.len() + 1 + usize::from(name2.is_some());
    let available = NAME_LENGTH.saturating_sub(overhead);
    let mut length1 = name1.len();
    let mut length2 = name2.map_or(0, str::len);
    while length1 + length2 > available {
        if length1 > length2 {
            length1 -= 1;
        } else {
            length2 -= 1;
        }
    }
    let mut name = String::with_capacity(NAME_LENGTH.max(overhead));
    name.push_str(clip(name1, length1));
    if let Some(name2) = name2 {
        name.push('_');
        name.push_str(clip(name2, length2));
    }
    name.push('_');
    name.push_str(label);
    name
}

/// Whether a constraint of that name is in the schema (`ConstraintNameExists`
/// in `pg_constraint.c`).
pub fn constraint_name_exists(catalog: &Catalog, schema: SchemaId, name: &str) -> bool {
    catalog.note(Read::name(name));
    catalog.constraint_names.get(schema, name).is_some()
}

impl Catalog {
    /// A free name for a new index or sequence; for the index of a constraint
    /// also free among constraints (`ChooseRelationName` in `indexcmds.c`).
    pub fn choose_relation_name(
        &self,
        schema: SchemaId,
        name1: &str,
        name2: Option<&str>,
        label: &str,
        is_constraint: bool,
    ) -> String {
        self.choose(name1, name2, label, |candidate| {
            let taken = self.named_in_schema(schema, candidate).is_some()
                || is_constraint && constraint_name_exists(self, schema, candidate);
            !taken
        })
    }

    /// A free name for a new constraint without an index (`ChooseConstraintName`
    /// in `pg_constraint.c`). `taken` are names that the same statement gives.
    pub fn choose_constraint_name(
        &self,
        schema: SchemaId,
        name1: &str,
        name2: Option<&str>,
        label: &str,
        taken: &[crate::Name],
    ) -> String {
        self.choose(name1, name2, label, |candidate| {
            !taken.iter().any(|name| name == candidate)
                && !constraint_name_exists(self, schema, candidate)
        })
    }

    fn choose(
        &self,
        name1: &str,
        name2: Option<&str>,
        label: &str,
        is_free: impl Fn(&str) -> bool,
    ) -> String {
        let first = make_object_name(name1, name2, label);
        if is_free(&first) {
            return first;
        }
        (1u32..)
            .map(|pass| make_object_name(name1, name2, &format!("{label}{pass}")))
            .find(|candidate| is_free(candidate))
            .unwrap_or(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_joined() {
        assert_eq!(
            make_object_name("users", Some("email"), "key"),
            "users_email_key"
        );
        assert_eq!(make_object_name("users", None, "pkey"), "users_pkey");
    }

    #[test]
    fn the_longer_name_is_cut_first() {
        let table = "a".repeat(50);
        let column = "b".repeat(20);
        let name = make_object_name(&table, Some(&column), "fkey");
        assert_eq!(name, format!("{}_{column}_fkey", "a".repeat(37)));
        assert_eq!(name.len(), 63);
    }
}
