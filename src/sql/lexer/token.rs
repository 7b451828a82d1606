//! A token: what it is, how it is written, and where.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Spaces and line breaks.
    Space,
    /// `-- …` without its line break, or `/* … */`, which may stand in each other.
    Comment,
    /// A key word or a name without quotes.
    Word,
    /// `"…"`, `U&"…"`.
    Name,
    /// `'…'`, `E'…'`, `N'…'`, `B'…'`, `X'…'`, `U&'…'`, with the quotes on later lines that go on
    /// with it.
    Text,
    /// `$tag$ … $tag$`.
    Dollar,
    /// `1`, `1_000`, `0x1F`, `.5`, `1e-5`.
    Number,
    /// `$1`.
    Parameter,
    /// psql's `:name`, `:'name'` and `:"name"`; a slice `a[1:n]` looks the same.
    Variable,
    /// `+`, `->>`, `::`, `:=`, `=>`, `..`.
    Operator,
    /// Any other character: `( ) [ ] , ; : . $ \ { }` and what SQL has no use for.
    Sign,
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: Kind,
    /// How it is written.
    pub text: &'a str,
    /// Where it begins, in bytes.
    pub begin: usize,
    /// Whether the text ended before it did: a quote or a comment that is not closed.
    pub open: bool,
}

impl Token<'_> {
    /// Where it ends, in bytes.
    #[must_use]
    pub fn end(&self) -> usize {
        self.begin + self.text.len()
    }

    /// Whether it is this word, whatever the case of its letters.
    #[must_use]
    pub fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it is one of these words.
    #[must_use]
    pub fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    /// Whether it is this sign.
    #[must_use]
    pub fn is_sign(&self, sign: char) -> bool {
        self.kind == Kind::Sign && self.text.starts_with(sign)
    }

    /// Whether it says something to the server: it is neither space nor comment.
    #[must_use]
    pub fn is_significant(&self) -> bool {
        !matches!(self.kind, Kind::Space | Kind::Comment)
    }
}
