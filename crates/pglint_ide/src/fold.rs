//! What can be folded away.

use pglint_project::Analysis;
use pglint_syntax::TokenKind;
use pglint_text::{FileId, TextRange};

/// A range to fold. It may begin and end on one line, where nothing folds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Half-open bytes.
    pub range: TextRange,
    /// What is folded.
    pub kind: FoldKind,
}

/// What is folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldKind {
    /// A statement up to its terminator.
    Statement,
    /// The body of a function or DO block, or the data of COPY.
    Body,
    /// A block comment.
    Comment,
}

/// Everything that can be folded in a file, in the order of the text.
pub fn folds(analysis: &Analysis, file: FileId) -> Vec<Fold> {
    let parsed = analysis.parsed(file);
    let text = &analysis.project.file(file).text;
    let mut folds = Vec::new();
    for statement in &parsed.statements {
        let range = statement.range.cover(statement.terminator_range);
        folds.push(Fold {
            range,
            kind: FoldKind::Statement,
        });
        let tokens = statement.tokens(&text[statement.range]).into_iter();
        let bodies = tokens.filter(|token| token.kind == TokenKind::DollarString);
        folds.extend(bodies.map(|token| Fold {
            range: token.range() + statement.range.start(),
            kind: FoldKind::Body,
        }));
    }
    let data = parsed.aside.copy_data.iter();
    folds.extend(data.map(|range| Fold {
        range: *range,
        kind: FoldKind::Body,
    }));
    let comments = parsed
        .aside
        .comments
        .iter()
        .filter(|comment| comment.is_block);
    folds.extend(comments.map(|comment| Fold {
        range: comment.range,
        kind: FoldKind::Comment,
    }));
    folds.sort_by_key(|fold| (fold.range.start(), fold.range.end()));
    folds
}
