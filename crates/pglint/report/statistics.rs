//! How often each rule spoke, the most frequent first.

use std::collections::BTreeMap;
use std::io::{self, Write};

use pglint_project::Analysis;

pub(super) fn print(output: &mut dyn Write, analysis: &Analysis) -> io::Result<()> {
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for diagnostic in analysis.diagnostics() {
        let kind = (diagnostic.rule, diagnostic.severity);
        *counts.entry(kind).or_default() += 1;
    }
    let mut counts = Vec::from_iter(counts);
    counts.sort_by_key(|&(kind, count)| (std::cmp::Reverse(count), kind));
    for ((rule, severity), count) in counts {
        writeln!(output, "{count:>6}  {:<7}  {rule}", severity.name())?;
    }
    Ok(())
}
