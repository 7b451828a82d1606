//! A value that is seen whole, from the keys to what is shown, copied and saved.

use dbkeep::data::search::Needle;
use dbkeep::fault::Fault;
use dbkeep::studio::app::{Msg, Outside};
use dbkeep::studio::layer::Tone;
use dbkeep::studio::work::{DbReply, DbRequest, Part};
use ratatui::crossterm::event::MouseEventKind;

use crate::driver::Studio;
use crate::server::Fake;

const COLUMNS: [(&str, &str); 5] = [
    ("id", "integer"),
    ("note", "text"),
    ("data", "jsonb"),
    ("photo", "bytea"),
    ("tags", "text[]"),
];
const JSON: &str = r#"{"a": [1, {"b c": "x\ny"}], "a": 1.10, "z": {}}"#;
const PNG: &str = "\\x89504e470d0a1a0a0000000d4948445200000280000001e0";

/// Values of every kind; the second row's are long.
pub fn values() -> Fake {
    let lines: Vec<String> = (1..=400).map(|line| format!("line {line}\n")).collect();
    let long = lines.concat();
    let items: Vec<String> = (1..=500).map(|item| item.to_string()).collect();
    let json = format!("[{}]", items.join(", "));
    let array = format!("{{{}}}", items.join(","));
    let bytes = format!("\\x{}", "00ff".repeat(600));
    let wild = "a\tb\u{1b}[31m\nand a long line that has to be broken somewhere, for it is longer than any screen is wide: so it goes on and on, and on, and on, until it ends";
    let tags = r#"{"NULL",NULL,"",{"no"}}"#.replace(",{\"no\"}", ",\"a,\\\"b\\\"\"");
    Fake::default()
        .with("value", &COLUMNS)
        .row(&[Some("1"), Some(wild), Some(JSON), Some(PNG), Some(&tags)])
        .row(&[
            Some("2"),
            Some(&long),
            Some(&json),
            Some(&bytes),
            Some(&array),
        ])
        .row(&[Some("3"), Some(""), None, Some("\\x"), Some("{}")])
}

/// The viewer of a column of a row.
fn viewing(row: usize, column: usize) -> Studio {
    let mut studio = Studio::open(values(), (120, 40));
    studio.press("enter");
    studio.press(&"down ".repeat(row - 1));
    studio.press(&"right ".repeat(column));
    studio.press("v");
    studio
}

fn copied(studio: &Studio) -> &str {
    let copies = studio.outside.iter().rev();
    let mut texts = copies.filter_map(|outside| match outside {
        Outside::Copy(text) => Some(text.as_str()),
        _ => None,
    });
    texts.next().expect("something is copied")
}

#[test]
fn a_geometry_is_shown_as_the_server_writes_it_for_people() {
    let long = "0".repeat(5000);
    let server = Fake::default()
        .with("place", &[("id", "integer"), ("at", "geometry")])
        .row(&[Some("1"), Some("0101")])
        .row(&[Some("2"), Some(&long)])
        .row(&[Some("3"), Some("\\x")]);
    let mut studio = Studio::open(server, (120, 40));
    studio.press("enter right v");
    studio.sees("1  SRID=4326;POINT(4)");
    studio.press("y");
    assert_eq!(copied(&studio), "SRID=4326;POINT(4)");
    studio.press("r");
    studio.sees("1  0101");
    studio.press("y");
    assert_eq!(copied(&studio), "0101");
    // What was cut is fetched whole before it is asked about.
    studio.press("esc down v");
    studio.sees("1  SRID=4326;POINT(5000)");
    studio.press("esc down v");
    studio.sees("it cannot be shown as text: function is not there");
    studio.sees("1  \\x");
}

#[test]
fn a_text_is_numbered_and_wrapped_and_never_drives_the_terminal() {
    let mut studio = viewing(1, 1);
    studio.sees("note · text · 151 characters");
    studio.sees("1  a⇥b␛[31m");
    studio.sees("2  and a long line");
    studio.sees("until it ends");
    studio.press("w");
    studio.sees_no("until it ends");
    studio.press("end");
    studio.sees("until it ends");
    studio.press("y");
    assert!(copied(&studio).starts_with("a\tb\u{1b}[31m\n"));
    studio.press("esc");
    studio.sees_no("151 characters ─");
}

#[test]
fn a_value_that_is_cut_is_asked_for_whole() {
    let mut studio = Studio::open(values(), (120, 40));
    studio.press("enter down right");
    studio.held = true;
    studio.press("v");
    studio.sees("the rest is coming…");
    studio.sees("line 1");
    studio.press("s");
    studio.sees("the value is not whole");
    let (_, request) = &studio.asked[0];
    assert!(
        matches!(request, DbRequest::Row { id, .. } if id[0].as_deref() == Some("2")),
        "{request:?}"
    );
    studio.held = false;
    studio.settle();
    studio.sees_no("the rest is coming…");
    studio.sees("3,492 characters");
    studio.press("G");
    studio.sees("400  line 400");
    studio.press("y");
    assert_eq!(copied(&studio).len(), 3_492);
}

#[test]
fn what_does_not_come_is_said_and_the_beginning_stays() {
    let replies = [
        (DbReply::Part(Part::Row(None)), "the row is gone by now"),
        (
            DbReply::Failed(Fault::new("permission denied")),
            "permission denied",
        ),
        (DbReply::Cancelled, "it was cancelled"),
    ];
    for (reply, said) in replies {
        let mut studio = Studio::open(values(), (120, 40));
        studio.press("enter down right");
        studio.held = true;
        studio.press("v");
        studio.end(reply);
        studio.sees(&format!("only the first 1,000 are shown: {said}"));
        studio.sees("line 1");
        studio.press("y");
        assert_eq!(copied(&studio).chars().count(), 1_000);
    }
    let mut studio = Studio::open(values(), (120, 40));
    studio.press("enter down right");
    studio.held = true;
    studio.press("v");
    let (ticket, _) = studio.asked[0].clone();
    studio.press("esc");
    assert!(studio.outside.contains(&Outside::Cancel(ticket)));
}

#[test]
fn json_is_a_tree_that_loses_nothing_and_folds() {
    let mut studio = viewing(1, 2);
    studio.sees("data · jsonb · 47 characters");
    studio.sees("\"a\": 2 elements");
    studio.sees(r#""b c": "x\ny""#);
    studio.sees("\"a\": 1.10");
    studio.press("down enter");
    studio.sees_no("[0]: 1");
    studio.sees("▸ \"a\": 2 elements  [1, {\"b c\": \"x\\ny\"}]");
    studio.press("right right down down");
    studio.sees("$.a[1].\"b c\"");
    studio.press("Y");
    assert_eq!(copied(&studio), "$.a[1].\"b c\"");
    studio.press("y");
    assert_eq!(copied(&studio), "x\ny");
    studio.press("left left left y");
    assert_eq!(copied(&studio), r#"[1, {"b c": "x\ny"}]"#);
    studio.press("z");
    studio.sees("▾ \"a\"");
    studio.press("z");
    studio.sees("▸ \"a\"");
    studio.press("r");
    studio.sees(&format!("1  {JSON}"));
    studio.press("Y");
    studio.sees("only a JSON tree has that");
}

#[test]
fn bytes_are_dumped_and_told_by_their_beginning() {
    let mut studio = viewing(1, 3);
    studio.sees("photo · bytea · PNG image, 640 x 480, 24 bytes");
    studio.sees("00000000 89 50 4e 47 0d 0a 1a 0a  00 00 00 0d 49 48 44 52  ·PNG········IHDR");
    studio.press("r");
    studio.sees("\\x89504e47");
    studio.press("r w");
    studio.sees("there are no long lines here");
    let mut studio = viewing(2, 3);
    studio.press("G");
    studio.sees("of 1,200");
    studio.sees("000004a0 00 ff");
}

#[test]
fn an_array_is_shown_by_element() {
    let mut studio = viewing(1, 4);
    studio.sees("tags · text[] · 4 elements");
    studio.sees("[1]  NULL");
    studio.sees("[2]  ∅");
    studio.sees("[4]  a,\"b\"");
    studio.press("y");
    assert!(copied(&studio).starts_with("{\"NULL\",NULL,"));
}

#[test]
fn nothing_to_see_is_said() {
    let mut studio = viewing(3, 2);
    studio.sees("the value is NULL");
    let mut studio = viewing(3, 1);
    studio.sees("The value is the empty text.");
    let mut studio = viewing(3, 4);
    studio.sees("0 elements");
}

#[test]
fn what_is_looked_for_is_found_and_the_search_goes_round() {
    let mut studio = viewing(2, 1);
    studio.press("/");
    studio.types("line 37");
    studio.press("enter");
    studio.sees("37  line 37");
    for wanted in ["370  line 370", "371  line 371"] {
        studio.press("n");
        studio.sees(wanted);
    }
    studio.press("N N N");
    studio.sees("379  line 379");
    studio.press("/");
    studio.types("nothing has this");
    studio.sees("not found");
    studio.press("esc");
    studio.sees_no("not found");
    studio.press("n");
    studio.sees("nothing was looked for yet");
    assert!(Needle::new("").is_none());
}

#[test]
fn a_search_in_a_tree_unfolds_what_it_finds() {
    let mut studio = viewing(1, 2);
    studio.press("z");
    studio.sees_no("[0]: 1");
    studio.press("/");
    studio.types("b c");
    studio.press("enter");
    studio.sees("$.a[1].\"b c\"");
}

#[test]
fn a_value_is_saved_where_one_says_and_looked_at_in_an_editor() {
    let mut studio = viewing(1, 3);
    studio.press("s");
    studio.sees("value.photo.png");
    studio.types(".2");
    studio.press("enter");
    let saved = studio.outside.last().cloned();
    let Some(Outside::Save { path, bytes, .. }) = saved else {
        panic!("{saved:?}")
    };
    assert_eq!(path, "value.photo.png.2");
    assert!(bytes.starts_with(b"\x89PNG"), "the bytes, not their text");
    let refused = "value.photo.png.2 is there already";
    studio.handle(Msg::Told(Tone::Error, refused.to_owned()));
    studio.sees(refused);
    studio.press("s");
    studio.sees("│ value.photo.png.2");
    studio.press("esc E");
    let edited = studio.outside.last();
    let wanted = Outside::Edit {
        name: "value.photo.png".to_owned(),
        bytes,
        taken: false,
    };
    assert_eq!(edited, Some(&wanted));
}

#[test]
fn the_wheel_scrolls_and_a_click_beside_it_closes() {
    let mut studio = viewing(2, 1);
    let at = studio.find("line 20");
    studio.mouse(MouseEventKind::ScrollDown, at);
    studio.sees("line 4 to");
    studio.click((0, 0));
    studio.sees_no("line 4 to");
    let mut studio = viewing(1, 2);
    let at = studio.find("\"a\": 2 elements");
    studio.click(at);
    studio.click(at);
    studio.sees("▸ \"a\": 2 elements");
}

#[test]
fn a_search_is_given_up_before_the_value_is_closed() {
    for (typed, missed) in [("line 37", false), ("zzz", true)] {
        let mut studio = viewing(2, 1);
        studio.press("/");
        studio.types(typed);
        studio.press("enter");
        assert_eq!(studio.text().contains("not found"), missed);
        studio.press("esc");
        studio.sees("note · text · 3,492 characters");
        studio.sees_no("not found");
        studio.sees_no(&format!("/{typed}"));
        studio.press("n");
        studio.sees("nothing was looked for yet");
        studio.press("esc");
        studio.sees_no("note · text ·");
    }
}
