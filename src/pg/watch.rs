//! What the driver reads and does not tell: the columns of a result with their types, the tags of
//! statements, and whether a transaction is open. A stream that is listened to passes every byte on
//! as it is, and copies these messages (manual, 55.7 "Message Formats") on their way.
//!
//! It knows how messages are framed and nothing of what asked for them.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc::UnboundedSender;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};

use crate::data::Origin;
use crate::data::result::{Described, Transaction};

/// A message that was heard, in the order in which the server sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pg) enum Heard {
    /// The columns of the rows that follow (`RowDescription`).
    Columns(Vec<Described>),
    /// A statement is done: `INSERT 0 5` (`CommandComplete`).
    Tag(String),
    /// The server waits for the next statement (`ReadyForQuery`).
    Ready(Transaction),
}

/// Where what is heard goes.
pub(in crate::pg) type Ear = UnboundedSender<Heard>;

/// Reads the frames of messages out of bytes that come in any pieces.
#[derive(Debug, Default)]
struct Frames {
    header: [u8; 5],
    /// How much of the header is here.
    have: usize,
    /// How much of the message is still to come.
    left: usize,
    /// The message, where it is one of those that are kept.
    kept: Vec<u8>,
}

impl Frames {
    fn take(&mut self, mut bytes: &[u8], tell: &mut impl FnMut(Heard)) {
        while !bytes.is_empty() {
            if self.have < self.header.len() {
                let some = bytes.len().min(self.header.len() - self.have);
                self.header[self.have..self.have + some].copy_from_slice(&bytes[..some]);
                self.have += some;
                bytes = &bytes[some..];
                if self.have < self.header.len() {
                    return;
                }
                let [_, a, b, c, d] = self.header;
                // The length counts itself.
                self.left = (u32::from_be_bytes([a, b, c, d]) as usize).saturating_sub(4);
                self.kept.clear();
            }
            let some = bytes.len().min(self.left);
            if matches!(self.header[0], b'T' | b'C' | b'Z') {
                self.kept.extend_from_slice(&bytes[..some]);
            }
            bytes = &bytes[some..];
            self.left -= some;
            if self.left == 0 {
                self.have = 0;
                if let Some(heard) = understood(self.header[0], &self.kept) {
                    tell(heard);
                }
            }
        }
    }
}

fn understood(kind: u8, message: &[u8]) -> Option<Heard> {
    match kind {
        b'T' => columns(message).map(Heard::Columns),
        b'C' => {
            let text = message.strip_suffix(&[0]).unwrap_or(message);
            Some(Heard::Tag(String::from_utf8_lossy(text).into_owned()))
        }
        b'Z' => Some(Heard::Ready(match message.first()? {
            b'T' => Transaction::Open,
            b'E' => Transaction::Failed,
            _ => Transaction::Idle,
        })),
        _ => None,
    }
}

fn columns(message: &[u8]) -> Option<Vec<Described>> {
    /// Cuts a number's bytes off.
    fn cut<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
        let (number, after) = rest.split_first_chunk::<N>()?;
        *rest = after;
        Some(number)
    }
    let mut rest = message;
    let count = u16::from_be_bytes(*cut(&mut rest)?);
    let mut columns = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let end = rest.iter().position(|byte| *byte == 0)?;
        let name = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest = &rest[end + 1..];
        let table = u32::from_be_bytes(*cut(&mut rest)?);
        let attribute = i16::from_be_bytes(*cut(&mut rest)?);
        let kind = u32::from_be_bytes(*cut(&mut rest)?);
        let _size: &[u8; 2] = cut(&mut rest)?;
        let modifier = i32::from_be_bytes(*cut(&mut rest)?);
        let _format: &[u8; 2] = cut(&mut rest)?;
        columns.push(Described {
            name,
            origin: Origin { table, attribute },
            kind,
            modifier,
        });
    }
    Some(columns)
}

/// A stream that is listened to.
pub(in crate::pg) struct Watched<S> {
    stream: S,
    frames: Frames,
    ear: Ear,
}

impl<S> Watched<S> {
    /// Listens from now on, which must be before the server's first message.
    pub(in crate::pg) fn new(stream: S, ear: Ear) -> Self {
        Self {
            stream,
            frames: Frames::default(),
            ear,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        let ear = &this.ear;
        this.frames.take(&buffer.filled()[before..], &mut |heard| {
            // Nobody listens to a session that is being closed.
            let _ = ear.send(heard);
        });
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
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
    use proptest::prelude::*;

    /// A message as it is framed.
    fn framed(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap_or(0);
        [&[kind][..], &length.to_be_bytes(), body].concat()
    }

    fn all() -> (Vec<u8>, Vec<Heard>) {
        let column = |name: &str| {
            let mut bytes = name.as_bytes().to_vec();
            bytes.push(0);
            bytes.extend(16_385_u32.to_be_bytes());
            bytes.extend(2_i16.to_be_bytes());
            bytes.extend(1_043_u32.to_be_bytes());
            bytes.extend((-1_i16).to_be_bytes());
            bytes.extend(84_i32.to_be_bytes());
            bytes.extend(0_i16.to_be_bytes());
            bytes
        };
        let names = ["a", "", "naïve"];
        let description = [3_u16.to_be_bytes().to_vec(), names.map(column).concat()].concat();
        let bytes = [
            framed(b'R', &[0; 4]),
            framed(b'T', &description),
            framed(b'D', &[b'T'; 300]),
            framed(b'n', b""),
            framed(b'C', b"SELECT 1\0"),
            framed(b'Z', b"T"),
            framed(b'E', b"SERROR\0\0"),
            framed(b'Z', b"E"),
            framed(b'Z', b"I"),
        ]
        .concat();
        let column = |name: &str| Described {
            name: name.to_owned(),
            origin: Origin {
                table: 16_385,
                attribute: 2,
            },
            kind: 1_043,
            modifier: 84,
        };
        let heard = vec![
            Heard::Columns(names.map(column).to_vec()),
            Heard::Tag("SELECT 1".to_owned()),
            Heard::Ready(Transaction::Open),
            Heard::Ready(Transaction::Failed),
            Heard::Ready(Transaction::Idle),
        ];
        (bytes, heard)
    }

    proptest! {
        #[test]
        fn messages_are_heard_in_whatever_pieces_they_come(sizes in proptest::collection::vec(1..40usize, 0..60)) {
            let (bytes, wanted) = all();
            let (mut frames, mut heard, mut rest) = (Frames::default(), Vec::new(), &bytes[..]);
            for size in sizes.into_iter().chain([usize::MAX]) {
                let (piece, after) = rest.split_at(size.min(rest.len()));
                frames.take(piece, &mut |one| heard.push(one));
                rest = after;
            }
            prop_assert_eq!(heard, wanted);
        }

        #[test]
        fn whatever_comes_does_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            Frames::default().take(&bytes, &mut |_| {});
            let _ = (columns(&bytes), understood(b'Z', &bytes));
        }
    }
}
