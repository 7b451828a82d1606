//! The SQL screen: consoles, each with a text, a session of its own and the results of what was run
//! last. Rows are drawn by the grid of the tables, with its keys.
//!
//! It splits what is typed into statements and asks for them one by one; what the server does with
//! them it knows from the replies alone.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::data::ConsoleText;
use crate::data::names::Names;
use crate::data::result::Transaction;
use crate::sql::complete::Used;
use crate::sql::explain::{self, Explaining, How};
use crate::sql::{guard, statement};
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{
    Answer, Cx, Effect, Layer, Prompt, Purpose, Refusal, Route, Shared, Tone,
};
use crate::studio::work::console::ConsoleId;
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

mod console;
mod copy;
mod draw;
mod ran;
mod suggest;

use console::{Console, Link, Planned};
use ran::Ran;
use suggest::Suggest;

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
    /// What completion knows, once it was read, and of which catalog.
    names: Arc<Names>,
    naming: Option<Ticket>,
    named: Option<u64>,
    used: Used,
    /// What waits for a yes.
    asking: Option<Asking>,
    /// Where the text and the result are, for the mouse.
    text_area: Rect,
    result_area: Rect,
}

/// What is asked about before it is done.
enum Asking {
    Run(Vec<Planned>),
    /// What is explained, and where it stands in the text.
    Explain(Explaining, usize),
}

impl Sql {
    /// The screen with the texts that were left; nothing where they are not kept.
    #[must_use]
    pub fn with_texts(texts: Option<Vec<ConsoleText>>) -> Self {
        Self {
            keeps: texts.is_some(),
            left: texts.unwrap_or_default(),
            ..Self::default()
        }
    }

    /// The texts now.
    fn texts(&self) -> Vec<ConsoleText> {
        let text = |console: &Console| ConsoleText {
            name: console.name.clone(),
            text: console.editor.text(),
            path: console.path.clone(),
        };
        let texts = self.consoles.iter().map(text);
        texts.filter(|console| !console.text.is_empty()).collect()
    }

    /// Has the texts kept where they are others than before.
    fn keep(&mut self, cx: &mut Cx<'_>) {
        let revisions = self
            .consoles
            .iter()
            .map(|console| (console.id, console.editor.revision()));
        let revisions: Vec<(ConsoleId, u64)> = revisions.collect();
        if self.keeps && revisions != self.kept {
            self.kept = revisions;
            cx.ask(Effect::Consoles(self.texts()));
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

    fn new_console(&mut self, cx: &mut Cx<'_>) {
        let names: Vec<&String> = self.consoles.iter().map(|console| &console.name).collect();
        let mut numbers = 1..;
        let free = numbers.find_map(|number: u32| {
            let name = number.to_string();
            (!names.contains(&&name)).then_some(name)
        });
        self.open(
            ConsoleText {
                name: free.unwrap_or_default(),
                text: String::new(),
                path: None,
            },
            cx,
        );
    }

    fn open(&mut self, left: ConsoleText, cx: &mut Cx<'_>) {
        self.opened += 1;
        let console = Console::open(ConsoleId(self.opened), left, cx);
        self.consoles.push(console);
        self.current = self.consoles.len() - 1;
    }

    fn close_console(&mut self, cx: &mut Cx<'_>) {
        if self.current < self.consoles.len() {
            self.consoles.remove(self.current).close(cx);
        }
        self.current = self.current.min(self.consoles.len().saturating_sub(1));
        if self.consoles.is_empty() {
            self.new_console(cx);
        }
    }

    /// Runs what is meant, or asks first where that would be regretted.
    fn run(&mut self, all: bool, cx: &mut Cx<'_>) {
        let Some(console) = self.console_mut() else {
            return;
        };
        let statements = if all { console.all() } else { console.meant() };
        if statements.is_empty() {
            cx.refuse("there is no statement under the cursor");
            return;
        }
        let planned = match console.plan(&statements) {
            Ok(planned) => planned,
            Err((why, at)) => {
                console.mark_wrong(at);
                cx.refuse(why);
                return;
            }
        };
        for Planned { sql, .. } in &planned {
            self.used.learn(sql);
        }
        if cx.shared.guards.read_only
            && let Some(why) = planned
                .iter()
                .find_map(|planned| guard::check(&planned.sql).err())
        {
            cx.refuse(format!("read-only: {why}"));
            return;
        }
        let risks: Vec<String> = planned
            .iter()
            .filter_map(|planned| statement::risk(&planned.sql))
            .map(|risk| risk.to_string())
            .collect();
        if risks.is_empty() {
            if let Some(console) = self.console_mut() {
                console.run(planned, cx);
            }
            return;
        }
        self.asking = Some(Asking::Run(planned));
        let question = format!("This {}. Run it?", risks.join(", and "));
        let database = cx.shared.catalog.as_ref().map(|catalog| &catalog.database);
        let yes = Effect::Answer(Box::new(Answer::Confirmed));
        match database.filter(|_| cx.shared.guards.production) {
            Some(database) => cx.open(Route::ConfirmName {
                question,
                name: database.clone(),
                yes,
            }),
            None => cx.open(Route::Confirm {
                question,
                yes,
                no: None,
            }),
        }
    }

    /// Shows the plan of the statement under the cursor; where it would change something on its way, asks
    /// first.
    fn explain(&mut self, how: How, cx: &mut Cx<'_>) {
        let Some(console) = self.console_mut() else {
            return;
        };
        let statements = console.meant();
        let planned = match console.plan(&statements) {
            Ok(planned) => planned,
            Err((why, at)) => {
                console.mark_wrong(at);
                return cx.refuse(why);
            }
        };
        let [Planned { sql, at, .. }] = planned.as_slice() else {
            return cx.refuse("one statement is explained at a time, and there is none here");
        };
        let in_transaction = console.link == Link::Open(Transaction::Open);
        match explain::explaining(sql, how, in_transaction) {
            Err(why) => cx.refuse(why),
            Ok(explaining) if explaining.is_undone() => {
                let question = "It is run to be measured, and what it changes is rolled back; what its triggers do outside the database is not. Run it?";
                self.asking = Some(Asking::Explain(explaining, *at));
                cx.open(Route::Confirm {
                    question: question.to_owned(),
                    yes: Effect::Answer(Box::new(Answer::Confirmed)),
                    no: None,
                });
            }
            Ok(explaining) => console.explain(explaining, *at, cx),
        }
    }

    /// Reads the names that completion offers, once for each catalog.
    fn ask_names(&mut self, cx: &mut Cx<'_>) {
        if self.named != Some(cx.shared.generation) {
            self.named = Some(cx.shared.generation);
            if let Some(before) = self.naming.replace(cx.db(DbRequest::Names)) {
                cx.ask(Effect::Cancel(before));
            }
        }
    }

    fn is_suggesting(&self) -> bool {
        self.console()
            .is_some_and(|console| console.suggest.is_some())
    }

    fn close_suggestions(&mut self) {
        if let Some(console) = self.console_mut() {
            console.suggest = None;
        }
    }

    /// Offers what could be typed next.
    fn offer(&mut self, is_asked: bool) {
        if let Some(console) = self.consoles.get_mut(self.current) {
            console.suggest(&self.names, &self.used, is_asked);
        }
    }

    /// Takes the suggestion; what can follow it is offered at once.
    fn complete(&mut self) {
        let Some(console) = self.consoles.get_mut(self.current) else {
            return;
        };
        if let Some(taken) = console.take_suggestion() {
            self.used.learn(&taken);
            if taken.ends_with('.') {
                self.offer(true);
            }
        }
    }

    /// Enter takes what is chosen, and is a new line where nothing is.
    fn choose(&mut self) {
        let Some(console) = self.console_mut() else {
            return;
        };
        if console.suggest.as_ref().is_some_and(Suggest::is_chosen) {
            self.complete();
        } else {
            console.suggest = None;
            console.editor.new_line();
        }
    }

    fn end_transaction(&mut self, sql: &str, cx: &mut Cx<'_>) {
        if let Some(console) = self.console_mut() {
            let at = console.editor.offset();
            console.run(vec![Planned::new(sql, at)], cx);
        }
    }

    /// Writes the text to its file; where it has none, asks for one.
    fn save(&self, cx: &mut Cx<'_>) {
        let Some(console) = self.console() else {
            return;
        };
        match console.path.clone() {
            Some(path) => cx.ask(Effect::Save {
                path,
                over: true,
                bytes: console.editor.text().into_bytes(),
            }),
            None => cx.open(Route::Prompt(Prompt {
                title: "Save the text".to_owned(),
                hint: "a file that is not there yet".to_owned(),
                text: format!("{}.sql", console.name),
                wrong: None,
                purpose: Purpose::Save,
            })),
        }
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
        let Some(ran) = self.console_mut().and_then(Console::result_mut) else {
            return;
        };
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
            Command::ViewCell => ran.view(cx),
            Command::CopyCell => ran.copy_cell(cx),
            Command::CopyAs => ran.ask_copy(cx),
            Command::Chart => ran.chart(cx),
            _ => {}
        }
    }
}

impl Layer for Sql {
    fn scopes(&self) -> Vec<Scope> {
        match self.console() {
            Some(console) if console.in_results => {
                vec![Scope::Result, Scope::Sql, Scope::Grid, Scope::Moving]
            }
            Some(console) if console.suggest.is_some() => {
                vec![Scope::List, Scope::Sql, Scope::Console]
            }
            _ => vec![Scope::Sql, Scope::Console],
        }
    }

    fn is_typing(&self) -> bool {
        self.console().is_some_and(|console| !console.in_results)
    }

    fn enabled(&self, command: Command, _: &Shared) -> Result<(), Refusal> {
        let result = self.result();
        let has_cells = result.is_some_and(Ran::has_cells);
        let is_of_grid = command.spec().scope == Scope::Grid;
        match command {
            Command::Wider
            | Command::Narrower
            | Command::Fit
            | Command::Hide
            | Command::Columns
            | Command::ShiftLeft
            | Command::ShiftRight
            | Command::Freeze
            | Command::ViewCell
            | Command::CopyCell
            | Command::CopyAs
            | Command::Chart
            | Command::ResultGoTo
                if !has_cells =>
            {
                Err("there are no rows here".into())
            }
            Command::Hide
                if result.is_some_and(|ran| {
                    let columns = ran.relation.as_ref().map_or(0, |one| one.columns.len());
                    columns <= ran.grid.hidden() + 1
                }) =>
            {
                Err("it is the only column that is shown".into())
            }
            Command::Wider
            | Command::Narrower
            | Command::Fit
            | Command::Hide
            | Command::Columns
            | Command::ShiftLeft
            | Command::ShiftRight
            | Command::Freeze
            | Command::ViewCell
            | Command::CopyCell
            | Command::CopyAs => Ok(()),
            _ if is_of_grid => Err("this is what a statement returned, and no table".into()),
            Command::ReadAll if !result.is_some_and(Ran::is_paused) => {
                Err("all rows are read, or being read".into())
            }
            Command::CommitNow | Command::RollBack
                if self.console().is_none_or(|console| {
                    let open = Link::Open(Transaction::Open);
                    console.link != open && console.link != Link::Open(Transaction::Failed)
                }) =>
            {
                Err("no transaction is open".into())
            }
            Command::NextResult | Command::PreviousResult
                if self
                    .console()
                    .is_none_or(|console| console.results.len() < 2) =>
            {
                Err("there is one result".into())
            }
            Command::Messages if result.is_none_or(|ran| ran.notices.is_empty()) => {
                Err("the server said nothing beside the rows".into())
            }
            Command::ToResults if result.is_none() => Err("nothing was run yet".into()),
            Command::NextConsole | Command::PreviousConsole if self.consoles.len() < 2 => {
                Err("there is one console".into())
            }
            Command::Reload
                if self
                    .console()
                    .is_none_or(|console| !matches!(console.link, Link::Lost(..))) =>
            {
                Err("what was run is never run again unasked".into())
            }
            Command::RunStatement | Command::RunAll | Command::Explain | Command::ExplainPlan
                if self
                    .console()
                    .is_some_and(|console| matches!(console.link, Link::Lost(..))) =>
            {
                Err("the session has ended: esc, then r, begins a new one".into())
            }
            Command::FindTable | Command::NextPane | Command::PreviousPane => {
                Err("that is on the screen of tables".into())
            }
            _ => Ok(()),
        }
    }

    fn on_show(&mut self, cx: &mut Cx<'_>) {
        if self.consoles.is_empty() {
            for text in std::mem::take(&mut self.left) {
                self.open(text, cx);
            }
            self.current = 0;
        }
        if self.consoles.is_empty() {
            self.new_console(cx);
        }
        self.ask_names(cx);
    }

    fn on_shared(&mut self, cx: &mut Cx<'_>) {
        if !self.consoles.is_empty() {
            self.ask_names(cx);
        }
    }

    fn ended_by_quitting(&self) -> Option<String> {
        let is_open = |console: &&Console| {
            let open = Link::Open(Transaction::Open);
            console.link == open || console.link == Link::Open(Transaction::Failed)
        };
        let open = match self.consoles.iter().filter(is_open).count() {
            0 => None,
            1 => Some("The open transaction of a console is rolled back".to_owned()),
            many => Some(format!(
                "{many} open transactions of consoles are rolled back"
            )),
        };
        let texts = if self.keeps { 0 } else { self.texts().len() };
        let texts = match texts {
            0 => None,
            1 => Some("The text of a console is not kept".to_owned()),
            many => Some(format!("The texts of {many} consoles are not kept")),
        };
        match (open, texts) {
            (Some(open), Some(texts)) => Some(format!("{open}. {texts}")),
            (open, texts) => open.or(texts),
        }
    }

    fn on_interrupt(&mut self, cx: &mut Cx<'_>) -> bool {
        let stopped = self.console_mut().is_some_and(|console| console.stop(cx));
        if stopped {
            cx.ask(Effect::Toast(
                Tone::Warning,
                "asked the server to stop".to_owned(),
            ));
        }
        stopped
    }

    fn is_moving(&self) -> bool {
        let running = self.console().and_then(Console::running);
        running.is_some_and(|ran| !ran.is_paused())
    }

    fn on_db(&mut self, ticket: Ticket, reply: DbReply, cx: &mut Cx<'_>) {
        if self.naming == Some(ticket) {
            if let DbReply::Part(Part::Names(names)) = reply {
                self.names = names;
            }
            return;
        }
        for console in &mut self.consoles {
            if console.take(ticket, &reply, cx) {
                return;
            }
        }
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::RunStatement => self.run(false, cx),
            Command::RunAll => self.run(true, cx),
            Command::NewConsole => self.new_console(cx),
            Command::CloseConsole => self.close_console(cx),
            Command::NextConsole => self.current = (self.current + 1) % self.consoles.len().max(1),
            Command::PreviousConsole => {
                let last = self.consoles.len().saturating_sub(1);
                self.current = self.current.checked_sub(1).unwrap_or(last);
            }
            Command::Autocommit => {
                if let Some(console) = self.console_mut() {
                    console.by_hand = !console.by_hand;
                }
            }
            Command::Explain => self.explain(How::Analyze, cx),
            Command::ExplainPlan => self.explain(How::Plan, cx),
            Command::CommitNow => self.end_transaction("COMMIT", cx),
            Command::RollBack => self.end_transaction("ROLLBACK", cx),
            Command::NextResult => self.show_result(1),
            Command::PreviousResult => self.show_result(-1),
            Command::Messages => self.messages(cx),
            Command::SqlHistory => cx.open(Route::History),
            Command::SqlSave => self.save(cx),
            Command::SqlOpen => cx.open(Route::Prompt(Prompt {
                title: "Read a file into another console".to_owned(),
                hint: "its path".to_owned(),
                text: String::new(),
                wrong: None,
                purpose: Purpose::Load,
            })),
            Command::ToggleComment => {
                if let Some(console) = self.console_mut() {
                    console.editor.toggle_comment("-- ");
                }
            }
            Command::SqlEditor => {
                if let Some(console) = self.console() {
                    cx.ask(Effect::Edit {
                        name: format!("{}.sql", console.name),
                        bytes: console.editor.text().into_bytes(),
                        taken: true,
                    });
                }
            }
            Command::Close if self.is_suggesting() => self.close_suggestions(),
            Command::ListUp | Command::ListDown | Command::ListPageUp | Command::ListPageDown => {
                if let Some(suggest) = self.console_mut().and_then(|one| one.suggest.as_mut()) {
                    suggest.choose(match command {
                        Command::ListUp => -1,
                        Command::ListDown => 1,
                        Command::ListPageUp => -8,
                        _ => 8,
                    });
                }
            }
            Command::Choose => self.choose(),
            Command::Indent if self.is_suggesting() => self.complete(),
            Command::Indent | Command::Outdent => {
                if let Some(console) = self.console_mut() {
                    if command == Command::Indent {
                        console.editor.indent();
                    } else {
                        console.editor.outdent();
                    }
                }
            }
            Command::Complete => self.offer(true),
            // Going out of one is going to the other.
            Command::Close => {
                if let Some(console) = self.console_mut() {
                    console.in_results = !console.in_results;
                }
            }
            Command::ToResults | Command::ToEditor => {
                if let Some(console) = self.console_mut() {
                    console.in_results = command == Command::ToResults;
                }
            }
            Command::Reload => {
                if let Some(console) = self.console_mut() {
                    console.connect(cx);
                }
            }
            Command::ResultGoTo => cx.open(Route::Prompt(Prompt {
                title: "Go to".to_owned(),
                hint: "a row's number".to_owned(),
                text: String::new(),
                wrong: None,
                purpose: Purpose::Place,
            })),
            other => self.in_result(other, cx),
        }
        self.keep(cx);
    }

    fn on_key(&mut self, key: &KeyEvent, cx: &mut Cx<'_>) {
        if let Some(console) = self.console_mut()
            && !console.in_results
        {
            if console.editor.key(key) {
                self.offer(false);
            } else {
                console.suggest = None;
            }
        }
        self.keep(cx);
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if let Some(console) = self.console_mut() {
            console.in_results = false;
            console.editor.paste(text);
        }
        self.keep(cx);
    }

    fn on_read(&mut self, bytes: Vec<u8>, cx: &mut Cx<'_>) {
        let loading = self.loading.take();
        let Ok(text) = String::from_utf8(bytes) else {
            return cx.refuse("the file is no text in UTF-8");
        };
        match loading {
            None => {
                if let Some(console) = self.console_mut() {
                    console.editor.set_text(&text);
                }
            }
            Some(path) => {
                let name = named_by(&path);
                let path = Some(path);
                self.open(ConsoleText { name, text, path }, cx);
            }
        }
        self.keep(cx);
    }

    fn on_saved(&mut self, path: &str, cx: &mut Cx<'_>) {
        if let Some(console) = self.console_mut() {
            console.name = named_by(path);
            console.path = Some(path.to_owned());
        }
        self.kept.clear();
        self.keep(cx);
    }

    fn on_answer(&mut self, answer: Answer, cx: &mut Cx<'_>) {
        let asking = self.asking.take();
        let Some(console) = self.console_mut() else {
            return;
        };
        match (answer, console.result_mut()) {
            (Answer::Confirmed, _) => match asking {
                Some(Asking::Run(planned)) => console.run(planned, cx),
                Some(Asking::Explain(explaining, at)) => console.explain(explaining, at, cx),
                None => {}
            },
            (Answer::Statement(sql), _) => {
                console.in_results = false;
                console.add(&sql);
            }
            (Answer::Typed(Purpose::Place, typed), Some(ran)) => {
                let digits = typed.trim().trim_start_matches('#').replace(',', "");
                match digits.parse::<u64>() {
                    Ok(row) => ran.go_to(row.saturating_sub(1), cx),
                    Err(_) => cx.refuse(format!("{typed} is no row's number")),
                }
            }
            (Answer::Typed(Purpose::Save, path), _) => {
                let bytes = console.editor.text().into_bytes();
                let over = false;
                cx.ask(Effect::Save { path, over, bytes });
            }
            (Answer::Typed(Purpose::Load, path), _) => {
                self.loading = Some(path.clone());
                cx.ask(Effect::Load(path));
            }
            (Answer::Columns(arrangement, column), Some(ran)) => {
                if let Some(relation) = ran.relation.clone() {
                    ran.grid.arrange(&relation, &arrangement);
                    ran.grid.column = column;
                }
            }
            (Answer::Copy(what, format), Some(ran)) => ran.copy(what, format, cx),
            _ => {}
        }
        self.keep(cx);
    }

    fn on_mouse(&mut self, event: MouseEvent, cx: &mut Cx<'_>) {
        let at = (event.column, event.row);
        let (text_area, result_area) = (self.text_area, self.result_area);
        let Some(console) = self.console_mut() else {
            return;
        };
        if event.kind == MouseEventKind::Down(MouseButton::Left)
            && console
                .suggest
                .as_mut()
                .is_some_and(|suggest| suggest.click(at.0, at.1))
        {
            self.complete();
            self.keep(cx);
            return;
        }
        console.suggest = None;
        let in_text = text_area.contains(at.into());
        let in_result = result_area.contains(at.into());
        match event.kind {
            MouseEventKind::Down(MouseButton::Left) if in_text => {
                console.in_results = false;
                console.editor.click(at.0, at.1, cx.shared.now);
            }
            MouseEventKind::Drag(MouseButton::Left) if in_text && !console.in_results => {
                console.editor.drag(at.0, at.1);
            }
            MouseEventKind::ScrollDown if in_text => console.editor.scroll(3),
            MouseEventKind::ScrollUp if in_text => console.editor.scroll(-3),
            _ if in_result => {
                let Some(sent) = console.results.get_mut(console.shown) else {
                    return;
                };
                let ran = &mut sent.ran;
                match event.kind {
                    MouseEventKind::Down(MouseButton::Left) => {
                        console.in_results = true;
                        if !ran.grid.grab(at.0, at.1, cx.shared.now) {
                            let len = usize::try_from(ran.rows()).unwrap_or(usize::MAX);
                            ran.grid.click(at.0, at.1, len);
                        }
                    }
                    MouseEventKind::Drag(MouseButton::Left) => ran.grid.drag(at.0),
                    MouseEventKind::Up(MouseButton::Left) => ran.grid.release(),
                    MouseEventKind::ScrollDown => ran.scroll(3, cx),
                    MouseEventKind::ScrollUp => ran.scroll(-3, cx),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn position(&self, shared: &Shared) -> (String, String) {
        self.place(shared)
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        self.draw_consoles(area, buffer, shared);
    }
}

/// What a console is called that has a file: `orders.sql`.
fn named_by(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}
