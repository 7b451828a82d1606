//! Connection strings as libpq reads them (PostgreSQL manual, 34.1.1 "Connection Strings"):
//! `key = value` pairs and `postgresql://` addresses, with every parameter dbkeep acts on.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use crate::fault::{Fault, Outcome};

/// The parameters dbkeep understands, by libpq's keyword.
pub(in crate::config) const KNOWN: [&str; 22] = [
    "host",
    "hostaddr",
    "port",
    "user",
    "password",
    "passfile",
    "dbname",
    "service",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "connect_timeout",
    "options",
    "application_name",
    "target_session_attrs",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
    "channel_binding",
];

/// Parameters that libpq knows and that change nothing here; accepted so that a string which
/// works in psql works in dbkeep.
const IGNORED: [&str; 11] = [
    "client_encoding",
    "fallback_application_name",
    "gssdelegation",
    "gsslib",
    "krbsrvname",
    "load_balance_hosts",
    "max_protocol_version",
    "replication",
    "sslcompression",
    "sslkeylogfile",
    "sslsni",
];

/// Parameters that libpq knows and that ask for more than dbkeep does, most of them for safety, which
/// nobody is to believe in wrongly: the values that ask for no more, and what dbkeep does.
pub(in crate::config) const LIMITED: [(&str, &[&str], &str); 18] = [
    ("gssencmode", &["disable", "prefer"], NO_GSS),
    ("min_protocol_version", &["3.0"], "it speaks protocol 3.0"),
    ("oauth_client_id", &[], NO_OAUTH),
    ("oauth_client_secret", &[], NO_OAUTH),
    ("oauth_issuer", &[], NO_OAUTH),
    ("oauth_scope", &[], NO_OAUTH),
    ("require_auth", &[], "it logs in as the server asks it to"),
    ("requirepeer", &[], "it does not look whose the server is"),
    ("scram_client_key", &[], NO_SCRAM_KEYS),
    ("scram_server_key", &[], NO_SCRAM_KEYS),
    ("servicefile", &[], "it takes PGSERVICEFILE for that"),
    ("ssl_max_protocol_version", &["TLSv1.2", "TLSv1.3"], NEW_TLS),
    (
        "ssl_min_protocol_version",
        &["TLSv1", "TLSv1.1", "TLSv1.2"],
        NEW_TLS,
    ),
    (
        "sslcertmode",
        &["allow"],
        "it sends a certificate where there is one and it is asked for",
    ),
    ("sslcrl", &[], NO_REVOCATION),
    ("sslcrldir", &[], NO_REVOCATION),
    (
        "sslnegotiation",
        &["postgres"],
        "it asks the server before TLS begins",
    ),
    ("sslpassword", &[], "it reads no key that is encrypted"),
];
const NO_GSS: &str = "it has no GSSAPI encryption";
const NO_OAUTH: &str = "it does not log in with OAuth";
const NO_SCRAM_KEYS: &str = "it logs in with a password";
const NO_REVOCATION: &str = "it does not look whether a certificate was revoked";
const NEW_TLS: &str = "it speaks TLS 1.2 and 1.3";

/// Where servers of this system put their sockets: Debian's folder, and PostgreSQL's own.
pub const SOCKETS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// Connection parameters by keyword; a later source fills only what an earlier one left open.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ConnInfo(BTreeMap<String, String>);

impl ConnInfo {
    /// Reads either form.
    ///
    /// # Errors
    /// A string that is neither, or an unknown parameter; the message holds no password.
    pub fn parse(text: &str) -> Outcome<Self> {
        let text = text.trim();
        match text
            .strip_prefix("postgresql://")
            .or_else(|| text.strip_prefix("postgres://"))
        {
            Some(rest) => parse_uri(rest),
            // What is nearly an address is not taken for a database's name.
            None if text.split('=').next().is_some_and(is_like_address) => {
                Err(Fault::new("The address does not begin with postgresql://")
                    .remedy("write postgresql://user@host:5432/database, or host=… dbname=…"))
            }
            None if text.contains('=') => parse_pairs(text),
            // psql takes a lone word as the database's name.
            None if !text.is_empty() && !text.contains(char::is_whitespace) => {
                let mut info = Self::default();
                info.set("dbname", text)?;
                Ok(info)
            }
            None => Err(
                Fault::new("The connection string is empty or not understood")
                    .remedy("write postgresql://user@host:5432/database, or host=… dbname=…"),
            ),
        }
    }

    /// The value of a keyword; an empty value counts as none, as in libpq.
    #[must_use]
    pub fn get(&self, keyword: &str) -> Option<&str> {
        self.0
            .get(keyword)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Sets a keyword.
    ///
    /// # Errors
    /// A keyword that libpq does not know either, or that asks for what dbkeep does not do.
    pub fn set(&mut self, keyword: &str, value: &str) -> Outcome<()> {
        let limits = LIMITED.iter().find(|(limited, ..)| *limited == keyword);
        if let Some((_, accepted, instead)) = limits {
            let is_accepted = |accepted: &&str| accepted.eq_ignore_ascii_case(value);
            if !value.is_empty() && !accepted.iter().any(is_accepted) {
                return Err(beyond(keyword, accepted, instead));
            }
            // Kept, so that an environment variable does not speak over it.
            self.0.insert(keyword.to_owned(), value.to_owned());
            Ok(())
        } else if KNOWN.contains(&keyword) {
            self.0.insert(keyword.to_owned(), value.to_owned());
            Ok(())
        } else if IGNORED.contains(&keyword) {
            Ok(())
        } else {
            Err(
                Fault::new(format!("Connection parameter \"{keyword}\" is not known"))
                    .remedy(format!("the known ones are {}", KNOWN.join(", "))),
            )
        }
    }

    /// Fills what is still open from `other`.
    pub fn fill(&mut self, other: &Self) {
        for (keyword, value) in &other.0 {
            if self.get(keyword).is_none() {
                self.0.insert(keyword.clone(), value.clone());
            }
        }
    }

    /// The target in one line for people, without the password: `shop as ada at db.example:5432`.
    #[must_use]
    pub fn describe(&self) -> String {
        let database = self.get("dbname").or(self.get("user"));
        let user = self
            .get("user")
            .map_or_else(String::new, |user| format!(" as {user}"));
        format!(
            "{}{user} at {}",
            database.unwrap_or("postgres"),
            self.place()
        )
    }

    /// The database in the fewest words that tell it from others: `shop @ db.example`. A socket's folder
    /// is not among them: `here` says where that is, or a host that nobody named.
    #[must_use]
    pub fn title(&self, login: &str, here: &str) -> String {
        let database = self.get("dbname").or(self.get("user")).unwrap_or(login);
        let host = match self.get("host").or(self.get("hostaddr")) {
            Some(host) if !host.starts_with('/') => host,
            _ => here,
        };
        match self.get("port").filter(|port| *port != "5432") {
            Some(port) => format!("{database} @ {host}:{port}"),
            None => format!("{database} @ {host}"),
        }
    }

    /// The database in words that tell it from all others, whoever asks: `shop at db.example:5433`.
    #[must_use]
    pub fn database(&self, login: &str) -> String {
        let database = self.get("dbname").or(self.get("user")).unwrap_or(login);
        format!("{database} at {}", self.place())
    }

    /// Where the server is, in words: `db.example:5432`, `local socket /tmp`.
    #[must_use]
    pub fn place(&self) -> String {
        let host = match self.get("host").or(self.get("hostaddr")) {
            Some(host) if host.starts_with('/') => format!("local socket {host}"),
            Some(host) => host.to_owned(),
            None => "local socket".to_owned(),
        };
        match self.get("port") {
            Some(port) => format!("{host}:{port}"),
            None => host,
        }
    }
}

/// Hides the password, so that a stray `{:?}` cannot print one.
impl std::fmt::Debug for ConnInfo {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = self
            .0
            .iter()
            .map(|(key, value)| (key, if key == "password" { "…" } else { value }));
        out.debug_map().entries(shown).finish()
    }
}

/// The value is not repeated: it may be a secret.
fn beyond(keyword: &str, accepted: &[&str], instead: &str) -> Fault {
    let remedy = if accepted.is_empty() {
        format!("leave {keyword} out, if that will do")
    } else {
        format!("set it to {}, if that will do", accepted.join(" or "))
    };
    Fault::new(format!("{keyword} asks for what dbkeep does not do"))
        .because(instead)
        .remedy(remedy)
}

fn is_like_address(text: &str) -> bool {
    text.contains("//") || text.starts_with("postgres") && text.contains(":/")
}

fn parse_pairs(text: &str) -> Outcome<ConnInfo> {
    let mut info = ConnInfo::default();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|ch| ch.is_whitespace()).is_some() {}
        let mut keyword = String::new();
        while let Some(ch) = chars.next_if(|&ch| ch != '=' && !ch.is_whitespace()) {
            keyword.push(ch);
        }
        if keyword.is_empty() && chars.peek().is_none() {
            return Ok(info);
        }
        while chars.next_if(|ch| ch.is_whitespace()).is_some() {}
        if chars.next() != Some('=') {
            // The word may be a piece of a password: it is not repeated.
            return Err(
                Fault::new("A word of the connection string has no \"=\"").remedy(
                    "write keyword=value, separated by spaces; quote values with spaces: 'two words'",
                ),
            );
        }
        while chars.next_if(|ch| ch.is_whitespace()).is_some() {}
        let quoted = chars.next_if_eq(&'\'').is_some();
        let value = pair_value(&mut chars, quoted)?;
        info.set(&keyword, &value)?;
    }
}

fn pair_value(
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    quoted: bool,
) -> Outcome<String> {
    let mut value = String::new();
    loop {
        match chars.peek().copied() {
            None if quoted => {
                return Err(Fault::new(
                    "A quoted value in the connection string does not end",
                ));
            }
            None => return Ok(value),
            Some('\'') if quoted => {
                chars.next();
                return Ok(value);
            }
            Some(ch) if !quoted && ch.is_whitespace() => return Ok(value),
            Some('\\') => {
                chars.next();
                value.extend(chars.next());
            }
            Some(ch) => {
                chars.next();
                value.push(ch);
            }
        }
    }
}

fn parse_uri(rest: &str) -> Outcome<ConnInfo> {
    let mut info = ConnInfo::default();
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    // The user part ends at the last "@" of the authority, so that one that a password should have
    // written as %40 does no harm.
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if path.contains('@') {
        return Err(misplaced("An @ stands behind the first / of the address"));
    }
    let (login, hosts) = match authority.rsplit_once('@') {
        Some((login, hosts)) => (Some(login), hosts),
        None => (None, authority),
    };
    if let Some(login) = login {
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        set_decoded(&mut info, "user", user)?;
        set_decoded(&mut info, "password", password)?;
    }
    let (mut names, mut ports) = (Vec::new(), Vec::new());
    for host in hosts.split(',') {
        let (name, port) = split_port(host)?;
        if port.parse::<NonZeroU16>().is_err() && !port.is_empty() {
            // What stands there may be a piece of a password: it is not repeated.
            return Err(
                Fault::new("The port in the address is no number from 1 to 65535").remedy(
                    "write postgresql://user:password@host:5432/database, or no port, and in the password / as %2F and ? as %3F",
                ),
            );
        }
        names.push(decode(name)?);
        ports.push(port.to_owned());
    }
    if names.iter().any(|name| !name.is_empty()) {
        info.set("host", &names.join(","))?;
    }
    if ports.iter().any(|port| !port.is_empty()) {
        info.set("port", &ports.join(","))?;
    }
    set_decoded(&mut info, "dbname", path)?;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (keyword, value) = pair.split_once('=').ok_or_else(|| {
            Fault::new("A parameter after \"?\" has no value")
                .remedy("write ?keyword=value&keyword=value")
        })?;
        match (decode(keyword)?.as_str(), decode(value)?.as_str()) {
            // JDBC's spelling, which libpq takes too.
            ("ssl", "true") => info.set("sslmode", "require")?,
            (keyword, value) => info.set(keyword, value)?,
        }
    }
    Ok(info)
}

fn misplaced(what: &str) -> Fault {
    Fault::new(what).remedy(
        "write postgresql://user:password@host:5432/database, with / as %2F, @ as %40 and : as %3A in the password",
    )
}

fn set_decoded(info: &mut ConnInfo, keyword: &str, value: &str) -> Outcome<()> {
    if value.is_empty() {
        Ok(())
    } else {
        info.set(keyword, &decode(value)?)
    }
}

/// `name:port`, where a name in brackets is an IPv6 address.
fn split_port(host: &str) -> Outcome<(&str, &str)> {
    if let Some(rest) = host.strip_prefix('[') {
        let (name, after) = rest.split_once(']').ok_or_else(|| {
            Fault::new("An IPv6 address in the connection string lacks its \"]\"")
        })?;
        return Ok((name, after.strip_prefix(':').unwrap_or("")));
    }
    Ok(host.split_once(':').unwrap_or((host, "")))
}

fn decode(text: &str) -> Outcome<String> {
    let bad = || {
        Fault::new("A % in the connection string is not followed by two hexadecimal digits")
            .remedy("write a percent sign as %25, an @ as %40, a / as %2F")
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| {
                byte.and_then(|byte| char::from(byte).to_digit(16))
                    .ok_or_else(bad)
            };
            let value = digit(rest.next())? * 16 + digit(rest.next())?;
            bytes.push(u8::try_from(value).map_err(|_| bad())?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        ConnInfo::parse(text)
            .map(|info| info.0.into_iter().collect())
            .unwrap_or_default()
    }

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn both_forms_are_read() {
        let table: &[(&str, &[(&str, &str)])] = &[
            (
                "postgresql://ada@db:6432/shop",
                &[
                    ("dbname", "shop"),
                    ("host", "db"),
                    ("port", "6432"),
                    ("user", "ada"),
                ],
            ),
            (
                "postgres://a%40b:p%2Fw@h/d",
                &[
                    ("dbname", "d"),
                    ("host", "h"),
                    ("password", "p/w"),
                    ("user", "a@b"),
                ],
            ),
            (
                "postgresql:///shop?host=/run/pg&sslmode=disable",
                &[
                    ("dbname", "shop"),
                    ("host", "/run/pg"),
                    ("sslmode", "disable"),
                ],
            ),
            (
                "postgresql://a,b:2/d",
                &[("dbname", "d"), ("host", "a,b"), ("port", ",2")],
            ),
            (
                "postgresql://[::1]:5/d",
                &[("dbname", "d"), ("host", "::1"), ("port", "5")],
            ),
            (
                "host=h password='it\\'s a secret' dbname = x",
                &[
                    ("dbname", "x"),
                    ("host", "h"),
                    ("password", "it's a secret"),
                ],
            ),
            ("shop", &[("dbname", "shop")]),
            (
                "host=/tmp//pg password='a//b'",
                &[("host", "/tmp//pg"), ("password", "a//b")],
            ),
            ("postgres:1", &[("dbname", "postgres:1")]),
        ];
        for (text, want) in table {
            assert_eq!(pairs(text), owned(want), "{text}");
        }
    }

    #[test]
    fn a_bad_string_says_what_is_wrong_and_keeps_the_password() {
        for text in [
            "postgresql://u:secret@h/d?colour=red",
            "host=h password='secret",
            "mysql://u:secret@h",
            "postgres//u:secret@h",
            "postgresql:/u:secret@h",
            "password=secret user",
        ] {
            let fault = ConnInfo::parse(text)
                .err()
                .map(|fault| fault.to_string())
                .unwrap_or_default();
            assert!(
                !fault.is_empty() && !fault.contains("secret"),
                "{text}: {fault}"
            );
        }
        let info = ConnInfo::parse("postgresql://u:secret@h/d").unwrap_or_default();
        assert!(!format!("{info:?} {}", info.describe()).contains("secret"));
    }

    #[test]
    fn a_port_that_is_none_is_answered_with_what_one_is() {
        for address in [
            "ada@db:secret",
            "db:99999",
            "db:0",
            "db:-1",
            "ada:secret?@db",
        ] {
            let text = format!("postgresql://{address}/shop");
            let fault = ConnInfo::parse(&text).err().unwrap_or_default();
            assert!(fault.what.contains("from 1 to 65535"), "{fault}");
            let remedy = fault.remedy.as_deref().unwrap_or_default();
            assert!(remedy.contains("host:5432"), "{fault}");
            assert!(!fault.to_string().contains("secret"), "{fault}");
        }
        assert!(ConnInfo::parse("postgresql://ada@db:65535/shop").is_ok());
    }

    #[test]
    fn what_asks_for_more_than_is_done_is_refused_and_what_does_not_is_taken() {
        for text in [
            "requirepeer=postgres",
            "require_auth=scram-sha-256",
            "gssencmode=require",
            "sslcrl=/crl.pem",
            "sslcrldir=/crl",
            "sslnegotiation=direct",
            "sslcertmode=require",
            "sslpassword=secret",
            "ssl_min_protocol_version=TLSv1.3",
            "ssl_max_protocol_version=TLSv1.1",
        ] {
            let fault = ConnInfo::parse(text).err().unwrap_or_default();
            let (keyword, value) = text.split_once('=').unwrap_or_default();
            assert!(fault.what.contains(keyword), "{text}: {fault}");
            assert!(fault.why.is_some() && fault.remedy.is_some(), "{fault}");
            assert!(!fault.what.contains(value), "{text}: {fault}");
        }
        for text in [
            "requirepeer=''",
            "gssencmode=prefer",
            "gssencmode=disable",
            "sslnegotiation=postgres",
            "ssl_min_protocol_version=tlsv1.2",
            "ssl_max_protocol_version=TLSv1.3",
            "krbsrvname=postgres sslsni=1",
        ] {
            assert!(ConnInfo::parse(text).is_ok(), "{text}");
        }
    }
}
