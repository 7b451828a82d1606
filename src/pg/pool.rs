//! The pool: connections made when they are needed and kept for the next request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deadpool_postgres::{Connect, Manager, ManagerConfig, PoolError, RecyclingMethod};
use futures_util::future::BoxFuture;
use tokio_postgres::{Client, Config, Error, NoTls};

use crate::fault::{Fault, Outcome};
use crate::pg::Session;
use crate::pg::connect::Connector;
use crate::pg::link::{Link, Witness};
use crate::pg::settling::Moving;

/// As many connections as one person's screens can use at once: what is looked at, its count, the
/// counts of the tree, and one to spare.
const SIZE: usize = 4;

/// Opens the pool's connections. The pool passes on the driver's errors only, so that the fault,
/// which says more, is left beside it.
struct Dial {
    connector: Connector,
    refused: Slot<Fault>,
    /// An open connection that waits for the next one who would open one.
    kept: Slot<(Client, Moving)>,
}

/// What one hand puts down and another takes.
type Slot<T> = Arc<Mutex<Option<T>>>;

fn inside<T>(slot: &Slot<T>) -> MutexGuard<'_, Option<T>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Dial {
    /// The connection that was kept, as good as a new one.
    async fn kept(&self) -> Option<(Client, Moving)> {
        let open = inside(&self.kept).take()?;
        if let Some(sql) = self.connector.restored() {
            open.0.batch_execute(sql).await.ok()?;
        }
        (!open.0.is_closed()).then_some(open)
    }
}

impl Connect for Dial {
    fn connect(&self, nobodys: &Config) -> BoxFuture<'_, Result<(Client, Moving), Error>> {
        let nobodys = nobodys.clone();
        Box::pin(async move {
            if let Some(open) = self.kept().await {
                return Ok(open);
            }
            let fault = match self.connector.open().await {
                Ok(open) => return Ok(open),
                Err(fault) => fault,
            };
            *inside(&self.refused) = Some(fault);
            // A configuration without a host is refused by the driver, which is the error it gives.
            let (client, connection) = nobodys.connect(NoTls).await?;
            Ok((client, tokio::spawn(async { drop(connection.await) })))
        })
    }
}

/// Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Pool {
    inner: deadpool_postgres::Pool,
    connector: Connector,
    refused: Slot<Fault>,
    kept: Slot<(Client, Moving)>,
    witness: Witness,
}

impl Pool {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// The runtime has no timer; a fault of ours.
    pub fn new(connector: Connector, witness: Witness) -> Outcome<Self> {
        let settings = ManagerConfig {
            recycling_method: match connector.restored() {
                Some(sql) => RecyclingMethod::Custom(sql.to_owned()),
                // A connection the driver knows to be closed is thrown away; no query is spent on it.
                None => RecyclingMethod::Fast,
            },
        };
        let (refused, kept) = (Arc::default(), Arc::default());
        let dial = Dial {
            connector: connector.clone(),
            refused: Arc::clone(&refused),
            kept: Arc::clone(&kept),
        };
        // The dial knows the hosts; the configuration here is nobody's.
        let manager = Manager::from_connect(Config::new(), dial, settings);
        let pool = deadpool_postgres::Pool::builder(manager)
            .max_size(SIZE)
            .build()
            .map_err(|error| Fault::new("The pool cannot be made").because(error))?;
        Ok(Self {
            inner: pool,
            connector,
            refused,
            kept,
            witness,
        })
    }

    /// What is connected to, in words.
    #[must_use]
    pub fn target(&self) -> &str {
        self.connector.target()
    }

    /// A connection, once one is free.
    ///
    /// # Errors
    /// As [`Link::open`].
    pub async fn link(&self) -> Outcome<Link> {
        match self.inner.get().await {
            Ok(object) => Ok(Link::pooled(
                object,
                self.connector.clone(),
                self.witness.clone(),
            )),
            Err(failed) => Err(self.refusal(&failed)),
        }
    }

    /// Why no connection is had. It stays where it is: of those that are refused at the same time,
    /// each is told.
    fn refusal(&self, failed: &PoolError) -> Fault {
        let refused = inside(&self.refused).clone();
        refused.unwrap_or_else(|| Fault::new("No connection could be had").because(failed))
    }

    /// A connection outside the pool, the one that was begun if there is one, and what waits for the
    /// answer to its settings: it can be asked before, but what comes of it is not to be believed
    /// sooner. Whoever does not wait to the end has a connection that is ended.
    ///
    /// # Errors
    /// As [`Link::open`].
    pub async fn early(&self) -> Outcome<(Link, impl Future<Output = Outcome<()>> + Send + use<>)> {
        let (entered, settling) = self.connector.open_early().await?;
        let open = (entered.client, entered.moving);
        let link = Link::own(open, self.connector.clone(), self.witness.clone());
        let connector = self.connector.clone();
        Ok((link, async move { connector.settled(settling).await }))
    }

    /// Has the next one who would have to open a connection take this one, which nobody needs any
    /// more.
    pub fn keep(&self, link: Link) {
        *inside(&self.kept) = link.into_own();
    }

    /// A session of a person's own.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub async fn session(&self) -> Outcome<Session> {
        Session::open(&self.connector, self.witness.clone()).await
    }

    /// A connection of its own, for what keeps a transaction open.
    ///
    /// # Errors
    /// As [`Link::open`].
    pub async fn pinned(&self) -> Outcome<Link> {
        Link::open(&self.connector, self.witness.clone()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::conninfo::ConnInfo;
    use crate::pg::link;

    #[tokio::test]
    async fn each_of_those_that_are_refused_at_once_is_told_why() {
        let info = ConnInfo::parse("host=/nowhere dbname=shop").unwrap_or_default();
        let connector = Connector::new(&info, "/nonexistent".as_ref(), "nobody");
        let pool = connector.and_then(|connector| Pool::new(connector, link::nobody()));
        let Ok(pool) = pool else {
            unreachable!("a pool connects to nothing yet");
        };
        let first = pool.link().await.err();
        // The second was refused meanwhile, and looks only now why.
        let second = pool.refusal(&PoolError::Closed);
        assert!(second.what.starts_with("Cannot connect"), "{second}");
        assert_eq!(first, Some(second));
    }
}
