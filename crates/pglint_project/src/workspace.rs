//! A project that is analysed again and again while it changes: what an editor
//! has open. The result is that of [`Analysis::new`], made from the last one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::analysis::Analysis;
use crate::discover::{self, Stamp, stamp};
use crate::project::Project;
use crate::scope::{Overlay, Request};

/// A project and what was learned from its last analysis.
pub struct Workspace {
    request: Request,
    /// The last result. `None` before the first.
    analysis: Option<Arc<Analysis>>,
    /// The state of the disk when it was last read.
    stamps: Vec<(PathBuf, Option<Stamp>)>,
}

impl Workspace {
    /// Reads nothing yet. The overlays of `request` are those of the first
    /// analysis.
    pub fn new(request: Request) -> Workspace {
        Workspace {
            request,
            analysis: None,
            stamps: Vec::new(),
        }
    }

    /// Has anything on the disk changed since it was read?
    pub fn is_outdated(&self) -> bool {
        let is_changed = |(path, known): &(PathBuf, Option<Stamp>)| stamp(path) != *known;
        self.analysis.is_none() || self.stamps.iter().any(is_changed)
    }

    /// Analyses the project with these texts in place of files. The disk is read
    /// where `read_disk` says so, and where the texts ask for it: the first
    /// time, and when there is a text for another file than before.
    pub fn analyse(&mut self, overlays: Vec<Overlay>, read_disk: bool) -> Arc<Analysis> {
        self.analyse_telling(overlays, read_disk, |_| {})
    }

    /// The same; `on_read` is told of a project that was read before it is
    /// analysed.
    pub fn analyse_telling(
        &mut self,
        overlays: Vec<Overlay>,
        read_disk: bool,
        on_read: impl FnOnce(&Project),
    ) -> Arc<Analysis> {
        let known = self.analysis.take();
        let before = known.as_deref().filter(|_| !read_disk);
        let changed = before.and_then(|before| self.with_texts(&before.project, &overlays));
        self.request.overlays = overlays;
        let project = changed.unwrap_or_else(|| {
            let project = self.read();
            on_read(&project);
            project
        });
        let analysis = Arc::new(match &known {
            Some(known) => known.again(project),
            None => Analysis::new(project),
        });
        self.analysis = Some(analysis.clone());
        analysis
    }

    /// The project with other texts. `None` where it has to be read again.
    fn with_texts(&self, project: &Project, overlays: &[Overlay]) -> Option<Project> {
        let known = &self.request.overlays;
        let is_open = |old: &Overlay| overlays.iter().any(|new| new.path == old.path);
        if !known.iter().all(is_open) {
            return None;
        }
        let mut changed = project.clone();
        for overlay in overlays {
            let path = crate::path::absolute(&self.request.working_directory, &overlay.path);
            let files = project.files.iter().filter(|file| file.path == path);
            let files: Vec<_> = files.collect();
            // For a file that is not reported the text may be the reason to do so.
            let is_new = known.iter().all(|old| old.path != overlay.path);
            if files.is_empty() || is_new && !files.iter().all(|it| project.is_reported(it.id)) {
                return None;
            }
            for file in files {
                if file.decoded() != overlay.content {
                    changed.set_text(file.id, overlay.content.clone())?;
                }
            }
        }
        Some(changed)
    }

    fn read(&mut self) -> Project {
        let project = Project::read(&self.request);
        let mut paths = BTreeSet::new();
        let directory = &self.request.working_directory;
        let mut folders: BTreeSet<&Path> = directory.ancestors().collect();
        folders.extend(project.roots.iter().map(PathBuf::as_path));
        for file in &project.files {
            paths.insert(file.path.clone());
            // A `pglint.toml` may appear in any folder on the way to a file.
            let above = file.path.ancestors().skip(1);
            for folder in above.take_while(|folder| folder.starts_with(directory)) {
                paths.insert(folder.to_path_buf());
                folders.insert(folder);
            }
            paths.extend(file.path.parent().map(Path::to_path_buf));
        }
        paths.extend(self.request.paths.iter().cloned());
        let configurations = folders
            .into_iter()
            .map(|folder| folder.join(discover::CONFIGURATION));
        paths.extend(configurations);
        let stamps = paths.into_iter().map(|path| {
            let stamp = stamp(&path);
            (path, stamp)
        });
        self.stamps = stamps.collect();
        project
    }
}
