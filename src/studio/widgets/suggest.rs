//! Values to choose from while typing: those that hold what is typed, the chosen one marked. None is
//! chosen at first, so that enter takes what was typed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::list::ListState;
use super::{bars, text};
use crate::data::filter::Suggestion;
use crate::studio::theme::{Role, Theme};

/// The values and which of them is chosen.
#[derive(Debug, Default)]
pub struct Suggest {
    values: Vec<Suggestion>,
    chosen: Option<usize>,
    list: ListState,
    area: Rect,
}

impl Suggest {
    /// Takes the values.
    pub fn set(&mut self, values: Vec<Suggestion>) {
        self.values = values;
    }

    /// How many there are to choose from.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is nothing to choose from.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Something was typed: nothing is chosen.
    pub fn typed(&mut self) {
        self.chosen = None;
    }

    fn matching(&self, typed: &str) -> Vec<&Suggestion> {
        let typed = typed.to_lowercase();
        let mut found: Vec<&Suggestion> = self
            .values
            .iter()
            .filter(|value| {
                let texts = [Some(&value.text), value.note.as_ref()];
                let has = |text: &String| text.to_lowercase().contains(&typed);
                texts.into_iter().flatten().any(has)
            })
            .collect();
        // Those that begin with it first; among them the order is the commonness.
        found.sort_by_key(|value| !value.text.to_lowercase().starts_with(&typed));
        found
    }

    /// Moves the choice; above the first there is none.
    pub fn choose(&mut self, by: isize, typed: &str) {
        let len = self.matching(typed).len();
        self.chosen = match (self.chosen, by) {
            (_, _) if len == 0 => None,
            (None, 1..) => Some(0),
            (None | Some(0), _) if by < 0 => None,
            (chosen, by) => chosen.map(|at| at.saturating_add_signed(by).min(len - 1)),
        };
        self.list.cursor = self.chosen.unwrap_or(0);
    }

    /// The chosen value, which is then chosen no more.
    pub fn take(&mut self, typed: &str) -> Option<String> {
        let chosen = self.chosen.take()?;
        Some(self.matching(typed).get(chosen)?.text.clone())
    }

    /// Chooses the value at a place of the screen; `false` where there is none.
    pub fn click(&mut self, x: u16, y: u16, typed: &str) -> bool {
        let line = self.list.line_at(y, self.area.y);
        let hit = self.area.contains((x, y).into()) && line < self.matching(typed).len();
        if hit {
            self.chosen = Some(line);
        }
        hit
    }

    /// Draws those that are in view.
    pub fn draw(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme, typed: &str) {
        self.area = area;
        let matching: Vec<Suggestion> = self.matching(typed).into_iter().cloned().collect();
        let visible = self.list.visible(matching.len(), area.height);
        for (y, at) in (area.y..area.bottom()).zip(visible) {
            let chosen = self.chosen == Some(at);
            let role = if chosen { Role::Cursor } else { Role::Text };
            let whole = Rect {
                y,
                height: 1,
                ..area
            };
            buffer.set_style(whole, theme.style(role));
            let value = &matching[at];
            let share = value
                .share
                .map(|share| bars::percent(u64::from(share), 1_000));
            let share = value.note.clone().or(share).unwrap_or_default();
            let width = text::width(&share).min(whole.width * 2 / 3);
            let room = whole.width.saturating_sub(width + 2);
            text::put(buffer, whole.x + 1, y, room, &value.text, theme.style(role));
            let x = whole.right().saturating_sub(width + 1);
            let dim = if chosen { role } else { Role::Dim };
            text::put(buffer, x, y, width, &share, theme.style(dim));
        }
    }
}
