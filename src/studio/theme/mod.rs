//! Themes: what each part of a screen looks like, by its meaning. A theme is a TOML file that
//! gives every [`Role`] a style such as `"#c8d3f5 on #222436 bold"`.

use ratatui::style::{Color, Modifier, Style};

use crate::fault::{Fault, Outcome};

macro_rules! roles {
    ($($name:ident = $key:literal, $doc:literal;)*) => {
        /// What a part of the screen means.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Role { $(#[doc = $doc] $name),* }

        const ROLES: &[(Role, &str)] = &[$((Role::$name, $key)),*];
    };
}

roles! {
    Text = "text", "Data, and everything else that is read.";
    Dim = "dim", "Facts about data: types, counts, times.";
    Accent = "accent", "The one colour that leads the eye.";
    Border = "border", "A pane's border.";
    Focus = "focus", "The border of the pane that takes the keys.";
    Title = "title", "The name of a pane, a heading.";
    Tab = "tab", "The tab of the screen that is shown.";
    Cursor = "cursor", "The cell or line under the cursor.";
    Trace = "trace", "The cursor's line, and where it would be in a pane without the focus.";
    Key = "key", "The sign of a key column.";
    Null = "null", "NULL, and signs for characters that cannot be shown.";
    Hint = "hint", "A key in the footer.";
    Good = "good", "Done.";
    Warning = "warning", "Mind this.";
    Error = "error", "Failed.";
    Match = "match", "The letters that a search found.";
    Selection = "selection", "What is selected in a text.";
}

/// Every role's style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Its name.
    pub name: String,
    styles: Vec<Style>,
}

/// The themes that come with dbkeep.
const BUILT_IN: [(&str, &str); 4] = [
    ("dark", include_str!("../../../assets/themes/dark.toml")),
    ("light", include_str!("../../../assets/themes/light.toml")),
    (
        "contrast",
        include_str!("../../../assets/themes/contrast.toml"),
    ),
    (
        "sixteen",
        include_str!("../../../assets/themes/sixteen.toml"),
    ),
];

impl Theme {
    /// The themes that come with dbkeep.
    ///
    /// # Errors
    /// As [`Self::parse`], which a test rules out.
    pub fn built_in() -> Outcome<Vec<Self>> {
        let themes = BUILT_IN.iter();
        themes.map(|(name, text)| Self::parse(name, text)).collect()
    }

    /// The name of the theme that suits a terminal nobody chose one for: true colour only where
    /// the terminal says that it has it.
    #[must_use]
    pub fn suited(colorterm: Option<&str>) -> &'static str {
        match colorterm {
            Some("truecolor" | "24bit") => "dark",
            _ => "sixteen",
        }
    }

    /// Reads a theme file.
    ///
    /// # Errors
    /// What is wrong, with the line.
    pub fn parse(name: &str, text: &str) -> Outcome<Self> {
        let wrong =
            |why: String| Fault::new(format!("The theme {name} cannot be used")).because(why);
        let table: toml::Table = text
            .parse()
            .map_err(|error: toml::de::Error| wrong(error.to_string()))?;
        let mut styles = vec![Style::new(); ROLES.len()];
        for (role, key) in ROLES {
            let value = table
                .get(*key)
                .and_then(toml::Value::as_str)
                .ok_or_else(|| wrong(format!("{key} is missing")))?;
            styles[*role as usize] = style(value).map_err(|why| wrong(format!("{key}: {why}")))?;
        }
        if let Some(key) = table
            .keys()
            .find(|key| ROLES.iter().all(|(_, known)| known != key))
        {
            return Err(wrong(format!("{key} is no role")));
        }
        Ok(Self {
            name: name.to_owned(),
            styles,
        })
    }

    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    /// The same theme with frames that warn; which one has the focus is still told by its weight.
    #[must_use]
    pub fn alarming(mut self) -> Self {
        let error = self.style(Role::Error);
        for (role, modifier) in [(Role::Border, Modifier::DIM), (Role::Focus, Modifier::BOLD)] {
            self.styles[role as usize] = error.add_modifier(modifier);
        }
        self
    }

    /// The style of a role on the ground of another: a sign on the cursor's line.
    #[must_use]
    pub fn on(&self, role: Role, ground: Role) -> Style {
        let (style, ground) = (self.style(role), self.style(ground));
        Style {
            bg: ground.bg,
            add_modifier: style.add_modifier | ground.add_modifier,
            ..style
        }
    }

    /// The same theme by weight alone: what had a background of its own is reversed.
    #[must_use]
    pub fn without_colors(self) -> Self {
        let ground = self.style(Role::Text).bg;
        let styles = self.styles.iter().map(|style| {
            let mut plain = Style::new().add_modifier(style.add_modifier);
            if style.bg.is_some() && style.bg != ground {
                plain = plain.add_modifier(Modifier::REVERSED);
            }
            plain
        });
        let mut theme = Self {
            styles: styles.collect(),
            ..self
        };
        for (role, modifier) in [
            (Role::Trace, Modifier::UNDERLINED),
            (Role::Dim, Modifier::DIM),
            (Role::Border, Modifier::DIM),
            (Role::Focus, Modifier::BOLD),
        ] {
            theme.styles[role as usize] = Style::new().add_modifier(modifier);
        }
        theme
    }
}

/// `"blue on #112233 bold italic"`: any part may be missing.
fn style(text: &str) -> Result<Style, String> {
    let mut style = Style::new();
    let mut ground = false;
    for word in text.split_whitespace() {
        style = match word {
            "on" => {
                ground = true;
                continue;
            }
            "bold" => style.add_modifier(Modifier::BOLD),
            "italic" => style.add_modifier(Modifier::ITALIC),
            "underlined" => style.add_modifier(Modifier::UNDERLINED),
            "reversed" => style.add_modifier(Modifier::REVERSED),
            "dim" => style.add_modifier(Modifier::DIM),
            word => {
                let color: Color = word
                    .parse()
                    .map_err(|_| format!("\"{word}\" is no colour"))?;
                if ground {
                    style.bg(color)
                } else {
                    style.fg(color)
                }
            }
        };
    }
    Ok(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_is_whole_with_and_without_colours() {
        let Ok(themes) = Theme::built_in() else {
            unreachable!("{:?}", Theme::built_in())
        };
        assert_eq!(themes.len(), BUILT_IN.len());
        for theme in themes {
            let plain = theme.without_colors();
            let colored = |style: &Style| style.fg.is_some() || style.bg.is_some();
            assert!(!plain.styles.iter().any(colored), "{}", plain.name);
        }
    }

    #[test]
    fn a_bad_theme_says_what_is_wrong() {
        let why = |text| {
            Theme::parse("mine", text)
                .err()
                .and_then(|fault| fault.why)
                .unwrap_or_default()
        };
        assert!(why("text = 3").contains("text is missing"));
        assert!(why("text = \"pinkish\"").contains("pinkish"));
        assert!(why("text = \"").contains("line 1"));
    }
}
