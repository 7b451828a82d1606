//! Connecting: the hosts one after another, with TLS as `sslmode` has it, until one of them gives a
//! session of the kind that is wanted; then the fixed settings.
//!
//! A connection that is listened to ([`Ears`]) is dialled here where it is not encrypted, since the
//! driver lets nobody see the bytes of the ones that it dials itself.

use std::future::{Future, poll_fn};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use rustix::net::sockopt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_postgres::config::{self, SslMode};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{
    AsyncMessage, CancelToken, Client, Config, Connection, Error, NoTls, SimpleQueryMessage, Socket,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::conninfo::ConnInfo;
use crate::fault::{Fault, Outcome};
use crate::pg::error;
use crate::pg::hosts::{self, Host};
use crate::pg::settling::{Moving, Opening, Settling};
use crate::pg::tls::{self, Check};
use crate::pg::watch::{Ear, Watched, Watching};

/// The settings under which every value is read, so that the text of a value is the same for
/// everybody and can be written back.
const FIXED_SETTINGS: &str = "SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'postgres'; \
    SET bytea_output = 'hex'; SET extra_float_digits = 1; SET client_encoding = 'UTF8'; \
    SET standard_conforming_strings = on";

/// What is added where nothing may be written: every transaction is read-only from its beginning.
const READ_ONLY: &str = "SET default_transaction_read_only = on";

/// Who listens to what a connection says beside its answers.
#[derive(Clone)]
pub(in crate::pg) struct Ears {
    /// What the driver keeps for itself, and what it does not understand.
    pub ear: Ear,
    /// Notices and notifications; where they come faster than they are taken, some are lost.
    pub said: mpsc::Sender<AsyncMessage>,
    /// How many were.
    pub unheard: Arc<AtomicU64>,
}

/// A connection that was opened.
pub(in crate::pg) struct Entered {
    pub client: Client,
    pub moving: Moving,
    pub door: Door,
}

/// How a connection came to its server, which is how a wish to cancel goes there.
#[derive(Clone)]
pub(in crate::pg) enum Door {
    /// By the driver, which knows.
    Drivers,
    /// Dialled here, without TLS.
    Bare(Box<Config>),
}

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
                    Err(Refusal::Failed(error)) if is_login(&error) => {
                        return Err(self.refused(host, &Refusal::Failed(error)));
                    }
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

    async fn try_host(
        &self,
        host: &Host,
        session: Wanted,
        ears: Option<&Ears>,
    ) -> Result<(Entered, Settling), Refusal> {
        let until = self.limit.map(|limit| Instant::now() + limit);
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
        let plain = || plain(config, ears);
        let encrypted = |tls| encrypted(config, tls, ears);
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
        let failed =
            |why: String| Fault::new("The wish to cancel did not reach the server").because(why);
        let sent = match (door, &self.mode) {
            (Door::Bare(config), _) => {
                let mut wire = dial(config)
                    .await
                    .map_err(|error| failed(error.to_string()))?;
                let sent = token.cancel_query_raw(&mut wire, NoTls).await;
                // The server closes it when the signal is on its way: until then it could still strike
                // what is run next.
                let mut rest = Vec::new();
                let _ = wire.read_to_end(&mut rest).await;
                sent
            }
            (Door::Drivers, Mode::Plain) => token.cancel_query(NoTls).await,
            // The token knows whether its connection was encrypted.
            (Door::Drivers, Mode::PlainFirst(tls) | Mode::TlsFirst(tls) | Mode::Tls(tls)) => {
                token.cancel_query(tls.clone()).await
            }
        };
        sent.map_err(|error| failed(error::chain(&error)))
    }
}

/// Whether the login was refused for what it was, not for the way it came. It is not sent twice:
/// a server that counts failures would lock the user out sooner.
fn is_login(error: &Error) -> bool {
    error
        .code()
        .is_some_and(|code| code.code().starts_with("28") && code.code() != "28000")
}

/// Whether a server that gave this answer may give another one with TLS, or without: it sent an
/// error, or the talk about TLS failed. Where no server answered there is nothing to ask twice.
fn may_go_the_other_way(refusal: &Refusal) -> bool {
    let Refusal::Failed(error) = refusal else {
        return false;
    };
    let answered = error.as_db_error().is_some() || error.to_string().contains("TLS");
    answered && !is_login(error)
}

fn lacks_tls(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Failed(error) if error::chain(error).contains("does not support TLS"))
}

/// Whoever trusts every authority that the system trusts and then does not check the name trusts
/// anybody with a certificate: as libpq since 16, the system's roots go with `verify-full` alone.
fn sslmode(info: &ConnInfo) -> Outcome<&str> {
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
        "verify-full" => Ok(Mode::Tls(tls(Check::ChainAndName)?)),
        other => Err(Fault::new(format!("sslmode \"{other}\" is not known"))
            .remedy("use disable, allow, prefer, require, verify-ca or verify-full")),
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

/// Anything that bytes go to and come from.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// Connects to the one host of a configuration.
async fn dial(config: &Config) -> std::io::Result<Box<dyn Wire>> {
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let address = config.get_hostaddrs().first();
    let stream = match (address, config.get_hosts().first()) {
        (Some(address), _) => TcpStream::connect((*address, port)).await?,
        (None, Some(config::Host::Unix(folder))) => {
            let socket = UnixStream::connect(hosts::socket(folder, port)).await?;
            return Ok(Box::new(socket));
        }
        (None, Some(config::Host::Tcp(name))) => TcpStream::connect((name.as_str(), port)).await?,
        (None, None) => return Err(std::io::Error::other("no host is named")),
    };
    // As the driver has it, and libpq.
    stream.set_nodelay(true)?;
    sockopt::set_socket_keepalive(&stream, config.get_keepalives())?;
    if config.get_keepalives() {
        sockopt::set_tcp_keepidle(&stream, config.get_keepalives_idle())?;
        if let Some(interval) = config.get_keepalives_interval() {
            sockopt::set_tcp_keepintvl(&stream, interval)?;
        }
        if let Some(retries) = config.get_keepalives_retries() {
            sockopt::set_tcp_keepcnt(&stream, retries)?;
        }
    }
    #[cfg(target_os = "linux")]
    if let Some(timeout) = config.get_tcp_user_timeout() {
        let millis = u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX);
        sockopt::set_tcp_user_timeout(&stream, millis)?;
    }
    Ok(Box::new(stream))
}

async fn plain(config: &Config, ears: Option<&Ears>) -> Result<Entered, Refusal> {
    let Some(ears) = ears else {
        return run(config, SslMode::Disable, NoTls, None).await;
    };
    let mut config = config.clone();
    config.ssl_mode(SslMode::Disable);
    let wire = dial(&config).await.map_err(Refusal::Unreached)?;
    let wire = Watched::new(wire, ears.ear.clone());
    let connecting = config.connect_raw(wire, NoTls).await;
    let (client, connection) = connecting.map_err(Refusal::Failed)?;
    Ok(Entered {
        client,
        moving: tokio::spawn(moving(connection, Some(ears.clone()))),
        door: Door::Bare(Box::new(config)),
    })
}

async fn encrypted(
    config: &Config,
    tls: &MakeRustlsConnect,
    ears: Option<&Ears>,
) -> Result<Entered, Refusal> {
    match ears {
        None => run(config, SslMode::Require, tls.clone(), None).await,
        Some(ears) => {
            let tls = Watching::new(tls.clone(), ears.ear.clone());
            run(config, SslMode::Require, tls, Some(ears.clone())).await
        }
    }
}

async fn run<T>(
    config: &Config,
    mode: SslMode,
    tls: T,
    ears: Option<Ears>,
) -> Result<Entered, Refusal>
where
    T: MakeTlsConnect<Socket> + 'static + Clone + Sync + Send,
    T::Stream: Send,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    let mut config = config.clone();
    config.ssl_mode(mode);
    let connecting = config.connect(tls).await;
    let (client, connection) = connecting.map_err(Refusal::Failed)?;
    Ok(Entered {
        client,
        moving: tokio::spawn(moving(connection, ears)),
        door: Door::Drivers,
    })
}

/// Moves a connection's bytes until it ends.
async fn moving<S, T>(mut connection: Connection<S, T>, ears: Option<Ears>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = poll_fn(|cx| connection.poll_message(cx)).await {
        match (message, &ears) {
            // Of a storm of notices some are lost: the connection must not wait for a reader of them.
            (Ok(message), Some(ears)) => {
                if ears.said.try_send(message).is_err() {
                    ears.unheard.fetch_add(1, Ordering::Relaxed);
                }
            }
            (Ok(AsyncMessage::Notice(notice)), None) => tracing::info!("notice: {notice}"),
            (Ok(_), None) => {}
            (Err(error), _) => {
                tracing::warn!("connection ended: {error}");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_roots_go_with_verify_full_alone() {
        let table = [
            ("", Some("prefer")),
            ("sslmode=require", Some("require")),
            ("sslrootcert=system", Some("verify-full")),
            (
                "sslrootcert=system sslmode=verify-full",
                Some("verify-full"),
            ),
            ("sslrootcert=system sslmode=verify-ca", None),
            ("sslrootcert=system sslmode=require", None),
            ("sslrootcert=system sslmode=prefer", None),
            ("sslrootcert=system sslmode=disable", None),
            ("sslrootcert=system.pem sslmode=require", Some("require")),
        ];
        for (text, wanted) in table {
            let info = ConnInfo::parse(&format!("host=h {text}")).unwrap_or_default();
            assert_eq!(sslmode(&info).ok(), wanted, "{text}");
        }
    }
}
