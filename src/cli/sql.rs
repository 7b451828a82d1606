//! `dbkeep sql`: one statement, printed, so that a target can be tried from a script.

use clap::{Args, ValueEnum};

use crate::cli::Context;
use crate::data::catalog::rows as rows_in_words;
use crate::data::{Align, glyphs};
use crate::fault::{Fault, Outcome};
use crate::pg::{self, Connector, Link, statement::Table};

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

impl Sql {
    pub(super) fn run(self, context: &Context) -> Outcome<()> {
        let reached = context.reach()?;
        let result = super::runtime()?.block_on(async {
            let connector = Connector::new(&reached.info, &context.paths.home, &Context::login())?;
            let link = tokio::select! {
                link = Link::open(&connector, pg::link::nobody()) => link?,
                fault = super::interrupted() => return Err(fault),
            };
            let canceller = link.canceller();
            let mut running = std::pin::pin!(pg::statement::run(&link, &self.command));
            tokio::select! {
                result = &mut running => return result,
                _ = super::interrupted() => {}
            }
            canceller.cancel().await;
            running.await
        })?;
        let text = match self.format {
            Format::Table => table(&result),
            Format::Csv => csv(&result),
            Format::Json => json(&result)?,
        };
        super::write_out(&text)
    }
}

fn table(result: &Table) -> String {
    use unicode_width::UnicodeWidthStr;
    if result.columns.is_empty() {
        return rows_in_words(result.affected) + "\n";
    }
    let text = |row, column| {
        let cell = result.rows.cell(row, column).and_then(|cell| cell.text);
        glyphs::visible_cow(cell.unwrap_or(glyphs::NULL))
    };
    let rows = result.rows.len();
    let mut out = String::new();
    let names: Vec<String> = result
        .columns
        .iter()
        .map(|column| glyphs::visible(&column.name))
        .collect();
    let widths: Vec<usize> = names
        .iter()
        .enumerate()
        .map(|(column, name)| {
            (0..rows)
                .map(|row| text(row, column).width())
                .chain([name.width()])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut line = |cells: Vec<(&str, Align)>| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|((text, align), width)| {
                let space = " ".repeat(width.saturating_sub(text.width()));
                if *align == Align::Right {
                    format!("{space}{text}")
                } else {
                    format!("{text}{space}")
                }
            })
            .collect();
        out.push_str(padded.join("  ").trim_end());
        out.push('\n');
    };
    line(
        names
            .iter()
            .map(|name| (name.as_str(), Align::Left))
            .collect(),
    );
    let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
    line(
        rules
            .iter()
            .map(|rule| (rule.as_str(), Align::Left))
            .collect(),
    );
    for row in 0..rows {
        let cells: Vec<_> = (0..names.len()).map(|column| text(row, column)).collect();
        line(
            cells
                .iter()
                .zip(&result.columns)
                .map(|(text, column)| (text.as_ref(), column.align))
                .collect(),
        );
    }
    out
}

/// RFC 4180 with a header; NULL is an empty field and the empty string a quoted one, as `COPY … CSV` does.
fn csv(result: &Table) -> String {
    let quote = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let field = |text: &str| {
        if text.is_empty() || text.contains([',', '"', '\n', '\r']) {
            quote(text)
        } else {
            text.to_owned()
        }
    };
    let mut lines = vec![
        result
            .columns
            .iter()
            .map(|column| field(&column.name))
            .collect::<Vec<_>>()
            .join(","),
    ];
    for row in 0..result.rows.len() {
        let cells = (0..result.columns.len()).map(|column| {
            result
                .rows
                .cell(row, column)
                .and_then(|cell| cell.text)
                .map_or_else(String::new, field)
        });
        lines.push(cells.collect::<Vec<_>>().join(","));
    }
    if result.columns.is_empty() {
        return String::new();
    }
    lines.join("\n") + "\n"
}

/// An array of objects; every value is the server's text or null, since a number in JSON could
/// lose digits in whatever reads it.
fn json(result: &Table) -> Outcome<String> {
    // A second column of the same name would take the first one's place.
    let mut names: Vec<String> = Vec::new();
    for column in &result.columns {
        let others = (2..).map(|number| format!("{}_{number}", column.name));
        let mut candidates = std::iter::once(column.name.clone()).chain(others);
        names.extend(candidates.find(|name| !names.contains(name)));
    }
    let objects: Vec<serde_json::Value> = (0..result.rows.len())
        .map(|row| {
            let pairs = names.iter().enumerate().map(|(column, name)| {
                let text = result.rows.cell(row, column).and_then(|cell| cell.text);
                (name.clone(), text.into())
            });
            serde_json::Value::Object(pairs.collect())
        })
        .collect();
    serde_json::to_string_pretty(&objects)
        .map(|text| text + "\n")
        .map_err(|error| Fault::new("The result cannot be written as JSON").because(error))
}
