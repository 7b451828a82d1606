//! Queries that are kept by name: what one is, and what is asked of the folder that they are in.

/// How many bytes a name has at most: a file system takes 255, with `.sql`.
const LONGEST: usize = 200;

/// A query and what it is for, as its file has them: lines of comment, and the SQL behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedQuery {
    /// The name of its file, without `.sql`.
    pub name: String,
    /// What it is for; it may have several lines, or none.
    pub about: String,
    /// Its text, without that.
    pub sql: String,
}

impl SavedQuery {
    /// Reads the text of a file: the comments that it begins with say what the query is for.
    #[must_use]
    pub fn parse(name: &str, text: &str) -> Self {
        let mut rest = text.trim_start_matches('\u{feff}').trim_start();
        let mut about = Vec::new();
        while let Some(line) = rest.lines().next().filter(|line| line.starts_with("--")) {
            about.push(line.trim_start_matches('-').trim());
            rest = rest[line.len()..].trim_start_matches('\r');
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
        Self {
            name: name.to_owned(),
            about: about.join("\n").trim().to_owned(),
            sql: rest.trim().to_owned(),
        }
    }

    /// The text of its file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for line in self.about.lines() {
            text.push_str(format!("-- {line}").trim_end());
            text.push('\n');
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(self.sql.trim());
        text.push('\n');
        text
    }
}

/// What a folder of queries holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shelf {
    /// Where it is.
    pub folder: String,
    /// The queries, by name.
    pub queries: Vec<SavedQuery>,
    /// The files that could not be read, and why.
    pub unread: Vec<String>,
}

/// What is asked of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShelfOrder {
    /// To be read again.
    Read,
    /// To keep a query; over another one of that name only where that was asked for.
    Keep {
        /// The query.
        query: SavedQuery,
        /// Whether it may take the place of another.
        over: bool,
    },
    /// To give a query another name.
    Rename {
        /// Its name.
        from: String,
        /// The other one.
        to: String,
    },
    /// To remove a query.
    Remove(String),
}

/// What became of an order. The folder as it is then comes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShelfReply {
    /// It was read.
    Read,
    /// It was done: in words.
    Done(String),
    /// There is another query of that name, and nothing was done.
    Taken(SavedQuery),
    /// It was not done: why.
    Failed(String),
}

/// Why a query cannot have a name, if it cannot.
///
/// # Errors
/// The reason.
pub fn named(name: &str) -> Result<(), &'static str> {
    if name.trim().is_empty() {
        return Err("a query that is kept has a name");
    }
    if name.contains(['/', '\\', '\0']) || name.chars().any(char::is_control) {
        return Err("it becomes the name of a file: no slash, and nothing that is not seen");
    }
    if name.starts_with('.') {
        return Err("files that begin with a dot are hidden");
    }
    if name.len() > LONGEST {
        return Err("it is too long for a file's name");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_it_was_written_and_as_others_write_theirs() {
        let query = SavedQuery {
            name: "late orders".to_owned(),
            about: "Orders that are late.\n\nFor the shop.".to_owned(),
            sql: "-- not about it\nselect 1;".to_owned(),
        };
        let text = query.text();
        assert!(text.starts_with("-- Orders that are late.\n--\n-- For the shop.\n\n"));
        let read = SavedQuery::parse("late orders", &text);
        assert_eq!(read, query);
        let other = SavedQuery::parse("a", "\u{feff}--- What it is\r\n--for\r\nselect 1\r\n");
        assert_eq!(other.about, "What it is\nfor");
        assert_eq!(other.sql, "select 1");
        for text in ["", "--", "-- a", "select 1", "\n-- a\nselect"] {
            let read = SavedQuery::parse("a", text);
            assert_eq!(SavedQuery::parse("a", &read.text()), read, "{text:?}");
        }
    }

    #[test]
    fn a_name_is_that_of_a_file() {
        for name in ["", " ", "a/b", "../a", ".a", "a\nb", &"a".repeat(201)] {
            assert!(named(name).is_err(), "{name:?}");
        }
        for name in ["a", "late orders", "été.2", "a.sql"] {
            assert_eq!(named(name), Ok(()), "{name:?}");
        }
    }
}
