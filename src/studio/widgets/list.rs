//! A cursor over lines that are taller than their room: which one is chosen, which one is on top.

/// Where one is in a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListState {
    /// The chosen line, from nought.
    pub cursor: usize,
    /// The first line that is shown.
    pub top: usize,
    /// The cursor that one has looked away from, while it stays there.
    away: Option<usize>,
}

impl ListState {
    /// With the cursor on a line.
    #[must_use]
    pub fn at(cursor: usize) -> Self {
        Self {
            cursor,
            ..Self::default()
        }
    }

    /// Moves by `by` lines among `len`, stopping at the ends.
    pub fn step(&mut self, by: isize, len: usize) {
        self.away = None;
        self.cursor = self
            .cursor
            .saturating_add_signed(by)
            .min(len.saturating_sub(1));
    }

    /// Looks at lines further up or down; the cursor stays where it is.
    pub fn scroll(&mut self, by: isize) {
        self.top = self.top.saturating_add_signed(by);
        self.away = Some(self.cursor);
    }

    /// The lines to draw in `height`, so that the cursor is among them unless one looks elsewhere.
    pub fn visible(&mut self, len: usize, height: u16) -> std::ops::Range<usize> {
        let height = usize::from(height);
        self.cursor = self.cursor.min(len.saturating_sub(1));
        self.away = self.away.filter(|cursor| *cursor == self.cursor);
        if self.away.is_none() {
            if self.cursor < self.top {
                self.top = self.cursor;
            }
            if height > 0 && self.cursor >= self.top + height {
                self.top = self.cursor + 1 - height;
            }
        }
        self.top = self.top.min(len.saturating_sub(height));
        self.top..len.min(self.top + height)
    }

    /// The line under a row of the screen, where the list begins at `first`.
    #[must_use]
    pub fn line_at(&self, y: u16, first: u16) -> usize {
        self.top + usize::from(y.saturating_sub(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_is_always_among_the_lines_that_are_shown() {
        let mut list = ListState::default();
        list.step(7, 10);
        assert_eq!(list.visible(10, 4), 4..8);
        list.step(-5, 10);
        assert_eq!(list.visible(10, 4), 2..6);
        list.step(100, 10);
        assert_eq!(list.visible(10, 4), 6..10);
        assert_eq!(list.visible(3, 4), 0..3);
        assert_eq!(list.cursor, 2);
        list.step(1, 0);
        assert_eq!(list.visible(0, 4), 0..0);
    }

    #[test]
    fn who_looks_away_from_the_cursor_comes_back_with_the_next_step() {
        let mut list = ListState::default();
        list.scroll(5);
        assert_eq!(list.visible(10, 4), 5..9);
        list.scroll(5);
        assert_eq!(list.visible(10, 4), 6..10);
        assert_eq!(list.cursor, 0);
        list.scroll(-3);
        assert_eq!(list.visible(10, 4), 3..7);
        list.step(0, 10);
        assert_eq!(list.visible(10, 4), 0..4);
        list.scroll(4);
        list.cursor = 1;
        assert_eq!(list.visible(10, 4), 1..5);
    }
}
