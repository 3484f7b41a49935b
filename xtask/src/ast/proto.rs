//! Reads the few shapes of protobuf definitions that `pg_query.proto` uses.

/// The definitions of the file, in its order.
pub(crate) struct Definitions {
    pub(crate) messages: Vec<Message>,
    pub(crate) enums: Vec<Enum>,
}

/// `message NAME { ... }`; the members of a `oneof` count as plain fields.
pub(crate) struct Message {
    pub(crate) name: String,
    pub(crate) fields: Vec<Field>,
}

/// `[repeated] TYPE NAME = NUMBER`.
pub(crate) struct Field {
    pub(crate) repeated: bool,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) number: u32,
}

/// `enum NAME { VALUE = NUMBER; ... }`.
pub(crate) struct Enum {
    pub(crate) name: String,
    pub(crate) values: Vec<(String, u32)>,
}

pub(crate) fn read(text: &str) -> Result<Definitions, String> {
    let mut definitions = Definitions {
        messages: Vec::new(),
        enums: Vec::new(),
    };
    let mut in_enum = false;
    for line in text.lines() {
        let words: Vec<&str> = line
            .split(|c: char| c.is_whitespace() || c == ';' || c == '{')
            .filter(|word| !word.is_empty())
            .collect();
        match words.as_slice() {
            ["message", name, ..] => {
                in_enum = false;
                definitions.messages.push(Message {
                    name: (*name).to_owned(),
                    fields: Vec::new(),
                });
            }
            ["enum", name, ..] => {
                in_enum = true;
                definitions.enums.push(Enum {
                    name: (*name).to_owned(),
                    values: Vec::new(),
                });
            }
            [value, "=", number, ..] if in_enum => {
                let number = parse_number(number, line)?;
                if let Some(last) = definitions.enums.last_mut() {
                    last.values.push(((*value).to_owned(), number));
                }
            }
            ["repeated", kind, name, "=", number, ..] => {
                push_field(
                    &mut definitions,
                    true,
                    kind,
                    name,
                    parse_number(number, line)?,
                );
            }
            [kind, name, "=", number, ..] => {
                push_field(
                    &mut definitions,
                    false,
                    kind,
                    name,
                    parse_number(number, line)?,
                );
            }
            _ => {}
        }
    }
    Ok(definitions)
}

fn push_field(definitions: &mut Definitions, repeated: bool, kind: &str, name: &str, number: u32) {
    if let Some(message) = definitions.messages.last_mut() {
        message.fields.push(Field {
            repeated,
            kind: kind.to_owned(),
            name: name.to_owned(),
            number,
        });
    }
}

fn parse_number(word: &str, line: &str) -> Result<u32, String> {
    word.parse()
        .map_err(|_| format!("pg_query.proto: no field number in `{line}`"))
}
