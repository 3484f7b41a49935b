//! Suppression comments: what they say, what they cover, which did nothing.
//!
//! ```sql
//! -- pglint: ignore[select-star] the export wants every column
//! SELECT * FROM account;
//! ```
//! On a line of its own between statements the comment covers the next
//! statement, inside a statement the next line of code, and after code its own
//! line. `ignore-file[...]` covers the file. `all` in the brackets stands for
//! every rule.

use pglint_syntax::Comment;
use pglint_text::{FileId, LineIndex, TextRange, TextSize};

use crate::{Applicability, Diagnostic, Edit, FileRange, Fix, RuleSet, rules};

const MALFORMED: &str = "malformed-suppression";
const UNUSED: &str = "unused-suppression";
/// In the brackets: every rule.
const ALL: &str = "all";

/// A rule's name in a suppression comment.
#[derive(Clone, Debug)]
struct Suppression {
    rule: String,
    /// The name, in the file.
    name: TextRange,
    /// Which of the file's comments it is in.
    comment: usize,
    /// Diagnostics that begin in here are not shown.
    scope: TextRange,
}

/// The suppressions of one file.
#[derive(Clone, Debug, Default)]
pub struct Suppressions {
    suppressions: Vec<Suppression>,
    comments: Vec<TextRange>,
    malformed: Vec<(TextRange, String)>,
}

impl Suppressions {
    /// Reads the comments of a file. `statements` are the ranges of its
    /// statements in the order of the text.
    pub fn read(text: &str, comments: &[Comment], statements: &[TextRange]) -> Suppressions {
        let mut read = Suppressions::default();
        let mut lines = None;
        for comment in comments {
            let Some(directive) = directive(text, comment) else {
                continue;
            };
            let lines = lines.get_or_insert_with(|| LineIndex::new(text));
            read.comments.push(comment.range);
            match directive {
                Directive::Ignore { whole_file, names } => {
                    let scope = if whole_file {
                        TextRange::up_to(TextSize::of(text))
                    } else {
                        scope(text, lines, comment, comments, statements)
                    };
                    read.add(text, names, scope);
                }
                Directive::Malformed(range, message) => read.malformed.push((range, message)),
            }
        }
        read
    }

    fn add(&mut self, text: &str, names: Vec<TextRange>, scope: TextRange) {
        for name in names {
            let rule = &text[name];
            if rule == ALL || rules::find(rule).is_some() {
                self.suppressions.push(Suppression {
                    rule: rule.to_owned(),
                    name,
                    comment: self.comments.len() - 1,
                    scope,
                });
            } else {
                self.malformed
                    .push((name, format!("there is no rule `{rule}`")));
            }
        }
    }

    /// Drops what the comments allow, and adds what is wrong with the comments:
    /// malformed ones, and those that allowed nothing although their rule ran.
    pub fn apply(
        &self,
        file: FileId,
        text: &str,
        rules: &RuleSet,
        diagnostics: &mut Vec<Diagnostic<FileRange>>,
    ) {
        let mut used = vec![false; self.suppressions.len()];
        self.drop_suppressed(file, diagnostics, &mut used);
        // What is wrong with the comments can be suppressed as well, but no comment
        // speaks for itself.
        let mut of_comments = self.malformed_ones(file, rules);
        let is_of_comments = |rule: &str| [MALFORMED, UNUSED, ALL].contains(&rule);
        of_comments.extend(self.unused_ones(file, text, rules, &used, |it| !is_of_comments(it)));
        self.drop_suppressed(file, &mut of_comments, &mut used);
        diagnostics.extend(of_comments);
        diagnostics.extend(self.unused_ones(file, text, rules, &used, is_of_comments));
    }

    /// Drops the diagnostics of the file that a comment allows, and marks what
    /// allowed them.
    fn drop_suppressed(
        &self,
        file: FileId,
        diagnostics: &mut Vec<Diagnostic<FileRange>>,
        used: &mut [bool],
    ) {
        diagnostics.retain(|diagnostic| {
            let mut keep = true;
            for (suppression, used) in self.suppressions.iter().zip(&mut *used) {
                if diagnostic.location.file == file && suppression.covers(diagnostic) {
                    *used = true;
                    keep = false;
                }
            }
            keep
        });
    }

    fn malformed_ones(&self, file: FileId, rules: &RuleSet) -> Vec<Diagnostic<FileRange>> {
        if !rules.contains(MALFORMED) {
            return Vec::new();
        }
        let diagnostic = |(range, message): &(TextRange, String)| {
            let location = FileRange {
                file,
                range: *range,
            };
            plain(rules, MALFORMED, location, message.clone())
        };
        self.malformed.iter().map(diagnostic).collect()
    }

    /// One for each suppression of an `accepted` rule that ran and is not used.
    fn unused_ones(
        &self,
        file: FileId,
        text: &str,
        rules: &RuleSet,
        used: &[bool],
        accepted: impl Fn(&str) -> bool,
    ) -> Vec<Diagnostic<FileRange>> {
        if !rules.contains(UNUSED) {
            return Vec::new();
        }
        let unused = self.suppressions.iter().zip(used).filter(|(it, used)| {
            let ran = it.rule == ALL || rules.contains(&it.rule);
            !**used && ran && accepted(&it.rule)
        });
        unused
            .map(|(suppression, _)| self.unused(file, text, rules, suppression))
            .collect()
    }

    fn unused(
        &self,
        file: FileId,
        text: &str,
        rules: &RuleSet,
        suppression: &Suppression,
    ) -> Diagnostic<FileRange> {
        let location = FileRange {
            file,
            range: suppression.name,
        };
        let mut diagnostic = plain(
            rules,
            UNUSED,
            location,
            format!("`{}` reports nothing here", suppression.rule),
        );
        diagnostic.help = Some("Remove it, so that it cannot hide a later mistake".to_owned());
        let comment = self.comments[suppression.comment];
        let (title, (range, text)) = match without_name(text, suppression.name) {
            Some(range) => ("Remove the name", (range, "")),
            None => ("Remove the comment", without_comment(text, comment)),
        };
        diagnostic.fix = Some(Fix {
            title: title.to_owned(),
            applicability: Applicability::Safe,
            edits: vec![Edit {
                location: FileRange { file, range },
                text: text.to_owned(),
            }],
        });
        diagnostic
    }
}

impl Suppression {
    fn covers(&self, diagnostic: &Diagnostic<FileRange>) -> bool {
        let start = diagnostic.location.range.start();
        (self.rule == ALL || self.rule == diagnostic.rule)
            && (self.scope.contains(start) || self.scope.end() == start && self.scope.is_empty())
    }
}

fn plain(
    rules: &RuleSet,
    rule: &'static str,
    location: FileRange,
    message: String,
) -> Diagnostic<FileRange> {
    Diagnostic {
        rule,
        severity: rules.severity_of(rule),
        location,
        message,
        labels: Vec::new(),
        help: None,
        fix: None,
        object: None,
    }
}

/// A name between the brackets with one of the commas beside it. `None` where
/// no other name would be left.
fn without_name(text: &str, name: TextRange) -> Option<TextRange> {
    let (start, end) = (usize::from(name.start()), usize::from(name.end()));
    let before = text[..start].rsplit('[').next()?;
    let after = text[end..].split(']').next()?;
    let is_filler = |c: char| c == ',' || c.is_whitespace();
    let next = after.trim_start_matches(is_filler);
    let previous = before.trim_end_matches(is_filler);
    match (previous.is_empty(), next.is_empty()) {
        (_, false) => Some(range(start, end + after.len() - next.len())),
        (false, true) => Some(range(start - before.len() + previous.len(), end)),
        (true, true) => None,
    }
}

/// The comment and the blanks that would be left over without it, and what comes
/// in their place: nothing, or the blank that keeps words apart. A comment that
/// stands alone takes its line with it.
fn without_comment(text: &str, comment: TextRange) -> (TextRange, &'static str) {
    let (start, end) = (usize::from(comment.start()), usize::from(comment.end()));
    let before = text[..start].trim_end_matches([' ', '\t']);
    let own_line = before.is_empty() || before.ends_with('\n');
    let rest = &text[end..];
    let line_end = rest.strip_prefix("\r\n").or(rest.strip_prefix('\n'));
    match line_end {
        Some(after) if own_line => (range(before.len(), text.len() - after.len()), ""),
        _ if rest.starts_with(char::is_whitespace) || rest.is_empty() => {
            (range(before.len(), end), "")
        }
        _ => (range(before.len(), end), " "),
    }
}

fn range(start: usize, end: usize) -> TextRange {
    let size = |offset: usize| TextSize::try_from(offset).unwrap_or_default();
    TextRange::new(size(start), size(end))
}

enum Directive {
    Ignore {
        whole_file: bool,
        /// The names between the brackets, in the file.
        names: Vec<TextRange>,
    },
    Malformed(TextRange, String),
}

/// What a comment tells pglint. `None` for all other comments.
fn directive(text: &str, comment: &Comment) -> Option<Directive> {
    let content = comment.content(text);
    let start = usize::from(comment.range.start()) + 2;
    let after_blanks = content.trim_start();
    let command = after_blanks.strip_prefix("pglint:")?;
    let at = |part: &str| start + (part.as_ptr() as usize - content.as_ptr() as usize);
    let command = command.trim_start();
    let word_end = command
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .unwrap_or(command.len());
    let (word, rest) = command.split_at(word_end);
    let whole = range(at(after_blanks), at(command) + word_end);
    let whole_file = match word {
        "ignore" => false,
        "ignore-file" => true,
        _ => {
            let message = "pglint knows `ignore[RULE]` and `ignore-file[RULE]` only".to_owned();
            return Some(Directive::Malformed(whole, message));
        }
    };
    let names = rest
        .trim_start()
        .strip_prefix('[')
        .and_then(|rest| Some(&rest[..rest.find(']')?]));
    let names: Vec<TextRange> = names
        .into_iter()
        .flat_map(|names| names.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| range(at(name), at(name) + name.len()))
        .collect();
    if names.is_empty() {
        let message = format!("`{word}` names no rule; write `{word}[RULE]`");
        return Some(Directive::Malformed(whole, message));
    }
    Some(Directive::Ignore { whole_file, names })
}

/// The part of the file that a suppression covers.
fn scope(
    text: &str,
    lines: &LineIndex,
    comment: &Comment,
    comments: &[Comment],
    statements: &[TextRange],
) -> TextRange {
    let place = comment.range.start();
    let next = statements.partition_point(|statement| statement.end() <= place);
    let statement = statements.get(next);
    let inside = statement.is_some_and(|statement| statement.start() < place);
    let line = lines.line_of(place);
    if !comment.own_line {
        return lines.line_range(line).unwrap_or_default();
    }
    if !inside {
        return statement.copied().unwrap_or_default();
    }
    let mut line = lines.line_of(comment.range.end()) + 1;
    while let Some(range) = lines.line_range(line) {
        let start = range.start() + TextSize::of(blanks(&text[range]));
        let is_comment = comments.iter().any(|other| other.range.start() == start);
        if !is_comment && !text[range].trim().is_empty() {
            return range;
        }
        line += 1;
    }
    TextRange::default()
}

fn blanks(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes the part between `«` and `»` out.
    #[track_caller]
    fn check(
        marked: &str,
        edit: impl Fn(&str, TextRange) -> (TextRange, &'static str),
        left: &str,
    ) {
        let (start, end) = (marked.find('«').unwrap(), marked.find('»').unwrap());
        let mut text = marked.replace(['«', '»'], "");
        let (range, new) = edit(&text, range(start, end - '«'.len_utf8()));
        text.replace_range(std::ops::Range::<usize>::from(range), new);
        assert_eq!(text, left);
    }

    #[test]
    fn a_comment_goes_without_a_trace() {
        let check = |marked, left| check(marked, without_comment, left);
        check("a;\n  «-- c»\nb;\n", "a;\nb;\n");
        check("«-- c»\r\nb;\r\n", "b;\r\n");
        check("a; «-- c»\nb;", "a;\nb;");
        check("a; «-- c»", "a;");
        check("  «-- c»", "");
        check("a «/* c */» b", "a b");
        // A comment keeps words apart.
        check("a«/* c */»b", "a b");
        check("a «/* c */»b", "a b");
    }

    #[test]
    fn a_name_goes_with_its_comma() {
        let name = |text: &str, name| (without_name(text, name).unwrap(), "");
        check("-- ignore[«a», b] why", name, "-- ignore[b] why");
        check("-- ignore[a, «b»] why", name, "-- ignore[a] why");
        check("-- ignore[a,«b» ,c]", name, "-- ignore[a,c]");
        assert_eq!(without_name("[a]", range(1, 2)), None);
        assert_eq!(without_name("[a,]", range(1, 2)), None);
    }
}
