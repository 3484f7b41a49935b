//! Files, their order and the analysis of a whole project.
//!
//! Only the module `discover` reads the disk. This crate knows nothing of standard
//! output, colours or the language server protocol.
