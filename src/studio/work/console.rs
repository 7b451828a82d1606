//! What a console asks of its session, and what comes of it. Each console has a session of its own;
//! the results of what it ran stay there, by the ticket of what was asked, until they are forgotten.

use std::sync::Arc;
use std::time::Duration;

use super::Ticket;
use crate::data::relation::Relation;
use crate::data::result::{Notice, Notification, ParameterType, Transaction};
use crate::data::{Column, Rows, Timeout};

/// One console's number; never used twice in a run of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConsoleId(pub u32);

/// What can be asked of a console's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// That it be there, and tell what it hears by itself: the ticket stays open until it ends.
    Listen,
    /// That a statement be run, and its rows be read as far as they are wanted.
    Run {
        /// The statement, as it was written.
        sql: String,
        /// How many rows are wanted at first; the server waits with the others. Nothing where all
        /// are to be read at once, since what it writes is only done when all is read.
        wanted: Option<u64>,
    },
    /// Which types the parameters of these statements have, which stand there as `$1`, `$2`…
    Types(Vec<String>),
    /// That a COPY be run whose data come from here, or go here.
    Copy {
        /// The statement, `… FROM STDIN` or `… TO STDOUT`.
        sql: String,
        /// From where, or to where.
        way: Way,
    },
    /// That the rows of what is run with this ticket be read further, up to so many in all.
    More(Ticket, u64),
    /// How long a statement may run from now on, in this session and in those after it; nothing where a
    /// statement has set it.
    Timeout(Option<Timeout>),
    /// That nothing be done for so long.
    Wait(Duration),
    /// Rows that are held: the chunk of this number of what was run with this ticket.
    Chunk(Ticket, usize),
    /// Which of the rows that are held now pass the relation's filter, in the order of its sort.
    Sift(Ticket, Arc<Relation>),
    /// Rows that are held, by their numbers from nought, in this order.
    Rows(Ticket, Vec<u32>),
    /// That the rows of what was run with this ticket be let go.
    Forget(Ticket),
    /// That the session end.
    Close,
}

/// Where the data of a COPY are on this side. Paths are as they are typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// They are here.
    Given(String),
    /// They are read from a file.
    From(String),
    /// They are written to a file that is not there yet.
    Into(String),
}

/// How far a COPY is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// How many bytes of data were sent, or came.
    pub bytes: u64,
    /// How many there are, where that is known.
    pub of: Option<u64>,
    /// How many rows they are, where that is known.
    pub rows: Option<u64>,
}

/// What comes of it, in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Where the session stands.
    Transaction(Transaction),
    /// The session is there.
    Connected,
    /// A result begins, with these columns.
    Columns(Vec<Column>),
    /// Another chunk of rows is held.
    Grown(Chunk),
    /// Rows that were asked for, by [`Ask::Chunk`] or [`Ask::Rows`].
    Rows(Arc<Rows>),
    /// The types of the parameters of each statement, as [`Ask::Types`] asks for them; none where they
    /// are not known.
    Types(Vec<Vec<ParameterType>>),
    /// The numbers of rows, as [`Ask::Sift`] asks for them.
    Sifted(Arc<Vec<u32>>),
    /// How much a COPY has copied so far.
    Copied(Progress),
    /// The server says something.
    Notice(Notice),
    /// Another session does.
    Notification(Notification),
    /// The statement is done.
    Ended {
        /// Its tag, in the server's words: `INSERT 0 5`.
        tag: String,
        /// How long it took, without the time that the server waited for the person.
        took: Duration,
    },
}

/// A chunk of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// The number of its first row, from nought.
    pub first: u64,
    /// How many rows it has.
    pub len: usize,
    /// The rows, where they are wanted now.
    pub rows: Option<Arc<Rows>>,
}
