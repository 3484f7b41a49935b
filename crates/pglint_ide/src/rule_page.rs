//! The page of a rule.

use pglint_linter::rules;

/// What the second word of an example's fence means to a reader.
const EXAMPLES: [(&str, &str); 4] = [
    ("setup", "Given"),
    ("bad", "Reported"),
    ("fixed", "Fixed"),
    ("good", "Not reported"),
];

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
        page.push_str(&shown(line.strip_prefix(' ').unwrap_or(line)));
    }
    Some(page)
}

/// A line of the documentation as a reader wants it: an example says what it
/// shows above its fence, because the fence's words are not rendered.
fn shown(line: &str) -> String {
    example(line).unwrap_or_else(|| line.to_owned())
}

/// The fence that opens an example, with a title. `None` for any other line.
fn example(line: &str) -> Option<String> {
    let mut words = line.strip_prefix("```")?.split(' ');
    let (language, word) = (words.next()?, words.next()?);
    let (_, title) = EXAMPLES.iter().find(|(known, _)| *known == word)?;
    let file = words.find_map(|word| word.strip_prefix("file="));
    let file = file.map_or(String::new(), |file| format!(", in `{file}`"));
    Some(format!("\n*{title}{file}:*\n\n```{language}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_say_what_they_show() {
        let page = rule_page("null-comparison").unwrap();
        assert!(page.starts_with("# null-comparison\n\nerror, category query, since 0.1.0\n\n"));
        assert!(page.contains("\n*Reported:*\n\n```sql\nSELECT id FROM account"));
        assert!(page.contains("\n```\n\n*Fixed:*\n\n```sql\n"));
    }

    #[test]
    fn every_fence_has_a_title() {
        for rule in rules::ALL {
            let page = rule_page(rule.name).unwrap();
            let mut fences = page.lines().filter(|line| line.starts_with("```"));
            assert!(fences.all(|line| !line.contains(' ')), "{page}");
        }
    }
}
