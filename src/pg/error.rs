//! A driver's error in words.

use tokio_postgres::error::{DbError, ErrorPosition, SqlState};

use crate::fault::Fault;

/// The fault for an error met while doing `what`.
#[must_use]
pub fn fault(what: &str, error: &tokio_postgres::Error) -> Fault {
    match error.as_db_error() {
        Some(error) => from_server(error),
        None if error.is_closed() => {
            Fault::new(format!("{what}: the connection to the server was lost"))
                .because(chain(error))
                .remedy("reconnect; nothing was sent again")
        }
        None => Fault::new(what).because(chain(error)),
    }
}

/// What the server said, in its own words and fields.
fn from_server(error: &DbError) -> Fault {
    let position = match error.position() {
        Some(ErrorPosition::Original(at)) => Some(*at),
        _ => None,
    };
    let mut fault = Fault::new(error.message());
    fault.why = error.detail().map(str::to_owned);
    fault.sqlstate = Some(error.code().code().to_owned());
    fault.hint = error.hint().map(str::to_owned);
    fault.position = position;
    fault
}

/// An error and its causes on one line; the driver puts the cause that matters last.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

/// What to do about a connection that failed.
#[must_use]
pub fn connecting(target: &str, error: &tokio_postgres::Error) -> Fault {
    let remedy = match error.code() {
        Some(code)
            if *code == SqlState::INVALID_PASSWORD
                || *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION =>
        {
            "check the user and the password: PGPASSWORD, a .pgpass line, or the address; and the server's pg_hba.conf"
        }
        Some(code) if *code == SqlState::INVALID_CATALOG_NAME => {
            "name a database that is there: dbkeep sql -c 'select datname from pg_database' on database postgres lists them"
        }
        Some(code) if *code == SqlState::TOO_MANY_CONNECTIONS => {
            "close a session, or raise max_connections"
        }
        Some(_) => "see the server's message above",
        None => {
            "check the host and the port, that the server runs, and that it accepts connections from here"
        }
    };
    let mut fault = fault("", error);
    let said = std::mem::take(&mut fault.what);
    fault.what = format!("Cannot connect to {target}");
    fault.why = Some(
        [Some(said), fault.why]
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("; "),
    );
    fault.remedy(remedy)
}
