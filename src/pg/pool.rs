//! The pool: connections made when they are needed and kept for the next request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deadpool_postgres::{Connect, Manager, ManagerConfig, RecyclingMethod};
use futures_util::future::BoxFuture;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, Error, NoTls};

use crate::fault::{Fault, Outcome};
use crate::pg::Session;
use crate::pg::connect::Connector;
use crate::pg::link::{Link, Witness};

/// As many connections as one person's screens can use at once: what is looked at, its count, the
/// counts of the tree, and one to spare.
const SIZE: usize = 4;

/// Opens the pool's connections. The pool passes on the driver's errors only, so that the fault,
/// which says more, is left beside it.
struct Dial {
    connector: Connector,
    refused: Arc<Mutex<Option<Fault>>>,
}

impl Connect for Dial {
    fn connect(&self, nobodys: &Config) -> BoxFuture<'_, Result<(Client, JoinHandle<()>), Error>> {
        let nobodys = nobodys.clone();
        Box::pin(async move {
            let fault = match self.connector.open_early().await {
                Ok(open) => return Ok(open),
                Err(fault) => fault,
            };
            *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
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
    refused: Arc<Mutex<Option<Fault>>>,
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
        let refused = Arc::default();
        let dial = Dial {
            connector: connector.clone(),
            refused: Arc::clone(&refused),
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
        let link = self.early_link().await?;
        self.settled().await?;
        Ok(link)
    }

    /// The same; of the connection that was begun the settings are not heard of yet. What is read
    /// through it is believed when [`Pool::settled`] says so.
    ///
    /// # Errors
    /// As [`Link::open`].
    pub async fn early_link(&self) -> Outcome<Link> {
        match self.inner.get().await {
            Ok(object) => Ok(Link::pooled(
                object,
                self.connector.clone(),
                self.witness.clone(),
            )),
            Err(failed) => Err(self
                .refusal()
                .take()
                .unwrap_or_else(|| Fault::new("No connection could be had").because(failed))),
        }
    }

    /// Waits for the settings of the connection that was begun, if they are not heard of yet.
    ///
    /// # Errors
    /// The server's, when it refuses them.
    pub async fn settled(&self) -> Outcome<()> {
        self.connector.settled().await
    }

    fn refusal(&self) -> MutexGuard<'_, Option<Fault>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
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
