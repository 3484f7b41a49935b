//! The words of a name.

/// The words that a name is made of, in lower case: `unit_price`, `unitPrice` and
/// `UnitPrice` have the same two.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_lower = false;
    for character in name.chars() {
        if !character.is_alphanumeric() {
            words.push(String::new());
        } else {
            if character.is_uppercase() && after_lower {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(character.to_lowercase());
            }
        }
        after_lower = character.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &[&str]) {
        assert_eq!(words(name), expected);
    }

    #[test]
    fn words_of_all_spellings() {
        check("unit_price", &["unit", "price"]);
        check("unitPrice", &["unit", "price"]);
        check("UnitPrice", &["unit", "price"]);
        check("VAT_rate", &["vat", "rate"]);
        check("line1", &["line1"]);
        check("_", &[]);
    }
}
