//! A fault where something else would stand.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{pane, text};
use crate::fault::Fault;
use crate::studio::theme::{Role, Theme};

/// A fault in the middle of a pane: what, why, what to do.
pub fn draw(area: Rect, buffer: &mut Buffer, theme: &Theme, fault: &Fault) {
    let room = area.width.saturating_sub(4);
    let mut lines: Vec<(String, Role)> = Vec::new();
    let mut add = |text: &str, role| {
        lines.extend(
            pane::wrapped(text, room)
                .into_iter()
                .map(|line| (line, role)),
        );
    };
    add(&fault.what, Role::Error);
    for part in [&fault.why, &fault.hint].into_iter().flatten() {
        add(part, Role::Text);
    }
    if let Some(state) = &fault.sqlstate {
        add(&format!("SQLSTATE {state}"), Role::Dim);
    }
    if let Some(remedy) = &fault.remedy {
        add(&format!("To do: {remedy}"), Role::Dim);
    }
    add(
        if fault.is_lost {
            "r tries again, q quits"
        } else {
            "r reads again, @ shows what was sent"
        },
        Role::Dim,
    );
    let top = area.y
        + area
            .height
            .saturating_sub(u16::try_from(lines.len()).unwrap_or(0))
            / 3;
    for ((line, role), y) in lines.iter().zip(top..area.bottom()) {
        text::put(buffer, area.x + 2, y, room, line, theme.style(*role));
    }
}
