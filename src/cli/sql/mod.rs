//! `dbkeep sql`: one statement, printed, so that a target can be tried from a script.

use clap::{Args, ValueEnum};
use futures_util::FutureExt;

use crate::cli::{Context, Interrupts, Reached};
use crate::fault::{Fault, Outcome};
use crate::pg::statement::{Piece, Results};
use crate::pg::{self, Link, guarded};
use crate::sql::{guard, script, statement};

mod output;
mod printer;

use output::Output;
use printer::{Csv, Json, Printer, Table};

/// `dbkeep sql …`.
#[derive(Debug, Args)]
pub struct Sql {
    /// The statement
    #[arg(short, long, value_name = "SQL")]
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
        let link = tokio::select! {
            link = Link::open(&connector, pg::link::nobody()) => link?,
            fault = interrupts.next() => return Err(fault),
        };
        let canceller = link.canceller();
        let mut printing = std::pin::pin!(self.print(&link, context.guards.read_only));
        tokio::select! {
            printed = &mut printing => return printed,
            _ = interrupts.next() => {}
        }
        let stopping = async {
            canceller.cancel().await;
            printing.await
        };
        tokio::select! {
            printed = stopping => printed,
            fault = interrupts.next() => Err(fault),
        }
    }

    async fn print(&self, link: &Link, read_only: bool) -> Outcome<()> {
        let mut output = Output::new();
        let printed = self.print_to(&mut output, link, read_only).await;
        // What came before a fault is shown all the same, and the fault is what matters then.
        let written = output.finish().await;
        printed.and(written)
    }

    async fn print_to(&self, output: &mut Output, link: &Link, read_only: bool) -> Outcome<()> {
        let mut printer = self.format.printer();
        let mut affected = Some(0);
        if read_only {
            for statement in script::statements(&self.command) {
                let before = self.command[..statement.range.start].chars().count();
                let statement = &self.command[statement.range];
                let alone = async {
                    guarded::begin(link, statement).await?;
                    let affected = self
                        .print_results(statement, &mut *printer, output, link)
                        .await?;
                    // Where nobody reads on, the statement was stopped, and the session goes.
                    if affected.is_some() {
                        guarded::end(link).await?;
                    }
                    Ok(affected)
                };
                affected = alone.await.map_err(|fault| moved(fault, before))?;
                if affected.is_none() {
                    break;
                }
            }
        } else {
            affected = self
                .print_results(&self.command, &mut *printer, output, link)
                .await?;
        }
        if let Some(affected) = affected {
            printer.end(affected, &mut output.text);
        }
        Ok(())
    }

    /// Prints the results of a text of statements; the count in the last tag, or nothing where
    /// nobody reads on.
    async fn print_results(
        &self,
        sql: &str,
        printer: &mut dyn Printer,
        output: &mut Output,
        link: &Link,
    ) -> Outcome<Option<u64>> {
        let mut results = Results::of(link, sql).await?;
        let mut affected = 0;
        loop {
            let piece = if let Some(piece) = results.next().now_or_never() {
                piece?
            } else {
                // Whoever reads along need not wait for what the server still works on.
                output.write().await?;
                results.next().await?
            };
            match piece {
                Some(Piece::Columns(names)) => printer.begin(names, &mut output.text),
                Some(Piece::Row(row)) => printer.row(&row.cells()?, &mut output.text)?,
                Some(Piece::End(count)) => affected = count,
                None => break,
            }
            output.write_if_much().await?;
            if output.reader_has_left() && only_reads(&self.command) {
                link.canceller().cancel().await;
                return Ok(None);
            }
        }
        Ok(Some(affected))
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
