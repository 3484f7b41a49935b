//! PostgreSQL text to tokens, to statements, to trees.
//!
//! The only crate that names `pg_query`. It knows nothing of schemas, rules,
//! settings, paths or the disk.
