//! A script's lines in pieces, each of a class that an editor colours, kept while it is edited.
//!
//! Each line remembers what it begins in the middle of (a quote, a comment, the data of a `COPY`), so
//! that a change is read on only until a line begins as it did before.

use std::ops::Range;

use crate::sql::keywords::{Meaning, meaning};
use crate::sql::lexer::{Kind, Lexer, State, Token};
use crate::sql::script::{Copying, is_end_of_data};

/// What a piece of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// A key word.
    Keyword,
    /// The name of a built-in type.
    Type,
    /// A name with its arguments behind it.
    Function,
    /// Any other name.
    Name,
    /// A text of any kind, and the data of a `COPY`.
    Text,
    /// A number.
    Number,
    /// A comment.
    Comment,
    /// `$1`, and psql's variables.
    Parameter,
    /// An operator.
    Operator,
    /// What is meant for psql: a backslash and what follows it, and the `\.` behind data.
    Meta,
}

/// What a line is in the middle of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Context {
    token: State,
    statement: Within,
}

/// What comes of the statement that a line is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Statement(Copying),
    /// A `COPY … FROM STDIN` has ended on this line: data begin on the next.
    BeforeData,
    Data,
}

impl Default for Within {
    fn default() -> Self {
        Self::Statement(Copying::default())
    }
}

#[derive(Debug, Clone)]
struct Line {
    text: String,
    begin: Context,
    pieces: Vec<Piece>,
}

/// A part of a line, in bytes, and its class.
pub type Piece = (Range<usize>, Class);

/// The lines of a script and their pieces.
#[derive(Debug, Clone, Default)]
pub struct Highlighter {
    lines: Vec<Line>,
    /// What the last line ends in the middle of.
    end: Context,
}

impl Highlighter {
    /// One of no lines.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the lines (without their line breaks) as they are now. Those before `first_changed`
    /// must be as they were; behind it, lines may have been changed, added and taken away.
    pub fn update(&mut self, lines: &[String], first_changed: usize) {
        let first = first_changed.min(self.lines.len()).min(lines.len());
        let olds = self.lines[first..].iter().rev();
        let same = olds.zip(lines[first..].iter().rev());
        let same = same.take_while(|(old, new)| old.text == **new).count();
        let (old_end, new_end) = (self.lines.len() - same, lines.len() - same);

        let begin = self.lines.get(first).map_or(&self.end, |line| &line.begin);
        let mut context = begin.clone();
        let changed = lines[first..new_end].iter().map(|text| {
            let begin = context.clone();
            let pieces = pieces(text, &mut context);
            Line {
                text: text.clone(),
                begin,
                pieces,
            }
        });
        let changed: Vec<Line> = changed.collect();
        self.lines.splice(first..old_end, changed);

        for line in &mut self.lines[new_end..] {
            if line.begin == context {
                return;
            }
            line.begin.clone_from(&context);
            line.pieces = pieces(&line.text, &mut context);
        }
        self.end = context;
    }

    /// The pieces of a line from left to right; spaces and punctuation are in none.
    #[must_use]
    pub fn line(&self, number: usize) -> &[Piece] {
        self.lines
            .get(number)
            .map_or(&[], |line| line.pieces.as_slice())
    }
}

/// The pieces of a line that begins in a context, which becomes that of the next line.
fn pieces(line: &str, context: &mut Context) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if context.statement == Within::Data {
        let is_end = is_end_of_data(line);
        if is_end {
            context.statement = Within::default();
        }
        if !line.is_empty() {
            let class = if is_end { Class::Meta } else { Class::Text };
            pieces.push((0..line.len(), class));
        }
        return pieces;
    }
    let mut lexer = Lexer::resumed(line, std::mem::take(&mut context.token));
    let mut after_dot = false;
    while let Some(token) = lexer.next() {
        let next = line.as_bytes().get(token.end());
        if token.is_sign('\\') && !matches!(next, Some(b':' | b';')) {
            pieces.push((token.begin..line.len(), Class::Meta));
            lexer.go_to(line.len());
            let words = Lexer::new(&line[token.end()..]).filter(Token::is_significant);
            let copying = words.fold(Copying::default(), |copying, word| copying.with(&word));
            context.statement = Within::Statement(copying).ended();
        } else if token.is_sign(';') {
            context.statement = context.statement.ended();
        } else if token.is_significant()
            && let Within::Statement(copying) = context.statement
        {
            context.statement = Within::Statement(copying.with(&token));
        }
        if let Some(class) = class(&token, after_dot, next == Some(&b'(')) {
            pieces.push((token.begin..token.end(), class));
        }
        after_dot = token.is_sign('.') || (after_dot && !token.is_significant());
    }
    context.token = lexer.state();
    if context.statement == Within::BeforeData && context.token == State::Normal {
        context.statement = Within::Data;
    }
    pieces
}

impl Within {
    /// What comes behind the end of the statement.
    fn ended(self) -> Self {
        match self {
            Self::Statement(Copying::Stdin) | Self::BeforeData => Self::BeforeData,
            _ => Self::default(),
        }
    }
}

fn class(token: &Token<'_>, after_dot: bool, is_called: bool) -> Option<Class> {
    Some(match token.kind {
        Kind::Space | Kind::Sign => return None,
        Kind::Comment => Class::Comment,
        Kind::Word => word(token, after_dot, is_called),
        Kind::Name if is_called => Class::Function,
        Kind::Name => Class::Name,
        Kind::Text | Kind::Dollar => Class::Text,
        Kind::Number => Class::Number,
        Kind::Parameter | Kind::Variable => Class::Parameter,
        Kind::Operator => Class::Operator,
    })
}

fn word(token: &Token<'_>, after_dot: bool, is_called: bool) -> Class {
    // These key words are functions, too.
    let is_function = is_called && token.is_any(&["left", "right", "replace"]);
    let meaning = meaning(token.text).filter(|_| !after_dot && !is_function);
    match meaning {
        Some(Meaning::Keyword) => Class::Keyword,
        Some(Meaning::Type) => Class::Type,
        None if is_called => Class::Function,
        None => Class::Name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The pieces of the lines of a script, each with a letter for its class.
    fn read(sql: &str) -> Vec<Vec<(char, String)>> {
        let lines: Vec<String> = sql.split('\n').map(str::to_owned).collect();
        let mut highlighter = Highlighter::new();
        highlighter.update(&lines, 0);
        let read = |(at, line): (usize, &String)| {
            let pieces = highlighter.line(at).iter();
            pieces
                .map(|(range, class)| (letter(*class), line[range.clone()].to_owned()))
                .collect()
        };
        lines.iter().enumerate().map(read).collect()
    }

    fn letter(class: Class) -> char {
        match class {
            Class::Keyword => 'k',
            Class::Type => 't',
            Class::Function => 'f',
            Class::Name => 'n',
            Class::Text => '\'',
            Class::Number => '1',
            Class::Comment => '-',
            Class::Parameter => '$',
            Class::Operator => '+',
            Class::Meta => '\\',
        }
    }

    /// Each line as `k:select n:a`.
    fn shown(sql: &str) -> Vec<String> {
        let line = |pieces: Vec<(char, String)>| {
            let pieces = pieces.iter().map(|(class, text)| format!("{class}:{text}"));
            pieces.collect::<Vec<_>>().join(" ")
        };
        read(sql).into_iter().map(line).collect()
    }

    #[test]
    fn pieces_are_of_their_class() {
        for (sql, wanted) in [
            (
                "SELECT a, t.left, \"B\" FROM t",
                "k:SELECT n:a n:t n:left n:\"B\" k:FROM n:t",
            ),
            (
                "cast(left(a, 1) as numeric(10,2))",
                "k:cast f:left n:a 1:1 k:as t:numeric 1:10 1:2",
            ),
            (
                "count(*) \"f\"(x) s.now() IN (1)",
                "f:count +:* f:\"f\" n:x n:s f:now k:IN 1:1",
            ),
            (
                "a->>'b' = $1::int -- c",
                "n:a +:->> ':'b' +:= $:$1 +::: t:int -:-- c",
            ),
            (":x :'y' $$z$$", "$::x $::'y' ':$$z$$"),
            ("a \\gx b; 'c", "n:a \\:\\gx b; 'c"),
            ("é \\; ù", "n:é n:ù"),
        ] {
            assert_eq!(shown(sql), [wanted], "{sql}");
        }
    }

    #[test]
    fn what_is_not_closed_goes_on_with_the_next_line() {
        for (sql, wanted) in [
            ("'a\n\n''b' c", vec!["':'a", "", "':''b' n:c"]),
            ("E'\\\n\\' '\nb", vec!["':E'\\", "':\\' '", "n:b"]),
            ("\"a\nb\" c", vec!["n:\"a", "n:b\" n:c"]),
            (
                "/* /* a\n*/ b\n*/ c",
                vec!["-:/* /* a", "-:*/ b", "-:*/ n:c"],
            ),
            ("$x$ '\n$$ $x$ c", vec!["':$x$ '", "':$$ $x$ n:c"]),
            (
                "E'a' -- b\n\n'\\' c'",
                vec!["':E'a' -:-- b", "", "':'\\' c'"],
            ),
            ("'a'\n'\\' c", vec!["':'a'", "':'\\' n:c"]),
            ("-- a\nb", vec!["-:-- a", "n:b"]),
        ] {
            assert_eq!(shown(sql), wanted, "{sql}");
        }
    }

    #[test]
    fn data_are_no_sql() {
        let sql = "copy t\n from stdin; -- a\nit's\n\n\\.\ncopy\n\\copy t from stdin\n'\n\\.\r\nb";
        let wanted = [
            "k:copy n:t",
            "k:from k:stdin -:-- a",
            "':it's",
            "",
            "\\:\\.",
            "k:copy",
            "\\:\\copy t from stdin",
            "':'",
            "\\:\\.\r",
            "n:b",
        ];
        assert_eq!(shown(sql), wanted);
        let outside = "copy t from stdin\n;copy t to stdout;\n'";
        assert_eq!(shown(outside).last().map(String::as_str), Some("':'"));
    }

    fn line() -> impl Strategy<Value = String> {
        "(a|'|E'|\"|\\$x\\$|/\\*|\\*/|--|\\\\|;|copy t from stdin;|\\\\\\.| |é|\\(|1){0,4}"
    }

    /// Lines, and edits of them: where, how many are taken away, and what is put there.
    fn edits() -> impl Strategy<Value = Vec<(usize, usize, Vec<String>)>> {
        let lines = prop::collection::vec(line(), 0..4);
        prop::collection::vec((0..12_usize, 0..4_usize, lines), 0..8)
    }

    proptest! {
        #[test]
        fn after_any_edits_it_is_as_if_read_anew(
            begin in prop::collection::vec(line(), 0..12),
            edits in edits(),
        ) {
            let mut lines = begin;
            let mut kept = Highlighter::new();
            kept.update(&lines, 0);
            for (at, removed, added) in edits {
                let at = at.min(lines.len());
                let end = (at + removed).min(lines.len());
                lines.splice(at..end, added);
                kept.update(&lines, at);
                let mut anew = Highlighter::new();
                anew.update(&lines, 0);
                prop_assert_eq!(&kept.end, &anew.end);
                for (number, line) in lines.iter().enumerate() {
                    prop_assert_eq!(kept.line(number), anew.line(number));
                    let mut last = 0;
                    for (range, _) in kept.line(number) {
                        prop_assert!(range.start >= last && line.get(range.clone()).is_some());
                        last = range.end;
                    }
                }
                prop_assert!(kept.line(lines.len()).is_empty());
            }
        }
    }
}
