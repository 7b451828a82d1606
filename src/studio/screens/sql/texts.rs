//! The consoles' texts: opened, kept, saved to files, and closed.

use super::console::{Console, Link};
use super::{Asking, Sql};
use crate::data::ConsoleText;
use crate::data::catalog::grouped;
use crate::data::result::Transaction;
use crate::sql::format;
use crate::sql::script::Statement;
use crate::studio::layer::{Answer, Cx, Effect, Prompt, Purpose, Route, Tone};
use crate::studio::widgets::value::Search;
use crate::studio::work::console::ConsoleId;

/// A number of places in words.
pub(super) fn places(count: usize) -> String {
    match count {
        1 => "1 place".to_owned(),
        count => format!("{} places", grouped(count as u64)),
    }
}

impl Sql {
    /// Goes to what is looked for.
    pub(super) fn find(&mut self, search: Search, cx: &mut Cx<'_>) {
        if search != Search::Here && self.vim_finds_again(search == Search::Previous, cx) {
            return;
        }
        let needle = self.needle.clone();
        let found = self
            .console_mut()
            .is_some_and(|console| console.editor.find(&needle, search));
        if !found {
            cx.refuse(format!("{needle} is nowhere in the text"));
        }
    }

    /// Formats the statement under the cursor, or those that are selected, at least in part.
    pub(super) fn format(&mut self, cx: &mut Cx<'_>) {
        let Some(console) = self.console_mut() else {
            return;
        };
        let statements = console.all();
        let here = || console.meant().first().map(|one| one.range.clone());
        let wanted = console.editor.selection().or_else(here).unwrap_or(0..0);
        let touches =
            |one: &Statement| one.range.start < wanted.end && one.range.end > wanted.start;
        if !statements.iter().any(touches) {
            return cx.refuse("there is no statement under the cursor");
        }
        let text = console.editor.text();
        let made = format::script(&text, &statements, touches);
        let is_changed = made.text != text;
        if is_changed {
            console
                .editor
                .reflow(&made.text, |at| format::place(&text, at, &made.text));
        }
        match made.left {
            Some((at, why)) => {
                console.mark_wrong(at);
                cx.refuse(format!("left as it is: {why}"));
            }
            None if !is_changed => {
                cx.ask(Effect::Toast(
                    Tone::Good,
                    "it has that form already".to_owned(),
                ));
            }
            None => {}
        }
    }

    /// Asks how what is selected is called, or the statement under the cursor.
    pub(super) fn keep_query(&self, cx: &mut Cx<'_>) {
        let Some(console) = self.console() else {
            return;
        };
        let text = console.editor.text();
        let meant = match (console.editor.selection(), console.meant().first()) {
            (Some(selected), _) => selected,
            (None, Some(one)) => one.range.start..one.end(),
            (None, None) => return cx.refuse("there is no statement under the cursor"),
        };
        match text[meant].trim() {
            "" => cx.refuse("there is no text to keep"),
            sql => cx.open(Route::Keep(sql.to_owned())),
        }
    }

    /// The texts now.
    pub(super) fn texts(&self) -> Vec<ConsoleText> {
        let text = |console: &Console| ConsoleText {
            name: console.name.clone(),
            text: console.editor.text(),
            path: console.path.clone(),
        };
        let texts = self.consoles.iter().map(text);
        texts.filter(|console| !console.text.is_empty()).collect()
    }

    /// Has the texts kept where they are others than before.
    pub(super) fn keep(&mut self, cx: &mut Cx<'_>) {
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

    /// Writes the text to its file; where it has none, asks for one.
    pub(super) fn save(&self, cx: &mut Cx<'_>) {
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

    /// Closes the console; where something would be lost with it, asks first.
    pub(super) fn ask_to_close(&mut self, cx: &mut Cx<'_>) {
        let Some(console) = self.console() else {
            return;
        };
        let is_open = matches!(
            console.link,
            Link::Open(Transaction::Open | Transaction::Failed)
        );
        let is_typed = !console.editor.text().trim().is_empty() && console.path.is_none();
        let lost = match (is_typed, is_open) {
            (false, false) => return self.close_console(cx),
            (true, false) => "Its text is in no file",
            (false, true) => "Its transaction is rolled back",
            (true, true) => "Its text is in no file, and its transaction is rolled back",
        };
        let question = format!("Close console {}? {lost}.", console.name);
        self.asking = Some(Asking::Close);
        cx.open(Route::Confirm {
            question,
            yes: Effect::Answer(Box::new(Answer::Confirmed)),
            no: None,
        });
    }

    pub(super) fn close_console(&mut self, cx: &mut Cx<'_>) {
        if self.current < self.consoles.len() {
            self.consoles.remove(self.current).close(cx);
        }
        self.current = self.current.min(self.consoles.len().saturating_sub(1));
        if self.consoles.is_empty() {
            self.new_console(cx);
        }
    }

    pub(super) fn new_console(&mut self, cx: &mut Cx<'_>) {
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

    pub(super) fn open(&mut self, left: ConsoleText, cx: &mut Cx<'_>) {
        self.opened += 1;
        let mut console = Console::open(ConsoleId(self.opened), left, cx);
        if let Some(timeout) = self.timeout {
            console.limit(Some(timeout), cx);
        }
        self.consoles.push(console);
        self.current = self.consoles.len() - 1;
    }
}

/// What a console is called that has a file: `orders.sql`.
pub(super) fn named_by(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}
