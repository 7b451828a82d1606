//! Staged edits are written whole or not at all, only over what was seen, and nothing is lost where
//! the server refuses, another was faster, or the connection goes.

use std::collections::BTreeMap;
use std::sync::Arc;

use dbkeep::data::edits::{Change, Conflict, Input, Planned, RowId, Seen, Staged, Who, Written};
use dbkeep::data::relation::{Relation, Seek};
use dbkeep::pg::{Pool, apply, browse, link};
use dbkeep::sql::change;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::{self, Database};

fn pool(database: &Database) -> Pool {
    Pool::new(database.connector(), link::nobody()).unwrap()
}

/// The rows as they are seen now, with what finds each.
async fn rows(database: &Database, relation: &Relation) -> Vec<(RowId, Seen)> {
    let link = database.link().await;
    let page = browse::page(&link, relation, &Seek::First, 1_000)
        .await
        .unwrap();
    let columns: Vec<usize> = (0..relation.columns.len()).collect();
    let cells = relation.identity_cells().unwrap();
    (0..page.rows.len())
        .map(|row| {
            (
                page.rows.values(row, &cells),
                page.rows.values(row, &columns),
            )
        })
        .collect()
}

fn text(value: &str) -> Input {
    Input::Text(value.to_owned())
}

fn values(given: &[(&str, Input)]) -> BTreeMap<String, Input> {
    given
        .iter()
        .map(|(name, input)| ((*name).to_owned(), input.clone()))
        .collect()
}

fn update((id, seen): &(RowId, Seen), given: &[(&str, Input)]) -> Staged {
    Staged {
        who: Who::Old(id.clone()),
        seen: seen.clone(),
        change: Change::Update(values(given)),
    }
}

fn delete((id, seen): &(RowId, Seen)) -> Staged {
    Staged {
        who: Who::Old(id.clone()),
        seen: seen.clone(),
        change: Change::Delete,
    }
}

fn insert(number: u64, given: &[(&str, Input)]) -> Staged {
    Staged {
        who: Who::New(number),
        seen: Seen::new(),
        change: Change::Insert(values(given)),
    }
}

async fn written_by(pool: &Pool, changes: &[Planned]) -> Result<Written, dbkeep::fault::Fault> {
    apply::apply(pool, pool.pinned().await.unwrap(), changes).await
}

async fn write(database: &Database, relation: &Relation, staged: &[Staged]) -> Written {
    let relation = Arc::new(relation.clone());
    let changes: Vec<Planned> = staged
        .iter()
        .map(|one| (Arc::clone(&relation), one.clone()))
        .collect();
    written_by(&pool(database), &changes).await.unwrap()
}

fn all(written: Written) -> Vec<Seen> {
    match written {
        Written::All(rows) => rows,
        other => panic!("not written: {other:?}"),
    }
}

/// Which change was refused, at which column, and why.
fn refused(written: Written) -> (Option<usize>, Option<String>, String) {
    match written {
        Written::Refused { at, column, fault } => (at, column, fault.to_string()),
        other => panic!("not refused: {other:?}"),
    }
}

const ITEMS: &str = "
    CREATE TABLE item (id int PRIMARY KEY, name varchar(8) NOT NULL, price numeric(8, 2) CHECK (price >= 0),
        kind text DEFAULT 'plain', twice numeric GENERATED ALWAYS AS (price * 2) STORED, UNIQUE (name));
    INSERT INTO item VALUES (1, 'pen', 1.50), (2, 'ink', 7), (3, 'pad', NULL)";

#[tokio::test]
async fn what_is_written_comes_back_as_the_server_has_it() {
    let database = Database::with(ITEMS).await;
    let relation = database.relation("item").await;
    let seen = rows(&database, &relation).await;
    let staged = [
        update(&seen[0], &[("price", text("2.005")), ("kind", Input::Null)]),
        update(&seen[1], &[("kind", text("")), ("name", text("inks"))]),
        delete(&seen[2]),
        insert(0, &[("id", text("9")), ("name", text("pad"))]),
        insert(
            1,
            &[
                ("id", text("10")),
                ("name", text("cup")),
                ("kind", Input::Default),
            ],
        ),
    ];
    let back = all(write(&database, &relation, &staged).await);
    let line = |values: &[Option<&str>]| -> Seen {
        values
            .iter()
            .map(|value| value.map(str::to_owned))
            .collect()
    };
    assert_eq!(
        back[0],
        line(&[Some("1"), Some("pen"), Some("2.01"), None, Some("4.02")])
    );
    assert_eq!(
        back[1],
        line(&[
            Some("2"),
            Some("inks"),
            Some("7.00"),
            Some(""),
            Some("14.00")
        ])
    );
    assert_eq!(
        back[3],
        line(&[Some("9"), Some("pad"), None, Some("plain"), None])
    );
    let now: Vec<Seen> = rows(&database, &relation)
        .await
        .into_iter()
        .map(|(_, seen)| seen)
        .collect();
    assert_eq!(
        now,
        [&back[0], &back[1], &back[3], &back[4]].map(Clone::clone)
    );
}

/// The statement that is shown, run by hand, does the same.
#[tokio::test]
async fn the_statement_that_is_shown_is_the_one_that_is_run() {
    let database = Database::with(ITEMS).await;
    let relation = database.relation("item").await;
    let seen = rows(&database, &relation).await;
    for staged in [
        update(&seen[0], &[("name", text("it's")), ("price", text("3"))]),
        insert(
            0,
            &[
                ("id", text("4")),
                ("name", text("$1\\n")),
                ("kind", Input::Default),
            ],
        ),
        delete(&seen[2]),
    ] {
        let shown = change::shown(&change::statement(&relation, &staged));
        assert!(!shown.contains("::text::"), "{shown}");
        database.run(&shown).await;
    }
    let names = database
        .value("SELECT string_agg(name, ',' ORDER BY id) FROM item")
        .await;
    assert_eq!(names, "it's,ink,$1\\n");
}

#[tokio::test]
async fn every_type_is_written_as_it_was_read() {
    let database = Database::new().await;
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/hostile.sql");
    let file = std::env::var("DBKEEP_TEST_SQL").unwrap_or(own.to_owned());
    database.psql(&["-q", "-v", "ON_ERROR_STOP=1", "-f", &file]);
    let link = database.link().await;
    let catalog = dbkeep::pg::introspect::catalog(&link, false).await.unwrap();
    let mut written = 0;
    for object in catalog
        .objects
        .iter()
        .filter(|object| object.kind.is_counted())
    {
        let relation = dbkeep::pg::introspect::relation(&link, object)
            .await
            .unwrap();
        if !relation.allows.update || relation.identity_cells().is_none() {
            continue;
        }
        let relation = Arc::new(relation);
        for (id, _) in rows(&database, &relation).await.into_iter().take(20) {
            // The whole row: what is on the screen may be cut.
            let Some(seen) = apply::current(&link, &relation, &id).await.unwrap() else {
                panic!("{} is not found again by {id:?}", relation.name)
            };
            let key = relation.identity_cells().unwrap();
            let given = relation.columns.iter().zip(&seen).enumerate();
            let given: Vec<(&str, Input)> = given
                .filter(|(at, (column, _))| !key.contains(at) && column.can_be_given().is_ok())
                .map(|(_, (column, value))| {
                    let input = value.clone().map_or(Input::Null, Input::Text);
                    (column.name.as_str(), input)
                })
                .collect();
            if given.is_empty() {
                continue;
            }
            written += given.len();
            let staged = update(&(id, seen.clone()), &given);
            let back = written_by(&pool(&database), &[(Arc::clone(&relation), staged)]).await;
            assert_eq!(all(back.unwrap()), [seen], "{}", relation.name);
        }
    }
    assert!(written > 60, "only {written} values were written");
}

type Given<'a> = &'a [(&'a str, Input)];

#[tokio::test]
async fn a_value_that_is_refused_is_named_with_its_row_and_column_and_nothing_is_written() {
    let database = Database::with(&format!(
        "{ITEMS}; CREATE DOMAIN low AS int CHECK (VALUE < 10); ALTER TABLE item ADD depth low;
         CREATE TABLE part (id int PRIMARY KEY, item int REFERENCES item, note text NOT NULL)"
    ))
    .await;
    let relation = database.relation("item").await;
    let seen = rows(&database, &relation).await;
    let good = update(&seen[0], &[("kind", text("changed"))]);
    let cases: [(Given<'_>, Option<&str>, &str); 7] = [
        (&[("price", text("many"))], Some("price"), "22P02"),
        (
            &[("price", text("-1")), ("kind", text("x"))],
            Some("price"),
            "23514",
        ),
        (
            &[("name", Input::Null), ("kind", text("x"))],
            Some("name"),
            "23502",
        ),
        (
            &[("name", text("ink")), ("kind", text("x"))],
            Some("name"),
            "23505",
        ),
        (&[("name", text("much too long"))], Some("name"), "22001"),
        (&[("depth", text("10"))], Some("depth"), "23514"),
        (&[("price", text("1e9"))], Some("price"), "22003"),
    ];
    for (given, column, state) in cases {
        let staged = [good.clone(), update(&seen[2], given)];
        let (at, named, why) = refused(write(&database, &relation, &staged).await);
        assert_eq!((at, named.as_deref()), (Some(1), column), "{why}");
        assert!(why.contains(state), "{why}");
    }
    let part = database.relation("part").await;
    let staged = [insert(
        0,
        &[("id", text("1")), ("item", text("99")), ("note", text("x"))],
    )];
    let (at, named, why) = refused(write(&database, &part, &staged).await);
    assert_eq!((at, named.as_deref()), (Some(0), Some("item")), "{why}");
    let kinds = database
        .value("SELECT string_agg(kind, ',') FROM item")
        .await;
    assert_eq!(kinds, "plain,plain,plain", "nothing was written");
}

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

#[tokio::test]
async fn a_row_without_a_key_is_written_only_if_it_is_still_the_one_that_was_seen() {
    let database = Database::with(
        "CREATE TABLE heap (a int, b text); INSERT INTO heap VALUES (1, 'x'), (1, 'x'), (2, NULL)",
    )
    .await;
    let relation = database.relation("heap").await;
    let seen = rows(&database, &relation).await;
    all(write(
        &database,
        &relation,
        &[update(&seen[0], &[("b", text("first"))])],
    )
    .await);
    let now = database
        .value("SELECT string_agg(coalesce(b, '-'), ',' ORDER BY b) FROM heap")
        .await;
    assert_eq!(now, "first,x,-");
    // Its place is free, and may be another's: a row that looks otherwise is not taken for it.
    database.run("VACUUM FULL heap").await;
    let written = write(&database, &relation, &[delete(&seen[2])]).await;
    assert!(matches!(written, Written::Conflicts(_)), "{written:?}");
    assert_eq!(database.value("SELECT count(*) FROM heap").await, "3");
}

#[tokio::test]
async fn a_view_is_written_as_far_as_it_can_be() {
    let database = Database::with(&format!(
        "{ITEMS}; CREATE VIEW cheap AS SELECT id, name, kind FROM item WHERE price < 5;
         CREATE VIEW total AS SELECT sum(price) FROM item;
         CREATE TABLE twin (n int); INSERT INTO twin VALUES (1), (1); CREATE VIEW twins AS TABLE twin"
    ))
    .await;
    assert!(!database.relation("total").await.allows.update);
    let cheap = database.relation("cheap").await;
    assert!(cheap.allows.update && cheap.allows.insert && cheap.allows.delete);
    let seen = (["1", "pen", "plain"], ["1", "pen", "plain"]);
    let row = |values: [&str; 3]| values.map(|value| Some(value.to_owned())).to_vec();
    let row = (row(seen.0), row(seen.1));
    all(write(
        &database,
        &cheap,
        &[update(&row, &[("kind", text("thin"))])],
    )
    .await);
    assert_eq!(
        database.value("SELECT kind FROM item WHERE id = 1").await,
        "thin"
    );
    let twins = database.relation("twins").await;
    let one = (vec![Some("1".to_owned())], vec![Some("1".to_owned())]);
    let (_, _, why) = refused(write(&database, &twins, &[delete(&one)]).await);
    assert!(why.contains("2 rows of twins"), "{why}");
    assert_eq!(database.value("SELECT count(*) FROM twin").await, "2");
}

#[tokio::test]
async fn triggers_policies_privileges_and_deferred_constraints_have_their_say() {
    let database = Database::with(
        "CREATE TABLE t (id int PRIMARY KEY, a text, b text, up int REFERENCES t DEFERRABLE INITIALLY DEFERRED);
         INSERT INTO t VALUES (1, 'one', 'x'), (2, 'two', 'y'), (3, 'three', 'z');
         CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.a = 'raise' THEN RAISE 'not so' USING DETAIL = 'because I say so', HINT = 'ask nicely'; END IF;
            IF NEW.a = 'swallow' THEN RETURN NULL; END IF;
            NEW.b := upper(NEW.a); RETURN NEW; END $$;
         CREATE TRIGGER trig BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
    )
    .await;
    let relation = database.relation("t").await;
    let seen = rows(&database, &relation).await;
    let back = all(write(
        &database,
        &relation,
        &[update(&seen[0], &[("a", text("new"))])],
    )
    .await);
    assert_eq!(
        back[0][2].as_deref(),
        Some("NEW"),
        "the trigger's value is what comes back"
    );
    let (at, _, why) = refused(
        write(
            &database,
            &relation,
            &[update(&seen[1], &[("a", text("raise"))])],
        )
        .await,
    );
    assert_eq!(at, Some(0));
    assert!(
        why.contains("not so") && why.contains("because I say so") && why.contains("ask nicely"),
        "{why}"
    );
    let (_, _, why) = refused(
        write(
            &database,
            &relation,
            &[update(&seen[1], &[("a", text("swallow"))])],
        )
        .await,
    );
    assert!(
        why.contains("t took no row") && why.contains("trigger"),
        "{why}"
    );
    let (at, _, why) = refused(
        write(
            &database,
            &relation,
            &[update(&seen[1], &[("up", text("77"))])],
        )
        .await,
    );
    assert_eq!(at, None, "a deferred constraint speaks at the end");
    assert!(why.contains("23503"), "{why}");
    // A column that is gone meanwhile.
    database.run("ALTER TABLE t DROP COLUMN b").await;
    let (_, _, why) = refused(
        write(
            &database,
            &relation,
            &[update(&seen[1], &[("a", text("x"))])],
        )
        .await,
    );
    assert!(why.contains("42703"), "{why}");
    assert_eq!(
        database
            .value("SELECT string_agg(a, ',' ORDER BY id) FROM t")
            .await,
        "new,two,three"
    );
}

#[tokio::test]
async fn who_may_only_read_is_not_offered_more() {
    let database = Database::with(
        "CREATE TABLE t (id int PRIMARY KEY, a text); INSERT INTO t VALUES (1, 'one');
         CREATE ROLE reader_only LOGIN; GRANT SELECT ON t TO reader_only",
    )
    .await;
    let mut info = database.info();
    info.set("user", "reader_only").unwrap();
    let link = support::link_to(&info).await;
    let relation = dbkeep::pg::introspect::relation(&link, &database.object("t").await)
        .await
        .unwrap();
    assert_eq!(relation.allows, dbkeep::data::relation::Allows::default());
    let pool = Pool::new(support::connector(&info), link::nobody()).unwrap();
    let row = (
        vec![Some("1".to_owned())],
        vec![Some("1".to_owned()), Some("one".to_owned())],
    );
    let staged = update(&row, &[("a", text("x"))]);
    let written = written_by(&pool, &[(Arc::new(relation), staged)])
        .await
        .unwrap();
    let (_, _, why) = refused(written);
    assert!(why.contains("42501"), "{why}");
    database
        .run("DROP OWNED BY reader_only; DROP ROLE reader_only")
        .await;
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

#[derive(Debug, Clone)]
enum Edit {
    Set(usize, &'static str, Option<String>),
    Delete(usize),
    Add(Option<String>),
}

/// Random edits, staged and written, are the same edits applied to a list.
#[test]
fn edits_that_are_written_are_those_that_were_made() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let database = runtime.block_on(Database::with(
        "CREATE TABLE t (id int PRIMARY KEY, a text, b int)",
    ));
    let relation = runtime.block_on(database.relation("t"));
    let value = proptest::option::of("[a-c' \\\\]{0,3}");
    let edit = prop_oneof![
        (0..8usize, value.clone()).prop_map(|(row, value)| Edit::Set(row, "a", value)),
        (0..8usize, proptest::option::of(0..9i32)).prop_map(|(row, value)| Edit::Set(
            row,
            "b",
            value.map(|value| value.to_string())
        )),
        (0..8usize).prop_map(Edit::Delete),
        value.prop_map(Edit::Add),
    ];
    let mut runner = TestRunner::new(Config {
        cases: 64,
        ..Config::default()
    });
    let edits = proptest::collection::vec(edit, 1..12);
    runner
        .run(&edits, |edits| {
            runtime.block_on(compare(&database, &relation, &edits));
            Ok(())
        })
        .unwrap();
}

async fn compare(database: &Database, relation: &Relation, edits: &[Edit]) {
    use dbkeep::data::edits::{Edits, Step};
    database
        .run("TRUNCATE t; INSERT INTO t SELECT i, 'v' || i, i FROM generate_series(0, 7) i")
        .await;
    let seen = rows(database, relation).await;
    let mut model: BTreeMap<String, (Option<String>, Option<String>)> = seen
        .iter()
        .map(|(id, seen)| (id[0].clone().unwrap(), (seen[1].clone(), seen[2].clone())))
        .collect();
    let mut staged = Edits::default();
    for edit in edits {
        match edit {
            Edit::Set(row, column, value) => {
                staged.push(Step::Set {
                    who: Who::Old(seen[*row].0.clone()),
                    seen: seen[*row].1.clone(),
                    column: (*column).to_owned(),
                    input: value.clone().map_or(Input::Null, Input::Text),
                });
                if let Some(values) = model.get_mut(&row.to_string()) {
                    if *column == "a" {
                        values.0.clone_from(value);
                    } else {
                        values.1.clone_from(value);
                    }
                }
            }
            Edit::Delete(row) => {
                staged.push(Step::Delete {
                    who: Who::Old(seen[*row].0.clone()),
                    seen: seen[*row].1.clone(),
                });
                model.remove(&row.to_string());
            }
            Edit::Add(value) => {
                let number = staged.next_number();
                let id = (100 + number).to_string();
                let given = [
                    ("id", text(&id)),
                    ("a", value.clone().map_or(Input::Null, Input::Text)),
                ];
                staged.push(Step::Add {
                    number,
                    values: values(&given),
                });
                model.insert(id, (value.clone(), None));
            }
        }
    }
    all(write(database, relation, staged.staged()).await);
    let now: BTreeMap<_, _> = rows(database, relation)
        .await
        .into_iter()
        .map(|(id, seen)| (id[0].clone().unwrap(), (seen[1].clone(), seen[2].clone())))
        .collect();
    assert_eq!(now, model);
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

#[tokio::test]
async fn a_text_is_checked_as_the_type_reads_it_and_a_time_can_be_shifted() {
    let database = Database::with("CREATE DOMAIN low AS int CHECK (VALUE < 10); CREATE TABLE t (id int PRIMARY KEY, d date, ts timestamptz, n low, j jsonb, s varchar(3), m numeric(4, 1))").await;
    let (link, relation) = (database.link().await, database.relation("t").await);
    let column = |name: &str| relation.column(name).unwrap();
    for (name, typed, from, wanted) in [
        (
            "d",
            "tomorrow",
            None,
            database.value("SELECT 'tomorrow'::date").await,
        ),
        ("d", "+1d", Some("2024-02-28"), "2024-02-29".to_owned()),
        (
            "d",
            "-2 months",
            Some("2024-02-29"),
            "2023-12-29".to_owned(),
        ),
        (
            "ts",
            "+1h",
            Some("2024-01-01 00:30:00+00"),
            "2024-01-01 01:30:00+00".to_owned(),
        ),
        ("n", " 07", None, "7".to_owned()),
        ("j", "{\"a\":1,\"a\":2}", None, "{\"a\": 2}".to_owned()),
        ("s", "abc  ", None, "abc".to_owned()),
        ("m", "1.25", None, "1.3".to_owned()),
    ] {
        let checked = apply::check(&link, &relation, column(name), typed, from).await;
        assert_eq!(checked, Ok(wanted), "{name} {typed}");
    }
    for (name, typed, state) in [
        ("d", "soon", "22007"),
        ("n", "12", "23514"),
        ("j", "{a", "22P02"),
        ("m", "12345", "22003"),
    ] {
        let refused = apply::check(&link, &relation, column(name), typed, None).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.sqlstate.as_deref(), Some(state), "{refused}");
    }
    for typed in ["abcd", "ab\n\n\n"] {
        let refused = apply::check(&link, &relation, column("s"), typed, None).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.what, "value too long for type character varying(3)");
    }
}

#[tokio::test]
async fn what_a_foreign_key_can_refer_to_is_called_by_its_readable_column() {
    let database = Database::with(
        "CREATE TABLE customer (id int PRIMARY KEY, code text, full_name text, name text);
         INSERT INTO customer VALUES (1, 'a', 'x', 'Ada'), (2, 'b', 'y', 'Grace'), (30, 'c', 'z', '100%');
         CREATE TABLE pair (a int, b int, PRIMARY KEY (a, b)); INSERT INTO pair VALUES (1, 2)",
    )
    .await;
    let link = database.link().await;
    let choices = async |table: &str, referenced: &str, typed: &str| {
        let oid = database.object(table).await.oid;
        let found = dbkeep::pg::values::choices(&link, oid, referenced, typed)
            .await
            .unwrap();
        let found = found
            .into_iter()
            .map(|one| (one.text, one.note.unwrap_or_default()));
        found.collect::<Vec<_>>()
    };
    let pair = |text: &str, note: &str| (text.to_owned(), note.to_owned());
    let all = [pair("30", "100%"), pair("1", "Ada"), pair("2", "Grace")];
    assert_eq!(choices("customer", "id", "").await, all);
    assert_eq!(choices("customer", "id", "gra").await, [pair("2", "Grace")]);
    assert_eq!(choices("customer", "id", "0%").await, [pair("30", "100%")]);
    assert_eq!(choices("customer", "id", "3").await, [pair("30", "100%")]);
    assert_eq!(choices("pair", "a", "").await, [pair("1", "")]);
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
