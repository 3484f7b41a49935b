//! A database schema as plain data: what a server would answer from `pg_catalog`.
//!
//! This crate knows no syntax tree and no statement beyond its id.
