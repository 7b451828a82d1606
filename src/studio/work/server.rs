//! Serves requests: each in a task of its own, on a connection of the pool. Cancelling asks the
//! server to stop and waits for its answer, so that "cancelled" is true when it is said.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc, oneshot};

use super::{DbReply, DbRequest, Part, Ticket};
use crate::data::catalog::Object;
use crate::data::relation::{Page, Paging, Relation, Seek};
use crate::fault::{Fault, Outcome};
use crate::pg::browse::{self, Cursor};
use crate::pg::{Canceller, Pool, count, introspect};

/// A transaction behind a view is ended when nobody has read from it for so long: it holds back
/// the server's cleaning (VACUUM) as long as it lives.
const CURSOR_IDLE: Duration = Duration::from_secs(30);

/// Where replies go.
pub type Replies = mpsc::UnboundedSender<(Ticket, DbReply)>;

/// Runs what screens ask for.
pub struct Server {
    pool: Pool,
    replies: Replies,
    running: HashMap<Ticket, oneshot::Sender<()>>,
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
        tokio::spawn(async move {
            let reply = match tokio::spawn(task.serve(request, cancelled)).await {
                Ok(Ok(())) => DbReply::Done,
                Ok(Err(fault)) if fault.is_cancelled() => DbReply::Cancelled,
                Ok(Err(fault)) => DbReply::Failed(fault),
                // A panic of ours must not leave a screen waiting for ever.
                Err(error) => DbReply::Failed(Fault::new("dbkeep failed in itself").because(error)),
            };
            // A screen that is gone when its reply comes is none of this task's business.
            let _ = replies.send((ticket, reply));
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
                let catalog =
                    stoppable(introspect::catalog(&link, system), canceller, stop).await?;
                self.part(Part::Catalog(Box::new(catalog)));
            }
            DbRequest::Sizes { system } => {
                let sizes = stoppable(introspect::sizes(&link, system), canceller, stop).await?;
                self.part(Part::Sizes(sizes));
            }
            DbRequest::CountAll { objects, deadline } => {
                let counting = async {
                    for object in &objects {
                        // A table that is gone or locked away meanwhile keeps its estimate.
                        let found = self.counted(&link, object, deadline).await;
                        if matches!(&found, Err(fault) if fault.sqlstate.is_none()) {
                            return found;
                        }
                    }
                    Ok(())
                };
                stoppable(counting, canceller, stop).await?;
            }
            DbRequest::Count(object) => {
                let counting = self.counted(&link, &object, Duration::ZERO);
                stoppable(counting, canceller, stop).await?;
            }
            DbRequest::Open { object, limit } => {
                let relation = introspect::relation(&link, &object).await?;
                let relation = Arc::new(relation);
                self.part(Part::Relation(Arc::clone(&relation)));
                let page = if relation.paging == Paging::Cursor {
                    drop(link);
                    self.through_cursor(&relation, &Seek::First, limit, stop)
                        .await?
                } else {
                    self.forget_cursor().await;
                    let reading = browse::page(&link, &relation, &Seek::First, limit);
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

    async fn counted(
        &self,
        link: &crate::pg::Link,
        object: &Object,
        deadline: Duration,
    ) -> Outcome<()> {
        if let Some(rows) = count::exact(link, &object.schema, &object.name, deadline).await? {
            self.part(Part::Count(object.oid, rows));
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
