//! A connection that goes on after a statement that the server refuses.

use postgres::Client;

/// It leaves a transaction as it was before the statement.
pub(crate) struct Session<'c> {
    pub(crate) client: &'c mut Client,
    in_transaction: bool,
}

impl Session<'_> {
    pub(crate) fn new(client: &mut Client) -> Session<'_> {
        Session {
            client,
            in_transaction: false,
        }
    }

    /// Runs one statement; one that fails leaves its transaction as it was. The
    /// error is the SQLSTATE.
    pub(crate) fn run(&mut self, statement: &str) -> Result<(), String> {
        self.run_or_refuse(statement)
            .map_err(|refusal| refusal.get(..5).unwrap_or_default().to_owned())
    }

    /// The same; the error is the SQLSTATE, a space and the message.
    pub(crate) fn run_or_refuse(&mut self, statement: &str) -> Result<(), String> {
        // Files of data, other databases and the server itself are not for us.
        let is_foreign = [
            "COPY",
            "CREATE DATABASE",
            "DROP DATABASE",
            "ALTER SYSTEM",
            "VACUUM",
        ];
        if is_foreign.iter().any(|it| starts_with(statement, it)) {
            return Ok(());
        }
        let is_step = |words: &[&str]| words.iter().any(|it| starts_with(statement, it));
        let is_whole = !is_step(&["ROLLBACK TO"]);
        if is_step(&["BEGIN", "START TRANSACTION"]) {
            self.in_transaction = true;
        } else if is_whole && is_step(&["COMMIT", "END", "ROLLBACK", "ABORT"]) {
            self.in_transaction = false;
        } else if self.in_transaction {
            if self.client.batch_execute("SAVEPOINT here").is_err() {
                self.in_transaction = false;
                return self.run_or_refuse(statement);
            }
            let outcome = self.client.batch_execute(statement);
            if outcome.is_err() {
                // A statement may have ended the transaction.
                let back = self.client.batch_execute("ROLLBACK TO here");
                self.in_transaction = back.is_ok();
            }
            return outcome.map_err(refusal);
        }
        self.client.batch_execute(statement).map_err(refusal)
    }

    pub(crate) fn search_path(&mut self) -> String {
        let row = self.client.query_one("SHOW search_path", &[]).unwrap();
        row.get(0)
    }

    /// As at the end of a tool's connection.
    pub(crate) fn end(self) {
        let end = if self.in_transaction { "COMMIT" } else { "" };
        self.client.batch_execute(end).unwrap();
        self.client
            .batch_execute("RESET ALL; DISCARD TEMP; SET statement_timeout = '60s'")
            .unwrap();
    }
}

#[allow(clippy::needless_pass_by_value, reason = "a function for `map_err`")]
fn refusal(error: postgres::Error) -> String {
    error.as_db_error().map_or_else(String::new, |it| {
        format!("{} {}", it.code().code(), it.message())
    })
}

/// Does the statement begin with these words, after its comments?
pub(crate) fn starts_with(statement: &str, words: &str) -> bool {
    let text = statement.trim_start();
    if let Some(comment) = text.strip_prefix("--") {
        return comment
            .split_once('\n')
            .is_some_and(|(_, rest)| starts_with(rest, words));
    }
    text.get(..words.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(words))
}
