//! The command line as data.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use pglint_linter::Severity;

/// What follows the options in `pglint --help`.
const EXAMPLES: &str = "\
Examples:
  pglint ./sql                        lint every SQL file below ./sql
  pglint check db/migrations/*.sql    speak of these files alone, with the whole project as context
  pglint --select missing-primary-key,query .
  pglint --output-format json . > pglint.json
  pglint --fix db/queries             apply safe fixes
  pglint --diff --unsafe-fixes .      show what all fixes would change
  pglint --stdin-filename db/queries/a.sql - < a.sql
  pglint rule missing-primary-key     explain a rule

Exit codes:
  0  nothing at or above the --fail-on level
  1  diagnostics at or above the --fail-on level; with --diff: something to change
  2  wrong usage or configuration, or a file could not be read";

/// A static linter for PostgreSQL that knows your whole schema.
#[derive(Debug, Parser)]
#[command(
    name = "pglint",
    version,
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    max_term_width = 100
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// `pglint PATHS` without a command is `pglint check PATHS`.
    #[command(flatten)]
    pub(crate) check: CheckArguments,
    /// Use colours: always, never, or only on a terminal
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lint SQL files (the default)
    #[command(after_help = EXAMPLES)]
    Check(CheckArguments),
    /// List the rules
    Rules,
    /// Explain a rule
    Rule {
        /// The rule's name, as in `error[NAME]`
        name: String,
    },
    /// Print the schema that the files build
    Catalog(CatalogArguments),
    /// Print the JSON Schema of pglint.toml, for editors
    Schema,
    /// Serve an editor: the language server
    Server {
        /// Speak through standard input and output, as it does anyway
        #[arg(long)]
        stdio: bool,
    },
    /// Print which migration tool was detected, why, and the order of the files
    Order(OrderArguments),
}

#[derive(Args, Clone, Debug)]
pub(crate) struct CheckArguments {
    /// Files, folders and patterns to lint; `-` reads standard input
    #[arg(default_value = ".", value_name = "PATHS")]
    pub(crate) paths: Vec<PathBuf>,
    /// How to print diagnostics
    #[arg(long, value_enum, default_value_t = OutputFormat::Full, value_name = "FORMAT")]
    pub(crate) output_format: OutputFormat,
    /// Run only these rules or categories (repeatable, or separated by commas)
    #[arg(long, value_delimiter = ',', value_name = "RULES")]
    pub(crate) select: Vec<String>,
    /// Leave out these rules or categories (repeatable, or separated by commas)
    #[arg(long, value_delimiter = ',', value_name = "RULES")]
    pub(crate) ignore: Vec<String>,
    /// Apply safe fixes, those that cannot change what a statement does, and report what is left
    ///
    /// A migration that has run must not change, not even by a comment: most
    /// migration tools compare checksums. Fix those that have not run yet.
    #[arg(long)]
    pub(crate) fix: bool,
    /// With --fix or --diff: also fixes that can change what a statement does; read them
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,
    /// Print what --fix would change as a unified diff; exit with code 1 if that is anything
    #[arg(long)]
    pub(crate) diff: bool,
    /// Exit with code 1 for diagnostics of this severity and above
    #[arg(long, value_enum, default_value_t = FailLevel::Warning, value_name = "LEVEL")]
    pub(crate) fail_on: FailLevel,
    /// Print how often each rule spoke instead of the diagnostics
    #[arg(long)]
    pub(crate) statistics: bool,
    /// The path that standard input stands for; it decides on the schema that
    /// the text is judged by
    #[arg(long, value_name = "PATH")]
    pub(crate) stdin_filename: Option<PathBuf>,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct CatalogArguments {
    /// Files, folders and patterns that the schema is built from
    #[arg(default_value = ".", value_name = "PATHS")]
    pub(crate) paths: Vec<PathBuf>,
    /// How to print the schema
    #[arg(long, value_enum, default_value_t = CatalogFormat::Json, value_name = "FORMAT")]
    pub(crate) format: CatalogFormat,
    /// The schema that this migration meets, instead of the one after all files
    #[arg(long, value_name = "FILE")]
    pub(crate) at: Option<PathBuf>,
    /// Print what of the schema the files do not tell, and why, instead of the schema
    #[arg(long, conflicts_with = "format")]
    pub(crate) explain_unknown: bool,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct OrderArguments {
    /// Files, folders and patterns to order
    #[arg(default_value = ".", value_name = "PATHS")]
    pub(crate) paths: Vec<PathBuf>,
    /// How to print the order
    #[arg(long, value_enum, default_value_t = OrderFormat::Text, value_name = "FORMAT")]
    pub(crate) output_format: OrderFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OrderFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// With the source, explanations and fixes
    Full,
    /// One line for each diagnostic
    Concise,
    /// For programs; see docs/json.md
    Json,
    /// Annotations of GitHub Actions, and a table in the summary of the job
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CatalogFormat {
    /// For programs
    Json,
    /// Statements that build it
    Sql,
    /// A diagram of tables and foreign keys, for Mermaid
    Mermaid,
    /// The same for Graphviz
    Dot,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set; FORCE_COLOR and CLICOLOR_FORCE force it
    Auto,
    /// Also into files and pipes
    Always,
    /// Plain text
    Never,
}

/// The severity from which on a run counts as failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailLevel {
    /// Errors alone
    Error,
    /// Warnings and errors
    Warning,
    /// Any diagnostic
    Info,
    /// No diagnostic
    Never,
}

impl FailLevel {
    /// Does a diagnostic of this severity fail the run?
    pub(crate) fn fails(self, severity: Severity) -> bool {
        match self {
            FailLevel::Error => severity >= Severity::Error,
            FailLevel::Warning => severity >= Severity::Warning,
            FailLevel::Info => true,
            FailLevel::Never => false,
        }
    }
}
