//! Writes into a `pglint.toml`, and leaves what is there as it is.

use pglint_text::TextSize;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

/// The key that holds rules, or rules with the one object that each leaves alone.
const IGNORE: &str = "ignore";

/// The text to insert into a `pglint.toml`, and where, so that `rule` leaves
/// `object` alone. `text` is what the file holds now, empty where there is none.
/// `None` where that is no TOML.
pub fn ignore_object_edit(text: &str, rule: &str, object: &str) -> Option<(TextSize, String)> {
    // The library writes `\n` whatever it has read.
    let unix = text.replace("\r\n", "\n");
    let mut document: DocumentMut = unix.parse().ok()?;
    match document.entry(IGNORE).or_insert_with(new_tables) {
        Item::Value(Value::Array(list)) => push(list, rule, object),
        Item::ArrayOfTables(tables) => tables.push(filled(Table::new(), rule, object)),
        _ => return None,
    }
    let (at, inserted) = insertion(&unix, &document.to_string())?;
    if unix.len() == text.len() {
        return Some((TextSize::of(&unix[..at]), inserted));
    }
    let before = unix[..at].replace('\n', "\r\n");
    let is_before = text.starts_with(&before);
    is_before.then(|| (TextSize::of(&*before), inserted.replace('\n', "\r\n")))
}

/// What to insert at which byte to turn `old` into `new`. `None` where more is
/// different.
fn insertion(old: &str, new: &str) -> Option<(usize, String)> {
    let same = old.chars().zip(new.chars()).take_while(|(a, b)| a == b);
    let at = same.map(|(same, _)| same.len_utf8()).sum();
    let inserted = new[at..].strip_suffix(&old[at..])?;
    Some((at, inserted.to_owned()))
}

fn new_tables() -> Item {
    Item::ArrayOfTables(ArrayOfTables::new())
}

fn filled(mut table: Table, rule: &str, object: &str) -> Table {
    table.insert("rule", rule.into());
    table.insert("object", object.into());
    table
}

/// Adds a table to a list of names, on a line of its own where the others are.
fn push(list: &mut Array, rule: &str, object: &str) {
    let mut table = InlineTable::new();
    table.insert("rule", rule.into());
    table.insert("object", object.into());
    let last = list.iter().last();
    let before = last.and_then(|it| it.decor().prefix()?.as_str().map(str::to_owned));
    match before.filter(|before| before.contains('\n')) {
        Some(before) => list.push_formatted(Value::InlineTable(table).decorated(before, "")),
        None => list.push(table),
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let (at, inserted) = ignore_object_edit(text, "select-star", "public.visit").unwrap();
        let mut written = text.to_owned();
        written.insert_str(at.into(), &inserted);
        assert_eq!(written, expected);
        let read = read(&written).unwrap();
        let ignored = read.settings.ignored_objects.last().unwrap();
        assert_eq!(
            (&*ignored.rule, &*ignored.object),
            ("select-star", "public.visit")
        );
    }

    const TABLE: &str = "[[ignore]]\nrule = \"select-star\"\nobject = \"public.visit\"\n";

    #[test]
    fn an_empty_file() {
        check("", TABLE);
    }

    #[test]
    fn after_everything_else() {
        let text = "# ours\npg-version = 15\n\n[severity]\nselect-star = \"info\"\n";
        check(text, &format!("{text}\n{TABLE}"));
    }

    #[test]
    fn after_the_others() {
        let others = "[[ignore]]\nrule = \"money-type\"\nobject = \"a.b\"\nreason = \"old\"\n";
        let rest = "\n[severity]\nselect-star = \"info\"\n";
        check(
            &format!("{others}{rest}"),
            &format!("{others}\n{TABLE}{rest}"),
        );
    }

    #[test]
    fn into_a_list() {
        let table = "{ rule = \"select-star\", object = \"public.visit\" }";
        check(
            "ignore = ['query'] # all of it\n",
            &format!("ignore = ['query', {table}] # all of it\n"),
        );
        check("ignore = []\n", &format!("ignore = [{table}]\n"));
        check(
            "ignore = [\n  'query',\n]\n",
            &format!("ignore = [\n  'query',\n  {table},\n]\n"),
        );
    }

    #[test]
    fn lines_of_windows_and_letters_of_many_bytes() {
        let text = "soft-delete-columns = ['gelöscht'] # é\r\n";
        let table = TABLE.replace('\n', "\r\n");
        check(text, &format!("{text}\r\n{table}"));
    }

    #[test]
    fn no_toml() {
        assert_eq!(ignore_object_edit("ignore = [", "select-star", "a.b"), None);
    }
}
