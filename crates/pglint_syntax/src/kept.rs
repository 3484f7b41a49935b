//! The tree of a statement: kept, or made from the statement's text when it is
//! asked for.

use std::ops::Deref;
use std::sync::Arc;

use pglint_text::TextRange;

use crate::template::Template;
use crate::tree::Tree;

/// The tree of a statement. A clone shares it.
#[derive(Clone)]
pub struct StatementTree(Source);

#[derive(Clone)]
enum Source {
    Kept(Arc<Tree>),
    /// The tree is the same as that of many statements, but for literals.
    Alike {
        template: Arc<Template>,
        /// That of the file.
        text: Arc<str>,
        range: TextRange,
    },
}

/// A tree, for as long as one looks at it.
pub enum TreeRef<'s> {
    /// It is kept in the statement.
    Kept(&'s Tree),
    /// It was made to be looked at.
    Made(Box<Tree>),
}

impl StatementTree {
    pub(crate) fn kept(tree: Tree) -> StatementTree {
        StatementTree(Source::Kept(tree.into()))
    }

    /// That of the statement which is `range` of `text`.
    pub(crate) fn alike(
        template: &Arc<Template>,
        text: &Arc<str>,
        range: TextRange,
    ) -> StatementTree {
        StatementTree(Source::Alike {
            template: template.clone(),
            text: text.clone(),
            range,
        })
    }

    /// The same for the same statement, which now is `range` of `text`.
    pub(crate) fn moved_to(&self, text: &Arc<str>, range: TextRange) -> StatementTree {
        match &self.0 {
            Source::Kept(_) => self.clone(),
            Source::Alike { template, .. } => StatementTree::alike(template, text, range),
        }
    }

    /// The tree.
    pub fn get(&self) -> TreeRef<'_> {
        match &self.0 {
            Source::Kept(tree) => TreeRef::Kept(tree),
            Source::Alike {
                template,
                text,
                range,
            } => TreeRef::Made(template.tree(&text[*range]).into()),
        }
    }

    /// A tree that is the same but for the values of literals, and places in the
    /// text: it need not be made.
    pub fn shape(&self) -> &Tree {
        match &self.0 {
            Source::Kept(tree) => tree,
            Source::Alike { template, .. } => template.example(),
        }
    }

    pub(crate) fn as_kept(&self) -> Option<&Arc<Tree>> {
        match &self.0 {
            Source::Kept(tree) => Some(tree),
            Source::Alike { .. } => None,
        }
    }

    /// Is it the tree of `other`, whose text is the same?
    pub(crate) fn reads_as(&self, other: &StatementTree) -> bool {
        match (&self.0, &other.0) {
            (Source::Kept(one), Source::Kept(other)) if Arc::ptr_eq(one, other) => true,
            (Source::Alike { template: one, .. }, Source::Alike { template, .. })
                if Arc::ptr_eq(one, template) =>
            {
                true
            }
            _ => self == other,
        }
    }
}

impl Deref for TreeRef<'_> {
    type Target = Tree;

    fn deref(&self) -> &Tree {
        match self {
            TreeRef::Kept(tree) => tree,
            TreeRef::Made(tree) => tree,
        }
    }
}

impl PartialEq for StatementTree {
    fn eq(&self, other: &StatementTree) -> bool {
        *self.get() == *other.get()
    }
}

impl Eq for StatementTree {}

impl std::fmt::Debug for StatementTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.get().fmt(f)
    }
}
