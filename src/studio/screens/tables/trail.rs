//! The places that were visited, to go back to and forward again.

use super::rows::Place;
use crate::data::catalog::Object;

/// No more places than this are remembered each way.
const LONGEST: usize = 100;

/// A place: what was open, and where in it, sorted and filtered how.
#[derive(Debug, Clone)]
pub struct Visit {
    /// What was open.
    pub object: Object,
    /// Where one was in it.
    pub place: Place,
}

/// Which way along the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To where one was before.
    Back,
    /// To where one went back from.
    Forward,
}

/// The places before and after the one where one is.
#[derive(Debug, Default)]
pub struct Trail {
    before: Vec<Visit>,
    after: Vec<Visit>,
}

impl Trail {
    /// One goes on from a place to a new one: what was gone back from is forgotten.
    pub fn leave(&mut self, visit: Visit) {
        self.after.clear();
        push(&mut self.before, visit);
    }

    /// Whether there is a place that way.
    ///
    /// # Errors
    /// There is none.
    pub fn can_go(&self, way: Way) -> Result<(), &'static str> {
        match way {
            Way::Back if self.before.is_empty() => Err("this is where you began"),
            Way::Forward if self.after.is_empty() => Err("you have not gone back"),
            _ => Ok(()),
        }
    }

    /// Goes a step from `now`, which is remembered the other way; where to.
    pub fn go(&mut self, way: Way, now: Option<Visit>) -> Option<Visit> {
        let (from, to) = match way {
            Way::Back => (&mut self.before, &mut self.after),
            Way::Forward => (&mut self.after, &mut self.before),
        };
        let found = from.pop()?;
        if let Some(now) = now {
            push(to, now);
        }
        Some(found)
    }
}

fn push(places: &mut Vec<Visit>, visit: Visit) {
    if places.len() == LONGEST {
        places.remove(0);
    }
    places.push(visit);
}
