//! What can be done to the rows of a result: which commands, and when.

use super::Sql;
use super::console::{Console, Link};
use super::ran::Ran;
use crate::data::edits::{Input, Planned, Seen, Step};
use crate::data::result::Transaction;
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{CellPrompt, Cx, Effect, Refusal, Shared, Staging};

/// Why there is no free condition on what was returned.
pub(super) const NO_WHERE: &str =
    "a condition in SQL is the server's to answer: put it into the statement";

/// Whether a command is about rows, of a table or of a result.
pub(super) fn is_of_rows(command: Command) -> bool {
    let is_of_edits = matches!(
        command,
        Command::Undo
            | Command::Redo
            | Command::UndoCommit
            | Command::ReviewEdits
            | Command::DiscardEdits
    );
    let scope = command.spec().scope;
    is_of_edits
        || matches!(
            scope,
            Scope::Grid | Scope::Value | Scope::Record | Scope::Table
        )
}

impl Sql {
    pub(super) fn result_mut(&mut self) -> Option<&mut Ran> {
        self.console_mut()?.result_mut()
    }

    /// Whether a field of a row is looked for, which takes the keys.
    pub(super) fn is_finding(&self) -> bool {
        let in_results = self.console().is_some_and(|console| console.in_results);
        in_results && self.result().is_some_and(Ran::is_finding)
    }

    /// The scopes while keys are about the rows.
    pub(super) fn scopes_of_rows(&self) -> Vec<Scope> {
        if self.is_finding() {
            return vec![Scope::List];
        }
        if self.is_reading_row() {
            return Vec::new();
        }
        let is_record = self.result().is_some_and(|ran| ran.record.is_some());
        let record = is_record.then_some(Scope::Record);
        let rows = [
            Scope::Result,
            Scope::Grid,
            Scope::Value,
            Scope::Sql,
            Scope::Table,
            Scope::Moving,
        ];
        record.into_iter().chain(rows).collect()
    }

    /// Whether a row is read again to be changed: what is typed meanwhile is for what opens then.
    pub(super) fn is_reading_row(&self) -> bool {
        let in_results = self.console().is_some_and(|console| console.in_results);
        in_results && self.result().is_some_and(|ran| ran.editing.is_some())
    }

    /// Whether a command can be given to the rows that are shown.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn can_do_to_rows(&self, command: Command, shared: &Shared) -> Result<(), Refusal> {
        let ran = self.result().filter(|ran| ran.loaded() > 0);
        let ran = ran.ok_or("there are no rows here");
        let lacks_cells = |ran: &&Ran| !ran.has_cells();
        match command {
            Command::ReviewEdits | Command::DiscardEdits if !self.is_staging => {
                Err("nothing is staged".into())
            }
            Command::ReviewEdits | Command::DiscardEdits | Command::UndoCommit => Ok(()),
            Command::Undo | Command::Redo => match ran?.table() {
                Some(_) => Ok(()),
                None => Err("nothing of this result was changed".into()),
            },
            Command::Hide if ran?.shown_columns() < 2 => {
                Err("it is the only column that is shown".into())
            }
            Command::Sort | Command::SortFurther => ran?.can_sort().map_err(Into::into),
            Command::FilterWhere => Err(NO_WHERE.into()),
            Command::ShowRecord if ran?.record.is_some() => Err("the row is shown already".into()),
            Command::ViewCell
            | Command::CopyCell
            | Command::CopyAs
            | Command::ShowRecord
            | Command::FilterValue
            | Command::ExcludeValue
            | Command::Edit
            | Command::SetNull
            | Command::SetDefault
            | Command::DeleteRow
            | Command::ForgetRow
                if ran.as_ref().is_ok_and(lacks_cells) =>
            {
                Err("there is no row here".into())
            }
            Command::ViewCell
            | Command::CopyCell
            | Command::CopyAs
            | Command::ShowRecord
            | Command::FilterValue
            | Command::ExcludeValue
            // They are about columns, and take away a filter that no row passes.
            | Command::FilterColumn
            | Command::EditFilter
            | Command::SortNulls
            | Command::Wider
            | Command::Narrower
            | Command::Fit
            | Command::Hide
            | Command::Columns
            | Command::ShiftLeft
            | Command::ShiftRight
            | Command::Freeze => ran.map(drop).map_err(Into::into),
            Command::NextRow | Command::PreviousRow | Command::FindField | Command::ViewField => {
                Ok(())
            }
            Command::Edit
            | Command::SetNull
            | Command::SetDefault
            | Command::DeleteRow
            | Command::ForgetRow => {
                let link = self.console().map(|console: &Console| &console.link);
                match link {
                    Some(Link::Open(Transaction::Open | Transaction::Failed)) => Err(
                        "a transaction is open here, and others do not see what it changed".into(),
                    ),
                    _ => ran?.can_edit(command, shared),
                }
            }
            _ => Err("this is what a statement returned, and no table".into()),
        }
    }

    /// Results show what was written of their rows.
    pub(super) fn take_written(&mut self, written: &[(Planned, Seen)]) {
        for console in &mut self.consoles {
            for sent in &mut console.results {
                sent.ran.take_written(written);
            }
        }
    }
}

/// Stages what was typed for a cell.
pub(super) fn stage(prompt: &CellPrompt, input: &Input, cx: &mut Cx<'_>) {
    let Some(column) = prompt.relation.columns.get(prompt.column) else {
        return;
    };
    for (who, seen) in &prompt.target {
        let step = Step::Set {
            who: who.clone(),
            seen: seen.clone(),
            column: column.name.clone(),
            input: input.clone(),
        };
        let relation = std::sync::Arc::clone(&prompt.relation);
        cx.ask(Effect::Staging(Staging::Step(relation, step)));
    }
}
