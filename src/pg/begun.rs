//! A connection that is opened before anybody wants it, and the answer to its settings, which need
//! not be here when the first question is sent.

use std::pin::Pin;
use std::sync::Mutex;

use futures_util::TryStreamExt;
use tokio::task::{AbortHandle, JoinHandle};
use tokio_postgres::{Client, Error, SimpleQueryStream};

use crate::fault::Outcome;
use crate::pg::connect::Moving;

/// A connection that is being opened.
pub(super) type Opening = JoinHandle<Outcome<(Client, Moving)>>;

/// What was begun, until somebody takes it.
#[derive(Default)]
pub(super) struct Begun {
    pub opening: Mutex<Option<Opening>>,
    pub settling: tokio::sync::Mutex<Option<Settling>>,
}

/// The answer to the settings of a connection. Where it is not heard, or is a refusal, the connection
/// is ended: nothing is read under other settings.
pub(super) struct Settling {
    answer: Pin<Box<SimpleQueryStream>>,
    moving: AbortHandle,
    is_done: bool,
}

impl Settling {
    pub fn new(answer: SimpleQueryStream, moving: AbortHandle) -> Self {
        Self {
            answer: Box::pin(answer),
            moving,
            is_done: false,
        }
    }

    /// Waits for the answer; whoever stops waiting can begin to again.
    pub async fn done(&mut self) -> Result<(), Error> {
        while self.answer.try_next().await?.is_some() {}
        self.is_done = true;
        Ok(())
    }
}

impl Drop for Settling {
    fn drop(&mut self) {
        if !self.is_done {
            self.moving.abort();
        }
    }
}
