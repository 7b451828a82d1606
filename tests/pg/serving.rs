//! What becomes of requests: counted together, each by itself where one spoils it, in their turn.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dbkeep::data::catalog::Object;
use dbkeep::data::relation::Seek;
use dbkeep::pg::{Pool, introspect, statement};
use dbkeep::studio::work::server::Server;
use dbkeep::studio::work::{DbReply, DbRequest, Part, Ticket};
use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::mpsc;

use crate::support::Database;

type Replies = mpsc::UnboundedReceiver<(Ticket, DbReply)>;

/// How many statements like this one run.
async fn running(database: &Database, like: &str) -> String {
    let sql = format!(
        "SELECT count(*) FROM pg_stat_activity
          WHERE datname = current_database() AND state = 'active' AND query LIKE '%{like}%'
            AND pid <> pg_backend_pid()"
    );
    database.value(&sql).await
}

async fn until_running(database: &Database, like: &str) {
    let begun = Instant::now();
    while running(database, like).await == "0" {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{like} never ran"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn who_leaves_stops_what_only_reads() {
    let database = Database::with(
        "CREATE TABLE t (n int); INSERT INTO t VALUES (1);
         CREATE VIEW slow AS SELECT n FROM t WHERE pg_sleep(60) IS NOT NULL",
    )
    .await;
    let (mut server, mut answers, _) = serve(&database);
    let slow = database.object("slow").await;
    server.begin(Ticket(1), DbRequest::Count(Box::new(slow)));
    until_running(&database, "slow").await;
    server.leave(Duration::from_secs(20)).await;
    assert_eq!(running(&database, "slow").await, "0");
    assert!(matches!(&all(&mut answers).await[..], [DbReply::Cancelled]));
    // Where nothing runs, nobody waits.
    let begun = Instant::now();
    let (server, _, _) = serve(&database);
    server.leave(Duration::from_mins(1)).await;
    assert!(begun.elapsed() < Duration::from_secs(30));
}

/// A server with everything that it sends.
fn serve(database: &Database) -> (Server, Replies, Arc<Mutex<Vec<String>>>) {
    let sent: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&sent);
    let witness = Arc::new(move |statement: dbkeep::pg::Sent| {
        log.lock().unwrap().push(statement.sql);
    });
    let (replies, answers) = mpsc::unbounded_channel();
    let pool = Pool::new(database.connector(), witness).unwrap();
    (Server::new(pool, replies), answers, sent)
}

async fn all(answers: &mut Replies) -> Vec<DbReply> {
    let mut replies = Vec::new();
    while let Some((_, reply)) = answers.recv().await {
        let is_final = reply.is_final();
        replies.push(reply);
        if is_final {
            break;
        }
    }
    replies
}

#[tokio::test]
async fn small_tables_are_counted_together_and_one_that_is_gone_spoils_none() {
    let database = Database::with(
        "DO $$ BEGIN FOR i IN 1..120 LOOP
            EXECUTE format('CREATE TABLE t%s AS SELECT generate_series(1, %s) AS n', i, i);
         END LOOP; END $$",
    )
    .await;
    let catalog = introspect::catalog(&database.link().await, false).await;
    let objects: Vec<Object> = catalog.unwrap().objects;
    let request = DbRequest::CountAll {
        objects: objects.clone(),
        deadline: Duration::from_secs(5),
    };
    let counts = |replies: &[DbReply]| {
        let mut counts: Vec<(u32, u64)> = replies
            .iter()
            .filter_map(|reply| match reply {
                DbReply::Part(Part::Counts(counts)) => Some(counts.clone()),
                _ => None,
            })
            .flatten()
            .collect();
        counts.sort_unstable();
        counts
    };
    let (mut server, mut answers, sent) = serve(&database);
    server.begin(Ticket(1), request.clone());
    let replies = all(&mut answers).await;
    assert_eq!(replies.last(), Some(&DbReply::Done));
    let mut wanted: Vec<(u32, u64)> = objects
        .iter()
        .map(|object| (object.oid, object.name[1..].parse().unwrap()))
        .collect();
    wanted.sort_unstable();
    assert_eq!(counts(&replies), wanted);
    let statements = sent.lock().unwrap().len();
    assert_eq!(statements, 9, "BEGIN, SELECT, COMMIT for fifty tables each");

    database.run("DROP TABLE t7").await;
    server.begin(Ticket(2), request);
    let replies = all(&mut answers).await;
    assert_eq!(replies.last(), Some(&DbReply::Done));
    let gone = objects.iter().find(|object| object.name == "t7").unwrap();
    wanted.retain(|(oid, _)| *oid != gone.oid);
    assert_eq!(counts(&replies), wanted);
}

/// One that another session has locked, in the middle of those that are counted together.
#[tokio::test]
async fn a_table_that_cannot_be_counted_in_time_spoils_none_of_those_beside_it() {
    let database = Database::with(
        "DO $$ BEGIN FOR i IN 1..20 LOOP
            EXECUTE format('CREATE TABLE t%s AS SELECT generate_series(1, %s) AS n', i, i);
         END LOOP; END $$",
    )
    .await;
    let catalog = introspect::catalog(&database.link().await, false).await;
    let holder = database.link().await;
    statement::run(&holder, "BEGIN; LOCK TABLE t7")
        .await
        .unwrap();
    let (mut server, mut answers, _) = serve(&database);
    let request = DbRequest::CountAll {
        objects: catalog.unwrap().objects,
        deadline: Duration::from_millis(200),
    };
    server.begin(Ticket(1), request);
    let replies = all(&mut answers).await;
    assert_eq!(replies.last(), Some(&DbReply::Done));
    let counts = replies.iter().map(|reply| match reply {
        DbReply::Part(Part::Counts(counts)) => counts.len(),
        _ => 0,
    });
    assert_eq!(counts.sum::<usize>(), 19);
}

/// What follows is of another moment than what is shown: it would have rows twice, or leave some out.
#[tokio::test]
async fn a_view_is_not_read_on_from_another_moment() {
    let database = Database::with(
        "CREATE TABLE t AS SELECT generate_series(1, 30) AS n;
         CREATE VIEW one AS SELECT n FROM t; CREATE VIEW other AS SELECT n FROM t",
    )
    .await;
    let (mut server, mut answers, _) = serve(&database);
    let mut opened = Vec::new();
    for (ticket, name) in [(1, "one"), (2, "other")] {
        let request = DbRequest::Open {
            object: Box::new(database.object(name).await),
            again: None,
            limit: 10,
        };
        server.begin(Ticket(ticket), request);
        opened.push(all(&mut answers).await);
    }
    let mut on = |of: usize, seek| {
        let DbReply::Part(Part::Relation(relation)) = &opened[of][0] else {
            panic!("{opened:?}")
        };
        let request = DbRequest::Page {
            relation: Arc::clone(relation),
            seek,
            limit: 10,
        };
        server.begin(Ticket(3), request);
    };
    let after = Seek::After(vec![Some("10".to_owned())]);
    on(1, after.clone());
    let replies = all(&mut answers).await;
    assert!(
        matches!(&replies[..], [DbReply::Part(Part::Page(_)), DbReply::Done]),
        "{replies:?}"
    );
    on(0, after);
    let replies = all(&mut answers).await;
    let [DbReply::Failed(fault)] = &replies[..] else {
        panic!("{replies:?}")
    };
    assert!(fault.what.contains("r reads it anew"), "{fault}");
    // A place that is gone to is of any moment.
    on(0, Seek::Row(20));
    let replies = all(&mut answers).await;
    assert!(
        matches!(&replies[..], [DbReply::Part(Part::Page(_)), DbReply::Done]),
        "{replies:?}"
    );
}

/// A backend that is stopped, as behind a network that has stalled, hears of nothing.
#[tokio::test]
async fn who_is_not_heard_from_is_given_up() {
    let database = Database::with("CREATE VIEW slow AS SELECT 1 AS n FROM pg_sleep(600)").await;
    let (mut server, mut answers, _) = serve(&database);
    let slow = database.object("slow").await;
    server.begin(Ticket(1), DbRequest::Count(Box::new(slow)));
    until_running(&database, "slow").await;
    let backend = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()
                      AND state = 'active' AND query LIKE '%slow%' AND pid <> pg_backend_pid()";
    let backend = database.value(backend).await.parse().unwrap();
    let backend = Pid::from_raw(backend).unwrap();
    kill_process(backend, Signal::STOP).unwrap();
    server.cancel(Ticket(1));
    let replies = all(&mut answers).await;
    kill_process(backend, Signal::CONT).unwrap();
    let [DbReply::Failed(fault)] = &replies[..] else {
        panic!("{replies:?}")
    };
    assert!(
        fault.is_lost && fault.what.contains("is not heard from"),
        "{fault}"
    );
}

#[tokio::test]
async fn what_nobody_waits_for_stands_back_and_comes_in_the_end() {
    let database = Database::with("CREATE VIEW slow AS SELECT 1 AS n FROM pg_sleep(0.3)").await;
    let view = database.object("slow").await;
    let (mut server, mut answers, _) = serve(&database);
    let opening = DbRequest::Open {
        object: Box::new(view),
        again: None,
        limit: 10,
    };
    server.begin(Ticket(1), opening);
    server.begin(Ticket(2), DbRequest::TypesAndFunctions { system: false });
    let mut finished = Vec::new();
    while finished.len() < 2 {
        let (ticket, reply) = answers.recv().await.unwrap();
        if reply.is_final() {
            assert_eq!(reply, DbReply::Done);
            finished.push(ticket.0);
        }
    }
    assert_eq!(finished, [1, 2]);
}

#[tokio::test]
async fn a_request_that_is_cancelled_ends_as_cancelled() {
    let database = Database::with("CREATE VIEW slow AS SELECT 1 AS n FROM pg_sleep(600)").await;
    let view = database.object("slow").await;
    let (mut server, mut answers, _) = serve(&database);
    let opening = DbRequest::Open {
        object: Box::new(view),
        again: None,
        limit: 10,
    };
    server.begin(Ticket(1), opening);
    let (_, first) = answers.recv().await.unwrap();
    assert!(matches!(first, DbReply::Part(Part::Relation(_))));
    // The statement must have begun, or there is nothing to cancel yet.
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'FETCH%' AND datname = current_database()";
    while database.value(busy).await != "1" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.cancel(Ticket(1));
    assert_eq!(all(&mut answers).await, [DbReply::Cancelled]);
    assert_eq!(database.value(busy).await, "0");
}

/// Whatever a request waits for, it can be given up: a lock that another session holds, before a
/// cursor is open or a relation known; and no other request waits with it.
#[tokio::test]
async fn a_table_that_is_locked_is_given_up_and_blocks_no_other() {
    let database = Database::with(
        "CREATE TABLE held (id int PRIMARY KEY); CREATE VIEW seen AS SELECT * FROM held;
         CREATE TABLE free (id int PRIMARY KEY)",
    )
    .await;
    let open = |object: Object| DbRequest::Open {
        object: Box::new(object),
        again: None,
        limit: 10,
    };
    let (table, view) = (database.object("held").await, database.object("seen").await);
    let free = database.object("free").await;
    let holder = database.link().await;
    statement::run(&holder, "BEGIN").await.unwrap();
    statement::run(&holder, "LOCK TABLE held").await.unwrap();
    let (mut server, mut answers, _) = serve(&database);
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    server.begin(Ticket(1), open(view));
    server.begin(Ticket(2), open(table));
    while database.value(waiting).await != "2" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.begin(Ticket(3), open(free));
    let mut ended = Vec::new();
    while ended.is_empty() {
        let (ticket, reply) = answers.recv().await.unwrap();
        ended.extend(reply.is_final().then_some((ticket, reply)));
    }
    assert_eq!(ended, [(Ticket(3), DbReply::Done)]);
    server.cancel(Ticket(1));
    server.cancel(Ticket(2));
    while ended.len() < 3 {
        let (ticket, reply) = answers.recv().await.unwrap();
        ended.extend(reply.is_final().then_some((ticket, reply)));
    }
    assert_eq!(ended[1].1, DbReply::Cancelled);
    assert_eq!(ended[2].1, DbReply::Cancelled);
    assert_eq!(database.value(waiting).await, "0");
}

/// A wish to stop that comes before the request has begun is heard too: nothing is sent.
#[tokio::test]
async fn a_request_that_is_cancelled_at_once_sends_nothing() {
    let database = Database::with("CREATE TABLE t (id int PRIMARY KEY)").await;
    let table = database.object("t").await;
    let (mut server, mut answers, sent) = serve(&database);
    let request = DbRequest::Open {
        object: Box::new(table),
        again: None,
        limit: 10,
    };
    server.begin(Ticket(1), request);
    server.cancel(Ticket(1));
    assert_eq!(all(&mut answers).await, [DbReply::Cancelled]);
    assert!(sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_profile_that_is_cancelled_does_not_go_on_with_a_sample() {
    let database = Database::with(
        "CREATE TABLE t AS SELECT generate_series(1, 10000) AS n;
         CREATE VIEW slow AS SELECT n, pg_sleep(0.01)::text AS slept FROM t",
    )
    .await;
    let relation = Arc::new(database.relation("slow").await);
    let (mut server, mut answers, sent) = serve(&database);
    let column = relation.column("slept").unwrap();
    server.begin(
        Ticket(1),
        DbRequest::Profile {
            relation,
            column,
            deadline: Duration::from_mins(1),
        },
    );
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.cancel(Ticket(1));
    assert_eq!(all(&mut answers).await, [DbReply::Cancelled]);
    let sent = sent.lock().unwrap();
    let profiles = sent.iter().filter(|sql| sql.starts_with("WITH v"));
    assert_eq!(profiles.count(), 1);
}

/// A row that another holds can be waited for no longer: nothing is written, and that is heard.
#[tokio::test]
async fn a_write_that_waits_for_a_lock_is_given_up() {
    use dbkeep::data::edits::{Change, Staged, Who, Written};
    let database =
        Database::with("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)").await;
    let relation = Arc::new(database.relation("t").await);
    let holder = database.link().await;
    statement::run(&holder, "BEGIN").await.unwrap();
    statement::run(&holder, "SELECT FROM t FOR UPDATE")
        .await
        .unwrap();
    let (mut server, mut answers, _) = serve(&database);
    let row = vec![Some("1".to_owned())];
    let staged = Staged {
        who: Who::Old(row.clone()),
        seen: row,
        change: Change::Delete,
    };
    server.begin(Ticket(1), DbRequest::Write(vec![(relation, staged)]));
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    while database.value(waiting).await != "1" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.cancel(Ticket(1));
    let replies = all(&mut answers).await;
    let DbReply::Part(Part::Written { written, .. }) = &replies[0] else {
        panic!("{replies:?}")
    };
    let Written::Refused {
        at: Some(0), fault, ..
    } = &**written
    else {
        panic!("{written:?}")
    };
    assert!(fault.is_cancelled(), "{fault}");
    assert_eq!(replies.last(), Some(&DbReply::Done));
    assert_eq!(database.value("SELECT count(*) FROM t").await, "1");
}

#[tokio::test]
async fn a_start_brings_the_first_tables_and_then_the_first_of_them_with_its_rows() {
    let database = Database::with(
        "CREATE TABLE zoo (id int PRIMARY KEY); CREATE VIEW a_view AS SELECT 1 AS n;
         CREATE TABLE animal (id int PRIMARY KEY); INSERT INTO animal SELECT generate_series(1, 9);
         CREATE TABLE log (at date) PARTITION BY RANGE (at);
         CREATE TABLE a_log PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
    )
    .await;
    let (mut server, mut answers, _) = serve(&database);
    server.begin(Ticket(1), DbRequest::Start { limit: 5 });
    match &all(&mut answers).await[..] {
        [
            DbReply::Part(Part::Catalog(catalog)),
            DbReply::Part(Part::Relation(relation)),
            DbReply::Part(Part::Page(page)),
            DbReply::Done,
        ] => {
            assert!(catalog.is_beginning);
            let names: Vec<&str> = catalog.objects.iter().map(|o| o.name.as_str()).collect();
            assert_eq!(names, ["animal", "log", "zoo"]);
            assert_eq!(relation.name, "animal");
            assert_eq!((page.rows.len(), page.more), (5, true));
        }
        other => panic!("{other:?}"),
    }
    // Where the first schema has no table, all is read before one is opened.
    database
        .run("CREATE SCHEMA other; ALTER TABLE zoo SET SCHEMA other; DROP TABLE animal, log")
        .await;
    server.begin(Ticket(2), DbRequest::Start { limit: 5 });
    match &all(&mut answers).await[..] {
        [
            DbReply::Part(Part::Catalog(catalog)),
            DbReply::Part(Part::Relation(relation)),
            DbReply::Part(Part::Page(_)),
            DbReply::Done,
        ] => {
            assert!(!catalog.is_beginning);
            assert_eq!(catalog.objects.len(), 2);
            assert_eq!((&*relation.schema, &*relation.name), ("other", "zoo"));
        }
        other => panic!("{other:?}"),
    }
    database.run("DROP TABLE other.zoo; DROP VIEW a_view").await;
    server.begin(Ticket(3), DbRequest::Start { limit: 5 });
    let replies = all(&mut answers).await;
    assert!(
        matches!(&replies[..], [DbReply::Part(Part::Catalog(catalog)), DbReply::Done] if catalog.objects.is_empty()),
        "{replies:?}"
    );
}
