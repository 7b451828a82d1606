//! The types of parameters, and statements with values in their places, in a session of one's own.

use dbkeep::data::RowsBuilder;
use dbkeep::data::result::Transaction;
use dbkeep::pg::session::Piece;
use dbkeep::pg::{Session, link, parameters};
use dbkeep::sql::parameters::{Value, filled, numbered};

use crate::support::Database;

async fn run(session: &mut Session, sql: &str) -> Option<String> {
    let mut rows = RowsBuilder::new(0);
    let mut running = session.run(sql).await.unwrap();
    loop {
        match running.next(&mut rows, (10, 10_000)).await.unwrap() {
            Piece::Columns(columns) => rows = RowsBuilder::new(columns.len()),
            Piece::End => break,
            _ => {}
        }
    }
    let rows = rows.finish();
    rows.cell(0, 0)?.text.map(str::to_owned)
}

#[tokio::test]
async fn the_session_that_will_run_it_says_which_types_are_wanted() {
    let setup = "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE SCHEMA \"My\"; CREATE DOMAIN \"My\".\"Odd name\" AS int";
    let database = Database::with(setup).await;
    let mut session = Session::open(&database.connector(), link::nobody())
        .await
        .unwrap();
    run(
        &mut session,
        "CREATE TEMP TABLE own (id bigint, m mood, n \"My\".\"Odd name\", t varchar(3))",
    )
    .await;
    let sql = "SELECT * FROM own WHERE id = $1 AND m = $2 AND n = $3::\"My\".\"Odd name\" AND t = $4 LIMIT $5 -- ends";
    let wanted = ["bigint", "mood", "\"My\".\"Odd name\"", "text", "bigint"];
    assert_eq!(parameters::types(&mut session, sql).await.unwrap(), wanted);
    // What takes no parameters, or is wrong, has none that are known; a transaction outlives the question.
    for sql in [
        "SET work_mem = $1",
        "SELECT $1 FROM nowhere",
        "SELECT $1 +",
        "",
    ] {
        assert_eq!(
            parameters::types(&mut session, sql).await,
            Ok(Vec::new()),
            "{sql}"
        );
    }
    run(&mut session, "BEGIN").await;
    run(&mut session, "INSERT INTO own (id) VALUES (7)").await;
    assert_eq!(
        parameters::types(&mut session, "SELECT $1 FROM nowhere").await,
        Ok(Vec::new())
    );
    assert_eq!(
        parameters::types(&mut session, "SELECT $1::date")
            .await
            .unwrap(),
        ["date"]
    );
    assert_eq!(session.transaction(), Transaction::Open);
    assert_eq!(
        run(&mut session, "SELECT id FROM own").await.as_deref(),
        Some("7")
    );
    run(&mut session, "COMMIT").await;
    let left = "SELECT count(*) FROM pg_prepared_statements";
    assert_eq!(run(&mut session, left).await.as_deref(), Some("0"));
}

#[tokio::test]
async fn what_is_put_in_is_what_a_parameter_would_be() {
    let database =
        Database::with("CREATE TABLE t (id int, name text, made timestamptz, tags text[])").await;
    let mut session = Session::open(&database.connector(), link::nobody())
        .await
        .unwrap();
    let evil = "it's \\ \"q\" $1 :name \u{1b}[0m; DROP TABLE t; --";
    let sql = "INSERT INTO t VALUES (-(:id::int) + $1, :name, :made, :tags) RETURNING id || name || made::date || tags[2]";
    let names: Vec<String> = ["id", "1", "name", "made", "tags"]
        .map(str::to_owned)
        .to_vec();
    let types = parameters::types(&mut session, &numbered(sql, &names).unwrap())
        .await
        .unwrap();
    let values = ["5", "1", evil, "2026-11-24 10:00+00", "{a,\"b c\"}"];
    let value = |name: &str| {
        let at = names.iter().position(|own| own == name)?;
        Some(Value {
            text: Some(values[at].to_owned()),
            kind: types.get(at).cloned(),
        })
    };
    for conforming in ["on", "off"] {
        run(
            &mut session,
            &format!("SET standard_conforming_strings = {conforming}"),
        )
        .await;
        let (sent, _) = filled(sql, value);
        let returned = run(&mut session, &sent).await.unwrap();
        assert_eq!(returned, format!("-4{evil}2026-11-24b c"));
    }
    run(&mut session, "SET standard_conforming_strings = on").await;
    let (sent, _) = filled(
        "SELECT :name IS NULL AND pg_typeof(:name) = 'date'::regtype",
        |_| {
            Some(Value {
                text: None,
                kind: Some("date".to_owned()),
            })
        },
    );
    assert_eq!(run(&mut session, &sent).await.as_deref(), Some("t"));
    let (sent, _) = filled("SELECT 1 AS :\"name\", :'name'", |_| {
        Some(Value {
            text: Some(evil.to_owned()),
            kind: None,
        })
    });
    assert_eq!(run(&mut session, &sent).await.as_deref(), Some("1"));
}
