//! A question that is answered by typing a name: for what is destroyed where it matters.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Cx, Effect, Layer, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::input::Line;
use crate::studio::widgets::{pane, text};

const WIDTH: u16 = 62;

/// The dialog. A paste is not taken: what is typed was read.
pub struct ConfirmName {
    question: String,
    name: String,
    yes: Effect,
    line: Line,
    is_wrong: bool,
}

impl ConfirmName {
    /// `yes` is what the right name does.
    #[must_use]
    pub fn new(question: String, name: String, yes: Effect) -> Self {
        Self {
            question,
            name,
            yes,
            line: Line::default(),
            is_wrong: false,
        }
    }

    fn accept(&mut self, cx: &mut Cx<'_>) {
        if self.line.text() != self.name {
            self.is_wrong = true;
            return;
        }
        // These close the asking layer by themselves.
        if !matches!(self.yes, Effect::Answer(_) | Effect::Run(_)) {
            cx.ask(Effect::Pop);
        }
        cx.ask(self.yes.clone());
    }
}

impl Layer for ConfirmName {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Text]
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::Accept => self.accept(cx),
            Command::Close => cx.ask(Effect::Pop),
            _ => {}
        }
    }

    fn on_key(&mut self, key: &KeyEvent, _: &mut Cx<'_>) {
        if self.line.key(key) {
            self.is_wrong = false;
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let asked = format!("Type {} to go on.", self.name);
        let mut lines = pane::wrapped(&self.question, WIDTH - 6);
        lines.push(String::new());
        lines.extend(pane::wrapped(&asked, WIDTH - 6));
        let height = u16::try_from(lines.len()).unwrap_or(1).saturating_add(4);
        let frame = pane::centered(area, WIDTH, height);
        let title = if shared.guards.production {
            "production"
        } else {
            ""
        };
        let inner = pane::popup(frame, buffer, theme, title, "enter goes on · esc does not");
        let room = inner.width.saturating_sub(4);
        let x = inner.x + 2;
        for (line, y) in lines.iter().zip(inner.y..inner.bottom()) {
            text::put(buffer, x, y, room, line, theme.style(Role::Text));
        }
        let input = Rect {
            x,
            y: inner.bottom().saturating_sub(2),
            width: room,
            height: 1,
        };
        self.line
            .draw(input, buffer, theme, true, "the name, letter by letter");
        if self.is_wrong {
            let why = "✗ that is not the name";
            text::put(buffer, x, input.y + 1, room, why, theme.style(Role::Error));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, VecDeque};
    use std::time::Instant;

    use ratatui::crossterm::event::{KeyCode, KeyModifiers};

    use super::*;
    use crate::config::settings::Guards;
    use crate::studio::keys::Keymap;
    use crate::studio::layer::Answer;
    use crate::studio::theme::Theme;

    fn shared() -> Option<Shared> {
        let themes = Theme::built_in().ok()?;
        Some(Shared {
            target: String::new(),
            guards: Guards {
                production: true,
                ..Guards::default()
            },
            catalog: None,
            catalog_fault: None,
            staged: HashMap::new(),
            system: false,
            opening: None,
            sizes: None,
            generation: 0,
            theme: themes.first()?.clone(),
            themes,
            keymap: Keymap::new(&[]).ok()?,
            vim: false,
            log: VecDeque::new(),
            history: VecDeque::new(),
            shelf: None,
            tick: 0,
            arrangements: HashMap::new(),
            now: Instant::now(),
            is_lost: false,
        })
    }

    /// What the dialog asks for after a text is typed and taken.
    fn asked(dialog: &mut ConfirmName, shared: &Shared, typed: &str) -> Vec<Effect> {
        let (mut tickets, mut effects) = (0, Vec::new());
        let mut cx = Cx::new(shared, &mut tickets, &mut effects);
        for letter in typed.chars() {
            let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
            dialog.on_key(&key, &mut cx);
        }
        dialog.on_command(Command::Accept, &mut cx);
        effects
    }

    fn drawn(dialog: &mut ConfirmName, shared: &Shared) -> String {
        let area = Rect::new(0, 0, 80, 20);
        let mut buffer = Buffer::empty(area);
        dialog.draw(area, &mut buffer, shared);
        let cells = buffer.content.iter();
        cells.map(ratatui::buffer::Cell::symbol).collect()
    }

    #[test]
    fn only_the_exact_name_goes_on() {
        let Some(shared) = shared() else {
            unreachable!("the themes and keys that come with dbkeep can be read")
        };
        let yes = Effect::Answer(Box::new(Answer::Confirmed));
        for typed in ["", "Shop", "shop ", "sho"] {
            let mut dialog = ConfirmName::new("Delete?".into(), "shop".into(), yes.clone());
            assert_eq!(asked(&mut dialog, &shared, typed), [], "{typed:?}");
            assert!(drawn(&mut dialog, &shared).contains("that is not the name"));
        }
        let mut dialog = ConfirmName::new("Delete?".into(), "shop".into(), yes.clone());
        let shown = drawn(&mut dialog, &shared);
        assert!(shown.contains("production") && shown.contains("Type shop to go on."));
        assert_eq!(asked(&mut dialog, &shared, "shop"), [yes]);
        let mut dialog = ConfirmName::new("Delete?".into(), "shop".into(), Effect::Quit);
        assert_eq!(
            asked(&mut dialog, &shared, "shop"),
            [Effect::Pop, Effect::Quit]
        );
    }
}
