//! A line to type, for the layer below.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Answer, Cx, Effect, Layer, Prompt, Purpose, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::input::Line;
use crate::studio::widgets::{pane, text};

/// The dialog.
pub struct PromptDialog {
    prompt: Prompt,
    line: Line,
}

impl PromptDialog {
    /// With what is there already.
    #[must_use]
    pub fn new(prompt: Prompt) -> Self {
        let mut line = Line::holding(&prompt.text);
        if let Some((_, at)) = &prompt.wrong {
            line.go_to(*at);
        }
        Self { prompt, line }
    }
}

impl Layer for PromptDialog {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Text]
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        match command {
            // An empty free condition is none; an empty place is nowhere.
            Command::Accept
                if !self.line.is_empty()
                    || matches!(self.prompt.purpose, Purpose::Where | Purpose::Replace) =>
            {
                let typed = self.line.text().to_owned();
                let answer = Answer::Typed(self.prompt.purpose, typed);
                cx.ask(Effect::Answer(Box::new(answer)));
            }
            Command::Accept | Command::Close => cx.ask(Effect::Pop),
            _ => {}
        }
    }

    fn on_key(&mut self, key: &KeyEvent, _: &mut Cx<'_>) {
        if self.line.key(key) {
            self.prompt.wrong = None;
        }
    }

    fn on_paste(&mut self, pasted: &str, _: &mut Cx<'_>) {
        self.line.paste(pasted);
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        // At the foot of the screen, so that the rows it is about stay in view.
        let width = match self.prompt.purpose {
            Purpose::Place
            | Purpose::Find
            | Purpose::Replace
            | Purpose::Rename
            | Purpose::Timeout => 64,
            Purpose::Where
            | Purpose::Save
            | Purpose::Load
            | Purpose::CopyFrom
            | Purpose::CopyInto => 110,
        };
        // What can be typed is read before it is: the line is as long as that takes.
        let width = text::width(&self.prompt.hint).saturating_add(5).max(width);
        let width = width.min(area.width);
        let wrong = self.prompt.wrong.as_ref();
        let lines = wrong.map_or_else(Vec::new, |(why, _)| {
            pane::wrapped(why, width.saturating_sub(4))
        });
        let height = 3 + u16::try_from(lines.len()).unwrap_or(0);
        let frame = Rect {
            x: area.x + (area.width - width) / 2,
            y: area.bottom().saturating_sub(height),
            width,
            height: height.min(area.height),
        };
        let theme = &shared.theme;
        let title = &self.prompt.title;
        let keys = match self.prompt.purpose {
            Purpose::Save => "enter saves · esc closes",
            Purpose::Load => "enter reads it · esc closes",
            Purpose::CopyFrom => "enter copies it · esc closes",
            Purpose::CopyInto => "enter copies into it · esc closes",
            Purpose::Timeout => "enter sets it · esc closes",
            Purpose::Find => "enter finds · esc closes",
            Purpose::Replace => "enter replaces all · esc closes",
            Purpose::Rename => "enter renames it · esc closes",
            _ => "enter goes · esc closes",
        };
        let inner = pane::popup(frame, buffer, theme, title, keys);
        let line = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(2),
            height: 1,
            ..inner
        };
        self.line.draw(line, buffer, theme, true, &self.prompt.hint);
        for (why, y) in lines.iter().zip(line.y + 1..inner.bottom()) {
            text::put(buffer, line.x, y, line.width, why, theme.style(Role::Error));
        }
    }
}
