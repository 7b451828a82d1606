//! Whatever is pressed, and whenever the server answers: the row that the position line names is
//! the row under the cursor, and the column that it names is in view.

use proptest::prelude::*;

use crate::driver::Studio;
use crate::shop;

const KEYS: [&str; 18] = [
    "up", "down", "pageup", "pagedown", "ctrl-d", "ctrl-u", "G", "g g", "r", "home", "end", "i",
    "esc", "enter", "tab", "left", "n", "p",
];

const COLUMN_KEYS: [&str; 14] = [
    "left",
    "right",
    "right right right",
    "home",
    "end",
    "x",
    "[",
    "]",
    "#",
    "w",
    "<",
    ">",
    "X a esc",
    "X down space J esc",
];

#[derive(Debug, Clone)]
enum Step {
    Press(&'static str),
    GoTo(String),
    Resize(u16, u16),
    /// The server answers at once from here on, or not.
    Hold(bool),
    /// It answers its oldest request.
    Answer,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => proptest::sample::select(&KEYS[..]).prop_map(Step::Press),
        1 => (1..2_200u32).prop_map(|number| Step::GoTo(format!("#{number}"))),
        1 => (1..2_200u32).prop_map(|number| Step::GoTo(number.to_string())),
        1 => (20..200u16, 5..60u16).prop_map(|(width, height)| Step::Resize(width, height)),
        1 => any::<bool>().prop_map(Step::Hold),
        2 => Just(Step::Answer),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_row_that_is_named_is_the_row_that_is_shown(
        rows in prop_oneof![Just(0usize), Just(1), 2..2_000usize],
        steps in proptest::collection::vec(step(), 1..120),
    ) {
        let mut studio = Studio::open(shop(rows), (120, 40));
        studio.press("enter");
        for step in steps {
            match step {
                Step::Press(keys) => studio.press(keys),
                Step::GoTo(place) => {
                    studio.press(":");
                    if studio.text().contains("╭ Go to") {
                        studio.types(&place);
                        studio.press("enter");
                    }
                }
                Step::Resize(width, height) => studio.resize((width, height)),
                Step::Hold(held) => studio.held = held,
                Step::Answer => {
                    studio.answer();
                }
            }
            studio.settle();
        }
        studio.held = false;
        studio.settle();
        studio.resize((120, 40));
        for _ in 0..4 {
            studio.press("esc");
        }
        studio.press("/");
        studio.types("customer");
        studio.press("enter");
        if studio.text().contains("· structure") {
            studio.press("i");
        }
        studio.press("right");
        let position = studio.position();
        if rows == 0 {
            studio.sees("No rows.");
        } else {
            let number = position.split("row ").nth(1).and_then(|rest| rest.split(' ').next());
            let number = number.unwrap_or_default().replace(',', "");
            prop_assert!(number.parse::<usize>().is_ok_and(|number| number <= rows), "{position}");
            // The cursor's column is the second, whose value says its row.
            let wanted = format!("name {number}");
            let cursor = studio.role(dbkeep::studio::theme::Role::Cursor);
            let buffer = studio.buffer();
            let under: String = buffer.content.iter()
                .filter(|cell| cell.style() == cursor)
                .map(ratatui::buffer::Cell::symbol)
                .collect();
            prop_assert!(under.trim_end().starts_with(&wanted), "{under:?}, not {wanted:?}:\n{}", studio.text());
        }
    }

    #[test]
    fn the_column_that_is_named_is_in_view(
        keys in proptest::collection::vec(proptest::sample::select(&COLUMN_KEYS[..]), 1..25),
        width in 60..200u16,
    ) {
        let mut studio = Studio::open(crate::columns::wide(), (width, 24));
        studio.press("enter");
        for keys in keys {
            studio.press(keys);
            let position = studio.position();
            let named = position.split("· ").nth(1).and_then(|rest| rest.split(' ').next());
            let at = studio.find("1 of 30");
            prop_assert_eq!(at.1, 22);
            // The name of the cursor's column stands out in the header, above the cursor.
            let accent = studio.role(dbkeep::studio::theme::Role::Accent);
            let buffer = studio.buffer();
            let header: String = (4..width)
                .filter(|x| buffer[(*x, 2)].style() == accent)
                .map(|x| buffer[(x, 2)].symbol())
                .collect();
            prop_assert_eq!(Some(header.trim()), named, "{}:\n{}", keys, studio.text());
        }
    }
}
