//! The text itself: lines, the places in them, and the one way to change them.

/// A place in the text: a line, and a byte in it. Both count from nought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub row: usize,
    pub at: usize,
}

impl Place {
    pub(super) fn new(row: usize, at: usize) -> Self {
        Self { row, at }
    }

    /// Where a place is after what was between `from` and `to` became a text that ends at `end`.
    pub(super) fn after(self, from: Self, to: Self, end: Self) -> Self {
        if self < to {
            // What it was in is gone; what was there before stays where it is.
            return self.min(from);
        }
        if self.row > to.row {
            return Self::new(self.row - to.row + end.row, self.at);
        }
        Self::new(end.row, self.at - to.at + end.at)
    }
}

/// The lines; there is always one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lines(Vec<String>);

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        Self(text.split('\n').map(str::to_owned).collect())
    }

    pub(super) fn all(&self) -> &[String] {
        &self.0
    }

    pub(super) fn text(&self) -> String {
        self.0.join("\n")
    }

    pub(super) fn line(&self, row: usize) -> &str {
        self.0.get(row).map_or("", String::as_str)
    }

    pub(super) fn last(&self) -> usize {
        self.0.len().saturating_sub(1)
    }

    pub(super) fn end(&self) -> Place {
        Place::new(self.last(), self.line(self.last()).len())
    }

    /// How many bytes of the text are before a line.
    pub(super) fn start(&self, row: usize) -> usize {
        self.0.iter().take(row).map(|line| line.len() + 1).sum()
    }

    pub(super) fn offset(&self, place: Place) -> usize {
        self.start(place.row) + place.at
    }

    /// The place of a byte; the nearest one before it where that is inside a character, and the end
    /// where there is no such byte.
    pub(super) fn place(&self, offset: usize) -> Place {
        let mut left = offset;
        for (row, line) in self.0.iter().enumerate() {
            if left <= line.len() {
                return Place::new(row, line.floor_char_boundary(left));
            }
            left -= line.len() + 1;
        }
        self.end()
    }

    pub(super) fn slice(&self, from: Place, to: Place) -> String {
        if from.row == to.row {
            return self.line(from.row)[from.at..to.at].to_owned();
        }
        let mut text = self.line(from.row)[from.at..].to_owned();
        for row in from.row + 1..to.row {
            text.push('\n');
            text.push_str(self.line(row));
        }
        text.push('\n');
        text.push_str(&self.line(to.row)[..to.at]);
        text
    }

    /// Where a text ends that begins at `from`.
    pub(super) fn end_of(from: Place, text: &str) -> Place {
        match text.rsplit_once('\n') {
            None => Place::new(from.row, from.at + text.len()),
            Some((before, last)) => {
                let rows = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
                Place::new(from.row + rows, last.len())
            }
        }
    }

    /// Puts a text in the place of what is between two places.
    pub(super) fn replace(&mut self, from: Place, to: Place, with: &str) {
        if from.row == to.row && !with.contains('\n') {
            self.0[from.row].replace_range(from.at..to.at, with);
            return;
        }
        let tail = self.0[to.row].split_off(to.at);
        let mut new = with.split('\n');
        let first = new.next().unwrap_or_default();
        let mut rest: Vec<String> = new.map(str::to_owned).collect();
        self.0[from.row].truncate(from.at);
        self.0[from.row].push_str(first);
        match rest.last_mut() {
            Some(last) => last.push_str(&tail),
            None => self.0[from.row].push_str(&tail),
        }
        self.0.splice(from.row + 1..=to.row, rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_byte_has_its_place_and_back(text in "[a\n漢é\t]{0,30}") {
            let lines = Lines::of(&text);
            prop_assert_eq!(lines.text(), text.clone());
            for offset in 0..=text.len() {
                let place = lines.place(offset);
                prop_assert_eq!(lines.offset(place), text.floor_char_boundary(offset));
            }
            prop_assert_eq!(lines.place(text.len() + 9), lines.end());
        }

        #[test]
        fn a_change_is_what_a_string_would_make_of_it(
            text in "[a\n漢]{0,20}", from in 0..40usize, to in 0..40usize, with in "[b\n]{0,6}") {
            let mut lines = Lines::of(&text);
            let (from, to) = (lines.place(from.min(to)), lines.place(from.max(to)));
            let (start, end) = (lines.offset(from), lines.offset(to));
            prop_assert_eq!(lines.slice(from, to), &text[start..end]);
            lines.replace(from, to, &with);
            let mut wanted = text.clone();
            wanted.replace_range(start..end, &with);
            prop_assert_eq!(lines.text(), wanted);
            prop_assert_eq!(lines.offset(Lines::end_of(from, &with)), start + with.len());
        }

        #[test]
        fn a_place_goes_with_the_text_around_it(
            text in "[a\n漢]{0,20}", from in 0..40usize, to in 0..40usize, at in 0..40usize, with in "[b\n]{0,6}") {
            let mut lines = Lines::of(&text);
            let (from, to) = (lines.place(from.min(to)), lines.place(from.max(to)));
            let (start, end) = (lines.offset(from), lines.offset(to));
            let place = lines.place(at);
            let before = lines.offset(place);
            lines.replace(from, to, &with);
            let after = lines.offset(place.after(from, to, Lines::end_of(from, &with)));
            let wanted = if before >= end { before - (end - start) + with.len() } else { before.min(start) };
            prop_assert_eq!(after, wanted);
        }
    }
}
