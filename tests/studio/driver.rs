//! A studio at a size, its keys, and a server that answers at once, late, or never.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use dbkeep::config::settings::Guards;
use dbkeep::data::edits::Draft;
use dbkeep::data::{Arrangement, ConsoleText, TableName, Timeout};
use dbkeep::fault::Fault;
use dbkeep::studio::app::{App, Msg, Outside, Start};
use dbkeep::studio::keys::Keymap;
use dbkeep::studio::layer::Route;
use dbkeep::studio::theme::{Role, Theme};
use dbkeep::studio::work::console::Ask;
use dbkeep::studio::work::{DbReply, DbRequest, Ticket};
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::server::Fake;

pub struct Studio {
    pub app: App,
    pub now: Instant,
    size: (u16, u16),
    pub server: Fake,
    theme: Theme,
    /// Requests that wait to be answered by hand, while `held`.
    pub asked: VecDeque<(Ticket, DbRequest)>,
    pub held: bool,
    /// Everything else that went out.
    pub outside: Vec<Outside>,
    /// Under which tickets a console last listened, and ran something.
    pub listening: Option<Ticket>,
    pub run: Option<Ticket>,
    /// Under which one it waits.
    pub waiting: Option<Ticket>,
}

impl Studio {
    pub fn open(server: Fake, size: (u16, u16)) -> Self {
        Self::with_theme(server, size, |theme| theme)
    }

    /// One on a connection that is marked as production.
    pub fn in_production(server: Fake, size: (u16, u16), change: fn(Theme) -> Theme) -> Self {
        let mut studio = Self::starting(server, size, change, |start| {
            start.guards.production = true;
        });
        studio.held = false;
        studio.settle();
        studio
    }

    pub fn with_theme(server: Fake, size: (u16, u16), change: fn(Theme) -> Theme) -> Self {
        let mut studio = Self::unanswered(server, size, change);
        studio.held = false;
        studio.settle();
        studio
    }

    /// One that remembers how columns were arranged, or why it does not.
    pub fn remembering(
        server: Fake,
        size: (u16, u16),
        arrangements: HashMap<TableName, Arrangement>,
        failed: Option<Fault>,
    ) -> Self {
        let mut studio = Self::starting(
            server,
            size,
            |theme| theme,
            |start| {
                start.arrangements = arrangements;
                start.failed = failed;
            },
        );
        studio.held = false;
        studio.settle();
        studio
    }

    /// One with the texts of consoles that an earlier one left.
    pub fn with_texts(server: Fake, size: (u16, u16), texts: Vec<ConsoleText>) -> Self {
        let left = |start: &mut Start| start.consoles = Some(texts);
        let mut studio = Self::starting(server, size, |theme| theme, left);
        studio.held = false;
        studio.settle();
        studio
    }

    /// One whose consoles let a statement run so long.
    pub fn with_timeout(server: Fake, size: (u16, u16), timeout: Timeout) -> Self {
        let set = |start: &mut Start| start.timeout = Some(timeout);
        let mut studio = Self::starting(server, size, |theme| theme, set);
        studio.held = false;
        studio.settle();
        studio
    }

    /// One whose texts are edited with vim's keys.
    pub fn in_vim(server: Fake, size: (u16, u16)) -> Self {
        let vim = |start: &mut Start| start.vim = true;
        let mut studio = Self::starting(server, size, |theme| theme, vim);
        studio.held = false;
        studio.settle();
        studio
    }

    /// One that has asked for the catalog and hears nothing yet.
    pub fn unanswered(server: Fake, size: (u16, u16), change: fn(Theme) -> Theme) -> Self {
        Self::starting(server, size, change, |_| {})
    }

    /// The same, where another studio left something staged.
    pub fn after_a_crash(
        server: Fake,
        size: (u16, u16),
        change: fn(Theme) -> Theme,
        drafts: Vec<Draft>,
    ) -> Self {
        let left = |start: &mut Start| start.drafts = Some(drafts);
        Self::starting(server, size, change, left)
    }

    fn starting(
        server: Fake,
        size: (u16, u16),
        change: fn(Theme) -> Theme,
        with: impl FnOnce(&mut Start),
    ) -> Self {
        let themes: Vec<Theme> = Theme::built_in().unwrap().into_iter().map(change).collect();
        let now = Instant::now();
        let mut start = Start {
            target: "shop @ db.example".to_owned(),
            guards: Guards::default(),
            theme: themes[0].clone(),
            themes: themes.clone(),
            keymap: Keymap::new(&[]).unwrap(),
            vim: false,
            drafts: Some(Vec::new()),
            consoles: Some(Vec::new()),
            history: Vec::new(),
            arrangements: HashMap::new(),
            timeout: None,
            failed: None,
        };
        with(&mut start);
        let mut studio = Self {
            app: App::new(start, now),
            now,
            size,
            server,
            theme: themes[0].clone(),
            asked: VecDeque::new(),
            held: true,
            outside: Vec::new(),
            listening: None,
            run: None,
            waiting: None,
        };
        // What is on the screen decides how many rows a page of it has.
        studio.buffer();
        studio.settle();
        studio
    }

    pub fn handle(&mut self, msg: Msg) {
        self.app.handle(msg, self.now);
        self.settle();
    }

    /// Opens something over the screen, as if the screen had asked for it.
    pub fn shows(&mut self, route: Route) {
        self.app.show(route);
        self.settle();
    }

    /// Takes what goes out; the server answers unless it is held, and what waits for a drawing only is
    /// not waited for.
    pub fn settle(&mut self) {
        loop {
            let soon = self.now + Duration::from_millis(5);
            if let Some(wake) = self.app.wake().filter(|wake| *wake <= soon) {
                self.now = self.now.max(wake);
                self.app.handle(Msg::Tick, self.now);
            }
            for outside in self.app.take_outside() {
                match outside {
                    Outside::Db(ticket, request) => {
                        match &request {
                            DbRequest::Console(_, Ask::Listen) => self.listening = Some(ticket),
                            DbRequest::Console(_, Ask::Run { .. } | Ask::Copy { .. }) => {
                                self.run = Some(ticket);
                            }
                            DbRequest::Console(_, Ask::Wait(_)) => self.waiting = Some(ticket),
                            _ => {}
                        }
                        self.asked.push_back((ticket, request));
                    }
                    other => self.outside.push(other),
                }
            }
            if self.held || !self.answer() {
                break;
            }
        }
        self.buffer();
    }

    /// Answers the oldest request; `false` where there is none.
    pub fn answer(&mut self) -> bool {
        let Some((ticket, request)) = self.asked.pop_front() else {
            return false;
        };
        for reply in self.server.answer(&request) {
            self.app.handle(Msg::Db(ticket, reply), self.now);
        }
        true
    }

    /// Gives the first part of the answer to the oldest request, which goes on.
    pub fn answer_in_part(&mut self) {
        let (ticket, request) = self.asked.front().unwrap();
        let reply = self.server.answer(request).swap_remove(0);
        self.handle(Msg::Db(*ticket, reply));
    }

    /// Ends the oldest request in another way than by answering it.
    pub fn end(&mut self, reply: DbReply) {
        let (ticket, _) = self.asked.pop_front().unwrap();
        self.handle(Msg::Db(ticket, reply));
    }

    /// Presses keys by their names: `"down down enter ctrl-p"`.
    pub fn press(&mut self, keys: &str) {
        for name in keys.split_whitespace() {
            self.handle(Msg::Input(Event::Key(key(name))));
        }
    }

    pub fn types(&mut self, text: &str) {
        for letter in text.chars() {
            let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
            self.handle(Msg::Input(Event::Key(key)));
        }
    }

    pub fn pastes(&mut self, text: &str) {
        self.handle(Msg::Input(Event::Paste(text.to_owned())));
    }

    pub fn mouse(&mut self, kind: MouseEventKind, (column, row): (u16, u16)) {
        let event = MouseEvent {
            kind,
            column,
            row,
            modifiers: KeyModifiers::NONE,
        };
        self.handle(Msg::Input(Event::Mouse(event)));
    }

    pub fn click(&mut self, at: (u16, u16)) {
        self.mouse(MouseEventKind::Down(MouseButton::Left), at);
        self.mouse(MouseEventKind::Up(MouseButton::Left), at);
    }

    /// Lets time pass, and wakes the studio when it wants to be woken.
    pub fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(wake) = self.app.wake().filter(|wake| *wake <= until) {
            self.now = wake;
            self.handle(Msg::Tick);
        }
        self.now = until;
    }

    pub fn wants_to_be_woken(&self) -> bool {
        self.app.wake().is_some()
    }

    pub fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
        self.buffer();
    }

    pub fn buffer(&mut self) -> Buffer {
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let mut buffer = Buffer::empty(area);
        self.app.draw(area, &mut buffer);
        buffer
    }

    pub fn text(&mut self) -> String {
        let buffer = self.buffer();
        let width = usize::from(self.size.0);
        let lines = buffer.content.chunks(width).map(|cells| {
            let mut line = String::new();
            let mut hidden = 0;
            for cell in cells {
                if hidden == 0 {
                    line.push_str(cell.symbol());
                    hidden = unicode_width::UnicodeWidthStr::width(cell.symbol());
                }
                hidden = hidden.saturating_sub(1);
            }
            line.trim_end().to_owned()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    pub fn sees(&mut self, wanted: &str) {
        let text = self.text();
        assert!(text.contains(wanted), "{wanted:?} is not on:\n{text}");
    }

    pub fn sees_no(&mut self, unwanted: &str) {
        let text = self.text();
        assert!(!text.contains(unwanted), "{unwanted:?} is on:\n{text}");
    }

    /// Where a text begins on the screen.
    pub fn find(&mut self, wanted: &str) -> (u16, u16) {
        let text = self.text();
        let (y, line) = text
            .lines()
            .enumerate()
            .find(|(_, line)| line.contains(wanted))
            .unwrap_or_else(|| panic!("{wanted:?} is not on:\n{text}"));
        let before = &line[..line.find(wanted).unwrap()];
        let x = unicode_width::UnicodeWidthStr::width(before);
        (u16::try_from(x).unwrap(), u16::try_from(y).unwrap())
    }

    /// The style of the first character of a text.
    pub fn style(&mut self, wanted: &str) -> Style {
        let at = self.find(wanted);
        self.buffer()[at].style()
    }

    /// What a role looks like, as a cell has it.
    pub fn role(&self, role: Role) -> Style {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 1, 1));
        buffer[(0, 0)].set_style(self.theme.style(role));
        buffer[(0, 0)].style()
    }

    /// The line that says where one is.
    pub fn position(&mut self) -> String {
        let text = self.text();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len() - 2].to_owned()
    }
}

fn key(name: &str) -> KeyEvent {
    let (modifiers, name) = match (name.strip_prefix("ctrl-"), name.strip_prefix("alt-")) {
        (Some(name), _) => (KeyModifiers::CONTROL, name),
        (_, Some(name)) => (KeyModifiers::ALT, name),
        _ => (KeyModifiers::NONE, name),
    };
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "space" => KeyCode::Char(' '),
        "backspace" => KeyCode::Backspace,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "f1" => KeyCode::F(1),
        "f2" => KeyCode::F(2),
        "f3" => KeyCode::F(3),
        "f6" => KeyCode::F(6),
        _ => KeyCode::Char(name.chars().next().unwrap()),
    };
    KeyEvent::new(code, modifiers)
}
