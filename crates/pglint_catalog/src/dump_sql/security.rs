//! Row-level security and triggers, which need functions and roles.

use super::{Catalog, literal};
use crate::{Name, Policy, PolicyCommand, Relation, Trigger, quote_identifier};
use std::collections::BTreeSet;
use std::fmt::Write;

/// What policies may say in place of a role.
const NO_ROLES: [&str; 4] = ["public", "current_role", "current_user", "session_user"];

impl Catalog {
    /// The roles that policies name: the files of a project seldom make them.
    pub(super) fn write_roles(&self, out: &mut String) {
        let policies = self.listed().flat_map(|it| &it.policies);
        let roles: BTreeSet<&Name> = policies.flat_map(|it| &it.roles).collect();
        for role in roles
            .into_iter()
            .filter(|it| !NO_ROLES.contains(&it.as_str()))
        {
            let (known, name) = (literal(role), quote_identifier(role));
            let _ = writeln!(
                out,
                "DO $$ BEGIN IF to_regrole({}) IS NULL THEN CREATE ROLE {name}; END IF; END $$;",
                // `to_regrole` reads an identifier, quotes included.
                if name == role.as_str() {
                    known
                } else {
                    literal(&name)
                },
            );
        }
    }

    pub(super) fn write_security(&self, relation: &Relation, out: &mut String) {
        let name = self.name_sql(relation.schema, &relation.name);
        if relation.row_security {
            let _ = writeln!(out, "ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;");
        }
        if relation.force_row_security {
            let _ = writeln!(out, "ALTER TABLE {name} FORCE ROW LEVEL SECURITY;");
        }
        for policy in &relation.policies {
            self.write_policy(relation, &name, policy, out);
        }
        for trigger in relation.triggers.iter().filter(|it| !it.inherited) {
            self.write_trigger(&name, trigger, out);
        }
    }

    fn write_policy(&self, relation: &Relation, name: &str, policy: &Policy, out: &mut String) {
        let command = match policy.command {
            PolicyCommand::All => "ALL",
            PolicyCommand::Select => "SELECT",
            PolicyCommand::Insert => "INSERT",
            PolicyCommand::Update => "UPDATE",
            PolicyCommand::Delete => "DELETE",
        };
        let restrictive = if policy.permissive {
            ""
        } else {
            " AS RESTRICTIVE"
        };
        let roles = policy
            .roles
            .iter()
            .map(|it| match NO_ROLES.contains(&it.as_str()) {
                true => it.to_string(),
                false => quote_identifier(it).into_owned(),
            });
        let roles: Vec<_> = roles.collect();
        let _ = write!(
            out,
            "CREATE POLICY {} ON {name}{restrictive} FOR {command} TO {}",
            quote_identifier(&policy.name),
            roles.join(", "),
        );
        if let Some(using) = &policy.using {
            let _ = write!(out, " USING ({})", self.render(relation, using));
        }
        if let Some(check) = &policy.with_check {
            let _ = write!(out, " WITH CHECK ({})", self.render(relation, check));
        }
        out.push_str(";\n");
    }

    fn write_trigger(&self, name: &str, trigger: &Trigger, out: &mut String) {
        let clauses = &trigger.clauses;
        let constraint = if clauses.is_constraint {
            "CONSTRAINT "
        } else {
            ""
        };
        let function = trigger.function.and_then(|it| self.function(it));
        let function = match function {
            Some(function) => self.name_sql(function.schema, &function.name),
            None => clauses.function.to_string(),
        };
        let _ = writeln!(
            out,
            "CREATE {constraint}TRIGGER {} {} ON {name} {} EXECUTE FUNCTION {function}{};",
            quote_identifier(&trigger.name),
            clauses.event,
            clauses.options,
            clauses.arguments,
        );
    }
}
