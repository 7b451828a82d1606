//! Stopping: everything a request waits for can be given up, and a statement that runs is stopped
//! on the server before anybody is told that it was.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::fault::{Fault, Outcome};
use crate::pg::{Canceller, Link};

/// How long a cancel request may take on its way.
const CANCEL_LIMIT: Duration = Duration::from_secs(10);

/// How long after one of them the next one is sent, while what it was about goes on.
const AGAIN: Duration = Duration::from_secs(3);

/// Asks the server to stop something, until it has: a request that comes where nothing runs yet is
/// lost.
pub(super) async fn until_stopped<T>(canceller: Canceller, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    loop {
        let asking = tokio::time::timeout(CANCEL_LIMIT, canceller.clone().cancel());
        // It is heard to its end, for it must not strike what is run next.
        if let (_, Ok(done)) = tokio::join!(asking, tokio::time::timeout(AGAIN, &mut work)) {
            return done;
        }
    }
}

fn unheard() -> Fault {
    let seconds = CANCEL_LIMIT.as_secs();
    Fault {
        is_lost: true,
        ..Fault::new("The server was asked to stop, and is not heard from")
            .because(format!("it has not answered in {seconds} s"))
            .remedy(
                "r asks again, on another connection; what was asked before may still go on there",
            )
    }
}

/// One request's wish to be stopped, and whether it came too late.
#[derive(Clone, Default)]
pub(super) struct Stop {
    wish: CancellationToken,
    late: Arc<AtomicBool>,
}

impl Stop {
    /// Wishes it.
    pub(super) fn ask(&self) {
        self.wish.cancel();
    }

    /// Whether it is wished.
    pub(super) fn is_wished(&self) -> bool {
        self.wish.is_cancelled()
    }

    /// Goes on where it is not.
    pub(super) fn unless_wished(&self) -> Outcome<()> {
        if self.is_wished() {
            return Err(Fault::cancelled());
        }
        Ok(())
    }

    /// Waits until it is wished.
    pub(super) async fn wished(&self) {
        self.wish.cancelled().await;
    }

    /// Whether anybody but the asker still holds it.
    pub(super) fn is_heard(&self) -> bool {
        Arc::strong_count(&self.late) > 1
    }

    /// Waits for something that is no statement, such as a connection: given up at once.
    pub(super) async fn or<T>(&self, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        tokio::select! {
            biased;
            () = self.wish.cancelled() => Err(Fault::cancelled()),
            done = work => done,
        }
    }

    /// Waits for statements on a link; asks the server to stop them, and waits for what it says. A
    /// statement that had not begun is not sent.
    pub(super) async fn on<T>(
        &self,
        link: &Link,
        work: impl Future<Output = Outcome<T>>,
    ) -> Outcome<T> {
        self.during(link.canceller(), work).await
    }

    /// The same where the work owns the link. Where the server is not heard from, it is given up, and the
    /// link with it.
    pub(super) async fn during<T>(
        &self,
        canceller: Canceller,
        work: impl Future<Output = Outcome<T>>,
    ) -> Outcome<T> {
        self.unless_wished()?;
        let mut work = std::pin::pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = self.wish.cancelled() => {}
        }
        // It may have ended while the wish is still on its way.
        let mut ended = None;
        let stopping = until_stopped(canceller, async { ended = Some(work.await) });
        let in_time = tokio::time::timeout(CANCEL_LIMIT, stopping).await.is_ok();
        match ended {
            Some(Err(fault)) if fault.is_cancelled() && in_time => return Err(fault),
            _ => self.late.store(true, Ordering::Relaxed),
        }
        ended
            .unwrap_or_else(|| Err(unheard()))
            .and(Err(Fault::cancelled()))
    }

    /// Waits for what must be heard to its end, however long that takes; a wish only asks the server to stop it.
    pub(super) async fn heard<T>(&self, canceller: Canceller, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = self.wish.cancelled() => {}
        }
        let asking = tokio::time::timeout(CANCEL_LIMIT, canceller.cancel());
        tokio::join!(asking, work).1
    }

    /// Whether a statement ended by itself after the server was asked to stop it. The request may
    /// still be on its way, and would stop what its connection does next.
    pub(super) fn came_late(&self) -> bool {
        self.late.load(Ordering::Relaxed)
    }
}
