//! Sqitch: `sqitch.plan` with `deploy/NAME.sql`, `revert/NAME.sql` and
//! `verify/NAME.sql`.
//!
//! The plan alone orders. A change that is planned twice was reworked: its first
//! script is `NAME@TAG.sql`, after the last tag before the rework. Scripts are
//! run by psql and open their own transactions. Plans whose changes require
//! those of another project build one database with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pglint_semantic::section::{Direction, Transaction};

use super::{Claim, Framework, World, lines};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "Sqitch",
    claims,
    order: |folder| folder.in_listed_order(),
    sections: |file| {
        let mut section = file.whole(Transaction::PerStatement);
        let is_in = |name: &str| file.path.iter().any(|part| part == name);
        section.direction = match () {
            () if is_in("revert") => Direction::Down,
            () if is_in("verify") => Direction::Query,
            () => Direction::Up,
        };
        section.version = None;
        vec![section]
    },
    ignores: "as the plan does not name it",
    ..Framework::BASE
};

/// A `sqitch.plan`, or one of another name: `%project` tells.
struct Plan {
    folder: PathBuf,
    evidence: String,
    project: String,
    /// The names of changes, and of tags with their `@`, in order.
    entries: Vec<String>,
    /// The projects whose changes are required.
    requires: BTreeSet<String>,
    dialect: Option<String>,
}

fn claims(world: &World<'_>) -> Vec<Claim> {
    let markers = world.markers.iter();
    let plans = markers.filter(|it| it.extension().is_some_and(|it| it == "plan"));
    let plans: Vec<Plan> = plans.filter_map(|marker| read(world, marker)).collect();
    let mut databases: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (plan, database) in databases_of(&plans).into_iter().enumerate() {
        databases.entry(database).or_default().push(plan);
    }
    let claim = |members: Vec<usize>| claim(world, &in_order(&plans, members));
    databases.into_values().filter_map(claim).collect()
}

fn read(world: &World<'_>, marker: &Path) -> Option<Plan> {
    let text = (world.read)(marker);
    let folder = marker.parent()?;
    let mut plan = Plan {
        folder: folder.into(),
        evidence: format!("`{}`", super::name_of(marker)),
        project: String::new(),
        entries: Vec::new(),
        requires: BTreeSet::new(),
        dialect: other_engine(world, folder),
    };
    for (line, _) in lines(&text) {
        let line = line.trim();
        if let Some(project) = line.strip_prefix("%project=") {
            plan.project = project.trim().into();
        }
        let end = line.find([' ', '\t', '[']).unwrap_or(line.len());
        let name = line[..end].trim_start_matches('+');
        if name.is_empty() || name.starts_with(['%', '#', '-']) {
            continue;
        }
        plan.entries.push(name.into());
        plan.requires.extend(required_projects(&line[end..]));
    }
    (!plan.project.is_empty()).then_some(plan)
}

/// The projects named in `[name project:name !conflict]`.
fn required_projects(rest: &str) -> impl Iterator<Item = String> {
    let inside = rest.trim_start().strip_prefix('[');
    let inside = inside.and_then(|it| it.split_once(']'));
    let words = inside.map_or("", |(words, _)| words).split_whitespace();
    words
        .filter(|word| !word.starts_with('!'))
        .filter_map(|word| Some(word.split_once(':')?.0.to_owned()))
}

fn other_engine(world: &World<'_>, folder: &Path) -> Option<String> {
    let confs = folder.ancestors().map(|it| it.join("sqitch.conf"));
    let conf = confs.take(3).find_map(|path| world.marker(&path))?;
    let engine = lines(&conf).find_map(|(line, _)| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == "engine").then(|| value.trim().to_owned())
    })?;
    let is_other = !matches!(&*engine, "pg" | "cockroach" | "yugabyte");
    is_other.then_some(engine)
}

/// For each plan the first plan of its database.
fn databases_of(plans: &[Plan]) -> Vec<usize> {
    let mut database: Vec<usize> = (0..plans.len()).collect();
    for (index, plan) in plans.iter().enumerate() {
        for other in (0..plans.len()).filter(|it| plan.requires.contains(&plans[*it].project)) {
            let (left, right) = (database[index], database[other]);
            for each in &mut database {
                if *each == left.max(right) {
                    *each = left.min(right);
                }
            }
        }
    }
    database
}

/// What is required comes before what requires it.
fn in_order(plans: &[Plan], mut members: Vec<usize>) -> Vec<&Plan> {
    let mut ordered: Vec<&Plan> = Vec::new();
    while !members.is_empty() {
        let is_ready = |member: &usize| {
            let mut others = members.iter().filter(|it| *it != member);
            !others.any(|it| plans[*member].requires.contains(&plans[*it].project))
        };
        // Projects that require each other come as they are.
        let next = members.iter().position(is_ready).unwrap_or(0);
        ordered.push(&plans[members.remove(next)]);
    }
    ordered
}

fn claim(world: &World<'_>, plans: &[&Plan]) -> Option<Claim> {
    let first = plans.first()?;
    let folders = plans.iter().map(|plan| plan.folder.clone());
    let mut files = Vec::new();
    for plan in plans {
        for name in ["deploy", "revert", "verify"] {
            files.extend(world.below(&plan.folder.join(name)).cloned());
        }
    }
    Some(Claim {
        folder: folders.reduce(|left, right| common(&left, &right))?,
        evidence: first.evidence.clone(),
        listed: plans.iter().flat_map(|plan| scripts(world, plan)).collect(),
        files,
        dialect: first.dialect.clone(),
    })
}

fn common(left: &Path, right: &Path) -> PathBuf {
    let pairs = left.iter().zip(right);
    pairs
        .take_while(|(left, right)| left == right)
        .map(|(part, _)| part)
        .collect()
}

/// The scripts of a plan: those that deploy in its order, then those that
/// revert and verify.
fn scripts(world: &World<'_>, plan: &Plan) -> Vec<PathBuf> {
    let is_tag = |entry: &&String| entry.starts_with('@');
    let mut names = Vec::new();
    for (index, entry) in plan.entries.iter().enumerate() {
        if is_tag(&entry) {
            continue;
        }
        let later = &plan.entries[index + 1..];
        let rework = later.iter().position(|it| it == entry);
        let tag = rework.and_then(|rework| later[..rework].iter().rev().find(is_tag));
        names.push(match tag {
            Some(tag) => format!("{entry}{tag}.sql"),
            None => format!("{entry}.sql"),
        });
    }
    let scripts = ["deploy", "revert", "verify"]
        .into_iter()
        .flat_map(|folder| {
            let names = &names;
            names
                .iter()
                .map(move |name| plan.folder.join(folder).join(name))
        });
    scripts
        .filter(|script| world.files.binary_search(script).is_ok())
        .collect()
}
