//! The consoles: each a task that owns one session and the results of what it ran. A statement is
//! read as far as its rows are wanted; then the server waits, and the session with it.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::{DbReply, Part, Replies, Server, Stop, Ticket};
use crate::data::catalog::grouped;
use crate::data::result::Transaction;
use crate::data::{Column, Timeout};
use crate::fault::{Fault, Outcome};
use crate::pg::session::Piece;
use crate::pg::{Pool, Session, parameters};
use crate::sql::statement;
use crate::studio::work::console::{Ask, ConsoleId, Told, Way};

mod copying;
mod files;
mod held;
mod reading;
mod store;

use copying::Copying;
use reading::{Around, Reading};
use store::{Budget, Store};

/// Something that a console is to do.
pub(super) struct Order {
    asker: Asker,
    ask: Ask,
    stop: Stop,
}

/// Who asked. It gets exactly one last reply, whatever happens here.
struct Asker {
    ticket: Ticket,
    replies: Replies,
    is_answered: bool,
}

impl Asker {
    /// The loop may have ended meanwhile.
    fn tell(&self, told: Told) {
        let part = DbReply::Part(Part::Console(told));
        let _ = self.replies.send((self.ticket, part));
    }

    fn fail(mut self, fault: Fault) {
        self.is_answered = true;
        let _ = self.replies.send((self.ticket, DbReply::Failed(fault)));
    }

    fn end(mut self, outcome: Outcome<()>) {
        self.is_answered = true;
        let _ = self.replies.send((self.ticket, outcome.into()));
    }
}

impl Drop for Asker {
    fn drop(&mut self) {
        if !self.is_answered {
            let fault = Fault::new("The console has ended");
            let _ = self.replies.send((self.ticket, DbReply::Failed(fault)));
        }
    }
}

impl Server {
    /// Gives a console something to do; the first thing makes it.
    pub(super) fn order(&mut self, ticket: Ticket, console: ConsoleId, ask: Ask, stop: Stop) {
        let order = Order {
            asker: Asker {
                ticket,
                replies: self.replies.clone(),
                is_answered: false,
            },
            ask,
            stop,
        };
        let pool = &self.pool;
        let orders = self.consoles.entry(console).or_insert_with(|| {
            let (sender, orders) = mpsc::unbounded_channel();
            tokio::spawn(Desk::new(pool.clone(), orders).serve());
            sender
        });
        if let Err(unsent) = orders.send(order) {
            // It was closed, or has failed in itself: a new one takes its place.
            self.consoles.remove(&console);
            drop(unsent);
        }
    }
}

/// A console at work.
struct Desk {
    pool: Pool,
    orders: mpsc::UnboundedReceiver<Order>,
    /// What came while something else was run.
    waiting: VecDeque<Order>,
    session: Option<Session>,
    listener: Option<Asker>,
    results: HashMap<Ticket, Store>,
    budget: Budget,
    timeout: Option<Timeout>,
    /// Whether the session is still to be told of it.
    is_unset: bool,
    kinds: HashMap<(u32, i32), Column>,
}

impl Desk {
    fn new(pool: Pool, orders: mpsc::UnboundedReceiver<Order>) -> Self {
        Self {
            pool,
            orders,
            waiting: VecDeque::new(),
            session: None,
            listener: None,
            results: HashMap::new(),
            budget: Budget::default(),
            timeout: None,
            is_unset: false,
            kinds: HashMap::new(),
        }
    }

    async fn serve(mut self) {
        while let Some(order) = self.next().await {
            let rest = held::answer(order, |run| self.results.get(&run)).await;
            let Some(Order { asker, ask, stop }) = rest else {
                continue;
            };
            match ask {
                Ask::Listen => self.listen(asker, &stop).await,
                Ask::Run { sql, wanted } => self.run(asker, &stop, &sql, (wanted, None)).await,
                Ask::Copy { sql, way } => self.run(asker, &stop, &sql, (None, Some(way))).await,
                Ask::Types(statements) => self.types(asker, &stop, &statements).await,
                Ask::Timeout(timeout) => {
                    let set = self.limit(timeout).await;
                    asker.end(set);
                }
                Ask::Wait(time) => self.wait(asker, &stop, time).await,
                // What is read to its end, or was stopped, has no more.
                Ask::More(..) => asker.end(Ok(())),
                // It was answered.
                Ask::Chunk(..) | Ask::Sift(..) | Ask::Rows(..) => {}
                Ask::Forget(run) => {
                    self.results.remove(&run);
                    asker.end(Ok(()));
                }
                Ask::Close => {
                    asker.end(Ok(()));
                    return;
                }
            }
        }
    }

    /// The next order; until it comes, what the session says by itself is told.
    async fn next(&mut self) -> Option<Order> {
        if let Some(order) = self.waiting.pop_front() {
            return Some(order);
        }
        loop {
            let Some(session) = &mut self.session else {
                return self.orders.recv().await;
            };
            tokio::select! {
                biased;
                order = self.orders.recv() => return order,
                piece = session.idle() => match piece {
                    Ok(piece) => tell(self.listener.as_ref(), piece),
                    Err(fault) => self.lost(fault),
                },
            }
        }
    }

    /// The session has ended, and all that lived in it.
    fn lost(&mut self, fault: Fault) {
        self.session = None;
        if let Some(listener) = self.listener.take() {
            listener.end(Err(fault));
        }
    }

    async fn listen(&mut self, asker: Asker, stop: &Stop) {
        if self.session.is_none() {
            match stop.or(self.pool.session()).await {
                Ok(session) => {
                    self.session = Some(session);
                    self.is_unset = self.timeout.is_some();
                }
                Err(fault) => return asker.end(Err(fault)),
            }
        }
        asker.tell(Told::Connected);
        let transaction = self.session.as_ref().map(Session::transaction);
        asker.tell(Told::Transaction(transaction.unwrap_or_default()));
        if let Some(before) = self.listener.replace(asker) {
            before.end(Ok(()));
        }
    }

    /// Says which types parameters have. A session that is not there knows none.
    async fn types(&mut self, asker: Asker, stop: &Stop, statements: &[String]) {
        let mut types = Vec::new();
        for sql in statements {
            let found = match &mut self.session {
                Some(session) => {
                    let canceller = session.canceller();
                    let asking = Box::pin(parameters::types(session, sql));
                    stop.during(canceller, asking).await
                }
                None => Ok(Vec::new()),
            };
            match found {
                Ok(found) => types.push(found),
                Err(fault) => {
                    if fault.is_lost {
                        self.lost(fault.clone());
                    }
                    return asker.end(Err(fault));
                }
            }
        }
        asker.tell(Told::Types(types));
        asker.end(Ok(()));
    }

    /// Limits how long a statement may run. What is set in a transaction is taken back with it: outside of
    /// it it is set again.
    async fn limit(&mut self, timeout: Option<Timeout>) -> Outcome<()> {
        self.timeout = timeout;
        self.is_unset = timeout.is_some();
        match (&mut self.session, timeout) {
            (Some(session), Some(timeout)) if session.transaction() == Transaction::Open => {
                session.run(&timeout.sql()).await?.drain().await
            }
            (Some(session), _) => set(session, timeout, &mut self.is_unset).await,
            (None, _) => Ok(()),
        }
    }

    /// Does nothing for a while, but what is asked about rows that are held.
    async fn wait(&mut self, asker: Asker, stop: &Stop, time: Duration) {
        let until = tokio::time::sleep(time);
        tokio::pin!(until);
        loop {
            let Some(session) = &mut self.session else {
                return asker.end(Err(unconnected()));
            };
            tokio::select! {
                biased;
                () = stop.wished() => return asker.end(Err(Fault::cancelled())),
                order = self.orders.recv() => match order {
                    Some(order) => {
                        let results = &self.results;
                        let rest = held::answer(order, |run| results.get(&run)).await;
                        self.waiting.extend(rest);
                    }
                    None => return,
                },
                piece = session.idle() => match piece {
                    Ok(piece) => tell(self.listener.as_ref(), piece),
                    Err(fault) => self.lost(fault),
                },
                () = &mut until => return asker.end(Ok(())),
            }
        }
    }

    async fn run(
        &mut self,
        asker: Asker,
        stop: &Stop,
        sql: &str,
        (wanted, way): (Option<u64>, Option<Way>),
    ) {
        // One that is not wanted any more when its turn comes is not sent.
        if stop.is_wished() {
            return asker.end(Err(Fault::cancelled()));
        }
        let Some(session) = &mut self.session else {
            return asker.end(Err(unconnected()));
        };
        let copying = match way {
            None => Ok(None),
            Some(way) => {
                let writes = statement::outline(sql).writes_within;
                Copying::begin(way, writes, stop).await.map(Some)
            }
        };
        // Without its file nothing is sent.
        let copying = match copying {
            Ok(copying) => copying,
            Err(fault) => return asker.end(Err(fault)),
        };
        let begun = Instant::now();
        let mut reading = Reading::new(&asker, Store::new(&self.budget), wanted, copying);
        let mut around = Around {
            pool: &self.pool,
            orders: &mut self.orders,
            waiting: &mut self.waiting,
            results: &self.results,
            kinds: &mut self.kinds,
            listener: self.listener.as_ref(),
        };
        let outcome = async {
            session.restore().await?;
            set(session, self.timeout, &mut self.is_unset).await?;
            let mut running = session.run(sql).await?;
            reading.read(&mut running, stop, &mut around).await
        };
        let outcome = outcome.await;
        let took = begun.elapsed().saturating_sub(reading.waited);
        let timeout = self.timeout.filter(|_| !stop.is_wished());
        let outcome =
            outcome.map_err(|fault| in_time(fault, timeout, begun, !reading.waited.is_zero()));
        for said in beside(session) {
            reading.note(&said);
        }
        let Reading { store, tag, .. } = reading;
        self.results.insert(asker.ticket, store);
        let transaction = session.transaction();
        asker.tell(Told::Transaction(transaction));
        if outcome.is_ok() {
            asker.tell(Told::Ended { tag, took });
        }
        if let Err(fault) = &outcome
            && fault.is_lost
        {
            self.lost(fault.clone());
        }
        match outcome {
            // The server stopped it by itself: a timeout, or somebody else's wish.
            Err(fault) if fault.is_cancelled() && !stop.is_wished() => asker.fail(fault),
            outcome => asker.end(outcome),
        }
    }
}

/// What is to be known of a session beside what it said itself.
fn beside(session: &mut Session) -> Vec<String> {
    let mut said = Vec::new();
    let lost = session.unheard();
    if lost > 0 {
        let lost = grouped(lost);
        said.push(format!(
            "{lost} more notices came faster than they could be kept"
        ));
    }
    for (name, value) in session.changed() {
        let (usual, why) = match name.as_str() {
            "client_encoding" => ("UTF8", "what is no UTF-8 is not shown here"),
            "standard_conforming_strings" => (
                "on",
                "the editor still takes a backslash in quotes for a character like any other",
            ),
            _ => continue,
        };
        if value != usual {
            let back = format!("SET {name} = {usual} takes it back");
            said.push(format!("{name} is {value} now: {why}; {back}"));
        }
    }
    said
}

/// Tells a session outside of a transaction how long a statement may run.
async fn set(session: &mut Session, timeout: Option<Timeout>, is_unset: &mut bool) -> Outcome<()> {
    if let (Some(timeout), true, Transaction::Idle) = (timeout, *is_unset, session.transaction()) {
        session.run(&timeout.sql()).await?.drain().await?;
        *is_unset = false;
    }
    Ok(())
}

/// Why the server stopped a statement, where that was its limit.
fn in_time(fault: Fault, timeout: Option<Timeout>, begun: Instant, has_waited: bool) -> Fault {
    let Some(timeout) = timeout.filter(|_| fault.is_cancelled()) else {
        return fault;
    };
    let limit = timeout.millis().map(u64::from).map(Duration::from_millis);
    if limit.is_none_or(|limit| begun.elapsed() < limit) {
        return fault;
    }
    let counted = if has_waited {
        "; the time counts in which its rows waited to be looked at"
    } else {
        ""
    };
    fault
        .because(format!(
            "in this console a statement may run for {timeout}{counted}"
        ))
        .remedy("set another limit for this console, or none, and run it again")
}

fn unconnected() -> Fault {
    Fault {
        is_lost: true,
        ..Fault::new("There is no connection to the server")
    }
}

/// Tells what the session says by itself.
fn tell(listener: Option<&Asker>, piece: Piece) {
    let Some(listener) = listener else {
        return;
    };
    match piece {
        Piece::Notice(notice) => listener.tell(Told::Notice(notice)),
        Piece::Notification(said) => listener.tell(Told::Notification(said)),
        _ => {}
    }
}
