//! A list to choose from, narrowed by typing: the palette, the keys, the themes, the log.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Cx, Effect, Layer, Refusal, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::input::Line;
use crate::studio::widgets::list::ListState;
use crate::studio::widgets::{pane, text};

/// One line to choose.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is.
    pub label: String,
    /// A fact about it, at the right.
    pub fact: String,
    /// What else it is found by.
    pub more: String,
    /// What choosing it does; the chooser closes first, unless something is opened over it.
    pub chosen: Result<Effect, String>,
    /// The heading it stands under while nothing is typed.
    pub heading: &'static str,
}

/// The dialog.
pub struct Chooser {
    title: String,
    empty: &'static str,
    items: Vec<Item>,
    shown: Vec<usize>,
    input: Line,
    list: ListState,
    area: Rect,
    width: u16,
    /// What comes of a line as soon as the cursor is on it; of none when it is closed.
    tried: Option<Try>,
}

type Try = Box<dyn Fn(Option<usize>) -> Effect + Send>;

impl Chooser {
    /// `empty` says what it means that there is nothing.
    #[must_use]
    pub fn new(title: &str, empty: &'static str, width: u16, items: Vec<Item>) -> Self {
        Self {
            title: title.to_owned(),
            empty,
            shown: (0..items.len()).collect(),
            items,
            input: Line::default(),
            list: ListState::default(),
            area: Rect::default(),
            width,
            tried: None,
        }
    }

    /// With what comes of an item as soon as the cursor is on it, and of none when nothing is chosen.
    #[must_use]
    pub fn trying(self, tried: impl Fn(Option<usize>) -> Effect + Send + 'static) -> Self {
        Self {
            tried: Some(Box::new(tried)),
            ..self
        }
    }

    /// Moves, and tries what the cursor comes to.
    fn step(&mut self, by: isize, cx: &mut Cx<'_>) {
        self.list.step(by, self.shown.len());
        self.try_out(cx);
    }

    fn try_out(&self, cx: &mut Cx<'_>) {
        if let (Some(tried), Some(&item)) = (&self.tried, self.shown.get(self.list.cursor)) {
            cx.ask(tried(Some(item)));
        }
    }

    fn close(&self, cx: &mut Cx<'_>) {
        cx.ask(Effect::Pop);
        if let Some(tried) = &self.tried {
            cx.ask(tried(None));
        }
    }

    /// Puts the cursor on a line.
    #[must_use]
    pub fn at(mut self, line: usize) -> Self {
        self.list.cursor = line;
        self
    }

    /// Another fact about a line, where it still has the one that waits for it.
    pub fn settle_fact(&mut self, item: usize, waiting: &str, fact: &str) {
        if let Some(item) = self.items.get_mut(item).filter(|item| item.fact == waiting) {
            fact.clone_into(&mut item.fact);
        }
    }

    /// Another fact about a line.
    pub fn set_fact(&mut self, item: usize, fact: String) {
        if let Some(item) = self.items.get_mut(item) {
            item.fact = fact;
        }
    }

    fn narrow(&mut self) {
        self.list = ListState::default();
        if self.input.is_empty() {
            self.shown = (0..self.items.len()).collect();
            return;
        }
        let typed = self.input.text().to_lowercase();
        let has = |item: &Item| {
            let words = [&item.label, &item.fact, &item.more];
            words
                .iter()
                .any(|text| text.to_lowercase().contains(&typed))
        };
        let whole = (0..self.items.len()).filter(|&at| has(&self.items[at]));
        self.shown = whole.collect();
        // Letters that stand apart are looked for only where nothing has them together: nearly
        // every line has a few letters somewhere.
        if self.shown.is_empty() {
            self.shown = self.scattered();
        }
    }

    fn scattered(&self) -> Vec<usize> {
        let mut matcher = Matcher::new(Config::DEFAULT);
        let pattern = Pattern::parse(
            self.input.text(),
            CaseMatching::Ignore,
            Normalization::Smart,
        );
        let mut characters = Vec::new();
        let mut scored: Vec<(std::cmp::Reverse<u32>, usize)> = self
            .items
            .iter()
            .enumerate()
            .filter_map(|(at, item)| {
                let label = Utf32Str::new(&item.label, &mut characters);
                Some((std::cmp::Reverse(pattern.score(label, &mut matcher)?), at))
            })
            .collect();
        scored.sort_unstable();
        scored.into_iter().map(|(_, at)| at).collect()
    }

    /// Whether the line under the cursor can be chosen.
    #[must_use]
    pub fn can_choose(&self) -> bool {
        let item = self.shown.get(self.list.cursor);
        item.is_some_and(|&at| self.items.get(at).is_some_and(|item| item.chosen.is_ok()))
    }

    fn choose(&self, cx: &mut Cx<'_>) {
        let Some(&at) = self.shown.get(self.list.cursor) else {
            return;
        };
        match self.items.get(at).map(|item| item.chosen.clone()) {
            // These close the asking layer by themselves.
            // …and from what is opened one comes back to the list.
            Some(Ok(effect @ (Effect::Run(_) | Effect::Answer(_) | Effect::Open(_)))) => {
                cx.ask(effect);
            }
            Some(Ok(effect)) => {
                cx.ask(Effect::Pop);
                cx.ask(effect);
            }
            Some(Err(why)) => cx.refuse(why),
            None => {}
        }
    }

    /// The lines as they are drawn: headings and items, while nothing is typed.
    fn heading_before(&self, line: usize) -> Option<&'static str> {
        let heading = |line: usize| {
            self.items
                .get(*self.shown.get(line)?)
                .map(|item| item.heading)
        };
        let this = heading(line).filter(|text| !text.is_empty() && self.input.is_empty())?;
        (line == 0 || heading(line - 1) != Some(this)).then_some(this)
    }
}

impl Layer for Chooser {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::List]
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn enabled(&self, command: Command, _: &Shared) -> Result<(), Refusal> {
        match command {
            Command::Choose if self.shown.is_empty() => Err("nothing matches".into()),
            _ => Ok(()),
        }
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        let page = isize::try_from(self.area.height.max(1)).unwrap_or(1);
        match command {
            Command::Close => self.close(cx),
            Command::ListUp => self.step(-1, cx),
            Command::ListDown => self.step(1, cx),
            Command::ListPageUp => self.step(-page, cx),
            Command::ListPageDown => self.step(page, cx),
            Command::Choose => self.choose(cx),
            Command::Copy => {
                let item = self
                    .shown
                    .get(self.list.cursor)
                    .and_then(|&at| self.items.get(at));
                if let Some(item) = item {
                    cx.ask(Effect::Copy(item.label.clone(), "the line".to_owned()));
                }
            }
            _ => {}
        }
    }

    fn on_key(&mut self, key: &KeyEvent, cx: &mut Cx<'_>) {
        if self.input.key(key) {
            self.narrow();
            self.try_out(cx);
        }
    }

    fn on_paste(&mut self, pasted: &str, cx: &mut Cx<'_>) {
        self.input.paste(pasted);
        self.narrow();
        self.try_out(cx);
    }

    fn on_mouse(&mut self, event: MouseEvent, cx: &mut Cx<'_>) {
        let len = self.shown.len();
        match event.kind {
            MouseEventKind::ScrollDown => self.step(3, cx),
            MouseEventKind::ScrollUp => self.step(-3, cx),
            MouseEventKind::Down(MouseButton::Left)
                if !self.area.contains((event.column, event.row).into()) =>
            {
                self.close(cx);
            }
            MouseEventKind::Down(MouseButton::Left) => {
                // Headings take lines too: count them as they were drawn.
                let mut y = self.area.y;
                for line in self.list.top..len {
                    y += u16::from(self.heading_before(line).is_some());
                    if y == event.row {
                        self.list.cursor = line;
                        self.choose(cx);
                        return;
                    }
                    y += 1;
                }
            }
            _ => {}
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let headings = (0..self.shown.len())
            .filter(|&line| self.heading_before(line).is_some())
            .count();
        let wanted = u16::try_from(self.items.len() + headings)
            .unwrap_or(u16::MAX)
            .saturating_add(3)
            .max(6);
        let frame = pane::centered(area, self.width, wanted.min(area.height * 4 / 5));
        let fact = format!("{}", self.shown.len());
        let inner = pane::popup(frame, buffer, theme, &self.title, &fact);
        let line = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(2),
            height: 1,
            ..inner
        };
        let x = text::put(buffer, line.x, line.y, 2, "/ ", theme.style(Role::Hint));
        let input = Rect {
            x,
            width: line.right().saturating_sub(x),
            ..line
        };
        self.input
            .draw(input, buffer, theme, true, "type a few letters");
        self.area = Rect {
            y: inner.y + 1,
            height: inner.height.saturating_sub(1),
            ..inner
        };
        if self.shown.is_empty() {
            let words = if self.items.is_empty() {
                self.empty
            } else {
                "Nothing matches."
            };
            pane::empty(self.area, buffer, theme, &[words]);
            return;
        }
        // Headings are inside the list, so that fewer items fit than there are lines.
        let room = self.area.height.saturating_sub(if self.input.is_empty() {
            u16::try_from(headings.min(4)).unwrap_or(0)
        } else {
            0
        });
        let range = self.list.visible(self.shown.len(), room.max(1));
        let mut y = self.area.y;
        for line in range.start..self.shown.len() {
            if let Some(heading) = self.heading_before(line) {
                if y >= self.area.bottom() {
                    break;
                }
                text::put(
                    buffer,
                    self.area.x + 1,
                    y,
                    self.area.width,
                    heading,
                    theme.style(Role::Dim),
                );
                y += 1;
            }
            if y >= self.area.bottom() {
                break;
            }
            let item = &self.items[self.shown[line]];
            let here = line == self.list.cursor;
            let role = match (here, &item.chosen) {
                (true, _) => Role::Cursor,
                (false, Err(_)) => Role::Dim,
                (false, Ok(_)) => Role::Text,
            };
            let whole = Rect {
                y,
                height: 1,
                ..self.area
            };
            buffer.set_style(whole, theme.style(role));
            let fact_width = text::width(&item.fact).min(whole.width / 2);
            let indent = 1 + 2 * u16::from(!item.heading.is_empty() && self.input.is_empty());
            let room = whole.width.saturating_sub(fact_width + indent + 2);
            text::put(
                buffer,
                whole.x + indent,
                y,
                room,
                &item.label,
                theme.style(role),
            );
            let fact_style = if here {
                theme.style(role)
            } else {
                theme.style(Role::Hint)
            };
            let x = whole.right().saturating_sub(fact_width + 1);
            text::put(buffer, x, y, fact_width, &item.fact, fact_style);
            y += 1;
        }
    }
}
