//! Frames: panes beside each other, and popups above them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Block, BorderType, Clear, Widget};

use super::text;
use crate::studio::theme::{Role, Theme};

/// Draws a pane's border with its title on the left and a fact on the right; returns the room inside.
pub fn pane(
    area: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
    title: &str,
    fact: &str,
    focused: bool,
) -> Rect {
    let border = if focused { Role::Focus } else { Role::Border };
    // What is written over the border does not take its weight.
    let border = theme.style(border);
    let over = |style: Style| Style {
        sub_modifier: border.add_modifier.difference(style.add_modifier),
        ..style
    };
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(border)
        .style(theme.style(Role::Text));
    let inner = block.inner(area);
    block.render(area, buffer);
    let room = area.width.saturating_sub(4);
    let fact_width = text::width(fact).min(fact_room(area, title));
    if !title.is_empty() && room > 2 {
        let title = text::fitted(title, room.saturating_sub(fact_width + 3));
        let role = if focused { Role::Accent } else { Role::Title };
        text::put(
            buffer,
            area.x + 1,
            area.y,
            room,
            &format!(" {title} "),
            over(theme.style(role)),
        );
    }
    if !fact.is_empty() && fact_width > 0 {
        let x = area.right().saturating_sub(fact_width + 3);
        let fact = format!(" {} ", text::fitted(fact, fact_width));
        text::put(
            buffer,
            x,
            area.y,
            fact_width + 2,
            &fact,
            over(theme.style(Role::Dim)),
        );
    }
    inner
}

/// How wide a pane's fact can be beside its title: half of the border, or all that the title leaves.
#[must_use]
pub fn fact_room(area: Rect, title: &str) -> u16 {
    let room = area.width.saturating_sub(4);
    let left = room.saturating_sub(text::width(title).saturating_add(3));
    left.max(room / 2)
}

/// A popup of this size in the middle of `area`, or less where there is no room.
#[must_use]
pub fn centered(area: Rect, width: u16, height: u16) -> Rect {
    let width = width.min(area.width.saturating_sub(2)).max(1);
    let height = height.min(area.height.saturating_sub(2)).max(1);
    Rect {
        x: area.x + (area.width.saturating_sub(width)) / 2,
        y: area.y + (area.height.saturating_sub(height)) / 2,
        width,
        height,
    }
}

/// Clears the ground under a popup and draws its frame.
pub fn popup(area: Rect, buffer: &mut Buffer, theme: &Theme, title: &str, fact: &str) -> Rect {
    Clear.render(area, buffer);
    pane(area, buffer, theme, title, fact, true)
}

/// Lines in the middle of an empty pane: what it is, and what to press.
pub fn empty(area: Rect, buffer: &mut Buffer, theme: &Theme, lines: &[&str]) {
    let room = area.width.saturating_sub(2);
    let wrap = |(at, line): (usize, &&str)| {
        let role = if at == 0 { Role::Text } else { Role::Dim };
        wrapped(line, room)
            .into_iter()
            .map(move |line| (line, role))
    };
    let lines: Vec<(String, Role)> = lines.iter().enumerate().flat_map(wrap).collect();
    let height = u16::try_from(lines.len()).unwrap_or(0);
    let top = area.y + area.height.saturating_sub(height) / 2;
    for ((line, role), y) in lines.iter().zip(top..area.bottom()) {
        let x = area.x + area.width.saturating_sub(text::width(line)) / 2;
        text::put(buffer, x, y, area.width, line, theme.style(*role));
    }
}

/// A text broken into lines of at most `room` columns: at spaces where there are any, or else behind
/// a sign, so that `nextval('a_seq'::regclass)` is not broken in a word.
#[must_use]
pub fn wrapped(text: &str, room: u16) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_inclusive(' ') {
            if !line.is_empty() && text::width(&line) + text::width(word.trim_end()) > room {
                line.truncate(line.trim_end().len());
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(word);
            while text::width(&line) > room && room > 0 {
                let at = seam(&line, fitting(&line, room));
                let rest = line.split_off(at).trim_start().to_owned();
                lines.push(std::mem::replace(&mut line, rest));
            }
        }
        lines.push(line);
    }
    lines
}

/// Where a line that has no spaces is broken before `most`: behind the last sign, unless less than
/// half of it would stay.
fn seam(line: &str, most: usize) -> usize {
    let sign = line[..most].rfind(|ch: char| ch.is_ascii_punctuation());
    sign.map(|at| at + 1)
        .filter(|at| *at > most / 2)
        .unwrap_or(most)
}

/// How many bytes of a text fit in `room` columns; at least one character.
fn fitting(line: &str, room: u16) -> usize {
    let mut used = 0;
    for (at, ch) in line.char_indices() {
        used += text::width(ch.encode_utf8(&mut [0; 4]));
        if used > room && at > 0 {
            return at;
        }
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_spaces_is_broken_behind_a_sign() {
        let token = "nextval('customer_customer_id_seq'::regclass)";
        let broken = ["nextval('customer_customer_id_seq'::", "regclass)"];
        assert_eq!(wrapped(token, 44), broken);
        assert_eq!(wrapped("a long_word_of", 8), ["a", "long_", "word_of"]);
        assert_eq!(wrapped(&"n".repeat(9), 4), ["nnnn", "nnnn", "n"]);
        assert_eq!(wrapped("漢字の表", 5), ["漢字", "の表"]);
    }

    #[test]
    fn a_fact_has_the_room_that_the_title_leaves_and_half_of_it_at_least() {
        let room = |title: &str| fact_room(Rect::new(0, 0, 44, 3), title);
        assert_eq!(room("public.film"), 26);
        assert_eq!(room(&"t".repeat(63)), 20);
        assert_eq!(room(""), 37);
    }
}
