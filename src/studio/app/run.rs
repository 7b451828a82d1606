//! The loop: everything that is ready is taken, then drawn, sixty times a second at most. It never
//! waits for the server, and while nothing happens it sleeps.

use std::collections::VecDeque;
use std::iter;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::stream::{SelectAll, select_all};
use futures_util::{FutureExt, StreamExt};
use ratatui::crossterm::event::{Event, EventStream};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::clipboard::Clipboard;
use super::files::{self, Edited};
use super::keeper::Keeper;
use super::signals::Ends;
use super::terminal::Screen;
use super::{App, Msg, Outside, Start, Tone};
use crate::config::arrangements::Memory;
use crate::config::drafts::Drafts;
use crate::config::history::History;
use crate::config::queries::Queries;
use crate::data::ConsoleText;
use crate::data::edits::Draft;
use crate::data::saved::{Shelf, ShelfReply};
use crate::fault::{Fault, Outcome};
use crate::pg::{Connector, Pool, Sent, Witness};
use crate::studio::layer::LogEntry;
use crate::studio::work::server::Server;
use crate::studio::work::{DbReply, Ticket};

/// How long a studio that was left takes to stop what it asked for.
const LEAVING: Duration = Duration::from_millis(500);

/// So many drawings may follow one another at once, as after a key that the server answers in a
/// few milliseconds…
const BURST: usize = 6;
/// …in this time, which makes sixty a second.
const BURST_TIME: Duration = Duration::from_millis(100);

/// Where what outlives a studio is kept.
#[derive(Debug)]
pub struct Kept {
    /// What is staged, where it can be kept.
    pub drafts: Option<Drafts<Draft>>,
    /// The texts of the consoles, likewise.
    pub consoles: Option<Drafts<ConsoleText>>,
    /// How columns are arranged.
    pub memory: Memory,
    /// What is run.
    pub history: History,
    /// The saved queries.
    pub queries: Queries,
}

/// Runs a studio until the person leaves it. What it starts with is read while the server makes a session.
///
/// # Errors
/// The runtime or the terminal cannot be had, what it starts with cannot be read, or it was left without
/// having reached the server.
pub fn run(connector: Connector, read: impl FnOnce() -> Outcome<(Start, Kept)>) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("server")
        .enable_all()
        .build()
        .map_err(|error| Fault::new("The program cannot start its event loop").because(error))?;
    let reached = runtime.block_on(async {
        connector.begin().await;
        let (start, kept) = read()?;
        studio(start, connector, kept).await
    });
    // A statement of a person's that still runs is the server's to finish; nobody waits for it here.
    runtime.shutdown_background();
    reached
}

async fn studio(start: Start, connector: Connector, kept: Kept) -> Outcome<()> {
    let (trouble, troubles) = mpsc::unbounded_channel();
    let (shelf, shelves) = mpsc::unbounded_channel();
    // What it has not written when the studio ends is written before the program does.
    let keepers = Keepers {
        clipboard: Clipboard::start(trouble.clone())?,
        keeper: Keeper::start(kept, trouble, shelf)?,
    };
    let (sent, statements) = mpsc::unbounded_channel();
    // Nobody reads a log once the loop has ended.
    let witness: Witness = Arc::new(move |statement| drop(sent.send(statement)));
    let (replies, answers) = mpsc::unbounded_channel();
    let incoming = Incoming {
        answers,
        troubles,
        shelves,
        statements,
    };
    let mut server = Server::new(Pool::new(connector, witness)?, replies);
    let mut app = App::new(start, Instant::now());
    let ended = |error: std::io::Error| {
        Fault::new("The terminal cannot be used")
            .because(error)
            .remedy("dbkeep needs a terminal; `dbkeep sql` prints without one")
    };
    // What was asked for first is on its way before anything is set up.
    perform(&mut app, &mut server, &keepers, None).map_err(ended)?;
    let ends = Ends::take().map_err(ended)?;
    let terminal = Terminal {
        screen: Screen::take().map_err(ended)?,
        events: Some(events()),
        ends,
    };
    let left = until_left(&mut app, &mut server, &keepers, terminal, incoming).await;
    // However it was left: what it asked for would go on at the server.
    server.leave(LEAVING).await;
    left.map_err(ended)?;
    app.unreached().cloned().map_or(Ok(()), Err)
}

/// What comes to the loop, but for what is typed.
struct Incoming {
    answers: UnboundedReceiver<(Ticket, DbReply)>,
    troubles: UnboundedReceiver<Fault>,
    shelves: UnboundedReceiver<(ShelfReply, Shelf)>,
    statements: UnboundedReceiver<Sent>,
}

/// The loop itself.
async fn until_left(
    app: &mut App,
    server: &mut Server,
    keepers: &Keepers,
    mut terminal: Terminal,
    mut incoming: Incoming,
) -> std::io::Result<()> {
    // What there is before the server has said anything does not count among those that follow.
    terminal.screen.draw(app)?;
    let mut drawn: VecDeque<Instant> = VecDeque::with_capacity(BURST);
    loop {
        drawn.retain(|at| at.elapsed() < BURST_TIME);
        if app.is_dirty() && drawn.len() < BURST {
            terminal.screen.draw(app)?;
            drawn.push_back(Instant::now());
        }
        let frame = drawn.front().filter(|_| app.is_dirty());
        let frame = frame.map(|at| *at + BURST_TIME);
        let wake = [frame, app.wake()].into_iter().flatten().min();
        let msg = tokio::select! {
            biased;
            Some((ticket, reply)) = incoming.answers.recv() => Msg::Db(ticket, reply),
            event = next(&mut terminal.events) => from_terminal(event),
            Some(fault) = incoming.troubles.recv() => Msg::Trouble(fault),
            Some((reply, shelf)) = incoming.shelves.recv() => Msg::Shelf(reply, shelf),
            () = terminal.ends.next() => Msg::Terminate,
            () = sleep_until(wake) => Msg::Tick,
        };
        let now = Instant::now();
        // Waking up to draw is no message.
        if !matches!(msg, Msg::Tick) || app.wake().is_some_and(|wake| wake <= now) {
            app.handle(msg, now);
        }
        while let Ok((ticket, reply)) = incoming.answers.try_recv() {
            app.handle(Msg::Db(ticket, reply), now);
        }
        // Each statement is told before the reply that it leads to: taken after the replies, none is
        // left behind, and nothing need wake up for the log alone, which would take a processor from
        // the server while it works.
        while let Ok(statement) = incoming.statements.try_recv() {
            app.handle(Msg::Sent(entry(statement)), now);
        }
        while let Some(event) = next(&mut terminal.events).now_or_never() {
            let is_over = !matches!(event, Some(Ok(_)));
            app.handle(from_terminal(event), now);
            if is_over {
                break;
            }
        }
        if perform(app, server, keepers, Some(&mut terminal))? {
            return Ok(());
        }
    }
}

/// What outlives the studio.
struct Keepers {
    clipboard: Clipboard,
    keeper: Keeper,
}

/// The terminal: what is shown on it, and what is typed in it.
struct Terminal {
    screen: Screen,
    /// Nothing reads what is typed while something else has the terminal.
    events: Option<SelectAll<EventStream>>,
    ends: Ends,
}

/// What is typed. A stream of events that is asked for a key spins a while on the lock of the thread
/// that reads the terminal (some twenty `sched_yield`): one in a set is asked only when it has woken.
fn events() -> SelectAll<EventStream> {
    select_all(iter::once(EventStream::new()))
}

/// The next event.
async fn next(events: &mut Option<SelectAll<EventStream>>) -> Option<std::io::Result<Event>> {
    match events {
        Some(events) => events.next().await,
        None => None,
    }
}

impl Terminal {
    /// Lets the person look at something in their editor; what is to be said of it afterwards.
    fn edit(&mut self, name: &str, bytes: &[u8], taken: bool) -> std::io::Result<Edited> {
        // A stream that waits for a key would take it from the editor. It lets go when it is
        // dropped; the new one, which cannot be had before that, waits for nothing yet.
        self.events = None;
        let events = events();
        let edited = self
            .screen
            .lend(|| files::Draft::new(name, bytes, taken).and_then(|draft| draft.open()))?;
        self.events = Some(events);
        // The keys that stop a program were for the editor.
        self.ends.forget_typed()?;
        let unused = |error| Edited::Said(format!("the editor cannot be used: {error}"));
        Ok(edited.unwrap_or_else(unused))
    }
}

/// A terminal that has no more events is gone.
fn from_terminal(event: Option<std::io::Result<Event>>) -> Msg {
    match event {
        Some(Ok(event)) => Msg::Input(event),
        Some(Err(_)) | None => Msg::Terminate,
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(wake) => tokio::time::sleep_until(wake.into()).await,
        None => std::future::pending().await,
    }
}

fn entry(sent: Sent) -> LogEntry {
    LogEntry {
        at: sent.at,
        took: sent.took,
        result: sent.result,
        sql: sent.sql,
    }
}

/// Does what the application asks of the outside; `true` when it is to end.
fn perform(
    app: &mut App,
    server: &mut Server,
    keepers: &Keepers,
    terminal: Option<&mut Terminal>,
) -> std::io::Result<bool> {
    let mut terminal = terminal;
    let keeper = &keepers.keeper;
    for outside in app.take_outside() {
        match (outside, &mut terminal) {
            (Outside::Db(ticket, request), _) => server.begin(ticket, request),
            (Outside::Cancel(ticket), _) => server.cancel(ticket),
            (Outside::Quit, _) => return Ok(true),
            (Outside::Arrange(table, arrangement), _) => keeper.arrange(table, arrangement),
            (Outside::Draft(staged), _) => keeper.write(staged),
            (Outside::LeaveDraft, _) => keeper.leave(),
            (Outside::Remember(entry), _) => keeper.remember(entry),
            (Outside::Shelf(order), _) => keeper.shelf(order),
            (Outside::Consoles(texts), _) => keeper.consoles(texts),
            (Outside::Copy(text), Some(terminal)) => {
                terminal.screen.copy(&text)?;
                keepers.clipboard.put(text);
            }
            (Outside::Suspend, Some(terminal)) => terminal.screen.suspend()?,
            (Outside::Redraw, Some(terminal)) => terminal.screen.redraw()?,
            (Outside::Save { path, over, bytes }, _) => {
                let msg = match files::save(&path, over, &bytes) {
                    Ok(said) => Msg::Saved(path, said),
                    Err(why) => Msg::Told(Tone::Error, why),
                };
                app.handle(msg, Instant::now());
            }
            (Outside::Load(path), _) => {
                let msg = match files::load(&path) {
                    Ok(bytes) => Msg::Read(bytes),
                    Err(why) => Msg::Told(Tone::Error, why),
                };
                app.handle(msg, Instant::now());
            }
            (Outside::Edit { name, bytes, taken }, Some(terminal)) => {
                match terminal.edit(&name, &bytes, taken)? {
                    Edited::Nothing => {}
                    Edited::Changed(bytes) => app.handle(Msg::Read(bytes), Instant::now()),
                    Edited::Said(said) => {
                        app.handle(Msg::Told(Tone::Warning, said), Instant::now());
                    }
                }
            }
            (_, None) => {}
        }
    }
    Ok(false)
}
