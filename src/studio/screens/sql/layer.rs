//! The screen as a layer: what its commands, keys, the mouse and replies do.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::console::{Console, Link};
use super::filling::Goal;
use super::ran::{Ran, State};
use super::rows::{NO_WHERE, is_of_rows, stage};
use super::texts::{named_by, places};
use super::{Asking, Sql};
use crate::data::result::Transaction;
use crate::data::{ConsoleText, Timeout};
use crate::sql::explain::How;
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{
    Answer, Cx, Effect, Layer, Prompt, Purpose, Refusal, Route, Shared, Tone,
};
use crate::studio::widgets::value::Search;
use crate::studio::work::{DbReply, Part, Ticket};

impl Layer for Sql {
    fn scopes(&self) -> Vec<Scope> {
        match self.console() {
            Some(console) if console.in_results => self.scopes_of_rows(),
            Some(console) => {
                let mut scopes = console.scopes_of_vim();
                scopes.extend(console.suggest.as_ref().map(|_| Scope::List));
                scopes.extend([Scope::Sql, Scope::Console]);
                scopes
            }
            None => vec![Scope::Sql, Scope::Console],
        }
    }

    fn is_typing(&self) -> bool {
        let in_text = self.console().is_some_and(|console| !console.in_results);
        in_text || self.is_finding() || self.is_reading_row()
    }

    fn enabled(&self, command: Command, shared: &Shared) -> Result<(), Refusal> {
        let result = self.result();
        match command {
            command if is_of_rows(command) => self.can_do_to_rows(command, shared),
            Command::Chart | Command::ResultGoTo if !result.is_some_and(Ran::has_cells) => {
                Err("there are no rows here".into())
            }
            Command::ReadAll if result.is_some_and(|ran| ran.state == State::Cancelled) => {
                Err("it was stopped: run it again to read further".into())
            }
            Command::ReadAll if !result.is_some_and(Ran::is_paused) => {
                Err("all rows are read, or being read".into())
            }
            Command::CommitNow
                if self
                    .console()
                    .is_some_and(|console| console.link == Link::Open(Transaction::Failed)) =>
            {
                Err("the transaction has failed: it can only be rolled back".into())
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
            Command::SqlFindNext | Command::SqlFindPrevious | Command::SqlReplace
                if self.needle.is_empty() =>
            {
                Err("nothing was looked for yet".into())
            }
            Command::Complete
                if self
                    .console()
                    .and_then(|console| console.editor.mode())
                    .is_some_and(|mode| !mode.is_typing()) =>
            {
                Err("it is offered while you type: i begins to".into())
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
            Command::RunStatement
            | Command::RunAll
            | Command::Explain
            | Command::ExplainPlan
            | Command::SetTimeout
            | Command::CommitNow
            | Command::RollBack => self
                .console()
                .map_or(Ok(()), |console| console.is_free().map_err(Into::into)),
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
        self.is_staging = !cx.shared.staged.is_empty();
        for console in &mut self.consoles {
            let results = console.results.iter_mut();
            results.for_each(|sent| sent.ran.show_staged(cx.shared));
        }
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
        let sifting = self.result_mut().is_some_and(|ran| ran.stop_sifting(cx));
        // What is only put in order is nothing of the server's.
        let goes_on = |console: &Console| {
            console.watching.is_none() && console.running().is_none_or(Ran::is_paused)
        };
        if sifting && self.console().is_some_and(goes_on) {
            let said = "the rows stay in the order in which they are".to_owned();
            cx.ask(Effect::Toast(Tone::Warning, said));
            return true;
        }
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
        let is_busy = self.console().is_some_and(|one| {
            let sifting = one.result().is_some_and(|ran| ran.sifting.is_some());
            one.watching.is_some() || one.asking.is_some() || sifting
        });
        is_busy || running.is_some_and(|ran| !ran.is_paused())
    }

    fn on_db(&mut self, ticket: Ticket, reply: DbReply, cx: &mut Cx<'_>) {
        if self.naming == Some(ticket) {
            if let DbReply::Part(Part::Names(names)) = reply {
                self.names = names;
            }
            return;
        }
        if self.take_types(ticket, &reply, cx) {
            return;
        }
        for console in &mut self.consoles {
            if console.take(ticket, &reply, cx) {
                return;
            }
        }
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        let is_of_list = command.spec().scope == Scope::List;
        let is_own = matches!(
            command,
            Command::Close | Command::Complete | Command::Indent
        );
        if !is_of_list && !is_own {
            self.close_suggestions();
        }
        if self.is_finding() {
            self.in_result(command, cx);
            return;
        }
        if self.vim_command(command, cx) {
            return self.keep(cx);
        }
        match command {
            Command::RunStatement => self.run(false, cx),
            Command::RunAll => self.run(true, cx),
            Command::NewConsole => self.new_console(cx),
            Command::CloseConsole => self.ask_to_close(cx),
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
            Command::SetTimeout => self.ask_timeout(String::new(), None, cx),
            Command::Explain => self.explain(How::Analyze, cx),
            Command::ExplainPlan => self.explain(How::Plan, cx),
            Command::CommitNow => self.end_transaction("COMMIT", cx),
            Command::RollBack => self.end_transaction("ROLLBACK", cx),
            Command::NextResult => self.show_result(1),
            Command::PreviousResult => self.show_result(-1),
            Command::Messages => self.messages(cx),
            // However often it is pressed, keys are commands afterwards.
            Command::Close if !self.is_suggesting() => {
                let is_form = self.console().is_some_and(|console| console.in_results)
                    && self
                        .result_mut()
                        .is_some_and(|ran| ran.stop_editing(cx) || ran.close_record());
                if !is_form && let Some(console) = self.console_mut() {
                    console.in_results = true;
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
            other => self.on_text(other, cx),
        }
        self.keep(cx);
    }

    fn on_key(&mut self, key: &KeyEvent, cx: &mut Cx<'_>) {
        if let Some(console) = self.console_mut()
            && !console.in_results
        {
            if self.vim_key(key, cx) {
                return self.keep(cx);
            }
            let Some(console) = self.console_mut() else {
                return;
            };
            if console.editor.key(key) {
                self.offer(false);
            } else {
                console.suggest = None;
            }
        } else if let Some(ran) = self.result_mut()
            && !ran.type_ahead(key)
        {
            ran.type_field(key);
        }
        self.keep(cx);
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if let (true, Some(ran)) = (self.is_finding(), self.result_mut()) {
            return ran.paste_field(text);
        }
        if let Some(console) = self.console_mut() {
            console.in_results = false;
            console.editor.paste_whole(text);
        }
        self.keep(cx);
    }

    fn on_read(&mut self, bytes: Vec<u8>, cx: &mut Cx<'_>) {
        let loading = self.loading.take();
        let including = self.including.take();
        let Ok(text) = String::from_utf8(bytes) else {
            return cx.refuse("the file is no text in UTF-8");
        };
        if let Some(planned) = including {
            return self.include(planned, &text, cx);
        }
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
        if let Answer::Written(written) = &answer {
            // It is no answer of a person's: what is asked of one is still asked.
            return self.take_written(written);
        }
        if let Answer::Parameters(given) = answer {
            match self.filled(given) {
                Some((planned, Goal::Run)) => self.begin(planned, cx),
                Some((planned, Goal::Explain(how))) => self.explain_it(&planned, how, cx),
                None => {}
            }
            return self.keep(cx);
        }
        let asking = self.asking.take();
        if let (Answer::Confirmed, Some(Asking::Close)) = (&answer, &asking) {
            self.close_console(cx);
            return self.keep(cx);
        }
        if let (
            Answer::Typed(Purpose::CopyFrom | Purpose::CopyInto, path),
            Some(Asking::Copied(_)),
        ) = (&answer, &asking)
        {
            if let Some(Asking::Copied(planned)) = asking {
                self.name_file(planned, path, cx);
            }
            return self.keep(cx);
        }
        if let Answer::Typed(Purpose::Find, typed) = &answer
            && self.vim_finds(typed, cx)
        {
            return self.keep(cx);
        }
        let needle = self.needle.clone();
        let Some(console) = self.console_mut() else {
            return;
        };
        match (answer, console.result_mut()) {
            (Answer::Confirmed, _) => match asking {
                Some(Asking::Run(planned)) => console.run(planned, cx),
                Some(Asking::Explain(explaining, one)) => console.explain(explaining, &one, cx),
                Some(Asking::Close | Asking::Copied(_)) | None => {}
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
            (Answer::Typed(Purpose::Timeout, typed), _) => match Timeout::parse(&typed) {
                Ok(timeout) => console.limit(Some(timeout), cx),
                Err(why) => self.ask_timeout(typed, Some(why), cx),
            },
            (Answer::Typed(Purpose::Find, typed), _) => {
                self.needle = typed;
                self.find(Search::Here, cx);
            }
            (Answer::Typed(Purpose::Replace, by), _) => {
                let count = console.editor.replace_all(&needle, &by);
                let said = format!("{} replaced", places(count));
                cx.ask(Effect::Toast(Tone::Good, said));
            }
            (Answer::Typed(Purpose::Save, path), _) => {
                let bytes = console.editor.text().into_bytes();
                let over = false;
                cx.ask(Effect::Save { path, over, bytes });
            }
            (Answer::Typed(Purpose::Load, path), _) => {
                self.including = None;
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
            (Answer::Condition(place, condition), Some(ran)) => ran.condition(place, condition, cx),
            (Answer::Filter(filter), Some(ran)) => ran.set_filter(&filter, cx),
            (Answer::EditCondition(place), Some(ran)) => ran.edit_condition(place, cx),
            (Answer::EditWhere, Some(_)) => cx.refuse(NO_WHERE),
            (Answer::Cell(prompt, input), _) => stage(&prompt, &input, cx),
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
                        if !ran.click_field(at.1) && !ran.grid.grab(at.0, at.1, cx.shared.now) {
                            let len = ran.len();
                            let hit = ran.grid.click(at.0, at.1, len);
                            if let Some(command) = hit.command() {
                                self.give(command, cx);
                            }
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

    fn position(&self, shared: &Shared, room: u16) -> (String, String) {
        self.place(shared, room)
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        self.draw_consoles(area, buffer, shared);
    }
}

impl Sql {
    /// What is done to the text, and to what is offered beside it; everything else is about the rows.
    pub(super) fn on_text(&mut self, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::Close => self.close_suggestions(),
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
            Command::SqlHistory => cx.open(Route::History),
            Command::SqlSaved => cx.open(Route::Saved),
            Command::SqlKeep => self.keep_query(cx),
            Command::SqlSave => self.save(cx),
            Command::SqlOpen => cx.open(Route::Prompt(Prompt {
                title: "Read a file into another console".to_owned(),
                hint: "its path".to_owned(),
                text: String::new(),
                wrong: None,
                purpose: Purpose::Load,
            })),
            Command::SqlFormat => self.format(cx),
            Command::ToggleComment => {
                if let Some(console) = self.console_mut() {
                    console.editor.toggle_comment("-- ");
                }
            }
            Command::SqlFind => cx.open(Route::Prompt(Prompt {
                title: "Find in the text".to_owned(),
                hint: "a text; a capital letter minds the case".to_owned(),
                text: self.needle.clone(),
                wrong: None,
                purpose: Purpose::Find,
            })),
            Command::SqlFindNext => self.find(Search::Next, cx),
            Command::SqlFindPrevious => self.find(Search::Previous, cx),
            Command::SqlReplace => cx.open(Route::Prompt(Prompt {
                title: format!("Put in the place of {}", self.needle),
                hint: "another text, or none".to_owned(),
                text: String::new(),
                wrong: None,
                purpose: Purpose::Replace,
            })),
            Command::SqlUndo | Command::SqlRedo => {
                if let Some(console) = self.console_mut() {
                    if command == Command::SqlUndo {
                        console.editor.undo();
                    } else {
                        console.editor.redo();
                    }
                }
            }
            Command::SqlEditor => {
                (self.loading, self.including) = (None, None);
                if let Some(console) = self.console() {
                    cx.ask(Effect::Edit {
                        name: format!("{}.sql", console.name),
                        bytes: console.editor.text().into_bytes(),
                        taken: true,
                    });
                }
            }
            other => self.in_result(other, cx),
        }
    }
}
