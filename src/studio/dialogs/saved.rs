//! The saved queries: found by their names, by what they are for and by what is in them; looked at,
//! taken into a console, renamed and deleted.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::data::saved::{SavedQuery, Shelf, ShelfOrder};
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Answer, Cx, Effect, Layer, Prompt, Purpose, Refusal, Route, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::input::Line;
use crate::studio::widgets::list::ListState;
use crate::studio::widgets::{pane, text};

const WIDTH: u16 = 110;

/// The dialog.
#[derive(Default)]
pub struct SavedDialog {
    input: Line,
    list: ListState,
    area: Rect,
    /// The query that is being renamed.
    renamed: Option<String>,
}

/// The queries that have what is typed in their name, then those that have it elsewhere; where none
/// has, those that have its letters in order.
fn found<'a>(held: &'a Shelf, typed: &str) -> Vec<&'a SavedQuery> {
    let small = typed.trim().to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&small);
    let in_name = |query: &&SavedQuery| has(&query.name);
    let inside = |query: &&SavedQuery| !in_name(query) && (has(&query.about) || has(&query.sql));
    let queries = || held.queries.iter();
    let found: Vec<&SavedQuery> = queries()
        .filter(in_name)
        .chain(queries().filter(inside))
        .collect();
    if !found.is_empty() {
        return found;
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(&small, CaseMatching::Ignore, Normalization::Smart);
    let mut characters = Vec::new();
    let mut scored: Vec<(std::cmp::Reverse<u32>, usize)> = queries()
        .enumerate()
        .filter_map(|(at, query)| {
            let text = format!("{} {}", query.name, query.about);
            let text = Utf32Str::new(&text, &mut characters);
            Some((std::cmp::Reverse(pattern.score(text, &mut matcher)?), at))
        })
        .collect();
    scored.sort_unstable();
    let scored = scored.into_iter();
    scored.filter_map(|(_, at)| held.queries.get(at)).collect()
}

impl SavedDialog {
    fn shown<'a>(&self, shared: &'a Shared) -> Vec<&'a SavedQuery> {
        let held = shared.shelf.as_ref();
        held.map_or_else(Vec::new, |held| found(held, self.input.text()))
    }

    fn chosen<'a>(&self, shared: &'a Shared) -> Option<&'a SavedQuery> {
        self.shown(shared).get(self.list.cursor).copied()
    }

    fn choose(&self, cx: &mut Cx<'_>) {
        if let Some(query) = self.chosen(cx.shared) {
            let answer = Answer::Statement(query.sql.clone());
            cx.ask(Effect::Answer(Box::new(answer)));
        }
    }

    /// In a console of its own, which is saved to the query's file.
    fn open(&self, cx: &mut Cx<'_>) {
        let folder = cx.shared.shelf.as_ref().map(|held| &held.folder);
        if let (Some(query), Some(folder)) = (self.chosen(cx.shared), folder) {
            let path = format!("{folder}/{}.sql", query.name);
            let answer = Answer::Typed(Purpose::Load, path);
            cx.ask(Effect::Answer(Box::new(answer)));
        }
    }

    fn ask_to_delete(&self, cx: &mut Cx<'_>) {
        let Some(query) = self.chosen(cx.shared) else {
            return;
        };
        cx.open(Route::Confirm {
            question: format!("Delete the saved query {}? Its file goes.", query.name),
            yes: Effect::Shelf(ShelfOrder::Remove(query.name.clone())),
            no: None,
        });
    }

    fn ask_name(&mut self, cx: &mut Cx<'_>) {
        let Some(query) = self.chosen(cx.shared) else {
            return;
        };
        self.renamed = Some(query.name.clone());
        cx.open(Route::Prompt(Prompt {
            title: format!("Rename {}", query.name),
            hint: "another name".to_owned(),
            text: query.name.clone(),
            wrong: None,
            purpose: Purpose::Rename,
        }));
    }

    fn draw_list(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let queries = self.shown(shared);
        let range = self.list.visible(queries.len(), area.height);
        for (at, y) in range.zip(area.y..) {
            let Some(query) = queries.get(at) else { break };
            let role = if at == self.list.cursor {
                Role::Cursor
            } else {
                Role::Text
            };
            let line = Rect {
                y,
                height: 1,
                ..area
            };
            buffer.set_style(line, theme.style(role));
            let name = theme.style(role);
            let end = text::put(buffer, line.x + 1, y, line.width / 2, &query.name, name);
            let about = query.about.lines().next().unwrap_or_default();
            let dim = if role == Role::Cursor {
                role
            } else {
                Role::Hint
            };
            let x = end.max(line.x + line.width / 3) + 2;
            let room = line.right().saturating_sub(x + 1);
            text::put(buffer, x, y, room, about, theme.style(dim));
        }
    }

    /// What the query is for, and its text.
    fn draw_preview(&self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let Some(query) = self.chosen(shared) else {
            return;
        };
        let rule = "─".repeat(usize::from(area.width));
        let dim = theme.style(Role::Border);
        text::put(buffer, area.x, area.y, area.width, &rule, dim);
        let (x, room) = (area.x + 1, area.width.saturating_sub(2));
        let about = pane::wrapped(&query.about, room);
        let about = about.iter().map(|line| (line.as_str(), Role::Dim));
        let sql = query.sql.lines().map(|line| (line, Role::Text));
        for ((line, role), y) in about.chain(sql).zip(area.y + 1..area.bottom()) {
            text::put(buffer, x, y, room, line, theme.style(role));
        }
    }
}

impl Layer for SavedDialog {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Saved, Scope::List]
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn enabled(&self, command: Command, shared: &Shared) -> Result<(), Refusal> {
        let is_about_one = command == Command::Choose || command.spec().scope == Scope::Saved;
        if is_about_one && self.chosen(shared).is_none() {
            return Err("there is no query here".into());
        }
        Ok(())
    }

    fn on_open(&mut self, cx: &mut Cx<'_>) {
        cx.ask(Effect::Shelf(ShelfOrder::Read));
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        let len = self.shown(cx.shared).len();
        let page = isize::try_from(self.area.height.max(1)).unwrap_or(1);
        match command {
            Command::Close => cx.ask(Effect::Pop),
            Command::ListUp => self.list.step(-1, len),
            Command::ListDown => self.list.step(1, len),
            Command::ListPageUp => self.list.step(-page, len),
            Command::ListPageDown => self.list.step(page, len),
            Command::Choose => self.choose(cx),
            Command::SavedOpen => self.open(cx),
            Command::SavedRename => self.ask_name(cx),
            Command::SavedDelete => self.ask_to_delete(cx),
            Command::Copy => {
                if let Some(query) = self.chosen(cx.shared) {
                    let what = format!("the query {}", query.name);
                    cx.ask(Effect::Copy(query.sql.clone(), what));
                }
            }
            _ => {}
        }
    }

    fn on_key(&mut self, key: &KeyEvent, _: &mut Cx<'_>) {
        if self.input.key(key) {
            self.list = ListState::default();
        }
    }

    fn on_paste(&mut self, pasted: &str, _: &mut Cx<'_>) {
        self.input.paste(pasted);
        self.list = ListState::default();
    }

    fn on_answer(&mut self, answer: Answer, cx: &mut Cx<'_>) {
        if let (Answer::Typed(Purpose::Rename, to), Some(from)) = (answer, self.renamed.take()) {
            let to = to.trim().to_owned();
            cx.ask(Effect::Shelf(ShelfOrder::Rename { from, to }));
        }
    }

    fn on_mouse(&mut self, event: MouseEvent, cx: &mut Cx<'_>) {
        let len = self.shown(cx.shared).len();
        let at = (event.column, event.row);
        match event.kind {
            MouseEventKind::ScrollDown => self.list.step(3, len),
            MouseEventKind::ScrollUp => self.list.step(-3, len),
            MouseEventKind::Down(MouseButton::Left) if self.area.contains(at.into()) => {
                let line = self.list.line_at(event.row, self.area.y);
                if line == self.list.cursor {
                    self.choose(cx);
                } else if line < len {
                    self.list.cursor = line;
                }
            }
            _ => {}
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let frame = pane::centered(area, WIDTH, area.height * 4 / 5);
        let folder = shared.shelf.as_ref().map(|held| held.folder.as_str());
        let folder = text::middle(folder.unwrap_or_default(), frame.width / 2);
        let inner = pane::popup(frame, buffer, theme, "Saved queries", &folder);
        let x = text::put(
            buffer,
            inner.x + 1,
            inner.y,
            2,
            "/ ",
            theme.style(Role::Hint),
        );
        let line = Rect {
            x,
            width: inner.right().saturating_sub(x + 1),
            height: 1,
            ..inner
        };
        self.input.draw(
            line,
            buffer,
            theme,
            true,
            "a name, what it is for, or what is in it",
        );
        let unread = shared.shelf.iter().flat_map(|held| &held.unread);
        let unread: Vec<&String> = unread.collect();
        let mut bottom = inner.bottom();
        if let Some(first) = unread.first() {
            bottom -= 1;
            let more = match unread.len() {
                1 => String::new(),
                count => format!(", and {} more", count - 1),
            };
            let said = format!("✗ not read: {first}{more}");
            let room = inner.width.saturating_sub(2);
            text::put(
                buffer,
                inner.x + 1,
                bottom,
                room,
                &said,
                theme.style(Role::Error),
            );
        }
        let room = bottom.saturating_sub(inner.y + 1);
        let queries = u16::try_from(self.shown(shared).len()).unwrap_or(u16::MAX);
        self.area = Rect {
            y: inner.y + 1,
            height: queries.max(1).min(room / 2),
            ..inner
        };
        let below = Rect {
            y: self.area.bottom(),
            height: bottom.saturating_sub(self.area.bottom()),
            ..inner
        };
        let words: &[&str] = match &shared.shelf {
            None => &["Reading the folder …"],
            Some(held) if held.queries.is_empty() => &[
                "No query is kept yet.",
                "alt-k in the text of a console keeps one, for everybody who uses the folder.",
            ],
            Some(_) if queries == 0 => &["Nothing matches."],
            Some(_) => {
                self.draw_list(self.area, buffer, shared);
                return self.draw_preview(below, buffer, shared);
            }
        };
        pane::empty(below, buffer, theme, words);
    }
}
