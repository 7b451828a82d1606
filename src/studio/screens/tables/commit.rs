//! From the review to what the server says of it, and back by an undo.

use super::Tables;
use crate::data::catalog::rows as rows_in_words;
use crate::data::edits::{Change, Planned, Written};
use crate::fault::Fault;
use crate::studio::keys::Command;
use crate::studio::layer::{Answer, Cx, Effect, Route, Tone};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

impl Tables {
    /// Stages what takes the last commit back.
    pub(super) fn undo_commit(&mut self, cx: &mut Cx<'_>) {
        let cascades = self.desk.was_cascading();
        let count = self.desk.undo_commit();
        let word = if count == 1 { "change" } else { "changes" };
        let said = format!("{count} {word} staged that take the last commit back");
        if cascades {
            cx.ask(Effect::Toast(
                Tone::Warning,
                format!("{said}, but not what went with a row by cascade"),
            ));
        } else {
            cx.ask(Effect::Toast(Tone::Good, said));
        }
        self.staged(cx);
    }

    /// Writes what was reviewed. In production what changes or deletes rows is asked about once more.
    pub(super) fn commit(&mut self, changes: Vec<Planned>, cx: &mut Cx<'_>) {
        let is_destructive = |(_, staged): &Planned| !matches!(staged.change, Change::Insert(_));
        let rows = changes
            .iter()
            .filter(|change| is_destructive(change))
            .count();
        if !cx.shared.guards.production || rows == 0 {
            return self.write(changes, cx);
        }
        let catalog = cx.shared.catalog.as_ref();
        let name = catalog.map_or_else(String::new, |catalog| catalog.database.clone());
        self.confirming = Some(changes);
        cx.open(Route::ConfirmName {
            question: format!(
                "This changes or deletes {} in production.",
                rows_in_words(rows as u64)
            ),
            name,
            yes: Effect::Answer(Box::new(Answer::Confirmed)),
        });
    }

    /// Writes what was asked about.
    pub(super) fn confirmed(&mut self, cx: &mut Cx<'_>) {
        if let Some(changes) = self.confirming.take() {
            self.write(changes, cx);
        }
    }

    fn write(&mut self, changes: Vec<Planned>, cx: &mut Cx<'_>) {
        self.writing = Some(cx.db(DbRequest::Write(changes)));
        self.staged(cx);
    }

    /// Takes what the server says of what is being written; `false` if it is of something else.
    pub(super) fn on_write(&mut self, ticket: Ticket, reply: &DbReply, cx: &mut Cx<'_>) -> bool {
        if self.writing != Some(ticket) {
            return false;
        }
        match reply {
            DbReply::Part(Part::Written { changes, written }) => {
                self.written(changes, (**written).clone(), cx);
            }
            DbReply::Failed(fault) => unwritten(fault.clone(), cx),
            _ => {}
        }
        if reply.is_final() {
            self.writing = None;
            self.staged(cx);
        }
        true
    }

    fn written(&mut self, changes: &[Planned], written: Written, cx: &mut Cx<'_>) {
        match written {
            Written::All(now) => {
                let count = changes.len();
                let word = if count == 1 { "change" } else { "changes" };
                self.desk.settle(changes, &now);
                let written = changes.iter().cloned().zip(now);
                cx.ask(Effect::Written(written.collect()));
                let keys = cx.shared.keymap.first_name(Command::UndoCommit);
                let keys = keys.unwrap_or_default();
                cx.ask(Effect::Toast(
                    Tone::Good,
                    format!("{count} {word} written · {keys} stages what takes them back"),
                ));
                self.read_written(changes, cx);
            }
            Written::Conflicts(conflicts) => {
                cx.open(Route::Conflicts(changes.to_vec(), conflicts));
            }
            Written::Refused { at, column, fault } => {
                let refused = at.and_then(|at| changes.get(at));
                if let (Some((relation, staged)), Some(rows)) = (refused, &mut self.rows)
                    && relation.oid == rows.object.oid
                {
                    rows.go_to_cell(&staged.who, column.as_deref(), cx);
                }
                let fault = match refused {
                    Some((relation, staged)) => {
                        let row = staged.which(relation);
                        let column = column.map_or_else(String::new, |name| format!(", {name}"));
                        let about = format!("{} {row}{column}", relation.name);
                        let why = fault
                            .why
                            .as_ref()
                            .map_or(about.clone(), |why| format!("{about}: {why}"));
                        fault.because(why)
                    }
                    None => fault,
                };
                unwritten(fault, cx);
            }
            Written::Lost { written, fault } => {
                let what = match written {
                    Some(true) => "The connection was lost, but everything was written",
                    Some(false) => "The connection was lost, and nothing was written",
                    None => "The connection was lost, and whether it was written is not known",
                };
                let remedy = match written {
                    Some(true) => "nothing is left to do",
                    Some(false) => "what was staged is still staged: review it, and write it again",
                    None => {
                        "read the rows again and compare, before you write what is still staged"
                    }
                };
                if written == Some(true) {
                    self.desk.settle(changes, &[]);
                }
                let fault = Fault {
                    what: what.to_owned(),
                    ..fault
                };
                cx.open(Route::Fault(fault.remedy(remedy)));
                self.read_written(changes, cx);
            }
        }
        self.staged(cx);
    }

    /// What was written is read again, and counted.
    fn read_written(&mut self, changes: &[Planned], cx: &mut Cx<'_>) {
        if let Some(rows) = &mut self.rows {
            rows.unmark();
            rows.reload(cx);
        }
        let is_written = |oid: u32| changes.iter().any(|(relation, _)| relation.oid == oid);
        let objects = cx
            .shared
            .catalog
            .iter()
            .flat_map(|catalog| &catalog.objects);
        let counted = objects.filter(|object| object.kind.is_counted() && is_written(object.oid));
        let objects: Vec<_> = counted.cloned().collect();
        if !objects.is_empty() {
            cx.db(DbRequest::CountAll {
                objects,
                deadline: super::COUNT_DEADLINE,
            });
        }
    }
}

fn unwritten(fault: Fault, cx: &mut Cx<'_>) {
    let what = format!("Nothing was written: {}", fault.what);
    cx.open(Route::Fault(Fault { what, ..fault }));
}
