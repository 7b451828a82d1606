//! A statement of a console before it is sent, and after.

use std::sync::Arc;
use std::time::Duration;

use super::ran::{Ran, State};
use crate::sql::brief::one_line;
use crate::sql::parameters::Stretch;
use crate::studio::work::console::Way;

/// A statement that is to be run, and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Planned {
    pub(super) sql: String,
    /// The byte of the text at which it begins.
    pub(super) at: usize,
    /// What its rows are, where they are more than rows.
    pub(super) meant_as: Meant,
    /// What it is called, where that is not its text.
    pub(super) label: Option<String>,
    /// How many characters are sent in front of what stands in the text; nothing where what is sent
    /// stands nowhere.
    pub(super) prefix: Option<usize>,
    /// As it was written, where parameters in it were given values.
    pub(super) written: Option<Written>,
    /// What is copied between the server and this side.
    pub(super) copy: Option<Copying>,
    /// The file it stands in, where that is not the text of the console.
    pub(super) origin: Option<Origin>,
    /// The file whose statements take its place before anything is run.
    pub(super) include: Option<String>,
    /// How long after its end it is run again.
    pub(super) watch: Option<Duration>,
    /// What every `\x` before it says of how rows are shown from then on.
    pub(super) expanded: Vec<Option<bool>>,
}

/// The data of a COPY on this side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Copying {
    pub(super) is_from: bool,
    /// Where they are, once that is known.
    pub(super) way: Option<Way>,
    /// The byte of the text at which they begin, where they stand in it.
    pub(super) data_at: Option<usize>,
}

/// Where a statement stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) path: Arc<str>,
    /// From one.
    pub(super) line: usize,
    /// How many files it is inside of.
    pub(super) depth: usize,
}

/// A statement before its parameters were given values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) sql: String,
    /// What stands elsewhere in what is sent.
    pub(super) stretches: Vec<Stretch>,
}

impl Planned {
    /// One whose rows are what is wanted.
    pub(super) fn new(sql: impl Into<String>, at: usize) -> Self {
        Self {
            sql: sql.into(),
            at,
            meant_as: Meant::Rows,
            label: None,
            prefix: Some(0),
            written: None,
            copy: None,
            origin: None,
            include: None,
            watch: None,
            expanded: Vec::new(),
        }
    }
}

/// What comes of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meant {
    /// Its rows.
    Rows,
    /// The plan of another one. What follows is sent however it ends.
    Plan {
        statement: String,
        after: &'static [&'static str],
    },
}

/// A statement that was sent.
pub(super) struct Sent {
    pub(super) ran: Ran,
    /// The byte of the text at which it begins.
    pub(super) at: usize,
    pub(super) meant_as: Meant,
    pub(super) label: Option<String>,
    pub(super) prefix: Option<usize>,
    pub(super) written: Option<Written>,
    pub(super) data_at: Option<usize>,
    pub(super) origin: Option<Origin>,
    /// The revision of the text when it was sent.
    pub(super) revision: u64,
}

impl Sent {
    /// A fault in a file says in which, and where.
    pub(super) fn name_place(&mut self) {
        let (State::Failed(fault), Some(origin)) = (&mut self.ran.state, &self.origin) else {
            return;
        };
        let before = fault.position.and_then(|at| usize::try_from(at).ok());
        let before = self.ran.sql.chars().take(before.unwrap_or(0));
        let line = origin.line + before.filter(|ch| *ch == '\n').count();
        let place = format!("in {}, line {line}", origin.path);
        fault.why = Some(match fault.why.take() {
            Some(why) => format!("{why}\n{place}"),
            None => place,
        });
    }

    /// What it is called.
    pub(super) fn title(&self) -> String {
        let text = self.label.as_deref().unwrap_or(self.typed());
        one_line(text)
    }

    /// As a person wrote it.
    pub(super) fn typed(&self) -> &str {
        let written = self.written.as_ref();
        written.map_or(&self.ran.sql, |written| &written.sql)
    }

    /// The plan that it returned, and of what.
    pub(super) fn plan(&self) -> Option<(&str, &str)> {
        match &self.meant_as {
            Meant::Plan { statement, .. } => Some((statement, self.ran.first_value()?)),
            Meant::Rows => None,
        }
    }
}
