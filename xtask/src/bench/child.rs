//! Whole programs: their CPU time and the most memory that they used at once.
//!
//! The system adds up what all children of a process have used, so each program
//! is run by a process of its own: this one, as `xtask measure PROGRAM ...`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use pglint_project::{Project, Request};
use serde_json::{Value, json};

/// What a program used for all projects, in each run.
#[derive(Debug, Default)]
pub(super) struct Whole {
    /// User and system time.
    pub(super) cpu: Vec<Duration>,
    pub(super) wall: Vec<Duration>,
    /// Bytes; the largest of all runs.
    pub(super) peak_memory: u64,
}

/// Runs `program` with `arguments` in the folder of each project.
pub(super) fn of_projects(
    program: &Path,
    arguments: &[&str],
    roots: &[PathBuf],
    runs: usize,
) -> Result<Whole, String> {
    let mut whole = Whole::default();
    for _ in 0..runs {
        whole.add(roots.iter().map(|root| {
            let mut command = command(program)?;
            command.args(arguments).arg(".").current_dir(root);
            Ok(command)
        }))?;
    }
    Ok(whole)
}

/// Runs `program` on the files that pglint reads of each project.
pub(super) fn of_files(program: &Path, roots: &[PathBuf], runs: usize) -> Result<Whole, String> {
    let mut whole = Whole::default();
    let projects: Vec<Project> = roots.iter().map(|root| read(root)).collect();
    for _ in 0..runs {
        whole.add(projects.iter().map(|project| {
            let mut command = command(program)?;
            command.args(project.files.iter().map(|file| &file.path));
            Ok(command)
        }))?;
    }
    Ok(whole)
}

fn read(root: &Path) -> Project {
    Project::read(&Request {
        working_directory: root.to_owned(),
        paths: vec![root.to_owned()],
        ..Request::default()
    })
}

fn command(program: &Path) -> Result<Command, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(own);
    command.arg("measure").arg(program);
    Ok(command)
}

impl Whole {
    /// Adds a run over all projects.
    fn add(
        &mut self,
        commands: impl Iterator<Item = Result<Command, String>>,
    ) -> Result<(), String> {
        let (mut cpu, mut wall) = (Duration::ZERO, Duration::ZERO);
        for command in commands {
            let output = command?.output().map_err(|error| error.to_string())?;
            let used: Value = serde_json::from_slice(&output.stdout)
                .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
            let number = |key: &str| used[key].as_u64().unwrap_or_default();
            cpu += Duration::from_micros(number("cpu_us"));
            wall += Duration::from_micros(number("wall_us"));
            self.peak_memory = self.peak_memory.max(number("peak_memory"));
        }
        self.cpu.push(cpu);
        self.wall.push(wall);
        Ok(())
    }
}

/// `xtask measure PROGRAM ...`: runs a program without output, prints as JSON
/// what it used. Its exit code means nothing here: linters fail on findings.
pub(crate) fn measure(program: &[&str]) -> Result<(), String> {
    let [program, arguments @ ..] = program else {
        return Err("usage: cargo xtask measure PROGRAM [ARGUMENTS]".to_owned());
    };
    let start = Instant::now();
    Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| format!("cannot run {program}: {error}"))?;
    let wall = start.elapsed();
    let used = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
    let cpu = microseconds(used.user_time()) + microseconds(used.system_time());
    // Linux counts in kilobytes, macOS in bytes (getrusage(2)).
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let result = json!({
        "cpu_us": cpu,
        "wall_us": wall.as_micros() as u64,
        "peak_memory": used.max_rss() * unit,
    });
    println!("{result}");
    Ok(())
}

fn microseconds(time: TimeVal) -> i64 {
    time.tv_sec() * 1_000_000 + time.tv_usec()
}
