//! The one error that people see.
//!
//! A [`Fault`] says what happened, to what, why, and what to do about it. Every room below the
//! terminal returns it; the terminal, the command line and JSON output each render it in their own
//! way. It may name no other room than the signs, and it must never hold a password.

use std::fmt;

use crate::glyphs::visible;

/// Anything that went wrong, in words for the person in front of the screen.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
pub struct Fault {
    /// What happened, to what: one line, no full stop.
    pub what: String,
    /// Why, as far as it is known; a server's detail goes here.
    pub why: Option<String>,
    /// The five-character SQLSTATE (PostgreSQL manual, appendix A), when a server answered.
    pub sqlstate: Option<String>,
    /// The server's own hint.
    pub hint: Option<String>,
    /// Where in the statement, in characters counted from 1, as the server reports it.
    pub position: Option<u32>,
    /// The line of the statement that it points at, for who shows the statement nowhere.
    pub place: Option<String>,
    /// What to do now.
    pub remedy: Option<String>,
    /// The column it is about, where the server names one.
    pub column: Option<String>,
    /// The constraint it is about, where the server names one.
    pub constraint: Option<String>,
    /// Whether there is no connection any more, or none was had.
    pub is_lost: bool,
}

/// What every fallible function of dbkeep returns.
pub type Outcome<T> = Result<T, Fault>;

impl Fault {
    /// A fault with only its first line.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            ..Self::default()
        }
    }

    /// That a person had it stopped: SQLSTATE 57014, as the server says it.
    #[must_use]
    pub fn cancelled() -> Self {
        Self {
            sqlstate: Some("57014".to_owned()),
            ..Self::new("Cancelled")
        }
    }

    /// Adds the reason.
    #[must_use]
    pub fn because(mut self, why: impl fmt::Display) -> Self {
        self.why = Some(why.to_string());
        self
    }

    /// Adds what the person can do.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Whether the server stopped the statement because it was asked to or ran out of its
    /// deadline (SQLSTATE 57014).
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.sqlstate.as_deref() == Some("57014")
    }
}

/// The lines of a fault as a command line prints them; control characters are made visible, for
/// an error message can quote data.
impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", visible(&self.what))?;
        if let Some(state) = &self.sqlstate {
            write!(out, " (SQLSTATE {state})")?;
        }
        let parts = [
            ("at", &self.place),
            ("because", &self.why),
            ("hint", &self.hint),
            ("to do", &self.remedy),
        ];
        for (label, text) in parts {
            if let Some(text) = text {
                for (number, line) in text.lines().enumerate() {
                    let label = if number == 0 {
                        format!("{label}:")
                    } else {
                        String::new()
                    };
                    write!(out, "\n  {label:<8} {}", visible(line))?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_shown_on_a_line_of_its_own() {
        let fault = Fault {
            sqlstate: Some("28P01".into()),
            hint: Some("look".into()),
            ..Fault::new("no entry")
                .because("wrong password")
                .remedy("try another\nor ask")
        };
        assert_eq!(
            fault.to_string(),
            "no entry (SQLSTATE 28P01)\n  because: wrong password\n  hint:    look\n  to do:   try another\n           or ask"
        );
    }

    #[test]
    fn a_message_cannot_drive_the_terminal() {
        let shown = Fault::new("bad value \u{1b}[2J")
            .because("\u{7}")
            .to_string();
        assert!(
            !shown.contains('\u{1b}') && !shown.contains('\u{7}'),
            "{shown:?}"
        );
    }
}
