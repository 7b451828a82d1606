//! `dbkeep demo`: the studio on a database to play with, made on first use.

use std::io::{IsTerminal, Write};

use crate::cli::{Context, Interrupts, Reached, studio};
use crate::fault::{Fault, Outcome};
use crate::pg::{Connector, Link, link, statement};

const SQL: &str = include_str!("../../assets/demo.sql");
const NAME: &str = "demo";
/// The database while it is filled; only a whole one gets its real name.
const UNFINISHED: &str = "demo_unfinished";
/// The comment by which a demo is known on a server that is somebody's.
const MARK: &str = "the demo of dbkeep";
/// What two dbkeeps that start at once agree on; any number nobody else uses.
const LOCK: i64 = 0x6462_6b65_6570;

/// Opens the studio on the demo database: on the server that is named, or else on the private one.
pub(super) fn open(context: &Context) -> Outcome<()> {
    studio::needs_a_terminal()?;
    let reached = match &context.url {
        Some(_) => context.reach()?,
        None => Reached::private(context.lease()?),
    };
    let is_ours = reached.lease.is_some();
    let connector = |database: Option<&str>| {
        let mut info = reached.info.clone();
        if let Some(database) = database {
            info.set("dbname", database)?;
        }
        // Where nothing may be written no demo is made, but on the server that is dbkeep's own.
        if is_ours {
            Connector::new(&info, &context.paths.home, Context::login(&info))
        } else {
            context.connector(&info)
        }
    };
    let made = async {
        let admin = Link::open(&connector(None)?, link::nobody()).await?;
        statement::run(&admin, &format!("SELECT pg_advisory_lock({LOCK})")).await?;
        if !exists(&admin, NAME, is_ours).await? {
            if exists(&admin, UNFINISHED, is_ours).await? {
                statement::run(&admin, &format!("DROP DATABASE {UNFINISHED}")).await?;
            }
            statement::run(&admin, &format!("CREATE DATABASE {UNFINISHED}")).await?;
            let mark = format!("COMMENT ON DATABASE {UNFINISHED} IS '{MARK}'");
            statement::run(&admin, &mark).await?;
            fill(&connector(Some(UNFINISHED))?).await?;
            let rename = format!("ALTER DATABASE {UNFINISHED} RENAME TO {NAME}");
            statement::run(&admin, &rename).await?;
        }
        Ok(())
    };
    super::runtime()?.block_on(async {
        let mut interrupts = Interrupts::take()?;
        tokio::select! {
            made = made => made,
            fault = interrupts.next() => Err(fault),
        }
    })?;
    let mut info = reached.info.clone();
    info.set("dbname", NAME)?;
    studio::open_on(context, &Reached { info, ..reached })
}

/// Whether there is a database of this name that dbkeep has made.
///
/// # Errors
/// There is one that somebody else has made: it is neither shown as the demo nor deleted.
async fn exists(admin: &Link, name: &str, is_ours: bool) -> Outcome<bool> {
    let sql = format!(
        "SELECT pg_catalog.shobj_description(oid, 'pg_database')
           FROM pg_catalog.pg_database WHERE datname = '{name}'"
    );
    let found = statement::run(admin, &sql).await?.rows;
    let mark = found.cell(0, 0).and_then(|cell| cell.text);
    if found.is_empty() || is_ours || mark == Some(MARK) {
        return Ok(!found.is_empty());
    }
    Err(
        Fault::new(format!("The database {name} there is not dbkeep's demo"))
            .because("it has another comment than the demo has")
            .remedy("open it with its address alone, or let the private server have the demo"),
    )
}

async fn fill(connector: &Connector) -> Outcome<()> {
    let link = Link::open(connector, link::nobody()).await?;
    // A demo that is lost in a power cut is made again.
    statement::run(&link, "SET synchronous_commit = off").await?;
    let steps = steps();
    for (at, (name, sql)) in steps.iter().enumerate() {
        report(&format!(
            "Making the demo database, {} of {}: {name}",
            at + 1,
            steps.len()
        ))?;
        statement::run(&link, sql).await?;
    }
    report("")
}

/// The parts of the file, each with its name.
fn steps() -> Vec<(&'static str, &'static str)> {
    let parts = SQL.split("-- step: ").skip(1);
    parts.filter_map(|part| part.split_once('\n')).collect()
}

/// One line that changes, or one line after another where nobody watches; nothing ends it.
fn report(text: &str) -> Outcome<()> {
    let mut out = std::io::stderr();
    let written = match (out.is_terminal(), text) {
        (true, text) => write!(out, "\r\x1b[2K{text}").and_then(|()| out.flush()),
        (false, "") => Ok(()),
        (false, text) => writeln!(out, "{text}"),
    };
    written.map_err(|error| Fault::new("The progress cannot be shown").because(error))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_step_has_a_name_and_sql() {
        let steps = super::steps();
        assert!(steps.len() > 5);
        assert!(
            steps
                .iter()
                .all(|(name, sql)| !name.is_empty() && sql.contains(';'))
        );
    }
}
