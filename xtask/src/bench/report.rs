//! Figures as a table for people and as JSON for programs.

use std::time::Duration;

use serde_json::{Value, json};

use super::child::Whole;
use super::stages::{LOWER, PARSE, STAGES, Stages};

/// The lowest, the middle and the highest of several times, in seconds.
struct Spread {
    min: f64,
    median: f64,
    max: f64,
}

impl Spread {
    fn new(times: impl Iterator<Item = Duration>) -> Spread {
        let mut times: Vec<f64> = times.map(|time| time.as_secs_f64()).collect();
        times.sort_by(f64::total_cmp);
        let at = |index: usize| times.get(index).copied().unwrap_or_default();
        Spread {
            min: at(0),
            median: at(times.len() / 2),
            max: at(times.len().saturating_sub(1)),
        }
    }

    fn value(&self) -> Value {
        json!({ "min": self.min, "median": self.median, "max": self.max })
    }

    /// In milliseconds.
    fn row(&self, name: &str) -> String {
        let [min, median, max] = [self.min, self.median, self.max].map(|it| it * 1e3);
        format!("  {name:<22} {min:>9.1} {median:>9.1} {max:>9.1}")
    }
}

impl Stages {
    fn spread(&self, stage: usize) -> Spread {
        Spread::new(self.times.iter().map(|times| times[stage]))
    }

    /// What the stage does in a second, and of what.
    fn rate(&self, stage: usize) -> (f64, &'static str) {
        let seconds = self.spread(stage).median.max(f64::MIN_POSITIVE);
        match stage {
            ..LOWER => (self.counts.bytes as f64 / 1e6 / seconds, "MB/s"),
            _ if stage <= LOWER + 1 => {
                let statements = self.counts.ddl_statements as f64;
                (statements / seconds, "DDL statements/s")
            }
            _ => (self.counts.statements as f64 / seconds, "statements/s"),
        }
    }

    fn tree_ratio(&self) -> f64 {
        self.counts.tree_bytes as f64 / (self.counts.parsed_bytes as f64).max(1.0)
    }
}

/// The figures of one subject as JSON; times are in seconds, memory in bytes.
pub(super) fn value(name: &str, stages: &Stages, whole: &Whole, squawk: Option<&Whole>) -> Value {
    let counts = &stages.counts;
    let of_stage = |(stage, name): (usize, &&str)| {
        let (rate, unit) = stages.rate(stage);
        let seconds = stages.spread(stage).value();
        json!({ "name": name, "seconds": seconds, "rate": rate, "unit": unit })
    };
    json!({
        "subject": name,
        "files": counts.files,
        "bytes": counts.bytes,
        "statements": counts.statements,
        "ddl_statements": counts.ddl_statements,
        "stages": STAGES.iter().enumerate().map(of_stage).collect::<Vec<_>>(),
        "tree_bytes_per_byte": stages.tree_ratio(),
        "pglint": whole.value(),
        "squawk": squawk.map(Whole::value),
    })
}

impl Whole {
    fn value(&self) -> Value {
        json!({
            "cpu_seconds": Spread::new(self.cpu.iter().copied()).value(),
            "wall_seconds": Spread::new(self.wall.iter().copied()).value(),
            "peak_memory": self.peak_memory,
        })
    }

    fn median_cpu(&self) -> f64 {
        Spread::new(self.cpu.iter().copied()).median
    }

    fn print(&self, name: &str) {
        let memory = self.peak_memory as f64 / 1e6;
        let cpu = Spread::new(self.cpu.iter().copied());
        println!("{}  peak memory {memory:.0} MB", cpu.row(name));
        let wall = Spread::new(self.wall.iter().copied());
        println!("{}", wall.row(&format!("{name} (wall)")));
    }
}

/// Prints the figures of one subject.
pub(super) fn print(name: &str, stages: &Stages, whole: &Whole, squawk: Option<&Whole>) {
    let counts = &stages.counts;
    println!(
        "{name}: {} files, {:.1} MB, {} statements, {} of them DDL, {} diagnostics",
        counts.files,
        counts.bytes as f64 / 1e6,
        counts.statements,
        counts.ddl_statements,
        counts.diagnostics,
    );
    println!(
        "  {:<22} {:>9} {:>9} {:>9}  of parse",
        "CPU, ms", "min", "median", "max"
    );
    let parse = stages.spread(PARSE).median.max(f64::MIN_POSITIVE);
    for (stage, name) in STAGES.iter().enumerate() {
        let (rate, unit) = stages.rate(stage);
        let spread = stages.spread(stage);
        let ratio = spread.median / parse;
        println!("{}  {ratio:>8.3}  {rate:.0} {unit}", spread.row(name));
    }
    let replay = stages.spread(LOWER).median + stages.spread(LOWER + 1).median;
    let replay = counts.ddl_statements as f64 / replay.max(f64::MIN_POSITIVE);
    println!("  lower and replay: {replay:.0} DDL statements/s");
    println!("  bytes for a byte of SQL: tree {:.1}", stages.tree_ratio(),);
    whole.print("pglint");
    if let Some(squawk) = squawk {
        squawk.print("squawk");
        let ratio = squawk.median_cpu() / whole.median_cpu().max(f64::MIN_POSITIVE);
        println!("  squawk / pglint, CPU: {ratio:.2}");
    }
    println!();
}
