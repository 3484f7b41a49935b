//! The catalog as a graph for Graphviz (<https://graphviz.org/doc/info/lang.html>).

use crate::dump_diagram::Link;
use crate::{Catalog, Column, Relation, SchemaId};
use std::collections::BTreeMap;
use std::fmt::Write;

const HEAD: &str = "\
digraph schema {
    graph [rankdir=LR, ranksep=1.2, nodesep=0.4, fontname=\"Helvetica\", fontsize=11, color=\"#94a3b8\"];
    node [shape=plain, fontname=\"Helvetica\", fontsize=11];
    edge [color=\"#64748b\", arrowsize=0.8];
";

impl Catalog {
    /// What `pglint catalog --format dot` prints: a box for each table, one frame a
    /// schema where there are several, and an edge from column to column for each
    /// foreign key.
    pub fn to_dot(&self) -> String {
        let diagram = self.diagram();
        let mut by_schema: BTreeMap<SchemaId, Vec<&Relation>> = BTreeMap::new();
        for table in &diagram.tables {
            by_schema.entry(table.schema).or_default().push(table);
        }
        let mut out = String::from(HEAD);
        let has_frames = by_schema.len() > 1;
        for (schema, tables) in &by_schema {
            let name = self.schema(*schema).map_or("", |it| &it.name);
            if has_frames {
                let id = dot_string(&format!("cluster_{name}"));
                let label = dot_string(name);
                let _ = writeln!(out, "    subgraph {id} {{\n    label={label};");
            }
            for table in tables {
                self.write_dot_table(table, &mut out);
            }
            if has_frames {
                out.push_str("    }\n");
            }
        }
        for link in &diagram.links {
            self.write_dot_link(link, &mut out);
        }
        out.push_str("}\n");
        out
    }

    fn write_dot_table(&self, table: &Relation, out: &mut String) {
        let id = dot_string(&self.qualified_name(table));
        let _ = write!(
            out,
            "    {id} [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" cellpadding=\"4\" color=\"#94a3b8\">\n\
             \x20       <tr><td colspan=\"2\" bgcolor=\"#e2e8f0\"><b>{}</b></td></tr>\n",
            html(&table.name)
        );
        for column in &table.columns {
            self.write_dot_column(table, column, out);
        }
        out.push_str("    </table>>];\n");
    }

    fn write_dot_column(&self, table: &Relation, column: &Column, out: &mut String) {
        let name = html(&column.name);
        let name = match table.is_in_primary_key(column.number) {
            true => format!("<u>{name}</u>"),
            false => name,
        };
        let optional = if column.is_proven_not_null() { "" } else { "?" };
        let (number, data_type) = (column.number.0, html(&self.short_type(column)));
        let _ = writeln!(
            out,
            "        <tr><td port=\"l{number}\" align=\"left\" sides=\"lb\">{name}</td>\
             <td port=\"r{number}\" align=\"left\" sides=\"rb\"><font color=\"#64748b\">{data_type}{optional}</font></td></tr>",
        );
    }

    fn write_dot_link(&self, link: &Link<'_>, out: &mut String) {
        // An edge ends at the first column of the key.
        let port = |side: &str, columns: &[crate::ColumnNumber]| {
            let first = columns.first();
            first.map_or(String::new(), |it| format!(":{side}{}", it.0))
        };
        // A table that references itself: a loop at its right side.
        let is_loop = link.from.id == link.to.id;
        let side = if is_loop { "r" } else { "l" };
        let compass = if is_loop { ":e" } else { "" };
        let tail = if link.is_single {
            "teeodot"
        } else {
            "crowodot"
        };
        let head = if link.is_optional {
            "teeodot"
        } else {
            "teetee"
        };
        let _ = writeln!(
            out,
            "    {}{}{compass} -> {}{}{compass} [dir=both, arrowtail={tail}, arrowhead={head}];",
            dot_string(&self.qualified_name(link.from)),
            port("r", &link.key.columns),
            dot_string(&self.qualified_name(link.to)),
            port(side, &link.key.target_columns),
        );
    }
}

fn dot_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
