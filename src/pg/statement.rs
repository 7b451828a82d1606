//! One statement, run to its end, over the simple protocol: every value is the text of the
//! server's own output function.

use futures_util::TryStreamExt;
use tokio_postgres::SimpleQueryMessage;

use crate::data::{Align, Rows, RowsBuilder};
use crate::fault::Outcome;
use crate::pg::{Link, error};

/// The name of a result's column and how its values are set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// As the server names it.
    pub name: String,
    /// Numbers right.
    pub align: Align,
}

/// A whole result, in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its columns; none for a statement that returns no rows.
    pub columns: Vec<Heading>,
    /// Its rows.
    pub rows: Rows,
    /// The count in the command's tag.
    pub affected: u64,
}

/// Runs `sql` and collects its (last) result.
///
/// # Errors
/// The server's, with the position in `sql`.
pub async fn run(link: &Link, sql: &str) -> Outcome<Table> {
    let failed = |error: tokio_postgres::Error| error::fault("The statement failed", &error);
    let stream = link.client().simple_query_raw(sql).await.map_err(failed)?;
    let mut stream = std::pin::pin!(stream);
    let mut columns = Vec::new();
    let mut builder = RowsBuilder::new(0);
    let mut affected = 0;
    while let Some(message) = stream.try_next().await.map_err(failed)? {
        match message {
            SimpleQueryMessage::RowDescription(described) => {
                columns = described.iter().map(heading).collect();
                builder = RowsBuilder::new(columns.len());
            }
            SimpleQueryMessage::Row(row) => {
                (0..row.len()).for_each(|column| builder.push(row.get(column), None));
            }
            SimpleQueryMessage::CommandComplete(count) => affected = count,
            _ => {}
        }
    }
    Ok(Table {
        columns,
        rows: builder.finish(),
        affected,
    })
}

fn heading(column: &tokio_postgres::SimpleColumn) -> Heading {
    Heading {
        name: column.name().to_owned(),
        align: Align::Left,
    }
}
