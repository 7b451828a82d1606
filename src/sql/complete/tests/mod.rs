//! Places in SQL, each with what is offered there.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "a test may panic, and a fixture is a list"
)]

use std::sync::Arc;

use super::{Completion, Item, Used, complete};
use crate::data::catalog::Kind;
use crate::data::names::{
    Column, Contents, ForeignKey, Function, Labels, Names, Relation, Routine, TypeName,
};

mod hard;
mod places;

fn relation(schema: &str, name: &str, kind: Kind, columns: &str) -> Relation {
    let column = |part: &str| {
        let (name, type_name) = part.split_once(' ').unwrap();
        Column {
            name: name.into(),
            type_name: type_name.into(),
            labels: (type_name == "status").then(statuses),
        }
    };
    Relation {
        schema: schema.into(),
        name: name.into(),
        kind,
        is_partition: false,
        columns: columns
            .split(", ")
            .filter(|part| !part.is_empty())
            .map(column)
            .collect(),
    }
}

fn statuses() -> Labels {
    ["new", "paid", "it's gone"].map(Box::from).into()
}

fn function(schema: &str, name: &str, routine: Routine, arguments: &str, result: &str) -> Function {
    Function {
        schema: schema.into(),
        name: name.into(),
        routine,
        arguments: arguments.into(),
        result: result.into(),
    }
}

/// A shop: orders of customers, with items of products; another `orders` in a schema that is not
/// searched.
fn shop() -> Names {
    let key = |from: &str, column: &str, to: &str, referenced: &str| ForeignKey {
        from: ("public".into(), from.into()),
        columns: column.split(',').map(Box::from).collect(),
        to: ("public".into(), to.into()),
        referenced: referenced.split(',').map(Box::from).collect(),
    };
    let kind = |schema: &str, name: &str, title: &str| TypeName {
        schema: schema.into(),
        name: name.into(),
        title: title.into(),
        labels: (name == "status").then(statuses),
    };
    Names::new(Contents {
        search_path: vec!["pg_catalog".into(), "public".into()],
        schemas: ["archive", "information_schema", "pg_catalog", "public"]
            .map(Arc::from)
            .into(),
        relations: vec![
            relation(
                "public",
                "customers",
                Kind::Table,
                "id integer, name text, email text, Born date",
            ),
            relation(
                "public",
                "orders",
                Kind::Table,
                "id bigint, customer_id integer, status status, total numeric(10,2), order text",
            ),
            relation(
                "public",
                "items",
                Kind::Table,
                "order_id bigint, line integer, product_id integer, quantity integer",
            ),
            relation(
                "public",
                "products",
                Kind::Table,
                "id integer, title text, price numeric",
            ),
            relation(
                "public",
                "notes",
                Kind::Table,
                "order_id bigint, line integer, note text",
            ),
            relation(
                "public",
                "employees",
                Kind::Table,
                "id integer, manager_id integer",
            ),
            relation(
                "public",
                "order_totals",
                Kind::View,
                "order_id bigint, total numeric",
            ),
            relation(
                "public",
                "sales",
                Kind::MaterializedView,
                "day date, total numeric",
            ),
            relation("public", "orders_id_seq", Kind::Sequence, ""),
            relation(
                "archive",
                "orders",
                Kind::Table,
                "id bigint, archived_at date",
            ),
            relation("archive", "Old Bills", Kind::Table, "id bigint"),
            relation(
                "pg_catalog",
                "pg_class",
                Kind::Table,
                "oid oid, relname name",
            ),
        ],
        foreign_keys: vec![
            key("orders", "customer_id", "customers", "id"),
            key("items", "order_id", "orders", "id"),
            key("items", "product_id", "products", "id"),
            key("notes", "order_id,line", "items", "order_id,line"),
            key("employees", "manager_id", "employees", "id"),
        ],
        functions: vec![
            function("pg_catalog", "lower", Routine::Function, "text", "text"),
            function(
                "pg_catalog",
                "now",
                Routine::Function,
                "",
                "timestamp with time zone",
            ),
            function("pg_catalog", "count", Routine::Aggregate, "", "bigint"),
            function(
                "pg_catalog",
                "count",
                Routine::Aggregate,
                "\"any\"",
                "bigint",
            ),
            function(
                "pg_catalog",
                "generate_series",
                Routine::Rows,
                "integer, integer",
                "SETOF integer",
            ),
            function(
                "pg_catalog",
                "pg_sleep",
                Routine::Function,
                "double precision",
                "void",
            ),
            function(
                "public",
                "total_of",
                Routine::Function,
                "customer integer",
                "numeric",
            ),
            function(
                "public",
                "open_orders",
                Routine::Rows,
                "customer integer",
                "TABLE(id bigint, since date)",
            ),
            function(
                "public",
                "close_year",
                Routine::Procedure,
                "year integer",
                "",
            ),
            function("archive", "restore", Routine::Function, "id bigint", "void"),
        ],
        types: vec![
            kind("pg_catalog", "int4", "integer"),
            kind("pg_catalog", "text", "text"),
            kind("pg_catalog", "tsvector", "tsvector"),
            kind("public", "status", "status"),
            kind("archive", "state", "archive.state"),
        ],
        settings: ["search_path", "work_mem"].map(Box::from).into(),
    })
}

/// What is offered at the `|`.
fn at(marked: &str) -> (String, Completion) {
    let offset = marked.find('|').unwrap();
    let text = marked.replacen('|', "", 1);
    let found = complete(&text, offset, &shop(), &Used::new());
    (text, found)
}

fn items(marked: &str) -> Vec<Item> {
    at(marked).1.items
}

/// The labels of the first so many, parted by commas.
fn labels(marked: &str, most: usize) -> String {
    let items = items(marked);
    let labels = items.iter().take(most).map(|item| item.label.as_str());
    labels.collect::<Vec<_>>().join(", ")
}

/// The text with the first item chosen.
fn chosen(marked: &str) -> String {
    let (mut text, found) = at(marked);
    let first = found
        .items
        .first()
        .map(|item| item.text.as_str())
        .unwrap_or_default();
    text.replace_range(found.replace, first);
    text
}
