//! vim's keys in a console: how modes, commands of the studio and what the server does go together.

use dbkeep::fault::Fault;
use dbkeep::studio::app::{Msg, Outside};
use dbkeep::studio::work::console::Ask;
use dbkeep::studio::work::{DbReply, DbRequest};
use insta::assert_snapshot;

use crate::driver::Studio;
use crate::shop;

/// The studio on the SQL screen with vim's keys, and a text; in normal mode, the cursor at its end.
fn typed(text: &str) -> Studio {
    let mut studio = Studio::in_vim(shop(3), (120, 40));
    studio.press("2");
    studio.pastes(text);
    studio
}

#[test]
fn the_mode_is_named_and_esc_leaves_one_after_another() {
    let mut studio = typed("select few");
    studio.sees("NORMAL · line 1, column 10");
    studio.sees("alt-h history");
    studio.press("i");
    studio.sees("INSERT · line 1");
    studio.sees("esc normal mode");
    studio.press("esc v");
    studio.sees("VISUAL · line 1");
    studio.press("V");
    studio.sees("VISUAL LINE · line 1");
    studio.press("esc \" a 2 d");
    studio.sees("· \"a2d");
    studio.press("esc");
    studio.sees_no("\"a2d");
    studio.sees("NORMAL");
    studio.press("esc");
    studio.sees_no("NORMAL");
    studio.sees("keys are commands · i types");
    studio.press("i ! esc");
    studio.sees("NORMAL");
    studio.sees("f!ew");
    // Back by another key the mode is what it was.
    studio.press("esc tab");
    studio.sees("NORMAL");
}

#[test]
fn commands_have_their_keys_in_every_mode() {
    let mut studio = typed("select few;\nselect none");
    studio.press("k alt-enter");
    studio.sees("30 rows");
    studio.press("j i alt-enter");
    studio.sees("No rows.");
    studio.press("esc g g d d alt-h");
    studio.sees("History");
    studio.press("esc u");
    studio.sees("select few;");
    studio.press("ctrl-r");
    studio.sees_no("select few;");
    // What was begun is forgotten by a command.
    studio.press("d alt-enter w");
    studio.sees("select none");
    // What is selected is run.
    studio.press("c c");
    studio.types("select few; select none");
    studio.press("esc 0 v f ; alt-enter");
    studio.sees("30 rows");
}

#[test]
fn what_is_offered_is_offered_while_one_types_and_is_repeated() {
    let mut studio = typed("");
    studio.sees("i begins to type SQL; alt-enter runs it.");
    studio.press("ctrl-space");
    studio.sees("it is offered while you type: i begins to");
    studio.press("i");
    studio.types("select * from cust");
    studio.sees("↓ or tab");
    studio.press("tab");
    studio.sees("select * from customer");
    studio.press("esc o");
    studio.types("cust");
    studio.press("esc");
    studio.sees_no("↓ or tab");
    studio.press("k .");
    let text = studio.text();
    assert_eq!(text.matches("select * from customer").count(), 1, "{text}");
    assert_eq!(text.matches("cust").count(), 3, "{text}");
}

#[test]
fn a_text_is_looked_for_in_a_line_of_its_own_and_an_operator_waits_for_it() {
    let mut studio = typed("select a, b from t\nwhere b > 1");
    studio.press("g g / b enter");
    studio.sees("line 1, column 11");
    studio.press("n");
    studio.sees("line 2, column 7");
    studio.press("N g g 0 d /");
    studio.sees("Find in the text");
    studio.press("f r enter");
    studio.sees("1▌ from t");
    studio.press("u d / f esc l");
    studio.sees("select a, b from t");
    studio.press("? z enter");
    studio.sees("z is nowhere in the text");
}

#[test]
fn registers_go_from_one_console_to_another_and_the_clipboards_is_sent() {
    let mut studio = typed("select few");
    studio.press("\" + y y");
    studio.sees("sent the text to the clipboard");
    assert!(matches!(studio.outside.last(), Some(Outside::Copy(text)) if text == "select few\n"));
    studio.press("y i w alt-n p");
    studio.sees("line 1, column 3");
    studio.sees("few");
    studio.press(": w q enter");
    studio.sees("there is no : line: ctrl-p finds commands");
}

#[test]
fn vims_keys_are_taken_and_left_at_once_and_their_sheet_is_shown() {
    let mut studio = Studio::open(shop(3), (120, 40));
    studio.press("2");
    studio.types("a");
    studio.sees("line 1, column 2");
    studio.sees_no("NORMAL");
    studio.sees("ctrl-r history");
    studio.press("alt-v");
    studio.sees("with vim's keys: editor = \"vim\" in config.toml keeps it so");
    studio.sees("NORMAL · line 1, column 1");
    studio.press("d f2");
    studio.sees_no("· d");
    studio.sees("objects    iw aw iW aW");
    studio.press("esc alt-v");
    studio.sees("without vim's keys: editor = \"emacs\" in config.toml keeps it so");
    studio.types("x");
    studio.sees("xa");
    // Whoever looks through the commands finds it there.
    studio.press("ctrl-p");
    studio.types("vim");
    studio.press("enter");
    studio.sees("NORMAL");
}

#[test]
fn the_mouse_and_what_fails_leave_a_mode_that_is_true() {
    let mut studio = typed("select nme;\nselect few");
    studio.press("g g alt-enter");
    studio.sees("column \"nme\" does not exist");
    studio.sees("NORMAL · line 1, column 8");
    studio.press("c i w");
    studio.types("1");
    studio.press("esc");
    studio.sees("select 1;");
    let at = studio.find("few");
    studio.click(at);
    studio.click(at);
    studio.sees("VISUAL · line 2, column 10");
    studio.held = true;
    studio.press("d alt-enter");
    let ran = studio
        .asked
        .iter()
        .rev()
        .find_map(|(_, request)| match request {
            DbRequest::Console(_, Ask::Run { sql, .. }) => Some(sql.clone()),
            _ => None,
        });
    assert_eq!(ran.as_deref(), Some("select"));
}

#[test]
fn a_session_that_is_lost_says_how_many_times_esc_is_pressed() {
    let mut studio = typed("select few");
    let lost = DbReply::Failed(Fault::new("The server ended the session"));
    let listening = studio.listening.expect("nobody listens");
    studio.handle(Msg::Db(listening, lost));
    studio.sees("esc, then r, begins a new session.");
    studio.press("i");
    studio.sees("esc, esc, then r, begins a new session.");
    studio.press("alt-enter");
    studio.sees("the session has ended: esc, esc, then r");
    studio.press("esc esc r");
    studio.sees("autocommit · idle");
    studio.sees("select few");
}

#[test]
fn a_session_that_could_not_be_made_says_why_and_not_what_went_with_it() {
    let mut studio = crate::opened(3);
    studio.held = true;
    studio.press("2");
    let listening = studio.listening.expect("nobody listens");
    let refused = Fault::new("Cannot connect to shop").because("Connection refused");
    studio.handle(Msg::Db(listening, DbReply::Failed(refused)));
    studio.sees("Cannot connect to shop");
    studio.sees("Connection refused");
    studio.sees_no("are gone");
    studio.sees("begins a new session.");
}

#[test]
fn how_it_looks() {
    for size in [(80, 24), (120, 40)] {
        let mut studio = Studio::in_vim(shop(3), size);
        studio.press("2");
        studio.pastes("select few;\n\nselect none");
        studio.press("g g alt-enter v w e \" a 2");
        assert_snapshot!(format!("vim_{}x{}", size.0, size.1), studio.text());
    }
}
