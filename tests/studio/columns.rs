//! Columns that are hidden, moved, frozen, widened, and remembered.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use dbkeep::data::{Arrangement, TableName};
use dbkeep::fault::Fault;
use dbkeep::studio::app::Outside;
use ratatui::crossterm::event::{MouseButton, MouseEventKind};

use crate::driver::Studio;
use crate::server::Fake;
use crate::shop;

const NAMES: [&str; 12] = [
    "id", "aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh", "ii", "jj", "kk",
];

/// A table of twelve columns, of which some rows need more than the screen is wide.
pub fn wide() -> Fake {
    let columns: Vec<(&'static str, &'static str)> = NAMES
        .iter()
        .map(|name| (*name, if *name == "id" { "integer" } else { "text" }))
        .collect();
    (1..=30).fold(
        Fake::default().with("wide", &columns),
        |fake, row: usize| {
            let number = row.to_string();
            let values: Vec<String> = NAMES
                .iter()
                .map(|name| format!("{name} of row {row}"))
                .collect();
            let mut cells: Vec<Option<&str>> =
                values.iter().map(|text| Some(text.as_str())).collect();
            cells[0] = Some(&number);
            fake.row(&cells)
        },
    )
}

fn named(table: &str) -> TableName {
    ("public".to_owned(), table.to_owned())
}

/// What was asked to be remembered last.
fn remembered(studio: &Studio) -> Option<&Arrangement> {
    let mut asked = studio.outside.iter().rev();
    asked.find_map(|outside| match outside {
        Outside::Arrange(_, arrangement) => Some(arrangement),
        _ => None,
    })
}

/// The names in the header, from left to right.
fn header(studio: &mut Studio) -> Vec<String> {
    let text = studio.text();
    let line = text.lines().nth(2).unwrap();
    let from = line.rfind("││").map_or(0, |at| at + "││".len());
    let names = line[from..]
        .split([' ', '│'])
        .filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

#[test]
fn a_column_is_hidden_and_the_border_says_how_many_are() {
    let mut studio = Studio::open(wide(), (120, 40));
    studio.press("enter right x");
    assert_eq!(header(&mut studio)[..3], ["id", "bb", "cc"]);
    studio.sees("1 hidden");
    studio.sees("· bb text");
    assert_eq!(remembered(&studio).unwrap().hidden, ["aa"]);
    studio.press("x");
    studio.sees("2 hidden");
    studio.press("left right right");
    studio.sees("· dd text");
    studio.press("home left");
    studio.sees("· id int");
}

#[test]
fn the_only_column_that_is_shown_is_not_hidden() {
    let mut studio = crate::opened(3);
    studio.press("enter x x");
    studio.sees("it is the only column that is shown");
    assert_eq!(header(&mut studio), ["name"]);
    studio.press("X space");
    studio.sees("it is the only column that is shown");
    studio.sees("1 of 2 shown");
}

#[test]
fn columns_move_and_the_cursor_goes_over_them_as_they_are_shown() {
    let mut studio = Studio::open(wide(), (120, 40));
    studio.press("enter ]");
    assert_eq!(header(&mut studio)[..3], ["aa", "id", "bb"]);
    studio.sees("· id int");
    studio.press("left");
    studio.sees("· aa text");
    studio.press("[");
    studio.sees("there is no column beyond it");
    studio.press("right right [ [");
    assert_eq!(header(&mut studio)[..3], ["bb", "aa", "id"]);
    studio.press("] ]");
    assert_eq!(header(&mut studio)[..3], ["aa", "id", "bb"]);
    studio.press("left [");
    assert!(remembered(&studio).unwrap().is_empty(), "all is as it was");
}

#[test]
fn frozen_columns_stay_while_the_others_scroll() {
    let mut studio = Studio::open(wide(), (120, 40));
    studio.press("enter right right # end");
    let names = header(&mut studio);
    assert_eq!(names[..3], ["id", "aa", "bb"]);
    assert_eq!(names.last().unwrap(), "kk");
    assert!(!names.contains(&"cc".to_owned()));
    assert_eq!(remembered(&studio).unwrap().frozen.as_deref(), Some("bb"));
    // The cursor on a column that stays leaves the others where they are.
    let aa = studio.find("aa of row 3");
    studio.click(aa);
    studio.sees("· aa text");
    assert_eq!(header(&mut studio), names);
    studio.press("right #");
    assert_eq!(remembered(&studio).unwrap().frozen, None);
    studio.press("end");
    let names = header(&mut studio);
    assert_eq!(names[0], "id", "the key stays by itself");
    assert!(!names.contains(&"aa".to_owned()));
    studio.press("home # end home");
    assert_eq!(header(&mut studio)[..3], ["id", "aa", "bb"]);
}

#[test]
fn frozen_columns_leave_half_the_room_to_the_others() {
    let mut studio = Studio::open(wide(), (80, 24));
    studio.press("enter right right right right right #");
    for name in NAMES.iter().skip(6) {
        studio.press("right");
        studio.sees(&format!("· {name} text"));
        let names = header(&mut studio);
        assert!(
            names.contains(&(*name).to_owned()),
            "{name}: {}",
            studio.text()
        );
    }
    for name in NAMES.iter().rev().skip(1) {
        studio.press("left");
        let names = header(&mut studio);
        assert!(
            names.contains(&(*name).to_owned()),
            "{name}: {}",
            studio.text()
        );
    }
}

#[test]
fn a_column_is_fitted_to_its_values_by_key_and_by_a_double_click() {
    let long = "x".repeat(50);
    let fake = || {
        Fake::default()
            .with(
                "t",
                &[
                    ("id", "integer"),
                    ("a", "text"),
                    ("b", "text"),
                    ("c", "text"),
                ],
            )
            .row(&[Some("1"), Some(&long), Some(&long), Some("end")])
    };
    let mut studio = Studio::open(fake(), (120, 40));
    studio.press("enter right");
    studio.sees_no(&long);
    studio.press("w");
    studio.sees(&long);
    assert_eq!(remembered(&studio).unwrap().widths["a"], 50);
    studio.press("w");
    studio.sees_no(&long);
    assert!(remembered(&studio).unwrap().is_empty());
    let (x, y) = studio.find("b   ");
    let edge = (x - 2, y);
    studio.click(edge);
    studio.wait(Duration::from_secs(1));
    studio.click(edge);
    studio.sees_no(&long);
    studio.click(edge);
    studio.sees(&long);
    assert_eq!(remembered(&studio).unwrap().widths["a"], 50);
}

#[test]
fn a_width_is_remembered_once_the_edge_is_let_go() {
    let mut studio = crate::opened(3);
    studio.press("enter");
    let (x, y) = studio.find("name ");
    studio.mouse(MouseEventKind::Down(MouseButton::Left), (x - 2, y));
    studio.mouse(MouseEventKind::Drag(MouseButton::Left), (x + 8, y));
    assert_eq!(remembered(&studio), None);
    studio.mouse(MouseEventKind::Up(MouseButton::Left), (x + 8, y));
    let widths = &remembered(&studio).unwrap().widths;
    assert_eq!(widths.keys().collect::<Vec<_>>(), ["id"]);
    studio.press("esc down up enter");
    assert_eq!(
        studio.find("name ").0,
        x + 10,
        "a table that was left keeps it"
    );
}

#[test]
fn the_list_shows_hides_orders_and_goes() {
    let mut studio = Studio::open(wide(), (120, 40));
    studio.press("enter X");
    studio.sees("Columns");
    studio.sees("12 of 12 shown");
    studio.press("down space down down space");
    studio.sees("10 of 12 shown");
    studio.sees("hidden  text");
    studio.press("J alt-down K");
    studio.press("esc");
    assert_eq!(header(&mut studio)[..4], ["id", "bb", "dd", "ee"]);
    studio.sees("2 hidden");
    let order = &remembered(&studio).unwrap().order;
    assert_eq!(order[..5], ["id", "aa", "bb", "dd", "cc"]);
    // Whoever goes to a hidden column sees it.
    studio.press("X G enter");
    studio.sees("· kk text");
    studio.press("X g g down enter");
    studio.sees("· aa text");
    studio.sees("1 hidden");
    studio.press("X a o esc");
    studio.sees_no("hidden");
    assert!(remembered(&studio).unwrap().is_empty());
}

#[test]
fn what_was_arranged_in_another_run_is_arranged_again() {
    let arrangement = Arrangement {
        order: ["bb", "gone", "id"].map(str::to_owned).to_vec(),
        hidden: ["aa", "gone"].map(str::to_owned).to_vec(),
        frozen: Some("gone".to_owned()),
        widths: BTreeMap::from([("bb".to_owned(), 30), ("gone".to_owned(), 9)]),
    };
    let known = HashMap::from([(named("wide"), arrangement)]);
    let mut studio = Studio::remembering(wide(), (120, 40), known, None);
    studio.press("enter");
    assert_eq!(header(&mut studio)[..3], ["bb", "id", "cc"]);
    studio.sees("1 hidden");
    let (bb, id) = (studio.find("bb of row 1 ").0, studio.find("int").0);
    assert!(id >= bb + 32);
    assert_eq!(remembered(&studio), None, "nothing was changed");
    studio.press("r");
    assert_eq!(header(&mut studio)[..3], ["bb", "id", "cc"]);
    studio.press("X a o esc");
    let kept = remembered(&studio).unwrap();
    assert_eq!(kept.widths, BTreeMap::from([("bb".to_owned(), 30)]));
}

#[test]
fn what_cannot_be_read_or_written_is_said_and_nothing_else() {
    let fault = Fault::new("columns.json is not understood and was ignored");
    let mut studio = Studio::remembering(shop(3), (120, 40), HashMap::new(), Some(fault));
    studio.sees("columns.json is not understood and was ignored");
    studio.sees("name 3");
    studio.handle(dbkeep::studio::app::Msg::Trouble(Fault::new(
        "the disk is full",
    )));
    studio.sees("the disk is full");
}

#[test]
fn a_uuid_is_whole_where_texts_are_cut() {
    let uuid = "0b2f5a1e-8c64-4f0e-9d3b-5f1f6f6c2a77";
    let fake = Fake::default()
        .with(
            "t",
            &[("id", "integer"), ("token", "uuid"), ("note", "text")],
        )
        .row(&[Some("1"), Some(uuid), Some(&"x".repeat(60))]);
    let mut studio = Studio::open(fake, (80, 24));
    studio.press("enter");
    studio.sees(uuid);
}
