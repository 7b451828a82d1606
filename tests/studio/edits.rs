//! Editing, from the keys to what is asked of the server, and what becomes of its answers.

use dbkeep::data::edits::{Change, Conflict, Input, Planned, Seen, Who, Written};
use dbkeep::fault::Fault;
use dbkeep::studio::app::Outside;
use dbkeep::studio::work::{DbReply, DbRequest, Part};

use crate::driver::Studio;
use crate::opened;
use crate::server::Fake;

pub fn text(value: &str) -> Input {
    Input::Text(value.to_owned())
}

fn seen(values: &[&str]) -> Seen {
    values
        .iter()
        .map(|value| Some((*value).to_owned()))
        .collect()
}

/// Types another value into the cell under the cursor.
pub fn edit(studio: &mut Studio, value: &str) {
    studio.press("e ctrl-u");
    studio.types(value);
    studio.press("enter");
}

/// The changes that are to be written, once the review is accepted; the answer is held.
fn committed(studio: &mut Studio) -> Vec<Planned> {
    studio.press("ctrl-s");
    studio.held = true;
    studio.press("enter");
    let writes = studio.asked.iter().find_map(|(_, request)| match request {
        DbRequest::Write(changes) => Some(changes.clone()),
        _ => None,
    });
    writes.expect("nothing is written")
}

/// Ends the write in this way.
fn ends(studio: &mut Studio, changes: Vec<Planned>, written: Written) {
    let at = studio
        .asked
        .iter()
        .position(|(_, request)| matches!(request, DbRequest::Write(_)));
    let (ticket, _) = studio.asked.remove(at.unwrap()).unwrap();
    let written = Box::new(written);
    studio.held = false;
    studio.handle(dbkeep::studio::app::Msg::Db(
        ticket,
        DbReply::Part(Part::Written { changes, written }),
    ));
    studio.handle(dbkeep::studio::app::Msg::Db(ticket, DbReply::Done));
}

#[test]
fn a_value_is_staged_shown_reviewed_and_written() {
    let mut studio = opened(30);
    studio.press("enter down right");
    edit(&mut studio, "Grace");
    studio.sees("~    2  Grace");
    studio.sees("1 staged: 1 changed");
    studio.sees("· staged");
    studio.press("ctrl-s");
    studio.sees("Review 1 change");
    studio.sees("~ customer id 2: name 'name 2' → 'Grace'");
    studio.sees("UPDATE \"public\".\"customer\"");
    studio.press("esc");
    let changes = committed(&mut studio);
    assert_eq!(changes[0].1.who, Who::Old(seen(&["2"])));
    assert_eq!(changes[0].1.seen, seen(&["2", "name 2"]));
    assert_eq!(
        changes[0].1.change,
        Change::Update([("name".to_owned(), text("Grace"))].into())
    );
    ends(
        &mut studio,
        changes,
        Written::All(vec![seen(&["2", "GRACE"])]),
    );
    studio.sees("1 change written");
    studio.sees_no("staged:");
    studio.press("U ctrl-l");
    studio.sees("1 staged: 1 changed");
    let back = committed(&mut studio);
    assert_eq!(
        back[0].1.seen,
        seen(&["2", "GRACE"]),
        "compared with what was written"
    );
    assert_eq!(
        back[0].1.change,
        Change::Update([("name".to_owned(), text("name 2"))].into())
    );
}

#[test]
fn what_is_no_value_is_said_at_the_cell_and_stays_typed() {
    let mut studio = opened(30);
    studio.press("enter");
    studio.press("e ctrl-u");
    studio.types("many");
    studio.held = true;
    studio.press("enter");
    studio.end(DbReply::Failed(Fault::new(
        "invalid input syntax for type integer: \"many\"",
    )));
    studio.sees("invalid input syntax");
    studio.sees("many");
    studio.sees_no("staged");
    studio.press("backspace");
    studio.sees_no("invalid input syntax");
}

#[test]
fn nothing_null_and_empty_are_three_things() {
    let mut studio = opened(30);
    studio.press("enter right ctrl-n");
    studio.sees("name text · column 2 of 2 · NULL · staged");
    studio.press("down");
    edit(&mut studio, "");
    studio.sees("name text · column 2 of 2 · empty · staged");
    studio.press("ctrl-t");
    studio.sees("name has no default");
    studio.press("left ctrl-n");
    studio.sees("id takes no NULL");
    studio.press("right e");
    studio.sees("it is empty");
    studio.press("ctrl-n e");
    studio.sees("it is NULL");
    // Enter on what is there changes nothing.
    studio.press("esc up up e enter");
    studio.sees("2 staged: 2 changed");
}

#[test]
fn a_truth_value_turns_into_the_other() {
    let mut studio = Studio::open(
        Fake::default()
            .with("task", &[("id", "integer"), ("done", "boolean")])
            .row(&[Some("1"), Some("f")]),
        (120, 40),
    );
    studio.press("enter right e");
    studio.sees("~    1  t");
    studio.press("e");
    studio.sees("~    1  f");
    studio.press("ctrl-n e");
    studio.sees("~    1  t");
    studio.press("u u");
    studio.sees("~    1  f");
    studio.press("ctrl-r");
    studio.sees("~    1  ∅");
}

#[test]
fn rows_are_added_duplicated_deleted_and_each_step_is_taken_back() {
    let mut studio = opened(30);
    studio.press("enter a");
    studio.sees("new row");
    studio.sees("+required");
    edit(&mut studio, "31");
    // On to the next column of a new row.
    edit(&mut studio, "Ada");
    studio.sees("+      31  Ada");
    studio.press("g g D");
    studio.sees("+       1  name 1");
    studio.press("g g down d");
    studio.sees("-       2  name 2");
    studio.sees("3 staged: 2 added, 1 deleted");
    studio.press("d");
    studio.sees("2 staged: 2 added");
    studio.press("u");
    studio.sees("3 staged: 2 added, 1 deleted");
    studio.press("z");
    studio.sees_no("deleted");
    studio.press("G d");
    studio.sees("1 staged: 1 added");
    studio.press("Z y");
    studio.sees_no("staged");
    studio.press("u");
    studio.sees("nothing is staged in this table");
}

#[test]
fn what_is_done_to_marked_rows_is_one_step() {
    let mut studio = opened(30);
    studio.press("enter right space space space");
    studio.sees("3 marked");
    studio.sees("●    2");
    studio.press("e ctrl-u");
    studio.sees("in 3 rows");
    studio.types("same");
    studio.press("enter");
    studio.sees("3 staged: 3 changed");
    studio.press("u");
    studio.sees_no("staged:");
    studio.press("d");
    studio.sees("3 staged: 3 deleted");
    studio.press("esc");
    studio.sees_no("marked");
    studio.sees("-    3");
}

#[test]
fn of_marked_rows_those_that_already_go_stay_deleted() {
    let mut studio = opened(30);
    studio.press("enter down d g g space space space d");
    studio.sees("3 staged: 3 deleted");
    studio.sees_no("marked");
}

#[test]
fn what_is_not_shown_yet_cannot_be_written() {
    let mut studio = opened(30);
    studio.press("enter d");
    studio.held = true;
    studio.press("ctrl-s enter");
    studio.sees("what it does is not known yet");
    let is_write = |request: &DbRequest| matches!(request, DbRequest::Write(_));
    assert!(!studio.asked.iter().any(|(_, request)| is_write(request)));
}

#[test]
fn a_change_that_is_left_out_stays_staged() {
    let mut studio = opened(30);
    studio.press("enter d down d ctrl-s");
    studio.press("space");
    studio.sees("left out: customer id 1");
    studio.held = true;
    studio.press("enter");
    let (_, request) = studio.asked.back().unwrap();
    let DbRequest::Write(changes) = request.clone() else {
        panic!("nothing is written")
    };
    assert_eq!(changes.len(), 1);
    ends(
        &mut studio,
        changes,
        Written::All(vec![seen(&["2", "name 2"])]),
    );
    studio.press("ctrl-l");
    studio.sees("1 staged: 1 deleted");
    studio.sees("-    1");
}

#[test]
fn anothers_change_is_settled_column_by_column() {
    let mut studio = opened(30);
    studio.press("enter");
    edit(&mut studio, "77");
    studio.press("right");
    edit(&mut studio, "mine");
    let changes = committed(&mut studio);
    let theirs = Some(seen(&["1", "theirs"]));
    ends(
        &mut studio,
        changes,
        Written::Conflicts(vec![Conflict { at: 0, theirs }]),
    );
    studio.sees("Another changed this row meanwhile: nothing was written");
    studio.sees("○ theirs");
    // Nobody else has changed the first column: it is mine, and not asked about.
    studio.sees_no("○ 77");
    studio.press("enter");
    studio.sees("1 not decided yet");
    studio.press("down t enter ctrl-l");
    studio.sees("1 staged: 1 changed");
    let again = committed(&mut studio);
    assert_eq!(again[0].1.seen, seen(&["1", "theirs"]));
    assert_eq!(
        again[0].1.change,
        Change::Update([("id".to_owned(), text("77"))].into())
    );
}

#[test]
fn a_row_that_is_gone_is_given_up_or_added_again() {
    for (key, left) in [("t", "nothing"), ("m", "1 staged: 1 added")] {
        let mut studio = opened(30);
        studio.press("enter right");
        edit(&mut studio, "mine");
        let changes = committed(&mut studio);
        ends(
            &mut studio,
            changes,
            Written::Conflicts(vec![Conflict {
                at: 0,
                theirs: None,
            }]),
        );
        studio.sees("deleted by another");
        studio.press(key);
        studio.press("enter ctrl-l");
        if left == "nothing" {
            studio.sees_no("staged:");
        } else {
            studio.sees(left);
            let again = committed(&mut studio);
            let values = [
                ("id".to_owned(), text("1")),
                ("name".to_owned(), text("mine")),
            ];
            assert_eq!(again[0].1.change, Change::Insert(values.into()));
        }
    }
}

#[test]
fn what_the_server_refuses_puts_the_cursor_on_the_cell_and_stays_staged() {
    let mut studio = opened(30);
    studio.press("enter right");
    edit(&mut studio, "one");
    studio.press("down");
    edit(&mut studio, "two");
    studio.press("down down down left");
    let changes = committed(&mut studio);
    let fault = Fault::new("duplicate key value violates unique constraint")
        .because("Key (name)=(two) already exists.");
    let column = Some("name".to_owned());
    ends(
        &mut studio,
        changes,
        Written::Refused {
            at: Some(1),
            column,
            fault,
        },
    );
    studio.sees("Nothing was written: duplicate key");
    studio.sees("Key (name)=(two) already exists.");
    studio.press("esc");
    studio.sees("row 2 of 30 · name");
    studio.sees("2 staged: 2 changed");
}

#[test]
fn a_refused_row_that_is_not_held_is_gone_to_by_its_key() {
    let mut studio = opened(3_000);
    studio.press("enter down d G");
    studio.sees("row 3,000 of 3,000");
    let changes = committed(&mut studio);
    let refused = Written::Refused {
        at: Some(0),
        column: None,
        fault: Fault::new("it is still referenced"),
    };
    ends(&mut studio, changes, refused);
    studio.held = false;
    studio.settle();
    studio.press("esc");
    studio.sees("row 2 of 3,000");
    studio.sees("-    2");
}

#[test]
fn a_connection_that_is_lost_while_committing_says_what_is_known() {
    for (written, said, left) in [
        (Some(true), "everything was written", false),
        (Some(false), "nothing was written", true),
        (None, "whether it was written is not known", true),
    ] {
        let mut studio = opened(30);
        studio.press("enter right");
        edit(&mut studio, "mine");
        let changes = committed(&mut studio);
        let fault = Fault::new("the connection to the server was lost");
        ends(&mut studio, changes, Written::Lost { written, fault });
        studio.sees(said);
        studio.press("esc");
        if left {
            studio.sees("1 staged: 1 changed");
        } else {
            studio.sees_no("staged:");
        }
    }
    let mut studio = opened(30);
    studio.press("enter d");
    committed(&mut studio);
    let at = studio
        .asked
        .iter()
        .position(|(_, request)| matches!(request, DbRequest::Write(_)));
    studio.asked.rotate_left(at.unwrap());
    studio.end(DbReply::Failed(Fault::new("Cannot connect")));
    studio.sees("Nothing was written: Cannot connect");
    studio.press("esc");
    studio.sees("1 staged: 1 deleted");
}

#[test]
fn what_is_staged_stays_when_another_table_is_opened_and_when_one_wants_to_quit() {
    let mut studio = opened(30);
    studio.press("enter d esc down");
    studio.sees("public.order");
    studio.sees("1 staged: 1 deleted");
    studio.press("q");
    studio.sees("1 staged: 1 deleted: it is not written");
    assert!(!studio.outside.contains(&Outside::Quit));
    studio.press("n up enter");
    studio.sees("-    1");
    studio.press("u r");
    studio.sees_no("staged");
}

#[test]
fn what_is_pasted_is_a_value_or_rows() {
    let mut studio = opened(30);
    studio.press("enter right");
    studio.pastes("Ada\n");
    studio.press("enter");
    studio.sees("~    1  Ada");
    studio.pastes("name\tid\r\nGrace\t31\r\nAlan\t32");
    studio.sees("2 rows staged, from what was pasted");
    studio.sees("+   32  Alan");
    studio.press("u");
    studio.sees("1 staged: 1 changed");
    studio.pastes("1,2,3\n");
    studio.sees("│ 1,2,3");
    studio.press("esc");
    studio.pastes("1,2,3\n4,5,6");
    studio.sees("line 1 has 3 fields, for 2 columns: id, name");
}

#[test]
fn a_value_is_typed_in_an_editor_or_read_from_a_file() {
    use dbkeep::studio::app::Msg;
    let mut studio = opened(30);
    studio.press("enter right e ctrl-o");
    let edit = Outside::Edit {
        name: "name.txt".to_owned(),
        bytes: b"name 1".to_vec(),
        taken: true,
    };
    assert_eq!(studio.outside.last(), Some(&edit));
    studio.handle(Msg::Read(b"two\nlines".to_vec()));
    studio.press("enter");
    studio.sees("two↵lines");
    studio.press("e ctrl-g");
    studio.types("~/long.txt");
    studio.press("enter");
    let load = Outside::Load("~/long.txt".to_owned());
    assert_eq!(studio.outside.last(), Some(&load));
    studio.handle(Msg::Read(vec![b'x'; 100_000]));
    studio.sees("97 kB read; enter takes it");
    studio.press("enter");
    studio.sees("· 100,000 characters · staged");
    studio.press("e");
    studio.handle(Msg::Read(vec![0xff, 0xfe]));
    studio.sees("the file is no text in UTF-8");
}

#[test]
fn a_foreign_key_is_chosen_by_what_its_rows_are_called() {
    let fake = Fake::default()
        .with("customer", &[("id", "integer"), ("name", "text")])
        .row(&[Some("1"), Some("Ada")])
        .row(&[Some("2"), Some("Grace")])
        .row(&[Some("3"), Some("Alan")])
        .with("order", &[("id", "integer"), ("customer", "integer")])
        .row(&[Some("1"), Some("2")])
        .refers(&["customer"], "customer", &["id"]);
    let mut studio = Studio::open(fake, (120, 40));
    studio.press("down enter right e");
    // What is there already hides no other.
    studio.sees("Ada");
    studio.sees("Grace");
    studio.press("ctrl-u");
    studio.types("al");
    studio.press("backspace backspace");
    studio.types("Al");
    studio.sees_no("Grace");
    studio.press("down enter");
    studio.sees("~    1         3");
}

#[test]
fn in_production_what_overwrites_asks_for_the_databases_name() {
    let mut studio = Studio::in_production(crate::shop(30), (120, 40), |theme| theme);
    studio.press("enter d ctrl-s enter");
    studio.sees("This changes or deletes 1 row in production.");
    let writes = |studio: &Studio| {
        let asked = studio.asked.iter();
        asked
            .filter(|(_, request)| matches!(request, DbRequest::Write(_)))
            .count()
    };
    studio.held = true;
    studio.types("shap");
    studio.press("enter");
    assert_eq!(writes(&studio), 0);
    for _ in 0..4 {
        studio.press("backspace");
    }
    studio.types("shop");
    studio.press("enter");
    assert_eq!(writes(&studio), 1);
}

#[test]
fn a_json_is_laid_out_to_be_typed_in_and_goes_back_on_one_line() {
    let server = Fake::default()
        .with("doc", &[("id", "integer"), ("data", "json")])
        .row(&[Some("1"), Some(r#"{"a":[1,2.50],"b":{}}"#)]);
    let mut studio = Studio::open(server, (120, 40));
    studio.press("enter right e");
    studio.sees("  \"a\": [");
    studio.sees("    2.50");
    // Left as it is, it is no change, though it looks otherwise.
    studio.press("enter");
    studio.sees_no("staged");
    studio.press("e right");
    studio.types("\"z\": null,");
    studio.press("enter");
    studio.sees("1 staged: 1 changed");
    studio.press("ctrl-s");
    studio.sees(r#"'{"z": null, "a": [1, 2.50], "b": {}}'"#);
    studio.press("esc");
    // What is no JSON is sent as it is typed: the server says what is wrong with it.
    studio.press("e");
    studio.types("[");
    studio.held = true;
    studio.press("enter");
    let typed = studio.asked.iter().find_map(|(_, request)| match request {
        DbRequest::Check { typed, .. } => Some(typed.clone()),
        _ => None,
    });
    assert!(typed.is_some_and(|typed| typed.starts_with("[{\n  \"z\"")));
}
