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
fn i_shows_the_structure_of_what_is_under_the_cursor() {
    let mut studio = unfolded();
    assert!(!rows_are_asked_for(&mut studio, "down down i"));
    studio.sees("public.totals · structure");
    studio.press("i");
    studio.sees("name 3");
    // It is asked for, and goes on with the tables that are passed.
    studio.press("i up up");
    studio.sees("public.order · structure");
    studio.press("down down down down");
    studio.sees("public.reckon · structure");
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
fn a_table_is_found_by_its_schema_and_its_name() {
    let mut studio = unfolded();
    studio.press("/");
    studio.types("publ.cust");
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
fn sizes_stay_when_the_catalog_is_read_again() {
    let mut studio = opened(30);
    studio.press("z");
    studio.sees("8.0 kB");
    studio.press("r");
    studio.sees("8.0 kB");
    studio.press("z");
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
