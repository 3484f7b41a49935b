//! Applies fixes to the texts of a project, over and over until none is left.
//! Nothing is written: what becomes of the texts is the caller's business.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use pglint_linter::{Applicability, Edit, FileRange, applicable_fixes};
use pglint_syntax::StatementParse;
use pglint_text::FileId;

use crate::analysis::Analysis;
use crate::discover::Problem;
use crate::scope::{Overlay, Request};
use crate::source::{Decoded, SourceFile};
use crate::workspace::Workspace;

/// Fixes that lead to further fixes come to an end long before.
const ROUNDS: usize = 50;

/// A project after its fixes.
pub struct FixedProject {
    /// What is wrong with the fixed texts.
    pub analysis: Arc<Analysis>,
    /// The files whose text has changed, in the order of the project.
    pub files: Vec<FixedFile>,
    /// The names of files that are left as they were although there are fixes,
    /// because these would break a statement or come to no end.
    pub taken_back: Vec<String>,
}

/// A file whose text has changed.
pub struct FixedFile {
    /// The file as it was.
    pub before: Arc<SourceFile>,
    /// What it should hold.
    pub after: Decoded,
    /// How many diagnostics that mends.
    pub fixes: usize,
    /// Is it a step of a history?
    pub is_migration: bool,
}

/// Reads a project and applies all fixes that are at most as risky as
/// `applicability` to its reported files.
pub fn fix(mut request: Request, applicability: Applicability) -> FixedProject {
    for overlay in &mut request.overlays {
        overlay.path = crate::path::absolute(&request.working_directory, &overlay.path);
    }
    let given = std::mem::take(&mut request.overlays);
    let mut workspace = Workspace::new(request);
    let first = workspace.analyse(given.clone(), true);
    let mut fixing = Fixing {
        applicability,
        texts: BTreeMap::new(),
        kept: BTreeSet::new(),
    };
    let mut analysis = first.clone();
    // Which files are excluded is not known where the configuration cannot be read.
    let problems = first.project.problems.iter();
    let is_configured = !problems.into_iter().any(Problem::is_of_configuration);
    for round in (1..=ROUNDS).take_while(|_| is_configured) {
        let edited = fixing.round(&analysis);
        if edited.is_empty() {
            break;
        }
        analysis = workspace.analyse(fixing.overlays(&given), false);
        let bad = match round {
            ROUNDS => edited,
            _ => broken(&first, &analysis, edited),
        };
        if !bad.is_empty() {
            fixing.take_back(bad);
            analysis = workspace.analyse(fixing.overlays(&given), false);
        }
    }
    FixedProject {
        taken_back: names(&first, &fixing.kept),
        files: fixing.files(&first),
        analysis,
    }
}

struct Fixing {
    applicability: Applicability,
    /// The files that are changed.
    texts: BTreeMap<PathBuf, FixedText>,
    /// Files that are not to be touched any more.
    kept: BTreeSet<PathBuf>,
}

struct FixedText {
    content: Decoded,
    /// How many fixes led to it.
    fixes: usize,
}

impl Fixing {
    /// Applies the fixes that an analysis offers, and tells which files they change.
    fn round(&mut self, analysis: &Analysis) -> Vec<PathBuf> {
        let mut edited = Vec::new();
        for report in &analysis.reports {
            let file = analysis.project.file(report.file);
            if self.kept.contains(&file.path) || file.replaced_bytes > 0 {
                continue;
            }
            let fixes = applicable_fixes(&*report.diagnostics, self.applicability);
            let edits: Vec<&Edit<FileRange>> = fixes.iter().flat_map(|fix| &fix.edits).collect();
            let content = file.decoded().edited(&edits);
            let Some(content) = content.filter(|content| content.text != file.text) else {
                continue;
            };
            let before = self.texts.get(&file.path).map_or(0, |text| text.fixes);
            let fixes = before + fixes.len();
            self.texts
                .insert(file.path.clone(), FixedText { content, fixes });
            edited.push(file.path.clone());
        }
        edited
    }

    fn take_back(&mut self, files: Vec<PathBuf>) {
        for file in files {
            self.texts.remove(&file);
            self.kept.insert(file);
        }
    }

    /// The texts that the user gave and those that are changed.
    fn overlays(&self, given: &[Overlay]) -> Vec<Overlay> {
        let is_unchanged = |overlay: &&Overlay| !self.texts.contains_key(&overlay.path);
        let changed = self.texts.iter().map(|(path, text)| Overlay {
            path: path.clone(),
            content: text.content.clone(),
        });
        let unchanged = given.iter().filter(is_unchanged).cloned();
        unchanged.chain(changed).collect()
    }

    fn files(mut self, first: &Analysis) -> Vec<FixedFile> {
        let databases = first.project.databases.iter();
        let files = databases.flat_map(|database| database.reported());
        let changed = files.filter_map(|file| {
            let before = first.project.file(file.file);
            let text = self.texts.remove(&before.path)?;
            (text.content.text != before.text).then(|| FixedFile {
                before: before.clone(),
                after: text.content,
                fixes: text.fixes,
                is_migration: file.is_migration,
            })
        });
        changed.collect()
    }
}

/// The files that hold more broken statements than before.
fn broken(before: &Analysis, after: &Analysis, mut files: Vec<PathBuf>) -> Vec<PathBuf> {
    let (before, after) = (broken_statements(before), broken_statements(after));
    files.retain(|file| after.get(file) > before.get(file));
    files
}

/// How many statements of each reported file cannot be parsed.
fn broken_statements(analysis: &Analysis) -> BTreeMap<PathBuf, usize> {
    let count = |file: FileId| {
        let statements = analysis.statements_of(file);
        let broken = statements.filter(|(_, it)| !matches!(it.parse, StatementParse::Tree(_)));
        (analysis.project.file(file).path.clone(), broken.count())
    };
    let files = analysis.project.reported_files();
    files.into_iter().map(count).collect()
}

fn names(analysis: &Analysis, paths: &BTreeSet<PathBuf>) -> Vec<String> {
    let files = analysis.project.files.iter();
    let named = files.filter(|file| paths.contains(&file.path));
    named.map(|file| file.name.clone()).collect()
}
