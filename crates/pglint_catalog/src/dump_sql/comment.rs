//! `COMMENT ON`.

use super::{Catalog, literal};
use crate::{FunctionKind, Name, Relation, RelationKind, Type, TypeKind, quote_identifier};
use std::fmt::Write;

impl Catalog {
    pub(super) fn write_comments(&self, out: &mut String) {
        for schema in self.schemas() {
            write_comment(
                "SCHEMA",
                &quote_identifier(&schema.name),
                schema.comment.as_ref(),
                out,
            );
        }
        for found in self.types().filter(|it| it.extension.is_none()) {
            self.write_comment_of_type(found, out);
        }
        for relation in self.listed() {
            self.write_comments_of_relation(relation, out);
        }
        for function in self.functions().filter(|it| it.extension.is_none()) {
            let words = match function.kind {
                FunctionKind::Procedure => "PROCEDURE",
                FunctionKind::Aggregate => "AGGREGATE",
                FunctionKind::Function | FunctionKind::Window => "FUNCTION",
            };
            let name = self.name_sql(function.schema, &function.name);
            let signature = format!("{name}({})", self.identity_arguments(function));
            let comment = function.comment.as_ref();
            // A function in C is not made.
            if !self.function_sql(function).is_empty() {
                write_comment(words, &signature, comment, out);
            }
        }
    }

    fn write_comment_of_type(&self, found: &Type, out: &mut String) {
        let words = match found.kind {
            TypeKind::Domain(_) => "DOMAIN",
            TypeKind::Enum(_)
            | TypeKind::Range(_)
            | TypeKind::Multirange(_)
            | TypeKind::Composite(_) => "TYPE",
            TypeKind::Base | TypeKind::Shell | TypeKind::Pseudo => return,
        };
        let name = self.name_sql(found.schema, &found.name);
        write_comment(words, &name, found.comment.as_ref(), out);
    }

    fn write_comments_of_relation(&self, relation: &Relation, out: &mut String) {
        let words = match relation.kind {
            RelationKind::CompositeType => "TYPE",
            RelationKind::PartitionedTable => "TABLE",
            RelationKind::ForeignTable => return,
            kind => &kind.words().to_uppercase(),
        };
        let name = self.name_sql(relation.schema, &relation.name);
        write_comment(words, &name, relation.comment.as_ref(), out);
        for column in &relation.columns {
            let column_name = format!("{name}.{}", quote_identifier(&column.name));
            write_comment("COLUMN", &column_name, column.comment.as_ref(), out);
        }
        for constraint in &relation.constraints {
            let own = format!("{} ON {name}", quote_identifier(&constraint.name));
            write_comment("CONSTRAINT", &own, constraint.comment.as_ref(), out);
        }
        for index in &relation.indexes {
            let own = self.name_sql(relation.schema, &index.name);
            write_comment("INDEX", &own, index.comment.as_ref(), out);
        }
    }
}

fn write_comment(words: &str, name: &str, text: Option<&Name>, out: &mut String) {
    if let Some(text) = text {
        let _ = writeln!(out, "COMMENT ON {words} {name} IS {};", literal(text));
    }
}
