//! Staged edits are written whole or not at all, only over what was seen, and nothing is lost where
//! another was faster, tables refer to each other, or the connection goes.

use std::sync::Arc;

use dbkeep::data::edits::{Conflict, Planned, Written};
use dbkeep::pg::{Pool, apply, link};

use crate::staging::{
    ITEMS, all, delete, insert, pool, refused, rows, text, update, write, written_by,
};
use crate::support::{self, Database};

#[tokio::test]
async fn what_others_did_meanwhile_is_told_and_kept() {
    let database = Database::with(ITEMS).await;
    let relation = database.relation("item").await;
    let seen = rows(&database, &relation).await;
    database.run("UPDATE item SET price = 9 WHERE id = 1; DELETE FROM item WHERE id = 2; UPDATE item SET kind = 'theirs' WHERE id = 3").await;
    let staged = [
        update(&seen[0], &[("price", text("3"))]),
        update(&seen[1], &[("price", text("3"))]),
        // Another column than theirs: no conflict.
        update(&seen[2], &[("price", text("3"))]),
    ];
    let Written::Conflicts(conflicts) = write(&database, &relation, &staged).await else {
        panic!("no conflict")
    };
    let theirs = Some(vec![
        Some("1".into()),
        Some("pen".into()),
        Some("9.00".into()),
        Some("plain".into()),
        Some("18.00".into()),
    ]);
    assert_eq!(
        conflicts,
        [
            Conflict { at: 0, theirs },
            Conflict {
                at: 1,
                theirs: None
            }
        ]
    );
    assert_eq!(
        database
            .value("SELECT count(*) FROM item WHERE price = 3")
            .await,
        "0"
    );
    all(write(&database, &relation, &staged[2..]).await);
    let kept = database
        .value("SELECT kind || price FROM item WHERE id = 3")
        .await;
    assert_eq!(kept, "theirs3.00");
    // A row that is deleted must be as it was seen, whichever column another changed.
    let Written::Conflicts(conflicts) = write(&database, &relation, &[delete(&seen[2])]).await
    else {
        panic!("no conflict")
    };
    assert_eq!(conflicts.len(), 1);
}

/// The session is ended by the server itself: at a row, and at the commit.
#[tokio::test]
async fn a_backend_that_is_killed_leaves_all_or_nothing_and_says_which() {
    let database = Database::with(
        "CREATE TABLE t (id int PRIMARY KEY, a text); INSERT INTO t VALUES (1, 'one'), (2, 'two');
         CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
         CREATE CONSTRAINT TRIGGER at_commit AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (NEW.a = 'at commit') EXECUTE FUNCTION die();
         CREATE TRIGGER at_row BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.a = 'at row') EXECUTE FUNCTION die()",
    )
    .await;
    let relation = database.relation("t").await;
    let seen = rows(&database, &relation).await;
    let staged = |last: &str| {
        [
            update(&seen[0], &[("a", text("x"))]),
            update(&seen[1], &[("a", text(last))]),
        ]
    };
    let (at, _, why) = refused(write(&database, &relation, &staged("at row")).await);
    assert_eq!(at, Some(1));
    assert!(why.contains("57P01") || why.contains("lost"), "{why}");
    let Written::Lost { written, fault } = write(&database, &relation, &staged("at commit")).await
    else {
        panic!("not lost")
    };
    assert_eq!(written, Some(false), "{fault}");
    assert_eq!(
        database
            .value("SELECT string_agg(a, ',' ORDER BY id) FROM t")
            .await,
        "one,two"
    );
}

/// Two people add to the same numbers; each tries again from what is there. No addition is lost.
#[tokio::test(flavor = "multi_thread")]
async fn two_sessions_lose_no_update_in_a_thousand() {
    const EACH: usize = 500;
    let database = Arc::new(Database::with("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT i, 0 FROM generate_series(0, 2) i").await);
    let relation = Arc::new(database.relation("t").await);
    let work = |begin: usize| {
        let (relation, pool, database) = (
            Arc::clone(&relation),
            pool(&database),
            Arc::clone(&database),
        );
        tokio::spawn(async move {
            let link = database.link().await;
            for turn in 0..EACH {
                let id = vec![Some(((begin + turn) % 3).to_string())];
                loop {
                    let seen = apply::current(&link, &relation, &id)
                        .await
                        .unwrap()
                        .unwrap();
                    let next = seen[1].as_deref().unwrap().parse::<usize>().unwrap() + 1;
                    let staged = update(&(id.clone(), seen), &[("n", text(&next.to_string()))]);
                    match written_by(&pool, &[(Arc::clone(&relation), staged)])
                        .await
                        .unwrap()
                    {
                        Written::All(_) => break,
                        Written::Conflicts(_) => {}
                        other => panic!("{other:?}"),
                    }
                }
            }
        })
    };
    let (one, other) = (work(0), work(1));
    one.await.unwrap();
    other.await.unwrap();
    assert_eq!(
        database.value("SELECT sum(n) FROM t").await,
        (2 * EACH).to_string()
    );
}

#[tokio::test]
async fn rows_of_several_tables_are_written_in_the_order_of_their_foreign_keys() {
    let database = Database::with(
        "CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int PRIMARY KEY, parent int NOT NULL REFERENCES parent);
         CREATE TABLE grand (id int PRIMARY KEY, child int NOT NULL REFERENCES child);
         INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1); INSERT INTO grand VALUES (1, 1)",
    )
    .await;
    let mut changes: Vec<Planned> = Vec::new();
    for name in ["parent", "grand", "child"] {
        let relation = Arc::new(database.relation(name).await);
        let seen = rows(&database, &relation).await;
        changes.push((Arc::clone(&relation), delete(&seen[0])));
        let up = ["parent", "child"]
            .into_iter()
            .find(|up| relation.column(up).is_some());
        let mut given = vec![("id", text("2"))];
        given.extend(up.map(|up| (up, text("2"))));
        changes.push((relation, insert(0, &given)));
    }
    let ordered = apply::ordered(&database.link().await, changes)
        .await
        .unwrap();
    let names: Vec<&str> = ordered
        .iter()
        .map(|(relation, _)| relation.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["parent", "child", "grand", "grand", "child", "parent"]
    );
    all(written_by(&pool(&database), &ordered).await.unwrap());
    assert_eq!(
        database.value("SELECT id || '' || child FROM grand").await,
        "22"
    );
}

#[tokio::test]
async fn what_a_deletion_does_to_other_tables_is_counted_before_it_is_done() {
    use dbkeep::data::edits::{Action, Effect};
    let database = Database::with(
        "CREATE TABLE customer (a int, b int, PRIMARY KEY (a, b)); INSERT INTO customer VALUES (1, 1), (1, 2);
         CREATE TABLE bill (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES customer ON DELETE CASCADE);
         CREATE TABLE line (id int PRIMARY KEY, bill int REFERENCES bill ON DELETE CASCADE, up int REFERENCES line ON DELETE CASCADE);
         CREATE TABLE note (id int PRIMARY KEY, bill int REFERENCES bill ON DELETE SET NULL);
         CREATE TABLE lock (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES customer);
         INSERT INTO bill SELECT i, 1, 1 + i % 2 FROM generate_series(1, 5) i;
         INSERT INTO line SELECT i, 1 + i % 5, nullif(i - 1, 0) FROM generate_series(1, 20) i;
         INSERT INTO note VALUES (1, 2), (2, 4), (3, 1); INSERT INTO lock VALUES (1, 1, 1)",
    )
    .await;
    let relation = Arc::new(database.relation("customer").await);
    let seen = rows(&database, &relation).await;
    let changes = [
        (Arc::clone(&relation), delete(&seen[0])),
        (relation, insert(0, &[("a", text("9"))])),
    ];
    let found = dbkeep::pg::effects::effects(&database.link().await, &changes)
        .await
        .unwrap();
    let effect = |table: &str, rows, action| Effect {
        table: table.to_owned(),
        rows: Some(rows),
        action,
    };
    let wanted = [
        // What forbids it comes first.
        effect("lock", 1, Action::Forbids),
        effect("bill", 2, Action::Cascades),
        effect("line", 8, Action::Cascades),
        // Lines that refer to those lines.
        effect("line", 8, Action::Cascades),
        effect("note", 2, Action::SetsNull),
    ];
    assert_eq!(found[0], wanted);
    assert!(found[1].is_empty());
}

/// A way to the server that is cut once, when the server has committed and says so.
fn cutting(database: &Database) -> dbkeep::config::conninfo::ConnInfo {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{UnixListener, UnixStream};
    let info = database.info();
    let server = format!(
        "{}/.s.PGSQL.{}",
        info.get("host").unwrap(),
        info.get("port").unwrap_or("5432")
    );
    let folder = support::open_folder();
    let listener = UnixListener::bind(folder.join(".s.PGSQL.5432")).unwrap();
    let cut = Arc::new(std::sync::atomic::AtomicBool::new(false));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = UnixStream::connect(&server).await.unwrap();
            let cut = Arc::clone(&cut);
            tokio::spawn(async move {
                let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
                    (client.into_split(), server.into_split());
                let asking =
                    tokio::spawn(
                        async move { tokio::io::copy(&mut from_client, &mut to_server).await },
                    );
                let mut bytes = [0; 8192];
                while let Ok(count @ 1..) = from_server.read(&mut bytes).await {
                    let says = bytes[..count].windows(7).any(|said| said == b"COMMIT\0");
                    if says && !cut.swap(true, std::sync::atomic::Ordering::SeqCst) {
                        break;
                    }
                    if to_client.write_all(&bytes[..count]).await.is_err() {
                        break;
                    }
                }
                asking.abort();
            });
        }
    });
    let mut info = info;
    info.set("host", folder.to_str().unwrap()).unwrap();
    info.set("port", "5432").unwrap();
    info
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_asked_about_and_not_done_twice() {
    let database =
        Database::with("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1)")
            .await;
    let relation = Arc::new(database.relation("t").await);
    let seen = rows(&database, &relation).await;
    let pool = Pool::new(support::connector(&cutting(&database)), link::nobody()).unwrap();
    let staged = update(&seen[0], &[("n", text("2"))]);
    let written = written_by(&pool, &[(relation, staged)]).await.unwrap();
    let Written::Lost { written, fault } = written else {
        panic!("not lost: {written:?}")
    };
    assert_eq!(written, Some(true), "{fault}");
    assert_eq!(database.value("SELECT n FROM t").await, "2");
}

/// No fixed order of statements serves them all: a parent and its child of one table that go
/// together, a number that is given away and taken anew, a value that two rows exchange by a third.
#[tokio::test]
async fn changes_that_wait_for_each_other_are_written_together() {
    let database = Database::with(
        "CREATE TABLE node (id int PRIMARY KEY, up int REFERENCES node, name text UNIQUE);
         INSERT INTO node VALUES (1, NULL, 'root'), (2, 1, 'leaf'), (3, NULL, 'other')",
    )
    .await;
    let relation = database.relation("node").await;
    let seen = rows(&database, &relation).await;
    let staged = [
        delete(&seen[0]),
        delete(&seen[1]),
        insert(
            0,
            &[("id", text("1")), ("up", text("9")), ("name", text("leaf"))],
        ),
        insert(1, &[("id", text("9")), ("name", text("root"))]),
    ];
    let back = all(write(&database, &relation, &staged).await);
    assert_eq!(back.len(), 4);
    let now = "SELECT string_agg(id || ':' || name, ',' ORDER BY id) FROM node";
    assert_eq!(database.value(now).await, "1:leaf,3:other,9:root");
    // Where waiting does not help, the first one that fails is named.
    let seen = rows(&database, &relation).await;
    let staged = [
        update(&seen[1], &[("name", text("leaf"))]),
        delete(&seen[2]),
    ];
    let (at, column, why) = refused(write(&database, &relation, &staged).await);
    assert_eq!((at, column.as_deref()), (Some(0), Some("name")), "{why}");
    assert_eq!(database.value(now).await, "1:leaf,3:other,9:root");
}

#[tokio::test]
async fn a_text_that_a_collation_holds_for_equal_is_not_overwritten() {
    let database = Database::with(
        "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
         CREATE TABLE t (id int PRIMARY KEY, n text COLLATE loose); INSERT INTO t VALUES (1, 'foo')",
    )
    .await;
    let relation = database.relation("t").await;
    let seen = rows(&database, &relation).await;
    database.run("UPDATE t SET n = 'FOO'").await;
    for staged in [update(&seen[0], &[("n", text("mine"))]), delete(&seen[0])] {
        let written = write(&database, &relation, &[staged]).await;
        assert!(matches!(written, Written::Conflicts(_)), "{written:?}");
    }
    assert_eq!(database.value("SELECT n FROM t").await, "FOO");
}

#[tokio::test]
async fn what_refers_to_a_partitioned_table_goes_with_a_row_of_its_partition() {
    use dbkeep::data::edits::Action;
    let database = Database::with(
        "CREATE TABLE r (id int PRIMARY KEY) PARTITION BY RANGE (id);
         CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (0) TO (10);
         CREATE TABLE c (id int PRIMARY KEY, rid int REFERENCES r ON DELETE CASCADE);
         INSERT INTO r VALUES (1); INSERT INTO c VALUES (1, 1), (2, 1)",
    )
    .await;
    for name in ["r", "r1"] {
        let relation = Arc::new(database.relation(name).await);
        let seen = rows(&database, &relation).await;
        let changes = [(relation, delete(&seen[0]))];
        let found = dbkeep::pg::effects::effects(&database.link().await, &changes)
            .await
            .unwrap();
        let found: Vec<_> = found[0].iter().map(|one| (one.rows, one.action)).collect();
        assert_eq!(found, [(Some(2), Action::Cascades)], "{name}");
    }
}
