//! Going from row to row: to the row that a cell refers to, to those that refer to a row, and back
//! along the trail.

use super::rows::{Reference, Rows};
use super::trail::{Visit, Way};
use super::{Focus, Tables, count_of};
use crate::data::catalog::{Count, Object};
use crate::data::foreign::Equals;
use crate::studio::layer::{Answer, Choice, Choices, Cx, Effect, Peek, Refusal, Route, Shared};

/// What is done with a row that is referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It is gone to.
    Follow,
    /// It is looked at.
    Peek,
}

impl Tables {
    /// Whether the cell under the cursor refers to a row.
    pub(super) fn can_follow(&self) -> Result<(), Refusal> {
        let rows = self.rows.as_ref().ok_or("there is no row here")?;
        rows.references().map(|_| ()).map_err(Into::into)
    }

    /// Goes to what the cell refers to, or looks at it; where there are several, asks which.
    pub(super) fn refer(&mut self, step: Step, cx: &mut Cx<'_>) {
        let Some(Ok(references)) = self.rows.as_ref().map(Rows::references) else {
            return;
        };
        if references.len() == 1 {
            self.refer_to(step, 0, cx);
            return;
        }
        let choice = |(at, reference): (usize, &Reference)| {
            let values: Vec<String> = reference
                .equals
                .iter()
                .map(|(column, value)| format!("{column} = {value}"))
                .collect();
            let answer = match step {
                Step::Follow => Answer::Follow(at),
                Step::Peek => Answer::Peek(at),
            };
            let object = object_of(cx.shared, reference.table);
            Choice {
                label: object.map_or_else(
                    || "a table that is not in the tree".to_owned(),
                    Object::full_name,
                ),
                fact: values.join(", "),
                heading: "",
                answer: Ok(answer),
            }
        };
        let choices = references.iter().enumerate().map(choice).collect();
        cx.open(Route::Choose(Choices {
            title: "It refers to several rows".to_owned(),
            choices,
        }));
    }

    /// Goes to one of the rows that the cell refers to, or looks at it.
    pub(super) fn refer_to(&mut self, step: Step, at: usize, cx: &mut Cx<'_>) {
        let Some(rows) = &mut self.rows else {
            return;
        };
        let reference = rows.references().ok();
        let reference = reference.and_then(|all| all.into_iter().nth(at));
        let Some(Reference { table, equals }) = reference else {
            return;
        };
        let Some(object) = object_of(cx.shared, table).cloned() else {
            let why = "the table it refers to is not in the tree; . shows the system's own";
            cx.refuse(cx.shared.missing(why));
            return;
        };
        match step {
            Step::Peek => cx.open(Route::Peek(Peek {
                object: Box::new(object),
                equals,
                beside: rows.grid().line(),
            })),
            Step::Follow => self.find(&object, equals, false, cx),
        }
    }

    /// Shows the rows of a relation that refer to the one one comes from.
    pub(super) fn show_referring(&mut self, table: u32, equals: Equals, cx: &mut Cx<'_>) {
        if let Some(object) = object_of(cx.shared, table).cloned() {
            self.find(&object, equals, true, cx);
        } else {
            let why = "that table is not in the tree; . shows the system's own";
            cx.refuse(cx.shared.missing(why));
        }
    }

    /// Asks who refers to the row under the cursor.
    pub(super) fn ask_referrers(&mut self, cx: &mut Cx<'_>) {
        if let Some(rows) = &mut self.rows {
            cx.open(Route::Referrers {
                table: rows.object.oid,
                title: format!("Who refers to {}", rows.row_in_words()),
                row: rows.known_values(),
                beside: rows.grid().line(),
            });
        }
    }

    /// Leaves what is open for something else, to be come back to. What a search passes is no way.
    pub(super) fn go_on(&mut self, cx: &mut Cx<'_>) {
        match self.leave(cx) {
            Some(visit) if self.focus == Focus::Search => self.before_search.left = Some(visit),
            Some(visit) => self.trail.leave(visit),
            None => {}
        }
    }

    /// Leaves what is open and remembers the place; it is one of the trail if it was gone into.
    pub(super) fn leave(&mut self, cx: &mut Cx<'_>) -> Option<Visit> {
        let visited = std::mem::take(&mut self.visited);
        if let Some(ticket) = self.counted.take() {
            cx.ask(Effect::Cancel(ticket));
        }
        let mut rows = self.rows.take()?;
        rows.abandon(cx);
        let place = rows.place();
        self.places.insert(rows.object.oid, place.clone());
        let object = rows.object;
        visited.then_some(Visit { object, place })
    }

    /// Shows what was asked for.
    pub(super) fn arrive(&mut self, mut rows: Rows, cx: &mut Cx<'_>) {
        let object = rows.object.clone();
        if let Count::Exact(count) = count_of(cx.shared, object.oid) {
            rows.counted(count);
        }
        self.rows = Some(rows);
        self.sync();
        self.count_unasked(cx);
        match self.structure.take() {
            Some(view) if view.is_stopgap => view.abandon(cx),
            Some(view) => {
                view.abandon(cx);
                self.show_structure(&object, false, cx);
            }
            None => {}
        }
    }

    fn find(&mut self, object: &Object, equals: Equals, alone: bool, cx: &mut Cx<'_>) {
        self.go_on(cx);
        let rows = Rows::find(object, equals, alone, cx);
        self.arrive(rows, cx);
        self.enter_rows(cx);
    }

    /// Goes a step along the trail.
    pub(super) fn travel(&mut self, way: Way, cx: &mut Cx<'_>) {
        if self.trail.can_go(way).is_err() {
            return;
        }
        let now = self.leave(cx);
        if let Some(Visit { object, place }) = self.trail.go(way, now) {
            let rows = Rows::open(&object, Some(place), cx);
            self.arrive(rows, cx);
            self.enter_rows(cx);
        }
    }

    /// The tree follows where one goes.
    fn enter_rows(&mut self, cx: &mut Cx<'_>) {
        self.end_search(cx);
        if let Some(rows) = &self.rows {
            let object = rows.object.clone();
            self.tree.reveal(&object, cx.shared);
        }
        self.focus = Focus::Rows;
    }
}

fn object_of(shared: &Shared, oid: u32) -> Option<&Object> {
    let mut objects = shared.catalog.iter().flat_map(|catalog| &catalog.objects);
    objects.find(|object| object.oid == oid && object.kind.has_rows())
}
