//! A value, whole: as text, as a tree, as elements or as bytes, by the type of its column. Where
//! only its beginning is in memory, the rest is asked for.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::data::catalog::grouped;
use crate::data::filter::Kind;
use crate::data::search::Needle;
use crate::data::{Column, bytes};
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{
    Answer, Cx, Effect, Layer, Prompt, Purpose, Refusal, Route, Shared, Viewed,
};
use crate::studio::widgets::input::Line;
use crate::studio::widgets::value::{Body, Lines, Outline, Search};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

mod draw;
mod made;

use made::{Made, characters, is_bytes, is_more_than_text};

/// The rows of the smallest one, with its border.
const LOWEST: u16 = 5;

/// The dialog.
pub struct Viewer {
    shown: Viewed,
    /// The text that is here; nothing where the value is NULL by now.
    text: Option<Arc<str>>,
    /// The request for the rest.
    asked: Option<Ticket>,
    /// A geometry as well-known text, which the server is asked for.
    well_known: Option<Arc<str>>,
    body: Box<dyn Body>,
    /// How long the value is, and what it is, where that can be said.
    about: String,
    /// What else is to be said of what is shown.
    note: String,
    raw: bool,
    wrap: bool,
    finding: Finding,
    /// The file it was saved in last, or that was tried.
    path: Option<String>,
    /// It grows with what is in it and never shrinks: folding must not move what is read.
    height: u16,
    frame: Rect,
}

/// What is looked for in it.
#[derive(Default)]
struct Finding {
    line: Line,
    is_typed: bool,
    needle: Option<Needle>,
    /// Whether it is nowhere.
    missed: bool,
}

impl Viewer {
    /// Shows what is here of a value.
    #[must_use]
    pub fn new(shown: Viewed) -> Self {
        let text: Arc<str> = Arc::from(shown.text.as_str());
        let mut viewer = Self {
            body: Box::new(Lines::of_text(&text)),
            height: if shown.cut.is_some() {
                u16::MAX
            } else {
                LOWEST
            },
            shown,
            text: Some(text),
            asked: None,
            well_known: None,
            about: String::new(),
            note: String::new(),
            raw: false,
            wrap: true,
            finding: Finding::default(),
            path: None,
            frame: Rect::default(),
        };
        viewer.build();
        viewer
    }

    fn column(&self) -> Option<&Column> {
        self.shown.relation.columns.get(self.shown.column)
    }

    fn text(&self) -> Arc<str> {
        let well_known = self.well_known.as_ref().filter(|_| !self.raw);
        let text = well_known.or(self.text.as_ref()).cloned();
        text.unwrap_or_else(|| Arc::from(""))
    }

    /// Asks how a geometry that is here whole is written for people.
    fn ask_well_known(&mut self, cx: &mut Cx<'_>) {
        let is_spatial = self.column().is_some_and(Column::is_spatial);
        if let (true, Some(text), None) = (is_spatial, &self.text, self.shown.cut) {
            self.asked = Some(cx.db(DbRequest::WellKnown {
                relation: Arc::clone(&self.shown.relation),
                column: self.shown.column,
                text: text.to_string(),
            }));
        }
    }

    /// Makes what is shown from the text that is here.
    fn build(&mut self) {
        let text = self.text();
        let whole = self.shown.cut.is_none();
        let mut made = Made::lines(&text);
        if let (true, Some(column)) = (whole, self.column()) {
            made = Made::of(column, &text, self.raw);
        }
        self.about = match (&self.text, self.shown.cut) {
            (None, _) => "NULL".to_owned(),
            (_, Some(length)) => characters(length),
            _ => made.about,
        };
        if whole {
            self.note = made.note;
        }
        self.body = made.body;
        if let Some(lines) = self.body.lines() {
            lines.set_wrap(self.wrap);
        }
    }

    /// The whole value is here.
    fn take(&mut self, text: Option<String>) {
        self.shown.cut = None;
        self.text = text.map(Arc::from);
        self.note.clear();
        self.build();
    }

    /// Only the beginning will be here.
    fn keep_cut(&mut self, why: &str) {
        let here = grouped(self.text().chars().count() as u64);
        self.note = format!("only the first {here} are shown: {why}");
    }

    fn close(&mut self, cx: &mut Cx<'_>) {
        if let Some(ticket) = self.asked.take() {
            cx.ask(Effect::Cancel(ticket));
        }
        cx.ask(Effect::Pop);
    }

    fn find(&mut self, search: Search) {
        let needle = self.finding.needle.as_ref();
        self.finding.missed = needle.is_some_and(|needle| !self.body.find(needle, search));
    }

    /// Takes away what was looked for, and its marks; `false` where nothing was.
    fn give_up_search(&mut self) -> bool {
        let was_typed = std::mem::take(&mut self.finding.is_typed);
        self.finding.missed = false;
        self.finding.needle.take().is_some() || was_typed
    }

    fn typed(&mut self) {
        self.finding.needle = Needle::new(self.finding.line.text());
        self.find(Search::Here);
    }

    fn copy(&mut self, cx: &mut Cx<'_>) {
        let name = self.column().map_or("it", |column| &column.name).to_owned();
        let (text, what) = match (self.body.outline(), self.shown.cut) {
            (Some(outline), _) => (outline.value(), format!("the value at {}", outline.path())),
            (None, None) => (self.text().to_string(), format!("the value of {name}")),
            (None, Some(length)) => {
                let here = grouped(self.text().chars().count() as u64);
                let what = format!("the first {here} of {} of {name}", characters(length));
                (self.text().to_string(), what)
            }
        };
        cx.ask(Effect::Copy(text, what));
    }

    /// The value as a file has it: the bytes of a `bytea`, the text of everything else.
    fn bytes(&self) -> Vec<u8> {
        let text = self.text();
        let is_bytes = self.column().is_some_and(is_bytes);
        let decoded = is_bytes.then(|| bytes::decoded(&text)).flatten();
        decoded.unwrap_or_else(|| text.as_bytes().to_vec())
    }

    /// A name for its file: `event.payload.json`.
    fn file(&self) -> String {
        let column = self.column();
        let end = match column.map(Column::kind) {
            Some(Kind::Json) => "json".to_owned(),
            _ if column.is_some_and(is_bytes) => bytes::extension(&self.bytes()),
            _ if column.is_some_and(|column| column.type_name == "xml") => "xml".to_owned(),
            _ => "txt".to_owned(),
        };
        let plain = |name: &str| -> String {
            let safe = |ch: char| if ch.is_alphanumeric() { ch } else { '_' };
            name.chars().map(safe).collect()
        };
        let column = column.map_or("value", |column| &column.name);
        let table = &self.shown.relation.name;
        format!("{}.{}.{end}", plain(table), plain(column))
    }

    fn ask_path(&self, cx: &mut Cx<'_>) {
        cx.open(Route::Prompt(Prompt {
            title: "Save the value".to_owned(),
            hint: "a file that is not there yet".to_owned(),
            text: self.path.clone().unwrap_or_else(|| self.file()),
            wrong: None,
            purpose: Purpose::Save,
        }));
    }

    /// Moves, folds and wraps.
    fn in_body(&mut self, command: Command) {
        let page = isize::try_from(self.body.height()).unwrap_or(1).max(1);
        match command {
            Command::Up => self.body.step(-1),
            Command::Down => self.body.step(1),
            Command::PageUp => self.body.step(-page),
            Command::PageDown => self.body.step(page),
            Command::HalfUp => self.body.step(-page / 2),
            Command::HalfDown => self.body.step(page / 2),
            Command::First => self.body.jump(false),
            Command::Last => self.body.jump(true),
            Command::Left => self.body.sideways(-1),
            Command::Right => self.body.sideways(1),
            Command::RowStart => self.body.leap(false),
            Command::RowEnd => self.body.leap(true),
            Command::ViewerFold => {
                self.body.outline().map(Outline::toggle);
            }
            Command::ViewerFoldAll => {
                self.body.outline().map(Outline::toggle_all);
            }
            Command::ViewerWrap => {
                self.wrap = !self.wrap;
                if let Some(lines) = self.body.lines() {
                    lines.set_wrap(self.wrap);
                }
            }
            _ => {}
        }
    }
}

impl Layer for Viewer {
    fn scopes(&self) -> Vec<Scope> {
        if self.finding.is_typed {
            vec![Scope::Text]
        } else {
            vec![Scope::Viewer, Scope::Moving]
        }
    }

    fn is_typing(&self) -> bool {
        self.finding.is_typed
    }

    fn enabled(&self, command: Command, _: &Shared) -> Result<(), Refusal> {
        let kind = self.column().map(Column::kind);
        let whole = self.shown.cut.is_none();
        let is_tree = whole && kind == Some(Kind::Json) && !self.raw;
        match command {
            Command::ViewerFold | Command::ViewerFoldAll | Command::CopyPath if !is_tree => {
                Err("only a JSON tree has that".into())
            }
            Command::ViewerWrap if !self.body.has_lines() => {
                Err("there are no long lines here".into())
            }
            Command::ViewerNext | Command::ViewerPrevious if self.finding.needle.is_none() => {
                Err("nothing was looked for yet".into())
            }
            Command::ViewerRaw if !self.column().is_some_and(is_more_than_text) => {
                Err("this is the text as the server sent it".into())
            }
            Command::ViewerRaw | Command::SaveValue | Command::EditorValue if !whole => {
                Err("the value is not whole".into())
            }
            Command::CopyValue | Command::SaveValue | Command::EditorValue
                if self.text.is_none() =>
            {
                Err("the value is NULL".into())
            }
            _ => Ok(()),
        }
    }

    fn on_open(&mut self, cx: &mut Cx<'_>) {
        if self.shown.cut.is_none() {
            return self.ask_well_known(cx);
        }
        match self.shown.id.clone() {
            Some(id) => {
                let relation = Arc::clone(&self.shown.relation);
                self.asked = Some(cx.db(DbRequest::Row { relation, id }));
            }
            None => self.keep_cut("nothing finds this row again"),
        }
    }

    fn on_db(&mut self, ticket: Ticket, reply: DbReply, cx: &mut Cx<'_>) {
        if self.asked != Some(ticket) {
            return;
        }
        if reply.is_final() {
            self.asked = None;
        }
        match reply {
            DbReply::Part(Part::Row(Some(values))) => {
                if let Some(value) = values.into_iter().nth(self.shown.column) {
                    self.take(value);
                    self.ask_well_known(cx);
                }
            }
            DbReply::Part(Part::WellKnown(text)) => {
                self.well_known = Some(Arc::from(text));
                self.build();
            }
            DbReply::Failed(fault) if self.shown.cut.is_none() => {
                self.note = format!("it cannot be shown as text: {}", fault.what);
            }
            DbReply::Part(Part::Row(None)) => self.keep_cut("the row is gone by now"),
            DbReply::Failed(fault) if self.shown.cut.is_some() => self.keep_cut(&fault.what),
            DbReply::Cancelled if self.shown.cut.is_some() => self.keep_cut("it was cancelled"),
            _ => {}
        }
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::Close => {
                if !self.give_up_search() {
                    self.close(cx);
                }
            }
            Command::Accept => self.finding.is_typed = false,
            Command::ViewerFind => {
                self.finding.is_typed = true;
                self.finding.line.clear();
                self.typed();
            }
            Command::ViewerNext => self.find(Search::Next),
            Command::ViewerPrevious => self.find(Search::Previous),
            Command::ViewerRaw => {
                self.raw = !self.raw;
                self.build();
            }
            Command::CopyValue => self.copy(cx),
            Command::CopyPath => {
                if let Some(outline) = self.body.outline() {
                    cx.ask(Effect::Copy(outline.path(), "the path".to_owned()));
                }
            }
            Command::SaveValue => self.ask_path(cx),
            Command::EditorValue => cx.ask(Effect::Edit {
                name: self.file(),
                bytes: self.bytes(),
                taken: false,
            }),
            other => self.in_body(other),
        }
    }

    fn on_key(&mut self, key: &KeyEvent, _: &mut Cx<'_>) {
        if self.finding.is_typed && self.finding.line.key(key) {
            self.typed();
        }
    }

    fn on_paste(&mut self, pasted: &str, _: &mut Cx<'_>) {
        if self.finding.is_typed {
            self.finding.line.paste(pasted);
            self.typed();
        }
    }

    fn on_mouse(&mut self, event: MouseEvent, cx: &mut Cx<'_>) {
        match event.kind {
            MouseEventKind::ScrollDown => self.body.step(3),
            MouseEventKind::ScrollUp => self.body.step(-3),
            MouseEventKind::Down(MouseButton::Left) => {
                if self.frame.contains((event.column, event.row).into()) {
                    self.body.click(event.row);
                } else {
                    self.close(cx);
                }
            }
            _ => {}
        }
    }

    fn on_answer(&mut self, answer: Answer, cx: &mut Cx<'_>) {
        if let Answer::Typed(Purpose::Save, path) = answer {
            self.path = Some(path.clone());
            let bytes = self.bytes();
            let over = false;
            cx.ask(Effect::Save { path, over, bytes });
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        self.draw_value(area, buffer, &shared.theme);
        self.draw_foot(buffer, &shared.theme);
    }
}
