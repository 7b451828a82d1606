//! The plan of a statement: how it looks, and what its keys do. The plans are of a real server.

use dbkeep::studio::app::Outside;
use dbkeep::studio::layer::Route;
use dbkeep::studio::theme::{Role, Theme};
use insta::assert_snapshot;
use proptest::prelude::*;
use ratatui::style::Modifier;

use crate::driver::Studio;
use crate::shop;

macro_rules! plan {
    ($name:literal) => {
        include_str!(concat!("../plans/", $name, ".json"))
    };
}

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (160, 45)];
const JOIN: &str = "select o.id, i.sku from orders o join item i on i.order_id = o.id where …";

fn route(title: &str, json: &str, before: Option<&str>) -> Route {
    Route::Plan {
        title: title.to_owned(),
        json: json.to_owned(),
        before: before.map(str::to_owned),
    }
}

fn showing(json: &str, before: Option<&str>, size: (u16, u16)) -> Studio {
    let mut studio = Studio::open(shop(3), size);
    studio.shows(route(JOIN, json, before));
    studio
}

/// A picture at each size, after some keys.
fn pictures(name: &str, json: &str, before: Option<&str>, keys: &str) {
    for size in SIZES {
        let mut studio = showing(json, before, size);
        studio.press(keys);
        let text = studio.text();
        assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), text);
    }
}

#[test]
fn plans_that_were_run() {
    pictures("cte", plan!("cte"), None, "");
    pictures("filter", plan!("filter"), None, "");
    pictures("gather", plan!("gather"), None, "n");
    pictures("insert", plan!("insert"), None, "g g");
}

#[test]
fn a_plan_that_was_not_run() {
    pictures("estimated", plan!("estimated"), None, "");
}

#[test]
fn a_plan_beside_an_earlier_one() {
    pictures("compared", plan!("loops"), Some(plan!("before")), "");
}

#[test]
fn what_was_never_run_and_what_spilled() {
    pictures("never", plan!("never"), None, "G");
    pictures("batches", plan!("batches"), None, "z");
}

#[test]
fn it_opens_at_the_slowest_node_and_goes_from_mark_to_mark() {
    let mut studio = showing(plan!("gather"), None, (120, 40));
    studio.sees("├ Partial HashAggregate ─");
    studio.sees("2 to mind");
    studio.press("n");
    studio.sees("├ Gather Merge ─");
    studio.press("N");
    studio.sees("├ Partial HashAggregate ─");
    studio.press("G s");
    studio.sees("node 4 of 5");
    studio.press("g g");
    studio.sees("├ Finalize GroupAggregate ─");
    let mut studio = showing(plan!("insert"), None, (120, 40));
    studio.sees("▲ triggers");
    studio.sees("3.23 ms in triggers, 70 % of the whole");
    let mut studio = showing(plan!("estimated"), None, (120, 40));
    studio.sees("├ Seq Scan on shop.orders o ─");
    studio.press("n");
    studio.sees("no node is to be minded");
}

#[test]
fn nodes_are_folded_and_a_mark_unfolds_them() {
    let mut studio = showing(plan!("cte"), None, (120, 40));
    studio.press("enter");
    studio.sees("HashAggregate ▸ 1 below");
    studio.sees_no("Seq Scan on orders ");
    studio.press("right right");
    studio.sees("├ Seq Scan on shop.orders ─");
    studio.press("left");
    studio.sees("├ HashAggregate ─");
    studio.press("g g z");
    studio.sees_no("▸ 10 below");
    studio.sees("Hash ▸ 4 below");
    studio.press("G enter");
    studio.sees("└ Subquery Scan on t ▸ 3 below");
    studio.press("g g enter n");
    studio.sees("├ HashAggregate ─");
    studio.sees("CTE big: HashAggregate");
    studio.press("z G enter");
    studio.sees("nothing is below this node");
}

#[test]
fn times_or_costs_and_the_earlier_plan_or_not() {
    let mut studio = showing(plan!("loops"), Some(plan!("before")), (120, 40));
    studio.sees("execution 30.9 ms → 3.12 ms");
    studio.sees("−10.8 ms");
    studio.sees("before   Seq Scan on item i · own 13.3 ms");
    studio.press("t");
    studio.sees("own cost");
    studio.sees("−1,737");
    studio.press("t b");
    studio.sees_no("change");
    studio.sees("planning 0.573 ms · execution 3.12 ms");
    studio.sees("4 → 4 ×120");
    let mut studio = showing(plan!("estimated"), Some("no plan"), (120, 40));
    studio.press("t");
    studio.sees("only costs are known: the statement was planned, not run");
    studio.press("b");
    studio.sees("there is no earlier plan of this statement");
}

#[test]
fn a_plan_is_copied_as_text_and_as_json() {
    let mut studio = showing(plan!("sorted"), None, (120, 40));
    studio.press("y");
    let copies = |studio: &Studio| {
        let outside = studio.outside.iter().rev();
        let mut texts = outside.filter_map(|outside| match outside {
            Outside::Copy(text) => Some(text.clone()),
            _ => None,
        });
        texts.next().unwrap()
    };
    let text = copies(&studio);
    assert!(text.starts_with("Sort  (cost="), "{text}");
    assert!(
        text.contains("\n  ->  Seq Scan on shop.orders  (cost="),
        "{text}"
    );
    studio.press("Y");
    assert_eq!(copies(&studio), plan!("sorted"));
    studio.press("esc");
    studio.sees_no("Plan ·");
}

#[test]
fn what_is_said_of_a_node_scrolls() {
    let mut studio = showing(plan!("gather"), None, (80, 24));
    studio.press("G");
    studio.sees("J more ↓");
    studio.press(&"J ".repeat(60));
    studio.sees_no("J more ↓");
    studio.sees("Output");
    studio.press("K");
    studio.sees("J more ↓");
    studio.press("up down");
    studio.sees("19,600 came");
}

#[test]
fn the_mouse_goes_to_a_node_and_folds_it() {
    let mut studio = showing(plan!("cte"), None, (120, 40));
    let at = studio.find("└ Hash ");
    studio.click((at.0 + 3, at.1));
    studio.sees("├ Hash ─");
    studio.click((at.0 + 3, at.1));
    studio.sees("Hash ▸ 4 below");
    studio.click((0, 3));
    studio.sees_no("Plan ·");
}

#[test]
fn what_is_no_plan_says_so() {
    for json in ["nothing", "[]", "{\"Plan\": {}}"] {
        let mut studio = showing(json, None, (80, 24));
        studio.sees("This cannot be shown as a plan");
        studio.press("n t enter z J s down pagedown left right");
        studio.press("Y");
        assert!(studio.outside.contains(&Outside::Copy(json.to_owned())));
        studio.press("esc");
        studio.sees_no("This cannot be shown");
    }
}

#[test]
fn names_and_values_that_are_long_wide_or_wild() {
    let long = "x".repeat(200_000);
    let digits = format!("0.{}", "0".repeat(70_000));
    let json = serde_json::json!({"Plan": {
        "Node Type": "漢字\u{1b}[2J", "Relation Name": long, "Alias": "\u{202e}left", "Filter": long,
        "Subplan Name": "👩\u{200d}👧", "Plans": [{"Node Type": "日本語の".repeat(60), "Total Cost": 1e300}]}});
    let json = json
        .to_string()
        .replace("1e300", &digits)
        .replace("1e+300", &digits);
    for size in [(40, 8), (80, 24), (160, 45)] {
        let mut studio = showing(&json, None, size);
        for keys in ["g g", "down", "t", "z", "J"] {
            studio.press(keys);
            let text = studio.text();
            assert!(!text.contains('\u{1b}'));
            let widest = text
                .lines()
                .map(unicode_width::UnicodeWidthStr::width)
                .max();
            assert!(widest <= Some(usize::from(size.0)), "{text}");
        }
    }
}

#[test]
fn marks_are_told_by_words_and_coloured_by_their_weight() {
    let mut studio = showing(plan!("filter"), None, (120, 40));
    for (mark, role) in [
        ("▲ slow", Role::Error),
        ("≠ 77x more", Role::Warning),
        ("▽ filtered", Role::Dim),
    ] {
        let below = studio.find(&format!("{mark} "));
        assert_eq!(
            studio.style(mark).fg,
            studio.role(role).fg,
            "{mark} {below:?}"
        );
    }
    // Without colours the cursor's node is seen by its weight.
    let plain = |theme: Theme| theme.without_colors();
    let mut studio = Studio::with_theme(shop(3), (120, 40), plain);
    studio.shows(route(JOIN, plan!("filter"), None));
    let (x, y) = studio.find("Seq Scan on item");
    let style = studio.buffer()[(x, y)].style();
    assert!(style.add_modifier.contains(Modifier::REVERSED));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_keys_at_any_size(
        keys in proptest::collection::vec(proptest::sample::select(vec!["n", "N", "enter", "z", "t", "b", "J", "K", "up", "down", "left", "right", "G", "s", "pagedown"]), 0..40),
        size in (20..200u16, 5..60u16),
    ) {
        let mut studio = showing(plan!("subplan"), Some(plan!("cte")), size);
        for key in keys {
            studio.press(key);
            let text = studio.text();
            let widest = text.lines().map(unicode_width::UnicodeWidthStr::width).max();
            prop_assert!(widest <= Some(usize::from(size.0)));
        }
    }
}
