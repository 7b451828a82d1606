//! A driver's error in words.

use tokio_postgres::error::{DbError, ErrorPosition, SqlState};

use crate::fault::Fault;
use crate::pg::connect::Refusal;
use crate::pg::hosts::Host;

/// The fault for an error met while doing `what`.
#[must_use]
pub fn fault(what: &str, error: &tokio_postgres::Error) -> Fault {
    match error.as_db_error() {
        Some(error) => from_server(error),
        None if error.is_closed() => Fault {
            is_lost: true,
            ..Fault::new(format!("{what}: the connection to the server was lost"))
                .because(chain(error))
                .remedy("r connects again; nothing was sent again")
        },
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
    // In which line of what is copied it is, is said here alone.
    let place = error.where_().filter(|place| place.starts_with("COPY "));
    let why: Vec<&str> = error.detail().into_iter().chain(place).collect();
    fault.why = (!why.is_empty()).then(|| why.join("\n"));
    fault.sqlstate = Some(error.code().code().to_owned());
    fault.hint = error.hint().map(str::to_owned);
    fault.position = position;
    fault.column = error.column().map(str::to_owned);
    fault.constraint = error.constraint().map(str::to_owned);
    // The server ends this session, or starts or stops itself (57P01 to 57P05).
    fault.is_lost = error.code().code().starts_with("57P");
    fault
}

/// An error and its causes on one line; the driver puts the cause that matters last.
pub(in crate::pg) fn chain(error: &dyn std::error::Error) -> String {
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

/// What to do about a connection to `target` that failed at `host`, the last one tried; `note` is
/// what else the person should know of it.
#[must_use]
pub(in crate::pg) fn connecting(
    target: &str,
    host: &Host,
    refusal: &Refusal,
    note: Option<&str>,
) -> Fault {
    let place = host.place();
    let unreached = "error connecting to server";
    let (why, mut fault) = match refusal {
        Refusal::Failed(error) => {
            let at_place = format!("{unreached} at {place}");
            let mut fault = match error.as_db_error() {
                Some(error) => from_server(error),
                None => Fault::new(chain(error).replace(unreached, &at_place)),
            };
            let said = std::mem::take(&mut fault.what);
            let parts = [Some(said), fault.why.take()];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            (parts.join("; "), fault)
        }
        Refusal::Unreached(error) => (format!("{unreached} at {place}: {error}"), Fault::default()),
        Refusal::TimedOut(limit) => (
            format!("timed out: no answer from {place} in {} s", limit.as_secs()),
            Fault::default(),
        ),
        Refusal::Unfit(why) => ((*why).to_owned(), Fault::default()),
    };
    let remedy = match refusal {
        Refusal::Failed(error) => remedy(error.code(), &why),
        Refusal::Unreached(_) => remedy(None, &why),
        Refusal::TimedOut(_) => {
            "check the host, the port and what lies between; connect_timeout sets how long is waited"
        }
        Refusal::Unfit(_) => "name another host, or another target_session_attrs",
    };
    // Why a host was tried that nobody has named matters where no server was found.
    let is_answer = fault.sqlstate.is_some() || matches!(refusal, Refusal::Unfit(_));
    let note = note.or(host.unnamed.as_deref().filter(|_| !is_answer));
    fault.is_lost = true;
    fault.what = format!("Cannot connect to {target}");
    fault.why = Some(why);
    fault.remedy = Some(match note {
        Some(note) => format!("{remedy}; {note}"),
        None => remedy.to_owned(),
    });
    fault
}

/// What to do about each refusal, by the server's code and what was said: neither the server nor
/// the driver has a code for all of them.
fn remedy(code: Option<&SqlState>, why: &str) -> &'static str {
    const PASSWORD: &str =
        "give the right user and password: in the address, by PGPASSWORD, or in ~/.pgpass";
    const REMEDIES: [(&str, &str); 13] = [
        ("password missing", PASSWORD),
        (
            "no encryption",
            "the server wants TLS here: use sslmode=prefer or stronger",
        ),
        (
            "SSL encryption",
            "the server wants no TLS here: use sslmode=disable or allow",
        ),
        (
            "client certificate",
            "give your certificate and its key: sslcert=FILE sslkey=FILE",
        ),
        (
            "certificate authentication failed",
            "give the certificate of this user: sslcert=FILE sslkey=FILE",
        ),
        (
            "does not support TLS",
            "use sslmode=prefer or disable, or turn TLS on at the server",
        ),
        (
            "UnknownIssuer",
            "give the certificate of who signed the server's: sslrootcert=FILE",
        ),
        (
            "not valid for name",
            "connect by a name that the server's certificate has in its subjectAltName, or use sslmode=verify-ca",
        ),
        (
            "certificate",
            "check the server's certificate, and sslrootcert=FILE",
        ),
        (
            "TLS handshake",
            "check that a server listens there whose TLS is 1.2 or newer; sslmode=disable goes without TLS",
        ),
        (
            "channel binding",
            "use channel_binding=prefer with sslmode=verify-full; dbkeep's TLS cannot bind the login to it",
        ),
        (
            "pg_hba.conf",
            "check the user and the database, and add a line for them to the server's pg_hba.conf",
        ),
        (
            ".s.PGSQL.",
            "check the folder and the port: a server that runs has its socket in its unix_socket_directories",
        ),
    ];
    if let Some((_, remedy)) = REMEDIES.iter().find(|(said, _)| why.contains(said)) {
        return remedy;
    }
    match code {
        Some(code)
            if *code == SqlState::INVALID_PASSWORD
                || *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION =>
        {
            PASSWORD
        }
        Some(code) if *code == SqlState::INVALID_CATALOG_NAME => {
            "name a database that is there; database postgres is, nearly always, and pg_database lists the others"
        }
        Some(code) if *code == SqlState::TOO_MANY_CONNECTIONS => {
            "close a session, or raise max_connections"
        }
        Some(_) => "see the server's message above",
        None => {
            "check the host and the port, that the server runs, and that it accepts connections from here"
        }
    }
}
