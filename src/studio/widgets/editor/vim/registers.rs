//! What was taken and copied, by name (vim's manual, change.txt, "Registers").

use std::collections::HashMap;

/// A text that was taken: characters, or whole lines (without the end of the last one).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub text: String,
    pub lines: bool,
}

/// The registers.
#[derive(Debug, Default)]
pub(super) struct Registers {
    kept: HashMap<char, Piece>,
    /// The one that is meant where none is named.
    last: Option<char>,
}

impl Registers {
    /// What is in one; in the last one that was used, where none is named.
    pub(super) fn get(&self, name: Option<char>) -> Option<&Piece> {
        let name = match name.unwrap_or('"') {
            '"' => self.last?,
            name => place(name),
        };
        self.kept.get(&name)
    }

    /// Keeps what was copied.
    pub(super) fn yank(&mut self, name: Option<char>, piece: Piece) {
        match name.filter(|name| *name != '"') {
            Some('_') => {}
            Some(name) => self.put(name, piece),
            None => {
                self.kept.insert('0', piece);
                self.last = Some('0');
            }
        }
    }

    /// Keeps what was taken away. What is longer than a part of a line moves those before it on, from
    /// 1 to 9; so does what was gone over by a motion that reaches far (`is_far`).
    pub(super) fn delete(&mut self, name: Option<char>, piece: Piece, is_far: bool) {
        let named = name.filter(|name| *name != '"');
        if named == Some('_') {
            return;
        }
        let is_small = !piece.lines && !piece.text.contains('\n');
        if let Some(name) = named {
            self.put(name, piece.clone());
        }
        if !is_small || is_far {
            for number in ('1'..='8').rev() {
                if let Some(before) = self.kept.remove(&number) {
                    self.kept.insert(next(number), before);
                }
            }
            self.kept.insert('1', piece.clone());
            if named.is_none_or(|name| !name.is_ascii_uppercase()) {
                self.last = Some('1');
            }
        }
        if is_small && named.is_none() {
            self.kept.insert('-', piece);
            self.last = Some('-');
        }
    }

    /// Puts something into a register, or behind what is there, where its name is a capital.
    fn put(&mut self, name: char, piece: Piece) {
        let at = place(name);
        self.last = Some(at);
        if let Some(before) = self.kept.get_mut(&at).filter(|_| name.is_ascii_uppercase()) {
            if before.lines || piece.lines {
                before.text.push('\n');
            }
            before.text.push_str(&piece.text);
            before.lines |= piece.lines;
            return;
        }
        self.kept.insert(at, piece);
    }
}

/// Where a register is kept: `A` adds to `a`, and there is one clipboard.
fn place(name: char) -> char {
    match name {
        '*' => '+',
        name => name.to_ascii_lowercase(),
    }
}

fn next(number: char) -> char {
    number
        .to_digit(10)
        .and_then(|digit| char::from_digit(digit + 1, 10))
        .unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str) -> Piece {
        Piece {
            text: text.trim_end_matches('$').to_owned(),
            lines: text.ends_with('$'),
        }
    }

    fn text(registers: &Registers, name: char) -> &str {
        let piece = registers.get(Some(name));
        piece.map_or("", |piece| piece.text.as_str())
    }

    #[test]
    fn what_is_taken_goes_where_vim_has_it() {
        let mut all = Registers::default();
        assert_eq!(all.get(None), None);
        all.yank(None, piece("copied"));
        all.delete(None, piece("a line$"), false);
        all.delete(None, piece("two\nparts"), false);
        all.delete(None, piece("small"), false);
        assert_eq!(text(&all, '0'), "copied");
        assert_eq!(text(&all, '1'), "two\nparts");
        assert_eq!(text(&all, '2'), "a line");
        assert_eq!(text(&all, '-'), "small");
        assert_eq!(text(&all, '"'), "small");
        all.delete(Some('_'), piece("nothing$"), false);
        assert_eq!(text(&all, '"'), "small");
        all.delete(None, piece("far"), true);
        assert_eq!((text(&all, '1'), text(&all, '3')), ("far", "a line"));
    }

    #[test]
    fn capitals_add_and_lines_stay_lines() {
        let mut all = Registers::default();
        all.yank(Some('a'), piece("one"));
        all.yank(Some('A'), piece(" more"));
        assert_eq!(all.get(None), Some(&piece("one more")));
        all.yank(Some('A'), piece("line$"));
        assert_eq!(all.get(Some('a')), Some(&piece("one more\nline$")));
        all.yank(Some('*'), piece("sent"));
        assert_eq!(text(&all, '+'), "sent");
    }
}
