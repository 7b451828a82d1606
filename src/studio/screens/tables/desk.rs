//! What is staged, in whichever table: it stays when another table is opened, and goes when it is
//! written or discarded.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::data::edits::{Change, Draft, Edits, Planned, Seen, Step, Who, inverse};
use crate::data::relation::Relation;
use crate::data::tally::Tally;

/// The staged edits of every table, and what would take the last commit back.
#[derive(Debug, Default)]
pub struct Desk {
    sheets: BTreeMap<u32, (Arc<Relation>, Edits)>,
    undo: Vec<(Arc<Relation>, Step)>,
    /// Whether the last commit deleted rows that others may have gone with.
    cascaded: bool,
}

impl Desk {
    /// The edits of a relation, by its number.
    #[must_use]
    pub fn edits(&self, oid: u32) -> Option<&Edits> {
        self.sheets.get(&oid).map(|(_, edits)| edits)
    }

    /// What is staged, by the number of the relation.
    #[must_use]
    pub fn all(&self) -> HashMap<u32, (Arc<Relation>, Edits)> {
        let sheets = self
            .sheets
            .iter()
            .filter(|(_, (_, edits))| !edits.is_empty());
        sheets.map(|(oid, sheet)| (*oid, sheet.clone())).collect()
    }

    /// Takes a step in a relation. Rows that it adds are given numbers that are not taken.
    pub fn push(&mut self, relation: &Arc<Relation>, step: Step) {
        self.take_up(relation, vec![step]);
    }

    /// The same with the steps of a draft, in which a row that was added is known by its number from then
    /// on.
    pub fn take_up(&mut self, relation: &Arc<Relation>, steps: Vec<Step>) {
        let (known, edits) = self
            .sheets
            .entry(relation.oid)
            .or_insert_with(|| (Arc::clone(relation), Edits::default()));
        Arc::clone_from(known, relation);
        let mut numbers = HashMap::new();
        for step in steps {
            let mut next = edits.next_number();
            edits.push(numbered(step, &mut numbers, &mut next));
        }
    }

    /// A step in a relation that has edits already, by its number.
    pub fn push_to(&mut self, oid: u32, step: Step) {
        if let Some((relation, _)) = self.sheets.get(&oid) {
            let relation = Arc::clone(relation);
            self.push(&relation, step);
        }
    }

    /// Takes the last step in a relation back; `false` where there is none.
    pub fn undo(&mut self, oid: u32) -> bool {
        self.sheets
            .get_mut(&oid)
            .is_some_and(|(_, edits)| edits.undo())
    }

    /// Takes it again; `false` where there is none.
    pub fn redo(&mut self, oid: u32) -> bool {
        self.sheets
            .get_mut(&oid)
            .is_some_and(|(_, edits)| edits.redo())
    }

    /// Everything that is staged.
    #[must_use]
    pub fn planned(&self) -> Vec<Planned> {
        let sheets = self.sheets.values();
        let planned = sheets.flat_map(|(relation, edits)| {
            let staged = edits.staged().iter();
            staged.map(|staged| (Arc::clone(relation), staged.clone()))
        });
        planned.collect()
    }

    /// Every step, as it is kept on disk.
    #[must_use]
    pub fn drafts(&self) -> Vec<Draft> {
        let sheets = self.sheets.values().filter(|(_, edits)| !edits.is_empty());
        let drafts = sheets.map(|(relation, edits)| Draft {
            schema: relation.schema.clone(),
            name: relation.name.clone(),
            steps: edits.steps().to_vec(),
            committing: false,
        });
        drafts.collect()
    }

    /// How much is staged, in all tables.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally::of(self.sheets.values().map(|(_, edits)| edits))
    }

    /// Forgets everything.
    pub fn discard(&mut self) {
        self.sheets.clear();
    }

    /// Takes out what was written, and keeps what would take it back. `now` has each row as the server
    /// returned it; nothing of it is known after a commit whose answer was lost.
    pub fn settle(&mut self, written: &[Planned], now: &[Seen]) {
        let mut rows: BTreeMap<u32, BTreeSet<Who>> = BTreeMap::new();
        for (relation, staged) in written {
            rows.entry(relation.oid)
                .or_default()
                .insert(staged.who.clone());
        }
        for (oid, rows) in rows {
            if let Some((_, edits)) = self.sheets.get_mut(&oid) {
                edits.settle(&rows);
            }
        }
        self.sheets.retain(|_, (_, edits)| !edits.is_empty());
        // What was done last is taken back first.
        let inverses = written.iter().zip(now).rev();
        let inverses = inverses.filter_map(|((relation, staged), now)| {
            Some((Arc::clone(relation), inverse(relation, staged, now)?))
        });
        self.undo = inverses.collect();
        self.cascaded = written
            .iter()
            .any(|(_, staged)| staged.change == Change::Delete);
    }

    /// Whether there is a commit that can be taken back.
    #[must_use]
    pub fn has_commit(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Whether it may have deleted more than it said.
    #[must_use]
    pub fn was_cascading(&self) -> bool {
        self.cascaded
    }

    /// Stages what takes the last commit back; how many changes that is.
    pub fn undo_commit(&mut self) -> usize {
        let steps = std::mem::take(&mut self.undo);
        let count = steps.len();
        for (relation, step) in steps {
            self.push(&relation, step);
        }
        count
    }
}

/// The step with the next free numbers for the rows it adds; `numbers` has those that were added before,
/// by what they were called.
fn numbered(step: Step, numbers: &mut HashMap<u64, u64>, next: &mut u64) -> Step {
    let known = |who: Who, numbers: &HashMap<u64, u64>| match who {
        Who::New(number) => Who::New(numbers.get(&number).copied().unwrap_or(number)),
        old @ Who::Old(_) => old,
    };
    match step {
        Step::Add { number, values } => {
            numbers.insert(number, *next);
            *next += 1;
            Step::Add {
                number: *next - 1,
                values,
            }
        }
        Step::Together(steps) => {
            let steps = steps.into_iter();
            Step::Together(steps.map(|step| numbered(step, numbers, next)).collect())
        }
        Step::Set {
            who,
            seen,
            column,
            input,
        } => Step::Set {
            who: known(who, numbers),
            seen,
            column,
            input,
        },
        Step::Delete { who, seen } => Step::Delete {
            who: known(who, numbers),
            seen,
        },
        Step::Rebase { who, seen, values } => Step::Rebase {
            who: known(who, numbers),
            seen,
            values,
        },
        Step::Forget(who) => Step::Forget(known(who, numbers)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_a_draft_keep_their_numbers_apart_from_those_that_are_there() {
        let add = |number| Step::Add {
            number,
            values: BTreeMap::new(),
        };
        let forget = |number| Step::Forget(Who::New(number));
        let mut numbers = HashMap::new();
        let mut next = 5;
        // The draft's row 1 was written before it was left.
        let steps = [add(0), Step::Together(vec![add(2), forget(2)]), forget(0)];
        let steps = steps.map(|step| numbered(step, &mut numbers, &mut next));
        let wanted = [add(5), Step::Together(vec![add(6), forget(6)]), forget(5)];
        assert_eq!(steps, wanted);
    }
}
