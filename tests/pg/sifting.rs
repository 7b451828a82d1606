//! Rows of a result, filtered and sorted where they are held, beside what the server says.

use std::sync::Arc;

use dbkeep::data::filter::{Condition, Operator};
use dbkeep::data::relation::Relation;
use dbkeep::data::{Direction, Filter, Nulls, OrderKey, Rows};
use dbkeep::studio::work::console::{Ask, Told};
use dbkeep::studio::work::{DbReply, Ticket};

use crate::console::Console;
use crate::support::Database;

/// Numbers of every kind and size, text in the order of its code points, NULLs and many that are equal;
/// wide enough that most of it goes into the file.
const MIXED: &str = "
    SELECT setseed(0.5);
    CREATE TABLE mixed AS
    SELECT g AS id,
           CASE WHEN g % 11 = 0 THEN NULL
                ELSE round((random() * 2000 - 1000)::numeric, g % 4) * 10::numeric ^ (g % 40 - 20) END AS n,
           CASE WHEN g % 97 = 0 THEN 'NaN' WHEN g % 89 = 0 THEN '-Infinity' WHEN g % 83 = 0 THEN 'Infinity'
                ELSE (random() * 2 - 1) * 10.0 ^ (g % 600 - 300) END::float8 AS f,
           (random() * 40 - 20)::int AS i,
           CASE WHEN g % 7 = 0 THEN NULL ELSE chr(65 + g % 60) || repeat('é', g % 3) || g % 5 END COLLATE \"C\" AS t,
           g % 3 = 0 AS b,
           repeat('wide ', 300) AS filler
      FROM generate_series(1, 6000) g";

fn key(column: &str, direction: Direction, nulls: Nulls) -> OrderKey {
    OrderKey {
        column: column.to_owned(),
        cast: String::new(),
        operators: None,
        direction,
        nulls,
        nullable: true,
    }
}

fn condition(column: &str, operator: Operator, value: &str, or: bool) -> Condition {
    Condition {
        column: column.to_owned(),
        operator,
        values: vec![value.to_owned()],
        or,
    }
}

/// What was asked of a run, as it is told.
async fn told(console: &mut Console, ask: Ask) -> Result<Told, DbReply> {
    let ticket = console.ask(ask);
    match console.end(ticket).await {
        (mut told, DbReply::Done) => Ok(told.remove(0)),
        (_, reply) => Err(reply),
    }
}

async fn order(console: &mut Console, run: Ticket, relation: Relation) -> Vec<u32> {
    match told(console, Ask::Sift(run, Arc::new(relation))).await {
        Ok(Told::Sifted(order)) => order.to_vec(),
        other => panic!("{other:?}"),
    }
}

async fn rows(console: &mut Console, run: Ticket, numbers: Vec<u32>) -> Arc<Rows> {
    match told(console, Ask::Rows(run, numbers)).await {
        Ok(Told::Rows(rows)) => rows,
        other => panic!("{other:?}"),
    }
}

fn ids(rows: &Rows) -> Vec<String> {
    let rows = (0..rows.len()).map(|row| rows.values(row, &[0]).remove(0).unwrap());
    rows.collect()
}

#[tokio::test]
async fn rows_are_filtered_and_sorted_as_the_server_would() {
    let database = Database::with(MIXED).await;
    let (mut console, _) = Console::listening(&database).await;
    let run = console.run("SELECT * FROM mixed ORDER BY id", None);
    let (parts, _) = console.end(run).await;
    let Some(Told::Columns(columns)) = parts.first() else {
        panic!("{parts:?}");
    };
    let all = Relation::of_result(columns.clone());
    let sorts = [
        ("n", vec![key("n", Direction::Ascending, Nulls::Last)]),
        (
            "n DESC",
            vec![key("n", Direction::Descending, Nulls::First)],
        ),
        ("f", vec![key("f", Direction::Ascending, Nulls::Last)]),
        (
            "i DESC NULLS LAST, t NULLS FIRST",
            vec![
                key("i", Direction::Descending, Nulls::Last),
                key("t", Direction::Ascending, Nulls::First),
            ],
        ),
        (
            "b, f DESC",
            vec![
                key("b", Direction::Ascending, Nulls::Last),
                key("f", Direction::Descending, Nulls::First),
            ],
        ),
    ];
    let filters = [
        ("true", vec![]),
        (
            "n > -0.5",
            vec![condition("n", Operator::Greater, "-0.5", false)],
        ),
        (
            "i <= 3.0 AND t ILIKE '%é%'",
            vec![
                condition("i", Operator::AtMost, "3.0", false),
                condition("t", Operator::Contains, "É", false),
            ],
        ),
        (
            "t < 'P' OR b",
            vec![
                condition("t", Operator::Less, "P", false),
                condition("b", Operator::IsTrue, "", true),
            ],
        ),
        (
            "f = 'Infinity'",
            vec![condition("f", Operator::Equal, "Infinity", false)],
        ),
    ];
    for (by, sort) in sorts {
        for (wanted, conditions) in &filters {
            let filter = Filter {
                conditions: conditions.clone(),
                free: None,
            };
            let order = order(&mut console, run, all.shown(&sort, &filter)).await;
            let mut found = Vec::new();
            for numbers in order.chunks(500) {
                let picked = rows(&mut console, run, numbers.to_vec()).await;
                found.extend(ids(&picked));
            }
            let sql = format!(
                "SELECT string_agg(id::text, ',' ORDER BY {by}, id) FROM mixed WHERE {wanted}"
            );
            assert_eq!(
                found.join(","),
                database.value(&sql).await,
                "{by} where {wanted}"
            );
        }
    }
    let wrong = Filter {
        conditions: vec![condition("n", Operator::Equal, "ten", false)],
        free: None,
    };
    let ask = Ask::Sift(run, Arc::new(all.shown(&[], &wrong)));
    let refused = told(&mut console, ask).await;
    assert!(matches!(refused, Err(DbReply::Failed(fault)) if fault.what == "ten is no number"));
    assert!(
        told(&mut console, Ask::Rows(run, vec![6_000]))
            .await
            .is_err()
    );
    console.ask(Ask::Forget(run));
    assert!(told(&mut console, Ask::Rows(run, vec![0])).await.is_err());
}

#[tokio::test]
async fn what_is_loaded_is_sifted_while_the_server_waits_with_the_rest() {
    let database = Database::with("SELECT 1").await;
    let (mut console, _) = Console::listening(&database).await;
    let run = console.run(
        "SELECT g, g % 10 FROM generate_series(1, 1000000) g",
        Some(1_000),
    );
    let enough =
        |told: &Told| matches!(told, Told::Grown(chunk) if chunk.first + chunk.len as u64 == 1_000);
    let parts = console.until(run, enough).await;
    let Some(Told::Columns(columns)) = parts.first() else {
        panic!("{parts:?}");
    };
    let mut columns = columns.clone();
    columns[1].name = "digit".to_owned();
    let all = Relation::of_result(columns);
    let by_digit = [key("digit", Direction::Descending, Nulls::First)];
    let order = order(&mut console, run, all.shown(&by_digit, &Filter::default())).await;
    assert_eq!(order.len(), 1_000);
    let first = rows(&mut console, run, order[..3].to_vec()).await;
    assert_eq!(ids(&first), ["9", "19", "29"]);
    // The run itself goes on as if nothing had been asked.
    console.server.cancel(run);
    assert_eq!(console.end(run).await.1, DbReply::Cancelled);
}
