//! The statement that reads a page of a relation.
//!
//! Every value is taken as the text of its type's output function. `format('%s', c)` calls exactly
//! that function, where `c::text` is another one for `bool`, `char(n)` and `inet`; and
//! `IS DISTINCT FROM NULL` asks whether the datum is NULL, where `IS NOT NULL` looks inside a row.
//! Values of no fixed size are cut on the server and followed by their true length.

use crate::data::foreign::Referrer;
use crate::data::relation::{PLACE, Paging, Relation, Seek};
use crate::data::{Column, OrderKey};
use crate::sql::condition;
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
#[must_use]
pub fn whole(name: &str) -> String {
    format!("CASE WHEN {name} IS DISTINCT FROM NULL THEN pg_catalog.format('%s', {name}) END")
}

/// The outputs with the place of the row after them, where it has one.
fn outputs_and_place(relation: &Relation) -> String {
    let mut parts = outputs(relation);
    if relation.has_place() {
        if !parts.is_empty() {
            parts.push_str(", ");
        }
        parts.push_str(&format!("{ALIAS}.{PLACE}::pg_catalog.text"));
    }
    parts
}

fn from(relation: &Relation, more: Option<&str>, out: &mut Fragment) -> String {
    source(relation, "", more, out)
}

/// `FROM …`, with ` WHERE …` where the filter, or `more`, leaves rows out; `sampling` stands after
/// the relation's name.
pub(in crate::sql) fn source(
    relation: &Relation,
    sampling: &str,
    more: Option<&str>,
    out: &mut Fragment,
) -> String {
    let filter = condition::filter(relation, &relation.filter, out);
    let from = format!(
        "FROM {} {ALIAS}{sampling}",
        qualified(&relation.schema, &relation.name)
    );
    match (more, filter) {
        (None, None) => from,
        (Some(more), None) => format!("{from} WHERE {more}"),
        (None, Some(filter)) => format!("{from} WHERE {filter}"),
        (Some(more), Some(filter)) => format!("{from} WHERE {more} AND ({filter})"),
    }
}

/// A page by key; `true` when its rows come in reverse. One row more than `limit` is asked for, to
/// know whether there are more. `None` for what needs a row's number.
#[must_use]
pub fn by_key(relation: &Relation, seek: &Seek, limit: usize) -> Option<(Fragment, bool)> {
    let keys = relation.order();
    let backward: Vec<OrderKey> = keys.iter().map(OrderKey::reversed).collect();
    let mut out = Fragment::default();
    let (order, beyond, reversed) = match seek {
        Seek::First => (keys, None, false),
        Seek::Last => (backward.as_slice(), None, true),
        Seek::After(mark) => (keys, Some(after(keys, mark, false, &mut out)), false),
        Seek::Before(mark) => {
            let before = after(&backward, mark, false, &mut out);
            (backward.as_slice(), Some(before), true)
        }
        Seek::From(mark) => {
            let few = &keys[..mark.len().min(keys.len())];
            (keys, Some(after(few, mark, true, &mut out)), false)
        }
        Seek::Row(_) => return None,
    };
    let from = from(relation, beyond.as_deref(), &mut out);
    out.sql = format!(
        "SELECT {} {from} ORDER BY {} LIMIT {}",
        outputs_and_place(relation),
        order_by(order),
        limit + 1
    );
    Some((out, reversed))
}

/// The statement that reads the first page, however the relation is paged: the one whose fault may
/// lie in the filter.
#[must_use]
pub fn first(relation: &Relation) -> String {
    match &relation.paging {
        Paging::Keyset(_) => {
            by_key(relation, &Seek::First, 1).map_or_else(String::new, |(query, _)| query.sql)
        }
        Paging::Ctid => by_place(relation, ("", ""), false, 1).sql,
        Paging::Cursor => declare(relation).sql,
    }
}

/// The key of the row with a number. Counting to a row is the one thing that a key cannot spare;
/// only the key is read, so that an index alone can answer.
#[must_use]
pub fn key_of_row(relation: &Relation, number: u64) -> Fragment {
    let keys: Vec<String> = relation
        .order()
        .iter()
        .map(|key| whole(&ident(&key.column)))
        .collect();
    let mut out = Fragment::default();
    let from = from(relation, None, &mut out);
    out.sql = format!(
        "SELECT {} {from} ORDER BY {} OFFSET {number} LIMIT 1",
        keys.join(", "),
        order_by(relation.order())
    );
    out
}

/// The rows of a heap whose place is past `low` and before `high`, or the reverse.
#[must_use]
pub fn by_place(
    relation: &Relation,
    (low, high): (&str, &str),
    backward: bool,
    limit: usize,
) -> Fragment {
    let mut out = Fragment::default();
    let (low, high) = (
        out.bind(low, "pg_catalog.tid"),
        out.bind(high, "pg_catalog.tid"),
    );
    let (from_low, direction) = if backward { (">=", " DESC") } else { (">", "") };
    let run = format!("{PLACE} {from_low} {low} AND {PLACE} < {high}");
    let from = from(relation, Some(&run), &mut out);
    out.sql = format!(
        "SELECT {} {from} ORDER BY {ALIAS}.{PLACE}{direction} LIMIT {}",
        outputs_and_place(relation),
        limit + 1
    );
    out
}

/// The place of the row with a number. No index counts the rows of a heap: the only way is to walk.
#[must_use]
pub fn place_of_row(relation: &Relation, number: u64) -> Fragment {
    let mut out = Fragment::default();
    let from = from(relation, None, &mut out);
    out.sql = format!(
        "SELECT {PLACE}::pg_catalog.text {from} ORDER BY {ALIAS}.{PLACE} OFFSET {number} LIMIT 1"
    );
    out
}

/// Opens the cursor; it can be moved both ways.
#[must_use]
pub fn declare(relation: &Relation) -> Fragment {
    let mut out = Fragment::default();
    let from = from(relation, None, &mut out);
    let order = match relation.sort.as_slice() {
        [] => String::new(),
        keys => format!(" ORDER BY {}", order_by(keys)),
    };
    out.sql = format!(
        "DECLARE {CURSOR} SCROLL CURSOR FOR SELECT {} {from}{order}",
        outputs(relation)
    );
    out
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

/// How many of a relation's rows its filter wants.
#[must_use]
pub fn count(relation: &Relation) -> Fragment {
    let mut out = Fragment::default();
    let from = from(relation, None, &mut out);
    out.sql = format!("SELECT pg_catalog.count(*) {from}");
    out
}

/// How many rows of a relation refer to a row by these values of the foreign key's columns.
#[must_use]
pub fn count_equal(referrer: &Referrer, equals: &[(String, String)]) -> Fragment {
    let mut out = Fragment::default();
    let terms: Vec<String> = equals
        .iter()
        .zip(&referrer.casts)
        .map(|((column, value), cast)| format!("{} = {}", ident(column), out.bind(value, cast)))
        .collect();
    out.sql = format!(
        "SELECT pg_catalog.count(*) FROM {} WHERE {}",
        qualified(&referrer.schema, &referrer.name),
        terms.join(" AND ")
    );
    out
}

/// How many rows stand before the one that a bookmark finds. Only the key is read, so that an index
/// alone can answer.
#[must_use]
pub fn rows_before(relation: &Relation, mark: &[Option<String>]) -> Fragment {
    let backward: Vec<OrderKey> = relation.order().iter().map(OrderKey::reversed).collect();
    let mut out = Fragment::default();
    let before = after(&backward, mark, false, &mut out);
    let from = from(relation, Some(&before), &mut out);
    out.sql = format!("SELECT pg_catalog.count(*) {from}");
    out
}

/// The commonest values among the first rows, with how many of a thousand of these have each; only
/// short ones, which somebody might type.
#[must_use]
pub fn first_values(relation: &Relation, column: &str) -> String {
    let value = whole(&ident(column));
    let from = qualified(&relation.schema, &relation.name);
    format!(
        "SELECT value, (1000 * pg_catalog.count(*) / pg_catalog.sum(pg_catalog.count(*)) OVER ())::pg_catalog.int4 \
         FROM (SELECT {value} AS value FROM {from} LIMIT 10000) v \
         WHERE pg_catalog.length(value) <= 100 \
         GROUP BY value ORDER BY pg_catalog.count(*) DESC, value LIMIT 50"
    )
}

/// The first rows of a table that a foreign key could refer to: the value, and the readable one; those
/// that have `typed` in either.
#[must_use]
pub fn choices(
    (schema, name): (&str, &str),
    referenced: &str,
    readable: Option<&str>,
    typed: &str,
) -> Fragment {
    let mut out = Fragment::default();
    let value = whole(&ident(referenced));
    let note = readable.map_or_else(|| "NULL".to_owned(), |column| whole(&ident(column)));
    let order = readable.map_or_else(|| ident(referenced), ident);
    let mut condition = String::new();
    if !typed.is_empty() {
        let pattern = out.bind(
            &format!("%{}%", condition::escaped(typed)),
            "pg_catalog.text",
        );
        condition = format!(" WHERE {value} ILIKE {pattern} OR {note} ILIKE {pattern}");
    }
    out.sql = format!(
        "SELECT {value}, pg_catalog.left({note}, 80) FROM {}{condition} ORDER BY {order} LIMIT 50",
        qualified(schema, name)
    );
    out
}
