//! The rows of a result that are in memory here, in chunks: those near the ones in view.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use crate::data::Rows;
use crate::studio::work::console::Told;
use crate::studio::work::{DbReply, Part, Ticket};

/// How many chunks of rows are kept here.
const KEPT: usize = 8;

/// Chunks that are here, and those that were asked for.
#[derive(Debug, Default)]
pub(super) struct Held {
    chunks: BTreeMap<usize, Arc<Rows>>,
    asked: HashMap<Ticket, usize>,
}

impl Held {
    /// A chunk, where it is here.
    pub(super) fn chunk(&self, number: usize) -> Option<&Rows> {
        self.chunks.get(&number).map(|rows| &**rows)
    }

    /// Whether it is neither here nor on its way.
    pub(super) fn lacks(&self, number: usize) -> bool {
        let is_asked = self.asked.values().any(|asked| *asked == number);
        !self.chunks.contains_key(&number) && !is_asked
    }

    /// Notes that a chunk was asked for.
    pub(super) fn await_chunk(&mut self, ticket: Ticket, number: usize) {
        self.asked.insert(ticket, number);
    }

    /// Takes a chunk; the farthest from the one that is looked at goes.
    pub(super) fn keep(&mut self, number: usize, rows: Arc<Rows>, here: usize) {
        self.chunks.insert(number, rows);
        while self.chunks.len() > KEPT {
            let farthest = self.chunks.keys().max_by_key(|chunk| chunk.abs_diff(here));
            let Some(farthest) = farthest.copied() else {
                return;
            };
            self.chunks.remove(&farthest);
        }
    }

    /// Whether something was asked for with this ticket.
    pub(super) fn awaits(&self, ticket: Ticket) -> bool {
        self.asked.contains_key(&ticket)
    }

    /// The chunk that an answer brings to what was asked for, if it does.
    pub(super) fn take(&mut self, ticket: Ticket, reply: &DbReply) -> Option<(usize, Arc<Rows>)> {
        let number = self.asked.get(&ticket).copied()?;
        if reply.is_final() {
            self.asked.remove(&ticket);
        }
        match reply {
            DbReply::Part(Part::Console(Told::Rows(rows))) => Some((number, Arc::clone(rows))),
            _ => None,
        }
    }

    /// The chunks around one that are here without a gap.
    pub(super) fn around(&self, number: usize, count: usize) -> Range<usize> {
        let is_here = |chunk: &usize| self.chunks.contains_key(chunk);
        let first = (0..=number).rev().take_while(is_here).last();
        let last = (number..count).take_while(is_here).last();
        match (first, last) {
            (Some(first), Some(last)) => first..last + 1,
            _ => 0..0,
        }
    }
}
