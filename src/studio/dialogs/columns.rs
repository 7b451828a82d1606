//! The columns of a table, one under the other: shown, hidden, moved, gone to. What is changed here
//! is in force when the dialog closes.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::data::Arrangement;
use crate::data::relation::Relation;
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Answer, Cx, Effect, Layer, Refusal, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::list::ListState;
use crate::studio::widgets::{pane, text};

/// A column as it is listed.
#[derive(Debug, Clone)]
struct Line {
    /// Its place in the relation.
    column: usize,
    name: String,
    kind: String,
    hidden: bool,
}

/// The dialog.
pub struct ColumnsDialog {
    arrangement: Arrangement,
    lines: Vec<Line>,
    /// The column where the cursor of the grid stays, if none is gone to.
    here: usize,
    list: ListState,
    area: Rect,
}

impl ColumnsDialog {
    /// Begins at a column, by its place in the relation.
    #[must_use]
    pub fn new(relation: &Relation, arrangement: Arrangement, column: usize) -> Self {
        let known = arrangement.order.iter();
        let known = known.filter_map(|name| relation.column(name));
        let mut lines: Vec<Line> = Vec::new();
        for at in known.chain(0..relation.columns.len()) {
            if lines.iter().all(|line| line.column != at) {
                let column = &relation.columns[at];
                lines.push(Line {
                    column: at,
                    name: column.name.clone(),
                    kind: column.short_type(),
                    hidden: arrangement.hidden.contains(&column.name),
                });
            }
        }
        let cursor = lines.iter().position(|line| line.column == column);
        Self {
            arrangement,
            lines,
            here: column,
            list: ListState::at(cursor.unwrap_or(0)),
            area: Rect::default(),
        }
    }

    fn shown(&self) -> usize {
        self.lines.iter().filter(|line| !line.hidden).count()
    }

    fn toggle(&mut self, cx: &mut Cx<'_>) {
        let last = self.shown() == 1;
        if let Some(line) = self.lines.get_mut(self.list.cursor) {
            if last && !line.hidden {
                cx.refuse("it is the only column that is shown");
            } else {
                line.hidden = !line.hidden;
            }
        }
    }

    fn shift(&mut self, down: bool) {
        let here = self.list.cursor;
        let there = if down {
            here + 1
        } else {
            here.saturating_sub(1)
        };
        if there < self.lines.len() {
            self.lines.swap(here, there);
            self.list.cursor = there;
        }
    }

    /// Closes, with what was changed in force, and goes to a column.
    fn close(&self, column: usize, cx: &mut Cx<'_>) {
        let own = self
            .lines
            .iter()
            .map(|line| line.column)
            .eq(0..self.lines.len());
        let order = self.lines.iter().filter(|_| !own);
        let hidden = self.lines.iter().filter(|line| line.hidden);
        let arrangement = Arrangement {
            order: order.map(|line| line.name.clone()).collect(),
            hidden: hidden.map(|line| line.name.clone()).collect(),
            ..self.arrangement.clone()
        };
        let answer = Answer::Columns(arrangement, column);
        cx.ask(Effect::Answer(Box::new(answer)));
    }

    fn go(&mut self, cx: &mut Cx<'_>) {
        if let Some(line) = self.lines.get_mut(self.list.cursor) {
            // Nobody can go to what is not seen.
            line.hidden = false;
            let column = line.column;
            self.close(column, cx);
        }
    }

    fn draw_line(&self, at: usize, whole: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let line = &self.lines[at];
        let here = at == self.list.cursor;
        let role = match (here, line.hidden) {
            (true, _) => Role::Cursor,
            (false, true) => Role::Dim,
            (false, false) => Role::Text,
        };
        buffer.set_style(whole, theme.style(role));
        let mark = if line.hidden { "·" } else { "✓" };
        text::put(buffer, whole.x + 1, whole.y, 2, mark, theme.style(role));
        let fact = if line.hidden {
            format!("hidden  {}", line.kind)
        } else {
            line.kind.clone()
        };
        let fact_width = text::width(&fact).min(whole.width / 2);
        let room = whole.width.saturating_sub(fact_width + 5);
        let style = theme.style(role);
        text::put(buffer, whole.x + 3, whole.y, room, &line.name, style);
        let x = whole.right().saturating_sub(fact_width + 1);
        let style = theme.style(if here { role } else { Role::Dim });
        text::put(buffer, x, whole.y, fact_width, &fact, style);
    }
}

impl Layer for ColumnsDialog {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Columns, Scope::Moving]
    }

    fn enabled(&self, command: Command, _: &Shared) -> Result<(), Refusal> {
        match command {
            Command::ColumnsAll if self.shown() == self.lines.len() => {
                Err("no column is hidden".into())
            }
            _ => Ok(()),
        }
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        let len = self.lines.len();
        let page = isize::try_from(self.area.height.max(1)).unwrap_or(1);
        match command {
            Command::Close => self.close(self.here, cx),
            Command::ColumnGo => self.go(cx),
            Command::ColumnToggle => self.toggle(cx),
            Command::ColumnRaise => self.shift(false),
            Command::ColumnLower => self.shift(true),
            Command::ColumnsAll => self.lines.iter_mut().for_each(|line| line.hidden = false),
            Command::ColumnsOwn => self.lines.sort_by_key(|line| line.column),
            Command::Up => self.list.step(-1, len),
            Command::Down => self.list.step(1, len),
            Command::PageUp => self.list.step(-page, len),
            Command::PageDown => self.list.step(page, len),
            Command::HalfUp => self.list.step(-page / 2, len),
            Command::HalfDown => self.list.step(page / 2, len),
            Command::First | Command::RowStart => self.list.step(isize::MIN, len),
            Command::Last | Command::RowEnd => self.list.step(isize::MAX, len),
            _ => {}
        }
    }

    fn on_mouse(&mut self, event: MouseEvent, cx: &mut Cx<'_>) {
        let len = self.lines.len();
        match event.kind {
            MouseEventKind::ScrollDown => self.list.step(3, len),
            MouseEventKind::ScrollUp => self.list.step(-3, len),
            MouseEventKind::Down(MouseButton::Left)
                if !self.area.contains((event.column, event.row).into()) =>
            {
                self.close(self.here, cx);
            }
            MouseEventKind::Down(MouseButton::Left) => {
                let line = self.list.line_at(event.row, self.area.y);
                if line < len {
                    self.list.cursor = line;
                    self.toggle(cx);
                }
            }
            _ => {}
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let height = u16::try_from(self.lines.len())
            .unwrap_or(u16::MAX)
            .saturating_add(2);
        let frame = pane::centered(area, 56, height.min(area.height * 4 / 5));
        let fact = format!("{} of {} shown", self.shown(), self.lines.len());
        self.area = pane::popup(frame, buffer, &shared.theme, "Columns", &fact);
        let visible = self.list.visible(self.lines.len(), self.area.height);
        for (y, at) in (self.area.y..self.area.bottom()).zip(visible) {
            let whole = Rect {
                y,
                height: 1,
                ..self.area
            };
            self.draw_line(at, whole, buffer, shared);
        }
    }
}
