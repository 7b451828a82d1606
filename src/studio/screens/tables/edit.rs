//! Editing: from a key to a staged change.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Tables;
use super::rows::Missing;
use crate::data::Column;
use crate::data::catalog::rows as rows_in_words;
use crate::data::edits::{Change, Input, Seen, Step, Who};
use crate::data::paste;
use crate::data::relation::Relation;
use crate::studio::keys::Command;
use crate::studio::layer::{CellPrompt, Cx, Effect, Layer, Route, Staging, Tone};
use crate::studio::screens::editing::{self, Edited};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

/// What waits for the whole of a row.
#[derive(Debug)]
pub(super) struct Fetching {
    ticket: Ticket,
    command: Command,
    who: Who,
    relation: Arc<Relation>,
    column: usize,
}

impl Tables {
    fn relation(&self) -> Option<Arc<Relation>> {
        self.rows.as_ref()?.base()
    }

    /// Why an editing command cannot be given now, if it cannot.
    ///
    /// # Errors
    /// The reason.
    pub(super) fn can_edit(&self, command: Command) -> Result<(), String> {
        let (Some(rows), Some(relation)) = (&self.rows, self.relation()) else {
            return Err("no table is open".to_owned());
        };
        let (row, column) = rows.cursor();
        let is_new = matches!(rows.who(row), Some(Who::New(_)));
        editing::may(command, &relation, column, is_new)
    }

    /// Does what an editing command says to the rows that are meant.
    pub(super) fn edit(&mut self, command: Command, cx: &mut Cx<'_>) {
        let relation = self.relation();
        let (Some(rows), Some(relation)) = (&mut self.rows, relation) else {
            return;
        };
        match command {
            Command::AddRow => {
                let step = Step::Add {
                    number: 0,
                    values: BTreeMap::new(),
                };
                self.stage(&relation, step, cx);
                self.show_added(&relation, cx);
            }
            Command::MarkRow => {
                if let Err(why) = rows.toggle_mark() {
                    cx.refuse(why);
                }
            }
            _ => match rows.target() {
                Ok(target) => {
                    let column = rows.cursor().1;
                    self.edit_rows(command, (&relation, column), &target, cx);
                }
                Err(Missing::Reason(why)) => cx.refuse(why),
                Err(Missing::Whole(_)) if self.fetching.is_some() => {
                    cx.refuse("a row is still being read whole: once more in a moment");
                }
                Err(Missing::Whole(id)) => {
                    let column = rows.cursor().1;
                    let ticket = cx.db(DbRequest::Row {
                        relation: Arc::clone(&relation),
                        id: id.clone(),
                    });
                    self.fetching = Some(Fetching {
                        ticket,
                        command,
                        who: Who::Old(id),
                        relation,
                        column,
                    });
                }
            },
        }
    }

    fn edit_rows(
        &mut self,
        command: Command,
        (relation, column): (&Arc<Relation>, usize),
        target: &[(Who, Seen)],
        cx: &mut Cx<'_>,
    ) {
        let steps: Vec<Step> = match command {
            Command::Edit => return self.edit_cell((relation, column), target, cx),
            Command::SetNull => return self.give((relation, column), target, &Input::Null, cx),
            Command::SetDefault => {
                return self.give((relation, column), target, &Input::Default, cx);
            }
            Command::DeleteRow => self.deleted(relation, target),
            Command::ForgetRow => target
                .iter()
                .map(|(who, _)| Step::Forget(who.clone()))
                .collect(),
            Command::DuplicateRow => target
                .iter()
                .map(|row| self.duplicate(relation, row))
                .collect(),
            _ => return,
        };
        self.stage(relation, together(steps), cx);
        // What was meant is done; the next command is about other rows.
        if let Some(rows) = &mut self.rows {
            rows.unmark();
        }
        if command == Command::DuplicateRow {
            self.show_added(relation, cx);
        }
    }

    /// One value is typed into the cell under the cursor; a table is rows to be added.
    pub(super) fn paste(&mut self, pasted: &str, cx: &mut Cx<'_>) {
        let Some(relation) = self.relation() else {
            return;
        };
        if !pasted.trim_end_matches('\n').contains(['\t', '\n']) {
            match self.can_edit(Command::Edit) {
                Ok(()) => {
                    self.pasted = Some(pasted.trim_end_matches('\n').to_owned());
                    self.edit(Command::Edit, cx);
                    // A row that is still to be read whole takes it when it is here.
                    self.pasted = self.pasted.take().filter(|_| self.fetching.is_some());
                }
                Err(why) => cx.refuse(why),
            }
            return;
        }
        if let Err(why) = self.can_edit(Command::AddRow) {
            return cx.refuse(why);
        }
        let names = |free: bool| -> Vec<&str> {
            let columns = relation.columns.iter();
            let columns = columns.filter(|column| !(column.generated || free && column.always));
            columns.map(|column| column.name.as_str()).collect()
        };
        match paste::rows(pasted, &names(false), &names(true)) {
            Ok(rows) if !rows.is_empty() => {
                let count = rows.len();
                let steps = rows
                    .into_iter()
                    .map(|values| Step::Add { number: 0, values });
                self.stage(&relation, together(steps.collect()), cx);
                self.show_added(&relation, cx);
                let said = format!(
                    "{} staged, from what was pasted",
                    rows_in_words(count as u64)
                );
                cx.ask(Effect::Toast(Tone::Good, said));
            }
            Ok(_) => {}
            Err(why) => cx.refuse(why),
        }
    }

    /// Rows that go; where all of them were to go already, they stay.
    fn deleted(&self, relation: &Relation, target: &[(Who, Seen)]) -> Vec<Step> {
        let edits = self.desk.edits(relation.oid);
        let goes = |who: &Who| edits.and_then(|edits| edits.change(who)) == Some(&Change::Delete);
        if target.iter().all(|(who, _)| goes(who)) {
            return target
                .iter()
                .map(|(who, _)| Step::Forget(who.clone()))
                .collect();
        }
        let rest = target.iter().filter(|(who, _)| !goes(who));
        let step = |(who, seen): &(Who, Seen)| Step::Delete {
            who: who.clone(),
            seen: seen.clone(),
        };
        rest.map(step).collect()
    }

    /// A row with the same values, but for those that the server gives, and keys that have a default.
    fn duplicate(&self, relation: &Relation, row: &(Who, Seen)) -> Step {
        let free = |column: &Column| {
            let own = column.key.primary || column.key.unique;
            column.can_be_given().is_ok() && !(own && column.has_default)
        };
        let edits = self.desk.edits(relation.oid);
        let columns = relation.columns.iter().enumerate();
        let values = columns
            .filter(|(_, column)| free(column))
            .filter_map(|(at, column)| {
                let input = editing::given(edits, relation, row, at)?;
                Some((column.name.clone(), input))
            });
        Step::Add {
            number: 0,
            values: values.collect(),
        }
    }

    /// Gives a cell its next value, or asks for one.
    fn edit_cell(
        &mut self,
        (relation, column): (&Arc<Relation>, usize),
        target: &[(Who, Seen)],
        cx: &mut Cx<'_>,
    ) {
        let Some(rows) = &mut self.rows else {
            return;
        };
        let at = rows.grid().cell_area();
        let edits = self.desk.edits(relation.oid);
        let pasted = self.pasted.take();
        match editing::edit((relation, column), target, edits, (pasted, at)) {
            Some(Edited::Given(input)) => self.give((relation, column), target, &input, cx),
            Some(Edited::Asked(prompt)) => cx.open(Route::Cell(*prompt)),
            None => {}
        }
    }

    /// Takes what was typed for a cell.
    pub(super) fn typed(&mut self, prompt: &CellPrompt, input: &Input, cx: &mut Cx<'_>) {
        let Some(column) = prompt.relation.columns.get(prompt.column) else {
            return;
        };
        self.give_column(&prompt.relation, &prompt.target, &column.name, input, cx);
        // A new row is filled in field after field.
        if let ([(Who::New(_), _)], Some(rows)) = (prompt.target.as_slice(), &mut self.rows) {
            rows.sideways(1);
        }
    }

    fn give(
        &mut self,
        (relation, column): (&Arc<Relation>, usize),
        target: &[(Who, Seen)],
        input: &Input,
        cx: &mut Cx<'_>,
    ) {
        if let Some(column) = relation.columns.get(column) {
            self.give_column(relation, target, &column.name, input, cx);
        }
    }

    fn give_column(
        &mut self,
        relation: &Arc<Relation>,
        target: &[(Who, Seen)],
        column: &str,
        input: &Input,
        cx: &mut Cx<'_>,
    ) {
        let steps = target.iter().map(|(who, seen)| Step::Set {
            who: who.clone(),
            seen: seen.clone(),
            column: column.to_owned(),
            input: input.clone(),
        });
        self.stage(relation, together(steps.collect()), cx);
    }

    fn stage(&mut self, relation: &Arc<Relation>, step: Step, cx: &mut Cx<'_>) {
        self.desk.push(relation, step);
        self.staged(cx);
    }

    /// Stages what another screen asks for.
    pub(super) fn stage_for_another(&mut self, staging: Staging, cx: &mut Cx<'_>) {
        match staging {
            Staging::Step(relation, step) => self.stage(&relation, step, cx),
            Staging::Undo(oid) => self.step_back_in(oid, false, cx),
            Staging::Redo(oid) => self.step_back_in(oid, true, cx),
            Staging::Command(command) => match self.enabled(command, cx.shared) {
                Ok(()) => self.on_command(command, cx),
                Err(why) => cx.refuse(why),
            },
        }
    }

    /// What is staged has changed: the rows show it, and a crash does not lose it.
    pub(super) fn staged(&mut self, cx: &mut Cx<'_>) {
        self.sync();
        cx.ask(Effect::Staged(self.desk.all()));
        // What is still to be taken up stays with what is staged: it has one place on disk.
        // So does what was left and not answered for yet.
        let drafts = self
            .desk
            .drafts()
            .into_iter()
            .chain(self.left.iter().cloned());
        cx.ask(Effect::Draft(
            drafts.chain(self.restoring.values().cloned()).collect(),
        ));
    }

    /// Lets the rows know what is staged of them.
    pub(super) fn sync(&mut self) {
        if let Some(rows) = &mut self.rows {
            rows.sync(self.desk.edits(rows.object.oid));
        }
    }

    /// To the row that was added last, on the first column that is given a value.
    fn show_added(&mut self, relation: &Relation, cx: &mut Cx<'_>) {
        let column = relation
            .columns
            .iter()
            .position(|column| column.can_be_given().is_ok());
        if let Some(rows) = &mut self.rows {
            rows.unmark();
            rows.last(cx);
            rows.grid().column = column.unwrap_or(0);
        }
    }

    /// Undo and redo in the table that is open.
    pub(super) fn step_back(&mut self, redo: bool, cx: &mut Cx<'_>) {
        if let Some(oid) = self.rows.as_ref().map(|rows| rows.object.oid) {
            self.step_back_in(oid, redo, cx);
        }
    }

    fn step_back_in(&mut self, oid: u32, redo: bool, cx: &mut Cx<'_>) {
        let done = if redo {
            self.desk.redo(oid)
        } else {
            self.desk.undo(oid)
        };
        if done {
            self.staged(cx);
        } else if redo {
            cx.refuse("nothing was taken back");
        } else {
            cx.refuse("nothing is staged in this table");
        }
    }

    /// Takes a row that was read whole to be edited; `false` if this is something else.
    pub(super) fn on_row(&mut self, ticket: Ticket, reply: &DbReply, cx: &mut Cx<'_>) -> bool {
        let Some(fetching) = self.fetching.take_if(|fetching| fetching.ticket == ticket) else {
            return false;
        };
        match reply {
            DbReply::Part(Part::Row(Some(seen))) => {
                let Fetching {
                    command,
                    who,
                    relation,
                    column,
                    ..
                } = fetching;
                let is_open = self.relation().is_some_and(|open| open.oid == relation.oid);
                if is_open {
                    self.edit_rows(command, (&relation, column), &[(who, seen.clone())], cx);
                } else {
                    cx.refuse("nothing was staged of the row that was left");
                }
            }
            DbReply::Part(Part::Row(None)) => cx.refuse("the row is gone: r reads the table again"),
            DbReply::Failed(fault) => cx.refuse(fault.what.clone()),
            _ => {}
        }
        self.pasted = None;
        true
    }
}

/// Several steps as one; one as itself.
fn together(mut steps: Vec<Step>) -> Step {
    match (steps.pop(), steps.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            steps.extend(last);
            Step::Together(steps)
        }
    }
}
