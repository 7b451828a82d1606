//! Rows as they are edited: which row is meant, what is seen of it, and how it looks with what is
//! staged.

use crate::data::Column;
use crate::data::edits::{Change, Edits, Input, RowId, Seen, Who};
use crate::data::relation::{Relation, Seek};
use crate::studio::layer::Cx;
use crate::studio::screens::editing::DEFAULT;
use crate::studio::screens::tables::rows::Rows;
use crate::studio::widgets::grid::{Mark, Sheet, Shown};

/// Why rows cannot be edited now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// They cannot at all.
    Reason(String),
    /// Not all of this row is here: it has to be read whole first.
    Whole(RowId),
}

impl Rows {
    /// Takes the added rows, which stand after all others.
    pub fn sync(&mut self, edits: Option<&Edits>) {
        self.added = edits.map_or_else(Vec::new, |edits| {
            edits.added().map(|(number, _)| number).collect()
        });
        let last = self.len().saturating_sub(1);
        self.grid.row = self.grid.row.min(last);
        if let (Some(relation), Some(edits)) = (&self.relation, edits) {
            let staged = edits.staged().iter();
            for (column, text) in staged.flat_map(|staged| texts(relation, &staged.change)) {
                self.grid.want(relation, column, text);
            }
        }
    }

    /// The row at a place of the grid.
    #[must_use]
    pub fn who(&self, row: usize) -> Option<Who> {
        if let Some(at) = row.checked_sub(self.pages.len()) {
            return self.added.get(at).map(|number| Who::New(*number));
        }
        let cells = self.relation.as_ref()?.identity_cells()?;
        // A value of which only the beginning is here finds nothing.
        let is_whole = |cell: &usize| {
            let cell = self.pages.cell(row, *cell);
            cell.is_some_and(|cell| cell.cut.is_none())
        };
        let whole = cells.iter().all(is_whole);
        let id = whole.then(|| self.pages.bookmark(row, &cells)).flatten();
        id.map(Who::Old)
    }

    /// What is seen of the row at a place; `None` where a part of it is not here.
    fn seen(&self, row: usize) -> Option<Seen> {
        let columns = self.relation.as_ref()?.columns.len();
        let cells = (0..columns).map(|column| self.pages.cell(row, column));
        let cells: Vec<_> = cells.collect::<Option<_>>()?;
        let whole = cells.iter().all(|cell| cell.cut.is_none());
        whole.then(|| {
            cells
                .iter()
                .map(|cell| cell.text.map(str::to_owned))
                .collect()
        })
    }

    /// The rows that are meant: those that are marked, or the one under the cursor.
    ///
    /// # Errors
    /// Why they cannot be edited now.
    pub fn target(&self) -> Result<Vec<(Who, Seen)>, Missing> {
        if !self.marked.is_empty() {
            let marked = self.marked.iter();
            return Ok(marked
                .map(|(who, seen)| (who.clone(), seen.clone()))
                .collect());
        }
        let row = self.grid.row;
        let who = self
            .who(row)
            .ok_or_else(|| Missing::Reason("nothing here tells one row from another".to_owned()))?;
        match who {
            Who::New(_) => Ok(vec![(who, Seen::new())]),
            Who::Old(id) => match self.seen(row) {
                Some(seen) => Ok(vec![(Who::Old(id), seen)]),
                None => Err(Missing::Whole(id)),
            },
        }
    }

    /// Marks the row under the cursor, or takes its mark away; the cursor goes on.
    ///
    /// # Errors
    /// It cannot be marked.
    pub fn toggle_mark(&mut self) -> Result<(), String> {
        let row = self.grid.row;
        let who = self.who(row);
        let seen = match who {
            Some(Who::New(_)) => Some(Seen::new()),
            _ => self.seen(row),
        };
        let (Some(who), Some(seen)) = (who, seen) else {
            return Err("a row of which only a part is here is edited by itself".to_owned());
        };
        if self.marked.remove(&who).is_none() {
            self.marked.insert(who, seen);
        }
        self.grid.step(1, self.len());
        Ok(())
    }

    /// Takes all marks away; `false` where there was none.
    pub fn unmark(&mut self) -> bool {
        let had = !self.marked.is_empty();
        self.marked.clear();
        had
    }

    /// Puts the cursor on a cell; where its row is not held, its key leads there.
    pub fn go_to_cell(&mut self, who: &Who, column: Option<&str>, cx: &mut Cx<'_>) {
        let Some(relation) = self.relation.clone() else {
            return;
        };
        if let Some(column) = column.and_then(|name| relation.column(name)) {
            self.grid.go_to(column);
        }
        if let Some(row) = (0..self.len()).find(|row| self.who(*row).as_ref() == Some(who)) {
            self.grid.row = row;
        } else if let Who::Old(id) = who
            && relation.filter.is_empty()
            && relation.identity_cells() == Some(relation.bookmark_cells())
        {
            self.seek(Seek::From(id.clone()), cx);
        }
    }
}

/// The rows with what is staged, as the grid draws them.
pub struct Overlay<'a> {
    /// The rows.
    pub rows: &'a Rows,
    /// The relation they are of.
    pub relation: &'a Relation,
    /// What is staged of them.
    pub edits: Option<&'a Edits>,
}

impl Overlay<'_> {
    fn change(&self, row: usize) -> Option<&Change> {
        let edits = self.edits?;
        edits.change(&self.rows.who(row)?)
    }
}

/// What a column of an added row will have that is given nothing; NULL, where there is no word.
fn to_come(column: &Column) -> Option<&'static str> {
    match column {
        _ if column.generated => Some("generated"),
        _ if column.has_default => Some(DEFAULT),
        _ if column.not_null => Some("required"),
        _ => None,
    }
}

/// What a change puts into which columns.
fn texts<'a>(relation: &'a Relation, change: &'a Change) -> impl Iterator<Item = (usize, &'a str)> {
    let columns = relation.columns.iter().enumerate();
    columns.filter_map(move |(at, column)| {
        let (Change::Update(values) | Change::Insert(values)) = change else {
            return None;
        };
        let is_new = matches!(change, Change::Insert(_));
        let text = match values.get(&column.name) {
            Some(Input::Text(text)) => text,
            Some(Input::Default) => DEFAULT,
            Some(Input::Null) => return None,
            None => to_come(column).filter(|_| is_new)?,
        };
        Some((at, text))
    })
}

impl Sheet for Overlay<'_> {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, row: usize, column: usize) -> Option<Shown<'_>> {
        let cell = self.rows.pages.cell(row, column);
        let known = self.relation.columns.get(column)?;
        let change = self.change(row);
        let given = match change {
            Some(Change::Update(values) | Change::Insert(values)) => values.get(&known.name),
            Some(Change::Delete) | None => None,
        };
        let staged = Shown {
            changed: true,
            ..Shown::default()
        };
        Some(match (given, change, cell) {
            (Some(Input::Text(text)), ..) => Shown {
                text: Some(text),
                ..staged
            },
            (Some(Input::Null), ..) => staged,
            (Some(Input::Default), ..) => Shown {
                word: Some(DEFAULT),
                ..staged
            },
            (None, Some(Change::Insert(_)), _) => Shown {
                word: to_come(known),
                ..Shown::default()
            },
            (None, _, Some(cell)) => Shown {
                text: cell.text,
                cut: cell.cut,
                ..Shown::default()
            },
            (None, _, None) => return None,
        })
    }

    fn mark(&self, row: usize) -> Option<Mark> {
        self.change(row).map(|change| match change {
            Change::Update(_) => Mark::Changed,
            Change::Insert(_) => Mark::Added,
            Change::Delete => Mark::Deleted,
        })
    }

    fn is_chosen(&self, row: usize) -> bool {
        let marked = &self.rows.marked;
        !marked.is_empty()
            && self
                .rows
                .who(row)
                .is_some_and(|who| marked.contains_key(&who))
    }
}
