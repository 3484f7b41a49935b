//! Which statements of a file are the same before and after an edit.

use pglint_syntax::{ParsedFile, Statement};
use rustc_hash::FxHashMap;

/// For each statement of the text `after`, the place of the same one in `before`;
/// `None` for a new one. Places grow: a statement that has moved is a new one.
pub(super) fn same_statements(
    before: (&str, &ParsedFile),
    after: (&str, &ParsedFile),
) -> Vec<Option<usize>> {
    let (old, new) = (&before.1.statements, &after.1.statements);
    let is_same = |old: &Statement, new: &Statement| {
        before.0[old.range] == after.0[new.range] && old.reads_as(new)
    };
    let pairs = old.iter().zip(new);
    let head = pairs.take_while(|(old, new)| is_same(old, new)).count();
    let pairs = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = pairs.take_while(|(old, new)| is_same(old, new)).count();
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);

    let mut same: Vec<Option<usize>> = (0..head).map(Some).collect();
    let mut places: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for place in (head..old_end).rev() {
        let text = &before.0[old[place].range];
        places.entry(text).or_default().push(place);
    }
    let mut next = head;
    for new in &new[head..new_end] {
        let found = places.get_mut(&after.0[new.range]).and_then(|places| {
            while places.pop_if(|place| *place < next).is_some() {}
            places.pop_if(|place| is_same(&old[*place], new))
        });
        next = found.map_or(next, |place| place + 1);
        same.push(found);
    }
    same.extend((old_end..old.len()).map(Some));
    same
}

#[cfg(test)]
mod tests {
    use pglint_syntax::{ParseOptions, parse_file, with_large_stack};

    use super::*;

    #[track_caller]
    fn check(before: &str, after: &str, expected: &[Option<usize>]) {
        with_large_stack(|| {
            let read = |text| parse_file(text, ParseOptions::default());
            let (old, new) = (read(before), read(after));
            assert_eq!(same_statements((before, &old), (after, &new)), expected);
        });
    }

    #[test]
    fn neighbours_of_an_edit_stay_the_same() {
        let before = "SELECT 1; SELECT 2; SELECT 3;";
        check(
            before,
            "SELECT 1;  SELECT 22; SELECT 3;",
            &[Some(0), None, Some(2)],
        );
        check(before, "SELECT 1; SELECT 3;", &[Some(0), Some(2)]);
        check(
            before,
            "SELECT 0; SELECT 2; SELECT 4;",
            &[None, Some(1), None],
        );
        check("", "SELECT 1;", &[None]);
    }

    #[test]
    fn statements_that_change_places_are_new() {
        check(
            "SELECT 1; SELECT 2;",
            "SELECT 2; SELECT 1;",
            &[Some(1), None],
        );
    }

    #[test]
    fn of_equal_statements_those_at_the_ends_stay() {
        check(
            "SELECT 1; SELECT 1;",
            "SELECT 1; SELECT 2; SELECT 1;",
            &[Some(0), None, Some(1)],
        );
    }

    #[test]
    fn a_statement_that_is_read_in_another_way_is_new() {
        let statement = "SELECT 'a\\';";
        let after = format!("SET standard_conforming_strings = off; {statement}");
        check(statement, &after, &[None, None]);
    }
}
