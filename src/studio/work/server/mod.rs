//! Serves requests: each in a task of its own, on a connection of the pool. What stops one is in
//! [`stop`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::try_join;

use super::console::ConsoleId;
use super::{Again, DbReply, DbRequest, Part, Ticket};
use crate::data::catalog::Object;
use crate::data::edits::Planned;
use crate::data::relation::{Page, Paging, Relation, Seek};
use crate::fault::{Fault, Outcome};
use crate::pg::browse::{self, Cursor};
use crate::pg::{Link, Pool, apply, count, effects, introspect, profile, values};

mod console;
mod refer;
mod stop;

use stop::Stop;

/// A transaction behind a view is ended when nobody has read from it for so long: it holds back
/// the server's cleaning (VACUUM) as long as it lives.
const CURSOR_IDLE: Duration = Duration::from_secs(30);

/// How long what nobody waits for stands back for what somebody does.
const PATIENCE: Duration = Duration::from_secs(1);
/// …and how long after the last answer, so that it is drawn before the processor is wanted again.
const DRAWN: Duration = Duration::from_millis(5);
/// How many of the pool's connections it may have at once: one is always left for a person.
const BACKGROUND: usize = 2;
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
    running: HashMap<Ticket, Running>,
    /// How many requests are being served that somebody waits for.
    awaited: Arc<watch::Sender<usize>>,
    background: Arc<Semaphore>,
    cursor: Slot,
    consoles: HashMap<ConsoleId, mpsc::UnboundedSender<console::Order>>,
}

/// A request that is served.
struct Running {
    stop: Stop,
    /// Whether it may be one that changes something.
    may_write: bool,
}

/// Where the open cursor is kept; whoever reads from it takes it out meanwhile.
type Slot = Arc<Mutex<Option<Open>>>;

fn inside(slot: &Slot) -> MutexGuard<'_, Option<Open>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
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
            background: Arc::new(Semaphore::new(BACKGROUND)),
            cursor: Arc::default(),
            consoles: HashMap::new(),
        }
    }

    /// Begins a request; its replies carry the ticket.
    pub fn begin(&mut self, ticket: Ticket, request: DbRequest) {
        // Only the request itself still holds the other half of one that runs.
        self.running.retain(|_, running| running.stop.is_heard());
        let stop = Stop::default();
        let running = Running {
            stop: stop.clone(),
            may_write: matches!(request, DbRequest::Console(..) | DbRequest::Write(_)),
        };
        self.running.insert(ticket, running);
        let request = match request {
            DbRequest::Console(console, ask) => return self.order(ticket, console, ask, stop),
            request => request,
        };
        let task = Task {
            ticket,
            pool: self.pool.clone(),
            replies: self.replies.clone(),
            cursor: Arc::clone(&self.cursor),
            stop,
        };
        let replies = self.replies.clone();
        let turn = Turn::of(&request, self);
        tokio::spawn(async move {
            let reply = match tokio::spawn(task.serve(request, turn)).await {
                Ok(ended) => ended.into(),
                // A panic of ours must not leave a screen waiting for ever.
                Err(error) => DbReply::Failed(Fault::new("dbkeep failed in itself").because(error)),
            };
            // A screen that is gone when its reply comes is none of this task's business.
            let _ = replies.send((ticket, reply));
        });
    }

    /// Asks that a request be stopped; its final reply says how it ended.
    pub fn cancel(&mut self, ticket: Ticket) {
        if let Some(running) = self.running.remove(&ticket) {
            running.stop.ask();
        }
    }

    /// Stops what only reads: counting a large table would go on at the server when nobody is there for
    /// whom it counts. What may write is left to it. Takes no longer than `limit`.
    pub async fn leave(self, limit: Duration) {
        let running = self.running.into_values();
        let reading = running.filter(|running| !running.may_write);
        let reading: Vec<Stop> = reading.map(|running| running.stop).collect();
        reading.iter().for_each(Stop::ask);
        let ended = async {
            while reading.iter().any(Stop::is_heard) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let _ = tokio::time::timeout(limit, ended).await;
    }
}

/// When a request's turn is: at once, or when nobody waits for another any more.
enum Turn {
    Awaited(Arc<watch::Sender<usize>>),
    Background(watch::Receiver<usize>, Arc<Semaphore>),
}

impl Turn {
    fn of(request: &DbRequest, server: &Server) -> Self {
        let awaited = &server.awaited;
        if request.is_background() {
            return Self::Background(awaited.subscribe(), Arc::clone(&server.background));
        }
        awaited.send_modify(|count| *count += 1);
        Self::Awaited(Arc::clone(awaited))
    }

    /// Waits for the turn; what comes back ends it when it is dropped.
    async fn come(&mut self) -> Option<OwnedSemaphorePermit> {
        let Self::Background(awaited, background) = self else {
            return None;
        };
        let permit = Arc::clone(background).acquire_owned().await.ok();
        let idle = async {
            while awaited.wait_for(|count| *count == 0).await.is_ok() {
                tokio::time::sleep(DRAWN).await;
                if *awaited.borrow() == 0 {
                    return;
                }
            }
        };
        // A statement that takes its time must not keep the counts away for good.
        let _ = tokio::time::timeout(PATIENCE, idle).await;
        permit
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
    cursor: Slot,
    stop: Stop,
}

/// What is left to do when a connection of the pool is not needed any more.
enum Rest {
    /// Nothing.
    Nothing,
    /// Give this. What the answer makes somebody ask for can then have the connection.
    Give(Part),
    /// Read a page through the cursor, which has a connection of its own: of what it was opened for
    /// now, or of rows that are shown already.
    Cursor(Arc<Relation>, Seek, usize, Moment),
}

/// Of which moment the rows are that a cursor is to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// Any: nothing of it is shown.
    New,
    /// That of the rows which they follow.
    Shown,
}

impl Task {
    /// The loop may have ended meanwhile.
    fn part(&self, part: Part) {
        let _ = self.replies.send((self.ticket, DbReply::Part(part)));
    }

    async fn serve(self, request: DbRequest, mut turn: Turn) -> Outcome<()> {
        let _permit = self.stop.or(async { Ok(turn.come().await) }).await?;
        let rest = match request {
            DbRequest::Page {
                relation,
                seek,
                limit,
            } if relation.paging == Paging::Cursor => {
                let moment = match seek {
                    Seek::After(_) | Seek::Before(_) => Moment::Shown,
                    _ => Moment::New,
                };
                Rest::Cursor(relation, seek, limit, moment)
            }
            DbRequest::Start { limit } => {
                let (link, settled) = self.stop.or(self.pool.early()).await?;
                let rest = self.start(&link, settled, limit).await?;
                if !self.stop.came_late() {
                    self.pool.keep(link);
                }
                rest
            }
            request => {
                let link = self.stop.or(self.pool.link()).await?;
                let rest = self.answer(&link, request).await;
                if self.stop.came_late() {
                    link.close();
                }
                rest?
            }
        };
        match rest {
            Rest::Nothing => {}
            Rest::Give(part) => self.part(part),
            Rest::Cursor(relation, seek, limit, moment) => {
                let page = self.through_cursor(&relation, &seek, limit, moment);
                let page = page.await?;
                self.part(Part::Page(page));
            }
        }
        Ok(())
    }

    #[allow(
        clippy::too_many_lines,
        reason = "an arm a request, and no request forgotten"
    )]
    async fn answer(&self, link: &Link, request: DbRequest) -> Outcome<Rest> {
        let stop = &self.stop;
        let part = match request {
            DbRequest::Catalog { system } => {
                let reading = Box::pin(introspect::catalog(link, system));
                Part::Catalog(Box::new(stop.on(link, reading).await?))
            }
            DbRequest::TypesAndFunctions { system } => {
                let reading = introspect::types_and_functions(link, system);
                Part::TypesAndFunctions(stop.on(link, reading).await?)
            }
            DbRequest::Sizes { system } => {
                Part::Sizes(stop.on(link, introspect::sizes(link, system)).await?)
            }
            DbRequest::CountAll { objects, deadline } => {
                let counting = self.count_all(link, &objects, deadline);
                stop.on(link, counting).await?;
                return Ok(Rest::Nothing);
            }
            DbRequest::Count(object) => {
                let counting = self.counted(link, std::slice::from_ref(&object), Duration::ZERO);
                stop.on(link, counting).await?;
                return Ok(Rest::Nothing);
            }
            DbRequest::Number {
                relation,
                mark,
                deadline,
            } => {
                let counting = count::before(link, &relation, &mark, deadline);
                let rows = stop.on(link, counting).await?;
                return Ok(rows.map_or(Rest::Nothing, |rows| Rest::Give(Part::Number(rows))));
            }
            DbRequest::Total { relation, deadline } => {
                let counting = count::of(link, &relation, deadline);
                let rows = stop.on(link, counting).await?;
                return Ok(rows.map_or(Rest::Nothing, |rows| Rest::Give(Part::Total(rows))));
            }
            DbRequest::Open {
                object,
                again,
                limit,
            } => return self.open(link, &object, again, limit).await,
            DbRequest::Refer(request) => return self.refer(link, request).await,
            DbRequest::Page {
                relation,
                seek,
                limit,
            } => {
                let reading = browse::page(link, &relation, &seek, limit);
                Part::Page(stop.on(link, reading).await?)
            }
            DbRequest::Structure(oid) => {
                let reading = Box::pin(introspect::structure(link, oid));
                Part::Structure(Box::new(stop.on(link, reading).await?))
            }
            DbRequest::Definition(object) => {
                let reading = introspect::definition(link, &object);
                Part::Definition(stop.on(link, reading).await?)
            }
            DbRequest::Values { relation, column } => {
                let reading = values::suggestions(link, &relation, &column);
                Part::Values(stop.on(link, reading).await?)
            }
            DbRequest::Profile {
                relation,
                column,
                deadline,
            } => self.profile(link, &relation, column, deadline).await?,
            DbRequest::Choices {
                table,
                referenced,
                typed,
            } => {
                let reading = values::choices(link, table, &referenced, &typed);
                Part::Values(stop.on(link, reading).await?)
            }
            DbRequest::Describe(object) => {
                let reading = Box::pin(introspect::relation(link, &object));
                Part::Relation(Arc::new(stop.on(link, reading).await?))
            }
            DbRequest::Row { relation, id } => {
                let reading = apply::current(link, &relation, &id);
                Part::Row(stop.on(link, reading).await?)
            }
            DbRequest::Whole { relation, ids } => Part::Whole(
                stop.on(link, apply::all_current(link, &relation, &ids))
                    .await?,
            ),
            DbRequest::Check {
                relation,
                column,
                typed,
                from,
            } => {
                let checking = apply::check(link, &relation, column, &typed, from.as_deref());
                Part::Checked(stop.on(link, checking).await?)
            }
            DbRequest::WellKnown {
                relation,
                column,
                text,
            } => {
                let asking = apply::well_known(link, &relation, column, &text);
                Part::WellKnown(stop.on(link, asking).await?)
            }
            DbRequest::Weigh(changes) => self.weigh(link, changes).await?,
            DbRequest::Names => {
                let reading = Box::pin(introspect::names(link));
                Part::Names(Arc::new(stop.on(link, reading).await?))
            }
            DbRequest::Start { .. } => {
                return Err(Fault::new("A start has a connection of its own"));
            }
            DbRequest::Console(..) => return Err(Fault::new("A console has a session of its own")),
            DbRequest::Write(changes) => self.write(link, changes).await?,
        };
        Ok(Rest::Give(part))
    }

    /// Gives the beginning of the catalog, which is asked for before the settings are heard of, and opens
    /// the first table.
    async fn start(
        &self,
        link: &Link,
        settled: impl Future<Output = Outcome<()>> + Send,
        limit: usize,
    ) -> Outcome<Rest> {
        let tables = u32::try_from(limit).unwrap_or(u32::MAX);
        let reading =
            async { try_join!(self.stop.or(settled), introspect::beginning(link, tables)) };
        let ((), mut catalog) = self.stop.on(link, Box::pin(reading)).await?;
        if catalog.first_table().is_none() {
            let reading = Box::pin(introspect::catalog(link, false));
            catalog = self.stop.on(link, reading).await?;
        }
        let first = catalog.first_table().cloned();
        self.part(Part::Catalog(Box::new(catalog)));
        match first {
            Some(object) => self.open(link, &object, None, limit).await,
            None => Ok(Rest::Nothing),
        }
    }

    /// Reads a relation, and gives it.
    async fn relation(&self, link: &Link, object: &Object) -> Outcome<Arc<Relation>> {
        let reading = Box::pin(introspect::relation(link, object));
        let relation = Arc::new(self.stop.on(link, reading).await?);
        self.part(Part::Relation(Arc::clone(&relation)));
        Ok(relation)
    }

    /// Writes edits. They can be stopped like any statement, but how the transaction ended is heard in
    /// any case: a wish that comes too late does not make what was committed unsaid.
    async fn write(&self, link: &Link, changes: Vec<Planned>) -> Outcome<Part> {
        let changes = self.stop.on(link, apply::ordered(link, changes)).await?;
        let own = self.stop.or(self.pool.pinned()).await?;
        let canceller = own.canceller();
        let writing = Box::pin(apply::apply(&self.pool, own, &changes));
        let written = Box::new(self.stop.heard(canceller, writing).await?);
        Ok(Part::Written { changes, written })
    }

    async fn weigh(&self, link: &Link, changes: Vec<Planned>) -> Outcome<Part> {
        let changes = self.stop.on(link, apply::ordered(link, changes)).await?;
        let weighing = effects::effects(link, &changes);
        let effects = self.stop.on(link, weighing).await?;
        Ok(Part::Weighed(changes.into_iter().zip(effects).collect()))
    }

    async fn open(
        &self,
        link: &Link,
        object: &Object,
        again: Option<Again>,
        limit: usize,
    ) -> Outcome<Rest> {
        let relation = self.relation(link, object).await?;
        let (relation, seek) = match again {
            Some(again) if again.known == relation => (again.shown, again.seek),
            _ => (relation, Seek::First),
        };
        // What a view held at an earlier moment is not what is asked for now.
        inside(&self.cursor).take();
        if relation.paging == Paging::Cursor {
            return Ok(Rest::Cursor(relation, seek, limit, Moment::New));
        }
        let reading = browse::page(link, &relation, &seek, limit);
        Ok(Rest::Give(Part::Page(self.stop.on(link, reading).await?)))
    }

    async fn profile(
        &self,
        link: &Link,
        relation: &Relation,
        column: usize,
        deadline: Duration,
    ) -> Outcome<Part> {
        let looking = profile::whole(link, relation, column, deadline);
        let whole = self.stop.on(link, looking).await?;
        let found = if let Some(found) = whole {
            found
        } else {
            let looking = profile::sample(link, relation, column, deadline);
            self.stop.on(link, looking).await?
        };
        Ok(Part::Profile(Box::new(found)))
    }

    /// Counts together what is small, so that a thousand tables are a few statements; where one of
    /// them spoils a statement, or keeps it beyond the deadline, each by itself.
    async fn count_all(&self, link: &Link, objects: &[Object], deadline: Duration) -> Outcome<()> {
        for together in batches(objects) {
            self.stop.unless_wished()?;
            match self.counted(link, together, deadline).await {
                Ok(true) => continue,
                Err(fault) if fault.sqlstate.is_none() => return Err(fault),
                // One that is alone was counted by itself already.
                _ if together.len() == 1 => continue,
                _ => {}
            }
            for object in together {
                self.stop.unless_wished()?;
                // A table that is gone, or takes too long, or is locked, keeps its estimate.
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

    /// Whether that was done within the deadline.
    async fn counted(&self, link: &Link, objects: &[Object], deadline: Duration) -> Outcome<bool> {
        let counts = count::exact(link, objects, deadline).await?;
        let is_counted = counts.is_some();
        if let Some(counts) = counts {
            self.part(Part::Counts(counts));
        }
        Ok(is_counted)
    }

    /// Reads from the open cursor if it is this relation's, else from a new one.
    async fn through_cursor(
        &self,
        relation: &Relation,
        seek: &Seek,
        limit: usize,
        moment: Moment,
    ) -> Outcome<Page> {
        let stop = &self.stop;
        let taken = inside(&self.cursor).take();
        let cursor = match taken {
            // The first page is asked for when a view is opened or read anew: a moment of its own.
            Some(open) if open.cursor.relation() == relation && *seek != Seek::First => open.cursor,
            _ if moment == Moment::Shown => return Err(over(relation)),
            _ => {
                let link = stop.or(self.pool.pinned()).await?;
                let canceller = link.canceller();
                stop.during(canceller, Cursor::open(link, relation)).await?
            }
        };
        let reading = cursor.page(seek, limit);
        let page = stop.during(cursor.canceller(), reading).await?;
        *inside(&self.cursor) = Some(Open {
            cursor,
            used: Instant::now(),
        });
        tokio::spawn(end_when_idle(Arc::clone(&self.cursor)));
        Ok(page)
    }
}

/// The rows that would follow are of another moment than those that are shown: some would come twice, or
/// not at all.
fn over(relation: &Relation) -> Fault {
    Fault::new(format!(
        "{} is shown as it was, and its other rows are of another moment: r reads it anew",
        relation.name
    ))
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

async fn end_when_idle(cursor: Slot) {
    tokio::time::sleep(CURSOR_IDLE).await;
    let mut slot = inside(&cursor);
    if slot
        .as_ref()
        .is_some_and(|open| open.used.elapsed() >= CURSOR_IDLE)
    {
        *slot = None;
    }
}
