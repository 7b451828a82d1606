//! A COPY on this side: a task of its own sends what the server wants, as fast as that takes it; what
//! the server gives is written before more is taken. Of a file of any size a few hundred kilobytes are
//! in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::Stop;
use super::files::{Source, Target};
use crate::data::catalog;
use crate::fault::{Fault, Outcome};
use crate::pg::session::Feeder;
use crate::studio::work::console::{Progress, Way};

/// How often it is told how far it is.
const TELL: Duration = Duration::from_millis(200);

/// One COPY.
pub(super) struct Copying {
    way: Side,
    /// Whether the rows that it gives are deleted or changed by the same statement: what comes here may
    /// be nowhere else any more.
    writes: bool,
    /// Whether not all of it was taken.
    is_partial: bool,
    /// How many bytes are copied.
    bytes: Arc<AtomicU64>,
    progress: Progress,
    told: Instant,
}

enum Side {
    /// What is sent, until the server wants it.
    Source(Option<Source>),
    /// It is being sent.
    Feeding(JoinHandle<Outcome<()>>),
    /// It is not sent any more.
    Stopped,
    Target(Target),
}

impl Copying {
    /// Opens its file.
    ///
    /// # Errors
    /// It cannot be read, or written.
    pub(super) async fn begin(way: Way, writes: bool, stop: &Stop) -> Outcome<Self> {
        let mut progress = Progress::default();
        let way = match way {
            Way::Given(text) => {
                progress.of = Some(text.len() as u64);
                Side::Source(Some(Source::Given(text.into_bytes(), 0)))
            }
            Way::From(path) => {
                let (source, size) = stop.or(Source::open(&path)).await?;
                progress.of = Some(size);
                Side::Source(Some(source))
            }
            Way::Into(path) => {
                progress.rows = Some(0);
                Side::Target(stop.or(Target::create(&path)).await?)
            }
        };
        Ok(Self {
            way,
            writes,
            is_partial: false,
            bytes: Arc::default(),
            progress,
            told: Instant::now(),
        })
    }

    /// Whether what it copies comes here, and nothing else is done.
    pub(super) fn only_reads(&self) -> bool {
        matches!(self.way, Side::Target(_)) && !self.writes
    }

    /// The server wants the data. A second time it gets none.
    pub(super) fn feed(&mut self, feeder: Feeder) {
        if let Side::Source(source) = &mut self.way
            && let Some(source) = source.take()
        {
            let sending = send(source, feeder, Arc::clone(&self.bytes));
            self.way = Side::Feeding(tokio::spawn(sending));
        }
    }

    /// Sends no more: the server is told that nothing comes.
    pub(super) fn stop(&mut self) {
        self.is_partial = true;
        if let Side::Feeding(feeding) = &self.way
            && !feeding.is_finished()
        {
            feeding.abort();
            self.way = Side::Stopped;
        }
    }

    /// The server gives data.
    pub(super) async fn take(&mut self, bytes: Vec<u8>, rows: u64) -> Outcome<()> {
        let len = bytes.len() as u64;
        if let Side::Target(target) = &mut self.way {
            target.write(bytes).await?;
        }
        self.bytes.fetch_add(len, Ordering::Relaxed);
        if let Some(all) = &mut self.progress.rows {
            *all += rows;
        }
        Ok(())
    }

    /// When it is to be told how far it is.
    pub(super) fn next_progress(&self) -> Instant {
        self.told + TELL
    }

    /// How far it is, where that is further than was told.
    pub(super) fn progress(&mut self) -> Option<Progress> {
        self.told = Instant::now();
        let bytes = self.bytes.load(Ordering::Relaxed);
        if bytes == self.progress.bytes {
            return None;
        }
        self.progress.bytes = bytes;
        Some(self.progress)
    }

    /// What became of the data, given what became of the statement; what is to be said of it.
    ///
    /// # Errors
    /// Those of the statement, or why the file was not read, or is not there.
    pub(super) async fn end(self, read: Outcome<()>) -> Outcome<Option<String>> {
        match self.way {
            Side::Feeding(feeding) => match (feeding.await, read) {
                // The server only knows that they did not come.
                (Ok(Err(unread)), Err(fault)) if !fault.is_lost => Err(unread),
                (_, read) => read.map(|()| None),
            },
            Side::Target(target) if self.is_partial || read.is_err() => {
                // What is dropped here is gone. What the server refused is where it was.
                let is_refused = |fault: &Fault| fault.sqlstate.is_some();
                let is_kept = self.writes && !read.as_ref().is_err_and(is_refused);
                left(is_kept.then_some(target), read).await
            }
            Side::Target(target) => match target.keep().await {
                Ok(path) => {
                    let size = catalog::bytes(self.bytes.load(Ordering::Relaxed));
                    Ok(Some(format!("{size} are in {}", path.display())))
                }
                Err((fault, target)) => left(target.filter(|_| self.writes), Err(fault)).await,
            },
            Side::Source(_) | Side::Stopped => read.map(|()| None),
        }
    }
}

/// What is said of rows that are not in the file that was named: where they are, if they are anywhere.
async fn left(target: Option<Target>, read: Outcome<()>) -> Outcome<Option<String>> {
    let path = match target {
        Some(target) => target.leave().await,
        None => None,
    };
    let said = path.map(|path| format!("what came of its rows is in {}", path.display()));
    match (read, said) {
        (Ok(()), said) => Ok(said),
        (Err(fault), None) => Err(fault),
        (Err(fault), Some(said)) => Err(fault.remedy(said)),
    }
}

/// Sends all, or as much as the server wants.
async fn send(mut source: Source, feeder: Feeder, sent: Arc<AtomicU64>) -> Outcome<()> {
    loop {
        match source.next().await {
            Ok(bytes) if bytes.is_empty() => {
                feeder.end().await;
                return Ok(());
            }
            Ok(bytes) => {
                let len = bytes.len() as u64;
                if !feeder.data(bytes).await {
                    return Ok(());
                }
                sent.fetch_add(len, Ordering::Relaxed);
            }
            Err(unread) => {
                let why: &Fault = &unread;
                feeder.fail(&why.what).await;
                return Err(unread);
            }
        }
    }
}
