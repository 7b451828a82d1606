//! A JSON text written anew: over several lines, to be read and typed in, or on one. Only the space
//! between its parts changes.

use super::{Kind, Node, Tree};

const INDENT: &str = "  ";

/// How the parts are set apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Lines,
    OneLine,
}

impl Tree {
    /// A line a value, indented by what it is in.
    #[must_use]
    pub fn on_lines(&self) -> String {
        self.written(Style::Lines)
    }

    /// As the server writes a `jsonb`: `{"a": 1, "b": [true, null]}`.
    #[must_use]
    pub fn on_one_line(&self) -> String {
        self.written(Style::OneLine)
    }

    fn written(&self, style: Style) -> String {
        let mut text = String::with_capacity(self.text.len() * 2);
        // The brackets still to be closed, each before the node of this number.
        let mut open: Vec<(usize, char)> = Vec::new();
        for (at, node) in self.nodes.iter().enumerate() {
            close(&mut text, &mut open, at, style);
            if node.place > 0 {
                text.push(',');
            }
            match style {
                Style::Lines if at > 0 => new_line(&mut text, open.len()),
                Style::OneLine if node.place > 0 => text.push(' '),
                _ => {}
            }
            if node.key.1 > node.key.0 {
                text.push_str(self.cut(node.key));
                text.push_str(": ");
            }
            match brackets(node) {
                Some((begin, end)) if node.children > 0 => {
                    text.push(begin);
                    open.push((node.after as usize, end));
                }
                Some((begin, end)) => text.extend([begin, end]),
                None => text.push_str(self.cut(node.value)),
            }
        }
        close(&mut text, &mut open, self.nodes.len(), style);
        text
    }
}

fn brackets(node: &Node) -> Option<(char, char)> {
    match node.kind {
        Kind::Object => Some(('{', '}')),
        Kind::Array => Some(('[', ']')),
        _ => None,
    }
}

/// Closes what ends before a node.
fn close(text: &mut String, open: &mut Vec<(usize, char)>, before: usize, style: Style) {
    while let Some((_, end)) = open.pop_if(|(after, _)| *after <= before) {
        if style == Style::Lines {
            new_line(text, open.len());
        }
        text.push(end);
    }
}

fn new_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.push_str(&INDENT.repeat(depth));
}

#[cfg(test)]
mod tests {
    use super::super::tests::value;
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn read(text: &str) -> Option<Value> {
        serde_json::from_str(text).ok()
    }

    proptest! {
        #[test]
        fn what_is_written_anew_is_the_same_value(value in value(), pretty in any::<bool>()) {
            let text = if pretty { format!("{value:#}") } else { value.to_string() };
            let Ok(tree) = Tree::of(text.as_str().into()) else {
                return Err(TestCaseError::fail("refused"));
            };
            prop_assert_eq!(tree.on_lines(), format!("{value:#}"));
            let one = tree.on_one_line();
            prop_assert!(!one.contains('\n'));
            prop_assert_eq!(read(&one), Some(value));
            // Written once more it stays as it is.
            let again = Tree::of(one.as_str().into()).map(|tree| tree.on_one_line());
            prop_assert_eq!(again, Ok(one));
        }
    }

    #[test]
    fn digits_order_repeated_keys_and_escapes_stay() {
        let text = r#"{"b":1.10,"a":[],"b":{"é\u00e9":123456789012345678901234567890,"x":{}}}"#;
        let Ok(tree) = Tree::of(text.into()) else {
            unreachable!("{text}")
        };
        let one =
            r#"{"b": 1.10, "a": [], "b": {"é\u00e9": 123456789012345678901234567890, "x": {}}}"#;
        assert_eq!(tree.on_one_line(), one);
        let lines = r#"{
  "b": 1.10,
  "a": [],
  "b": {
    "é\u00e9": 123456789012345678901234567890,
    "x": {}
  }
}"#;
        assert_eq!(tree.on_lines(), lines);
    }
}
