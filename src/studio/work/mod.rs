//! The bridge from screens to the server: requests, replies, tickets. Screens name these types and
//! nothing of `pg`; what serves them is in [`server`].

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::data::catalog::{Catalog, Object};
use crate::data::edits::{Effect, Planned, RowId, Seen, Written};
use crate::data::filter::Suggestion;
use crate::data::foreign::{Equals, Referrer};
use crate::data::names::Names;
use crate::data::profile::Profile;
use crate::data::relation::{Bookmark, Page, Relation, Seek};
use crate::data::structure::Structure;
use crate::fault::{Fault, Outcome};

use console::{Ask, ConsoleId, Told};

pub mod console;
pub mod server;

/// One request's number; never used twice in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What can be asked of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DbRequest {
    /// The schemas and what has rows in them; with the system's or without.
    Catalog {
        /// With the system's schemas.
        system: bool,
    },
    /// The beginning of the catalog, or all of it where there is no table in that, then what is opened
    /// unasked, as with `Open`: the server is not idle while somebody draws the tree. The system's
    /// schemas are left out.
    Start {
        /// How many tables there are at most, and how many rows the page has.
        limit: usize,
    },
    /// The rest of the tree: enums, domains, functions.
    TypesAndFunctions {
        /// With the system's schemas.
        system: bool,
    },
    /// How many bytes each table takes.
    Sizes {
        /// With the system's schemas.
        system: bool,
    },
    /// The exact counts of these, one part each; what takes longer than the deadline is left out.
    CountAll {
        /// What is counted, the small ones together.
        objects: Vec<Object>,
        /// How long a statement may take.
        deadline: Duration,
    },
    /// The exact count of one, however long it takes.
    Count(Box<Object>),
    /// How many rows stand before one, if that can be said within the deadline.
    Number {
        /// The relation, which has a key.
        relation: Arc<Relation>,
        /// The row.
        mark: Bookmark,
        /// How long it may take.
        deadline: Duration,
    },
    /// How many rows a relation's filter wants, if that can be said within the deadline.
    Total {
        /// The relation.
        relation: Arc<Relation>,
        /// How long it may take.
        deadline: Duration,
    },
    /// The commonest values of a column, or all where it has few.
    Values {
        /// The relation.
        relation: Arc<Relation>,
        /// The column's name.
        column: String,
    },
    /// What a column holds in the rows that the relation's filter wants; where that cannot be said
    /// within the deadline, in some of them.
    Profile {
        /// The relation.
        relation: Arc<Relation>,
        /// The column's place.
        column: usize,
        /// How long the server may look at all of them, and then at some.
        deadline: Duration,
    },
    /// The rows of a table that a foreign key can refer to.
    Choices {
        /// The table, by its number.
        table: u32,
        /// The column that is referred to.
        referenced: String,
        /// What is typed so far: a part of the value, or of what the row is called.
        typed: String,
    },
    /// A relation's columns, and no rows.
    Describe(Box<Object>),
    /// One row, every value whole, as it is now.
    Row {
        /// The relation.
        relation: Arc<Relation>,
        /// What finds it: see [`Relation::identity_cells`].
        id: RowId,
    },
    /// Several rows, every value whole, as they are now.
    Whole {
        /// The relation.
        relation: Arc<Relation>,
        /// What finds each: see [`Relation::identity_cells`].
        ids: Vec<RowId>,
    },
    /// Whether a text is a value of a column, and which.
    Check {
        /// The relation.
        relation: Arc<Relation>,
        /// The column's place.
        column: usize,
        /// What was typed.
        typed: String,
        /// The value that it is an interval from, where it is one.
        from: Option<String>,
    },
    /// A value of a PostGIS column as well-known text.
    WellKnown {
        /// The relation.
        relation: Arc<Relation>,
        /// The column's place.
        column: usize,
        /// The value.
        text: String,
    },
    /// Staged edits in the order in which they would be written, and what each does besides.
    Weigh(Vec<Planned>),
    /// Staged edits, to be written in one transaction, in the order of their foreign keys.
    Write(Vec<Planned>),
    /// A relation's columns, then a page: the first one, or the one that was looked at.
    Open {
        /// The object that is opened.
        object: Box<Object>,
        /// What was looked at, to be read again if the relation is still the same.
        again: Option<Again>,
        /// The most rows of the page.
        limit: usize,
    },
    /// What goes from row to row.
    Refer(Refer),
    /// A page of it.
    Page {
        /// The relation.
        relation: Arc<Relation>,
        /// Which rows.
        seek: Seek,
        /// The most rows.
        limit: usize,
    },
    /// Everything about a relation but its rows.
    Structure(u32),
    /// The statement that makes an enum, a domain or a function.
    Definition(Box<Object>),
    /// The names that completion offers.
    Names,
    /// Something of a console's own session.
    Console(ConsoleId, Ask),
}

/// What goes from row to row, along foreign keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refer {
    /// A relation's columns, then a page: that of the row with these values, or of all rows that
    /// have them.
    Find {
        /// The object that is opened.
        object: Box<Object>,
        /// The values.
        equals: Equals,
        /// Whether only the rows that have them are shown.
        alone: bool,
        /// The most rows of the page.
        limit: usize,
    },
    /// A relation's columns, then a page with the one row of these values, or with none.
    Peek {
        /// The object it is in.
        object: Box<Object>,
        /// The values.
        equals: Equals,
    },
    /// The foreign keys that refer to the relation of this number.
    Referrers(u32),
    /// How many rows of each of these have these values.
    Count {
        /// What is counted, one after another.
        referrers: Vec<(Referrer, Equals)>,
        /// How long each count may take.
        deadline: Duration,
    },
}

/// What was looked at when a relation is opened again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// The relation as it was read from the catalog.
    pub known: Arc<Relation>,
    /// The same as it was shown: sorted and filtered.
    pub shown: Arc<Relation>,
    /// Which rows were in view.
    pub seek: Seek,
}

impl DbRequest {
    /// Whether nobody waits for it: it shows no progress, is not what ctrl-c means, and begins
    /// when what somebody waits for has been served.
    #[must_use]
    pub fn is_background(&self) -> bool {
        matches!(
            self,
            Self::TypesAndFunctions { .. }
                | Self::CountAll { .. }
                | Self::Number { .. }
                | Self::Total { .. }
                | Self::Names
                | Self::Refer(Refer::Count { .. })
                // A console says itself what it waits for.
                | Self::Console(..)
        )
    }
}

/// What the server gave, in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// See [`DbRequest::Catalog`].
    Catalog(Box<Catalog>),
    /// See [`DbRequest::TypesAndFunctions`].
    TypesAndFunctions(Vec<Object>),
    /// See [`DbRequest::Sizes`]: bytes by number of the relation.
    Sizes(HashMap<u32, u64>),
    /// The exact counts of the relations of these numbers.
    Counts(Vec<(u32, u64)>),
    /// How many rows stand before the one that was asked about.
    Number(u64),
    /// How many rows are wanted: see [`DbRequest::Total`].
    Total(u64),
    /// See [`DbRequest::Values`] and [`DbRequest::Choices`].
    Values(Vec<Suggestion>),
    /// See [`DbRequest::Profile`].
    Profile(Box<Profile>),
    /// See [`DbRequest::Row`]; nothing if it is gone.
    Row(Option<Seen>),
    /// See [`DbRequest::Whole`]; nothing for each that is gone.
    Whole(Vec<Option<Seen>>),
    /// The value that was checked, in the server's words.
    Checked(String),
    /// See [`DbRequest::WellKnown`].
    WellKnown(String),
    /// See [`DbRequest::Weigh`].
    Weighed(Vec<(Planned, Vec<Effect>)>),
    /// How [`DbRequest::Write`] ended, and the order in which it was tried.
    Written {
        /// What was tried.
        changes: Vec<Planned>,
        /// How it ended.
        written: Box<Written>,
    },
    /// See [`Refer::Referrers`].
    Referrers(Vec<Referrer>),
    /// How many rows the one in this place of [`Refer::Count`] has; nothing if it could
    /// not be counted.
    Referring(usize, Option<u64>),
    /// The first part of [`DbRequest::Open`], [`Refer::Find`] and [`Refer::Peek`].
    /// See [`DbRequest::Describe`]; the first part of [`DbRequest::Open`].
    Relation(Arc<Relation>),
    /// Rows.
    Page(Page),
    /// See [`DbRequest::Structure`].
    Structure(Box<Structure>),
    /// See [`DbRequest::Definition`].
    Definition(String),
    /// See [`DbRequest::Names`].
    Names(Arc<Names>),
    /// See [`DbRequest::Console`].
    Console(Told),
}

/// What comes back for a ticket: parts, then exactly one of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DbReply {
    /// Something of what was asked for.
    Part(Part),
    /// All of it was given.
    Done,
    /// The rest will not come, for this reason.
    Failed(Fault),
    /// The server was asked to stop, and did.
    Cancelled,
}

impl From<Outcome<()>> for DbReply {
    fn from(ended: Outcome<()>) -> Self {
        match ended {
            Ok(()) => Self::Done,
            Err(fault) if fault.is_cancelled() => Self::Cancelled,
            Err(fault) => Self::Failed(fault),
        }
    }
}

impl DbReply {
    /// Whether nothing follows it.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Part(_))
    }
}
