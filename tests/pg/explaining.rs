//! What is sent to explain a statement returns a plan, and leaves nothing behind.

use dbkeep::data::plan::Plan;
use dbkeep::data::result::Transaction;
use dbkeep::pg::Session;
use dbkeep::sql::explain::{How, explaining};

use crate::session::{all, open};
use crate::support::Database;

const MADE: &str = "CREATE TABLE t (id int PRIMARY KEY, name text);
    INSERT INTO t SELECT n, 'name ' || n FROM generate_series(1, 100) n;
    CREATE MATERIALIZED VIEW seen AS SELECT 1";

/// Statements of every kind that has a plan.
const STATEMENTS: [&str; 11] = [
    "SELECT * FROM t WHERE id < 10; -- of a hundred",
    "/* first */ VALUES (1), (2)",
    "(TABLE t) UNION ALL SELECT 1, 'one'",
    "EXPLAIN (ANALYZE, FORMAT yaml) DELETE FROM t",
    "INSERT INTO t SELECT 1000 + id FROM t",
    "WITH gone AS (DELETE FROM t RETURNING id) SELECT count(*) FROM gone",
    "MERGE INTO t USING (SELECT 1 AS id) s ON s.id = t.id WHEN MATCHED THEN DELETE",
    "CREATE TEMP TABLE copied AS SELECT * FROM t",
    "CREATE MATERIALIZED VIEW other AS SELECT * FROM t",
    "SELECT * INTO another FROM t",
    "DECLARE c CURSOR FOR SELECT * FROM t",
];

/// The plan that comes of what is sent.
async fn plan(session: &mut Session, sql: &str, how: How) -> Plan {
    let in_transaction = session.transaction() == Transaction::Open;
    let sent = explaining(sql, how, in_transaction).unwrap();
    let mut json = None;
    for statement in sent.statements() {
        let (_, rows, fault) = all(session, statement).await;
        assert_eq!(fault, None, "{statement}");
        json = json.or(rows.map(|rows| rows.values(0, &[0])[0].clone().unwrap()));
    }
    Plan::of(json.unwrap().into()).unwrap()
}

#[tokio::test]
async fn a_plan_comes_back_and_nothing_stays_changed() {
    let database = Database::with(MADE).await;
    let mut session = open(&database).await;
    let left = "SELECT (SELECT count(*) FROM t) || ' ' || (SELECT count(*) FROM pg_class WHERE relname IN ('copied', 'other', 'another'))";
    for in_transaction in [false, true] {
        if in_transaction {
            all(&mut session, "BEGIN").await;
            all(&mut session, "INSERT INTO t VALUES (0, 'mine')").await;
        }
        let standing = session.transaction();
        for sql in STATEMENTS {
            let planned = plan(&mut session, sql, How::Plan).await;
            assert!(!planned.is_run(), "{sql}");
            let run = plan(&mut session, sql, How::Analyze).await;
            assert!(run.is_run() && run.whole_time() > Some(0.0), "{sql}");
            assert_eq!(session.transaction(), standing, "{sql}");
            let (_, rows, _) = all(&mut session, left).await;
            let wanted = if in_transaction { "101 0" } else { "100 0" };
            assert_eq!(
                rows.unwrap().values(0, &[0])[0].as_deref(),
                Some(wanted),
                "{sql}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_refused_has_no_plan_on_the_server_either() {
    let database = Database::with(MADE).await;
    let mut session = open(&database).await;
    for sql in [
        "VACUUM t",
        "SHOW ALL",
        "TRUNCATE t",
        "CREATE VIEW v AS SELECT 1",
        "COPY t TO STDOUT",
        "COMMIT",
    ] {
        assert!(explaining(sql, How::Plan, false).is_err(), "{sql}");
        let (_, _, fault) = all(&mut session, &format!("EXPLAIN {sql}")).await;
        assert_eq!(fault.unwrap().sqlstate.as_deref(), Some("42601"), "{sql}");
    }
}
