//! Exact counts, under a deadline that the server keeps.

use std::time::Duration;

use tokio::join;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use crate::data::catalog::Object;
use crate::data::relation::{Bookmark, Relation};
use crate::fault::{Fault, Outcome};
use crate::pg::Link;
use crate::pg::link::texts;
use crate::sql::keyset::Fragment;
use crate::sql::page;

/// Counts the rows of relations in one statement: pairs of `oid` and rows. `None` when the deadline
/// passed; no deadline is [`Duration::ZERO`].
///
/// # Errors
/// The server's: one of them is gone, or may not be read.
pub async fn exact(
    link: &Link,
    objects: &[Object],
    deadline: Duration,
) -> Outcome<Option<Vec<(u32, u64)>>> {
    let names = objects
        .iter()
        .map(|object| (object.schema.as_str(), object.name.as_str()));
    let Some(rows) = timed(link, &page::counts(names), &[], deadline).await? else {
        return Ok(None);
    };
    let counts = rows.iter().map(|row| {
        let at = usize::try_from(number(row, 0)?).unwrap_or(usize::MAX);
        let object = objects.get(at).ok_or_else(not_counted)?;
        Ok((object.oid, number(row, 1)?))
    });
    counts.collect::<Outcome<_>>().map(Some)
}

/// How many rows of a relation its filter wants; `None` when the deadline passed.
///
/// # Errors
/// The server's.
pub async fn of(link: &Link, relation: &Relation, deadline: Duration) -> Outcome<Option<u64>> {
    one(link, &page::count(relation), deadline).await
}

/// How many rows stand before a row of a relation with a key; `None` when the deadline passed.
///
/// # Errors
/// The server's.
pub async fn before(
    link: &Link,
    relation: &Relation,
    mark: &Bookmark,
    deadline: Duration,
) -> Outcome<Option<u64>> {
    one(link, &page::rows_before(relation, mark), deadline).await
}

async fn one(link: &Link, query: &Fragment, deadline: Duration) -> Outcome<Option<u64>> {
    let rows = timed(link, &query.sql, &texts(query), deadline).await?;
    rows.map(|rows| number(rows.first().ok_or_else(not_counted)?, 0))
        .transpose()
}

/// The rows of a statement under a deadline that the server keeps; `None` when it passed. Three
/// statements, one round trip.
pub(in crate::pg) async fn timed(
    link: &Link,
    sql: &str,
    params: &[(&(dyn ToSql + Sync), Type)],
    deadline: Duration,
) -> Outcome<Option<Vec<Row>>> {
    let begin = format!(
        "BEGIN READ ONLY; SET LOCAL statement_timeout = {}",
        deadline.as_millis()
    );
    // COMMIT ends a failed transaction as well, by rolling it back.
    // biased: they are sent in this order.
    let (opened, rows, closed) = join!(
        biased;
        link.batch(&begin),
        link.rows(sql, params),
        link.batch("COMMIT")
    );
    match rows {
        Err(fault) if fault.is_cancelled() && !deadline.is_zero() => Ok(None),
        Err(fault) => Err(fault),
        Ok(rows) => opened.and(closed).map(|()| Some(rows)),
    }
}

fn number(row: &Row, at: usize) -> Outcome<u64> {
    let count: Option<i64> = row.try_get(at).ok();
    count
        .and_then(|count| u64::try_from(count).ok())
        .ok_or_else(not_counted)
}

fn not_counted() -> Fault {
    Fault::new("The rows were not counted")
}
