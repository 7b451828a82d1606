//! A JSON value as a tree that is folded and unfolded.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Body, Search, marks, put_marked};
use crate::data::catalog::grouped;
use crate::data::json::{Kind, Tree};
use crate::data::search::Needle;
use crate::studio::theme::{Role, Theme};
use crate::studio::widgets::list::ListState;
use crate::studio::widgets::text;

/// The columns that a level is set in.
const INDENT: usize = 2;

/// The tree and the cursor in it.
pub struct Outline {
    tree: Tree,
    list: ListState,
    area: Rect,
}

impl Outline {
    /// With the cursor on the whole value.
    #[must_use]
    pub fn new(tree: Tree) -> Self {
        Self {
            tree,
            list: ListState::default(),
            area: Rect::default(),
        }
    }

    fn cursor(&self) -> u32 {
        let shown = self.tree.shown();
        shown.get(self.list.cursor).copied().unwrap_or(0)
    }

    fn go_to(&mut self, node: u32) {
        self.list.cursor = self.tree.row_of(node);
    }

    /// Folds what is under the cursor, or unfolds it; `false` where there is nothing in it.
    pub fn toggle(&mut self) -> bool {
        let node = self.cursor();
        self.tree.fold(node, !self.tree.is_folded(node))
    }

    /// Folds everything, or unfolds it where something is folded.
    pub fn toggle_all(&mut self) {
        let node = self.cursor();
        let all = self.tree.shown().len() == self.tree.len();
        self.tree.fold_all(all);
        self.go_to(node);
    }

    /// The value under the cursor, as `->>` gives it.
    #[must_use]
    pub fn value(&self) -> String {
        self.tree.plain(self.cursor())
    }

    /// The path to it.
    #[must_use]
    pub fn path(&self) -> String {
        self.tree.path(self.cursor())
    }

    fn draw_node(
        &self,
        (at, y): (usize, u16),
        buffer: &mut Buffer,
        theme: &Theme,
        needle: Option<&Needle>,
    ) {
        let area = self.area;
        let node = self.tree.shown()[at];
        let here = at == self.list.cursor;
        let role = |role| if here { Role::Cursor } else { role };
        let needle = needle.filter(|_| !here);
        buffer.set_style(
            Rect {
                y,
                height: 1,
                ..area
            },
            theme.style(role(Role::Text)),
        );
        let sign = match (self.tree.children(node), self.tree.is_folded(node)) {
            (0, _) => " ",
            (_, true) => "▸",
            (_, false) => "▾",
        };
        // What is very deep is set in no further than the middle.
        let most = usize::from(area.width) / 2;
        let indent = (self.tree.depth(node) * INDENT).min(most);
        let x = area.x + u16::try_from(indent).unwrap_or(0);
        let room = |x: u16| area.right().saturating_sub(x);
        let mut x = text::put(buffer, x, y, room(x), sign, theme.style(role(Role::Dim))) + 1;
        let label = self.tree.label(node);
        if !label.is_empty() {
            let found = marks(&label, 0, needle, None);
            let style = if label.starts_with('[') {
                role(Role::Dim)
            } else {
                role(Role::Title)
            };
            x = put_marked(buffer, (x, y), room(x), &label, &found, (style, theme));
            x = text::put(buffer, x, y, room(x), ": ", theme.style(role(Role::Dim)));
        }
        let (value, style) = self.shown_value(node, room(x));
        let found = marks(&value, 0, needle, None);
        put_marked(
            buffer,
            (x, y),
            room(x),
            &value,
            &found,
            (role(style), theme),
        );
    }

    /// A value in one row: of what holds others how many they are, and where it is folded how it
    /// begins.
    fn shown_value(&self, node: u32, room: u16) -> (String, Role) {
        let value = self.tree.value(node);
        let count = self.tree.children(node);
        let word = match (self.tree.kind(node), count) {
            (Kind::Null, _) => return (value.to_owned(), Role::Null),
            (Kind::Object, 1) => "key",
            (Kind::Object, 2..) => "keys",
            (Kind::Array, 1) => "element",
            (Kind::Array, 2..) => "elements",
            (Kind::Object, 0) => return ("{}".to_owned(), Role::Text),
            (Kind::Array, 0) => return ("[]".to_owned(), Role::Text),
            _ => {
                // A long string is looked at no further than it can be seen.
                let enough = value.floor_char_boundary(usize::from(room + 1) * 8);
                return (value[..enough].to_owned(), Role::Text);
            }
        };
        let count = grouped(count as u64);
        if !self.tree.is_folded(node) {
            return (format!("{count} {word}"), Role::Dim);
        }
        let enough = value.floor_char_boundary(usize::from(room + 1) * 8);
        let words: Vec<&str> = value[..enough].split_ascii_whitespace().collect();
        (format!("{count} {word}  {}", words.join(" ")), Role::Dim)
    }
}

impl Body for Outline {
    fn rows(&mut self, _: u16) -> usize {
        self.tree.shown().len()
    }

    fn height(&self) -> u16 {
        self.area.height
    }

    fn step(&mut self, by: isize) {
        self.list.step(by, self.tree.shown().len());
    }

    fn jump(&mut self, end: bool) {
        self.step(if end { isize::MAX } else { isize::MIN });
    }

    /// To the left it folds, or goes to what this is in; to the right it unfolds, or goes into it.
    fn sideways(&mut self, by: isize) {
        let node = self.cursor();
        if self.tree.fold(node, by < 0) {
            return;
        }
        match self.tree.parent(node) {
            Some(parent) if by < 0 => self.go_to(parent),
            _ if by > 0 && self.tree.children(node) > 0 => self.step(1),
            _ => {}
        }
    }

    fn find(&mut self, needle: &Needle, search: Search) -> bool {
        let here = self.cursor();
        let own = self.tree.own(here);
        let text = self.tree.text();
        let after = |at: usize| Some(at + needle.first(text.get(at..)?)?.start);
        // What stands between two values belongs to the first of them: the search goes on.
        let beyond = || {
            let mut at = own.end;
            loop {
                let found = after(at)?;
                if self.tree.node_at(found) > here {
                    return Some(found);
                }
                at = found + text[found..].chars().next()?.len_utf8();
            }
        };
        let found = match search {
            Search::Here => after(own.start).or_else(|| after(0)),
            Search::Next => beyond().or_else(|| after(0)),
            Search::Previous => {
                let before = needle.last(&text[..own.start]);
                let before = before.or_else(|| needle.last(text));
                before.map(|found| found.start)
            }
        };
        let Some(found) = found else {
            return false;
        };
        let node = self.tree.node_at(found);
        self.tree.reveal(node);
        self.go_to(node);
        true
    }

    fn click(&mut self, y: u16) {
        let line = self.list.line_at(y, self.area.y);
        if line == self.list.cursor {
            self.toggle();
        } else if line < self.tree.shown().len() {
            self.list.cursor = line;
        }
    }

    fn place(&self) -> String {
        self.path()
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme, needle: Option<&Needle>) {
        self.area = area;
        let visible = self.list.visible(self.tree.shown().len(), area.height);
        for (y, at) in (area.y..area.bottom()).zip(visible) {
            self.draw_node((at, y), buffer, theme, needle);
        }
    }

    fn outline(&mut self) -> Option<&mut Outline> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_unfolds_what_it_goes_to_and_goes_round() {
        let text = r#"{"a": {"name": "one"}, "b": [{"name": "two"}, 3], "name": null}"#;
        let Ok(tree) = Tree::of(text.into()) else {
            unreachable!("{text}")
        };
        let mut outline = Outline::new(tree);
        outline.toggle_all();
        assert_eq!(outline.rows(40), 4);
        let Some(needle) = Needle::new("name") else {
            unreachable!()
        };
        let mut paths = Vec::new();
        for search in [Search::Here, Search::Next, Search::Next, Search::Next] {
            assert!(outline.find(&needle, search));
            paths.push(outline.path());
        }
        assert_eq!(paths, ["$.a.name", "$.b[0].name", "$.name", "$.a.name"]);
        assert!(outline.find(&needle, Search::Previous));
        assert_eq!(outline.path(), "$.name");
        for found in ["$.b[0].name", "$.a.name"] {
            assert!(outline.find(&needle, Search::Previous));
            assert_eq!(outline.path(), found);
        }
        // A comma stands between the values: it belongs to the one before.
        let Some(comma) = Needle::new(", ") else {
            unreachable!()
        };
        assert!(outline.find(&comma, Search::Next));
        assert_ne!(outline.path(), "$.a.name");
    }

    #[test]
    fn to_the_left_is_out_and_to_the_right_is_in() {
        let Ok(tree) = Tree::of("[[1], [2, 3]]".into()) else {
            unreachable!()
        };
        let mut outline = Outline::new(tree);
        let mut walk = Vec::new();
        for by in [1, 1, 1, -1, -1, -1, 1, -1, -1, 1] {
            outline.sideways(by);
            walk.push((outline.path(), outline.rows(40)));
        }
        let walked: Vec<(&str, usize)> = walk
            .iter()
            .map(|(path, rows)| (path.as_str(), *rows))
            .collect();
        let wanted = [
            ("$[0]", 6),
            ("$[0][0]", 6),
            ("$[0][0]", 6),
            ("$[0]", 6),
            ("$[0]", 5),
            ("$", 5),
            ("$[0]", 5),
            ("$", 5),
            ("$", 1),
            ("$", 5),
        ];
        assert_eq!(walked, wanted);
    }
}
