//! Connecting: the hosts one after another, and the addresses of each, with TLS as `sslmode` has it,
//! until one of them gives a session of the kind that is wanted; then the fixed settings.

use std::future::{Future, poll_fn};
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::{CancelToken, Client, Error, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::conninfo::ConnInfo;
use crate::fault::{Fault, Outcome};
use crate::pg::dial::{self, Door, Ears, Entered};
use crate::pg::error;
use crate::pg::hosts::{self, Host};
use crate::pg::settling::{Moving, Opening, Settling};
use crate::pg::tls::{self, Check};

/// The settings under which every value is read, so that the text of a value is the same for
/// everybody and can be written back.
const FIXED_SETTINGS: &str = "SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'postgres'; \
    SET bytea_output = 'hex'; SET extra_float_digits = 1; SET client_encoding = 'UTF8'; \
    SET standard_conforming_strings = on";

/// What is added where nothing may be written: every transaction is read-only from its beginning.
const READ_ONLY: &str = "SET default_transaction_read_only = on";

/// Everything that is decided before the first connection: addresses, passwords, how TLS is used.
/// Cheap to clone; each connection of a pool is made from it.
#[derive(Clone)]
pub struct Connector {
    hosts: Vec<Host>,
    mode: Mode,
    session: Wanted,
    limit: Option<Duration>,
    target: String,
    read_only: bool,
    /// What the person should know if they are not let in.
    note: Option<String>,
    /// What was begun before anybody wanted it.
    begun: Arc<Mutex<Option<Opening>>>,
}

/// `sslmode`, decided, with the TLS settings where it wants them.
#[derive(Clone)]
enum Mode {
    Plain,
    PlainFirst(MakeRustlsConnect),
    TlsFirst(MakeRustlsConnect),
    Tls(MakeRustlsConnect),
}

/// `target_session_attrs` (manual, 34.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

/// Why a host gave no session.
#[derive(Debug)]
pub(in crate::pg) enum Refusal {
    /// It, or the way to it, failed.
    Failed(Error),
    /// There was nobody to talk to.
    Unreached(std::io::Error),
    /// It did not answer in time.
    TimedOut(Duration),
    /// It gave one, of another kind than `target_session_attrs` wants.
    Unfit(&'static str),
}

impl Connector {
    /// `home` and `login` are the person's, for their password and certificate files and for the
    /// default user name.
    ///
    /// # Errors
    /// A parameter out of its range, or a certificate file that cannot be read.
    pub fn new(info: &ConnInfo, home: &Path, login: &str) -> Outcome<Self> {
        let (hosts, note) = hosts::hosts(info, home, login)?;
        let target = match &hosts[..] {
            [host] if info.get("host").or(info.get("hostaddr")).is_none() => {
                let (user, dbname) = hosts::who(info, login);
                format!("{dbname} as {user} at {}", host.place())
            }
            _ => info.describe(),
        };
        let sslmode = sslmode(info)?;
        let mode = if hosts.iter().all(|host| host.is_socket) {
            Mode::Plain
        } else {
            mode(sslmode, info, home)?
        };
        Ok(Self {
            hosts,
            mode,
            session: session(info)?,
            limit: hosts::limit(info)?,
            target,
            read_only: false,
            note,
            begun: Arc::default(),
        })
    }

    /// The same, with sessions in which nothing may be written.
    #[must_use]
    pub fn read_only(self, read_only: bool) -> Self {
        Self { read_only, ..self }
    }

    /// What is connected to, in words, without the password.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// In words for the title, where the server is that no name stands for.
    #[must_use]
    pub fn here(&self) -> &'static str {
        hosts::here(&self.hosts)
    }

    /// What is set again before a connection is used once more: a function that a query calls can
    /// have set it otherwise.
    pub(in crate::pg) fn restored(&self) -> Option<&'static str> {
        self.read_only.then_some(READ_ONLY)
    }

    /// Begins to open a connection, which the first to open one gets, with what became of it: nobody
    /// is refused twice. Its first step is done here, so that the server is at work when this
    /// returns, and not when another thread has woken up.
    pub async fn begin(&self) {
        let connector = self.clone();
        let mut opening = Box::pin(async move { connector.enter_one(None).await });
        let first = poll_fn(|cx| Poll::Ready(opening.as_mut().poll(cx))).await;
        *self.begun() = Some(tokio::spawn(async move {
            match first {
                Poll::Ready(opened) => opened,
                Poll::Pending => opening.await,
            }
        }));
    }

    fn begun(&self) -> MutexGuard<'_, Option<Opening>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a connection with the fixed settings, or waits for the one that was begun.
    pub(in crate::pg) async fn open(&self) -> Outcome<(Client, Moving)> {
        let (entered, settling) = self.open_early().await?;
        self.settled(settling).await?;
        Ok((entered.client, entered.moving))
    }

    /// The same, while the answer to the settings may still be on its way: the first question need not
    /// wait a round trip for it. What comes of it is believed when [`Connector::settled`] says so.
    pub(in crate::pg) async fn open_early(&self) -> Outcome<(Entered, Settling)> {
        let begun = self.begun().take();
        match begun {
            None => self.enter_one(None).await,
            Some(opening) => opening
                .await
                .map_err(|error| Fault::new("dbkeep failed in itself").because(error))?,
        }
    }

    /// Waits for the settings of a connection.
    pub(in crate::pg) async fn settled(&self, settling: Settling) -> Outcome<()> {
        let until = settling.until();
        let done = self.in_time(until, settling.done()).await;
        // Where there is more than one host, nothing is left to settle: see `enter_one`.
        done.map(drop)
            .map_err(|refusal| self.refused(&self.hosts[0], &refusal))
    }

    /// Opens a connection of its own with the fixed settings, with somebody listening.
    pub(in crate::pg) async fn open_heard(&self, ears: Option<&Ears>) -> Outcome<Entered> {
        let (entered, settling) = self.enter_one(ears).await?;
        self.settled(settling).await?;
        Ok(entered)
    }

    /// Enters the first host that lets it. Where there is another one to try, its settings are there
    /// too: a host that refuses them, or is silent, is passed over like one that lets nobody in.
    async fn enter_one(&self, ears: Option<&Ears>) -> Outcome<(Entered, Settling)> {
        let wanted = match self.session {
            Wanted::PreferStandby => vec![Wanted::Standby, Wanted::Any],
            session => vec![session],
        };
        let mut last = None;
        for session in wanted {
            for host in &self.hosts {
                match self.try_host(host, session, ears).await {
                    Ok(open) => return Ok(open),
                    // As libpq: a server that refuses the login has answered for all of them.
                    Err(refusal) if is_login(&refusal) => return Err(self.refused(host, &refusal)),
                    Err(refusal) => last = Some((host, refusal)),
                }
            }
        }
        Err(last.map_or_else(
            || Fault::new("There is no host to connect to"),
            |(host, refusal)| self.refused(host, &refusal),
        ))
    }

    fn refused(&self, host: &Host, refusal: &Refusal) -> Fault {
        error::connecting(&self.target, host, refusal, self.note.as_deref())
    }

    /// Tries the addresses of a host. Looking them up may take as long as one of them.
    async fn try_host(
        &self,
        host: &Host,
        session: Wanted,
        ears: Option<&Ears>,
    ) -> Result<(Entered, Settling), Refusal> {
        let Some(name) = host.unresolved() else {
            return self.try_address(host, session, ears).await;
        };
        let looking = async { hosts::lookup(name).await.map_err(Refusal::Unreached) };
        let addresses = self.in_time(self.until(), looking).await?;
        self.try_addresses(host, &addresses, session, ears).await
    }

    /// Tries addresses of a host one after another, each as if it were a host of its own (manual,
    /// 34.1.2 `host`, `connect_timeout`): the driver would take them all for one.
    async fn try_addresses(
        &self,
        host: &Host,
        addresses: &[IpAddr],
        session: Wanted,
        ears: Option<&Ears>,
    ) -> Result<(Entered, Settling), Refusal> {
        let mut last = Refusal::Unreached(std::io::Error::other("the name has no address"));
        for address in addresses {
            match self.try_address(&host.at(*address), session, ears).await {
                Err(refusal) if !is_login(&refusal) => last = refusal,
                answer => return answer,
            }
        }
        Err(last)
    }

    /// When an opening that begins now must be done.
    fn until(&self) -> Option<Instant> {
        self.limit.map(|limit| Instant::now() + limit)
    }

    /// Tries a host that has one address.
    async fn try_address(
        &self,
        host: &Host,
        session: Wanted,
        ears: Option<&Ears>,
    ) -> Result<(Entered, Settling), Refusal> {
        let until = self.until();
        // The other addresses of a name are the same server's: none of them is hoped for once one
        // has let in.
        let is_last_hope = self.hosts.len() == 1 && self.session != Wanted::PreferStandby;
        let opening = async {
            let entered = self.enter(host, ears).await?;
            let client = &entered.client;
            session.accept(client).await?;
            let settings = match self.restored() {
                Some(restored) => format!("{FIXED_SETTINGS}; {restored}"),
                None => FIXED_SETTINGS.to_owned(),
            };
            let answer = client.simple_query_raw(&settings).await;
            let answer = answer.map_err(Refusal::Failed)?;
            let moving = entered.moving.abort_handle();
            let mut settling = Settling::new(answer, moving, until);
            if !is_last_hope {
                settling = settling.done().await?;
            }
            Ok((entered, settling))
        };
        self.in_time(until, Box::pin(opening)).await
    }

    /// What is done before a moment, which is `connect_timeout` after an opening began.
    async fn in_time<T>(
        &self,
        until: Option<Instant>,
        doing: impl Future<Output = Result<T, Refusal>>,
    ) -> Result<T, Refusal> {
        let Some(until) = until else {
            return doing.await;
        };
        let done = tokio::time::timeout_at(until, doing).await;
        done.unwrap_or(Err(Refusal::TimedOut(self.limit.unwrap_or_default())))
    }

    async fn enter(&self, host: &Host, ears: Option<&Ears>) -> Result<Entered, Refusal> {
        let config = &host.config;
        let plain = || dial::plain(config, ears);
        let encrypted = |tls| dial::encrypted(config, tls, ears);
        match &self.mode {
            _ if host.is_socket => plain().await,
            Mode::Plain => plain().await,
            Mode::Tls(tls) => encrypted(tls).await,
            Mode::PlainFirst(tls) => match plain().await {
                Err(first) if may_go_the_other_way(&first) => match encrypted(tls).await {
                    Err(second) if lacks_tls(&second) => Err(first),
                    second => second,
                },
                first => first,
            },
            Mode::TlsFirst(tls) => match encrypted(tls).await {
                Err(first) if may_go_the_other_way(&first) => plain().await,
                first => first,
            },
        }
    }

    /// Asks the server to stop what the token's connection is doing.
    pub(in crate::pg) async fn cancel(&self, door: &Door, token: CancelToken) -> Outcome<()> {
        let tls = match &self.mode {
            Mode::Plain => None,
            Mode::PlainFirst(tls) | Mode::TlsFirst(tls) | Mode::Tls(tls) => Some(tls),
        };
        dial::cancel(door, tls, token).await
    }
}

/// Whether the login was refused for what it was, not for the way it came. It is not sent twice:
/// a server that counts failures would lock the user out sooner.
fn is_login(refusal: &Refusal) -> bool {
    let Refusal::Failed(error) = refusal else {
        return false;
    };
    error
        .code()
        .is_some_and(|code| code.code().starts_with("28") && code.code() != "28000")
}

/// Whether a server that gave this answer may give another one with TLS, or without. Where no server
/// answered there is nothing to ask twice. Where TLS was begun and failed, libpq goes on in the clear
/// under `prefer`; here it does not: encryption that is lost without a word is worse than a refusal.
fn may_go_the_other_way(refusal: &Refusal) -> bool {
    let has_answered = matches!(refusal, Refusal::Failed(error) if error.as_db_error().is_some());
    (has_answered && !is_login(refusal)) || lacks_tls(refusal)
}

fn lacks_tls(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Failed(error) if error::chain(error).contains("does not support TLS"))
}

/// Whoever trusts every authority that the system trusts and then does not check the name trusts
/// anybody with a certificate: as libpq since 16, the system's roots go with `verify-full` alone.
fn sslmode(info: &ConnInfo) -> Outcome<&str> {
    const MODES: [&str; 6] = [
        "disable",
        "allow",
        "prefer",
        "require",
        "verify-ca",
        "verify-full",
    ];
    if let Some(other) = info.get("sslmode").filter(|mode| !MODES.contains(mode)) {
        // On a socket too, where it means nothing: it is a slip.
        return Err(Fault::new(format!("sslmode \"{other}\" is not known"))
            .remedy("use disable, allow, prefer, require, verify-ca or verify-full"));
    }
    match (info.get("sslmode"), tls::has_system_roots(info)) {
        (None, true) => Ok("verify-full"),
        (None, false) => Ok("prefer"),
        (Some(weak), true) if weak != "verify-full" => Err(Fault::new(format!(
            "sslmode \"{weak}\" is too weak for sslrootcert=system"
        ))
        .because("the system's authorities sign for everybody: only the name tells servers apart")
        .remedy("use sslmode=verify-full, or give sslrootcert=FILE")),
        (Some(mode), _) => Ok(mode),
    }
}

fn mode(sslmode: &str, info: &ConnInfo, home: &Path) -> Outcome<Mode> {
    let tls = |check| Ok(MakeRustlsConnect::new(tls::config(info, home, check)?));
    match sslmode {
        "disable" => Ok(Mode::Plain),
        "allow" => Ok(Mode::PlainFirst(tls(Check::Nothing)?)),
        "prefer" => Ok(Mode::TlsFirst(tls(Check::Nothing)?)),
        "require" if tls::roots(info, home).is_none() => Ok(Mode::Tls(tls(Check::Nothing)?)),
        "require" | "verify-ca" => Ok(Mode::Tls(tls(Check::Chain)?)),
        // What else there is was refused.
        _ => Ok(Mode::Tls(tls(Check::ChainAndName)?)),
    }
}

fn session(info: &ConnInfo) -> Outcome<Wanted> {
    Ok(match info.get("target_session_attrs") {
        None | Some("any") => Wanted::Any,
        Some("read-write") => Wanted::ReadWrite,
        Some("read-only") => Wanted::ReadOnly,
        Some("primary") => Wanted::Primary,
        Some("standby") => Wanted::Standby,
        Some("prefer-standby") => Wanted::PreferStandby,
        Some(other) => {
            return Err(
                Fault::new(format!("target_session_attrs \"{other}\" is not known"))
                    .remedy("use any, read-write, read-only, primary, standby or prefer-standby"),
            );
        }
    })
}

impl Wanted {
    /// Asks the server whether a session is of this kind.
    async fn accept(self, client: &Client) -> Result<(), Refusal> {
        let (sql, wanted, why) = match self {
            Self::Any | Self::PreferStandby => return Ok(()),
            Self::ReadWrite => (
                "SHOW transaction_read_only",
                ["off", "f"],
                "the session does not allow writes",
            ),
            Self::ReadOnly => (
                "SHOW transaction_read_only",
                ["on", "t"],
                "the session is not read only",
            ),
            Self::Primary => (
                "SELECT pg_catalog.pg_is_in_recovery()",
                ["off", "f"],
                "the server is a standby",
            ),
            Self::Standby => (
                "SELECT pg_catalog.pg_is_in_recovery()",
                ["on", "t"],
                "the server is no standby",
            ),
        };
        let said = client.simple_query(sql).await.map_err(Refusal::Failed)?;
        let fits = said.iter().any(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).is_some_and(|value| wanted.contains(&value)),
            _ => false,
        });
        if fits {
            Ok(())
        } else {
            Err(Refusal::Unfit(why))
        }
    }
}

#[cfg(test)]
mod tests;
