//! The statements that write staged edits. A row is written only where it still is as it was seen:
//! what was changed is compared with what is there, and what comes back is the row as it then is.

use std::collections::BTreeMap;

use crate::data::Column;
use crate::data::edits::{Change, Input, Seen, Staged, Who};
use crate::data::relation::{Identity, PLACE, Relation};
use crate::sql::keyset::{Fragment, operator};
use crate::sql::page::whole;
use crate::sql::quote::{ident, literal, qualified};

/// What writes one row's change.
#[must_use]
pub fn written(relation: &Relation, staged: &Staged) -> Fragment {
    let mut out = Fragment::default();
    out.sql = match (&staged.change, &staged.who) {
        (Change::Insert(values), _) => insert(relation, values, &mut out),
        (Change::Update(values), Who::Old(id)) => {
            let set = assignments(relation, values, &mut out);
            let changed = |column: &Column| values.contains_key(&column.name);
            let found = found(relation, id, &staged.seen, changed, &mut out);
            format!("UPDATE {}\n   {set}\n WHERE {found}", name(relation))
        }
        (Change::Delete, Who::Old(id)) => {
            let found = found(relation, id, &staged.seen, |_| true, &mut out);
            format!("DELETE FROM {}\n WHERE {found}", name(relation))
        }
        // An added row that goes, or is changed, is an added row with other values, or none.
        (_, Who::New(_)) => String::new(),
    };
    out
}

/// The same, returning the row as it is then, or as it was where it goes: one whole text a column.
#[must_use]
pub fn statement(relation: &Relation, staged: &Staged) -> Fragment {
    let mut out = written(relation, staged);
    out.sql
        .push_str(&format!("\nRETURNING {}", returned(relation)));
    out
}

/// Reads a row as it is now, found as an edit of it would be, whatever its other values are.
#[must_use]
pub fn current(relation: &Relation, id: &[Option<String>]) -> Fragment {
    let from = one_row(relation, id);
    Fragment {
        sql: format!("SELECT {} {} LIMIT 1", returned(relation), from.sql),
        ..from
    }
}

/// `FROM …` of one row, found as an edit of it would be.
#[must_use]
pub fn one_row(relation: &Relation, id: &[Option<String>]) -> Fragment {
    let mut out = Fragment::default();
    let found = found(relation, id, &Seen::new(), |_| false, &mut out);
    out.sql = format!("FROM {} WHERE {found}", name(relation));
    out
}

/// What a text is as a value of a column; `from`, where the text says how much more or less than
/// that value it is.
#[must_use]
pub fn check(column: &Column, text: &str, from: Option<&str>) -> Fragment {
    let mut out = Fragment::default();
    let value = match from {
        Some(from) => {
            let base = out.bind(from, &column.cast);
            let more = out.bind(text, "pg_catalog.interval");
            format!("({base} + {more})::{}", column.cast)
        }
        None => out.bind(text, &column.cast),
    };
    // With the type's modifier too: a text that it would cut is too long, a number is rounded.
    out.sql = format!(
        "SELECT pg_catalog.format('%s', v), pg_catalog.format('%s', v::{}) FROM (SELECT {value} AS v) x",
        column.type_name
    );
    out
}

/// A value of a PostGIS column as well-known text with its reference system, by the function that
/// stands beside its type; nothing for a column of another type.
#[must_use]
pub fn well_known(column: &Column, text: &str) -> Option<Fragment> {
    let (schema, _) = column
        .cast
        .rsplit_once('.')
        .filter(|_| column.is_spatial())?;
    let mut out = Fragment::default();
    let value = out.bind(text, &column.cast);
    out.sql = format!("SELECT {schema}.st_asewkt({value})");
    Some(out)
}

/// A statement with its values in their places, to be read, and run by hand.
#[must_use]
pub fn shown(statement: &Fragment) -> String {
    let mut text = String::new();
    let mut rest = statement.sql.as_str();
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let digits = after.trim_start_matches(|ch: char| ch.is_ascii_digit());
        let digits = after.len() - digits.len();
        let number: usize = after[..digits].parse().unwrap_or(0);
        let value = number
            .checked_sub(1)
            .and_then(|at| statement.params.get(at));
        let cast = after[digits..].strip_prefix("::pg_catalog.text::");
        if let (Some(value), Some(cast)) = (value, cast) {
            text.push_str(&literal(value));
            rest = &cast[cast_length(cast)..];
        } else {
            text.push('$');
            rest = after;
        }
    }
    text + rest
}

/// How long the name of a type is with which a text begins: `pg_catalog.int4`, `"My"."T"`.
fn cast_length(text: &str) -> usize {
    let mut quoted = false;
    for (at, ch) in text.char_indices() {
        match ch {
            '"' => quoted = !quoted,
            _ if quoted || ch.is_alphanumeric() || matches!(ch, '_' | '.' | '$') => {}
            _ => return at,
        }
    }
    text.len()
}

fn name(relation: &Relation) -> String {
    qualified(&relation.schema, &relation.name)
}

fn returned(relation: &Relation) -> String {
    let columns = relation
        .columns
        .iter()
        .map(|column| whole(&ident(&column.name)));
    columns.collect::<Vec<_>>().join(", ")
}

fn input(relation: &Relation, column: &str, input: &Input, out: &mut Fragment) -> String {
    match input {
        Input::Null => "NULL".to_owned(),
        Input::Default => "DEFAULT".to_owned(),
        Input::Text(text) => {
            let at = relation.column(column);
            let cast = at.map_or("pg_catalog.text", |at| relation.columns[at].cast.as_str());
            // Without the type's modifier: a cast to varchar(3) would cut in silence, where the
            // assignment raises the error.
            out.bind(text, cast)
        }
    }
}

fn assignments(
    relation: &Relation,
    values: &BTreeMap<String, Input>,
    out: &mut Fragment,
) -> String {
    let parts: Vec<String> = values
        .iter()
        .map(|(column, value)| {
            let value = input(relation, column, value, out);
            format!("{} = {value}", ident(column))
        })
        .collect();
    format!("SET {}", parts.join(", "))
}

fn insert(relation: &Relation, values: &BTreeMap<String, Input>, out: &mut Fragment) -> String {
    let name = name(relation);
    if values.is_empty() {
        return format!("INSERT INTO {name}\nDEFAULT VALUES");
    }
    let columns: Vec<String> = values.keys().map(|column| ident(column)).collect();
    let given: Vec<String> = values
        .iter()
        .map(|(column, value)| input(relation, column, value, out))
        .collect();
    // A row that is put back keeps its number.
    let is_always = |column: &Column| column.always && values.contains_key(&column.name);
    let overriding = if relation.columns.iter().any(is_always) {
        " OVERRIDING SYSTEM VALUE"
    } else {
        ""
    };
    format!(
        "INSERT INTO {name} ({}){overriding}\nVALUES ({})",
        columns.join(", "),
        given.join(", ")
    )
}

/// The condition that finds the row, and of the columns that matter that they are as they were seen.
fn found(
    relation: &Relation,
    id: &[Option<String>],
    seen: &Seen,
    matters: impl Fn(&Column) -> bool,
    out: &mut Fragment,
) -> String {
    let mut terms = Vec::new();
    match &relation.identity {
        Identity::Key(names) => {
            for (name, value) in names.iter().zip(id) {
                let column = relation.column(name).map(|at| &relation.columns[at]);
                let cast = column.map_or("pg_catalog.text", |column| column.cast.as_str());
                let equals = operator("=", column.and_then(|column| column.operators.as_deref()));
                terms.push(match value {
                    Some(value) => format!("{} {equals} {}", ident(name), out.bind(value, cast)),
                    None => format!("{} IS NULL", ident(name)),
                });
            }
        }
        Identity::Place => {
            let place = id.first().cloned().flatten().unwrap_or_default();
            terms.push(format!("{PLACE} = {}", out.bind(&place, "pg_catalog.tid")));
        }
        Identity::Whole => {}
    }
    // What is asked of the key is not asked again.
    let is_key = |column: &Column| match &relation.identity {
        Identity::Key(names) => names.contains(&column.name),
        Identity::Place | Identity::Whole => false,
    };
    let by_key = matches!(relation.identity, Identity::Key(_));
    // Without a key all that was seen must be there: a place, or the same values, can be another's.
    let compared = if relation.identity == Identity::Whole {
        id
    } else {
        seen
    };
    for (column, value) in relation.columns.iter().zip(compared) {
        if !by_key || matters(column) && !is_key(column) {
            terms.push(same(column, value.as_deref(), out));
        }
    }
    terms.join(" AND ")
}

/// "The column is as it was seen". Where the type's `=` tells values apart as their texts do, that is
/// asked, for it reads well; of all others the text is.
fn same(column: &Column, value: Option<&str>, out: &mut Fragment) -> String {
    const PLAIN: [&str; 8] = [
        "text", "integer", "bigint", "smallint", "boolean", "date", "uuid", "oid",
    ];
    let name = ident(&column.name);
    match value {
        None => format!("{name} IS NOT DISTINCT FROM NULL"),
        Some(value) if column.category == 'E' || PLAIN.contains(&column.type_name.as_str()) => {
            // A collation can hold two texts for equal that are not the same.
            let exactly = if column.type_name == "text" {
                " COLLATE \"C\""
            } else {
                ""
            };
            format!("{name} = {}{exactly}", out.bind(value, &column.cast))
        }
        Some(value) => {
            let value = out.bind(value, "pg_catalog.text");
            format!("{name} IS DISTINCT FROM NULL AND pg_catalog.format('%s', {name}) = {value}")
        }
    }
}
