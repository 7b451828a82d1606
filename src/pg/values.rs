//! The values that a column has, for whoever is about to type one.

use std::time::Duration;

use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use crate::data::filter::Suggestion;
use crate::data::relation::Relation;
use crate::fault::{Fault, Outcome};
use crate::pg::link::texts;
use crate::pg::{Link, count};
use crate::sql::page;

/// How long the server may look through rows for them.
const DEADLINE: Duration = Duration::from_millis(500);

/// The labels of an enum; else the commonest values that the planner knows of; else those of the
/// first rows.
///
/// # Errors
/// The server's.
pub async fn suggestions(
    link: &Link,
    relation: &Relation,
    column: &str,
) -> Outcome<Vec<Suggestion>> {
    let params: &[(&(dyn ToSql + Sync), Type)] =
        &[(&relation.oid, Type::OID), (&column, Type::TEXT)];
    for sql in [
        include_str!("introspect/labels.sql"),
        include_str!("introspect/common_values.sql"),
    ] {
        let rows = link.rows(sql, params).await?;
        if !rows.is_empty() {
            return rows.iter().map(suggestion).collect();
        }
    }
    let sql = page::first_values(relation, column);
    let rows = count::timed(link, &sql, &[], DEADLINE).await?;
    rows.iter().flatten().map(suggestion).collect()
}

/// The rows that a foreign key can refer to: the value of the column it refers to, and a readable
/// one beside it; those that have `typed` in either.
///
/// # Errors
/// The server's.
pub async fn choices(
    link: &Link,
    table: u32,
    referenced: &str,
    typed: &str,
) -> Outcome<Vec<Suggestion>> {
    let params: &[(&(dyn ToSql + Sync), Type)] = &[(&table, Type::OID), (&referenced, Type::TEXT)];
    let found = link
        .rows(include_str!("introspect/readable.sql"), params)
        .await?;
    let Some(found) = found.first() else {
        return Ok(Vec::new());
    };
    let read = |error| Fault::new("A table was not understood").because(error);
    let schema: String = found.try_get("schema").map_err(read)?;
    let name: String = found.try_get("name").map_err(read)?;
    let readable: Option<String> = found.try_get("readable").map_err(read)?;
    let query = page::choices((&schema, &name), referenced, readable.as_deref(), typed);
    let rows = count::timed(link, &query.sql, &texts(&query), DEADLINE).await?;
    let choice = |row: &Row| {
        Ok(Suggestion {
            text: row.try_get(0).map_err(read)?,
            share: None,
            note: row.try_get(1).map_err(read)?,
        })
    };
    rows.iter().flatten().map(choice).collect()
}

fn suggestion(row: &Row) -> Outcome<Suggestion> {
    let read = |error| Fault::new("A value of the column was not understood").because(error);
    let share: Option<i32> = row.try_get(1).map_err(read)?;
    Ok(Suggestion {
        text: row.try_get(0).map_err(read)?,
        share: share.and_then(|share| u32::try_from(share).ok()),
        note: None,
    })
}
