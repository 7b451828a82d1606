//! A statement of a console before it is sent, and after.

use super::ran::Ran;

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
    /// The revision of the text when it was sent.
    pub(super) revision: u64,
}

impl Sent {
    /// What it is called.
    pub(super) fn title(&self) -> String {
        let text = self.label.as_deref().unwrap_or(&self.ran.sql);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The plan that it returned, and of what.
    pub(super) fn plan(&self) -> Option<(&str, &str)> {
        match &self.meant_as {
            Meant::Plan { statement, .. } => Some((statement, self.ran.first_value()?)),
            Meant::Rows => None,
        }
    }
}
