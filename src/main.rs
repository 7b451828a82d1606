//! `dbkeep`: parse the arguments, run, exit code.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    ExitCode::from(dbkeep::cli::run(dbkeep::cli::Args::parse()))
}
