//! A run of rows in one arena.
//!
//! A window of a hundred rows of thirty columns is three vectors, not three thousand strings: the
//! bytes of all cells one after another, where each ends, and the cells that differ from "its
//! bytes are its value": NULLs, and texts that were cut on the server.

use std::collections::BTreeMap;

use crate::fault::{Fault, Outcome};

/// One value of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'a> {
    /// The text of the server's output function, or `None` for NULL.
    pub text: Option<&'a str>,
    /// The true length in characters where `text` is only the beginning.
    pub cut: Option<u64>,
}

/// Rows of equally many cells, in the order in which they were read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    width: usize,
    len: usize,
    bytes: String,
    /// For each cell, where its text ends in `bytes`; the top bit marks a NULL.
    ends: Vec<u32>,
    cut: BTreeMap<usize, u64>,
}

const NULL_BIT: u32 = 1 << 31;

impl Rows {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many cells a row has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The cell at `row` and `column`, or `None` outside the window.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> Option<Cell<'_>> {
        if row >= self.len || column >= self.width {
            return None;
        }
        let index = row * self.width + column;
        let start = if index == 0 {
            0
        } else {
            self.ends[index - 1] & !NULL_BIT
        };
        let end = self.ends[index];
        let text = (end & NULL_BIT == 0).then(|| &self.bytes[start as usize..end as usize]);
        Some(Cell {
            text,
            cut: self.cut.get(&index).copied(),
        })
    }

    /// The values of one row, owned: a boundary for the next page.
    #[must_use]
    pub fn values(&self, row: usize, columns: &[usize]) -> Vec<Option<String>> {
        columns
            .iter()
            .map(|&column| {
                self.cell(row, column)
                    .and_then(|cell| cell.text.map(str::to_owned))
            })
            .collect()
    }

    /// The bytes that the window holds, for a budget.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 4 + self.cut.len() * 32
    }

    /// The rows as bytes, for a file that this program alone reads again.
    ///
    /// # Errors
    /// They were cut, which such a file does not keep.
    pub fn encoded(&self) -> Outcome<Vec<u8>> {
        if !self.cut.is_empty() {
            return Err(Fault::new("Cut rows are not kept in a file"));
        }
        let words = [self.width, self.len, self.bytes.len()];
        let words = words.map(|word| u32::try_from(word).unwrap_or(u32::MAX));
        let words = words.iter().chain(&self.ends);
        let mut encoded = Vec::with_capacity(12 + self.ends.len() * 4 + self.bytes.len());
        encoded.extend(words.flat_map(|word| word.to_le_bytes()));
        encoded.extend_from_slice(self.bytes.as_bytes());
        Ok(encoded)
    }

    /// The rows that [`Self::encoded`] made bytes of.
    ///
    /// # Errors
    /// It made no such bytes.
    pub fn decoded(encoded: &[u8]) -> Outcome<Self> {
        let broken = || Fault::new("The file of rows was changed by somebody else");
        let word = |at: usize| {
            let bytes = encoded.get(at * 4..)?.first_chunk::<4>()?;
            Some(u32::from_le_bytes(*bytes))
        };
        let [width, len, size] = [0, 1, 2].map(|at| word(at).map(|word| word as usize));
        let (Some(width), Some(len), Some(size)) = (width, len, size) else {
            return Err(broken());
        };
        let cells = width.checked_mul(len).ok_or_else(broken)?;
        let end = cells
            .checked_add(3)
            .filter(|end| end.checked_mul(4).is_some());
        let end = end.ok_or_else(broken)?;
        let ends: Option<Vec<u32>> = (3..end).map(word).collect();
        let (ends, text) = ends.zip(encoded.get(end * 4..)).ok_or_else(broken)?;
        let bytes = String::from_utf8(text.to_vec()).map_err(|_| broken())?;
        let within = |end: &u32| bytes.is_char_boundary((end & !NULL_BIT) as usize);
        let places = ends.iter().map(|end| end & !NULL_BIT);
        if bytes.len() != size || !ends.iter().all(within) || !places.is_sorted() {
            return Err(broken());
        }
        Ok(Self {
            width,
            len,
            bytes,
            ends,
            cut: BTreeMap::new(),
        })
    }

    /// The same rows in reverse: a page that was read backwards.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let rows: Vec<usize> = (0..self.len).rev().collect();
        self.picked(&rows)
    }

    /// Some of the rows, in the order in which they are named.
    #[must_use]
    pub fn picked(&self, rows: &[usize]) -> Self {
        let mut builder = RowsBuilder::new(self.width);
        for &row in rows {
            for column in 0..self.width {
                if let Some(cell) = self.cell(row, column) {
                    builder.push(cell.text, cell.cut);
                }
            }
        }
        builder.finish()
    }
}

/// Fills a [`Rows`] cell by cell, row after row.
#[derive(Debug)]
pub struct RowsBuilder {
    rows: Rows,
}

impl RowsBuilder {
    /// For rows of `width` cells.
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self {
            rows: Rows {
                width,
                ..Rows::default()
            },
        }
    }

    /// Adds the next cell. An arena takes 2 GiB; a page whose cells are cut to a few thousand
    /// characters stays far below, and a text past that limit is kept as far as it fits. Who knows
    /// nothing of the cells takes [`Self::push_whole`].
    pub fn push(&mut self, text: Option<&str>, cut: Option<u64>) {
        let rows = &mut self.rows;
        let mut text_or_empty = text.unwrap_or_default();
        let room = (NULL_BIT as usize - 1).saturating_sub(rows.bytes.len());
        if text_or_empty.len() > room {
            text_or_empty = &text_or_empty[..text_or_empty.floor_char_boundary(room)];
        }
        rows.bytes.push_str(text_or_empty);
        let null = if text.is_none() { NULL_BIT } else { 0 };
        if let Some(length) = cut {
            rows.cut.insert(rows.ends.len(), length);
        }
        rows.ends
            .push(u32::try_from(rows.bytes.len()).unwrap_or(NULL_BIT - 1) | null);
    }

    /// Adds a whole row, or nothing of it.
    ///
    /// # Errors
    /// The arena is full.
    pub fn push_whole(&mut self, cells: &[Option<&str>]) -> Outcome<()> {
        let more = cells.iter().flatten().map(|text| text.len()).sum();
        if !self.has_room(more) {
            return Err(Fault::new("The result is too large to be held")
                .because("its text takes more than 2 GiB")
                .remedy("read less of it: LIMIT, or fewer columns"));
        }
        for text in cells {
            self.push(*text, None);
        }
        Ok(())
    }

    fn has_room(&self, more: usize) -> bool {
        more <= (NULL_BIT as usize - 1).saturating_sub(self.rows.bytes.len())
    }

    /// How many cells a row has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.rows.width
    }

    /// How many whole rows are held so far.
    #[must_use]
    pub fn len(&self) -> usize {
        let cells = self.rows.ends.len();
        cells.checked_div(self.rows.width).unwrap_or(0)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes of text are held so far.
    #[must_use]
    pub fn size(&self) -> usize {
        self.rows.bytes.len()
    }

    /// The rows; an incomplete last row is left out.
    #[must_use]
    pub fn finish(mut self) -> Rows {
        self.rows.len = self.len();
        self.rows.bytes.shrink_to_fit();
        self.rows.ends.shrink_to_fit();
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(table: &[Vec<Option<String>>], width: usize) -> Rows {
        let mut builder = RowsBuilder::new(width);
        for cell in table.iter().flatten() {
            builder.push(cell.as_deref(), None);
        }
        builder.finish()
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(table in proptest::collection::vec(
            proptest::collection::vec(proptest::option::of(".{0,6}"), 3..=3), 0..20)) {
            let held = rows(&table, 3);
            let columns = [0, 1, 2];
            let back: Vec<_> = (0..held.len()).map(|row| held.values(row, &columns)).collect();
            prop_assert_eq!(&back, &table);
            let encoded = held.encoded();
            prop_assert_eq!(encoded.and_then(|bytes| Rows::decoded(&bytes)), Ok(held.clone()));
            let mut turned: Vec<_> = table;
            turned.reverse();
            prop_assert_eq!(held.reversed(), rows(&turned, 3));
        }
    }

    proptest! {
        #[test]
        fn bytes_that_are_no_rows_are_refused(bytes in proptest::collection::vec(0..6u8, 0..60)) {
            let _ = Rows::decoded(&bytes);
        }
    }

    #[test]
    fn null_is_not_the_empty_string_and_outside_is_neither() {
        let held = rows(&[vec![None, Some(String::new())]], 2);
        assert_eq!(
            held.cell(0, 0),
            Some(Cell {
                text: None,
                cut: None
            })
        );
        assert_eq!(
            held.cell(0, 1),
            Some(Cell {
                text: Some(""),
                cut: None
            })
        );
        assert_eq!(held.cell(0, 2), None);
        assert_eq!(held.cell(1, 0), None);
    }

    #[test]
    fn what_does_not_fit_is_refused_and_never_cut() {
        let mut builder = RowsBuilder::new(1);
        let limit = NULL_BIT as usize - 1;
        assert!(builder.has_room(limit) && !builder.has_room(limit + 1));
        assert_eq!(builder.push_whole(&[Some("four")]), Ok(()));
        assert!(builder.has_room(limit - 4) && !builder.has_room(limit - 3));
    }
}
