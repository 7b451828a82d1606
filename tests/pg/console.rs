//! A console's own session, from what is asked of it to what comes back.

use std::sync::Arc;

use dbkeep::data::result::Transaction;
use dbkeep::data::{Rows, Timeout};
use dbkeep::pg::{Pool, link};
use dbkeep::studio::work::console::{Ask, Chunk, ConsoleId, Told};
use dbkeep::studio::work::server::Server;
use dbkeep::studio::work::{DbReply, DbRequest, Part, Ticket};
use tokio::sync::mpsc;

use crate::support::Database;

/// One console, and what comes back.
pub struct Console {
    pub server: Server,
    replies: mpsc::UnboundedReceiver<(Ticket, DbReply)>,
    tickets: u64,
}

impl Console {
    pub fn on(database: &Database, read_only: bool) -> Self {
        let (sender, replies) = mpsc::unbounded_channel();
        let connector = database.connector().read_only(read_only);
        let pool = Pool::new(connector, link::nobody()).unwrap();
        Self {
            server: Server::new(pool, sender),
            replies,
            tickets: 0,
        }
    }

    /// The same, with its session there.
    pub async fn listening(database: &Database) -> (Self, Ticket) {
        Self::listening_as(database, false).await
    }

    pub async fn listening_as(database: &Database, read_only: bool) -> (Self, Ticket) {
        let mut console = Self::on(database, read_only);
        let listening = console.ask(Ask::Listen);
        console
            .until(listening, |told| matches!(told, Told::Transaction(_)))
            .await;
        (console, listening)
    }

    pub fn ask(&mut self, ask: Ask) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.server
            .begin(ticket, DbRequest::Console(ConsoleId(1), ask));
        ticket
    }

    pub fn run(&mut self, sql: &str, wanted: Option<u64>) -> Ticket {
        self.ask(Ask::Run {
            sql: sql.to_owned(),
            wanted,
        })
    }

    /// What is told to a ticket, up to what was waited for.
    pub async fn until(&mut self, ticket: Ticket, wanted: impl Fn(&Told) -> bool) -> Vec<Told> {
        let mut all = Vec::new();
        loop {
            let (to, reply) = self.replies.recv().await.unwrap();
            let DbReply::Part(Part::Console(told)) = reply else {
                assert_ne!(to, ticket, "{reply:?} after {all:?}");
                continue;
            };
            if to == ticket {
                let is_last = wanted(&told);
                all.push(told);
                if is_last {
                    return all;
                }
            }
        }
    }

    /// All that is told to a ticket, and how it ended.
    pub async fn end(&mut self, ticket: Ticket) -> (Vec<Told>, DbReply) {
        let mut all = Vec::new();
        loop {
            match self.replies.recv().await.unwrap() {
                (to, DbReply::Part(Part::Console(told))) if to == ticket => all.push(told),
                (to, reply) if to == ticket => return (all, reply),
                _ => {}
            }
        }
    }

    /// The whole of a statement.
    pub async fn whole(&mut self, sql: &str) -> (Vec<Told>, DbReply) {
        let ticket = self.run(sql, None);
        self.end(ticket).await
    }
}

pub fn chunks(told: &[Told]) -> Vec<Chunk> {
    let chunks = told.iter().filter_map(|told| match told {
        Told::Grown(chunk) => Some(chunk.clone()),
        _ => None,
    });
    chunks.collect()
}

pub fn held(told: &[Told]) -> u64 {
    chunks(told).iter().map(|chunk| chunk.len as u64).sum()
}

pub fn first(told: &[Told]) -> Arc<Rows> {
    chunks(told)[0].rows.clone().unwrap()
}

pub fn value(rows: &Rows, row: usize, column: usize) -> &str {
    rows.cell(row, column).unwrap().text.unwrap()
}

#[tokio::test]
async fn a_result_is_read_as_far_as_it_is_wanted_and_the_server_waits_with_the_rest() {
    let database = Database::with("CREATE TYPE mood AS ENUM ('sad', 'glad')").await;
    let (mut console, _) = Console::listening(&database).await;
    let (told, _) = console.whole("SELECT pg_backend_pid()").await;
    let process = value(&first(&told), 0, 0).to_owned();
    let state = format!("SELECT state FROM pg_stat_activity WHERE pid = {process}");
    let sql = "SELECT g, 'glad'::mood AS m, repeat('x', 1000)::varchar(2000) FROM generate_series(1, 2000000) g";
    let run = console.run(sql, Some(300));
    let enough = |wanted: u64| {
        let seen = std::cell::Cell::new(0);
        move |told: &Told| {
            if let Told::Grown(chunk) = told {
                seen.set(chunk.first + chunk.len as u64);
            }
            seen.get() >= wanted
        }
    };
    let told = console.until(run, enough(300)).await;
    let Told::Columns(columns) = &told[0] else {
        panic!("{told:?}");
    };
    let kinds: Vec<&str> = columns
        .iter()
        .map(|column| column.type_name.as_str())
        .collect();
    assert_eq!(kinds, ["integer", "mood", "character varying(2000)"]);
    assert_eq!(held(&told), 300);
    assert_eq!(database.value(&state).await, "active");
    console.ask(Ask::More(run, 10_000));
    let more = console.until(run, enough(10_000)).await;
    assert_eq!(held(&told) + held(&more), 10_000);
    assert_eq!(database.value(&state).await, "active");
    // What was let go here is held there, in memory or in the file.
    for (number, chunk) in chunks(&told).iter().chain(&chunks(&more)).enumerate() {
        let asked = console.ask(Ask::Chunk(run, number));
        let (rows, _) = console.end(asked).await;
        let [Told::Rows(rows)] = &rows[..] else {
            panic!("{rows:?}");
        };
        assert_eq!(value(rows, 0, 0), (chunk.first + 1).to_string());
        assert_eq!(rows.len(), chunk.len);
    }
    // Whoever is told that it was stopped can rely on that it was.
    console.server.cancel(run);
    let (_, reply) = console.end(run).await;
    assert_eq!(reply, DbReply::Cancelled);
    assert_eq!(database.value(&state).await, "idle");
    let asked = console.ask(Ask::Chunk(run, 0));
    assert!(matches!(console.end(asked).await, (_, DbReply::Done)));
    console.ask(Ask::Forget(run));
    let asked = console.ask(Ask::Chunk(run, 0));
    assert!(matches!(console.end(asked).await, (_, DbReply::Failed(_))));
}

#[tokio::test]
async fn statements_take_their_turn_and_what_a_session_has_stays_in_it() {
    let database = Database::with("CREATE TABLE t (id int)").await;
    let (mut console, _) = Console::listening(&database).await;
    let begin = console.run("BEGIN", None);
    let made = console.run(
        "CREATE TEMP TABLE own AS SELECT generate_series(1, 5000) AS n",
        None,
    );
    let read = console.run("INSERT INTO t SELECT n FROM own RETURNING id", None);
    let (told, _) = console.end(begin).await;
    assert!(told.contains(&Told::Transaction(Transaction::Open)));
    let (told, _) = console.end(made).await;
    assert!(
        told.iter()
            .any(|told| matches!(told, Told::Ended { tag, .. } if tag == "SELECT 5000"))
    );
    let (told, reply) = console.end(read).await;
    assert_eq!((held(&told), reply), (5000, DbReply::Done));
    assert_eq!(database.value("SELECT count(*) FROM t").await, "0");
    let (told, reply) = console.whole("SELECT 1 / 0").await;
    assert!(matches!(reply, DbReply::Failed(fault) if fault.sqlstate.as_deref() == Some("22012")));
    assert!(told.contains(&Told::Transaction(Transaction::Failed)));
    let (told, _) = console.whole("ROLLBACK").await;
    assert!(told.contains(&Told::Transaction(Transaction::Idle)));
}

#[tokio::test]
async fn what_other_sessions_say_and_a_lost_connection_are_told_while_nothing_runs() {
    let database = Database::with("SELECT 1").await;
    let (mut console, listening) = Console::listening(&database).await;
    console.whole("LISTEN news").await;
    database.run("NOTIFY news, 'it rains'").await;
    let told = console
        .until(listening, |told| matches!(told, Told::Notification(_)))
        .await;
    assert!(matches!(&told[0], Told::Notification(note) if note.payload == "it rains"));
    let (told, _) = console.whole("SELECT pg_backend_pid()").await;
    let process = value(&first(&told), 0, 0).to_owned();
    database
        .run(&format!("SELECT pg_terminate_backend({process})"))
        .await;
    let (_, reply) = console.end(listening).await;
    assert!(matches!(reply, DbReply::Failed(fault) if fault.is_lost));
    // Nothing is sent again unasked.
    let (_, reply) = console.whole("SELECT 1").await;
    assert!(matches!(reply, DbReply::Failed(fault) if fault.is_lost));
    let listening = console.ask(Ask::Listen);
    console
        .until(listening, |told| *told == Told::Connected)
        .await;
    let (told, reply) = console.whole("SELECT 1").await;
    assert_eq!((held(&told), reply), (1, DbReply::Done));
    let closed = console.ask(Ask::Close);
    assert_eq!(console.end(closed).await.1, DbReply::Done);
}

#[tokio::test]
async fn a_read_only_session_stays_so_whatever_a_function_sets() {
    let database = Database::with(
        "CREATE TABLE t (id int);
         CREATE FUNCTION unlock() RETURNS text LANGUAGE sql AS $$ SELECT set_config('default_transaction_read_only', 'off', false) $$;
         CREATE FUNCTION now_too() RETURNS text LANGUAGE sql AS $$ SELECT set_config('transaction_read_only', 'off', true) $$",
    )
    .await;
    let (mut console, _) = Console::listening_as(&database, true).await;
    let refused = |reply: &DbReply| matches!(reply, DbReply::Failed(fault) if fault.sqlstate.as_deref() == Some("25006"));
    let (_, reply) = console.whole("INSERT INTO t VALUES (1)").await;
    assert!(refused(&reply), "{reply:?}");
    let (_, reply) = console.whole("SELECT unlock()").await;
    assert_eq!(reply, DbReply::Done);
    let (_, reply) = console.whole("INSERT INTO t VALUES (1)").await;
    assert!(refused(&reply), "{reply:?}");
    let (_, reply) = console.whole("SELECT now_too()").await;
    assert!(matches!(reply, DbReply::Failed(_)));
    console.whole("BEGIN").await;
    console.whole("SELECT unlock()").await;
    let (_, reply) = console.whole("INSERT INTO t VALUES (1)").await;
    assert!(refused(&reply), "{reply:?}");
    console.whole("COMMIT").await;
    let (_, reply) = console.whole("INSERT INTO t VALUES (1)").await;
    assert!(refused(&reply), "{reply:?}");
    assert_eq!(database.value("SELECT count(*) FROM t").await, "0");
}

#[tokio::test]
async fn the_end_of_a_result_is_known_when_all_that_was_wanted_is_all_there_is() {
    let database = Database::with("SELECT 1").await;
    let (mut console, _) = Console::listening(&database).await;
    let run = console.run("SELECT * FROM generate_series(1, 1000)", Some(1_000));
    let (told, reply) = console.end(run).await;
    assert_eq!((held(&told), reply), (1_000, DbReply::Done));
    let ended = |told: &Told| matches!(told, Told::Ended { tag, .. } if tag == "SELECT 1000");
    assert!(told.iter().any(ended));
}

#[tokio::test]
async fn what_was_stopped_does_not_take_what_is_run_next_with_it() {
    let database = Database::with("CREATE TABLE t (n int); INSERT INTO t VALUES (0)").await;
    let (mut console, _) = Console::listening(&database).await;
    for _ in 0..30 {
        let read = console.run("SELECT * FROM generate_series(1, 1100)", Some(1_000));
        console.until(read, |told| matches!(told, Told::Grown(chunk) if chunk.first + chunk.len as u64 == 1_000)).await;
        console.server.cancel(read);
        let write = console.run("UPDATE t SET n = n + 1", None);
        assert_eq!(console.end(write).await.1, DbReply::Done);
    }
    assert_eq!(database.value("SELECT n FROM t").await, "30");
    // One that is not wanted any more when its turn comes is not sent at all.
    let slow = console.run("SELECT pg_sleep(0.3)", None);
    let never = console.run("UPDATE t SET n = 0", None);
    console.server.cancel(never);
    assert_eq!(console.end(slow).await.1, DbReply::Done);
    assert_eq!(console.end(never).await.1, DbReply::Cancelled);
    assert_eq!(database.value("SELECT n FROM t").await, "30");
}

#[tokio::test]
async fn what_the_server_stops_by_itself_has_failed_and_a_second_set_of_rows_is_not_mixed_in() {
    let database = Database::with(
        "CREATE TABLE t (a int); CREATE TABLE log (note text, more text);
         INSERT INTO log VALUES ('x', 'y'), ('z', NULL);
         CREATE RULE twice AS ON INSERT TO t DO ALSO SELECT note, more FROM log",
    )
    .await;
    let (mut console, _) = Console::listening(&database).await;
    console.whole("SET statement_timeout = '50ms'").await;
    let (_, reply) = console.whole("SELECT pg_sleep(10)").await;
    assert!(matches!(reply, DbReply::Failed(fault) if fault.sqlstate.as_deref() == Some("57014")));
    console.whole("RESET statement_timeout").await;
    let (told, reply) = console.whole("INSERT INTO t VALUES (1)").await;
    assert_eq!((held(&told), reply), (2, DbReply::Done));
    database
        .run("CREATE RULE first AS ON INSERT TO t DO ALSO SELECT 7 AS seven")
        .await;
    let (told, reply) = console.whole("INSERT INTO t VALUES (3)").await;
    assert_eq!(reply, DbReply::Done);
    let columns = told.iter().filter(|told| matches!(told, Told::Columns(_)));
    assert_eq!((columns.count(), held(&told)), (1, 1), "{told:?}");
    assert!(
        told.iter()
            .any(|told| matches!(told, Told::Notice(note) if note.text.contains("another set")))
    );
    // An error behind rows is not lost, whatever was asked meanwhile.
    let run = console.run(
        "SELECT 1 / (3000 - g) FROM generate_series(1, 4000) g",
        None,
    );
    for _ in 0..20 {
        console.ask(Ask::Chunk(run, 0));
    }
    let (told, reply) = console.end(run).await;
    assert!(held(&told) > 0);
    assert!(matches!(reply, DbReply::Failed(fault) if fault.sqlstate.as_deref() == Some("22012")));
}

#[tokio::test]
async fn chunks_are_filled_before_they_are_told_of() {
    let database = Database::with("SELECT 1").await;
    let (mut console, _) = Console::listening(&database).await;
    let sql = "SELECT g FROM generate_series(1, 100200) g";
    let (told, reply) = console.whole(sql).await;
    assert_eq!((held(&told), reply), (100_200, DbReply::Done));
    let sizes: Vec<usize> = chunks(&told).iter().map(|chunk| chunk.len).collect();
    // What a slow machine has to wait for is told of earlier.
    let full = sizes.iter().filter(|len| **len == 2_000).count();
    assert!(full >= 40, "{sizes:?}");
}

#[tokio::test]
async fn a_limit_holds_in_every_session_of_a_console_and_whatever_becomes_of_a_transaction() {
    let database = Database::with("SELECT 1").await;
    let (mut console, listening) = Console::listening(&database).await;
    let timeout = |typed: &str| Ask::Timeout(Some(Timeout::parse(typed).unwrap()));
    let showing = async |console: &mut Console| {
        let (told, _) = console.whole("SHOW statement_timeout").await;
        value(&first(&told), 0, 0).to_owned()
    };
    let set = console.ask(timeout("100ms"));
    assert_eq!(console.end(set).await.1, DbReply::Done);
    let (_, reply) = console.whole("SELECT pg_sleep(60)").await;
    let DbReply::Failed(fault) = reply else {
        panic!("{reply:?}");
    };
    assert!(fault.what.contains("statement timeout"), "{fault}");
    assert!(fault.why.unwrap().contains("may run for 100 ms"));
    // Set in a transaction, it is not taken back with it.
    console.whole("BEGIN").await;
    let set = console.ask(timeout("20s"));
    assert_eq!(console.end(set).await.1, DbReply::Done);
    assert_eq!(showing(&mut console).await, "20s");
    console.whole("ROLLBACK").await;
    assert_eq!(showing(&mut console).await, "20s");
    // Nor does a failed one prevent it.
    console.whole("BEGIN").await;
    console.whole("SELECT 1 / 0").await;
    let set = console.ask(timeout("30s"));
    assert_eq!(console.end(set).await.1, DbReply::Done);
    console.whole("ROLLBACK").await;
    assert_eq!(showing(&mut console).await, "30s");
    // It outlives the session.
    console
        .whole("SELECT pg_terminate_backend(pg_backend_pid())")
        .await;
    let _ = listening;
    let again = console.ask(Ask::Listen);
    console.until(again, |told| *told == Told::Connected).await;
    assert_eq!(showing(&mut console).await, "30s");
    // Until a statement sets it otherwise.
    console.ask(Ask::Timeout(None));
    console.whole("SET statement_timeout = '1h'").await;
    assert_eq!(showing(&mut console).await, "1h");
    let (_, reply) = console
        .whole("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(9)")
        .await;
    assert!(matches!(reply, DbReply::Failed(fault) if fault.why.is_none()));
}

#[tokio::test]
async fn what_changes_how_a_session_is_read_is_said_and_lost_notices_are_counted() {
    let database = Database::with("SELECT 1").await;
    let (mut console, _) = Console::listening(&database).await;
    let ours = |told: &[Told]| {
        let ours = told.iter().filter_map(|told| match told {
            Told::Notice(notice) if notice.severity == "dbkeep" => Some(notice.text.clone()),
            _ => None,
        });
        ours.collect::<Vec<_>>()
    };
    let (told, _) = console.whole("SET client_encoding = 'LATIN1'").await;
    assert!(ours(&told)[0].starts_with("client_encoding is LATIN1 now"));
    let (told, _) = console.whole("RESET client_encoding").await;
    assert_eq!(ours(&told), Vec::<String>::new());
    let (told, _) = console.whole("SET standard_conforming_strings = off").await;
    assert!(ours(&told)[0].starts_with("standard_conforming_strings is off now"));
    console.whole("SET standard_conforming_strings = on").await;
    let storm = "DO $$ BEGIN FOR i IN 1..200000 LOOP RAISE NOTICE '%', i; END LOOP; END $$";
    let (told, _) = console.whole(storm).await;
    let heard = told
        .iter()
        .filter(|told| matches!(told, Told::Notice(notice) if notice.severity == "NOTICE"));
    let heard = heard.count();
    let lost: usize = ours(&told).first().map_or(0, |said| {
        let digits: String = said.chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    });
    assert_eq!(heard + lost, 200_000);
}
