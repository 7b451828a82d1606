//! A connection in use, its own or borrowed from the pool. Every statement goes through it and is
//! told to the [`Witness`], so that the command log is complete by construction.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use futures_util::TryStreamExt;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{CancelToken, Client, Row};

use crate::fault::Outcome;
use crate::pg::connect::Connector;
use crate::pg::dial::Door;
use crate::pg::error;
use crate::pg::settling::Moving;
use crate::sql::keyset::Fragment;

/// One statement that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// When.
    pub at: SystemTime,
    /// How long it took until its last row was here, from when the server could begin it: what is
    /// sent together is done in turn.
    pub took: Duration,
    /// The rows it returned, or why it failed.
    pub result: Result<u64, String>,
    /// Its text, as it was sent: values that travel beside it stay `$1`.
    pub sql: String,
}

/// Who is told of every statement.
pub type Witness = Arc<dyn Fn(Sent) + Send + Sync>;

/// The values of a statement, each sent as text.
pub(in crate::pg) fn texts(query: &Fragment) -> Vec<(&(dyn ToSql + Sync), Type)> {
    let value = |value| (value as &(dyn ToSql + Sync), Type::TEXT);
    query.params.iter().map(value).collect()
}

/// A witness for those who keep no log.
#[must_use]
pub fn nobody() -> Witness {
    Arc::new(|_| {})
}

enum Inner {
    Own(Client, Moving),
    Pooled(deadpool_postgres::Object),
}

/// A connection in use. Dropping it closes it, or gives it back to its pool.
pub struct Link {
    inner: Inner,
    connector: Connector,
    witness: Witness,
    /// When the statement before ended.
    ended: Mutex<Option<Instant>>,
}

/// Stops, on the server, what a [`Link`] is doing.
#[derive(Clone)]
pub struct Canceller {
    token: CancelToken,
    connector: Connector,
    door: Door,
}

impl Canceller {
    pub(in crate::pg) fn through(token: CancelToken, connector: Connector, door: Door) -> Self {
        Self {
            token,
            connector,
            door,
        }
    }

    /// Asks the server. That it did stop is known when the statement itself ends with SQLSTATE
    /// 57014, which is why nothing is returned.
    pub async fn cancel(self) {
        if let Err(error) = self.connector.cancel(&self.door, self.token).await {
            tracing::warn!("the cancel request was not delivered: {error}");
        }
    }
}

impl Link {
    /// Connects by itself, outside any pool.
    ///
    /// # Errors
    /// What was tried, without the password, why it failed, and what to do.
    pub async fn open(connector: &Connector, witness: Witness) -> Outcome<Self> {
        let open = connector.open().await?;
        Ok(Self::own(open, connector.clone(), witness))
    }

    pub(in crate::pg) fn own(
        (client, moving): (Client, Moving),
        connector: Connector,
        witness: Witness,
    ) -> Self {
        Self {
            inner: Inner::Own(client, moving),
            connector,
            witness,
            ended: Mutex::default(),
        }
    }

    pub(in crate::pg) fn pooled(
        object: deadpool_postgres::Object,
        connector: Connector,
        witness: Witness,
    ) -> Self {
        Self {
            inner: Inner::Pooled(object),
            connector,
            witness,
            ended: Mutex::default(),
        }
    }

    /// Closes it, instead of giving it back to its pool.
    pub fn close(self) {
        if let Inner::Pooled(object) = self.inner {
            drop(deadpool_postgres::Object::take(object));
        }
    }

    /// What it is made of, where it is nobody else's.
    pub(in crate::pg) fn into_own(self) -> Option<(Client, Moving)> {
        match self.inner {
            Inner::Own(client, moving) => Some((client, moving)),
            Inner::Pooled(_) => None,
        }
    }

    /// The driver's client, for this room only.
    pub(in crate::pg) fn client(&self) -> &Client {
        match &self.inner {
            Inner::Own(client, _) => client,
            Inner::Pooled(object) => object,
        }
    }

    /// What cancels this connection's statements.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        let token = self.client().cancel_token();
        Canceller::through(token, self.connector.clone(), Door::Drivers)
    }

    /// All rows of a statement that was composed with its values.
    pub(in crate::pg) async fn answer(&self, query: &Fragment) -> Outcome<Vec<Row>> {
        self.rows(&query.sql, &texts(query)).await
    }

    /// All rows of one unnamed statement.
    pub(in crate::pg) async fn rows(
        &self,
        sql: &str,
        params: &[(&(dyn ToSql + Sync), Type)],
    ) -> Outcome<Vec<Row>> {
        let mut rows = Vec::new();
        self.each(sql, params, |row| rows.push(row)).await?;
        Ok(rows)
    }

    /// The rows of one unnamed statement as they come, so that they need not all be held twice.
    pub(in crate::pg) async fn each(
        &self,
        sql: &str,
        params: &[(&(dyn ToSql + Sync), Type)],
        mut take: impl FnMut(Row) + Send,
    ) -> Outcome<u64> {
        let begun = (SystemTime::now(), Instant::now());
        let read = async {
            let stream = self
                .client()
                .query_typed_raw(
                    sql,
                    params.iter().map(|(value, kind)| (*value, kind.clone())),
                )
                .await?;
            let mut stream = std::pin::pin!(stream);
            let mut count = 0;
            while let Some(row) = stream.try_next().await? {
                take(row);
                count += 1;
            }
            Ok(count)
        };
        self.told(sql, begun, read.await)
    }

    /// Statements that return nothing: `BEGIN`, `SET`, `COMMIT`.
    pub(in crate::pg) async fn batch(&self, sql: &str) -> Outcome<()> {
        let begun = (SystemTime::now(), Instant::now());
        let result = self.client().batch_execute(sql).await.map(|()| 0);
        self.told(sql, begun, result).map(|_| ())
    }

    pub(in crate::pg) fn told(
        &self,
        sql: &str,
        (at, begun): (SystemTime, Instant),
        result: Result<u64, tokio_postgres::Error>,
    ) -> Outcome<u64> {
        let result = result.map_err(|failed| error::fault("The statement failed", &failed));
        self.tell(sql, (at, begun), &result);
        result
    }

    pub(in crate::pg) fn tell(
        &self,
        sql: &str,
        (at, begun): (SystemTime, Instant),
        result: &Outcome<u64>,
    ) {
        let now = Instant::now();
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = ended.replace(now).map_or(begun, |before| before.max(begun));
        drop(ended);
        (self.witness)(Sent {
            at,
            took: now.duration_since(begun),
            result: result.as_ref().copied().map_err(|fault| fault.what.clone()),
            sql: sql.to_owned(),
        });
    }
}
