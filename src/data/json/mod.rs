//! A JSON value as a tree over its own text. Nothing is parsed into other types: numbers keep all
//! their digits, an object its order and its repeated keys, a string its escapes.

use std::ops::Range;
use std::sync::Arc;

mod parse;
mod written;

/// With more values than this, only the outermost are unfolded at first.
const MANY: usize = 1_000;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `{…}`.
    Object,
    /// `[…]`.
    Array,
    /// A text, in quotes.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`.
    Null,
}

/// Why a text is not shown as a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is no JSON.
    Malformed,
    /// It has more values than a tree is made of.
    TooMany,
}

type Span = (u32, u32);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    kind: Kind,
    /// The key with its quotes; empty outside an object.
    key: Span,
    value: Span,
    parent: u32,
    depth: u32,
    /// Its place among its siblings.
    place: u32,
    /// How many values it has.
    children: u32,
    /// The node after it and all that is in it.
    after: u32,
}

/// A value's tree, and which parts of it are folded. Nodes are numbered as they stand in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    text: Arc<str>,
    nodes: Vec<Node>,
    folded: Vec<bool>,
    shown: Vec<u32>,
}

impl Tree {
    /// The tree of a text.
    ///
    /// # Errors
    /// Why there is none.
    pub fn of(text: Arc<str>) -> Result<Self, Refused> {
        let nodes = parse::nodes(&text)?;
        let many = nodes.len() > MANY;
        let fold = |(at, node): (usize, &Node)| many && at > 0 && node.children > 0;
        let folded = nodes.iter().enumerate().map(fold).collect();
        let mut tree = Self {
            text,
            nodes,
            folded,
            shown: Vec::new(),
        };
        tree.lay_out();
        Ok(tree)
    }

    /// How many values there are in all.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none, which no JSON text has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The nodes that are in no folded one, in their order.
    #[must_use]
    pub fn shown(&self) -> &[u32] {
        &self.shown
    }

    /// Where among those shown a node is, or the folded one that it is in.
    #[must_use]
    pub fn row_of(&self, node: u32) -> usize {
        match self.shown.binary_search(&node) {
            Ok(row) => row,
            Err(after) => after.saturating_sub(1),
        }
    }

    fn node(&self, node: u32) -> Option<&Node> {
        self.nodes.get(node as usize)
    }

    fn cut(&self, (from, to): Span) -> &str {
        &self.text[from as usize..to as usize]
    }

    /// What a node is.
    #[must_use]
    pub fn kind(&self, node: u32) -> Kind {
        self.node(node).map_or(Kind::Null, |node| node.kind)
    }

    /// How many nodes it is in.
    #[must_use]
    pub fn depth(&self, node: u32) -> usize {
        self.node(node).map_or(0, |node| node.depth as usize)
    }

    /// How many values it has.
    #[must_use]
    pub fn children(&self, node: u32) -> usize {
        self.node(node).map_or(0, |node| node.children as usize)
    }

    /// The node it is in; the outermost is in none.
    #[must_use]
    pub fn parent(&self, node: u32) -> Option<u32> {
        let parent = self.node(node).filter(|_| node > 0)?.parent;
        Some(parent)
    }

    /// The nodes that are in it, and in nothing else that is in it, in their order.
    pub fn within(&self, node: u32) -> impl Iterator<Item = u32> {
        let next = |at: u32| self.node(at).map_or(u32::MAX, |node| node.after);
        let end = self.node(node).map_or(0, |node| node.after);
        let first = Some(node.saturating_add(1)).filter(|first| *first < end);
        std::iter::successors(first, move |at| Some(next(*at)).filter(|at| *at < end))
    }

    /// Its key as it is written in an object, or its place in an array: `"name"`, `[3]`.
    #[must_use]
    pub fn label(&self, node: u32) -> String {
        match self.node(node) {
            Some(found) if found.key.1 > found.key.0 => self.cut(found.key).to_owned(),
            Some(found) if node > 0 => format!("[{}]", found.place),
            _ => String::new(),
        }
    }

    /// Its text, as the server wrote it.
    #[must_use]
    pub fn value(&self, node: u32) -> &str {
        self.node(node).map_or("", |node| self.cut(node.value))
    }

    /// Where its text is.
    #[must_use]
    pub fn span(&self, node: u32) -> Range<usize> {
        self.node(node)
            .map_or(0..0, |node| node.value.0 as usize..node.value.1 as usize)
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where its key and its value are; of what holds others, the key and the bracket.
    #[must_use]
    pub fn own(&self, node: u32) -> Range<usize> {
        let Some(found) = self.node(node) else {
            return 0..0;
        };
        let from = if found.key.1 > 0 {
            found.key.0
        } else {
            found.value.0
        };
        let to = match found.kind {
            Kind::Object | Kind::Array => found.value.0 + 1,
            _ => found.value.1,
        };
        from as usize..to as usize
    }

    /// Its value as `->>` gives it: a string without quotes and escapes, everything else as it is.
    #[must_use]
    pub fn plain(&self, node: u32) -> String {
        let text = self.value(node);
        let unquoted = match self.kind(node) {
            Kind::String => serde_json::from_str(text).ok(),
            _ => None,
        };
        unquoted.unwrap_or_else(|| text.to_owned())
    }

    /// The path to it, as jsonpath writes it (manual, 8.14.7): `$.a[2]."b c"`.
    #[must_use]
    pub fn path(&self, node: u32) -> String {
        let mut steps = Vec::new();
        let mut at = node;
        while let Some(parent) = self.parent(at) {
            let label = self.label(at);
            let name = label.trim_matches('"');
            steps.push(match () {
                () if label.starts_with('[') => label,
                () if is_name(name) => format!(".{name}"),
                () => format!(".{label}"),
            });
            at = parent;
        }
        steps.push("$".to_owned());
        steps.reverse();
        steps.concat()
    }

    /// Whether it is folded.
    #[must_use]
    pub fn is_folded(&self, node: u32) -> bool {
        self.folded.get(node as usize).copied().unwrap_or(false)
    }

    /// Folds or unfolds it; `false` where that changes nothing.
    pub fn fold(&mut self, node: u32, fold: bool) -> bool {
        let changes = self.children(node) > 0 && self.is_folded(node) != fold;
        if changes {
            self.folded[node as usize] = fold;
            self.lay_out();
        }
        changes
    }

    /// Folds everything but the outermost, or unfolds it.
    pub fn fold_all(&mut self, fold: bool) {
        for (at, node) in self.nodes.iter().enumerate() {
            self.folded[at] = fold && at > 0 && node.children > 0;
        }
        self.lay_out();
    }

    /// Unfolds all that a node is in.
    pub fn reveal(&mut self, node: u32) {
        let mut at = node;
        while let Some(parent) = self.parent(at) {
            self.folded[parent as usize] = false;
            at = parent;
        }
        self.lay_out();
    }

    /// The node whose own text, key or value, holds a place of the text.
    #[must_use]
    pub fn node_at(&self, place: usize) -> u32 {
        let after = self.nodes.partition_point(|node| {
            let from = if node.key.1 > 0 { node.key } else { node.value };
            from.0 as usize <= place
        });
        u32::try_from(after.saturating_sub(1)).unwrap_or(0)
    }

    fn lay_out(&mut self) {
        self.shown.clear();
        let mut at = 0;
        while let Some(node) = self.nodes.get(at) {
            self.shown.push(u32::try_from(at).unwrap_or(u32::MAX));
            at = if self.folded[at] {
                node.after as usize
            } else {
                at + 1
            };
        }
    }
}

/// Whether jsonpath takes a key without quotes.
fn is_name(key: &str) -> bool {
    let begins = key.starts_with(|ch: char| ch.is_ascii_alphabetic() || ch == '_');
    begins
        && key
            .chars()
            .all(|ch| ch.is_ascii_alphanumeric() || ch == '_')
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn tree(text: &str) -> Result<Tree, Refused> {
        Tree::of(text.into())
    }

    pub fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,5}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 60, 6, |inner| {
            let member = (".{0,4}", inner.clone());
            prop_oneof![
                proptest::collection::vec(inner, 0..6).prop_map(Value::from),
                proptest::collection::vec(member, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Every value in a value, as the tree has them.
    fn flat(value: &Value, into: &mut Vec<Value>) {
        into.push(value.clone());
        match value {
            Value::Array(all) => all.iter().for_each(|one| flat(one, into)),
            Value::Object(all) => all.values().for_each(|one| flat(one, into)),
            _ => {}
        }
    }

    proptest! {
        #[test]
        fn every_value_is_a_node_and_its_text_is_its_value(value in value(), pretty in any::<bool>()) {
            let text = if pretty { format!("{value:#}") } else { value.to_string() };
            let tree = tree(&text);
            let Ok(tree) = tree else {
                return Err(TestCaseError::fail("refused"));
            };
            let mut wanted = Vec::new();
            flat(&value, &mut wanted);
            let nodes = 0..u32::try_from(tree.len()).unwrap_or(0);
            let read: Vec<Option<Value>> =
                nodes.clone().map(|node| serde_json::from_str(tree.value(node)).ok()).collect();
            prop_assert_eq!(read, wanted.into_iter().map(Some).collect::<Vec<_>>());
            for node in nodes {
                prop_assert_eq!(tree.node_at(tree.span(node).start), node);
            }
        }

        #[test]
        fn shown_is_what_is_in_nothing_folded(value in value(), folds in proptest::collection::vec((0..60u32, any::<bool>()), 0..12), revealed in 0..60u32) {
            let Ok(mut tree) = tree(&value.to_string()) else {
                return Err(TestCaseError::fail("refused"));
            };
            let all = u32::try_from(tree.len()).unwrap_or(0);
            for (node, fold) in folds {
                tree.fold(node % all, fold);
            }
            let is_hidden = |tree: &Tree, node: u32| {
                let mut at = node;
                while let Some(parent) = tree.parent(at) {
                    if tree.is_folded(parent) {
                        return true;
                    }
                    at = parent;
                }
                false
            };
            let wanted: Vec<u32> = (0..all).filter(|node| !is_hidden(&tree, *node)).collect();
            prop_assert_eq!(tree.shown(), wanted);
            tree.reveal(revealed % all);
            let row = tree.row_of(revealed % all);
            prop_assert_eq!(tree.shown()[row], revealed % all);
            tree.fold_all(false);
            prop_assert_eq!(tree.shown().len(), tree.len());
        }

        #[test]
        fn any_text_is_a_tree_or_is_not(text in any::<String>(), odd in "[{}\\[\\],:\"\\\\a1 é]{0,12}") {
            let _ = (tree(&text), tree(&odd));
        }
    }

    #[test]
    fn nothing_of_the_text_is_lost() {
        let text =
            r#"{"a": 1.10, "a": 12345678901234567890123, "b c": ["\ud800", {"d": null}], "": 1}"#;
        let Ok(tree) = tree(text) else {
            unreachable!("{text}")
        };
        let seen: Vec<(String, &str)> = (1..8)
            .map(|node| (tree.path(node), tree.value(node)))
            .collect();
        let wanted = [
            ("$.a", "1.10"),
            ("$.a", "12345678901234567890123"),
            ("$.\"b c\"", r#"["\ud800", {"d": null}]"#),
            ("$.\"b c\"[0]", r#""\ud800""#),
            ("$.\"b c\"[1]", r#"{"d": null}"#),
            ("$.\"b c\"[1].d", "null"),
            ("$.\"\"", "1"),
        ];
        assert_eq!(seen, wanted.map(|(path, value)| (path.to_owned(), value)));
        // What is no character cannot be unquoted, and stays as it is written.
        assert_eq!(tree.plain(4), r#""\ud800""#);
    }

    #[test]
    fn what_is_deep_is_read_and_what_is_wrong_or_too_much_is_refused() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(tree(&deep).map(|tree| tree.len()), Ok(100_000));
        let much = format!("[{}1]", "1,".repeat(1_000_000));
        assert_eq!(tree(&much), Err(Refused::TooMany));
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\" 1}",
            "[1}",
            "1 2",
            "\"a",
            "[1]]",
            "{1:2}",
            "x",
        ] {
            assert_eq!(tree(text), Err(Refused::Malformed), "{text}");
        }
    }
}
