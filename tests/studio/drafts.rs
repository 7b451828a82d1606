//! What was staged and not written when a studio ended, and comes back in another one.

use std::collections::BTreeMap;
use std::time::Duration;

use dbkeep::data::edits::{Draft, Step, Who};
use dbkeep::studio::app::Outside;

use crate::driver::Studio;
use crate::edits::{edit, text};

#[test]
fn what_a_crash_left_is_offered_taken_up_and_kept() {
    let shop = || crate::shop(30);
    let mut first = Studio::open(shop(), (120, 40));
    first.press("enter right");
    edit(&mut first, "Grace");
    first.press("down d");
    let drafts = first
        .outside
        .iter()
        .rev()
        .find_map(|outside| match outside {
            Outside::Draft(drafts) => Some(drafts.clone()),
            _ => None,
        });
    let left = drafts.expect("nothing is kept");
    let mut studio = Studio::after_a_crash(shop(), (120, 40), |theme| theme, left.clone());
    studio.held = false;
    studio.settle();
    studio.sees("2 edits were staged and never written");
    // What was typed before anybody has read the question is no answer.
    studio.types("nobody");
    studio.sees("2 edits were staged and never written");
    // Who goes on typing means it at last.
    for _ in 0..10 {
        studio.sees("2 edits were staged and never written");
        studio.press("y");
        studio.wait(Duration::from_millis(210));
    }
    studio.press("y");
    studio.sees("2 staged: 1 changed, 1 deleted");
    studio.press("enter");
    studio.sees("~    1  Grace");
    assert_eq!(studio.outside.last(), Some(&Outside::Draft(left.clone())));
    let mut studio = Studio::after_a_crash(shop(), (120, 40), |theme| theme, left);
    // What is not among the first tables may be among the others.
    studio.answer();
    studio.settle();
    studio.sees("name 1");
    studio.sees_no("were staged");
    studio.held = false;
    studio.settle();
    studio.sees("2 edits were staged");
    studio.wait(Duration::from_secs(1));
    studio.press("n");
    studio.sees_no("staged");
    assert_eq!(studio.outside.last(), Some(&Outside::LeaveDraft));
}

#[test]
fn what_two_studios_left_of_one_table_is_taken_up_in_its_order() {
    let set = |value: &str| Step::Set {
        who: Who::Old(vec![Some("1".to_owned())]),
        seen: vec![Some("1".to_owned()), Some("name 1".to_owned())],
        column: "name".to_owned(),
        input: text(value),
    };
    let draft = |steps: Vec<Step>| Draft {
        schema: "public".to_owned(),
        name: "customer".to_owned(),
        steps,
        committing: false,
    };
    let add = |value: &str| Step::Add {
        number: 0,
        values: BTreeMap::from([("name".to_owned(), text(value))]),
    };
    let left = vec![
        draft(vec![set("first"), add("one")]),
        draft(vec![set("last"), add("other")]),
    ];
    let mut studio = Studio::after_a_crash(crate::shop(30), (120, 40), |theme| theme, left);
    studio.held = false;
    studio.settle();
    studio.sees("4 edits were staged and never written");
    studio.wait(Duration::from_secs(1));
    studio.press("y enter");
    studio.sees("3 staged: 1 changed, 2 added");
    studio.sees("1  last");
    studio.sees("one");
    studio.sees("other");
}
