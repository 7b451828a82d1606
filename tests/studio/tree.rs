//! The tree, what stands beside it, and the search in it.

use dbkeep::data::catalog::Kind;
use dbkeep::studio::app::Outside;
use dbkeep::studio::theme::Role;
use dbkeep::studio::work::DbRequest;

use crate::driver::Studio;
use crate::server::Fake;
use crate::{COLUMNS, opened, shop};

/// Two tables, a view and a function, whose groups are unfolded; the cursor is on the second table.
fn unfolded() -> Studio {
    let fake = shop(30)
        .with("totals", &COLUMNS)
        .of_kind(Kind::View)
        .numbered(3)
        .with_function("reckon");
    let mut studio = Studio::open(fake, (120, 40));
    studio.press("down down down space up space up");
    studio.sees("▾ views");
    studio.sees("▾ functions");
    assert!(studio.position().contains("table public.order"));
    studio
}

/// Presses keys while the server waits; whether rows were asked for.
fn rows_are_asked_for(studio: &mut Studio, keys: &str) -> bool {
    studio.held = true;
    studio.press(keys);
    let is_rows = |request: &DbRequest| matches!(request, DbRequest::Open { .. });
    let asked = studio.asked.iter().any(|(_, request)| is_rows(request));
    studio.held = false;
    studio.settle();
    asked
}

#[test]
fn what_is_under_the_cursor_is_beside_the_tree_and_a_view_is_not_run_for_it() {
    let mut studio = unfolded();
    assert!(!rows_are_asked_for(&mut studio, "down down"));
    assert!(studio.position().contains("view public.totals"));
    studio.sees("public.totals · structure");
    studio.press("down down");
    studio.sees("public.reckon · structure");
    studio.sees("CREATE reckon");
    studio.press("up up up up");
    studio.sees("public.order ─");
    studio.sees_no("structure ─");
}

#[test]
fn a_view_shows_its_structure_until_its_rows_are_asked_for() {
    let mut studio = unfolded();
    assert!(rows_are_asked_for(&mut studio, "down down enter"));
    studio.sees("name 3");
    studio.sees("row 1 of");
    studio.press("i");
    studio.sees("public.totals · structure");
    studio.press("esc");
    studio.sees("name 3");
    // Passed again, its rows are not thrown away for what it shows unasked.
    studio.press("esc");
    studio.sees("name 3");
}

#[test]
fn i_shows_the_rows_of_a_view_that_is_passed_and_its_structure_again() {
    let mut studio = unfolded();
    assert!(rows_are_asked_for(&mut studio, "down down i"));
    studio.sees("name 3");
    // It is asked for, and goes on with what is passed.
    studio.press("i");
    studio.sees("public.totals · structure");
    studio.press("up up");
    studio.sees("public.order · structure");
    studio.press("down down down down");
    studio.sees("public.reckon · structure");
    studio.sees_no("rows/structure");
    studio.press("i");
    studio.sees("it has no rows");
    studio.press("enter y");
    let copied = |sent: &Outside| matches!(sent, Outside::Copy(text) if text == "CREATE reckon");
    assert!(studio.outside.iter().any(copied));
    studio.press("enter");
    studio.sees("it has no rows");
    studio.press("esc up up up up i");
    studio.sees("public.order ─");
}

#[test]
fn on_a_heading_nothing_is_done_to_the_table_that_is_open() {
    let mut studio = unfolded();
    studio.press("down");
    assert!(studio.position().contains("public · 1 view"));
    studio.sees("public.order ─");
    studio.sees_no("rows/structure");
    for key in ["i", ":", "c"] {
        studio.press(key);
        studio.sees("no table is under the cursor");
        studio.sees("public.order ─");
    }
}

#[test]
fn a_table_is_found_by_its_schema_and_its_name() {
    let mut studio = unfolded();
    studio.press("/");
    studio.types("PUBL.cust");
    studio.sees("public.customer");
    let marked = studio.find("public.customer");
    let found = studio.role(Role::Match);
    // The cursor's line shows no letters; the next one does.
    studio.press("backspace backspace backspace backspace");
    studio.press("down");
    assert_eq!(studio.buffer()[marked].style().fg, found.fg);
    studio.press("up enter");
    studio.sees("/ to find");
}

#[test]
fn a_search_that_is_given_up_leaves_all_as_it_was() {
    let mut studio = opened(30);
    studio.press("enter down down /");
    studio.press("esc down");
    assert!(studio.position().contains("row 4 of"));
    for keys in ["/", "/ o", "/ o down"] {
        studio.press(keys);
        studio.press("esc");
        studio.sees("public.customer ─");
        studio.sees("/ to find");
        assert!(studio.position().contains("row 4 of"), "{keys}");
    }
    studio.press("esc /");
    studio.types("ord");
    studio.press("esc");
    assert!(studio.position().contains("table public.customer"));
}

#[test]
fn a_search_that_is_given_up_leaves_the_rows_of_a_view_and_the_way_back() {
    let mut studio = unfolded();
    // From customer to order, and back to it along the trail.
    studio.press("enter esc up enter b");
    studio.sees("public.order ─");
    studio.press("/ c esc B");
    studio.sees("public.customer ─");
    studio.press("/ r down esc b");
    studio.sees("public.order ─");
    // What a search passes is no place to come back to; what it left for something else is.
    studio.press("/ c u s t enter b");
    studio.sees("public.order ─");
    studio.press("esc down down enter");
    studio.sees("name 3");
    studio.press("/ c u s t up down esc");
    studio.sees("public.totals ─");
    studio.sees("name 3");
    studio.sees_no("structure ─");
}

#[test]
fn the_cursor_of_a_search_stays_on_what_it_is_on_when_more_is_found() {
    let tables = (0..60).fold(Fake::default(), |fake, number| {
        fake.with(&format!("a_very_long_name_{number:03}"), &COLUMNS)
    });
    let fake = tables.with("n", &COLUMNS).with("nn", &COLUMNS);
    let mut studio = Studio::unanswered(fake, (120, 40), |theme| theme);
    studio.answer();
    studio.settle();
    studio.press("/");
    studio.types("n");
    // Better hits are not known yet.
    studio.press("down down");
    let before = studio.position();
    assert!(before.contains("a_very_long_name_002"));
    studio.held = false;
    studio.settle();
    studio.sees("─ 62 ╮");
    assert_eq!(studio.position(), before);
    studio.press("up up up up");
    assert!(studio.position().ends_with("public.n"));
}

#[test]
fn the_wheel_looks_further_and_leaves_the_cursor_where_it_is() {
    let tables = (0..100).fold(Fake::default(), |fake, number| {
        fake.with(&format!("part_{number:03}"), &COLUMNS)
    });
    let mut studio = Studio::open(tables, (120, 40));
    let at = studio.find("part_005");
    for _ in 0..5 {
        studio.mouse(ratatui::crossterm::event::MouseEventKind::ScrollDown, at);
    }
    studio.sees("part_045");
    studio.sees_no("part_010");
    assert!(studio.position().contains("public.part_000"));
    // What is clicked is what is seen there.
    let at = studio.find("part_020");
    studio.click(at);
    assert!(studio.position().contains("public.part_020"));
    studio.sees("public.part_020 ─");
    studio.mouse(ratatui::crossterm::event::MouseEventKind::ScrollDown, at);
    studio.press("up");
    studio.sees("public.part_019 ─");
}

#[test]
fn the_next_pane_ends_a_search() {
    let mut studio = opened(30);
    studio.press("/");
    studio.types("zzz");
    studio.sees("No name has these letters.");
    studio.press("tab");
    studio.sees("/ to find");
    studio.sees("order");
    assert!(studio.position().contains("row 1 of"));
}

#[test]
fn the_next_pane_is_that_of_what_was_sought() {
    let mut studio = opened(30);
    studio.press("/");
    studio.types("ord");
    studio.press("tab");
    studio.sees("public.order ─");
    studio.sees("/ to find");
    studio.sees("No rows.");
}

#[test]
fn sizes_stay_when_the_catalog_is_read_again() {
    let mut studio = opened(30);
    studio.press("z");
    studio.sees("8.0 kB");
    studio.press("r");
    studio.sees("8.0 kB");
    studio.press("z");
    studio.sees_no("8.0 kB");
    studio.held = true;
    studio.press("z z");
    studio.held = false;
    studio.settle();
    studio.sees_no("8.0 kB");
    // What was on its way when they were hidden does not bring them back.
    studio.press("z");
    studio.held = true;
    studio.press("r z");
    studio.held = false;
    studio.settle();
    studio.sees_no("8.0 kB");
}

#[test]
fn a_sequence_is_shown_as_it_is_passed() {
    let fake = Fake::default()
        .with("a", &COLUMNS)
        .with("a_id_seq", &COLUMNS)
        .of_kind(Kind::Sequence)
        .numbered(1);
    let mut studio = Studio::open(fake, (120, 40));
    studio.press("down space down");
    studio.sees("public.a_id_seq ─");
    studio.sees("name 1");
}

/// The part of the tree's line that a name is in.
fn line_of(studio: &mut Studio, name: &str) -> String {
    let text = studio.text();
    let mut parts = text
        .lines()
        .flat_map(|line| line.split('│').skip(1).take(1));
    let part = parts.find(|part| part.contains(name)).unwrap();
    part.trim().to_owned()
}

#[test]
fn what_stands_above_is_not_said_on_every_line() {
    let mut studio = unfolded();
    assert_eq!(line_of(&mut studio, "reckon"), "reckon");
    // In a search nothing stands above.
    studio.press("/");
    studio.types("reck");
    assert!(line_of(&mut studio, "reckon").ends_with(" function"));
}

#[test]
fn a_count_gives_way_to_the_end_of_a_name() {
    let fake = Fake::default()
        .with("payment_p2022_03", &COLUMNS)
        .numbered(2_713)
        .with("rental", &COLUMNS);
    let mut studio = Studio::open(fake, (120, 40));
    let line = line_of(&mut studio, "payment_p2022_03");
    assert!(line.ends_with(" 2,713"), "{line}");
    let mut studio = Studio::open(shop(2_713), (120, 40));
    assert!(line_of(&mut studio, "customer").ends_with(" 2,713 rows"));
}

#[test]
fn what_is_called_just_so_is_found_first() {
    let fake = Fake::default().with("parent", &crate::COLUMNS);
    let fake = fake.with("parts", &crate::COLUMNS).with_function("pr");
    let mut studio = Studio::open(fake, (120, 40));
    studio.press("/");
    studio.types("PR");
    assert!(studio.find(" pr  ").1 < studio.find(" parent  ").1);
}

#[test]
fn nothing_is_offered_to_be_chosen_where_nothing_was_found() {
    let mut studio = opened(30);
    studio.press("/");
    studio.sees("enter choose");
    studio.types("zzz");
    studio.sees("No name has these letters.");
    studio.sees_no("enter choose");
    studio.press("enter");
    studio.sees("Choose: no name has these letters");
    studio.press("backspace backspace backspace");
    studio.sees("enter choose");
}
