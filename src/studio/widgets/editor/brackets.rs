//! The pair of brackets around the cursor, or at it.

use std::ops::Range;

use super::Editor;
use super::lines::Place;

/// No further than so many bytes to either side: a pair is looked for at every drawing.
const FARTHEST: usize = 64 << 10;

fn opened_by(closing: u8) -> Option<u8> {
    match closing {
        b')' => Some(b'('),
        b']' => Some(b'['),
        _ => None,
    }
}

fn is_opening(byte: u8) -> bool {
    matches!(byte, b'(' | b'[')
}

impl Editor {
    /// Where the two brackets are, as bytes of the text. The ranges of what is no code (strings and
    /// comments) are in order and do not meet.
    pub(super) fn pair(&self, quoted: &[Range<usize>]) -> Option<(usize, usize)> {
        let is_code = |offset: usize| {
            let after = quoted.partition_point(|range| range.end <= offset);
            quoted.get(after).is_none_or(|range| offset < range.start)
        };
        let here = self.caret.cursor;
        let offset = self.lines.offset(here);
        let line = self.lines.line(here.row).as_bytes();
        let before = here.at.checked_sub(1).and_then(|at| line.get(at));
        let opens = line.get(here.at).is_some_and(|byte| is_opening(*byte)) && is_code(offset);
        let closes =
            !opens && before.is_some_and(|byte| opened_by(*byte).is_some()) && is_code(offset - 1);
        // A bracket that the cursor stands at is one of the pair: the pair is looked for from inside.
        let inside = match (opens, closes) {
            (true, _) => here.at + 1,
            (_, true) => here.at - 1,
            _ => here.at,
        };
        let start = offset - here.at;
        let from = Place::new(here.row, inside);
        let (opening, at) = self.opening(from, start, &is_code)?;
        let to = self.closing(from, start, opening, &is_code)?;
        Some((at, to))
    }

    /// The bracket before a place that is not closed before it.
    fn opening(
        &self,
        from: Place,
        start: usize,
        is_code: &dyn Fn(usize) -> bool,
    ) -> Option<(u8, usize)> {
        let mut closed = Vec::new();
        let (mut start, mut looked) = (start, 0);
        for row in (0..=from.row).rev() {
            let line = self.lines.line(row).as_bytes();
            let end = if row == from.row {
                from.at
            } else {
                start -= line.len() + 1;
                line.len()
            };
            for at in (0..end).rev().take(FARTHEST - looked) {
                let byte = line[at];
                if is_opening(byte) && is_code(start + at) {
                    match closed.pop() {
                        None => return Some((byte, start + at)),
                        Some(closed) if closed == byte => {}
                        Some(_) => return None,
                    }
                } else if let Some(opening) = opened_by(byte)
                    && is_code(start + at)
                {
                    closed.push(opening);
                }
            }
            looked = (looked + end + 1).min(FARTHEST);
            if looked == FARTHEST {
                break;
            }
        }
        None
    }

    /// The bracket after a place that closes one opened before it.
    fn closing(
        &self,
        from: Place,
        start: usize,
        opening: u8,
        is_code: &dyn Fn(usize) -> bool,
    ) -> Option<usize> {
        let mut open = vec![opening];
        let (mut start, mut looked) = (start, 0);
        for row in from.row..=self.lines.last() {
            let line = self.lines.line(row).as_bytes();
            let begin = if row == from.row { from.at } else { 0 };
            for at in (begin..line.len()).take(FARTHEST - looked) {
                let byte = line[at];
                if is_opening(byte) && is_code(start + at) {
                    open.push(byte);
                } else if let Some(opening) = opened_by(byte)
                    && is_code(start + at)
                {
                    if open.pop() != Some(opening) {
                        return None;
                    }
                    if open.is_empty() {
                        return Some(start + at);
                    }
                }
            }
            looked = (looked + line.len() - begin + 1).min(FARTHEST);
            if looked == FARTHEST {
                break;
            }
            start += line.len() + 1;
        }
        None
    }
}
