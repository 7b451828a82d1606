//! Standard output for results of any size: written in pieces while they come, by another thread, so
//! that a reader that waits keeps nobody from taking a signal.

use std::io::ErrorKind;

use tokio::io::{AsyncWriteExt, Stdout, stdout};

use crate::fault::{Fault, Outcome};

/// So much is written at once.
const PIECE: usize = 64 << 10;

/// Text on its way to standard output.
pub(super) struct Output {
    to: Stdout,
    /// What is not written yet.
    pub(super) text: String,
    has_reader: bool,
}

impl Output {
    pub(super) fn new() -> Self {
        Self {
            to: stdout(),
            text: String::new(),
            has_reader: true,
        }
    }

    /// Whether nobody reads any more (`| head`), which is no fault.
    pub(super) fn reader_has_left(&self) -> bool {
        !self.has_reader
    }

    /// Writes what there is if it is worth it.
    ///
    /// # Errors
    /// It cannot be written: the disk is full.
    pub(super) async fn write_if_much(&mut self) -> Outcome<()> {
        if self.text.len() < PIECE {
            return Ok(());
        }
        self.write().await
    }

    /// Writes what there is, then these bytes as they are.
    ///
    /// # Errors
    /// The same.
    pub(super) async fn raw(&mut self, bytes: &[u8]) -> Outcome<()> {
        self.write().await?;
        if self.has_reader {
            let written = self.to.write_all(bytes).await;
            self.judge(written)?;
        }
        Ok(())
    }

    /// Writes what there is and waits until it is written.
    ///
    /// # Errors
    /// The same.
    pub(super) async fn flush(&mut self) -> Outcome<()> {
        self.write().await?;
        let flushed = self.to.flush().await;
        self.judge(flushed)
    }

    /// Writes what there is.
    ///
    /// # Errors
    /// The same.
    pub(super) async fn write(&mut self) -> Outcome<()> {
        if self.has_reader && !self.text.is_empty() {
            let written = self.to.write_all(self.text.as_bytes()).await;
            self.judge(written)?;
        }
        self.text.clear();
        Ok(())
    }

    fn judge(&mut self, written: std::io::Result<()>) -> Outcome<()> {
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.has_reader = false;
                Ok(())
            }
            other => {
                other.map_err(|error| Fault::new("The result cannot be written").because(error))
            }
        }
    }
}
