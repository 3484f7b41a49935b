//! Which things belong together, by and by.

/// Disjoint groups of things. Made for the few things of one statement.
pub(crate) struct Groups<T> {
    members: Vec<(T, usize)>,
    next: usize,
}

impl<T> Default for Groups<T> {
    fn default() -> Groups<T> {
        Groups {
            members: Vec::new(),
            next: 0,
        }
    }
}

impl<T: PartialEq> Groups<T> {
    /// Makes one group of these and of the groups that they were in.
    pub(crate) fn join(&mut self, members: Vec<T>) {
        self.next += 1;
        let group = self.next;
        for member in members {
            match self.of(&member) {
                Some(old) => {
                    let same = self.members.iter_mut().filter(|(_, it)| *it == old);
                    same.for_each(|(_, it)| *it = group);
                }
                None => self.members.push((member, group)),
            }
        }
    }

    /// The present number of a member's group. `None` for what was never joined.
    pub(crate) fn of(&self, member: &T) -> Option<usize> {
        let found = self.members.iter().find(|(it, _)| it == member);
        found.map(|(_, group)| *group)
    }
}
