//! Natural order: `2_b.sql` comes before `10_a.sql`.

use std::cmp::Ordering;
use std::path::Path;

/// Compares two paths part by part, numbers in them by value. Equal only for
/// equal paths, so that every order is total.
pub fn compare_paths(left: &Path, right: &Path) -> Ordering {
    let mut left_parts = left.components();
    let mut right_parts = right.components();
    loop {
        let (left_part, right_part) = match (left_parts.next(), right_parts.next()) {
            (Some(left_part), Some(right_part)) => (left_part, right_part),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (None, None) => return left.cmp(right),
        };
        let order = compare_names(
            &left_part.as_os_str().to_string_lossy(),
            &right_part.as_os_str().to_string_lossy(),
        );
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Compares two names, runs of digits by value and everything else by bytes.
pub fn compare_names(left: &str, right: &str) -> Ordering {
    let (mut left_rest, mut right_rest) = (left.as_bytes(), right.as_bytes());
    while let (Some(&left_byte), Some(&right_byte)) = (left_rest.first(), right_rest.first()) {
        let order = if left_byte.is_ascii_digit() && right_byte.is_ascii_digit() {
            compare_numbers(&mut left_rest, &mut right_rest)
        } else {
            left_rest = &left_rest[1..];
            right_rest = &right_rest[1..];
            left_byte.cmp(&right_byte)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    left_rest
        .len()
        .cmp(&right_rest.len())
        .then_with(|| left.cmp(right))
}

/// Compares the numbers that both texts start with and moves past them. The
/// numbers may be longer than any integer type.
fn compare_numbers(left: &mut &[u8], right: &mut &[u8]) -> Ordering {
    let left_number = take_number(left);
    let right_number = take_number(right);
    left_number
        .len()
        .cmp(&right_number.len())
        .then_with(|| left_number.cmp(right_number))
}

/// The digits that a text starts with, without leading zeros.
fn take_number<'t>(text: &mut &'t [u8]) -> &'t [u8] {
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    let zeros = digits.iter().take_while(|&&byte| byte == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sorted: &[&str]) {
        for pair in sorted.windows(2) {
            let (left, right) = (Path::new(pair[0]), Path::new(pair[1]));
            assert_eq!(compare_paths(left, right), Ordering::Less, "{pair:?}");
            assert_eq!(compare_paths(right, left), Ordering::Greater, "{pair:?}");
        }
    }

    #[test]
    fn numbers_by_value() {
        check(&["1_a.sql", "2_a.sql", "10_a.sql", "010_b.sql"]);
        check(&["001", "01", "1", "2"]);
        check(&[
            "V1.2__a.sql",
            "V1.10__a.sql",
            "V99999999999999999999999999__a.sql",
        ]);
        check(&["a.sql", "a1.sql", "a1b.sql", "b.sql"]);
    }

    #[test]
    fn folders_part_by_part() {
        check(&["2/z.sql", "10/a.sql", "10/b.sql", "10.sql"]);
        check(&["a/b.sql", "a-b.sql"]);
    }
}
