//! A line to type in.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;
use ratatui::widgets::Widget;
use tui_textarea::{CursorMove, TextArea};

use crate::glyphs;
use crate::studio::theme::{Role, Theme};

/// Takes a key as a shell's line does: ctrl-u takes away what is before the cursor, where the text
/// area by itself would undo. `true` if the text changed.
pub(super) fn typed(area: &mut TextArea<'static>, key: &KeyEvent) -> bool {
    if key.code == KeyCode::Char('u') && key.modifiers == KeyModifiers::CONTROL {
        return area.delete_line_by_head();
    }
    area.input(*key)
}

/// One line of text with its own cursor and history.
#[derive(Debug, Default)]
pub struct Line {
    area: TextArea<'static>,
}

impl Line {
    /// A line with a text in it, the cursor after it.
    #[must_use]
    pub fn holding(text: &str) -> Self {
        let mut line = Self::default();
        line.paste(text);
        line
    }

    /// Puts the cursor before a character, counted from nought.
    pub fn go_to(&mut self, at: usize) {
        let at = u16::try_from(at).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(0, at));
    }

    /// What is typed.
    #[must_use]
    pub fn text(&self) -> &str {
        self.area.lines().first().map_or("", String::as_str)
    }

    /// Whether nothing is typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.area = TextArea::default();
    }

    /// Takes a key; `true` if the text changed.
    pub fn key(&mut self, key: &KeyEvent) -> bool {
        if matches!(key.code, KeyCode::Enter | KeyCode::Tab | KeyCode::BackTab) {
            return false;
        }
        typed(&mut self.area, key)
    }

    /// Takes pasted text, as one line.
    pub fn paste(&mut self, text: &str) {
        let line: Vec<&str> = text.lines().collect();
        self.area.insert_str(glyphs::visible(&line.join(" ")));
    }

    /// Draws it; the cursor only where it takes the keys.
    pub fn draw(
        &mut self,
        area: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        focused: bool,
        hint: &str,
    ) {
        self.area.set_style(theme.style(Role::Text));
        self.area.set_cursor_line_style(theme.style(Role::Text));
        let cursor = if focused { Role::Cursor } else { Role::Text };
        self.area.set_cursor_style(theme.style(cursor));
        self.area.set_placeholder_text(hint);
        self.area.set_placeholder_style(theme.style(Role::Dim));
        (&self.area).render(area, buffer);
    }
}
