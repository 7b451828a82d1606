//! Where in a statement a fault is, for whoever has no editor to show it in.

use unicode_width::UnicodeWidthStr;

use crate::glyphs::visible;

/// No more columns of a line than this are shown before the place, and behind it.
const AROUND: usize = 48;

/// The line that holds a character, counted from 1, and a sign under that.
pub(super) fn place(sql: &str, position: u32) -> Option<String> {
    let character = usize::try_from(position).ok()?.checked_sub(1)?;
    let ends = std::iter::once(sql.len());
    let offsets = sql.char_indices().map(|(offset, _)| offset);
    let offset = offsets.chain(ends).nth(character)?;
    let (before, behind) = sql.split_at(offset);
    let begin = before.rfind('\n').map_or(0, |at| at + 1);
    let number = before[..begin].matches('\n').count() + 1;
    let head = format!("line {number}: {}", tail(&visible(&before[begin..])));
    let rest = cut(&visible(behind.lines().next().unwrap_or_default()));
    let sign = " ".repeat(head.width());
    Some(format!("{head}{rest}\n{sign}^"))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(AROUND) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn tail(text: &str) -> String {
    match text.char_indices().rev().nth(AROUND) {
        Some((begin, ch)) => format!("…{}", &text[begin + ch.len_utf8()..]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_stands_under_the_character() {
        let long = format!("SELECT {}, nme, {}", "a".repeat(60), "b".repeat(60));
        let (head, rest) = ("a".repeat(46), "b".repeat(43));
        for (sql, position, wanted) in [
            (
                "SELECT nme",
                8,
                "line 1: SELECT nme\n               ^".to_owned(),
            ),
            (
                "SELECT 1\n FROM\tt\n",
                16,
                "line 2:  FROM⇥t\n              ^".to_owned(),
            ),
            (
                "SELECT '漢', x",
                13,
                "line 1: SELECT '漢', x\n                     ^".to_owned(),
            ),
            ("SELECT", 7, "line 1: SELECT\n              ^".to_owned()),
            (
                &long,
                70,
                format!("line 1: …{head}, nme, {rest}…\n{}^", " ".repeat(57)),
            ),
        ] {
            assert_eq!(place(sql, position).as_deref(), Some(&*wanted), "{sql}");
        }
        assert_eq!(place("SELECT", 8), None);
        assert_eq!(place("SELECT", 0), None);
    }
}
