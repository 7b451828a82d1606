//! Finding a text that was typed: capitals count only where some were typed.

use std::ops::Range;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle {
    typed: String,
    letters: Vec<char>,
    exact: bool,
}

impl Needle {
    /// Looks for what was typed; nothing was typed, nothing is looked for.
    #[must_use]
    pub fn new(typed: &str) -> Option<Self> {
        let exact = typed.chars().any(char::is_uppercase);
        let letters: Vec<char> = typed.chars().collect();
        let typed = typed.to_owned();
        (!letters.is_empty()).then_some(Self {
            typed,
            letters,
            exact,
        })
    }

    /// What was typed.
    #[must_use]
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// Whether capitals count.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// Where it first is in `text`.
    #[must_use]
    pub fn first(&self, text: &str) -> Option<Range<usize>> {
        let mut places = text.char_indices();
        places.find_map(|(at, _)| self.at(text, at))
    }

    /// Where it last is in `text`.
    #[must_use]
    pub fn last(&self, text: &str) -> Option<Range<usize>> {
        let mut places = text.char_indices().rev();
        places.find_map(|(at, _)| self.at(text, at))
    }

    /// Every place where it is in `text`, none of which meet.
    #[must_use]
    pub fn all(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(next) = self.first(&text[from..]) {
            found.push(from + next.start..from + next.end);
            from += next.end;
        }
        found
    }

    fn at(&self, text: &str, at: usize) -> Option<Range<usize>> {
        let mut rest = text[at..].char_indices();
        for wanted in &self.letters {
            let (_, found) = rest.next()?;
            if found != *wanted && (self.exact || !same(found, *wanted)) {
                return None;
            }
        }
        Some(at..at + rest.offset())
    }
}

fn same(one: char, other: char) -> bool {
    one.to_lowercase().eq(other.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn capitals_count_only_where_some_were_typed() {
        let found = |typed: &str, text: &str| Needle::new(typed).map(|needle| needle.all(text));
        assert_eq!(found("näh", "NÄHE nähe"), Some(vec![0..4, 6..10]));
        assert_eq!(found("Näh", "NÄHE Nähe Näh"), Some(vec![6..10, 12..16]));
        assert_eq!(found("aa", "aaaaa"), Some(vec![0..2, 2..4]));
        assert_eq!(found("", "text"), None);
    }

    proptest! {
        #[test]
        fn what_is_in_a_text_is_found(before in ".{0,8}", typed in ".{1,4}", after in ".{0,8}") {
            let text = format!("{before}{typed}{after}");
            let needle = Needle::new(&typed);
            let first = needle.as_ref().and_then(|needle| needle.first(&text));
            let last = needle.as_ref().and_then(|needle| needle.last(&text));
            prop_assert!(first.is_some_and(|place| place.start <= before.len()));
            prop_assert!(last.is_some_and(|place| place.start >= before.len()));
        }
    }
}
