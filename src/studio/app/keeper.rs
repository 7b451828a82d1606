//! Keeps what is staged on disk, in a thread of its own: the loop never waits for a disk. Of several
//! that wait only the last one is written.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use tokio::sync::mpsc::UnboundedSender;

use crate::config::drafts::Drafts;
use crate::data::edits::Draft;
use crate::fault::Fault;

enum Order {
    Write(Vec<Draft>),
    Leave,
}

/// The thread and the way to it. Dropping it waits until the last order is done.
pub struct Keeper {
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Troubles are told to the loop.
    #[must_use]
    pub fn new(drafts: Option<Drafts>, troubles: UnboundedSender<Fault>) -> Self {
        let Some(drafts) = drafts else {
            return Self {
                orders: None,
                thread: None,
            };
        };
        let (orders, received) = channel();
        let thread = std::thread::spawn(move || keep(drafts, &received, &troubles));
        Self {
            orders: Some(orders),
            thread: Some(thread),
        }
    }

    /// Has this written, soon.
    pub fn write(&self, drafts: Vec<Draft>) {
        self.order(Order::Write(drafts));
    }

    /// Has what was found left for another time.
    pub fn leave(&self) {
        self.order(Order::Leave);
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // The thread ends only when nobody can order any more.
            let _ = orders.send(order);
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.orders.take());
        if let Some(thread) = self.thread.take() {
            // A panic there was logged there.
            let _ = thread.join();
        }
    }
}

fn keep(mut drafts: Drafts, orders: &Receiver<Order>, troubles: &UnboundedSender<Fault>) {
    while let Ok(first) = orders.recv() {
        let mut last = None;
        for order in std::iter::once(first).chain(orders.try_iter()) {
            match order {
                Order::Write(staged) => last = Some(staged),
                Order::Leave => tell(drafts.leave(), troubles),
            }
        }
        if let Some(staged) = last {
            tell(drafts.write(&staged), troubles);
        }
    }
}

fn tell(done: Result<(), Fault>, troubles: &UnboundedSender<Fault>) {
    if let Err(fault) = done {
        // The loop may have ended.
        let _ = troubles.send(fault);
    }
}
