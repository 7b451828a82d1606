//! Queries that are sent, and run, as one text of the simple protocol: one round trip, one
//! transaction, one answer. On a connection that has just been made this takes the server a fifth
//! less than a statement each. Its values come as texts, and it carries no parameters: the only ones
//! here are numbers and truth values, which are written in place of `$1`.

use serde::de::DeserializeOwned;

use crate::fault::{Fault, Outcome};
use crate::pg::Link;
use crate::pg::statement::{Piece, Results, Row};

/// What is safe to be written into a query.
pub(super) trait Literal: ToString {}

impl Literal for u32 {}
impl Literal for bool {}

/// Runs queries with the same `$1`; `take` is given each row as it comes, with the place of its query.
///
/// # Errors
/// The server's, or the first of `take`.
pub(super) async fn together<const N: usize>(
    link: &Link,
    parameter: impl Literal,
    queries: [&str; N],
    mut take: impl FnMut(usize, Row) -> Outcome<()>,
) -> Outcome<()> {
    let sql = queries.join(";\n").replace("$1", &parameter.to_string());
    let mut results = Results::of(link, &sql).await?;
    let mut query = 0;
    while let Some(piece) = results.next().await? {
        match piece {
            Piece::Columns(_) => {}
            Piece::Row(row) => take(query, row)?,
            Piece::End(_) => query += 1,
        }
    }
    Ok(())
}

/// The value of a column of one of our own queries.
pub(super) fn get<T: Said>(row: &Row, column: &str) -> Outcome<T> {
    let text = row.value(column)?;
    text.and_then(T::said).ok_or_else(|| {
        Fault::new(format!("The catalog's column {column} was not understood"))
            .because(text.unwrap_or("NULL"))
    })
}

/// What is understood of the server's texts.
pub(super) trait Said: Sized {
    /// None where it is none.
    fn said(text: &str) -> Option<Self>;
}

impl Said for String {
    fn said(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Said for bool {
    fn said(text: &str) -> Option<Self> {
        match text {
            "t" => Some(true),
            "f" => Some(false),
            _ => None,
        }
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Said for $number {
            fn said(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}

numbers!(i16, i32, i64, u32);

/// A list comes as JSON, which says where each of its texts ends.
impl<T: DeserializeOwned> Said for Vec<T> {
    fn said(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
