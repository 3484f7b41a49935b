//! The catalog as an entity-relationship diagram of Mermaid
//! (<https://mermaid.js.org/syntax/entityRelationshipDiagram.html>).

use crate::dump_diagram::Link;
use crate::{Catalog, Column, Relation};
use std::fmt::Write;

impl Catalog {
    /// What `pglint catalog --format mermaid` prints: tables with their columns, and
    /// a line for each foreign key.
    pub fn to_mermaid(&self) -> String {
        let diagram = self.diagram();
        let mut out = String::from("erDiagram\n");
        for table in &diagram.tables {
            let _ = writeln!(out, "    {} {{", self.mermaid_name(table));
            for column in &table.columns {
                self.write_mermaid_column(table, column, &mut out);
            }
            out.push_str("    }\n");
        }
        for link in &diagram.links {
            self.write_mermaid_link(link, &mut out);
        }
        out
    }

    /// In quotes, where everything but a few characters may stand.
    fn mermaid_name(&self, table: &Relation) -> String {
        let name = self.diagram_name(table);
        format!("\"{}\"", name.replace(['"', '%', '\\', '\n', '\r'], "_"))
    }

    fn write_mermaid_column(&self, table: &Relation, column: &Column, out: &mut String) {
        let data_type = mermaid_word(&self.short_type(column));
        let _ = write!(out, "        {data_type} {}", mermaid_word(&column.name));
        let number = column.number;
        let keys = [
            (table.is_in_primary_key(number), "PK"),
            (table.is_in_foreign_key(number), "FK"),
            (table.is_unique_alone(number), "UK"),
        ];
        let keys = keys.iter().filter(|(is, _)| *is);
        let keys: Vec<&str> = keys.map(|(_, letters)| *letters).collect();
        if !keys.is_empty() {
            let _ = write!(out, " {}", keys.join(", "));
        }
        out.push('\n');
    }

    fn write_mermaid_link(&self, link: &Link<'_>, out: &mut String) {
        let referenced = if link.is_optional { "|o" } else { "||" };
        let referencing = if link.is_single { "o|" } else { "o{" };
        let columns: Vec<_> = link.from.column_names(&link.key.columns).collect();
        let _ = writeln!(
            out,
            "    {} {referenced}--{referencing} {} : \"{}\"",
            self.mermaid_name(link.to),
            self.mermaid_name(link.from),
            columns.join(", ").replace('"', "_"),
        );
    }
}

/// A type or a column as Mermaid's grammar takes it: letters, digits and a few signs,
/// a letter first, and not one of its own words.
fn mermaid_word(text: &str) -> String {
    let is_legal =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '(' | ')' | '[' | ']');
    // The comma parts the keys of a column.
    let mut word: String = text.replace(',', "-");
    word = word
        .chars()
        .map(|c| if is_legal(c) { c } else { '_' })
        .collect();
    if !word.starts_with(|c: char| c.is_ascii_alphabetic()) {
        word.insert_str(0, "c_");
    }
    if ["pk", "fk", "uk"].contains(&word.to_ascii_lowercase().as_str()) {
        word.push('_');
    }
    word
}
