//! The SQL screen: consoles, each with a text, a session of its own and the results of what was run
//! last. Rows are drawn by the grid of the tables, with its keys.
//!
//! It splits what is typed into statements and asks for them one by one; what the server does with
//! them it knows from the replies alone.

use std::sync::Arc;

use ratatui::layout::Rect;

use crate::data::names::Names;
use crate::data::{ConsoleText, Timeout};
use crate::sql::complete::Used;
use crate::sql::explain::Explaining;
use crate::studio::keys::Command;
use crate::studio::layer::{Cx, Effect, Parameter, Route, Staging};
use crate::studio::widgets::editor::vim::Memory;
use crate::studio::work::Ticket;
use crate::studio::work::console::ConsoleId;

mod console;
mod copy;
mod draw;
mod filling;
mod form;
mod grid;
mod held;
mod layer;
mod plan;
mod planned;
mod ran;
mod rows;
mod run;
mod sifted;
mod source;
mod suggest;
mod text;
mod texts;
mod vim;
mod watching;

use console::Console;
use filling::Filling;
use planned::Planned;
use ran::Ran;

/// The screen.
#[derive(Default)]
pub struct Sql {
    consoles: Vec<Console>,
    current: usize,
    opened: u32,
    /// The texts of an earlier studio, until the screen is shown.
    left: Vec<ConsoleText>,
    /// Whether texts are kept on disk, and of which revisions.
    keeps: bool,
    kept: Vec<(ConsoleId, u64)>,
    /// The file that is being read into another console.
    loading: Option<String>,
    /// What is run once a file was read that is named in it.
    including: Option<Vec<Planned>>,
    /// How many files were read for this run.
    included: usize,
    /// What completion knows, once it was read, and of which catalog.
    names: Arc<Names>,
    naming: Option<Ticket>,
    named: Option<u64>,
    used: Used,
    /// How long a statement may run in a new console.
    timeout: Option<Timeout>,
    /// What was looked for last in a text.
    needle: String,
    /// Whether anything is staged, in whichever table.
    is_staging: bool,
    /// What waits for the values of its parameters, and what was given to parameters before.
    filling: Option<Filling>,
    given: Vec<Parameter>,
    /// What vim's keys remember, from one text to another.
    vim: Memory,
    /// What waits for a yes.
    asking: Option<Asking>,
    /// Where the text and the result are, for the mouse.
    text_area: Rect,
    result_area: Rect,
}

/// What is asked about before it is done.
enum Asking {
    Run(Vec<Planned>),
    /// The file of a COPY, whose statement is one of these.
    Copied(Vec<Planned>),
    /// What is explained, and the statement it is of.
    Explain(Explaining, Box<Planned>),
    /// Closing the console.
    Close,
}

impl Sql {
    /// The screen with the texts that were left, nothing where they are not kept; and how long a statement
    /// may run in it, where that is set.
    #[must_use]
    pub fn with_texts(texts: Option<Vec<ConsoleText>>, timeout: Option<Timeout>) -> Self {
        Self {
            timeout,
            keeps: texts.is_some(),
            left: texts.unwrap_or_default(),
            ..Self::default()
        }
    }

    fn console(&self) -> Option<&Console> {
        self.consoles.get(self.current)
    }

    fn console_mut(&mut self) -> Option<&mut Console> {
        self.consoles.get_mut(self.current)
    }

    fn result(&self) -> Option<&Ran> {
        self.console()?.result()
    }

    fn show_result(&mut self, by: isize) {
        if let Some(console) = self.console_mut() {
            let last = console.results.len().saturating_sub(1);
            console.shown = console.shown.saturating_add_signed(by).min(last);
        }
    }

    /// What the server said beside the rows, to be read and copied.
    fn messages(&self, cx: &mut Cx<'_>) {
        let Some(ran) = self.result() else {
            return;
        };
        let mut lines: Vec<String> = Vec::new();
        for notice in &ran.notices {
            lines.push(format!("{}: {}", notice.severity, notice.text));
            lines.extend(notice.detail.iter().map(|detail| format!("  {detail}")));
            lines.extend(notice.hint.iter().map(|hint| format!("  to do: {hint}")));
        }
        if ran.unkept > 0 {
            lines.push(format!("and {} more, which are not kept", ran.unkept));
        }
        cx.open(Route::Text {
            title: "What the server said".to_owned(),
            text: lines.join("\n"),
        });
    }

    fn in_result(&mut self, command: Command, cx: &mut Cx<'_>) {
        let plan = self.console().and_then(Console::plan_shown);
        let Some(ran) = self.console_mut().and_then(Console::result_mut) else {
            return;
        };
        if ran.in_record(command, cx) {
            return;
        }
        match command {
            Command::Up => ran.step(-1, cx),
            Command::Down => ran.step(1, cx),
            Command::PageUp => ran.page(-2, cx),
            Command::PageDown => ran.page(2, cx),
            Command::HalfUp => ran.page(-1, cx),
            Command::HalfDown => ran.page(1, cx),
            Command::First => ran.jump(false, cx),
            Command::Last => ran.jump(true, cx),
            Command::Left => ran.grid.sideways(-1),
            Command::Right => ran.grid.sideways(1),
            Command::RowStart => ran.grid.leap(false),
            Command::RowEnd => ran.grid.leap(true),
            Command::Wider => ran.grid.widen(2),
            Command::Narrower => ran.grid.widen(-2),
            Command::Fit => ran.grid.fit(),
            Command::Freeze => ran.grid.freeze(),
            Command::Hide => {
                ran.grid.hide();
            }
            Command::ShiftLeft | Command::ShiftRight
                if !ran.grid.shift(command == Command::ShiftRight) =>
            {
                cx.refuse("there is no column beyond it");
            }
            Command::Columns => {
                if let Some(relation) = &ran.relation {
                    cx.open(Route::Columns {
                        relation: relation.clone(),
                        arrangement: ran.grid.arrangement(relation),
                        column: ran.grid.column,
                    });
                }
            }
            Command::ReadAll => ran.read_all(cx),
            Command::Sort => ran.sort(false, cx),
            Command::SortFurther => ran.sort(true, cx),
            Command::SortNulls => ran.sort_nulls(cx),
            Command::FilterColumn => ran.ask_condition(cx),
            Command::FilterValue => ran.filter_value(false, cx),
            Command::ExcludeValue => ran.filter_value(true, cx),
            Command::EditFilter => cx.open(Route::Filter(ran.filter())),
            Command::Edit
            | Command::SetNull
            | Command::SetDefault
            | Command::DeleteRow
            | Command::ForgetRow => ran.edit(command, cx),
            Command::Undo | Command::Redo => {
                let staging = if command == Command::Undo {
                    Staging::Undo
                } else {
                    Staging::Redo
                };
                if let Some(table) = ran.table() {
                    cx.ask(Effect::Staging(staging(table)));
                }
            }
            // What is staged, of whatever table, is written where the tables are.
            Command::ReviewEdits | Command::DiscardEdits | Command::UndoCommit => {
                cx.ask(Effect::Staging(Staging::Command(command)));
            }
            Command::ViewCell => match plan {
                Some((title, json)) => cx.open(Route::Plan {
                    title,
                    json,
                    before: None,
                }),
                None => ran.view(cx),
            },
            Command::CopyCell => ran.copy_cell(cx),
            Command::CopyAs => ran.ask_copy(cx),
            Command::Chart => ran.chart(cx),
            _ => {}
        }
    }
}
