//! Bytes that are ordered as the values are whose texts they are made of.

/// The bit that tells negative numbers: turned over, they come first.
const SIGN: u32 = 1 << 31;

/// The key of a value that was not understood: behind all that were.
pub(super) fn unknown(text: &str) -> Vec<u8> {
    [&[u8::MAX], text.as_bytes()].concat()
}

/// Bytes that are ordered as the days and times are that PostgreSQL writes so in ISO style (manual,
/// 8.5.2), as they are shown: of two that lie within the hour that a clock is set back, in which order is
/// not told. `2026-01-31`, `2026-01-31 13:00:00.5+01`, `0044-03-15 BC`, `infinity`.
pub(super) fn date(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    match text {
        "-infinity" => return Some(vec![0]),
        "infinity" => return Some(vec![2]),
        _ => {}
    }
    let (text, is_before_christ) = match text.strip_suffix(" BC") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
    let mut parts = day.split('-');
    let mut part = |least: usize| {
        let digits = parts.next()?;
        let is_one = digits.len() >= least && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_one.then(|| digits.parse::<i32>().ok()).flatten()
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let zone = time.find(['+', '-', 'Z']).unwrap_or(time.len());
    let mut clock = time[..zone].trim_end().split(':');
    let mut two = |most: u8| {
        let digits = clock.next().unwrap_or("00");
        let number = digits.parse::<u8>().ok()?;
        (digits.len() == 2 && number <= most).then_some(number)
    };
    let (hour, minute) = (two(24)?, two(59)?);
    let seconds = clock.next().unwrap_or("00");
    let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if second.len() != 2 || !is_digits(second) || !is_digits(fraction) || fraction.len() > 6 {
        return None;
    }
    // There was no year nought.
    let year = if is_before_christ { 1 - year } else { year };
    let mut key = vec![1];
    key.extend((year.cast_unsigned() ^ SIGN).to_be_bytes());
    key.extend([
        u8::try_from(month).ok()?,
        u8::try_from(day).ok()?,
        hour,
        minute,
    ]);
    key.push(second.parse().ok()?);
    key.extend(format!("{fraction:0<6}").bytes());
    Some(key)
}

/// Bytes that are ordered as the numbers are that PostgreSQL writes so (manual, 8.1): `-12.50`, `1e-7`,
/// `Infinity`, `NaN`, which is greater than all others. Nothing, if it is none.
pub(super) fn number(text: &str) -> Option<Vec<u8>> {
    const NEGATIVE: u8 = 1;
    const POSITIVE: u8 = 3;
    let text = text.trim();
    let (text, is_negative) = match text.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (text.strip_prefix('+').unwrap_or(text), false),
    };
    match text.to_ascii_lowercase().as_str() {
        "infinity" | "inf" => return Some(vec![if is_negative { 0 } else { 4 }]),
        "nan" => return Some(vec![5]),
        _ => {}
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + part.len() == 0 || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let digits: Vec<u8> = whole.bytes().chain(part.bytes()).collect();
    let Some(first) = digits.iter().position(|digit| *digit != b'0') else {
        return Some(vec![2]);
    };
    // How many digits stand before the point, once nought of them leads.
    let scale = i32::try_from(whole.len()).ok()?;
    let scale = scale.checked_sub(i32::try_from(first).ok()?)?;
    let scale = scale.checked_add(exponent)?;
    let last = digits.iter().rposition(|digit| *digit != b'0')?;
    let scale = scale.cast_unsigned() ^ SIGN;
    let mut key = vec![if is_negative { NEGATIVE } else { POSITIVE }];
    key.extend(scale.to_be_bytes());
    key.extend(&digits[first..=last]);
    if is_negative {
        // The larger it is without its sign, the smaller it is.
        key.push(0);
        for byte in &mut key[1..] {
            *byte = !*byte;
        }
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_that_are_written_otherwise_are_the_same() {
        let same = [
            ("0", "-0.00"),
            ("1e3", "1000.0"),
            ("-0.001", "-1E-3"),
            (".5", "0.50"),
        ];
        for (one, other) in same {
            assert_eq!(number(one), number(other), "{one}");
        }
        let order = [
            "-Infinity",
            "-1e30",
            "-10.5",
            "-10",
            "-0.5",
            "0",
            "1e-300",
            "0.05",
            "0.5",
            "9",
            "10",
            "123456789012345678901234567890",
            "123456789012345678901234567891",
            "1e300",
            "Infinity",
            "NaN",
        ];
        for pair in order.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        }
        for none in ["", "-", ".", "1.2.3", "$1", "1e", "e5", "0x10"] {
            assert_eq!(number(none), None, "{none}");
        }
    }

    #[test]
    fn days_and_times_are_ordered_as_they_are_shown() {
        let order = [
            "-infinity",
            "0044-03-15 BC",
            "0001-12-31 BC",
            "0001-01-01",
            "1999-12-31 23:59:59.999999",
            "2000-01-01",
            "2000-01-01 00:00:00.5+01",
            "2000-01-01 00:01",
            "2024-02-29 24:00:00",
            "10000-01-01",
            "infinity",
        ];
        for pair in order.windows(2) {
            assert!(date(pair[0]) < date(pair[1]), "{pair:?}");
        }
        assert_eq!(date("2024-01-31"), date("2024-01-31 00:00:00+00"));
        for none in [
            "",
            "2024-1-31",
            "31.01.2024",
            "2024-13-01",
            "2024-01-31 1:00",
            "banana",
        ] {
            assert_eq!(date(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn numbers_are_ordered_as_they_are(one in -1_000_000_000_i64..1_000_000_000, other in -1_000_000_000_i64..1_000_000_000,
                                           scale in 0_u32..6) {
            // The same digits with a point further to the left: compared without rounding.
            let written = |number: i64| {
                let ten = 10_u64.pow(scale);
                let sign = if number < 0 { "-" } else { "" };
                let digits = number.unsigned_abs();
                let width = scale as usize;
                format!("{sign}{}.{:0width$}", digits / ten, digits % ten)
            };
            let (one_key, other_key) = (number(&written(one)), number(&written(other)));
            prop_assert_eq!(one_key.cmp(&other_key), one.cmp(&other));
        }
    }
}
