//! Staged edits: what a person has changed in a relation and not yet written. Each step can be
//! undone and redone; what is staged is what the steps add up to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::relation::{Identity, Relation};
use super::tally::Tally;
use crate::fault::Fault;
use crate::glyphs;

/// What a person gives a cell. The three are different: no value, the column's own default, a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    /// No value.
    Null,
    /// What the column's default is when it is written.
    Default,
    /// The text of a value; the empty one too.
    Text(String),
}

/// A row as it was seen: one value a column, `None` for NULL.
pub type Seen = Vec<Option<String>>;

/// What finds an old row again: the values of its key, its place, or all of its values.
pub type RowId = Vec<Option<String>>;

/// A row that edits are about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Who {
    /// One that the relation has.
    Old(RowId),
    /// One that is added, by its number among those.
    New(u64),
}

/// One step of a person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// A cell is given a value.
    Set {
        /// The row.
        who: Who,
        /// The row as it was seen; nothing for an added one.
        seen: Seen,
        /// The column's name.
        column: String,
        /// What it is given.
        input: Input,
    },
    /// A row is added, with these values; the other columns take their defaults.
    Add {
        /// Its number.
        number: u64,
        /// Its values.
        values: BTreeMap<String, Input>,
    },
    /// A row is deleted; an added one is taken away again.
    Delete {
        /// The row.
        who: Who,
        /// The row as it was seen.
        seen: Seen,
    },
    /// What was staged of a row is forgotten.
    Forget(Who),
    /// Another changed the row meanwhile: it is compared with what it is now, and given these values.
    Rebase {
        /// The row.
        who: Who,
        /// The row as it is now.
        seen: Seen,
        /// What it is given; nothing, and nothing is staged of it any more.
        values: BTreeMap<String, Input>,
    },
    /// Several steps that are one to the person.
    Together(Vec<Step>),
}

impl Step {
    /// The step as far as it is about other rows.
    fn without(self, rows: &BTreeSet<Who>) -> Option<Self> {
        let who = match &self {
            Self::Together(steps) => {
                let steps = steps.iter().cloned().filter_map(|step| step.without(rows));
                let steps: Vec<Self> = steps.collect();
                return (!steps.is_empty()).then_some(Self::Together(steps));
            }
            Self::Add { number, .. } => Who::New(*number),
            Self::Set { who, .. }
            | Self::Delete { who, .. }
            | Self::Rebase { who, .. }
            | Self::Forget(who) => who.clone(),
        };
        (!rows.contains(&who)).then_some(self)
    }
}

/// What is to become of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// These columns are given these values.
    Update(BTreeMap<String, Input>),
    /// It goes.
    Delete,
    /// It comes, with these values.
    Insert(BTreeMap<String, Input>),
}

/// A row's change, with what was seen before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staged {
    /// The row.
    pub who: Who,
    /// The row as it was seen when it was first changed; nothing for an added one.
    pub seen: Seen,
    /// What is to become of it.
    pub change: Change,
}

impl Staged {
    /// `id 4`: the key of the row, or its first values; an added one has none yet.
    #[must_use]
    pub fn which(&self, relation: &Relation) -> String {
        if matches!(self.who, Who::New(_)) {
            return "new row".to_owned();
        }
        let columns = relation.columns.iter().zip(&self.seen);
        let keys = columns.clone().filter(|(column, _)| column.key.primary);
        let keys: Vec<_> = match keys.clone().count() {
            0 => columns.take(2).collect(),
            _ => keys.collect(),
        };
        let words = keys.iter().map(|(column, value)| {
            let value = value.as_deref().unwrap_or(glyphs::NULL);
            format!("{} {}", column.name, short(value))
        });
        words.collect::<Vec<_>>().join(", ")
    }
}

/// The beginning of a value that is too long for a line of many.
#[must_use]
pub fn short(text: &str) -> String {
    const MOST: usize = 24;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}{}", &text[..at], glyphs::MORE),
        None => text.to_owned(),
    }
}

/// The steps in one relation, as they are kept on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The relation's schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// The steps, in their order.
    pub steps: Vec<Step>,
    /// Whether they were being written when this was kept: they may be in the database already.
    #[serde(default)]
    pub committing: bool,
}

/// One row's change, and the relation it is in.
pub type Planned = (Arc<Relation>, Staged);

/// What takes a change back that was written: `now` is the row as the server returned it. Nothing,
/// where the row cannot be found again.
#[must_use]
pub fn inverse(relation: &Relation, staged: &Staged, now: &Seen) -> Option<Step> {
    let given = |value: &Option<String>| value.clone().map_or(Input::Null, Input::Text);
    let columns = relation.columns.iter();
    match &staged.change {
        Change::Delete => {
            // A generated column is nobody's to give; an identity is put back as it was.
            let values = columns.zip(now).filter(|(column, _)| !column.generated);
            let values = values.map(|(column, value)| (column.name.clone(), given(value)));
            Some(Step::Add {
                number: 0,
                values: values.collect(),
            })
        }
        Change::Insert(_) => Some(Step::Delete {
            who: Who::Old(id_of(relation, now)?),
            seen: now.clone(),
        }),
        Change::Update(values) => {
            let before = columns.zip(&staged.seen);
            let before = before.filter(|(column, _)| values.contains_key(&column.name));
            let values = before.map(|(column, value)| (column.name.clone(), given(value)));
            let who = match (&relation.identity, &staged.who) {
                (Identity::Key(_), _) => Who::Old(id_of(relation, now)?),
                // A row that is written has another place.
                _ => return None,
            };
            Some(Step::Rebase {
                who,
                seen: now.clone(),
                values: values.collect(),
            })
        }
    }
}

/// What finds a row again whose values are known.
fn id_of(relation: &Relation, row: &Seen) -> Option<RowId> {
    match relation.identity {
        Identity::Place => None,
        Identity::Key(_) | Identity::Whole => {
            let cells = relation.identity_cells()?;
            cells
                .into_iter()
                .map(|cell| row.get(cell).cloned())
                .collect()
        }
    }
}

/// The edits of one relation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    steps: Vec<Step>,
    undone: Vec<Step>,
    /// What the steps add up to, in the order in which the rows were first touched.
    staged: Vec<Staged>,
    /// Where in `staged` a row is.
    places: BTreeMap<Who, usize>,
    next: u64,
}

/// What a change does to rows of another table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The table's name.
    pub table: String,
    /// How many rows; unknown where counting them would take too long.
    pub rows: Option<u64>,
    /// What becomes of them.
    pub action: Action,
}

/// What a foreign key does when the row it refers to goes (`ON DELETE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The referring rows go too.
    Cascades,
    /// They lose the reference.
    SetsNull,
    /// They take the default.
    SetsDefault,
    /// The row may not go.
    Forbids,
}

/// How an attempt to write staged edits ended. Unless it says otherwise, nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// All of it: for each row what the server returned, one value a column.
    All(Vec<Seen>),
    /// Others changed these rows meanwhile.
    Conflicts(Vec<Conflict>),
    /// The server refused.
    Refused {
        /// Which of the changes it refused, where that is known.
        at: Option<usize>,
        /// The column it was about, where that is known.
        column: Option<String>,
        /// Why.
        fault: Fault,
    },
    /// The connection was lost while the server was to commit. All was written, or nothing.
    Lost {
        /// Which of the two, where the server could be asked.
        written: Option<bool>,
        /// What happened.
        fault: Fault,
    },
}

/// A row that is not as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Which of the changes it is about.
    pub at: usize,
    /// The row as it is now; nothing if it is gone.
    pub theirs: Option<Seen>,
}

impl Edits {
    /// The edits that these steps add up to, as a draft holds them.
    #[must_use]
    pub fn of(steps: Vec<Step>) -> Self {
        let mut edits = Self {
            steps,
            ..Self::default()
        };
        edits.fold();
        edits
    }

    /// The steps so far, to be kept in a draft.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Takes a step.
    pub fn push(&mut self, step: Step) {
        self.undone.clear();
        self.apply(&step);
        self.steps.push(step);
    }

    /// A number for a row that will be added.
    #[must_use]
    pub fn next_number(&self) -> u64 {
        self.next
    }

    /// Takes the last step back; `false` where there is none.
    pub fn undo(&mut self) -> bool {
        let Some(step) = self.steps.pop() else {
            return false;
        };
        self.undone.push(step);
        self.fold();
        true
    }

    /// Takes the step again that was taken back last; `false` where there is none.
    pub fn redo(&mut self) -> bool {
        let Some(step) = self.undone.pop() else {
            return false;
        };
        self.apply(&step);
        self.steps.push(step);
        true
    }

    /// Every row's change.
    #[must_use]
    pub fn staged(&self) -> &[Staged] {
        &self.staged
    }

    /// Whether nothing is staged.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.staged.is_empty()
    }

    /// What is to become of a row.
    #[must_use]
    pub fn change(&self, who: &Who) -> Option<&Change> {
        self.places.get(who).map(|at| &self.staged[*at].change)
    }

    /// The added rows, by their numbers, in their order.
    pub fn added(&self) -> impl Iterator<Item = (u64, &BTreeMap<String, Input>)> {
        self.staged
            .iter()
            .filter_map(|staged| match (&staged.who, &staged.change) {
                (Who::New(number), Change::Insert(values)) => Some((*number, values)),
                _ => None,
            })
    }

    /// How many rows of each kind of change there are.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for staged in &self.staged {
            match staged.change {
                Change::Update(_) => tally.changed += 1,
                Change::Insert(_) => tally.added += 1,
                Change::Delete => tally.deleted += 1,
            }
        }
        tally
    }

    /// Takes out what was written: no undo brings it back into what is staged.
    pub fn settle(&mut self, written: &BTreeSet<Who>) {
        let steps = std::mem::take(&mut self.steps);
        self.steps = steps
            .into_iter()
            .filter_map(|step| step.without(written))
            .collect();
        self.undone.clear();
        self.fold();
    }

    fn fold(&mut self) {
        self.staged.clear();
        self.places.clear();
        self.next = 0;
        let steps = std::mem::take(&mut self.steps);
        for step in &steps {
            self.apply(step);
        }
        self.steps = steps;
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Together(steps) => {
                for step in steps {
                    self.apply(step);
                }
            }
            Step::Add { number, values } => {
                self.next = self.next.max(number + 1);
                self.put(Staged {
                    who: Who::New(*number),
                    seen: Seen::new(),
                    change: Change::Insert(values.clone()),
                });
            }
            Step::Set {
                who,
                seen,
                column,
                input,
            } => self.set(who, seen, column, input),
            Step::Delete { who, seen } => match who {
                Who::New(_) => self.forget(who),
                Who::Old(_) => {
                    // What was seen first is what is compared with: a later look may be another's.
                    let before = self.places.get(who).map(|at| self.staged[*at].seen.clone());
                    self.put(Staged {
                        who: who.clone(),
                        seen: before.unwrap_or_else(|| seen.clone()),
                        change: Change::Delete,
                    });
                }
            },
            Step::Forget(who) => self.forget(who),
            Step::Rebase { who, values, .. } if values.is_empty() => self.forget(who),
            Step::Rebase { who, seen, values } => self.put(Staged {
                who: who.clone(),
                seen: seen.clone(),
                change: Change::Update(values.clone()),
            }),
        }
    }

    fn set(&mut self, who: &Who, seen: &Seen, column: &str, input: &Input) {
        match self.places.get(who).map(|at| &mut self.staged[*at].change) {
            Some(Change::Update(values) | Change::Insert(values)) => {
                values.insert(column.to_owned(), input.clone());
            }
            None if matches!(who, Who::Old(_)) => self.put(Staged {
                who: who.clone(),
                seen: seen.clone(),
                change: Change::Update(BTreeMap::from([(column.to_owned(), input.clone())])),
            }),
            // A row that goes, or is not there, is given nothing.
            Some(Change::Delete) | None => {}
        }
    }

    fn put(&mut self, staged: Staged) {
        self.forget(&staged.who);
        self.places.insert(staged.who.clone(), self.staged.len());
        self.staged.push(staged);
    }

    fn forget(&mut self, who: &Who) {
        let Some(at) = self.places.remove(who) else {
            return;
        };
        self.staged.remove(at);
        for place in self.places.values_mut() {
            if *place > at {
                *place -= 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn old(id: u8) -> Who {
        Who::Old(vec![Some(id.to_string())])
    }

    fn step() -> impl Strategy<Value = Step> {
        let who = prop_oneof![(0..3u8).prop_map(old), (0..3u64).prop_map(Who::New)];
        let input = prop_oneof![
            Just(Input::Null),
            Just(Input::Default),
            "[a-c]{0,2}".prop_map(Input::Text)
        ];
        let seen = || vec![Some("1".to_owned()), None];
        prop_oneof![
            (who.clone(), "[ab]", input).prop_map(move |(who, column, input)| Step::Set {
                who,
                seen: seen(),
                column,
                input
            }),
            who.clone()
                .prop_map(move |who| Step::Delete { who, seen: seen() }),
            who.prop_map(Step::Forget),
            (0..3u64).prop_map(|number| Step::Add {
                number,
                values: BTreeMap::new()
            }),
        ]
    }

    proptest! {
        #[test]
        fn undoing_all_and_redoing_all_is_as_if_nothing_had_been(steps in proptest::collection::vec(step(), 0..20)) {
            let mut edits = Edits::default();
            let mut states = vec![edits.staged().to_vec()];
            for step in steps {
                edits.push(step);
                states.push(edits.staged().to_vec());
            }
            for wanted in states.iter().rev().skip(1) {
                prop_assert!(edits.undo());
                prop_assert_eq!(edits.staged(), wanted.as_slice());
            }
            prop_assert!(!edits.undo() && edits.is_empty());
            for wanted in states.iter().skip(1) {
                prop_assert!(edits.redo());
                prop_assert_eq!(edits.staged(), wanted.as_slice());
                for staged in edits.staged() {
                    prop_assert_eq!(edits.change(&staged.who), Some(&staged.change));
                }
            }
            prop_assert!(!edits.redo());
            let again = Edits::of(edits.steps().to_vec());
            prop_assert_eq!(again.staged(), edits.staged());
        }
    }

    #[test]
    fn what_was_seen_first_is_kept_and_a_new_step_ends_what_could_be_redone() {
        let mut edits = Edits::default();
        let set = |seen: &str, text: &str| Step::Set {
            who: old(1),
            seen: vec![Some(seen.to_owned())],
            column: "a".to_owned(),
            input: Input::Text(text.to_owned()),
        };
        edits.push(set("first", "x"));
        edits.push(set("second", "y"));
        assert_eq!(edits.staged()[0].seen, [Some("first".to_owned())]);
        assert_eq!(
            edits.tally(),
            Tally {
                changed: 1,
                ..Tally::default()
            }
        );
        edits.undo();
        edits.push(Step::Delete {
            who: old(1),
            seen: vec![None],
        });
        assert!(!edits.redo());
        assert_eq!(edits.staged()[0].seen, [Some("first".to_owned())]);
        assert_eq!(edits.change(&old(1)), Some(&Change::Delete));
    }
}
