//! Whether files have changed, without reading them.

use std::path::Path;
use std::time::SystemTime;

/// What tells a state of a file or folder from another: when it was changed and
/// how long it is. A folder changes when a name in it comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

/// The stamp of a file or folder. `None` where there is none.
pub fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = path.metadata().ok()?;
    Some(Stamp {
        modified: metadata.modified().ok(),
        length: metadata.len(),
    })
}
