//! What will be written, before it is: every row's change, what it does besides, and the statement.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::data::catalog::rows as rows_in_words;
use crate::data::edits::{
    self, Action, Change, Effect as Consequence, Input, Planned, Staged, Who,
};
use crate::data::relation::Relation;
use crate::fault::Fault;
use crate::glyphs;
use crate::sql::change;
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Answer, Cx, Effect, Layer, Refusal, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::list::ListState;
use crate::studio::widgets::{fault, pane, text};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

/// The dialog.
pub struct ReviewDialog {
    changes: Vec<Planned>,
    weighed: Option<Vec<(Planned, Vec<Consequence>)>>,
    left_out: BTreeSet<usize>,
    asked: Option<Ticket>,
    fault: Option<Fault>,
    list: ListState,
    area: Rect,
}

impl ReviewDialog {
    /// For what is staged.
    #[must_use]
    pub fn new(changes: Vec<Planned>) -> Self {
        Self {
            changes,
            weighed: None,
            left_out: BTreeSet::new(),
            asked: None,
            fault: None,
            list: ListState::default(),
            area: Rect::default(),
        }
    }

    fn weighed(&self) -> &[(Planned, Vec<Consequence>)] {
        self.weighed.as_deref().unwrap_or_default()
    }

    fn chosen(&self) -> Vec<Planned> {
        let all = self.weighed().iter().enumerate();
        all.filter(|(at, _)| !self.left_out.contains(at))
            .map(|(_, (change, _))| change.clone())
            .collect()
    }

    fn sql(&self) -> String {
        let statements = self.chosen();
        let statements = statements.iter().map(|(relation, staged)| {
            format!("{};\n", change::shown(&change::written(relation, staged)))
        });
        format!("BEGIN;\n{}COMMIT;\n", statements.collect::<String>())
    }

    /// What the change under the cursor does besides, and its statement.
    fn detail(&self, room: u16) -> Vec<(String, Role)> {
        let Some(((relation, staged), besides)) = self.weighed().get(self.list.cursor) else {
            return Vec::new();
        };
        let besides = besides
            .iter()
            .map(|effect| format!("⚠ {}", consequence(effect)));
        let besides = besides.map(|line| (line, Role::Warning));
        let sql = change::shown(&change::written(relation, staged));
        let sql = pane::wrapped(&sql, room)
            .into_iter()
            .map(|line| (line, Role::Text));
        besides.chain(sql).collect()
    }

    fn draw_list(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        self.area = area;
        let len = self.weighed().len();
        let visible = self.list.visible(len, area.height);
        for (y, at) in (area.y..area.bottom()).zip(visible) {
            let ((relation, staged), besides) = &self.weighed()[at];
            let here = at == self.list.cursor;
            let out = self.left_out.contains(&at);
            let whole = Rect {
                y,
                height: 1,
                ..area
            };
            let ground = if here { Role::Trace } else { Role::Text };
            buffer.set_style(whole, theme.style(ground));
            let (sign, role) = match (&staged.change, out) {
                (_, true) => (" ", Role::Dim),
                (Change::Update(_), _) => ("~", Role::Warning),
                (Change::Insert(_), _) => ("+", Role::Good),
                (Change::Delete, _) => ("-", Role::Error),
            };
            let number = format!("{:>3} ", at + 1);
            let x = text::put(buffer, area.x, y, 5, &number, theme.on(Role::Dim, ground));
            let x = text::put(buffer, x, y, 2, sign, theme.on(role, ground));
            let besides: Vec<String> = besides.iter().map(consequence).collect();
            let risk = match besides.len() {
                0 => String::new(),
                1 => format!("⚠ {}", besides[0]),
                more => format!("⚠ {} … and {} more", besides[0], more - 1),
            };
            let risk_width = text::width(&risk).min(whole.width / 2);
            let words = if out { "left out: " } else { "" };
            let words = format!(" {words}{}", summary(relation, staged));
            let room = whole.right().saturating_sub(x + risk_width + 2);
            let style = if out { Role::Dim } else { ground };
            text::put(buffer, x, y, room, &words, theme.on(style, ground));
            let x = whole.right().saturating_sub(risk_width + 1);
            text::put(
                buffer,
                x,
                y,
                risk_width,
                &risk,
                theme.on(Role::Warning, ground),
            );
        }
    }
}

/// `also deletes 3 rows of session`.
fn consequence(effect: &Consequence) -> String {
    let rows = effect
        .rows
        .map_or_else(|| "many rows".to_owned(), rows_in_words);
    let table = &effect.table;
    match effect.action {
        Action::Cascades => format!("also deletes {rows} of {table}"),
        Action::SetsNull => format!("sets NULL in {rows} of {table}"),
        Action::SetsDefault => format!("sets the default in {rows} of {table}"),
        Action::Forbids => format!("{rows} of {table} still refer to it: it cannot go"),
    }
}

/// One row's change in words: what it is given, and which row it is.
fn summary(relation: &Relation, staged: &Staged) -> String {
    let row = match &staged.who {
        Who::Old(_) => format!("{} {}", relation.name, staged.which(relation)),
        Who::New(_) => relation.name.clone(),
    };
    match &staged.change {
        Change::Delete => row,
        Change::Update(values) => {
            let changes = values.iter().map(|(column, input)| {
                let at = relation.column(column);
                let before = at.and_then(|at| staged.seen.get(at)).cloned().flatten();
                let before = before.map_or(glyphs::NULL.to_owned(), |text| quoted(&text));
                format!("{column} {before} → {}", given(input))
            });
            format!("{row}: {}", changes.collect::<Vec<_>>().join(", "))
        }
        Change::Insert(values) => {
            let defaults = relation.columns.len().saturating_sub(values.len());
            let given = values
                .iter()
                .map(|(column, input)| format!("{column} {}", given(input)));
            let mut parts: Vec<String> = given.collect();
            match defaults {
                0 => {}
                1 => parts.push("1 column by default".to_owned()),
                more => parts.push(format!("{more} columns by default")),
            }
            format!("{row}: {}", parts.join(", "))
        }
    }
}

fn given(input: &Input) -> String {
    match input {
        Input::Null => glyphs::NULL.to_owned(),
        Input::Default => "default".to_owned(),
        Input::Text(text) => quoted(text),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", edits::short(text))
}

impl Layer for ReviewDialog {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Review, Scope::Moving]
    }

    fn enabled(&self, command: Command, _: &Shared) -> Result<(), Refusal> {
        match command {
            Command::Commit if self.weighed.is_none() => {
                Err("what it does is not known yet".into())
            }
            Command::Commit if self.chosen().is_empty() => Err("everything is left out".into()),
            _ => Ok(()),
        }
    }

    fn on_open(&mut self, cx: &mut Cx<'_>) {
        self.asked = Some(cx.db(DbRequest::Weigh(self.changes.clone())));
    }

    fn on_db(&mut self, ticket: Ticket, reply: DbReply, _: &mut Cx<'_>) {
        if self.asked != Some(ticket) {
            return;
        }
        match reply {
            DbReply::Part(Part::Weighed(weighed)) => self.weighed = Some(weighed),
            DbReply::Failed(fault) => self.fault = Some(fault),
            DbReply::Cancelled => self.fault = Some(Fault::cancelled()),
            _ => {}
        }
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        let len = self.weighed().len();
        let page = isize::try_from(self.area.height.max(1)).unwrap_or(1);
        let at = self.list.cursor;
        match command {
            Command::Close => cx.ask(Effect::Pop),
            Command::Up => self.list.step(-1, len),
            Command::Down => self.list.step(1, len),
            Command::PageUp => self.list.step(-page, len),
            Command::PageDown => self.list.step(page, len),
            Command::First => self.list.cursor = 0,
            Command::Last => self.list.cursor = len.saturating_sub(1),
            Command::LeaveOut => {
                if !self.left_out.remove(&at) {
                    self.left_out.insert(at);
                }
                self.list.step(1, len);
            }
            Command::CopySql => cx.ask(Effect::Copy(self.sql(), "the SQL".to_owned())),
            Command::Commit => {
                let answer = Answer::Commit(self.chosen());
                cx.ask(Effect::Answer(Box::new(answer)));
            }
            _ => {}
        }
    }

    fn on_mouse(&mut self, event: MouseEvent, _: &mut Cx<'_>) {
        let len = self.weighed().len();
        match event.kind {
            MouseEventKind::ScrollDown => self.list.step(3, len),
            MouseEventKind::ScrollUp => self.list.step(-3, len),
            MouseEventKind::Down(MouseButton::Left)
                if self.area.contains((event.column, event.row).into()) =>
            {
                self.list.cursor = self.list.line_at(event.row, self.area.y);
                self.list.step(0, len);
            }
            _ => {}
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let width = area.width.saturating_sub(4).min(130);
        let list = u16::try_from(self.changes.len())
            .unwrap_or(u16::MAX)
            .min(area.height / 2);
        let room = width.saturating_sub(4);
        let detail = self.detail(room);
        let below = u16::try_from(detail.len()).unwrap_or(u16::MAX);
        let below = below.clamp(4, (area.height / 3).max(4));
        let frame = pane::centered(area, width, list + below + 3);
        let what = match self.changes.len() {
            1 => "Review 1 change".to_owned(),
            many => format!("Review {many} changes"),
        };
        let inner = pane::popup(frame, buffer, theme, &what, "one transaction");
        if let Some(why) = &self.fault {
            fault::draw(inner, buffer, theme, why);
            return;
        }
        let top = Rect {
            height: list.min(inner.height),
            ..inner
        };
        if self.weighed.is_none() {
            pane::empty(inner, buffer, theme, &["Looking at what it does…"]);
            return;
        }
        self.draw_list(top, buffer, shared);
        let rule = "─".repeat(usize::from(inner.width));
        text::put(
            buffer,
            inner.x,
            top.bottom(),
            inner.width,
            &rule,
            theme.style(Role::Border),
        );
        for ((line, role), y) in detail.iter().zip(top.bottom() + 1..inner.bottom()) {
            text::put(buffer, inner.x + 1, y, room, line, theme.style(*role));
        }
    }
}
