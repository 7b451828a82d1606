//! Rows for the clipboard. What was cut on its way here is fetched whole first, or it is said that it
//! is not whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Rows;
use crate::data::clip::{Clip, Format, What};
use crate::data::edits::{RowId, Seen, Who};
use crate::data::relation::{Identity, Relation};
use crate::studio::layer::{Choices, Cx, Route};
use crate::studio::screens::clip::{choice, give};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

/// No more rows than this are fetched whole…
const MOST_ROWS: usize = 500;
/// …nor more characters of what was cut: a terminal's clipboard takes far less.
const MOST_CHARACTERS: u64 = 16 << 20;

/// A copy that waits for whole values.
#[derive(Debug)]
pub(super) struct Copying {
    ticket: Ticket,
    what: What,
    format: Format,
    clip: Clip,
    relation: Arc<Relation>,
    /// The columns of the relation that are copied.
    columns: Vec<usize>,
    /// Which rows of the clip are fetched.
    fetched: Vec<usize>,
}

impl Rows {
    /// Asks what is copied, and how it is written.
    pub fn ask_copy(&self, cx: &mut Cx<'_>) {
        let parts = [
            (What::Marked, "The rows that are marked"),
            (What::Row, "This row"),
            (What::Page, "The rows that are held"),
            (What::Column, "This column of the rows that are held"),
            (What::Value, "This value"),
        ];
        let mut choices = Vec::new();
        let has_marks = !self.marked.is_empty();
        let parts = parts.into_iter();
        for (what, heading) in parts.filter(|(what, _)| has_marks || *what != What::Marked) {
            let formats = Format::ALL.into_iter().filter(|format| format.suits(what));
            choices.extend(formats.map(|format| {
                let rows = match what {
                    What::Marked => Some(self.marked.len()),
                    What::Page | What::Column => Some(self.pages.len()),
                    What::Row | What::Value => None,
                };
                choice(what, format, heading, rows, self.can_copy(what, format))
            }));
        }
        cx.open(Route::Choose(Choices {
            title: "Copy".to_owned(),
            choices,
        }));
    }

    fn can_copy(&self, what: What, format: Format) -> Result<(), String> {
        let has_key = self
            .relation
            .as_ref()
            .is_some_and(|relation| matches!(relation.identity, Identity::Key(_)));
        if matches!(what, What::Row | What::Value) {
            self.is_written()?;
        }
        let is_new = |who: &Who| matches!(who, Who::New(_));
        if what == What::Marked && self.marked.keys().any(is_new) {
            return Err("some of the marked rows are not written yet".to_owned());
        }
        let by_key = format == Format::Update
            || format == Format::In && !matches!(what, What::Column | What::Value);
        if by_key && !has_key {
            return Err("this table has no key that finds a row".to_owned());
        }
        Ok(())
    }

    /// Copies; what is cut is fetched first.
    pub fn copy(&mut self, what: What, format: Format, cx: &mut Cx<'_>) {
        let Some(relation) = self.relation.clone() else {
            return;
        };
        if let Err(why) = self.can_copy(what, format) {
            cx.refuse(why);
            return;
        }
        let all = || (0..relation.columns.len()).collect();
        let here = self.grid.row..self.grid.row + 1;
        let held = 0..self.pages.len();
        let (columns, places): (Vec<usize>, _) = match what {
            What::Marked => return give(&relation, what, format, &self.marks(&relation), 0, cx),
            What::Row => (all(), here),
            What::Page => (all(), held),
            What::Column => (vec![self.grid.column], held),
            What::Value => (vec![self.grid.column], here),
        };
        let (clip, cut) = self.clip(&relation, &columns, places.clone());
        if cut.is_empty() {
            give(&relation, what, format, &clip, 0, cx);
            return;
        }
        match self.ids(&relation, &cut, places.start) {
            Some(ids) => {
                let fetched = cut.iter().map(|(row, _)| *row).collect();
                let ticket = cx.db(DbRequest::Whole {
                    relation: Arc::clone(&relation),
                    ids,
                });
                self.copying = Some(Copying {
                    ticket,
                    what,
                    format,
                    clip,
                    relation,
                    columns,
                    fetched,
                });
            }
            None if format.is_sql() => cx.refuse(
                "only the first part of some values is here, and they cannot be fetched: SQL of it would lose the rest",
            ),
            None => give(&relation, what, format, &clip, cut.len(), cx),
        }
    }

    /// The marked rows, whole as they were seen: in the order of the screen, then those that are no
    /// longer held.
    fn marks(&self, relation: &Relation) -> Clip {
        let mut marked: BTreeMap<&Who, &Seen> = self.marked.iter().collect();
        let held = (0..self.pages.len()).filter_map(|row| self.who(row));
        let mut rows: Vec<Seen> = held
            .filter_map(|who| marked.remove(&who))
            .cloned()
            .collect();
        rows.extend(marked.into_values().cloned());
        Clip {
            columns: relation.columns.clone(),
            rows,
        }
    }

    /// What is held of these rows, and for each row in which something is cut how many characters
    /// its cut values have.
    fn clip(
        &self,
        relation: &Relation,
        columns: &[usize],
        places: std::ops::Range<usize>,
    ) -> (Clip, Vec<(usize, u64)>) {
        let mut rows = Vec::with_capacity(places.len());
        let mut cut: Vec<(usize, u64)> = Vec::new();
        for (at, place) in places.enumerate() {
            let cells = columns.iter().map(|column| self.pages.cell(place, *column));
            let row: Seen = cells
                .map(|cell| {
                    let cell = cell?;
                    if let Some(length) = cell.cut {
                        match cut.last_mut().filter(|(row, _)| *row == at) {
                            Some((_, all)) => *all += length,
                            None => cut.push((at, length)),
                        }
                    }
                    cell.text.map(str::to_owned)
                })
                .collect();
            rows.push(row);
        }
        let columns = columns.iter().map(|at| relation.columns[*at].clone());
        let clip = Clip {
            columns: columns.collect(),
            rows,
        };
        (clip, cut)
    }

    /// What finds the rows that are cut; nothing where that cannot be, or would be too much.
    fn ids(&self, relation: &Relation, cut: &[(usize, u64)], first: usize) -> Option<Vec<RowId>> {
        let characters: u64 = cut.iter().map(|(_, length)| length).sum();
        // Whoever is found by all of their values is not found by parts of them.
        let is_found = relation.identity != Identity::Whole;
        if !is_found || cut.len() > MOST_ROWS || characters > MOST_CHARACTERS {
            return None;
        }
        let cells = relation.identity_cells()?;
        let id = |(row, _): &(usize, u64)| self.pages.bookmark(first + row, &cells);
        cut.iter().map(id).collect()
    }

    /// Takes the whole values; `false` if they are not for this.
    pub(super) fn copied(&mut self, ticket: Ticket, reply: &DbReply, cx: &mut Cx<'_>) -> bool {
        let Some(mut copying) = self.copying.take_if(|copying| copying.ticket == ticket) else {
            return false;
        };
        match reply {
            DbReply::Part(Part::Whole(rows)) if rows.iter().all(Option::is_some) => {
                for (at, row) in copying.fetched.iter().zip(rows.iter().flatten()) {
                    let values = copying
                        .columns
                        .iter()
                        .map(|column| row.get(*column).cloned());
                    copying.clip.rows[*at] = values.map(Option::flatten).collect();
                }
                let Copying {
                    what,
                    format,
                    clip,
                    relation,
                    ..
                } = copying;
                give(&relation, what, format, &clip, 0, cx);
            }
            DbReply::Part(Part::Whole(_)) => {
                cx.refuse("nothing was copied: some of the rows are gone; r reads again");
            }
            DbReply::Failed(fault) => cx.refuse(format!("nothing was copied: {}", fault.what)),
            DbReply::Part(_) | DbReply::Done | DbReply::Cancelled => {
                cx.refuse("nothing was copied");
            }
        }
        true
    }
}
