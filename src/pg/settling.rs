//! A connection that was let in and whose fixed settings were sent, but perhaps not answered yet.

use std::pin::Pin;

use futures_util::TryStreamExt;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::Instant;
use tokio_postgres::SimpleQueryStream;

use crate::fault::Outcome;
use crate::pg::connect::Refusal;
use crate::pg::dial::Entered;

/// The task that moves a connection's bytes.
pub(super) type Moving = JoinHandle<()>;

/// A connection that is being opened.
pub(super) type Opening = JoinHandle<Outcome<(Entered, Settling)>>;

/// The answer to the settings of a connection. Whoever lets go of it before it is here, or is told
/// that they are refused, ends the connection: nothing is read under other settings.
pub(in crate::pg) struct Settling {
    /// None once it is here.
    answer: Option<Pin<Box<SimpleQueryStream>>>,
    moving: AbortHandle,
    until: Option<Instant>,
}

impl Settling {
    /// `until` is when it must be here.
    pub fn new(answer: SimpleQueryStream, moving: AbortHandle, until: Option<Instant>) -> Self {
        Self {
            answer: Some(Box::pin(answer)),
            moving,
            until,
        }
    }

    /// When it must be here.
    pub fn until(&self) -> Option<Instant> {
        self.until
    }

    /// Waits for it.
    pub async fn done(mut self) -> Result<Self, Refusal> {
        if let Some(answer) = &mut self.answer {
            while answer.try_next().await.map_err(Refusal::Failed)?.is_some() {}
        }
        self.answer = None;
        Ok(self)
    }
}

impl Drop for Settling {
    fn drop(&mut self) {
        if self.answer.is_some() {
            self.moving.abort();
        }
    }
}
