//! PostgreSQL text to tokens, to statements, to trees.
//!
//! The only crate that names `pg_query`. It knows nothing of schemas, rules,
//! settings, paths or the disk.

pub mod ast;
mod decode;
mod parse;
mod ranges;
mod raw_parser;
pub mod tree;

pub use parse::{ParseError, ParseOptions, STACK_SIZE, parse, with_large_stack};
pub use tree::{Node, Tree};
