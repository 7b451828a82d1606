//! Styles, where meaning depends on them; and that none depends on colour alone.

use dbkeep::studio::theme::{Role, Theme};

use crate::driver::Studio;
use crate::opened;
use crate::server::Fake;

fn values() -> Fake {
    Fake::default()
        .with("value", &[("id", "integer"), ("v", "text")])
        .row(&[Some("1"), None])
        .row(&[Some("2"), Some("∅")])
        .row(&[Some("3"), Some("NULL")])
        .row(&[Some("4"), Some("")])
}

#[test]
fn null_is_told_from_the_texts_that_look_like_it() {
    let mut studio = Studio::open(values(), (120, 40));
    studio.press("enter G");
    let at = studio.find("∅");
    let buffer = studio.buffer();
    assert_eq!(buffer[at].style(), studio.role(Role::Null));
    assert_eq!(buffer[(at.0, at.1 + 1)].style(), studio.role(Role::Text));
    assert_eq!(studio.style("NULL"), studio.role(Role::Text));
    studio.press("g g right");
    for end in ["NULL", "1 character", "4 characters", "empty"] {
        let position = studio.position();
        assert!(position.trim_end().ends_with(end), "{position}");
        studio.press("down");
    }
}

#[test]
fn without_colours_null_and_the_empty_text_still_differ() {
    let mut studio = Studio::with_theme(values(), (120, 40), Theme::without_colors);
    let at = studio.find("∅");
    let buffer = studio.buffer();
    assert_ne!(
        buffer[at].style(),
        buffer[(at.0, at.1 + 1)].style(),
        "NULL and the text that looks like it"
    );
    assert_eq!(buffer[(at.0, at.1 + 3)].symbol(), " ");
}

#[test]
fn the_cursor_the_focus_and_the_tab_can_be_seen() {
    for change in [|theme: Theme| theme, Theme::without_colors] {
        let mut studio = Studio::with_theme(crate::shop(3), (120, 40), change);
        let border = |studio: &mut Studio, x: u16| studio.buffer()[(x, 10)].style();
        assert_ne!(border(&mut studio, 0), border(&mut studio, 119));
        let tree = border(&mut studio, 0);
        studio.press("enter");
        assert_eq!(border(&mut studio, 119), tree, "the focus went over");
        assert_ne!(studio.style("Tables  2"), studio.style("SQL"));
        studio.press("right");
        let other = studio.style("name 2");
        assert_ne!(studio.style("name 1"), other);
    }
}

#[test]
fn production_is_seen_on_every_frame_and_in_a_word() {
    let ground = |theme: Theme| theme;
    for change in [ground, Theme::without_colors] {
        let mut studio = Studio::in_production(crate::shop(3), (120, 40), change);
        studio.sees("shop @ db.example · production · read-write");
        let border = |studio: &mut Studio, x: u16| studio.buffer()[(x, 10)].style();
        let (focused, other) = (border(&mut studio, 0), border(&mut studio, 119));
        assert_ne!(focused, other, "the focus is seen without colour");
        let error = studio.role(Role::Error);
        assert_eq!((focused.fg, other.fg), (error.fg, error.fg));
        assert_eq!(studio.style("· production"), error);
        // Another theme does not hide it.
        studio.press("T down enter");
        studio.sees("· production");
        let border = studio.buffer()[(0, 10)].style();
        assert_eq!(border.fg, studio.style("· production").fg);
    }
}

#[test]
fn the_letters_that_a_search_found_are_marked() {
    let mut studio = opened(3);
    // Both tables have an r; the shorter name comes first, and has the cursor.
    studio.press("down /");
    studio.types("r");
    let (x, y) = studio.find("customer  ");
    let buffer = studio.buffer();
    let is_marked = |at: &u16| buffer[(x + at, y)].style() == studio.role(Role::Match);
    let marked: Vec<u16> = (0..8).filter(is_marked).collect();
    assert_eq!(marked, [7]);
}
