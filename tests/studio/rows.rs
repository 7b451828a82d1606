//! Moving through rows while pages come, late or not at all.

use std::time::Duration;

use dbkeep::data::catalog::Kind;
use dbkeep::fault::Fault;
use dbkeep::studio::app::{Msg, Outside};
use dbkeep::studio::work::{DbReply, DbRequest};
use ratatui::crossterm::event::MouseEventKind;

use crate::driver::Studio;
use crate::server::Fake;
use crate::{opened, shop};

fn pages_asked(studio: &Studio) -> usize {
    let is_page = |request: &DbRequest| matches!(request, DbRequest::Page { .. });
    studio.asked.iter().filter(|(_, r)| is_page(r)).count()
}

#[test]
fn holding_page_down_shows_every_row_and_never_a_blank() {
    let mut studio = opened(3_000);
    studio.press("enter");
    for _ in 0..91 {
        studio.press("pagedown");
        let text = studio.text();
        let is_row = |line: &&str| {
            let value = line.split("name ").nth(1);
            value.is_some_and(|value| value.starts_with(|ch: char| ch.is_ascii_digit()))
        };
        let rows = text.lines().filter(is_row).count();
        assert_eq!(rows, 33, "a row is blank:\n{text}");
    }
    studio.sees("row 3,000 of 3,000");
    for _ in 0..91 {
        studio.press("pageup");
    }
    studio.sees("row 1 of 3,000");
}

#[test]
fn while_a_page_is_on_its_way_everything_held_can_be_moved_through() {
    let mut studio = opened(3_000);
    studio.press("enter");
    studio.held = true;
    for _ in 0..20 {
        studio.press("pagedown");
        assert!(pages_asked(&studio) <= 1, "one page is on its way at most");
    }
    let at_the_edge = studio.position();
    studio.press("pageup pageup down");
    assert_ne!(studio.position(), at_the_edge);
    studio.held = false;
    studio.settle();
    studio.press("pagedown pagedown pagedown");
    assert_ne!(studio.position(), at_the_edge, "it goes on");
}

#[test]
fn the_ends_and_any_place_between_are_gone_to() {
    let mut studio = opened(3_000);
    studio.press("enter G");
    studio.sees("row 3,000 of 3,000");
    studio.sees("name 3000");
    studio.press("g g");
    studio.sees("row 1 of 3,000");
    studio.press(":");
    studio.types("#500");
    studio.press("enter");
    studio.sees("row 500 of 3,000");
    studio.press(":");
    studio.types("1234");
    studio.press("enter");
    studio.sees("name 1234");
    studio.sees("row 1,234 of 3,000");
    studio.press("up");
    studio.sees("row 1,233 of 3,000");
    studio.press(":");
    studio.types("#9000");
    studio.press("enter");
    studio.sees("row 3,000 of 3,000");
    studio.sees("this is the end");
    studio.press(":");
    studio.types("#no");
    studio.press("enter");
    studio.sees("is no row number");
    studio.sees("row 3,000 of 3,000");
}

#[test]
fn reading_again_keeps_the_place() {
    let mut studio = opened(3_000);
    studio.press("enter :");
    studio.types("#1500");
    studio.press("enter down down right");
    let before = studio.text();
    studio.press("r");
    assert_eq!(studio.text(), before);
    studio.press("up");
    studio.sees("row 1,501 of 3,000");
}

#[test]
fn a_place_asked_for_before_the_table_is_here_is_gone_to() {
    let mut studio = opened(300);
    studio.press("down");
    studio.held = true;
    studio.press("up enter G");
    studio.held = false;
    studio.settle();
    studio.sees("row 300 of 300");
}

#[test]
fn a_late_reply_for_a_table_that_was_left_changes_nothing() {
    let mut studio = opened(300);
    studio.held = true;
    studio.press("down");
    let (late, request) = studio.asked.pop_front().unwrap();
    assert!(matches!(&request, DbRequest::Open { object, .. } if object.name == "order"));
    studio.press("up");
    assert!(studio.outside.contains(&Outside::Cancel(late)));
    studio.held = false;
    studio.settle();
    let before = studio.text();
    for reply in crate::shop(300).answer(&request) {
        studio.handle(dbkeep::studio::app::Msg::Db(late, reply));
    }
    assert_eq!(studio.text(), before);
}

#[test]
fn a_fault_is_shown_in_the_pane_and_reading_again_mends_it() {
    let mut studio = Studio::unanswered(shop(3), (120, 40), |theme| theme);
    studio.answer_in_part();
    let fault = Fault::new("relation \"customer\" does not exist").remedy("ask for it");
    studio.end(DbReply::Failed(fault));
    studio.sees("relation \"customer\" does not exist");
    studio.sees("To do: ask for it");
    studio.held = false;
    studio.press("r");
    studio.sees("name 3");
}

#[test]
fn the_first_table_is_opened_by_what_brought_the_catalog() {
    let mut studio = Studio::unanswered(shop(3), (120, 40), |theme| theme);
    studio.answer();
    studio.settle();
    studio.sees("name 3");
    let opened = |(_, request): &(_, DbRequest)| matches!(request, DbRequest::Open { .. });
    assert!(!studio.asked.iter().any(opened));
}

#[test]
fn a_heading_is_drawn_with_its_rows_unless_they_take_their_time() {
    let mut studio = Studio::unanswered(shop(3), (120, 40), |theme| theme);
    let (start, request) = studio.asked.pop_front().unwrap();
    let mut replies = shop(3).answer(&request).into_iter();
    let now = studio.now;
    let mut next = |studio: &mut Studio| {
        let msg = Msg::Db(start, replies.next().unwrap());
        studio.app.handle(msg, now);
    };
    next(&mut studio);
    assert!(studio.app.is_dirty(), "the tree is drawn at once");
    studio.buffer();
    next(&mut studio);
    assert!(!studio.app.is_dirty());
    let late = studio.app.wake().unwrap();
    assert_eq!(late - now, Duration::from_millis(8));
    next(&mut studio);
    assert!(studio.app.is_dirty());
    studio.sees("name 3");
    assert_ne!(studio.app.wake(), Some(late));
    // Again, and the rows do not come.
    let mut studio = Studio::unanswered(shop(3), (120, 40), |theme| theme);
    studio.answer_in_part();
    let (start, request) = studio.asked.pop_front().unwrap();
    let relation = shop(3).answer(&request).swap_remove(1);
    studio.app.handle(Msg::Db(start, relation), studio.now);
    assert!(!studio.app.is_dirty());
    let late = studio.now + Duration::from_millis(8);
    studio.app.handle(Msg::Tick, late);
    assert!(studio.app.is_dirty());
    assert!(
        studio.app.wake().unwrap() > late,
        "it is not waited for any more"
    );
    studio.sees("by id ↑");
}

/// The requests that wait for the catalog.
fn catalogs_asked(studio: &Studio) -> usize {
    let is_catalog = |request: &DbRequest| matches!(request, DbRequest::Catalog { .. });
    studio.asked.iter().filter(|(_, r)| is_catalog(r)).count()
}

#[test]
fn the_first_tables_are_seen_with_their_rows_before_the_rest_of_the_tree() {
    let tables = (0..200).fold(Fake::default(), |fake, number| {
        fake.with(&format!("part_{number:03}"), &crate::COLUMNS)
            .numbered(3)
    });
    let fake = tables.with("totals", &crate::COLUMNS).of_kind(Kind::View);
    let mut studio = Studio::unanswered(fake, (120, 40), |theme| theme);
    studio.answer();
    studio.settle();
    studio.sees("name 3");
    studio.sees("part_030");
    // How many there are is not known yet.
    studio.sees_no("─ 50 ╮");
    assert_eq!(catalogs_asked(&studio), 1);
    studio.press("G");
    studio.sees("part_049");
    studio.held = false;
    studio.settle();
    studio.sees("─ 200 ╮");
    studio.sees("part_049");
    studio.press("G");
    studio.sees("views");
}

#[test]
fn the_rest_of_the_tree_comes_when_the_first_table_cannot_be_read() {
    for ending in [
        DbReply::Failed(Fault::new("permission denied for table customer")),
        DbReply::Cancelled,
    ] {
        let mut studio = Studio::unanswered(shop(3), (120, 40), |theme| theme);
        studio.answer_in_part();
        assert_eq!(catalogs_asked(&studio), 0);
        studio.end(ending);
        studio.settle();
        assert_eq!(catalogs_asked(&studio), 1);
        studio.held = false;
        studio.settle();
        studio.sees("─ 2 ╮");
        assert_eq!(catalogs_asked(&studio), 0);
    }
}

#[test]
fn a_rest_of_the_tree_that_fails_is_said_and_asked_for_when_the_person_wants_it() {
    let mut studio = Studio::unanswered(shop(3), (120, 40), |theme| theme);
    studio.answer();
    studio.settle();
    while !matches!(studio.asked[0].1, DbRequest::Catalog { .. }) {
        studio.asked.rotate_left(1);
    }
    studio.end(DbReply::Failed(Fault::new("the server is going away")));
    studio.sees("the server is going away");
    assert_eq!(catalogs_asked(&studio), 0);
    studio.sees_no("─ 2 ╮");
    studio.press("/");
    studio.types("zzz");
    studio.sees("Not all tables were read.");
    studio.press("esc r /");
    studio.types("zzz");
    studio.sees("the rest is still being read");
    studio.press("esc");
    studio.held = false;
    studio.settle();
    studio.sees("─ 2 ╮");
}

#[test]
fn the_rest_of_the_tree_does_not_wait_for_rows_that_take_their_time() {
    let mut studio = Studio::unanswered(shop(3), (120, 40), |theme| theme);
    studio.answer_in_part();
    studio.settle();
    assert_eq!(catalogs_asked(&studio), 0);
    let late = studio.app.wake().unwrap();
    studio.app.handle(Msg::Tick, late);
    studio.settle();
    assert_eq!(
        catalogs_asked(&studio),
        0,
        "the sign of waiting comes before"
    );
    studio.wait(Duration::from_millis(300));
    studio.settle();
    assert_eq!(catalogs_asked(&studio), 1);
    // The rows that come then ask for nothing more.
    studio.answer();
    studio.settle();
    assert_eq!(catalogs_asked(&studio), 1);
    studio.held = false;
    studio.settle();
    studio.sees("name 3");
    studio.sees("─ 2 ╮");
}

#[test]
fn a_tree_that_is_read_again_is_not_read_once_more_for_its_beginning() {
    let mut studio = Studio::unanswered(shop(3), (120, 40), |theme| theme);
    studio.answer_in_part();
    studio.press("r");
    assert_eq!(catalogs_asked(&studio), 1);
    studio.answer();
    studio.settle();
    assert_eq!(catalogs_asked(&studio), 1);
}

#[test]
fn a_start_that_is_overtaken_is_stopped_and_its_late_answer_changes_nothing() {
    let mut studio = Studio::unanswered(shop(3), (120, 40), |theme| theme);
    studio.press("r");
    let (start, request) = studio.asked.pop_front().unwrap();
    assert!(matches!(request, DbRequest::Start { .. }));
    assert!(studio.outside.contains(&Outside::Cancel(start)));
    let fault = Fault::new("relation \"customer\" does not exist");
    let parts = shop(3).answer(&request).into_iter();
    let late = parts.filter(|reply| !reply.is_final());
    for reply in late.chain([DbReply::Failed(fault)]) {
        studio.handle(dbkeep::studio::app::Msg::Db(start, reply));
    }
    studio.sees_no("does not exist");
    studio.sees_no("name 3");
    studio.held = false;
    studio.settle();
    studio.sees("name 3");
}

#[test]
fn a_page_that_fails_behind_the_first_one_leaves_what_is_shown() {
    let mut studio = Studio::unanswered(shop(3_000), (120, 40), |theme| theme);
    studio.answer();
    studio.settle();
    assert_eq!(pages_asked(&studio), 1);
    while !matches!(studio.asked.front(), Some((_, DbRequest::Page { .. }))) {
        assert!(studio.answer());
    }
    studio.end(DbReply::Failed(Fault::new("division by zero")));
    studio.sees("division by zero");
    studio.sees("name 3");
    assert_eq!(pages_asked(&studio), 0, "it is not asked for over and over");
    studio.press("enter down");
    assert_eq!(pages_asked(&studio), 1);
    studio.sees("row 2 of");
}

#[test]
fn a_place_that_cannot_be_reached_leaves_what_is_shown() {
    let mut studio = opened(3_000);
    studio.press("enter down");
    studio.held = true;
    studio.press("G");
    studio.end(DbReply::Failed(Fault::new("permission denied")));
    studio.sees("permission denied");
    studio.sees("row 2 of 3,000");
}

#[test]
fn a_first_page_that_is_cancelled_says_so() {
    let mut studio = Studio::unanswered(shop(3), (120, 40), |theme| theme);
    studio.answer_in_part();
    studio.press("ctrl-c");
    assert!(
        studio
            .outside
            .iter()
            .any(|out| matches!(out, Outside::Cancel(_)))
    );
    studio.sees("asked the server to stop");
    studio.end(DbReply::Cancelled);
    studio.sees("Reading was cancelled");
    studio.sees("the server has stopped");
}

#[test]
fn rows_of_a_view_whose_moment_is_over_are_not_asked_for_again_by_every_key() {
    let fake = Fake::default().with("big", &crate::COLUMNS);
    let fake = fake.numbered(9_000).of_kind(Kind::View);
    let mut studio = Studio::unanswered(fake, (120, 40), |theme| theme);
    studio.held = false;
    studio.settle();
    studio.press("down enter");
    studio.press("/");
    studio.types("big");
    studio.press("enter");
    studio.sees("row 1");
    studio.held = true;
    let pages = |studio: &Studio| {
        let is_page = |(_, request): &&(_, DbRequest)| matches!(request, DbRequest::Page { .. });
        studio.asked.iter().filter(is_page).count()
    };
    while pages(&studio) == 0 {
        studio.press("pagedown");
    }
    studio.end(DbReply::Failed(Fault::new("it is gone: r reads it anew")));
    studio.sees("it is gone: r reads it anew");
    studio.press("down down pagedown pagedown up");
    assert_eq!(pages(&studio), 0);
}

#[test]
fn that_there_are_no_rows_is_said_with_the_page_that_has_none() {
    let fake = Fake::default().with("empty", &crate::COLUMNS).numbered(0);
    let mut studio = Studio::unanswered(fake, (120, 40), |theme| theme);
    let (ticket, request) = studio.asked.front().cloned().unwrap();
    let mut replies = studio.server.answer(&request);
    assert_eq!(replies.pop(), Some(DbReply::Done));
    for reply in replies {
        studio.sees_no("No rows.");
        studio.handle(Msg::Db(ticket, reply));
    }
    studio.sees("No rows.");
}

#[test]
fn a_sort_that_is_cancelled_is_said_to_have_stopped_and_the_rows_stay_as_they_were() {
    let mut studio = opened(300);
    studio.press("enter right");
    studio.held = true;
    studio.press("s ctrl-c");
    studio.end(DbReply::Cancelled);
    studio.sees("the server has stopped");
    studio.sees("by id ↑");
    studio.sees("row 1 of 300");
}

/// What is typed before anything is known is not lost, and is no commands.
#[test]
fn a_table_is_sought_before_the_tables_are_known() {
    for beginning in [false, true] {
        let mut studio = Studio::unanswered(shop(3), (120, 40), |theme| theme);
        if beginning {
            studio.answer();
            studio.settle();
        }
        studio.press("/");
        studio.types("orde");
        studio.press("enter");
        studio.sees("/ orde");
        studio.held = false;
        studio.settle();
        studio.sees("public.order ─");
        studio.sees("/ to find");
    }
    // Who types on has not said yet what is meant.
    let mut studio = Studio::unanswered(shop(3), (120, 40), |theme| theme);
    studio.press("/");
    studio.types("o");
    studio.press("enter");
    studio.types("r");
    studio.held = false;
    studio.settle();
    studio.sees("/ or");
}

#[test]
fn counts_that_come_replace_estimates_where_they_stand() {
    let mut studio = Studio::unanswered(shop(141), (120, 40), |theme| theme);
    studio.answer();
    studio.settle();
    studio.sees("~142");
    studio.held = false;
    studio.settle();
    studio.sees_no("~142");
    studio.sees("141 rows");
}

#[test]
fn the_wheel_moves_what_is_in_view_and_a_click_moves_the_cursor() {
    let mut studio = opened(300);
    studio.press("enter");
    let at = studio.find("name 20");
    studio.click(at);
    studio.sees("row 20 of 300 · name");
    studio.mouse(MouseEventKind::ScrollDown, at);
    studio.mouse(MouseEventKind::ScrollDown, at);
    studio.sees_no("name 6 ");
    studio.sees("row 20 of 300");
    let at = studio.find("order");
    studio.click(at);
    studio.sees("public.order");
}

#[test]
fn the_edge_of_a_column_can_be_dragged() {
    use ratatui::crossterm::event::MouseButton;
    let mut studio = opened(3);
    studio.press("enter");
    let (x, y) = studio.find("name ");
    studio.mouse(MouseEventKind::Down(MouseButton::Left), (x - 2, y));
    studio.mouse(MouseEventKind::Drag(MouseButton::Left), (x + 8, y));
    studio.mouse(MouseEventKind::Up(MouseButton::Left), (x + 8, y));
    assert_eq!(studio.find("name ").0, x + 10);
    studio.press("< <");
    assert_eq!(studio.find("name ").0, x + 6);
}

#[test]
fn where_the_cursor_is_among_the_columns_is_said_where_there_is_room() {
    let mut studio = Studio::open(shop(30), (80, 24));
    studio.press("enter");
    studio.sees("row 1 of 30 · id int · column 1 of 2 · 1 character");
    studio.press("right");
    studio.sees("name text · column 2 of 2 · 6 characters");
    let mut studio = Studio::open(shop(30), (44, 24));
    studio.press("enter");
    studio.sees("row 1 of 30 · id int · 1 character");
}

#[test]
fn a_click_on_a_header_goes_to_the_column_and_a_second_one_sorts_by_it() {
    let mut studio = opened(300);
    studio.press("enter");
    let header = studio.find("name ");
    studio.click(header);
    studio.sees("row 1 of 300 · name text");
    studio.sees("by id ↑");
    studio.click(header);
    studio.sees("by name, id ↑");
    studio.click((header.0, header.1 + 1));
    studio.sees("by name ↓, id ↑");
    // The last letter of a number's name is no edge to take hold of.
    let id = studio.find("id  ");
    studio.click((id.0 + 1, id.1));
    studio.sees("· id int");
}

#[test]
fn a_header_that_cannot_be_sorted_by_says_why() {
    let fake = Fake::default()
        .with("t", &[("id", "integer"), ("data", "json")])
        .row(&[Some("1"), Some("{}")]);
    let mut studio = Studio::open(fake, (120, 40));
    studio.press("enter");
    let header = studio.find("data ");
    studio.click(header);
    studio.sees_no("have no order");
    studio.click(header);
    studio.sees("values of type json have no order");
}

#[test]
fn a_second_click_on_a_cell_opens_its_row() {
    let mut studio = opened(30);
    studio.press("enter");
    let at = studio.find("name 20");
    studio.click(at);
    studio.sees("row 20 of 30 · name");
    studio.sees_no("· row ─");
    studio.click(at);
    studio.sees("public.customer · row");
    // The cursor on a cell is no click on it.
    studio.press("esc");
    studio.click(at);
    studio.sees_no("· row ─");
    let below = studio.find("name 21");
    studio.press("down");
    studio.click(below);
    studio.sees_no("· row ─");
}

#[test]
fn how_to_write_a_key_of_several_columns_is_said() {
    let mut studio = Studio::open(shop(30), (120, 40));
    studio.press("enter :");
    studio.sees("a value of id, or #1000 for a row's number");
    studio.press("esc right s :");
    studio.sees("values of name, id, separated by commas, or #1000 for a row's number");
}
