//! The threads that parse.
//!
//! PostgreSQL's parser and everything that walks its trees recurse as deeply as
//! the SQL is nested, and a stack overflow cannot be caught. A large stack costs
//! nothing: it is address space that is only used where it is touched.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Runs `work` on threads with a large stack; rayon's parallel iterators inside
/// it stay on such threads.
pub fn with_large_stack<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    match pool() {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

/// `None` where the system grants no more threads.
fn pool() -> Option<&'static ThreadPool> {
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    POOL.get_or_init(|| new("analysis", 0)).as_ref()
}

/// So many threads with a large stack, 0 for one on each processor. `None` where
/// the system grants no more threads.
pub(crate) fn new(name: &'static str, threads: usize) -> Option<ThreadPool> {
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .stack_size(pglint_syntax::STACK_SIZE)
        .thread_name(move |index| format!("{name}-{index}"))
        .build()
        .ok()
}
