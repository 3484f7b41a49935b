//! Parts of objects that clones of a catalog share.

use std::fmt;
use std::ops::{Deref, DerefMut, Index};
use std::sync::Arc;

/// A value that its clones share until one of them is changed: only then is it
/// copied.
#[derive(Clone, PartialEq, Eq)]
pub struct Shared<T>(Arc<T>);

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A list whose elements its clones share: a table of many columns, one of which
/// changes, costs one column.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedList<T>(Vec<Shared<T>>);

/// Over the elements of a list.
type Iter<'l, T> = std::iter::Map<std::slice::Iter<'l, Shared<T>>, fn(&'l Shared<T>) -> &'l T>;

impl<T> SharedList<T> {
    /// An empty list.
    pub const fn new() -> SharedList<T> {
        SharedList(Vec::new())
    }

    /// How many elements it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The elements in order.
    pub fn iter(&self) -> Iter<'_, T> {
        self.into_iter()
    }

    /// The elements in order; one that is changed is copied first if it is shared.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Shared<T>> {
        self.0.iter_mut()
    }

    /// The first element.
    pub fn first(&self) -> Option<&T> {
        self.iter().next()
    }

    /// The last element.
    pub fn last(&self) -> Option<&T> {
        self.iter().next_back()
    }

    /// The element at a place, from 0.
    pub fn get(&self, index: usize) -> Option<&T> {
        self.0.get(index).map(|it| &**it)
    }

    /// Adds an element at the end.
    pub fn push(&mut self, element: T) {
        self.0.push(Shared(Arc::new(element)));
    }

    /// Keeps the elements that `is_kept` accepts.
    pub fn retain(&mut self, mut is_kept: impl FnMut(&T) -> bool) {
        self.0.retain(|it| is_kept(it));
    }
}

impl<T: Clone> SharedList<T> {
    /// The element at a place, from 0, which is copied first if it is shared.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.0.get_mut(index).map(|it| &mut **it)
    }

    /// Takes out the element at a place, which must be there.
    pub fn remove(&mut self, index: usize) -> T {
        Arc::unwrap_or_clone(self.0.remove(index).0)
    }
}

impl<T> Default for SharedList<T> {
    fn default() -> SharedList<T> {
        SharedList::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for SharedList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T> Index<usize> for SharedList<T> {
    type Output = T;

    fn index(&self, index: usize) -> &T {
        &self.0[index]
    }
}

impl<T> FromIterator<T> for SharedList<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> SharedList<T> {
        let shared = elements.into_iter().map(|it| Shared(Arc::new(it)));
        SharedList(shared.collect())
    }
}

impl<T> Extend<T> for SharedList<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        elements.into_iter().for_each(|it| self.push(it));
    }
}

impl<'l, T> IntoIterator for &'l SharedList<T> {
    type Item = &'l T;
    type IntoIter = Iter<'l, T>;

    fn into_iter(self) -> Iter<'l, T> {
        let element: fn(&'l Shared<T>) -> &'l T = Shared::deref;
        self.0.iter().map(element)
    }
}

impl<'l, T> IntoIterator for &'l mut SharedList<T> {
    type Item = &'l mut Shared<T>;
    type IntoIter = std::slice::IterMut<'l, Shared<T>>;

    fn into_iter(self) -> std::slice::IterMut<'l, Shared<T>> {
        self.iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_what_has_not_changed() {
        let mut list: SharedList<String> = ["a", "b"].map(String::from).into_iter().collect();
        let before = list.clone();
        if let Some(second) = list.iter_mut().find(|it| it.as_str() == "b") {
            second.push('!');
        }
        assert!(std::ptr::eq(&before[0], &list[0]));
        assert_eq!(before.iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(list.iter().collect::<Vec<_>>(), ["a", "b!"]);
    }
}
