//! A line to type, for the layer below.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Cx, Effect, Layer, Shared};
use crate::studio::widgets::input::Line;
use crate::studio::widgets::pane;

/// The dialog.
pub struct Prompt {
    title: String,
    hint: String,
    line: Line,
}

impl Prompt {
    /// `hint` says what to type.
    #[must_use]
    pub fn new(title: String, hint: String) -> Self {
        Self {
            title,
            hint,
            line: Line::default(),
        }
    }
}

impl Layer for Prompt {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Text]
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::Accept if !self.line.is_empty() => {
                cx.ask(Effect::Answer(self.line.text().to_owned()));
            }
            Command::Accept | Command::Close => cx.ask(Effect::Pop),
            _ => {}
        }
    }

    fn on_key(&mut self, key: &KeyEvent, _: &mut Cx<'_>) {
        self.line.key(key);
    }

    fn on_paste(&mut self, pasted: &str, _: &mut Cx<'_>) {
        self.line.paste(pasted);
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        // At the foot of the screen, so that the rows it is about stay in view.
        let width = 64.min(area.width);
        let frame = Rect {
            x: area.x + (area.width - width) / 2,
            y: area.bottom().saturating_sub(3),
            width,
            height: 3.min(area.height),
        };
        let inner = pane::popup(
            frame,
            buffer,
            &shared.theme,
            &self.title,
            "enter goes · esc closes",
        );
        let line = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(2),
            height: 1,
            ..inner
        };
        self.line
            .draw(line, buffer, &shared.theme, true, &self.hint);
    }
}
