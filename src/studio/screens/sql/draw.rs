//! How the consoles look: the text above, what came of it below, and where one is in words.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Sql;
use super::console::{Console, Gone, Link};
use super::grid::{self, Overlay};
use super::planned::Sent;
use super::ran::{Ran, State};
use crate::data::catalog::{bytes as bytes_in_words, grouped, rows as rows_in_words};
use crate::data::result::Transaction;
use crate::data::tally::Tally;
use crate::fault::Fault;
use crate::studio::keys::Command;
use crate::studio::layer::Shared;
use crate::studio::theme::{Role, Theme};
use crate::studio::widgets::editor::vim::Mode;
use crate::studio::widgets::grid::{Sheet, said, with_column};
use crate::studio::widgets::{pane, text};
use crate::studio::work::console::Progress;

/// The text has at least so many lines of the screen, with its border.
const TEXT: u16 = 6;
/// So many of what the server said beside the rows are shown.
const NOTICES: usize = 3;

impl Sql {
    /// Draws the console that is shown.
    pub(super) fn draw_consoles(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let title = self.title();
        let Some(console) = self.consoles.get_mut(self.current) else {
            return;
        };
        let height = if console.results.is_empty() {
            area.height
        } else {
            (area.height * 2 / 5).max(TEXT).min(area.height)
        };
        let above = Rect { height, ..area };
        let below = Rect {
            y: area.y + height,
            height: area.height - height,
            ..area
        };
        self.text_area = draw_text(console, above, buffer, shared, &title);
        self.result_area = Rect::default();
        if !console.results.is_empty() {
            self.result_area = draw_result(console, below, buffer, shared);
        }
        let cursor = console.editor.cell_of_cursor();
        if let (Some(suggest), Some(at), false) = (&mut console.suggest, cursor, console.in_results)
        {
            suggest.draw(at, area, buffer, shared);
        }
    }

    /// The consoles by their names, the one that is shown in brackets.
    fn title(&self) -> String {
        let names = self.consoles.iter().enumerate().map(|(at, console)| {
            let runs = if console.running().is_some() {
                " ●"
            } else {
                ""
            };
            if at == self.current && self.consoles.len() > 1 {
                format!("[{}{runs}]", console.name)
            } else {
                format!("{}{runs}", console.name)
            }
        });
        format!("console {}", names.collect::<Vec<_>>().join(" "))
    }

    /// Where one is, and what is going on.
    pub(super) fn place(&self, shared: &Shared, room: u16) -> (String, String) {
        let Some(console) = self.console() else {
            return (String::new(), String::new());
        };
        let right = match console.running() {
            _ if console.watching.is_some() => watched(console, shared),
            _ if console.asking.is_some() => busy("asking about the parameters", shared),
            Some(ran) if !ran.is_paused() => going_on(ran, shared),
            _ if console.result().is_some_and(|ran| ran.sifting.is_some()) => {
                busy("putting the rows in order", shared)
            }
            _ if console.in_results => {
                let name = |command| shared.keymap.first_name(command).unwrap_or_default();
                let types = format!("{} types", name(Command::TypeText));
                let staged = Tally::of(shared.staged.values().map(|(_, edits)| edits)).words();
                if staged.is_empty() {
                    format!("keys are commands · {types}")
                } else {
                    format!(
                        "{staged} · {} reviews · {types}",
                        name(Command::ReviewEdits)
                    )
                }
            }
            _ => String::new(),
        };
        let left = match console.result() {
            Some(ran) if console.in_results => {
                ran.position(shared, room.saturating_sub(text::width(&right)))
            }
            _ => {
                let (row, column) = console.editor.cursor();
                let place = format!("line {}, column {}", row + 1, column + 1);
                let mode = console.editor.mode().filter(|_| !console.in_results);
                let mode = mode.map_or("", Mode::name);
                join(&[mode, &place, console.editor.pending()])
            }
        };
        (left, right)
    }
}

/// What is waited for, and how it is stopped.
fn busy(what: &str, shared: &Shared) -> String {
    let sign = text::moving(shared.tick);
    let keys = shared.keymap.first_name(Command::Interrupt);
    format!("{sign} {what} · {} cancels", keys.unwrap_or_default())
}

/// What runs, since when, and how it is stopped.
fn going_on(ran: &Ran, shared: &Shared) -> String {
    let State::Running(since) = ran.state else {
        return String::new();
    };
    let sign = text::moving(shared.tick);
    let rows = match (ran.loaded(), &ran.copied) {
        (0, Some(progress)) if progress.bytes > 0 => format!(", {}", copied(progress)),
        (0, _) => String::new(),
        (rows, _) => format!(", {}", rows_in_words(rows)),
    };
    let seconds = shared.now.duration_since(since).as_secs();
    let keys = shared.keymap.first_name(Command::Interrupt);
    let keys = keys.unwrap_or_default();
    format!("{sign} running, {seconds} s{rows} · {keys} cancels")
}

/// What is watched, how often it was run, and how that is stopped.
fn watched(console: &Console, shared: &Shared) -> String {
    let Some(watching) = &console.watching else {
        return String::new();
    };
    let sign = text::moving(shared.tick);
    let every = match watching.every {
        every if every.subsec_millis() == 0 => format!("{} s", every.as_secs()),
        every => time(every),
    };
    let keys = shared.keymap.first_name(Command::Interrupt);
    let keys = keys.unwrap_or_default();
    format!(
        "{sign} run {}, every {every} · {keys} stops",
        grouped(watching.runs)
    )
}

/// How much was copied: `3 rows, 12 kB`, `12 kB of 48 kB`.
fn copied(progress: &Progress) -> String {
    let size = bytes_in_words(progress.bytes);
    match (progress.rows, progress.of) {
        (Some(rows), _) => format!("{}, {size}", rows_in_words(rows)),
        (None, Some(of)) => format!("{size} of {}", bytes_in_words(of)),
        (None, None) => size,
    }
}

fn draw_text(
    console: &mut Console,
    area: Rect,
    buffer: &mut Buffer,
    shared: &Shared,
    title: &str,
) -> Rect {
    let theme = &shared.theme;
    let focused = !console.in_results;
    let (mut fact, mut role) = standing(&console.link, console.by_hand, console.running());
    if let Some(timeout) = console.timeout.filter(|one| one.millis().is_some()) {
        fact = format!("{fact} · at most {timeout}");
    }
    if console.watching.is_some() {
        (fact, role) = (format!("{fact} · watching"), Role::Accent);
    }
    let inner = pane::pane(area, buffer, theme, title, "", focused);
    let width = text::width(&fact);
    let x = area.right().saturating_sub(width + 3);
    text::put(
        buffer,
        x,
        area.y,
        width + 2,
        &format!(" {fact} "),
        theme.style(role),
    );
    if let Link::Lost(fault, gone) = &console.link {
        return draw_lost(console, inner, buffer, theme, (&fault.clone(), *gone));
    }
    console.draw_text(inner, buffer, theme);
    if console.editor.is_empty() {
        let run = shared.keymap.first_name(Command::RunStatement);
        let begins = match console.editor.mode() {
            Some(mode) if !mode.is_typing() => "i begins to type SQL",
            _ => "Type SQL",
        };
        let hint = format!("{begins}; {} runs it.", run.unwrap_or_default());
        let room = inner.width.saturating_sub(8);
        text::put(
            buffer,
            inner.x + 6,
            inner.y,
            room,
            &hint,
            theme.style(Role::Dim),
        );
    }
    inner
}

/// The session, as the border of its text says it.
fn standing(link: &Link, by_hand: bool, running: Option<&Ran>) -> (String, Role) {
    match link {
        Link::Open(Transaction::Idle) if running.is_some_and(Ran::is_paused) => {
            ("autocommit · rows waiting".to_owned(), Role::Warning)
        }
        Link::Open(Transaction::Idle) if running.is_some() => {
            ("autocommit · running".to_owned(), Role::Accent)
        }
        Link::Connecting => ("connecting…".to_owned(), Role::Dim),
        Link::Open(Transaction::Idle) if by_hand => {
            ("commit by hand · idle".to_owned(), Role::Warning)
        }
        Link::Open(Transaction::Idle) => ("autocommit · idle".to_owned(), Role::Dim),
        Link::Open(Transaction::Open) => ("in a transaction".to_owned(), Role::Warning),
        Link::Open(Transaction::Failed) => (
            "the transaction has failed: rollback".to_owned(),
            Role::Error,
        ),
        Link::Lost(..) => ("no session".to_owned(), Role::Error),
    }
}

/// What was lost with the session stands above the text, which is kept.
fn draw_lost(
    console: &mut Console,
    area: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
    (fault, gone): (&Fault, Gone),
) -> Rect {
    let gone = match gone {
        Gone::Nothing => fault.why.as_deref().unwrap_or("The text is kept."),
        Gone::Session => {
            "Its temporary tables and settings are gone; the text and the results are kept."
        }
        Gone::Transaction => {
            "The open transaction is gone with it, and temporary tables and settings are."
        }
    };
    let anew = if console.is_two_from_commands() {
        "esc, esc, then r, begins a new session."
    } else {
        "esc, then r, begins a new session."
    };
    let lines = [fault.what.as_str(), gone, anew];
    let roles = [Role::Error, Role::Text, Role::Dim];
    let room = area.width.saturating_sub(2);
    let mut y = area.y;
    for (line, role) in lines.iter().zip(roles) {
        for line in pane::wrapped(line, room) {
            if y < area.bottom() {
                text::put(buffer, area.x + 1, y, room, &line, theme.style(role));
                y += 1;
            }
        }
    }
    let rest = Rect {
        y,
        height: area.bottom().saturating_sub(y),
        ..area
    };
    console.draw_text(rest, buffer, theme);
    rest
}

fn draw_result(console: &mut Console, area: Rect, buffer: &mut Buffer, shared: &Shared) -> Rect {
    let theme = &shared.theme;
    let focused = console.in_results;
    let (at, of) = (console.shown + 1, console.results.len());
    let named = console.results.get(console.shown).map(Sent::title);
    let is_plan = console.plan_shown().is_some();
    let shown = console.results.get(console.shown);
    let is_named = shown.is_some_and(|sent| sent.label.is_some());
    let Some(ran) = console.result_mut() else {
        return area;
    };
    let named = named.unwrap_or_default();
    let title = match of {
        1 => named,
        _ => format!("{at} of {of} · {named}"),
    };
    let fact = ran.fact();
    let mut inner = pane::pane(area, buffer, theme, &title, &fact, focused);
    inner = draw_notices(ran, inner, buffer, shared);
    match (&ran.state, ran.relation.clone()) {
        (State::Failed(fault), _) => {
            inner = draw_fault(fault, inner, buffer, theme);
            // What came before is shown all the same.
            if ran.loaded() > 0 {
                grid::draw(ran, inner, buffer, shared, focused);
            }
        }
        (State::Done { .. }, Some(_)) if is_plan => {
            let keys = shared
                .keymap
                .first_name(Command::ViewCell)
                .unwrap_or_default();
            let said = format!("The plan is here: {keys} in this pane shows it.");
            pane::empty(inner, buffer, theme, &[&said]);
        }
        (_, Some(relation)) if ran.loaded() > 0 && !relation.columns.is_empty() => {
            grid::draw(ran, inner, buffer, shared, focused);
        }
        (State::Running(_), _) => {}
        (State::Cancelled, _) => pane::empty(
            inner,
            buffer,
            theme,
            &[
                "Cancelled.",
                "The server has stopped, and waits for what comes next.",
            ],
        ),
        // Rows of no columns are rows all the same: the tag counts them.
        (State::Done { tag, .. }, Some(relation)) if relation.columns.is_empty() => {
            pane::empty(inner, buffer, theme, &[tag]);
        }
        // psql's lines ask for what is called so.
        (State::Done { .. }, Some(_)) if is_named => {
            pane::empty(
                inner,
                buffer,
                theme,
                &["Nothing is called so, or can be seen by this role."],
            );
        }
        (State::Done { .. }, Some(_)) => pane::empty(inner, buffer, theme, &["No rows."]),
        (State::Done { tag, .. }, None) => {
            let said = if tag.is_empty() {
                "Nothing to do."
            } else {
                tag
            };
            pane::empty(inner, buffer, theme, &[said]);
        }
    }
    inner
}

/// The first of what the server said; the rest of the room is what comes back.
fn draw_notices(ran: &Ran, area: Rect, buffer: &mut Buffer, shared: &Shared) -> Rect {
    let theme = &shared.theme;
    let count = ran.notices.len() + ran.unkept;
    let shown = ran.notices.iter().take(NOTICES);
    let mut y = area.y;
    let room = area.width.saturating_sub(2);
    for notice in shown {
        let line = format!("{}: {}", notice.severity, notice.text);
        text::put(
            buffer,
            area.x + 1,
            y,
            room,
            &line,
            theme.style(Role::Warning),
        );
        y += 1;
    }
    if count > NOTICES {
        let keys = shared.keymap.first_name(Command::Messages);
        let more = grouped((count - NOTICES) as u64);
        let line = format!("… {more} more: {}", keys.unwrap_or_default());
        text::put(buffer, area.x + 1, y, room, &line, theme.style(Role::Dim));
        y += 1;
    }
    let y = y.min(area.bottom());
    Rect {
        y,
        height: area.bottom() - y,
        ..area
    }
}

/// Why a statement was refused; the room that is left.
fn draw_fault(fault: &Fault, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Rect {
    let room = area.width.saturating_sub(2);
    let state = fault
        .sqlstate
        .as_ref()
        .map(|state| format!("SQLSTATE {state}"));
    let remedy = fault
        .remedy
        .as_ref()
        .map(|remedy| format!("To do: {remedy}"));
    let lines = [
        (Some(fault.what.clone()), Role::Error),
        (fault.why.clone(), Role::Text),
        (fault.hint.clone(), Role::Text),
        (state, Role::Dim),
        (remedy, Role::Dim),
    ];
    let mut y = area.y;
    for (line, role) in lines {
        for line in pane::wrapped(&line.unwrap_or_default(), room) {
            if y < area.bottom() {
                text::put(buffer, area.x + 1, y, room, &line, theme.style(role));
                y += 1;
            }
        }
    }
    Rect {
        y,
        height: area.bottom() - y,
        ..area
    }
}

impl Ran {
    /// How it ended, or how far it is: `412 rows · 38 ms`.
    fn fact(&self) -> String {
        let rows = match (self.loaded(), &self.sifted) {
            (0, _) => String::new(),
            (_, Some(sifted)) if sifted.order.len() as u64 != sifted.of => {
                let shown = grouped(sifted.order.len() as u64);
                format!("{shown} of {}", rows_in_words(sifted.of))
            }
            (rows, _) => rows_in_words(rows),
        };
        match &self.state {
            State::Running(_) if self.is_paused() => format!("{rows} so far, more ↓"),
            State::Running(_) if rows.is_empty() => "running…".to_owned(),
            State::Running(_) => format!("{rows} so far…"),
            State::Done { tag, took } if rows.is_empty() => join(&[tag, &time(*took)]),
            State::Done { took, .. } => join(&[&rows, &time(*took)]),
            State::Failed(_) => join(&["failed", &rows]),
            State::Cancelled => join(&["cancelled", &rows]),
        }
    }

    /// Where the cursor is.
    fn position(&self, shared: &Shared, room: u16) -> String {
        let Some(relation) = self.relation.as_ref().filter(|_| self.has_cells()) else {
            return String::new();
        };
        let more = if self.is_running() && self.sifted.is_none() {
            "+"
        } else {
            ""
        };
        let row = grouped(self.grid.row as u64 + 1);
        let of = grouped(self.len() as u64);
        let column = relation.columns.get(self.grid.column);
        let column = column.map_or_else(String::new, |column| {
            format!(" · {} {}", column.name, column.short_type())
        });
        let sheet = Overlay::new(self, shared);
        let shown = sheet.cell(self.grid.row, self.grid.column);
        let value = shown.as_ref().map_or_else(String::new, said);
        let staged = if shown.is_some_and(|shown| shown.changed) {
            " · staged"
        } else {
            ""
        };
        let before = format!("row {row} of {of}{more}{column}");
        let after = format!("{value}{staged}");
        with_column(&before, &self.grid.column_in_words(), &after, room)
    }
}

fn join(parts: &[&str]) -> String {
    let parts = parts.iter().filter(|part| !part.is_empty());
    parts.copied().collect::<Vec<_>>().join(" · ")
}

/// A time as people read it: `38 ms`, `1.2 s`, `3 min 5 s`.
fn time(took: Duration) -> String {
    match took.as_millis() {
        0..1_000 => format!("{} ms", took.as_millis()),
        1_000..60_000 => format!("{:.1} s", took.as_secs_f64()),
        _ => format!("{} min {} s", took.as_secs() / 60, took.as_secs() % 60),
    }
}
