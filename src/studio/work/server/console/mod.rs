//! The consoles: each a task that owns one session and the results of what it ran. A statement is
//! read as far as its rows are wanted; then the server waits, and the session with it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::{DbReply, Part, Replies, Server, Stop, Ticket};
use crate::data::catalog::rows as rows_in_words;
use crate::data::result::{Described, Notice};
use crate::data::{Column, RowsBuilder};
use crate::fault::{Fault, Outcome};
use crate::pg::session::{Piece, Running};
use crate::pg::{Pool, Session, introspect};
use crate::studio::work::console::{Ask, Chunk, ConsoleId, Told};

mod held;
mod store;

use held::{give, pick, sift};
use store::{Budget, Store};

/// The rows of a chunk, at most; those of the first, which a person waits for.
const CHUNK_ROWS: usize = 2_000;
const FIRST_ROWS: usize = 200;
/// The bytes of its text, unless one row alone has more.
const CHUNK_BYTES: usize = 256 << 10;
/// How long rows wait for more of their chunk; those of the first one.
const GATHER: Duration = Duration::from_millis(100);
const GATHER_FIRST: Duration = Duration::from_millis(5);
/// How long the names of types may keep the rows waiting.
const NAMING: Duration = Duration::from_secs(2);
/// How long a wish to cancel may take on its way.
const CANCEL_LIMIT: Duration = Duration::from_secs(10);

/// Something that a console is to do.
pub(super) struct Order {
    asker: Asker,
    ask: Ask,
    stop: Stop,
}

/// Who asked. It gets exactly one last reply, whatever happens here.
struct Asker {
    ticket: Ticket,
    replies: Replies,
    is_answered: bool,
}

impl Asker {
    /// The loop may have ended meanwhile.
    fn tell(&self, told: Told) {
        let part = DbReply::Part(Part::Console(told));
        let _ = self.replies.send((self.ticket, part));
    }

    fn fail(mut self, fault: Fault) {
        self.is_answered = true;
        let _ = self.replies.send((self.ticket, DbReply::Failed(fault)));
    }

    fn end(mut self, outcome: Outcome<()>) {
        self.is_answered = true;
        let _ = self.replies.send((self.ticket, outcome.into()));
    }
}

impl Drop for Asker {
    fn drop(&mut self) {
        if !self.is_answered {
            let fault = Fault::new("The console has ended");
            let _ = self.replies.send((self.ticket, DbReply::Failed(fault)));
        }
    }
}

impl Server {
    /// Gives a console something to do; the first thing makes it.
    pub(super) fn order(&mut self, ticket: Ticket, console: ConsoleId, ask: Ask, stop: Stop) {
        let order = Order {
            asker: Asker {
                ticket,
                replies: self.replies.clone(),
                is_answered: false,
            },
            ask,
            stop,
        };
        let pool = &self.pool;
        let orders = self.consoles.entry(console).or_insert_with(|| {
            let (sender, orders) = mpsc::unbounded_channel();
            tokio::spawn(Desk::new(pool.clone(), orders).serve());
            sender
        });
        if let Err(unsent) = orders.send(order) {
            // It was closed, or has failed in itself: a new one takes its place.
            self.consoles.remove(&console);
            drop(unsent);
        }
    }
}

/// A console at work.
struct Desk {
    pool: Pool,
    orders: mpsc::UnboundedReceiver<Order>,
    /// What came while something else was run.
    waiting: VecDeque<Order>,
    session: Option<Session>,
    listener: Option<Asker>,
    results: HashMap<Ticket, Store>,
    budget: Budget,
    kinds: HashMap<(u32, i32), Column>,
}

impl Desk {
    fn new(pool: Pool, orders: mpsc::UnboundedReceiver<Order>) -> Self {
        Self {
            pool,
            orders,
            waiting: VecDeque::new(),
            session: None,
            listener: None,
            results: HashMap::new(),
            budget: Budget::default(),
            kinds: HashMap::new(),
        }
    }

    async fn serve(mut self) {
        while let Some(Order { asker, ask, stop }) = self.next().await {
            match ask {
                Ask::Listen => self.listen(asker, &stop).await,
                Ask::Run { sql, wanted } => self.run(asker, &stop, &sql, wanted).await,
                // What is read to its end, or was stopped, has no more.
                Ask::More(..) => asker.end(Ok(())),
                Ask::Chunk(run, number) => {
                    give(self.results.get(&run), number, asker).await;
                }
                Ask::Sift(run, relation) => sift(self.results.get(&run), relation, asker, stop),
                Ask::Rows(run, numbers) => pick(self.results.get(&run), numbers, asker),
                Ask::Forget(run) => {
                    self.results.remove(&run);
                    asker.end(Ok(()));
                }
                Ask::Close => {
                    asker.end(Ok(()));
                    return;
                }
            }
        }
    }

    /// The next order; until it comes, what the session says by itself is told.
    async fn next(&mut self) -> Option<Order> {
        if let Some(order) = self.waiting.pop_front() {
            return Some(order);
        }
        loop {
            let Some(session) = &mut self.session else {
                return self.orders.recv().await;
            };
            tokio::select! {
                biased;
                order = self.orders.recv() => return order,
                piece = session.idle() => match piece {
                    Ok(piece) => tell(self.listener.as_ref(), piece),
                    Err(fault) => self.lost(fault),
                },
            }
        }
    }

    /// The session has ended, and all that lived in it.
    fn lost(&mut self, fault: Fault) {
        self.session = None;
        if let Some(listener) = self.listener.take() {
            listener.end(Err(fault));
        }
    }

    async fn listen(&mut self, asker: Asker, stop: &Stop) {
        if self.session.is_none() {
            match stop.or(self.pool.session()).await {
                Ok(session) => self.session = Some(session),
                Err(fault) => return asker.end(Err(fault)),
            }
        }
        asker.tell(Told::Connected);
        let transaction = self.session.as_ref().map(Session::transaction);
        asker.tell(Told::Transaction(transaction.unwrap_or_default()));
        if let Some(before) = self.listener.replace(asker) {
            before.end(Ok(()));
        }
    }

    async fn run(&mut self, asker: Asker, stop: &Stop, sql: &str, wanted: Option<u64>) {
        // One that is not wanted any more when its turn comes is not sent.
        if stop.is_wished() {
            return asker.end(Err(Fault::cancelled()));
        }
        let Some(session) = &mut self.session else {
            let fault = Fault::new("There is no connection to the server");
            return asker.end(Err(Fault {
                is_lost: true,
                ..fault
            }));
        };
        let begun = Instant::now();
        let mut reading = Reading {
            asker: &asker,
            store: Store::new(&self.budget),
            rows: RowsBuilder::new(0),
            gathering: None,
            wanted: wanted.unwrap_or(u64::MAX),
            tag: String::new(),
            sets: 0,
            unshown: 0,
            is_held: false,
            paused: None,
            waited: Duration::ZERO,
        };
        let mut around = Around {
            pool: &self.pool,
            orders: &mut self.orders,
            waiting: &mut self.waiting,
            results: &self.results,
            kinds: &mut self.kinds,
            listener: self.listener.as_ref(),
        };
        let outcome = async {
            session.restore().await?;
            let mut running = session.run(sql).await?;
            reading.read(&mut running, stop, &mut around).await
        };
        let outcome = outcome.await;
        let took = begun.elapsed().saturating_sub(reading.waited);
        let Reading { store, tag, .. } = reading;
        self.results.insert(asker.ticket, store);
        let transaction = session.transaction();
        asker.tell(Told::Transaction(transaction));
        if outcome.is_ok() {
            asker.tell(Told::Ended { tag, took });
        }
        if let Err(fault) = &outcome
            && fault.is_lost
        {
            self.lost(fault.clone());
        }
        match outcome {
            // The server stopped it by itself: a timeout, or somebody else's wish.
            Err(fault) if fault.is_cancelled() && !stop.is_wished() => asker.fail(fault),
            outcome => asker.end(outcome),
        }
    }
}

/// What a desk has beside the session while that runs something.
struct Around<'a> {
    pool: &'a Pool,
    orders: &'a mut mpsc::UnboundedReceiver<Order>,
    waiting: &'a mut VecDeque<Order>,
    results: &'a HashMap<Ticket, Store>,
    kinds: &'a mut HashMap<(u32, i32), Column>,
    listener: Option<&'a Asker>,
}

/// A statement that is being read.
struct Reading<'a> {
    asker: &'a Asker,
    store: Store,
    /// The chunk that is being filled, and until when it waits for more.
    rows: RowsBuilder,
    gathering: Option<Instant>,
    wanted: u64,
    tag: String,
    /// How many sets of rows have begun, and how many rows are of those behind the first.
    sets: usize,
    unshown: u64,
    /// Whether the next message is here, and is a row.
    is_held: bool,
    /// Since when the server waits for the person, and how long it did before.
    paused: Option<Instant>,
    waited: Duration,
}

impl Reading<'_> {
    async fn read(
        &mut self,
        running: &mut Running<'_>,
        stop: &Stop,
        around: &mut Around<'_>,
    ) -> Outcome<()> {
        let read = loop {
            let room = self.room();
            if room == 0
                && let Err(fault) = self.flush().await
            {
                break Err(fault);
            }
            if room > 0 {
                self.is_held = false;
            }
            // Only a row is left waiting: an end that is here already is taken.
            let is_paused = room == 0 && self.is_held;
            if is_paused {
                self.paused.get_or_insert_with(Instant::now);
            } else if let Some(since) = self.paused.take() {
                self.waited += since.elapsed();
            }
            let gathered = self.gathering.filter(|_| room > 0);
            tokio::select! {
                biased;
                () = stop.wished() => break Err(Fault::cancelled()),
                order = around.orders.recv() => {
                    match order {
                        Some(order) => self.meanwhile(order, around).await,
                        None => break Err(Fault::cancelled()),
                    }
                }
                piece = running.next(&mut self.rows, (room, CHUNK_BYTES)), if !is_paused => {
                    let taken = match piece {
                        Ok(Piece::End) => break Ok(()),
                        Ok(Piece::Waits) => {
                            self.is_held = true;
                            Ok(())
                        }
                        Ok(piece) => self.take(piece, around).await,
                        Err(fault) => Err(fault),
                    };
                    if let Err(fault) = taken {
                        break Err(fault);
                    }
                }
                () = until(gathered) => if let Err(fault) = self.flush().await {
                    break Err(fault);
                },
            }
        };
        // What came before the end is shown, however it ended.
        let kept = self.flush().await;
        if running.is_over() {
            return read.and(kept);
        }
        // What is left of it is stopped at the server, and that it did stop is heard before it is told.
        let asking = tokio::time::timeout(CANCEL_LIMIT, running.canceller().cancel());
        let (_, drained) = tokio::join!(asking, running.drain());
        match (read, drained) {
            (Err(fault), Err(end)) if fault.is_cancelled() => Err(end),
            // The wish came too late: what was done is not to be called undone.
            (Err(fault), Ok(())) if fault.is_cancelled() => {
                running.tag().unwrap_or_default().clone_into(&mut self.tag);
                self.note("it was done before it could be stopped; not all of its rows are kept");
                Ok(())
            }
            (Err(fault), Ok(())) => Err(Fault {
                why: Some(match fault.why {
                    Some(why) => format!("{why}; the statement itself was carried out"),
                    None => "the statement itself was carried out".to_owned(),
                }),
                ..fault
            }),
            (read, _) => read,
        }
    }

    /// How many rows may still be put into the chunk.
    fn room(&self) -> usize {
        let most = if self.store.rows() == 0 {
            FIRST_ROWS
        } else {
            CHUNK_ROWS
        };
        let held = self.store.rows() + self.rows.len() as u64;
        let wanted = self.wanted.saturating_sub(held);
        most.saturating_sub(self.rows.len())
            .min(usize::try_from(wanted).unwrap_or(usize::MAX))
    }

    async fn take(&mut self, piece: Piece, around: &mut Around<'_>) -> Outcome<()> {
        match piece {
            Piece::Columns(columns) => {
                self.flush().await?;
                self.rows = RowsBuilder::new(columns.len());
                self.sets += 1;
                if self.sets > 1 {
                    return Ok(());
                }
                let columns = around.named(columns).await;
                self.asker.tell(Told::Columns(columns));
            }
            Piece::Rows { full: true } => self.flush().await?,
            Piece::Rows { full: false } => {
                let wait = if self.store.rows() == 0 {
                    GATHER_FIRST
                } else {
                    GATHER
                };
                self.gathering.get_or_insert_with(|| Instant::now() + wait);
            }
            Piece::Tag(tag) => {
                self.flush().await?;
                self.tag = tag;
                if self.sets > 1 && self.unshown > 0 {
                    let said = format!(
                        "it returned another set of rows, which is not shown: {}",
                        rows_in_words(self.unshown)
                    );
                    self.note(&said);
                    self.unshown = 0;
                }
            }
            Piece::Notice(notice) => self.asker.tell(Told::Notice(notice)),
            Piece::Notification(_) => tell(around.listener, piece),
            Piece::Waits | Piece::End => {}
        }
        Ok(())
    }

    /// Keeps the rows that are gathered, and tells of them.
    async fn flush(&mut self) -> Outcome<()> {
        self.gathering = None;
        if self.rows.is_empty() {
            return Ok(());
        }
        let width = self.rows.width();
        let rows = std::mem::replace(&mut self.rows, RowsBuilder::new(width));
        let rows = Arc::new(rows.finish());
        // A rule can have a statement return twice; rows of two kinds do not stand under one heading.
        if self.sets > 1 {
            self.unshown += rows.len() as u64;
            return Ok(());
        }
        let first = self.store.rows();
        self.store.push(&rows).await?;
        self.asker.tell(Told::Grown(Chunk {
            first,
            len: rows.len(),
            // Where all is wanted nobody looks at each: what is looked at is asked for.
            rows: (self.wanted < u64::MAX || first == 0).then_some(rows),
        }));
        Ok(())
    }

    /// Says something of ours beside the rows.
    fn note(&self, text: &str) {
        self.asker.tell(Told::Notice(Notice {
            severity: "dbkeep".to_owned(),
            text: text.to_owned(),
            detail: None,
            hint: None,
        }));
    }

    async fn meanwhile(&mut self, order: Order, around: &mut Around<'_>) {
        match order.ask {
            Ask::More(run, wanted) if run == self.asker.ticket => {
                self.wanted = self.wanted.max(wanted);
                order.asker.end(Ok(()));
            }
            Ask::Chunk(run, number) => give(self.held(run, around), number, order.asker).await,
            Ask::Sift(run, relation) => {
                sift(self.held(run, around), relation, order.asker, order.stop);
            }
            Ask::Rows(run, numbers) => pick(self.held(run, around), numbers, order.asker),
            _ => around.waiting.push_back(order),
        }
    }

    /// The rows of what is run, or of what was run before.
    fn held<'a>(&'a self, run: Ticket, around: &'a Around<'_>) -> Option<&'a Store> {
        if run == self.asker.ticket {
            Some(&self.store)
        } else {
            around.results.get(&run)
        }
    }
}

impl Around<'_> {
    /// The columns with the names of their types, which another connection is asked for: this one is
    /// busy.
    async fn named(&mut self, columns: Vec<Described>) -> Vec<Column> {
        let unknown: Vec<(u32, i32)> = columns
            .iter()
            .map(|column| (column.kind, column.modifier))
            .filter(|kind| !self.kinds.contains_key(kind))
            .collect();
        if !unknown.is_empty() {
            let found = async {
                let link = self.pool.link().await?;
                introspect::kinds(&link, &unknown).await
            };
            let found = tokio::time::timeout(NAMING, found).await;
            let late = || Err(Fault::new("The server did not say in time"));
            match found.unwrap_or_else(|_| late()) {
                Ok(found) => self.kinds.extend(found),
                // The names of types are not worth a result.
                Err(fault) => tracing::warn!("types without a name: {fault}"),
            }
        }
        let named = columns.into_iter().map(|described| {
            let kind = (described.kind, described.modifier);
            let known = self.kinds.get(&kind).cloned();
            Column {
                name: described.name,
                origin: described.origin,
                ..known.unwrap_or_else(|| introspect::unnamed(described.kind))
            }
        });
        named.collect()
    }
}

/// Tells what the session says by itself.
fn tell(listener: Option<&Asker>, piece: Piece) {
    let Some(listener) = listener else {
        return;
    };
    match piece {
        Piece::Notice(notice) => listener.tell(Told::Notice(notice)),
        Piece::Notification(said) => listener.tell(Told::Notification(said)),
        _ => {}
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
