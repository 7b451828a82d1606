//! The command line: one file a subcommand.

use std::io::IsTerminal;

use clap::{Parser, Subcommand};

use crate::config::conninfo::ConnInfo;
use crate::config::paths::Paths;
use crate::config::target::{self, Target};
use crate::fault::{Fault, Outcome};
use crate::local::{Cluster, Lease};

mod local;
mod sql;

/// A database studio for PostgreSQL in the terminal.
#[derive(Debug, Parser)]
#[command(version, about, disable_help_subcommand = true)]
pub struct Args {
    /// Where to connect: postgresql://…, or host=… dbname=…
    #[arg(short, long, global = true, value_name = "URL")]
    url: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run one statement and print its result
    Sql(sql::Sql),
    /// The private server: start, stop, status, url, destroy
    Local(local::Local),
}

/// What the subcommands share: where the person's files are and which server they mean.
struct Context {
    paths: Paths,
    url: Option<String>,
}

/// A place to connect to, with the lease that keeps the private server up meanwhile.
struct Reached {
    info: ConnInfo,
    _lease: Option<Lease>,
}

impl Context {
    fn reach(&self) -> Outcome<Reached> {
        let environment = std::env::vars().collect();
        let folder = std::env::current_dir().unwrap_or_default();
        match target::choose(self.url.as_deref(), &environment, &folder, &self.paths.home)? {
            Target::Server(info, _) => Ok(Reached { info, _lease: None }),
            Target::Private => {
                let lease = Cluster::of_person(&self.paths.data)?.lease()?;
                Ok(Reached {
                    info: lease.cluster().conninfo("postgres"),
                    _lease: Some(lease),
                })
            }
        }
    }

    /// The name under which libpq would log in when none is given.
    fn login() -> String {
        std::env::var("USER")
            .or_else(|_| std::env::var("LOGNAME"))
            .unwrap_or_else(|_| "postgres".into())
    }
}

/// Runs what the arguments say and returns the exit code: 0 done, 1 failed.
#[must_use]
pub fn run(args: Args) -> u8 {
    match dispatch(args) {
        Ok(()) => 0,
        Err(fault) => {
            eprintln!(
                "{}{fault}",
                if std::io::stderr().is_terminal() {
                    "dbkeep: "
                } else {
                    ""
                }
            );
            1
        }
    }
}

fn dispatch(args: Args) -> Outcome<()> {
    let context = Context {
        paths: Paths::from_environment()?,
        url: args.url,
    };
    match args.command {
        Command::Sql(sql) => sql.run(&context),
        Command::Local(local) => local.run(&context),
    }
}

fn runtime() -> Outcome<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Fault::new("The program cannot start its event loop").because(error))
}

/// Asks a yes-or-no question on the terminal.
///
/// # Errors
/// Nobody is there to answer.
fn confirmed(question: &str) -> Outcome<bool> {
    if !std::io::stdin().is_terminal() {
        return Err(
            Fault::new(format!("{question} Nobody is there to answer")).remedy("give --yes")
        );
    }
    eprint!("{question} [y/N] ");
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .map_err(|error| Fault::new("No answer was read").because(error))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
