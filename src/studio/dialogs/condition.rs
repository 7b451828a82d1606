//! A condition on one column: an operator its type allows, and a value typed or chosen from those
//! that the column has.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::data::filter::{Condition, Operands, Operator};
use crate::data::relation::Relation;
use crate::data::sift;
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Answer, Cx, Effect, Layer, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::input::Line;
use crate::studio::widgets::suggest::Suggest;
use crate::studio::widgets::{pane, text};
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
    values: Suggest,
}

impl ConditionDialog {
    /// Edits `condition`, whose column the relation has.
    #[must_use]
    pub fn new(relation: Arc<Relation>, condition: Condition, place: Option<usize>) -> Self {
        let column = relation.column(&condition.column);
        let mut operators = column.map_or_else(Vec::new, |at| Operator::of(&relation.columns[at]));
        if relation.is_result() {
            operators.retain(|operator| sift::answers(*operator));
        }
        Self {
            line: Line::holding(&condition.typed()),
            relation,
            condition,
            place,
            operators,
            asked: None,
            values: Suggest::default(),
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
        let typed = self.typing().to_owned();
        self.values.choose(by, &typed);
    }

    /// Puts the chosen value where it was being typed.
    fn complete(&mut self) {
        let typing = self.typing().to_owned();
        if let Some(value) = self.values.take(&typing) {
            let typed = self.line.text();
            let before = &typed[..typed.len() - typing.len()];
            self.line = Line::holding(&format!("{before}{value}"));
        }
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

    /// The lines for the values and the empty one above them; all are kept until it is known how
    /// many values there are.
    fn room(&self) -> u16 {
        match (self.asked, u16::try_from(self.values.len())) {
            (None, Ok(0)) => 0,
            (None, Ok(few)) => few.min(VALUES) + 1,
            _ => VALUES + 1,
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
        // The server has no table to look into.
        if self.relation.is_result() {
            return;
        }
        self.asked = Some(cx.db(DbRequest::Values {
            relation: Arc::clone(&self.relation),
            column: self.condition.column.clone(),
        }));
    }

    fn on_db(&mut self, ticket: Ticket, reply: DbReply, _: &mut Cx<'_>) {
        if self.asked != Some(ticket) {
            return;
        }
        if reply.is_final() {
            self.asked = None;
        }
        if let DbReply::Part(Part::Values(values)) = reply {
            self.values.set(values);
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
            self.values.typed();
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
        let typed = self.typing().to_owned();
        if self.values.click(event.column, event.row, &typed) {
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
        let height = 3 + u16::try_from(rows.len()).unwrap_or(1) + self.room();
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
        let below = Rect {
            y: y + 2,
            height: inner.bottom().saturating_sub(y + 2),
            ..line
        };
        let typed = self.typing().to_owned();
        self.values.draw(below, buffer, theme, &typed);
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
