//! The rows of a result: filtered, sorted, one as a form, and changed.

use dbkeep::fault::Fault;
use dbkeep::studio::app::Outside;
use dbkeep::studio::work::console::Ask;
use dbkeep::studio::work::{DbReply, DbRequest};

use crate::driver::Studio;
use crate::shop;

/// The studio on the rows of a statement.
fn ran(sql: &str) -> Studio {
    let mut studio = Studio::open(shop(30), (120, 40));
    studio.press("2");
    studio.pastes(sql);
    studio.press("alt-enter alt-down");
    studio
}

/// The name in the first line of the grid.
fn first_name(studio: &mut Studio) -> String {
    let (_, y) = studio.find("int  text");
    let text = studio.text();
    let line = text.lines().nth(usize::from(y) + 1).unwrap();
    line.trim_matches(['│', ' ']).to_owned()
}

#[test]
fn a_result_is_sorted_and_filtered_where_it_is_and_is_not_run_again() {
    let mut studio = ran("select few");
    studio.press("s");
    studio.sees("by id ↑");
    studio.sees("30 rows · 12 ms");
    studio.press("s");
    studio.sees("by id ↓");
    assert_eq!(first_name(&mut studio), "30  name 30");
    studio.press("right S");
    studio.sees("by id ↓, name ↑ · texts by their code points");
    studio.press("s");
    studio.sees("by name ↓");
    assert_eq!(first_name(&mut studio), "7  ∅");
    studio.press("n");
    studio.sees("by name ↓ ∅ last");
    assert_eq!(first_name(&mut studio), "9  name 9");
    // Only what can be answered here is offered, and what is wrong is there to be mended.
    studio.press("left f");
    studio.sees("Filter by id int");
    studio.sees_no("matches");
    studio.types("ten");
    studio.press("enter");
    studio.sees("ten is no number");
    studio.sees("Filter by id int");
    studio.press("tab tab tab ctrl-u");
    studio.types("27.5");
    studio.press("enter");
    studio.sees("where id > 27.5 · by name ↓ ∅ last");
    studio.sees("3 of 30 rows · 12 ms");
    studio.sees("row 1 of 3 · id int");
    studio.press("W");
    studio.sees("put it into the statement");
    studio.press("!");
    studio.sees("where id > 27.5 and id ≠ 30");
    studio.press("F x enter");
    studio.press("esc");
    studio.press("f");
    studio.press("ctrl-u");
    studio.types("100");
    studio.press("enter");
    studio.sees("No row passes the filter.");
    studio.press("F x");
    studio.press("esc");
    studio.sees("row 1 of 30");
    let runs = studio.outside.iter().filter(|outside| {
        matches!(
            outside,
            Outside::Db(_, DbRequest::Console(_, Ask::Run { .. }))
        )
    });
    assert_eq!(
        runs.count(),
        0,
        "it was run once, and is not asked for again"
    );
}

#[test]
fn what_is_being_sorted_can_be_given_up_and_rows_that_come_are_sorted_too() {
    let mut studio = ran("select few");
    studio.held = true;
    studio.press("s ctrl-c");
    assert!(matches!(studio.outside.last(), Some(Outside::Cancel(_))));
    studio.end(DbReply::Cancelled);
    studio.sees_no("by id");
    studio.press("s");
    studio.end(DbReply::Failed(Fault::new(
        "These are too many rows to be put in order here",
    )));
    studio.sees("These are too many rows");
    studio.sees("row 1 of 30");
    let mut studio = ran("select many");
    studio.press("s");
    studio.sees("30 of 1,000 rows so far, more ↓");
    studio.sees("row 1 of 30 ·");
}

#[test]
fn one_row_is_shown_as_a_form() {
    let mut studio = ran("select few");
    studio.press("enter");
    studio.sees("id    int   1");
    studio.sees("n next row   p row before");
    studio.press("n n down enter");
    studio.sees("name · text · 6 characters");
    studio.press("esc /");
    studio.types("id");
    studio.sees("/ id");
    studio.press("enter");
    studio.sees("row 3 of 30 · id int");
    studio.press("esc");
    studio.sees("row 3 of 30");
    studio.press("esc i");
    studio.sees("line 1, column");
    // As psql's \x has it: the rows that are here, and those to come.
    studio.press("ctrl-a ctrl-k");
    studio.pastes("select few;\n\\x");
    studio.press("alt-enter");
    studio.sees("rows are shown as forms");
    studio.sees("id    int   3");
    studio.press("up alt-enter");
    studio.sees("id    int   1");
    studio.press("down alt-enter");
    studio.sees("rows are shown in a grid");
    studio.sees(" int  text");
}

#[test]
fn psqls_settings_in_a_script_are_about_what_follows() {
    let mut studio = Studio::open(shop(30), (120, 40));
    studio.press("2");
    studio.pastes("\\timing on\nselect few;\n\\x\nselect few;");
    studio.press("f6");
    studio.sees("2 of 2 · select few");
    studio.sees("id    int   1");
    studio.press("alt-down ,");
    studio.sees("1 of 2 · select few");
    studio.sees(" int  text");
    studio.press("i");
    studio.pastes("\n\\timing");
    studio.press("alt-enter");
    studio.sees("every result says how long it took");
}

#[test]
fn a_row_of_one_table_is_changed_through_the_same_staged_edits() {
    let mut studio = ran("select customer");
    studio.press("right e");
    studio.sees("name text");
    studio.press("ctrl-u");
    studio.types("Grace");
    studio.press("enter");
    studio.sees("~  1  Grace");
    studio.sees("1 staged");
    studio.press("down d");
    studio.sees("-  2  name 2");
    studio.press("u");
    studio.sees_no("-  2  name 2");
    studio.press("down ctrl-n");
    studio.sees("~  3  ∅");
    studio.press("z");
    studio.sees_no("~  3");
    // It is staged where the table is, reviewed and written there.
    studio.press("ctrl-s");
    studio.sees("Review 1 change");
    studio.sees("id 1: name 'name 1' → 'Grace'");
    studio.press("enter");
    studio.sees("1 change written");
    let drafts = studio.outside.iter().rev();
    let mut drafts = drafts.filter_map(|outside| match outside {
        Outside::Draft(drafts) => Some(drafts),
        _ => None,
    });
    assert!(drafts.next().unwrap().is_empty());
    // What was written is shown in the result too, and is what can be changed next.
    studio.press("2");
    studio.sees_no("~  1");
    let kept = studio.asked.len();
    studio.held = true;
    studio.press("g g right e");
    assert!(matches!(studio.asked[kept], (_, DbRequest::Row { .. })));
}

#[test]
fn what_cannot_be_changed_says_why() {
    let why = |sql: &str, keys: &str, why: &str| {
        let mut studio = ran(sql);
        studio.press(keys);
        studio.sees(why);
        studio.sees_no("~");
    };
    why("select few", "e", "it does not come from one table");
    why("select joined", "e", "it does not come from one table");
    why(
        "select computed from customer",
        "e",
        "id was computed, and is in no table",
    );
    why(
        "select computed from customer",
        "right e",
        "select the key of customer too: id",
    );
    // The row is not what it was: the server has a name where the result has none.
    why(
        "select customer",
        "right down down down down down down e",
        "name is not as it is shown any more",
    );
    why(
        "select customer",
        "a",
        "this is what a statement returned, and no table",
    );
    let mut studio = ran("begin");
    studio.press("i ctrl-u");
    studio.pastes("select customer");
    studio.press("alt-enter alt-down e");
    studio.sees("a transaction is open here");
    let mut fake = shop(3);
    fake.read_only = true;
    let mut studio = Studio::open(fake, (120, 40));
    studio.press("2");
    studio.pastes("select customer");
    studio.press("alt-enter alt-down right e");
    studio.sees("this session is read-only");
}
