//! The packed trees against the protobuf messages of libpg_query, which it fills
//! from the same structs.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::ast::{FieldShape, KINDS, NodeKind};
use crate::parse::{ParseOptions, parse, with_large_stack};
use crate::split::split;
use crate::tree::{NO_NODE, Node, STAR};

#[path = "../../tests/corpus/mod.rs"]
mod corpus;

/// The fields that were compared where they are set.
#[derive(Default)]
struct Seen {
    statements: usize,
    fields: BTreeSet<(NodeKind, usize)>,
}

impl Seen {
    /// Compares the statements of a text, as far as both ways read them.
    fn compare(&mut self, text: &str) {
        let options = ParseOptions::default();
        for statement in split(text, options).statements {
            let text = &text[statement.range];
            // `pg_query` itself stops at a hundred levels.
            let (Ok(tree), Ok(messages)) = (
                parse(text, options),
                pg_query::parse(text, pg_query::ParserOptions::default()),
            ) else {
                continue;
            };
            let message = serde_json::to_value(&messages.protobuf.stmts[0].stmt).unwrap();
            self.node(Some(tree.root()), &message);
            self.statements += 1;
        }
    }

    /// `message` is a `Node`, or null.
    #[track_caller]
    fn node(&mut self, node: Option<Node<'_>>, message: &Value) {
        let expected = message["node"].as_object().and_then(|it| it.iter().next());
        match (node, expected) {
            (None, None) => {}
            (Some(node), Some((name, fields))) => {
                let kind = format!("{:?}", node.node_kind());
                assert!(kind.eq_ignore_ascii_case(name), "{node:?} is no {name}");
                self.fields(node, fields);
            }
            _ => panic!("{node:?} and {message}"),
        }
    }

    fn fields(&mut self, node: Node<'_>, message: &Value) {
        for (slot, field) in node.info().fields.iter().enumerate() {
            let value = match (node.node_kind(), field.name) {
                (NodeKind::AConst, "ival" | "fval" | "boolval" | "sval" | "bsval") => {
                    let variant = field.name[..1].to_uppercase() + &field.name[1..];
                    message["val"].get(variant).unwrap_or(&Value::Null)
                }
                (_, name) => &message[name],
            };
            if node.flag_at(slot) {
                self.fields.insert((node.node_kind(), slot));
            }
            self.field(node, (slot, field.shape), value);
        }
    }

    fn field(&mut self, node: Node<'_>, (slot, shape): (usize, FieldShape), value: &Value) {
        let told = || format!("{node:?} {} {value}", node.info().fields[slot].name);
        match shape {
            FieldShape::Bool => assert_eq!(Some(node.flag_at(slot)), value.as_bool(), "{}", told()),
            FieldShape::Int => {
                let value = value.as_i64().expect("a number") as u32;
                assert_eq!(node.int_at(slot), value.cast_signed(), "{}", told());
            }
            FieldShape::Str => assert_eq!(Some(node.str_at(slot)), value.as_str(), "{}", told()),
            FieldShape::Node => self.node(node.node_at(slot), value),
            FieldShape::Message(_) => match node.node_at(slot) {
                Some(child) => self.fields(child, value),
                None => assert!(value.is_null(), "{}", told()),
            },
            FieldShape::Nodes | FieldShape::Names => {
                let (_, words) = node.list_at(slot);
                let elements = value.as_array().expect("a list");
                assert_eq!(words.len(), elements.len(), "{}", told());
                for (word, element) in words.iter().zip(elements) {
                    match (shape, *word) {
                        (FieldShape::Nodes, NO_NODE) => self.node(None, element),
                        (FieldShape::Nodes, word) => {
                            self.node(Some(node.tree().node(word)), element)
                        }
                        (_, STAR) => assert!(element["node"]["AStar"].is_object(), "{}", told()),
                        (_, word) => {
                            let name = element["node"]["String"]["sval"].as_str();
                            assert_eq!(Some(node.tree().string(word)), name, "{}", told());
                        }
                    }
                }
            }
        }
    }
}

/// Compares all statements of a text.
#[track_caller]
fn check(text: &str) {
    let options = ParseOptions::default();
    with_large_stack(|| {
        for statement in split(text, options).statements {
            let mut seen = Seen::default();
            seen.compare(&text[statement.range]);
            assert_eq!(seen.statements, 1, "{}", &text[statement.range]);
        }
    });
}

/// One of each type of C, of what is within another struct, and of what is left out.
#[test]
fn trees_hold_what_the_messages_hold() {
    check(
        "SELECT a.b, *, t.* FROM s.t AS a (x, y) WHERE x = $1 AND y IS NOT NULL LIMIT 0;
             SELECT 0, 7, -7, 3000000000, 1.5, '', 'é', B'01', NULL, true, false, ARRAY[1], a[1:2];
             INSERT INTO t (a) VALUES (1), (DEFAULT) ON CONFLICT (a) DO NOTHING RETURNING *;
             CREATE FOREIGN TABLE f (a int) SERVER s OPTIONS (b 'c');
             CREATE TABLE t (a numeric(3, 1) DEFAULT -1 NOT NULL, FOREIGN KEY (a) REFERENCES u
                 (x) ON DELETE CASCADE) PARTITION BY RANGE (a);
             CREATE TABLE p PARTITION OF t FOR VALUES FROM (MINVALUE) TO (MAXVALUE);
             CREATE TABLE q (LIKE t INCLUDING ALL, a serial);
             CREATE FUNCTION f(IN a int, OUT b text, VARIADIC c int[]) AS 'x' LANGUAGE sql;
             CREATE TRIGGER t AFTER INSERT OR UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION f('x');
             ALTER TABLE t ALTER a SET STATISTICS 7, ALTER 1 SET STATISTICS 9;
             FETCH BACKWARD 5 FROM c; MOVE ALL IN c;
             COMMENT ON COLUMN t.a IS 'x'; GRANT SELECT (a), UPDATE ON t TO PUBLIC;
             SELECT 1 UNION ALL (SELECT 2 ORDER BY 1 DESC NULLS LAST) FOR UPDATE OF t SKIP LOCKED;
             WITH RECURSIVE r AS (SELECT 1) SEARCH DEPTH FIRST BY a SET b SELECT * FROM r",
    );
}

/// What PostgreSQL's regression scripts do without.
#[test]
fn trees_of_rare_statements() {
    check(
            "SELECT * FROM c.s.t, LATERAL json_table('[]', '$' COLUMNS (a int)) AS j;
             SELECT JSON('{}' FORMAT JSON), JSON_SCALAR(1), XMLSERIALIZE(CONTENT x AS text INDENT);
             COPY t TO PROGRAM 'gzip' WITH (FORMAT csv);
             CREATE TABLESPACE s OWNER o LOCATION '/x'; DROP TABLESPACE IF EXISTS s;
             ALTER TABLE ALL IN TABLESPACE s OWNED BY o SET TABLESPACE u NOWAIT;
             ALTER EXTENSION e UPDATE TO '2'; ALTER EXTENSION e DROP FUNCTION f(int);
             ALTER POLICY p ON t USING (true) WITH CHECK (a > 0);
             CREATE OR REPLACE TRUSTED LANGUAGE l HANDLER h INLINE i VALIDATOR v;
             ALTER ROLE r IN DATABASE d SET search_path = a, b; ALTER SYSTEM SET x = 1;
             CREATE OPERATOR CLASS c FOR TYPE int USING btree FAMILY f AS OPERATOR 1 <, STORAGE text;
             ALTER FUNCTION f(int) NO DEPENDS ON EXTENSION e; ALTER INDEX i DEPENDS ON EXTENSION e;
             NOTIFY c, 'payload'; ALTER DATABASE d REFRESH COLLATION VERSION; CLUSTER (VERBOSE) t;
             SELECT 1 AS a INTO u; CREATE OR REPLACE TRANSFORM FOR t LANGUAGE l
                 (FROM SQL WITH FUNCTION f(internal), TO SQL WITH FUNCTION g(internal));
             ALTER PUBLICATION p ADD TABLE t (a) WHERE (a > 1), TABLES IN SCHEMA s;
             GRANT r TO u WITH ADMIN OPTION; SECURITY LABEL FOR p ON TABLE t IS 'x';
             PREPARE x (int) AS SELECT $1; EXECUTE x(1); DECLARE c SCROLL CURSOR FOR SELECT 1;
             CALL f(1); VACUUM (ANALYZE) t (a); LOCK TABLE t IN SHARE MODE NOWAIT;
             MERGE INTO t USING u ON t.a = u.a WHEN NOT MATCHED BY SOURCE THEN DELETE",
    );
}

#[test]
fn trees_of_the_corpus_hold_what_the_messages_hold() {
    let mut seen = Seen::default();
    corpus::for_each_file(|_, text| with_large_stack(|| seen.compare(text)));
    let all: usize = KINDS.iter().map(|kind| kind.fields.len()).sum();
    let (statements, fields) = (seen.statements, seen.fields.len());
    corpus::report(
        "trees",
        &format!("{statements} statements, {fields} of {all} fields set"),
    );
}
