//! Exact counts, under a deadline that the server keeps.

use std::time::Duration;

use tokio::join;

use crate::fault::{Fault, Outcome};
use crate::pg::Link;
use crate::sql::page;

/// Counts the rows of a relation; `None` when the deadline passed. Three statements, one round trip.
///
/// # Errors
/// The server's.
pub async fn exact(
    link: &Link,
    schema: &str,
    name: &str,
    deadline: Duration,
) -> Outcome<Option<u64>> {
    let begin = format!(
        "BEGIN READ ONLY; SET LOCAL statement_timeout = {}",
        deadline.as_millis()
    );
    let sql = page::count(schema, name);
    // COMMIT ends a failed transaction as well, by rolling it back.
    // biased: they are sent in this order.
    let (opened, rows, closed) = join!(
        biased;
        link.batch(&begin),
        link.rows(&sql, &[]),
        link.batch("COMMIT")
    );
    match rows {
        Err(fault) if fault.is_cancelled() => Ok(None),
        Err(fault) => Err(fault),
        Ok(rows) => {
            opened.and(closed)?;
            let count: Option<i64> = rows.first().and_then(|row| row.try_get(0).ok());
            let count = count.and_then(|count| u64::try_from(count).ok());
            count
                .map(Some)
                .ok_or_else(|| Fault::new(format!("{name} was not counted")))
        }
    }
}
