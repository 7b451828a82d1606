//! COPY from and to the client: between files here and a real server, by a console's own session.

use std::path::PathBuf;
use std::time::Duration;

use dbkeep::data::result::Transaction;
use dbkeep::fault::Fault;
use dbkeep::studio::work::console::{Ask, Progress, Told, Way};
use dbkeep::studio::work::{DbReply, Ticket};

use crate::console::{Console, first, held, value};
use crate::support::Database;

const TABLE: &str = "CREATE TABLE t (a int PRIMARY KEY, b text)";

impl Console {
    fn copy(&mut self, sql: &str, way: Way) -> Ticket {
        self.ask(Ask::Copy {
            sql: sql.to_owned(),
            way,
        })
    }

    async fn copied(&mut self, sql: &str, way: Way) -> (Vec<Told>, DbReply) {
        let ticket = self.copy(sql, way);
        self.end(ticket).await
    }

    /// The state of its backend, as another session sees it.
    async fn state(&mut self) -> String {
        let (told, _) = self.whole("SELECT pg_backend_pid()").await;
        let rows = first(&told);
        let process = value(&rows, 0, 0);
        format!("SELECT state FROM pg_stat_activity WHERE pid = {process}")
    }

    /// That the next statements are answered rightly.
    async fn goes_on(&mut self) {
        for number in ["7", "8"] {
            let (told, reply) = self.whole(&format!("SELECT {number}")).await;
            assert_eq!((held(&told), reply), (1, DbReply::Done));
            assert_eq!(value(&first(&told), 0, 0), number);
        }
    }
}

/// A folder, and a path in it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn typed(&self, name: &str) -> String {
        self.at(name).display().to_string()
    }

    fn names(&self) -> Vec<String> {
        let found = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = found
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn given(text: &str) -> Way {
    Way::Given(text.to_owned())
}

fn tag(told: &[Told]) -> Option<&str> {
    told.iter().find_map(|told| match told {
        Told::Ended { tag, .. } => Some(tag.as_str()),
        _ => None,
    })
}

fn fault(reply: DbReply) -> Fault {
    match reply {
        DbReply::Failed(fault) => fault,
        other => panic!("{other:?}"),
    }
}

fn transaction(told: &[Told]) -> Option<Transaction> {
    told.iter().rev().find_map(|told| match told {
        Told::Transaction(transaction) => Some(*transaction),
        _ => None,
    })
}

#[tokio::test]
async fn what_is_given_is_copied_in_and_what_is_there_is_copied_out() {
    let database = Database::with(TABLE).await;
    let place = Place::new();
    let (mut console, _) = Console::listening(&database).await;
    let (told, reply) = console
        .copied("COPY t FROM STDIN", given("1\tone\n2\t\\N\n3\ttäht\n"))
        .await;
    assert_eq!((tag(&told), reply), (Some("COPY 3"), DbReply::Done));
    console.goes_on().await;
    let sql = "COPY (SELECT * FROM t ORDER BY a) TO STDOUT (FORMAT csv, HEADER)";
    let (told, reply) = console.copied(sql, Way::Into(place.typed("t.csv"))).await;
    assert_eq!((tag(&told), reply), (Some("COPY 3"), DbReply::Done));
    let said = |told: &Told| matches!(told, Told::Notice(notice) if notice.text.contains("t.csv"));
    assert!(told.iter().any(said), "{told:?}");
    let written = std::fs::read_to_string(place.at("t.csv")).unwrap();
    assert_eq!(written, "a,b\n1,one\n2,\n3,täht\n");
    assert_eq!(place.names(), ["t.csv"]);
    console.goes_on().await;
    // And from the file again, none of whose rows may be there twice.
    console.whole("DELETE FROM t WHERE a = 2").await;
    let sql = "COPY t FROM STDIN (FORMAT csv, HEADER)";
    let from = Way::From(place.typed("t.csv"));
    let (_, reply) = console.copied(sql, from.clone()).await;
    let refused = fault(reply);
    assert_eq!(refused.sqlstate.as_deref(), Some("23505"));
    assert!(refused.why.unwrap().contains("COPY t, line 2"));
    console.whole("DELETE FROM t").await;
    let (told, _) = console.copied(sql, from).await;
    assert_eq!(tag(&told), Some("COPY 3"));
    console.goes_on().await;
}

#[tokio::test]
async fn what_the_server_refuses_is_said_and_the_session_goes_on() {
    let database = Database::with(
        "CREATE TABLE t (a int, b int CHECK (b > 0)); CREATE ROLE nobody_at_all;
         CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
         CREATE TABLE closed (a int);
         CREATE TRIGGER no BEFORE INSERT ON closed FOR EACH STATEMENT EXECUTE FUNCTION no()",
    )
    .await;
    let (mut console, _) = Console::listening(&database).await;
    // Before it begins, when it begins, in its data, and at its end.
    for (sql, data, state, why) in [
        ("COPY missing FROM STDIN", "1\n", "42P01", None),
        ("COPY t FROM STDIN (FORMAT what)", "1\n", "22023", None),
        ("COPY closed FROM STDIN", "1\n", "P0001", None),
        (
            "COPY t FROM STDIN",
            "1\t1\n2\t2\n3\tx\n4\t4\n",
            "22P02",
            Some("COPY t, line 3, column b: \"x\""),
        ),
        (
            "COPY t FROM STDIN",
            "1\t1\n2\t-2\n",
            "23514",
            Some("COPY t, line 2: \"2\t-2\""),
        ),
        (
            "COPY t FROM STDIN",
            "1\n",
            "22P04",
            Some("COPY t, line 1: \"1\""),
        ),
    ] {
        let (told, reply) = console.copied(sql, given(data)).await;
        let fault = fault(reply);
        assert_eq!(fault.sqlstate.as_deref(), Some(state), "{sql}: {fault}");
        if let Some(why) = why {
            let said = fault.why.clone().unwrap_or_default();
            assert!(said.ends_with(why), "{sql}: {said}");
        }
        assert_eq!(transaction(&told), Some(Transaction::Idle));
        console.goes_on().await;
    }
    console.whole("SET ROLE nobody_at_all").await;
    for sql in ["COPY t FROM STDIN", "COPY t TO STDOUT"] {
        let (_, reply) = console.copied(sql, given("1\t1\n")).await;
        assert_eq!(fault(reply).sqlstate.as_deref(), Some("42501"));
        console.goes_on().await;
    }
    assert_eq!(database.value("SELECT count(*) FROM t").await, "0");
}

#[tokio::test]
async fn much_that_is_refused_early_is_not_sent_to_its_end() {
    let database = Database::with(TABLE).await;
    let (mut console, _) = Console::listening(&database).await;
    let mut text = String::from("x\ty\n");
    while text.len() < 64 << 20 {
        text.push_str("1\tabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\n");
    }
    let (told, reply) = console.copied("COPY t FROM STDIN", given(&text)).await;
    assert_eq!(fault(reply).sqlstate.as_deref(), Some("22P02"));
    let sent = told.iter().filter_map(|told| match told {
        Told::Copied(Progress { bytes, .. }) => Some(*bytes),
        _ => None,
    });
    assert!(sent.max().unwrap_or(0) < 32 << 20);
    console.goes_on().await;
}

#[tokio::test]
async fn a_copy_is_part_of_the_transaction_it_is_run_in() {
    let database = Database::with(TABLE).await;
    let place = Place::new();
    let (mut console, _) = Console::listening(&database).await;
    console.whole("BEGIN").await;
    let (told, _) = console.copied("COPY t FROM STDIN", given("1\tone\n")).await;
    assert_eq!(transaction(&told), Some(Transaction::Open));
    assert_eq!(database.value("SELECT count(*) FROM t").await, "0");
    let (_, reply) = console
        .copied("COPY t TO STDOUT", Way::Into(place.typed("t")))
        .await;
    assert_eq!(reply, DbReply::Done);
    assert_eq!(std::fs::read_to_string(place.at("t")).unwrap(), "1\tone\n");
    // A file that is not there is nothing to the server.
    let (told, reply) = console
        .copied("COPY t FROM STDIN", Way::From(place.typed("none")))
        .await;
    assert!(fault(reply).what.contains("none cannot be read"));
    assert_eq!(transaction(&told), None);
    console.whole("COMMIT").await;
    assert_eq!(database.value("SELECT count(*) FROM t").await, "1");
    console.whole("BEGIN").await;
    let (told, _) = console
        .copied("COPY t FROM STDIN", given("1\tagain\n"))
        .await;
    assert_eq!(transaction(&told), Some(Transaction::Failed));
    let (_, reply) = console.copied("COPY t FROM STDIN", given("2\ttwo\n")).await;
    assert_eq!(fault(reply).sqlstate.as_deref(), Some("25P02"));
    console.whole("ROLLBACK").await;
    console.goes_on().await;
}

#[tokio::test]
async fn a_read_only_session_copies_out_and_not_in() {
    let database = Database::with("CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await;
    let place = Place::new();
    let (mut console, _) = Console::listening_as(&database, true).await;
    let (_, reply) = console.copied("COPY t FROM STDIN", given("2\n")).await;
    assert_eq!(fault(reply).sqlstate.as_deref(), Some("25006"));
    console.goes_on().await;
    let (told, _) = console
        .copied("COPY t TO STDOUT", Way::Into(place.typed("t")))
        .await;
    assert_eq!(tag(&told), Some("COPY 1"));
    let sql = "COPY (DELETE FROM t RETURNING a) TO STDOUT";
    let (_, reply) = console.copied(sql, Way::Into(place.typed("u"))).await;
    assert_eq!(fault(reply).sqlstate.as_deref(), Some("25006"));
    assert_eq!(place.names(), ["t"]);
    console.goes_on().await;
}

#[tokio::test]
async fn what_is_cancelled_is_stopped_at_the_server_and_leaves_no_file() {
    let database = Database::with(TABLE).await;
    let place = Place::new();
    let (mut console, _) = Console::listening(&database).await;
    let state = console.state().await;
    let sql = "COPY (SELECT generate_series(1, 100000000), repeat('x', 1000)) TO STDOUT";
    let copy = console.copy(sql, Way::Into(place.typed("t")));
    let told = console
        .until(copy, |told| matches!(told, Told::Copied(_)))
        .await;
    assert!(matches!(
        told.last(),
        Some(Told::Copied(Progress {
            rows: Some(1..),
            ..
        }))
    ));
    assert_eq!(database.value(&state).await, "active");
    console.server.cancel(copy);
    assert_eq!(console.end(copy).await.1, DbReply::Cancelled);
    assert_eq!(database.value(&state).await, "idle");
    assert_eq!(place.names(), Vec::<String>::new());
    console.goes_on().await;
    // One that waits for a lock, and one whose rows do.
    database.run("CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent VALUES (1); CREATE TABLE child (id int REFERENCES parent)").await;
    let holder = crate::session::open(&database).await;
    let mut holder = holder;
    crate::session::all(&mut holder, "BEGIN").await;
    crate::session::all(&mut holder, "LOCK t").await;
    crate::session::all(&mut holder, "DELETE FROM parent").await;
    for (sql, data) in [
        ("COPY t FROM STDIN", "1\t1\n"),
        ("COPY child FROM STDIN", "1\n"),
    ] {
        let copy = console.copy(sql, given(data));
        let waits = format!(
            "{} AND wait_event_type = 'Lock'",
            state.replace("state ", "count(*) ")
        );
        while database.value(&waits).await == "0" {}
        console.server.cancel(copy);
        assert_eq!(console.end(copy).await.1, DbReply::Cancelled, "{sql}");
        assert_eq!(database.value(&state).await, "idle");
        console.goes_on().await;
    }
    crate::session::all(&mut holder, "ROLLBACK").await;
    assert_eq!(database.value("SELECT count(*) FROM t").await, "0");
}

#[tokio::test]
async fn much_is_copied_out_and_in_with_little_memory_and_cancelled_in_between() {
    let database = Database::with("CREATE UNLOGGED TABLE t (a int, b text)").await;
    let place = Place::new();
    let (mut console, _) = Console::listening(&database).await;
    let sql = "COPY (SELECT g, repeat('y', 100) FROM generate_series(1, 500000) g) TO STDOUT";
    let (told, _) = console.copied(sql, Way::Into(place.typed("t"))).await;
    assert_eq!(tag(&told), Some("COPY 500000"));
    let state = console.state().await;
    let from = Way::From(place.typed("t"));
    let copy = console.copy("COPY t FROM STDIN", from.clone());
    let told = console
        .until(copy, |told| matches!(told, Told::Copied(_)))
        .await;
    let size = std::fs::metadata(place.at("t")).unwrap().len();
    assert!(
        matches!(told.last(), Some(Told::Copied(progress)) if progress.of == Some(size) && progress.bytes <= size)
    );
    console.server.cancel(copy);
    let (_, reply) = console.end(copy).await;
    assert_eq!(reply, DbReply::Cancelled);
    assert_eq!(database.value(&state).await, "idle");
    assert_eq!(database.value("SELECT count(*) FROM t").await, "0");
    let (told, _) = console.copied("COPY t FROM STDIN", from).await;
    assert_eq!(tag(&told), Some("COPY 500000"));
    assert_eq!(
        database
            .value("SELECT count(*) || ' ' || sum(a) || ' ' || min(length(b)) FROM t")
            .await,
        "500000 125000250000 100"
    );
}

#[tokio::test]
async fn no_file_is_written_over_and_what_cannot_be_read_or_written_is_named() {
    let database = Database::with(TABLE).await;
    let place = Place::new();
    let (mut console, _) = Console::listening(&database).await;
    std::fs::write(place.at("there"), "mine").unwrap();
    for (path, why) in [
        ("there", "is there already"),
        ("no/folder/t", "cannot be written"),
        ("", "is there already"),
    ] {
        let way = Way::Into(place.typed(path));
        let (_, reply) = console.copied("COPY t TO STDOUT", way).await;
        let fault = fault(reply);
        assert!(fault.what.contains(why), "{fault}");
    }
    assert_eq!(std::fs::read_to_string(place.at("there")).unwrap(), "mine");
    for path in ["missing", ""] {
        let way = Way::From(place.typed(path));
        let (_, reply) = console.copied("COPY t FROM STDIN", way).await;
        assert!(fault(reply).what.contains("cannot be read"));
    }
    let (_, reply) = console
        .copied("COPY t TO STDOUT", Way::Into("/dev/full".to_owned()))
        .await;
    assert!(fault(reply).what.contains("/dev/full is there already"));
    // A file that fails half way.
    let way = Way::From("/proc/self/mem".to_owned());
    let (_, reply) = console.copied("COPY t FROM STDIN", way).await;
    let fault = fault(reply);
    assert!(
        fault.what.contains("/proc/self/mem cannot be read"),
        "{fault}"
    );
    console.goes_on().await;
    assert_eq!(place.names(), ["there"]);
}

#[tokio::test]
async fn a_backend_that_is_killed_meanwhile_is_told_and_nothing_hangs() {
    let database = Database::with(TABLE).await;
    let place = Place::new();
    for is_out in [true, false] {
        let (mut console, listening) = Console::listening(&database).await;
        let state = console.state().await;
        let process = state.rsplit(' ').next().unwrap().to_owned();
        let copy = if is_out {
            let sql = "COPY (SELECT generate_series(1, 100000000), repeat('x', 1000)) TO STDOUT";
            console.copy(sql, Way::Into(place.typed("t")))
        } else {
            let data = (0..2_000_000).map(|row| format!("{row}\tx\n"));
            console.copy("COPY t FROM STDIN", Way::Given(data.collect()))
        };
        console
            .until(copy, |told| matches!(told, Told::Copied(_)))
            .await;
        database
            .run(&format!("SELECT pg_terminate_backend({process})"))
            .await;
        // Whoever listens hears it first.
        let (_, reply) = console.end(listening).await;
        assert!(fault(reply).is_lost);
        let (_, reply) = console.end(copy).await;
        assert!(fault(reply).is_lost);
        assert_eq!(place.names(), Vec::<String>::new());
    }
    assert_eq!(database.value("SELECT count(*) FROM t").await, "0");
}

#[tokio::test]
async fn a_copy_that_nobody_foresaw_breaks_nothing() {
    let database =
        Database::with("CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 100000)")
            .await;
    let (mut console, _) = Console::listening(&database).await;
    let (told, reply) = console.whole("COPY t TO STDOUT").await;
    assert_eq!((tag(&told), reply), (Some("COPY 100000"), DbReply::Done));
    let said =
        |told: &Told| matches!(told, Told::Notice(notice) if notice.text.contains("100,000 rows"));
    assert!(told.iter().any(said), "{told:?}");
    let (_, reply) = console.whole("COPY t FROM STDIN").await;
    assert!(fault(reply).what.contains("no more data came"));
    console.goes_on().await;
}

#[tokio::test]
async fn a_console_waits_as_long_as_it_is_told_or_until_it_is_stopped() {
    let database = Database::with("SELECT 1").await;
    let (mut console, listening) = Console::listening(&database).await;
    let held = console.whole("SELECT 1").await.0;
    let wait = console.ask(Ask::Wait(Duration::from_millis(50)));
    assert_eq!(console.end(wait).await.1, DbReply::Done);
    let wait = console.ask(Ask::Wait(Duration::from_mins(10)));
    // What is held is given meanwhile, and what another session says is heard.
    let asked = console.ask(Ask::Chunk(Ticket(2), 0));
    assert_eq!(console.end(asked).await.0, [Told::Rows(first(&held))]);
    console.server.cancel(wait);
    assert_eq!(console.end(wait).await.1, DbReply::Cancelled);
    console.goes_on().await;
    let state = console.state().await;
    let process = state.rsplit(' ').next().unwrap().to_owned();
    let wait = console.ask(Ask::Wait(Duration::from_mins(10)));
    database
        .run(&format!("SELECT pg_terminate_backend({process})"))
        .await;
    assert!(fault(console.end(listening).await.1).is_lost);
    assert!(fault(console.end(wait).await.1).is_lost);
}

#[tokio::test]
async fn rows_that_are_deleted_on_their_way_into_a_file_are_not_lost_with_it() {
    let database =
        Database::with("CREATE TABLE gone (a int); INSERT INTO gone VALUES (1), (2)").await;
    let place = Place::new();
    let (mut console, _) = Console::listening(&database).await;
    let sql =
        "COPY (WITH d AS (DELETE FROM gone RETURNING a) SELECT a, pg_sleep(1) FROM d) TO STDOUT";
    let copy = console.copy(sql, Way::Into(place.typed("t")));
    while place.names().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Another takes the name meanwhile.
    std::fs::write(place.at("t"), "theirs").unwrap();
    let (_, reply) = console.end(copy).await;
    let DbReply::Failed(fault) = reply else {
        panic!("{reply:?}");
    };
    assert!(fault.what.contains("is there already"), "{fault}");
    let said = fault.remedy.unwrap();
    let left = said.strip_prefix("what came of its rows is in ").unwrap();
    assert_eq!(std::fs::read_to_string(left).unwrap(), "1\t\n2\t\n");
    assert_eq!(std::fs::read_to_string(place.at("t")).unwrap(), "theirs");
    assert_eq!(database.value("SELECT count(*) FROM gone").await, "0");
    // What the server refuses is where it was, and nothing is left of it here.
    let sql = "COPY (WITH d AS (INSERT INTO gone VALUES (1) RETURNING a) SELECT 1 / (a - 1) FROM d) TO STDOUT";
    let (_, reply) = console.copied(sql, Way::Into(place.typed("u"))).await;
    assert!(matches!(reply, DbReply::Failed(_)));
    assert_eq!(place.names().len(), 2, "theirs, and what was left");
    console.goes_on().await;
}
