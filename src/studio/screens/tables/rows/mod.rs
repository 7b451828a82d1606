//! The rows of one relation: what is in memory, what has been asked for, and where one is.
//!
//! At most one page is on its way. While it is, everything that is held can be moved through, and
//! the next pages are asked for long before the cursor is at their edge.

mod arriving;
mod columns;
mod copy;
mod edit;
mod form;
mod refer;
mod shape;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::data::TableName;
use crate::data::catalog::{Count, Object};
use crate::data::edits::{Seen, Who};
use crate::data::foreign::Equals;
use crate::data::pages::Pages;
use crate::data::relation::{Bookmark, Paging, Relation, Seek};
use crate::fault::Fault;
use crate::studio::layer::{Cx, Effect, Shared};
use crate::studio::screens::record::Record;
use crate::studio::widgets::grid::Grid;
use crate::studio::work::{Again, DbRequest, Ticket};

pub use edit::Missing;

/// How long the server may count the rows before the one that is gone to.
const NUMBER_DEADLINE: Duration = Duration::from_secs(2);
/// How many screens of rows are kept ready beyond the cursor.
const AHEAD: usize = 3;
/// How many rows are asked for at first, which is more than most screens show; behind no more than
/// these the next page is asked for at once.
const FIRST_PAGE: usize = 100;
/// How many a start asks for, when each row delays the first sight: those of a common screen. No more
/// than [`FIRST_PAGE`], so that the rest comes at once.
pub const FIRST_SCREEN: usize = 50;

/// What a page that is on its way is for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    /// The first sight of the relation.
    Opening,
    /// What was in view, read again: whether it begins with the first row of all, the number of
    /// its first row as it was, and how many rows below that the cursor is.
    Again {
        first: bool,
        number: Option<u64>,
        below: usize,
    },
    /// Another place; the cursor goes to its first or its last row.
    Place { seek: Seek },
    /// The row that has these values, or only the rows that have them.
    Found { equals: Equals, alone: bool },
    /// The rows after those held.
    After,
    /// The rows before them.
    Before,
    /// The first rows of another filter or sort.
    Shape(Arc<Relation>),
}

pub use refer::Reference;

/// Where one was in a relation.
#[derive(Debug, Clone)]
pub struct Place {
    again: Option<Again>,
    wanted: Wanted,
    column: usize,
}

/// A relation that is shown.
#[derive(Debug)]
pub struct Rows {
    /// What was opened.
    pub object: Object,
    /// What the catalog says of it, once it is here.
    base: Option<Arc<Relation>>,
    /// The same as it is shown, sorted and filtered.
    pub relation: Option<Arc<Relation>>,
    pages: Pages,
    grid: Grid,
    /// The row under the cursor as a form, while it is shown so.
    record: Option<Record>,
    fault: Option<Fault>,
    asked: Option<(Ticket, Wanted)>,
    /// Whether more rows of a view were asked for in vain: its moment does not come again for a key.
    is_stalled: bool,
    /// The place to go to once the relation is known.
    wish: Option<Seek>,
    /// The row whose number is asked for.
    numbering: Option<(Ticket, Bookmark)>,
    /// How many rows the filter wants, where there is one and they were counted.
    total: Option<u64>,
    totalling: Option<Ticket>,
    /// A copy that waits for whole values.
    copying: Option<copy::Copying>,
    /// The numbers of the rows that are staged to be added; they stand after all others.
    added: Vec<u64>,
    /// The rows that are marked, as they were seen.
    marked: BTreeMap<Who, Seen>,
    /// Whether the cursor moved up last: pages are read ahead where it goes.
    upwards: bool,
}

impl Rows {
    /// Waits for a relation that is being opened already.
    pub fn opening(object: &Object, ticket: Ticket) -> Self {
        Self::waiting(object, ticket, Wanted::Opening, 0)
    }

    /// Asks for the relation and its first rows, or those of the place where one was.
    pub fn open(object: &Object, place: Option<Place>, cx: &mut Cx<'_>) -> Self {
        let (again, wanted, column) = match place {
            Some(place) => (place.again, place.wanted, place.column),
            None => (None, Wanted::Opening, 0),
        };
        let mut grid = Grid::at(column);
        if let Some(again) = &again {
            grid.arrange(&again.known, &cx.shared.arrangement(&name(object)));
        }
        let base = again.as_ref().map(|again| Arc::clone(&again.known));
        let relation = again.as_ref().map(|again| Arc::clone(&again.shown));
        let ticket = cx.db(DbRequest::Open {
            object: Box::new(object.clone()),
            limit: if again.is_some() {
                limit(relation.as_deref())
            } else {
                FIRST_PAGE
            },
            again,
        });
        Self {
            base,
            relation,
            grid,
            ..Self::waiting(object, ticket, wanted, column)
        }
    }

    /// Where one is, to come back to it.
    #[must_use]
    pub fn place(&self) -> Place {
        let top = self.grid.top();
        let from_start = self.pages.at_start && top == 0;
        let relations = self.base.clone().zip(self.relation.clone());
        let again = relations.map(|(known, shown)| {
            let mark = self.pages.bookmark(top, &shown.bookmark_cells());
            let seek = mark.filter(|_| !from_start).map_or(Seek::First, Seek::From);
            Again { known, shown, seek }
        });
        let first = again.as_ref().is_none_or(|again| again.seek == Seek::First);
        Place {
            wanted: Wanted::Again {
                first,
                number: self.pages.first_number.map(|first| first + top as u64),
                below: self.grid.row.saturating_sub(top),
            },
            again,
            column: self.grid.column,
        }
    }

    /// Reads the relation and the rows in view again; what is shown stays until they are here.
    pub fn reload(&mut self, cx: &mut Cx<'_>) {
        self.abandon(cx);
        let Place { again, wanted, .. } = self.place();
        let ticket = cx.db(DbRequest::Open {
            object: Box::new(self.object.clone()),
            again,
            limit: limit(self.relation.as_deref()),
        });
        self.asked = Some((ticket, wanted));
    }

    /// Stops what is still on its way.
    pub fn abandon(&mut self, cx: &mut Cx<'_>) {
        let asked = self.asked.take().map(|(ticket, _)| ticket);
        let numbering = self.numbering.take().map(|(ticket, _)| ticket);
        for ticket in asked
            .into_iter()
            .chain(numbering)
            .chain(self.totalling.take())
        {
            cx.ask(Effect::Cancel(ticket));
        }
    }

    /// Whether it has a column.
    #[must_use]
    pub fn has_columns(&self) -> bool {
        let relation = self.relation.as_ref();
        relation.is_some_and(|relation| !relation.columns.is_empty())
    }

    /// Whether a cell can be under the cursor.
    #[must_use]
    pub fn has_cells(&self) -> bool {
        self.len() > 0 && self.has_columns()
    }

    /// Moves by rows.
    pub fn step(&mut self, by: isize, cx: &mut Cx<'_>) {
        self.grid.step(by, self.len());
        self.go_on(by, cx);
    }

    /// Moves by pages, or half ones.
    pub fn page(&mut self, halves: isize, cx: &mut Cx<'_>) {
        let height = isize::try_from(self.grid.height()).unwrap_or(1);
        self.grid.page(halves * height / 2, self.len());
        self.go_on(halves, cx);
    }

    /// Moves what is in view.
    pub fn scroll(&mut self, by: isize, cx: &mut Cx<'_>) {
        self.grid.scroll(by, self.len());
        self.go_on(by, cx);
    }

    /// Moves by columns.
    pub fn sideways(&mut self, by: isize) {
        self.grid.sideways(by);
    }

    /// To the first or the last column.
    pub fn leap(&mut self, end: bool) {
        self.grid.leap(end);
    }

    /// To the first row of all.
    pub fn first(&mut self, cx: &mut Cx<'_>) {
        if self.pages.at_start {
            self.grid.jump(0);
        } else {
            self.seek(Seek::First, cx);
        }
    }

    /// To the last row of all.
    pub fn last(&mut self, cx: &mut Cx<'_>) {
        if self.pages.at_end {
            self.grid.jump(self.len().saturating_sub(1));
        } else {
            self.seek(Seek::Last, cx);
        }
    }

    /// To `#12`, the twelfth row, or to a value of the key; values of several columns are parted
    /// by commas.
    pub fn go_to(&mut self, answer: &str, cx: &mut Cx<'_>) {
        let answer = answer.trim();
        let Some(relation) = &self.relation else {
            return;
        };
        if let Some(number) = answer.strip_prefix('#') {
            match number.trim().replace([',', '_', ' '], "").parse::<u64>() {
                Ok(number) if number > 0 => self.seek(Seek::Row(number - 1), cx),
                _ => cx.refuse(format!("\"{answer}\" is no row number; write #1000")),
            }
            return;
        }
        match &relation.paging {
            Paging::Keyset(keys) => {
                let values: Vec<Option<String>> = if keys.len() == 1 {
                    vec![Some(answer.to_owned())]
                } else {
                    let parts = answer.splitn(keys.len(), ',');
                    parts.map(|part| Some(part.trim().to_owned())).collect()
                };
                self.seek(Seek::From(values), cx);
            }
            Paging::Ctid | Paging::Cursor => {
                cx.refuse("there is no key to go to here; write #1000 for a row's number");
            }
        }
    }

    fn seek(&mut self, seek: Seek, cx: &mut Cx<'_>) {
        let Some(relation) = self.relation.clone() else {
            // Asked for before it is known what is looked at: it is done as soon as it can be.
            self.wish = Some(seek);
            return;
        };
        self.abandon(cx);
        self.ask(relation, seek.clone(), Wanted::Place { seek }, cx);
    }

    fn ask(&mut self, relation: Arc<Relation>, seek: Seek, wanted: Wanted, cx: &mut Cx<'_>) {
        let limit = limit(Some(&relation));
        let ticket = cx.db(DbRequest::Page {
            relation,
            seek,
            limit,
        });
        self.asked = Some((ticket, wanted));
    }

    fn go_on(&mut self, by: isize, cx: &mut Cx<'_>) {
        self.upwards = by < 0;
        self.read_ahead(cx);
    }

    /// Asks for the next page while there are still screens of rows to go. Where the cursor does not
    /// go, only as long as no page is pushed out: two ends that push each other out would ask for
    /// ever. Nor is the page pushed out in which the cursor is.
    fn read_ahead(&mut self, cx: &mut Cx<'_>) {
        let (None, Some(relation)) = (&self.asked, self.relation.clone()) else {
            return;
        };
        if self.is_stalled {
            return;
        }
        let near = AHEAD * self.grid.height();
        let marks = relation.bookmark_cells();
        let room = !self.pages.is_crowded();
        let last = self.pages.len().saturating_sub(1);
        // Behind the first page, which is a short one, the next is asked for at once; but not of a
        // view, which would be run again for who goes to its end meanwhile.
        let is_short = self.pages.len() <= FIRST_PAGE && relation.paging != Paging::Cursor;
        let below = !self.pages.at_end && (is_short || self.grid.row + near > last);
        let above = !self.pages.at_start && self.grid.row < near;
        let is_past_first = self.grid.row >= self.pages.first_len();
        if below && (room || !self.upwards && is_past_first) {
            if let Some(mark) = self.pages.bookmark(last, &marks) {
                self.ask(relation, Seek::After(mark), Wanted::After, cx);
            }
        } else if above
            && (room || self.upwards)
            && let Some(mark) = self.pages.bookmark(0, &marks)
        {
            self.ask(relation, Seek::Before(mark), Wanted::Before, cx);
        }
    }

    /// Takes the exact count, which numbers the rows at the end.
    pub fn counted(&mut self, rows: u64) {
        if self.filter().is_empty() {
            self.pages.total_is(rows);
        }
    }

    /// How many rows there are to see.
    #[must_use]
    pub fn count(&self, shared: &Shared) -> Count {
        if self.filter().is_empty() {
            super::count_of(shared, self.object.oid)
        } else {
            self.total.map_or(Count::Unknown, Count::Exact)
        }
    }

    /// The value under the cursor.
    #[must_use]
    pub fn value(&self) -> Option<crate::data::Cell<'_>> {
        self.pages.cell(self.grid.row, self.grid.column)
    }

    /// The name of the column under the cursor.
    #[must_use]
    pub fn column_name(&self) -> Option<&str> {
        let relation = self.relation.as_ref()?;
        Some(relation.columns.get(self.grid.column)?.name.as_str())
    }

    /// The grid, for the mouse and the widths.
    pub fn grid(&mut self) -> &mut Grid {
        &mut self.grid
    }

    /// How many rows can be moved over: those held, and at their end those that are to be added.
    #[must_use]
    pub fn len(&self) -> usize {
        let added = if self.pages.at_end {
            self.added.len()
        } else {
            0
        };
        self.pages.len() + added
    }

    /// The relation as the catalog has it.
    #[must_use]
    pub fn base(&self) -> Option<Arc<Relation>> {
        self.base.clone()
    }

    /// The row and the column of the cursor.
    #[must_use]
    pub fn cursor(&self) -> (usize, usize) {
        (self.grid.row, self.grid.column)
    }

    /// How many rows are marked.
    #[must_use]
    pub fn marked(&self) -> usize {
        self.marked.len()
    }
}

/// The name by which a table's arrangement is remembered.
fn name(object: &Object) -> TableName {
    (object.schema.clone(), object.name.clone())
}

/// How many rows a page has: fewer of many columns.
fn limit(relation: Option<&Relation>) -> usize {
    let columns = relation.map_or(20, |relation| relation.columns.len().max(1));
    (6_000 / columns).clamp(100, 400)
}
