//! The profile of a column: every type has one, and its figures are those of SQL written by hand.

use std::time::Duration;

use dbkeep::data::Filter;
use dbkeep::data::filter::{Condition, Operator};
use dbkeep::data::profile::Profile;
use dbkeep::data::relation::Relation;
use dbkeep::pg::{Link, introspect, profile};
use dbkeep::sql::quote::{ident, qualified};

use crate::support::Database;

async fn of(link: &Link, relation: &Relation, column: &str) -> Profile {
    let at = relation.column(column).unwrap();
    let found = profile::whole(link, relation, at, Duration::ZERO).await;
    let found = found.unwrap_or_else(|fault| panic!("{}.{column}: {fault}", relation.name));
    found.expect("no deadline was given")
}

/// Every relation of a database: each column has a profile, with the rows counted right.
async fn every_column_has_one(database: &Database, system: bool) -> usize {
    let link = database.link().await;
    let catalog = introspect::catalog(&link, system).await.unwrap();
    let mut looked_at = 0;
    for object in catalog.objects.iter().filter(|o| o.kind.is_counted()) {
        let relation = introspect::relation(&link, object).await.unwrap();
        for column in &relation.columns {
            let name = ident(&column.name);
            let table = qualified(&relation.schema, &relation.name);
            let wanted = database
                .value(&format!(
                    "SELECT count(*) || ' ' || count(*) FILTER (WHERE {name} IS NOT DISTINCT FROM NULL) FROM {table}"
                ))
                .await;
            let found = of(&link, &relation, &column.name).await;
            let place = format!("{}.{}", relation.name, column.name);
            // Other tests change what the databases of a server share.
            if !system {
                assert_eq!(format!("{} {}", found.rows, found.nulls), wanted, "{place}");
            }
            assert!(found.distinct <= found.rows - found.nulls, "{place}");
            assert_eq!(found.common.is_empty(), found.distinct == 0, "{place}");
            let in_buckets: u64 = found.buckets.iter().map(|bucket| bucket.count).sum();
            assert!(in_buckets <= found.rows - found.nulls, "{place}");
            assert!(found.buckets.len() <= 20, "{place}: {:?}", found.buckets);
            looked_at += 1;
        }
    }
    looked_at
}

#[tokio::test]
async fn every_type_has_one() {
    let database = Database::new().await;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/hostile.sql");
    database.psql(&["-q", "-v", "ON_ERROR_STOP=1", "-f", file]);
    assert!(every_column_has_one(&database, false).await > 45);
}

#[tokio::test]
async fn every_type_of_the_system_has_one() {
    let database = Database::new().await;
    assert!(every_column_has_one(&database, true).await > 500);
}

#[tokio::test]
async fn what_cannot_be_added_up_or_compared_has_one() {
    let database = Database::with(
        "CREATE DOMAIN ref AS oid; CREATE DOMAIN day AS date; CREATE DOMAIN doc AS json;
         CREATE TYPE docs AS (a int, b json);
         CREATE TABLE t (huge numeric, large float8, tiny float8, whole bigint, near bigint, r ref, d day, j doc,
             c docs, js json[], ps point[], dates date, stamps timestamp, years interval, e text, same int,
             far float8, low real);
         INSERT INTO t SELECT 10::numeric ^ (i * 50), (i - 4) * 4e307, i * 5e-324, (i - 4) * 2305843009213693951,
             9223372036854775800 + i, i, date '2020-01-01' + i, json_build_object('i', i), ROW(i, '[1]')::docs,
             ARRAY['1'::json], ARRAY[point(i, i)], CASE i WHEN 1 THEN 'infinity' WHEN 2 THEN '4713-01-01 BC'
             WHEN 3 THEN '5874897-12-31' ELSE 'today' END::date, CASE i WHEN 1 THEN '-infinity' WHEN 2 THEN
             '4713-01-01 BC' ELSE '294276-12-31 23:59:59' END::timestamp, (i - 3) * interval '1000 years', '', 7,
             CASE WHEN i = 1 THEN 1e-300 ELSE 1e300 END, i / 3.0 FROM generate_series(1, 7) i",
    )
    .await;
    assert_eq!(every_column_has_one(&database, false).await, 18);
    let (link, relation) = (database.link().await, database.relation("t").await);
    let found = of(&link, &relation, "js").await;
    assert_eq!((found.rows, found.distinct), (7, 1));
    assert_eq!(found.common[0].text, "{1}");
    let found = of(&link, &relation, "c").await;
    assert_eq!((found.distinct, found.least), (7, None), "by its text");
    assert_eq!(found.length.as_deref(), Some("7.0"));
    let found = of(&link, &relation, "d").await;
    assert_eq!(found.greatest.as_deref(), Some("2020-01-08"));
    assert!(of(&link, &relation, "same").await.buckets.is_empty());
}

const THINGS: &str = "
    CREATE TABLE thing (id int PRIMARY KEY, n numeric(8, 2), f float8, t text, born timestamptz, day date, b boolean,
        at time, u uuid);
    INSERT INTO thing SELECT i, nullif(i % 40, 0) * 1.5, i / 8.0, 'kind ' || repeat('x', i % 7), timestamptz '2024-03-05 10:17:00+00' +
        i * interval '7 hours', date '2024-01-03' + i, i % 3 = 0, time '08:00' + i * interval '1 minute',
        md5((i % 4)::text)::uuid FROM generate_series(1, 500) i";

#[tokio::test]
async fn the_figures_are_those_of_sql_written_by_hand() {
    let database = Database::with(THINGS).await;
    let (link, relation) = (database.link().await, database.relation("thing").await);
    for (column, mean, least) in [
        ("id", "avg(id)", "min(id)"),
        ("n", "avg(n)", "min(n)"),
        ("f", "avg(f)", "min(f)"),
        ("t", "NULL", "min(t)"),
        ("born", "NULL", "min(born)"),
        ("day", "NULL", "min(day)"),
        ("at", "NULL", "min(at)"),
        ("u", "NULL", "min(u::text)"),
    ] {
        let found = of(&link, &relation, column).await;
        let texts = [
            found.rows.to_string(),
            found.nulls.to_string(),
            found.distinct.to_string(),
            found.least.clone().unwrap(),
            found.greatest.clone().unwrap(),
            found.mean.clone().unwrap_or_default(),
        ];
        let greatest = least.replace("min", "max");
        let sql = format!(
            "SELECT count(*), count(*) - count({column}), count(DISTINCT {column}), {least}, {greatest}, {mean} FROM thing"
        );
        let wanted = database.psql(&["-c", "SET timezone = 'UTC'", "-q", "-c", &sql]);
        let wanted: Vec<&str> = wanted.trim_end_matches('\n').split('|').collect();
        let same = |(found, wanted): (&String, &&str)| {
            found == wanted || found.trim_end_matches("+00") == wanted.trim_end_matches("+00")
        };
        assert!(texts.iter().zip(&wanted).all(same), "{texts:?} {wanted:?}");
    }
    let found = of(&link, &relation, "t").await;
    let sql = "SELECT round(avg(length(t)), 1) FROM thing";
    assert_eq!(found.length.unwrap(), database.value(sql).await);
    let common: Vec<(&str, u64)> = found
        .common
        .iter()
        .map(|value| (value.text.as_str(), value.count))
        .collect();
    assert_eq!(common[0], ("kind x", 72));
    assert_eq!(common[6], ("kind xxxxxx", 71));
    let found = of(&link, &relation, "b").await;
    assert_eq!(found.common[0].text, "f");
    assert_eq!((found.least, found.distinct), (None, 2));
}

#[tokio::test]
async fn the_runs_of_a_histogram_are_round_and_hold_every_value() {
    let database = Database::with(THINGS).await;
    let (link, relation) = (database.link().await, database.relation("thing").await);
    for (column, from, to, second) in [
        ("id", "0", "29", "30"),
        ("n", "0", "4", "4"),
        ("f", "0", "4", "4"),
        ("day", "2023-12-19", "2024-01-17", "2024-01-18"),
        ("at", "08:00:00", "08:30:00", "08:30:00"),
    ] {
        let found = of(&link, &relation, column).await;
        let counted: u64 = found.buckets.iter().map(|bucket| bucket.count).sum();
        assert_eq!(counted, found.rows - found.nulls, "{column}");
        let first = &found.buckets[0];
        let ends = (first.from.as_str(), first.to.as_str());
        assert_eq!(ends, (from, to), "{column}");
        assert_eq!(found.buckets[1].from, second, "{column}");
        let (least, most) = (10, 20);
        assert!((least..=most).contains(&found.buckets.len()), "{column}");
    }
    let found = of(&link, &relation, "n").await;
    let sql = "SELECT count(*) FROM thing WHERE n >= 8 AND n < 12";
    assert_eq!(
        found.buckets[2].count.to_string(),
        database.value(sql).await
    );
    // A day begins at midnight of the session's own time.
    let found = of(&link, &relation, "born").await;
    assert!(
        found.buckets.iter().all(|bucket| bucket.from.len() == 10),
        "{:?}",
        found.buckets
    );
}

#[tokio::test]
async fn it_is_of_the_rows_that_the_filter_wants() {
    let database = Database::with(THINGS).await;
    let (link, relation) = (database.link().await, database.relation("thing").await);
    let filter = Filter {
        conditions: vec![Condition::read("id", Operator::AtMost, "100").unwrap()],
        free: Some("b -- every third".to_owned()),
    };
    let filtered = relation.shown(&[], &filter);
    let found = of(&link, &filtered, "id").await;
    assert_eq!((found.rows, found.distinct), (33, 33));
    assert!(found.is_unique());
    let filter = Filter {
        free: Some("no_column".to_owned()),
        ..Filter::default()
    };
    let at = relation.column("id").unwrap();
    let wrong = profile::whole(&link, &relation.shown(&[], &filter), at, Duration::ZERO).await;
    assert_eq!(wrong.unwrap_err().sqlstate.as_deref(), Some("42703"));
}

#[tokio::test]
async fn a_sample_is_taken_where_all_rows_take_too_long() {
    let database = Database::with(
        "CREATE TABLE t AS SELECT i FROM generate_series(1, 300000) i;
         CREATE VIEW v AS SELECT i FROM t; CREATE MATERIALIZED VIEW m AS TABLE t;
         CREATE TABLE p (i int) PARTITION BY RANGE (i); CREATE TABLE p1 PARTITION OF p DEFAULT;
         INSERT INTO p TABLE t; CREATE TABLE none (i int);
         CREATE VIEW slow AS SELECT i, pg_sleep(0.01)::text AS slept FROM t",
    )
    .await;
    let link = database.link().await;
    let limit = Duration::from_secs(10);
    for name in ["t", "v", "m", "p"] {
        let relation = database.relation(name).await;
        let found = profile::sample(&link, &relation, 0, limit).await.unwrap();
        assert!(found.is_sample, "{name}");
        assert_eq!((found.rows, found.distinct), (100_000, 100_000), "{name}");
    }
    let empty = database.relation("none").await;
    let found = profile::sample(&link, &empty, 0, limit).await.unwrap();
    assert_eq!((found.rows, found.distinct), (0, 0));
    let slow = database.relation("slow").await;
    let filter = Filter {
        free: Some("slept = ''".to_owned()),
        ..Filter::default()
    };
    let slow = slow.shown(&[], &filter);
    let short = Duration::from_millis(100);
    let whole = profile::whole(&link, &slow, 0, short).await;
    assert_eq!(whole, Ok(None));
    let fault = profile::sample(&link, &slow, 0, short).await.unwrap_err();
    assert!(fault.remedy.is_some(), "{fault}");
}
