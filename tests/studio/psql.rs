//! What psql does beside SQL, in a console: COPY from and to files, files of statements, and statements
//! that are run again and again.

use std::time::Duration;

use dbkeep::data::Timeout;
use dbkeep::fault::Fault;
use dbkeep::studio::app::{Msg, Outside};
use dbkeep::studio::work::console::{Ask, Progress, Told, Way};
use dbkeep::studio::work::{DbReply, DbRequest};

use crate::console::{chunk, ended, told, two_columns};
use crate::driver::Studio;
use crate::shop;
use crate::sql::{sent, typed};

/// The COPY that was sent and is not answered.
fn copying(studio: &Studio) -> Option<(String, Way)> {
    studio.asked.iter().find_map(|(_, request)| match request {
        DbRequest::Console(_, Ask::Copy { sql, way }) => Some((sql.clone(), way.clone())),
        _ => None,
    })
}

fn copy(sql: &str, way: Way) -> (String, Way) {
    (sql.to_owned(), way)
}

#[test]
fn the_lines_behind_a_copy_are_its_data_and_their_wrong_one_is_marked() {
    let mut studio = typed("copy t from stdin;\n1\tone\n2\tzwei\n\\.\nselect few");
    studio.press("up up up");
    studio.held = true;
    studio.press("alt-enter");
    let given = Way::Given("1\tone\n2\tzwei\n".to_owned());
    assert_eq!(copying(&studio), Some(copy("copy t from stdin", given)));
    let run = studio.run.expect("nothing runs");
    let progress = Progress {
        bytes: 6,
        of: Some(13),
        rows: None,
    };
    studio.handle(Msg::Db(run, told(Told::Copied(progress))));
    studio.sees("running, 0 s, 6 bytes of 13 bytes · ctrl-c cancels");
    let fault = Fault::new("invalid input syntax for type integer: \"zwei\"")
        .because("COPY t, line 2, column b: \"zwei\"");
    studio.handle(Msg::Db(run, DbReply::Failed(fault)));
    studio.sees("COPY t, line 2, column b");
    studio.sees("✗ 3");
    studio.sees("line 3, column 1");
    // All of the text: what is behind the data is a statement again.
    studio.asked.clear();
    studio.held = false;
    studio.press("f6");
    studio.sees("2 of 2 · select few");
    studio.press("alt-down ,");
    studio.sees("COPY 3 · 12 ms");
}

#[test]
fn a_copy_without_a_file_asks_for_one() {
    let mut studio = typed("copy t from stdin;\n");
    studio.press("up");
    studio.held = true;
    studio.press("alt-enter");
    studio.sees("copy t from stdin ─");
    studio.sees("enter copies it");
    studio.press("esc alt-enter");
    studio.types("~/t.csv");
    studio.press("enter");
    let from = Way::From("~/t.csv".to_owned());
    assert_eq!(copying(&studio), Some(copy("copy t from stdin", from)));
    let mut studio = typed("select few; copy t to stdout; \\copy u to pstdout csv");
    studio.held = true;
    studio.press("f6");
    studio.sees("copy t to stdout ─");
    studio.types("t");
    studio.press("enter");
    studio.sees("COPY u TO STDOUT csv ─");
    assert_eq!(sent(&studio), Vec::<String>::new());
    studio.types("u");
    studio.press("enter");
    assert_eq!(sent(&studio), ["select few"]);
    studio.held = false;
    studio.settle();
    studio.sees("3 of 3 · \\copy u to pstdout csv");
    studio.sees("COPY 3 · 12 ms");
    // What was run is found again as it was typed.
    studio.press("ctrl-r");
    studio.sees("\\copy u to pstdout csv");
}

#[test]
fn psqls_copy_names_its_file_and_a_transaction_is_begun_before_it_by_hand() {
    let mut studio = typed("\\copy (select 1) to 'my file.csv' csv header");
    studio.held = true;
    studio.press("alt-m alt-enter");
    assert_eq!(sent(&studio), ["BEGIN"]);
    while copying(&studio).is_none() {
        assert!(studio.answer());
        studio.settle();
    }
    let into = Way::Into("my file.csv".to_owned());
    assert_eq!(
        copying(&studio),
        Some(copy("COPY (select 1) TO STDOUT csv header", into))
    );
    // What it writes within is asked first.
    let mut studio = typed("copy (delete from t returning *) to stdout");
    studio.press("alt-enter");
    studio.types("t");
    studio.press("enter");
    studio.sees("This deletes every row of t. Run it?");
}

#[test]
fn a_file_is_run_in_its_order_and_its_fault_names_it() {
    let mut studio = typed("select few;\n\\i sql/all.sql\nselect few");
    studio.press("f6");
    let load = |path: &str| Some(Outside::Load(path.to_owned()));
    assert_eq!(studio.outside.last().cloned(), load("sql/all.sql"));
    studio.sees_no("30 rows");
    studio.handle(Msg::Read(b"do it;\n\\ir more.sql\n".to_vec()));
    assert_eq!(studio.outside.last().cloned(), load("sql/more.sql"));
    studio.handle(Msg::Read(b"\n\nselect\n  nope;".to_vec()));
    studio.sees("4 of 4 · select few");
    // The same, with something wrong in it.
    studio.press("f6");
    studio.handle(Msg::Read(b"do it;\n\nselect nme;\nselect few".to_vec()));
    studio.sees("3 of 3 · select nme");
    studio.sees("in sql/all.sql, line 3");
    studio.sees("the 2 statements after it were not run");
    // What cannot be read as statements is named too, and nothing is run.
    studio.press("f6");
    studio.handle(Msg::Read(b"select few;\nselect 'open".to_vec()));
    studio.sees("sql/all.sql, line 2: it has no end");
    // What it destroys is asked about.
    studio.press("f6");
    studio.handle(Msg::Read(b"drop table t".to_vec()));
    studio.sees("This drops table t. Run it?");
    studio.press("esc");
    // What is read later is a text again.
    studio.press("ctrl-o");
    studio.handle(Msg::Read(b"select none".to_vec()));
    studio.sees("select none");
}

#[test]
fn files_that_name_each_other_end() {
    let mut studio = typed("\\i a.sql");
    studio.press("alt-enter");
    for _ in 0..16 {
        studio.handle(Msg::Read(b"\\i a.sql".to_vec()));
    }
    studio.sees("does one of them name itself?");
}

#[test]
fn a_watched_statement_is_run_again_where_one_was() {
    let mut studio = typed("select few \\watch 5");
    studio.press("home alt-enter");
    studio.sees("watching");
    studio.sees("run 1, every 5 s · ctrl-c stops");
    studio.press("alt-down down down right");
    studio.sees("row 3 of 30 · name text");
    // Nothing else is run meanwhile.
    studio.press("alt-enter");
    studio.sees("a statement is watched: ctrl-c stops it");
    studio.wait(Duration::from_secs(5));
    studio.held = true;
    // The second time, with more rows; until they are here the ones before are.
    let ticket = studio.waiting.expect("nothing waits");
    studio.handle(Msg::Db(ticket, DbReply::Done));
    assert_eq!(sent(&studio), ["select few"]);
    let run = studio.run.expect("nothing runs");
    studio.handle(Msg::Db(run, told(Told::Columns(two_columns()))));
    studio.handle(Msg::Db(run, told(chunk(1, 40, true))));
    studio.sees("row 3 of 30 · name text");
    for reply in ended("SELECT 40") {
        studio.handle(Msg::Db(run, reply));
    }
    studio.sees("row 3 of 40 · name text");
    studio.sees("run 2, every 5 s");
    studio.wait(Duration::from_secs(1));
    insta::assert_snapshot!(studio.text());
    studio.press("ctrl-c");
    let ticket = studio.waiting.expect("nothing waits");
    assert_eq!(studio.outside.last(), Some(&Outside::Cancel(ticket)));
    studio.handle(Msg::Db(ticket, DbReply::Cancelled));
    studio.sees("it is not run again");
    studio.sees_no("watching");
}

#[test]
fn what_is_watched_ends_at_an_error_and_with_its_session() {
    let mut studio = typed("select few;\\watch");
    studio.press("alt-enter");
    studio.sees("every 2 s");
    let ticket = studio.waiting.expect("nothing waits");
    studio.held = true;
    studio.handle(Msg::Db(ticket, DbReply::Done));
    let run = studio.run.expect("nothing runs");
    studio.handle(Msg::Db(run, DbReply::Failed(Fault::new("no more"))));
    studio.sees("no more");
    studio.sees_no("watching");
    studio.asked.clear();
    studio.held = false;
    studio.press("alt-enter");
    studio.sees("watching");
    let lost = Fault {
        is_lost: true,
        ..Fault::new("The connection to the server was lost")
    };
    let listening = studio.listening.expect("nobody listens");
    studio.handle(Msg::Db(listening, DbReply::Failed(lost)));
    studio.sees("no session");
    studio.sees_no("ctrl-c stops");
    let mut studio = typed("select few \\watch\nselect few");
    studio.press("f6");
    studio.sees("what is behind it is to be run by itself");
}

#[test]
fn psqls_own_words_do_what_they_do_there() {
    let mut studio = typed("\\e");
    studio.press("alt-enter");
    let edits =
        |outside: Option<&Outside>| matches!(outside, Some(Outside::Edit { taken: true, .. }));
    assert!(edits(studio.outside.last()));
    let mut studio = typed("\\q");
    studio.press("alt-enter");
    assert_eq!(studio.outside.last(), Some(&Outside::Quit));
    let mut studio = typed("\\echo 'it''s'\n\\conninfo");
    studio.held = true;
    studio.press("up alt-enter");
    assert_eq!(sent(&studio), ["SELECT 'it''s' AS echo"]);
}

#[test]
fn a_statement_can_have_a_limit_that_is_seen_and_kept() {
    let limits = |studio: &Studio| {
        let asked = studio
            .asked
            .iter()
            .filter_map(|(_, request)| match request {
                DbRequest::Console(_, Ask::Timeout(timeout)) => Some(*timeout),
                _ => None,
            });
        asked.collect::<Vec<_>>()
    };
    let half_a_minute = Timeout::parse("30s").unwrap();
    let mut studio = typed("select few;\nset statement_timeout = 0");
    studio.held = true;
    studio.press("alt-t");
    studio.sees("30s, 500ms, 2min, or 0 for no limit");
    studio.types("soon");
    studio.press("enter");
    studio.sees("soon is no time");
    studio.press("ctrl-u");
    studio.types("30s");
    studio.press("enter");
    assert_eq!(limits(&studio), [Some(half_a_minute)]);
    studio.sees("autocommit · idle · at most 30 s");
    // It is there to be changed; and a statement that sets it has the last word.
    studio.press("alt-t");
    studio.sees("30 s  ");
    studio.press("esc");
    studio.asked.clear();
    studio.press("alt-enter");
    assert_eq!(limits(&studio), [None]);
    studio.sees_no("at most");
    // The default of the configuration is each console's.
    let mut studio = Studio::with_timeout(shop(3), (80, 24), half_a_minute);
    studio.held = true;
    studio.press("2");
    assert_eq!(limits(&studio), [Some(half_a_minute)]);
    studio.sees("at most 30 s");
    studio.press("alt-n");
    studio.sees("at most 30 s");
}
