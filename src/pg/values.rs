//! The values that a column has, for whoever is about to type one.

use std::time::Duration;

use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use crate::data::filter::Suggestion;
use crate::data::relation::Relation;
use crate::fault::{Fault, Outcome};
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

fn suggestion(row: &Row) -> Outcome<Suggestion> {
    let read = |error| Fault::new("A value of the column was not understood").because(error);
    let share: Option<i32> = row.try_get(1).map_err(read)?;
    Ok(Suggestion {
        text: row.try_get(0).map_err(read)?,
        share: share.and_then(|share| u32::try_from(share).ok()),
    })
}
