//! Filters and sorts, from the keys to what is shown.

use dbkeep::fault::Fault;
use dbkeep::studio::work::{DbReply, DbRequest};

use crate::driver::Studio;
use crate::opened;
use crate::server::Fake;

fn shown(studio: &Studio) -> &DbRequest {
    let is_page = |request: &&DbRequest| matches!(request, DbRequest::Page { .. });
    let mut asked = studio.asked.iter().map(|(_, request)| request);
    asked.find(is_page).expect("a page is asked for")
}

#[test]
fn a_condition_is_typed_and_the_count_is_that_of_what_it_wants() {
    let mut studio = opened(3_000);
    studio.press("enter right f");
    studio.sees("Filter by name text");
    for _ in ["≠", "in", "not in", "contains"] {
        studio.press("tab");
    }
    studio.types("name 12");
    studio.press("enter");
    studio.sees("where name contains name 12");
    studio.sees("111 rows");
    studio.sees("row 1 of 111");
    studio.press("G");
    studio.sees("row 111 of 111");
    studio.sees("name 1299");
    studio.press("f");
    for _ in 0.."name 12".len() {
        studio.press("backspace");
    }
    studio.types("nothing has this");
    studio.press("enter");
    studio.sees("No row passes the filter.");
    studio.press("F d");
    studio.sees("No condition: all rows are shown.");
    studio.press("esc");
    studio.sees("3,000 rows");
    studio.sees_no("where name");
}

#[test]
fn a_value_is_chosen_from_those_the_column_has() {
    let mut studio = opened(30);
    studio.press("enter right f down down enter");
    studio.sees("where name = name 2");
    studio.sees("1 row ");
}

#[test]
fn the_value_under_the_cursor_filters_at_once() {
    let mut studio = opened(30);
    studio.press("enter down right =");
    studio.sees("where name = name 2");
    studio.held = true;
    studio.press("!");
    let DbRequest::Page { relation, .. } = shown(&studio) else {
        unreachable!()
    };
    let words = relation.filter.words();
    assert_eq!(words, ["name = name 2", "and name ≠ name 2"]);
}

#[test]
fn a_column_sorts_up_then_down_then_not_and_further_ones_are_added() {
    let mut studio = opened(300);
    studio.press("enter right s");
    studio.sees("by name, id ↑");
    studio.press("s");
    studio.sees("by name ↓, id ↑");
    studio.sees("name 99 ");
    studio.press("left S");
    studio.sees("by name ↓, id ↑");
    studio.press("S");
    studio.sees("by name, id ↓");
    studio.press("right n");
    studio.sees("by name ↓ ∅ last, id ↓");
    studio.press("s");
    studio.sees("by id ↑");
}

#[test]
fn a_second_key_means_what_the_first_one_asked_for() {
    let mut studio = opened(30);
    studio.press("enter right");
    studio.held = true;
    studio.press("s s");
    studio.held = false;
    studio.settle();
    studio.sees("by name ↓, id ↑");
}

#[test]
fn what_the_server_refuses_leaves_what_is_shown_and_opens_where_it_is_wrong() {
    let mut studio = opened(300);
    studio.press("enter down W");
    studio.types("id > 5 and nme = 1");
    studio.held = true;
    studio.press("enter");
    studio.sees("name 3");
    let DbRequest::Page { relation, .. } = shown(&studio).clone() else {
        unreachable!()
    };
    let sql = dbkeep::sql::page::first(&relation);
    let at = sql[..sql.find("nme").unwrap()].chars().count() + 1;
    studio.end(DbReply::Failed(Fault {
        position: u32::try_from(at).ok(),
        hint: Some("Perhaps you meant to reference the column \"r.name\".".to_owned()),
        ..Fault::new("column \"nme\" does not exist")
    }));
    studio.sees("column \"nme\" does not exist");
    // Not by the name that the statement has for the table.
    studio.sees("column \"name\".");
    studio.sees("name 3");
    studio.sees("300 rows");
    // The cursor stands where the server pointed to.
    studio.types("na");
    studio.sees("id > 5 and nanme = 1");
}

#[test]
fn a_free_condition_cannot_end_a_read_only_session() {
    let mut fake = crate::shop(3);
    fake.read_only = true;
    let mut studio = Studio::open(fake, (120, 40));
    studio.press("enter W");
    studio.types("set_config('default_transaction_read_only', 'off', false) = ''");
    studio.press("enter");
    studio.sees("read-only: set_config of default_transaction_read_only would let it write");
    studio.sees_no("where (set_config");
}

#[test]
fn a_table_that_is_left_keeps_its_filter_and_sort() {
    let mut studio = opened(300);
    studio.press("enter right s s down = esc down up");
    studio.sees("by name ↓, id ↑");
    studio.sees("where name = name 98");
    studio.press("r");
    studio.sees("where name = name 98");
}

#[test]
fn the_order_has_the_room_that_the_title_leaves_and_keeps_its_arrows() {
    let sorted = |name: &'static str| {
        let fake = Fake::default()
            .with("film", &[("id", "integer"), (name, "integer")])
            .row(&[Some("1"), Some("7")]);
        let mut studio = Studio::open(fake, (80, 24));
        studio.press("enter right s s");
        studio
    };
    let mut studio = sorted("original_language_id");
    studio.sees("1 row · by original_language_id ↓, id ↑ ╮");
    studio.sees("original_language_id↓");
    let mut studio = sorted("a_name_that_is_as_long_as_postgresql_lets_any_name_of_a_column_");
    studio.sees("1 row · by a_name_that_is_");
    studio.sees("_of_a_column_ ↓, id ↑ ╮");
}

#[test]
fn an_arrow_in_the_header_moves_no_column_and_goes_with_the_sort() {
    let mut studio = opened(30);
    studio.press("enter right");
    let before = studio.find("name ");
    studio.press("s");
    studio.sees("name↑");
    assert_eq!(studio.find("name↑"), before);
    studio.press("s");
    studio.sees("name↓");
    // What the table itself is in order by has none.
    studio.sees_no("id↑");
    studio.press("s");
    studio.sees_no("name↓");
}
