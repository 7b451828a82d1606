//! In a read-only session nothing is written, whatever is tried.

use dbkeep::data::edits::{Change, Staged, Who, Written};
use dbkeep::fault::Outcome;
use dbkeep::pg::{Link, Pool, Session, apply, guarded, link, statement};
use std::collections::BTreeMap;
use std::sync::Arc;

use dbkeep::data::edits::Input;

use crate::session::all;
use crate::support::{Database, value};

const KEPT: &str = "
    CREATE TABLE kept (id int PRIMARY KEY, n int); INSERT INTO kept VALUES (1, 1);
    CREATE FUNCTION unguard() RETURNS int LANGUAGE plpgsql AS $$
        BEGIN PERFORM set_config('transaction_read_only', 'off', false); DELETE FROM kept; RETURN 1; END $$;
    CREATE FUNCTION unguarded() RETURNS void LANGUAGE sql SET transaction_read_only = off AS 'DELETE FROM kept';
    CREATE PROCEDURE committing() LANGUAGE plpgsql AS $$
        BEGIN COMMIT; SET TRANSACTION READ WRITE; DELETE FROM kept; END $$;
    CREATE PROCEDURE catching() LANGUAGE plpgsql AS $$
        BEGIN BEGIN SET TRANSACTION READ WRITE; EXCEPTION WHEN OTHERS THEN NULL; END; DELETE FROM kept; END $$;
    CREATE FUNCTION caught() RETURNS void LANGUAGE plpgsql AS $$
        BEGIN DELETE FROM kept; EXCEPTION WHEN OTHERS THEN
            PERFORM set_config('transaction_read_only', 'off', true); DELETE FROM kept; END $$";

async fn read_only(database: &Database) -> Link {
    let connector = database.connector().read_only(true);
    Link::open(&connector, link::nobody()).await.unwrap()
}

/// Runs statements as `dbkeep sql --read-only` does once they have passed its first look.
async fn run(session: &mut Session, statements: &[&str]) -> Outcome<()> {
    for sql in statements {
        guarded::begin(session, sql).await?;
        session.run(sql).await?.drain().await?;
        guarded::end(session).await?;
    }
    Ok(())
}

async fn session(database: &Database) -> Session {
    let connector = database.connector().read_only(true);
    Session::open(&connector, link::nobody()).await.unwrap()
}

#[tokio::test]
async fn no_statement_makes_a_read_only_session_write() {
    let database = Database::with(KEPT).await;
    let attacks: &[&[&str]] = &[
        &["DELETE FROM kept"],
        &["SET transaction_read_only = off", "DELETE FROM kept"],
        &[
            "SET default_transaction_read_only = off",
            "DELETE FROM kept",
        ],
        &[
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
            "DELETE FROM kept",
        ],
        &[
            "SELECT set_config('default_transaction_read_only', 'off', false)",
            "DELETE FROM kept",
        ],
        &["RESET ALL", "DELETE FROM kept"],
        &["SET TRANSACTION READ WRITE"],
        &["BEGIN READ WRITE", "DELETE FROM kept"],
        &["COMMIT", "DELETE FROM kept"],
        &["ROLLBACK AND CHAIN", "DELETE FROM kept"],
        &[
            "COMMIT AND CHAIN",
            "SET TRANSACTION READ WRITE",
            "DELETE FROM kept",
        ],
        &["COMMIT; SET TRANSACTION READ WRITE; DELETE FROM kept"],
        &["COMMIT; BEGIN READ WRITE; DELETE FROM kept; COMMIT"],
        &["ROLLBACK; SET default_transaction_read_only = off; DELETE FROM kept"],
        &["SELECT 1; DELETE FROM kept"],
        &[
            "SET standard_conforming_strings = off",
            "SELECT '\\'; COMMIT; DELETE FROM kept; --'",
        ],
        &["SELECT '\\'; COMMIT; DELETE FROM kept; --'"],
        &["SELECT unguard()"],
        &["SELECT unguarded()"],
        &["SELECT caught()"],
        &["CALL committing()"],
        &["CALL catching()"],
        &["DO $$ BEGIN COMMIT; SET TRANSACTION READ WRITE; DELETE FROM kept; END $$"],
        &["DO $$ BEGIN EXECUTE 'SET transaction_' || 'read_only = off'; DELETE FROM kept; END $$"],
        &["PREPARE p AS DELETE FROM kept", "EXECUTE p"],
        &["SAVEPOINT s; ROLLBACK TO s; SET TRANSACTION READ WRITE; DELETE FROM kept"],
        &["EXPLAIN ANALYZE DELETE FROM kept"],
        &["WITH w AS (DELETE FROM kept RETURNING 1) SELECT * FROM w"],
        &["UPDATE pg_settings SET setting = 'off' WHERE name = 'default_transaction_read_only'"],
        &["ALTER SYSTEM SET default_transaction_read_only = off"],
        &["ALTER DATABASE postgres SET default_transaction_read_only = off"],
        &["VACUUM kept"],
        &["CREATE TABLE another ()"],
        &["COPY kept FROM PROGRAM 'echo 7'"],
        &["DISCARD ALL", "DELETE FROM kept"],
    ];
    for attack in attacks {
        let mut session = session(&database).await;
        // Some statements do nothing, and are let through; none of them may write.
        let _ = run(&mut session, attack).await;
        drop(session);
        let count = database
            .value("SELECT count(*) || ' ' || sum(n) FROM kept")
            .await;
        assert_eq!(count, "1 1", "{attack:?}");
        let another = "SELECT to_regclass('another') IS NULL";
        assert_eq!(database.value(another).await, "t", "{attack:?}");
    }
}

#[tokio::test]
async fn what_only_reads_works_and_what_it_sets_stays() {
    let database = Database::with(KEPT).await;
    let mut session = session(&database).await;
    let reading = [
        "SET search_path = pg_catalog, public",
        "SELECT n FROM kept",
        "SHOW search_path",
    ];
    run(&mut session, &reading).await.unwrap();
    // What was heard of the statements when they were read is not taken for what they give.
    let (said, rows, _) = all(&mut session, "SHOW search_path").await;
    assert_eq!(said, ["columns search_path", "SHOW"]);
    let path = rows.unwrap().values(0, &[0]);
    assert_eq!(path, [Some("pg_catalog, public".to_owned())]);
    let fault = run(&mut session, &["DELETE FROM kept"]).await.unwrap_err();
    assert_eq!(fault.sqlstate.as_deref(), Some("25006"));
}

/// Without the transaction the setting alone would not do.
#[tokio::test]
async fn a_pooled_session_is_read_only_again_when_it_is_used_again() {
    let database = Database::with(KEPT).await;
    let link = read_only(&database).await;
    let off = "SELECT set_config('default_transaction_read_only', 'off', false)";
    statement::run(&link, off).await.unwrap();
    assert_eq!(value(&link, "SHOW transaction_read_only").await, "off");
    let pool = Pool::new(database.connector().read_only(true), link::nobody()).unwrap();
    let link = pool.link().await.unwrap();
    statement::run(&link, off).await.unwrap();
    drop(link);
    let link = pool.link().await.unwrap();
    assert_eq!(value(&link, "SHOW transaction_read_only").await, "on");
}

#[tokio::test]
async fn a_relation_says_that_nothing_may_be_written_and_the_server_refuses_it_too() {
    let database = Database::with(KEPT).await;
    let object = database.object("kept").await;
    let link = read_only(&database).await;
    let relation = dbkeep::pg::introspect::relation(&link, &object)
        .await
        .unwrap();
    let allows = relation.allows;
    assert!(!allows.insert && !allows.update && !allows.delete);
    assert_eq!(allows.reason(), "this session is read-only");
    let free = database.relation("kept").await.allows;
    assert!(free.insert && free.update && free.delete && !free.read_only);
    let pool = Pool::new(database.connector().read_only(true), link::nobody()).unwrap();
    let change = Staged {
        who: Who::Old(vec![Some("1".to_owned())]),
        seen: vec![Some("1".to_owned()), Some("1".to_owned())],
        change: Change::Update(BTreeMap::from([("n".to_owned(), Input::Null)])),
    };
    let written = apply::apply(
        &pool,
        pool.pinned().await.unwrap(),
        &[(Arc::new(relation), change)],
    )
    .await
    .unwrap();
    let Written::Refused { fault, .. } = written else {
        panic!("not refused: {written:?}");
    };
    assert_eq!(fault.sqlstate.as_deref(), Some("25006"));
    assert_eq!(database.value("SELECT n FROM kept").await, "1");
}
