//! From row to row along foreign keys, and back.

use dbkeep::fault::Fault;
use dbkeep::studio::app::Outside;
use dbkeep::studio::work::{DbReply, DbRequest, Refer};

use crate::driver::Studio;
use crate::server::Fake;

/// Customers with orders, the orders with lines; a line refers to its order by two columns.
pub fn linked() -> Fake {
    let mut fake = Fake::default()
        .with("customer", &[("id", "integer"), ("name", "text")])
        .numbered(300)
        .with(
            "order",
            &[
                ("id", "integer"),
                ("customer_id", "integer"),
                ("shop", "text"),
            ],
        )
        .refers(&["customer_id"], "customer", &["id"]);
    for number in 1..=60 {
        let customer = (number * 7 % 300).to_string();
        let customer = Some(customer.as_str()).filter(|_| number != 2);
        fake = fake.row(&[Some(&number.to_string()), customer, Some("north")]);
    }
    fake = fake
        .with(
            "line",
            &[("id", "integer"), ("order_id", "integer"), ("shop", "text")],
        )
        .refers(&["order_id", "shop"], "order", &["id", "shop"]);
    for number in 1..=90 {
        let order = (number % 60 + 1).to_string();
        let shop = if number == 2 { None } else { Some("north") };
        fake = fake.row(&[Some(&number.to_string()), Some(&order), shop]);
    }
    fake
}

fn opened() -> Studio {
    let mut studio = Studio::open(linked(), (120, 40));
    studio.press("down down enter right");
    studio.sees("public.order");
    studio.sees("customer_id int");
    studio
}

#[test]
fn a_foreign_key_leads_to_its_row_and_back() {
    let mut studio = opened();
    studio.press("down down");
    studio.sees("row 3 of 60 · customer_id");
    studio.sees("o → follow");
    studio.press("o");
    studio.sees("public.customer");
    studio.sees("row 21 of 300 · id int");
    studio.press("up");
    studio.sees("row 20 of 300");
    studio.press("b");
    studio.sees("row 3 of 60 · customer_id");
    studio.press("B");
    studio.sees("row 20 of 300");
    studio.press("B");
    studio.sees("Go forward again: you have not gone back");
    studio.press("b b");
    studio.sees("Go back to where you were: this is where you began");
}

#[test]
fn a_key_of_two_columns_leads_to_its_row() {
    let mut studio = Studio::open(linked(), (120, 40));
    studio.press("down enter right right G");
    studio.sees("row 90 of 90 · shop");
    studio.press("o");
    studio.sees("row 31 of 60 · id int");
    studio.press("right o");
    studio.sees("row 217 of 300");
    studio.press("b b");
    studio.sees("row 90 of 90 · shop");
}

#[test]
fn of_several_rows_one_is_chosen() {
    let fake = Fake::default()
        .with("place", &[("id", "integer"), ("name", "text")])
        .numbered(9)
        .with("person", &[("id", "integer"), ("name", "text")])
        .numbered(9)
        .with("visit", &[("id", "integer"), ("who", "integer")])
        .refers(&["who"], "place", &["id"])
        .refers(&["who"], "person", &["id"])
        .row(&[Some("1"), Some("4")]);
    let mut studio = Studio::open(fake, (120, 40));
    studio.press("down down enter right o");
    studio.sees("It refers to several rows");
    studio.sees("public.person");
    studio.press("esc K");
    studio.types("pers");
    studio.press("enter");
    studio.sees("→ public.person");
    studio.press("esc o down enter");
    studio.sees("public.person");
    studio.sees("row 4 of 9");
}

#[test]
fn where_nothing_is_referred_to_the_reason_is_said() {
    let mut studio = opened();
    studio.press("left");
    studio.sees_no("→ follow");
    studio.press("o");
    studio.sees("Go to the row it refers to: id has no foreign key");
    studio.press("right down");
    studio.sees_no("→ follow");
    studio.press("o");
    studio.sees("customer_id is NULL: it refers to nothing");
    studio.press("K");
    studio.sees("customer_id is NULL: it refers to nothing");
    let mut studio = Studio::open(linked(), (120, 40));
    studio.press("down enter right down o");
    studio.sees("a column of the foreign key is NULL: it refers to nothing");
}

#[test]
fn a_field_of_a_form_leads_to_its_row_too() {
    let mut studio = opened();
    studio.press("enter o");
    studio.sees("public.customer");
    studio.sees("row 7 of 300");
    studio.press("b");
    studio.sees("public.order");
}

#[test]
fn a_row_that_is_not_written_yet_refers_to_nothing() {
    let mut studio = opened();
    studio.press("a");
    studio.sees("new row");
    for keys in ["o", "K", "O"] {
        studio.press(keys);
        studio.sees("the row is not written yet");
    }
    studio.press("Y enter");
    studio.sees("the row is not written yet");
}

#[test]
fn nothing_is_edited_in_a_read_only_session() {
    let mut fake = linked();
    fake.read_only = true;
    let mut studio = Studio::open(fake, (120, 40));
    studio.press("enter right");
    for keys in ["e", "a", "d", "D"] {
        studio.press(keys);
        studio.sees("this session is read-only");
    }
    studio.sees("· read-only");
}

#[test]
fn a_row_that_is_gone_leaves_the_table_to_look_at() {
    let mut studio = opened();
    studio.held = true;
    studio.press("o");
    let asked = studio.asked.iter().map(|(_, request)| request);
    let finds = asked.filter(|request| matches!(request, DbRequest::Refer(Refer::Find { .. })));
    assert_eq!(finds.count(), 1);
    studio.end(DbReply::Failed(Fault::new("permission denied")));
    studio.sees("permission denied");
    studio.held = false;
    studio.press("b");
    studio.sees("row 1 of 60");
}

#[test]
fn who_refers_to_a_row_is_listed_and_shown() {
    let mut studio = Studio::open(linked(), (120, 40));
    studio.press("enter : ");
    studio.types("21");
    studio.press("enter");
    studio.held = true;
    studio.press("O");
    studio.sees("Who refers to customer 21");
    studio.sees("Looking for foreign keys");
    studio.answer();
    studio.settle();
    studio.sees("public.order (customer_id)");
    studio.sees("… │");
    studio.held = false;
    studio.settle();
    studio.sees("1 row │");
    studio.press("enter");
    studio.sees("public.order");
    studio.sees("where customer_id = 21");
    studio.sees("row 1 of 1 · customer_id");
    studio.press("b");
    studio.sees("row 21 of 300");
    studio.press("B");
    studio.sees("where customer_id = 21");
}

#[test]
fn a_list_that_is_closed_stops_its_counting() {
    let mut studio = Studio::open(linked(), (120, 40));
    studio.press("enter");
    studio.held = true;
    studio.press("O");
    studio.answer();
    studio.settle();
    let (ticket, request) = studio.asked.back().unwrap().clone();
    assert!(matches!(request, DbRequest::Refer(Refer::Count { .. })));
    studio.press("esc");
    assert!(studio.outside.contains(&Outside::Cancel(ticket)));
    studio.held = false;
    studio.settle();
    studio.sees_no("Who refers");
}

#[test]
fn a_table_that_nobody_refers_to_says_so() {
    let mut studio = Studio::open(linked(), (120, 40));
    studio.press("down enter O");
    studio.sees("No foreign key refers to this table.");
}

#[test]
fn the_row_is_looked_at_beside_the_one_it_is_about() {
    for (keys, wanted) in [("g g", 4), ("G", 36)] {
        let mut studio = opened();
        studio.press(keys);
        studio.press("K");
        studio.sees("→ public.customer");
        studio.sees("name  name ");
        let text = studio.text();
        let line = text.lines().nth(wanted).unwrap();
        assert!(line.contains("north"), "{text}");
        studio.press("K");
        studio.sees_no("→ public.customer");
    }
    let mut studio = opened();
    studio.press("K ctrl-y");
    let text = "id: 7\nname: name 7".to_owned();
    assert!(studio.outside.contains(&Outside::Copy(text)));
    studio.press("esc K enter");
    studio.sees("public.customer");
    studio.sees("row 7 of 300");
}

#[test]
fn tables_that_were_gone_into_are_on_the_trail_and_those_passed_are_not() {
    let mut studio = Studio::open(linked(), (120, 40));
    studio.press("enter down down esc down down enter down");
    studio.sees("public.order");
    studio.sees("row 2 of 60");
    studio.press("b");
    studio.sees("public.customer");
    studio.sees("row 3 of 300");
    studio.press("b");
    studio.sees("this is where you began");
    studio.press("B");
    studio.sees("row 2 of 60");
}

#[test]
fn the_trail_keeps_filter_and_sort() {
    let mut studio = opened();
    studio.press("right = left s G o");
    studio.sees("public.customer");
    studio.press("b");
    studio.sees("by customer_id, id ↑");
    studio.sees("where shop = north");
}

#[test]
fn the_way_back_is_said_first_while_there_is_one() {
    let mut studio = Studio::open(linked(), (80, 24));
    studio.press("down down enter right down down");
    studio.sees_no("b back");
    studio.press("o");
    let text = studio.text();
    let last = text.lines().last().unwrap().trim_start();
    assert!(last.starts_with("b back"), "{last}");
    studio.press("b");
    studio.sees_no("b back");
}
