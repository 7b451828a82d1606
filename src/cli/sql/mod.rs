//! `dbkeep sql`: statements, run and printed, for scripts and for trying a target.

use clap::{Args, ValueEnum};
use futures_util::FutureExt;
use tokio::io::AsyncReadExt;
use tokio_util::sync::CancellationToken;

use crate::cli::{Context, Interrupts, Reached};
use crate::data::result::{Described, Notice, Notification};
use crate::data::{Column, RowsBuilder};
use crate::fault::{Fault, Outcome};
use crate::glyphs::visible;
use crate::pg::session::{Feeder, Piece, Running};
use crate::pg::{self, Session, guarded, introspect};
use crate::sql::{guard, script, statement};

mod output;
mod place;
mod printer;

use output::Output;
use place::place;
use printer::{Csv, Json, Printer, Table};

/// So many rows and bytes are taken from the server at once.
const PIECE: (usize, usize) = (1_000, 64 << 10);

/// `dbkeep sql …`.
#[derive(Debug, Args)]
pub struct Sql {
    /// One statement, or several
    #[arg(short, long, value_name = "SQL", allow_hyphen_values = true)]
    command: String,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
}

impl Format {
    fn printer(self) -> Box<dyn Printer> {
        match self {
            Self::Table => Box::new(Table::default()),
            Self::Csv => Box::new(Csv::default()),
            Self::Json => Box::new(Json::default()),
        }
    }
}

impl Sql {
    pub(super) fn run(self, context: &Context) -> Outcome<()> {
        if context.guards.read_only {
            guard::check(&self.command).map_err(unguarded)?;
        }
        let reached = context.reach()?;
        let runtime = super::runtime()?;
        let printed = runtime.block_on(self.run_on(context, &reached));
        // A reader that has stopped reading holds the last write for ever.
        runtime.shutdown_background();
        printed
    }

    /// The first signal stops the statement, the second one the program: a server, or a reader,
    /// that has stalled would let neither end.
    async fn run_on(&self, context: &Context, reached: &Reached) -> Outcome<()> {
        let connector = context.connector(&reached.info)?;
        let mut interrupts = Interrupts::take()?;
        let mut session = tokio::select! {
            session = Session::open(&connector, pg::link::nobody()) => session?,
            fault = interrupts.next() => return Err(fault),
        };
        let canceller = session.canceller();
        let stop = CancellationToken::new();
        let read_only = context.guards.read_only;
        let mut printing = std::pin::pin!(self.print(&mut session, read_only, &stop));
        tokio::select! {
            printed = &mut printing => return printed,
            _ = interrupts.next() => {}
        }
        // What waits for input does not hear the server.
        stop.cancel();
        let stopping = async {
            canceller.cancel().await;
            printing.await
        };
        tokio::select! {
            printed = stopping => printed,
            fault = interrupts.next() => Err(fault),
        }
    }

    async fn print(
        &self,
        session: &mut Session,
        read_only: bool,
        stop: &CancellationToken,
    ) -> Outcome<()> {
        let mut output = Output::new();
        let printed = self.print_to(&mut output, session, read_only, stop).await;
        // What came before a fault is shown all the same, and the fault is what matters then.
        let written = output.flush().await;
        let printed = printed.map_err(|fault| Fault {
            place: fault.position.and_then(|at| place(&self.command, at)),
            ..fault
        });
        printed.and(written)
    }

    async fn print_to(
        &self,
        output: &mut Output,
        session: &mut Session,
        read_only: bool,
        stop: &CancellationToken,
    ) -> Outcome<()> {
        let mut printer = self.format.printer();
        let mut is_read = true;
        if read_only {
            for statement in script::statements(&self.command) {
                let before = self.command[..statement.range.start].chars().count();
                let statement = &self.command[statement.range];
                let alone = async {
                    guarded::begin(session, statement).await?;
                    let running = session.run(statement).await?;
                    let printing = self.print_results(running, &mut *printer, output, stop);
                    let is_read = printing.await?;
                    // Where nobody reads on, the statement was stopped, and the session goes.
                    if is_read {
                        guarded::end(session).await?;
                    }
                    Ok(is_read)
                };
                is_read = alone.await.map_err(|fault| moved(fault, before))?;
                if !is_read {
                    break;
                }
            }
        } else {
            let running = session.run(&self.command).await?;
            let printing = self.print_results(running, &mut *printer, output, stop);
            is_read = printing.await?;
        }
        if is_read {
            printer.end(&mut output.text);
        }
        match session.unheard() {
            0 => {}
            lost => eprintln!("dbkeep: {lost} more notices came faster than they were taken"),
        }
        Ok(())
    }

    /// Prints the results of a text of statements; whether somebody reads on.
    async fn print_results(
        &self,
        mut running: Running<'_>,
        printer: &mut dyn Printer,
        output: &mut Output,
        stop: &CancellationToken,
    ) -> Outcome<bool> {
        let mut rows = RowsBuilder::new(0);
        let mut is_copied = false;
        loop {
            let piece = if let Some(piece) = running.next(&mut rows, PIECE).now_or_never() {
                piece?
            } else {
                // Whoever reads along need not wait for what the server still works on.
                output.write().await?;
                running.next(&mut rows, PIECE).await?
            };
            match piece {
                Piece::Columns(columns) => {
                    rows = RowsBuilder::new(columns.len());
                    printer.begin(columns.iter().map(column).collect(), &mut output.text);
                }
                Piece::Rows { .. } => {
                    let width = rows.width();
                    let taken = std::mem::replace(&mut rows, RowsBuilder::new(width)).finish();
                    for row in 0..taken.len() {
                        let cell = |column| taken.cell(row, column)?.text;
                        let cells: Vec<_> = (0..width).map(cell).collect();
                        printer.row(&cells, &mut output.text)?;
                    }
                }
                // What was copied is all of the output, so that it can be a file.
                Piece::Tag(_) if std::mem::take(&mut is_copied) => {}
                Piece::Tag(tag) => printer.tag(&tag, &mut output.text),
                Piece::Wanted(feeder) => feed(feeder, stop).await,
                Piece::Copied { bytes, .. } => {
                    is_copied = true;
                    printer.copied();
                    output.raw(&bytes).await?;
                }
                Piece::Notice(notice) => {
                    output.flush().await?;
                    say(&notice);
                }
                Piece::Notification(Notification {
                    channel, payload, ..
                }) => {
                    eprintln!("NOTIFY {}: {}", visible(&channel), visible(&payload));
                }
                Piece::Waits => {}
                Piece::End => return Ok(true),
            }
            output.write_if_much().await?;
            if output.reader_has_left() && only_reads(&self.command) {
                running.canceller().cancel().await;
                return Ok(false);
            }
        }
    }
}

/// What is known of a column by its description alone.
fn column(described: &Described) -> Column {
    Column {
        name: described.name.clone(),
        ..introspect::unnamed(described.kind)
    }
}

/// Gives a COPY what comes in, until that is to stop.
async fn feed(feeder: Feeder, stop: &CancellationToken) {
    let mut input = tokio::io::stdin();
    let mut bytes = vec![0; PIECE.1];
    loop {
        let read = tokio::select! {
            biased;
            () = stop.cancelled() => return feeder.fail("it was interrupted").await,
            read = input.read(&mut bytes) => read,
        };
        match read {
            Ok(0) => return feeder.end().await,
            Ok(length) => {
                if !feeder.data(bytes[..length].to_vec()).await {
                    return;
                }
            }
            Err(error) => return feeder.fail(&format!("it could not be read: {error}")).await,
        }
    }
}

/// Says beside the output what the server said beside its answer.
fn say(notice: &Notice) {
    let Notice { severity, text, .. } = notice;
    eprintln!("{severity}: {}", visible(text));
    for (label, more) in [("detail", &notice.detail), ("hint", &notice.hint)] {
        for line in more.iter().flat_map(|more| more.lines()) {
            eprintln!("  {label}: {}", visible(line));
        }
    }
}

/// The fault of a statement that would end the read-only session.
fn unguarded(why: String) -> Fault {
    Fault::new("The statement was not sent: this is to be read-only")
        .because(why)
        .remedy("run it without --read-only, on a connection that is not read_only")
}

/// The fault with its position in the whole text, `before` characters of which come first.
fn moved(fault: Fault, before: usize) -> Fault {
    let before = u32::try_from(before).unwrap_or(0);
    Fault {
        position: fault.position.map(|position| position + before),
        ..fault
    }
}

/// Whether nothing is lost when the statement is broken off because nobody reads on: one that may
/// write must come to its end, or what it wrote would be rolled back without a word.
fn only_reads(sql: &str) -> bool {
    match script::statements(sql).as_slice() {
        [statement] => statement::outline(&sql[statement.range.clone()]).only_reads(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_write_is_not_taken_for_reading() {
        for sql in [
            "SELECT 1",
            " select\n1 ;",
            "TABLE t;",
            "VALUES (1)",
            "SHOW x",
            "WITH w AS (SELECT 1) SELECT ';' FROM w",
            "EXPLAIN DELETE FROM t",
        ] {
            assert!(only_reads(sql), "{sql}");
        }
        for sql in [
            "UPDATE t SET n = 1 RETURNING n",
            "WITH w AS (DELETE FROM t RETURNING n) SELECT * FROM w",
            "SELECT 1; DELETE FROM t",
            "SELECT 1 INTO t",
            "selection",
            "EXPLAIN ANALYZE DELETE FROM t",
            "",
        ] {
            assert!(!only_reads(sql), "{sql}");
        }
    }
}
