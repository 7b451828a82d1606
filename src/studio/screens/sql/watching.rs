//! `\watch`: a statement that is run again some time after its end, and never beside itself. What it
//! returned last stays in view until the next rows are all here, and so does the place in them.

use std::time::Duration;

use super::console::{Console, Link};
use super::planned::{Planned, Sent};
use super::ran::State;
use crate::studio::layer::{Cx, Effect, Tone};
use crate::studio::work::console::{Ask, Told};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

/// What is watched.
pub(super) struct Watching {
    planned: Planned,
    pub(super) every: Duration,
    /// How often it was run.
    pub(super) runs: u64,
    stage: Stage,
}

enum Stage {
    /// It runs for the first time, as any other statement does.
    First,
    /// Until this is answered.
    Waiting(Ticket),
    /// It runs again.
    Again(Box<Sent>),
}

impl Watching {
    /// A statement that is to be watched.
    pub(super) fn of(planned: &Planned) -> Option<Self> {
        Some(Self {
            every: planned.watch?,
            planned: planned.clone(),
            runs: 0,
            stage: Stage::First,
        })
    }

    /// What is to be stopped, beside what is stopped anyhow.
    pub(super) fn ticket(&self) -> Option<Ticket> {
        match &self.stage {
            Stage::First => None,
            Stage::Waiting(ticket) => Some(*ticket),
            Stage::Again(sent) => Some(sent.ran.ticket),
        }
    }
}

impl Console {
    /// Waits until it is time for it again.
    pub(super) fn wait(&mut self, cx: &mut Cx<'_>) {
        if let Some(watching) = &mut self.watching {
            watching.runs += 1;
            let ask = Ask::Wait(watching.every);
            watching.stage = Stage::Waiting(cx.db(DbRequest::Console(self.id, ask)));
        }
    }

    /// Takes a reply to what is watched; `false` if it is another one's.
    pub(super) fn watch(&mut self, ticket: Ticket, reply: &DbReply, cx: &mut Cx<'_>) -> bool {
        let Some(watching) = &mut self.watching else {
            return false;
        };
        match &mut watching.stage {
            Stage::Waiting(waiting) if *waiting == ticket => {
                match reply {
                    DbReply::Done => self.again(cx),
                    DbReply::Part(_) => {}
                    DbReply::Cancelled | DbReply::Failed(_) => self.unwatch(cx),
                }
                true
            }
            Stage::Again(sent) => {
                if !sent.ran.take(ticket, reply, cx) {
                    return false;
                }
                let is_over = reply.is_final() && sent.ran.ticket == ticket;
                if let DbReply::Part(Part::Console(Told::Transaction(transaction))) = reply
                    && matches!(self.link, Link::Open(_))
                {
                    self.link = Link::Open(*transaction);
                }
                if is_over {
                    self.seen_again(cx);
                }
                true
            }
            Stage::Waiting(_) | Stage::First => false,
        }
    }

    fn again(&mut self, cx: &mut Cx<'_>) {
        let Some(planned) = self.watching.as_ref().map(|one| one.planned.clone()) else {
            return;
        };
        let sent = Box::new(self.sent(planned, cx));
        if let Some(watching) = &mut self.watching {
            watching.stage = Stage::Again(sent);
        }
    }

    /// What it returned takes the place of what it returned before.
    fn seen_again(&mut self, cx: &mut Cx<'_>) {
        let stage = self.watching.as_mut().map(|watching| &mut watching.stage);
        let Some(Stage::Again(mut sent)) =
            stage.map(|stage| std::mem::replace(stage, Stage::First))
        else {
            return;
        };
        let id = self.id;
        if sent.ran.state == State::Cancelled {
            cx.db(DbRequest::Console(id, Ask::Forget(sent.ran.ticket)));
            return self.unwatch(cx);
        }
        let Some(place) = self.results.last_mut() else {
            return;
        };
        sent.ran.looked_at_like(&mut place.ran, cx);
        let before = std::mem::replace(place, *sent);
        cx.db(DbRequest::Console(id, Ask::Forget(before.ran.ticket)));
        place.name_place();
        if matches!(place.ran.state, State::Done { .. }) {
            self.wait(cx);
        } else {
            self.unwatch(cx);
        }
    }

    fn unwatch(&mut self, cx: &mut Cx<'_>) {
        self.watching = None;
        let said = "it is not run again".to_owned();
        cx.ask(Effect::Toast(Tone::Good, said));
    }
}
