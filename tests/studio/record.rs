//! A row that is seen as a form.

use dbkeep::studio::app::Outside;
use dbkeep::studio::theme::Role;
use ratatui::crossterm::event::MouseEventKind;

use crate::driver::Studio;
use crate::opened;
use crate::server::Fake;
use crate::viewer::values;

/// A table of so many columns, `c1` to `cN`.
fn wide(columns: usize) -> Fake {
    let names: Vec<(&'static str, &'static str)> = (1..=columns)
        .map(|at| (&*Box::leak(format!("c{at}").into_boxed_str()), "integer"))
        .collect();
    let numbers: Vec<String> = (1..=columns).map(|at| at.to_string()).collect();
    let row: Vec<Option<&str>> = numbers.iter().map(|text| Some(text.as_str())).collect();
    Fake::default().with("wide", &names).row(&row)
}

#[test]
fn enter_shows_the_row_and_esc_leaves_the_grid_where_one_was() {
    let mut studio = opened(30);
    studio.press("enter down down enter");
    studio.sees("public.customer · row");
    studio.sees("id    int ⚷  3");
    studio.sees("name  text   name 3");
    studio.press("n");
    studio.sees("name  text   name 4");
    studio.press("p p");
    studio.sees("name  text   name 2");
    studio.press("ctrl-down right left ctrl-up down");
    studio.sees("row 2 of 30 · name text");
    studio.press("esc");
    studio.sees_no("· row ─");
    studio.sees("row 2 of 30 · name text");
    studio.sees("name 30");
    studio.press("esc enter");
    studio.sees("name 30");
}

#[test]
fn the_form_goes_on_through_rows_that_are_yet_to_come() {
    let mut studio = opened(3_000);
    studio.press("enter enter");
    for _ in 0..1_000 {
        studio.press("n");
    }
    studio.sees("name  text   name 1001");
    studio.press("G");
    studio.sees("name  text   name 3000");
    studio.press("esc");
    studio.sees("row 3,000 of 3,000");
}

#[test]
fn null_and_the_empty_text_differ_and_long_values_take_a_few_lines() {
    let mut studio = Studio::open(values(), (120, 40));
    studio.press("enter enter n");
    studio.sees("line 3↵…");
    let rows = studio.text();
    let rows = rows.lines().filter(|line| line.contains('↵')).count();
    assert_eq!(rows, 3);
    studio.press("n");
    let null = studio.find("∅");
    assert_eq!(studio.buffer()[null].style(), studio.role(Role::Null));
    studio.press("down");
    studio.sees("note text · column 2 of 5 · empty");
}

#[test]
fn what_is_done_to_a_cell_is_done_to_a_field() {
    let mut studio = Studio::open(values(), (120, 40));
    studio.press("enter enter down down y");
    let is_json =
        |outside: &Outside| matches!(outside, Outside::Copy(text) if text.starts_with('{'));
    assert!(studio.outside.iter().any(is_json));
    studio.press("v");
    studio.sees("data · jsonb · 47 characters");
    studio.press("esc");
    studio.sees("public.value · row");
    studio.press("enter");
    studio.sees("data · jsonb · 47 characters");
    studio.press("esc esc =");
    studio.sees("where data = ");
}

#[test]
fn a_field_is_found_by_its_name_among_very_many() {
    let mut studio = Studio::open(wide(1_600), (120, 40));
    studio.press("enter enter");
    studio.sees("c35 ");
    studio.sees_no("c36 ");
    studio.press("end");
    studio.sees("c1600  int    1600");
    studio.press("home /");
    studio.types("C123");
    studio.sees("row 1 of 1 · c1 int");
    studio.press("backspace backspace backspace backspace");
    studio.types("c123");
    studio.sees("· c123 int");
    studio.press("down");
    studio.sees("· c1230 int");
    studio.press("up enter");
    studio.sees("· c123 int");
    studio.press("/");
    studio.types("c9");
    studio.sees("· c9");
    studio.press("esc");
    studio.sees("· c123 int");
    studio.press("pagedown");
    studio.sees("· c157 int");
    studio.press("esc");
    studio.sees("· c157 int");
}

#[test]
fn the_mouse_chooses_a_field_and_the_wheel_goes_through_them() {
    let mut studio = opened(3);
    studio.press("enter enter");
    let at = studio.find("name 1");
    studio.click(at);
    studio.sees("· name text");
    studio.mouse(MouseEventKind::ScrollUp, at);
    studio.sees("· id int");
}

#[test]
fn another_table_and_another_look_at_this_one_begin_with_the_rows() {
    let mut studio = opened(3);
    studio.press("enter enter tab enter");
    studio.sees("name 3");
    studio.press("enter tab down up");
    studio.sees("name 3");
    studio.press("down enter enter");
    studio.sees("there is no row here");
}

#[test]
fn how_to_leave_the_form_is_said_first_at_every_size() {
    for size in [(80, 24), (120, 40), (160, 45)] {
        let mut studio = Studio::open(crate::shop(3), size);
        studio.press("enter enter");
        let text = studio.text();
        let last = text.lines().last().unwrap().trim_start();
        assert!(last.starts_with("esc close"), "{last}");
        studio.press("esc");
        studio.sees_no("esc close");
    }
}
