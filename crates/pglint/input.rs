//! What the paths on the command line ask for, and standard input.

use std::io::Read;
use std::path::{Path, PathBuf};

use pglint_project::{Overlay, Request, absolute, decode};

use crate::Failure;

/// The name of standard input where `--stdin-filename` gives none.
const STANDARD_INPUT: &str = "stdin.sql";

/// What the command line asks for, standard input read.
pub(crate) struct Input {
    pub(crate) request: Request,
    pub(crate) stdin: Option<StandardInput>,
}

/// What came through standard input.
pub(crate) struct StandardInput {
    /// The file that it stands for; absolute.
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
}

impl Input {
    /// Does standard input stand for this file?
    pub(crate) fn is_stdin(&self, path: &Path) -> bool {
        self.stdin.as_ref().is_some_and(|stdin| stdin.path == path)
    }
}

/// What the paths on the command line ask for.
pub(crate) fn request(paths: &[PathBuf], stdin: Option<&Path>) -> Result<Request, Failure> {
    Ok(input(paths, stdin)?.request)
}

/// The same, with what standard input holds.
pub(crate) fn input(paths: &[PathBuf], stdin: Option<&Path>) -> Result<Input, Failure> {
    let working_directory = std::env::current_dir().map_err(|error| Failure {
        message: format!("cannot tell the working directory: {error}"),
        help: Some("run pglint in a folder that exists".into()),
    })?;
    let is_stdin = |path: &&PathBuf| path.as_os_str() == "-";
    let mut input = Input {
        request: Request {
            working_directory,
            paths: paths
                .iter()
                .filter(|path| !is_stdin(path))
                .cloned()
                .collect(),
            ..Request::default()
        },
        stdin: None,
    };
    if input.request.paths.len() < paths.len() {
        let bytes = read_standard_input()?;
        let name = stdin.unwrap_or(Path::new(STANDARD_INPUT));
        let path = absolute(&input.request.working_directory, name);
        input.request.overlays.push(Overlay {
            path: path.clone(),
            content: decode(bytes.clone()),
        });
        input.stdin = Some(StandardInput { path, bytes });
    } else if let Some(name) = stdin {
        return Err(Failure {
            message: format!("`--stdin-filename {}` without `-`", name.display()),
            help: Some("add `-` to the paths to read standard input".into()),
        });
    }
    Ok(input)
}

fn read_standard_input() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    match std::io::stdin().lock().read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure {
            message: format!("cannot read standard input: {error}"),
            help: None,
        }),
    }
}
