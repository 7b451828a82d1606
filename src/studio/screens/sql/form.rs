//! A result with one of its rows shown as a form.

use ratatui::crossterm::event::KeyEvent;

use super::ran::Ran;
use crate::studio::keys::Command;
use crate::studio::layer::Cx;
use crate::studio::screens::record::{Meant, Record};

impl Ran {
    /// Whether a field of the row is looked for, which takes the keys.
    pub(super) fn is_finding(&self) -> bool {
        self.record.as_ref().is_some_and(Record::is_finding)
    }

    /// Ends the search for a field, or else the form; `false` where there is neither.
    pub(super) fn close_record(&mut self) -> bool {
        let Some(record) = &mut self.record else {
            return false;
        };
        if !record.stop_finding(&mut self.grid) {
            self.record = None;
            // A field that the grid hides has no cell to stand on there.
            self.grid.sideways(0);
        }
        true
    }

    /// Does what a command says while a form is shown, or opens it; `false` where it means the same as
    /// in the grid.
    pub(super) fn in_record(&mut self, command: Command, cx: &mut Cx<'_>) -> bool {
        let (Some(record), Some(relation)) = (&mut self.record, &self.relation) else {
            if command == Command::ShowRecord {
                self.record = Some(Record::default());
            }
            return command == Command::ShowRecord;
        };
        match record.command(command, &mut self.grid, relation) {
            Meant::Done => {}
            Meant::Row(by) => self.step(by, cx),
            Meant::View => self.view(cx),
            Meant::Other => return false,
        }
        true
    }

    /// Takes a key for the name of the field that is looked for.
    pub(super) fn type_field(&mut self, key: &KeyEvent) {
        if let (Some(record), Some(relation)) = (&mut self.record, &self.relation) {
            record.key(key, &mut self.grid, relation);
        }
    }

    /// Takes pasted text for it.
    pub(super) fn paste_field(&mut self, pasted: &str) {
        if let (Some(record), Some(relation)) = (&mut self.record, &self.relation) {
            record.paste(pasted, &mut self.grid, relation);
        }
    }

    /// Puts the cursor on the field at a row of the screen; `false` where no form is shown.
    pub(super) fn click_field(&mut self, y: u16) -> bool {
        if let Some(record) = &self.record {
            record.click(y, &mut self.grid);
        }
        self.record.is_some()
    }
}
