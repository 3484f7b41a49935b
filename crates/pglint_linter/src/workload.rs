//! How the project's statements use the schema: evidence for and against what a
//! rule suspects.

mod join;
mod observe;
mod value;

use std::collections::BTreeSet;
use std::sync::Arc;

use pglint_catalog::{ColumnNumber, Log, Name, RelationId};
use pglint_semantic::resolve::Resolution;
use pglint_syntax::Tree;
use rustc_hash::{FxHashMap, FxHashSet};

/// A column of a relation.
type BaseColumn = (RelationId, ColumnNumber);

/// What statements do with tables and columns.
#[derive(Clone, Debug, Default)]
pub struct Workload {
    relations: FxHashMap<RelationId, Arc<RelationUse>>,
    /// Names of unique keys that an ON CONFLICT relies on.
    named_arbiters: FxHashSet<Name>,
    /// Where every question is noted down. `None` nearly always.
    asked: Option<Log<UseRead>>,
}

/// What statements do with one relation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct RelationUse {
    rows: TableUse,
    columns: FxHashMap<ColumnNumber, ColumnUse>,
    values: FxHashMap<ColumnNumber, ColumnValues>,
    /// Each pair stands with both of its relations.
    joined: FxHashMap<ColumnNumber, BTreeSet<BaseColumn>>,
    /// Sorted columns.
    arbiters: FxHashSet<Vec<ColumnNumber>>,
}

/// One thing that was asked of a workload.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UseRead {
    /// What is done with a relation.
    Relation(RelationId),
    /// Whether a unique key of that name is relied on.
    Arbiter(Name),
}

/// What statements do with one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ColumnUse {
    /// A condition (WHERE, ON, HAVING, a filter or a CASE) mentions it.
    pub is_filtered: bool,
    /// Something asks whether it is NULL: `IS NULL`, `IS TRUE`, `COALESCE` and the like.
    pub is_null_tested: bool,
    /// An UPDATE sets it.
    pub is_updated: bool,
    /// A statement writes the literal NULL into it.
    pub is_set_to_null: bool,
    /// A query takes it apart at commas, semicolons or bars, or looks for an
    /// element between them.
    pub is_split: bool,
}

/// The values that statements write into a column or compare it with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnValues {
    /// The string literals, sorted, each once. None once `is_open`.
    pub literals: Vec<Name>,
    /// Some value is not a literal, or there are more of them than anybody would
    /// list: a dump has hundreds of thousands.
    pub is_open: bool,
    /// A condition compares the column with a literal.
    pub is_compared: bool,
}

/// Which rows statements insert into a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableUse {
    /// Rows whose values all stand in the statement.
    pub has_fixed_rows: bool,
    /// Rows with values that come from elsewhere: parameters, other tables.
    pub has_other_rows: bool,
}

impl Workload {
    /// What statements do with the column; nothing, when none mentions it.
    pub fn column(&self, relation: RelationId, column: ColumnNumber) -> ColumnUse {
        let used = self.relation(relation);
        used.and_then(|used| used.columns.get(&column).copied())
            .unwrap_or_default()
    }

    /// The values of a column. `None` when no statement shows any.
    pub fn values(&self, relation: RelationId, column: ColumnNumber) -> Option<&ColumnValues> {
        self.relation(relation)?.values.get(&column)
    }

    /// Which rows statements insert into the table.
    pub fn table(&self, relation: RelationId) -> TableUse {
        self.relation(relation)
            .map_or(TableUse::default(), |used| used.rows)
    }

    /// The columns of other FROM items that conditions or USING equate with the
    /// column, sorted.
    pub fn joined_with(
        &self,
        relation: RelationId,
        column: ColumnNumber,
    ) -> impl Iterator<Item = (RelationId, ColumnNumber)> + '_ {
        let used = self.relation(relation);
        let joined = used.and_then(|used| used.joined.get(&column));
        joined.into_iter().flatten().copied()
    }

    /// Does an ON CONFLICT rely on a unique key on these columns, or of that name?
    pub fn is_arbiter(&self, relation: RelationId, columns: &[ColumnNumber], name: &str) -> bool {
        let mut columns = columns.to_vec();
        columns.sort_unstable();
        if let Some(asked) = &self.asked {
            asked.add(UseRead::Arbiter(name.into()));
        }
        let used = self.relation(relation);
        used.is_some_and(|used| used.arbiters.contains(&columns))
            || self.named_arbiters.contains(name)
    }

    fn relation(&self, relation: RelationId) -> Option<&RelationUse> {
        if let Some(asked) = &self.asked {
            asked.add(UseRead::Relation(relation));
        }
        self.relations.get(&relation).map(|used| &**used)
    }

    /// The same workload, which notes down in `asked` what it is asked.
    pub fn noting(&self, asked: &Log<UseRead>) -> Workload {
        Workload {
            asked: Some(asked.clone()),
            ..self.clone()
        }
    }

    /// Adds what one statement does.
    pub fn observe(&mut self, tree: &Tree, resolution: &Resolution) {
        observe::observe(self, tree, resolution);
    }

    /// Does no statement do anything?
    pub fn is_empty(&self) -> bool {
        self.relations.is_empty() && self.named_arbiters.is_empty()
    }

    /// Adds what another part of the project does.
    pub fn merge(&mut self, other: &Workload) {
        // Uses are combined with "or" and sets joined, so the order does not matter.
        #![allow(clippy::iter_over_hash_type, reason = "the result has no order")]
        for (relation, used) in &other.relations {
            match self.relations.get_mut(relation) {
                Some(own) => Arc::make_mut(own).merge(used),
                None => drop(self.relations.insert(*relation, used.clone())),
            }
        }
        let names = other.named_arbiters.iter().cloned();
        self.named_arbiters.extend(names);
    }

    /// The questions that the two answer in different ways.
    pub fn differences<'w>(&'w self, other: &'w Workload) -> impl Iterator<Item = UseRead> + 'w {
        let both = [(self, other), (other, self)].into_iter();
        let relations = both.clone().flat_map(|(one, other)| {
            let differs = |(id, used): &(&RelationId, &Arc<RelationUse>)| {
                let other = other.relations.get(id);
                other.is_none_or(|other| !Arc::ptr_eq(other, used) && other != *used)
            };
            let relations = one.relations.iter().filter(differs);
            relations.map(|(id, _)| UseRead::Relation(*id))
        });
        let names = both.flat_map(|(one, other)| {
            let names = one.named_arbiters.difference(&other.named_arbiters);
            names.map(|name| UseRead::Arbiter(name.clone()))
        });
        relations.chain(names)
    }

    /// Answers one question anew from the parts that make up the whole.
    pub fn update<'w>(&mut self, question: &UseRead, parts: impl Iterator<Item = &'w Workload>) {
        match question {
            UseRead::Relation(id) => {
                self.relations.remove(id);
                let mut sum: Option<Arc<RelationUse>> = None;
                for used in parts.filter_map(|part| part.relations.get(id)) {
                    match &mut sum {
                        Some(sum) => Arc::make_mut(sum).merge(used),
                        None => sum = Some(used.clone()),
                    }
                }
                self.relations.extend(sum.map(|sum| (*id, sum)));
            }
            UseRead::Arbiter(name) => {
                let mut parts = parts;
                match parts.any(|part| part.named_arbiters.contains(name)) {
                    true => self.named_arbiters.insert(name.clone()),
                    false => self.named_arbiters.remove(name),
                };
            }
        }
    }

    fn used_mut(&mut self, relation: RelationId) -> &mut RelationUse {
        Arc::make_mut(self.relations.entry(relation).or_default())
    }

    fn column_mut(&mut self, (relation, column): BaseColumn) -> &mut ColumnUse {
        self.used_mut(relation).columns.entry(column).or_default()
    }

    fn values_mut(&mut self, (relation, column): BaseColumn) -> &mut ColumnValues {
        self.used_mut(relation).values.entry(column).or_default()
    }
}

impl ColumnValues {
    /// With more literals than that, a column is open.
    const MOST_LITERALS: usize = 30;

    fn add(&mut self, literal: &str) {
        if self.is_open {
            return;
        }
        let place = self.literals.binary_search_by(|it| (**it).cmp(literal));
        match place {
            Ok(_) => {}
            Err(_) if self.literals.len() == ColumnValues::MOST_LITERALS => self.open(),
            Err(place) => self.literals.insert(place, literal.into()),
        }
    }

    fn open(&mut self) {
        self.is_open = true;
        self.literals = Vec::new();
    }
}

impl RelationUse {
    fn merge(&mut self, other: &RelationUse) {
        #![allow(clippy::iter_over_hash_type, reason = "the result has no order")]
        self.rows.has_fixed_rows |= other.rows.has_fixed_rows;
        self.rows.has_other_rows |= other.rows.has_other_rows;
        for (column, used) in &other.columns {
            let own = self.columns.entry(*column).or_default();
            own.is_filtered |= used.is_filtered;
            own.is_null_tested |= used.is_null_tested;
            own.is_updated |= used.is_updated;
            own.is_set_to_null |= used.is_set_to_null;
            own.is_split |= used.is_split;
        }
        for (column, values) in &other.values {
            let own = self.values.entry(*column).or_default();
            values.literals.iter().for_each(|it| own.add(it));
            if values.is_open {
                own.open();
            }
            own.is_compared |= values.is_compared;
        }
        for (column, joined) in &other.joined {
            self.joined.entry(*column).or_default().extend(joined);
        }
        self.arbiters.extend(other.arbiters.iter().cloned());
    }
}
