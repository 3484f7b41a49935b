//! PostgreSQL text to tokens, to statements, to trees.
//!
//! The only crate that names `pg_query`. It knows nothing of schemas, rules,
//! settings, paths or the disk.

pub mod ast;
mod comment;
mod decode;
mod dialect;
mod file;
mod kept;
mod keyword;
mod lexer;
mod mask;
mod outcome;
mod parse;
mod placeholder;
mod psql;
mod ranges;
mod raw_parser;
mod removed;
mod resync;
mod reuse;
mod split;
mod template;
mod token;
pub mod tree;
mod values;

pub use comment::{Comment, comments_in};
pub use dialect::{Dialect, dialect_evidence, dialect_hint, is_of_postgresql};
pub use file::{
    ForEach, ParsedFile, Statement, StatementParse, SyntaxError, Unparsed, parse_file,
    parse_file_again,
};
pub use kept::{StatementTree, TreeRef};
pub use lexer::lex;
pub use mask::{Mask, MaskKind, UNKNOWN_CHARACTER, is_unknown_name};
pub use parse::{ParseError, ParseOptions, STACK_SIZE, parse, with_large_stack};
pub use placeholder::{is_named_hole, is_placeholder_schema};
pub use psql::{PsqlArgument, PsqlCommand};
pub use reuse::KnownStatements;
pub use split::copy::{
    CopyData, CopySearch, copy_data_end, find_copy_data, is_sql_rather_than_data,
};
pub use split::{Aside, Split, StatementSpan, Terminator, split};
pub use token::{Token, TokenKind};
pub use tree::{Node, Tree};
pub use values::SkippedRows;
