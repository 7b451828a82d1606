//! Results as text: a table for people, CSV and JSON for programs. CSV and JSON hold no more than a
//! row; a table has to see all of it before it knows how wide its columns are.
//!
//! Of several results each is printed, one after the other.

use serde::ser::{Serialize, Serializer};
use unicode_width::UnicodeWidthStr;

use crate::data::catalog::rows as rows_in_words;
use crate::data::{Rows, RowsBuilder};
use crate::fault::{Fault, Outcome};
use crate::glyphs;

/// What makes text of results.
pub(super) trait Printer {
    /// A result begins.
    fn begin(&mut self, names: Vec<String>, out: &mut String);

    /// Its next row.
    ///
    /// # Errors
    /// It cannot be held, or not be written in this format.
    fn row(&mut self, cells: &[Option<&str>], out: &mut String) -> Outcome<()>;

    /// All have ended; `affected` is the count of the last statement.
    fn end(&mut self, affected: u64, out: &mut String);
}

/// Columns in line, for people.
#[derive(Default)]
pub(super) struct Table {
    open: Option<(Vec<String>, RowsBuilder)>,
    /// Whether there is a table above.
    is_next: bool,
}

impl Table {
    fn close(&mut self, out: &mut String) -> bool {
        let Some((names, rows)) = self.open.take() else {
            return false;
        };
        if self.is_next {
            out.push('\n');
        }
        table(&names, &rows.finish(), out);
        self.is_next = true;
        true
    }
}

impl Printer for Table {
    fn begin(&mut self, names: Vec<String>, out: &mut String) {
        self.close(out);
        if !names.is_empty() {
            let rows = RowsBuilder::new(names.len());
            self.open = Some((names, rows));
        }
    }

    fn row(&mut self, cells: &[Option<&str>], _: &mut String) -> Outcome<()> {
        match &mut self.open {
            Some((_, rows)) => rows
                .push_whole(cells)
                .map_err(|fault| fault.remedy("use --format csv or json, which hold no rows")),
            None => Ok(()),
        }
    }

    fn end(&mut self, affected: u64, out: &mut String) {
        if !self.close(out) && !self.is_next {
            *out += &rows_in_words(affected);
            out.push('\n');
        }
    }
}

fn table(names: &[String], rows: &Rows, out: &mut String) {
    let text = |row, column| {
        let cell = rows.cell(row, column).and_then(|cell| cell.text);
        glyphs::visible_cow(cell.unwrap_or(glyphs::NULL))
    };
    let names: Vec<String> = names.iter().map(|name| glyphs::visible(name)).collect();
    let width = |(column, name): (usize, &String)| {
        let cells = (0..rows.len()).map(|row| text(row, column).width());
        cells.chain([name.width()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = names.iter().enumerate().map(width).collect();
    let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
    line(&names, &widths, out);
    line(&rules, &widths, out);
    for row in 0..rows.len() {
        let cells: Vec<_> = (0..names.len()).map(|column| text(row, column)).collect();
        line(&cells, &widths, out);
    }
}

fn line(cells: &[impl AsRef<str>], widths: &[usize], out: &mut String) {
    let padded = cells.iter().zip(widths).map(|(cell, width)| {
        let cell = cell.as_ref();
        format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width())))
    });
    let padded: Vec<String> = padded.collect();
    out.push_str(padded.join("  ").trim_end());
    out.push('\n');
}

/// RFC 4180 with a header; NULL is an empty field and the empty string a quoted one, as `COPY … CSV`
/// does.
#[derive(Default)]
pub(super) struct Csv {
    /// The line that waits for the first row, so that a statement that fails prints nothing.
    header: Option<String>,
}

impl Csv {
    fn head(&mut self, out: &mut String) {
        if let Some(header) = self.header.take() {
            *out += &header;
        }
    }
}

impl Printer for Csv {
    fn begin(&mut self, names: Vec<String>, out: &mut String) {
        self.head(out);
        if !names.is_empty() {
            let names: Vec<_> = names.iter().map(|name| Some(name.as_str())).collect();
            self.header = Some(fields(&names));
        }
    }

    fn row(&mut self, cells: &[Option<&str>], out: &mut String) -> Outcome<()> {
        self.head(out);
        if !cells.is_empty() {
            *out += &fields(cells);
        }
        Ok(())
    }

    fn end(&mut self, _: u64, out: &mut String) {
        self.head(out);
    }
}

fn fields(cells: &[Option<&str>]) -> String {
    let field = |cell: Option<&str>| match cell {
        None => String::new(),
        Some(text) if text.is_empty() || text.contains([',', '"', '\n', '\r']) => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Some(text) => text.to_owned(),
    };
    let fields: Vec<String> = cells.iter().copied().map(field).collect();
    fields.join(",") + "\n"
}

/// An array of objects; every value is the server's text or null, since a number in JSON could
/// lose digits in whatever reads it. One that breaks off stays open: nobody takes it for whole.
#[derive(Default)]
pub(super) struct Json {
    /// The names of the result that is open, and whether it has a row.
    open: Option<(Vec<String>, bool)>,
    /// Whether there is an array above.
    is_next: bool,
}

impl Json {
    fn close(&mut self, out: &mut String) {
        if let Some((_, has_rows)) = self.open.take() {
            *out += if has_rows { "\n]\n" } else { "[]\n" };
            self.is_next = true;
        }
    }
}

impl Printer for Json {
    fn begin(&mut self, names: Vec<String>, out: &mut String) {
        self.close(out);
        self.open = Some((distinct(&names), false));
    }

    fn row(&mut self, cells: &[Option<&str>], out: &mut String) -> Outcome<()> {
        let Some((names, has_rows)) = &mut self.open else {
            return Ok(());
        };
        let object = serde_json::to_string_pretty(&Object { names, cells })
            .map_err(|error| Fault::new("The result cannot be written as JSON").because(error))?;
        *out += if *has_rows { ",\n  " } else { "[\n  " };
        *has_rows = true;
        *out += &object.replace('\n', "\n  ");
        Ok(())
    }

    fn end(&mut self, _: u64, out: &mut String) {
        self.close(out);
        if !self.is_next {
            *out += "[]\n";
        }
    }
}

/// A second column of the same name would take the first one's place.
fn distinct(columns: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for column in columns {
        let others = (2..).map(|number| format!("{column}_{number}"));
        let mut candidates = std::iter::once(column.clone()).chain(others);
        names.extend(candidates.find(|name| !names.contains(name)));
    }
    names
}

struct Object<'a> {
    names: &'a [String],
    cells: &'a [Option<&'a str>],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.names.iter().zip(self.cells))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two results, the second without rows, printed.
    fn printed(mut printer: impl Printer) -> String {
        let mut out = String::new();
        let names = ["n", "text"].map(str::to_owned);
        printer.begin(names.to_vec(), &mut out);
        assert_eq!(out, "", "nothing is said before a statement has a row");
        for row in [[Some("1"), Some("a,\"b\"")], [None, Some("")]] {
            assert_eq!(printer.row(&row, &mut out), Ok(()));
        }
        printer.begin(vec!["none".to_owned()], &mut out);
        printer.end(0, &mut out);
        out
    }

    #[test]
    fn each_result_is_printed_after_the_one_before_it() {
        let table = "n  text\n─  ─────\n1  a,\"b\"\n∅\n\nnone\n────\n";
        assert_eq!(printed(Table::default()), table);
        let csv = "n,text\n1,\"a,\"\"b\"\"\"\n,\"\"\nnone\n";
        assert_eq!(printed(Csv::default()), csv);
        let json = "[\n  {\n    \"n\": \"1\",\n    \"text\": \"a,\\\"b\\\"\"\n  },\n  {\n    \
                    \"n\": null,\n    \"text\": \"\"\n  }\n]\n[]\n";
        assert_eq!(printed(Json::default()), json);
    }
}
