//! A screen that is announced and not built yet: it says what will be there.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Cx, Layer, Refusal, Shared};
use crate::studio::widgets::pane;

/// An empty screen with its announcement.
pub struct Later {
    title: &'static str,
    announced: &'static str,
}

impl Later {
    /// The projects.
    #[must_use]
    pub fn projects() -> Self {
        Self {
            title: "Projects",
            announced: "The schema designer is not here yet.",
        }
    }

    /// The migrations.
    #[must_use]
    pub fn migrations() -> Self {
        Self {
            title: "Migrations",
            announced: "Migrations are not here yet.",
        }
    }
}

impl Layer for Later {
    fn scopes(&self) -> Vec<Scope> {
        Vec::new()
    }

    fn enabled(&self, command: Command, _: &Shared) -> Result<(), Refusal> {
        match command {
            Command::FindTable | Command::NextPane | Command::PreviousPane | Command::Reload => {
                Err("there is nothing here yet".into())
            }
            _ => Ok(()),
        }
    }

    fn on_command(&mut self, _: Command, _: &mut Cx<'_>) {}

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let inner = pane::pane(area, buffer, &shared.theme, self.title, "", true);
        let keys = shared.keymap.first_name(Command::ShowTables);
        let back = keys.map(|keys| format!("{keys} goes back to the tables."));
        let lines = [self.announced, back.as_deref().unwrap_or_default()];
        pane::empty(inner, buffer, &shared.theme, &lines);
    }
}
