//! One console: a text, a session of its own, and what was run last.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

use super::plan::is_watch;
use super::planned::{Meant, Planned, Sent};
use super::ran::{Ran, State};
use super::suggest::Suggest;
use super::watching::Watching;
use crate::data::result::{Notification, Transaction};
use crate::data::{ConsoleText, Remembered, Timeout};
use crate::fault::Fault;
use crate::sql::brief::one_line;
use crate::sql::explain::Explaining;
use crate::sql::highlight::Highlighter;
use crate::sql::script::{self, Statement};
use crate::sql::statement::{self, Verb};
use crate::studio::layer::{Cx, Effect, Route, Tone};
use crate::studio::screens::record::Record;
use crate::studio::widgets::editor::Editor;
use crate::studio::work::console::{Ask, ConsoleId, Told};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

/// How many results of one run are shown; the first ones go.
const RESULTS: usize = 50;

/// Where the session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Link {
    /// It is being made.
    Connecting,
    /// It is there.
    Open(Transaction),
    /// It has ended, or could not be made.
    Lost(Box<Fault>, Gone),
}

/// What went with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gone {
    /// There was none.
    Nothing,
    /// Its temporary tables and settings.
    Session,
    /// These, and what its transaction had done.
    Transaction,
}

/// The console.
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent states of a console"
)]
pub(super) struct Console {
    pub(super) id: ConsoleId,
    pub(super) name: String,
    /// The file it was read from, or written to.
    pub(super) path: Option<String>,
    pub(super) editor: Editor,
    /// What is known of the text, at a revision of it.
    pub(super) known: Option<u64>,
    pub(super) colours: Highlighter,
    pub(super) statements: Vec<Statement>,
    pub(super) quoted: Vec<Range<usize>>,
    pub(super) link: Link,
    /// Whether a transaction is begun before what is run, to be ended by hand.
    pub(super) by_hand: bool,
    /// Whether what is explained is still to be taken back.
    is_explaining: bool,
    /// Whether rows are shown as forms at first.
    is_expanded: bool,
    /// How long a statement may run, where that was set here.
    pub(super) timeout: Option<Timeout>,
    limiting: Option<Ticket>,
    /// What is run again and again.
    pub(super) watching: Option<Watching>,
    /// What the session is asked before something is run: the types of parameters.
    pub(super) asking: Option<Ticket>,
    /// Results that were let go and are still read at the server.
    leaving: Vec<Ticket>,
    listening: Ticket,
    /// What is still to be sent.
    queue: VecDeque<Planned>,
    /// What was sent, in its order.
    pub(super) results: Vec<Sent>,
    /// The plans that were shown, by their statements: the next one is compared with them.
    plans: HashMap<String, String>,
    pub(super) shown: usize,
    pub(super) in_results: bool,
    /// What could be typed next, while it is offered.
    pub(super) suggest: Option<Suggest>,
    /// What is wrong in the text, at this revision of it.
    pub(super) wrong: Option<(u64, Range<usize>)>,
}

impl Console {
    /// Connects.
    pub(super) fn open(id: ConsoleId, left: ConsoleText, cx: &mut Cx<'_>) -> Self {
        let mut editor = Editor::holding(&left.text);
        // One goes on where one stopped: behind what is there.
        editor.go_to(left.text.len());
        editor.set_vim(cx.shared.vim);
        Self {
            id,
            name: left.name,
            path: left.path,
            editor,
            known: None,
            colours: Highlighter::new(),
            statements: Vec::new(),
            quoted: Vec::new(),
            link: Link::Connecting,
            by_hand: false,
            is_explaining: false,
            is_expanded: false,
            timeout: None,
            limiting: None,
            watching: None,
            asking: None,
            leaving: Vec::new(),
            listening: cx.db(DbRequest::Console(id, Ask::Listen)),
            queue: VecDeque::new(),
            results: Vec::new(),
            plans: HashMap::new(),
            shown: 0,
            in_results: false,
            suggest: None,
            wrong: None,
        }
    }

    /// Connects again.
    pub(super) fn connect(&mut self, cx: &mut Cx<'_>) {
        self.link = Link::Connecting;
        self.listening = cx.db(DbRequest::Console(self.id, Ask::Listen));
    }

    /// Sets how long a statement may run; nothing where a statement sets it.
    pub(super) fn limit(&mut self, timeout: Option<Timeout>, cx: &mut Cx<'_>) {
        self.timeout = timeout;
        self.limiting = Some(cx.db(DbRequest::Console(self.id, Ask::Timeout(timeout))));
    }

    /// Ends its session.
    pub(super) fn close(&mut self, cx: &mut Cx<'_>) {
        self.stop(cx);
        cx.db(DbRequest::Console(self.id, Ask::Close));
    }

    /// The statement that is run by the next command: what is selected, or what is under the cursor.
    pub(super) fn meant(&self) -> Vec<Statement> {
        let text = self.editor.text();
        if let Some(selected) = self.editor.selection() {
            let mut statements = script::statements(&text[selected.clone()]);
            for statement in &mut statements {
                statement.range.start += selected.start;
                statement.range.end += selected.start;
                statement.data = statement
                    .data
                    .as_ref()
                    .map(|data| data.start + selected.start..data.end + selected.start);
            }
            return statements;
        }
        let statements = script::statements(&text);
        let here = script::statement_at(&text, &statements, self.editor.offset());
        here.into_iter().cloned().collect()
    }

    /// Statements with what stands beside the only one of them: the `\watch` behind it on its line, or the
    /// statement that a `\watch` is about.
    pub(super) fn with_watch(&self, meant: Vec<Statement>) -> Vec<Statement> {
        let [one] = meant.as_slice() else {
            return meant;
        };
        let (text, all) = (self.editor.text(), self.all());
        let watches = |one: &Statement| is_watch(&text[one.range.clone()]);
        let Some(at) = all.iter().position(|other| other.range == one.range) else {
            return meant;
        };
        if watches(one) {
            return all[at.saturating_sub(1)..=at].to_vec();
        }
        match all.get(at + 1) {
            Some(next) if watches(next) && !text[one.end()..next.range.start].contains('\n') => {
                all[at..=at + 1].to_vec()
            }
            _ => meant,
        }
    }

    /// Every statement of the text.
    pub(super) fn all(&self) -> Vec<Statement> {
        script::statements(&self.editor.text())
    }

    /// Runs statements one after another, up to the first that fails. What was run before is let go.
    pub(super) fn run(&mut self, statements: Vec<Planned>, cx: &mut Cx<'_>) {
        self.let_go(cx);
        self.wrong = None;
        self.queue = statements.into();
        let first = self
            .queue
            .front()
            .map(|first| statement::outline(&first.sql));
        let begins = first.is_some_and(|first| first.may_be_in_a_transaction());
        if self.by_hand && begins && self.link == Link::Open(Transaction::Idle) {
            self.queue.push_front(Planned::new("BEGIN", 0));
        }
        self.send_next(cx);
    }

    /// The session is wanted for something else than the rows that wait: they are read no further.
    pub(super) fn make_way(&mut self, cx: &mut Cx<'_>) {
        let is_open = self.link == Link::Open(Transaction::Open);
        let last = self.results.last_mut().map(|sent| &mut sent.ran);
        if let Some(ran) = last.filter(|ran| ran.is_running()) {
            end_reading(ran, is_open, cx);
        }
    }

    fn let_go(&mut self, cx: &mut Cx<'_>) {
        let is_open = self.link == Link::Open(Transaction::Open);
        for Sent { mut ran, .. } in self.results.drain(..) {
            if ran.is_running() {
                self.leaving.push(ran.ticket);
                end_reading(&mut ran, is_open, cx);
            }
            cx.db(DbRequest::Console(self.id, Ask::Forget(ran.ticket)));
        }
        self.shown = 0;
        self.watching = None;
    }

    fn send_next(&mut self, cx: &mut Cx<'_>) {
        let Some(next) = self.queue.front() else {
            self.is_explaining = false;
            return;
        };
        let outline = statement::outline(&next.sql);
        let begins = outline.may_be_in_a_transaction() && next.meant_as == Meant::Rows;
        if self.by_hand && begins && self.link == Link::Open(Transaction::Idle) {
            let begin = Planned {
                prefix: None,
                ..Planned::new("BEGIN", next.at)
            };
            self.queue.push_front(begin);
        }
        let Some(planned) = self.queue.pop_front() else {
            return;
        };
        if self.results.len() == RESULTS {
            let first = self.results.remove(0);
            cx.db(DbRequest::Console(self.id, Ask::Forget(first.ran.ticket)));
        }
        for wanted in &planned.expanded {
            self.is_expanded = wanted.unwrap_or(!self.is_expanded);
        }
        self.watching = Watching::of(&planned);
        let sent = self.sent(planned, cx);
        self.results.push(sent);
        self.shown = self.results.len() - 1;
    }

    /// Sends one.
    pub(super) fn sent(&mut self, planned: Planned, cx: &mut Cx<'_>) -> Sent {
        let sql = planned.sql;
        if self.timeout.is_some() && statement::sets_timeout(&sql) {
            // What holds from now on is the statement's word.
            self.limit(None, cx);
        }
        let data_at = planned.copy.as_ref().and_then(|copy| copy.data_at);
        let way = planned.copy.and_then(|copy| copy.way);
        // What writes is done only when it is read to its end; and what is behind it waits for that.
        let is_last = self.queue.is_empty() && planned.watch.is_none();
        let may_wait = is_last && statement::outline(&sql).only_reads();
        let mut ran = match way {
            Some(way) => Ran::transfer(self.id, sql, way, cx),
            None => Ran::send(self.id, sql, may_wait, cx),
        };
        ran.record = self.is_expanded.then(Record::default);
        Sent {
            ran,
            at: planned.at,
            meant_as: planned.meant_as,
            label: planned.label,
            prefix: planned.prefix,
            written: planned.written,
            data_at,
            origin: planned.origin,
            revision: self.editor.revision(),
        }
    }

    /// Shows rows as forms, or in a grid: those that are here, and those to come.
    pub(super) fn expand(&mut self, wanted: Option<bool>) -> &'static str {
        self.is_expanded = wanted.unwrap_or(!self.is_expanded);
        let is_expanded = self.is_expanded;
        if let Some(ran) = self.result_mut() {
            ran.record = is_expanded.then(Record::default);
        }
        if is_expanded {
            "rows are shown as forms"
        } else {
            "rows are shown in a grid"
        }
    }

    /// Why nothing else can be run now, if it cannot.
    ///
    /// # Errors
    /// The reason.
    pub(super) fn is_free(&self) -> Result<(), &'static str> {
        match (&self.link, self.running()) {
            (Link::Lost(..), _) if self.is_two_from_commands() => {
                Err("the session has ended: esc, esc, then r, begins a new one")
            }
            (Link::Lost(..), _) => Err("the session has ended: esc, then r, begins a new one"),
            (Link::Connecting, _) => Err("the session is still being made"),
            _ if self.watching.is_some() => Err("a statement is watched: ctrl-c stops it"),
            _ if self.asking.is_some() => {
                Err("parameters are being asked about: ctrl-c stops that")
            }
            _ if self.is_explaining => Err("a statement is being explained: ctrl-c stops it"),
            (_, Some(ran)) if !ran.is_paused() => Err("a statement is running: ctrl-c stops it"),
            _ => Ok(()),
        }
    }

    /// What runs now.
    pub(super) fn running(&self) -> Option<&Ran> {
        let last = self.results.last().map(|sent| &sent.ran);
        last.filter(|ran| ran.is_running())
    }

    /// Asks the server to stop what runs, and forgets what was to follow; `false` if nothing runs.
    pub(super) fn stop(&mut self, cx: &mut Cx<'_>) -> bool {
        let running = self.running().map(|ran| ran.ticket);
        let watched = self.watching.as_ref().and_then(Watching::ticket);
        let leaving = self.leaving.drain(..);
        let tickets = leaving.chain(running).chain(watched).chain(self.asking);
        let tickets: Vec<Ticket> = tickets.collect();
        if !self.is_explaining {
            self.queue.clear();
        }
        for ticket in &tickets {
            cx.ask(Effect::Cancel(*ticket));
        }
        !tickets.is_empty()
    }

    /// Takes a reply; `false` if it is another console's.
    pub(super) fn take(&mut self, ticket: Ticket, reply: &DbReply, cx: &mut Cx<'_>) -> bool {
        if ticket == self.listening {
            self.heard(reply, cx);
            return true;
        }
        if self.watch(ticket, reply, cx) {
            return true;
        }
        if self.limiting == Some(ticket) {
            if let DbReply::Failed(fault) = reply {
                self.timeout = None;
                cx.refuse(format!("the limit is not set: {}", fault.what));
            }
            return true;
        }
        if reply.is_final() {
            self.leaving.retain(|left| *left != ticket);
        }
        let Some(at) = self
            .results
            .iter_mut()
            .position(|sent| sent.ran.take(ticket, reply, cx))
        else {
            return false;
        };
        if let DbReply::Part(Part::Console(Told::Transaction(transaction))) = reply
            && matches!(self.link, Link::Open(_))
        {
            self.link = Link::Open(*transaction);
        }
        if reply.is_final() && self.results[at].ran.ticket == ticket {
            self.ended(at, cx);
        }
        true
    }

    /// One of those that were sent has ended: it is remembered, and what follows is sent.
    fn ended(&mut self, at: usize, cx: &mut Cx<'_>) {
        self.results[at].name_place();
        let sent = &self.results[at];
        let is_typed = sent.label.is_none() || sent.ran.is_copy();
        if is_typed || sent.plan().is_some() {
            Self::remember(sent, cx);
        }
        if let Meant::Plan { statement, after } = sent.meant_as.clone() {
            let json = sent.ran.first_value().map(str::to_owned);
            self.queue.clear();
            self.queue
                .extend(after.iter().map(|sql| Planned::new(*sql, sent.at)));
            if let (State::Done { .. }, Some(json)) = (&sent.ran.state, json) {
                let title = one_line(&statement);
                let before = self.plans.insert(statement, json.clone());
                cx.open(Route::Plan {
                    title,
                    json,
                    before,
                });
                return self.send_next(cx);
            }
        }
        let is_plan = matches!(sent.meant_as, Meant::Plan { .. });
        match &sent.ran.state {
            State::Failed(fault) => {
                self.watching = None;
                let wrong = self.place_of(fault, sent);
                if let Some((_, range)) = &wrong {
                    // There one goes on.
                    self.editor.go_to(range.start);
                }
                self.wrong = wrong;
                if is_plan {
                    self.send_next(cx);
                } else {
                    self.give_up_rest(cx);
                }
            }
            State::Cancelled if is_plan => self.send_next(cx),
            State::Cancelled => {
                // It was said that the server was asked.
                cx.ask(Effect::Toast(
                    Tone::Good,
                    "the server has stopped".to_owned(),
                ));
                self.watching = None;
                self.give_up_rest(cx);
            }
            State::Done { .. } if self.watching.is_some() => self.wait(cx),
            State::Done { .. } | State::Running(_) => self.send_next(cx),
        }
    }

    /// Asks for the plan of a statement; what it changes, where it is run, is taken back.
    pub(super) fn explain(&mut self, explaining: Explaining, meant: &Planned, cx: &mut Cx<'_>) {
        let at = meant.at;
        let before = explaining.before.map(|sql| Planned {
            prefix: None,
            ..Planned::new(sql, at)
        });
        let characters = |text: &str| text.chars().count();
        let prefix = characters(&explaining.explain) - characters(&explaining.statement);
        let plan = Planned {
            label: Some(format!("plan of {}", explaining.statement)),
            prefix: Some(prefix),
            written: meant.written.clone(),
            meant_as: Meant::Plan {
                statement: explaining.statement,
                after: explaining.after,
            },
            ..Planned::new(explaining.explain, at)
        };
        self.let_go(cx);
        self.wrong = None;
        self.is_explaining = true;
        self.queue = before.into_iter().chain([plan]).collect();
        self.send_next(cx);
    }

    /// What was run is remembered, without its passwords.
    fn remember(sent: &Sent, cx: &mut Cx<'_>) {
        let ran = &sent.ran;
        let sql = match &sent.meant_as {
            // With values in the place of parameters it would hold them.
            Meant::Plan { statement, .. } if sent.written.is_none() => statement.as_str(),
            Meant::Plan { .. } => sent.typed(),
            // What psql's own line was sent as is nothing that a person types.
            Meant::Rows => sent.label.as_deref().unwrap_or(sent.typed()),
        };
        // What the server says of a password it did not understand holds it.
        let is_secret = sql.to_lowercase().contains("password");
        let (took, error) = match &ran.state {
            State::Done { took, .. } => (*took, None),
            State::Failed(fault) => (ran.lasted(cx.shared.now), Some(fault.what.clone())),
            State::Cancelled => (ran.lasted(cx.shared.now), Some("cancelled".to_owned())),
            State::Running(_) => return,
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let at = now.unwrap_or_default().saturating_sub(took).as_secs();
        cx.ask(Effect::Remember(Remembered {
            at,
            took: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            rows: ran.relation.is_some().then(|| ran.loaded()),
            error: error.map(|error| {
                if is_secret || sent.written.is_some() {
                    "failed".to_owned()
                } else {
                    error
                }
            }),
            sql: statement::mask_secrets(sql),
        }));
    }

    fn give_up_rest(&mut self, cx: &mut Cx<'_>) {
        match self.queue.len() {
            0 => return,
            1 => cx.refuse("the statement after it was not run"),
            more => cx.refuse(format!("the {more} statements after it were not run")),
        }
        self.queue.clear();
    }

    fn heard(&mut self, reply: &DbReply, cx: &mut Cx<'_>) {
        match reply {
            DbReply::Part(Part::Console(Told::Transaction(transaction))) => {
                self.link = Link::Open(*transaction);
            }
            DbReply::Part(Part::Console(Told::Notification(said))) => {
                cx.ask(Effect::Toast(Tone::Good, in_words(said)));
            }
            DbReply::Part(Part::Console(Told::Notice(said))) => {
                let said = format!("{}: {}", said.severity, said.text);
                cx.ask(Effect::Toast(Tone::Warning, said));
            }
            DbReply::Failed(fault) => {
                let was_open = matches!(
                    self.link,
                    Link::Open(Transaction::Open | Transaction::Failed)
                );
                let is_unknown = self.running().is_some_and(|ran| {
                    let outline = statement::outline(&ran.sql);
                    let commits = matches!(outline.verb, Verb::Transaction(_));
                    commits || !was_open && !outline.only_reads()
                });
                let mut fault = fault.clone();
                if is_unknown {
                    fault.why = Some(
                        "whether what ran was carried out is not known: look before you run it again"
                            .to_owned(),
                    );
                }
                let gone = match self.link {
                    _ if was_open => Gone::Transaction,
                    Link::Open(_) => Gone::Session,
                    Link::Connecting | Link::Lost(..) => Gone::Nothing,
                };
                self.link = Link::Lost(Box::new(fault), gone);
                self.is_explaining = false;
                self.watching = None;
                self.leaving.clear();
                self.queue.clear();
            }
            _ => {}
        }
    }

    /// The plan that is shown, and of what.
    pub(super) fn plan_shown(&self) -> Option<(String, String)> {
        let (of, json) = self.results.get(self.shown)?.plan()?;
        Some((of.to_owned(), json.to_owned()))
    }

    /// The result that is shown.
    pub(super) fn result(&self) -> Option<&Ran> {
        self.results.get(self.shown).map(|sent| &sent.ran)
    }

    /// The same, to be moved in.
    pub(super) fn result_mut(&mut self) -> Option<&mut Ran> {
        self.results.get_mut(self.shown).map(|sent| &mut sent.ran)
    }
}

/// Nobody looks at the rows of a statement any more.
fn end_reading(ran: &mut Ran, in_transaction: bool, cx: &mut Cx<'_>) {
    if in_transaction {
        // Stopped, it would take what is not committed with it.
        ran.read_all(cx);
    } else {
        cx.ask(Effect::Cancel(ran.ticket));
    }
}

fn in_words(said: &Notification) -> String {
    match said.payload.as_str() {
        "" => format!("notified on {}", said.channel),
        payload => format!("notified on {}: {payload}", said.channel),
    }
}
