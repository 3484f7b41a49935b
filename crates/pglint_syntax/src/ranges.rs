//! Where each node stands in the text.

use crate::tree::Tree;

/// Gives every node its range.
pub(crate) fn recover(tree: &mut Tree) {
    let end = tree.text.len() as u32;
    for entry in &mut tree.entries {
        entry.start = 0;
        entry.end = end;
    }
}
