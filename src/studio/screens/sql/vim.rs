//! A console's text under vim's keys: what goes to the editor, and what comes back from it.

use ratatui::crossterm::event::KeyEvent;

use super::Sql;
use super::console::Console;
use crate::sql::script;
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Cx, Effect, Prompt, Purpose, Route};
use crate::studio::widgets::editor::Editor;
use crate::studio::widgets::editor::vim::{Memory, Mode, SHEET, Sense, Took};

impl Console {
    /// The scopes that are nearer than a console's own.
    pub(super) fn scopes_of_vim(&self) -> Vec<Scope> {
        match self.editor.mode() {
            None => Vec::new(),
            Some(_) if self.editor.is_busy() => vec![Scope::VimBusy, Scope::Vim],
            Some(_) => vec![Scope::Vim],
        }
    }

    /// Whether a mode has to be left before keys are the screen's commands.
    pub(super) fn is_two_from_commands(&self) -> bool {
        !self.in_results && self.editor.is_busy()
    }

    /// Lets the editor do something that takes knowing the text.
    fn with_sense(&mut self, act: impl FnOnce(&mut Editor, &Sense<'_>) -> Took) -> Took {
        self.read();
        let statements = &self.statements;
        let statement = |text: &str, offset: usize| {
            let here = script::statement_at(text, statements, offset)?;
            Some((here.range.clone(), here.end()))
        };
        let sense = Sense {
            quoted: &self.quoted,
            statement: &statement,
        };
        act(&mut self.editor, &sense)
    }
}

impl Sql {
    /// Takes a key where vim's keys are; `false` where they are not.
    pub(super) fn vim_key(&mut self, key: &KeyEvent, cx: &mut Cx<'_>) -> bool {
        let is_typed = self.in_vim(cx, |editor, memory, sense| {
            editor.vim_key(key, memory, sense)
        });
        let Some(changed) = is_typed else {
            return false;
        };
        let mode = self.console().and_then(|console| console.editor.mode());
        if changed && mode == Some(Mode::Insert) {
            self.offer(false);
        } else {
            self.close_suggestions();
        }
        true
    }

    /// Looks for what was typed; `false` without vim's keys.
    pub(super) fn vim_finds(&mut self, typed: &str, cx: &mut Cx<'_>) -> bool {
        let found = self.in_vim(cx, |editor, memory, sense| {
            editor.sought(typed, memory, sense)
        });
        found.is_some()
    }

    /// Goes on to the next place, or back to the one before; `false` without vim's keys.
    pub(super) fn vim_finds_again(&mut self, back: bool, cx: &mut Cx<'_>) -> bool {
        let found = self.in_vim(cx, |editor, memory, sense| {
            editor.seek_again(back, memory, sense)
        });
        found.is_some()
    }

    /// What has a key of its own among the commands; `false` for all others, which end what was begun.
    pub(super) fn vim_command(&mut self, command: Command, cx: &mut Cx<'_>) -> bool {
        let goes_on = matches!(command, Command::VimNormal | Command::VimRedo);
        if let Some(console) = self.console_mut().filter(|_| !goes_on) {
            console.editor.forget();
        }
        match command {
            Command::VimNormal => {
                self.close_suggestions();
                self.in_vim(cx, |editor, memory, _| {
                    editor.leave(memory);
                    Took::default()
                });
            }
            Command::VimRedo => {
                self.in_vim(cx, Editor::redo_or_name);
            }
            Command::VimKeys => cx.open(Route::Text {
                title: "vim's keys".to_owned(),
                text: SHEET.to_owned(),
            }),
            Command::EditorVim => {
                let on = !cx.shared.vim;
                for console in &mut self.consoles {
                    console.editor.set_vim(on);
                }
                cx.ask(Effect::Vim(on));
            }
            Command::TypeText => {
                if let Some(console) = self.console_mut() {
                    console.in_results = false;
                    console.editor.begin_typing();
                }
            }
            _ => return false,
        }
        true
    }

    /// Lets the editor of the console do something with vim's keys, and does what it asks for; whether
    /// the text changed. Nothing without them.
    fn in_vim(
        &mut self,
        cx: &mut Cx<'_>,
        act: impl FnOnce(&mut Editor, &mut Memory, &Sense<'_>) -> Took,
    ) -> Option<bool> {
        let console = self.consoles.get_mut(self.current)?;
        console.editor.mode()?;
        let memory = &mut self.vim;
        let took = console.with_sense(|editor, sense| act(editor, memory, sense));
        if let Some(needle) = self.vim.needle() {
            needle.clone_into(&mut self.needle);
        }
        if let Some(text) = took.copied {
            cx.ask(Effect::Copy(text, "the text".to_owned()));
        }
        if let Some(why) = took.refused {
            cx.refuse(why);
        }
        if let Some(back) = took.seeks {
            let title = if back {
                "Find back in the text"
            } else {
                "Find in the text"
            };
            cx.open(Route::Prompt(Prompt {
                title: title.to_owned(),
                hint: "a text; a capital letter minds the case".to_owned(),
                text: String::new(),
                wrong: None,
                purpose: Purpose::Find,
            }));
        }
        Some(took.changed)
    }
}
