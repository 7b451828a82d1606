//! The statement that reads a page of a relation.
//!
//! Every value is taken as the text of its type's output function. `format('%s', c)` calls exactly
//! that function, where `c::text` is another one for `bool`, `char(n)` and `inet`; and
//! `IS DISTINCT FROM NULL` asks whether the datum is NULL, where `IS NOT NULL` looks inside a row.
//! Values of no fixed size are cut on the server and followed by their true length.

use crate::data::relation::{Relation, Seek};
use crate::data::{Column, OrderKey};
use crate::sql::keyset::{ALIAS, Fragment, after, order_by};
use crate::sql::quote::{ident, qualified};

/// The most characters of a value that a page carries.
pub const CUT: usize = 4096;

/// The name of the cursor behind a relation that has no key; one connection, one cursor.
pub const CURSOR: &str = "dbkeep_page";

/// How the cells of a row stand in the output of a page's statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// For each column, where its text is and, if it can be cut, where its length is.
    pub columns: Vec<(usize, Option<usize>)>,
}

impl Layout {
    /// The layout of a relation's pages. Keys are never cut: a bookmark needs them whole.
    #[must_use]
    pub fn of(relation: &Relation) -> Self {
        let mut at = 0;
        let columns = relation
            .columns
            .iter()
            .map(|column| {
                let text = at;
                at += 1;
                let length = can_be_cut(relation, column).then(|| {
                    at += 1;
                    at - 1
                });
                (text, length)
            })
            .collect();
        Self { columns }
    }

    /// Where the first output after those of the columns stands.
    #[must_use]
    pub fn end(&self) -> usize {
        self.columns
            .last()
            .map_or(0, |(text, length)| length.unwrap_or(*text) + 1)
    }
}

fn can_be_cut(relation: &Relation, column: &Column) -> bool {
    column.varlena && !relation.order().iter().any(|key| key.column == column.name)
}

fn outputs(relation: &Relation) -> String {
    let mut parts = Vec::with_capacity(relation.columns.len() * 2);
    for column in &relation.columns {
        let name = ident(&column.name);
        if can_be_cut(relation, column) {
            // One character more than the cut tells that there is more even where the length,
            // which is not worth computing for a few stored bytes, is not there.
            parts.push(format!(
                "CASE WHEN {name} IS DISTINCT FROM NULL THEN pg_catalog.left(pg_catalog.format('%s', {name}), {}) END",
                CUT + 1
            ));
            parts.push(format!(
                "CASE WHEN pg_catalog.pg_column_size({name}) > 32 THEN pg_catalog.length(pg_catalog.format('%s', {name}))::pg_catalog.text END"
            ));
        } else {
            parts.push(whole(&name));
        }
    }
    parts.join(", ")
}

/// The whole text of a value, or NULL.
fn whole(name: &str) -> String {
    format!("CASE WHEN {name} IS DISTINCT FROM NULL THEN pg_catalog.format('%s', {name}) END")
}

/// A page by key; `true` when its rows come in reverse. One row more than `limit` is asked for, to
/// know whether there are more. `None` for what needs a row's number.
#[must_use]
pub fn by_key(relation: &Relation, seek: &Seek, limit: usize) -> Option<(Fragment, bool)> {
    let keys = relation.order();
    let backward: Vec<OrderKey> = keys.iter().map(OrderKey::reversed).collect();
    let (order, condition, reversed) = match seek {
        Seek::First => (keys, None, false),
        Seek::Last => (backward.as_slice(), None, true),
        Seek::After(mark) => (keys, Some(after(keys, mark, false)), false),
        Seek::Before(mark) => (
            backward.as_slice(),
            Some(after(&backward, mark, false)),
            true,
        ),
        Seek::From(mark) => {
            let few = &keys[..mark.len().min(keys.len())];
            (keys, Some(after(few, mark, true)), false)
        }
        Seek::Row(_) => return None,
    };
    let from = qualified(&relation.schema, &relation.name);
    let condition = condition.unwrap_or_default();
    let filter = if condition.sql.is_empty() {
        String::new()
    } else {
        format!(" WHERE {}", condition.sql)
    };
    let sql = format!(
        "SELECT {} FROM {from} {ALIAS}{filter} ORDER BY {} LIMIT {}",
        outputs(relation),
        order_by(order),
        limit + 1
    );
    Some((
        Fragment {
            sql,
            params: condition.params,
        },
        reversed,
    ))
}

/// The key of the row with a number. Counting to a row is the one thing that a key cannot spare;
/// only the key is read, so that an index alone can answer.
#[must_use]
pub fn key_of_row(relation: &Relation, number: u64) -> String {
    let keys: Vec<String> = relation
        .order()
        .iter()
        .map(|key| whole(&ident(&key.column)))
        .collect();
    format!(
        "SELECT {} FROM {} {ALIAS} ORDER BY {} OFFSET {number} LIMIT 1",
        keys.join(", "),
        qualified(&relation.schema, &relation.name),
        order_by(relation.order())
    )
}

/// The rows of a heap whose place is past `$1` and before block `$2`, or the reverse; the place is
/// the last output.
#[must_use]
pub fn by_place(relation: &Relation, backward: bool, limit: usize) -> String {
    let (low, high, direction) = if backward {
        (">=", "<", " DESC")
    } else {
        (">", "<", "")
    };
    format!(
        "SELECT {}{}ctid::pg_catalog.text FROM {} {ALIAS} \
         WHERE ctid {low} $1::pg_catalog.text::pg_catalog.tid AND ctid {high} $2::pg_catalog.text::pg_catalog.tid \
         ORDER BY {ALIAS}.ctid{direction} LIMIT {}",
        outputs(relation),
        if relation.columns.is_empty() {
            ""
        } else {
            ", "
        },
        qualified(&relation.schema, &relation.name),
        limit + 1
    )
}

/// The place of the row with a number. No index counts the rows of a heap: the only way is to walk.
#[must_use]
pub fn place_of_row(relation: &Relation, number: u64) -> String {
    format!(
        "SELECT ctid::pg_catalog.text FROM {} {ALIAS} ORDER BY {ALIAS}.ctid OFFSET {number} LIMIT 1",
        qualified(&relation.schema, &relation.name)
    )
}

/// Opens the cursor; it can be moved both ways.
#[must_use]
pub fn declare(relation: &Relation) -> String {
    format!(
        "DECLARE {CURSOR} SCROLL CURSOR FOR SELECT {} FROM {}",
        outputs(relation),
        qualified(&relation.schema, &relation.name)
    )
}

/// The exact number of rows of each of these relations, with its place among them.
#[must_use]
pub fn counts<'a>(relations: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let counts = relations
        .into_iter()
        .enumerate()
        .map(|(at, (schema, name))| {
            let from = qualified(schema, name);
            format!("SELECT {at}::pg_catalog.int8, pg_catalog.count(*) FROM {from}")
        });
    counts.collect::<Vec<_>>().join(" UNION ALL ")
}

/// How many rows stand before the one that a bookmark finds. Only the key is read, so that an index
/// alone can answer.
#[must_use]
pub fn rows_before(relation: &Relation, mark: &[Option<String>]) -> Fragment {
    let backward: Vec<OrderKey> = relation.order().iter().map(OrderKey::reversed).collect();
    let before = after(&backward, mark, false);
    let from = qualified(&relation.schema, &relation.name);
    Fragment {
        sql: format!(
            "SELECT pg_catalog.count(*) FROM {from} {ALIAS} WHERE {}",
            before.sql
        ),
        params: before.params,
    }
}
