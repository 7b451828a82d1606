//! What is sent to the clipboard.

use dbkeep::fault::Fault;
use dbkeep::studio::app::Outside;
use dbkeep::studio::work::{DbReply, DbRequest};

use crate::driver::Studio;
use crate::server::Fake;

fn values(long: usize) -> Fake {
    Fake::default()
        .with("value", &[("id", "integer"), ("v", "text")])
        .row(&[Some("1"), None])
        .row(&[Some("2"), Some("")])
        .row(&[Some("3"), Some(&"x".repeat(long))])
}

fn copied(studio: &Studio) -> &str {
    let mut copies = studio.outside.iter().rev();
    let text = copies.find_map(|outside| match outside {
        Outside::Copy(text) => Some(text.as_str()),
        _ => None,
    });
    text.expect("something is copied")
}

/// Chooses a line of the list of copies by its letters.
fn copy(studio: &mut Studio, line: &str) {
    studio.press("Y");
    studio.types(line);
    studio.press("enter");
}

#[test]
fn rows_columns_and_values_are_copied_in_each_format() {
    let mut studio = Studio::open(values(3), (120, 40));
    studio.press("enter");
    let all = [
        ("row as text", "id: 1\nv: ∅"),
        ("rows as tsv", "1\t\\N\n2\t\n3\txxx\n"),
        ("rows as csv", "id,v\n1,\n2,\"\"\n3,xxx\n"),
        ("row as json", "[\n  {\"id\": 1, \"v\": null}\n]\n"),
        (
            "rows as a markdown",
            "| id | v |\n| ---: | --- |\n| 1 | ∅ |\n| 2 |  |\n| 3 | xxx |\n",
        ),
        (
            "row as insert",
            "INSERT INTO \"public\".\"value\" (\"id\", \"v\") VALUES (1, NULL);\n",
        ),
        (
            "row as update",
            "UPDATE \"public\".\"value\" SET \"v\" = NULL WHERE \"id\" = 1;\n",
        ),
        ("rows as an in", "IN (1, 2, 3)"),
        ("column as text", "1\n2\n3"),
        ("value as text", "1"),
    ];
    for (line, wanted) in all {
        copy(&mut studio, line);
        assert_eq!(copied(&studio), wanted, "{line}");
    }
    copy(&mut studio, "rows as csv");
    studio.sees("sent 3 rows as CSV to the clipboard");
    studio.press("right");
    copy(&mut studio, "column as an in");
    assert_eq!(copied(&studio), "IN ('', 'xxx')");
    studio.sees("sent v of 3 rows as an IN (…) list to the clipboard");
    let copies = studio.outside.len();
    copy(&mut studio, "value as text");
    studio.sees("NULL is no text that could be copied");
    copy(&mut studio, "value as an in");
    studio.sees("every value is NULL, which is in no list");
    assert_eq!(studio.outside.len(), copies);
}

#[test]
fn what_was_cut_is_fetched_whole_first() {
    let mut studio = Studio::open(values(5_000), (120, 40));
    studio.press("enter");
    studio.held = true;
    copy(&mut studio, "rows as csv");
    let (_, request) = studio.asked.back().unwrap();
    assert!(matches!(request, DbRequest::Whole { ids, .. } if ids.len() == 1));
    studio.held = false;
    studio.settle();
    assert!(copied(&studio).contains(&"x".repeat(5_000)));
    studio.held = true;
    copy(&mut studio, "rows as insert");
    let copies = studio.outside.len();
    studio.end(DbReply::Failed(Fault::new("permission denied")));
    studio.sees("nothing was copied: permission denied");
    assert_eq!(studio.outside.len(), copies);
}

#[test]
fn what_is_too_long_to_fetch_is_said_and_is_no_sql() {
    let mut fake = values(5_000);
    // The server says that there are far more characters than it sent.
    fake.said = Some(1 << 40);
    let mut studio = Studio::open(fake, (120, 40));
    studio.press("enter G");
    copy(&mut studio, "row as csv");
    studio.sees("sent the row as CSV, long values of 1 row cut, to the clipboard");
    let copies = studio.outside.len();
    copy(&mut studio, "row as insert");
    studio.sees("SQL of it would lose the rest");
    assert_eq!(studio.outside.len(), copies);
}

#[test]
fn the_marked_rows_are_copied_as_the_screen_has_them() {
    let mut studio = Studio::open(values(3), (120, 40));
    studio.press("enter G space g g space");
    studio.sees("2 marked");
    copy(&mut studio, "marked rows as csv");
    assert_eq!(copied(&studio), "id,v\n1,\n3,xxx\n");
    studio.sees("sent 2 rows as CSV to the clipboard");
    copy(&mut studio, "marked rows as an in");
    assert_eq!(copied(&studio), "IN (1, 3)");
}
