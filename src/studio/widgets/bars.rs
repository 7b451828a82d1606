//! Bars of block characters, and shares in words.

/// The eighths of a cell.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// A bar for `part` of `whole` where the whole is `room` cells wide. What is there at all is seen.
#[must_use]
pub fn bar(part: u64, whole: u64, room: u16) -> String {
    if part == 0 || whole == 0 {
        return String::new();
    }
    let most = u128::from(room) * 8;
    let eighths = u128::from(part.min(whole)) * most / u128::from(whole);
    let eighths = usize::try_from(eighths.max(1)).unwrap_or(0);
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// A share as people read it: `31 %`, `0.4 %`.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    let thousandths = u128::from(part) * 1_000 / u128::from(whole.max(1));
    match thousandths {
        0 if part > 0 => "< 0.1 %".to_owned(),
        0 => "0 %".to_owned(),
        1..100 => format!("{}.{} %", thousandths / 10, thousandths % 10),
        _ => format!("{} %", thousandths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share_and_never_nothing() {
        assert_eq!(bar(4, 8, 4), "██");
        assert_eq!(bar(5, 8, 2), "█▎");
        assert_eq!(bar(1, 1_000_000, 10), "▏");
        assert_eq!(bar(0, 8, 4), "");
        assert_eq!(bar(9, 8, 2), "██");
        assert_eq!(bar(u64::MAX, u64::MAX, 3), "███");
    }

    #[test]
    fn shares_have_two_digits_at_most() {
        let cases = [
            (1, 3, "33 %"),
            (1, 250, "0.4 %"),
            (1, 5_000, "< 0.1 %"),
            (0, 5, "0 %"),
            (5, 5, "100 %"),
            (0, 0, "0 %"),
        ];
        for (part, whole, wanted) in cases {
            assert_eq!(percent(part, whole), wanted);
        }
    }
}
