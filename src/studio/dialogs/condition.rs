//! A condition on one column: an operator its type allows, and a value typed or chosen from those
//! that the column has.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::data::filter::{Condition, Operands, Operator, Suggestion};
use crate::data::relation::Relation;
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Answer, Cx, Effect, Layer, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::input::Line;
use crate::studio::widgets::list::ListState;
use crate::studio::widgets::{bars, pane, text};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

const WIDTH: u16 = 64;
/// How many values are shown at once.
const VALUES: u16 = 8;

/// The dialog.
pub struct ConditionDialog {
    relation: Arc<Relation>,
    condition: Condition,
    place: Option<usize>,
    operators: Vec<Operator>,
    line: Line,
    asked: Option<Ticket>,
    values: Vec<Suggestion>,
    /// Which of the values that match what is typed is chosen; none at first, so that enter takes
    /// what was typed.
    chosen: Option<usize>,
    list: ListState,
    area: Rect,
}

impl ConditionDialog {
    /// Edits `condition`, whose column the relation has.
    #[must_use]
    pub fn new(relation: Arc<Relation>, condition: Condition, place: Option<usize>) -> Self {
        let column = relation.column(&condition.column);
        let operators = column.map_or_else(Vec::new, |at| Operator::of(&relation.columns[at]));
        Self {
            line: Line::holding(&condition.typed()),
            relation,
            condition,
            place,
            operators,
            asked: None,
            values: Vec::new(),
            chosen: None,
            list: ListState::default(),
            area: Rect::default(),
        }
    }

    /// The part of what is typed that a value would complete: the last item of several.
    fn typing(&self) -> &str {
        let typed = self.line.text();
        let last = match self.condition.operator.operands() {
            Operands::Many => typed.rsplit(',').next(),
            Operands::Two => typed.rsplit("..").next(),
            _ => None,
        };
        last.unwrap_or(typed).trim_start()
    }

    fn matching(&self) -> Vec<&Suggestion> {
        let typed = self.typing().to_lowercase();
        let mut found: Vec<&Suggestion> = self
            .values
            .iter()
            .filter(|value| value.text.to_lowercase().contains(&typed))
            .collect();
        // Those that begin with it first; among them the order is the commonness.
        found.sort_by_key(|value| !value.text.to_lowercase().starts_with(&typed));
        found
    }

    fn operator(&mut self, by: isize) {
        let here = self
            .operators
            .iter()
            .position(|operator| *operator == self.condition.operator);
        let count = isize::try_from(self.operators.len()).unwrap_or(1).max(1);
        let here = isize::try_from(here.unwrap_or(0)).unwrap_or(0);
        let next = usize::try_from((here + by).rem_euclid(count)).unwrap_or(0);
        if let Some(operator) = self.operators.get(next) {
            self.condition.operator = *operator;
        }
    }

    fn choose(&mut self, by: isize) {
        let len = self.matching().len();
        self.chosen = match (self.chosen, by) {
            (_, _) if len == 0 => None,
            (None, 1..) => Some(0),
            (None | Some(0), _) if by < 0 => None,
            (chosen, by) => chosen.map(|at| at.saturating_add_signed(by).min(len - 1)),
        };
        self.list.cursor = self.chosen.unwrap_or(0);
    }

    /// Puts the chosen value where it was being typed.
    fn complete(&mut self) -> bool {
        let chosen = self.chosen.take();
        let value = chosen.and_then(|at| Some(self.matching().get(at)?.text.clone()));
        let Some(value) = value else {
            return false;
        };
        let typed = self.line.text();
        let before = &typed[..typed.len() - self.typing().len()];
        self.line = Line::holding(&format!("{before}{value}"));
        true
    }

    fn take(&mut self, cx: &mut Cx<'_>) {
        self.complete();
        let Condition {
            column,
            operator,
            or,
            ..
        } = &self.condition;
        match Condition::read(column, *operator, self.line.text()) {
            Ok(condition) => {
                let condition = Condition {
                    or: *or,
                    ..condition
                };
                let answer = Answer::Condition(self.place, condition);
                cx.ask(Effect::Answer(Box::new(answer)));
            }
            Err(why) => cx.refuse(why),
        }
    }

    fn has_values(&self) -> bool {
        self.condition.operator.operands() != Operands::None
    }
}

impl Layer for ConditionDialog {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Asking, Scope::List]
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn on_open(&mut self, cx: &mut Cx<'_>) {
        self.asked = Some(cx.db(DbRequest::Values {
            relation: Arc::clone(&self.relation),
            column: self.condition.column.clone(),
        }));
    }

    fn on_db(&mut self, ticket: Ticket, reply: DbReply, _: &mut Cx<'_>) {
        if let (true, DbReply::Part(Part::Values(values))) = (self.asked == Some(ticket), reply) {
            self.values = values;
        }
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::Close => {
                if let Some(ticket) = self.asked {
                    cx.ask(Effect::Cancel(ticket));
                }
                cx.ask(Effect::Pop);
            }
            Command::Choose => self.take(cx),
            Command::NextOperator => self.operator(1),
            Command::PreviousOperator => self.operator(-1),
            Command::ListDown => self.choose(1),
            Command::ListUp => self.choose(-1),
            Command::ListPageDown => self.choose(isize::try_from(VALUES).unwrap_or(1)),
            Command::ListPageUp => self.choose(-isize::try_from(VALUES).unwrap_or(1)),
            _ => {}
        }
    }

    fn on_key(&mut self, key: &KeyEvent, _: &mut Cx<'_>) {
        if self.has_values() && self.line.key(key) {
            self.chosen = None;
        }
    }

    fn on_paste(&mut self, pasted: &str, _: &mut Cx<'_>) {
        if self.has_values() {
            self.line.paste(pasted);
        }
    }

    fn on_mouse(&mut self, event: MouseEvent, cx: &mut Cx<'_>) {
        if event.kind != MouseEventKind::Down(MouseButton::Left) {
            return;
        }
        let line = self.list.line_at(event.row, self.area.y);
        if self.area.contains((event.column, event.row).into()) && line < self.matching().len() {
            self.chosen = Some(line);
            self.take(cx);
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let column = self.relation.column(&self.condition.column);
        let kind = column.map_or_else(String::new, |at| self.relation.columns[at].short_type());
        let title = format!("Filter by {} {kind}", self.condition.column);
        let width = WIDTH.min(area.width);
        let signs: Vec<&str> = self.operators.iter().map(|one| one.sign()).collect();
        let rows = operator_rows(&signs, width.saturating_sub(4));
        let height = 3 + u16::try_from(rows.len()).unwrap_or(1) + VALUES + 1;
        let frame = Rect {
            x: area.x + (area.width - width) / 2,
            y: area.bottom().saturating_sub(height),
            width,
            height: height.min(area.height),
        };
        let inner = pane::popup(frame, buffer, theme, &title, "tab: operator");
        let (left, right) = (inner.x + 1, inner.right().saturating_sub(1));
        let mut y = inner.y;
        for row in rows {
            let mut x = left;
            for sign in row {
                let here = sign == self.condition.operator.sign();
                let role = if here { Role::Tab } else { Role::Dim };
                x = text::put(
                    buffer,
                    x,
                    y,
                    right.saturating_sub(x),
                    &format!(" {sign} "),
                    theme.style(role),
                );
            }
            y += 1;
        }
        let line = Rect {
            x: left,
            y,
            width: right.saturating_sub(left),
            height: 1,
        };
        if !self.has_values() {
            text::put(
                buffer,
                left,
                y,
                line.width,
                "enter filters",
                theme.style(Role::Dim),
            );
            return;
        }
        let hint = match self.condition.operator.operands() {
            Operands::Two => "from..to",
            Operands::Many => "values, parted by commas",
            _ => "a value",
        };
        self.line.draw(line, buffer, theme, true, hint);
        self.area = Rect {
            y: y + 2,
            height: inner.bottom().saturating_sub(y + 2),
            ..line
        };
        let matching: Vec<Suggestion> = self.matching().into_iter().cloned().collect();
        let visible = self.list.visible(matching.len(), self.area.height);
        for (y, at) in (self.area.y..self.area.bottom()).zip(visible) {
            let role = if self.chosen == Some(at) {
                Role::Cursor
            } else {
                Role::Text
            };
            let whole = Rect {
                y,
                height: 1,
                ..self.area
            };
            buffer.set_style(whole, theme.style(role));
            let share = matching[at]
                .share
                .map_or_else(String::new, |share| bars::percent(u64::from(share), 1_000));
            let room = whole.width.saturating_sub(text::width(&share) + 2);
            text::put(
                buffer,
                whole.x + 1,
                y,
                room,
                &matching[at].text,
                theme.style(role),
            );
            let x = whole.right().saturating_sub(text::width(&share) + 1);
            let dim = if self.chosen == Some(at) {
                role
            } else {
                Role::Dim
            };
            text::put(buffer, x, y, text::width(&share), &share, theme.style(dim));
        }
    }
}

/// The operators in as many rows as they take.
fn operator_rows<'a>(signs: &[&'a str], room: u16) -> Vec<Vec<&'a str>> {
    let mut rows: Vec<Vec<&str>> = vec![Vec::new()];
    let mut used = 0;
    for sign in signs {
        let width = text::width(sign) + 2;
        if used + width > room {
            rows.push(Vec::new());
            used = 0;
        }
        used += width;
        if let Some(row) = rows.last_mut() {
            row.push(*sign);
        }
    }
    rows
}
