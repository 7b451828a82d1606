//! What one step of the cursor goes over, and the columns it takes: a character with whatever is
//! written over it.
//!
//! A line may have a million characters, so that stretches of ASCII are not looked at one by one:
//! each of them has one column, control characters too, which are shown as signs.

use crate::studio::widgets::text::columns;

/// So many bytes are looked at together.
const STRETCH: usize = 4096;

/// The columns of a character. What has none begins a unit only at the beginning of a line, where
/// it is shown over a sign of its own.
fn wide(at: usize, ch: char) -> usize {
    match columns(ch) {
        0 if at == 0 => 1,
        columns => columns,
    }
}

/// Where the unit at `at` ends.
pub(super) fn next(line: &str, at: usize) -> usize {
    let mut chars = line[at..].char_indices();
    chars.next();
    chars
        .find(|(_, ch)| columns(*ch) > 0)
        .map_or(line.len(), |(end, _)| at + end)
}

/// Where the unit before `at` begins.
pub(super) fn previous(line: &str, at: usize) -> usize {
    let mut chars = line[..at].char_indices().rev();
    chars
        .find(|(_, ch)| columns(*ch) > 0)
        .map_or(0, |(at, _)| at)
}

/// Where the unit begins that a byte is in.
pub(super) fn start(line: &str, at: usize) -> usize {
    let ch = line[at..].chars().next();
    match ch.map_or(1, columns) {
        0 if at > 0 => previous(line, at),
        _ => at,
    }
}

/// The columns of the unit that begins at `at`.
pub(super) fn width(line: &str, at: usize) -> usize {
    let ch = line[at..].chars().next();
    ch.map_or(1, |ch| columns(ch).max(1))
}

/// The columns of the part that begins at byte `at` of its line.
fn stretch(at: usize, part: &str) -> usize {
    if part.is_ascii() {
        return part.len();
    }
    let chars = part.char_indices();
    chars.map(|(from, ch)| wide(at + from, ch)).sum()
}

/// The columns before a byte of a line.
pub(super) fn column(line: &str, to: usize) -> usize {
    let line = &line[..line.floor_char_boundary(to)];
    let (mut at, mut used) = (0, 0);
    while at < line.len() {
        let end = line.floor_char_boundary(at + STRETCH);
        used += stretch(at, &line[at..end]);
        at = end;
    }
    used
}

/// The unit at a column, and the column it begins in; the end of the line where it is shorter.
pub(super) fn at_column(line: &str, column: usize) -> (usize, usize) {
    let (mut at, mut used) = (0, 0);
    while at < line.len() {
        let end = line.floor_char_boundary(at + STRETCH);
        let more = stretch(at, &line[at..end]);
        if used + more > column {
            break;
        }
        at = end;
        used += more;
    }
    for (from, ch) in line[at..].char_indices() {
        let wide = wide(at + from, ch);
        if wide > 0 && used + wide > column {
            return (at + from, used);
        }
        used += wide;
    }
    (line.len(), used)
}

/// The unit at a column, looked for backwards from a unit whose column is known.
pub(super) fn back_to(
    line: &str,
    (mut at, mut used): (usize, usize),
    column: usize,
) -> (usize, usize) {
    while used > column {
        at = previous(line, at);
        used = used.saturating_sub(width(line, at));
    }
    (at, used)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_written_over_a_letter_goes_with_it() {
        let line = "e\u{301}\u{302}漢\tb\u{200d}";
        let mut at = 0;
        let mut stops = vec![0];
        while at < line.len() {
            at = next(line, at);
            stops.push(at);
        }
        // What joins emoji is shown, and so it is stepped over.
        assert_eq!(stops, [0, 5, 8, 9, 10, 13]);
        let columns: Vec<usize> = stops.iter().map(|at| column(line, *at)).collect();
        assert_eq!(columns, [0, 1, 3, 4, 5, 6]);
        assert_eq!(column("\u{301}a", 2), 1);
    }

    proptest! {
        #[test]
        fn steps_and_columns_are_their_own_inverse(line in "[a漢\u{301}\t\u{200d}👍ﾞ]{0,30}", filler in 0..3usize) {
            let line = format!("{}{line}", "é".repeat(filler * STRETCH / 2));
            let mut at = start(&line, line.floor_char_boundary(filler * STRETCH));
            while at < line.len() {
                let end = next(&line, at);
                prop_assert_eq!(previous(&line, end), at);
                let from = column(&line, at);
                prop_assert_eq!(column(&line, end), from + width(&line, at));
                for inside in from..column(&line, end) {
                    prop_assert_eq!(at_column(&line, inside), (at, from));
                }
                at = end;
            }
            let end = column(&line, line.len());
            prop_assert_eq!(at_column(&line, end), (line.len(), end));
            prop_assert_eq!(back_to(&line, (line.len(), end), 0), (0, 0));
        }
    }
}
