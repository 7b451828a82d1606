//! The row that another one refers to, one field a line. It stands above or below the line with the
//! row it is about, never over it.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyCode, KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::data::Cell;
use crate::data::clip::{Clip, Format};
use crate::data::relation::{Page, Relation};
use crate::glyphs;
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Cx, Effect, Layer, Peek, Shared};
use crate::studio::theme::{Role, Theme};
use crate::studio::widgets::{pane, text};
use crate::studio::work::{DbReply, DbRequest, Part, Refer, Ticket};

const WIDTH: u16 = 72;
/// No name of a column takes more room than this.
const NAMES: u16 = 24;

/// The dialog.
pub struct PeekDialog {
    peek: Peek,
    asked: Option<Ticket>,
    relation: Option<Arc<Relation>>,
    page: Option<Page>,
    /// Why there is nothing to see.
    empty: String,
    top: usize,
    area: Rect,
}

impl PeekDialog {
    /// For a row that is yet to be read.
    #[must_use]
    pub fn new(peek: Peek) -> Self {
        Self {
            peek,
            asked: None,
            relation: None,
            page: None,
            empty: "Reading…".to_owned(),
            top: 0,
            area: Rect::default(),
        }
    }

    fn fields(&self) -> usize {
        match (&self.relation, &self.page) {
            (Some(relation), Some(page)) if !page.rows.is_empty() => relation.columns.len(),
            _ => 0,
        }
    }

    fn scroll(&mut self, by: isize) {
        let most = self.fields().saturating_sub(usize::from(self.area.height));
        self.top = self.top.saturating_add_signed(by).min(most);
    }

    fn close(&mut self, effect: Effect, cx: &mut Cx<'_>) {
        if let Some(ticket) = self.asked.take() {
            cx.ask(Effect::Cancel(ticket));
        }
        cx.ask(effect);
    }

    fn copy(&self, cx: &mut Cx<'_>) {
        let (Some(relation), Some(page)) = (&self.relation, &self.page) else {
            return;
        };
        let columns: Vec<usize> = (0..relation.columns.len()).collect();
        let is_cut = |at: &usize| {
            page.rows
                .cell(0, *at)
                .is_some_and(|cell| cell.cut.is_some())
        };
        let what = if columns.iter().any(is_cut) {
            "the row, long values cut,"
        } else {
            "the row"
        };
        let clip = Clip {
            columns: relation.columns.clone(),
            rows: (0..page.rows.len())
                .map(|row| page.rows.values(row, &columns))
                .collect(),
        };
        let text = clip.text(Format::Text).filter(|text| !text.is_empty());
        if let Some(text) = text {
            cx.ask(Effect::Copy(text, what.to_owned()));
        }
    }

    fn draw_fields(&self, buffer: &mut Buffer, theme: &Theme) {
        let (Some(relation), Some(page)) = (&self.relation, &self.page) else {
            return;
        };
        let names = relation.columns.iter();
        let widest = names.map(|column| text::width(&column.name)).max();
        let room = widest.unwrap_or(0).min(NAMES);
        let lines = relation.columns.iter().enumerate().skip(self.top);
        for ((at, column), y) in lines.zip(self.area.y..self.area.bottom()) {
            let x = self.area.x + 1;
            text::put(buffer, x, y, room, &column.name, theme.style(Role::Dim));
            let Some(cell) = page.rows.cell(0, at) else {
                continue;
            };
            let (value, role) = value(&cell);
            let x = x + room + 2;
            let room = self.area.right().saturating_sub(x + 1);
            text::put(buffer, x, y, room, &value, theme.style(role));
        }
    }
}

fn value(cell: &Cell<'_>) -> (String, Role) {
    match (cell.text, cell.cut) {
        (None, _) => (glyphs::NULL.to_owned(), Role::Null),
        (Some(text), None) => (text.to_owned(), Role::Text),
        (Some(text), Some(_)) => (format!("{text}{}", glyphs::MORE), Role::Text),
    }
}

/// The larger room of those above and below a line of `area`.
pub(super) fn larger(area: Rect, line: u16) -> Rect {
    beside(area, line, area.height)
}

/// The room above or below a line of `area`, whichever holds `height`; else the larger one.
fn beside(area: Rect, line: u16, height: u16) -> Rect {
    let line = line.clamp(area.y, area.bottom().saturating_sub(1));
    let above = line - area.y;
    let below = area.bottom() - line - 1;
    if below >= height || below >= above {
        Rect {
            y: line + 1,
            height: height.min(below),
            ..area
        }
    } else {
        let height = height.min(above);
        Rect {
            y: line - height,
            height,
            ..area
        }
    }
}

impl Layer for PeekDialog {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::List, Scope::Moving]
    }

    fn on_open(&mut self, cx: &mut Cx<'_>) {
        self.asked = Some(cx.db(DbRequest::Refer(Refer::Peek {
            object: self.peek.object.clone(),
            equals: self.peek.equals.clone(),
        })));
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        let page = isize::try_from(self.area.height).unwrap_or(1);
        match command {
            Command::Close => self.close(Effect::Pop, cx),
            Command::Choose => self.close(Effect::Run(Command::Follow), cx),
            Command::Copy => self.copy(cx),
            Command::ListUp | Command::Up => self.scroll(-1),
            Command::ListDown | Command::Down => self.scroll(1),
            Command::ListPageUp | Command::PageUp => self.scroll(-page),
            Command::ListPageDown | Command::PageDown => self.scroll(page),
            Command::First => self.scroll(isize::MIN),
            Command::Last => self.scroll(isize::MAX),
            _ => {}
        }
    }

    /// The key that opened it closes it.
    fn on_key(&mut self, key: &KeyEvent, cx: &mut Cx<'_>) {
        if key.code == KeyCode::Char('K') {
            self.close(Effect::Pop, cx);
        }
    }

    fn on_mouse(&mut self, event: MouseEvent, cx: &mut Cx<'_>) {
        match event.kind {
            MouseEventKind::ScrollDown => self.scroll(3),
            MouseEventKind::ScrollUp => self.scroll(-3),
            MouseEventKind::Down(MouseButton::Left)
                if !self.area.contains((event.column, event.row).into()) =>
            {
                self.close(Effect::Pop, cx);
            }
            _ => {}
        }
    }

    fn on_db(&mut self, _: Ticket, reply: DbReply, _: &mut Cx<'_>) {
        match reply {
            DbReply::Part(Part::Relation(relation)) => self.relation = Some(relation),
            DbReply::Part(Part::Page(page)) => {
                if page.rows.is_empty() {
                    "The row it refers to is not there.".clone_into(&mut self.empty);
                }
                self.page = Some(page);
            }
            DbReply::Part(_) => {}
            DbReply::Done => self.asked = None,
            DbReply::Failed(fault) => {
                self.asked = None;
                self.empty = fault.what;
            }
            DbReply::Cancelled => {
                self.asked = None;
                "Reading was cancelled.".clone_into(&mut self.empty);
            }
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let fields = u16::try_from(self.fields().max(1)).unwrap_or(u16::MAX);
        let place = beside(area, self.peek.beside, fields.saturating_add(2));
        let width = WIDTH.min(area.width);
        let frame = Rect {
            x: area.right() - width,
            width,
            ..place
        };
        let object = &self.peek.object;
        let title = format!("→ {}", object.full_name());
        let fact = "enter goes there · esc closes";
        self.area = pane::popup(frame, buffer, theme, &title, fact);
        self.scroll(0);
        if self.fields() == 0 {
            pane::empty(self.area, buffer, theme, &[&self.empty]);
        } else {
            self.draw_fields(buffer, theme);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_stands_over_its_line() {
        let area = Rect::new(0, 1, 80, 21);
        for line in 0..30 {
            for height in 1..30 {
                let place = beside(area, line, height);
                assert!(area.union(place) == area, "{place:?} for {line}");
                assert!(
                    !(place.y..place.bottom()).contains(&line),
                    "{place:?} for {line}"
                );
            }
        }
    }
}
