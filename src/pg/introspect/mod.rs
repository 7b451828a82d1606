//! Reading the catalogs: one `.sql` file a query, beside the code that sends it. Queries that
//! belong together are sent together, so that they take one round trip.

use std::collections::HashMap;

use tokio::try_join;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql, Type};

use crate::data::catalog::{Count, Kind, Object};
use crate::data::{Column, KeyRole, Origin};
use crate::fault::{Fault, Outcome};
use crate::pg::Link;

mod catalog;
mod names;
mod relation;
mod structure;
mod together;

pub use catalog::{beginning, catalog};
pub use names::names;
pub use relation::relation;
pub use structure::structure;

/// The rest of the tree, which the first sight need not wait for: enums, domains, functions.
///
/// # Errors
/// The server's.
pub async fn types_and_functions(link: &Link, system: bool) -> Outcome<Vec<Object>> {
    let params: &[(&(dyn ToSql + Sync), Type)] = &[(&system, Type::BOOL)];
    let (types, functions) = try_join!(
        link.rows(include_str!("types.sql"), params),
        link.rows(include_str!("functions.sql"), params),
    )?;
    let types = types.iter().map(|row| {
        let kind = if get(row, "is_enum")? {
            Kind::Enum
        } else {
            Kind::Domain
        };
        other(row, kind)
    });
    let functions = functions.iter().map(|row| other(row, Kind::Function));
    types.chain(functions).collect()
}

/// The statement that makes an enum, a domain or a function.
///
/// # Errors
/// It is gone; or the server's.
pub async fn definition(link: &Link, object: &Object) -> Outcome<String> {
    let what = match object.kind {
        Kind::Function => "function",
        Kind::Enum => "enum",
        _ => "domain",
    };
    let params: &[(&(dyn ToSql + Sync), Type)] = &[(&object.oid, Type::OID), (&what, Type::TEXT)];
    let reading = link.rows(include_str!("definition.sql"), params);
    let rows = structure::qualified(link, reading).await?;
    let text = rows.first().map(|row| get(row, "definition")).transpose()?;
    text.flatten().ok_or_else(|| {
        Fault::new(format!("{} is gone", object.name)).remedy("r reads the tree again")
    })
}

/// The types of numbers that every server has under the same number.
const NUMBERS: [Type; 7] = [
    Type::INT2,
    Type::INT4,
    Type::INT8,
    Type::FLOAT4,
    Type::FLOAT8,
    Type::NUMERIC,
    Type::OID,
];

/// What is known of types, by number and modifier.
///
/// # Errors
/// The server's.
pub async fn kinds(link: &Link, wanted: &[(u32, i32)]) -> Outcome<HashMap<(u32, i32), Column>> {
    let (oids, modifiers): (Vec<String>, Vec<String>) = wanted
        .iter()
        .map(|(oid, modifier)| (oid.to_string(), modifier.to_string()))
        .unzip();
    let (oids, modifiers) = (oids.join(","), modifiers.join(","));
    let params: &[(&(dyn ToSql + Sync), Type)] = &[(&oids, Type::TEXT), (&modifiers, Type::TEXT)];
    let rows = link.rows(include_str!("kinds.sql"), params).await?;
    let kind = |row: &Row| {
        let category: String = get(row, "category")?;
        let column = Column {
            type_name: get(row, "type_name")?,
            cast: get(row, "cast_name")?,
            category: category.chars().next().unwrap_or('X'),
            varlena: get(row, "varlena")?,
            ..unnamed(0)
        };
        Ok(((get(row, "oid")?, get(row, "modifier")?), column))
    };
    rows.iter().map(kind).collect()
}

/// A column of a type of which no more is known than the number says: one that was made in a
/// transaction that is not done yet, or one that nobody has asked the server about.
#[must_use]
pub fn unnamed(oid: u32) -> Column {
    let known = Type::from_oid(oid);
    let category = match &known {
        Some(kind) if NUMBERS.contains(kind) => 'N',
        Some(kind) if *kind == Type::BOOL => 'B',
        _ => 'X',
    };
    let type_name = known.map_or_else(|| format!("type {oid}"), |kind| kind.name().to_owned());
    Column {
        name: String::new(),
        cast: "pg_catalog.text".to_owned(),
        operators: None,
        type_name,
        category,
        varlena: true,
        not_null: false,
        generated: false,
        always: false,
        has_default: false,
        key: KeyRole::default(),
        origin: Origin::default(),
    }
}

/// How many bytes each table takes with its indexes, by number.
///
/// # Errors
/// The server's.
pub async fn sizes(link: &Link, system: bool) -> Outcome<HashMap<u32, u64>> {
    let rows = link
        .rows(include_str!("sizes.sql"), &[(&system, Type::BOOL)])
        .await?;
    rows.iter()
        .map(|row| Ok((get(row, "oid")?, unsigned(get(row, "size")?))))
        .collect()
}

fn other(row: &Row, kind: Kind) -> Outcome<Object> {
    let detail: Option<String> = get(row, "detail")?;
    Ok(Object {
        oid: get(row, "oid")?,
        schema: get(row, "schema")?,
        name: get(row, "name")?,
        kind,
        parent: None,
        readable: true,
        count: Count::Unknown,
        pages: 0,
        detail: detail.unwrap_or_default(),
    })
}

/// The value of a column of one of our own queries.
fn get<'a, T: FromSql<'a>>(row: &'a Row, column: &str) -> Outcome<T> {
    row.try_get(column).map_err(|error| {
        Fault::new(format!("The catalog's column {column} was not understood")).because(error)
    })
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
