//! Data on their way to a server that wants them for a COPY.

use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite;
use tokio::sync::mpsc;

/// Why there are no more, where nobody says it.
const NO_MORE: &str = "no more data came";

#[derive(Debug)]
enum Fed {
    Data(Vec<u8>),
    End,
    Fail(String),
}

/// Takes the data. Where it is dropped before their end, the server is told that they do not come, and
/// copies none of them.
#[derive(Debug)]
pub struct Feeder(mpsc::Sender<Fed>);

impl Feeder {
    /// Sends some, once those before are on their way; `false` where the server wants no more: it says
    /// why, or will.
    pub async fn data(&self, bytes: Vec<u8>) -> bool {
        self.0.send(Fed::Data(bytes)).await.is_ok()
    }

    /// These were all.
    pub async fn end(self) {
        // What the server did not wait for is nothing to be told here: it says so itself.
        let _ = self.0.send(Fed::End).await;
    }

    /// The rest does not come, for this reason.
    pub async fn fail(self, why: &str) {
        let _ = self.0.send(Fed::Fail(why.to_owned())).await;
    }
}

/// What is to be written between what the driver writes.
#[derive(Debug, Default)]
pub(super) struct Feed {
    fed: Option<mpsc::Receiver<Fed>>,
    /// The message that is being written, and how far it is.
    message: Vec<u8>,
    at: usize,
    is_unflushed: bool,
}

impl Feed {
    /// The server wants data.
    pub(super) fn begin(&mut self) -> Feeder {
        let (sender, fed) = mpsc::channel(1);
        self.fed = Some(fed);
        Feeder(sender)
    }

    /// It wants none. A message that has begun is written to its end.
    pub(super) fn end(&mut self) {
        self.fed = None;
    }

    /// Writes what is there; pending where the way is full.
    pub(super) fn poll<S: AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<Result<()>> {
        loop {
            ready!(self.finish(stream, cx))?;
            let Some(fed) = &mut self.fed else {
                break;
            };
            let Poll::Ready(next) = fed.poll_recv(cx) else {
                break;
            };
            let (kind, body) = match next {
                Some(Fed::Data(bytes)) => (b'd', bytes),
                Some(Fed::End) => (b'c', Vec::new()),
                Some(Fed::Fail(why)) => (b'f', text(&why)),
                None => (b'f', text(NO_MORE)),
            };
            if kind != b'd' {
                self.fed = None;
            }
            let length = u32::try_from(body.len() + 4);
            let length = length.map_err(|_| Error::from(ErrorKind::InvalidInput))?;
            self.message.push(kind);
            self.message.extend(length.to_be_bytes());
            self.message.extend(body);
        }
        if self.is_unflushed {
            ready!(Pin::new(stream).poll_flush(cx))?;
            self.is_unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Writes the message that has begun.
    pub(super) fn finish<S: AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<Result<()>> {
        while self.at < self.message.len() {
            let written = Pin::new(&mut *stream).poll_write(cx, &self.message[self.at..]);
            match ready!(written)? {
                0 => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                some => self.at += some,
            }
            self.is_unflushed = true;
        }
        self.message.clear();
        self.at = 0;
        Poll::Ready(Ok(()))
    }
}

/// A text as it is in a message: no byte of it ends it before its end.
fn text(text: &str) -> Vec<u8> {
    let bytes = text.bytes().filter(|byte| *byte != 0);
    bytes.chain([0]).collect()
}
