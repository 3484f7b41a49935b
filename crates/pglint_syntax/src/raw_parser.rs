//! The one door to PostgreSQL's parser.
//!
//! `pg_query`'s own `parse` builds protobuf types that are too large to use and
//! drops the position of an error, so the C functions are declared here again;
//! they link against the library that `pg_query` builds. It is what
//! `pg_query_parse_protobuf_opts` of `pg_query_parse.c` does, but for the encoding.
#![allow(
    unsafe_code,
    reason = "calling C; every pointer is checked or comes from the library"
)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};

// Linked, not called: this crate brings the C library.
use pg_query as _;

use crate::decode::{List, Statements};

/// `PgQueryError` of `pg_query.h`.
#[repr(C)]
struct PgQueryError {
    message: *const c_char,
    funcname: *const c_char,
    filename: *const c_char,
    lineno: c_int,
    cursorpos: c_int,
    context: *const c_char,
}

/// `PgQueryInternalParsetreeAndError` of `pg_query_internal.h`.
#[repr(C)]
struct PgQueryInternalParsetreeAndError {
    tree: *const List,
    stderr_buffer: *mut c_char,
    error: *mut PgQueryError,
}

unsafe extern "C" {
    fn pg_query_enter_memory_context() -> *mut c_void;
    fn pg_query_exit_memory_context(context: *mut c_void);
    fn pg_query_raw_parse(
        input: *const c_char,
        parser_options: c_int,
    ) -> PgQueryInternalParsetreeAndError;
    fn pg_query_free_error(error: *mut PgQueryError);
    fn free(memory: *mut c_void);
}

/// `PG_QUERY_DISABLE_STANDARD_CONFORMING_STRINGS` of `pg_query.h`.
pub(crate) const DISABLE_STANDARD_CONFORMING_STRINGS: i32 = 32;

/// What PostgreSQL's parser said instead of a tree.
#[derive(Debug)]
pub(crate) struct RawError {
    /// PostgreSQL's message.
    pub(crate) message: String,
    /// 1-based, in characters; 0 where the parser gives no place.
    pub(crate) cursor_position: usize,
}

/// The memory of one call of the parser, given back at the end.
struct MemoryContext(*mut c_void);

impl MemoryContext {
    fn enter() -> MemoryContext {
        // SAFETY: no other context of this thread is entered, see `parse`.
        MemoryContext(unsafe { pg_query_enter_memory_context() })
    }
}

impl Drop for MemoryContext {
    fn drop(&mut self) {
        // SAFETY: it was entered and is exited once, on the same thread, for it is
        // neither `Send` nor handed out.
        unsafe { pg_query_exit_memory_context(self.0) };
    }
}

/// Parses `text` and hands what it is to `read`, which must not parse itself.
///
/// PostgreSQL's errors, which jump over frames, do not leave `pg_query_raw_parse`.
pub(crate) fn parse<R>(
    text: &CString,
    parser_options: i32,
    read: impl FnOnce(Statements<'_>) -> R,
) -> Result<R, RawError> {
    let _context = MemoryContext::enter();
    // SAFETY: `text` is a C string that outlives the call, within a memory context.
    let result = unsafe { pg_query_raw_parse(text.as_ptr(), parser_options) };
    // SAFETY: the library leaves null or memory of `malloc` to its caller.
    unsafe { free(result.stderr_buffer.cast()) };
    // SAFETY: null, or an error that is freed once.
    let error = unsafe { result.error.as_ref() }.map(|error| RawError {
        message: unsafe { string(error.message) },
        cursor_position: usize::try_from(error.cursorpos).unwrap_or(0),
    });
    match error {
        Some(error) => {
            // SAFETY: it is not null, and not used again.
            unsafe { pg_query_free_error(result.error) };
            Err(error)
        }
        // SAFETY: the tree lives in the context, which is exited after `read`.
        None => Ok(read(unsafe { Statements::new(result.tree) })),
    }
}

/// # Safety
/// `pointer` is null or a C string.
unsafe fn string(pointer: *const c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: not null, so a C string by the contract of this function.
    unsafe { CStr::from_ptr(pointer) }
        .to_string_lossy()
        .into_owned()
}
