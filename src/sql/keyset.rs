//! Pages by key: the rows that come after (or before) a given row, found through an index instead
//! of counted with `OFFSET`.
//!
//! The condition for "after the boundary" is built from the order's keys. Where all keys run the
//! same way and none can be NULL it is one row comparison, `(a, b) > ($1, $2)`, which a btree
//! index answers directly (manual, 9.24.5 "Row Constructor Comparison"). Otherwise it is the
//! lexicographic expansion, one alternative a key, preceded by a plain condition on the first key
//! so that an index still narrows the scan.
//!
//! `IS NULL` looks inside a row, and is true of one of NULLs; `IS NOT DISTINCT FROM NULL` asks for what
//! `ORDER BY` calls NULL, and an index answers it as well.

use crate::data::order::{Direction, Nulls, OrderKey};
use crate::sql::quote::ident;

/// A piece of SQL with the values of its parameters; each is sent as text and cast in place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fragment {
    /// The SQL, with `$1`… for the parameters.
    pub sql: String,
    /// Their values.
    pub params: Vec<String>,
}

impl Fragment {
    /// Adds a value; returns the parameter that stands for it, cast.
    pub fn bind(&mut self, value: &str, cast: &str) -> String {
        self.params.push(value.to_owned());
        format!("${}::pg_catalog.text::{cast}", self.params.len())
    }
}

/// The name under which a statement of ours knows the relation it reads. `ORDER BY` must say whose
/// column it means, or it takes an output of the same name, which is a text.
pub const ALIAS: &str = "r";

/// `ORDER BY` for the keys, without the words.
#[must_use]
pub fn order_by(keys: &[OrderKey]) -> String {
    let parts: Vec<String> = keys
        .iter()
        .map(|key| {
            let direction = match key.direction {
                Direction::Ascending => "ASC",
                Direction::Descending => "DESC",
            };
            // NULLS is left out where it changes nothing, so that the planner sees the index's own order.
            let nulls = match (key.nullable, key.direction, key.nulls) {
                (true, Direction::Ascending, Nulls::First) => " NULLS FIRST",
                (true, Direction::Descending, Nulls::Last) => " NULLS LAST",
                _ => "",
            };
            format!("{ALIAS}.{} {direction}{nulls}", ident(&key.column))
        })
        .collect();
    parts.join(", ")
}

/// The condition "comes after `boundary` in the order of `keys`", or, with `inclusive`, "is the
/// boundary or comes after it". `boundary` holds one value a key; for "before", reverse the keys.
///
/// The parameters are added to those `out` has.
pub fn after(
    keys: &[OrderKey],
    boundary: &[Option<String>],
    inclusive: bool,
    out: &mut Fragment,
) -> String {
    match uniform(keys, boundary) {
        Some(values) => row_comparison(keys, &values, inclusive, out),
        None => expansion(keys, boundary, inclusive, out),
    }
}

/// An operator as a statement writes it; `schema` is where it is, if not in `pg_catalog`.
#[must_use]
pub fn operator(sign: &str, schema: Option<&str>) -> String {
    match schema {
        None => sign.to_owned(),
        Some(schema) => format!("OPERATOR({}.{sign})", ident(schema)),
    }
}

/// The boundary's values when one row comparison is enough: it takes no operators of other schemas.
fn uniform<'a>(keys: &[OrderKey], boundary: &'a [Option<String>]) -> Option<Vec<&'a str>> {
    let first = keys.first()?;
    let same = keys
        .iter()
        .all(|key| !key.nullable && key.direction == first.direction && key.operators.is_none());
    if !same {
        return None;
    }
    boundary.iter().map(Option::as_deref).collect()
}

fn row_comparison(
    keys: &[OrderKey],
    values: &[&str],
    inclusive: bool,
    out: &mut Fragment,
) -> String {
    let operator = match (keys.first().map(|key| key.direction), inclusive) {
        (Some(Direction::Descending), false) => "<",
        (Some(Direction::Descending), true) => "<=",
        (_, false) => ">",
        (_, true) => ">=",
    };
    let left: Vec<String> = keys.iter().map(|key| ident(&key.column)).collect();
    let right: Vec<String> = keys
        .iter()
        .zip(values)
        .map(|(key, value)| out.bind(value, &key.cast))
        .collect();
    format!("({}) {operator} ({})", left.join(", "), right.join(", "))
}

fn expansion(
    keys: &[OrderKey],
    boundary: &[Option<String>],
    inclusive: bool,
    out: &mut Fragment,
) -> String {
    let mut alternatives = Vec::new();
    let mut equal = Vec::new();
    for (key, value) in keys.iter().zip(boundary) {
        if let Some(beyond) = beyond(key, value.as_deref(), out) {
            let mut terms = equal.clone();
            terms.push(beyond);
            alternatives.push(format!("({})", terms.join(" AND ")));
        }
        equal.push(same(key, value.as_deref(), out));
    }
    if inclusive {
        alternatives.push(format!("({})", equal.join(" AND ")));
    }
    let any = if alternatives.is_empty() {
        "false".to_owned()
    } else {
        alternatives.join(" OR ")
    };
    match leading(keys, boundary, out) {
        Some(narrow) => format!("{narrow} AND ({any})"),
        None => format!("({any})"),
    }
}

/// "This key alone comes after the value"; `None` where nothing can.
fn beyond(key: &OrderKey, value: Option<&str>, out: &mut Fragment) -> Option<String> {
    let name = ident(&key.column);
    match (value, key.nulls) {
        (None, Nulls::Last) => None,
        (None, Nulls::First) => Some(format!("{name} IS DISTINCT FROM NULL")),
        (Some(value), nulls) => {
            let sign = match key.direction {
                Direction::Ascending => ">",
                Direction::Descending => "<",
            };
            let operator = operator(sign, key.operators.as_deref());
            let value = out.bind(value, &key.cast);
            let compared = format!("{name} {operator} {value}");
            Some(if key.nullable && nulls == Nulls::Last {
                format!("({compared} OR {name} IS NOT DISTINCT FROM NULL)")
            } else {
                compared
            })
        }
    }
}

fn same(key: &OrderKey, value: Option<&str>, out: &mut Fragment) -> String {
    let name = ident(&key.column);
    match value {
        None => format!("{name} IS NOT DISTINCT FROM NULL"),
        Some(value) => {
            let value = out.bind(value, &key.cast);
            format!("{name} {} {value}", operator("=", key.operators.as_deref()))
        }
    }
}

/// The condition on the first key that every row after the boundary meets, where an index can use it.
fn leading(keys: &[OrderKey], boundary: &[Option<String>], out: &mut Fragment) -> Option<String> {
    let (key, value) = (keys.first()?, boundary.first()?.as_deref()?);
    if key.nullable && key.nulls == Nulls::Last {
        return None;
    }
    let sign = match key.direction {
        Direction::Ascending => ">=",
        Direction::Descending => "<=",
    };
    let operator = operator(sign, key.operators.as_deref());
    let value = out.bind(value, &key.cast);
    Some(format!("{} {operator} {value}", ident(&key.column)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(column: &str, direction: Direction, nullable: bool) -> OrderKey {
        let nulls = if direction == Direction::Ascending {
            Nulls::Last
        } else {
            Nulls::First
        };
        OrderKey {
            column: column.into(),
            cast: "int4".into(),
            operators: None,
            direction,
            nulls,
            nullable,
        }
    }

    fn after(keys: &[OrderKey], boundary: &[Option<String>], inclusive: bool) -> Fragment {
        let mut out = Fragment::default();
        out.sql = super::after(keys, boundary, inclusive, &mut out);
        out
    }

    #[test]
    fn plain_keys_are_one_row_comparison() {
        let keys = [
            key("a", Direction::Ascending, false),
            key("b", Direction::Ascending, false),
        ];
        let found = after(&keys, &[Some("1".into()), Some("2".into())], false);
        assert_eq!(
            found.sql,
            r#"("a", "b") > ($1::pg_catalog.text::int4, $2::pg_catalog.text::int4)"#
        );
        assert_eq!(found.params, ["1", "2"]);
        assert_eq!(order_by(&keys), r#"r."a" ASC, r."b" ASC"#);
    }

    #[test]
    fn mixed_directions_are_expanded_behind_a_narrowing_condition() {
        let keys = [
            key("a", Direction::Descending, false),
            key("b", Direction::Ascending, false),
        ];
        let found = after(&keys, &[Some("1".into()), Some("2".into())], false);
        assert_eq!(
            found.sql,
            r#""a" <= $5::pg_catalog.text::int4 AND (("a" < $1::pg_catalog.text::int4) OR ("a" = $2::pg_catalog.text::int4 AND "b" > $3::pg_catalog.text::int4))"#
        );
    }

    #[test]
    fn operators_of_another_schema_are_named() {
        let mut keys = [key("a", Direction::Ascending, false)];
        keys[0].operators = Some("ext".to_owned());
        let found = after(&keys, &[Some("1".into())], true).sql;
        assert_eq!(
            found,
            r#""a" OPERATOR("ext".>=) $3::pg_catalog.text::int4 AND (("a" OPERATOR("ext".>) $1::pg_catalog.text::int4) OR ("a" OPERATOR("ext".=) $2::pg_catalog.text::int4))"#
        );
    }

    #[test]
    fn nothing_comes_after_a_last_null() {
        let keys = [key("a", Direction::Ascending, true)];
        assert_eq!(after(&keys, &[None], false).sql, "(false)");
        assert_eq!(
            after(&keys, &[None], true).sql,
            r#"(("a" IS NOT DISTINCT FROM NULL))"#
        );
        let back: Vec<OrderKey> = keys.iter().map(OrderKey::reversed).collect();
        assert_eq!(
            after(&back, &[None], false).sql,
            r#"(("a" IS DISTINCT FROM NULL))"#
        );
    }
}
