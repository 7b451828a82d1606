//! What the screens look like, at three sizes.

use dbkeep::fault::Fault;
use dbkeep::studio::work::DbReply;
use insta::assert_snapshot;

use crate::driver::Studio;
use crate::server::Fake;
use crate::{COLUMNS, shop};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (160, 45)];

/// A picture at each size, after some keys.
fn pictures(name: &str, server: fn() -> Fake, keys: &str) {
    for size in SIZES {
        let mut studio = Studio::open(server(), size);
        studio.press(keys);
        let text = studio.text();
        let widest = text
            .lines()
            .map(unicode_width::UnicodeWidthStr::width)
            .max();
        assert!(widest <= Some(usize::from(size.0)), "{text}");
        assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), text);
    }
}

fn customers() -> Fake {
    shop(12_345)
}

fn odd() -> Fake {
    let names = [
        ("a column whose name is longer than its values", "integer"),
        ("漢字", "text"),
        ("note", "timestamp(3) with time zone"),
    ];
    Fake::default()
        .with(
            "a table whose name is as long as PostgreSQL lets any name be 63",
            &names,
        )
        .row(&[
            Some("1"),
            Some("日本語のとても長いテキスト"),
            Some("👩\u{200d}👧 🎉 e\u{301}"),
        ])
        .row(&[Some("-2147483648"), Some("a\tb\nc\u{1b}[2Jd\u{7f}"), None])
        .row(&[Some("3"), Some(""), Some("\u{202e}left")])
        .with("漢字の表", &COLUMNS)
}

#[test]
fn an_opened_table() {
    pictures("tree", customers, "");
    pictures("rows", customers, "enter G");
}

#[test]
fn names_and_values_that_are_long_wide_or_wild() {
    pictures("odd", odd, "");
}

#[test]
fn nothing_to_show() {
    pictures("empty_table", customers, "down enter");
    pictures("empty_database", Fake::default, "");
    pictures(
        "no_columns",
        || Fake::default().with("bare", &[]).row(&[]),
        "",
    );
}

#[test]
fn the_structure() {
    pictures("structure", customers, "enter i");
}

#[test]
fn the_dialogs() {
    pictures("keys", customers, "?");
    pictures("commands", customers, "enter ctrl-p");
    pictures("themes", customers, "T");
    pictures("go_to", customers, "enter :");
    pictures("quit", customers, "ctrl-c");
}

#[test]
fn filters_and_sorts() {
    pictures("condition", customers, "enter right f down down");
    pictures("filtered", customers, "enter right s s down down = F");
}

#[test]
fn from_row_to_row() {
    let peek = "down down enter right down down K";
    pictures("peek", crate::follow::linked, peek);
    pictures(
        "followed",
        crate::follow::linked,
        "down down enter right down down o",
    );
    pictures("referrers", crate::follow::linked, "enter O");
    pictures(
        "referring",
        crate::follow::linked,
        "enter : 2 1 enter O enter",
    );
}

#[test]
fn columns_and_what_they_hold() {
    let keys = "enter right right # x right x end";
    pictures("arranged", crate::columns::wide, keys);
    pictures(
        "columns",
        crate::columns::wide,
        "enter right x X down down J",
    );
    pictures(
        "profile",
        crate::profile::orders,
        "enter right right p down",
    );
}

#[test]
fn what_can_be_copied() {
    pictures("copy", customers, "enter Y");
}

#[test]
fn production() {
    for size in SIZES {
        let mut fake = customers();
        fake.read_only = true;
        let mut studio = Studio::in_production(fake, size, |theme| theme);
        studio.press("enter");
        let name = format!("production_{}x{}", size.0, size.1);
        assert_snapshot!(name, studio.text());
    }
}

#[test]
fn edits() {
    pictures(
        "edits",
        customers,
        "enter d down right ctrl-n down down space space a",
    );
    pictures("editing", customers, "enter down down right e");
    pictures("review", customers, "enter d down right ctrl-n ctrl-s");
}

#[test]
fn values_seen_whole() {
    pictures("value_text", crate::viewer::values, "enter right v");
    pictures(
        "value_json",
        crate::viewer::values,
        "enter right right v down",
    );
    pictures(
        "value_bytes",
        crate::viewer::values,
        "enter right right right v / P N G",
    );
    pictures("value_array", crate::viewer::values, "enter end v");
    pictures(
        "value_long",
        crate::viewer::values,
        "enter down right v pagedown",
    );
    pictures("value_save", crate::viewer::values, "enter right v s");
}

#[test]
fn a_row_as_a_form() {
    pictures("record", crate::viewer::values, "enter enter n down");
    pictures("record_find", crate::viewer::values, "enter enter / t a g");
}

#[test]
fn a_screen_that_is_yet_to_come() {
    pictures("projects", customers, "3");
}

#[test]
fn no_connection() {
    for size in SIZES {
        let mut studio = Studio::unanswered(customers(), size, |theme| theme);
        let mut fault = Fault::new("Cannot connect to shop as ada at db.example:5432")
            .because("error connecting to server: Connection refused (os error 111)")
            .remedy("check the host and the port, that the server runs, and that it accepts connections from here");
        fault.is_lost = true;
        studio.end(DbReply::Failed(fault));
        assert_snapshot!(
            format!("no_connection_{}x{}", size.0, size.1),
            studio.text()
        );
    }
}

#[test]
fn a_console() {
    pictures("console_empty", customers, "2");
    let few = "2 s e l e c t space f e w";
    pictures(
        "console_rows",
        customers,
        &format!("{few} alt-enter alt-down down"),
    );
    pictures(
        "console_offers",
        customers,
        "2 s e l e c t space * enter f r o m space c u",
    );
    pictures(
        "console_fault",
        customers,
        "2 s e l e c t space n m e esc f6",
    );
}
