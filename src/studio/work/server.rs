//! Serves requests: each in a task of its own, on a connection of the pool. Cancelling asks the
//! server to stop and waits for its answer, so that "cancelled" is true when it is said.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc, oneshot, watch};

use super::{DbReply, DbRequest, Part, Ticket};
use crate::data::catalog::Object;
use crate::data::relation::{Page, Paging, Relation, Seek};
use crate::fault::{Fault, Outcome};
use crate::pg::browse::{self, Cursor};
use crate::pg::{Canceller, Link, Pool, count, introspect};

/// A transaction behind a view is ended when nobody has read from it for so long: it holds back
/// the server's cleaning (VACUUM) as long as it lives.
const CURSOR_IDLE: Duration = Duration::from_secs(30);

/// How long what nobody waits for stands back for what somebody does.
const PATIENCE: Duration = Duration::from_secs(1);
/// No more tables than this are counted by one statement…
const TOGETHER: usize = 50;
/// …nor more pages (8 kB each), so that the deadline is that of one table of middling size.
const TOGETHER_PAGES: u32 = 2_000;

/// Where replies go.
pub type Replies = mpsc::UnboundedSender<(Ticket, DbReply)>;

/// Runs what screens ask for.
pub struct Server {
    pool: Pool,
    replies: Replies,
    running: HashMap<Ticket, oneshot::Sender<()>>,
    /// How many requests are being served that somebody waits for.
    awaited: Arc<watch::Sender<usize>>,
    cursor: Arc<Mutex<Option<Open>>>,
}

/// The one cursor that is open, and when it was last read.
struct Open {
    cursor: Cursor,
    used: Instant,
}

impl Server {
    /// Must be made, and used, inside a runtime.
    #[must_use]
    pub fn new(pool: Pool, replies: Replies) -> Self {
        Self {
            pool,
            replies,
            running: HashMap::new(),
            awaited: Arc::new(watch::Sender::new(0)),
            cursor: Arc::default(),
        }
    }

    /// Begins a request; its replies carry the ticket.
    pub fn begin(&mut self, ticket: Ticket, request: DbRequest) {
        self.running.retain(|_, cancel| !cancel.is_closed());
        let (cancel, cancelled) = oneshot::channel();
        self.running.insert(ticket, cancel);
        let task = Task {
            ticket,
            pool: self.pool.clone(),
            replies: self.replies.clone(),
            cursor: Arc::clone(&self.cursor),
        };
        let replies = self.replies.clone();
        let turn = Turn::of(&request, &self.awaited);
        tokio::spawn(async move {
            let turn = turn.come().await;
            let reply = match tokio::spawn(task.serve(request, cancelled)).await {
                Ok(Ok(())) => DbReply::Done,
                Ok(Err(fault)) if fault.is_cancelled() => DbReply::Cancelled,
                Ok(Err(fault)) => DbReply::Failed(fault),
                // A panic of ours must not leave a screen waiting for ever.
                Err(error) => DbReply::Failed(Fault::new("dbkeep failed in itself").because(error)),
            };
            // A screen that is gone when its reply comes is none of this task's business.
            let _ = replies.send((ticket, reply));
            drop(turn);
        });
    }

    /// Asks that a request be stopped; its final reply says how it ended.
    pub fn cancel(&mut self, ticket: Ticket) {
        if let Some(cancel) = self.running.remove(&ticket) {
            // A request that has ended meanwhile has nobody who listens.
            let _ = cancel.send(());
        }
    }
}

/// When a request's turn is: at once, or when nobody waits for another any more.
enum Turn {
    Awaited(Arc<watch::Sender<usize>>),
    Background(watch::Receiver<usize>),
}

impl Turn {
    fn of(request: &DbRequest, awaited: &Arc<watch::Sender<usize>>) -> Self {
        if request.is_background() {
            return Self::Background(awaited.subscribe());
        }
        awaited.send_modify(|count| *count += 1);
        Self::Awaited(Arc::clone(awaited))
    }

    async fn come(mut self) -> Self {
        if let Self::Background(awaited) = &mut self {
            let idle = awaited.wait_for(|count| *count == 0);
            // A statement that takes its time must not keep the counts away for good.
            let _ = tokio::time::timeout(PATIENCE, idle).await;
        }
        self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Self::Awaited(awaited) = self {
            awaited.send_modify(|count| *count -= 1);
        }
    }
}

struct Task {
    ticket: Ticket,
    pool: Pool,
    replies: Replies,
    cursor: Arc<Mutex<Option<Open>>>,
}

impl Task {
    /// The loop may have ended meanwhile.
    fn part(&self, part: Part) {
        let _ = self.replies.send((self.ticket, DbReply::Part(part)));
    }

    async fn serve(self, request: DbRequest, stop: oneshot::Receiver<()>) -> Outcome<()> {
        if let DbRequest::Page {
            relation,
            seek,
            limit,
        } = &request
            && relation.paging == Paging::Cursor
        {
            let page = self.through_cursor(relation, seek, *limit, stop).await?;
            self.part(Part::Page(page));
            return Ok(());
        }
        let link = self.pool.link().await?;
        let canceller = link.canceller();
        match request {
            DbRequest::Catalog { system } => {
                let reading = introspect::catalog(&link, system);
                let catalog = stoppable(reading, canceller, stop).await?;
                // What the answer makes somebody ask for can then have this connection.
                drop(link);
                self.part(Part::Catalog(Box::new(catalog)));
            }
            DbRequest::TypesAndFunctions { system } => {
                let reading = introspect::types_and_functions(&link, system);
                let objects = stoppable(reading, canceller, stop).await?;
                self.part(Part::TypesAndFunctions(objects));
            }
            DbRequest::Sizes { system } => {
                let sizes = stoppable(introspect::sizes(&link, system), canceller, stop).await?;
                self.part(Part::Sizes(sizes));
            }
            DbRequest::CountAll { objects, deadline } => {
                let counting = self.count_all(&link, &objects, deadline);
                stoppable(counting, canceller, stop).await?;
            }
            DbRequest::Count(object) => {
                let counting = self.counted(&link, std::slice::from_ref(&object), Duration::ZERO);
                stoppable(counting, canceller, stop).await?;
            }
            DbRequest::Number {
                relation,
                mark,
                deadline,
            } => {
                let counting = count::before(&link, &relation, &mark, deadline);
                if let Some(rows) = stoppable(counting, canceller, stop).await? {
                    self.part(Part::Number(rows));
                }
            }
            DbRequest::Open {
                object,
                again,
                limit,
            } => {
                let relation = introspect::relation(&link, &object).await?;
                let relation = Arc::new(relation);
                self.part(Part::Relation(Arc::clone(&relation)));
                let seek = match again {
                    Some((known, seek)) if known == relation => seek,
                    _ => Seek::First,
                };
                // What a view held at an earlier moment is not what is asked for now.
                self.forget_cursor().await;
                let page = if relation.paging == Paging::Cursor {
                    drop(link);
                    self.through_cursor(&relation, &seek, limit, stop).await?
                } else {
                    let reading = browse::page(&link, &relation, &seek, limit);
                    stoppable(reading, canceller, stop).await?
                };
                self.part(Part::Page(page));
            }
            DbRequest::Page {
                relation,
                seek,
                limit,
            } => {
                let reading = browse::page(&link, &relation, &seek, limit);
                self.part(Part::Page(stoppable(reading, canceller, stop).await?));
            }
            DbRequest::Structure(oid) => {
                let reading = introspect::structure(&link, oid);
                let structure = stoppable(Box::pin(reading), canceller, stop).await?;
                self.part(Part::Structure(Box::new(structure)));
            }
        }
        Ok(())
    }

    /// Counts together what is small, so that a thousand tables are a few statements; where one of
    /// them spoils a statement, each by itself.
    async fn count_all(&self, link: &Link, objects: &[Object], deadline: Duration) -> Outcome<()> {
        for together in batches(objects) {
            let Err(fault) = self.counted(link, together, deadline).await else {
                continue;
            };
            if fault.sqlstate.is_none() {
                return Err(fault);
            }
            for object in together {
                // A table that is gone or locked away meanwhile keeps its estimate.
                let found = self.counted(link, std::slice::from_ref(object), deadline);
                if let Err(fault) = found.await
                    && fault.sqlstate.is_none()
                {
                    return Err(fault);
                }
            }
        }
        Ok(())
    }

    async fn counted(&self, link: &Link, objects: &[Object], deadline: Duration) -> Outcome<()> {
        for (oid, rows) in count::exact(link, objects, deadline)
            .await?
            .unwrap_or_default()
        {
            self.part(Part::Count(oid, rows));
        }
        Ok(())
    }

    async fn forget_cursor(&self) {
        *self.cursor.lock().await = None;
    }

    /// Reads from the open cursor if it is this relation's, else from a new one.
    async fn through_cursor(
        &self,
        relation: &Relation,
        seek: &Seek,
        limit: usize,
        stop: oneshot::Receiver<()>,
    ) -> Outcome<Page> {
        let mut slot = self.cursor.lock().await;
        let open = match slot.take() {
            // The first page is asked for when a view is opened or read anew: a moment of its own.
            Some(open) if open.cursor.relation() == relation && *seek != Seek::First => open.cursor,
            _ => {
                let link = self.pool.pinned().await?;
                Cursor::open(link, relation).await?
            }
        };
        let page = stoppable(open.page(seek, limit), open.canceller(), stop).await?;
        *slot = Some(Open {
            cursor: open,
            used: Instant::now(),
        });
        drop(slot);
        tokio::spawn(end_when_idle(Arc::clone(&self.cursor)));
        Ok(page)
    }
}

/// Runs of objects that one statement counts.
fn batches(objects: &[Object]) -> impl Iterator<Item = &[Object]> {
    let mut rest = objects;
    std::iter::from_fn(move || {
        let mut pages: u32 = 0;
        let fitting = rest.iter().take(TOGETHER).take_while(|object| {
            pages = pages.saturating_add(object.pages);
            pages <= TOGETHER_PAGES
        });
        let (together, after) = rest.split_at(fitting.count().max(1).min(rest.len()));
        rest = after;
        (!together.is_empty()).then_some(together)
    })
}

async fn end_when_idle(cursor: Arc<Mutex<Option<Open>>>) {
    tokio::time::sleep(CURSOR_IDLE).await;
    let mut slot = cursor.lock().await;
    if slot
        .as_ref()
        .is_some_and(|open| open.used.elapsed() >= CURSOR_IDLE)
    {
        *slot = None;
    }
}

/// Waits for `work`; when it is cancelled, asks the server to stop and waits for what it says.
async fn stoppable<T>(
    work: impl Future<Output = Outcome<T>>,
    canceller: Canceller,
    stop: oneshot::Receiver<()>,
) -> Outcome<T> {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        done = &mut work => return done,
        Ok(()) = stop => {}
    }
    canceller.cancel().await;
    work.await
}
