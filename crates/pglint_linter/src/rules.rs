//! The rules: one file each, in the folder of its category.
//!
//! A new rule is a file and one word in this list; a test compares list and
//! folders.

use crate::Rule;

macro_rules! rules {
    ($($category:ident { $($rule:ident)* })*) => {
        $(mod $category { $(pub(super) mod $rule;)* })*

        /// Every rule, by category.
        pub static ALL: &[&Rule] = &[$($(&$category::$rule::RULE,)*)*];
    };
}

rules! {
    file {
        internal_error
        malformed_suppression
        removed_syntax
        statement_too_complex
        syntax_error
        unused_suppression
    }
    index {
        array_column_btree_index
        duplicate_index
        index_duplicates_primary_key
        redundant_index
        redundant_unique_index
        unindexed_foreign_key
    }
    migration {
        ineffective_directive
        migration_duplicate_version
        migration_never_run
        migration_out_of_order
        migration_replay_error
        migration_version_gap
        schema_dump_drift
        split_statement
    }
    query {
        between_timestamps
        delete_without_where
        leading_wildcard_like
        missing_join_condition
        not_in_nullable
        null_comparison
        select_star
        update_without_where
    }
    schema {
        char_type
        constraint_never_validated
        duplicate_foreign_key
        float_for_money
        foreign_key_target_not_unique
        foreign_key_type_mismatch
        identifier_truncated
        json_type
        missing_check_constraint
        missing_foreign_key
        missing_primary_key
        money_type
        multi_valued_column
        narrow_primary_key
        nullable_audit_timestamp
        nullable_boolean
        nullable_column_in_unique_key
        nullable_column_with_default
        repeated_column_group
        serial_column
        set_null_on_not_null
        timestamp_without_time_zone
    }
    soft_delete {
        soft_delete_missing_filter
        soft_delete_unique_not_partial
    }
}

pub use file::internal_error::internal_error;

/// The rule of that name.
pub fn find(name: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.name == name)
}

/// The categories, each once, in the order of the list.
pub fn categories() -> Vec<&'static str> {
    let mut categories: Vec<&str> = ALL.iter().map(|rule| rule.category).collect();
    categories.dedup();
    categories
}
