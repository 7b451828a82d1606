//! Who refers to a row: the foreign keys that point at its relation, and how many rows each has.

use std::time::Duration;

use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};

use crate::data::foreign::{Equals, Referrer};
use crate::fault::{Fault, Outcome};
use crate::pg::link::texts;
use crate::pg::{Link, count};
use crate::sql::page;

/// Every foreign key that refers to the relation of this number, its own included.
///
/// # Errors
/// The server's.
pub async fn referrers(link: &Link, oid: u32) -> Outcome<Vec<Referrer>> {
    let sql = include_str!("introspect/referrers.sql");
    let rows = link.rows(sql, &[(&oid, Type::OID)]).await?;
    rows.iter().map(referrer).collect()
}

/// How many rows of a referring relation have these values; `None` when the deadline passed.
///
/// # Errors
/// The server's: the relation may not be read, or is gone.
pub async fn rows(
    link: &Link,
    referrer: &Referrer,
    equals: &Equals,
    deadline: Duration,
) -> Outcome<Option<u64>> {
    let query = page::count_equal(referrer, equals);
    let rows = count::timed(link, &query.sql, &texts(&query), deadline).await?;
    let number = |rows: Vec<Row>| {
        let count: i64 = rows.first()?.try_get(0).ok()?;
        u64::try_from(count).ok()
    };
    Ok(rows.and_then(number))
}

fn referrer(row: &Row) -> Outcome<Referrer> {
    Ok(Referrer {
        table: get(row, "referring_table")?,
        schema: get(row, "schema")?,
        name: get(row, "name")?,
        columns: get(row, "columns")?,
        casts: get(row, "casts")?,
        referenced: get(row, "referenced")?,
    })
}

fn get<'a, T: FromSql<'a>>(row: &'a Row, column: &str) -> Outcome<T> {
    row.try_get(column)
        .map_err(|error| Fault::new("A foreign key was not understood").because(error))
}
