//! The pool: connections made when they are needed and kept for the next request.

use deadpool_postgres::{Manager, ManagerConfig, PoolError, RecyclingMethod};

use crate::fault::{Fault, Outcome};
use crate::pg::connect::Connector;
use crate::pg::error;
use crate::pg::link::{Link, Witness};

/// As many connections as one person's screens can use at once: what is looked at, its count, the
/// counts of the tree, and one to spare.
const SIZE: usize = 4;

/// Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Pool {
    inner: deadpool_postgres::Pool,
    connector: Connector,
    witness: Witness,
}

impl Pool {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// The runtime has no timer; a fault of ours.
    pub fn new(connector: Connector, witness: Witness) -> Outcome<Self> {
        let settings = ManagerConfig {
            // A connection the driver knows to be closed is thrown away; no query is spent on it.
            recycling_method: RecyclingMethod::Fast,
        };
        let manager =
            Manager::from_connect(connector.config().clone(), connector.clone(), settings);
        let pool = deadpool_postgres::Pool::builder(manager)
            .max_size(SIZE)
            .build()
            .map_err(|error| Fault::new("The pool cannot be made").because(error))?;
        Ok(Self {
            inner: pool,
            connector,
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
            Err(PoolError::Backend(failed)) => {
                Err(error::connecting(self.connector.target(), &failed))
            }
            Err(failed) => Err(Fault::new("No connection could be had").because(failed)),
        }
    }

    /// A connection of its own, for what keeps a transaction open.
    ///
    /// # Errors
    /// As [`Link::open`].
    pub async fn pinned(&self) -> Outcome<Link> {
        Link::open(&self.connector, self.witness.clone()).await
    }
}
