//! A statement that was run, and what has come of it: the rows in a grid, of which only those near
//! the ones in view are in memory here; what the server said; how it ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::held::Held;
use super::sifted::{STEP, Sifted, Sifting};
use super::source::{Editing, Source};
use crate::data::relation::Relation;
use crate::data::result::Notice;
use crate::data::{Cell, Rows};
use crate::fault::Fault;
use crate::studio::layer::Cx;
use crate::studio::screens::record::Record;
use crate::studio::widgets::grid::Grid;
use crate::studio::work::console::{Ask, Chunk, ConsoleId, Progress, Told, Way};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

/// How many rows are read at first, and beyond those that are looked at.
pub(super) const AHEAD: u64 = 1_000;
/// How many notices are kept.
const NOTICES: usize = 1_000;

/// How far a statement has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The server works on it, or waits for somebody to look further.
    Running(Instant),
    /// It is done.
    Done {
        /// Its tag, in the server's words.
        tag: String,
        /// How long it took.
        took: Duration,
    },
    /// The server refused it.
    Failed(Fault),
    /// It was stopped.
    Cancelled,
}

/// The statement.
#[derive(Debug)]
pub struct Ran {
    pub(super) console: ConsoleId,
    /// What it is called there.
    pub ticket: Ticket,
    since: Instant,
    /// Its text.
    pub sql: String,
    /// How far it has come.
    pub state: State,
    /// What the server said meanwhile.
    pub notices: Vec<Notice>,
    /// How many more it said than are kept.
    pub unkept: usize,
    /// The columns of its rows, once they are known.
    pub relation: Option<Arc<Relation>>,
    /// The rows.
    pub grid: Grid,
    rows: u64,
    /// The first row of each chunk.
    starts: Vec<u64>,
    held: Held,
    wanted: Option<u64>,
    /// Whether one wants to be on the last row, once it is here.
    to_end: bool,
    /// Which rows are shown in which order, where that is not all of them as they came; and what is to
    /// be shown so next.
    pub(super) sifted: Option<Sifted>,
    pub(super) sifting: Option<Sifting>,
    /// The row under the cursor as a form, while it is shown so.
    pub(super) record: Option<Record>,
    /// The table it comes from, once something of it is to be changed; and what that waits for.
    pub(super) source: Option<Source>,
    pub(super) editing: Option<Editing>,
    /// How far a COPY is.
    pub copied: Option<Progress>,
}

impl Ran {
    /// Sends a statement. Where it may wait for somebody to look further, only the first rows are
    /// read.
    pub fn send(console: ConsoleId, sql: String, may_wait: bool, cx: &mut Cx<'_>) -> Self {
        let wanted = may_wait.then_some(AHEAD);
        let ask = Ask::Run {
            sql: sql.clone(),
            wanted,
        };
        Self::asked(console, sql, (wanted, ask), cx)
    }

    /// Sends a COPY, with where its data are here.
    pub fn transfer(console: ConsoleId, sql: String, way: Way, cx: &mut Cx<'_>) -> Self {
        let ask = Ask::Copy {
            sql: sql.clone(),
            way,
        };
        Self {
            copied: Some(Progress::default()),
            ..Self::asked(console, sql, (None, ask), cx)
        }
    }

    fn asked(
        console: ConsoleId,
        sql: String,
        (wanted, ask): (Option<u64>, Ask),
        cx: &mut Cx<'_>,
    ) -> Self {
        Self {
            console,
            ticket: cx.db(DbRequest::Console(console, ask)),
            since: cx.shared.now,
            sql,
            state: State::Running(cx.shared.now),
            notices: Vec::new(),
            unkept: 0,
            relation: None,
            grid: Grid::default(),
            rows: 0,
            starts: Vec::new(),
            held: Held::default(),
            wanted,
            to_end: false,
            sifted: None,
            sifting: None,
            record: None,
            source: None,
            editing: None,
            copied: None,
        }
    }

    /// Whether it is a COPY from or to this side.
    #[must_use]
    pub fn is_copy(&self) -> bool {
        self.copied.is_some()
    }

    /// Whether it is not done.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self.state, State::Running(_))
    }

    /// How long ago it was sent.
    #[must_use]
    pub fn lasted(&self, now: Instant) -> Duration {
        now.duration_since(self.since)
    }

    /// Whether the server waits for somebody to look further.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.is_running() && self.wanted.is_some_and(|wanted| self.rows >= wanted)
    }

    /// How many rows are loaded.
    #[must_use]
    pub fn loaded(&self) -> u64 {
        self.rows
    }

    /// How many rows are shown.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.sifted {
            Some(sifted) => sifted.order.len(),
            None => usize::try_from(self.rows).unwrap_or(usize::MAX),
        }
    }

    /// How many columns are shown.
    #[must_use]
    pub fn shown_columns(&self) -> usize {
        let columns = self.relation.as_ref().map_or(0, |one| one.columns.len());
        columns.saturating_sub(self.grid.hidden())
    }

    /// Whether there is a cell under the cursor.
    #[must_use]
    pub fn has_cells(&self) -> bool {
        let columns = self.relation.as_ref();
        self.len() > 0 && columns.is_some_and(|relation| !relation.columns.is_empty())
    }

    /// Takes what is told of it; `false` if it is about something else.
    pub fn take(&mut self, ticket: Ticket, reply: &DbReply, cx: &mut Cx<'_>) -> bool {
        if self.held.awaits(ticket) {
            if let Some((chunk, rows)) = self.held.take(ticket, reply) {
                self.hold(chunk, rows);
            }
            return true;
        }
        if self.take_sifted(ticket, reply, cx) || self.take_edit(ticket, reply, cx) {
            return true;
        }
        if self.ticket != ticket {
            return false;
        }
        match reply {
            DbReply::Part(Part::Console(told)) => {
                self.told(told);
                self.show_staged(cx.shared);
            }
            DbReply::Failed(fault) => self.state = State::Failed(fault.clone()),
            DbReply::Cancelled => self.state = State::Cancelled,
            DbReply::Part(_) | DbReply::Done => {}
        }
        if reply.is_final() {
            self.sift_again(cx);
        }
        self.follow(cx);
        true
    }

    fn told(&mut self, told: &Told) {
        match told {
            Told::Columns(columns) => {
                self.relation = Some(Arc::new(Relation::of_result(columns.clone())));
            }
            Told::Grown(Chunk { first, len, rows }) => {
                self.starts.push(*first);
                self.rows = first + *len as u64;
                if let Some(rows) = rows {
                    self.hold(self.starts.len() - 1, Arc::clone(rows));
                }
            }
            Told::Copied(progress) => self.copied = Some(*progress),
            Told::Notice(_) if self.notices.len() >= NOTICES => self.unkept += 1,
            Told::Notice(notice) => self.notices.push(notice.clone()),
            Told::Ended { tag, took } => {
                self.state = State::Done {
                    tag: tag.clone(),
                    took: *took,
                };
            }
            _ => {}
        }
    }

    fn hold(&mut self, chunk: usize, rows: Arc<Rows>) {
        if let Some(relation) = &self.relation {
            self.grid.learn(relation, &rows);
        }
        let here = self.chunk_of(self.grid.row as u64);
        self.held.keep(chunk, rows, here);
    }

    fn chunk_of(&self, row: u64) -> usize {
        self.starts
            .partition_point(|start| *start <= row)
            .saturating_sub(1)
    }

    /// Asks for what one will look at next: rows that are held there and not here, and rows that the
    /// server waits with.
    pub fn follow(&mut self, cx: &mut Cx<'_>) {
        if self.sifted.is_some() {
            return self.follow_sifted(cx);
        }
        // What is read meanwhile would only rush past.
        if self.to_end && !self.is_running() {
            self.to_end = false;
            self.grid.jump(self.len().saturating_sub(1));
        }
        let height = self.grid.height() as u64;
        let row = self.grid.row as u64;
        let wanted = row + 2 * height + AHEAD / 2;
        if self.is_running()
            && let Some(before) = self.wanted
            && wanted > before
        {
            self.want(wanted.next_multiple_of(AHEAD), cx);
        }
        if self.rows == 0 {
            return;
        }
        let from = self.chunk_of(row.saturating_sub(2 * height));
        let to = self.chunk_of((row + 2 * height).min(self.rows - 1));
        for chunk in from..=to {
            if self.held.lacks(chunk) {
                let ask = Ask::Chunk(self.ticket, chunk);
                let ticket = cx.db(DbRequest::Console(self.console, ask));
                self.held.await_chunk(ticket, chunk);
            }
        }
    }

    fn want(&mut self, rows: u64, cx: &mut Cx<'_>) {
        self.wanted = (rows < u64::MAX).then_some(rows);
        cx.db(DbRequest::Console(
            self.console,
            Ask::More(self.ticket, rows),
        ));
    }

    /// Reads all of it.
    pub fn read_all(&mut self, cx: &mut Cx<'_>) {
        if self.is_running() && self.wanted.is_some() {
            self.want(u64::MAX, cx);
        }
    }

    /// Moves by rows.
    pub fn step(&mut self, by: isize, cx: &mut Cx<'_>) {
        self.to_end = false;
        self.grid.step(by, self.len());
        self.follow(cx);
    }

    /// Moves by half pages.
    pub fn page(&mut self, halves: isize, cx: &mut Cx<'_>) {
        self.to_end = false;
        let height = isize::try_from(self.grid.height()).unwrap_or(1);
        self.grid.page(halves * height / 2, self.len());
        self.follow(cx);
    }

    /// The wheel.
    pub fn scroll(&mut self, by: isize, cx: &mut Cx<'_>) {
        self.to_end = false;
        self.grid.scroll(by, self.len());
        self.follow(cx);
    }

    /// To the first row, or to the last one, for which all are read.
    pub fn jump(&mut self, end: bool, cx: &mut Cx<'_>) {
        let is_all = self.sifted.is_some();
        self.to_end = end && !is_all;
        if end && is_all {
            self.grid.jump(self.len().saturating_sub(1));
        } else if end {
            self.read_all(cx);
        } else {
            self.grid.jump(0);
        }
        self.follow(cx);
    }

    /// To a row by its number, from nought.
    pub fn go_to(&mut self, row: u64, cx: &mut Cx<'_>) {
        self.to_end = false;
        let row = usize::try_from(row).unwrap_or(usize::MAX);
        self.grid.jump(row.min(self.len().saturating_sub(1)));
        self.follow(cx);
    }

    /// The first value of the first row.
    #[must_use]
    pub fn first_value(&self) -> Option<&str> {
        self.cell_at(0, 0)?.text
    }

    /// The value under the cursor, where it is here.
    #[must_use]
    pub fn value(&self) -> Option<Cell<'_>> {
        self.value_now(self.grid.row, self.grid.column)
    }

    pub(super) fn cell_at(&self, row: usize, column: usize) -> Option<Cell<'_>> {
        if let Some(sifted) = &self.sifted {
            return sifted.held.chunk(row / STEP)?.cell(row % STEP, column);
        }
        let row = row as u64;
        let chunk = self.chunk_of(row);
        let first = self.starts.get(chunk)?;
        let within = usize::try_from(row - first).ok()?;
        self.held.chunk(chunk)?.cell(within, column)
    }

    /// The rows around the one under the cursor that are in memory here.
    #[must_use]
    pub fn here(&self) -> std::ops::Range<usize> {
        let row = self.grid.row;
        if let Some(sifted) = &self.sifted {
            let chunks = self.len().div_ceil(STEP);
            let here = sifted.held.around(row / STEP, chunks);
            return here.start * STEP..(here.end * STEP).min(self.len());
        }
        let chunk = self.chunk_of(row as u64);
        let here = self.held.around(chunk, self.starts.len());
        let start = |chunk: usize| {
            let start = self.starts.get(chunk).copied().unwrap_or(self.rows);
            usize::try_from(start).unwrap_or(usize::MAX)
        };
        start(here.start)..start(here.end)
    }

    /// The values of a row, where it is here.
    #[must_use]
    pub fn values(&self, row: usize) -> Option<Vec<Option<String>>> {
        let columns = self.relation.as_ref()?.columns.len();
        let cells = (0..columns).map(|column| self.value_now(row, column));
        cells
            .map(|cell| Some(cell?.text.map(str::to_owned)))
            .collect()
    }
}
