//! What a column holds: figures, the commonest values, and how numbers and times are spread.

use std::sync::Arc;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::data::catalog::grouped;
use crate::data::filter::Condition;
use crate::data::profile::{Bucket, Common, Profile};
use crate::data::relation::Relation;
use crate::data::{Align, Column};
use crate::fault::Fault;
use crate::glyphs;
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Answer, Cx, Effect, Layer, Refusal, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::list::ListState;
use crate::studio::widgets::{bars, pane, text};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

/// How long the server may look at all rows, and then at some of them.
const DEADLINE: Duration = Duration::from_secs(10);
const WIDTH: u16 = 84;
/// The room that a figure's name takes.
const NAMES: u16 = 10;

/// The dialog.
pub struct ProfileDialog {
    relation: Arc<Relation>,
    column: usize,
    asked: Option<Ticket>,
    found: Option<Result<Profile, Fault>>,
    list: ListState,
    /// The bars, without what stands above them.
    area: Rect,
}

/// A line below the figures.
#[derive(Clone, Copy)]
enum Line<'a> {
    Heading(&'static str),
    Value(&'a Common),
    Bucket(&'a Bucket),
}

impl ProfileDialog {
    /// Asks about a column by its place, once it is open.
    #[must_use]
    pub fn new(relation: Arc<Relation>, column: usize) -> Self {
        Self {
            relation,
            column,
            asked: None,
            found: None,
            list: ListState::default(),
            area: Rect::default(),
        }
    }

    fn column(&self) -> Option<&Column> {
        self.relation.columns.get(self.column)
    }

    fn profile(&self) -> Option<&Profile> {
        self.found.as_ref()?.as_ref().ok()
    }

    fn lines(&self) -> Vec<Line<'_>> {
        let Some(profile) = self.profile() else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        if profile.is_unique() {
            lines.push(Line::Heading("No two rows have the same value"));
        } else if !profile.common.is_empty() {
            lines.push(Line::Heading("The commonest values"));
            lines.extend(profile.common.iter().map(Line::Value));
        }
        if !profile.buckets.is_empty() {
            lines.push(Line::Heading("How they are spread"));
            lines.extend(profile.buckets.iter().map(Line::Bucket));
        }
        lines
    }

    /// Moves the cursor; a heading is passed over where there is something beyond it.
    fn step(&mut self, by: isize) {
        let lines = self.lines();
        let is_heading = |at: usize| matches!(lines.get(at), Some(Line::Heading(_)));
        let mut list = self.list;
        list.step(by, lines.len());
        if is_heading(list.cursor) {
            list.step(if by < 0 { -1 } else { 1 }, lines.len());
        }
        if is_heading(list.cursor) {
            list.step(1, lines.len());
        }
        if list.cursor <= 1 {
            // What stands above the first value belongs to it.
            list.top = 0;
        }
        self.list = list;
    }

    fn chosen(&self) -> Option<Line<'_>> {
        self.lines().get(self.list.cursor).copied()
    }

    /// Filters by the value under the cursor.
    fn choose(&self, cx: &mut Cx<'_>) {
        match (self.chosen(), self.column()) {
            (Some(Line::Value(value)), _) if value.is_cut => {
                cx.refuse("only the first part of this value is here");
            }
            (Some(Line::Value(value)), Some(column)) => {
                let condition = Condition::on_value(column, Some(&value.text), false);
                let answer = Answer::Condition(None, condition);
                cx.ask(Effect::Answer(Box::new(answer)));
            }
            _ => cx.refuse("it is one of the commonest values that can be filtered by here"),
        }
    }

    fn copy(&self, cx: &mut Cx<'_>) {
        let (text, what) = match self.chosen() {
            Some(Line::Value(value)) => (value.text.clone(), "the value"),
            Some(Line::Bucket(bucket)) => (span(bucket), "the line"),
            _ => return,
        };
        cx.ask(Effect::Copy(text, what.to_owned()));
    }

    fn draw_figures(&self, area: Rect, buffer: &mut Buffer, shared: &Shared) -> u16 {
        let theme = &shared.theme;
        let Some(profile) = self.profile() else {
            return 0;
        };
        let mut y = area.y;
        for pair in figures(profile).chunks(2) {
            let half = area.width / u16::try_from(pair.len()).unwrap_or(1);
            for ((name, value), x) in pair.iter().zip([area.x, area.x + half]) {
                text::put(buffer, x, y, NAMES, name, theme.style(Role::Dim));
                let room = half.saturating_sub(NAMES + 1);
                text::put(buffer, x + NAMES, y, room, value, theme.style(Role::Text));
            }
            y += 1;
        }
        for (name, value) in [("least", &profile.least), ("greatest", &profile.greatest)] {
            if let Some(value) = value {
                text::put(buffer, area.x, y, NAMES, name, theme.style(Role::Dim));
                let room = area.width.saturating_sub(NAMES);
                text::put(
                    buffer,
                    area.x + NAMES,
                    y,
                    room,
                    value,
                    theme.style(Role::Text),
                );
                y += 1;
            }
        }
        y - area.y
    }

    fn draw_bars(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let mut list = self.list;
        let lines = self.lines();
        let labels = lines.iter().map(|line| text::width(&label(*line)));
        let label_width = labels.max().unwrap_or(0).min(area.width * 2 / 5);
        for (y, at) in (area.y..area.bottom()).zip(list.visible(lines.len(), area.height)) {
            let whole = Rect {
                y,
                height: 1,
                ..area
            };
            let here = at == list.cursor;
            self.draw_line(lines[at], here, label_width, whole, buffer, shared);
        }
        self.list = list;
    }

    fn draw_line(
        &self,
        line: Line<'_>,
        here: bool,
        label_width: u16,
        area: Rect,
        buffer: &mut Buffer,
        shared: &Shared,
    ) {
        let theme = &shared.theme;
        let (count, profile) = match (line, self.profile()) {
            (Line::Value(value), Some(profile)) => (value.count, profile),
            (Line::Bucket(bucket), Some(profile)) => (bucket.count, profile),
            (Line::Heading(words), _) => {
                let style = theme.style(Role::Dim);
                text::put(buffer, area.x, area.y, area.width, words, style);
                return;
            }
            (_, None) => return,
        };
        let most = match line {
            Line::Bucket(_) => profile.buckets.iter().map(|bucket| bucket.count).max(),
            _ => profile.common.iter().map(|value| value.count).max(),
        };
        let role = if here { Role::Cursor } else { Role::Text };
        let label_area = Rect {
            width: (label_width + 2).min(area.width),
            ..area
        };
        buffer.set_style(label_area, theme.style(role));
        let style = theme.style(role);
        let align = self.column().map_or(Align::Left, Column::align);
        let at = (area.x + 1, area.y);
        text::put_aligned(buffer, at, label_width, &label(line), align, style);
        let fact = format!(
            "{:>10}  {:>7}",
            grouped(count),
            bars::percent(count, profile.rows)
        );
        let x = area.right().saturating_sub(text::width(&fact));
        let style = theme.style(Role::Dim);
        text::put(buffer, x, area.y, area.width, &fact, style);
        let from = area.x + label_width + 3;
        let room = x.saturating_sub(from + 1);
        let bar = bars::bar(count, most.unwrap_or(0), room);
        text::put(buffer, from, area.y, room, &bar, theme.style(Role::Accent));
    }

    fn title(&self) -> String {
        let column = self.column();
        column.map_or_else(String::new, |column| {
            format!("Profile of {} {}", column.name, column.short_type())
        })
    }
}

fn label(line: Line<'_>) -> String {
    match line {
        Line::Heading(_) => String::new(),
        Line::Value(value) if value.text.is_empty() => "empty".to_owned(),
        Line::Value(value) if value.is_cut => format!("{}{}", value.text, glyphs::MORE),
        Line::Value(value) => value.text.clone(),
        Line::Bucket(bucket) => span(bucket),
    }
}

/// `1 – 9`, or the one value that is in it.
fn span(bucket: &Bucket) -> String {
    if bucket.from == bucket.to {
        bucket.from.clone()
    } else {
        format!("{} – {}", bucket.from, bucket.to)
    }
}

/// The figures that stand two in a line, with their names.
fn figures(profile: &Profile) -> Vec<(&'static str, String)> {
    let share = |part| format!("{} · {}", grouped(part), bars::percent(part, profile.rows));
    let mut figures = vec![
        ("rows", grouped(profile.rows)),
        ("NULL", share(profile.nulls)),
        ("distinct", share(profile.distinct)),
    ];
    if let Some(mean) = &profile.mean {
        figures.push(("mean", trimmed(mean).to_owned()));
    }
    if let Some(length) = &profile.length {
        figures.push(("length", format!("{} on average", trimmed(length))));
    }
    figures
}

/// A number without the noughts at its end that say nothing.
fn trimmed(number: &str) -> &str {
    if number.contains('.') && !number.contains('e') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    }
}

impl Layer for ProfileDialog {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::List, Scope::Moving]
    }

    fn enabled(&self, command: Command, _: &Shared) -> Result<(), Refusal> {
        match command {
            Command::Choose if !matches!(self.chosen(), Some(Line::Value(_))) => {
                Err("the cursor is on no value".into())
            }
            _ => Ok(()),
        }
    }

    fn on_open(&mut self, cx: &mut Cx<'_>) {
        self.asked = Some(cx.db(DbRequest::Profile {
            relation: Arc::clone(&self.relation),
            column: self.column,
            deadline: DEADLINE,
        }));
    }

    fn on_db(&mut self, ticket: Ticket, reply: DbReply, _: &mut Cx<'_>) {
        if self.asked != Some(ticket) {
            return;
        }
        match reply {
            DbReply::Part(Part::Profile(profile)) => {
                self.found = Some(Ok(*profile));
                self.step(0);
            }
            DbReply::Part(_) | DbReply::Done => {}
            DbReply::Failed(fault) => self.found = Some(Err(fault)),
            DbReply::Cancelled => {
                self.found = Some(Err(Fault::new("Looking at the column was cancelled")));
            }
        }
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        let page = isize::try_from(self.area.height.max(1)).unwrap_or(1);
        match command {
            Command::Close => {
                if let (Some(ticket), None) = (self.asked, &self.found) {
                    cx.ask(Effect::Cancel(ticket));
                }
                cx.ask(Effect::Pop);
            }
            Command::Choose => self.choose(cx),
            Command::Copy => self.copy(cx),
            Command::ListUp | Command::Up => self.step(-1),
            Command::ListDown | Command::Down => self.step(1),
            Command::ListPageUp | Command::PageUp => self.step(-page),
            Command::ListPageDown | Command::PageDown => self.step(page),
            Command::HalfUp => self.step(-page / 2),
            Command::HalfDown => self.step(page / 2),
            Command::First | Command::RowStart => self.step(isize::MIN),
            Command::Last | Command::RowEnd => self.step(isize::MAX),
            _ => {}
        }
    }

    fn on_mouse(&mut self, event: MouseEvent, cx: &mut Cx<'_>) {
        match event.kind {
            MouseEventKind::ScrollDown => self.step(3),
            MouseEventKind::ScrollUp => self.step(-3),
            MouseEventKind::Down(MouseButton::Left)
                if self.area.contains((event.column, event.row).into()) =>
            {
                let line = self.list.line_at(event.row, self.area.y);
                if matches!(self.lines().get(line), Some(Line::Value(_))) {
                    self.list.cursor = line;
                    self.choose(cx);
                }
            }
            _ => {}
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let lines = self.lines().len();
        let figures = self.profile().map_or(3, |profile| {
            let ends =
                usize::from(profile.least.is_some()) + usize::from(profile.greatest.is_some());
            figures(profile).len().div_ceil(2) + ends
        });
        let height = u16::try_from(figures + lines + 3).unwrap_or(u16::MAX);
        let frame = pane::centered(area, WIDTH, height);
        let fact = match self.profile() {
            Some(profile) if profile.is_sample => "a sample: all would take too long",
            _ if !self.relation.filter.is_empty() => "of the rows that pass the filter",
            _ => "",
        };
        let inner = pane::popup(frame, buffer, theme, &self.title(), fact);
        let inner = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(2),
            ..inner
        };
        match &self.found {
            None => {
                pane::empty(
                    inner,
                    buffer,
                    theme,
                    &["Looking at the rows…", "esc gives up"],
                );
                return;
            }
            Some(Err(fault)) => {
                let parts = [Some(&fault.what), fault.why.as_ref(), fault.remedy.as_ref()];
                let words: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
                pane::empty(inner, buffer, theme, &words);
                return;
            }
            Some(Ok(_)) => {}
        }
        let used = self.draw_figures(inner, buffer, shared) + 1;
        self.area = Rect {
            y: inner.y + used.min(inner.height),
            height: inner.height.saturating_sub(used),
            ..inner
        };
        self.draw_bars(self.area, buffer, shared);
        if self.list.top + usize::from(self.area.height) < lines {
            let (x, y) = (frame.right().saturating_sub(10), frame.bottom() - 1);
            text::put(buffer, x, y, 8, " more ↓ ", theme.style(Role::Dim));
        }
    }
}
