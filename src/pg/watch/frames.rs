//! The frames of messages (manual, 55.7 "Message Formats"), out of bytes that come in any pieces.

use super::Heard;
use crate::data::Origin;
use crate::data::result::{Described, Transaction};

/// Where one is among the messages.
#[derive(Debug, Default)]
pub(super) struct Frames {
    header: [u8; 5],
    /// How much of the header is here.
    have: usize,
    /// How much of the message is still to come.
    left: usize,
    /// The message, where it is one of those that are kept.
    kept: Vec<u8>,
}

/// Bytes of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    /// How many.
    pub len: usize,
    /// Whether they are what it says, and not its header.
    pub is_body: bool,
    /// Whether it ends with them.
    pub is_end: bool,
}

impl Frames {
    /// The kind of the message that the next bytes are of, which are here.
    pub(super) fn kind(&self, next: &[u8]) -> u8 {
        match (self.have, next.first()) {
            (0, Some(first)) => *first,
            _ => self.header[0],
        }
    }

    /// Takes bytes, of one message at most.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Run {
        let (len, is_body);
        if self.have < self.header.len() {
            len = bytes.len().min(self.header.len() - self.have);
            is_body = false;
            self.header[self.have..self.have + len].copy_from_slice(&bytes[..len]);
            self.have += len;
            if self.have == self.header.len() {
                let [_, a, b, c, d] = self.header;
                // The length counts itself.
                self.left = (u32::from_be_bytes([a, b, c, d]) as usize).saturating_sub(4);
                self.kept.clear();
            }
        } else {
            len = bytes.len().min(self.left);
            is_body = true;
            if matches!(self.header[0], b'T' | b'C' | b'S' | b'Z') {
                self.kept.extend_from_slice(&bytes[..len]);
            }
            self.left -= len;
        }
        let is_end = self.have == self.header.len() && self.left == 0;
        if is_end {
            self.have = 0;
        }
        Run {
            len,
            is_body,
            is_end,
        }
    }

    /// What the message says that has just ended, if somebody is to hear it.
    pub(super) fn heard(&self) -> Option<Heard> {
        understood(self.header[0], &self.kept)
    }
}

fn understood(kind: u8, message: &[u8]) -> Option<Heard> {
    match kind {
        b'T' => columns(message).map(Heard::Columns),
        b'C' => {
            let text = message.strip_suffix(&[0]).unwrap_or(message);
            Some(Heard::Tag(String::from_utf8_lossy(text).into_owned()))
        }
        b'S' => {
            let mut texts = message.split(|byte| *byte == 0);
            let mut text = || {
                let text = texts.next()?;
                Some(String::from_utf8_lossy(text).into_owned())
            };
            Some(Heard::Setting(text()?, text()?))
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

#[cfg(test)]
mod tests {
    use super::super::tests::framed;
    use super::*;
    use proptest::prelude::*;

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
            framed(b'S', b"client_encoding\0LATIN1\0"),
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
            Heard::Setting("client_encoding".to_owned(), "LATIN1".to_owned()),
            Heard::Tag("SELECT 1".to_owned()),
            Heard::Ready(Transaction::Open),
            Heard::Ready(Transaction::Failed),
            Heard::Ready(Transaction::Idle),
        ];
        (bytes, heard)
    }

    fn all_of(frames: &mut Frames, mut bytes: &[u8]) -> Vec<Heard> {
        let mut heard = Vec::new();
        while !bytes.is_empty() {
            let run = frames.take(bytes);
            heard.extend(frames.heard().filter(|_| run.is_end));
            bytes = &bytes[run.len..];
        }
        heard
    }

    proptest! {
        #[test]
        fn messages_are_heard_in_whatever_pieces_they_come(sizes in proptest::collection::vec(1..40usize, 0..60)) {
            let (bytes, wanted) = all();
            let (mut frames, mut heard, mut rest) = (Frames::default(), Vec::new(), &bytes[..]);
            for size in sizes.into_iter().chain([usize::MAX]) {
                let (piece, after) = rest.split_at(size.min(rest.len()));
                heard.extend(all_of(&mut frames, piece));
                rest = after;
            }
            prop_assert_eq!(heard, wanted);
        }

        #[test]
        fn whatever_comes_does_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            all_of(&mut Frames::default(), &bytes);
            let _ = (columns(&bytes), understood(b'Z', &bytes));
        }
    }
}
