//! What becomes of keys and the mouse: strokes become commands, some of which are the studio's own.

use std::time::Duration;

use ratatui::crossterm::event::{
    Event, KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind,
};

use super::{App, Outside};
use crate::studio::keys::{Command, Meaning, Scope, Stroke};
use crate::studio::layer::{Effect, Layer, Refusal, Route, ScreenId, Tone};

/// Nobody reads a question in less, and answers it.
const SEEN: Duration = Duration::from_millis(600);
/// Who still types after this means the question.
const MEANT: Duration = Duration::from_secs(2);

impl App {
    pub(super) fn input(&mut self, event: Event) {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.key(&key),
            Event::Mouse(event) => self.mouse(event),
            Event::Paste(text) => {
                // Terminals send the key for a line's end, which is a carriage return.
                let text = text.replace("\r\n", "\n").replace('\r', "\n");
                self.toast = None;
                self.with_top(|layer, cx| layer.on_paste(&text, cx));
            }
            _ => {}
        }
    }

    /// The scopes that hold now, nearest first.
    pub(super) fn scopes(&self) -> Vec<Scope> {
        let mut scopes = self.top().scopes();
        if self.dialogs.is_empty() {
            scopes.push(Scope::Studio);
        }
        scopes.push(Scope::Everywhere);
        scopes
    }

    pub(super) fn key(&mut self, key: &KeyEvent) {
        if let Some((opened, last)) = self.unasked.take()
            && self.now.duration_since(last) < SEEN
            && self.now.duration_since(opened) < MEANT
        {
            self.unasked = Some((opened, self.now));
            return;
        }
        self.strokes.push(Stroke::of(key));
        let typing = self.top().is_typing();
        match self
            .shared
            .keymap
            .meaning(&self.strokes, &self.scopes(), typing)
        {
            Meaning::Command(command) => {
                self.end_chord();
                self.command(command);
            }
            Meaning::Chord(continuations) => self.chord = continuations,
            Meaning::Nothing => {
                let alone = self.strokes.len() == 1;
                self.end_chord();
                if alone {
                    self.with_top(|layer, cx| layer.on_key(key, cx));
                }
            }
        }
    }

    fn end_chord(&mut self) {
        self.strokes.clear();
        self.chord.clear();
    }

    fn mouse(&mut self, event: MouseEvent) {
        if event.kind == MouseEventKind::Down(MouseButton::Left) && self.dialogs.is_empty() {
            let at = (event.column, event.row).into();
            let tab = self.tabs.iter().find(|(area, _)| area.contains(at));
            if let Some((_, screen)) = tab {
                let screen = *screen;
                self.apply(Effect::Screen(screen));
                return;
            }
            let hint = self.hints.iter().find(|(area, _)| area.contains(at));
            if let Some((_, command)) = hint {
                let command = *command;
                self.command(command);
                return;
            }
        }
        self.with_top(|layer, cx| layer.on_mouse(event, cx));
    }

    /// Why a command cannot be given now, if it cannot.
    pub(super) fn enabled(&self, command: Command) -> Result<(), Refusal> {
        self.top().enabled(command, &self.shared)
    }

    pub(super) fn command(&mut self, command: Command) {
        // What was said of the last thing done is not about this one.
        self.toast = None;
        if let Err(why) = self.enabled(command) {
            self.say(Tone::Warning, format!("{}: {why}", command.spec().title));
            return;
        }
        match command {
            Command::Interrupt => self.interrupt(),
            Command::Redraw => self.outside.push(Outside::Redraw),
            Command::Suspend => self.outside.push(Outside::Suspend),
            Command::Quit => self.quit(),
            Command::Help => self.apply(Effect::Open(Box::new(Route::Help))),
            Command::Palette => self.apply(Effect::Open(Box::new(Route::Palette))),
            Command::Themes => self.apply(Effect::Open(Box::new(Route::Themes))),
            Command::Log => self.apply(Effect::Open(Box::new(Route::Log))),
            Command::ShowTables => self.apply(Effect::Screen(ScreenId::Tables)),
            Command::ShowSql => self.apply(Effect::Screen(ScreenId::Sql)),
            Command::ShowProjects => self.apply(Effect::Screen(ScreenId::Projects)),
            Command::ShowMigrations => self.apply(Effect::Screen(ScreenId::Migrations)),
            other => self.with_top(|layer, cx| layer.on_command(other, cx)),
        }
    }

    /// Cancels what somebody waits for; where nobody waits, asks whether to quit.
    fn interrupt(&mut self) {
        let mut is_stopped = false;
        self.with_top(|layer, cx| is_stopped = layer.on_interrupt(cx));
        if is_stopped {
            return;
        }
        if self.waiting.is_empty() {
            let question = self.question();
            self.confirm(question.unwrap_or_else(|| "Quit dbkeep?".to_owned()));
        } else {
            let tickets = self.waiting.keys().copied();
            self.stopping.extend(tickets.clone());
            self.outside.extend(tickets.map(Outside::Cancel));
            self.say(Tone::Warning, "asked the server to stop".to_owned());
        }
    }

    fn quit(&mut self) {
        match self.question() {
            Some(question) => self.confirm(question),
            None => self.outside.push(Outside::Quit),
        }
    }

    /// What is asked where quitting would leave something behind.
    fn question(&self) -> Option<String> {
        let all = |said: fn(&dyn Layer) -> Option<String>| {
            let said = self.screens.iter().filter_map(|screen| said(&**screen));
            let said: Vec<String> = said.collect();
            (!said.is_empty()).then(|| said.join(", "))
        };
        let unsaved = all(|screen| screen.unsaved()).map(|unsaved| {
            if self.keeps {
                format!("{unsaved}: it is not written, and offered when you come back.")
            } else {
                format!("{unsaved} would be lost.")
            }
        });
        let ended = all(|screen| screen.ended_by_quitting()).map(|ended| format!("{ended}."));
        let said: Vec<String> = unsaved.into_iter().chain(ended).collect();
        (!said.is_empty()).then(|| format!("Quit dbkeep? {}", said.join(" ")))
    }

    /// Asked once, however often ctrl-c is pressed; what is open below stays.
    fn confirm(&mut self, question: String) {
        if let Some(number) = self.quitting.take() {
            self.dialogs.retain(|dialog| dialog.number != number);
        }
        self.apply(Effect::Open(Box::new(Route::Confirm {
            question,
            yes: Effect::Quit,
            no: None,
        })));
        self.quitting = Some(self.dialogs_opened);
    }
}
