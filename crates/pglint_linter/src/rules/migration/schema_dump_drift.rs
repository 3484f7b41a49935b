use crate::history::{HistoryProblem, HistoryProblemKind};
use crate::rule::prelude::*;

declare_rule! {
    /// A committed dump of the schema that is not what the migrations make.
    ///
    /// ## Why is this bad?
    /// Tests, code generators and new databases begin with `schema.sql` or
    /// `structure.sql`, production has run the migrations, and the two are different
    /// databases. Somebody forgot to dump, or edited the dump by hand.
    ///
    /// The migrations are taken for the truth. A dump that lists the migrations it
    /// stands for, as those of dbmate, Rails and Ecto do, is compared with the schema
    /// after these. Only what is certain counts: tables, columns with type and NOT NULL,
    /// keys, plain indexes and enums; at most ten differences of a dump are told.
    ///
    /// ```sql setup file=db/migrations/1_account.sql
    /// -- migrate:up
    /// CREATE TABLE account (id bigint PRIMARY KEY, email varchar(100) NOT NULL);
    /// -- migrate:down
    /// DROP TABLE account;
    /// ```
    /// ```sql bad file=db/schema.sql
    /// CREATE TABLE public.account (
    ///     id bigint NOT NULL,
    ///     email text NOT NULL
    /// --  ^^^^^ column `public.account.email` is `text NOT NULL` here and `character varying(100) NOT NULL` after the migrations
    /// );
    /// ALTER TABLE ONLY public.account ADD CONSTRAINT account_pkey PRIMARY KEY (id);
    /// ```
    /// ```sql good file=db/schema.sql
    /// CREATE TABLE public.account (
    ///     id bigint NOT NULL,
    ///     email character varying(100) NOT NULL
    /// );
    /// ALTER TABLE ONLY public.account ADD CONSTRAINT account_pkey PRIMARY KEY (id);
    /// ```
    name: "schema-dump-drift",
    category: "migration",
    severity: Warning,
    since: "0.1.0",
    check: History => check,
}

fn check(cx: &mut Cx<'_>, problem: &HistoryProblem) -> Option<()> {
    let HistoryProblemKind::DumpDrift {
        object,
        in_dump,
        by_migrations,
        place,
    } = &problem.kind
    else {
        return None;
    };
    let message = match (in_dump, by_migrations) {
        (Some(here), Some(there)) => {
            format!("{object} is `{here}` here and `{there}` after the migrations")
        }
        (Some(_), None) => format!("{object} is here, and no migration makes it"),
        (None, _) => format!("{object} is missing here, though the migrations make it"),
    };
    let diagnostic = cx.report(problem.location, message);
    diagnostic.help("Write the dump anew from a database that has run the migrations");
    if let Some(place) = place {
        diagnostic.label(*place, "made by the migrations here");
    }
    Some(())
}
