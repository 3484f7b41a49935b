//! Random texts of a grammar, the same for the same seed.

use std::collections::BTreeMap;

/// The alternatives of each name.
pub(crate) struct Grammar<'t> {
    rules: BTreeMap<&'t str, Vec<&'t str>>,
}

impl<'t> Grammar<'t> {
    /// Reads the form that `grammar.txt` describes.
    pub(crate) fn new(text: &'t str) -> Grammar<'t> {
        let mut rules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let lines = text.lines().filter(|it| !it.starts_with('#'));
        for line in lines.filter(|it| !it.is_empty()) {
            let (name, alternative) = line.split_once(": ").unwrap();
            let (weight, alternative) = match alternative.split_once("* ") {
                Some((weight, rest)) if weight.parse::<usize>().is_ok() => {
                    (weight.parse().unwrap(), rest)
                }
                _ => (1, alternative),
            };
            let alternatives = rules.entry(name).or_default();
            alternatives.extend(std::iter::repeat_n(alternative, weight));
        }
        Grammar { rules }
    }

    /// One text of that name.
    pub(crate) fn generate(&self, name: &str, random: &mut Random) -> String {
        let alternatives = &self.rules[name];
        let mut rest = alternatives[random.below(alternatives.len())];
        let mut out = String::new();
        while let Some((before, after)) = rest.split_once('<') {
            let Some((name, after)) = after
                .split_once('>')
                .filter(|(name, _)| self.rules.contains_key(name.trim_end_matches('?')))
            else {
                // An operator of SQL.
                out += before;
                out.push('<');
                rest = after;
                continue;
            };
            out += before;
            let is_left_out = name.ends_with('?') && random.below(2) == 0;
            if !is_left_out {
                out += &self.generate(name.trim_end_matches('?'), random);
            }
            rest = after;
        }
        out + rest
    }
}

/// Numbers that look random (xorshift64*, Vigna 2016).
pub(crate) struct Random(u64);

impl Random {
    /// The sequence of that seed.
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap() % end
    }
}
