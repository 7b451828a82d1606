//! Giving what is held of results: chunks as they were read, or rows that were sifted.

use std::sync::Arc;

use super::store::Store;
use super::{Asker, Order, Stop, Ticket};
use crate::data::relation::Relation;
use crate::fault::Fault;
use crate::studio::work::console::{Ask, Told};

/// Answers what is asked about rows that are held; what asks for something else comes back.
pub(super) async fn answer<'a>(
    order: Order,
    store: impl Fn(Ticket) -> Option<&'a Store>,
) -> Option<Order> {
    match order.ask {
        Ask::Chunk(run, number) => give(store(run), number, order.asker).await,
        Ask::Sift(run, relation) => sift(store(run), relation, order.asker, order.stop),
        Ask::Rows(run, numbers) => pick(store(run), numbers, order.asker),
        _ => return Some(order),
    }
    None
}

/// Gives a chunk.
async fn give(store: Option<&Store>, number: usize, asker: Asker) {
    let found = match store {
        Some(store) => store.chunk(number).await,
        None => Err(gone()),
    };
    match found {
        Ok(rows) => {
            asker.tell(Told::Rows(rows));
            asker.end(Ok(()));
        }
        Err(fault) => asker.end(Err(fault)),
    }
}

/// Says which rows are wanted in which order, beside whatever else the console does.
fn sift(store: Option<&Store>, relation: Arc<Relation>, asker: Asker, stop: Stop) {
    let Some(held) = store.map(Store::held) else {
        return asker.fail(gone());
    };
    tokio::spawn(async move {
        match stop.or(held.sifted(&relation)).await {
            Ok(rows) => {
                asker.tell(Told::Sifted(Arc::new(rows)));
                asker.end(Ok(()));
            }
            Err(fault) => asker.end(Err(fault)),
        }
    });
}

/// Gives rows by their numbers.
fn pick(store: Option<&Store>, numbers: Vec<u32>, asker: Asker) {
    let Some(held) = store.map(Store::held) else {
        return asker.fail(gone());
    };
    tokio::spawn(async move {
        match held.rows(&numbers).await {
            Ok(rows) => {
                asker.tell(Told::Rows(Arc::new(rows)));
                asker.end(Ok(()));
            }
            Err(fault) => asker.end(Err(fault)),
        }
    });
}

pub(super) fn gone() -> Fault {
    Fault::new("These rows are not held any more")
}
