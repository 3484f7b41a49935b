use pglint_catalog::{Relation, TypeId};

use crate::describe::{member, own_columns, relation_name};
use crate::rule::prelude::*;
use crate::words::words;

declare_rule! {
    /// An amount of money kept as a binary fraction.
    ///
    /// ## Why is this bad?
    /// `real` and `double precision` cannot hold 0.10: sums are off by a cent, and two
    /// amounts that should be equal are not.
    ///
    /// Which column is money is told by its name: it ends in `price`, `fee`, `tax`, `salary`
    /// and the like, perhaps with a currency behind. Rates, ratios and the like are left
    /// alone, and `amount`, `balance`, `cost` and `total` count only where the name of the
    /// column or table speaks of money as well (`paid_amount`, `invoice`), or in a table with
    /// a currency or another such column.
    ///
    /// ```sql bad
    /// CREATE TABLE product (id bigint PRIMARY KEY, unit_price double precision NOT NULL);
    /// --                                                      ^^^^^^^^^^^^^^^^ `unit_price` of `product` is double precision, which cannot hold cents exactly
    /// ```
    /// ```sql good
    /// CREATE TABLE product (id bigint PRIMARY KEY, unit_price numeric(12, 2) NOT NULL, tax_rate real NOT NULL);
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-FLOAT>
    name: "float-for-money",
    category: "schema",
    severity: Warning,
    since: "0.1.0",
    check: Table => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation) -> Option<()> {
    let catalog = cx.catalog();
    let is_about_money = table
        .columns
        .iter()
        .any(|column| names_money(&column.name) || names_currency(&column.name))
        || speaks_of_money(&table.name);
    for column in own_columns(table) {
        let base = catalog.base_type(&column.data_type);
        let is_float = matches!(
            base.element_id(),
            Some(TypeId::FLOAT4 | TypeId::FLOAT8)
        );
        let may_be_money = matches!(
            last_word(&column.name).as_str(),
            "amount" | "balance" | "cost" | "total"
        );
        let is_money = names_money(&column.name)
            || may_be_money
                && !names_ratio(&column.name)
                && (is_about_money || speaks_of_money(&column.name));
        if !is_float || !is_money {
            continue;
        }
        let message = format!(
            "`{}` of `{}` is {}, which cannot hold cents exactly",
            column.name,
            relation_name(catalog, table),
            catalog.format_type(&column.data_type),
        );
        let object = member(catalog, table, &column.name);
        cx.report(column.type_origin, message)
            .help("Use `numeric`, or an integer of cents")
            .object(object);
    }
    Some(())
}

/// Does the name say that the column holds an amount of money?
fn names_money(name: &str) -> bool {
    !names_ratio(name)
        && matches!(
            last_word(name).as_str(),
            "price"
                | "fee"
                | "tax"
                | "vat"
                | "salary"
                | "wage"
                | "revenue"
                | "refund"
                | "subtotal"
                | "turnover"
        )
}

fn names_ratio(name: &str) -> bool {
    let is_ratio = |word: &String| {
        matches!(
            word.as_str(),
            "rate" | "ratio" | "percent" | "percentage" | "pct" | "factor" | "weight" | "index"
        )
    };
    words(name).iter().any(is_ratio)
}

fn names_currency(name: &str) -> bool {
    let is_currency = |word: &String| word == "currency" || is_code(word);
    words(name).iter().any(is_currency)
}

/// Does a word of the name come from buying, selling and paying?
fn speaks_of_money(name: &str) -> bool {
    let says_so = |word: &String| {
        matches!(
            word.strip_suffix('s').unwrap_or(word),
            "payment" | "paid" | "payout" | "payroll" | "invoice" | "billing" | "order" | "purchase"
                | "sale" | "refund" | "charge" | "expense" | "budget" | "donation" | "loan" | "wallet"
                | "ledger" | "transaction" | "deposit" | "withdrawal" | "account" | "discount" | "due"
                | "net" | "gross" | "tax" | "price" | "fee" | "money"
        ) || is_code(word)
    };
    words(name).iter().any(says_so)
}

fn is_code(word: &str) -> bool {
    matches!(word, "usd" | "eur" | "gbp" | "chf" | "jpy")
}

/// The last word that is no currency, in the singular.
fn last_word(name: &str) -> String {
    let mut words = words(name);
    words.retain(|word| !is_code(word));
    let last = words.pop().unwrap_or_default();
    match last.strip_suffix('s') {
        Some(singular) => singular.to_owned(),
        None => last,
    }
}
