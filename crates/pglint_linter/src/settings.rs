//! What the user decided, resolved from configuration and command line.

use rustc_hash::FxHashMap;

use crate::{Rule, Severity};

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
