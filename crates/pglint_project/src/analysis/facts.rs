//! What was found out about statements and tables, and from what: so that it can
//! be kept until one of the things that it was found out from is another.
//!
//! Whatever a check asks of the catalog, of the workload and of the statements
//! around its own is noted down while it runs. Nothing else may influence it but
//! the statement itself, which its id stands for, and its situation.

use std::cell::RefCell;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pglint_catalog::{Catalog, Difference, Log, Read, Reads};
use pglint_linter::{StatementFiles, UseRead, Workload};
use pglint_syntax::Statement;
use pglint_text::{FileId, StatementId};
use rustc_hash::FxHashSet;

use super::statements::Statements;

/// What was found out, and from what.
#[derive(Debug, PartialEq)]
pub(crate) struct Fact<T> {
    /// What was found out.
    pub(crate) value: T,
    /// Often the same as those of other statements, and then shared with them.
    reads: Arc<[Read]>,
    uses: Arc<[UseRead]>,
    /// Was it asked for the other statements of the file?
    asked_neighbours: bool,
}

/// What has become different since facts were found out.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// In the catalogs.
    pub(crate) catalog: Difference,
    /// In the workload.
    pub(crate) workload: FxHashSet<UseRead>,
}

impl News {
    /// Nothing is known to be the same.
    pub(crate) fn everything() -> News {
        News {
            catalog: Difference::everything(),
            workload: FxHashSet::default(),
        }
    }

    /// Is everything the same?
    pub(crate) fn is_empty(&self) -> bool {
        self.catalog.is_empty() && self.workload.is_empty()
    }
}

impl<T> Fact<T> {
    /// Would the same be found out again? `has_edited_neighbours`: another
    /// statement of its file is new or gone.
    pub(crate) fn holds(&self, news: &News, has_edited_neighbours: bool) -> bool {
        let may_differ = self.asked_neighbours && has_edited_neighbours
            || news.catalog.touches(&self.reads)
            || self.uses.iter().any(|asked| news.workload.contains(asked));
        !may_differ
    }
}

/// Everything that a check may ask, in a shape that notes it down.
pub(crate) struct Notebook<'a, T> {
    /// The catalog that statements meet.
    pub(crate) met: Catalog,
    /// The catalog after all files.
    pub(crate) last: Catalog,
    /// The workload.
    pub(crate) workload: Workload,
    /// The statements.
    pub(crate) files: WatchedFiles<'a>,
    reads: Reads,
    uses: Log<UseRead>,
    known_reads: RefCell<FxHashSet<Arc<[Read]>>>,
    known_uses: RefCell<FxHashSet<Arc<[UseRead]>>>,
    last_fact: RefCell<Option<Arc<Fact<T>>>>,
}

impl<'a, T: PartialEq> Notebook<'a, T> {
    /// An empty one.
    pub(crate) fn new(
        met: &Catalog,
        last: &Catalog,
        workload: &Workload,
        statements: &'a Statements,
    ) -> Notebook<'a, T> {
        let (reads, uses) = (Reads::default(), Log::default());
        Notebook {
            met: met.noting(&reads),
            last: last.noting(&reads),
            workload: workload.noting(&uses),
            files: WatchedFiles {
                statements,
                asked_neighbours: AtomicBool::new(false),
            },
            reads,
            uses,
            known_reads: RefCell::default(),
            known_uses: RefCell::default(),
            last_fact: RefCell::default(),
        }
    }

    /// Notes that the object of that number is looked at.
    pub(crate) fn look_at(&self, object: u32) {
        self.reads.add(Read::object(object));
    }

    /// What was found out from everything that was asked since the last time. Of a
    /// row of equal facts, such as that nothing is wrong with an INSERT, there is one.
    pub(crate) fn fact(&self, value: T) -> Arc<Fact<T>> {
        let fact = Fact {
            value,
            reads: shared(&self.known_reads, self.reads.take()),
            uses: shared(&self.known_uses, self.uses.take()),
            asked_neighbours: self.files.asked_neighbours.swap(false, Ordering::Relaxed),
        };
        let mut last = self.last_fact.borrow_mut();
        if let Some(last) = last.as_ref().filter(|last| ***last == fact) {
            return last.clone();
        }
        let fact = Arc::new(fact);
        *last = Some(fact.clone());
        fact
    }
}

/// The list, or the same one if it is known: thousands of statements may ask the
/// same about one table.
fn shared<T: Eq + Hash>(known: &RefCell<FxHashSet<Arc<[T]>>>, list: Vec<T>) -> Arc<[T]> {
    let mut known = known.borrow_mut();
    if let Some(known) = known.get(&*list) {
        return known.clone();
    }
    let list: Arc<[T]> = list.into();
    known.insert(list.clone());
    list
}

/// [`Statements`] that know whether they were asked for neighbours. The file of
/// an id never changes, and of two ids the same one always comes later.
pub(crate) struct WatchedFiles<'a> {
    statements: &'a Statements,
    asked_neighbours: AtomicBool,
}

impl StatementFiles for WatchedFiles<'_> {
    fn file_of(&self, statement: StatementId) -> Option<FileId> {
        self.statements.file_of(statement)
    }

    fn neighbours(&self, statement: StatementId) -> &[Statement] {
        self.asked_neighbours.store(true, Ordering::Relaxed);
        self.statements.neighbours(statement)
    }

    fn is_later(&self, a: StatementId, b: StatementId) -> bool {
        self.statements.is_later(a, b)
    }
}
