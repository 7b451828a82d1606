//! Rows as a text to take elsewhere: plain, TSV, CSV, JSON, Markdown. What SQL they become is the
//! `sql` room's to say.
//!
//! Values are what the server sent. NULL is never a word: TSV writes it as COPY does (`\N`), CSV as
//! nothing where the empty text is `""`, JSON as `null`; the formats that have no way of their own
//! write the sign that the screen has.

use std::borrow::Cow;

use super::column::{Align, Column};
use super::edits::Seen;
use super::filter::Kind;
use crate::glyphs;

/// What is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The row under the cursor.
    Row,
    /// The rows that are marked.
    Marked,
    /// Every row that is held.
    Page,
    /// The column under the cursor in every row that is held.
    Column,
    /// The value under the cursor.
    Value,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The values alone; of several columns each on a line with its name.
    Text,
    /// As COPY writes it (manual, COPY, "Text Format"); no header.
    Tsv,
    /// With a header.
    Csv,
    /// An array of objects.
    Json,
    /// A table.
    Markdown,
    /// A statement a row.
    Insert,
    /// A statement a row, which finds it by its key.
    Update,
    /// `IN (…)`: the values, or the keys of the rows.
    In,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Text,
        Self::Tsv,
        Self::Csv,
        Self::Json,
        Self::Markdown,
        Self::Insert,
        Self::Update,
        Self::In,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Tsv => "TSV",
            Self::Csv => "CSV",
            Self::Json => "JSON",
            Self::Markdown => "a Markdown table",
            Self::Insert => "INSERT statements",
            Self::Update => "UPDATE statements",
            Self::In => "an IN (…) list",
        }
    }

    /// Whether it is made to be run: part of a value is then worse than none.
    #[must_use]
    pub fn is_sql(self) -> bool {
        matches!(self, Self::Insert | Self::Update | Self::In)
    }

    /// Whether it makes sense of less than a row.
    #[must_use]
    pub fn suits(self, what: What) -> bool {
        match what {
            What::Row | What::Marked | What::Page => true,
            What::Column => !matches!(self, Self::Insert | Self::Update),
            What::Value => matches!(self, Self::Text | Self::Json | Self::In),
        }
    }
}

/// What is copied, with what must be known of its columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clip {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, one value a column.
    pub rows: Vec<Seen>,
}

impl Clip {
    /// The text in one of the formats that are no SQL; nothing for the others.
    #[must_use]
    pub fn text(&self, format: Format) -> Option<String> {
        match format {
            Format::Text => Some(self.plain()),
            Format::Tsv => Some(self.lines("\t", tsv)),
            Format::Csv => {
                let names = self.columns.iter().map(|column| csv(Some(&column.name)));
                let header = names.collect::<Vec<_>>().join(",");
                Some(format!("{header}\n{}", self.lines(",", csv)))
            }
            Format::Json => Some(self.json()),
            Format::Markdown => Some(self.markdown()),
            Format::Insert | Format::Update | Format::In => None,
        }
    }

    fn plain(&self) -> String {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| glyphs::NULL.into());
        if self.columns.len() == 1 {
            let values: Vec<String> = self.rows.iter().flatten().map(shown).collect();
            return values.join("\n");
        }
        let row = |row: &Seen| {
            let fields = self.columns.iter().zip(row);
            let lines = fields.map(|(column, value)| format!("{}: {}", column.name, shown(value)));
            lines.collect::<Vec<_>>().join("\n")
        };
        self.rows.iter().map(row).collect::<Vec<_>>().join("\n\n")
    }

    fn lines(&self, between: &str, written: fn(Option<&str>) -> String) -> String {
        let mut out = String::new();
        for row in &self.rows {
            let values: Vec<String> = row.iter().map(|value| written(value.as_deref())).collect();
            out.push_str(&values.join(between));
            out.push('\n');
        }
        out
    }

    fn json(&self) -> String {
        let object = |row: &Seen| {
            let mut text = "  ".to_owned();
            push_object(&self.columns, row.iter().map(Option::as_deref), &mut text);
            text
        };
        let objects: Vec<String> = self.rows.iter().map(object).collect();
        if objects.is_empty() {
            "[]\n".to_owned()
        } else {
            format!("[\n{}\n]\n", objects.join(",\n"))
        }
    }

    fn markdown(&self) -> String {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let names = self
            .columns
            .iter()
            .map(|column| plain_in_markdown(&column.name));
        let mut out = line(names.collect());
        let rules = self.columns.iter().map(|column| match column.align() {
            Align::Left => "---".to_owned(),
            Align::Right => "---:".to_owned(),
        });
        out.push_str(&line(rules.collect()));
        for row in &self.rows {
            let cells = row.iter().map(|value| match value {
                Some(text) => plain_in_markdown(text),
                None => glyphs::NULL.to_owned(),
            });
            out.push_str(&line(cells.collect()));
        }
        out
    }
}

fn tsv(value: Option<&str>) -> String {
    let Some(text) = value else {
        return "\\N".to_owned();
    };
    let mut out = String::with_capacity(text.len());
    for ch in text.chars() {
        match ch {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            other => out.push(other),
        }
    }
    out
}

fn csv(value: Option<&str>) -> String {
    match value {
        None => String::new(),
        Some(text)
            if text.is_empty()
                || text == "\\."
                || text.starts_with(' ')
                || text.ends_with(' ')
                || text.contains([',', '"', '\n', '\r']) =>
        {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Some(text) => text.to_owned(),
    }
}

fn quoted(text: &str) -> String {
    // No text fails to be written.
    serde_json::to_string(text).unwrap_or_default()
}

/// A row as an object in JSON, on one line.
pub fn push_object<'a>(
    columns: &[Column],
    row: impl Iterator<Item = Option<&'a str>>,
    out: &mut String,
) {
    out.push('{');
    for (at, (column, value)) in columns.iter().zip(row).enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        out.push_str(&quoted(&column.name));
        out.push_str(": ");
        out.push_str(&json(column, value));
    }
    out.push('}');
}

/// A value of a number's type that is written as JSON writes numbers is one; so is JSON itself.
fn json<'a>(column: &Column, value: Option<&'a str>) -> Cow<'a, str> {
    match (value, column.kind()) {
        (None, _) => "null".into(),
        (Some(text), Kind::Number) if is_json_number(text) => text.into(),
        (Some("t"), Kind::Boolean) => "true".into(),
        (Some("f"), Kind::Boolean) => "false".into(),
        (Some(text), Kind::Json) if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() => {
            text.into()
        }
        (Some(text), _) => quoted(text).into(),
    }
}

/// Whether a text is a number in JSON (RFC 8259, section 6): `NaN`, `$1` and `007` are none.
#[must_use]
pub fn is_json_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (text, exponent) = match text.split_once(['e', 'E']) {
        Some((text, exponent)) => (text, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent
            .is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

/// A text in a cell of a Markdown table, which has one line.
fn plain_in_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for ch in text.chars() {
        match ch {
            '\n' => out.push_str("<br>"),
            '\r' => {}
            '\\' | '|' | '*' | '`' | '<' | '[' => {
                out.push('\\');
                out.push(ch);
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::column::tests::column;
    use proptest::prelude::*;

    fn clip(rows: &[[Option<&str>; 2]]) -> Clip {
        let row = |row: &[Option<&str>; 2]| row.iter().map(|v| v.map(str::to_owned)).collect();
        Clip {
            columns: vec![column("n", "numeric", 'N'), column("a \"b\"", "text", 'S')],
            rows: rows.iter().map(row).collect(),
        }
    }

    #[test]
    fn null_and_the_empty_text_differ_in_every_format() {
        let null = clip(&[[Some("1.50"), None]]);
        let empty = clip(&[[Some("1.50"), Some("")]]);
        for format in Format::ALL.into_iter().filter(|format| !format.is_sql()) {
            let (null, empty) = (null.text(format), empty.text(format));
            assert!(null.is_some() && null != empty, "{format:?}");
            assert!(!null.unwrap_or_default().contains("NULL"), "{format:?}");
        }
    }

    #[test]
    fn each_format_writes_what_it_must() {
        let rows = clip(&[
            [Some("-1.50"), Some("a\tb\\,\"c\"\n|d")],
            [None, Some("x")],
            [Some("NaN"), None],
        ]);
        let written = |format| rows.text(format).unwrap_or_default();
        assert_eq!(
            written(Format::Text),
            "n: -1.50\na \"b\": a\tb\\,\"c\"\n|d\n\nn: ∅\na \"b\": x\n\nn: NaN\na \"b\": ∅"
        );
        assert_eq!(
            written(Format::Tsv),
            "-1.50\ta\\tb\\\\,\"c\"\\n|d\n\\N\tx\nNaN\t\\N\n"
        );
        assert_eq!(
            written(Format::Csv),
            "n,\"a \"\"b\"\"\"\n-1.50,\"a\tb\\,\"\"c\"\"\n|d\"\n,x\nNaN,\n"
        );
        assert_eq!(
            written(Format::Json),
            "[\n  {\"n\": -1.50, \"a \\\"b\\\"\": \"a\\tb\\\\,\\\"c\\\"\\n|d\"},\n  \
             {\"n\": null, \"a \\\"b\\\"\": \"x\"},\n  {\"n\": \"NaN\", \"a \\\"b\\\"\": null}\n]\n"
        );
        assert_eq!(
            written(Format::Markdown),
            "| n | a \"b\" |\n| ---: | --- |\n| -1.50 | a\tb\\\\,\"c\"<br>\\|d |\n| ∅ | x |\n| NaN | ∅ |\n"
        );
    }

    #[test]
    fn only_what_json_calls_a_number_is_one() {
        for text in [
            "0",
            "-1",
            "1.50",
            "1e400",
            "-0.1E-7",
            "12345678901234567890.123",
        ] {
            assert!(is_json_number(text), "{text}");
        }
        for text in [
            "",
            "-",
            "01",
            "1.",
            ".5",
            "NaN",
            "-Infinity",
            "$1.00",
            "1e",
            "0x1",
            "1 ",
        ] {
            assert!(!is_json_number(text), "{text}");
        }
        let number_in_text = json(&column("t", "text", 'S'), Some("1"));
        assert_eq!(number_in_text, "\"1\"");
        let boolean = column("b", "boolean", 'B');
        assert_eq!(json(&boolean, Some("t")), "true");
        let document = column("j", "jsonb", 'U');
        assert_eq!(json(&document, Some("{\"a\": [1]}")), "{\"a\": [1]}");
    }

    proptest! {
        #[test]
        fn csv_and_json_give_back_what_went_in(
            values in proptest::collection::vec(proptest::option::of("[a-c,\" \n\r\\\\.]{0,5}"), 1..5)) {
            let rows = Clip {
                columns: vec![column("v", "text", 'S'), column("w", "text", 'S')],
                rows: values.iter().map(|value| vec![value.clone(), Some("w".to_owned())]).collect(),
            };
            let read: serde_json::Value =
                serde_json::from_str(&rows.text(Format::Json).unwrap_or_default()).unwrap_or_default();
            for (at, value) in values.iter().enumerate() {
                prop_assert_eq!(read[at]["v"].as_str(), value.as_deref());
            }
            for value in values.iter().flatten() {
                let written = csv(Some(value));
                let bare = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                let back = bare.map_or(written.clone(), |inner| inner.replace("\"\"", "\""));
                prop_assert_eq!(&back, value);
                prop_assert!(!written.is_empty());
            }
        }
    }
}
