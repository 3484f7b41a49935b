//! Which texts hold placeholders, and which only look like it.
