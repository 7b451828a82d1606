//! One connection to one address, in the clear or with TLS, and the wish to cancel what it runs.
//!
//! A connection that is listened to ([`Ears`]) is dialled here where it is not encrypted, since the
//! driver lets nobody see the bytes of the ones that it dials itself.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::net::sockopt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::mpsc;
use tokio_postgres::config::{self, SslMode};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{AsyncMessage, CancelToken, Client, Config, Connection, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::fault::{Fault, Outcome};
use crate::pg::connect::Refusal;
use crate::pg::error;
use crate::pg::hosts;
use crate::pg::settling::Moving;
use crate::pg::watch::{Ear, Watched, Watching};

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
    /// Dialled here, without TLS, at the one address that is in this.
    Bare(Box<Config>),
}

/// Anything that bytes go to and come from.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// Connects to the one address of a configuration.
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

/// A connection without TLS.
pub(in crate::pg) async fn plain(config: &Config, ears: Option<&Ears>) -> Result<Entered, Refusal> {
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

/// A connection with TLS, or none.
pub(in crate::pg) async fn encrypted(
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

/// Asks the server of a connection to stop what it runs; `tls` is had where it may be encrypted.
pub(in crate::pg) async fn cancel(
    door: &Door,
    tls: Option<&MakeRustlsConnect>,
    token: CancelToken,
) -> Outcome<()> {
    let failed =
        |why: String| Fault::new("The wish to cancel did not reach the server").because(why);
    let sent = match (door, tls) {
        (Door::Bare(config), _) => {
            let dialled = dial(config).await;
            let mut wire = dialled.map_err(|error| failed(error.to_string()))?;
            let sent = token.cancel_query_raw(&mut wire, NoTls).await;
            // The server closes it when the signal is on its way: until then it could still strike
            // what is run next.
            let mut rest = Vec::new();
            let _ = wire.read_to_end(&mut rest).await;
            sent
        }
        (Door::Drivers, None) => token.cancel_query(NoTls).await,
        // The token knows whether its connection was encrypted.
        (Door::Drivers, Some(tls)) => token.cancel_query(tls.clone()).await,
    };
    sent.map_err(|error| failed(error::chain(&error)))
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
