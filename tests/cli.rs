//! The binary, from outside: what it prints and with which code it exits.

#[path = "cli/bad_input.rs"]
mod bad_input;
#[path = "cli/catalog.rs"]
mod catalog;
#[path = "cli/ci.rs"]
mod ci;
#[path = "cli/configuration.rs"]
mod configuration;
#[path = "cli/fixes.rs"]
mod fixes;
#[path = "cli/fixtures.rs"]
mod fixtures;
#[path = "cli/projects.rs"]
mod projects;
#[path = "cli/psql.rs"]
mod psql;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/scripts.rs"]
mod scripts;
#[path = "cli/usage.rs"]
mod usage;
