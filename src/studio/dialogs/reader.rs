//! A longer text to read, scroll and copy: a fault, a statement.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Cx, Effect, Layer, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::{pane, text};

/// The dialog.
pub struct Reader {
    title: String,
    text: String,
    top: usize,
    area: Rect,
    lines: usize,
}

impl Reader {
    /// For a text of many lines.
    #[must_use]
    pub fn new(title: String, text: String) -> Self {
        Self {
            title,
            text,
            top: 0,
            area: Rect::default(),
            lines: 0,
        }
    }

    fn scroll(&mut self, by: isize) {
        let most = self.lines.saturating_sub(usize::from(self.area.height));
        self.top = self.top.saturating_add_signed(by).min(most);
    }
}

impl Layer for Reader {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Reader, Scope::Moving]
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        let page = isize::try_from(self.area.height).unwrap_or(1);
        match command {
            Command::Close | Command::ReaderClose => cx.ask(Effect::Pop),
            Command::CopyText => cx.ask(Effect::Copy(self.text.clone(), "the text".to_owned())),
            Command::Up => self.scroll(-1),
            Command::Down => self.scroll(1),
            Command::PageUp => self.scroll(-page),
            Command::PageDown => self.scroll(page),
            Command::HalfUp => self.scroll(-page / 2),
            Command::HalfDown => self.scroll(page / 2),
            Command::First => self.scroll(isize::MIN),
            Command::Last => self.scroll(isize::MAX),
            _ => {}
        }
    }

    fn on_mouse(&mut self, event: MouseEvent, cx: &mut Cx<'_>) {
        match event.kind {
            MouseEventKind::ScrollDown => self.scroll(3),
            MouseEventKind::ScrollUp => self.scroll(-3),
            MouseEventKind::Down(MouseButton::Left)
                if !self.area.contains((event.column, event.row).into()) =>
            {
                cx.ask(Effect::Pop);
            }
            _ => {}
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let width = (area.width * 4 / 5).min(100);
        let lines = pane::wrapped(&self.text, width.saturating_sub(4));
        self.lines = lines.len();
        let height = u16::try_from(lines.len())
            .unwrap_or(u16::MAX)
            .saturating_add(2);
        let frame = pane::centered(area, width, height.min(area.height * 4 / 5));
        self.area = pane::popup(frame, buffer, theme, &self.title, "");
        self.scroll(0);
        for (line, y) in lines
            .iter()
            .skip(self.top)
            .zip(self.area.y..self.area.bottom())
        {
            text::put(
                buffer,
                self.area.x + 1,
                y,
                self.area.width.saturating_sub(2),
                line,
                theme.style(Role::Text),
            );
        }
    }
}
