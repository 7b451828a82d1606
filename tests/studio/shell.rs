//! The shell: chords, reasons, toasts, waiting, quitting, finding.

use std::time::{Duration, SystemTime};

use dbkeep::fault::Fault;
use dbkeep::studio::app::{Msg, Outside};
use dbkeep::studio::layer::LogEntry;
use dbkeep::studio::work::DbReply;

use ratatui::crossterm::event::MouseEventKind;

use crate::driver::Studio;
use crate::server::Fake;
use crate::{COLUMNS, opened, shop};

#[test]
fn a_chord_shows_what_may_follow_and_another_key_ends_it() {
    let mut studio = opened(300);
    studio.press("enter G g");
    studio.sees("g …");
    studio.sees("To the first row");
    studio.press("x");
    studio.sees_no("g …");
    studio.sees("row 300 of 300");
    studio.press("g g");
    studio.sees("row 1 of 300");
}

#[test]
fn a_command_that_cannot_be_given_says_why_and_the_word_passes() {
    let mut studio = opened(0);
    studio.press("tab y");
    studio.sees("there is no row here");
    studio.wait(Duration::from_secs(3));
    studio.sees("there is no row here");
    studio.wait(Duration::from_secs(2));
    studio.sees_no("there is no row here");
    assert!(!studio.wants_to_be_woken(), "idle costs nothing");
}

#[test]
fn a_wait_shows_that_it_is_one_and_how_to_end_it() {
    let mut studio = opened(3_000);
    studio.press("enter");
    studio.held = true;
    studio.press("G");
    studio.sees_no("waiting");
    studio.wait(Duration::from_millis(200));
    studio.sees("waiting for the server, 0 s · ctrl-c cancels");
    studio.wait(Duration::from_secs(3));
    studio.sees("waiting for the server, 3 s");
    studio.held = false;
    studio.settle();
    studio.sees_no("waiting");
    assert!(!studio.wants_to_be_woken());
}

#[test]
fn ctrl_c_asks_where_nothing_runs_and_q_quits() {
    let mut studio = opened(3);
    studio.press("ctrl-c");
    studio.sees("Quit dbkeep?");
    studio.press("n");
    studio.sees_no("Quit dbkeep?");
    assert!(!studio.outside.contains(&Outside::Quit));
    studio.press("ctrl-c ctrl-c y");
    assert!(studio.outside.contains(&Outside::Quit));
    let mut studio = opened(3);
    studio.press("q");
    assert!(studio.outside.contains(&Outside::Quit));
}

#[test]
fn a_table_is_found_among_a_thousand_by_a_few_letters() {
    let tables = (0..1_000).fold(Fake::default(), |fake, number| {
        fake.with(&format!("part_{number:03}"), &COLUMNS)
    });
    let mut studio = Studio::open(tables, (120, 40));
    studio.press("/");
    studio.types("p777");
    studio.sees("part_777");
    studio.press("enter");
    studio.sees("public.part_777");
    studio.sees("/ to find");
    studio.press("esc /");
    studio.types("nothing like it");
    studio.sees("No name has these letters.");
    studio.press("esc");
    studio.sees("part_777");
}

#[test]
fn the_tree_keeps_its_cursor_when_the_catalog_is_read_again() {
    let mut studio = opened(3);
    studio.press("down r");
    studio.sees("table public.order");
    studio.sees("public.order ─");
}

#[test]
fn the_log_lists_what_was_sent_newest_first() {
    let mut studio = opened(3);
    let begun = SystemTime::now();
    for (sql, seconds, result) in [
        ("SELECT 1", 1, Ok(1)),
        ("SELECT\n  2 / 0", 2, Err("division by zero".to_owned())),
        ("SELECT 3", 0, Ok(1)),
    ] {
        studio.handle(Msg::Sent(LogEntry {
            at: begun + Duration::from_secs(seconds),
            took: Duration::from_millis(12),
            result,
            sql: sql.to_owned(),
        }));
    }
    studio.press("@");
    let (failed, done) = (studio.find("SELECT 2 / 0"), studio.find("SELECT 1"));
    assert!(failed.1 < done.1);
    assert!(
        done.1 < studio.find("SELECT 3").1,
        "what took longer was sent before"
    );
    studio.sees("1 row   12 ms");
    studio.press("enter");
    studio.sees("failed after 12 ms: division by zero");
}

#[test]
fn the_log_tells_statements_apart_and_shows_them_whole() {
    let mut studio = opened(3);
    let columns = "\"a column with a name\", \"another one with a long name\", \"more\"";
    for sql in [
        format!("SELECT {columns}\nFROM shop.customer"),
        "-- The sizes of\n-- all.\nSELECT 1".to_owned(),
    ] {
        studio.handle(Msg::Sent(LogEntry {
            at: SystemTime::now(),
            took: Duration::from_millis(12),
            result: Ok(1),
            sql,
        }));
    }
    studio.press("@");
    studio.sees("SELECT … FROM shop.customer");
    studio.sees("-- The sizes of ");
    // It is found by what the list has no room for.
    studio.types("long name");
    studio.sees("SELECT … FROM shop.customer");
    studio.sees_no("-- The sizes of ");
    studio.press("ctrl-u");
    studio.press("down enter");
    studio.sees("another one with a long name");
    studio.sees("y copy   esc close");
    studio.sees_no("choose");
    studio.press("enter");
    studio.sees_no("another one with a long name");
    // One is back in the list, where the next one is read.
    studio.press("up enter");
    studio.sees("-- 1 row in 12 ms");
    studio.press("esc esc");
    studio.sees_no("Statements sent");
    // What is chosen in the help is done while something is typed, too.
    studio.press("/ f1");
    studio.types("choose a theme");
    studio.press("enter");
    studio.sees("in force");
}

#[test]
fn a_theme_is_seen_before_it_is_chosen() {
    let mut studio = opened(3);
    let before = studio.buffer();
    let is_before = |studio: &mut Studio| {
        let cells = studio.buffer().content;
        cells
            .iter()
            .map(|cell| cell.bg)
            .eq(before.content.iter().map(|cell| cell.bg))
    };
    studio.press("T");
    studio.types("light");
    assert!(!is_before(&mut studio));
    studio.press("esc");
    assert!(is_before(&mut studio));
    studio.sees_no("keeps it");
    studio.press("T down esc T down enter");
    assert!(!is_before(&mut studio));
    studio.sees("keeps it");
}

#[test]
fn a_hint_is_a_key_that_does_what_it_says() {
    let mut studio = opened(3);
    studio.press("/");
    studio.sees("esc close");
    studio.sees("f1 help");
    studio.sees_no("? help");
    studio.sees_no("/ find table");
    // In a row's form `n` is the next row, and enter the field's whole value.
    studio.press("esc enter enter ?");
    studio.types("nulls first");
    let (_, line) = studio.find("Put NULLs first or last");
    let text = studio.text();
    let line = text.lines().nth(usize::from(line)).unwrap();
    let line = line.split('│').find(|part| part.contains("NULLs")).unwrap();
    assert_eq!(line.trim(), "Put NULLs first or last");
}

#[test]
fn the_palette_finds_and_gives_a_command_and_says_why_it_cannot() {
    let mut studio = opened(3);
    studio.press("ctrl-p");
    studio.types("theme");
    studio.press("enter");
    studio.sees("in force");
    studio.types("light");
    studio.press("enter");
    studio.sees("theme = \"light\" in config.toml keeps it");
    studio.press("ctrl-p");
    studio.types("go to sql");
    studio.press("enter");
    studio.sees_no("public.customer");
    studio.press("alt-1");
    studio.sees("public.customer");
}

#[test]
fn tabs_and_hints_can_be_clicked() {
    let mut studio = opened(3);
    let at = studio.find("2 SQL");
    studio.click(at);
    studio.sees_no("public.customer");
    let at = studio.find("1 Tables");
    studio.click(at);
    studio.sees("public.customer");
    let at = studio.find("? help");
    studio.click(at);
    studio.sees("╭ Keys");
}

#[test]
fn a_server_that_cannot_be_reached_is_told_and_asked_again() {
    let mut studio = Studio::unanswered(shop(3), (80, 24), |theme| theme);
    studio.sees("Connecting to shop @ db.example");
    let fault = Fault::new("Cannot connect to shop").because("Connection refused");
    studio.end(DbReply::Failed(fault));
    studio.sees("Cannot connect to shop");
    studio.sees("Connection refused");
    studio.sees("Not connected");
    studio.held = false;
    studio.press("r");
    studio.sees("name 3");
}

#[test]
fn nothing_typed_in_the_search_is_a_command() {
    let mut studio = opened(3);
    studio.press("/");
    studio.types("q?1T");
    studio.sees("/ q?1T");
    assert_eq!(studio.outside, []);
}

#[test]
fn each_table_keeps_the_place_where_one_was() {
    let mut studio = opened(3_000);
    studio.press("enter :");
    studio.types("#1500");
    studio.press("enter down down right esc down");
    studio.sees("public.order");
    studio.press("up enter");
    studio.sees("row 1,502 of 3,000 · name");
    studio.press("up");
    studio.sees("row 1,501 of 3,000 · name");
}

#[test]
fn what_concerns_the_open_table_can_be_asked_for_from_the_tree() {
    let mut studio = opened(3_000);
    studio.press("i");
    studio.sees("customer · structure");
    studio.press(":");
    studio.types("4");
    studio.press("enter");
    studio.sees("row 4 of 3,000");
}

#[test]
fn the_wheel_over_the_tree_opens_nothing_and_a_word_said_does_not_outlive_its_command() {
    let mut studio = opened(30);
    studio.press("enter :");
    studio.types("#no");
    studio.press("enter");
    studio.sees("is no row number");
    studio.press("down");
    studio.sees_no("is no row number");
    studio.mouse(MouseEventKind::ScrollDown, (5, 5));
    studio.sees("public.customer");
    studio.sees("row 2 of 30");
}

#[test]
fn a_lost_connection_is_said_in_the_title_until_there_is_one_again() {
    let mut studio = opened(30);
    studio.held = true;
    studio.press("r");
    let lost = Fault {
        is_lost: true,
        ..Fault::new("The statement failed: the connection to the server was lost")
    };
    while !studio.asked.is_empty() {
        studio.end(DbReply::Failed(lost.clone()));
    }
    studio.sees("disconnected");
    studio.held = false;
    studio.press("r");
    studio.sees("read-write");
    studio.sees("name 3");
}

#[test]
fn letters_that_stand_together_are_found_before_those_that_are_scattered() {
    let mut studio = opened(3);
    studio.press("ctrl-p");
    studio.types("theme");
    studio.sees("Choose a theme");
    studio.sees_no("To the start of the row");
    for _ in 0.."theme".len() {
        studio.press("backspace");
    }
    studio.types("chtm");
    studio.sees("Choose a theme");
}

#[test]
fn the_last_line_says_how_a_question_is_answered() {
    let mut studio = opened(3);
    studio.press("ctrl-c");
    let text = studio.text();
    let last = text.lines().last().unwrap().trim_start();
    assert!(last.starts_with("y yes   n no   esc close"), "{last}");
    // Enter is pressed unasked, and answers nothing.
    studio.press("enter");
    studio.sees("Quit dbkeep?");
    assert!(!studio.outside.contains(&Outside::Quit));
    studio.press("N");
    studio.sees_no("Quit dbkeep?");
    studio.press("ctrl-c Y");
    assert!(studio.outside.contains(&Outside::Quit));
}

#[test]
fn what_is_not_here_yet_says_how_to_go_back_and_nothing_of_tables() {
    let mut studio = opened(3);
    studio.press("3");
    studio.sees("The schema designer is not here yet.");
    studio.sees("1 goes back to the tables.");
    studio.sees_no("table project");
    studio.press("1");
    studio.sees("public.customer");
}

#[test]
fn a_list_in_which_nothing_matches_offers_nothing_to_choose() {
    let mut studio = opened(3);
    studio.press("ctrl-p");
    studio.sees("enter choose");
    studio.types("qqqq");
    studio.sees("Nothing matches.");
    studio.sees_no("enter choose");
    studio.press("enter");
    studio.sees("Choose: nothing matches");
}
