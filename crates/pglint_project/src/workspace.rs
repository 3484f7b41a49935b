//! A project that is analysed again and again while it changes: what an editor
//! has open. The same analysis as [`Analysis::new`], from what is kept of the
//! last one.

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
    project: Project,
    /// The state of the disk when it was last read.
    stamps: Vec<(PathBuf, Option<Stamp>)>,
    is_read: bool,
}

impl Workspace {
    /// Reads nothing yet. The overlays of `request` are those of the first
    /// analysis.
    pub fn new(request: Request) -> Workspace {
        Workspace {
            request,
            project: Project::default(),
            stamps: Vec::new(),
            is_read: false,
        }
    }

    /// Has anything on the disk changed since it was read?
    pub fn is_outdated(&self) -> bool {
        let is_changed = |(path, known): &(PathBuf, Option<Stamp>)| stamp(path) != *known;
        !self.is_read || self.stamps.iter().any(is_changed)
    }

    /// Analyses the project with these texts in place of files. The disk is read
    /// where `read_disk` says so, and where the texts ask for it: the first
    /// time, and when there is a text for another file than before.
    pub fn analyse(&mut self, overlays: Vec<Overlay>, read_disk: bool) -> Arc<Analysis> {
        let changed = match read_disk || !self.is_read {
            true => None,
            false => self.with_texts(&overlays),
        };
        self.request.overlays = overlays;
        self.project = changed.unwrap_or_else(|| self.read());
        Arc::new(Analysis::new(self.project.clone()))
    }

    /// The project with other texts. `None` where it has to be read again.
    fn with_texts(&self, overlays: &[Overlay]) -> Option<Project> {
        let known = &self.request.overlays;
        let is_same = overlays.len() == known.len()
            && overlays
                .iter()
                .zip(known)
                .all(|(new, old)| new.path == old.path);
        if !is_same {
            return None;
        }
        let mut project = self.project.clone();
        for overlay in overlays {
            let mut files = project.files.iter();
            let file = files.find(|file| file.path == overlay.path)?;
            if file.text != overlay.content.text || file.gaps != overlay.content.gaps {
                project = project.with_text(file.id, overlay.content.clone())?;
            }
        }
        Some(project)
    }

    fn read(&mut self) -> Project {
        self.is_read = true;
        let project = Project::read(&self.request);
        let mut paths = BTreeSet::new();
        for file in &project.files {
            paths.extend(file.path.parent().map(Path::to_path_buf));
            paths.insert(file.path.clone());
        }
        paths.extend(self.request.paths.iter().cloned());
        let directory = &self.request.working_directory;
        let above = directory.ancestors();
        paths.extend(above.map(|folder| folder.join(discover::CONFIGURATION)));
        let stamps = paths.into_iter().map(|path| {
            let stamp = stamp(&path);
            (path, stamp)
        });
        self.stamps = stamps.collect();
        project
    }
}
