//! The answer to "is there such a thing?", which knows when it does not know.

/// What a search in the catalog found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup<T> {
    /// It is there.
    Found(T),
    /// It is not there, and the catalog is complete where it would be.
    Missing,
    /// Something that the catalog cannot follow (dynamic SQL, an extension, a
    /// statement that was not read) could have made it.
    Unknown,
}

impl<T> Lookup<T> {
    /// The thing; `None` when it is missing or unknown. The early exit of rules.
    pub fn found(self) -> Option<T> {
        match self {
            Lookup::Found(found) => Some(found),
            Lookup::Missing | Lookup::Unknown => None,
        }
    }

    /// Whether it is certainly not there.
    pub fn is_missing(&self) -> bool {
        matches!(self, Lookup::Missing)
    }

    /// The same answer about something derived from the thing.
    pub fn map<U>(self, derive: impl FnOnce(T) -> U) -> Lookup<U> {
        match self {
            Lookup::Found(found) => Lookup::Found(derive(found)),
            Lookup::Missing => Lookup::Missing,
            Lookup::Unknown => Lookup::Unknown,
        }
    }

    /// Searches on from the thing; what is not found stays so.
    pub fn and_then<U>(self, search: impl FnOnce(T) -> Lookup<U>) -> Lookup<U> {
        match self {
            Lookup::Found(found) => search(found),
            Lookup::Missing => Lookup::Missing,
            Lookup::Unknown => Lookup::Unknown,
        }
    }
}
