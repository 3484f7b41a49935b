//! `cargo xtask bench-server`: how long an editor waits for the language server.
//!
//! A real server, over its standard input and output, on a generated project: a
//! script opens a file, types into it one key at a time and waits for the
//! diagnostics of each version. Nothing here is a test, and no test takes time.

mod client;
mod script;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use serde_json::{Value, json};

use crate::generate_project::{self, Size};
use script::Measured;

const USAGE: &str = "usage: cargo xtask bench-server [--keystrokes N] [--json] [--squawk PROGRAM]

Measures on a generated project of 1,000 files, 5 MB and 500 tables; --squawk runs
the same script against another server (pip install squawk-cli).";

struct Options {
    keystrokes: usize,
    json: bool,
    squawk: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let options = options(arguments)?;
    cargo(&["build", "--release", "--quiet", "--package", "pglint"])?;
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/pglint");
    let project = env::temp_dir().join(format!("pglint-bench-server-{}", std::process::id()));
    let measured = measure(&options, &target, &project);
    // A folder of temporary files that stays behind does no harm.
    let _ = fs::remove_dir_all(&project);
    let measured = measured?;
    if options.json {
        let servers: Vec<Value> = measured.iter().map(value).collect();
        println!("{:#}", Value::Array(servers));
    } else {
        measured.iter().for_each(print);
    }
    Ok(())
}

fn measure(options: &Options, pglint: &Path, project: &Path) -> Result<Vec<Measured>, String> {
    generate_project::write(project, Size::default())?;
    let script = script::Script::write(project, options.keystrokes)?;
    let mut measured = vec![script.run("pglint server", pglint)?];
    if let Some(squawk) = &options.squawk {
        measured.push(script.run("squawk server", squawk)?);
    }
    Ok(measured)
}

fn options(arguments: &[&str]) -> Result<Options, String> {
    let mut options = Options {
        keystrokes: 200,
        json: false,
        squawk: None,
    };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match *word {
            "--json" => options.json = true,
            "--keystrokes" => {
                let number = words.next().and_then(|number| number.parse().ok());
                options.keystrokes = number.filter(|number| *number > 0).ok_or(USAGE)?;
            }
            "--squawk" => options.squawk = Some(words.next().ok_or(USAGE)?.into()),
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(options)
}

fn cargo(arguments: &[&str]) -> Result<(), String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    match Command::new(cargo).args(arguments).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("cargo failed".to_owned()),
        Err(error) => Err(format!("cannot run cargo: {error}")),
    }
}

/// The lowest, the middle and the 99th of a hundred times, in milliseconds.
fn spread(times: &[Duration]) -> [f64; 3] {
    let mut times: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (times.len() as f64 * share) as usize;
        let last = times.len().saturating_sub(1);
        times.get(place.min(last)).copied().unwrap_or_default()
    };
    [at(0.0), at(0.5), at(0.99)]
}

fn print(server: &Measured) {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    println!("{} ({} diagnostics)", server.name, server.manner);
    for start in &server.starts {
        println!(
            "  {} ms after the program starts: the first diagnostics of {}, {} ms: all",
            milliseconds(start.first).round(),
            start.file,
            milliseconds(start.all).round(),
        );
        if let Some(cpu) = start.cpu {
            println!("    (CPU: {} ms)", milliseconds(cpu).round());
        }
    }
    println!("  keystroke to diagnostics, ms           minimum  median     p99");
    for typed in &server.typed {
        for (kind, times) in [("waited", &typed.waited), ("CPU", &typed.cpu)] {
            if !times.is_empty() {
                let [min, median, late] = spread(times);
                let name = format!("{} ({kind})", typed.file);
                println!("  {name:<38} {min:>7.1} {median:>7.1} {late:>7.1}");
            }
        }
    }
    if let Some((now, peak)) = server.memory {
        println!("  resident memory: {now} MB, {peak} MB at most");
    }
}

fn value(server: &Measured) -> Value {
    let typed = server.typed.iter().map(|typed| {
        json!({
            "file": typed.file,
            "waited_ms": spread(&typed.waited),
            "cpu_ms": spread(&typed.cpu),
        })
    });
    let starts = server.starts.iter();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let starts = starts.map(|start| {
        json!({
            "file": start.file,
            "first_ms": milliseconds(start.first),
            "all_ms": milliseconds(start.all),
            "cpu_ms": start.cpu.map(milliseconds),
        })
    });
    json!({
        "server": server.name,
        "first_diagnostics": starts.collect::<Vec<_>>(),
        "keystrokes": typed.collect::<Vec<_>>(),
        "resident_mb": server.memory.map(|(now, _)| now),
        "peak_mb": server.memory.map(|(_, peak)| peak),
    })
}
