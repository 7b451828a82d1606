//! A result filtered and sorted: which of the rows that were loaded are shown, in which order. What
//! is run is not run again for it; what decides is said in [`sift`].

use std::sync::Arc;

use super::held::Held;
use super::ran::Ran;
use crate::data::filter::Condition;
use crate::data::order::{in_words, nulls_turned, sorted_by};
use crate::data::relation::Relation;
use crate::data::{Column, Filter, OrderKey, sift};
use crate::studio::layer::{Cx, Effect, Route};
use crate::studio::work::console::{Ask, Told};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

/// So many rows are asked for at once.
pub(super) const STEP: usize = 200;

/// The rows that pass, in their order.
#[derive(Debug)]
pub(super) struct Sifted {
    /// The columns, with the filter and the sort.
    pub(super) relation: Arc<Relation>,
    /// The numbers of the rows.
    pub(super) order: Arc<Vec<u32>>,
    /// How many rows were loaded then.
    pub(super) of: u64,
    pub(super) held: Held,
}

/// A filter and sort that are being worked out, of so many rows.
#[derive(Debug)]
pub(super) struct Sifting {
    pub(super) ticket: Ticket,
    relation: Arc<Relation>,
    of: u64,
}

impl Ran {
    /// The filter and sort that were asked for last. A second key means what the first one asked for.
    fn meant(&self) -> Option<&Arc<Relation>> {
        let sifting = self.sifting.as_ref().map(|sifting| &sifting.relation);
        let sifted = self.sifted.as_ref().map(|sifted| &sifted.relation);
        sifting.or(sifted).or(self.relation.as_ref())
    }

    /// The filter that was asked for last.
    pub(super) fn filter(&self) -> Filter {
        let meant = self.meant();
        meant.map_or_else(Filter::default, |relation| relation.filter.clone())
    }

    fn column(&self) -> Option<&Column> {
        self.relation.as_ref()?.columns.get(self.grid.column)
    }

    /// Why the column cannot be sorted by, if it cannot.
    ///
    /// # Errors
    /// The reason.
    pub(super) fn can_sort(&self) -> Result<(), String> {
        match self.column() {
            Some(column) if !column.is_ordered() => {
                let kind = column.short_type();
                Err(format!("values of type {kind} have no order"))
            }
            _ => Ok(()),
        }
    }

    /// Sorts by the column under the cursor: up, down, not.
    pub(super) fn sort(&mut self, further: bool, cx: &mut Cx<'_>) {
        if let (Some(meant), Some(column)) = (self.meant(), self.column()) {
            let sort = sorted_by(&meant.sort, column, further);
            let filter = meant.filter.clone();
            self.sift(&sort, &filter, cx);
        }
    }

    /// Puts the NULLs of the column at the other end.
    pub(super) fn sort_nulls(&mut self, cx: &mut Cx<'_>) {
        let (Some(meant), Some(column)) = (self.meant(), self.column()) else {
            return;
        };
        let Some(sort) = nulls_turned(&meant.sort, column) else {
            return cx.refuse("the rows are not sorted by this column");
        };
        let filter = meant.filter.clone();
        self.sift(&sort, &filter, cx);
    }

    /// Shows only rows with the value under the cursor, or none with it.
    pub(super) fn filter_value(&mut self, exclude: bool, cx: &mut Cx<'_>) {
        let cell = self.cell_at(self.grid.row, self.grid.column);
        if let (Some(column), Some(cell)) = (self.column(), cell) {
            let condition = Condition::on_value(column, cell.text, exclude);
            self.condition(None, condition, cx);
        }
    }

    /// Asks for a condition on the column under the cursor; the one there is, if there is one.
    pub(super) fn ask_condition(&self, cx: &mut Cx<'_>) {
        let Some(column) = self.column() else {
            return;
        };
        match self.filter().place_of(&column.name) {
            Some(place) => self.edit_condition(place, cx),
            None => self.open_condition(None, Condition::likeliest(column), cx),
        }
    }

    /// Asks for another condition in the place of one.
    pub(super) fn edit_condition(&self, place: usize, cx: &mut Cx<'_>) {
        if let Some(condition) = self.filter().conditions.get(place) {
            self.open_condition(Some(place), condition.clone(), cx);
        }
    }

    fn open_condition(&self, place: Option<usize>, condition: Condition, cx: &mut Cx<'_>) {
        if let Some(relation) = &self.relation {
            cx.open(Route::Condition {
                relation: Arc::clone(relation),
                condition,
                place,
            });
        }
    }

    /// Takes a condition: one more, or another one in a place.
    pub(super) fn condition(
        &mut self,
        place: Option<usize>,
        condition: Condition,
        cx: &mut Cx<'_>,
    ) {
        let filter = self.filter().with(place, condition);
        self.set_filter(&filter, cx);
    }

    /// Takes a filter, whole.
    pub(super) fn set_filter(&mut self, filter: &Filter, cx: &mut Cx<'_>) {
        if let Some(meant) = self.meant() {
            let sort = meant.sort.clone();
            self.sift(&sort, filter, cx);
        }
    }

    /// Asks which of the rows that are loaded now are to be shown; all of them as they came, where
    /// nothing is wanted. Until that is known what was shown stays.
    fn sift(&mut self, sort: &[OrderKey], filter: &Filter, cx: &mut Cx<'_>) {
        let Some(relation) = &self.relation else {
            return;
        };
        let relation = Arc::new(relation.shown(sort, filter));
        self.stop_sifting(cx);
        if sort.is_empty() && filter.is_empty() {
            self.sifted = None;
            self.grid.jump(0);
            return self.follow(cx);
        }
        let ask = Ask::Sift(self.ticket, Arc::clone(&relation));
        self.sifting = Some(Sifting {
            ticket: cx.db(DbRequest::Console(self.console, ask)),
            relation,
            of: self.loaded(),
        });
    }

    /// Is looked at as what it takes the place of was: at the same row, as a form, filtered and sorted; if
    /// it has the same columns.
    pub(super) fn looked_at_like(&mut self, before: &mut Ran, cx: &mut Cx<'_>) {
        let columns = |ran: &Ran| ran.relation.as_ref().map(|one| one.columns.clone());
        if columns(self) != columns(before) {
            return;
        }
        self.grid = std::mem::take(&mut before.grid);
        self.record = before.record.take();
        if let Some(meant) = before.meant() {
            let (sort, filter) = (meant.sort.clone(), meant.filter.clone());
            if !sort.is_empty() || !filter.is_empty() {
                return self.sift(&sort, &filter, cx);
            }
        }
        if self.grid.row >= self.len() {
            self.go_to(self.grid.row as u64, cx);
        } else {
            self.follow(cx);
        }
    }

    /// Gives up what is being worked out; `false` where nothing is.
    pub(super) fn stop_sifting(&mut self, cx: &mut Cx<'_>) -> bool {
        let sifting = self.sifting.take();
        if let Some(sifting) = &sifting {
            cx.ask(Effect::Cancel(sifting.ticket));
        }
        sifting.is_some()
    }

    /// What was sifted while rows were still to come is sifted again once all are here.
    pub(super) fn sift_again(&mut self, cx: &mut Cx<'_>) {
        let behind = self.sifted.as_ref().map(|sifted| sifted.of);
        let behind = behind.or(self.sifting.as_ref().map(|sifting| sifting.of));
        if behind.is_some_and(|of| of < self.loaded())
            && let Some(meant) = self.meant().cloned()
        {
            self.sift(&meant.sort, &meant.filter, cx);
        }
    }

    /// Takes what is said of rows that are sifted; `false` if this is about something else.
    pub(super) fn take_sifted(&mut self, ticket: Ticket, reply: &DbReply, cx: &mut Cx<'_>) -> bool {
        if let Some(sifted) = &mut self.sifted
            && sifted.held.awaits(ticket)
        {
            if let Some((chunk, rows)) = sifted.held.take(ticket, reply) {
                self.grid.learn(&sifted.relation, &rows);
                sifted.held.keep(chunk, rows, self.grid.row / STEP);
            }
            return true;
        }
        let Some(sifting) = self.sifting.take_if(|sifting| sifting.ticket == ticket) else {
            return false;
        };
        match reply {
            DbReply::Part(Part::Console(Told::Sifted(order))) => {
                self.sifted = Some(Sifted {
                    relation: sifting.relation,
                    order: Arc::clone(order),
                    of: sifting.of,
                    held: Held::default(),
                });
                self.grid.jump(0);
                self.follow(cx);
            }
            DbReply::Failed(fault) => {
                // A value that is no number is there to be mended.
                let before = self.filter().conditions;
                let conditions = sifting.relation.filter.conditions.iter().enumerate();
                let new = conditions.rev().find(|(_, one)| !before.contains(one));
                if let Some((at, condition)) = new {
                    let place = (at < before.len()).then_some(at);
                    self.open_condition(place, condition.clone(), cx);
                }
                let why = fault.remedy.as_ref();
                let why = why.map_or_else(String::new, |remedy| format!(": {remedy}"));
                cx.refuse(format!("{}{why}", fault.what));
            }
            _ => {}
        }
        true
    }

    /// Asks for the rows near those in view.
    pub(super) fn follow_sifted(&mut self, cx: &mut Cx<'_>) {
        let (row, height) = (self.grid.row, self.grid.height());
        let Some(sifted) = &mut self.sifted else {
            return;
        };
        let Some(last) = sifted.order.len().checked_sub(1) else {
            return;
        };
        let from = row.saturating_sub(2 * height) / STEP;
        let to = (row + 2 * height).min(last) / STEP;
        for chunk in from..=to {
            if sifted.held.lacks(chunk) {
                let rows = sifted.order.iter().skip(chunk * STEP).take(STEP);
                let ask = Ask::Rows(self.ticket, rows.copied().collect());
                let ticket = cx.db(DbRequest::Console(self.console, ask));
                sifted.held.await_chunk(ticket, chunk);
            }
        }
    }

    /// What is filtered and sorted by, in words.
    pub(super) fn sifted_line(&self) -> Option<String> {
        let relation = &self.sifted.as_ref()?.relation;
        let words = relation.filter.words();
        let filter = (!words.is_empty()).then(|| format!("where {}", words.join(" ")));
        let keys: Vec<&OrderKey> = relation.sort.iter().collect();
        let is_text = |name: &str| {
            let column = relation.column(name);
            column.is_some_and(|at| sift::is_by_text(&relation.columns[at]))
        };
        let conditions = &relation.filter.conditions;
        let by_text = relation.sort.iter().any(|key| is_text(&key.column))
            || conditions
                .iter()
                .any(|one| sift::is_ordering(one.operator) && is_text(&one.column));
        let note = if by_text {
            "texts by their code points"
        } else {
            ""
        };
        let sort = (!keys.is_empty()).then(|| in_words(&keys));
        let note = (!note.is_empty()).then(|| note.to_owned());
        let parts: Vec<String> = filter.into_iter().chain(sort).chain(note).collect();
        Some(parts.join(" · "))
    }
}
