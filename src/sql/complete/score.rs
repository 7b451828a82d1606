//! How well what was typed fits a name.

/// How a name matches what was typed; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Match {
    /// By its beginning (0), by the beginnings of its words (1), by its letters in order (2).
    pub class: u8,
    /// The letters that were not typed; where only letters in order match, those between them.
    pub gap: usize,
}

/// Matches a name, whatever the case of its letters. `typed` is in small letters.
pub(super) fn matched(typed: &[char], name: &str) -> Option<Match> {
    if typed.is_empty() {
        return Some(Match { class: 0, gap: 0 });
    }
    // Letters that are not there in order begin no word either; most names are done with here.
    let mut letters = name.chars().map(one_small);
    if !typed.iter().all(|ch| letters.any(|letter| letter == *ch)) {
        return None;
    }
    let written: Vec<char> = name.chars().collect();
    // A letter whose small form is several stays what it is: it only has to be compared.
    let small: Vec<char> = written.iter().map(|ch| one_small(*ch)).collect();
    let rest = small.len().checked_sub(typed.len())?;
    if small.starts_with(typed) {
        return Some(Match {
            class: 0,
            gap: rest,
        });
    }
    let begins = |at: usize| is_word_start(&written, at);
    let by_words = (1..small.len())
        .filter(|at| begins(*at))
        .any(|at| small[at..].starts_with(typed));
    if by_words || initials(typed, &small, begins) {
        return Some(Match {
            class: 1,
            gap: rest,
        });
    }
    // Two letters are somewhere in most names.
    if typed.len() < 3 {
        return None;
    }
    scattered(typed, &small).map(|gap| Match { class: 2, gap })
}

/// The small form of a letter, where that is one letter.
pub(super) fn one_small(ch: char) -> char {
    let mut small = ch.to_lowercase();
    match (small.next(), small.next()) {
        (Some(one), None) => one,
        _ => ch,
    }
}

fn is_word_start(written: &[char], at: usize) -> bool {
    let Some((before, here)) = at
        .checked_sub(1)
        .and_then(|before| Some((written.get(before)?, written.get(at)?)))
    else {
        return true;
    };
    (!before.is_alphanumeric() && here.is_alphanumeric())
        || (before.is_lowercase() && here.is_uppercase())
}

/// Whether each letter goes on in a word or begins a later one: `ci`, `cuid` for `customer_id`.
fn initials(typed: &[char], small: &[char], begins: impl Fn(usize) -> bool) -> bool {
    let mut at = 0;
    for (number, ch) in typed.iter().enumerate() {
        let next = (at..small.len())
            .find(|place| small[*place] == *ch && ((*place == at && number > 0) || begins(*place)));
        let Some(found) = next else {
            return false;
        };
        at = found + 1;
    }
    true
}

/// The letters between those that were typed, where all of them are there in order.
fn scattered(typed: &[char], small: &[char]) -> Option<usize> {
    let mut first = None;
    let mut at = 0;
    for ch in typed {
        let found = at + small.get(at..)?.iter().position(|letter| letter == ch)?;
        first.get_or_insert(found);
        at = found + 1;
    }
    Some((at - first.unwrap_or(0)).saturating_sub(typed.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_better_than_words_and_words_than_letters() {
        for (typed, name, wanted) in [
            ("", "anything", Some((0, 0))),
            ("cus", "customer_id", Some((0, 8))),
            ("customer_id", "Customer_ID", Some((0, 0))),
            ("id", "customer_id", Some((1, 9))),
            ("ci", "customer_id", Some((1, 9))),
            ("cuid", "customer_id", Some((1, 7))),
            ("by", "ORDER BY", Some((1, 6))),
            ("ii", "orderItemId", Some((1, 9))),
            ("oii", "orderItemId", Some((1, 8))),
            ("cmd", "customer_id", Some((2, 8))),
            ("x", "abxc", None),
            ("xc", "abxc", None),
            ("bxc", "abxc", Some((2, 0))),
            ("longer", "long", None),
            ("é", "Été", Some((0, 2))),
        ] {
            let typed: Vec<char> = typed.chars().collect();
            let found = matched(&typed, name).map(|found| (found.class, found.gap));
            assert_eq!(found, wanted, "{} {name}", typed.iter().collect::<String>());
        }
    }
}
