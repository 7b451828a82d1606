//! How the viewer looks: as large as what is in it, with what is to be said of it around it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Viewer;
use crate::data::search::Needle;
use crate::studio::theme::{Role, Theme};
use crate::studio::widgets::{pane, text};

/// Below this width a value takes all the room there is.
const NARROW: u16 = 100;

impl Viewer {
    /// The frame, as large as the value needs, and the value in it.
    pub(super) fn draw_value(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let width = match area.width {
            narrow if narrow < NARROW => narrow,
            wide => wide * 9 / 10,
        };
        let inside = pane::centered(area, width, area.height)
            .width
            .saturating_sub(3);
        let notes = pane::wrapped(&self.note, inside);
        let rows = self.body.rows(inside) + notes.len();
        let wanted = u16::try_from(rows + 2).unwrap_or(u16::MAX);
        self.height = self.height.max(wanted);
        self.frame = pane::centered(area, width, self.height);
        let (name, kind) = self.column().map_or_else(Default::default, |column| {
            (column.name.clone(), column.short_type())
        });
        let title = format!("{name} · {kind} · {}", self.about);
        let coming = match (self.asked, self.shown.cut) {
            (Some(_), Some(_)) => "the beginning; the rest is coming…",
            (Some(_), None) => "as the server keeps it; its text is coming…",
            (None, _) => "",
        };
        let inner = pane::popup(self.frame, buffer, theme, &title, coming);
        let mut room = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(1),
            ..inner
        };
        for line in notes.iter().take(usize::from(inner.height / 2)) {
            let style = theme.style(Role::Warning);
            text::put(buffer, room.x, room.y, room.width, line, style);
            room.y += 1;
            room.height -= 1;
        }
        match self.text.as_deref() {
            None => pane::empty(room, buffer, theme, &["The value is NULL by now."]),
            Some("") => pane::empty(room, buffer, theme, &["The value is the empty text."]),
            Some(_) => self
                .body
                .draw(room, buffer, theme, self.finding.needle.as_ref()),
        }
    }

    /// Where one is and what is looked for, in the lower border.
    pub(super) fn draw_foot(&mut self, buffer: &mut Buffer, theme: &Theme) {
        let y = self.frame.bottom().saturating_sub(1);
        let left = self.frame.x + 2;
        let right = self.frame.right().saturating_sub(2);
        let mut x = left;
        if self.finding.is_typed {
            x = text::put(buffer, x, y, 3, " / ", theme.style(Role::Hint));
            let line = Rect {
                x,
                y,
                width: (right.saturating_sub(x)).min(30),
                height: 1,
            };
            self.finding
                .line
                .draw(line, buffer, theme, true, "what to find");
            x = line.right();
        } else {
            let place = self.body.place();
            let found = self.finding.needle.as_ref().map(Needle::typed);
            let found = found.map_or_else(String::new, |typed| format!("/{typed}"));
            for (part, role) in [(place, Role::Dim), (found, Role::Accent)] {
                if !part.is_empty() {
                    let part = format!(" {part} ");
                    x = text::put(
                        buffer,
                        x,
                        y,
                        right.saturating_sub(x),
                        &part,
                        theme.style(role),
                    );
                }
            }
        }
        if self.finding.missed {
            let room = right.saturating_sub(x);
            text::put(buffer, x, y, room, " not found ", theme.style(Role::Error));
        }
    }
}
