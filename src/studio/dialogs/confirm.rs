//! A question that is answered yes or no.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Cx, Effect, Layer, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::{pane, text};

/// The dialog. What closes it is no; enter is neither yes nor no, which a hand presses unasked.
pub struct Confirm {
    question: String,
    yes: Effect,
    no: Option<Effect>,
}

impl Confirm {
    /// `yes` is what yes does, `no` what no does.
    #[must_use]
    pub fn new(question: String, yes: Effect, no: Option<Effect>) -> Self {
        Self { question, yes, no }
    }

    fn refuse(&self, cx: &mut Cx<'_>) {
        cx.ask(Effect::Pop);
        if let Some(no) = &self.no {
            cx.ask(no.clone());
        }
    }

    fn agree(&self, cx: &mut Cx<'_>) {
        cx.ask(Effect::Pop);
        cx.ask(self.yes.clone());
    }
}

impl Layer for Confirm {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Question]
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::Yes => self.agree(cx),
            Command::No | Command::Close => self.refuse(cx),
            _ => {}
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let lines = pane::wrapped(&self.question, 52);
        let height = u16::try_from(lines.len()).unwrap_or(1) + 4;
        let frame = pane::centered(area, 58, height);
        let inner = pane::popup(frame, buffer, theme, "", "");
        for (line, y) in lines.iter().zip(inner.y..inner.bottom()) {
            text::put(
                buffer,
                inner.x + 2,
                y,
                inner.width.saturating_sub(4),
                line,
                theme.style(Role::Text),
            );
        }
        let y = inner.bottom().saturating_sub(1);
        let mut x = inner.x + 2;
        for (command, word) in [(Command::Yes, "yes"), (Command::No, "no")] {
            let keys = shared.keymap.first_name(command).unwrap_or_default();
            x = text::put(buffer, x, y, 12, &keys, theme.style(Role::Hint));
            x = text::put(buffer, x + 1, y, 8, word, theme.style(Role::Dim)) + 3;
        }
    }
}
