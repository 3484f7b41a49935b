//! The page of a rule.

use pglint_linter::rules;

/// All that is known of a rule, as Markdown. `None` where there is no such rule.
pub fn rule_page(name: &str) -> Option<String> {
    let rule = rules::find(name)?;
    let (severity, category) = (rule.severity.name(), rule.category);
    let mut page = format!(
        "# {name}\n\n{severity}, category {category}, since {}\n",
        rule.since
    );
    for line in rule.documentation.lines() {
        page.push('\n');
        // Doc comments keep the blank that follows their slashes.
        page.push_str(line.strip_prefix(' ').unwrap_or(line));
    }
    Some(page)
}
