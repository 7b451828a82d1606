//! `dbkeep local`: the private server by hand.

use clap::{Args, Subcommand};

use crate::cli::{Context, write_out};
use crate::fault::Outcome;
use crate::local::Cluster;
use crate::local::cluster::State;

/// `dbkeep local …`.
#[derive(Debug, Args)]
pub struct Local {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Start it and leave it running
    Start,
    /// Stop it
    Stop,
    /// Say what it is doing
    Status,
    /// Print the address of one of its databases
    Url {
        /// The database
        #[arg(default_value = "postgres")]
        database: String,
    },
    /// Stop it and delete everything in it
    Destroy,
}

impl Local {
    pub(super) fn run(self, context: &Context) -> Outcome<()> {
        let cluster = Cluster::of_person(&context.paths.data)?;
        match self.action {
            Action::Start => {
                context.lease()?.keep_running()?;
                write_line(&cluster.url("postgres"))?;
            }
            Action::Stop => cluster.stop()?,
            Action::Status => write_line(&status(&cluster))?,
            Action::Url { database } => write_line(&cluster.url(&database))?,
            Action::Destroy => {
                if context.confirmed("Delete the private server and every database in it?")? {
                    cluster.destroy()?;
                }
            }
        }
        Ok(())
    }
}

fn write_line(text: &str) -> Outcome<()> {
    write_out(&format!("{text}\n"))
}

fn status(cluster: &Cluster) -> String {
    match cluster.state() {
        State::Absent => "not made yet; dbkeep makes it when it is needed".into(),
        State::Stopped => "stopped".into(),
        State::Running(pid) => format!(
            "running (process {pid}), socket in {}",
            cluster.socket_folder().display()
        ),
    }
}
