//! Keeping a query: its name, what it is for, and the text that is kept.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use crate::data::saved::{SavedQuery, ShelfOrder, named};
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Cx, Effect, Layer, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::input::Line;
use crate::studio::widgets::{pane, text};

const WIDTH: u16 = 84;
/// How many lines of the text are shown.
const LINES: usize = 8;
/// The names of the two lines.
const LABELS: [(&str, &str); 2] = [
    ("name", "what its file is called"),
    ("about", "what it is for; it may be empty"),
];

/// The dialog.
pub struct KeepDialog {
    sql: String,
    lines: [Line; 2],
    current: usize,
    wrong: Option<&'static str>,
}

impl KeepDialog {
    /// For a text.
    #[must_use]
    pub fn new(sql: String) -> Self {
        Self {
            sql,
            lines: Default::default(),
            current: 0,
            wrong: None,
        }
    }

    fn accept(&mut self, cx: &mut Cx<'_>) {
        let [name, about] = &self.lines;
        if let Err(why) = named(name.text()) {
            self.wrong = Some(why);
            self.current = 0;
            return;
        }
        cx.ask(Effect::Pop);
        cx.ask(Effect::Shelf(ShelfOrder::Keep {
            query: SavedQuery {
                name: name.text().trim().to_owned(),
                about: about.text().trim().to_owned(),
                sql: self.sql.clone(),
            },
            over: false,
        }));
    }
}

impl Layer for KeepDialog {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Keeping, Scope::Text]
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::Accept => self.accept(cx),
            Command::KeepNext => self.current = 1 - self.current,
            Command::Close => cx.ask(Effect::Pop),
            _ => {}
        }
    }

    fn on_key(&mut self, key: &KeyEvent, _: &mut Cx<'_>) {
        if self.lines[self.current].key(key) {
            self.wrong = None;
        }
    }

    fn on_paste(&mut self, pasted: &str, _: &mut Cx<'_>) {
        self.lines[self.current].paste(pasted);
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let total = self.sql.lines().count();
        let shown = total.min(LINES);
        let height = u16::try_from(shown).unwrap_or(1) + 5 + u16::from(total > shown);
        let frame = pane::centered(area, WIDTH, height);
        let keys = "enter keeps it · esc closes";
        let inner = pane::popup(frame, buffer, theme, "Keep the query", keys);
        let (x, room) = (inner.x + 1, inner.width.saturating_sub(2));
        for (at, (label, hint)) in LABELS.iter().enumerate() {
            let y = inner.y + u16::try_from(at).unwrap_or(0);
            let here = at == self.current;
            let role = if here { Role::Accent } else { Role::Dim };
            text::put(buffer, x, y, 6, label, theme.style(role));
            let line = Rect {
                x: x + 7,
                y,
                width: room.saturating_sub(7),
                height: 1,
            };
            self.lines[at].draw(line, buffer, theme, here, hint);
        }
        if let Some(why) = self.wrong {
            let why = format!("✗ {why}");
            text::put(buffer, x, inner.y + 2, room, &why, theme.style(Role::Error));
        }
        let lines = self.sql.lines().take(shown);
        for (line, y) in lines.zip(inner.y + 3..inner.bottom()) {
            text::put(buffer, x, y, room, line, theme.style(Role::Text));
        }
        if total > shown {
            let more = format!("… {} more lines", total - shown);
            let y = inner.bottom().saturating_sub(1);
            text::put(buffer, x, y, room, &more, theme.style(Role::Dim));
        }
    }
}
