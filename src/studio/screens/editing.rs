//! What it takes to change a row, in a table or in what a statement returned: whether it may be done,
//! and how a cell is asked for its value.

use std::sync::Arc;

use ratatui::layout::Rect;

use crate::data::edits::{Change, Edits, Input, Seen, Who};
use crate::data::filter::Kind;
use crate::data::relation::Relation;
use crate::studio::keys::Command;
use crate::studio::layer::CellPrompt;

/// What a cell shows that is given its column's default.
pub(super) const DEFAULT: &str = "default";

/// Whether an editing command may be given to a row of a relation, on the column at this place;
/// `is_new`, where the row is staged to be added.
///
/// # Errors
/// Why not.
pub(super) fn may(
    command: Command,
    relation: &Relation,
    column: usize,
    is_new: bool,
) -> Result<(), String> {
    let writes = matches!(
        command,
        Command::AddRow
            | Command::DuplicateRow
            | Command::DeleteRow
            | Command::Edit
            | Command::SetNull
            | Command::SetDefault
    );
    if writes && relation.allows.read_only {
        return Err(relation.allows.reason().to_owned());
    }
    let name = &relation.name;
    match command {
        Command::AddRow | Command::DuplicateRow if !relation.allows.insert => {
            Err(format!("no row can be added to {name} by this role"))
        }
        Command::DeleteRow if !is_new && !relation.allows.delete => {
            Err(format!("no row of {name} can be deleted by this role"))
        }
        Command::Edit | Command::SetNull | Command::SetDefault => {
            if !is_new && !relation.allows.update {
                return Err(format!("no row of {name} can be changed by this role"));
            }
            let input = match command {
                Command::SetNull => Input::Null,
                Command::SetDefault => Input::Default,
                _ => Input::Text(String::new()),
            };
            let column = relation.columns.get(column);
            column.map_or(Ok(()), |column| column.takes(&input))
        }
        _ => Ok(()),
    }
}

/// What a cell is given, or has.
pub(super) fn given(
    edits: Option<&Edits>,
    relation: &Relation,
    (who, seen): &(Who, Seen),
    column: usize,
) -> Option<Input> {
    let name = &relation.columns.get(column)?.name;
    let staged = match edits.and_then(|edits| edits.change(who)) {
        Some(Change::Update(values) | Change::Insert(values)) => values.get(name).cloned(),
        Some(Change::Delete) | None => None,
    };
    staged.or_else(|| Some(seen.get(column)?.clone().map_or(Input::Null, Input::Text)))
}

/// What an edit of a cell leads to.
pub(super) enum Edited {
    /// A value, at once.
    Given(Input),
    /// A question.
    Asked(Box<CellPrompt>),
}

/// A truth value turns into the other one; for others a value is asked for, in a dialog at the cell,
/// which begins with what was pasted.
pub(super) fn edit(
    (relation, column): (&Arc<Relation>, usize),
    target: &[(Who, Seen)],
    edits: Option<&Edits>,
    (pasted, at): (Option<String>, Rect),
) -> Option<Edited> {
    let known = relation.columns.get(column)?;
    let given = target.iter().map(|row| given(edits, relation, row, column));
    let mut given: Vec<Option<Input>> = given.collect();
    given.dedup();
    // Of several rows only what they have in common is there already.
    let before = match given.as_slice() {
        [common] => common.clone(),
        _ => None,
    };
    if known.kind() == Kind::Boolean && pasted.is_none() {
        let next = match before {
            Some(Input::Text(text)) if text == "t" => "f",
            _ => "t",
        };
        return Some(Edited::Given(Input::Text(next.to_owned())));
    }
    let is_null = before == Some(Input::Null);
    let text = match before {
        Some(Input::Text(text)) => Some(text),
        _ => None,
    };
    Some(Edited::Asked(Box::new(CellPrompt {
        relation: Arc::clone(relation),
        column,
        target: target.to_vec(),
        text,
        is_null,
        typed: pasted,
        at,
    })))
}
