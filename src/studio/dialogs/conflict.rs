//! Rows that others changed meanwhile: what was seen, what is there now, and what was to be written,
//! beside each other. For each column one says whose value holds.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::data::edits::{Change, Conflict, Input, Planned, Step};
use crate::data::relation::{Identity, Relation};
use crate::glyphs;
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Answer, Cx, Effect, Layer, Refusal, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::list::ListState;
use crate::studio::widgets::{pane, text};

/// What one line of the dialog is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    /// A row: its change's place.
    Row(usize),
    /// A column of it that one has changed.
    Column(usize, String),
}

/// The dialog.
pub struct ConflictDialog {
    rows: Vec<(Planned, Conflict)>,
    /// Of which columns of which rows mine is kept, once that is decided; a row that is deleted here,
    /// or gone there, has one entry, by no name.
    mine: BTreeMap<(usize, String), Option<bool>>,
    lines: Vec<Line>,
    list: ListState,
}

impl ConflictDialog {
    /// For the changes that met others'.
    #[must_use]
    pub fn new(changes: &[Planned], conflicts: Vec<Conflict>) -> Self {
        let rows: Vec<(Planned, Conflict)> = conflicts
            .into_iter()
            .filter_map(|conflict| Some((changes.get(conflict.at)?.clone(), conflict)))
            .collect();
        let mut lines = Vec::new();
        let mut mine = BTreeMap::new();
        for (at, ((relation, staged), conflict)) in rows.iter().enumerate() {
            lines.push(Line::Row(at));
            match (&staged.change, &conflict.theirs) {
                (Change::Update(values), Some(theirs)) => {
                    for column in values.keys() {
                        let place = relation.column(column);
                        let is_same = place.is_none_or(|at| theirs.get(at) == staged.seen.get(at));
                        // What nobody else has changed is mine without a question.
                        mine.insert((at, column.clone()), is_same.then_some(true));
                        if !is_same {
                            lines.push(Line::Column(at, column.clone()));
                        }
                    }
                }
                // Both delete it: there is nothing to decide.
                (Change::Delete, None) => {
                    mine.insert((at, String::new()), Some(false));
                }
                // Whether it is deleted, or is another row now, cannot be known: it is given up.
                _ if !is_found(relation) => {
                    mine.insert((at, String::new()), Some(false));
                }
                _ => {
                    mine.insert((at, String::new()), None);
                }
            }
        }
        Self {
            rows,
            mine,
            lines,
            list: ListState::default(),
        }
    }

    /// The entries that the line under the cursor stands for: one column's, or all of a row's.
    fn decide(&mut self, mine: bool) {
        let Some(line) = self.lines.get(self.list.cursor).cloned() else {
            return;
        };
        for ((row, column), kept) in &mut self.mine {
            let is_settled = !is_found(&self.rows[*row].0.0)
                || !column.is_empty() && !self.lines.contains(&Line::Column(*row, column.clone()));
            let is_meant = match &line {
                Line::Row(at) => row == at,
                Line::Column(at, name) => row == at && column == name,
            };
            if is_meant && !is_settled {
                *kept = Some(mine);
            }
        }
        self.list.step(1, self.lines.len());
    }

    /// Whether mine is kept; nothing where that is not decided.
    fn kept(&self, row: usize, column: &str) -> Option<bool> {
        self.mine.get(&(row, column.to_owned())).copied().flatten()
    }

    fn is_mine(&self, row: usize, column: &str) -> bool {
        self.kept(row, column) == Some(true)
    }

    /// What was decided, as a step for each row.
    fn steps(&self) -> Vec<(u32, Step)> {
        let steps = self.rows.iter().enumerate().filter_map(|(at, row)| {
            let ((relation, staged), conflict) = row;
            let who = staged.who.clone();
            let step = match (&staged.change, &conflict.theirs) {
                (Change::Update(values), Some(theirs)) => Step::Rebase {
                    who,
                    seen: theirs.clone(),
                    values: values
                        .iter()
                        .filter(|(column, _)| self.is_mine(at, column))
                        .map(|(column, input)| (column.clone(), input.clone()))
                        .collect(),
                },
                // It is gone, and is to be there: it is added again as it was seen, with my values.
                (Change::Update(values), None) if self.is_mine(at, "") => {
                    let given =
                        |value: &Option<String>| value.clone().map_or(Input::Null, Input::Text);
                    let seen = relation.columns.iter().zip(&staged.seen);
                    let seen = seen.filter(|(column, _)| !column.generated);
                    let mut all: BTreeMap<String, Input> = seen
                        .map(|(column, value)| (column.name.clone(), given(value)))
                        .collect();
                    all.extend(values.clone());
                    Step::Together(vec![
                        Step::Forget(who),
                        Step::Add {
                            number: u64::MAX,
                            values: all,
                        },
                    ])
                }
                (Change::Delete, Some(theirs)) if self.is_mine(at, "") => Step::Together(vec![
                    Step::Forget(who.clone()),
                    Step::Delete {
                        who,
                        seen: theirs.clone(),
                    },
                ]),
                (Change::Insert(_), _) => return None,
                _ => Step::Forget(who),
            };
            Some((relation.oid, step))
        });
        steps.collect()
    }

    fn words(&self, line: &Line) -> Vec<(String, Role)> {
        match line {
            Line::Row(at) => {
                let ((relation, staged), conflict) = &self.rows[*at];
                let row = staged.which(relation);
                let what = match (&staged.change, &conflict.theirs, self.kept(*at, "")) {
                    _ if !is_found(relation) => {
                        "changed or deleted by another: it has no key to be found again by"
                    }
                    (Change::Delete, Some(_), None) => "changed by another · does it go?",
                    (Change::Delete, Some(_), Some(false)) => {
                        "changed by another · theirs: it stays"
                    }
                    (Change::Delete, Some(_), Some(true)) => {
                        "changed by another · mine: it goes all the same"
                    }
                    (Change::Delete, None, _) => "deleted by another as well",
                    (_, None, None) => "deleted by another · is it added again?",
                    (_, None, Some(false)) => "deleted by another · theirs: it is gone",
                    (_, None, Some(true)) => "deleted by another · mine: it is added again",
                    _ => "changed by another",
                };
                vec![
                    (format!("{} {row}", relation.name), Role::Title),
                    (what.to_owned(), Role::Warning),
                ]
            }
            Line::Column(at, column) => {
                let ((relation, staged), conflict) = &self.rows[*at];
                let place = relation.column(column);
                let value = |row: Option<&Vec<Option<String>>>| {
                    let value = place.and_then(|place| row?.get(place)?.clone());
                    value.unwrap_or_else(|| glyphs::NULL.to_owned())
                };
                let mine = match &staged.change {
                    Change::Update(values) => values.get(column),
                    _ => None,
                };
                let mine = match mine {
                    Some(Input::Text(text)) => text.clone(),
                    Some(Input::Default) => "default".to_owned(),
                    _ => glyphs::NULL.to_owned(),
                };
                let kept = self.kept(*at, column);
                let role = |holds: bool| match kept {
                    None => Role::Text,
                    Some(kept) if kept == holds => Role::Good,
                    Some(_) => Role::Dim,
                };
                let (theirs_role, mine_role) = (role(false), role(true));
                let mark = |holds: bool| if kept == Some(holds) { "● " } else { "○ " };
                vec![
                    (format!("  {column}"), Role::Text),
                    (value(Some(&staged.seen)), Role::Dim),
                    (
                        format!("{}{}", mark(false), value(conflict.theirs.as_ref())),
                        theirs_role,
                    ),
                    (format!("{}{mine}", mark(true)), mine_role),
                ]
            }
        }
    }
}

/// Whether a row that another changed can be found again: by its key alone.
fn is_found(relation: &Relation) -> bool {
    matches!(relation.identity, Identity::Key(_))
}

impl Layer for ConflictDialog {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Conflict, Scope::Moving]
    }

    fn enabled(&self, command: Command, _: &Shared) -> Result<(), Refusal> {
        let open = self.mine.values().filter(|kept| kept.is_none()).count();
        match (command, open) {
            (Command::Resolve, 1..) => {
                Err(format!("m keeps mine, t takes theirs: {open} not decided yet").into())
            }
            _ => Ok(()),
        }
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        let len = self.lines.len();
        match command {
            Command::Close => cx.ask(Effect::Pop),
            Command::Up => self.list.step(-1, len),
            Command::Down => self.list.step(1, len),
            Command::KeepMine => self.decide(true),
            Command::TakeTheirs => self.decide(false),
            Command::Resolve => {
                let answer = Answer::Resolved(self.steps());
                cx.ask(Effect::Answer(Box::new(answer)));
            }
            _ => {}
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let width = area.width.saturating_sub(4).min(120);
        let lines = u16::try_from(self.lines.len()).unwrap_or(u16::MAX);
        let frame = pane::centered(area, width, lines.saturating_add(4));
        let what = match self.rows.len() {
            1 => "Another changed this row meanwhile: nothing was written".to_owned(),
            many => format!("Others changed {many} rows meanwhile: nothing was written"),
        };
        let inner = pane::popup(frame, buffer, theme, &what, "");
        let share = inner.width.saturating_sub(2) / 4;
        let x = |column: u16| inner.x + 1 + column * share;
        for (column, head) in ["column", "as I saw it", "theirs, now", "mine"]
            .iter()
            .enumerate()
        {
            let column = u16::try_from(column).unwrap_or(0);
            text::put(
                buffer,
                x(column),
                inner.y,
                share.saturating_sub(1),
                head,
                theme.style(Role::Dim),
            );
        }
        let body = Rect {
            y: inner.y + 1,
            height: inner.height.saturating_sub(1),
            ..inner
        };
        for (y, at) in (body.y..body.bottom()).zip(self.list.visible(self.lines.len(), body.height))
        {
            let here = at == self.list.cursor;
            if here {
                let whole = Rect {
                    y,
                    height: 1,
                    ..body
                };
                buffer.set_style(whole, theme.style(Role::Trace));
            }
            let words = self.words(&self.lines[at]);
            let is_row = matches!(self.lines[at], Line::Row(_));
            for (column, (word, role)) in words.iter().enumerate() {
                let column = u16::try_from(column).unwrap_or(0) * if is_row { 2 } else { 1 };
                let room = if is_row { share * 2 } else { share };
                let ground = if here { Role::Trace } else { Role::Text };
                let style = theme.on(*role, ground);
                text::put(buffer, x(column), y, room.saturating_sub(1), word, style);
            }
        }
    }
}
