//! Where long lines are broken. One pass over the text, so that megabytes take milliseconds.

use crate::studio::widgets::text::columns;

/// The bytes at which the rows of one line begin, in `room` columns: broken after a space where
/// there is one. Spaces may hang over the edge, where they are not seen.
pub(super) fn breaks(line: &str, room: u16, mut begin: impl FnMut(usize)) {
    let room = usize::from(room.max(2));
    let (mut from, mut used, mut after_space) = (0, 0, 0);
    begin(0);
    for (at, ch) in line.char_indices() {
        let width = columns(ch);
        if ch == ' ' {
            used += 1;
            after_space = at + 1;
            continue;
        }
        // What has no width stays with what it is written over, unless that hangs over the edge.
        let stays = width == 0 && after_space < at;
        while used + width > room && !stays && at > from {
            from = if after_space > from { after_space } else { at };
            used = line[from..at].chars().map(columns).sum();
            begin(from);
        }
        used += width;
    }
}

/// The first rows of a text in `room` columns, at most so many; and whether there are more. Line
/// ends end rows, and are in them, for their sign.
#[must_use]
pub fn wrapped(text: &str, room: u16, most: usize) -> (Vec<&str>, bool) {
    // No further than it can be seen: a row has no more than so many bytes worth looking at.
    let enough = usize::from(room) * 8 * (most + 1);
    let head = &text[..text.floor_char_boundary(enough)];
    let mut starts = Vec::new();
    let mut from = 0;
    for line in head.split_inclusive('\n') {
        breaks(line, room, |at| starts.push(from + at));
        from += line.len();
    }
    let more = starts.len() > most || head.len() < text.len();
    let ends = starts.iter().skip(1).copied().chain([head.len()]);
    let rows = starts.iter().zip(ends).take(most);
    (rows.map(|(from, to)| &head[*from..to]).collect(), more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_broken_after_spaces_where_there_are_any() {
        let rows = |text, room| wrapped(text, room, 9).0.join("|");
        assert_eq!(rows("one two three", 7), "one two |three");
        assert_eq!(rows("one two three", 6), "one |two |three");
        assert_eq!(rows("abcdefgh", 3), "abc|def|gh");
        assert_eq!(rows("a bcdefg", 3), "a |bcd|efg");
        assert_eq!(rows("漢字かな", 5), "漢字|かな");
        assert_eq!(rows("", 5), "");
        assert_eq!(rows("one\n\ntwo", 5), "one\n|\n|two");
        assert_eq!(wrapped("one two three", 4, 2), (vec!["one ", "two "], true));
    }

    proptest! {
        #[test]
        fn every_row_fits_and_nothing_is_lost(text in any::<String>(), spaced in "[a-c 漢\u{300}]{0,40}", room in 2..12u16) {
            for text in [text, spaced] {
                let mut starts = Vec::new();
                breaks(&text, room, |at| starts.push(at));
                starts.push(text.len());
                let rows = starts.windows(2).map(|pair| &text[pair[0]..pair[1]]);
                prop_assert_eq!(rows.clone().collect::<String>(), text.clone());
                for row in rows {
                    let width: usize = row.trim_end_matches(' ').chars().map(columns).sum();
                    prop_assert!(width <= usize::from(room), "{:?} in {}", row, room);
                }
            }
        }
    }
}
