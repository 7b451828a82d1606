//! A value being typed for one cell, or for the same column of several rows. The server says whether
//! it is one before it is taken.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::data::catalog::bytes as size;
use crate::data::edits::Input;
use crate::data::filter::Kind;
use crate::data::foreign::ForeignKey;
use crate::data::json::Tree;
use crate::data::{Column, bytes};
use crate::fault::Fault;
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{
    Answer, CellPrompt, Cx, Effect, Layer, Prompt, Purpose, Refusal, Route, Shared,
};
use crate::studio::theme::Role;
use crate::studio::widgets::area::Area;
use crate::studio::widgets::suggest::Suggest;
use crate::studio::widgets::{pane, text};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

const NARROWEST: u16 = 44;
const WIDEST: u16 = 90;
/// So many lines are shown where there are as many; on a high screen half of it.
const LINES: u16 = 10;
const VALUES: u16 = 6;
/// A longer text is not laid out to be typed in.
const MOST_TYPED: usize = 64 << 10;

/// The dialog.
pub struct CellDialog {
    prompt: CellPrompt,
    /// The value that is there, as it is laid out to be typed in.
    there: Option<String>,
    area: Area,
    /// Whether anything was typed.
    is_touched: bool,
    /// A value that is too long to be typed in: it came from a file or an editor.
    loaded: Option<String>,
    values: Suggest,
    asked: Option<Ticket>,
    checking: Option<Ticket>,
    fault: Option<Fault>,
}

impl CellDialog {
    /// With the value that is there.
    #[must_use]
    pub fn new(prompt: CellPrompt) -> Self {
        let is_json = kind_of(&prompt) == Some(Kind::Json);
        let laid_out = prompt.text.as_deref().filter(|_| is_json).and_then(lines);
        let area = match (&prompt.typed, &laid_out) {
            (Some(typed), _) => Area::holding(typed),
            // It is read from its beginning.
            (None, Some(lines)) => Area::beginning(lines),
            (None, None) => Area::holding(prompt.text.as_deref().unwrap_or_default()),
        };
        Self {
            there: laid_out.or_else(|| prompt.text.clone()),
            area,
            prompt,
            is_touched: false,
            loaded: None,
            values: Suggest::default(),
            asked: None,
            checking: None,
            fault: None,
        }
    }

    fn column(&self) -> Option<&Column> {
        self.prompt.relation.columns.get(self.prompt.column)
    }

    fn name(&self) -> &str {
        self.column().map_or("", |column| column.name.as_str())
    }

    /// What the name of a file with such a value ends in, so that an editor knows what it shows.
    fn ending(&self) -> &'static str {
        match self.column().map(Column::kind) {
            Some(Kind::Json) => "json",
            _ => "txt",
        }
    }

    /// What the values are searched for: the value that is there already is no search.
    fn searched(&self) -> String {
        let typed = self.area.text();
        match &self.there {
            Some(there) if *there == typed => String::new(),
            _ => typed,
        }
    }

    /// The foreign key whose only column this is: its values are chosen from the table it refers to.
    fn foreign_key(&self) -> Option<&ForeignKey> {
        let keys = &self.prompt.relation.foreign_keys;
        keys.iter().find(|key| key.columns == [self.name()])
    }

    /// Asks for the rows that can be referred to; what was asked before is not wanted any more.
    fn ask_choices(&mut self, typed: String, cx: &mut Cx<'_>) {
        let Some(key) = self.foreign_key() else {
            return;
        };
        let request = DbRequest::Choices {
            table: key.table,
            referenced: key.referenced.concat(),
            typed,
        };
        if let Some(before) = self.asked.replace(cx.db(request)) {
            cx.ask(Effect::Cancel(before));
        }
    }

    fn takes(&self, input: &Input) -> Result<(), Refusal> {
        let column = self.column();
        let takes = column.map_or(Ok(()), |column| column.takes(input));
        takes.map_err(Into::into)
    }

    fn answer(&self, input: Input, cx: &mut Cx<'_>) {
        let answer = Answer::Cell(Box::new(self.prompt.clone()), input);
        cx.ask(Effect::Answer(Box::new(answer)));
    }

    fn accept(&mut self, cx: &mut Cx<'_>) {
        if let Some(value) = self.values.take(&self.searched()) {
            self.area = Area::holding(&value);
            self.is_touched = true;
        }
        let typed = self.loaded.clone().unwrap_or_else(|| self.area.text());
        let untouched = match &self.there {
            Some(there) => *there == typed,
            // Nothing is there, and nothing was typed: that is no empty text.
            None => !self.is_touched && self.loaded.is_none() && self.prompt.typed.is_none(),
        };
        if untouched {
            cx.ask(Effect::Pop);
            return;
        }
        let from = self.prompt.text.clone().filter(|_| self.is_shift(&typed));
        let typed = self.as_it_was(typed);
        self.checking = Some(cx.db(DbRequest::Check {
            relation: Arc::clone(&self.prompt.relation),
            column: self.prompt.column,
            typed,
            from,
        }));
    }

    /// A `json` keeps its space: what was laid out only to be typed in goes back on one line.
    fn as_it_was(&self, typed: String) -> String {
        let is_laid_out = self.there != self.prompt.text;
        let tree = is_laid_out.then(|| Tree::of(typed.as_str().into()));
        match tree {
            Some(Ok(tree)) => tree.on_one_line(),
            // What is no JSON is for the server to refuse.
            _ => typed,
        }
    }

    /// Whether what is typed is a time from the one that is there: `+1d`, `-2 hours`.
    fn is_shift(&self, typed: &str) -> bool {
        let is_time = self.column().is_some_and(|column| column.category == 'D');
        let rest = typed.trim().strip_prefix(['+', '-']);
        let is_number = |rest: &str| {
            rest.trim_start()
                .starts_with(|ch: char| ch.is_ascii_digit())
        };
        is_time && rest.is_some_and(is_number)
    }

    /// Where the popup is: below the cell, or above it where there is no room.
    fn frame(&self, area: Rect, height: u16) -> Rect {
        let at = self.prompt.at;
        let width = (at.width + 4).clamp(NARROWEST, WIDEST).min(area.width);
        let height = height.min(area.height);
        let x =
            at.x.saturating_sub(2)
                .min(area.right().saturating_sub(width))
                .max(area.x);
        let below = at.y + 1;
        let y = if below + height <= area.bottom() {
            below
        } else {
            at.y.saturating_sub(height).max(area.y)
        };
        Rect {
            x,
            y,
            width,
            height,
        }
    }
}

impl Layer for CellDialog {
    fn scopes(&self) -> Vec<Scope> {
        if self.values.is_empty() {
            vec![Scope::Cell, Scope::Value]
        } else {
            vec![Scope::Cell, Scope::Value, Scope::List]
        }
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn enabled(&self, command: Command, _: &Shared) -> Result<(), Refusal> {
        match command {
            Command::SetNull => self.takes(&Input::Null),
            Command::SetDefault => self.takes(&Input::Default),
            _ => Ok(()),
        }
    }

    fn on_open(&mut self, cx: &mut Cx<'_>) {
        // What is there already is no search: others are to be seen too.
        self.ask_choices(String::new(), cx);
        if self
            .column()
            .is_some_and(|column| column.kind() == Kind::Enum)
        {
            self.asked = Some(
                cx.db(DbRequest::Values {
                    relation: Arc::clone(&self.prompt.relation),
                    column: self
                        .column()
                        .map_or_else(String::new, |column| column.name.clone()),
                }),
            );
        }
    }

    fn on_db(&mut self, ticket: Ticket, reply: DbReply, cx: &mut Cx<'_>) {
        match reply {
            DbReply::Part(Part::Values(values)) if self.asked == Some(ticket) => {
                self.values.set(values);
            }
            DbReply::Part(Part::Checked(value)) if self.checking == Some(ticket) => {
                self.answer(Input::Text(value), cx);
            }
            DbReply::Failed(fault) if self.checking == Some(ticket) => {
                self.checking = None;
                self.fault = Some(fault);
            }
            DbReply::Cancelled if self.checking == Some(ticket) => self.checking = None,
            _ => {}
        }
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        let typed = self.searched();
        match command {
            Command::Close => cx.ask(Effect::Pop),
            // One check at a time; its answer closes this.
            Command::CellAccept | Command::Choose if self.checking.is_none() => self.accept(cx),
            Command::CellLine => self.area.new_line(),
            Command::CellEditor => cx.ask(Effect::Edit {
                name: format!("{}.{}", self.name(), self.ending()),
                bytes: self
                    .loaded
                    .clone()
                    .unwrap_or_else(|| self.area.text())
                    .into_bytes(),
                taken: true,
            }),
            Command::CellLoad => cx.open(Route::Prompt(Prompt {
                title: format!("Read {} from a file", self.name()),
                hint: "its path".to_owned(),
                text: String::new(),
                wrong: None,
                purpose: Purpose::Load,
            })),
            Command::SetNull => self.answer(Input::Null, cx),
            Command::SetDefault => self.answer(Input::Default, cx),
            Command::ListDown => self.values.choose(1, &typed),
            Command::ListUp => self.values.choose(-1, &typed),
            _ => {}
        }
    }

    fn on_key(&mut self, key: &KeyEvent, cx: &mut Cx<'_>) {
        if self.loaded.is_none() && self.area.key(key) {
            self.fault = None;
            self.is_touched = true;
            self.values.typed();
            let typed = self.area.text();
            self.ask_choices(typed, cx);
        }
    }

    fn on_answer(&mut self, answer: Answer, cx: &mut Cx<'_>) {
        if let Answer::Typed(Purpose::Load, path) = answer {
            cx.ask(Effect::Load(path));
        }
    }

    fn on_read(&mut self, bytes: Vec<u8>, cx: &mut Cx<'_>) {
        self.fault = None;
        let is_bytes = self
            .column()
            .is_some_and(|column| column.type_name == "bytea");
        let text = match String::from_utf8(bytes) {
            // What was typed in an editor for bytes is their text already.
            Ok(text) if !is_bytes || text.starts_with("\\x") => text,
            Ok(text) => bytes::encoded(text.as_bytes()),
            Err(error) if is_bytes => bytes::encoded(error.as_bytes()),
            Err(_) => return cx.refuse("the file is no text in UTF-8"),
        };
        if text.len() > MOST_TYPED {
            self.loaded = Some(text);
        } else {
            self.loaded = None;
            self.is_touched = true;
            self.area = Area::holding(&text);
        }
    }

    fn on_paste(&mut self, pasted: &str, _: &mut Cx<'_>) {
        self.is_touched = true;
        self.area.paste(pasted);
    }

    fn on_mouse(&mut self, event: MouseEvent, cx: &mut Cx<'_>) {
        let typed = self.searched();
        if event.kind == MouseEventKind::Down(MouseButton::Left)
            && self.values.click(event.column, event.row, &typed)
        {
            self.accept(cx);
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let (name, kind) = self.column().map_or_else(Default::default, |column| {
            (column.name.clone(), column.short_type())
        });
        let rows = match self.prompt.target.len() {
            1 => String::new(),
            many => format!(" in {many} rows"),
        };
        let lines = u16::try_from(self.area.lines())
            .unwrap_or(u16::MAX)
            .min((area.height / 2).max(LINES));
        let values = if self.values.is_empty() { 0 } else { VALUES };
        let wide = self.frame(area, 3).width.saturating_sub(4);
        let why = self.fault.as_ref().map_or_else(Vec::new, |fault| {
            let detail = fault
                .why
                .as_ref()
                .map_or_else(String::new, |why| format!(": {why}"));
            pane::wrapped(&format!("{}{detail}", fault.what), wide)
        });
        let height = 2 + lines + values + u16::try_from(why.len()).unwrap_or(0);
        let frame = self.frame(area, height);
        let fact = match &self.prompt.text {
            _ if !self.values.is_empty() => "↑ ↓ choose",
            None if self.prompt.is_null => "it is NULL",
            None if self.prompt.target.len() > 1 => "they differ",
            Some(text) if text.is_empty() => "it is empty",
            None | Some(_) => "",
        };
        let inner = pane::popup(frame, buffer, theme, &format!("{name} {kind}{rows}"), fact);
        let mut line = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(2),
            height: lines.min(inner.height),
            ..inner
        };
        match &self.loaded {
            Some(text) => {
                let said = format!("{} read; enter takes it", size(text.len() as u64));
                text::put(
                    buffer,
                    line.x,
                    line.y,
                    line.width,
                    &said,
                    theme.style(Role::Good),
                );
            }
            None => self.area.draw(line, buffer, theme),
        }
        line.y += lines;
        for why in &why {
            text::put(
                buffer,
                line.x,
                line.y,
                line.width,
                why,
                theme.style(Role::Error),
            );
            line.y += 1;
        }
        line.height = inner.bottom().saturating_sub(line.y);
        let typed = self.searched();
        self.values.draw(line, buffer, theme, &typed);
    }
}

fn kind_of(prompt: &CellPrompt) -> Option<Kind> {
    let column = prompt.relation.columns.get(prompt.column);
    column.map(Column::kind)
}

/// A JSON that stands on one line, over several; nothing where that changes nothing or is too long
/// to type in.
fn lines(text: &str) -> Option<String> {
    if text.len() > MOST_TYPED || text.contains('\n') {
        return None;
    }
    let lines = Tree::of(text.into()).ok()?.on_lines();
    (lines != text).then_some(lines)
}
