//! How long a statement may run (manual, 19.11.1, `statement_timeout`).

use std::fmt;

/// A limit in milliseconds, as the server takes it; nought is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timeout {
    millis: u32,
}

/// The units, largest first, with their milliseconds: those of the server's settings.
const UNITS: [(&str, u32); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("min", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

impl Timeout {
    /// Reads `30s`, `500ms`, `2 min`, `1h`, `1d`, or `0` for none.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(typed: &str) -> Result<Self, String> {
        let typed = typed.trim();
        if typed == "none" || typed.parse() == Ok(0_u32) {
            return Ok(Self::default());
        }
        let wrong = || format!("{typed} is no time: type 30s, 500ms, 2min, or 0 for no limit");
        let end = typed.find(|ch: char| !ch.is_ascii_digit());
        let (number, unit) = typed.split_at(end.ok_or_else(wrong)?);
        let number: u32 = number.parse().map_err(|_| wrong())?;
        let unit = UNITS.iter().find(|(name, _)| *name == unit.trim());
        let (_, millis) = unit.ok_or_else(wrong)?;
        // What the server can hold is half of what fits here.
        let millis = number.checked_mul(*millis);
        match millis.filter(|millis| i32::try_from(*millis).is_ok()) {
            Some(millis) => Ok(Self { millis }),
            None => Err(format!("{typed} is too long: the most is 24 days")),
        }
    }

    /// The limit in milliseconds, where there is one.
    #[must_use]
    pub fn millis(self) -> Option<u32> {
        (self.millis > 0).then_some(self.millis)
    }

    /// What sets it for a session.
    #[must_use]
    pub fn sql(self) -> String {
        format!("SET statement_timeout = {}", self.millis)
    }
}

/// `30 s`, as it can be typed again.
impl fmt::Display for Timeout {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |(_, unit): &&(&str, u32)| self.millis.is_multiple_of(*unit);
        match UNITS.iter().find(whole) {
            Some((unit, millis)) if self.millis > 0 => {
                write!(out, "{} {unit}", self.millis / millis)
            }
            _ => write!(out, "none"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_the_server_reads_it() {
        for (typed, millis, shown) in [
            ("30s", 30_000, "30 s"),
            (" 500 ms", 500, "500 ms"),
            ("90s", 90_000, "90 s"),
            ("120s", 120_000, "2 min"),
            ("1d", 86_400_000, "1 d"),
            ("0", 0, "none"),
            ("none", 0, "none"),
        ] {
            assert_eq!(Timeout::parse(typed), Ok(Timeout { millis }), "{typed}");
            assert_eq!(Timeout { millis }.to_string(), shown);
            assert_eq!(Timeout::parse(shown), Ok(Timeout { millis }));
        }
        for typed in [
            "",
            "30",
            "s",
            "-1s",
            "30 seconds",
            "25d",
            "99999999999s",
            "1.5s",
        ] {
            assert!(Timeout::parse(typed).is_err(), "{typed}");
        }
    }
}
