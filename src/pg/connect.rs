//! Connecting: libpq's parameters to an open connection with fixed settings.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{CancelToken, Client, Config, Error, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::conninfo::ConnInfo;
use crate::config::target::passfile_entry;
use crate::fault::{Fault, Outcome};
use crate::pg::tls::{self, Check};

/// The settings under which every value is read, so that the text of a value is the same for
/// everybody and can be written back.
const FIXED_SETTINGS: &str = "SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'postgres'; \
    SET bytea_output = 'hex'; SET extra_float_digits = 1; SET client_encoding = 'UTF8'; \
    SET standard_conforming_strings = on";

/// Everything that is decided before the first connection: addresses, password, how TLS is used.
/// Cheap to clone; each connection of a pool is made from it.
#[derive(Clone)]
pub struct Connector {
    config: Config,
    mode: Mode,
    target: String,
}

/// `sslmode`, decided, with the TLS settings where it wants them.
#[derive(Clone)]
enum Mode {
    Plain,
    PlainFirst(MakeRustlsConnect),
    TlsFirst(MakeRustlsConnect),
    Tls(MakeRustlsConnect),
}

impl Connector {
    /// `home` and `login` are the person's, for `.pgpass` and for the default user name.
    ///
    /// # Errors
    /// A parameter out of its range, or a certificate file that cannot be read.
    pub fn new(info: &ConnInfo, home: &Path, login: &str) -> Outcome<Self> {
        let config = driver_config(info, home, login)?;
        Ok(Self {
            mode: mode(info, &config)?,
            config,
            target: info.describe(),
        })
    }

    /// What is connected to, in words, without the password.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    pub(in crate::pg) fn config(&self) -> &Config {
        &self.config
    }

    /// Opens a connection with the fixed settings.
    pub(in crate::pg) async fn open(&self) -> Result<(Client, JoinHandle<()>), Error> {
        let config = &self.config;
        let (client, task) = match &self.mode {
            Mode::Plain => plain(config).await?,
            Mode::PlainFirst(tls) => match plain(config).await {
                Ok(open) => open,
                Err(_) => run(config, SslMode::Require, tls.clone()).await?,
            },
            Mode::TlsFirst(tls) => match run(config, SslMode::Prefer, tls.clone()).await {
                Ok(open) => open,
                // As libpq: a server that speaks TLS but refuses this login over it may still
                // admit it in the clear; the second answer is the one that counts. Where no
                // server answered there is nothing to ask twice.
                Err(error) if !answered(&error) => return Err(error),
                Err(_) => plain(config).await?,
            },
            Mode::Tls(tls) => run(config, SslMode::Require, tls.clone()).await?,
        };
        client.batch_execute(FIXED_SETTINGS).await?;
        Ok((client, task))
    }

    /// Asks the server to stop what the token's connection is doing.
    pub(in crate::pg) async fn cancel(&self, token: CancelToken) -> Result<(), Error> {
        match &self.mode {
            Mode::Plain | Mode::PlainFirst(_) => token.cancel_query(NoTls).await,
            Mode::TlsFirst(tls) | Mode::Tls(tls) => token.cancel_query(tls.clone()).await,
        }
    }
}

/// The pool opens its connections in the same way.
impl deadpool_postgres::Connect for Connector {
    fn connect(
        &self,
        _: &Config,
    ) -> Pin<Box<dyn Future<Output = Result<(Client, JoinHandle<()>), Error>> + Send + '_>> {
        Box::pin(self.open())
    }
}

/// Whether a server was reached: it sent an error, or the talk about TLS failed.
fn answered(error: &Error) -> bool {
    error.as_db_error().is_some() || error.to_string().contains("TLS")
}

fn mode(info: &ConnInfo, config: &Config) -> Outcome<Mode> {
    let sockets_only = config
        .get_hosts()
        .iter()
        .all(|host| matches!(host, tokio_postgres::config::Host::Unix(_)));
    let tls = |check| Ok(MakeRustlsConnect::new(tls::config(info, check)?));
    match info.get("sslmode").unwrap_or("prefer") {
        "disable" => Ok(Mode::Plain),
        // libpq ignores sslmode on a Unix socket (manual, 34.19).
        "allow" | "prefer" | "require" | "verify-ca" | "verify-full" if sockets_only => {
            Ok(Mode::Plain)
        }
        "allow" => Ok(Mode::PlainFirst(tls(Check::Nothing)?)),
        "prefer" => Ok(Mode::TlsFirst(tls(Check::Nothing)?)),
        "require" if info.get("sslrootcert").is_none_or(|path| path == "system") => {
            Ok(Mode::Tls(tls(Check::Nothing)?))
        }
        "require" | "verify-ca" => Ok(Mode::Tls(tls(Check::Chain)?)),
        "verify-full" => Ok(Mode::Tls(tls(Check::ChainAndName)?)),
        other => Err(Fault::new(format!("sslmode \"{other}\" is not known"))
            .remedy("use disable, allow, prefer, require, verify-ca or verify-full")),
    }
}

async fn plain(config: &Config) -> Result<(Client, JoinHandle<()>), Error> {
    run(config, SslMode::Disable, NoTls).await
}

async fn run<T>(config: &Config, mode: SslMode, tls: T) -> Result<(Client, JoinHandle<()>), Error>
where
    T: MakeTlsConnect<Socket> + 'static + Clone + Sync + Send,
    T::Stream: Send,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    let mut config = config.clone();
    config.ssl_mode(mode);
    let (client, connection) = config.connect(tls).await?;
    let task = tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!("connection ended: {error}");
        }
    });
    Ok((client, task))
}

fn driver_config(info: &ConnInfo, home: &Path, login: &str) -> Outcome<Config> {
    let mut config = Config::new();
    let user = info.get("user").unwrap_or(login);
    let dbname = info.get("dbname").unwrap_or(user);
    config
        .user(user)
        .dbname(dbname)
        .application_name(info.get("application_name").unwrap_or("dbkeep"));
    let hosts: Vec<&str> = info
        .get("host")
        .or(info.get("hostaddr"))
        .map_or_else(|| vec![default_host()], |text| text.split(',').collect());
    for host in &hosts {
        config.host(if host.is_empty() {
            default_host()
        } else {
            host
        });
    }
    if let Some(list) = info.get("hostaddr") {
        for address in list.split(',') {
            config.hostaddr(address.parse().map_err(|error| {
                Fault::new(format!("hostaddr \"{address}\" is no address")).because(error)
            })?);
        }
    }
    let ports: Vec<&str> = info.get("port").unwrap_or("5432").split(',').collect();
    for port in &ports {
        config.port(if port.is_empty() {
            5432
        } else {
            number("port", port)?
        });
    }
    let password = match info.get("password") {
        Some(password) => Some(password.to_owned()),
        None => passfile_password(
            info,
            home,
            hosts.first().copied().unwrap_or("localhost"),
            ports.first().copied().unwrap_or("5432"),
            dbname,
            user,
        ),
    };
    if let Some(password) = password {
        config.password(password);
    }
    if let Some(options) = info.get("options") {
        config.options(options);
    }
    // libpq waits for ever when nothing is said; a screen must not.
    let seconds: u64 = info
        .get("connect_timeout")
        .map_or(Ok(30), |text| number("connect_timeout", text))?;
    if seconds > 0 {
        config.connect_timeout(Duration::from_secs(seconds.max(2)));
    }
    keepalives(&mut config, info)?;
    match info.get("target_session_attrs") {
        None | Some("any") => {}
        Some("read-write" | "primary") => {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        Some("read-only" | "standby") => {
            config.target_session_attrs(TargetSessionAttrs::ReadOnly);
        }
        Some(other) => {
            return Err(
                Fault::new(format!("target_session_attrs \"{other}\" is not supported"))
                    .remedy("use any, read-write, read-only, primary or standby"),
            );
        }
    }
    Ok(config)
}

fn keepalives(config: &mut Config, info: &ConnInfo) -> Outcome<()> {
    config.keepalives(info.get("keepalives") != Some("0"));
    if let Some(text) = info.get("keepalives_idle") {
        config.keepalives_idle(Duration::from_secs(number("keepalives_idle", text)?));
    }
    if let Some(text) = info.get("keepalives_interval") {
        config.keepalives_interval(Duration::from_secs(number("keepalives_interval", text)?));
    }
    if let Some(text) = info.get("keepalives_count") {
        config.keepalives_retries(number("keepalives_count", text)?);
    }
    if let Some(text) = info.get("tcp_user_timeout") {
        config.tcp_user_timeout(Duration::from_millis(number("tcp_user_timeout", text)?));
    }
    Ok(())
}

fn number<T: std::str::FromStr>(keyword: &str, text: &str) -> Outcome<T> {
    text.trim()
        .parse()
        .map_err(|_| Fault::new(format!("{keyword} \"{text}\" is not a number in its range")))
}

/// Where servers of this system put their socket; TCP where there is none.
fn default_host() -> &'static str {
    ["/var/run/postgresql", "/tmp"]
        .into_iter()
        .find(|folder| Path::new(folder).join(".s.PGSQL.5432").exists())
        .unwrap_or("localhost")
}

fn passfile_password(
    info: &ConnInfo,
    home: &Path,
    host: &str,
    port: &str,
    dbname: &str,
    user: &str,
) -> Option<String> {
    let path = info
        .get("passfile")
        .map_or_else(|| home.join(".pgpass"), Into::into);
    // libpq ignores a password file that others can read, and so do we.
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).ok()?.permissions());
    if mode & 0o077 != 0 {
        tracing::warn!(
            "{} is readable by others and was not used; chmod 0600 it",
            path.display()
        );
        return None;
    }
    let host = if host.starts_with('/') || host.is_empty() {
        "localhost"
    } else {
        host
    };
    passfile_entry(
        &std::fs::read_to_string(path).ok()?,
        host,
        port,
        dbname,
        user,
    )
}
