//! What could be typed next, beside the cursor. It opens by itself while a word is typed, and nothing of
//! it is chosen until somebody moves in it: enter is a new line for whoever is not choosing.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Sql;
use super::console::Console;
use crate::data::names::Names;
use crate::sql::complete::{self, Completion, Item, Used};
use crate::studio::layer::{Cx, Effect, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::list::ListState;
use crate::studio::widgets::{pane, text};
use crate::studio::work::DbRequest;

/// The lines of the popup, at most, and its columns.
const LINES: u16 = 8;
const WIDEST: u16 = 70;
const NARROWEST: u16 = 24;

/// The popup, while it is open.
#[derive(Debug)]
pub(super) struct Suggest {
    completion: Completion,
    /// What is chosen; nothing at first.
    chosen: Option<usize>,
    list: ListState,
    area: Rect,
}

impl Suggest {
    /// Moves the choice; above the first one there is none.
    pub(super) fn choose(&mut self, by: isize) {
        let last = self.completion.items.len().saturating_sub(1);
        self.chosen = match (self.chosen, by) {
            (None, 1..) => Some(0),
            (None | Some(0), _) if by < 0 => None,
            (chosen, by) => chosen.map(|at| at.saturating_add_signed(by).min(last)),
        };
        self.list.cursor = self.chosen.unwrap_or(0);
    }

    /// Whether something is chosen.
    pub(super) fn is_chosen(&self) -> bool {
        self.chosen.is_some()
    }

    /// Puts the choice on a line of the screen; `false` where there is none.
    pub(super) fn click(&mut self, x: u16, y: u16) -> bool {
        let is_in = self.area.contains((x, y).into());
        let line = self.list.line_at(y, self.area.y);
        let hit = is_in && line < self.completion.items.len();
        if hit {
            self.chosen = Some(line);
        }
        hit
    }

    /// Draws it beside the cursor, below it or, where there is no room, above.
    pub(super) fn draw(
        &mut self,
        (x, y): (u16, u16),
        area: Rect,
        buffer: &mut Buffer,
        shared: &Shared,
    ) {
        let theme = &shared.theme;
        let items = &self.completion.items;
        let wide = |item: &Item| text::width(&item.label) + text::width(&item.note) + 4;
        let widest = items.iter().map(wide).max().unwrap_or(0);
        let width = (widest + 2).clamp(NARROWEST, WIDEST).min(area.width);
        let lines = u16::try_from(items.len()).unwrap_or(LINES).min(LINES);
        let height = (lines + 2).min(area.height);
        let typed = u16::try_from(self.completion.replace.len()).unwrap_or(0);
        let x = x
            .saturating_sub(typed + 2)
            .clamp(area.x, area.right().saturating_sub(width).max(area.x));
        let y = if y + 1 + height <= area.bottom() {
            y + 1
        } else {
            y.saturating_sub(height).max(area.y)
        };
        let frame = Rect::new(x, y, width, height);
        let fact = if self.chosen.is_none() {
            "↓ or tab"
        } else {
            ""
        };
        let inner = pane::popup(frame, buffer, theme, "", fact);
        self.area = inner;
        let shown = self.list.visible(items.len(), inner.height);
        for (line, at) in (inner.y..inner.bottom()).zip(shown) {
            let item = &items[at];
            let (name, note) = if self.chosen == Some(at) {
                let whole = Rect {
                    y: line,
                    height: 1,
                    ..inner
                };
                buffer.set_style(whole, theme.style(Role::Cursor));
                (theme.style(Role::Cursor), theme.style(Role::Cursor))
            } else {
                (theme.style(Role::Text), theme.style(Role::Dim))
            };
            let room = inner.width.saturating_sub(2);
            let end = text::put(buffer, inner.x + 1, line, room, &item.label, name);
            let room = inner.right().saturating_sub(end + 2);
            let width = text::width(&item.note).min(room);
            let x = inner.right().saturating_sub(width + 1);
            text::put(buffer, x, line, width, &item.note, note);
        }
    }
}

impl Console {
    /// Offers what can stand at the cursor: while a word is typed, or because it is asked for.
    pub(super) fn suggest(&mut self, names: &Names, used: &Used, is_asked: bool) {
        self.suggest = None;
        let text = self.editor.text();
        let offset = self.editor.offset();
        let from = self.statement_before(offset);
        // A space behind ON is where the condition of a foreign key goes.
        let is_space = text[..offset].ends_with(' ');
        if !is_asked && !is_space && !complete::opens_from(&text, from, offset) {
            return;
        }
        let completion = complete::complete_from(&text, from, offset, names, used);
        let is_condition = completion
            .items
            .first()
            .is_some_and(|item| item.kind == complete::Kind::Condition);
        if !is_asked && is_space && !is_condition {
            return;
        }
        // What is typed already is no news.
        let typed = text.get(completion.replace.clone()).unwrap_or_default();
        let is_all = matches!(completion.items.as_slice(), [only] if only.text == typed);
        if !completion.items.is_empty() && !is_all {
            self.suggest = Some(Suggest {
                completion,
                chosen: None,
                list: ListState::default(),
                area: Rect::default(),
            });
        }
    }

    /// Takes what is chosen, or the first; what was written.
    pub(super) fn take_suggestion(&mut self) -> Option<String> {
        let suggest = self.suggest.take()?;
        let chosen = suggest.chosen.unwrap_or(0);
        let item = suggest.completion.items.get(chosen)?;
        self.editor
            .replace_range(&suggest.completion.replace, &item.text);
        Some(item.text.clone())
    }
}

impl Sql {
    /// Reads the names that completion offers, once for each catalog.
    pub(super) fn ask_names(&mut self, cx: &mut Cx<'_>) {
        if self.named != Some(cx.shared.generation) {
            self.named = Some(cx.shared.generation);
            if let Some(before) = self.naming.replace(cx.db(DbRequest::Names)) {
                cx.ask(Effect::Cancel(before));
            }
        }
    }

    pub(super) fn is_suggesting(&self) -> bool {
        self.console()
            .is_some_and(|console| console.suggest.is_some())
    }

    pub(super) fn close_suggestions(&mut self) {
        if let Some(console) = self.console_mut() {
            console.suggest = None;
        }
    }

    /// Offers what could be typed next.
    pub(super) fn offer(&mut self, is_asked: bool) {
        if let Some(console) = self.consoles.get_mut(self.current) {
            console.suggest(&self.names, &self.used, is_asked);
        }
    }

    /// Takes the suggestion; what can follow it is offered at once.
    pub(super) fn complete(&mut self) {
        let Some(console) = self.consoles.get_mut(self.current) else {
            return;
        };
        if let Some(taken) = console.take_suggestion() {
            self.used.learn(&taken);
            if taken.ends_with('.') {
                self.offer(true);
            }
        }
    }

    /// Enter takes what is chosen, and is a new line where nothing is.
    pub(super) fn choose(&mut self) {
        let Some(console) = self.console_mut() else {
            return;
        };
        if console.suggest.as_ref().is_some_and(Suggest::is_chosen) {
            self.complete();
        } else {
            console.suggest = None;
            console.editor.new_line();
        }
    }
}
