//! The visible signs for characters that a terminal would act on instead of showing.
//!
//! Everything that comes from a server and is for people to read passes here, on a screen and in a
//! pipe: control characters (C0, DEL, C1) and the Unicode characters that change direction or have
//! no width. CSV, JSON and what is copied are for programs, and keep what the server sent.

use std::borrow::Cow;

/// The sign for NULL, wherever one is drawn.
pub const NULL: &str = "∅";
/// The sign that there is more text than is shown.
pub const MORE: &str = "…";

/// The sign shown in place of `ch`, or `None` where the character shows itself.
///
/// C0 controls get their picture from Unicode's "Control Pictures" block, except the two that
/// people meet daily and read faster as arrows: newline and tab.
#[must_use]
pub fn sign(ch: char) -> Option<char> {
    match ch {
        '\n' | '\u{2028}' | '\u{2029}' => Some('↵'),
        '\t' => Some('⇥'),
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(ch)),
        '\u{7f}' => Some('␡'),
        '\u{80}'..='\u{9f}' => Some('�'),
        // Direction marks and overrides could make a row read as another than it is.
        '\u{200e}'
        | '\u{200f}'
        | '\u{061c}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => Some('⇄'),
        // Of no width: shown, for two values that look alike must not be alike. What joins and
        // colours emoji too: terminals disagree on how many columns the result takes, and a row
        // that is drawn on a wrong guess is torn.
        '\u{200b}'..='\u{200d}'
        | '\u{2060}'
        | '\u{feff}'
        | '\u{ad}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{1f3fb}'..='\u{1f3ff}' => Some('·'),
        _ => None,
    }
}

/// `text` with every such character replaced by its sign; borrowed when there is none.
#[must_use]
pub fn visible_cow(text: &str) -> Cow<'_, str> {
    if text.chars().any(|ch| sign(ch).is_some()) {
        Cow::Owned(text.chars().map(|ch| sign(ch).unwrap_or(ch)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// [`visible_cow`], owned.
#[must_use]
pub fn visible(text: &str) -> String {
    visible_cow(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn newline_tab_and_escape_have_signs() {
        assert_eq!(visible("a\nb\tc\u{1b}[31m\u{7f}\u{9b}"), "a↵b⇥c␛[31m␡�");
    }

    #[test]
    fn plain_text_is_borrowed() {
        assert!(matches!(visible_cow("漢字 👍 é"), Cow::Borrowed(_)));
        assert_eq!(visible("👍🏽 👩\u{200d}👧"), "👍· 👩·👧");
    }

    proptest! {
        #[test]
        fn nothing_that_drives_a_terminal_is_left(text in any::<String>()) {
            prop_assert!(!visible(&text).chars().any(char::is_control));
        }
    }
}
