//! Staged edits become the rows they say, of any type and relation, and a value that is refused is
//! named with its place.

use std::collections::BTreeMap;
use std::sync::Arc;

use dbkeep::data::edits::{Input, Seen, Who, Written};
use dbkeep::data::relation::Relation;
use dbkeep::pg::{Pool, apply, link};
use dbkeep::sql::change;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::staging::{
    ITEMS, all, delete, insert, pool, refused, rows, text, update, values, write, written_by,
};
use crate::support::{self, Database};

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
        assert!(!shown.contains("::pg_catalog.text::"), "{shown}");
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

/// `PostGIS` is not everywhere; what matters of it is a type and the function in the same schema.
#[tokio::test]
async fn a_geometry_is_written_for_people_by_the_function_beside_its_type() {
    let database = Database::with(
        "CREATE SCHEMA \"G is\"; CREATE TYPE \"G is\".geometry AS (x int, y int);
         CREATE FUNCTION \"G is\".st_asewkt(\"G is\".geometry) RETURNS text LANGUAGE sql AS
         $$ SELECT 'POINT(' || $1.x || ' ' || $1.y || ')' $$;
         CREATE TABLE t (id int PRIMARY KEY, at \"G is\".geometry, note text)",
    )
    .await;
    let (link, relation) = (database.link().await, database.relation("t").await);
    let text = apply::well_known(&link, &relation, 1, "(3,-4)").await;
    assert_eq!(text.as_deref(), Ok("POINT(3 -4)"));
    let refused = apply::well_known(&link, &relation, 1, "no point").await;
    assert_eq!(refused.unwrap_err().sqlstate.as_deref(), Some("22P02"));
    assert!(
        apply::well_known(&link, &relation, 2, "text")
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_text_is_checked_as_the_type_reads_it_and_a_time_can_be_shifted() {
    let database = Database::with("CREATE DOMAIN low AS int CHECK (VALUE < 10); CREATE DOMAIN short AS varchar(3); CREATE DOMAIN shorter AS short; CREATE TABLE t (id int PRIMARY KEY, d date, ts timestamptz, n low, j jsonb, s varchar(3), m numeric(4, 1), q shorter)").await;
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
        // A cast to a domain cuts too.
        let refused = apply::check(&link, &relation, column("q"), typed, None).await;
        assert_eq!(refused.unwrap_err().what, "value too long for type shorter");
    }
    assert_eq!(relation.columns[column("q")].cast, "pg_catalog.\"varchar\"");
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
