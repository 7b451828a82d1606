//! The SQL screen, from what is typed to what is asked of a console's session, and what becomes of
//! its answers.

use std::time::Duration;

use dbkeep::data::ConsoleText;
use dbkeep::data::result::Notification;
use dbkeep::fault::Fault;
use dbkeep::studio::app::{Msg, Outside};
use dbkeep::studio::work::console::{Ask, Chunk, Told};
use dbkeep::studio::work::{DbReply, DbRequest};
use ratatui::crossterm::event::{MouseButton, MouseEventKind};

use crate::console::{chunk, ended, told};
use crate::driver::Studio;
use crate::shop;

/// The studio on the SQL screen, with a text.
pub fn typed(text: &str) -> Studio {
    let mut studio = Studio::open(shop(3), (120, 40));
    studio.press("2");
    studio.pastes(text);
    studio
}

/// The statements that were sent and are not answered, in order.
pub fn sent(studio: &Studio) -> Vec<String> {
    let runs = studio
        .asked
        .iter()
        .filter_map(|(_, request)| match request {
            DbRequest::Console(_, Ask::Run { sql, .. }) => Some(sql.clone()),
            _ => None,
        });
    runs.collect()
}

#[test]
fn the_statement_under_the_cursor_is_run_and_its_rows_are_moved_in_like_a_tables() {
    let mut studio = typed("select few;\nselect none;");
    studio.press("up alt-enter");
    studio.sees("autocommit · idle");
    studio.sees("select few ─");
    studio.sees("30 rows · 12 ms");
    studio.sees("name 1");
    studio.press("alt-down G");
    studio.sees("row 30 of 30 · id int · column 1 of 2 · 2 characters");
    studio.press("right y");
    studio.sees("sent the value of name to the clipboard");
    assert!(matches!(studio.outside.last(), Some(Outside::Copy(text)) if text == "name 30"));
    studio.press("g g v");
    studio.sees("name · text · 6 characters");
    studio.press("esc Y");
    studio.sees("Rows as CSV");
    studio.press("esc");
    // A row of a statement is in no table.
    studio.press("e");
    studio.sees("it does not come from one table");
    studio.press("a");
    studio.sees("this is what a statement returned, and no table");
    studio.press("esc esc");
    studio.sees("keys are commands · i types");
    studio.press("i down alt-enter");
    studio.sees("No rows.");
    studio.sees("SELECT 0 · 12 ms");
}

#[test]
fn a_script_is_run_up_to_what_fails_and_that_is_marked_where_it_stands() {
    let mut studio = typed("select few; do it;\n\n  select nme;\nselect few");
    studio.press("f6");
    studio.sees("3 of 3 · select nme");
    studio.sees("column \"nme\" does not exist");
    studio.sees("SQLSTATE 42703");
    studio.sees("the statement after it was not run");
    studio.sees("✗ 3");
    studio.press("alt-down ,");
    studio.sees("2 of 3 · do it");
    studio.sees("NOTICE: step 3");
    studio.sees("… 2 more: m");
    studio.press("m");
    studio.sees("NOTICE: step 5");
    studio.press("esc ,");
    studio.sees("1 of 3 · select few");
    // What was wrong is not known any more once the text is another.
    studio.press("i");
    studio.types(" ");
    studio.sees_no("✗ 3");
}

#[test]
fn what_would_be_regretted_is_asked_first_and_in_production_by_the_databases_name() {
    let mut studio = typed("delete from customer");
    studio.held = true;
    studio.press("alt-enter");
    studio.sees("This deletes every row of customer. Run it?");
    studio.press("n");
    assert_eq!(sent(&studio), Vec::<String>::new());
    studio.press("alt-enter y");
    assert_eq!(sent(&studio), ["delete from customer"]);
    let mut studio = Studio::in_production(shop(3), (120, 40), |theme| theme);
    studio.press("2");
    studio.pastes("drop table customer");
    studio.held = true;
    studio.press("alt-enter");
    studio.sees("This drops table customer. Run it?");
    studio.press("enter");
    assert_eq!(sent(&studio), Vec::<String>::new());
    studio.types("shop");
    studio.press("enter");
    assert_eq!(sent(&studio), ["drop table customer"]);
}

#[test]
fn only_what_is_looked_at_is_read_and_the_rest_when_it_is_wanted() {
    let mut studio = typed("select many");
    studio.press("alt-enter");
    studio.sees("1,000 rows so far, more ↓");
    studio.press("alt-down");
    studio.held = true;
    let more = |studio: &Studio| {
        let mut asked = studio.asked.iter().rev();
        asked.find_map(|(_, request)| match request {
            DbRequest::Console(_, Ask::More(_, rows)) => Some(*rows),
            _ => None,
        })
    };
    studio.press("down pagedown");
    assert_eq!(more(&studio), None);
    studio.press(":");
    studio.types("900");
    studio.press("enter");
    studio.sees("row 900 of 1,000+");
    assert_eq!(more(&studio), Some(2_000));
    studio.press("G");
    assert_eq!(more(&studio), Some(u64::MAX));
    // The cursor goes to the end when that is here, and not before.
    let run = studio.run.expect("nothing runs");
    studio.handle(Msg::Db(run, told(chunk(1_001, 3_000, false))));
    studio.sees("row 900 of 3,000+");
    studio.sees("running, 0 s, 3,000 rows · ctrl-c cancels");
    for reply in ended("SELECT 3000") {
        studio.handle(Msg::Db(run, reply));
    }
    studio.sees("row 3,000 of 3,000");
    let last = studio.asked.back().cloned();
    let Some((ticket, DbRequest::Console(_, Ask::Chunk(_, 1)))) = last else {
        panic!("{last:?}");
    };
    let Told::Grown(Chunk { rows, .. }) = chunk(1_001, 3_000, true) else {
        unreachable!()
    };
    studio.handle(Msg::Db(ticket, told(Told::Rows(rows.unwrap()))));
    studio.sees("name 2999");
}

#[test]
fn what_runs_is_cancelled_and_only_said_to_be_when_the_server_has_stopped() {
    let mut studio = typed("sleep; select few");
    studio.press("home");
    studio.held = true;
    studio.press("alt-enter");
    let run = studio.run.expect("nothing runs");
    studio.wait(Duration::from_secs(2));
    studio.sees("running, 2 s · ctrl-c cancels");
    studio.press("ctrl-c");
    studio.sees("asked the server to stop");
    assert_eq!(studio.outside.last(), Some(&Outside::Cancel(run)));
    studio.sees_no("Cancelled.");
    studio.handle(Msg::Db(run, DbReply::Cancelled));
    studio.sees("Cancelled.");
    studio.sees("the server has stopped");
    assert_eq!(sent(&studio), ["sleep"], "what was behind it is not run");
    studio.press("ctrl-c");
    studio.sees("Quit dbkeep?");
}

#[test]
fn a_transaction_is_seen_and_what_is_lost_with_the_session_is_said() {
    let mut studio = typed("begin");
    studio.press("alt-enter");
    studio.sees("in a transaction");
    studio.sees("BEGIN · 12 ms");
    let listening = studio.listening.expect("nobody listens");
    let note = Notification {
        channel: "news".to_owned(),
        payload: "it rains".to_owned(),
        process: 7,
    };
    studio.handle(Msg::Db(listening, told(Told::Notification(note))));
    studio.sees("notified on news: it rains");
    let lost = Fault {
        is_lost: true,
        ..Fault::new("The connection to the server was lost")
    };
    studio.handle(Msg::Db(listening, DbReply::Failed(lost)));
    studio.sees("no session");
    studio.sees("The open transaction is gone with it");
    studio.sees("begin");
    studio.held = true;
    studio.press("alt-enter");
    studio.sees("the session has ended");
    assert_eq!(sent(&studio), Vec::<String>::new());
    studio.held = false;
    studio.press("esc r");
    studio.sees("autocommit · idle");
    studio.press("r");
    studio.sees("what was run is never run again unasked");
}

#[test]
fn what_cannot_be_run_is_refused_where_it_stands() {
    for (text, why) in [
        ("", "there is no statement under the cursor"),
        ("-- nothing", "there is no statement under the cursor"),
        ("select 'open", "it has no end"),
        ("\\watch", "there is no statement before it"),
        ("\\gexec", "\\gexec is psql's own"),
        ("\\x auto", "on or off"),
        ("copy t from stdin;\n1\n", "a line with \\. alone"),
        ("\\copy t from program 'ls'", "dbkeep runs no program"),
        ("\\! ls", "ctrl-z goes to your shell"),
        ("select 1 \\watch 0", "a number of seconds"),
    ] {
        let mut studio = typed(text);
        studio.held = true;
        studio.press("alt-enter");
        studio.sees(why);
        assert_eq!(sent(&studio), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn consoles_have_texts_and_sessions_of_their_own() {
    let mut studio = typed("select few");
    studio.press("alt-enter alt-n");
    studio.sees("console 1 [2]");
    studio.sees_no("30 rows");
    studio.pastes("select none");
    studio.press("alt-enter");
    studio.sees("No rows.");
    studio.press("alt-,");
    studio.sees("console [1] 2");
    studio.sees("30 rows");
    studio.press("alt-w");
    studio.sees("Close console 1? Its text is in no file.");
    // A hand that goes on typing does not say yes.
    studio.press("enter alt-enter n alt-w y");
    studio.sees("No rows.");
    studio.press("alt-w y");
    studio.sees("Type SQL; alt-enter runs it.");
    studio.press("alt-.");
    studio.sees("there is one console");
    // Esc lets go of the keys, which are commands then.
    studio.press("esc");
    studio.sees("keys are commands · i types");
    studio.press("1");
    studio.sees("public.customer");
    studio.press("2 i");
    studio.types("1");
    studio.press("alt-1");
    studio.sees("public.customer");
}

#[test]
fn a_text_is_typed_in_an_editor_and_clicked_in() {
    let mut studio = typed("select few");
    studio.press("ctrl-o");
    let edit = Outside::Edit {
        name: "1.sql".to_owned(),
        bytes: b"select few".to_vec(),
        taken: true,
    };
    assert_eq!(studio.outside.last(), Some(&edit));
    studio.handle(Msg::Read(b"select none".to_vec()));
    studio.sees("select none");
    studio.press("alt-enter");
    studio.sees("No rows.");
    studio.handle(Msg::Read(b"select few".to_vec()));
    studio.press("alt-enter");
    let at = studio.find("name 3");
    studio.click(at);
    studio.sees("row 3 of 30 · name text");
    studio.mouse(MouseEventKind::ScrollDown, at);
    let at = studio.find("select few");
    studio.click(at);
    studio.sees("line 1, column 1");
}

#[test]
fn what_is_typed_is_kept_and_an_open_transaction_is_not_left_unasked() {
    let mut studio = typed("begin");
    let kept = |studio: &Studio| {
        let mut outside = studio.outside.iter().rev();
        outside.find_map(|outside| match outside {
            Outside::Consoles(texts) => Some(texts.clone()),
            _ => None,
        })
    };
    let text = |name: &str, text: &str| ConsoleText {
        name: name.to_owned(),
        text: text.to_owned(),
        path: None,
    };
    assert_eq!(kept(&studio), Some(vec![text("1", "begin")]));
    studio.press("alt-n");
    studio.types("select few");
    let both = vec![text("1", "begin"), text("2", "select few")];
    assert_eq!(kept(&studio), Some(both.clone()));
    studio.press("alt-, alt-enter esc q");
    studio.sees("The open transaction of a console");
    let mut studio = Studio::with_texts(shop(3), (120, 40), both);
    studio.press("2");
    studio.sees("console [1] 2");
    studio.press("alt-.");
    studio.sees("select few");
    // A new one takes a name that is free.
    studio.press("alt-n");
    studio.sees("console 1 2 [3]");
}

#[test]
fn what_was_run_is_found_again_without_its_passwords() {
    let mut studio = typed("alter role ada password 'geheim';\nselect nme;\nselect few");
    studio.press("f6 ctrl-end alt-enter ctrl-home alt-enter");
    let remembered = studio.outside.iter().filter_map(|outside| match outside {
        Outside::Remember(entry) => Some((entry.sql.clone(), entry.error.clone())),
        _ => None,
    });
    let remembered: Vec<_> = remembered.collect();
    assert_eq!(remembered.len(), 4);
    assert!(!remembered[0].0.contains("geheim"), "{remembered:?}");
    assert!(remembered[1].1.is_some());
    studio.press("ctrl-r");
    studio.sees("History");
    studio.sees("select few");
    studio.sees("30 rows");
    studio.types("nme");
    studio.press("enter");
    studio.sees("line 2, column 12");
    studio.sees("select nme;");
    // A new console takes it as its text.
    studio.press("alt-n ctrl-r");
    studio.types("few");
    studio.press("enter alt-enter");
    studio.sees("30 rows · 12 ms");
}

#[test]
fn a_text_is_saved_to_its_file_and_others_are_read_beside_it() {
    let mut studio = typed("select few");
    studio.press("ctrl-s");
    studio.sees("Save the text");
    studio.press("ctrl-u");
    studio.types("~/sql/few.sql");
    studio.press("enter");
    let saved = |path: &str, over: bool, text: &str| Outside::Save {
        path: path.to_owned(),
        over,
        bytes: text.as_bytes().to_vec(),
    };
    assert!(
        studio
            .outside
            .contains(&saved("~/sql/few.sql", false, "select few"))
    );
    studio.sees("console 1 ─");
    let said = "saved 10 bytes".to_owned();
    studio.handle(Msg::Saved("~/sql/few.sql".to_owned(), said));
    studio.sees("console few.sql");
    // It is its own from now on.
    studio.types(";");
    studio.press("ctrl-s");
    assert_eq!(
        studio.outside.last(),
        Some(&saved("~/sql/few.sql", true, "select few;"))
    );
    studio.press("ctrl-g");
    studio.types("none.sql");
    studio.press("enter");
    assert_eq!(
        studio.outside.last(),
        Some(&Outside::Load("none.sql".to_owned()))
    );
    studio.handle(Msg::Read(b"select none".to_vec()));
    studio.sees("console few.sql [none.sql]");
    studio.press("alt-enter");
    studio.sees("No rows.");
}

#[test]
fn committed_by_hand_a_transaction_is_begun_before_what_is_run() {
    let mut studio = typed("select few;\nvacuum");
    studio.press("up alt-m");
    studio.sees("commit by hand · idle");
    studio.held = true;
    studio.press("alt-enter");
    assert_eq!(sent(&studio), ["BEGIN"]);
    studio.held = false;
    studio.settle();
    studio.sees("2 of 2 · select few");
    studio.press("alt-c");
    studio.sees("COMMIT · 12 ms");
    // What takes no transaction is sent alone.
    studio.press("down");
    studio.held = true;
    studio.press("alt-enter");
    assert_eq!(sent(&studio), ["vacuum"]);
    let mut studio = typed("select few");
    studio.press("alt-c");
    studio.sees("no transaction is open");
}

#[test]
fn a_statement_is_explained_and_what_it_changes_is_taken_back() {
    let mut studio = typed("select few");
    studio.press("alt-e");
    studio.sees("Seq Scan");
    studio.press("esc");
    // The second time there is something to compare it with.
    studio.press("alt-e");
    studio.sees("→");
    studio.press("esc ctrl-u");
    studio.types("update t set a = 1");
    studio.held = true;
    studio.press("alt-e");
    studio.sees("rolled back; what its triggers do");
    studio.press("y");
    assert_eq!(sent(&studio), ["BEGIN"]);
    // Nothing gets between what is explained and what takes it back.
    studio.press("alt-enter");
    studio.sees("a statement is being explained: ctrl-c stops it");
    assert_eq!(sent(&studio), ["BEGIN"]);
    studio.held = false;
    studio.settle();
    studio.sees("Seq Scan");
    studio.press("esc");
    studio.sees("3 of 3 · ROLLBACK");
    studio.press("ctrl-u alt-p");
    studio.sees("one statement is explained at a time");
}

#[test]
fn what_can_be_typed_next_is_offered_and_enter_is_nobodys_who_does_not_choose() {
    let mut studio = typed("");
    studio.types("select cu");
    studio.sees("current_date");
    // A new line: nothing was chosen.
    studio.press("enter");
    studio.types("from cu");
    studio.sees("↓ or tab");
    studio.press("tab");
    studio.types(" c where c.");
    studio.sees("integer");
    studio.press("down down enter");
    studio.types(" = ");
    studio.sees("from customer c where c.name = ");
    studio.press("ctrl-n");
    studio.press("down");
    studio.press("esc");
    studio.sees_no("╭  ╮");
    studio.types("'na");
    studio.sees_no("↓ or tab");
    studio.press("backspace backspace backspace");
    studio.types("c.i");
    let at = studio.find("integer");
    studio.click(at);
    studio.sees("c.name = c.id");
}

#[test]
fn numbers_are_drawn_as_bars_and_as_a_line() {
    let mut studio = typed("select few");
    studio.press("alt-enter alt-down c");
    studio.sees("id by name");
    studio.sees("30 rows");
    studio.sees("name 30");
    studio.press("G l");
    studio.sees("⠉");
    studio.press("tab");
    studio.sees("there is one column of numbers");
    studio.press("l esc");
    studio.sees_no("id by name");
}

#[test]
fn a_text_is_searched_and_replaced_and_what_was_typed_is_taken_back() {
    let mut studio = typed("select few;\nselect none;\nselect few");
    studio.press("f3");
    studio.sees("nothing was looked for yet");
    studio.press("alt-s");
    studio.types("few");
    studio.press("enter");
    studio.sees("line 1, column 11");
    studio.press("f3");
    studio.sees("line 3, column 11");
    studio.press("alt-R");
    studio.types("many");
    studio.press("enter");
    studio.sees("2 places replaced");
    studio.sees("select many;");
    studio.press("alt-z");
    studio.sees("select few;");
    studio.press("alt-y");
    studio.sees("select many;");
    studio.press("f3");
    studio.sees("few is nowhere in the text");
}

#[test]
fn values_of_parameters_are_asked_for_and_put_in() {
    let mut studio = typed("select few;\nselect :n, $1, :'n', :n");
    studio.press("alt-enter");
    studio.sees("Parameters");
    studio.sees(":n  integer");
    studio.sees("$1  integer");
    studio.types("5");
    studio.press("enter ctrl-n");
    studio.sees("∅");
    studio.held = true;
    studio.press("enter");
    assert_eq!(
        sent(&studio),
        ["select ('5'::pg_catalog.int4), (NULL::pg_catalog.int4), '5', ('5'::pg_catalog.int4)"]
    );
    // It is called what was written; what is wrong is marked there.
    studio.sees("╭ select :n, $1, :'n', :n ─");
    let fault = Fault {
        position: Some(35),
        ..Fault::new("no such thing")
    };
    studio.end(DbReply::Failed(fault));
    studio.sees("✗ 2");
    studio.sees("line 2, column 12");
    studio.held = false;
    // What was given is there again, and esc runs nothing.
    studio.press("alt-enter");
    studio.sees(":n  integer  5");
    studio.press("esc");
    studio.sees_no("Parameters");
    studio.press("alt-p");
    studio.sees("Parameters");
    studio.press("down");
    studio.types("7");
    studio.held = true;
    studio.press("enter");
    assert_eq!(sent(&studio).len(), 1);
    assert!(sent(&studio)[0].ends_with(
        "select ('5'::pg_catalog.int4), ('7'::pg_catalog.int4), '5', ('5'::pg_catalog.int4)"
    ));
}

#[test]
fn a_statement_is_formatted_where_it_stands_and_one_undo_takes_it_back() {
    let mut studio = typed("select 1;\nselect a,b from few where a=1 and b=2;\nselect 3");
    studio.press("up alt-F");
    insta::assert_snapshot!("formatted", studio.text());
    // The cursor is behind the last token of its line, where it was.
    studio.press("alt-F");
    studio.sees("it has that form already");
    studio.press("alt-z");
    studio.sees("select a,b from few where a=1 and b=2;");
    // What is selected is formatted, and nothing else.
    let (column, row) = studio.find("select 1");
    studio.mouse(MouseEventKind::Down(MouseButton::Left), (column, row));
    studio.mouse(MouseEventKind::Drag(MouseButton::Left), (column + 3, row));
    studio.press("alt-F");
    studio.sees("SELECT 1;");
    studio.sees("select a,b from few");
    studio.press("ctrl-end");
    studio.pastes(";\nselect 'open");
    studio.press("alt-F");
    studio.sees("left as it is: it has no end");
}
