//! Changing rows of a result that comes from one table: they are staged with all other edits, and
//! reviewed and written where those are.
//!
//! A result is what the server said once, and what says where its columns come from tells a table, not
//! which of its rows. So a row is read again by its key before it is changed, and must still be as it is
//! shown: it can have been changed since, and in a join of a table with itself the key of one row can
//! stand beside the values of another.

use std::collections::HashMap;
use std::sync::Arc;

use ratatui::crossterm::event::KeyEvent;

use super::ran::Ran;
use crate::data::edits::{Change, Edits, Input, Planned, RowId, Seen, Step, Who};
use crate::data::relation::{Identity, Relation};
use crate::data::{Cell, Column};
use crate::sql::statement;
use crate::studio::keys::Command;
use crate::studio::layer::{Cx, Effect, Refusal, Route, Shared, Staging};
use crate::studio::screens::editing::{self, Edited};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

/// The table that a result comes from.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) relation: Arc<Relation>,
    /// For each column of the result the table's own, where it is one of them.
    pub(super) columns: Vec<Option<usize>>,
    /// Where in a row of the result the values of the table's key stand.
    key: Vec<usize>,
    /// The rows that were written since, by their keys in the result: as they are now, or gone.
    written: HashMap<RowId, Option<Seen>>,
}

/// What an edit waits for.
#[derive(Debug)]
pub(super) struct Editing {
    ticket: Ticket,
    command: Command,
    row: usize,
    column: usize,
    /// The row that is read; nothing, while the table is.
    id: Option<RowId>,
    /// What is typed meanwhile.
    ahead: Vec<KeyEvent>,
}

impl Source {
    /// Finds the columns of a result in a table.
    ///
    /// # Errors
    /// Its rows cannot be told apart by them.
    fn of(relation: Arc<Relation>, columns: &[Column]) -> Result<Self, String> {
        let own = |column: &Column| {
            let is_it = |own: &Column| own.origin == column.origin;
            relation.columns.iter().position(is_it)
        };
        let columns: Vec<Option<usize>> = columns.iter().map(own).collect();
        let name = &relation.name;
        let (Identity::Key(_), Some(keys)) = (&relation.identity, relation.identity_cells()) else {
            return Err(format!("{name} has no key that tells its rows apart"));
        };
        let place = |key: &usize| columns.iter().position(|column| *column == Some(*key));
        let key: Option<Vec<usize>> = keys.iter().map(place).collect();
        let Some(key) = key else {
            let names = keys.iter().map(|key| relation.columns[*key].name.as_str());
            let names = names.collect::<Vec<_>>().join(", ");
            return Err(format!("select the key of {name} too: {names}"));
        };
        Ok(Self {
            relation,
            columns,
            key,
            written: HashMap::new(),
        })
    }

    /// Whether the key is in this column of the result.
    pub(super) fn is_key(&self, column: usize) -> bool {
        self.key.contains(&column)
    }

    /// The key of a row as it is now.
    fn id_now(&self, id: RowId) -> Option<RowId> {
        match self.written.get(&id) {
            None => Some(id),
            Some(None) => None,
            Some(Some(seen)) => {
                let cells = self.relation.identity_cells()?;
                cells.iter().map(|cell| seen.get(*cell).cloned()).collect()
            }
        }
    }

    /// Takes what was written of the table.
    fn take_written(&mut self, written: &[(Planned, Seen)]) {
        for ((relation, staged), now) in written {
            let Who::Old(id) = &staged.who else {
                continue;
            };
            if relation.oid != self.relation.oid {
                continue;
            }
            // A row whose key was changed before is still where the result has it.
            let before = self.written.keys().find(|before| {
                let now = self.id_now((*before).clone());
                now.as_ref() == Some(id)
            });
            let place = before.unwrap_or(id).clone();
            let is_there = !matches!(staged.change, Change::Delete);
            self.written.insert(place, is_there.then(|| now.clone()));
        }
    }
}

impl Ran {
    /// Why the row under the cursor cannot be changed, if it cannot, as far as that is known here.
    ///
    /// # Errors
    /// The reason.
    pub(super) fn can_edit(&self, command: Command, shared: &Shared) -> Result<(), Refusal> {
        if self.editing.is_some() {
            return Err("the row is still being read".into());
        }
        let columns = self.relation.as_ref().map(|relation| &relation.columns[..]);
        let columns = columns.unwrap_or_default();
        let Some(table) = table_of(columns) else {
            return Err("it does not come from one table, with nothing joined to it".into());
        };
        let objects = shared.catalog.iter().flat_map(|catalog| &catalog.objects);
        let mut objects = objects.filter(|object| object.kind.has_rows());
        let Some(object) = objects.find(|object| object.oid == table) else {
            let why = "its table is not among those that are shown";
            return Err(shared.missing(why).into());
        };
        // Of a table that is there twice, the server does not say which of its rows a value is of.
        if !statement::reads_once(&self.sql, &object.name) {
            let name = &object.name;
            return Err(format!("which row of {name} a value is of cannot be told: it is read more than once, or behind a WITH").into());
        }
        let column = columns.get(self.grid.column);
        let computed = column.filter(|column| column.origin.attribute == 0);
        if let (Command::Edit | Command::SetNull | Command::SetDefault, Some(column)) =
            (command, computed)
        {
            return Err(format!("{} was computed, and is in no table", column.name).into());
        }
        let Some(source) = &self.source else {
            return Ok(());
        };
        let column = source.columns.get(self.grid.column).copied().flatten();
        editing::may(
            command,
            &source.relation,
            column.unwrap_or(usize::MAX),
            false,
        )
        .map_err(Into::into)
    }

    /// Does what an editing command says to the row under the cursor, once its table is known and the
    /// row was read again.
    pub(super) fn edit(&mut self, command: Command, cx: &mut Cx<'_>) {
        let (row, column) = (self.grid.row, self.grid.column);
        if self.source.is_some() {
            return self.read_row((command, row, column), Vec::new(), cx);
        }
        let columns = self.relation.as_ref().map(|relation| &relation.columns[..]);
        let table = table_of(columns.unwrap_or_default());
        let catalog = cx.shared.catalog.iter();
        let mut objects = catalog.flat_map(|catalog| &catalog.objects);
        let object = objects.find(|object| object.kind.has_rows() && Some(object.oid) == table);
        if let Some(object) = object {
            let request = DbRequest::Describe(Box::new(object.clone()));
            self.editing = Some(Editing {
                ticket: cx.db(request),
                command,
                row,
                column,
                id: None,
                ahead: Vec::new(),
            });
        }
    }

    fn read_row(
        &mut self,
        (command, row, column): (Command, usize, usize),
        ahead: Vec<KeyEvent>,
        cx: &mut Cx<'_>,
    ) {
        let Some(source) = &self.source else {
            return;
        };
        let own = source.columns.get(column).copied().flatten();
        let own = own.unwrap_or(usize::MAX);
        if let Err(why) = editing::may(command, &source.relation, own, false) {
            return cx.refuse(why);
        }
        let Some(Who::Old(id)) = self.who(row) else {
            return cx.refuse("the row is gone");
        };
        if command == Command::ForgetRow {
            let step = Step::Forget(Who::Old(id));
            let relation = Arc::clone(&source.relation);
            return cx.ask(Effect::Staging(Staging::Step(relation, step)));
        }
        let ticket = cx.db(DbRequest::Row {
            relation: Arc::clone(&source.relation),
            id: id.clone(),
        });
        self.editing = Some(Editing {
            ticket,
            command,
            row,
            column,
            id: Some(id),
            ahead,
        });
    }

    /// Takes a key that is pressed while an edit waits: it is for what opens then.
    pub(super) fn type_ahead(&mut self, key: &KeyEvent) -> bool {
        if let Some(editing) = &mut self.editing {
            editing.ahead.push(*key);
        }
        self.editing.is_some()
    }

    /// Gives an edit up that still waits; `false` where there is none.
    pub(super) fn stop_editing(&mut self, cx: &mut Cx<'_>) -> bool {
        let editing = self.editing.take();
        if let Some(editing) = &editing {
            cx.ask(Effect::Cancel(editing.ticket));
        }
        editing.is_some()
    }

    /// Takes what an edit waited for; `false` if this is about something else.
    pub(super) fn take_edit(&mut self, ticket: Ticket, reply: &DbReply, cx: &mut Cx<'_>) -> bool {
        let waits = |editing: &mut Editing| editing.ticket == ticket;
        let Some(editing) = self.editing.take_if(waits) else {
            return false;
        };
        match reply {
            DbReply::Part(Part::Relation(relation)) => {
                let columns = self.relation.as_ref().map(|relation| &relation.columns[..]);
                match Source::of(Arc::clone(relation), columns.unwrap_or_default()) {
                    Ok(source) => {
                        self.source = Some(source);
                        let at = (editing.command, editing.row, editing.column);
                        self.read_row(at, editing.ahead, cx);
                    }
                    Err(why) => cx.refuse(why),
                }
            }
            DbReply::Part(Part::Row(Some(seen))) => self.edit_row(&editing, seen, cx),
            DbReply::Part(Part::Row(None)) => {
                cx.refuse("the row is gone: run the statement again to see what is there");
            }
            DbReply::Failed(fault) => cx.refuse(fault.what.clone()),
            _ => {}
        }
        true
    }

    fn edit_row(&mut self, editing: &Editing, seen: &Seen, cx: &mut Cx<'_>) {
        let (Some(source), Some(id)) = (&self.source, &editing.id) else {
            return;
        };
        let differs = source.columns.iter().enumerate().find(|(at, own)| {
            let shown = self.value_now(editing.row, *at);
            own.is_some_and(|own| {
                shown.map(|cell| cell.text) != seen.get(own).map(Option::as_deref)
            })
        });
        if let Some((at, _)) = differs {
            let name = self
                .relation
                .as_ref()
                .map(|one| one.columns[at].name.as_str());
            return cx.refuse(format!(
                "{} is not as it is shown any more: run the statement again",
                name.unwrap_or_default()
            ));
        }
        let who = Who::Old(id.clone());
        let relation = Arc::clone(&source.relation);
        let own = source.columns.get(editing.column).copied().flatten();
        let edits = cx.shared.staged.get(&relation.oid).map(|(_, edits)| edits);
        let target = [(who.clone(), seen.clone())];
        let set = |own: usize, input: Input| Step::Set {
            who: who.clone(),
            seen: seen.clone(),
            column: relation.columns[own].name.clone(),
            input,
        };
        let step = match (editing.command, own) {
            (Command::DeleteRow, _) if is_deleted(edits, &who) => Step::Forget(who),
            (Command::DeleteRow, _) => Step::Delete {
                who,
                seen: seen.clone(),
            },
            (Command::SetNull, Some(own)) => set(own, Input::Null),
            (Command::SetDefault, Some(own)) => set(own, Input::Default),
            (Command::Edit, Some(own)) => {
                let at = self.grid.cell_area();
                match editing::edit((&relation, own), &target, edits, (None, at)) {
                    Some(Edited::Given(input)) => set(own, input),
                    Some(Edited::Asked(prompt)) => {
                        cx.open(Route::Cell(*prompt));
                        return cx.ask(Effect::Keys(editing.ahead.clone()));
                    }
                    None => return,
                }
            }
            _ => return,
        };
        cx.ask(Effect::Staging(Staging::Step(relation, step)));
    }

    /// The row at a place, as its table knows it.
    pub(super) fn who(&self, row: usize) -> Option<Who> {
        let source = self.source.as_ref()?;
        source.id_now(self.id(source, row)?).map(Who::Old)
    }

    fn id(&self, source: &Source, row: usize) -> Option<RowId> {
        let cells = source.key.iter();
        cells
            .map(|at| Some(self.cell_at(row, *at)?.text.map(str::to_owned)))
            .collect()
    }

    /// What was written of a row since: as it is now, or that it is gone.
    pub(super) fn written(&self, row: usize) -> Option<&Option<Seen>> {
        let source = self.source.as_ref()?;
        if source.written.is_empty() {
            return None;
        }
        source.written.get(&self.id(source, row)?)
    }

    /// A value as far as it is known: as it came, or as it was written since.
    pub(super) fn value_now(&self, row: usize, column: usize) -> Option<Cell<'_>> {
        let source = self.source.as_ref();
        let own = source.and_then(|source| source.columns.get(column).copied().flatten());
        match (self.written(row), own) {
            (Some(Some(seen)), Some(own)) => seen.get(own).map(|value| Cell {
                text: value.as_deref(),
                cut: None,
            }),
            _ => self.cell_at(row, column),
        }
    }

    /// What is staged of its table is shown in it, whoever staged it.
    pub(super) fn show_staged(&mut self, shared: &Shared) {
        if self.source.is_some() || shared.staged.is_empty() {
            return;
        }
        let columns = self.relation.as_ref().map(|relation| &relation.columns[..]);
        let columns = columns.unwrap_or_default();
        let sheet = table_of(columns).and_then(|table| shared.staged.get(&table));
        if let Some((relation, _)) = sheet
            && statement::reads_once(&self.sql, &relation.name)
        {
            self.source = Source::of(Arc::clone(relation), columns).ok();
        }
    }

    /// Takes what was written.
    pub(super) fn take_written(&mut self, written: &[(Planned, Seen)]) {
        if let Some(source) = &mut self.source {
            source.take_written(written);
        }
    }

    /// The table it comes from, once something of it is to be changed.
    pub(super) fn table(&self) -> Option<u32> {
        self.source.as_ref().map(|source| source.relation.oid)
    }
}

fn is_deleted(edits: Option<&Edits>, who: &Who) -> bool {
    let change = edits.and_then(|edits| edits.change(who));
    matches!(change, Some(Change::Delete))
}

/// The one table that all columns come from which come from any; nothing where there is none, or more
/// than one.
fn table_of(columns: &[Column]) -> Option<u32> {
    let mut tables = columns
        .iter()
        .map(|column| column.origin.table)
        .filter(|table| *table != 0);
    let first = tables.next()?;
    tables.all(|table| table == first).then_some(first)
}
