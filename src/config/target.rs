//! Which database is meant: the argument, else `DATABASE_URL`, else libpq's variables, else the
//! private server. What an address leaves open is filled by its service, then by the variables.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

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
const VARIABLES: [(&str, &str); 17] = [
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
];

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
    let libpq = from_variables(environment)?;
    let named = match argument {
        Some((text, source)) => Some((text.to_owned(), source)),
        None => match environment
            .get("DATABASE_URL")
            .filter(|text| !text.is_empty())
        {
            Some(text) => Some((text.clone(), Source::Environment)),
            None => dot_env(folder)?.map(|text| (text, Source::DotEnv)),
        },
    };
    let (mut info, source) = match named {
        Some((text, source)) => match ConnInfo::parse(&text) {
            Ok(info) => (info, source),
            Err(fault) => return Err(source.blamed(fault)),
        },
        None if names_a_server(&libpq) => (ConnInfo::default(), Source::LibpqVariables),
        None => return Ok(Target::Private),
    };
    // As libpq: a variable may name the service, and still gives way to what the service says.
    if let Some(service) = info.get("service").or(libpq.get("service")) {
        info.fill(&service_file(service, environment, home)?);
    }
    info.fill(&libpq);
    Ok(Target::Server(info, source))
}

/// `PGUSER` or `PGSSLMODE` alone say how to connect, not where.
fn names_a_server(info: &ConnInfo) -> bool {
    ["host", "hostaddr", "port", "dbname", "service"]
        .iter()
        .any(|keyword| info.get(keyword).is_some())
}

fn from_variables(environment: &Environment) -> Outcome<ConnInfo> {
    let mut info = ConnInfo::default();
    for (variable, keyword) in VARIABLES {
        if let Some(value) = environment.get(variable) {
            info.set(keyword, value)?;
        }
    }
    Ok(info)
}

/// `DATABASE_URL` from a `.env` file: `KEY=value` lines, quotes around the value taken off.
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
        (key.trim() == "DATABASE_URL").then(|| unquoted(value.trim()).to_owned())
    });
    Ok(value.filter(|value| !value.is_empty()))
}

fn unquoted(text: &str) -> &str {
    ['"', '\'']
        .iter()
        .find_map(|&quote| {
            text.strip_prefix(quote)
                .and_then(|rest| rest.strip_suffix(quote))
        })
        .unwrap_or(text)
}

/// A section of the connection service file (manual, 34.17).
fn service_file(service: &str, environment: &Environment, home: &Path) -> Outcome<ConnInfo> {
    let own = environment
        .get("PGSERVICEFILE")
        .map_or_else(|| home.join(".pg_service.conf"), Into::into);
    let system = environment
        .get("PGSYSCONFDIR")
        .map(|folder| Path::new(folder).join("pg_service.conf"));
    for path in [Some(own.clone()), system].into_iter().flatten() {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        if let Some(info) = service_section(&text, service)? {
            return Ok(info);
        }
    }
    Err(Fault::new(format!("Service \"{service}\" is not defined"))
        .because(format!("no section [{service}] in {}", own.display()))
        .remedy("add the section, or set PGSERVICEFILE"))
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
    use crate::config::conninfo::KNOWN;

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

    /// libpq has none for the keepalives (manual, 34.15).
    #[test]
    fn every_keyword_that_has_a_variable_is_filled_by_it() {
        let missing: Vec<&str> = KNOWN
            .into_iter()
            .filter(|keyword| !keyword.starts_with("keepalives") && *keyword != "tcp_user_timeout")
            .filter(|keyword| !VARIABLES.iter().any(|(_, known)| known == keyword))
            .collect();
        assert_eq!(missing, Vec::<&str>::new());
    }
}
