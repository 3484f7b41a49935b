//! The command line of pglint.

fn main() {}
