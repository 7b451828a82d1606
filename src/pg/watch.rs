//! What the driver reads and does not tell, and what it does not understand.
//!
//! It does not tell the columns of a result with their types, the tags of statements, and whether a
//! transaction is open: a stream that is listened to passes these messages on as they are, and copies
//! them (manual, 55.7 "Message Formats") on their way. It does not understand a COPY that is run by the
//! simple protocol, and by the other one it asks for an answer too many where such a statement is refused:
//! so the messages of COPY (manual, 55.2.6) are kept from it, and what they carry goes to and comes from
//! whoever listens.
//!
//! It knows how messages are framed and nothing of what asked for them.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_util::sync::PollSender;

use crate::data::result::{Described, Transaction};

mod feed;
mod frames;

pub use feed::Feeder;

use feed::Feed;
use frames::Frames;

/// So much is read at once.
const READ: usize = 16 << 10;
/// So much of what is copied is given on at once, or less where no more is here.
const COPIED: usize = 128 << 10;

/// A message that was heard, in the order in which the server sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pg) enum Heard {
    /// The columns of the rows that follow (`RowDescription`).
    Columns(Vec<Described>),
    /// A statement is done: `INSERT 0 5` (`CommandComplete`).
    Tag(String),
    /// A setting has another value (`ParameterStatus`).
    Setting(String, String),
    /// The server waits for the next statement (`ReadyForQuery`).
    Ready(Transaction),
}

/// What a COPY does beside the driver.
#[derive(Debug)]
pub(in crate::pg) enum Copied {
    /// The server wants data (`CopyInResponse`).
    Wanted(Feeder),
    /// It gives some (`CopyData`), and this many rows end with them.
    Data {
        /// The bytes.
        bytes: Vec<u8>,
        /// How many messages they were: to a server of today one is a row.
        rows: u64,
    },
}

/// Where what is heard goes. What is copied is waited for: a server that gives it faster than it is
/// taken waits too.
#[derive(Clone)]
pub(in crate::pg) struct Ear {
    pub heard: mpsc::UnboundedSender<Heard>,
    pub copied: mpsc::Sender<Copied>,
}

/// A stream that is listened to.
pub(in crate::pg) struct Watched<S> {
    stream: S,
    /// What was read, of which the part from `at` to `end` is not passed on yet.
    inbox: Box<[u8]>,
    at: usize,
    end: usize,
    frames: Frames,
    heard: mpsc::UnboundedSender<Heard>,
    copied: PollSender<Copied>,
    /// What is copied and not given on yet.
    wanted: Option<Feeder>,
    data: Vec<u8>,
    rows: u64,
    feed: Feed,
}

impl<S> Watched<S> {
    /// Listens from now on, which must be before the server's first message.
    pub(in crate::pg) fn new(stream: S, ear: Ear) -> Self {
        Self {
            stream,
            inbox: vec![0; READ].into_boxed_slice(),
            at: 0,
            end: 0,
            frames: Frames::default(),
            heard: ear.heard,
            copied: PollSender::new(ear.copied),
            wanted: None,
            data: Vec::new(),
            rows: 0,
            feed: Feed::default(),
        }
    }

    fn has_copied(&self) -> bool {
        self.wanted.is_some() || !self.data.is_empty()
    }

    /// Gives on what was copied.
    fn give(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while self.has_copied() {
            let has_room = ready!(self.copied.poll_reserve(cx)).is_ok();
            let copied = match self.wanted.take() {
                Some(feeder) => Copied::Wanted(feeder),
                None => Copied::Data {
                    bytes: std::mem::take(&mut self.data),
                    rows: std::mem::take(&mut self.rows),
                },
            };
            // Nobody listens to a session that is being closed.
            if has_room {
                let _ = self.copied.send_item(copied);
            }
        }
        Poll::Ready(())
    }

    /// Takes some of what was read: what is for the driver is put into `buffer`.
    fn pass(&mut self, kind: u8, buffer: &mut ReadBuf<'_>) {
        let is_hidden = is_of_copy(kind);
        let here = &self.inbox[self.at..self.end];
        let room = if is_hidden {
            here.len()
        } else {
            here.len().min(buffer.remaining())
        };
        let run = self.frames.take(&here[..room]);
        let bytes = &here[..run.len];
        if !is_hidden {
            buffer.put_slice(bytes);
        } else if kind == b'd' && run.is_body {
            self.data.extend_from_slice(bytes);
        }
        self.at += run.len;
        if !run.is_end {
            return;
        }
        match kind {
            b'd' => self.rows += 1,
            b'G' => self.wanted = Some(self.feed.begin()),
            // It wants no more, whatever was to come.
            b'C' | b'E' | b'Z' => self.feed.end(),
            _ => {}
        }
        if let Some(heard) = self.frames.heard() {
            let _ = self.heard.send(heard);
        }
    }
}

/// `CopyInResponse`, `CopyOutResponse`, `CopyData`, `CopyDone`.
fn is_of_copy(kind: u8) -> bool {
    matches!(kind, b'G' | b'H' | b'd' | b'c')
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        loop {
            let has_passed = buffer.filled().len() > before;
            if this.at == this.end {
                if has_passed {
                    return Poll::Ready(Ok(()));
                }
                // A way out that is closed leaves something to be read all the same: why it is.
                if let Poll::Ready(Err(_)) = this.feed.poll(&mut this.stream, cx) {
                    this.feed = Feed::default();
                }
                let mut inbox = ReadBuf::new(&mut this.inbox);
                let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(cx, &mut inbox) else {
                    let _ = this.give(cx);
                    return Poll::Pending;
                };
                (this.at, this.end) = (0, inbox.filled().len());
                read?;
                if this.end == 0 {
                    return Poll::Ready(Ok(()));
                }
            }
            let kind = this.frames.kind(&this.inbox[this.at..this.end]);
            // What was copied before a message is there before it is.
            let is_due = this.data.len() >= COPIED || !is_of_copy(kind);
            if is_due && this.has_copied() && this.give(cx).is_pending() {
                return if has_passed {
                    Poll::Ready(Ok(()))
                } else {
                    Poll::Pending
                };
            }
            if !is_of_copy(kind) && buffer.remaining() == 0 {
                return Poll::Ready(Ok(()));
            }
            this.pass(kind, buffer);
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let this = self.get_mut();
        // Nothing goes between the bytes of a message.
        ready!(this.feed.finish(&mut this.stream, cx))?;
        Pin::new(&mut this.stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let this = self.get_mut();
        ready!(this.feed.finish(&mut this.stream, cx))?;
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

impl<S: TlsStream + Unpin> TlsStream for Watched<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.stream.channel_binding()
    }
}

/// Makes streams that are listened to, above the encryption that `M` makes.
#[derive(Clone)]
pub(in crate::pg) struct Watching<M> {
    inner: M,
    ear: Ear,
}

impl<M> Watching<M> {
    pub(in crate::pg) fn new(inner: M, ear: Ear) -> Self {
        Self { inner, ear }
    }
}

impl<S, M> MakeTlsConnect<S> for Watching<M>
where
    M: MakeTlsConnect<S>,
    M::TlsConnect: Send,
    <M::TlsConnect as TlsConnect<S>>::Future: Send + 'static,
{
    type Stream = Watched<M::Stream>;
    type TlsConnect = Watching<M::TlsConnect>;
    type Error = M::Error;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Self::TlsConnect, M::Error> {
        Ok(Watching {
            inner: self.inner.make_tls_connect(domain)?,
            ear: self.ear.clone(),
        })
    }
}

impl<S, C> TlsConnect<S> for Watching<C>
where
    C: TlsConnect<S>,
    C::Future: Send + 'static,
{
    type Stream = Watched<C::Stream>;
    type Error = C::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Stream, C::Error>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        let Self { inner, ear } = self;
        let connecting = inner.connect(stream);
        Box::pin(async move { Ok(Watched::new(connecting.await?, ear)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

    /// A message as it is framed.
    pub(super) fn framed(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap_or(0);
        [&[kind][..], &length.to_be_bytes(), body].concat()
    }

    /// What is listened to, what is at its other end, and what is copied.
    fn watched(room: usize) -> (Watched<DuplexStream>, DuplexStream, mpsc::Receiver<Copied>) {
        let (near, far) = tokio::io::duplex(room);
        let (heard, _) = mpsc::unbounded_channel();
        let (copied, taken) = mpsc::channel(1);
        (Watched::new(near, Ear { heard, copied }), far, taken)
    }

    #[tokio::test]
    async fn what_is_copied_is_kept_from_the_driver_in_whatever_pieces_it_comes()
    -> std::io::Result<()> {
        let row = vec![b'x'; 3_000];
        let mut sent = framed(b'H', &[0; 3]);
        for _ in 0..1_000 {
            sent.extend(framed(b'd', &row));
        }
        let end = [framed(b'C', b"COPY 1000\0"), framed(b'Z', b"I")].concat();
        sent.extend(framed(b'c', b""));
        sent.extend(&end);
        for room in [7, 1_000, 64 << 10] {
            let (mut stream, mut far, mut taken) = watched(room);
            let sent = sent.clone();
            tokio::spawn(async move { far.write_all(&sent).await });
            let mut passed = Vec::new();
            let (mut bytes, mut rows) = (0, 0);
            let mut count = |one| {
                if let Copied::Data {
                    bytes: some,
                    rows: more,
                } = one
                {
                    assert!(some.len() <= COPIED + READ);
                    bytes += some.len();
                    rows += more;
                }
            };
            loop {
                let mut read = [0; 100];
                tokio::select! {
                    biased;
                    Some(one) = taken.recv() => {
                        assert!(passed.is_empty());
                        count(one);
                    }
                    len = stream.read(&mut read) => {
                        // What was copied before a message is there before it is.
                        while let Ok(one) = taken.try_recv() {
                            count(one);
                        }
                        match len? {
                            0 => break,
                            len => passed.extend_from_slice(&read[..len]),
                        }
                    }
                }
            }
            assert_eq!((bytes, rows), (3_000_000, 1_000), "{room}");
            assert_eq!(passed, end, "{room}");
        }
        Ok(())
    }

    #[tokio::test]
    async fn what_the_server_wants_is_sent_until_it_wants_no_more() -> std::io::Result<()> {
        for (is_whole, last) in [
            (true, framed(b'c', b"")),
            (false, framed(b'f', b"no more data came\0")),
        ] {
            let (mut stream, mut far, mut taken) = watched(1_000);
            let reading = tokio::spawn(async move {
                let mut passed = Vec::new();
                let _ = stream.read_to_end(&mut passed).await;
                passed
            });
            far.write_all(&framed(b'G', &[0; 3])).await?;
            let Some(Copied::Wanted(feeder)) = taken.recv().await else {
                return Err(std::io::Error::other("nothing is wanted"));
            };
            let feeding = tokio::spawn(async move {
                for _ in 0..10 {
                    assert!(feeder.data(vec![b'x'; 5_000]).await);
                }
                if is_whole {
                    feeder.end().await;
                }
            });
            let mut wanted = framed(b'd', &[b'x'; 5_000]).repeat(10);
            wanted.extend(&last);
            let mut sent = vec![0; wanted.len()];
            far.read_exact(&mut sent).await?;
            assert!(sent == wanted);
            assert!(feeding.await.is_ok());
            far.write_all(&framed(b'Z', b"I")).await?;
            drop(far);
            assert_eq!(reading.await.ok(), Some(framed(b'Z', b"I")));
        }
        // Whoever feeds it hears that it was refused.
        let (mut stream, mut far, mut taken) = watched(1_000);
        tokio::spawn(async move { stream.read_to_end(&mut Vec::new()).await });
        far.write_all(&framed(b'G', &[0; 3])).await?;
        let Some(Copied::Wanted(feeder)) = taken.recv().await else {
            return Err(std::io::Error::other("nothing is wanted"));
        };
        far.write_all(&framed(b'E', b"SERROR\0\0")).await?;
        tokio::spawn(async move { far.read_to_end(&mut Vec::new()).await });
        while feeder.data(vec![b'x'; 5_000]).await {}
        Ok(())
    }
}
