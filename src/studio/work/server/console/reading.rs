//! A statement that is being read: its rows are gathered in chunks and kept, what is said beside them
//! is told, and the data of a COPY come from and go to a file. However it ends, the server has stopped
//! before that is told.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::copying::Copying;
use super::store::Store;
use super::{Asker, Order, Stop, Ticket, held, tell};
use crate::data::catalog::rows as rows_in_words;
use crate::data::result::{Described, Notice};
use crate::data::{Column, RowsBuilder};
use crate::fault::{Fault, Outcome};
use crate::pg::session::{Piece, Running};
use crate::pg::{Pool, introspect};
use crate::studio::work::console::{Ask, Chunk, Told};
use crate::studio::work::server::stop::until_stopped;

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

/// What a desk has beside the session while that runs something.
pub(super) struct Around<'a> {
    pub(super) pool: &'a Pool,
    pub(super) orders: &'a mut mpsc::UnboundedReceiver<Order>,
    pub(super) waiting: &'a mut VecDeque<Order>,
    pub(super) results: &'a HashMap<Ticket, Store>,
    pub(super) kinds: &'a mut HashMap<(u32, i32), Column>,
    pub(super) listener: Option<&'a Asker>,
}

/// A statement that is being read.
pub(super) struct Reading<'a> {
    pub(super) asker: &'a Asker,
    pub(super) store: Store,
    /// The chunk that is being filled, and until when it waits for more.
    rows: RowsBuilder,
    gathering: Option<Instant>,
    wanted: u64,
    pub(super) tag: String,
    /// How many sets of rows have begun, and how many rows are of those behind the first.
    sets: usize,
    unshown: u64,
    /// How many rows were copied to nowhere.
    unkept: u64,
    /// Whether the next message is here, and is a row.
    is_held: bool,
    /// Since when the server waits for the person, and how long it did before.
    paused: Option<Instant>,
    pub(super) waited: Duration,
    /// Where what it copies comes from, or goes.
    copying: Option<Copying>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(
        asker: &'a Asker,
        store: Store,
        wanted: Option<u64>,
        copying: Option<Copying>,
    ) -> Self {
        Self {
            asker,
            store,
            rows: RowsBuilder::new(0),
            gathering: None,
            wanted: wanted.unwrap_or(u64::MAX),
            tag: String::new(),
            sets: 0,
            unshown: 0,
            unkept: 0,
            is_held: false,
            paused: None,
            waited: Duration::ZERO,
            copying,
        }
    }

    pub(super) async fn read(
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
            let copied = self.copying.as_ref().map(Copying::next_progress);
            let most = self.rows.len() + room;
            tokio::select! {
                biased;
                () = stop.wished() => break Err(Fault::cancelled()),
                order = around.orders.recv() => {
                    match order {
                        Some(order) => self.meanwhile(order, around).await,
                        None => break Err(Fault::cancelled()),
                    }
                }
                piece = running.next(&mut self.rows, (most, CHUNK_BYTES)), if !is_paused => {
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
                () = until(copied) => self.tell_progress(),
            }
        };
        self.tell_progress();
        // What came before the end is shown, however it ended.
        let kept = self.flush().await;
        let read = if running.is_over() {
            read.and(kept)
        } else {
            if let Some(copying) = &mut self.copying {
                copying.stop();
            }
            self.stopped(read, running).await
        };
        self.copied(read).await
    }

    /// What is left of it is stopped at the server, and that it did stop is heard before it is told.
    async fn stopped(&mut self, read: Outcome<()>, running: &mut Running<'_>) -> Outcome<()> {
        let drained = until_stopped(running.canceller(), running.drain()).await;
        match (read, drained) {
            (Err(fault), Err(end)) if fault.is_cancelled() => Err(end),
            // What came meanwhile is in no file, and is where it was.
            (Err(fault), Ok(())) if self.copying.as_ref().is_some_and(Copying::only_reads) => {
                Err(fault)
            }
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

    /// The end of a COPY on this side: its file is kept, or was not read.
    async fn copied(&mut self, read: Outcome<()>) -> Outcome<()> {
        let Some(copying) = self.copying.take() else {
            return read;
        };
        if let Some(said) = copying.end(read).await? {
            self.note(&said);
        }
        Ok(())
    }

    fn tell_progress(&mut self) {
        if let Some(progress) = self.copying.as_mut().and_then(Copying::progress) {
            self.asker.tell(Told::Copied(progress));
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
                if self.unkept > 0 {
                    let said =
                        format!("it copied {}, which go nowhere", rows_in_words(self.unkept));
                    self.note(&said);
                    self.unkept = 0;
                }
            }
            // Without a file it is let go, and the server told that nothing comes.
            Piece::Wanted(feeder) => {
                if let Some(copying) = &mut self.copying {
                    copying.feed(feeder);
                }
            }
            Piece::Copied { bytes, rows } => match &mut self.copying {
                Some(copying) => copying.take(bytes, rows).await?,
                None => self.unkept += rows,
            },
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
    pub(super) fn note(&self, text: &str) {
        self.asker.tell(Told::Notice(Notice {
            severity: "dbkeep".to_owned(),
            text: text.to_owned(),
            detail: None,
            hint: None,
        }));
    }

    async fn meanwhile(&mut self, order: Order, around: &mut Around<'_>) {
        let Some(order) = held::answer(order, |run| self.held(run, around)).await else {
            return;
        };
        match order.ask {
            Ask::More(run, wanted) if run == self.asker.ticket => {
                self.wanted = self.wanted.max(wanted);
                order.asker.end(Ok(()));
            }
            _ => around.waiting.push_back(order),
        }
    }

    /// The rows of what is run, or of what was run before.
    fn held<'b>(&'b self, run: Ticket, around: &'b Around<'_>) -> Option<&'b Store> {
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

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
