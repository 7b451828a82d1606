//! The keys, as a shell's line has them. Another table, of another school of editing, can stand
//! beside this one: it would be made of the same acts.
//!
//! A key that is a command of the studio never comes here. So there is no ctrl-p (commands), nor
//! ctrl-n, which is nothing without it; no ctrl-z (suspend), no ctrl-c (interrupt), no ctrl-l (draw
//! anew). Undoing is on the shell's own ctrl-_, redoing, which a shell does not have, beside its
//! second name. What acts on the clipboard, the comment sign and the search are for the screen to
//! give keys to.

use ratatui::crossterm::event::{KeyCode, KeyEvent};

use super::Editor;
use super::motion::Motion;
use crate::studio::keys::Stroke;

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// Moves; with shift, selects.
    Go(Motion),
    /// Takes away what the motion goes over.
    Delete(Motion),
    /// Takes it away to be pasted.
    Kill(Motion),
    Paste,
    NewLine,
    Indent,
    Outdent,
    Undo,
    Redo,
}

/// Each act, its keys, and why they are these where that is not plain.
const KEYS: &[(Act, &[&str], &str)] = &[
    (Act::Go(Motion::Left), &["left", "ctrl-b"], ""),
    (Act::Go(Motion::Right), &["right", "ctrl-f"], ""),
    (Act::Go(Motion::Up), &["up"], "no ctrl-p: it finds commands"),
    (Act::Go(Motion::Down), &["down"], "no ctrl-n without ctrl-p"),
    (Act::Go(Motion::PageUp), &["pageup"], ""),
    (Act::Go(Motion::PageDown), &["pagedown"], ""),
    (Act::Go(Motion::LineStart), &["home", "ctrl-a"], "readline"),
    (Act::Go(Motion::LineEnd), &["end", "ctrl-e"], "readline"),
    (
        Act::Go(Motion::WordLeft),
        &["ctrl-left", "alt-b", "alt-left"],
        "alt-left is a Mac's",
    ),
    (
        Act::Go(Motion::WordRight),
        &["ctrl-right", "alt-f", "alt-right"],
        "alt-right is a Mac's",
    ),
    (Act::Go(Motion::Start), &["ctrl-home", "alt-<"], "Emacs"),
    (Act::Go(Motion::End), &["ctrl-end", "alt->"], "Emacs"),
    (
        Act::Delete(Motion::Left),
        &["backspace", "shift-backspace", "ctrl-h"],
        "some terminals send ctrl-h for backspace",
    ),
    (
        Act::Delete(Motion::Right),
        &["delete", "ctrl-d"],
        "readline",
    ),
    (
        Act::Kill(Motion::WordLeft),
        &["alt-backspace", "ctrl-backspace"],
        "readline: a word of letters",
    ),
    (
        Act::Kill(Motion::BlankLeft),
        &["ctrl-w"],
        "readline: up to a space",
    ),
    (
        Act::Kill(Motion::WordRight),
        &["alt-d", "ctrl-delete"],
        "readline",
    ),
    (
        Act::Kill(Motion::LineStart),
        &["ctrl-u"],
        "readline; not undo",
    ),
    (Act::Kill(Motion::LineEnd), &["ctrl-k"], "readline"),
    (
        Act::Paste,
        &["ctrl-y"],
        "readline; in lists ctrl-y copies, but a list takes its keys first",
    ),
    (
        Act::NewLine,
        &["enter", "shift-enter", "ctrl-j"],
        "a terminal's line end is ctrl-j",
    ),
    (Act::Indent, &["tab"], ""),
    (Act::Outdent, &["shift-tab"], ""),
    (
        Act::Undo,
        &["ctrl-_", "ctrl-/", "ctrl-7", "alt-z"],
        "readline; old terminals send ctrl-7 for ctrl-_ and ctrl-/",
    ),
    (
        Act::Redo,
        &["alt-y", "alt-Z"],
        "beside alt-z; ctrl-r is readline's search in what was run",
    ),
];

impl Editor {
    /// Takes a key; `true` if the text changed.
    pub fn key(&mut self, key: &KeyEvent) -> bool {
        let stroke = Stroke::of(key);
        if let (KeyCode::Char(ch), true) = (key.code, stroke.is_typed()) {
            return self.insert(ch);
        }
        let name = stroke.to_string();
        let of = |name: &str| {
            let found = KEYS.iter().find(|(_, keys, _)| keys.contains(&name));
            found.map(|(act, _, _)| *act)
        };
        if let Some(act) = of(&name) {
            return self.act(act, false);
        }
        // Shift beside a key that moves selects what it goes over.
        match of(&name.replace("shift-", "")) {
            Some(act @ Act::Go(_)) => self.act(act, true),
            _ => false,
        }
    }

    fn act(&mut self, act: Act, selecting: bool) -> bool {
        match act {
            Act::Go(motion) => {
                self.go(motion, selecting);
                false
            }
            Act::Delete(motion) => self.delete(motion),
            Act::Kill(motion) => self.kill(motion),
            Act::Paste => {
                let text = self.cut.clone();
                self.paste(&text)
            }
            Act::NewLine => self.new_line(),
            Act::Indent => self.indent(),
            Act::Outdent => self.outdent(),
            Act::Undo => self.undo(),
            Act::Redo => self.redo(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_one_and_does_one_thing() {
        let names: Vec<&str> = KEYS
            .iter()
            .flat_map(|(_, keys, _)| *keys)
            .copied()
            .collect();
        for (at, name) in names.iter().enumerate() {
            let stroke = Stroke::parse(name).map(|stroke| stroke.to_string());
            assert_eq!(stroke.as_deref(), Ok(*name));
            assert!(!names[..at].contains(name), "{name}");
        }
    }
}
