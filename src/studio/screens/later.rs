//! A screen that is announced and not built yet: it says what will be there.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Cx, Layer, Shared};
use crate::studio::widgets::pane;

/// An empty screen with its announcement.
pub struct Later {
    title: &'static str,
    lines: [&'static str; 2],
}

impl Later {
    /// The projects.
    #[must_use]
    pub fn projects() -> Self {
        Self {
            title: "Projects",
            lines: [
                "The schema designer is not here yet.",
                "The projects themselves are rows of the table project; 1 goes back to the tables.",
            ],
        }
    }

    /// The migrations.
    #[must_use]
    pub fn migrations() -> Self {
        Self {
            title: "Migrations",
            lines: ["Migrations are not here yet.", "1 goes back to the tables."],
        }
    }
}

impl Layer for Later {
    fn scopes(&self) -> Vec<Scope> {
        Vec::new()
    }

    fn on_command(&mut self, _: Command, _: &mut Cx<'_>) {}

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let inner = pane::pane(area, buffer, &shared.theme, self.title, "", true);
        pane::empty(inner, buffer, &shared.theme, &self.lines);
    }
}
