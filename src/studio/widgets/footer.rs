//! The last line: what can be done next, each with its key.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text;
use crate::studio::keys::Command;
use crate::studio::theme::{Role, Theme};

/// Draws as many hints as there is room for; returns where each is, for the mouse.
pub fn draw(
    area: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
    hints: &[(Command, String, &str)],
) -> Vec<(Rect, Command)> {
    let mut placed = Vec::new();
    let mut x = area.x + 1;
    for (command, key, word) in hints {
        let needed = text::width(key) + 1 + text::width(word);
        if x + needed > area.right() {
            break;
        }
        let begin = x;
        x = text::put(buffer, x, area.y, area.width, key, theme.style(Role::Hint));
        x = text::put(
            buffer,
            x + 1,
            area.y,
            area.width,
            word,
            theme.style(Role::Dim),
        );
        placed.push((Rect::new(begin, area.y, x - begin, 1), *command));
        x += 3;
    }
    placed
}
