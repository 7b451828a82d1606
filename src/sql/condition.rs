//! A filter as SQL. Values are parameters, sent as text and cast in place; nothing that was typed is
//! pasted, except the free condition, which is SQL by its own word.

use crate::data::Column;
use crate::data::filter::{Condition, Filter, Kind, Operator};
use crate::data::relation::Relation;
use crate::sql::keyset::{Fragment, operator};
use crate::sql::quote::ident;

/// The condition that every wanted row meets; `None` where all rows are wanted. Its parameters are
/// added to those `out` has.
pub fn filter(relation: &Relation, filter: &Filter, out: &mut Fragment) -> Option<String> {
    let mut text = String::new();
    for condition in &filter.conditions {
        // A column that was dropped meanwhile: its condition says what it must, and the server why not.
        let column = relation.column(&condition.column);
        let column = column.map(|at| &relation.columns[at]);
        if !text.is_empty() {
            text.push_str(if condition.or { " OR " } else { " AND " });
        }
        text.push_str(&one(condition, column, out));
    }
    if let Some(free) = &filter.free {
        let free = framed(free);
        text = if text.is_empty() {
            free
        } else {
            format!("({text}) AND {free}")
        };
    }
    (!text.is_empty()).then_some(text)
}

/// A free condition stands on lines of its own, for it may end in a comment.
fn framed(free: &str) -> String {
    format!("(\n{free}\n)")
}

/// Where in a free condition a position in the whole statement is: both in characters, the
/// statement's counted from 1, the condition's from nought.
#[must_use]
pub fn place_in_free(sql: &str, free: &str, position: u32) -> Option<usize> {
    let begin = sql.find(&framed(free))? + 2;
    let before = sql[..begin].chars().count();
    let place = (position as usize).checked_sub(before + 1)?;
    (place <= free.chars().count()).then_some(place)
}

fn one(condition: &Condition, column: Option<&Column>, out: &mut Fragment) -> String {
    let name = ident(&condition.column);
    let kind = column.map_or(Kind::Other, Column::kind);
    let cast = column.map_or("pg_catalog.text", |column| column.cast.as_str());
    let ordered = column.is_none_or(Column::is_ordered);
    // What has no order is compared by its text.
    let (left, cast) = if ordered {
        (name.clone(), cast)
    } else {
        (text_of(&name), "pg_catalog.text")
    };
    let schema = column.filter(|_| ordered);
    let schema = schema.and_then(|column| column.operators.as_deref());
    let mut values = condition.values.iter();
    let mut value = |out: &mut Fragment, cast: &str| {
        let text = values.next().map_or("", String::as_str);
        out.bind(text, cast)
    };
    match condition.operator {
        Operator::Equal
        | Operator::NotEqual
        | Operator::Less
        | Operator::AtMost
        | Operator::Greater
        | Operator::AtLeast => {
            let compared = operator(sign(condition.operator), schema);
            format!("{left} {compared} {}", value(out, cast))
        }
        Operator::Between => {
            let (from, to) = (value(out, cast), value(out, cast));
            if schema.is_none() {
                format!("{left} BETWEEN {from} AND {to}")
            } else {
                let (least, most) = (operator(">=", schema), operator("<=", schema));
                format!("({left} {least} {from} AND {left} {most} {to})")
            }
        }
        Operator::In | Operator::NotIn if schema.is_some() => {
            let equals = operator("=", schema);
            let terms = condition.values.iter();
            let terms = terms.map(|value| format!("{left} {equals} {}", out.bind(value, cast)));
            let any = terms.collect::<Vec<_>>().join(" OR ");
            match condition.operator {
                Operator::NotIn => format!("NOT ({any})"),
                _ => format!("({any})"),
            }
        }
        Operator::In | Operator::NotIn => {
            let values: Vec<String> = condition
                .values
                .iter()
                .map(|value| out.bind(value, cast))
                .collect();
            let not = if condition.operator == Operator::NotIn {
                "NOT "
            } else {
                ""
            };
            format!("{left} {not}IN ({})", values.join(", "))
        }
        Operator::Contains => like(
            &name,
            kind,
            "ILIKE",
            &format!("%{}%", escaped(first(condition))),
            out,
        ),
        Operator::StartsWith => like(
            &name,
            kind,
            "LIKE",
            &format!("{}%", escaped(first(condition))),
            out,
        ),
        Operator::Matches => {
            let pattern = value(out, "pg_catalog.text");
            format!("{} ~ {pattern}", as_text(&name, kind))
        }
        Operator::Has => has(&name, kind, cast, condition, out),
        Operator::JsonPath => {
            let path = value(out, "pg_catalog.jsonpath");
            format!("{name}::pg_catalog.jsonb @? {path}")
        }
        Operator::FullText => {
            let words = value(out, "pg_catalog.text");
            let document = match kind {
                Kind::Search => name,
                _ => format!("pg_catalog.to_tsvector({name})"),
            };
            format!("{document} @@ pg_catalog.websearch_to_tsquery({words})")
        }
        Operator::IsTrue => format!("{name} IS TRUE"),
        Operator::IsFalse => format!("{name} IS FALSE"),
        // `IS NULL` is true of a row of NULLs.
        Operator::IsNull => format!("{name} IS NOT DISTINCT FROM NULL"),
        Operator::IsNotNull => format!("{name} IS DISTINCT FROM NULL"),
    }
}

/// How a comparison of two values is written.
fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::NotEqual => "<>",
        Operator::Less => "<",
        Operator::AtMost => "<=",
        Operator::Greater => ">",
        Operator::AtLeast => ">=",
        _ => "=",
    }
}

/// The text of a value; NULL gives the empty text, which no condition here is true of by accident:
/// `format` is only used where NULL is left out first.
fn text_of(name: &str) -> String {
    format!("CASE WHEN {name} IS DISTINCT FROM NULL THEN pg_catalog.format('%s', {name}) END")
}

/// A text column itself, so that its indexes can help; of everything else its text.
fn as_text(name: &str, kind: Kind) -> String {
    match kind {
        Kind::Text => name.to_owned(),
        _ => text_of(name),
    }
}

fn like(name: &str, kind: Kind, operator: &str, pattern: &str, out: &mut Fragment) -> String {
    let pattern = out.bind(pattern, "pg_catalog.text");
    format!("{} {operator} {pattern}", as_text(name, kind))
}

fn first(condition: &Condition) -> &str {
    condition.values.first().map_or("", String::as_str)
}

/// A text with the signs of `LIKE` made plain (manual, 9.7.1).
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::new();
    for ch in text.chars() {
        if matches!(ch, '\\' | '%' | '_') {
            out.push('\\');
        }
        out.push(ch);
    }
    out
}

/// `@>`: for an array, items parted by commas, or an array's own text; for a range a range's text,
/// or one element of it.
fn has(name: &str, kind: Kind, cast: &str, condition: &Condition, out: &mut Fragment) -> String {
    let typed = condition.values.first().map_or("", String::as_str).trim();
    match kind {
        Kind::Array if !typed.starts_with('{') => {
            let items: Vec<String> = typed.split(',').map(|item| item_of(item.trim())).collect();
            let array = format!("{{{}}}", items.join(","));
            format!("{name} @> {}", out.bind(&array, cast))
        }
        Kind::Range if !typed.starts_with(['[', '(', '{', 'e']) => {
            // A range of one element, whatever the element's type is called.
            let range = format!("[{0},{0}]", item_of(typed));
            let range = if cast.contains("multirange") {
                format!("{{{range}}}")
            } else {
                range
            };
            format!("{name} @> {}", out.bind(&range, cast))
        }
        Kind::Json => {
            let value = out.bind(typed, "pg_catalog.jsonb");
            format!("{name}::pg_catalog.jsonb @> {value}")
        }
        _ => format!("{name} @> {}", out.bind(typed, cast)),
    }
}

/// An item of an array's or a range's text (manual, 8.15.6), quoted.
fn item_of(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
