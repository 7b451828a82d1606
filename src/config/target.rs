//! Which database is meant: the argument, else `DATABASE_URL`, else libpq's variables, else the
//! private server. What an address leaves open is filled by its service, then by the variables.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::config::conninfo::ConnInfo;
use crate::fault::{Fault, Outcome};

/// Where to connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A server that somebody named, and how they named it.
    Server(ConnInfo, Source),
    /// dbkeep's own server.
    Private,
}

/// Where a target came from, for the message that it cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The argument or `--url`.
    Argument,
    /// A saved connection, by its name.
    Saved(String),
    /// `DATABASE_URL` in the environment.
    Environment,
    /// `DATABASE_URL` in the working folder's `.env`.
    DotEnv,
    /// `PGHOST`, `PGSERVICE` and so on.
    LibpqVariables,
}

impl Source {
    /// The fault of an address that was found here.
    fn blamed(&self, fault: Fault) -> Fault {
        let place = match self {
            Self::Argument | Self::LibpqVariables => return fault,
            Self::Saved(name) => format!("connection \"{name}\" in config.toml"),
            Self::Environment => "DATABASE_URL".to_owned(),
            Self::DotEnv => "DATABASE_URL in .env".to_owned(),
        };
        Fault {
            what: format!("{place}: {}", fault.what),
            ..fault
        }
    }
}

/// libpq's environment variables and the keywords they stand for (manual, 34.15).
const VARIABLES: [(&str, &str); 27] = [
    ("PGHOST", "host"),
    ("PGHOSTADDR", "hostaddr"),
    ("PGPORT", "port"),
    ("PGDATABASE", "dbname"),
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGPASSFILE", "passfile"),
    ("PGSERVICE", "service"),
    ("PGOPTIONS", "options"),
    ("PGAPPNAME", "application_name"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGCHANNELBINDING", "channel_binding"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ("PGGSSENCMODE", "gssencmode"),
    ("PGMINPROTOCOLVERSION", "min_protocol_version"),
    ("PGREQUIREAUTH", "require_auth"),
    ("PGREQUIREPEER", "requirepeer"),
    ("PGSSLCERTMODE", "sslcertmode"),
    ("PGSSLCRL", "sslcrl"),
    ("PGSSLCRLDIR", "sslcrldir"),
    ("PGSSLMAXPROTOCOLVERSION", "ssl_max_protocol_version"),
    ("PGSSLMINPROTOCOLVERSION", "ssl_min_protocol_version"),
    ("PGSSLNEGOTIATION", "sslnegotiation"),
];

/// Where the system's service file is, unless `PGSYSCONFDIR` says it. libpq's own place is settled when
/// it is built: the first of these on Debian, the second commonly elsewhere.
const SYSTEM_FOLDERS: [&str; 2] = ["/etc/postgresql-common", "/etc"];

/// The environment as a table.
pub type Environment = BTreeMap<String, String>;

/// Decides the target.
///
/// # Errors
/// A connection string that cannot be read, or a `.env` that is there and cannot be.
pub fn choose(
    argument: Option<(&str, Source)>,
    environment: &Environment,
    folder: &Path,
    home: &Path,
) -> Outcome<Target> {
    let named = match argument {
        Some((text, source)) => Some((text.to_owned(), source)),
        None => match said(environment, "DATABASE_URL") {
            Some(text) => Some((text.to_owned(), Source::Environment)),
            None => dot_env(folder)?.map(|text| (text, Source::DotEnv)),
        },
    };
    let (mut info, source) = match named {
        Some((text, source)) => match ConnInfo::parse(&text) {
            Ok(info) => (info, source),
            Err(fault) => return Err(source.blamed(fault)),
        },
        None if names_a_server(environment) => (ConnInfo::default(), Source::LibpqVariables),
        None => return Ok(Target::Private),
    };
    // As libpq: a variable may name the service, and still gives way to what the service says.
    if let Some(service) = info.get("service").or(said(environment, "PGSERVICE")) {
        info.fill(&service_file(service, environment, home)?);
    }
    fill_from_variables(&mut info, environment)?;
    Ok(Target::Server(info, source))
}

/// What a variable says; an empty one says nothing.
fn said<'a>(environment: &'a Environment, variable: &str) -> Option<&'a str> {
    let value = environment.get(variable).map(String::as_str);
    value.filter(|value| !value.is_empty())
}

/// `PGUSER` or `PGSSLMODE` alone say how to connect, not where.
fn names_a_server(environment: &Environment) -> bool {
    let places = ["host", "hostaddr", "port", "dbname", "service"];
    VARIABLES
        .iter()
        .filter(|(_, keyword)| places.contains(keyword))
        .any(|(variable, _)| said(environment, variable).is_some())
}

fn fill_from_variables(info: &mut ConnInfo, environment: &Environment) -> Outcome<()> {
    for (variable, keyword) in VARIABLES {
        if info.get(keyword).is_none()
            && let Some(value) = said(environment, variable)
        {
            info.set(keyword, value).map_err(|fault| Fault {
                what: format!("{variable}: {}", fault.what),
                ..fault
            })?;
        }
    }
    // libpq sends it beside the options, and the server lets it go over them: the last one counts.
    match said(environment, "PGTZ") {
        Some(zone) if !zone.eq_ignore_ascii_case("default") => {
            let options = info.get("options").unwrap_or_default();
            let options = format!("{options} -c TimeZone={}", option_value(zone));
            info.set("options", options.trim_start())
        }
        _ => Ok(()),
    }
}

/// As a part of the options, which end at spaces (manual, 34.1.2 `options`).
fn option_value(text: &str) -> String {
    let mut value = String::new();
    for ch in text.chars() {
        if ch == '\\' || ch.is_whitespace() {
            value.push('\\');
        }
        value.push(ch);
    }
    value
}

/// `DATABASE_URL` from a `.env` file: `KEY=value # note` lines, quotes around the value taken off.
fn dot_env(folder: &Path) -> Outcome<Option<String>> {
    let path = folder.join(".env");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        // A folder of that name is somebody's virtual environment.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory) => {
            return Ok(None);
        }
        Err(error) => {
            return Err(Fault::new(format!("{} cannot be read", path.display())).because(error));
        }
    };
    let value = text.lines().rev().find_map(|line| {
        let line = line.trim();
        let (key, value) = line
            .strip_prefix("export ")
            .unwrap_or(line)
            .split_once('=')?;
        (key.trim() == "DATABASE_URL").then(|| bare(value).to_owned())
    });
    Ok(value.filter(|value| !value.is_empty()))
}

/// A value without its quotes, and without the note behind it.
fn bare(text: &str) -> &str {
    let trimmed = text.trim();
    let quoted = ['"', '\''].iter().find_map(|&quote| {
        let inside = trimmed.strip_prefix(quote)?;
        // A quote that more of the value follows does not end it.
        let mut ends = inside.match_indices(quote).map(|(at, _)| at);
        let end = ends.find(|at| is_note(&inside[at + 1..]))?;
        Some(&inside[..end])
    });
    quoted.unwrap_or_else(|| {
        let begin = [" #", "\t#"]
            .iter()
            .filter_map(|sign| text.find(sign))
            .min();
        begin.map_or(trimmed, |begin| text[..begin].trim())
    })
}

/// Whether nothing stands here, or a note, before which there is space.
fn is_note(text: &str) -> bool {
    let trimmed = text.trim_start();
    trimmed.is_empty() || trimmed.len() < text.len() && trimmed.starts_with('#')
}

/// A section of the connection service file (manual, 34.17).
fn service_file(service: &str, environment: &Environment, home: &Path) -> Outcome<ConnInfo> {
    let files = service_files(environment, home);
    for path in &files {
        let Ok(text) = std::fs::read_to_string(path) else {
            continue;
        };
        if let Some(info) = service_section(&text, service)? {
            return Ok(info);
        }
    }
    let files: Vec<String> = files
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    Err(Fault::new(format!("Service \"{service}\" is not defined"))
        .because(format!("no section [{service}] in {}", files.join(" or ")))
        .remedy("add the section, or set PGSERVICEFILE"))
}

/// Where services are looked up, in this order: the person's own file, then the system's.
fn service_files(environment: &Environment, home: &Path) -> Vec<PathBuf> {
    let own = said(environment, "PGSERVICEFILE");
    let own = own.map_or_else(|| home.join(".pg_service.conf"), PathBuf::from);
    let folders = match said(environment, "PGSYSCONFDIR") {
        Some(folder) => vec![folder],
        None => SYSTEM_FOLDERS.to_vec(),
    };
    let systems = folders
        .iter()
        .map(|folder| Path::new(folder).join("pg_service.conf"));
    [own].into_iter().chain(systems).collect()
}

fn service_section(text: &str, service: &str) -> Outcome<Option<ConnInfo>> {
    let mut lines = text
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != format!("[{service}]"));
    if lines.next().is_none() {
        return Ok(None);
    }
    let mut info = ConnInfo::default();
    for line in lines.take_while(|line| !line.starts_with('[')) {
        if let Some((keyword, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
            info.set(keyword.trim(), value.trim())?;
        }
    }
    Ok(Some(info))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::conninfo::{KNOWN, LIMITED};

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn chosen(argument: Option<&str>, pairs: &[(&str, &str)], folder: &Path) -> String {
        let argument = argument.map(|text| (text, Source::Argument));
        match choose(argument, &environment(pairs), folder, folder) {
            Ok(Target::Private) => "private".into(),
            Ok(Target::Server(info, source)) => format!("{source:?} {}", info.describe()),
            Err(fault) => fault.what,
        }
    }

    #[test]
    fn the_first_source_that_speaks_wins_and_the_variables_fill_it() {
        let folder = tempfile::tempdir()
            .map(tempfile::TempDir::keep)
            .unwrap_or_default();
        let url = ("DATABASE_URL", "postgresql://env/e");
        assert_eq!(chosen(None, &[("PGUSER", "ada")], &folder), "private");
        assert_eq!(
            chosen(
                Some("postgresql://arg/a"),
                &[url, ("PGUSER", "ada")],
                &folder
            ),
            "Argument a as ada at arg"
        );
        assert_eq!(
            chosen(None, &[("PGHOST", "h"), ("PGDATABASE", "d")], &folder),
            "LibpqVariables d at h"
        );
        std::fs::write(
            folder.join(".env"),
            "X=1\nexport DATABASE_URL=\"postgresql://file/f\"\n",
        )
        .unwrap_or_default();
        assert_eq!(chosen(None, &[url], &folder), "Environment e at env");
        assert_eq!(
            chosen(None, &[("PGHOST", "h")], &folder),
            "DotEnv f at file"
        );
        std::fs::write(
            folder.join(".pg_service.conf"),
            "[a]\nhost=x\n[b]\n# c\nhost=y\ndbname=z\n",
        )
        .unwrap_or_default();
        assert_eq!(chosen(Some("service=b"), &[], &folder), "Argument z at y");
        assert_eq!(
            chosen(Some("service=c"), &[], &folder),
            "Service \"c\" is not defined"
        );
        std::fs::remove_dir_all(folder).unwrap_or_default();
    }

    #[test]
    fn a_service_goes_before_the_variables_and_behind_the_address() {
        let home = tempfile::tempdir()
            .map(tempfile::TempDir::keep)
            .unwrap_or_default();
        let sections = "[prod]\nhost=db.prod\nport=6432\nuser=app\n";
        std::fs::write(home.join(".pg_service.conf"), sections).unwrap_or_default();
        let variables = [
            ("PGSERVICE", "prod"),
            ("PGHOST", "localhost"),
            ("PGUSER", "me"),
            ("PGDATABASE", "shop"),
        ];
        let prod = "shop as app at db.prod:6432";
        let asked = format!("LibpqVariables {prod}");
        assert_eq!(chosen(None, &variables, &home), asked);
        let asked = format!("Argument {prod}");
        assert_eq!(chosen(Some("service=prod"), &variables[1..], &home), asked);
        assert_eq!(
            chosen(Some("host=h user=root"), &variables, &home),
            "Argument shop as root at h:6432"
        );
        std::fs::remove_dir_all(home).unwrap_or_default();
    }

    /// libpq has none for the others (manual, 34.15).
    #[test]
    fn every_keyword_that_has_a_variable_is_filled_by_it() {
        let limited = LIMITED.map(|(keyword, ..)| keyword);
        let missing: Vec<&str> = KNOWN
            .into_iter()
            .chain(limited)
            .filter(|keyword| !VARIABLES.iter().any(|(_, known)| known == keyword))
            .collect();
        let without = "keepalives keepalives_idle keepalives_interval keepalives_count \
            tcp_user_timeout oauth_client_id oauth_client_secret oauth_issuer oauth_scope \
            scram_client_key scram_server_key servicefile sslpassword";
        assert_eq!(missing.join(" "), without);
    }

    #[test]
    fn a_note_behind_an_address_is_no_part_of_it() {
        let url = "postgresql://ada@db/shop";
        for line in [
            url.to_owned(),
            format!("{url} # dev"),
            format!(" {url}\t# dev \"old\" # older"),
            format!("\"{url}\" # dev"),
            format!("'{url}' # ada's"),
            format!("\"{url}\"  # \"dev\""),
            format!("'{url}'  "),
        ] {
            assert_eq!(bare(&line), url, "{line}");
        }
        assert_eq!(bare("postgresql://h/d#1"), "postgresql://h/d#1");
        assert_eq!(bare("'host=h password='a # b''"), "host=h password='a # b'");
        assert_eq!(bare("\"no end # dev"), "\"no end");
        assert_eq!(bare(" # none yet"), "");
    }

    #[test]
    fn the_systems_services_are_found_where_libpq_looks_for_them() {
        let files = |pairs: &[(&str, &str)]| {
            let files = service_files(&environment(pairs), Path::new("/home/ada"));
            let files = files.iter().map(|path| path.display().to_string());
            files.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            files(&[]),
            "/home/ada/.pg_service.conf /etc/postgresql-common/pg_service.conf /etc/pg_service.conf"
        );
        let named = [("PGSERVICEFILE", "/mine"), ("PGSYSCONFDIR", "/opt/pg")];
        assert_eq!(files(&named), "/mine /opt/pg/pg_service.conf");
    }

    #[test]
    fn what_a_variable_asks_for_in_vain_is_told_where_it_counts() {
        let (folder, asks) = (Path::new("/nowhere"), ("PGGSSENCMODE", "require"));
        assert_eq!(chosen(None, &[asks], folder), "private");
        let refused = "PGGSSENCMODE: gssencmode asks for what dbkeep does not do";
        assert_eq!(chosen(None, &[asks, ("PGHOST", "h")], folder), refused);
        assert_eq!(chosen(Some("host=h dbname=d"), &[asks], folder), refused);
        let answered = Some("host=h dbname=d gssencmode=disable");
        assert_eq!(chosen(answered, &[asks], folder), "Argument d at h");
        let peer = [("PGREQUIREPEER", "postgres")];
        let fault = chosen(Some("host=h"), &peer, folder);
        assert!(fault.starts_with("PGREQUIREPEER: "), "{fault}");
    }

    #[test]
    fn the_zone_of_the_environment_goes_over_the_options() {
        let options = |text: &str, zone: &str| {
            let environment = environment(&[("PGTZ", zone), ("PGOPTIONS", "-c a=b")]);
            let nowhere = Path::new("/nowhere");
            let argument = Some((text, Source::Argument));
            match choose(argument, &environment, nowhere, nowhere) {
                Ok(Target::Server(info, _)) => info.get("options").map(str::to_owned),
                _ => None,
            }
        };
        let zone = |text, zone| options(text, zone).unwrap_or_default();
        assert_eq!(
            zone("host=h", "Asia/Tokyo"),
            "-c a=b -c TimeZone=Asia/Tokyo"
        );
        assert_eq!(
            zone("host=h options='-c TimeZone=UTC'", "a \\b"),
            "-c TimeZone=UTC -c TimeZone=a\\ \\\\b"
        );
        assert_eq!(zone("host=h", "default"), "-c a=b");
    }
}
