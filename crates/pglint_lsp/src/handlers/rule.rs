//! `pglint/rule`: the page of a rule.

use crate::backend::{RuleParams, RuleResult};

pub(crate) fn rule(params: &RuleParams) -> Option<RuleResult> {
    let markdown = pglint_ide::rule_page(&params.name)?;
    Some(RuleResult { markdown })
}
