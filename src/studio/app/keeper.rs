//! Writes down how columns were arranged, in a thread of its own: a slow disk must not hold up a key.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use tokio::sync::mpsc::UnboundedSender;

use crate::config::arrangements::Memory;
use crate::data::{Arrangement, TableName};
use crate::fault::{Fault, Outcome};

type Change = (TableName, Arrangement);

/// The thread. Dropping it waits until all is written.
pub(super) struct Keeper {
    changes: Option<Sender<Change>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts it; what cannot be written is told to `failed`.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub(super) fn start(memory: Memory, failed: UnboundedSender<Fault>) -> Outcome<Self> {
        let (changes, asked) = channel();
        let thread = std::thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(move || write(&memory, &asked, &failed))
            .map_err(|error| Fault::new("The program cannot start a thread").because(error))?;
        Ok(Self {
            changes: Some(changes),
            thread: Some(thread),
        })
    }

    /// Has an arrangement written.
    pub(super) fn keep(&self, table: TableName, arrangement: Arrangement) {
        if let Some(changes) = &self.changes {
            // The thread ends only when this sender is dropped.
            let _ = changes.send((table, arrangement));
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.changes.take());
        if let Some(thread) = self.thread.take() {
            // A panic over there has been told already.
            let _ = thread.join();
        }
    }
}

/// Ten presses of a key are written once.
fn write(memory: &Memory, asked: &Receiver<Change>, failed: &UnboundedSender<Fault>) {
    while let Ok(first) = asked.recv() {
        let changes: Vec<Change> = std::iter::once(first).chain(asked.try_iter()).collect();
        if let Err(fault) = memory.write(&changes) {
            tracing::warn!("{fault}");
            // The loop may have ended meanwhile.
            let _ = failed.send(fault);
        }
    }
}
