//! pop, as soda and Ory's programs use it: `<digits>_<name>.postgres.up.sql`
//! beside `<digits>_<name>.up.sql` for all other databases.
//!
//! Of the files of one version and direction the one for PostgreSQL runs. Each
//! runs in a transaction, unless `.autocommit` is part of its name.

use std::collections::BTreeMap;

use pglint_semantic::section::Transaction;

use super::number::before_underscore;
use super::{Folder, Framework, MigrationFile, direction, name_of};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "pop",
    detects: |folder| {
        let mut files = folder.files.iter();
        let file = files.find(|file| is_for_postgres(file))?;
        Some(format!("names such as `{}`", name_of(file.path)))
    },
    order,
    sections: |file| {
        vec![file.whole(match has_part(file, "autocommit") {
            true => Transaction::Implicit,
            false => Transaction::Wrapped,
        })]
    },
    ignores_by_mistake: false,
    ignores: "as a file for PostgreSQL stands for it",
    ..Framework::BASE
};

fn is_for_postgres(file: &MigrationFile<'_>) -> bool {
    direction(file.path).is_some()
        && before_underscore(file.path).is_some()
        && (has_part(file, "postgres") || has_part(file, "postgresql"))
}

fn has_part(file: &MigrationFile<'_>, part: &str) -> bool {
    name_of(file.path).split('.').skip(1).any(|it| it == part)
}

fn order(folder: &Folder<'_>) -> Vec<usize> {
    let sorted = folder.sorted_by_key(|file| {
        direction(file.path)?;
        before_underscore(file.path)
    });
    let step = |index: &usize| {
        let file = &folder.files[*index];
        let is_down = direction(file.path) == Some(pglint_semantic::section::Direction::Down);
        before_underscore(file.path).map(|version| (version, is_down))
    };
    let mut chosen = BTreeMap::new();
    for index in &sorted {
        if is_for_postgres(&folder.files[*index]) {
            chosen.insert(step(index), *index);
        }
    }
    let is_run = |index: &usize| chosen.get(&step(index)).is_none_or(|it| it == index);
    sorted.into_iter().filter(is_run).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_order};

    #[test]
    fn the_file_for_postgresql_stands_for_the_others() {
        check_order(
            &[
                ("2_b.up.sql", ""),
                ("2_b.postgres.up.sql", ""),
                ("1_a.up.sql", ""),
                ("1_a.down.sql", ""),
            ],
            "pop",
            &["1_a.down.sql", "1_a.up.sql", "2_b.postgres.up.sql"],
        );
    }

    #[test]
    fn names_without_digits_first_are_of_other_programs() {
        check_order(
            &[
                ("V0002.B.postgres.up.sql", ""),
                ("V0001.A.postgres.up.sql", ""),
                ("V0001.A.all.down.sql", ""),
            ],
            "file names",
            &[
                "V0001.A.all.down.sql",
                "V0001.A.postgres.up.sql",
                "V0002.B.postgres.up.sql",
            ],
        );
    }

    #[test]
    fn transactions() {
        check("pop", "1_a.postgres.up.sql", "x", &["Up Wrapped 1: x"]);
        check(
            "pop",
            "1_a.postgres.autocommit.down.sql",
            "x",
            &["Down Implicit 1: x"],
        );
    }
}
