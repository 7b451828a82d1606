//! The frame around every screen: the title line with the tabs, the line that says where one is,
//! and the line that says what can be done next.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{App, BREATH, Tone};
use crate::studio::keys::{Command, Scope, keymap};
use crate::studio::layer::ScreenId;
use crate::studio::theme::Role;
use crate::studio::widgets::{footer, pane, text};

/// Smaller than this there is no room to say anything.
const SMALLEST: (u16, u16) = (40, 8);
/// The columns before, between and after the two parts of the line that says where one is.
const AROUND: u16 = 4;

impl App {
    /// Draws everything.
    pub fn draw(&mut self, area: Rect, buffer: &mut Buffer) {
        self.dirty = false;
        self.behind = None;
        buffer.set_style(area, self.shared.theme.style(Role::Text));
        if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
            pane::empty(
                area,
                buffer,
                &self.shared.theme,
                &["Too small", "make it 80x24"],
            );
            return;
        }
        self.title(Rect { height: 1, ..area }, buffer);
        let body = Rect {
            y: area.y + 1,
            height: area.height - 3,
            ..area
        };
        self.screens[self.current].draw(body, buffer, &self.shared);
        self.position(
            Rect {
                y: area.bottom() - 2,
                height: 1,
                ..area
            },
            buffer,
        );
        self.footer(
            Rect {
                y: area.bottom() - 1,
                height: 1,
                ..area
            },
            buffer,
        );
        for dialog in &mut self.dialogs {
            dialog.layer.draw(body, buffer, &self.shared);
        }
    }

    fn title(&mut self, line: Rect, buffer: &mut Buffer) {
        let theme = &self.shared.theme;
        let names = ScreenId::ALL.iter().enumerate();
        let tabs: Vec<(ScreenId, String)> = names
            .map(|(at, (screen, name))| (*screen, format!(" {} {name} ", at + 1)))
            .collect();
        let width: u16 = tabs.iter().map(|(_, tab)| text::width(tab)).sum();
        let mut x = line.right().saturating_sub(width);
        self.tabs.clear();
        for (screen, tab) in &tabs {
            let here = *screen as usize == self.current;
            let role = if here { Role::Tab } else { Role::Dim };
            let end = text::put(buffer, x, line.y, width, tab, theme.style(role));
            self.tabs.push((Rect::new(x, line.y, end - x, 1), *screen));
            x = end;
        }
        let room = line.width.saturating_sub(width + 2);
        let (production, title) = if self.shared.guards.production {
            (" · production", Role::Error)
        } else {
            ("", Role::Title)
        };
        // What may be done here must be seen; what is connected to comes next, the version last.
        let (mode, version) = match &self.shared.catalog {
            None => (("", Role::Dim), String::new()),
            Some(catalog) => {
                let mode = match (self.shared.is_lost, catalog.read_only) {
                    (true, _) => (" · disconnected", Role::Error),
                    (false, true) => (" · read-only", Role::Warning),
                    (false, false) => (" · read-write", Role::Dim),
                };
                // A distribution's own name for its build says nothing here.
                let version = catalog.version.split(' ').next().unwrap_or_default();
                (mode, format!(" · PostgreSQL {version}"))
            }
        };
        let left = room.saturating_sub(text::width(mode.0) + text::width(production));
        let target = &self.shared.target;
        let style = theme.style(title);
        let mut x = text::put(buffer, line.x + 1, line.y, left, target, style);
        for (text, role) in [
            (production, Role::Error),
            mode,
            (version.as_str(), Role::Dim),
        ] {
            let room = (line.x + 1 + room).saturating_sub(x);
            if text::width(text) <= room {
                x = text::put(buffer, x, line.y, room, text, theme.style(role));
            }
        }
    }

    fn position(&self, line: Rect, buffer: &mut Buffer) {
        let theme = &self.shared.theme;
        let said = match (&self.toast, self.waiting.values().min()) {
            (Some(toast), _) => {
                let (sign, role) = match toast.tone {
                    Tone::Good => ("✓", Role::Good),
                    Tone::Warning => ("!", Role::Warning),
                    Tone::Error => ("✗", Role::Error),
                };
                Some((format!("{sign} {}", toast.text), role))
            }
            (None, Some(since)) if self.now.duration_since(*since) >= BREATH => {
                let seconds = self.now.duration_since(*since).as_secs();
                let sign = text::moving(self.shared.tick);
                let keys = self
                    .shared
                    .keymap
                    .first_name(Command::Interrupt)
                    .unwrap_or_default();
                Some((
                    format!("{sign} waiting for the server, {seconds} s · {keys} cancels"),
                    Role::Accent,
                ))
            }
            _ => None,
        };
        let taken = said.as_ref().map_or(0, |(words, _)| text::width(words));
        let room = line.width.saturating_sub(taken.saturating_add(AROUND));
        let (left, right) = self.screens[self.current].position(&self.shared, room);
        // What has just happened matters more than where one is.
        let (right, role) = said.unwrap_or((right, Role::Dim));
        let right_width = text::width(&right).min(line.width.saturating_sub(2));
        let x = line.right().saturating_sub(right_width + 1);
        let room = x.saturating_sub(line.x + AROUND - 1);
        text::put(
            buffer,
            line.x + 1,
            line.y,
            room,
            &left,
            theme.style(Role::Dim),
        );
        text::put(buffer, x, line.y, right_width, &right, theme.style(role));
    }

    fn footer(&mut self, line: Rect, buffer: &mut Buffer) {
        let theme = &self.shared.theme;
        let keymap = &self.shared.keymap;
        if !self.strokes.is_empty() {
            let hints: Vec<(Command, String, &str)> = self
                .chord
                .iter()
                .map(|(keys, command)| (*command, keys.clone(), command.spec().title))
                .collect();
            let typed: Vec<String> = self.strokes.iter().map(ToString::to_string).collect();
            let x = text::put(
                buffer,
                line.x + 1,
                line.y,
                12,
                &format!("{} …", typed.join(" ")),
                theme.style(Role::Accent),
            );
            let rest = Rect {
                x: x + 1,
                width: line.right().saturating_sub(x + 1),
                ..line
            };
            self.hints = footer::draw(rest, buffer, theme, &hints);
            return;
        }
        let scopes = self.scopes();
        let typing = self.top().is_typing();
        // What esc does elsewhere is less than what there is no room for then.
        let is_form = scopes.contains(&Scope::Record);
        let closes = is_form || !self.dialogs.is_empty() || scopes.contains(&Scope::List);
        let hint = |scope: &Scope| {
            keymap::footer(std::slice::from_ref(scope))
                .filter(|(spec, _)| closes || spec.command != Command::Close)
                .filter(|(spec, _)| self.enabled(spec.command).is_ok())
                .filter_map(|(spec, word)| {
                    let keys = keymap.names_in(spec.command, &scopes, typing).next()?;
                    Some((spec.command, keys, word))
                })
                .collect::<Vec<_>>()
        };
        // Those of the place are on the left, those of the whole studio on the right.
        let (general, near): (Vec<_>, Vec<_>) =
            scopes.iter().partition(|scope| **scope == Scope::Studio);
        let general: Vec<_> = general.into_iter().flat_map(hint).collect();
        let mut near: Vec<_> = near.into_iter().flat_map(hint).collect();
        // How to leave a form, which has no other way out, comes before all; then how to go back to
        // where one came from.
        let in_rows = scopes.contains(&Scope::Grid);
        near.sort_by_key(|(command, ..)| match command {
            Command::Close if is_form => 0,
            Command::Back if in_rows => 1,
            _ => 2,
        });
        let is_lost = self.shared.is_lost && self.dialogs.is_empty() && !typing;
        if let Some(keys) = keymap.first_name(Command::Reload).filter(|_| is_lost) {
            near.insert(0, (Command::Reload, keys, "connect again"));
        }
        let width = |hints: &[(Command, String, &str)]| -> u16 {
            hints
                .iter()
                .map(|(_, key, word)| text::width(key) + text::width(word) + 4)
                .sum()
        };
        let left = width(&near).min(line.width);
        // The first ones are the ones to keep: help, then the palette.
        let mut kept = general;
        while kept.len() > 1 && left + width(&kept) > line.width {
            kept.pop();
        }
        kept.reverse();
        let right = width(&kept);
        let x = line.right().saturating_sub(right);
        let mut placed = footer::draw(
            Rect {
                x,
                width: right,
                ..line
            },
            buffer,
            theme,
            &kept,
        );
        let near_area = Rect {
            width: line.width.saturating_sub(right),
            ..line
        };
        placed.extend(footer::draw(near_area, buffer, theme, &near));
        self.hints = placed;
    }
}
