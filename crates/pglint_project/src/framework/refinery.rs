//! refinery: `V1.2__name.sql` and `U1__name.sql`.
//!
//! Files run by version, then by name, each in a transaction. `U` marks a
//! migration that may come out of order, not a way back.

use pglint_semantic::section::{Direction, Transaction};

use super::flyway::{self, Kind, kind};
use super::{Claim, Framework, World};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "refinery",
    claims,
    order: |folder| {
        folder.sorted_by_key(|file| match kind(file.path)? {
            Kind::Versioned(version) | Kind::Undo(version) => Some(version),
            _ => None,
        })
    },
    sections: |file| {
        let mut section = file.whole(Transaction::Wrapped);
        section.direction = Direction::Up;
        vec![section]
    },
    version: |path| match kind(path)? {
        Kind::Versioned(version) | Kind::Undo(version) => Some(flyway::dotted(&version)),
        _ => None,
    },
    ignores: "as its name is not `V<version>__<name>.sql`",
    ..Framework::BASE
};

/// The names are Flyway's; only the manifest of the program tells.
fn claims(world: &World<'_>) -> Vec<Claim> {
    let mut claims = flyway::claims(world, FRAMEWORK.name);
    claims.retain(|claim| {
        let manifest = world.mentions(&claim.folder, "Cargo.toml", "refinery");
        manifest.is_some()
    });
    claims
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn u_is_no_way_back() {
        check("refinery", "U1__a.sql", "x", &["Up Wrapped 1: x"]);
        check("refinery", "V1.2__a.sql", "x", &["Up Wrapped 1.2: x"]);
    }
}
