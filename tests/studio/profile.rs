//! The profile of a column, from the key to the filter.

use dbkeep::data::Filter;
use dbkeep::data::profile::{Common, Profile};
use dbkeep::fault::Fault;
use dbkeep::studio::app::{Msg, Outside};
use dbkeep::studio::work::{DbReply, DbRequest, Part};

use crate::driver::Studio;
use crate::opened;
use crate::server::Fake;

/// Orders of few kinds and many sizes.
pub fn orders() -> Fake {
    let fake = Fake::default().with(
        "order",
        &[("id", "integer"), ("kind", "text"), ("total", "integer")],
    );
    (1..=300_usize).fold(fake, |fake, row| {
        let (number, total) = (row.to_string(), (row * row % 1_300).to_string());
        let kind = [
            "paid", "shipped", "cart", "paid", "returned", "paid", "paid",
        ][row % 7];
        let kind = (row % 10 > 0).then_some(kind);
        fake.row(&[Some(&number), kind, Some(&total)])
    })
}

#[test]
fn the_commonest_values_are_shown_and_one_of_them_filters() {
    let mut studio = Studio::open(orders(), (120, 40));
    studio.press("enter right p");
    studio.sees("Profile of kind text");
    studio.sees("30 · 10 %");
    studio.sees("8.3 on average");
    studio.sees("The commonest values");
    studio.press("down enter");
    studio.sees_no("Profile of");
    studio.sees("where kind = shipped");
    studio.press("p");
    studio.sees("of the rows that pass the filter");
}

#[test]
fn numbers_are_spread_and_only_a_value_filters() {
    let mut studio = Studio::open(orders(), (120, 40));
    studio.press("enter right right p");
    studio.sees("How they are spread");
    studio.sees("1200 – 1299");
    studio.press("G enter");
    studio.sees("the cursor is on no value");
    studio.sees("Profile of total");
    studio.press("ctrl-y");
    let copied = Outside::Copy("1200 – 1299".to_owned());
    assert!(studio.outside.contains(&copied));
    studio.press("g g enter");
    studio.sees("where total = ");
    let mut studio = opened(300);
    studio.press("enter p");
    studio.sees("No two rows have the same value");
    studio.sees("How they are spread");
}

#[test]
fn the_server_is_asked_about_the_rows_in_force_and_can_be_stopped() {
    let mut studio = Studio::open(orders(), (120, 40));
    studio.press("enter right = ");
    studio.held = true;
    studio.press("p");
    let (ticket, request) = studio.asked.front().cloned().unwrap();
    let DbRequest::Profile {
        relation, column, ..
    } = request
    else {
        unreachable!("{request:?}")
    };
    assert_eq!((column, relation.filter != Filter::default()), (1, true));
    studio.sees("Looking at the rows…");
    studio.press("ctrl-c");
    assert!(studio.outside.contains(&Outside::Cancel(ticket)));
    studio.end(DbReply::Cancelled);
    studio.sees("Looking at the column was cancelled");
    studio.press("esc p");
    let (ticket, _) = studio.asked.front().cloned().unwrap();
    studio.press("esc");
    assert!(studio.outside.contains(&Outside::Cancel(ticket)));
    studio.sees_no("Looking at");
}

#[test]
fn a_sample_and_a_fault_say_what_they_are() {
    let mut studio = opened(3);
    studio.press("enter right");
    studio.held = true;
    studio.press("p");
    let (ticket, _) = studio.asked.pop_front().unwrap();
    let profile = Profile {
        rows: 100_000,
        is_sample: true,
        distinct: 2,
        common: vec![Common {
            text: "x".repeat(4_096),
            is_cut: true,
            count: 60_000,
        }],
        ..Profile::default()
    };
    studio.handle(Msg::Db(
        ticket,
        DbReply::Part(Part::Profile(Box::new(profile))),
    ));
    studio.sees("a sample: all would take too long");
    studio.press("enter");
    studio.sees("only the first part of this value is here");
    studio.press("esc p");
    studio.end(DbReply::Failed(
        Fault::new("permission denied for table customer").remedy("ask its owner"),
    ));
    studio.sees("permission denied for table customer");
    studio.sees("ask its owner");
}
