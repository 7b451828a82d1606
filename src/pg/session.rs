//! A session of a person's own: what is sent to it is sent as it is written, one text after another,
//! and what it sets, makes and opens stays until it ends. Rows come over the simple protocol, as the
//! text of the server's own output functions; where nobody takes them, the server waits.
//!
//! It knows of no screen, and holds no rows: they are put into what it is given.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime};

use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client, SimpleQueryMessage, SimpleQueryRow, SimpleQueryStream};

use crate::data::RowsBuilder;
use crate::data::result::{Described, Notice, Notification, Transaction};
use crate::fault::{Fault, Outcome};
use crate::pg::connect::Connector;
use crate::pg::dial::{Door, Ears};
use crate::pg::link::{Canceller, Sent, Witness};
use crate::pg::watch::{Copied, Ear, Heard};
use crate::pg::{error, statement};
use crate::sql::statement::mask_secrets;

pub use crate::pg::watch::Feeder;

/// So many notices may wait to be taken; of a storm of them, those that find no room are lost.
const NOTICES: usize = 1_000;

/// The session.
pub struct Session {
    client: Client,
    connector: Connector,
    door: Door,
    witness: Witness,
    heard: mpsc::UnboundedReceiver<Heard>,
    copied: mpsc::Receiver<Copied>,
    said: mpsc::Receiver<AsyncMessage>,
    unheard: Arc<AtomicU64>,
    /// Settings that have another value than before, and which.
    settings: Vec<(String, String)>,
    transaction: Transaction,
}

/// What a session says while it runs something.
#[derive(Debug)]
pub enum Piece {
    /// A result begins, with these columns.
    Columns(Vec<Described>),
    /// Rows were put into what was given; `full` where it takes no more, or else where no more are
    /// here yet.
    Rows {
        /// Whether the limit was reached.
        full: bool,
    },
    /// None was wanted, and the next one is here: the server waits with the others.
    Waits,
    /// A statement is done; its tag.
    Tag(String),
    /// A COPY wants data. Where this is dropped, it fails.
    Wanted(Feeder),
    /// A COPY gives data, with so many rows.
    Copied {
        /// The bytes, as they are to be in a file.
        bytes: Vec<u8>,
        /// The rows that end with them.
        rows: u64,
    },
    /// It says something.
    Notice(Notice),
    /// Another session notifies it.
    Notification(Notification),
    /// All is done.
    End,
}

impl Session {
    /// Connects.
    ///
    /// # Errors
    /// As [`crate::pg::Link::open`].
    pub async fn open(connector: &Connector, witness: Witness) -> Outcome<Self> {
        let (hearing, heard) = mpsc::unbounded_channel();
        let (copying, copied) = mpsc::channel(1);
        let (saying, said) = mpsc::channel(NOTICES);
        let ears = Ears {
            ear: Ear {
                heard: hearing,
                copied: copying,
            },
            said: saying,
            unheard: Arc::default(),
        };
        let entered = connector.open_heard(Some(&ears)).await?;
        let mut session = Self {
            client: entered.client,
            connector: connector.clone(),
            door: entered.door,
            witness,
            heard,
            copied,
            said,
            unheard: Arc::clone(&ears.unheard),
            settings: Vec::new(),
            transaction: Transaction::Idle,
        };
        // What connecting itself said is of no interest.
        while session.heard.try_recv().is_ok() {}
        Ok(session)
    }

    /// Where it stands, since the last statement.
    #[must_use]
    pub fn transaction(&self) -> Transaction {
        self.transaction
    }

    /// The settings that what was run has given another value, and which; each is told once.
    pub fn changed(&mut self) -> Vec<(String, String)> {
        std::mem::take(&mut self.settings)
    }

    /// How many notices were lost since this was asked last.
    pub fn unheard(&mut self) -> u64 {
        self.unheard.swap(0, Ordering::Relaxed)
    }

    /// What cancels what it runs.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller::through(
            self.client.cancel_token(),
            self.connector.clone(),
            self.door.clone(),
        )
    }

    /// Waits for what it says by itself while it runs nothing.
    ///
    /// # Errors
    /// It has ended.
    pub async fn idle(&mut self) -> Outcome<Piece> {
        loop {
            tokio::select! {
                biased;
                said = self.said.recv() => match said.and_then(piece) {
                    Some(piece) => return Ok(piece),
                    None if self.said.is_closed() => return Err(lost()),
                    None => {}
                },
                heard = self.heard.recv() => if heard.is_none() {
                    return Err(lost());
                },
            }
        }
    }

    /// Makes a session read-only again that is meant to be: a function that a statement called can
    /// have set it otherwise for the transactions to come.
    ///
    /// # Errors
    /// The server's.
    pub async fn restore(&mut self) -> Outcome<()> {
        match self.connector.restored() {
            Some(sql) if self.transaction == Transaction::Idle => {
                self.run(sql).await?.drain().await
            }
            _ => Ok(()),
        }
    }

    /// Lets the server read a statement without running it: one that is none, or more than one, is
    /// refused. It is nothing that was done, and so is told to nobody.
    ///
    /// # Errors
    /// The server's.
    pub async fn parse(&mut self, sql: &str) -> Outcome<()> {
        let parsed = self.client.prepare(sql).await.map(drop);
        // What is heard of it is no part of what is run next. When this is answered, all of it was heard.
        let answered = self.client.batch_execute("").await;
        while let Ok(heard) = self.heard.try_recv() {
            self.note(heard);
        }
        let failed = |error| error::fault("The statement failed", &error);
        parsed.and(answered).map_err(failed)
    }

    fn note(&mut self, heard: Heard) {
        match heard {
            Heard::Setting(name, value) => self.settings.push((name, value)),
            Heard::Ready(state) => self.transaction = state,
            Heard::Columns(_) | Heard::Tag(_) => {}
        }
    }

    /// Sends a text.
    ///
    /// # Errors
    /// The session has ended.
    pub async fn run<'a>(&'a mut self, sql: &'a str) -> Outcome<Running<'a>> {
        let begun = (SystemTime::now(), Instant::now());
        let stream = self.client.simple_query_raw(sql).await;
        let stream =
            stream.map_err(|failed| error::fault("The statement was not sent", &failed))?;
        Ok(Running {
            session: self,
            sql,
            begun,
            stream: Some(Box::pin(stream)),
            rows: 0,
            held: None,
            is_ready: false,
            failure: None,
            tag: None,
            is_told: false,
        })
    }
}

fn lost() -> Fault {
    Fault {
        is_lost: true,
        ..Fault::new("The connection to the server was lost")
    }
}

fn piece(message: AsyncMessage) -> Option<Piece> {
    match message {
        AsyncMessage::Notice(notice) => Some(Piece::Notice(Notice {
            severity: notice.severity().to_owned(),
            text: notice.message().to_owned(),
            detail: notice.detail().map(str::to_owned),
            hint: notice.hint().map(str::to_owned),
        })),
        AsyncMessage::Notification(said) => Some(Piece::Notification(Notification {
            channel: said.channel().to_owned(),
            payload: said.payload().to_owned(),
            process: said.process_id(),
        })),
        _ => None,
    }
}

/// A text that is being run. It must be read to its end: what is dropped before goes on at the
/// server.
pub struct Running<'a> {
    session: &'a mut Session,
    sql: &'a str,
    begun: (SystemTime, Instant),
    /// None once all is said.
    stream: Option<Pin<Box<SimpleQueryStream>>>,
    rows: u64,
    /// A message that came while rows were taken, and is not one.
    held: Option<Message>,
    /// Whether the server waits for the next one already.
    is_ready: bool,
    /// Why it failed: kept while the server is waited for, so that nobody who stops waiting loses it.
    failure: Option<Fault>,
    tag: Option<String>,
    is_told: bool,
}

type Message = Result<Option<SimpleQueryMessage>, tokio_postgres::Error>;

impl Running<'_> {
    /// What cancels it.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        self.session.canceller()
    }

    /// Whether the server is done with it. Where it is not, it was given up here: what is left of it
    /// must be cancelled and read away.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stream.is_none() && self.is_ready
    }

    /// Its tag, once it is done.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Whether the next message is a row, which stays where it is; it is waited for.
    async fn has_row(&mut self) -> bool {
        if self.held.is_none()
            && let Some(stream) = &mut self.stream
        {
            self.held = Some(stream.next().await.transpose());
        }
        matches!(self.held, Some(Ok(Some(SimpleQueryMessage::Row(_)))))
    }

    /// Reads what is left, and keeps nothing of it.
    ///
    /// # Errors
    /// The server's.
    pub async fn drain(&mut self) -> Outcome<()> {
        loop {
            let mut nowhere = RowsBuilder::new(0);
            if let Piece::End = self.step(&mut nowhere, (0, 0), true).await? {
                return Ok(());
            }
        }
    }

    /// The next piece; rows that are here already are put into `rows`, as long as that holds less
    /// than `most` of them and of `bytes`.
    ///
    /// # Errors
    /// The server's, with the position in the text; then nothing follows.
    pub async fn next(&mut self, rows: &mut RowsBuilder, limits: (usize, usize)) -> Outcome<Piece> {
        if limits.0 == 0 && self.has_row().await {
            return Ok(Piece::Waits);
        }
        self.step(rows, limits, false).await
    }

    async fn step(
        &mut self,
        rows: &mut RowsBuilder,
        limits: (usize, usize),
        is_drained: bool,
    ) -> Outcome<Piece> {
        loop {
            if self.stream.is_none() {
                return self.end().await;
            }
            if let Some(piece) = self.wait(is_drained).await {
                return Ok(piece);
            }
            // A message is taken off only when nothing is waited for any more, so that whoever stops
            // waiting finds it again.
            match &self.held {
                Some(Ok(Some(SimpleQueryMessage::RowDescription(_)))) => {
                    let columns = self.columns().await?;
                    self.held = None;
                    return Ok(Piece::Columns(columns));
                }
                Some(Ok(Some(SimpleQueryMessage::CommandComplete(_)))) => {
                    let tag = self.next_tag().await?;
                    self.held = None;
                    self.tag = Some(tag.clone());
                    return Ok(Piece::Tag(tag));
                }
                _ => {}
            }
            match self.held.take() {
                Some(Ok(Some(SimpleQueryMessage::Row(row)))) => {
                    self.rows += 1;
                    if is_drained {
                        continue;
                    }
                    push(&row, rows)?;
                    return Ok(Piece::Rows {
                        full: self.take_ready(rows, limits)?,
                    });
                }
                Some(Ok(Some(_))) | None => {}
                Some(Ok(None)) => self.stream = None,
                Some(Err(failed)) => {
                    self.failure = Some(error::fault("The statement failed", &failed));
                    self.stream = None;
                }
            }
        }
    }

    /// Waits for the next message, which is then held, or for what comes beside it.
    async fn wait(&mut self, is_drained: bool) -> Option<Piece> {
        while self.held.is_none()
            && let Some(stream) = &mut self.stream
        {
            tokio::select! {
                biased;
                Some(copied) = self.session.copied.recv() => {
                    if let Some(piece) = self.copied(copied, is_drained) {
                        return Some(piece);
                    }
                }
                Some(said) = self.session.said.recv() => if let Some(piece) = piece(said) {
                    return Some(piece);
                },
                message = stream.next() => self.held = Some(message.transpose()),
            }
        }
        // What was copied before the message is here before it is.
        while let Ok(copied) = self.session.copied.try_recv() {
            if let Some(piece) = self.copied(copied, is_drained) {
                return Some(piece);
            }
        }
        None
    }

    /// What a COPY does. While the rest is read away nothing is given to it, and what it gives is lost.
    fn copied(&mut self, copied: Copied, is_drained: bool) -> Option<Piece> {
        match copied {
            Copied::Wanted(feeder) => (!is_drained).then_some(Piece::Wanted(feeder)),
            Copied::Data { bytes, rows } => {
                self.rows += rows;
                (!is_drained).then_some(Piece::Copied { bytes, rows })
            }
        }
    }

    /// All was sent: the server is waited for, and how it ended is told, once.
    async fn end(&mut self) -> Outcome<Piece> {
        let is_ready = self.ready().await;
        let outcome = match (self.failure.take(), is_ready) {
            (Some(mut fault), ready) => {
                fault.is_lost |= ready.is_err();
                Err(fault)
            }
            (None, ready) => ready,
        };
        if !std::mem::replace(&mut self.is_told, true) {
            let told = outcome.as_ref().map(|()| self.rows);
            self.tell(told.map_err(|fault| fault.what.clone()));
        }
        outcome.map(|()| Piece::End)
    }

    /// Takes the rows that are here; whether there is no room for more.
    fn take_ready(
        &mut self,
        rows: &mut RowsBuilder,
        (most, bytes): (usize, usize),
    ) -> Outcome<bool> {
        let Some(stream) = &mut self.stream else {
            return Ok(false);
        };
        while rows.len() < most && rows.size() < bytes {
            match stream.next().now_or_never().map(Option::transpose) {
                None => return Ok(false),
                Some(Ok(Some(SimpleQueryMessage::Row(row)))) => {
                    push(&row, rows)?;
                    self.rows += 1;
                }
                Some(other) => {
                    self.held = Some(other);
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    async fn columns(&mut self) -> Outcome<Vec<Described>> {
        loop {
            match self.session.heard.recv().await {
                Some(Heard::Columns(columns)) => return Ok(columns),
                Some(heard) => self.session.note(heard),
                None => return Err(lost()),
            }
        }
    }

    async fn next_tag(&mut self) -> Outcome<String> {
        loop {
            match self.session.heard.recv().await {
                Some(Heard::Tag(tag)) => return Ok(tag),
                // The text held no statement, which has no tag.
                Some(Heard::Ready(state)) => {
                    self.session.transaction = state;
                    self.is_ready = true;
                    return Ok(String::new());
                }
                Some(heard) => self.session.note(heard),
                None => return Err(lost()),
            }
        }
    }

    /// Waits until the server waits.
    async fn ready(&mut self) -> Outcome<()> {
        while !self.is_ready {
            match self.session.heard.recv().await {
                Some(Heard::Ready(state)) => {
                    self.session.transaction = state;
                    self.is_ready = true;
                }
                Some(heard) => self.session.note(heard),
                None => return Err(lost()),
            }
        }
        Ok(())
    }

    fn tell(&self, result: Result<u64, String>) {
        (self.session.witness)(Sent {
            at: self.begun.0,
            took: self.begun.1.elapsed(),
            result,
            sql: mask_secrets(self.sql),
        });
    }
}

fn push(row: &SimpleQueryRow, rows: &mut RowsBuilder) -> Outcome<()> {
    rows.push_whole(&statement::cells(row)?)
}
