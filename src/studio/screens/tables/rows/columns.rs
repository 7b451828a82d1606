//! The columns of the open table: shown or hidden, in which order, which of them stay, how wide; and
//! what one of them holds.

use std::sync::Arc;

use super::{Rows, name};
use crate::data::Arrangement;
use crate::studio::keys::Command;
use crate::studio::layer::{Cx, Effect, Route};

impl Rows {
    /// Whether a column would be left if one were hidden.
    #[must_use]
    pub fn can_hide(&self) -> bool {
        let relation = self.relation.as_ref();
        relation.is_some_and(|relation| relation.columns.len() > self.grid.hidden() + 1)
    }

    /// Does what a command says about the columns, and has it remembered.
    pub fn arrange(&mut self, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::Wider => self.grid.widen(2),
            Command::Narrower => self.grid.widen(-2),
            Command::Fit => self.grid.fit(),
            Command::Freeze => self.grid.freeze(),
            Command::Hide => {
                self.grid.hide();
            }
            Command::ShiftLeft | Command::ShiftRight => {
                if !self.grid.shift(command == Command::ShiftRight) {
                    cx.refuse("there is no column beyond it");
                }
            }
            Command::Columns => {
                self.ask_columns(cx);
                return;
            }
            _ => return,
        }
        self.remember(cx);
    }

    fn ask_columns(&self, cx: &mut Cx<'_>) {
        if let Some(relation) = &self.relation {
            cx.open(Route::Columns {
                relation: Arc::clone(relation),
                arrangement: self.grid.arrangement(relation),
                column: self.grid.column,
            });
        }
    }

    /// Takes another arrangement, and goes to a column.
    pub fn arranged(&mut self, arrangement: &Arrangement, column: usize, cx: &mut Cx<'_>) {
        if let Some(relation) = &self.relation {
            self.grid.arrange(relation, arrangement);
            self.grid.column = column;
            self.remember(cx);
        }
    }

    /// Has the arrangement remembered, if it is another one.
    pub fn remember(&self, cx: &mut Cx<'_>) {
        let Some(relation) = &self.relation else {
            return;
        };
        let table = name(&self.object);
        let arrangement = self.grid.arrangement(relation);
        if arrangement != cx.shared.arrangement(&table) {
            cx.ask(Effect::Arrange(table, arrangement));
        }
    }

    /// Shows what the column under the cursor holds, in the rows that the filter wants.
    pub fn profile(&self, cx: &mut Cx<'_>) {
        if let Some(relation) = &self.relation {
            cx.open(Route::Profile {
                relation: Arc::clone(relation),
                column: self.grid.column,
            });
        }
    }
}
