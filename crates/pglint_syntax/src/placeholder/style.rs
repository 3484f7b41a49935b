//! What a file's text tells of the tools that read it.

use memchr::{memchr, memmem};

/// Which placeholders may stand in a file, as far as a look at its bytes tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style {
    /// It mentions `sqlc.`.
    pub(crate) sqlc: bool,
    /// It has an `@`.
    pub(crate) at_sign: bool,
    /// It looks like a template, so that any part of it may be left out.
    pub(crate) templated: bool,
    /// It goes through lists, so that the same hole stands for one thing after another.
    pub(crate) loops: bool,
    /// It has a header of HugSQL, whose names may have dashes.
    pub(crate) hugsql: bool,
}

/// How loops of templates begin: of Jinja, Handlebars, Go, ERB and EJS.
const LOOPS: [&str; 11] = [
    "{% for",
    "{%- for",
    "{%for",
    "{{#each",
    "{{ #each",
    "{{range",
    "{{ range",
    "{{- range",
    ".each do",
    ".forEach",
    "<% for",
];

impl Style {
    pub(crate) fn of(text: &str) -> Style {
        let holds = |needle: &str| memmem::find(text.as_bytes(), needle.as_bytes()).is_some();
        let has_brace = memchr(b'{', text.as_bytes()).is_some();
        Style {
            sqlc: holds("sqlc."),
            at_sign: memchr(b'@', text.as_bytes()).is_some(),
            templated: has_brace && (holds("{%") || holds("{{") || holds("{#"))
                || holds("<%")
                || holds("\\if"),
            loops: LOOPS.iter().any(|it| holds(it)),
            hugsql: holds("-- :name"),
        }
    }

    pub(crate) fn may_have_certain_holes(self) -> bool {
        self.sqlc || self.at_sign || self.templated
    }
}
