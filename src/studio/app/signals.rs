//! The signals that end a studio.

use std::future::poll_fn;
use std::io::Result;
use std::task::Poll;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long after a signal the program ends in any case: the loop may wait for a terminal that nobody
/// reads from any more.
const GRACE: Duration = Duration::from_secs(3);

/// They are listened to from when this is made.
pub(super) struct Ends {
    told: Vec<Signal>,
    typed: Vec<Signal>,
}

impl Ends {
    /// Must be made inside a runtime.
    pub(super) fn take() -> Result<Self> {
        tokio::spawn(end_anyway(told()?));
        Ok(Self {
            told: told()?,
            typed: typed()?,
        })
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            () = any(&mut self.told) => {}
            () = any(&mut self.typed) => {}
        }
    }

    /// Forgets what was typed while another program had the terminal: it was meant for that.
    pub(super) fn forget_typed(&mut self) -> Result<()> {
        self.typed = typed()?;
        Ok(())
    }
}

/// Those that the system or a person sends.
fn told() -> Result<Vec<Signal>> {
    taken(&[SignalKind::terminate(), SignalKind::hangup()])
}

/// Those that a terminal sends for keys, as long as no studio has it.
fn typed() -> Result<Vec<Signal>> {
    taken(&[SignalKind::interrupt(), SignalKind::quit()])
}

/// Takes signals for as long as the program runs: none of them ends it by itself any more.
///
/// # Errors
/// The system gives them to nobody.
pub fn taken(kinds: &[SignalKind]) -> Result<Vec<Signal>> {
    kinds.iter().map(|kind| signal(*kind)).collect()
}

/// Waits for any of these.
pub async fn any(signals: &mut [Signal]) {
    poll_fn(|cx| {
        let mut come = signals.iter_mut().map(|signal| signal.poll_recv(cx));
        if come.any(|come| come.is_ready()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

async fn end_anyway(mut told: Vec<Signal>) {
    any(&mut told).await;
    tokio::time::sleep(GRACE).await;
    std::process::exit(1);
}
