//! What there is to know about the thing under the cursor.

use pglint_linter::{FileRange, rules};
use pglint_project::Analysis;
use pglint_text::{FileId, TextRange, TextSize};

use crate::describe::{Describe, Description};
use crate::rule_page::rule_page;
use crate::subject::{Subject, subject_at};

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub range: TextRange,
    /// For clients that render it.
    pub markdown: String,
    /// For all others.
    pub plain: String,
    /// Where the object came from, then what in other files made its parts: one
    /// place a file. Empty for a rule.
    pub places: Vec<FileRange>,
}

/// What there is to know about the table, column, index, type or function at
/// `offset` as of this file, or about the rule that a suppression names there.
pub fn hover(analysis: &Analysis, file: FileId, offset: TextSize) -> Option<Hover> {
    of_rule(analysis, file, offset).or_else(|| of_subject(analysis, file, offset))
}

fn of_rule(analysis: &Analysis, file: FileId, offset: TextSize) -> Option<Hover> {
    let text = &analysis.project.file(file).text;
    let comments = &analysis.parsed(file).aside.comments;
    let comment = comments
        .iter()
        .find(|it| it.range.contains_inclusive(offset))?;
    if !comment.content(text).trim_start().starts_with("pglint:") {
        return None;
    }
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '-';
    let (before, after) = text.split_at(usize::from(offset));
    let start = before.trim_end_matches(is_name).len();
    let length = after
        .find(|character| !is_name(character))
        .unwrap_or(after.len());
    let end = usize::from(offset) + length;
    // Comment marks are no part of a name.
    let name = text.get(start..end)?.trim_start_matches('-');
    let rule = rules::find(name)?;
    let page = rule_page(rule.name)?;
    let size = |offset: usize| TextSize::try_from(offset).ok();
    Some(Hover {
        range: TextRange::new(size(end - name.len())?, size(end)?),
        plain: page.clone(),
        markdown: page,
        places: Vec::new(),
    })
}

fn of_subject(analysis: &Analysis, file: FileId, offset: TextSize) -> Option<Hover> {
    let found = subject_at(analysis, file, offset)?;
    let describe = Describe {
        analysis,
        catalog: found.catalog,
    };
    let Description { text, places } = match &found.subject {
        Subject::Relation(id) => describe.relation(*id)?,
        Subject::Column(relation, number) => describe.column(*relation, *number)?,
        Subject::Index(relation, id) => describe.index(*relation, *id)?,
        Subject::Type(id) => describe.data_type(*id)?,
        Subject::Functions(ids) => describe.functions(ids),
    };
    Some(Hover {
        range: found.range,
        markdown: format!("```sql\n{text}\n```"),
        plain: text,
        places,
    })
}
