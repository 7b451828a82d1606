//! Bytes as a dump: where they are, in hexadecimal, and as ASCII.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Body, Search};
use crate::data::bytes;
use crate::data::catalog::grouped;
use crate::data::search::Needle;
use crate::studio::theme::{Role, Theme};
use crate::studio::widgets::text;

/// The columns that the dump takes with all its bytes in a line; in less room it has half of them.
const WIDTH: u16 = 75;
const OFFSET: u16 = 8;
const GAP: u16 = 2;

/// Bytes, sixteen or eight a row.
pub struct Hex {
    bytes: Vec<u8>,
    line: usize,
    top: usize,
    area: Rect,
    found: Option<Range<usize>>,
}

impl Hex {
    /// All of them.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            line: bytes::LINE,
            top: 0,
            area: Rect::default(),
            found: None,
        }
    }

    fn lay_out(&mut self, room: u16) {
        let line = if room < WIDTH {
            bytes::LINE / 2
        } else {
            bytes::LINE
        };
        self.top = self.top * self.line / line;
        self.line = line;
    }

    fn mark(&self, row: Range<usize>, (hex, ascii, y): (u16, u16, u16)) -> Vec<Rect> {
        let Some(found) = &self.found else {
            return Vec::new();
        };
        let bytes = found.start.max(row.start)..found.end.min(row.end);
        let cells = bytes.flat_map(|byte| {
            let at = u16::try_from(byte - row.start).unwrap_or(0);
            let shift = at * 3 + u16::from(at >= 8);
            [
                Rect::new(hex + shift, y, 2, 1),
                Rect::new(ascii + at, y, 1, 1),
            ]
        });
        cells.collect()
    }
}

/// The bytes that are looked for: those of the text that was typed, or those that it spells as
/// `\x89504e47`.
fn wanted(needle: &Needle) -> Vec<u8> {
    let typed = needle.typed().replace(' ', "");
    // While a byte is being typed, the half of it that is there says nothing yet.
    let whole = &typed[..typed.floor_char_boundary(typed.len() / 2 * 2)];
    bytes::decoded(whole).unwrap_or_else(|| needle.typed().as_bytes().to_vec())
}

impl Body for Hex {
    fn rows(&mut self, room: u16) -> usize {
        self.lay_out(room);
        self.bytes.len().div_ceil(self.line)
    }

    fn height(&self) -> u16 {
        self.area.height
    }

    fn step(&mut self, by: isize) {
        let rows = self.bytes.len().div_ceil(self.line);
        let most = rows.saturating_sub(usize::from(self.area.height));
        self.top = self.top.saturating_add_signed(by).min(most);
    }

    fn jump(&mut self, end: bool) {
        self.step(if end { isize::MAX } else { isize::MIN });
    }

    fn find(&mut self, needle: &Needle, search: Search) -> bool {
        let wanted = wanted(needle);
        if wanted.is_empty() {
            return true;
        }
        let exact = needle.is_exact() || needle.typed().starts_with("\\x");
        let is_it =
            |window: &[u8]| window == wanted || !exact && window.eq_ignore_ascii_case(&wanted);
        let top = self.top * self.line;
        let from = self.found.clone().unwrap_or(top..top);
        let windows = || self.bytes.windows(wanted.len().max(1));
        let after = |at: usize| windows().skip(at).position(is_it).map(|more| at + more);
        let found = match search {
            Search::Here => after(from.start).or_else(|| after(0)),
            Search::Next => after(from.end).or_else(|| after(0)),
            Search::Previous => windows()
                .take(from.start)
                .rposition(is_it)
                .or_else(|| windows().rposition(is_it)),
        };
        self.found = found.map(|at| at..at + wanted.len());
        let Some(at) = found else {
            return false;
        };
        let row = at / self.line;
        let height = usize::from(self.area.height).max(1);
        if !(self.top..self.top + height).contains(&row) {
            self.top = row.saturating_sub(height / 3);
        }
        true
    }

    fn place(&self) -> String {
        let shown = usize::from(self.area.height) * self.line;
        if self.bytes.len() <= shown {
            return String::new();
        }
        let from = self.top * self.line;
        let to = (from + shown).min(self.bytes.len());
        format!(
            "byte {} to {} of {}",
            grouped(from as u64 + 1),
            grouped(to as u64),
            grouped(self.bytes.len() as u64)
        )
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme, needle: Option<&Needle>) {
        self.area = area;
        self.lay_out(area.width);
        self.step(0);
        let hex = area.x + OFFSET + 1;
        let full = u16::try_from(self.line * 3).unwrap_or(0);
        let ascii = hex + full + GAP;
        for (y, row) in (area.y..area.bottom()).zip(self.top..) {
            let from = row * self.line;
            let to = (from + self.line).min(self.bytes.len());
            if from >= to {
                break;
            }
            let (digits, letters) = bytes::line(&self.bytes[from..to]);
            let offset = format!("{from:08x}");
            for (x, shown, role) in [
                (area.x, &offset, Role::Dim),
                (hex, &digits, Role::Text),
                (ascii, &letters, Role::Text),
            ] {
                let room = area.right().saturating_sub(x);
                text::put(buffer, x, y, room, shown, theme.style(role));
            }
            if needle.is_some() {
                for cell in self.mark(from..to, (hex, ascii, y)) {
                    buffer.set_style(cell.intersection(area), theme.style(Role::Cursor));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_found_by_their_text_and_by_their_digits() {
        let mut hex = Hex::new([&[0; 100][..], b"Needle", &[0xff; 100], b"needle"].concat());
        let mut found = |typed: &str, search| {
            let needle = Needle::new(typed);
            let is_there = needle.is_some_and(|needle| hex.find(&needle, search));
            is_there.then(|| hex.found.clone().map_or(0, |found| found.start))
        };
        assert_eq!(found("needle", Search::Next), Some(100));
        assert_eq!(found("needle", Search::Next), Some(206));
        assert_eq!(found("needle", Search::Next), Some(100));
        assert_eq!(found("needle", Search::Previous), Some(206));
        assert_eq!(found("\\x4e 65", Search::Next), Some(100));
        assert_eq!(found("\\x4e 65 6", Search::Here), Some(100));
        assert_eq!(found("\\x", Search::Here), Some(100));
        assert_eq!(found("Needle!", Search::Next), None);
    }
}
