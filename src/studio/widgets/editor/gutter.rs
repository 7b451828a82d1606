//! What stands beside the text: a sign for what is wrong, the number of the line, the mark of the
//! statement, and a space.

use std::ops::Range;

use ratatui::buffer::Buffer;

use super::Editor;
use super::draw::{Frame, Row};
use crate::data::Align;
use crate::studio::theme::Role;
use crate::studio::widgets::text;

/// Narrower, and there are no line numbers.
const NUMBERED: u16 = 40;
/// Narrower, and there is only text.
const MARKED: u16 = 10;
const WRONG: &str = "✗";
const STATEMENT: &str = "▌";

impl Editor {
    /// The room that it takes.
    pub(super) fn gutter(&self, width: u16) -> u16 {
        match width {
            ..MARKED => 0,
            MARKED..NUMBERED => 2,
            _ => self.digits() + 3,
        }
    }

    fn digits(&self) -> u16 {
        text::width(&self.lines.all().len().to_string()).max(2)
    }

    pub(super) fn draw_gutter(&self, row: &Row<'_>, buffer: &mut Buffer, frame: &Frame<'_>) {
        let (whole, theme) = (self.view.whole, frame.theme);
        let gutter = self.view.area.x - whole.x;
        if gutter == 0 {
            return;
        }
        let meets = |range: &Range<usize>| range.start <= row.end() && range.end > row.start;
        if frame.look.wrong.iter().any(|wrong| meets(&shown(wrong))) {
            text::put(buffer, whole.x, row.y, 1, WRONG, theme.style(Role::Error));
        }
        if gutter > 2 {
            let (at, dim) = ((whole.x + 1, row.y), theme.style(Role::Dim));
            let number = (row.number + 1).to_string();
            text::put_aligned(buffer, at, gutter - 3, &number, Align::Right, dim);
        }
        // The line that ends just where the statement begins has no part of it.
        let is_part = |range: &Range<usize>| {
            meets(range) && (range.start < row.end() || range.start <= row.start)
        };
        if frame.look.statement.as_ref().is_some_and(is_part) {
            let x = self.view.area.x - if gutter > 2 { 2 } else { 1 };
            text::put(buffer, x, row.y, 1, STATEMENT, theme.style(Role::Accent));
        }
    }
}

/// At least one character of what is wrong is seen.
pub(super) fn shown(wrong: &Range<usize>) -> Range<usize> {
    wrong.start..wrong.end.max(wrong.start + 1)
}
