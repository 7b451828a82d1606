//! The command line: one module a subcommand.

use std::io::{IsTerminal, Write};
use std::sync::LazyLock;

use clap::{Parser, Subcommand};
use tokio::signal::unix::{Signal, SignalKind};

use crate::config::conninfo::ConnInfo;
use crate::config::paths::Paths;
use crate::config::settings::{Guards, Settings};
use crate::config::target::{self, Source, Target};
use crate::fault::{Fault, Outcome};
use crate::local::{Cluster, Lease, binaries};
use crate::pg::Connector;
use crate::studio::app::signals;

mod demo;
mod keys;
mod local;
mod sql;
mod studio;

/// A database studio for PostgreSQL in the terminal.
#[derive(Debug, Parser)]
#[command(version, about, disable_help_subcommand = true)]
pub struct Args {
    /// Where to connect, the same as --url
    #[arg(value_name = "URL", conflicts_with_all = ["url", "connection"])]
    target: Option<String>,
    /// Where to connect: postgresql://…, "host=… dbname=…", or the name of a database
    #[arg(short, long, global = true, value_name = "URL")]
    url: Option<String>,
    /// A connection that is saved in the configuration
    #[arg(long, global = true, value_name = "NAME", conflicts_with = "url")]
    connection: Option<String>,
    /// Let nothing be written: the server refuses it
    #[arg(long, global = true)]
    read_only: bool,
    /// Answer yes to every question
    #[arg(long, global = true)]
    yes: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Open the studio on a demo database, made on first use
    Demo,
    /// Print the keys
    Keys,
    /// Run SQL and print its results
    Sql(sql::Sql),
    /// The private server: start, stop, status, url, destroy
    Local(local::Local),
}

/// What the subcommands share: where the person's files are and which server they mean.
struct Context {
    paths: Paths,
    /// The address that was given, and how.
    url: Option<(String, Source)>,
    guards: Guards,
    yes: bool,
}

/// A place to connect to, with the lease that keeps the private server up meanwhile.
struct Reached {
    info: ConnInfo,
    lease: Option<Lease>,
}

impl Reached {
    /// The private server.
    fn private(lease: Lease) -> Self {
        Self {
            info: lease.cluster().conninfo("postgres"),
            lease: Some(lease),
        }
    }

    /// The database and its place, for the title.
    fn title(&self, connector: &Connector) -> String {
        let here = match &self.lease {
            Some(_) => "private server",
            None => connector.here(),
        };
        self.info.title(Context::login(&self.info), here)
    }
}

impl Context {
    fn reach(&self) -> Outcome<Reached> {
        // A variable that is no text is none of ours.
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let folder = std::env::current_dir().unwrap_or_default();
        let url = self.url.as_ref();
        let url = url.map(|(text, source)| (text.as_str(), source.clone()));
        match target::choose(url, &environment, &folder, &self.paths.home)? {
            Target::Server(info, _) => Ok(Reached { info, lease: None }),
            Target::Private => Ok(Reached::private(self.lease()?)),
        }
    }

    /// What opens connections to a place, as carefully as is wanted.
    fn connector(&self, info: &ConnInfo) -> Outcome<Connector> {
        let connector = Connector::new(info, &self.paths.home, Self::login(info))?;
        Ok(connector.read_only(self.guards.read_only))
    }

    /// The private server, running. Where PostgreSQL is not installed, offers to install it.
    fn lease(&self) -> Outcome<Lease> {
        let cluster = Cluster::of_person(&self.paths.data)?;
        let refused = match cluster.lease() {
            Ok(lease) => return Ok(lease),
            Err(refused) => refused,
        };
        match (binaries::find(None), binaries::install_command()) {
            (Err(_), Some(command)) if self.yes || std::io::stdin().is_terminal() => {
                eprintln!("{refused}");
                if !self.confirmed(&format!("Run `{}` now?", command.join(" ")))? {
                    return Err(refused);
                }
                binaries::install(&command)?;
                cluster.lease()
            }
            _ => Err(refused),
        }
    }

    /// Asks a yes-or-no question on the terminal; `--yes` answers.
    ///
    /// # Errors
    /// Nobody is there to answer.
    fn confirmed(&self, question: &str) -> Outcome<bool> {
        if self.yes {
            return Ok(true);
        }
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

    /// The name under which libpq logs in when none is given: the system's for the user in force,
    /// whatever the environment says. Not looked up where one is given: it takes reading a few files.
    fn login(info: &ConnInfo) -> &'static str {
        static LOGIN: LazyLock<String> =
            LazyLock::new(|| whoami::username().unwrap_or_else(|_| "postgres".to_owned()));
        if info.get("user").is_some() {
            return "";
        }
        &LOGIN
    }
}

/// Runs what the arguments say and returns the exit code: 0 done, 1 failed.
#[must_use]
pub fn run(args: Args) -> u8 {
    match dispatch(args) {
        Ok(()) => 0,
        Err(fault) => {
            let name = if std::io::stderr().is_terminal() {
                "dbkeep: "
            } else {
                ""
            };
            // Where the terminal is gone nobody is there to be told.
            let _ = writeln!(std::io::stderr(), "{name}{fault}");
            1
        }
    }
}

fn dispatch(args: Args) -> Outcome<()> {
    let paths = Paths::from_environment()?;
    let mut guards = Guards::default();
    let named = match &args.connection {
        Some(name) => {
            let settings = Settings::read(&paths.config)?;
            let url = settings.connection(name)?.to_owned();
            guards = settings.guards(name);
            Some((url, Source::Saved(name.clone())))
        }
        None => None,
    };
    guards.read_only |= args.read_only;
    let given = args.target.or(args.url);
    let given = given.map(|url| (url, Source::Argument));
    let context = Context {
        paths,
        url: given.or(named),
        guards,
        yes: args.yes,
    };
    match args.command {
        None => studio::open(&context),
        Some(Command::Demo) => demo::open(&context),
        Some(Command::Keys) => keys::print(&context),
        Some(Command::Sql(sql)) => sql.run(&context),
        Some(Command::Local(local)) => local.run(&context),
    }
}

/// Prints to standard output; a reader that has seen enough (`| head`) is no fault.
fn write_out(text: &str) -> Outcome<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| Fault::new("The result cannot be written").because(error)),
    }
}

/// The signals by which the person, or the system, wants the program to end. They are taken, so
/// that what it holds is let go in order: a signal alone would leave the private server running.
struct Interrupts(Vec<Signal>);

impl Interrupts {
    /// Takes them, for as long as the program runs.
    fn take() -> Outcome<Self> {
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ];
        let taken = signals::taken(&kinds).map(Self);
        taken.map_err(|error| Fault::new("Signals cannot be taken").because(error))
    }

    /// Waits for the next one.
    async fn next(&mut self) -> Fault {
        signals::any(&mut self.0).await;
        Fault::new("Interrupted")
    }
}

fn runtime() -> Outcome<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Fault::new("The program cannot start its event loop").because(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        <Args as clap::CommandFactory>::command().debug_assert();
    }
}
