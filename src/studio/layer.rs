//! What a layer is: something on the screen that takes keys, and asks for effects.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Rect;

pub use super::route::{
    CellPrompt, Charted, Choice, Choices, Parameter, Peek, Prompt, Purpose, Route, Viewed,
};

use super::keys::{Command, Keymap, Scope};
use super::theme::Theme;
use super::work::{DbReply, DbRequest, Ticket};
use crate::config::settings::Guards;
use crate::data::catalog::Catalog;
use crate::data::clip::{Format, What};
use crate::data::edits::{Draft, Edits, Input, Planned, Seen, Step};
use crate::data::filter::Condition;
use crate::data::foreign::Equals;
use crate::data::relation::Relation;
use crate::data::saved::{Shelf, ShelfOrder};
use crate::data::{Arrangement, ConsoleText, Filter, Remembered, TableName};
use crate::fault::Fault;

/// What every layer may read and only `app` changes.
#[derive(Debug)]
pub struct Shared {
    /// What is connected to, in words.
    pub target: String,
    /// How careful one is to be there.
    pub guards: Guards,
    /// What the database holds, once it is known.
    pub catalog: Option<Catalog>,
    /// Why it is not known.
    pub catalog_fault: Option<Fault>,
    /// What is staged of each relation, by its number.
    pub staged: HashMap<u32, (Arc<Relation>, Edits)>,
    /// Whether the system's schemas are shown.
    pub system: bool,
    /// The request that goes on to the first table, for the screen that shows it: only while a
    /// catalog that brought it is told of.
    pub opening: Option<Ticket>,
    /// Bytes by number of the relation, once they were asked for.
    pub sizes: Option<HashMap<u32, u64>>,
    /// Rises whenever the tree must be laid out anew.
    pub generation: u64,
    /// The look.
    pub theme: Theme,
    /// Every look that can be chosen.
    pub themes: Vec<Theme>,
    /// The keys.
    pub keymap: Keymap,
    /// The last statements that were sent, newest first.
    pub log: VecDeque<LogEntry>,
    /// What was run in consoles, newest first.
    pub history: VecDeque<Remembered>,
    /// The saved queries, once the folder was read.
    pub shelf: Option<Shelf>,
    /// Which picture of a moving sign it is time for.
    pub tick: usize,
    /// Whether the server was not reached when it was last asked.
    pub is_lost: bool,
    /// Whether texts are edited with vim's keys.
    pub vim: bool,
    /// How the columns of tables were arranged, in this run and before it.
    pub arrangements: HashMap<TableName, Arrangement>,
    /// When what is being handled came.
    pub now: Instant,
}

impl Shared {
    /// Whether all of the catalog is here, not only its beginning.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let catalog = self.catalog.as_ref();
        catalog.is_some_and(|catalog| !catalog.is_beginning)
    }

    /// Why something is not in the tree: what `why` says, unless that is not known yet.
    #[must_use]
    pub fn missing(&self, why: &'static str) -> &'static str {
        match (self.is_whole(), &self.catalog_fault) {
            (true, _) => why,
            (false, None) => "the rest of the tables is still being read",
            (false, Some(_)) => "only the first tables were read: r reads all",
        }
    }

    /// How a table's columns were arranged; as they are by themselves, where they never were.
    #[must_use]
    pub fn arrangement(&self, table: &TableName) -> Arrangement {
        self.arrangements.get(table).cloned().unwrap_or_default()
    }
}

/// A line of the command log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// When it was sent.
    pub at: SystemTime,
    /// How long it took.
    pub took: Duration,
    /// The rows it returned, or why it failed.
    pub result: Result<u64, String>,
    /// Its text.
    pub sql: String,
}

/// One of the screens, in the order of their tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScreenId {
    /// Tables and their rows.
    Tables,
    /// The SQL console.
    Sql,
    /// Projects of DBKeep.
    Projects,
    /// Migrations.
    Migrations,
}

impl ScreenId {
    /// All of them, with their names.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Tables, "Tables"),
        (Self::Sql, "SQL"),
        (Self::Projects, "Projects"),
        (Self::Migrations, "Migrations"),
    ];
}

/// What a dialog gives to the layer below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A line that was typed.
    Typed(Purpose, String),
    /// A condition: a new one, or another one in the place of one.
    Condition(Option<usize>, Condition),
    /// A filter, whole.
    Filter(Filter),
    /// Another arrangement of the columns, and the place of the one to go to.
    Columns(Arrangement, usize),
    /// That the condition in a place of the filter is to be edited.
    EditCondition(usize),
    /// That the free condition is to be edited.
    EditWhere,
    /// The row to go to, where there are several: its place among them.
    Follow(usize),
    /// The same, to be looked at.
    Peek(usize),
    /// Rows of a relation, by its number, to be shown alone.
    Referring(u32, Equals),
    /// A statement that was run before.
    Statement(String),
    /// That what was asked about is to be done: see [`Route::ConfirmName`].
    Confirmed,
    /// What is copied, and how it is written.
    Copy(What, Format),
    /// What the column of these rows is given.
    Cell(Box<CellPrompt>, Input),
    /// What is to be written, now.
    Commit(Vec<Planned>),
    /// That all that is staged is to be forgotten.
    Discard,
    /// That what a crash left is to be staged again.
    Restore,
    /// That it is left for another time.
    LeaveDraft,
    /// How conflicts were settled: for each relation, by number, what follows.
    Resolved(Vec<(u32, Step)>),
    /// The values of parameters.
    Parameters(Vec<Parameter>),
    /// What is staged from another screen.
    Staging(Staging),
    /// What was written, each row with what the server returned of it.
    Written(Vec<(Planned, Seen)>),
}

/// What another screen has staged, where the staged edits are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Staging {
    /// A step in a relation.
    Step(Arc<Relation>, Step),
    /// Its last step is taken back.
    Undo(u32),
    /// It is taken again.
    Redo(u32),
    /// What is staged is reviewed, discarded, or the last commit taken back.
    Command(Command),
}

/// What a layer asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Ask the server.
    Db(Ticket, DbRequest),
    /// Ask that a request be stopped.
    Cancel(Ticket),
    /// Open something above.
    Open(Box<Route>),
    /// What was opened came unasked: keys that are typed already are not meant for it.
    Unasked,
    /// Close the asking layer.
    Pop,
    /// Close the asking layer and give this to the one below.
    Answer(Box<Answer>),
    /// Close the asking layer and give a command, as if by its key.
    Run(Command),
    /// Say something in passing.
    Toast(Tone, String),
    /// Put a text on the clipboard; the second says what it is.
    Copy(String, String),
    /// Write a file.
    Save {
        /// Its path, as it was typed.
        path: String,
        /// Whether it may be there already: it was read here, or written before.
        over: bool,
        /// What is written.
        bytes: Vec<u8>,
    },
    /// Show a value in the person's editor.
    Edit {
        /// The name of the file that the editor is given.
        name: String,
        /// What is in it.
        bytes: Vec<u8>,
        /// Whether what is changed there comes back, by [`Layer::on_read`].
        taken: bool,
    },
    /// Read a file, which comes by [`Layer::on_read`].
    Load(String),
    /// Another theme, chosen.
    Theme(Box<Theme>),
    /// Another theme, to see how it looks.
    TryTheme(Box<Theme>),
    /// Edit texts with vim's keys, or without them.
    Vim(bool),
    /// Show another screen.
    Screen(ScreenId),
    /// Read the catalog again, with the system's schemas or without.
    Catalog {
        /// With the system's schemas.
        system: bool,
    },
    /// Learn the sizes of all tables.
    Sizes,
    /// A relation was counted exactly.
    Counted(u32, u64),
    /// A table's columns were arranged; it is remembered.
    Arrange(TableName, Arrangement),
    /// What is staged now, to be kept for after a crash.
    Draft(Vec<Draft>),
    /// What is staged now, for every screen to show.
    Staged(HashMap<u32, (Arc<Relation>, Edits)>),
    /// That something be staged.
    Staging(Staging),
    /// What was written, for whoever shows it too.
    Written(Vec<(Planned, Seen)>),
    /// That these keys be taken as if they were pressed now.
    Keys(Vec<KeyEvent>),
    /// What was left by a crash is left for another time.
    LeaveDraft,
    /// Something was run in a console; it is remembered.
    Remember(Remembered),
    /// Something is asked of the folder of saved queries.
    Shelf(ShelfOrder),
    /// The texts of the consoles now, to be kept.
    Consoles(Vec<ConsoleText>),
    /// End, now.
    Quit,
}

/// How a passing word is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It is done.
    Good,
    /// It cannot be done, and why.
    Warning,
    /// It failed.
    Error,
}

/// A layer's view of the world while it handles something.
pub struct Cx<'a> {
    /// What all layers share.
    pub shared: &'a Shared,
    next_ticket: &'a mut u64,
    effects: &'a mut Vec<Effect>,
}

impl<'a> Cx<'a> {
    /// Effects are added to `effects`, in order.
    pub fn new(shared: &'a Shared, next_ticket: &'a mut u64, effects: &'a mut Vec<Effect>) -> Self {
        Self {
            shared,
            next_ticket,
            effects,
        }
    }

    /// Asks the server; the replies come with this ticket.
    pub fn db(&mut self, request: DbRequest) -> Ticket {
        *self.next_ticket += 1;
        let ticket = Ticket(*self.next_ticket);
        self.effects.push(Effect::Db(ticket, request));
        ticket
    }

    /// Asks for an effect.
    pub fn ask(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Opens something above.
    pub fn open(&mut self, route: Route) {
        self.ask(Effect::Open(Box::new(route)));
    }

    /// Says why something cannot be done.
    pub fn refuse(&mut self, why: impl Into<String>) {
        self.ask(Effect::Toast(Tone::Warning, why.into()));
    }
}

/// Why a command cannot be given now.
pub type Refusal = Cow<'static, str>;

/// Something on the screen that takes keys.
pub trait Layer {
    /// The scopes that hold for it now, nearest first.
    fn scopes(&self) -> Vec<Scope>;

    /// Whether keys that type a character are text now.
    fn is_typing(&self) -> bool {
        false
    }

    /// Whether a command can be given now.
    ///
    /// # Errors
    /// Why not, for the person.
    fn enabled(&self, _command: Command, _shared: &Shared) -> Result<(), Refusal> {
        Ok(())
    }

    /// Does what a command says.
    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>);

    /// Gives itself a command, as its key would; says why, where it cannot be given.
    fn give(&mut self, command: Command, cx: &mut Cx<'_>) {
        match self.enabled(command, cx.shared) {
            Ok(()) => self.on_command(command, cx),
            Err(why) => cx.refuse(format!("{}: {why}", command.spec().title)),
        }
    }

    /// Takes a key that is bound to nothing here.
    fn on_key(&mut self, _key: &KeyEvent, _cx: &mut Cx<'_>) {}

    /// Takes pasted text.
    fn on_paste(&mut self, _text: &str, _cx: &mut Cx<'_>) {}

    /// Takes what was read from a file, or typed in an editor.
    fn on_read(&mut self, _bytes: Vec<u8>, _cx: &mut Cx<'_>) {}

    /// Hears that a file was written.
    fn on_saved(&mut self, _path: &str, _cx: &mut Cx<'_>) {}

    /// Takes the mouse.
    fn on_mouse(&mut self, _event: MouseEvent, _cx: &mut Cx<'_>) {}

    /// Takes a reply of the server.
    fn on_db(&mut self, _ticket: Ticket, _reply: DbReply, _cx: &mut Cx<'_>) {}

    /// Is opened; may ask for what it wants to show.
    fn on_open(&mut self, _cx: &mut Cx<'_>) {}

    /// Comes to be looked at, again or for the first time.
    fn on_show(&mut self, _cx: &mut Cx<'_>) {}

    /// Stops what it has running; `false` if there is nothing to stop.
    fn on_interrupt(&mut self, _cx: &mut Cx<'_>) -> bool {
        false
    }

    /// Whether it shows that time passes.
    fn is_moving(&self) -> bool {
        false
    }

    /// Takes the answer of a dialog that this layer opened.
    fn on_answer(&mut self, _answer: Answer, _cx: &mut Cx<'_>) {}

    /// Hears that what is shared has changed: the catalog came, a count arrived.
    fn on_shared(&mut self, _cx: &mut Cx<'_>) {}

    /// What is not written, in words; it is kept where things are.
    fn unsaved(&self) -> Option<String> {
        None
    }

    /// What quitting would end for good, in words.
    fn ended_by_quitting(&self) -> Option<String> {
        None
    }

    /// The line that says where one is, if the layer has one: left and right part, which share
    /// `room` columns.
    fn position(&self, _shared: &Shared, _room: u16) -> (String, String) {
        (String::new(), String::new())
    }

    /// Draws itself. It may keep where things are, for the mouse.
    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared);
}
