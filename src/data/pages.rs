//! The part of a relation that is in memory: pages next to each other, of which the farthest are
//! let go when there are too many, so that ten million rows take the room of a few thousand.

use std::collections::VecDeque;

use super::relation::{Bookmark, Page};
use super::window::{Cell, Rows};

/// No more rows than this are kept…
const MOST_ROWS: usize = 4_000;
/// …nor more bytes, as long as three pages remain.
const MOST_BYTES: usize = 4 << 20;

/// A contiguous run of rows; rows are addressed from nought at its beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pages {
    held: VecDeque<Rows>,
    len: usize,
    /// Whether the relation has no row before the first one held.
    pub at_start: bool,
    /// Whether it has none after the last one held.
    pub at_end: bool,
    /// The number in the relation, from nought, of the first row held, where it is known.
    pub first_number: Option<u64>,
    /// Whether that number was counted from the beginning, and is no guess from what was known.
    pub is_counted: bool,
}

impl Pages {
    /// How many rows are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Starts anew with one page.
    pub fn replace(&mut self, page: Page, at_start: bool, at_end: bool) {
        *self = Self {
            len: page.rows.len(),
            held: VecDeque::from([page.rows]),
            at_start,
            at_end,
            first_number: at_start.then_some(0),
            is_counted: at_start,
        };
    }

    /// Adds the page after the last row; returns how many rows were let go at the beginning.
    pub fn push_after(&mut self, page: Page) -> usize {
        self.at_end = !page.more;
        self.len += page.rows.len();
        self.held.push_back(page.rows);
        let mut gone = 0;
        while self.is_too_much()
            && let Some(rows) = self.held.pop_front()
        {
            gone += rows.len();
            self.at_start = false;
        }
        self.len -= gone;
        self.first_number = self.first_number.map(|number| number + gone as u64);
        gone
    }

    /// Adds the page before the first row; returns how many rows came in front.
    pub fn push_before(&mut self, page: Page) -> usize {
        self.at_start = !page.more;
        let added = page.rows.len();
        self.len += added;
        self.held.push_front(page.rows);
        self.is_counted |= self.at_start;
        self.first_number = match self.first_number {
            _ if self.at_start => Some(0),
            // Rows that others added meanwhile: the old number can no longer be right.
            Some(number) => number.checked_sub(added as u64),
            None => None,
        };
        while self.is_too_much()
            && let Some(rows) = self.held.pop_back()
        {
            self.len -= rows.len();
            self.at_end = false;
        }
        added
    }

    /// Says how many rows the relation has, which numbers the rows held at its end.
    pub fn total_is(&mut self, total: u64) {
        if self.at_end && self.first_number.is_none() {
            self.first_number = total.checked_sub(self.len as u64);
        }
    }

    /// The cell at `row` and `column`, or `None` where no row is held.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> Option<Cell<'_>> {
        let (page, row) = self.page_of(row)?;
        page.cell(row, column)
    }

    /// What finds the row again.
    #[must_use]
    pub fn bookmark(&self, row: usize, cells: &[usize]) -> Option<Bookmark> {
        let (page, row) = self.page_of(row)?;
        Some(page.values(row, cells))
    }

    /// Where the row that a bookmark finds is held, if it is.
    #[must_use]
    pub fn find(&self, mark: &[Option<String>], cells: &[usize]) -> Option<usize> {
        (0..self.len).find(|row| self.bookmark(*row, cells).as_deref() == Some(mark))
    }

    /// How many rows the relation has, where the rows held tell it.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        let first = self
            .first_number
            .filter(|_| self.at_end && self.is_counted)?;
        Some(first + self.len as u64)
    }

    /// Whether one more page could push out one at the other end.
    #[must_use]
    pub fn is_crowded(&self) -> bool {
        self.held.len() >= 3
    }

    /// How many rows the first page held has, which is the next to be let go.
    #[must_use]
    pub fn first_len(&self) -> usize {
        self.held.front().map_or(0, Rows::len)
    }

    /// The bytes held, for the budget.
    #[must_use]
    pub fn size(&self) -> usize {
        self.held.iter().map(Rows::size).sum()
    }

    fn is_too_much(&self) -> bool {
        self.held.len() > 3 && (self.len > MOST_ROWS || self.size() > MOST_BYTES)
    }

    fn page_of(&self, mut row: usize) -> Option<(&Rows, usize)> {
        for page in &self.held {
            if row < page.len() {
                return Some((page, row));
            }
            row -= page.len();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::RowsBuilder;

    fn page(numbers: std::ops::Range<u64>, more: bool) -> Page {
        let mut rows = RowsBuilder::new(1);
        for number in numbers {
            rows.push(Some(&number.to_string()), None);
        }
        Page {
            rows: rows.finish(),
            more,
        }
    }

    fn text(pages: &Pages, row: usize) -> Option<&str> {
        pages.cell(row, 0).and_then(|cell| cell.text)
    }

    #[test]
    fn a_walk_down_and_up_keeps_the_numbers_and_bounds_the_memory() {
        let mut pages = Pages::default();
        pages.replace(page(0..1000, true), true, false);
        let mut gone = 0;
        for at in 1..10 {
            gone += pages.push_after(page(at * 1000..(at + 1) * 1000, at < 9)) as u64;
            assert!(pages.len() <= MOST_ROWS);
            assert_eq!(pages.first_number, Some(gone));
            assert_eq!(text(&pages, 0), Some(gone.to_string().as_str()));
        }
        assert!(pages.at_end && !pages.at_start);
        assert_eq!(text(&pages, pages.len() - 1), Some("9999"));
        for at in (0..6).rev() {
            assert_eq!(
                pages.push_before(page(at * 1000..(at + 1) * 1000, at > 0)),
                1000
            );
            assert_eq!(text(&pages, 0), Some((at * 1000).to_string().as_str()));
            assert_eq!(pages.first_number, Some(at * 1000));
        }
        assert!(pages.at_start && !pages.at_end);
    }

    #[test]
    fn rows_at_the_end_are_numbered_by_the_total() {
        let mut pages = Pages::default();
        pages.replace(page(90..100, true), false, true);
        assert_eq!(pages.first_number, None);
        pages.total_is(100);
        assert_eq!(pages.first_number, Some(90));
        assert_eq!(pages.bookmark(3, &[0]), Some(vec![Some("93".into())]));
        assert_eq!(pages.find(&[Some("93".into())], &[0]), Some(3));
        assert_eq!(pages.find(&[Some("12".into())], &[0]), None);
    }
}
