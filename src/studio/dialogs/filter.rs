//! The filter in force: its conditions one under the other, to be edited, joined otherwise, or
//! taken away.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::data::Filter;
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Answer, Cx, Effect, Layer, Refusal, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::list::ListState;
use crate::studio::widgets::{pane, text};

/// The dialog.
pub struct FilterDialog {
    before: Filter,
    filter: Filter,
    list: ListState,
}

impl FilterDialog {
    /// Edits a filter.
    #[must_use]
    pub fn new(filter: Filter) -> Self {
        Self {
            before: filter.clone(),
            filter,
            list: ListState::default(),
        }
    }

    fn answer(answer: Answer, cx: &mut Cx<'_>) {
        cx.ask(Effect::Answer(Box::new(answer)));
    }

    fn remove(&mut self) {
        let at = self.list.cursor;
        if at < self.filter.conditions.len() {
            self.filter.conditions.remove(at);
        } else {
            self.filter.free = None;
        }
        // The first condition joins nothing.
        if let Some(first) = self.filter.conditions.first_mut() {
            first.or = false;
        }
        self.list.step(0, self.filter.words().len());
    }

    /// What was changed here comes first: another dialog starts from the filter in force.
    fn unsettled(&self) -> bool {
        self.filter != self.before
    }
}

impl Layer for FilterDialog {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Filter, Scope::Moving]
    }

    fn enabled(&self, command: Command, _: &Shared) -> Result<(), Refusal> {
        let at = self.list.cursor;
        match command {
            Command::FilterJoin if at == 0 || at >= self.filter.conditions.len() => {
                Err("only a condition after another one is joined to it".into())
            }
            Command::FilterRemove | Command::FilterEdit if self.filter.is_empty() => {
                Err("there is no condition".into())
            }
            _ => Ok(()),
        }
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        let len = self.filter.words().len();
        let at = self.list.cursor;
        match command {
            Command::Up => self.list.step(-1, len),
            Command::Down => self.list.step(1, len),
            Command::FilterRemove => self.remove(),
            Command::FilterClear => self.filter = Filter::default(),
            Command::FilterJoin => {
                if let Some(condition) = self.filter.conditions.get_mut(at) {
                    condition.or = !condition.or;
                }
            }
            Command::FilterEdit | Command::Close if self.unsettled() => {
                Self::answer(Answer::Filter(self.filter.clone()), cx);
            }
            Command::FilterEdit if at < self.filter.conditions.len() => {
                Self::answer(Answer::EditCondition(at), cx);
            }
            Command::FilterEdit => Self::answer(Answer::EditWhere, cx),
            Command::Close => cx.ask(Effect::Pop),
            _ => {}
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let words = self.filter.words();
        let height = u16::try_from(words.len().max(1)).unwrap_or(1) + 2;
        let width = 72.min(area.width);
        let frame = Rect {
            x: area.x + (area.width - width) / 2,
            y: area.bottom().saturating_sub(height),
            width,
            height: height.min(area.height),
        };
        let fact = if self.unsettled() {
            "esc filters so"
        } else {
            ""
        };
        let inner = pane::popup(frame, buffer, theme, "Filter", fact);
        if words.is_empty() {
            pane::empty(inner, buffer, theme, &["No condition: all rows are shown."]);
            return;
        }
        for (y, at) in (inner.y..inner.bottom()).zip(self.list.visible(words.len(), inner.height)) {
            let role = if at == self.list.cursor {
                Role::Cursor
            } else {
                Role::Text
            };
            let whole = Rect {
                y,
                height: 1,
                ..inner
            };
            buffer.set_style(whole, theme.style(role));
            let room = whole.width.saturating_sub(2);
            text::put(buffer, whole.x + 1, y, room, &words[at], theme.style(role));
        }
    }
}
