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
    let types = parameters::types(&mut session, sql).await.unwrap();
    let shown: Vec<&str> = types.iter().map(|kind| kind.shown.as_str()).collect();
    let casts: Vec<&str> = types.iter().map(|kind| kind.cast.as_str()).collect();
    assert_eq!(
        shown,
        ["bigint", "mood", "\"My\".\"Odd name\"", "text", "bigint"]
    );
    assert_eq!(
        casts,
        [
            "pg_catalog.int8",
            "public.mood",
            "pg_catalog.int4",
            "pg_catalog.text",
            "pg_catalog.int8"
        ]
    );
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
            .unwrap()[0]
            .shown,
        "date"
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
            kind: types.get(at).map(|kind| kind.cast.clone()),
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

#[tokio::test]
async fn a_value_that_is_too_long_is_refused_and_never_cut() {
    let database = Database::with(
        "CREATE DOMAIN short AS varchar(3); CREATE DOMAIN shorter AS short;
         CREATE TABLE t (c char(3), b bit(3), v varbit(3), d short, dd shorter, cs char(3)[], ds short[])",
    )
    .await;
    let mut session = Session::open(&database.connector(), link::nobody())
        .await
        .unwrap();
    for (column, fits, long) in [
        ("c", "abc", "abcdef"),
        ("b", "101", "10101"),
        ("v", "101", "10101"),
        ("d", "abc", "abcdef"),
        ("dd", "abc", "abcdef"),
        ("cs", "{abc}", "{abcdef}"),
        ("ds", "{abc}", "{abcdef}"),
    ] {
        let insert = format!("INSERT INTO t ({column}) VALUES ($1) RETURNING {column}");
        let kind = parameters::types(&mut session, &insert)
            .await
            .unwrap()
            .remove(0);
        let with = |text: &str| {
            let value = Value {
                text: Some(text.to_owned()),
                kind: Some(kind.cast.clone()),
            };
            filled(&insert, |_| Some(value.clone())).0
        };
        assert_eq!(
            run(&mut session, &with(fits)).await.as_deref(),
            Some(fits),
            "{column}"
        );
        let mut rows = RowsBuilder::new(1);
        let sent = with(long);
        let mut running = session.run(&sent).await.unwrap();
        let failed = loop {
            match running.next(&mut rows, (10, 10_000)).await {
                Ok(Piece::End) => break None,
                Ok(_) => {}
                Err(fault) => break fault.sqlstate,
            }
        };
        assert!(
            matches!(failed.as_deref(), Some("22001" | "22026")),
            "{column}: {failed:?}"
        );
        // And what is looked for is what was typed; of an array of a domain even that is refused.
        if column == "ds" {
            continue;
        }
        let delete = format!("DELETE FROM t WHERE {column} = $1 RETURNING {column}");
        let kind = parameters::types(&mut session, &delete).await.unwrap();
        let (sent, _) = filled(&delete, |_| {
            Some(Value {
                text: Some(long.to_owned()),
                kind: kind.first().map(|kind| kind.cast.clone()),
            })
        });
        assert_eq!(run(&mut session, &sent).await, None, "{column}");
    }
}
