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
    POOL.get_or_init(|| {
        ThreadPoolBuilder::new()
            .stack_size(pglint_syntax::STACK_SIZE)
            .thread_name(|index| format!("analysis-{index}"))
            .build()
            .ok()
    })
    .as_ref()
}
