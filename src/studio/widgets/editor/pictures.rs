//! What the editor draws, and what of it is marked.

use std::ops::Range;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::tests::{editor, marked, press};
use super::{Editor, Look};
use crate::studio::theme::{Role, Theme};
use crate::studio::widgets::value::Search;

fn theme() -> Theme {
    Theme::built_in().map_or_else(|_| unreachable!(), |mut all| all.swap_remove(0))
}

fn drawn(editor: &mut Editor, (width, height): (u16, u16), look: &Look<'_>) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    editor.draw(area, &mut buffer, &theme(), look);
    buffer
}

/// The lines of the screen; the right half of a wide character is nothing.
fn rows(buffer: &Buffer) -> Vec<String> {
    let mut rows = Vec::new();
    for y in 0..buffer.area.height {
        let mut row = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            row.push_str(symbol);
            let first = symbol.chars().next().unwrap_or(' ');
            x += u16::try_from(crate::studio::widgets::text::columns(first).max(1)).unwrap_or(1);
        }
        rows.push(row.trim_end().to_owned());
    }
    rows
}

/// The columns of a line of the screen that look like this.
fn like(buffer: &Buffer, y: u16, style: Style) -> Vec<u16> {
    let cells = (0..buffer.area.width).filter(|x| {
        let cell = &buffer[(*x, y)];
        Some(cell.bg) == style.bg
            && Some(cell.fg) == style.fg
            && cell.modifier == style.add_modifier
    });
    cells.collect()
}

#[test]
fn beside_the_text_are_numbers_the_statement_and_what_is_wrong() {
    let mut editor = editor("select 1;\n\nselect x\nfrom y|;");
    let wrong = 18..19;
    let look = Look {
        statement: Some(11..26),
        wrong: std::slice::from_ref(&wrong),
        ..Look::plain(true)
    };
    let wide = drawn(&mut editor, (40, 5), &look);
    assert_eq!(
        rows(&wide),
        ["  1  select 1;", "  2", "✗ 3▌ select x", "  4▌ from y;", ""]
    );
    assert_eq!(editor.cell_of_cursor(), Some((11, 3)));
    let error = theme()
        .style(Role::Error)
        .add_modifier(Modifier::UNDERLINED);
    assert_eq!(like(&wide, 2, error), [12]);
    let narrow = drawn(&mut editor, (20, 4), &look);
    assert_eq!(
        rows(&narrow),
        ["  select 1;", "", "✗▌select x", " ▌from y;"]
    );
    let slim = drawn(&mut editor, (9, 4), &look);
    assert_eq!(rows(&slim), ["select 1;", "", "select x", "from y;"]);
}

#[test]
fn what_is_wrong_at_the_end_is_seen_there() {
    let mut editor = editor("se|lect");
    let wrong = 6..6;
    let look = Look {
        wrong: std::slice::from_ref(&wrong),
        ..Look::plain(true)
    };
    let buffer = drawn(&mut editor, (20, 2), &look);
    assert_eq!(rows(&buffer), ["✗ select", ""]);
    let error = theme()
        .style(Role::Error)
        .add_modifier(Modifier::UNDERLINED);
    assert_eq!(like(&buffer, 0, error), [8]);
}

#[test]
fn selection_cursor_brackets_matches_and_meanings_are_told_apart() {
    let theme = theme();
    let mut editor = editor("ab| ab\n(ab)");
    press(&mut editor, "shift-down");
    let roles = |row: usize| {
        if row == 0 {
            vec![(0..2, Role::Key)]
        } else {
            Vec::new()
        }
    };
    let look = Look {
        roles: &roles,
        ..Look::plain(true)
    };
    let buffer = drawn(&mut editor, (9, 2), &look);
    assert_eq!(like(&buffer, 0, theme.style(Role::Key)), [0, 1]);
    // The end of the line is selected with it.
    assert_eq!(like(&buffer, 0, theme.style(Role::Selection)), [2, 3, 4, 5]);
    assert_eq!(like(&buffer, 1, theme.style(Role::Selection)), [0, 1]);
    assert_eq!(like(&buffer, 1, theme.style(Role::Cursor)), [2]);
    let pair = theme
        .style(Role::Accent)
        .add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
    assert_eq!(like(&buffer, 1, pair), [3]);
    let buffer = drawn(&mut editor, (9, 2), &Look::plain(false));
    assert_eq!(like(&buffer, 1, theme.style(Role::Trace)), [2]);
    assert!(editor.find("AB".to_lowercase().as_str(), Search::Next));
    let buffer = drawn(&mut editor, (9, 2), &Look::plain(true));
    assert_eq!(like(&buffer, 0, theme.style(Role::Match)), [3, 4]);
    assert_eq!(like(&buffer, 1, theme.style(Role::Match)), [1, 2]);
    // It went round to the first, which is selected.
    assert_eq!(marked(&editor), "^ab| ab\n(ab)");
    editor.end_search();
    let buffer = drawn(&mut editor, (9, 2), &Look::plain(true));
    assert_eq!(
        like(&buffer, 0, theme.style(Role::Match)),
        Vec::<u16>::new()
    );
}

#[test]
fn wide_written_over_and_unseen_characters_keep_their_columns() {
    let text = "漢é\te\u{301}\u{1b}\u{200d}x";
    let mut editor = Editor::holding(text);
    editor.go_to(text.len());
    let buffer = drawn(&mut editor, (9, 1), &Look::plain(true));
    assert_eq!(rows(&buffer), ["漢é⇥e\u{301}␛·x"]);
    assert_eq!(editor.cell_of_cursor(), Some((8, 0)));
    assert_eq!(like(&buffer, 0, theme().style(Role::Null)), [3, 5, 6]);
    assert_eq!(editor.text(), text);
    let mut columns = Vec::new();
    for _ in 0..7 {
        press(&mut editor, "left");
        drawn(&mut editor, (9, 1), &Look::plain(true));
        columns.push(editor.cell_of_cursor().map_or(99, |(x, _)| x));
    }
    assert_eq!(columns, [7, 6, 5, 4, 3, 2, 0]);
    let mut accent = Editor::holding("\u{301}a");
    let buffer = drawn(&mut accent, (9, 1), &Look::plain(true));
    assert_eq!(rows(&buffer), ["◌\u{301}a"]);
}

#[test]
fn a_long_line_moves_sideways_and_says_that_there_is_more() {
    let mut editor = editor("|abcdefghijklmnop\nshort");
    let mut draw = |keys: &str| {
        press(&mut editor, keys);
        let buffer = drawn(&mut editor, (8, 2), &Look::plain(true));
        (rows(&buffer), editor.cell_of_cursor())
    };
    let seen =
        |one: &str, other: &str, at: (u16, u16)| (vec![one.to_owned(), other.to_owned()], Some(at));
    assert_eq!(draw(""), seen("abcdefg…", "short", (0, 0)));
    assert_eq!(
        draw("right right right right right right"),
        seen("abcdefg…", "short", (6, 0))
    );
    assert_eq!(draw("right"), seen("…cdefgh…", "…ort", (6, 0)));
    assert_eq!(draw("end"), seen("…klmnop", "…", (7, 0)));
    assert_eq!(draw("left left left left"), seen("…klmnop", "…", (3, 0)));
    assert_eq!(draw("down"), seen("abcdefg…", "short", (5, 1)));
}

#[test]
fn wide_characters_at_an_edge_are_whole_or_not_there() {
    let mut editor = editor("漢字漢字漢字|");
    let buffer = drawn(&mut editor, (7, 1), &Look::plain(true));
    assert_eq!(rows(&buffer), ["… 漢字"]);
    assert_eq!(editor.cell_of_cursor(), Some((6, 0)));
    press(&mut editor, "home");
    let buffer = drawn(&mut editor, (7, 1), &Look::plain(true));
    assert_eq!(rows(&buffer), ["漢字漢…"]);
    let buffer = drawn(&mut editor, (8, 1), &Look::plain(true));
    assert_eq!(rows(&buffer), ["漢字漢 …"]);
}

#[test]
fn the_mouse_puts_the_cursor_selects_and_scrolls() {
    let now = Instant::now();
    let mut editor = editor("|select 漢字\nfrom a_b.c\nx\ny\nz");
    let look = Look::plain(true);
    drawn(&mut editor, (20, 2), &look);
    assert!(editor.click(4, 1, now));
    assert_eq!(marked(&editor), "select 漢字\nfr|om a_b.c\nx\ny\nz");
    // The right half of a character is that character.
    assert!(editor.click(10, 0, now));
    assert_eq!(editor.offset(), 7);
    assert!(!editor.click(10, 2, now) && !editor.click(30, 0, now));
    assert!(editor.click(8, 1, now));
    assert!(editor.click(8, 1, now + Duration::from_millis(200)));
    assert_eq!(editor.copy().as_deref(), Some("a_b"));
    // A third press is no second one.
    assert!(editor.click(8, 1, now + Duration::from_millis(300)));
    assert_eq!(editor.copy(), None);
    editor.drag(4, 0);
    assert_eq!(editor.copy().as_deref(), Some("lect 漢字\nfrom a"));
    editor.scroll(2);
    let buffer = drawn(&mut editor, (20, 2), &look);
    assert_eq!(rows(&buffer), ["  x", "  y"]);
    assert_eq!(editor.cell_of_cursor(), None);
    editor.scroll(9);
    assert_eq!(rows(&drawn(&mut editor, (20, 2), &look)), ["  y", "  z"]);
    press(&mut editor, "right");
    // A key brings the cursor back into view, and so does drawing beyond an edge.
    let buffer = drawn(&mut editor, (20, 2), &look);
    assert_eq!(rows(&buffer), ["  from a_b.c", "  x"]);
    editor.click(2, 0, now);
    editor.drag(3, 2);
    assert_eq!(editor.copy().as_deref(), Some("from a_b.c\nx\ny"));
    assert_eq!(rows(&drawn(&mut editor, (20, 2), &look)), ["  x", "  y"]);
}

#[test]
fn pages_are_as_high_as_what_is_seen() {
    let text: Vec<String> = (0..100).map(|line| line.to_string()).collect();
    let mut editor = Editor::holding(&text.join("\n"));
    drawn(&mut editor, (20, 10), &Look::plain(true));
    press(&mut editor, "pagedown pagedown");
    assert_eq!(editor.cursor(), (18, 0));
    assert_eq!(
        rows(&drawn(&mut editor, (20, 10), &Look::plain(true)))[9],
        "  18"
    );
    press(&mut editor, "pageup");
    assert_eq!(editor.cursor(), (9, 0));
}

proptest! {
    #[test]
    fn no_room_is_too_small_and_nothing_drives_the_terminal(
        text in "[a(漢\t\u{301}\u{200d}\u{1b}ﾞ👍\n]{0,30}", size in (0..12u16, 0..3u16), at in 0..60usize,
        other in 0..60usize, x in 0..14u16, y in 0..4u16) {
        let mut editor = Editor::holding(&text);
        let wrong: [Range<usize>; 2] = [at..at, other.min(at)..at];
        let roles = |_: usize| vec![(0..at, Role::Key), (other..99, Role::Null)];
        let look = Look { focused: true, roles: &roles, quoted: &wrong[1..], statement: Some(wrong[1].clone()), wrong: &wrong };
        let area = Rect::new(1, 1, size.0, size.1);
        let mut buffer = Buffer::empty(Rect::new(0, 0, size.0 + 2, size.1 + 2));
        for step in 0..5 {
            match step {
                1 => editor.go_to(at),
                2 => { editor.find("a", Search::Next); }
                3 => { editor.click(x, y, Instant::now()); }
                4 => editor.drag(y, x),
                _ => {}
            }
            buffer.reset();
            editor.draw(area, &mut buffer, &theme(), &look);
            if let Some(cell) = editor.cell_of_cursor() {
                prop_assert!(area.contains(cell.into()));
            } else {
                // Where there is any room, the cursor is seen.
                prop_assert!(area.width < 2 || area.height == 0);
            }
            for cell in &buffer.content {
                prop_assert!(!cell.symbol().chars().any(char::is_control));
            }
            for x in 0..size.0 + 2 {
                for y in 0..size.1 + 2 {
                    prop_assert!(area.contains((x, y).into()) || buffer[(x, y)].symbol() == " ");
                }
            }
        }
    }
}
