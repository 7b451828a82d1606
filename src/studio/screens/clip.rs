//! Rows for the clipboard, whatever screen they are on: what can be chosen, and how it is written.

use crate::data::catalog::{grouped, rows as rows_in_words};
use crate::data::clip::{Clip, Format, What};
use crate::data::relation::Relation;
use crate::sql::clip;
use crate::studio::layer::{Answer, Choice, Cx, Effect};

/// One of the ways to copy; how many rows it is about, where that is worth saying; why not, where it
/// cannot be.
pub(super) fn choice(
    what: What,
    format: Format,
    heading: &'static str,
    rows: Option<usize>,
    can: Result<(), String>,
) -> Choice {
    Choice {
        label: format!("{} as {}", word(what), format.name()),
        fact: rows.map_or_else(String::new, |rows| rows_in_words(rows as u64)),
        heading,
        answer: can.map(|()| Answer::Copy(what, format)),
    }
}

/// Copies rows, in words that say what; `cut` is in how many of them something is not whole.
pub(super) fn give(
    relation: &Relation,
    what: What,
    format: Format,
    clip: &Clip,
    cut: usize,
    cx: &mut Cx<'_>,
) {
    let rows = clip.rows.len() as u64;
    if (what, format) == (What::Value, Format::Text)
        && clip.rows.iter().flatten().all(Option::is_none)
    {
        cx.refuse("NULL is no text that could be copied");
        return;
    }
    let text = match (format, what) {
        (Format::Insert, _) => Ok(clip::inserts(relation, clip)),
        (Format::Update, _) => clip::updates(relation, clip),
        (Format::In, What::Value | What::Column) => clip::values(clip),
        (Format::In, What::Row | What::Marked | What::Page) => clip::keys(relation, clip),
        (format, _) => Ok(clip.text(format).unwrap_or_default()),
    };
    let column = clip.columns.first().map_or("", |column| &column.name);
    let things = match what {
        What::Row => "the row".to_owned(),
        What::Page | What::Marked => rows_in_words(rows),
        What::Column => format!("{column} of {}", rows_in_words(rows)),
        What::Value => format!("the value of {column}"),
    };
    let cut = match cut {
        0 => String::new(),
        1 => ", long values of 1 row cut,".to_owned(),
        rows => format!(", long values of {} rows cut,", grouped(rows as u64)),
    };
    match text {
        Ok(text) => cx.ask(Effect::Copy(
            text,
            format!("{things} as {}{cut}", format.name()),
        )),
        Err(why) => cx.refuse(why),
    }
}

fn word(what: What) -> &'static str {
    match what {
        What::Row => "Row",
        What::Marked => "Marked rows",
        What::Page => "Rows",
        What::Column => "Column",
        What::Value => "Value",
    }
}
