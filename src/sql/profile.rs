//! The statement that profiles a column. The rows are grouped by value once; all figures are made
//! from the groups, so that a column of few values costs little more than a count.
//!
//! Numbers and times are put in order on an axis of `float8`: numbers themselves, dates by their day,
//! other times by their second. The runs of the histogram are of a width that people count in, and
//! begin at a multiple of it.

use crate::data::Column;
use crate::data::catalog::Kind as RelationKind;
use crate::data::filter::Kind;
use crate::data::relation::Relation;
use crate::sql::keyset::Fragment;
use crate::sql::page::{CUT, source, whole};
use crate::sql::quote::ident;

/// How many of the commonest values are told.
const COMMON: usize = 10;
/// The histogram has two runs more than this at most, for it begins and ends at round values.
const RUNS: usize = 18;
/// The most rows of a sample.
const SAMPLE: usize = 100_000;

/// What is asked of the values; where the server cannot tell the one, it may tell the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Everything that suits the column's kind.
    Figures,
    /// What needs no arithmetic: a domain may be over anything, a number too large to be added up.
    Order,
    /// What the texts of the values tell: their type has no order, or no equality.
    Texts,
}

impl Depth {
    /// The one to begin with.
    #[must_use]
    pub fn of(column: &Column) -> Self {
        if column.is_ordered() {
            Self::Figures
        } else {
            Self::Texts
        }
    }

    /// The next one.
    #[must_use]
    pub fn shallower(self) -> Option<Self> {
        match self {
            Self::Figures => Some(Self::Order),
            Self::Order => Some(Self::Texts),
            Self::Texts => None,
        }
    }
}

/// Which rows are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All that the filter wants.
    All,
    /// Some of them: of a table, those in so many of a million of its pages; of what has no pages,
    /// the first ones.
    Sample(u32),
}

/// Whether a relation has pages of its own to take a sample of (manual, `SELECT`, TABLESAMPLE).
#[must_use]
pub fn has_pages(relation: &Relation) -> bool {
    matches!(
        relation.kind,
        RelationKind::Table | RelationKind::Partitioned | RelationKind::MaterializedView
    )
}

/// Where a value stands on the axis, and what is written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Axis {
    Whole,
    Real,
    Day,
    Timestamp,
    /// A time of day or a length of time.
    Span,
}

impl Axis {
    fn of(column: &Column) -> Option<Self> {
        let name = column.type_name.as_str();
        match (column.kind(), name) {
            (Kind::Number, _) if !is_added_up(column) => None,
            (Kind::Number, "smallint" | "integer" | "bigint") => Some(Self::Whole),
            (Kind::Number, _) => Some(Self::Real),
            (Kind::Time, "date") => Some(Self::Day),
            (Kind::Time, name) if name.starts_with("timestamp") => Some(Self::Timestamp),
            (Kind::Time, name) if name.starts_with("time") || name.starts_with("interval") => {
                Some(Self::Span)
            }
            _ => None,
        }
    }

    /// The place of `x`; NULL for what is not finite.
    fn place(self) -> &'static str {
        match self {
            Self::Whole => "x::pg_catalog.float8",
            Self::Real => {
                "CASE WHEN x::pg_catalog.float8 NOT IN ('NaN', 'Infinity', '-Infinity') THEN x::pg_catalog.float8 END"
            }
            Self::Day => {
                "CASE WHEN pg_catalog.isfinite(x) THEN (x - '1970-01-01'::pg_catalog.date)::pg_catalog.float8 END"
            }
            // A day begins where the person is.
            Self::Timestamp => {
                "CASE WHEN pg_catalog.isfinite(x) THEN pg_catalog.date_part('epoch', x::pg_catalog.timestamp) END"
            }
            Self::Span => "pg_catalog.date_part('epoch', x)",
        }
    }

    /// The text of a place, in a run `s`.
    fn label(self, place: &str) -> String {
        match self {
            // Fifteen digits are what a float8 holds; with more of them, 0.3 is no round value.
            Self::Whole | Self::Real => format!(
                "CASE WHEN {place} = 0 OR pg_catalog.abs({place}) BETWEEN 1e-6 AND 1e15 THEN ({place})::pg_catalog.numeric::pg_catalog.text ELSE ({place})::pg_catalog.text END"
            ),
            Self::Day => format!(
                "('1970-01-01'::pg_catalog.date + ({place})::pg_catalog.int4)::pg_catalog.text"
            ),
            // Where a run is days long, the hours of its ends say nothing.
            Self::Timestamp => {
                let place = format!(
                    "('1970-01-01'::pg_catalog.timestamp + ({place}) * '1 second'::pg_catalog.interval)"
                );
                format!(
                    "CASE WHEN s.width >= 86400 THEN {place}::pg_catalog.date::pg_catalog.text ELSE {place}::pg_catalog.text END"
                )
            }
            Self::Span => format!(
                "pg_catalog.justify_interval(({place}) * '1 second'::pg_catalog.interval)::pg_catalog.text"
            ),
        }
    }

    /// The widths that people count in, as items of an array; `None` where any will do that begins
    /// with a round digit.
    fn widths(self) -> Option<String> {
        let widths: Vec<f64> = match self {
            Self::Real => return None,
            Self::Whole | Self::Day => whole_widths(19).collect(),
            Self::Timestamp | Self::Span => {
                let parts = (-6..0).flat_map(|power| ROUND.map(|round| round * 10_f64.powi(power)));
                let seconds = [1., 1.5, 2., 3., 4., 5., 6., 8., 10., 15., 20., 30., 40.];
                let minutes = seconds.map(|width| width * 60.);
                let hours = [1., 1.5, 2., 3., 4., 6., 8., 12., 18.].map(|width| width * 3_600.);
                let days = whole_widths(8).map(|width| width * 86_400.);
                let wide = seconds.into_iter().chain(minutes).chain(hours);
                parts.chain(wide).chain(days).collect()
            }
        };
        let items: Vec<String> = widths.iter().map(ToString::to_string).collect();
        Some(items.join(","))
    }
}

/// The first digits of a round width.
const ROUND: [f64; 9] = [1., 1.5, 2., 2.5, 3., 4., 5., 6., 8.];

/// Round widths that are whole, of up to so many digits.
fn whole_widths(digits: i32) -> impl Iterator<Item = f64> {
    let all = (0..digits).flat_map(|power| ROUND.map(|round| round * 10_f64.powi(power)));
    all.filter(|width| width.fract() == 0.)
}

/// Whether a number is one to be added up: `oid` and the names of objects are numbers to the server.
fn is_added_up(column: &Column) -> bool {
    let name = column.type_name.as_str();
    column.kind() == Kind::Number && name != "oid" && !name.starts_with("reg")
}

/// The groups whose value is not NULL.
const VALUES: &str = "(SELECT x, n FROM g WHERE x IS DISTINCT FROM NULL) f";

/// The statement. Each of its rows is a fact: what it is, two texts, a number, and its place among
/// those of its kind: see [`crate::data::profile::Profile`].
///
/// - `rows`: how many have NULL, how many values there are; how many rows;
/// - `ends`: the least and the greatest value;
/// - `mean`, `length`: as they are called;
/// - `value`: one of the commonest, one character more than [`CUT`] long at most; its rows;
/// - `bucket`: from, to; its rows.
#[must_use]
pub fn profile(relation: &Relation, column: &Column, depth: Depth, extent: Extent) -> Fragment {
    let mut out = Fragment::default();
    let rows = looked_at(relation, column, depth, extent, &mut out);
    let axis = Axis::of(column).filter(|_| depth == Depth::Figures);
    let mut with =
        format!("WITH v AS ({rows}), g AS (SELECT x, pg_catalog.count(*) AS n FROM v GROUP BY x)");
    let mut facts = vec![
        "SELECT 'rows'::pg_catalog.text, \
         coalesce(pg_catalog.sum(n) FILTER (WHERE x IS NOT DISTINCT FROM NULL), 0)::pg_catalog.text, \
         pg_catalog.count(*) FILTER (WHERE x IS DISTINCT FROM NULL)::pg_catalog.text, \
         coalesce(pg_catalog.sum(n), 0)::pg_catalog.int8, 0::pg_catalog.int8 FROM g"
            .to_owned(),
        common(),
    ];
    // The order of JSON values, and of the two truth values, means nothing to anybody.
    if depth != Depth::Texts && !matches!(column.kind(), Kind::Boolean | Kind::Json) {
        facts.push(ends());
    }
    if depth == Depth::Figures && is_added_up(column) {
        facts.push(fact("mean", &mean(column)));
    }
    if depth == Depth::Texts || matches!(column.kind(), Kind::Text | Kind::Json) {
        facts.push(fact(
            "length",
            "pg_catalog.round(pg_catalog.sum(pg_catalog.length(pg_catalog.format('%s', x)) * n) / pg_catalog.sum(n), 1)",
        ));
    }
    if let Some(axis) = axis {
        with.push_str(&runs(axis));
        facts.push(buckets(axis));
    }
    out.sql = format!("{with} {}", facts.join(" UNION ALL "));
    out
}

/// The values of the rows that are looked at.
fn looked_at(
    relation: &Relation,
    column: &Column,
    depth: Depth,
    extent: Extent,
    out: &mut Fragment,
) -> String {
    let name = ident(&column.name);
    let value = match depth {
        Depth::Texts => whole(&name),
        _ => name,
    };
    match extent {
        Extent::All => format!("SELECT {value} AS x {}", source(relation, "", None, out)),
        Extent::Sample(share) => {
            let sampling = if has_pages(relation) {
                // A share of a million is a percentage with four digits after the point.
                format!(
                    " TABLESAMPLE SYSTEM ({}.{:04})",
                    share / 10_000,
                    share % 10_000
                )
            } else {
                String::new()
            };
            let from = source(relation, &sampling, None, out);
            format!("SELECT {value} AS x {from} LIMIT {SAMPLE}")
        }
    }
}

fn cut(value: &str) -> String {
    format!(
        "pg_catalog.left(pg_catalog.format('%s', {value}), {})",
        CUT + 1
    )
}

fn fact(what: &str, value: &str) -> String {
    format!(
        "SELECT '{what}', ({value})::pg_catalog.text, NULL::pg_catalog.text, 0::pg_catalog.int8, 0::pg_catalog.int8 FROM {VALUES}"
    )
}

fn common() -> String {
    format!(
        "SELECT 'value', {}, NULL, n, pg_catalog.row_number() OVER (ORDER BY n DESC, x) \
         FROM (SELECT x, n FROM {VALUES} ORDER BY n DESC, x LIMIT {COMMON}) c",
        cut("x")
    )
}

/// By sorting: not every type that has an order has a `min`.
fn ends() -> String {
    let end = |direction: &str| {
        format!(
            "(SELECT {} FROM {VALUES} ORDER BY f.x {direction} LIMIT 1)",
            cut("f.x")
        )
    };
    format!("SELECT 'ends', {}, {}, 0, 0", end("ASC"), end("DESC"))
}

fn mean(column: &Column) -> String {
    let number = match column.type_name.as_str() {
        "real" | "double precision" => "pg_catalog.float8",
        _ => "pg_catalog.numeric",
    };
    format!("pg_catalog.sum(x::{number} * n::{number}) / pg_catalog.sum(n)::{number}")
}

/// The values on the axis, its ends and the width of a run, and the runs that are not empty.
fn runs(axis: Axis) -> String {
    let raw = format!("(high / {RUNS} - low / {RUNS})");
    let width = axis.widths().map_or_else(
        || {
            let round: Vec<String> = ROUND.iter().map(ToString::to_string).collect();
            format!(
                "coalesce((SELECT pg_catalog.min(w) FROM (SELECT r * pg_catalog.power(10::pg_catalog.float8, pg_catalog.floor(pg_catalog.log({raw}))) AS w \
                 FROM pg_catalog.unnest('{{{},10}}'::pg_catalog.float8[]) r) w WHERE w >= {raw}), {raw})",
                round.join(",")
            )
        },
        |widths| {
            format!(
                "(SELECT pg_catalog.min(w) FROM pg_catalog.unnest('{{{widths}}}'::pg_catalog.float8[]) w WHERE w >= {raw})"
            )
        },
    );
    // Where the values differ in their last digits only, a float8 cannot tell the runs apart.
    format!(
        ", a AS (SELECT {} AS a, n FROM {VALUES}), \
         e AS (SELECT low, high, CASE WHEN high > low AND greatest(pg_catalog.abs(low), pg_catalog.abs(high)) / {raw} < 1e12 THEN {width} END AS width \
         FROM (SELECT pg_catalog.min(a) AS low, pg_catalog.max(a) AS high FROM a) m), \
         b AS (SELECT pg_catalog.floor(a / width) AS i, pg_catalog.sum(n)::pg_catalog.int8 AS n FROM a, e WHERE a IS NOT NULL AND width IS NOT NULL GROUP BY 1)",
        axis.place()
    )
}

/// All runs from the least value to the greatest one, empty ones among them.
fn buckets(axis: Axis) -> String {
    let to = match axis {
        Axis::Whole | Axis::Day => "((s.i + 1) * s.width - 1)",
        _ => "((s.i + 1) * s.width)",
    };
    format!(
        "SELECT 'bucket', {}, {}, coalesce(b.n, 0), s.k \
         FROM (SELECT k, pg_catalog.floor(low / width) + k AS i, width FROM e, \
         pg_catalog.generate_series(0, (pg_catalog.floor(high / width) - pg_catalog.floor(low / width))::pg_catalog.int4) k \
         WHERE width IS NOT NULL) s LEFT JOIN b ON b.i = s.i",
        axis.label("(s.i * s.width)"),
        axis.label(to)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Filter;
    use crate::data::column::tests;
    use crate::data::filter::{Condition, Operator};
    use crate::data::relation::{Allows, Identity, Paging};

    fn relation(column: &Column, kind: RelationKind) -> Relation {
        let condition = Condition::on_value(column, Some("it's"), false);
        Relation {
            oid: 1,
            schema: "public".to_owned(),
            name: "t".to_owned(),
            kind,
            columns: vec![column.clone()],
            locked_columns: 0,
            paging: Paging::Ctid,
            identity: Identity::Place,
            allows: Allows::default(),
            foreign_keys: Vec::new(),
            sort: Vec::new(),
            filter: Filter {
                conditions: vec![condition],
                free: None,
            },
        }
    }

    #[test]
    fn what_was_typed_is_a_parameter_and_a_name_is_quoted() {
        let column = tests::column("a b", "int4", 'N');
        let table = relation(&column, RelationKind::Table);
        assert_eq!(table.filter.conditions[0].operator, Operator::Equal);
        let all = profile(&table, &column, Depth::Figures, Extent::All);
        assert_eq!(all.params, ["it's"]);
        let begin = r#"WITH v AS (SELECT "a b" AS x FROM "public"."t" r WHERE "a b" = $1::pg_catalog.text::pg_catalog.int4)"#;
        assert!(all.sql.starts_with(begin), "{}", all.sql);
        let some = profile(&table, &column, Depth::Figures, Extent::Sample(12_345));
        let sampled = r#""public"."t" r TABLESAMPLE SYSTEM (1.2345) WHERE "#;
        assert!(some.sql.contains(sampled), "{}", some.sql);
        let view = relation(&column, RelationKind::View);
        let some = profile(&view, &column, Depth::Figures, Extent::Sample(12_345));
        assert!(!some.sql.contains("TABLESAMPLE") && some.sql.contains(" LIMIT 100000)"));
    }

    #[test]
    fn a_type_is_asked_what_suits_it() {
        let asked = |type_name: &str, category, depth| {
            let column = tests::column("a b", type_name, category);
            let sql = profile(
                &relation(&column, RelationKind::Table),
                &column,
                depth,
                Extent::All,
            )
            .sql;
            let facts = ["ends", "mean", "length", "bucket"];
            let asked = facts
                .iter()
                .filter(|fact| sql.contains(&format!("'{fact}'")));
            asked.copied().collect::<Vec<_>>().join(" ")
        };
        for (type_name, category, wanted) in [
            ("integer", 'N', "ends mean bucket"),
            ("numeric(12,4)", 'N', "ends mean bucket"),
            ("regclass", 'N', "ends"),
            ("timestamp(3) with time zone", 'D', "ends bucket"),
            ("interval", 'T', "ends bucket"),
            ("text", 'S', "ends length"),
            ("boolean", 'B', ""),
            ("jsonb", 'U', "length"),
            ("uuid", 'U', "ends"),
        ] {
            let depth = Depth::of(&tests::column("a b", type_name, category));
            assert_eq!(asked(type_name, category, depth), wanted, "{type_name}");
        }
        assert_eq!(asked("integer", 'N', Depth::Order), "ends");
        assert_eq!(asked("integer", 'N', Depth::Texts), "length");
        assert_eq!(Depth::of(&tests::column("a b", "xml", 'U')), Depth::Texts);
    }

    #[test]
    fn a_width_is_twice_the_one_before_at_most_so_that_no_histogram_is_coarse() {
        for axis in [Axis::Whole, Axis::Day, Axis::Timestamp, Axis::Span] {
            let widths = axis.widths().unwrap_or_default();
            let widths: Vec<f64> = widths.split(',').filter_map(|w| w.parse().ok()).collect();
            let coarse = widths.windows(2).find(|pair| pair[1] > pair[0] * 2.);
            assert_eq!(coarse, None, "{axis:?}");
            assert!(widths.windows(2).all(|pair| pair[0] < pair[1]), "{axis:?}");
        }
    }
}
