//! What the user decided, resolved from configuration and command line.

use rustc_hash::FxHashMap;

use crate::{Diagnostic, Rule, Severity, rules};

/// The resolved settings of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Rules or categories that run; empty means all.
    pub select: Vec<String>,
    /// Rules or categories that do not run, even where selected.
    pub ignore: Vec<String>,
    /// Severities by rule name, instead of the rules' own.
    pub severity: FxHashMap<String, Severity>,
    /// Objects that a rule leaves alone: where a comment in the file would change
    /// the checksum of a migration that has run.
    pub ignored_objects: Vec<IgnoredObject>,
    /// Names of columns that say that a row counts as deleted; underscores and
    /// capitals do not matter, so that `deleted_at` stands for `deletedAt` too.
    pub soft_delete_columns: Vec<String>,
    /// The oldest major version of PostgreSQL that the project runs on. `None`
    /// where nothing is known, which rules take for the newest.
    pub pg_version: Option<u8>,
}

/// One object that one rule leaves alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredObject {
    /// The rule's name.
    pub rule: String,
    /// The dotted name of the object, schema first, as diagnostics give it.
    pub object: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            select: Vec::new(),
            ignore: Vec::new(),
            severity: FxHashMap::default(),
            ignored_objects: Vec::new(),
            soft_delete_columns: [
                "deleted_at",
                "deleted_on",
                "date_deleted",
                "deletion_date",
                "deletion_time",
                "removed_at",
                "discarded_at",
                "is_deleted",
                "is_removed",
                "deleted",
            ]
            .map(str::to_owned)
            .to_vec(),
            pg_version: None,
        }
    }
}

impl Settings {
    /// Does the rule run? Its own name speaks louder than its category's.
    pub fn is_enabled(&self, rule: &Rule) -> bool {
        let names = |list: &[String], name: &str| list.iter().any(|each| each == name);
        if names(&self.ignore, rule.name) {
            return false;
        }
        if names(&self.select, rule.name) {
            return true;
        }
        if names(&self.ignore, rule.category) {
            return false;
        }
        self.select.is_empty() || names(&self.select, rule.category)
    }

    /// Does the project run on this major version of PostgreSQL or a later one?
    pub fn has_version(&self, major: u8) -> bool {
        self.pg_version.is_none_or(|oldest| oldest >= major)
    }

    /// Settings under which every rule runs that runs under one of the two, with
    /// the higher severity. The rest is that of `self`.
    pub fn union(mut self, other: Settings) -> Settings {
        let both = [&self, &other];
        let runs = |rule: &&&Rule| both.iter().any(|it| it.is_enabled(rule));
        let select = rules::ALL.iter().filter(runs);
        let select = select.map(|rule| rule.name.to_owned()).collect();
        let severity = rules::ALL.iter().map(|rule| {
            let higher = self.severity_of(rule).max(other.severity_of(rule));
            (rule.name.to_owned(), higher)
        });
        self.severity = severity.collect();
        self.select = select;
        self.ignore.clear();
        self
    }

    /// Makes a diagnostic that was found under a [`Settings::union`] with these
    /// settings what it is under these alone. False where it is none.
    pub fn admit<L>(&self, diagnostic: &mut Diagnostic<L>) -> bool {
        if let Some(rule) = rules::find(diagnostic.rule) {
            // What was lowered for this one diagnostic stays low.
            diagnostic.severity = diagnostic.severity.min(self.severity_of(rule));
            if !self.is_enabled(rule) {
                return false;
            }
        }
        !self.ignores(diagnostic.rule, diagnostic.object.as_deref())
    }

    /// Is the rule told to leave this object alone?
    pub fn ignores(&self, rule: &str, object: Option<&str>) -> bool {
        self.ignored_objects
            .iter()
            .any(|ignored| ignored.rule == rule && Some(&*ignored.object) == object)
    }

    /// The severity with which the rule reports.
    pub fn severity_of(&self, rule: &Rule) -> Severity {
        self.severity
            .get(rule.name)
            .copied()
            .unwrap_or(rule.severity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(select: &[&str], ignore: &[&str], rule: &str, expected: bool) {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let settings = Settings {
            select: list(select),
            ignore: list(ignore),
            ..Settings::default()
        };
        let rule = crate::rules::find(rule).unwrap();
        assert_eq!(settings.is_enabled(rule), expected);
    }

    #[test]
    fn a_rule_speaks_louder_than_its_category() {
        check(&[], &[], "select-star", true);
        check(&["query"], &[], "select-star", true);
        check(&["schema"], &[], "select-star", false);
        check(&["query"], &["select-star"], "select-star", false);
        check(&["select-star"], &["query"], "select-star", true);
        check(&[], &["query"], "select-star", false);
    }
}
