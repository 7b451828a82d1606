//! The application: layers, shared truth, and what becomes of messages and effects. It knows no
//! terminal and no connection: messages go in, [`Outside`] effects come out, and it draws into a
//! buffer. The loop that drives it is in [`run`].

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::{Duration, Instant};

use ratatui::crossterm::event::Event;
use ratatui::layout::Rect;

use super::keys::{Command, Keymap, Stroke};
use super::layer::{Answer, Cx, Effect, Layer, LogEntry, Route, ScreenId, Shared, Tone};
use super::screens::later::Later;
use super::screens::sql::Sql;
use super::screens::tables::{FIRST_SCREEN, Tables};
use super::theme::Theme;
use super::work::console::Told;
use super::work::{DbReply, DbRequest, Part, Ticket};
use crate::config::settings::Guards;

use crate::data::edits::Draft;
use crate::data::saved::{Shelf, ShelfOrder, ShelfReply};
use crate::data::{Arrangement, ConsoleText, Remembered, TableName, Timeout};
use crate::fault::Fault;

mod clipboard;
mod files;
mod frame;
mod input;
mod keeper;
mod open;
mod replies;
pub mod run;
pub mod signals;
pub mod terminal;

/// How long a passing word stays.
const TOAST: Duration = Duration::from_secs(4);
/// A wait longer than this shows a moving sign…
const BREATH: Duration = Duration::from_millis(150);
/// …which moves this often.
const TICK: Duration = Duration::from_millis(100);
/// What rows come behind waits for them with being drawn, so long at most.
const HEAD: Duration = Duration::from_millis(8);
/// How long the rest of the catalog waits for the rows of the first table.
const REST: Duration = Duration::from_millis(300);
/// …and how long after its first rows.
const DRAWN: Duration = Duration::from_millis(3);
/// How many statements the log keeps.
const LOG: usize = 1_000;
/// A table of no more than this many pages (8 kB each) is counted unasked.
const SMALL: u32 = 2_000;
/// How long the unasked count of one table may take.
const COUNT_DEADLINE: Duration = Duration::from_millis(500);

/// What comes in.
#[derive(Debug)]
pub enum Msg {
    /// From the terminal.
    Input(Event),
    /// From the server.
    Db(Ticket, DbReply),
    /// A statement was sent.
    Sent(LogEntry),
    /// What became of something that was done outside.
    Told(Tone, String),
    /// A file was written: its path as it was typed, and what is said of it.
    Saved(String, String),
    /// What became of something that was asked of the folder of saved queries, and what it holds.
    Shelf(ShelfReply, Shelf),
    /// It is time for what was waited for: see [`App::wake`].
    Tick,
    /// What was read from a file, or typed in an editor.
    Read(Vec<u8>),
    /// Something that was asked of the outside could not be done.
    Trouble(Fault),
    /// The process was asked to end.
    Terminate,
}

/// What goes out, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outside {
    /// Ask the server.
    Db(Ticket, DbRequest),
    /// Ask that a request be stopped.
    Cancel(Ticket),
    /// Put a text on the terminal's clipboard.
    Copy(String),
    /// Remember how a table's columns are arranged.
    Arrange(TableName, Arrangement),
    /// Write a file that is not there yet.
    Save {
        /// Its path, as it was typed.
        path: String,
        /// Whether it may be there already.
        over: bool,
        /// What is written.
        bytes: Vec<u8>,
    },
    /// Lend the terminal to the person's editor, with a file that is gone afterwards.
    Edit {
        /// The file's name.
        name: String,
        /// What is in it.
        bytes: Vec<u8>,
        /// Whether what is changed in it is taken.
        taken: bool,
    },
    /// Read a file for the layer that is on top.
    Load(String),
    /// Give the terminal back until the shell resumes us.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Keep what is staged for after a crash.
    Draft(Vec<Draft>),
    /// Leave what a crash left for another time.
    LeaveDraft,
    /// Remember what was run.
    Remember(Remembered),
    /// Ask the folder of saved queries.
    Shelf(ShelfOrder),
    /// Keep the texts of the consoles.
    Consoles(Vec<ConsoleText>),
    /// End.
    Quit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    App,
    Screen(usize),
    /// A dialog, by its number; it may have been closed.
    Dialog(u64),
}

/// A dialog that is open, and its number.
struct Dialog {
    number: u64,
    layer: Box<dyn Layer>,
    /// Who opened it, and takes its answer.
    opener: Owner,
}

struct Toast {
    tone: Tone,
    text: String,
    until: Instant,
}

/// Everything that is on the screen and behind it.
pub struct App {
    shared: Shared,
    /// Whether what is staged is kept on disk.
    keeps: bool,
    screens: [Box<dyn Layer>; 4],
    current: usize,
    dialogs: Vec<Dialog>,
    dialogs_opened: u64,
    /// The dialog that asks whether to quit.
    quitting: Option<u64>,
    /// The catalog that was asked for last; what an older request brings is not it.
    catalog: Ticket,
    /// The request that the studio starts with, until its catalog is here.
    starting: Option<Ticket>,
    /// The one that gave the beginning of the catalog, and when the rest is asked for at the latest.
    beginning: Option<(Ticket, Instant)>,
    /// The sizes that are being asked for.
    sizing: Option<Ticket>,
    owners: HashMap<Ticket, Owner>,
    /// The types and functions that were asked for last.
    types: Option<Ticket>,
    /// The requests somebody waits for, and since when.
    waiting: BTreeMap<Ticket, Instant>,
    /// Those that somebody wants stopped.
    stopping: BTreeSet<Ticket>,
    /// When something was opened unasked, and when a key last came that was typed before it was seen.
    unasked: Option<(Instant, Instant)>,
    next_ticket: u64,
    strokes: Vec<Stroke>,
    chord: Vec<(String, Command)>,
    toast: Option<Toast>,
    outside: Vec<Outside>,
    dirty: bool,
    /// When what came is drawn, if nothing comes behind it that is drawn at once.
    behind: Option<Instant>,
    now: Instant,
    /// When the last tick was.
    ticked: Instant,
    hints: Vec<(Rect, Command)>,
    tabs: Vec<(Rect, ScreenId)>,
}

/// What a studio starts with.
#[derive(Debug)]
pub struct Start {
    /// What is connected to, in words.
    pub target: String,
    /// How careful one is to be there.
    pub guards: Guards,
    /// The look.
    pub theme: Theme,
    /// Every look that can be chosen.
    pub themes: Vec<Theme>,
    /// The keys.
    pub keymap: Keymap,
    /// Whether texts are edited with vim's keys.
    pub vim: bool,
    /// What the last studio on this target left staged; `None` where nothing is kept.
    pub drafts: Option<Vec<Draft>>,
    /// The texts of the consoles, as they were left; `None` where they are not kept.
    pub consoles: Option<Vec<ConsoleText>>,
    /// What was run in consoles before, newest first.
    pub history: Vec<Remembered>,
    /// How the columns of tables were arranged before.
    pub arrangements: HashMap<TableName, Arrangement>,
    /// How long a console lets a statement run, where the person has set it.
    pub timeout: Option<Timeout>,
    /// What failed before the start, and did not prevent it.
    pub failed: Option<Fault>,
}

/// Where it matters the frames say so.
fn suited(theme: Theme, guards: Guards) -> Theme {
    if guards.production {
        theme.alarming()
    } else {
        theme
    }
}

impl App {
    /// A studio that has just asked for the catalog.
    #[must_use]
    pub fn new(start: Start, now: Instant) -> Self {
        let keeps = start.drafts.is_some();
        let drafts = start.drafts.unwrap_or_default();
        let mut app = Self {
            keeps,
            shared: Shared {
                target: start.target,
                guards: start.guards,
                catalog: None,
                catalog_fault: None,
                staged: HashMap::new(),
                system: false,
                opening: None,
                sizes: None,
                generation: 0,
                theme: suited(start.theme, start.guards),
                themes: start.themes,
                keymap: start.keymap,
                vim: start.vim,
                log: VecDeque::new(),
                history: start.history.into(),
                shelf: None,
                tick: 0,
                is_lost: false,
                arrangements: start.arrangements,
                now,
            },
            screens: [
                Box::new(Tables::with_drafts(drafts)),
                Box::new(Sql::with_texts(start.consoles, start.timeout)),
                Box::new(Later::projects()),
                Box::new(Later::migrations()),
            ],
            current: 0,
            dialogs: Vec::new(),
            dialogs_opened: 0,
            quitting: None,
            catalog: Ticket(0),
            starting: None,
            beginning: None,
            sizing: None,
            owners: HashMap::new(),
            types: None,
            waiting: BTreeMap::new(),
            stopping: BTreeSet::new(),
            unasked: None,
            next_ticket: 0,
            strokes: Vec::new(),
            chord: Vec::new(),
            toast: None,
            outside: Vec::new(),
            dirty: true,
            behind: None,
            now,
            ticked: now,
            hints: Vec::new(),
            tabs: Vec::new(),
        };
        app.catalog = app.ask(DbRequest::Start {
            limit: FIRST_SCREEN,
        });
        app.starting = Some(app.catalog);
        if let Some(fault) = start.failed {
            app.say(Tone::Warning, fault.what);
        }
        app
    }

    /// Takes one message.
    pub fn handle(&mut self, msg: Msg, now: Instant) {
        self.now = now;
        self.shared.now = now;
        // Rows that are only kept are counted when the sign of waiting moves: drawn for each of them, the
        // screen would have no time for keys.
        let is_seen = !matches!(
            &msg,
            Msg::Db(_, DbReply::Part(Part::Console(Told::Grown(chunk)))) if chunk.rows.is_none()
        );
        // Rows mostly come at once behind what they are rows of: drawn in between, it would flash, and
        // take a processor from a server on this machine.
        let is_head = matches!(&msg, Msg::Db(_, DbReply::Part(Part::Relation(_))));
        // Time to ask for more is nothing to be seen: what comes of it is.
        let is_rest = matches!(&msg, Msg::Tick) && self.is_rest_due();
        match msg {
            Msg::Input(event) => self.input(event),
            Msg::Db(ticket, reply) => self.reply(ticket, reply),
            Msg::Sent(entry) => {
                // The newest first, by when it was sent.
                let newer = self
                    .shared
                    .log
                    .iter()
                    .take_while(|known| known.at > entry.at);
                self.shared.log.insert(newer.count(), entry);
                self.shared.log.truncate(LOG);
                return;
            }
            Msg::Told(tone, text) => self.say(tone, text),
            Msg::Saved(path, said) => {
                self.say(Tone::Good, said);
                self.with_top(|layer, cx| layer.on_saved(&path, cx));
            }
            Msg::Shelf(reply, held) => self.shelved(reply, held),
            Msg::Tick => {
                self.ticked = now;
                self.shared.tick = self.shared.tick.wrapping_add(1);
            }
            Msg::Read(bytes) => self.with_top(|layer, cx| layer.on_read(bytes, cx)),
            Msg::Trouble(fault) => self.say(Tone::Error, fault.what),
            Msg::Terminate => self.outside.push(Outside::Quit),
        }
        if self.toast.as_ref().is_some_and(|toast| toast.until <= now) {
            self.toast = None;
        }
        if self.is_rest_due() {
            self.ask_rest();
        }
        if is_head {
            self.behind.get_or_insert(now + HEAD);
        } else {
            self.dirty |= is_seen && !is_rest;
        }
        // One that is late is drawn with the next frame there is.
        self.dirty |= self.behind.take_if(|behind| *behind <= now).is_some();
    }

    /// Opens something over the screen that is shown, as if the screen had asked for it.
    pub fn show(&mut self, route: Route) {
        self.apply(Effect::Open(Box::new(route)));
        self.dirty = true;
    }

    /// What has to be done outside, in order; each is given once.
    pub fn take_outside(&mut self) -> Vec<Outside> {
        std::mem::take(&mut self.outside)
    }

    /// Whether there is something to draw.
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// When a [`Msg::Tick`] is wanted; never, while nothing moves.
    #[must_use]
    pub fn wake(&self) -> Option<Instant> {
        let sign = self.waiting.values().min().map(|since| {
            let shown = *since + BREATH;
            if shown > self.now {
                shown
            } else {
                self.ticked + TICK
            }
        });
        let moving = self.screens[self.current].is_moving();
        let moving = moving.then(|| self.ticked + TICK);
        let toast = self.toast.as_ref().map(|toast| toast.until);
        let rest = self.beginning.map(|(_, until)| until);
        [sign, moving, toast, self.behind, rest]
            .into_iter()
            .flatten()
            .min()
    }

    /// Why the server was never reached, if it was not.
    #[must_use]
    pub fn unreached(&self) -> Option<&Fault> {
        let fault = self.shared.catalog_fault.as_ref();
        fault.filter(|_| self.shared.catalog.is_none())
    }

    fn top(&self) -> &dyn Layer {
        match self.dialogs.last() {
            Some(dialog) => dialog.layer.as_ref(),
            None => self.screens[self.current].as_ref(),
        }
    }

    /// Lets the top layer do something, and applies what it asks for.
    fn with_top(&mut self, act: impl FnOnce(&mut dyn Layer, &mut Cx<'_>)) {
        let owner = match self.dialogs.last() {
            Some(dialog) => Owner::Dialog(dialog.number),
            None => Owner::Screen(self.current),
        };
        self.with(owner, act);
    }

    /// Lets a layer do something, and applies what it asks for; nothing, if it is gone.
    fn with(&mut self, owner: Owner, act: impl FnOnce(&mut dyn Layer, &mut Cx<'_>)) {
        let mut effects = Vec::new();
        let mut cx = Cx::new(&self.shared, &mut self.next_ticket, &mut effects);
        match owner {
            Owner::App => {}
            Owner::Screen(screen) => act(self.screens[screen].as_mut(), &mut cx),
            Owner::Dialog(number) => {
                let mut dialogs = self.dialogs.iter_mut();
                if let Some(dialog) = dialogs.find(|dialog| dialog.number == number) {
                    act(dialog.layer.as_mut(), &mut cx);
                }
            }
        }
        // A dialog that closes itself and then answers has its opener all the same.
        let opener = self.opener(owner);
        for effect in effects {
            match effect {
                Effect::Db(ticket, request) => self.send(ticket, request, owner),
                Effect::Open(route) => {
                    let is_open = |dialog: &Dialog| Owner::Dialog(dialog.number) == owner;
                    let closed = opener != owner && !self.dialogs.iter().any(is_open);
                    self.open(*route, if closed { opener } else { owner });
                }
                Effect::Pop => self.close(owner),
                Effect::Answer(answer) => {
                    self.close(owner);
                    self.answer(opener, *answer);
                }
                Effect::Run(command) => {
                    self.close(owner);
                    self.command(command);
                }
                other => self.apply(other),
            }
        }
    }

    fn answer(&mut self, opener: Owner, answer: Answer) {
        self.with(opener, |layer, cx| layer.on_answer(answer, cx));
    }

    fn opener(&self, owner: Owner) -> Owner {
        let Owner::Dialog(number) = owner else {
            return owner;
        };
        let mut dialogs = self.dialogs.iter();
        let dialog = dialogs.find(|dialog| dialog.number == number);
        dialog.map_or(Owner::Screen(self.current), |dialog| dialog.opener)
    }

    /// Closes a dialog, if it is open.
    fn close(&mut self, owner: Owner) {
        self.dialogs
            .retain(|dialog| Owner::Dialog(dialog.number) != owner);
    }

    fn say(&mut self, tone: Tone, text: String) {
        self.toast = Some(Toast {
            tone,
            text,
            until: self.now + TOAST,
        });
    }

    fn send(&mut self, ticket: Ticket, request: DbRequest, owner: Owner) {
        self.owners.insert(ticket, owner);
        if !request.is_background() {
            self.waiting.insert(ticket, self.now);
        }
        self.outside.push(Outside::Db(ticket, request));
    }

    fn ask(&mut self, request: DbRequest) -> Ticket {
        self.next_ticket += 1;
        let ticket = Ticket(self.next_ticket);
        self.send(ticket, request, Owner::App);
        ticket
    }

    fn apply(&mut self, effect: Effect) {
        match effect {
            Effect::Db(ticket, request) => self.send(ticket, request, Owner::App),
            Effect::Cancel(ticket) => {
                self.waiting.remove(&ticket);
                self.outside.push(Outside::Cancel(ticket));
            }
            Effect::Open(route) => self.open(*route, Owner::Screen(self.current)),
            // These are about a dialog, and are done where it is known: see `with`.
            Effect::Pop | Effect::Answer(_) | Effect::Run(_) => {}
            Effect::Unasked => self.unasked = Some((self.now, self.now)),
            Effect::Toast(tone, text) => self.say(tone, text),
            Effect::Copy(text, what) => {
                self.outside.push(Outside::Copy(text));
                // Whether the terminal took it cannot be known.
                self.say(Tone::Good, format!("sent {what} to the clipboard"));
            }
            Effect::Save { path, over, bytes } => {
                self.outside.push(Outside::Save { path, over, bytes });
            }
            Effect::Edit { name, bytes, taken } => {
                self.outside.push(Outside::Edit { name, bytes, taken });
            }
            Effect::Load(path) => self.outside.push(Outside::Load(path)),
            Effect::TryTheme(theme) => self.shared.theme = suited(*theme, self.shared.guards),
            Effect::Theme(theme) => {
                let kept = format!("theme = \"{}\" in config.toml keeps it", theme.name);
                self.apply(Effect::TryTheme(theme));
                self.say(Tone::Good, kept);
            }
            Effect::Vim(on) => {
                self.shared.vim = on;
                let (name, keys) = if on {
                    ("vim", "with vim's keys")
                } else {
                    ("emacs", "without vim's keys")
                };
                let kept = format!("{keys}: editor = \"{name}\" in config.toml keeps it so");
                self.say(Tone::Good, kept);
            }
            Effect::Screen(screen) => {
                self.current = screen as usize;
                self.with(Owner::Screen(self.current), |layer, cx| layer.on_show(cx));
            }
            Effect::Catalog { system } => {
                self.shared.system = system;
                self.shared.catalog_fault = None;
                self.beginning = None;
                // What the studio starts with would go on to a table that nobody waits for.
                if let Some(start) = self.starting.take() {
                    self.owners.remove(&start);
                    self.apply(Effect::Cancel(start));
                }
                self.catalog = self.ask(DbRequest::Catalog { system });
                if self.shared.sizes.is_some() || self.sizing.is_some() {
                    self.sizing = Some(self.ask(DbRequest::Sizes { system }));
                }
            }
            Effect::Sizes => {
                let wanted = self.shared.sizes.take().is_some() || self.sizing.is_some();
                self.sizing = (!wanted).then(|| {
                    let system = self.shared.system;
                    self.ask(DbRequest::Sizes { system })
                });
            }
            Effect::Counted(oid, rows) => self.counted(&HashMap::from([(oid, rows)])),
            Effect::Arrange(table, arrangement) => {
                let kept = arrangement.clone();
                self.shared.arrangements.insert(table.clone(), kept);
                self.outside.push(Outside::Arrange(table, arrangement));
            }
            Effect::Draft(drafts) => self.outside.push(Outside::Draft(drafts)),
            Effect::Staged(edits) => {
                self.shared.staged = edits;
                self.tell_shared();
            }
            Effect::Keys(keys) => keys.iter().for_each(|key| self.key(key)),
            Effect::Staging(staging) => {
                let tables = Owner::Screen(ScreenId::Tables as usize);
                self.answer(tables, Answer::Staging(staging));
            }
            Effect::Written(written) => {
                let sql = Owner::Screen(ScreenId::Sql as usize);
                self.answer(sql, Answer::Written(written));
            }
            Effect::LeaveDraft => self.outside.push(Outside::LeaveDraft),
            Effect::Remember(entry) => {
                self.shared.history.push_front(entry.clone());
                self.shared.history.truncate(LOG);
                self.outside.push(Outside::Remember(entry));
            }
            Effect::Shelf(order) => self.outside.push(Outside::Shelf(order)),
            Effect::Consoles(texts) => self.outside.push(Outside::Consoles(texts)),
            Effect::Quit => self.outside.push(Outside::Quit),
        }
    }
}
