//! Statements as a person wrote them, run to their end over the simple protocol: every value is the
//! text of the server's own output function.

use std::pin::Pin;
use std::time::{Instant, SystemTime};

use futures_util::TryStreamExt;
use tokio_postgres::{SimpleQueryMessage, SimpleQueryRow, SimpleQueryStream};

use crate::data::{Rows, RowsBuilder};
use crate::fault::{Fault, Outcome};
use crate::pg::Link;

/// A whole result, in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The names of its columns; none for a statement that returns no rows.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Rows,
    /// The count in the command's tag.
    pub affected: u64,
}

/// Runs `sql` and collects its (last) result.
///
/// # Errors
/// The server's, with the position in `sql`; or a result that is too large to be held.
pub async fn run(link: &Link, sql: &str) -> Outcome<Table> {
    let mut results = Results::of(link, sql).await?;
    let mut columns = Vec::new();
    let mut builder = RowsBuilder::new(0);
    let mut affected = 0;
    while let Some(piece) = results.next().await? {
        match piece {
            Piece::Columns(names) => {
                builder = RowsBuilder::new(names.len());
                columns = names;
            }
            Piece::Row(row) => builder.push_whole(&row.cells()?)?,
            Piece::End(count) => affected = count,
        }
    }
    Ok(Table {
        columns,
        rows: builder.finish(),
        affected,
    })
}

/// What comes of statements, one after another.
pub enum Piece {
    /// A result begins; the names of its columns.
    Columns(Vec<String>),
    /// Its next row.
    Row(Row),
    /// A statement has ended; the count in its tag.
    End(u64),
}

/// One row as it came.
pub struct Row(SimpleQueryRow);

impl Row {
    /// Its values, NULL as `None`.
    ///
    /// # Errors
    /// A value that is no UTF-8: the statement changed `client_encoding`, or the database has none.
    pub fn cells(&self) -> Outcome<Vec<Option<&str>>> {
        cells(&self.0)
    }

    /// The value of the column of this name, NULL as `None`.
    ///
    /// # Errors
    /// There is no such column, or as [`Row::cells`].
    pub fn value(&self, column: &str) -> Outcome<Option<&str>> {
        self.0.try_get(column).map_err(|error| {
            Fault::new(format!("The column {column} cannot be read")).because(error)
        })
    }
}

/// The values of a row, NULL as `None`.
///
/// # Errors
/// As [`Row::cells`].
pub(in crate::pg) fn cells(row: &SimpleQueryRow) -> Outcome<Vec<Option<&str>>> {
    let cells = (0..row.len()).map(|column| row.try_get(column));
    cells.collect::<Result<_, _>>().map_err(|error| {
        Fault::new("A value of the result cannot be read")
            .because(error)
            .remedy("SET client_encoding = 'UTF8' if it was changed")
    })
}

/// The results of a text of statements as they come: no more than a row of them is held.
pub struct Results<'a> {
    link: &'a Link,
    sql: &'a str,
    begun: (SystemTime, Instant),
    /// None once it has ended.
    stream: Option<Pin<Box<SimpleQueryStream>>>,
    affected: u64,
}

impl<'a> Results<'a> {
    /// Sends `sql`.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn of(link: &'a Link, sql: &'a str) -> Outcome<Self> {
        let begun = (SystemTime::now(), Instant::now());
        let mut results = Self {
            link,
            sql,
            begun,
            stream: None,
            affected: 0,
        };
        match link.client().simple_query_raw(sql).await {
            Ok(stream) => results.stream = Some(Box::pin(stream)),
            Err(failed) => results.affected = link.told(sql, begun, Err(failed))?,
        }
        Ok(results)
    }

    /// The next piece, or `None` at the end.
    ///
    /// # Errors
    /// The server's, with the position in the text.
    pub async fn next(&mut self) -> Outcome<Option<Piece>> {
        while let Some(stream) = &mut self.stream {
            let result = match stream.try_next().await {
                Ok(Some(SimpleQueryMessage::RowDescription(columns))) => {
                    let names = columns.iter().map(|column| column.name().to_owned());
                    return Ok(Some(Piece::Columns(names.collect())));
                }
                Ok(Some(SimpleQueryMessage::Row(row))) => return Ok(Some(Piece::Row(Row(row)))),
                Ok(Some(SimpleQueryMessage::CommandComplete(count))) => {
                    self.affected += count;
                    return Ok(Some(Piece::End(count)));
                }
                Ok(Some(_)) => continue,
                Ok(None) => Ok(self.affected),
                Err(failed) => Err(failed),
            };
            self.stream = None;
            self.link.told(self.sql, self.begun, result)?;
        }
        Ok(None)
    }
}

/// A statement that nobody read to its end was sent all the same.
impl Drop for Results<'_> {
    fn drop(&mut self) {
        if self.stream.take().is_some() {
            let left = Err(Fault::new("Its rows were not read to the end"));
            self.link.tell(self.sql, self.begun, &left);
        }
    }
}
