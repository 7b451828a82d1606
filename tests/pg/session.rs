//! A session of a person's own: what it says, in which order, and how it ends.

use dbkeep::data::result::Transaction;
use dbkeep::data::{Rows, RowsBuilder};
use dbkeep::fault::Fault;
use dbkeep::pg::session::Piece;
use dbkeep::pg::{Session, link};

use crate::support::Database;

/// Everything that comes of a text, one word each; rows are gathered.
pub async fn all(session: &mut Session, sql: &str) -> (Vec<String>, Option<Rows>, Option<Fault>) {
    let mut said = Vec::new();
    let mut rows = RowsBuilder::new(0);
    let mut any = false;
    let mut running = session.run(sql).await.unwrap();
    let fault = loop {
        match running.next(&mut rows, (1_000_000, 64 << 20)).await {
            Ok(Piece::Columns(columns)) => {
                rows = RowsBuilder::new(columns.len());
                any = true;
                let names = columns.iter().map(|column| column.name.clone());
                said.push(format!("columns {}", names.collect::<Vec<_>>().join(",")));
            }
            Ok(Piece::Rows { .. } | Piece::Waits | Piece::Wanted(_) | Piece::Copied { .. }) => {}
            Ok(Piece::Tag(tag)) => said.push(tag),
            Ok(Piece::Notice(notice)) => said.push(format!("{}: {}", notice.severity, notice.text)),
            Ok(Piece::Notification(note)) => said.push(format!("heard {}", note.payload)),
            Ok(Piece::End) => break None,
            Err(fault) => break Some(fault),
        }
    };
    (said, any.then(|| rows.finish()), fault)
}

pub async fn open(database: &Database) -> Session {
    Session::open(&database.connector(), link::nobody())
        .await
        .unwrap()
}

#[tokio::test]
async fn tags_columns_and_the_state_of_the_transaction_are_the_servers_own_words() {
    let database = Database::with("CREATE TABLE t (id int PRIMARY KEY, name varchar(20))").await;
    let mut session = open(&database).await;
    let (said, rows, fault) = all(&mut session, "INSERT INTO t VALUES (1, 'a'), (2, NULL)").await;
    assert_eq!(
        (said, rows, fault),
        (vec!["INSERT 0 2".to_owned()], None, None)
    );
    assert_eq!(session.transaction(), Transaction::Idle);
    all(&mut session, "BEGIN").await;
    assert_eq!(session.transaction(), Transaction::Open);
    let (said, rows, _) = all(
        &mut session,
        "SELECT id, name, id + 1 AS next FROM t ORDER BY 1",
    )
    .await;
    assert_eq!(said, ["columns id,name,next", "SELECT 2"]);
    let rows = rows.unwrap();
    assert_eq!(
        rows.values(1, &[0, 1, 2]),
        [Some("2".to_owned()), None, Some("3".to_owned())]
    );
    let (_, _, fault) = all(&mut session, "SELECT 1 / 0").await;
    assert_eq!(fault.unwrap().sqlstate.as_deref(), Some("22012"));
    assert_eq!(session.transaction(), Transaction::Failed);
    let (said, _, _) = all(&mut session, "ROLLBACK").await;
    assert_eq!(
        (said, session.transaction()),
        (vec!["ROLLBACK".to_owned()], Transaction::Idle)
    );
    // What says nothing has no tag.
    let (said, _, fault) = all(&mut session, " -- nothing").await;
    assert_eq!((said, fault), (vec![String::new()], None));
}

#[tokio::test]
async fn what_a_column_is_of_is_described() {
    let database = Database::with("CREATE TABLE t (id int PRIMARY KEY, name varchar(20))").await;
    let mut session = open(&database).await;
    let oid: u32 = database
        .value("SELECT 't'::regclass::oid")
        .await
        .parse()
        .unwrap();
    let mut rows = RowsBuilder::new(0);
    let mut running = session.run("SELECT name, 1.5 FROM t").await.unwrap();
    let Ok(Piece::Columns(columns)) = running.next(&mut rows, (1, 1)).await else {
        panic!("no columns");
    };
    running.drain().await.unwrap();
    let facts: Vec<_> = columns
        .iter()
        .map(|c| (c.origin.table, c.origin.attribute, c.kind, c.modifier))
        .collect();
    assert_eq!(facts, [(oid, 2, 1043, 24), (0, 0, 1700, -1)]);
}

#[tokio::test]
async fn notices_come_in_between_and_a_storm_of_them_harms_nobody() {
    let database = Database::with("SELECT 1").await;
    let mut session = open(&database).await;
    let (said, _, _) = all(
        &mut session,
        "DO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two'; END $$",
    )
    .await;
    assert_eq!(said, ["NOTICE: one", "WARNING: two", "DO"]);
    let storm = "DO $$ BEGIN FOR i IN 1..100000 LOOP RAISE NOTICE '%', i; END LOOP; END $$";
    let (said, _, fault) = all(&mut session, storm).await;
    assert_eq!((said.last().map(String::as_str), fault), (Some("DO"), None));
    let (mut said, _, _) = all(&mut session, "LISTEN news; NOTIFY news, 'it rains'").await;
    said.sort();
    assert_eq!(said, ["LISTEN", "NOTIFY", "heard it rains"]);
}

#[tokio::test]
async fn rows_that_nobody_takes_wait_at_the_server_and_a_wish_to_cancel_is_proven_there() {
    let database = Database::with("SELECT 1").await;
    let mut session = open(&database).await;
    let (_, rows, _) = all(&mut session, "SELECT pg_backend_pid()").await;
    let process = rows.unwrap().values(0, &[0])[0].clone().unwrap();
    let state = format!("SELECT state FROM pg_stat_activity WHERE pid = {process}");
    let mut rows = RowsBuilder::new(1);
    let mut running = session
        .run("SELECT g, repeat('x', 1000) FROM generate_series(1, 10000000) g")
        .await
        .unwrap();
    running.next(&mut rows, (10, 1 << 20)).await.unwrap();
    let mut rows = RowsBuilder::new(2);
    while rows.len() < 10 {
        running.next(&mut rows, (10, 1 << 20)).await.unwrap();
    }
    assert_eq!(rows.len(), 10);
    assert_eq!(database.value(&state).await, "active");
    let canceller = running.canceller();
    let ((), drained) = tokio::join!(canceller.cancel(), running.drain());
    assert!(drained.unwrap_err().is_cancelled());
    assert!(running.is_over());
    assert_eq!(database.value(&state).await, "idle");
    let (said, _, _) = all(&mut session, "SELECT 1").await;
    assert_eq!(said, ["columns ?column?", "SELECT 1"]);
}

#[tokio::test]
async fn a_session_that_is_ended_says_so_whatever_it_is_at() {
    let database = Database::with("SELECT 1").await;
    let mut session = open(&database).await;
    let (_, _, fault) = all(
        &mut session,
        "SELECT pg_terminate_backend(pg_backend_pid())",
    )
    .await;
    assert!(fault.unwrap().is_lost);
    assert!(
        session
            .run("SELECT 1")
            .await
            .is_err_and(|fault| fault.is_lost)
    );
    let mut idle = open(&database).await;
    database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'dbkeep' AND state = 'idle'").await;
    let fault = loop {
        match idle.idle().await {
            Ok(_) => {}
            Err(fault) => break fault,
        }
    };
    assert!(fault.is_lost);
}

#[tokio::test]
async fn a_value_that_fails_half_way_ends_the_result_and_not_the_session() {
    let database = Database::with("SELECT 1").await;
    let mut session = open(&database).await;
    let (said, rows, fault) = all(
        &mut session,
        "SELECT 1 / (5000 - g) FROM generate_series(1, 6000) g",
    )
    .await;
    assert_eq!(said, ["columns ?column?"]);
    assert!(!rows.unwrap().is_empty());
    assert_eq!(fault.unwrap().sqlstate.as_deref(), Some("22012"));
    // What is no UTF-8 is refused, and what is left of the statement is read away.
    all(&mut session, "SET client_encoding = 'LATIN1'").await;
    let mut rows = RowsBuilder::new(1);
    let mut running = session
        .run("SELECT chr(233) FROM generate_series(1, 1000)")
        .await
        .unwrap();
    let refused = loop {
        match running.next(&mut rows, (2_000, 1 << 20)).await {
            Ok(Piece::End) => panic!("it was read"),
            Ok(_) => {}
            Err(fault) => break fault,
        }
    };
    assert!(refused.what.contains("cannot be read"), "{refused}");
    assert!(!running.is_over());
    running.drain().await.unwrap();
    let (said, _, _) = all(&mut session, "RESET client_encoding").await;
    assert_eq!(said, ["RESET"]);
}
