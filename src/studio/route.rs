//! What can be opened over a screen, as plain data: what each of them is about.

use std::collections::HashMap;
use std::sync::Arc;

use ratatui::layout::Rect;

use super::layer::{Answer, Effect};
use crate::data::catalog::Object;
use crate::data::edits::{Conflict, Planned, RowId, Seen, Who};
use crate::data::filter::Condition;
use crate::data::foreign::Equals;
use crate::data::relation::Relation;
use crate::data::{Arrangement, Filter};
use crate::fault::Fault;

/// What can be opened over a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The commands that can be given now.
    Palette,
    /// The keys.
    Help,
    /// Every statement sent.
    Log,
    /// What was run in consoles, to be chosen from.
    History,
    /// The saved queries, to be chosen from.
    Saved,
    /// A text, to be kept as a query.
    Keep(String),
    /// The themes.
    Themes,
    /// A fault, in full.
    Fault(Fault),
    /// A longer text to read and copy.
    Text {
        /// Its heading.
        title: String,
        /// Its lines.
        text: String,
    },
    /// A value, whole.
    Value(Viewed),
    /// A line to type; the answer goes to the layer below.
    Prompt(Prompt),
    /// A condition on a column.
    Condition {
        /// The relation, as it is in the catalog.
        relation: Arc<Relation>,
        /// What is asked so far: at first, the column alone.
        condition: Condition,
        /// Its place in the filter, if it is there already.
        place: Option<usize>,
    },
    /// The conditions of a filter, to be edited.
    Filter(Filter),
    /// Numbers of a result, drawn.
    Chart(Charted),
    /// Something to choose; the answer goes to the layer below.
    Choose(Choices),
    /// The row that another one refers to.
    Peek(Peek),
    /// Who refers to a row; the answer goes to the layer below.
    Referrers {
        /// The relation the row is in, by its number.
        table: u32,
        /// The row in words.
        title: String,
        /// Its values by column, as far as they are known whole and are not NULL.
        row: HashMap<String, String>,
        /// The line of the screen that it is on, which stays in view.
        beside: u16,
    },
    /// A question that is answered by typing a name exactly.
    ConfirmName {
        /// The question.
        question: String,
        /// The name, as a rule the database's.
        name: String,
        /// What the right name does; [`Answer::Confirmed`] goes to the layer below.
        yes: Effect,
    },
    /// The columns of a relation, to be shown, hidden and ordered.
    Columns {
        /// The relation.
        relation: Arc<Relation>,
        /// How they are arranged.
        arrangement: Arrangement,
        /// The place of the one to begin at.
        column: usize,
    },
    /// What a column holds, over all rows that its relation's filter wants.
    Profile {
        /// The relation.
        relation: Arc<Relation>,
        /// The column's place.
        column: usize,
    },
    /// The plan of a statement.
    Plan {
        /// The statement in short.
        title: String,
        /// What the server returned: see [`crate::sql::explain`].
        json: String,
        /// The same of the statement before it was changed, or run anew.
        before: Option<String>,
    },
    /// A value for a cell, or for a column of several rows.
    Cell(CellPrompt),
    /// The values of a statement's parameters.
    Parameters(Vec<Parameter>),
    /// What will be written.
    Review(Vec<Planned>),
    /// What met others' changes.
    Conflicts(Vec<Planned>, Vec<Conflict>),
    /// A yes-or-no question; the command is run on yes.
    Confirm {
        /// The question.
        question: String,
        /// What yes does.
        yes: Effect,
        /// What no does, if it does anything.
        no: Option<Effect>,
    },
}

/// Rows with a label and numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charted {
    /// What the labels are: the name of their column.
    pub by: String,
    /// A label for each row.
    pub labels: Vec<String>,
    /// The columns of numbers: name and values as the server wrote them; nothing for NULL.
    pub numbers: Vec<(String, Vec<Option<String>>)>,
    /// Which rows these are, in words.
    pub about: String,
}

/// A list of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    /// The heading.
    pub title: String,
    /// What can be chosen.
    pub choices: Vec<Choice>,
}

/// One answer of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What it is.
    pub label: String,
    /// A fact about it.
    pub fact: String,
    /// The heading it stands under; empty for none.
    pub heading: &'static str,
    /// The answer, or why it cannot be given.
    pub answer: Result<Answer, String>,
}

/// A row to look at, and the line of the screen with the row that refers to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peek {
    /// What it is in.
    pub object: Box<Object>,
    /// What finds it.
    pub equals: Equals,
    /// The line that stays in view, counted from the top of the screen.
    pub beside: u16,
}

/// A value as it is in the grid, to be seen whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewed {
    /// The relation that it is in.
    pub relation: Arc<Relation>,
    /// Its column's place.
    pub column: usize,
    /// The text of it that is here.
    pub text: String,
    /// Its length in characters, where that text is only its beginning.
    pub cut: Option<u64>,
    /// What finds its row again, where something does.
    pub id: Option<RowId>,
}

/// A line to type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The heading.
    pub title: String,
    /// What to type.
    pub hint: String,
    /// What is there already.
    pub text: String,
    /// What is wrong with it, and at which character, counted from nought.
    pub wrong: Option<(String, usize)>,
    /// What the answer is for.
    pub purpose: Purpose,
}

/// A value to type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellPrompt {
    /// The relation.
    pub relation: Arc<Relation>,
    /// The column's place.
    pub column: usize,
    /// The rows, each as it was seen.
    pub target: Vec<(Who, Seen)>,
    /// The value that is there, the same in all the rows; nothing for NULL, and where they differ.
    pub text: Option<String>,
    /// Whether NULL is there, in all of them.
    pub is_null: bool,
    /// What is typed already, instead of it.
    pub typed: Option<String>,
    /// Where the cell is on the screen.
    pub at: Rect,
}

/// What a typed line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A file that a value is read from.
    Load,
    /// A file whose data are copied to the server.
    CopyFrom,
    /// A file that is written with data of the server's.
    CopyInto,
    /// A row to go to.
    Place,
    /// The free condition of a filter.
    Where,
    /// A file to save a value in.
    Save,
    /// A text to look for.
    Find,
    /// What is put in its place.
    Replace,
    /// How long a statement may run.
    Timeout,
    /// Another name.
    Rename,
}

/// A parameter of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// What it is called: `1`, `name`.
    pub name: String,
    /// Its type; empty where that is not known.
    pub kind: String,
    /// Its value, if it was given one.
    pub value: Option<String>,
    /// Whether it is given NULL.
    pub is_null: bool,
}

impl Parameter {
    /// As it is written: `$1`, `:name`.
    #[must_use]
    pub fn shown(&self) -> String {
        let is_number = self.name.starts_with(|ch: char| ch.is_ascii_digit());
        let sign = if is_number { '$' } else { ':' };
        format!("{sign}{}", self.name)
    }
}
