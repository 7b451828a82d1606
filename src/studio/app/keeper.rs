//! Keeps on disk what outlives the studio, in a thread of its own: the loop never waits for a disk.
//! Of several drafts that wait only the last one is written, and arrangements that wait together.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use tokio::sync::mpsc::UnboundedSender;

use super::run::Kept;
use crate::data::edits::Draft;
use crate::data::saved::{Shelf, ShelfOrder, ShelfReply};
use crate::data::{Arrangement, ConsoleText, Remembered, TableName};
use crate::fault::{Fault, Outcome};

enum Order {
    Write(Vec<Draft>),
    Leave,
    Consoles(Vec<ConsoleText>),
    Remember(Remembered),
    Shelf(ShelfOrder),
    Arrange(TableName, Arrangement),
}

/// The thread and the way to it. Dropping it waits until the last order is done.
pub(super) struct Keeper {
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Troubles are told to the loop, and what becomes of the saved queries.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub(super) fn start(
        kept: Kept,
        troubles: UnboundedSender<Fault>,
        shelves: UnboundedSender<(ShelfReply, Shelf)>,
    ) -> Outcome<Self> {
        let (orders, received) = channel();
        let thread = std::thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(move || keep(kept, &received, &troubles, &shelves))
            .map_err(|error| Fault::new("The program cannot start a thread").because(error))?;
        Ok(Self {
            orders: Some(orders),
            thread: Some(thread),
        })
    }

    /// Has this written, soon.
    pub(super) fn write(&self, drafts: Vec<Draft>) {
        self.order(Order::Write(drafts));
    }

    /// Has what was found left for another time.
    pub(super) fn leave(&self) {
        self.order(Order::Leave);
    }

    /// Has the texts of the consoles written, soon.
    pub(super) fn consoles(&self, texts: Vec<ConsoleText>) {
        self.order(Order::Consoles(texts));
    }

    /// Has something that was run remembered.
    pub(super) fn remember(&self, entry: Remembered) {
        self.order(Order::Remember(entry));
    }

    /// Asks the folder of saved queries.
    pub(super) fn shelf(&self, order: ShelfOrder) {
        self.order(Order::Shelf(order));
    }

    /// Has an arrangement remembered.
    pub(super) fn arrange(&self, table: TableName, arrangement: Arrangement) {
        self.order(Order::Arrange(table, arrangement));
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

fn keep(
    mut kept: Kept,
    orders: &Receiver<Order>,
    troubles: &UnboundedSender<Fault>,
    shelves: &UnboundedSender<(ShelfReply, Shelf)>,
) {
    while let Ok(first) = orders.recv() {
        let mut last = None;
        let mut arranged = Vec::new();
        let mut typed = None;
        for order in std::iter::once(first).chain(orders.try_iter()) {
            match order {
                Order::Write(staged) => last = Some(staged),
                Order::Consoles(texts) => typed = Some(texts),
                Order::Remember(entry) => tell(kept.history.add(&entry), troubles),
                Order::Shelf(order) => {
                    // The loop may have ended.
                    let _ = shelves.send(kept.queries.take(order));
                }
                Order::Leave => {
                    if let Some(drafts) = &mut kept.drafts {
                        tell(drafts.leave(), troubles);
                    }
                }
                Order::Arrange(table, arrangement) => arranged.push((table, arrangement)),
            }
        }
        if let (Some(staged), Some(drafts)) = (last, &mut kept.drafts) {
            tell(drafts.write(&staged), troubles);
        }
        if let (Some(texts), Some(consoles)) = (typed, &mut kept.consoles) {
            tell(consoles.write(&texts), troubles);
        }
        if !arranged.is_empty() {
            tell(kept.memory.write(&arranged), troubles);
        }
    }
}

fn tell(done: Outcome<()>, troubles: &UnboundedSender<Fault>) {
    if let Err(fault) = done {
        tracing::warn!("{fault}");
        // The loop may have ended.
        let _ = troubles.send(fault);
    }
}
