//! libpq's parameters become hosts to try, each with its own address, port and password.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{self, ChannelBinding};

use crate::config::conninfo::{ConnInfo, SOCKETS};
use crate::config::passfile::Passfile;
use crate::fault::{Fault, Outcome};

/// One server to try.
#[derive(Clone)]
pub(in crate::pg) struct Host {
    pub(in crate::pg) config: Config,
    /// Whether it is reached through a Unix socket, where libpq ignores `sslmode` (manual, 34.19).
    pub(in crate::pg) is_socket: bool,
    /// Why it is tried, where nobody has named it.
    pub(in crate::pg) unnamed: Option<String>,
}

impl Host {
    /// Where it is, in words: `localhost:5432`, `/tmp/.s.PGSQL.5432`.
    pub(in crate::pg) fn place(&self) -> String {
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        match (
            self.config.get_hostaddrs().first(),
            self.config.get_hosts().first(),
        ) {
            (Some(address), _) => SocketAddr::new(*address, port).to_string(),
            (None, Some(config::Host::Unix(folder))) => socket(folder, port).display().to_string(),
            (None, Some(config::Host::Tcp(name))) if name.contains(':') => {
                format!("[{name}]:{port}")
            }
            (None, Some(config::Host::Tcp(name))) => format!("{name}:{port}"),
            (None, None) => format!("port {port}"),
        }
    }

    /// Its name, where that must be looked up first.
    pub(in crate::pg) fn unresolved(&self) -> Option<&str> {
        match (
            self.config.get_hostaddrs().first(),
            self.config.get_hosts().first(),
        ) {
            (None, Some(config::Host::Tcp(name))) if name.parse::<IpAddr>().is_err() => Some(name),
            _ => None,
        }
    }

    /// The same at one of its addresses; its name stays what its certificate must be made for.
    pub(in crate::pg) fn at(&self, address: IpAddr) -> Self {
        let mut host = self.clone();
        host.config.hostaddr(address);
        host
    }
}

/// The addresses of a name, in the order in which the system wants them tried.
pub(in crate::pg) async fn lookup(name: &str) -> std::io::Result<Vec<IpAddr>> {
    let found = tokio::net::lookup_host((name, 0)).await?;
    Ok(found.map(|address| address.ip()).collect())
}

/// Where the first of these is, if nobody has named it, or its folder says little.
pub(in crate::pg) fn here(hosts: &[Host]) -> &'static str {
    match hosts.first() {
        Some(host) if host.is_socket => "local socket",
        _ => LOCALHOST,
    }
}

/// The file of a server's Unix socket (manual, 20.3.1 `unix_socket_directories`).
pub(in crate::pg) fn socket(folder: &Path, port: impl Display) -> PathBuf {
    folder.join(format!(".s.PGSQL.{port}"))
}

/// The hosts in the order in which they are tried, and why a password file was not used.
pub(in crate::pg) fn hosts(
    info: &ConnInfo,
    home: &Path,
    login: &str,
) -> Outcome<(Vec<Host>, Option<String>)> {
    let list = |keyword| -> Vec<&str> {
        info.get(keyword)
            .map_or_else(Vec::new, |text: &str| text.split(',').collect())
    };
    let (names, addresses, ports) = (list("host"), list("hostaddr"), list("port"));
    let count = names.len().max(addresses.len()).max(1);
    if !names.is_empty() && !addresses.is_empty() && names.len() != addresses.len() {
        return Err(
            Fault::new("host and hostaddr name different numbers of hosts")
                .remedy("give each host its address, or leave hostaddr out"),
        );
    }
    if ports.len() > 1 && ports.len() != count {
        return Err(
            Fault::new(format!("{} ports do not fit {count} hosts", ports.len()))
                .remedy("give one port for all, or one for each"),
        );
    }
    let passfile = Passfile::read(
        &info
            .get("passfile")
            .map_or_else(|| home.join(".pgpass"), Into::into),
    );
    let common = common(info, login)?;
    let hosts = (0..count).map(|at| {
        let address = addresses.get(at).copied().unwrap_or_default();
        let port = match ports.get(at).or(ports.first()).copied() {
            None | Some("") => "5432",
            Some(port) => port,
        };
        let name = match names.get(at).copied().unwrap_or_default() {
            "" if address.is_empty() => default_host(&SOCKETS, port),
            "" => address,
            name => name,
        };
        let mut config = common.clone();
        config.host(name).port(number("port", port)?);
        if !address.is_empty() {
            config.hostaddr(address.parse().map_err(|error| {
                Fault::new(format!("hostaddr \"{address}\" is no address")).because(error)
            })?);
        }
        let (user, dbname) = who(info, login);
        let password = info.get("password").map(str::to_owned);
        if let Some(password) = password.or_else(|| passfile.password(name, port, dbname, user)) {
            config.password(password);
        }
        Ok(Host {
            config,
            is_socket: name.starts_with('/'),
            unnamed: (name == LOCALHOST && names.is_empty()).then(|| {
                let folders = SOCKETS.join(" or ");
                format!("no host was named, and no socket of port {port} is in {folders}")
            }),
        })
    });
    Ok((hosts.collect::<Outcome<_>>()?, passfile.refused))
}

/// How long one address may take; none where the person wants to wait for ever.
pub(in crate::pg) fn limit(info: &ConnInfo) -> Outcome<Option<Duration>> {
    // libpq waits for ever when nothing is said; a screen must not.
    let seconds: i64 = info
        .get("connect_timeout")
        .map_or(Ok(30), |text| number("connect_timeout", text))?;
    // As libpq: nought and less mean no limit, and one second is too short to be meant.
    let seconds = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0);
    Ok(seconds.map(|seconds| Duration::from_secs(seconds.max(2))))
}

/// The user and the database, which are called alike where only one is named.
pub(in crate::pg) fn who<'a>(info: &'a ConnInfo, login: &'a str) -> (&'a str, &'a str) {
    let user = info.get("user").unwrap_or(login);
    (user, info.get("dbname").unwrap_or(user))
}

/// What is the same for every host.
fn common(info: &ConnInfo, login: &str) -> Outcome<Config> {
    let mut config = Config::new();
    let (user, dbname) = who(info, login);
    config
        .user(user)
        .dbname(dbname)
        .application_name(info.get("application_name").unwrap_or("dbkeep"));
    if let Some(options) = info.get("options") {
        config.options(options);
    }
    config.channel_binding(match info.get("channel_binding") {
        None | Some("prefer") => ChannelBinding::Prefer,
        Some("disable") => ChannelBinding::Disable,
        Some("require") => ChannelBinding::Require,
        Some(other) => {
            return Err(
                Fault::new(format!("channel_binding \"{other}\" is not known"))
                    .remedy("use disable, prefer or require"),
            );
        }
    });
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
    Ok(config)
}

fn number<T: std::str::FromStr>(keyword: &str, text: &str) -> Outcome<T> {
    text.trim()
        .parse()
        .map_err(|_| Fault::new(format!("{keyword} \"{text}\" is not a number in its range")))
}

/// Where a server is tried for want of a socket.
const LOCALHOST: &str = "localhost";

/// The first of `folders` in which a server of this port has its socket; TCP where there is none.
fn default_host<'a>(folders: &[&'a str], port: &str) -> &'a str {
    let holds = |folder: &&&str| socket(Path::new(folder), port.trim()).exists();
    folders.iter().find(holds).map_or(LOCALHOST, |found| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_up_and_nothing_else() {
        let table = [
            ("host=/nowhere", None),
            ("host=127.0.0.1", None),
            ("host=::1", None),
            ("hostaddr=::1", None),
            ("host=db.example hostaddr=127.0.0.1", None),
            ("host=db.example", Some("db.example")),
        ];
        for (text, wanted) in table {
            let info = ConnInfo::parse(text).unwrap_or_default();
            let found = hosts(&info, Path::new("/nonexistent"), "ada").unwrap_or_default();
            let names: Vec<_> = found.0.iter().map(Host::unresolved).collect();
            assert_eq!(names, [wanted], "{text}");
        }
    }

    #[test]
    fn the_default_host_is_where_the_port_has_its_socket() {
        let folder = tempfile::tempdir()
            .map(tempfile::TempDir::keep)
            .unwrap_or_default();
        std::fs::write(folder.join(".s.PGSQL.6432"), "").unwrap_or_default();
        let place = folder.to_string_lossy();
        let folders = ["/nowhere", &place];
        assert_eq!(default_host(&folders, "6432"), place);
        assert_eq!(default_host(&folders, " 6432"), place);
        assert_eq!(default_host(&folders, "5432"), "localhost");
        std::fs::remove_dir_all(&folder).unwrap_or_default();
    }
}
