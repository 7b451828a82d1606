//! Which rows are shown, in which order: the filter and the sort. They are in force when the first
//! page is here; until then, and where the server refuses them, what was shown stays.

use std::sync::Arc;
use std::time::Duration;

use super::{Rows, Wanted};
use crate::data::filter::Condition;
use crate::data::order::{nulls_turned, sorted_by};
use crate::data::relation::{Relation, Seek};
use crate::data::{Column, Filter, OrderKey};
use crate::fault::Fault;
use crate::sql::keyset::ALIAS;
use crate::sql::{condition, guard, page};
use crate::studio::layer::{Cx, Prompt, Purpose, Route};
use crate::studio::work::DbRequest;

/// How long the server may count what a filter wants.
const TOTAL_DEADLINE: Duration = Duration::from_secs(5);

impl Rows {
    /// The filter and sort that were asked for last: in force, or on their way. A second key means
    /// what the first one asked for, not what is still on the screen.
    fn meant(&self) -> Option<Arc<Relation>> {
        match &self.asked {
            Some((_, Wanted::Shape(shown))) => Some(Arc::clone(shown)),
            _ => self.relation.clone(),
        }
    }

    fn meant_filter(&self) -> Filter {
        let meant = self.meant();
        meant.map_or_else(Filter::default, |relation| relation.filter.clone())
    }

    /// The filter in force.
    #[must_use]
    pub fn filter(&self) -> Filter {
        let relation = self.relation.as_ref();
        relation.map_or_else(Filter::default, |relation| relation.filter.clone())
    }

    fn column(&self) -> Option<&Column> {
        self.relation.as_ref()?.columns.get(self.grid.column)
    }

    /// Why the column cannot be sorted by, if it cannot.
    ///
    /// # Errors
    /// The reason.
    pub fn can_sort(&self) -> Result<(), String> {
        match self.column() {
            Some(column) if !column.is_ordered() => {
                let kind = column.short_type();
                Err(format!("values of type {kind} have no order"))
            }
            _ => Ok(()),
        }
    }

    /// Sorts by the column under the cursor: up, down, not; alone, or further to what is sorted by.
    pub fn sort(&mut self, further: bool, cx: &mut Cx<'_>) {
        let (Some(relation), Some(column)) = (self.meant(), self.column()) else {
            return;
        };
        let sort = sorted_by(&relation.sort, column, further);
        self.show(&sort, &relation.filter, cx);
    }

    /// Puts the NULLs of the column at the other end.
    pub fn sort_nulls(&mut self, cx: &mut Cx<'_>) {
        let (Some(relation), Some(column)) = (self.meant(), self.column()) else {
            return;
        };
        let Some(sort) = nulls_turned(&relation.sort, column) else {
            cx.refuse("the rows are not sorted by this column");
            return;
        };
        self.show(&sort, &relation.filter, cx);
    }

    /// Shows only rows with the value under the cursor, or none with it.
    pub fn filter_value(&mut self, exclude: bool, cx: &mut Cx<'_>) {
        let (Some(column), Some(cell)) = (self.column(), self.value()) else {
            return;
        };
        if cell.cut.is_some() {
            cx.refuse("only the first part of this value is here; f filters by a part of it");
            return;
        }
        let condition = Condition::on_value(column, cell.text, exclude);
        self.condition(None, condition, cx);
    }

    /// Asks for a condition on the column under the cursor; the one there is, if there is one.
    pub fn ask_condition(&self, cx: &mut Cx<'_>) {
        let Some(column) = self.column() else {
            return;
        };
        let filter = self.filter();
        if let Some(at) = filter.place_of(&column.name) {
            self.edit_condition(at, cx);
            return;
        }
        let condition = Condition::likeliest(column);
        self.open_condition(None, condition, cx);
    }

    /// Asks for another condition in the place of one.
    pub fn edit_condition(&self, place: usize, cx: &mut Cx<'_>) {
        if let Some(condition) = self.filter().conditions.get(place) {
            self.open_condition(Some(place), condition.clone(), cx);
        }
    }

    fn open_condition(&self, place: Option<usize>, condition: Condition, cx: &mut Cx<'_>) {
        if let Some(relation) = &self.base {
            cx.open(Route::Condition {
                relation: Arc::clone(relation),
                condition,
                place,
            });
        }
    }

    /// Asks for the free condition.
    pub fn ask_where(&self, cx: &mut Cx<'_>) {
        let text = self.filter().free.unwrap_or_default();
        open_where(text, None, cx);
    }

    /// Takes a condition: one more, or another one in a place.
    pub fn condition(&mut self, place: Option<usize>, condition: Condition, cx: &mut Cx<'_>) {
        let filter = self.meant_filter().with(place, condition);
        self.set_filter(&filter, cx);
    }

    /// Takes the free condition; an empty one is none.
    pub fn free_condition(&mut self, typed: &str, cx: &mut Cx<'_>) {
        let read_only = self
            .relation
            .as_ref()
            .is_some_and(|relation| relation.allows.read_only);
        if let (true, Err(why)) = (read_only, guard::check(typed)) {
            let end = typed.chars().count();
            open_where(
                typed.to_owned(),
                Some((format!("read-only: {why}"), end)),
                cx,
            );
            return;
        }
        let mut filter = self.meant_filter();
        filter.free = (!typed.trim().is_empty()).then(|| typed.to_owned());
        self.set_filter(&filter, cx);
    }

    /// Takes a filter, whole.
    pub fn set_filter(&mut self, filter: &Filter, cx: &mut Cx<'_>) {
        if let Some(relation) = self.meant() {
            self.show(&relation.sort, filter, cx);
        }
    }

    fn show(&mut self, sort: &[OrderKey], filter: &Filter, cx: &mut Cx<'_>) {
        let Some(base) = &self.base else {
            return;
        };
        let shown = Arc::new(base.shown(sort, filter));
        if Some(&shown) == self.meant().as_ref() {
            return;
        }
        self.abandon(cx);
        let wanted = Wanted::Shape(Arc::clone(&shown));
        self.ask(shown, Seek::First, wanted, cx);
    }

    /// The first page of another filter or sort is here: it is in force.
    pub(super) fn reshape(&mut self, shown: Arc<Relation>, cx: &mut Cx<'_>) {
        self.total = None;
        self.relation = Some(shown);
        self.ask_total(cx);
    }

    /// Asks how many rows the filter wants.
    pub(super) fn ask_total(&mut self, cx: &mut Cx<'_>) {
        let relation = self.relation.clone();
        if let Some(relation) = relation.filter(|relation| !relation.filter.is_empty()) {
            self.totalling = Some(cx.db(DbRequest::Total {
                relation,
                deadline: TOTAL_DEADLINE,
            }));
        }
    }

    /// A filter or sort was refused. A fault of the free condition is shown where it is.
    pub(super) fn misshaped(&self, wanted: &Relation, fault: Fault, cx: &mut Cx<'_>) {
        let before = self
            .relation
            .as_ref()
            .and_then(|now| now.filter.free.as_ref());
        let free = wanted.filter.free.clone();
        if let Some(free) = free.filter(|free| Some(free) != before) {
            let sql = page::first(wanted);
            let position = fault.position;
            let at = position.and_then(|at| condition::place_in_free(&sql, &free, at));
            // The server knows the table by a name that nobody typed.
            let ours = format!("\"{ALIAS}.");
            let hint = fault.hint.map_or_else(String::new, |hint| {
                format!(" · {}", hint.replace(&ours, "\""))
            });
            let wrong = format!("{}{hint}", fault.what);
            let at = at.unwrap_or_else(|| free.chars().count());
            return open_where(free, Some((wrong, at)), cx);
        }
        // A value that the server refuses is there to be mended.
        let before = self.filter().conditions;
        let conditions = wanted.filter.conditions.iter().enumerate();
        let new = conditions.rev().find(|(_, one)| !before.contains(one));
        if let Some((at, condition)) = new {
            let place = (at < before.len()).then_some(at);
            self.open_condition(place, condition.clone(), cx);
        }
        cx.refuse(fault.what);
    }
}

fn open_where(text: String, wrong: Option<(String, usize)>, cx: &mut Cx<'_>) {
    cx.open(Route::Prompt(Prompt {
        title: "Where".to_owned(),
        hint: "a condition in SQL: total > 100 and status <> 'cart'".to_owned(),
        text,
        wrong,
        purpose: Purpose::Where,
    }));
}
