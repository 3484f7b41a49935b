//! Puts new bytes in the place of a file's, all of them or none.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Writes a file beside the old one and moves it there, so that at no time half
/// a file is to be seen. Permissions stay as they are; where `path` is a
/// symbolic link, the file that it leads to is replaced.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = path.canonicalize()?;
    let metadata = target.metadata()?;
    if metadata.permissions().readonly() {
        // The move would succeed all the same.
        return Err(io::Error::other("it is read-only"));
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::Builder::new()
        .prefix(".pglint-")
        .tempfile_in(folder)?;
    new.write_all(bytes)?;
    keep_owner(new.as_file(), &metadata);
    new.as_file().set_permissions(metadata.permissions())?;
    new.as_file().sync_all()?;
    new.persist(&target)?;
    Ok(())
}

/// Gives the file the old one's owner, as far as the system lets us.
#[cfg(unix)]
fn keep_owner(new: &File, old: &std::fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(new, Some(old.uid()), Some(old.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &std::fs::Metadata) {}
