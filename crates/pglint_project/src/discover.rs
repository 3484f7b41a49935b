//! Finds and reads files. The one module that touches the disk.

mod read;
mod stamp;
mod walk;

use std::fmt;
use std::path::{Path, PathBuf};

pub(crate) use read::read_configuration;
pub use read::{configuration_text, read_file, read_head};
pub use stamp::{Stamp, stamp};
pub use walk::{Found, expand_pattern, find, is_sql_file, markers_above, walk, watched_patterns};

/// What kept a file from being read. The other files are read all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The user named a path that does not exist.
    MissingPath {
        /// As the user wrote it.
        path: String,
    },
    /// The user named a pattern that no file matches.
    NoMatch {
        /// As the user wrote it.
        pattern: String,
    },
    /// The user named a pattern that cannot be read.
    BadPattern {
        /// As the user wrote it.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The system refused to read a file or a folder.
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The system's own words.
        reason: String,
    },
    /// A `pglint.toml` that cannot be used.
    Configuration {
        /// The file.
        path: PathBuf,
        /// 1-based.
        line: u32,
        /// 1-based, in characters.
        column: u32,
        /// What is wrong there.
        reason: String,
    },
    /// The file has 4 GiB or more, so that offsets would not fit.
    TooLarge {
        /// The file.
        path: PathBuf,
    },
}

impl Problem {
    /// Makes paths relative to the working directory, as everywhere in output.
    pub(crate) fn shorten(&mut self, working_directory: &Path) {
        if let Problem::Unreadable { path, .. }
        | Problem::TooLarge { path }
        | Problem::Configuration { path, .. } = self
        {
            *path = crate::path::display_name(working_directory, path).into();
        }
    }

    /// Is a `pglint.toml` at fault, so that all is as without it?
    pub fn is_of_configuration(&self) -> bool {
        matches!(self, Problem::Configuration { .. })
    }

    /// What to do about it, starting with a verb.
    pub fn help(&self) -> &'static str {
        match self {
            Problem::MissingPath { .. } => {
                "check the spelling; paths start at the working directory"
            }
            Problem::NoMatch { .. } => "check the pattern; `**` matches any number of folders",
            Problem::BadPattern { .. } => "write `*`, `?`, `[a-z]`, `{a,b}` or `**`",
            Problem::Unreadable { .. } => {
                "make it readable, or name it in a `.gitignore` or `.ignore` file"
            }
            Problem::Configuration { .. } => "see docs/configuration.md for what it may hold",
            Problem::TooLarge { .. } => "split it, or name it in a `.gitignore` or `.ignore` file",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::MissingPath { path } => write!(f, "`{path}` does not exist"),
            Problem::NoMatch { pattern } => write!(f, "no SQL file matches `{pattern}`"),
            Problem::BadPattern { pattern, reason } => {
                write!(f, "`{pattern}` is not a pattern: {reason}")
            }
            Problem::Unreadable { path, reason } => {
                write!(f, "cannot read `{}`: {reason}", path.display())
            }
            Problem::Configuration {
                path,
                line,
                column,
                reason,
            } => write!(f, "{}:{line}:{column}: {reason}", path.display()),
            Problem::TooLarge { path } => {
                write!(f, "cannot read `{}`: it has 4 GiB or more", path.display())
            }
        }
    }
}

impl std::error::Error for Problem {}

/// Is there anything at `path`? A dangling symbolic link is nothing; a link
/// that leads to itself is something, which then cannot be read.
pub fn exists(path: &Path) -> bool {
    match path.metadata() {
        Ok(_) => true,
        Err(error) => {
            error.kind() != std::io::ErrorKind::NotFound
                && error.kind() != std::io::ErrorKind::NotADirectory
        }
    }
}

/// Is `path` a folder, or a symbolic link to one?
pub fn is_directory(path: &Path) -> bool {
    path.is_dir()
}

/// The file that makes its folder the root of a project.
pub const CONFIGURATION: &str = "pglint.toml";

/// Does this folder hold a `pglint.toml`?
pub fn has_configuration(directory: &Path) -> bool {
    directory.join(CONFIGURATION).is_file()
}

/// Does this folder hold a `.git`, be it a folder or, as in a work tree, a file?
pub fn has_git(directory: &Path) -> bool {
    directory.join(".git").exists()
}
