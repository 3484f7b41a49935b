//! The one door to PostgreSQL's parser.
//!
//! `pg_query`'s own `parse` builds protobuf types that are too large to use and
//! drops the position of an error, so the C functions are declared here again;
//! they link against the library that `pg_query` builds.
#![allow(
    unsafe_code,
    reason = "calling C; every pointer is checked or comes from the library"
)]

use std::ffi::{CStr, CString, c_char, c_int};

// Linked, not called: this crate brings the C library.
use pg_query as _;

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

/// `PgQueryProtobuf` of `pg_query.h`.
#[repr(C)]
#[derive(Clone, Copy)]
struct PgQueryProtobuf {
    len: usize,
    data: *const c_char,
}

/// `PgQueryProtobufParseResult` of `pg_query.h`.
#[repr(C)]
#[derive(Clone, Copy)]
struct PgQueryProtobufParseResult {
    parse_tree: PgQueryProtobuf,
    stderr_buffer: *const c_char,
    error: *const PgQueryError,
}

unsafe extern "C" {
    fn pg_query_parse_protobuf_opts(
        input: *const c_char,
        parser_options: c_int,
    ) -> PgQueryProtobufParseResult;
    fn pg_query_free_protobuf_parse_result(result: PgQueryProtobufParseResult);
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

/// Parses `text` and hands the serialized `ParseResult` to `read`.
pub(crate) fn parse<R>(
    text: &CString,
    parser_options: i32,
    read: impl FnOnce(&[u8]) -> R,
) -> Result<R, RawError> {
    // SAFETY: `text` is a C string that outlives the call.
    let result = unsafe { pg_query_parse_protobuf_opts(text.as_ptr(), parser_options) };
    let answer = if let Some(error) = unsafe { result.error.as_ref() } {
        Err(RawError {
            message: unsafe { string(error.message) },
            cursor_position: usize::try_from(error.cursorpos).unwrap_or(0),
        })
    } else if result.parse_tree.data.is_null() {
        Ok(read(&[]))
    } else {
        // SAFETY: without an error the library gives `len` bytes at `data`, which
        // live until the result is freed.
        Ok(read(unsafe {
            std::slice::from_raw_parts(result.parse_tree.data.cast(), result.parse_tree.len)
        }))
    };
    // SAFETY: the result came from the library and is freed once.
    unsafe { pg_query_free_protobuf_parse_result(result) };
    answer
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
