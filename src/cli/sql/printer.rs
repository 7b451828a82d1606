//! Results as text: a table for people, CSV and JSON for programs. CSV and JSON hold no more than a
//! row; a table has to see all of it before it knows how wide its columns are.
//!
//! Of several results each is printed, one after the other.

use unicode_width::UnicodeWidthStr;

use crate::data::filter::Kind;
use crate::data::{Column, Rows, RowsBuilder, clip};
use crate::fault::Outcome;
use crate::glyphs;

/// What makes text of results.
pub(super) trait Printer {
    /// A result begins.
    fn begin(&mut self, columns: Vec<Column>, out: &mut String);

    /// Its next row.
    ///
    /// # Errors
    /// It cannot be held.
    fn row(&mut self, cells: &[Option<&str>], out: &mut String) -> Outcome<()>;

    /// A statement has ended, with this tag; empty where there was none.
    fn tag(&mut self, _tag: &str, _out: &mut String) {}

    /// In place of a result data were copied, which stand as they are.
    fn copied(&mut self) {}

    /// All have ended.
    fn end(&mut self, out: &mut String);
}

/// Columns in line, for people; of a statement without rows its tag.
#[derive(Default)]
pub(super) struct Table {
    open: Option<(Vec<Column>, RowsBuilder)>,
    /// Whether there is a table above.
    is_next: bool,
}

impl Table {
    /// An empty line behind a table.
    fn part(&mut self, out: &mut String) {
        if std::mem::take(&mut self.is_next) {
            out.push('\n');
        }
    }
}

impl Printer for Table {
    fn begin(&mut self, columns: Vec<Column>, _: &mut String) {
        let rows = RowsBuilder::new(columns.len());
        self.open = Some((columns, rows));
    }

    fn row(&mut self, cells: &[Option<&str>], _: &mut String) -> Outcome<()> {
        match &mut self.open {
            Some((_, rows)) => rows
                .push_whole(cells)
                .map_err(|fault| fault.remedy("use --format csv or json, which hold no rows")),
            None => Ok(()),
        }
    }

    fn tag(&mut self, tag: &str, out: &mut String) {
        let open = self.open.take().filter(|(columns, _)| !columns.is_empty());
        if let Some((columns, rows)) = open {
            self.part(out);
            table(&columns, &rows.finish(), out);
            self.is_next = true;
        } else if !tag.is_empty() {
            self.part(out);
            *out += tag;
            out.push('\n');
        }
    }

    fn end(&mut self, _: &mut String) {}
}

fn table(columns: &[Column], rows: &Rows, out: &mut String) {
    let text = |row, column| {
        let cell = rows.cell(row, column).and_then(|cell| cell.text);
        glyphs::visible_cow(cell.unwrap_or(glyphs::NULL))
    };
    let names = columns.iter().map(|column| glyphs::visible(&column.name));
    let names: Vec<String> = names.collect();
    let width = |(column, name): (usize, &String)| {
        let cells = (0..rows.len()).map(|row| text(row, column).width());
        cells.chain([name.width()]).max().unwrap_or(0)
    };
    let places = names.iter().enumerate().map(width).zip(columns);
    let places: Vec<(usize, bool)> = places
        .map(|(width, column)| (width, column.kind() == Kind::Number))
        .collect();
    let rules = places.iter().map(|(width, _)| "─".repeat(*width));
    let rules: Vec<String> = rules.collect();
    line(&names, &places, out);
    line(&rules, &places, out);
    for row in 0..rows.len() {
        let cells: Vec<_> = (0..names.len()).map(|column| text(row, column)).collect();
        line(&cells, &places, out);
    }
}

/// A line of cells, each as wide as its column and, if that is one of numbers, on its right.
fn line(cells: &[impl AsRef<str>], places: &[(usize, bool)], out: &mut String) {
    let padded = cells.iter().zip(places).map(|(cell, (width, is_right))| {
        let cell = cell.as_ref();
        let room = " ".repeat(width.saturating_sub(cell.width()));
        if *is_right {
            room + cell
        } else {
            cell.to_owned() + &room
        }
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
    fn begin(&mut self, columns: Vec<Column>, out: &mut String) {
        self.head(out);
        if !columns.is_empty() {
            let names = columns.iter().map(|column| Some(column.name.as_str()));
            self.header = Some(fields(&names.collect::<Vec<_>>()));
        }
    }

    fn row(&mut self, cells: &[Option<&str>], out: &mut String) -> Outcome<()> {
        self.head(out);
        if !cells.is_empty() {
            *out += &fields(cells);
        }
        Ok(())
    }

    fn end(&mut self, out: &mut String) {
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

/// An array of objects, with values as the studio copies them. One that breaks off stays open: nobody
/// takes it for whole.
#[derive(Default)]
pub(super) struct Json {
    /// The columns of the result that is open, and whether it has a row.
    open: Option<(Vec<Column>, bool)>,
    /// Whether there is something above.
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
    fn begin(&mut self, columns: Vec<Column>, out: &mut String) {
        self.close(out);
        self.open = Some((distinct(columns), false));
    }

    fn row(&mut self, cells: &[Option<&str>], out: &mut String) -> Outcome<()> {
        let Some((columns, has_rows)) = &mut self.open else {
            return Ok(());
        };
        *out += if *has_rows { ",\n  " } else { "[\n  " };
        *has_rows = true;
        clip::push_object(columns, cells.iter().copied(), out);
        Ok(())
    }

    fn copied(&mut self) {
        self.is_next = true;
    }

    fn end(&mut self, out: &mut String) {
        self.close(out);
        if !self.is_next {
            *out += "[]\n";
        }
    }
}

/// A second column of the same name would take the first one's place.
fn distinct(mut columns: Vec<Column>) -> Vec<Column> {
    let mut names: Vec<String> = Vec::new();
    for column in &mut columns {
        let others = (2..).map(|number| format!("{}_{number}", column.name));
        let mut candidates = std::iter::once(column.name.clone()).chain(others);
        column.name = candidates
            .find(|name| !names.contains(name))
            .unwrap_or_default();
        names.push(column.name.clone());
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pg::introspect;

    /// Two results, the second without rows, printed.
    fn printed(mut printer: impl Printer) -> String {
        let mut out = String::new();
        let columns = [("n", 23), ("text", 25), ("none", 16)];
        let [n, text, none] = columns.map(|(name, kind)| Column {
            name: name.to_owned(),
            ..introspect::unnamed(kind)
        });
        printer.begin(vec![n, text], &mut out);
        assert_eq!(out, "", "nothing is said before a statement has a row");
        for row in [[Some("1"), Some("a,\"b\"")], [None, Some("")]] {
            assert_eq!(printer.row(&row, &mut out), Ok(()));
        }
        printer.tag("SELECT 2", &mut out);
        printer.tag("SET", &mut out);
        printer.begin(vec![none], &mut out);
        printer.tag("SELECT 0", &mut out);
        printer.end(&mut out);
        out
    }

    #[test]
    fn each_result_is_printed_after_the_one_before_it() {
        let table = "n  text\n─  ─────\n1  a,\"b\"\n∅\n\nSET\nnone\n────\n";
        assert_eq!(printed(Table::default()), table);
        let csv = "n,text\n1,\"a,\"\"b\"\"\"\n,\"\"\nnone\n";
        assert_eq!(printed(Csv::default()), csv);
        let json =
            "[\n  {\"n\": 1, \"text\": \"a,\\\"b\\\"\"},\n  {\"n\": null, \"text\": \"\"}\n]\n[]\n";
        assert_eq!(printed(Json::default()), json);
    }
}
