//! Effects that cannot be followed.

use super::{Outcome, Replay};
use crate::change::{Action, CallArgument, DdlChange, FunctionCall, UnknownEffect};
use crate::lower::surely_runs;
use pglint_catalog::{
    Argument, ArgumentMode, Function, FunctionId, Name, Origin, RelationId, SchemaId, SearchPath,
    Unknown,
};
use std::sync::Arc;

impl Replay {
    pub(super) fn mark_unknown(&mut self, effect: &UnknownEffect, at: Origin) -> Outcome {
        let unknown = Unknown {
            reason: effect.reason.clone(),
            origin: at,
        };
        let relations = self.catalog.relations();
        let touched: Vec<RelationId> = relations
            .filter(|it| it.schema != SchemaId::PG_TEMP)
            .filter(|it| effect.changes_anything || effect.names.contains(&it.name))
            .map(|it| it.id)
            .collect();
        for id in touched {
            self.catalog.mark_relation_unknown(id, unknown.clone());
        }
        let unknown = Arc::new(unknown);
        for name in &effect.names {
            self.catalog.mark_name_unknown(name.clone(), &unknown);
        }
        if effect.creates_anything || effect.changes_anything {
            self.catalog.mark_all_unknown(unknown);
        }
        Ok(())
    }

    /// A call at top level of a function of the project does what its body does.
    /// Functions of the server change nothing.
    pub(super) fn call_functions(
        &mut self,
        calls: &[FunctionCall],
        mentioned: &[Name],
        is_sure: bool,
        at: Origin,
    ) -> Outcome {
        if self.call_depth == 0 {
            self.calls = 0;
        }
        for call in calls {
            let called = self.catalog.lookup_functions(
                call.name.schema.as_deref(),
                &call.name.name,
                &self.search_path,
            );
            let mut called = called.found().unwrap_or_default();
            called.retain(|it| takes(it, call.arguments.len()));
            let ids: Vec<FunctionId> = called.iter().map(|it| it.id).collect();
            // Which one of several is called depends on types.
            let is_sure = is_sure && ids.len() == 1;
            for id in ids {
                let function = self.catalog.function(id);
                let runs = function.is_some_and(|it| surely_runs(it, &call.arguments));
                let is_sure = is_sure && runs;
                self.call_function(id, &call.arguments, mentioned, is_sure, at)?;
            }
        }
        Ok(())
    }

    fn call_function(
        &mut self,
        id: FunctionId,
        arguments: &[CallArgument],
        mentioned: &[Name],
        is_sure: bool,
        at: Origin,
    ) -> Outcome {
        if self.call_depth > DEEPEST_CALL {
            return Ok(());
        }
        let Some(function) = self.catalog.function(id) else {
            return Ok(());
        };
        let routine = self.routines.get(function, arguments);
        if routine.changes.is_empty() {
            return Ok(());
        }
        self.calls += 1;
        let is_too_much = self.calls > MOST_CALLS;
        let effect = routine.effect.as_ref();
        if let Some(effect) = effect.filter(|_| !is_sure || is_too_much) {
            self.mark_call_unknown(effect.clone(), mentioned, at)?;
        }
        if is_too_much {
            return Ok(());
        }
        let own_path = routine.search_path.clone().map(SearchPath);
        let outer_path = own_path.map(|path| std::mem::replace(&mut self.search_path, path));
        self.call_depth += 1;
        let mut changes = routine.changes.iter();
        let outcome =
            changes.try_for_each(|change| self.apply_called(change, mentioned, is_sure, at));
        self.call_depth -= 1;
        if let Some(path) = outer_path {
            self.search_path = path;
        }
        outcome
    }

    /// What a routine does, where it is called.
    fn apply_called(
        &mut self,
        change: &DdlChange,
        mentioned: &[Name],
        is_sure: bool,
        at: Origin,
    ) -> Outcome {
        match &change.action {
            Action::CallFunctions {
                calls,
                mentioned,
                is_sure: inner,
            } => self.call_functions(calls, mentioned, *inner && is_sure, at),
            // A procedure may commit; the session goes on.
            Action::Transaction(_) => Ok(()),
            _ if !is_sure => Ok(()),
            Action::Unknown(effect) => self.mark_call_unknown(effect.clone(), mentioned, at),
            _ => self.apply(change),
        }
    }

    fn mark_call_unknown(
        &mut self,
        mut effect: UnknownEffect,
        mentioned: &[Name],
        at: Origin,
    ) -> Outcome {
        if effect.takes_names {
            effect.names.extend(mentioned.iter().cloned());
        }
        self.mark_unknown(&effect, at)
    }
}

/// Whether a call may have so many arguments.
fn takes(function: &Function, arguments: usize) -> bool {
    let is_open = |it: &Argument| it.mode == ArgumentMode::Variadic;
    let required = function.inputs().filter(|it| it.default.is_none()).count();
    // A procedure is given its OUT arguments too.
    let most = match function.inputs().any(is_open) {
        true => usize::MAX,
        false => function.arguments.len(),
    };
    (required..=most).contains(&arguments)
}

/// Functions that call functions are followed so deep; those that call themselves
/// end there.
const DEEPEST_CALL: u32 = 8;

/// One statement follows so many calls: functions that call each other several
/// times multiply.
const MOST_CALLS: u32 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::lower;
    use pglint_syntax::{ParseOptions, parse_file, with_large_stack};
    use pglint_text::StatementId;

    /// Replays a text; lists the tables, each with its columns, `?` where not all
    /// about it is known, and the names that may exist.
    #[track_caller]
    fn check(sql: &str, expected: &[&str]) {
        let catalog = with_large_stack(|| {
            let mut replay = Replay::default();
            let file = parse_file(sql, ParseOptions::default());
            for (id, statement) in (0..).zip(&file.statements) {
                let tree = statement.tree().expect(sql);
                for change in lower(&tree, StatementId(id)) {
                    replay.apply(&change).unwrap();
                }
            }
            replay.catalog
        });
        let mut found: Vec<String> = catalog
            .tables()
            .map(|table| {
                let columns: Vec<_> = table.columns.iter().map(|it| it.name.as_str()).collect();
                let unknown = if table.unknown.is_some() { "?" } else { "" };
                format!("{}{unknown}({})", table.name, columns.join(","))
            })
            .collect();
        let names = ["x", "y", "z"].into_iter();
        let names = names.filter(|name| catalog.unknown_name(name).is_some());
        found.extend(names.map(|name| format!("{name}?")));
        assert_eq!(found, expected);
    }

    #[test]
    fn constants_are_handed_in() {
        let add = "CREATE TABLE t (a int);
            CREATE FUNCTION add(tab regclass, col text, kind text DEFAULT 'int')
            RETURNS void LANGUAGE plpgsql AS $$
            BEGIN EXECUTE format('ALTER TABLE %s ADD %I %s', tab, col, kind); END $$;";
        check(
            &format!(
                "{add} SELECT add('t', 'b'); SELECT add(kind => 'text', tab => 't', col => 'c');"
            ),
            &["t(a,b,c)"],
        );
        // No row, no call; nor for NULL where the function is STRICT.
        check(
            &format!("{add} SELECT add('t', 'x') WHERE 1 = 2;"),
            &["t?(a)", "x?"],
        );
        check(
            "CREATE TABLE t (a int);
             CREATE FUNCTION widen(tab text, c text) RETURNS void LANGUAGE plpgsql STRICT AS $$
             BEGIN EXECUTE 'ALTER TABLE ' || tab || ' DROP COLUMN a'; END $$;
             SELECT widen('t', NULL);",
            &["t?(a)"],
        );
        // As a server would write the table's name is not known, or its column's.
        check(
            &format!("{add} SELECT add('public.t', 'x');"),
            &["t?(a)", "x?"],
        );
        check(
            &format!("{add} SELECT add('t', 'x' || a) FROM t;"),
            &["t?(a)", "x?"],
        );
        check(
            "CREATE TABLE t (a int);
             CREATE FUNCTION run(text, VARIADIC text[] DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
             BEGIN EXECUTE $1; END $$;
             CREATE FUNCTION all_of(them text[]) RETURNS void LANGUAGE plpgsql AS $$
             DECLARE it text;
             BEGIN
                 FOREACH it IN ARRAY them LOOP PERFORM run('ALTER TABLE t ADD ' || it || ' int'); END LOOP;
             END $$;
             SELECT run('SELECT 1'), run('ALTER TABLE t ADD b int');
             SELECT all_of('{c,d}'), all_of(ARRAY['e']);",
            &["t(a,b,c,d,e)"],
        );
        check(
            "CREATE TABLE t (a int); CREATE TABLE u (a int);
             CREATE FUNCTION run(sql text, really bool) RETURNS void LANGUAGE plpgsql AS $$
             BEGIN IF really THEN EXECUTE sql; END IF; END $$;
             SELECT run('ALTER TABLE t ADD b int', true);",
            &["t?(a)", "u(a)"],
        );
    }

    #[test]
    fn static_ddl_of_called_functions_is_followed() {
        check(
            "CREATE FUNCTION make() RETURNS void LANGUAGE plpgsql AS $$
             BEGIN
                 CREATE TABLE t (a int);
                 IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'x') THEN
                     ALTER TABLE t ADD COLUMN b int;
                 END IF;
             END $$;
             SELECT make();",
            &["t(a,b)"],
        );
        check(
            "CREATE PROCEDURE make() LANGUAGE sql AS 'CREATE TABLE t (a int); DROP TABLE IF EXISTS u';
             CREATE TABLE u (a int);
             CALL make();",
            &["t(a)"],
        );
    }

    #[test]
    fn functions_that_nobody_calls_do_nothing() {
        check(
            "CREATE FUNCTION make() RETURNS void LANGUAGE sql AS 'CREATE TABLE x (a int)';",
            &[],
        );
    }

    #[test]
    fn calls_of_calls_are_followed() {
        check(
            "CREATE FUNCTION inner_one() RETURNS void LANGUAGE sql AS 'CREATE TABLE t (a int)';
             CREATE FUNCTION outer_one() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM inner_one(); END $$;
             DO $$ BEGIN PERFORM outer_one(); END $$;",
            &["t(a)"],
        );
        check(
            "CREATE FUNCTION again() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE t (a int); PERFORM again(); END $$;
             SELECT again();",
            &["t(a)"],
        );
    }

    #[test]
    fn a_function_that_is_replaced_does_something_else() {
        check(
            "CREATE FUNCTION make() RETURNS void LANGUAGE sql AS 'SELECT 1';
             SELECT make();
             CREATE OR REPLACE FUNCTION make() RETURNS void LANGUAGE sql AS 'CREATE TABLE t (a int)';
             SELECT make();",
            &["t(a)"],
        );
    }

    /// Each function calls the next one ten times: a hundred million calls.
    #[test]
    fn calls_that_multiply_end() {
        let mut sql = String::new();
        for level in 0..8 {
            let calls = format!("SELECT f{}(); ", level + 1).repeat(10);
            sql += &format!("CREATE FUNCTION f{level}() RETURNS void LANGUAGE sql AS '{calls}';\n");
        }
        sql += "CREATE FUNCTION f8() RETURNS void LANGUAGE sql AS 'DROP TABLE IF EXISTS x';";
        check(&(sql + "SELECT f0();"), &["x?"]);
    }

    #[test]
    fn what_may_run_or_not_is_unknown() {
        check(
            "CREATE FUNCTION make(wanted bool) RETURNS void LANGUAGE plpgsql AS $$
             BEGIN IF wanted THEN CREATE TABLE x (a int); END IF; END $$;
             SELECT make(true);",
            &["x?"],
        );
        check(
            "CREATE FUNCTION make() RETURNS void LANGUAGE sql AS 'CREATE TABLE y (a int)';
             DO $$ BEGIN IF random() > 0.5 THEN PERFORM make(); END IF; END $$;",
            &["y?"],
        );
        // Which of the two runs depends on the types of arguments.
        check(
            "CREATE FUNCTION make(a int) RETURNS void LANGUAGE sql AS 'CREATE TABLE x (a int)';
             CREATE FUNCTION make(a text) RETURNS void LANGUAGE sql AS 'CREATE TABLE y (a int)';
             SELECT make('1');",
            &["x?", "y?"],
        );
    }

    #[test]
    fn names_that_a_call_mentions_are_unknown() {
        check(
            "CREATE TABLE t (a int);
             CREATE TABLE u (a int);
             CREATE FUNCTION widen(name text) RETURNS void LANGUAGE plpgsql AS $$
             BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN b int', name); END $$;
             SELECT widen(name) FROM (VALUES ('t')) AS v (name);",
            &["t?(a)", "u(a)"],
        );
    }

    #[test]
    fn a_function_runs_under_its_own_search_path() {
        check(
            "CREATE SCHEMA s;
             CREATE TABLE s.t (a int);
             CREATE TABLE t (a int);
             CREATE FUNCTION clear() RETURNS void LANGUAGE sql SET search_path = s AS 'ALTER TABLE t ADD COLUMN of_s int';
             SELECT clear();
             ALTER TABLE t ADD COLUMN of_public int;",
            &["t(a,of_s)", "t(a,of_public)"],
        );
        check(
            "CREATE SCHEMA s;
             CREATE FUNCTION make() RETURNS void LANGUAGE sql AS 'CREATE TABLE IF NOT EXISTS t (a int)';
             SELECT make();
             ALTER FUNCTION make() SET search_path = s;
             SELECT make();",
            &["t(a)", "t(a)"],
        );
    }
}
