//! Text on the screen: cut to its room, control characters made visible, wide characters whole.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::data::Align;
use crate::glyphs;

/// No cell of the screen is given more characters than this: a few hundred accents on one letter
/// are data, but would cover the lines above it.
pub(super) const MOST_IN_A_CELL: usize = 10;

/// The sign that moves while something is waited for.
const MOVING: [&str; 8] = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇", "⠏", "⠹"];

/// The sign for a moment.
#[must_use]
pub fn moving(tick: usize) -> &'static str {
    MOVING[tick % MOVING.len()]
}

/// The columns that a text takes.
#[must_use]
pub fn width(text: &str) -> u16 {
    u16::try_from(glyphs::visible_cow(text).width()).unwrap_or(u16::MAX)
}

/// The columns that a character takes, as its sign where it has one.
#[must_use]
pub fn columns(ch: char) -> usize {
    match ch {
        // The last two extend the character before them, and yet terminals give them a column.
        ' '..='~' | '\u{ff9e}' | '\u{ff9f}' => 1,
        _ => glyphs::sign(ch).unwrap_or(ch).width().unwrap_or(0),
    }
}

/// The beginning of `text` that fits in `room` columns, with a `…` where there is more.
#[must_use]
pub fn fitted(text: &str, room: u16) -> String {
    cut(text, room).into_owned()
}

fn cut(text: &str, room: u16) -> Cow<'_, str> {
    let most = usize::from(room);
    match text.as_bytes().get(..=most) {
        None if is_plain(text.as_bytes()) => Cow::Borrowed(text),
        // What comes after the cut is plain too, and so extends nothing before it.
        Some(begin) if room > 0 && is_plain(begin) => {
            Cow::Owned(text[..most - 1].to_owned() + glyphs::MORE)
        }
        _ => cut_by_characters(text, room),
    }
}

fn cut_by_characters(text: &str, room: u16) -> Cow<'_, str> {
    // A long value is looked at no further than it can be seen.
    let most = usize::from(room) * MOST_IN_A_CELL + 1;
    let end = text
        .char_indices()
        .nth(most)
        .map_or(text.len(), |(at, _)| at);
    let visible = glyphs::visible_cow(&text[..end]);
    if end == text.len() && visible.width() <= usize::from(room) {
        return visible;
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in visible.graphemes(true) {
        let columns = grapheme.width();
        if used + columns + 1 > usize::from(room) {
            break;
        }
        used += columns;
        out.push_str(grapheme);
    }
    if room > 0 {
        out.push_str(glyphs::MORE);
    }
    Cow::Owned(out)
}

/// Whether a text is written as it is, a column a byte: most of what is on a screen.
fn is_plain(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// `text` in `room` columns, with a `…` in its middle where it is longer: beginning and end are shown.
#[must_use]
pub fn middle(text: &str, room: u16) -> String {
    let visible = glyphs::visible_cow(text);
    let room = usize::from(room);
    if visible.width() <= room || room < 5 {
        return fitted(text, u16::try_from(room).unwrap_or(u16::MAX));
    }
    let graphemes: Vec<&str> = visible.graphemes(true).collect();
    let mut tail = Vec::new();
    let mut used = 0;
    for grapheme in graphemes.iter().rev() {
        used += grapheme.width();
        if used > (room - 1) / 2 {
            break;
        }
        tail.push(*grapheme);
    }
    tail.reverse();
    let tail = tail.concat();
    let head = room - tail.width();
    // The head brings the sign with it, for it is cut too.
    fitted(text, u16::try_from(head).unwrap_or(u16::MAX)) + &tail
}

/// Writes `text` at `x`, `y` in `room` columns; returns the column after it. Everything that comes
/// from a server is written through here.
pub fn put(buffer: &mut Buffer, x: u16, y: u16, room: u16, text: &str, style: Style) -> u16 {
    let right = buffer.area.right();
    if y >= buffer.area.bottom() || y < buffer.area.y || x >= right {
        return x;
    }
    let room = room.min(right - x);
    let shown = cut(text, room);
    let mut at = x;
    let begin = shown.strip_suffix(glyphs::MORE).unwrap_or(&shown);
    if is_plain(begin.as_bytes()) {
        for ch in shown.chars() {
            buffer[(at, y)].set_char(ch).set_style(style);
            at += 1;
        }
        return at;
    }
    for grapheme in shown.graphemes(true) {
        let columns = u16::try_from(grapheme.width()).unwrap_or(1);
        if columns == 0 || at + columns > x + room {
            continue;
        }
        let end = grapheme.char_indices().nth(MOST_IN_A_CELL);
        let symbol = &grapheme[..end.map_or(grapheme.len(), |(end, _)| end)];
        buffer[(at, y)].set_symbol(symbol).set_style(style);
        for rest in at + 1..at + columns {
            // The right half of a wide character is the terminal's to draw.
            buffer[(rest, y)].reset();
            buffer[(rest, y)].set_style(style);
        }
        at += columns;
    }
    at
}

/// Writes `text` in exactly `room` columns, set left or right.
pub fn put_aligned(
    buffer: &mut Buffer,
    (x, y): (u16, u16),
    room: u16,
    text: &str,
    align: Align,
    style: Style,
) {
    let shown = cut(text, room);
    let space = match align {
        Align::Left => 0,
        Align::Right => room.saturating_sub(u16::try_from(shown.width()).unwrap_or(room)),
    };
    put(buffer, x + space, y, room - space, &shown, style);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::layout::Rect;

    #[test]
    fn wide_characters_are_whole_or_not_there() {
        assert_eq!(fitted("漢字かな", 8), "漢字かな");
        assert_eq!(fitted("漢字かな", 7), "漢字か…");
        assert_eq!(fitted("漢字かな", 6), "漢字…");
        assert_eq!(fitted("abc", 2), "a…");
        assert_eq!(fitted("abc", 0), "");
    }

    #[test]
    fn a_long_name_keeps_its_end() {
        assert_eq!(middle("payment_2025h1", 14), "payment_2025h1");
        assert_eq!(middle("payment_2025h1", 13), "paymen…2025h1");
        assert_eq!(middle("payment_2025h1", 4), "pay…");
        assert_eq!(middle("漢字の表の名前", 9), "漢字…名前");
    }

    #[test]
    fn accents_do_not_pile_up() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 3, 1));
        let text = format!("Z{}", "\u{310}".repeat(400));
        put(&mut buffer, 0, 0, 3, &text, Style::new());
        assert_eq!(buffer[(0, 0)].symbol().chars().count(), MOST_IN_A_CELL);
    }

    fn mostly_plain() -> impl Strategy<Value = String> {
        "([a-z~]{0,14}|[aé漢\t…]{0,3}|[a-z]\u{301}){0,3}"
    }

    proptest! {
        #[test]
        fn what_is_plain_is_cut_and_written_as_everything_is(text in mostly_plain(), room in 0..12u16) {
            let shown = cut(&text, room);
            prop_assert_eq!(&shown, &cut_by_characters(&text, room));
            let mut buffer = Buffer::empty(Rect::new(0, 0, 16, 1));
            let end = put(&mut buffer, 2, 0, room, &text, Style::new());
            prop_assert_eq!(usize::from(end) - 2, shown.width());
            // A wide character leaves the cell after it empty.
            let cells = (2..end).map(|at| buffer[(at, 0)].symbol()).collect::<String>();
            prop_assert_eq!(cells.replace("漢 ", "漢"), shown);
        }

        #[test]
        fn nothing_is_written_outside_its_room_and_nothing_drives_the_terminal(
            text in prop_oneof![any::<String>(), mostly_plain()], room in 0..12u16) {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 16, 1));
            let end = put(&mut buffer, 2, 0, room, &text, Style::new());
            prop_assert!(end <= 2 + room);
            for at in (0..2).chain(2 + room..16) {
                prop_assert_eq!(buffer[(at, 0)].symbol(), " ");
            }
            let all: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
            prop_assert!(!all.chars().any(char::is_control), "{:?}", all);
        }
    }
}
