//! Reads the structs of PostgreSQL's headers, as far as nodes of a parse tree need:
//! which members they have, in which order, and of which types.

use std::collections::{HashMap, HashSet};

/// The structs, and the numbers of `NodeTag`.
pub(crate) struct Headers {
    structs: HashMap<String, Vec<Member>>,
    enums: HashMap<String, Vec<String>>,
    tags: HashMap<String, u16>,
}

/// `TYPE NAME;`
pub(crate) struct Member {
    pub(crate) name: String,
    /// `char *`, `Oid`, ... with one space before the stars and none between them.
    pub(crate) kind: String,
}

/// What a member is to whoever reads it.
pub(crate) enum CType {
    Bool,
    Char,
    Short,
    Int,
    Long,
    /// It counts from this number.
    Enum(i8),
    /// An enum whose values are letters, in this order.
    Letters(String),
    Text,
    Pointer,
    /// `union ValUnion`, a node within the struct.
    Value,
    /// A struct within the struct.
    Struct(String),
}

impl Headers {
    /// Reads the text of the headers, and that of `nodetags.h`.
    pub(crate) fn read(text: &str, tags: &str) -> Result<Headers, String> {
        let text = without_comments(text);
        let mut headers = Headers {
            structs: HashMap::new(),
            enums: HashMap::new(),
            tags: read_tags(tags),
        };
        for (word, name, body) in blocks(&text) {
            match word {
                "struct" => {
                    headers.structs.entry(name).or_insert(members(&body)?);
                }
                _ => {
                    let values = body.split(',').map(str::trim).filter(|it| !it.is_empty());
                    let values = values.map(str::to_owned).collect();
                    headers.enums.insert(name, values);
                }
            }
        }
        Ok(headers)
    }

    /// The number of a kind of node.
    pub(crate) fn tag(&self, name: &str) -> Result<u16, String> {
        let tag = self.tags.get(name).copied();
        tag.ok_or_else(|| format!("nodetags.h has no {name}"))
    }

    /// The members of a kind of node; none of a list, which is read by hand.
    pub(crate) fn members(&self, name: &str) -> Result<&[Member], String> {
        if name.ends_with("List") {
            return Ok(&[]);
        }
        let members = self.structs.get(name).map(Vec::as_slice);
        members.ok_or_else(|| format!("no header has struct {name}"))
    }

    /// What a member is.
    pub(crate) fn c_type(&self, member: &Member) -> Result<CType, String> {
        let kind = member.kind.as_str();
        Ok(match kind {
            "bool" => CType::Bool,
            "char" => CType::Char,
            "int16" | "AttrNumber" => CType::Short,
            "NodeTag" | "Expr" | "Oid" | "Index" | "int" | "int32" | "uint32" | "bits32"
            | "ParseLoc" | "SubTransactionId" | "RelFileNumber" => CType::Int,
            "long" => CType::Long,
            "char *" => CType::Text,
            "ValUnion" => CType::Value,
            _ if kind.ends_with('*') => CType::Pointer,
            _ if self.enums.contains_key(kind) => self.enum_type(kind)?,
            _ if self.structs.contains_key(kind) => CType::Struct(kind.to_owned()),
            _ => return Err(format!("{kind} {} is of an unknown type", member.name)),
        })
    }

    fn enum_type(&self, name: &str) -> Result<CType, String> {
        let values = self.enums.get(name).map_or(&[][..], Vec::as_slice);
        let given = |value: &String| Some(value.split_once('=')?.1.trim().to_owned());
        let letter = |value: &String| given(value)?.strip_prefix('\'')?.chars().next();
        if let Some(letters) = values.iter().map(letter).collect() {
            return Ok(CType::Letters(letters));
        }
        let first = values.first().and_then(given);
        let first = first.map_or(Ok(0), |first| first.parse::<i8>());
        let first = first.map_err(|error| format!("{name}: {error}"))?;
        for (number, given) in (i32::from(first)..).zip(values.iter().map(given)) {
            if given.is_some_and(|given| given != number.to_string()) {
                return Err(format!("{name} leaves out {number}"));
            }
        }
        Ok(CType::Enum(first))
    }

    /// The names of the values of an enum, in order. `None` where it is not known.
    pub(crate) fn values(&self, name: &str) -> Option<Vec<&str>> {
        let names = self.enums.get(name)?.iter();
        let names = names.filter_map(|value| value.split('=').next());
        Some(names.map(str::trim).collect())
    }
}

fn read_tags(text: &str) -> HashMap<String, u16> {
    let lines = text.lines().filter_map(|line| {
        let (name, number) = line.trim().strip_prefix("T_")?.split_once('=')?;
        let number = number.trim().trim_end_matches(',').parse().ok()?;
        Some((name.trim().to_owned(), number))
    });
    lines.collect()
}

fn without_comments(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("/*") {
        kept.push_str(&rest[..start]);
        rest = rest[start..]
            .split_once("*/")
            .map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept.lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// `struct NAME { BODY }` and `enum NAME { BODY }`, by the name of the typedef where
/// there is one.
fn blocks(text: &str) -> Vec<(&'static str, String, String)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('{') {
        let before: Vec<&str> = text[..at].split_whitespace().rev().take(2).collect();
        let (Some((body, after)), [name, word]) = (text[at + 1..].split_once('}'), &before[..])
        else {
            continue;
        };
        let word = match *word {
            "struct" => "struct",
            "enum" => "enum",
            _ => continue,
        };
        let typedef = after.split(';').next().map_or("", str::trim);
        let name = if typedef.is_empty() { name } else { typedef };
        found.push((word, name.to_owned(), body.to_owned()));
    }
    found
}

fn members(body: &str) -> Result<Vec<Member>, String> {
    let mut members = Vec::new();
    let mut names = HashSet::new();
    for declaration in body.split(';') {
        let declaration = without_attributes(declaration).replace('*', " * ");
        let words = declaration.split_whitespace();
        let mut words: Vec<&str> = words
            .filter(|word| !["const", "struct", "union", "unsigned"].contains(word))
            .collect();
        let Some(name) = words.pop() else { continue };
        let (kind, stars) = words.split_first().ok_or_else(|| format!("`{name}`?"))?;
        let stars: String = stars.concat();
        let kind = if stars.is_empty() {
            (*kind).to_owned()
        } else {
            format!("{kind} {stars}")
        };
        if names.insert(name.to_owned()) {
            let name = name.to_owned();
            members.push(Member { name, kind });
        }
    }
    Ok(members)
}

/// Without `pg_node_attr(...)`, which PostgreSQL's own generator reads.
fn without_attributes(declaration: &str) -> String {
    let Some((before, rest)) = declaration.split_once("pg_node_attr") else {
        return declaration.to_owned();
    };
    let mut depth = 0;
    let end = rest.find(|letter| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        depth == 0
    });
    let after = end.map_or("", |end| &rest[end + 1..]);
    without_attributes(&format!("{before}{after}"))
}
