//! A session with a server: libpq's parameters to a connection with fixed settings.

use std::path::Path;
use std::time::Duration;

use tokio_postgres::config::{SslMode, TargetSessionAttrs};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::conninfo::ConnInfo;
use crate::config::target::passfile_entry;
use crate::fault::{Fault, Outcome};
use crate::pg::error;
use crate::pg::tls::{self, Check};

/// The settings under which every value is read, so that the text of a value is the same for
/// everybody and can be written back.
const FIXED_SETTINGS: &str = "SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'postgres'; \
    SET bytea_output = 'hex'; SET extra_float_digits = 1; SET client_encoding = 'UTF8'; \
    SET standard_conforming_strings = on";

/// An open connection. Dropping it closes it.
pub struct Session {
    client: Client,
}

impl Session {
    /// The driver's client, for this room only.
    pub(in crate::pg) fn client(&self) -> &Client {
        &self.client
    }
}

/// Connects and applies the fixed settings. `home` and `user` are the person's, for `.pgpass` and
/// for the default user name.
///
/// # Errors
/// What was tried, without the password, why it failed, and what to do.
pub async fn open(info: &ConnInfo, home: &Path, user: &str) -> Outcome<Session> {
    let config = driver_config(info, home, user)?;
    let target = info.describe();
    let client = match ssl_mode(info)? {
        Mode::Plain => connect_plain(&config, &target).await?,
        Mode::PlainFirst => match connect_plain(&config, &target).await {
            Ok(client) => client,
            Err(_) => connect_tls(&config, info, Check::Nothing, &target).await?,
        },
        Mode::TlsFirst => match connect_tls(&config, info, Check::Nothing, &target).await {
            Ok(client) => client,
            // As libpq: a server that speaks TLS but refuses this login over it may still admit
            // it in the clear; the second answer is the one that counts.
            Err(_) => connect_plain(&config, &target).await?,
        },
        Mode::Tls(check) => connect_tls(&config, info, check, &target).await?,
    };
    client
        .batch_execute(FIXED_SETTINGS)
        .await
        .map_err(|error| error::fault("The session cannot be set up", &error))?;
    Ok(Session { client })
}

/// `sslmode`, decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Plain,
    PlainFirst,
    TlsFirst,
    Tls(Check),
}

fn ssl_mode(info: &ConnInfo) -> Outcome<Mode> {
    match info.get("sslmode").unwrap_or("prefer") {
        "disable" => Ok(Mode::Plain),
        "allow" => Ok(Mode::PlainFirst),
        "prefer" => Ok(Mode::TlsFirst),
        "require" if info.get("sslrootcert").is_some_and(|path| path != "system") => {
            Ok(Mode::Tls(Check::Chain))
        }
        "require" => Ok(Mode::Tls(Check::Nothing)),
        "verify-ca" => Ok(Mode::Tls(Check::Chain)),
        "verify-full" => Ok(Mode::Tls(Check::ChainAndName)),
        other => Err(Fault::new(format!("sslmode \"{other}\" is not known"))
            .remedy("use disable, allow, prefer, require, verify-ca or verify-full")),
    }
}

async fn connect_plain(config: &Config, target: &str) -> Outcome<Client> {
    let mut config = config.clone();
    config.ssl_mode(SslMode::Disable);
    run(&config, NoTls, target).await
}

async fn connect_tls(
    config: &Config,
    info: &ConnInfo,
    check: Check,
    target: &str,
) -> Outcome<Client> {
    let mut config = config.clone();
    // "prefer" asks the driver to fall back in the same attempt when the server speaks no TLS.
    let optional = matches!(info.get("sslmode"), None | Some("prefer"));
    config.ssl_mode(if optional {
        SslMode::Prefer
    } else {
        SslMode::Require
    });
    run(
        &config,
        MakeRustlsConnect::new(tls::config(info, check)?),
        target,
    )
    .await
}

async fn run<T>(config: &Config, tls: T, target: &str) -> Outcome<Client>
where
    T: MakeTlsConnect<Socket> + 'static + Clone + Sync + Send,
    T::Stream: Send,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    let (client, connection) = config
        .connect(tls)
        .await
        .map_err(|error| error::connecting(target, &error))?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!("connection ended: {error}");
        }
    });
    Ok(client)
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
