//! One press of a key, and its name: `ctrl-p`, `shift-tab`, `G`, `f5`.

use std::fmt;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with the modifiers that count. Shift is part of a letter, and only named beside keys that
/// have no other sign of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stroke {
    code: KeyCode,
    modifiers: KeyModifiers,
}

const NAMED: [(&str, KeyCode); 15] = [
    ("esc", KeyCode::Esc),
    ("enter", KeyCode::Enter),
    ("tab", KeyCode::Tab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
];

impl Stroke {
    /// The stroke of an event of the terminal.
    #[must_use]
    pub fn of(event: &KeyEvent) -> Self {
        let mut modifiers =
            event.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
        let code = match event.code {
            KeyCode::BackTab => {
                modifiers |= KeyModifiers::SHIFT;
                KeyCode::Tab
            }
            KeyCode::Char(letter) => {
                modifiers -= KeyModifiers::SHIFT;
                KeyCode::Char(letter)
            }
            other => other,
        };
        Self { code, modifiers }
    }

    /// Reads a name.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(name: &str) -> Result<Self, String> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = name;
        loop {
            let (modifier, after) = if let Some(after) = rest.strip_prefix("ctrl-") {
                (KeyModifiers::CONTROL, after)
            } else if let Some(after) = rest.strip_prefix("alt-") {
                (KeyModifiers::ALT, after)
            } else if let Some(after) = rest.strip_prefix("shift-") {
                (KeyModifiers::SHIFT, after)
            } else {
                break;
            };
            modifiers |= modifier;
            rest = after;
        }
        let mut letters = rest.chars();
        let code = match (letters.next(), letters.next()) {
            (Some(letter), None) => KeyCode::Char(letter),
            _ => match NAMED.iter().find(|(known, _)| *known == rest) {
                Some((_, code)) => *code,
                None => function_key(rest).ok_or_else(|| {
                    format!("\"{name}\" is no key; write ctrl-p, shift-tab, f5, G")
                })?,
            },
        };
        if matches!(code, KeyCode::Char(letter) if letter != ' ')
            && modifiers.contains(KeyModifiers::SHIFT)
        {
            return Err(format!(
                "\"{name}\": write the capital letter instead of shift-"
            ));
        }
        Ok(Self { code, modifiers })
    }

    /// Whether it types a character.
    #[must_use]
    pub fn is_typed(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && self.modifiers.is_empty()
    }
}

fn function_key(name: &str) -> Option<KeyCode> {
    let number: u8 = name.strip_prefix('f')?.parse().ok()?;
    (1..=12).contains(&number).then_some(KeyCode::F(number))
}

impl fmt::Display for Stroke {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, name) in [
            (KeyModifiers::CONTROL, "ctrl-"),
            (KeyModifiers::ALT, "alt-"),
            (KeyModifiers::SHIFT, "shift-"),
        ] {
            if self.modifiers.contains(modifier) {
                out.write_str(name)?;
            }
        }
        match self.code {
            KeyCode::F(number) => write!(out, "f{number}"),
            code => match (NAMED.iter().find(|(_, known)| *known == code), code) {
                (Some((name, _)), _) => out.write_str(name),
                (None, KeyCode::Char(letter)) => write!(out, "{letter}"),
                _ => out.write_str("?"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for name in [
            "esc",
            "ctrl-p",
            "shift-tab",
            "G",
            "f12",
            "space",
            "?",
            "-",
            "alt-enter",
            "ctrl-space",
        ] {
            assert_eq!(
                Stroke::parse(name).map(|key| key.to_string()),
                Ok(name.to_owned())
            );
        }
        for name in ["", "f13", "hyper-x", "shift-a", "ctrl-"] {
            assert!(Stroke::parse(name).is_err(), "{name}");
        }
    }

    #[test]
    fn what_the_terminal_sends_is_what_the_name_says() {
        let sent = |code, modifiers| Stroke::of(&KeyEvent::new(code, modifiers)).to_string();
        assert_eq!(sent(KeyCode::BackTab, KeyModifiers::SHIFT), "shift-tab");
        assert_eq!(sent(KeyCode::Char('G'), KeyModifiers::SHIFT), "G");
        assert_eq!(sent(KeyCode::Char('p'), KeyModifiers::CONTROL), "ctrl-p");
    }
}
