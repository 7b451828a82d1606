//! Several lines to type in: a value, as it is, with whatever it holds.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;
use tui_textarea::{CursorMove, TextArea};

use super::input::typed;
use crate::studio::theme::{Role, Theme};

/// A text of any number of lines with its own cursor and history.
#[derive(Debug, Default)]
pub struct Area {
    area: TextArea<'static>,
}

impl Area {
    /// A text, the cursor after it.
    #[must_use]
    pub fn holding(text: &str) -> Self {
        let lines = text.split('\n').map(str::to_owned).collect();
        let mut area = TextArea::new(lines);
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Self { area }
    }

    /// A text, the cursor before it.
    #[must_use]
    pub fn beginning(text: &str) -> Self {
        let mut area = Self::holding(text);
        area.area.move_cursor(CursorMove::Top);
        area.area.move_cursor(CursorMove::Head);
        area
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// How many lines it has.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.area.lines().len()
    }

    /// Takes a key; `true` if the text changed.
    pub fn key(&mut self, key: &KeyEvent) -> bool {
        typed(&mut self.area, key)
    }

    /// Begins a new line.
    pub fn new_line(&mut self) {
        self.area.insert_newline();
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        self.area.insert_str(text);
    }

    /// Draws it; control characters are left out by the buffer, and stay in the text.
    pub fn draw(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        self.area.set_style(theme.style(Role::Text));
        self.area.set_cursor_line_style(theme.style(Role::Text));
        self.area.set_cursor_style(theme.style(Role::Cursor));
        (&self.area).render(area, buffer);
    }
}
