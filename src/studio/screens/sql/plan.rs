//! From a text to what is to be sent: its statements, and what psql's own lines among them ask for.

use std::path::Path;
use std::sync::Arc;

use super::planned::{Copying, Origin, Planned};
use crate::sql::copy::{self, Copy, End};
use crate::sql::meta::{self, Meta};
use crate::sql::script::{Kind, Statement};
use crate::studio::work::console::Way;

/// So many files may stand in each other.
const DEPTH: usize = 16;

/// A text whose statements are to be run.
pub(super) struct Text<'a> {
    whole: &'a str,
    /// The file it is, and where in the console's text that is named; nothing for that text itself.
    file: Option<(Arc<str>, usize, usize)>,
    /// Where the lines of a file end.
    ends: Vec<usize>,
}

impl<'a> Text<'a> {
    /// The console's.
    pub(super) fn of_console(text: &'a str) -> Self {
        Self {
            whole: text,
            file: None,
            ends: Vec::new(),
        }
    }

    /// A file's, which the line at this place of the console's text names, inside so many others.
    pub(super) fn of_file(text: &'a str, path: Arc<str>, place: usize, depth: usize) -> Self {
        Self {
            whole: text,
            file: Some((path, place, depth)),
            ends: text.match_indices('\n').map(|(at, _)| at).collect(),
        }
    }

    /// What is to be run, or why it cannot be.
    ///
    /// # Errors
    /// The reason, and the place in the console's text.
    pub(super) fn plan(&self, statements: &[Statement]) -> Result<Vec<Planned>, (String, usize)> {
        let mut planned: Vec<Planned> = Vec::new();
        let mut expanded = Vec::new();
        for statement in statements {
            let wrong = |why: String| self.wrong(statement, why);
            if planned.last().is_some_and(|last| last.watch.is_some()) {
                let why =
                    "\\watch runs until it is stopped: what is behind it is to be run by itself";
                return Err(wrong(why.to_owned()));
            }
            let written = &self.whole[statement.range.clone()];
            if statement.kind == Kind::Meta && is_watch(written) {
                let Ok(Meta::Watch(every)) = meta::read(written) else {
                    return Err(wrong(meta::read(written).err().unwrap_or_default()));
                };
                match planned.last_mut() {
                    // What a file holds, or copies, is not meant to be done again and again.
                    Some(last) if last.include.is_some() || last.copy.is_some() => {
                        let why = "\\watch: what is run again is a query, and no file and no COPY";
                        return Err(wrong(why.to_owned()));
                    }
                    Some(last) => last.watch = Some(every),
                    None => {
                        return Err(wrong("\\watch: there is no statement before it".to_owned()));
                    }
                }
                continue;
            }
            if statement.kind == Kind::Meta {
                match meta::read(written) {
                    // Every result says how long it took.
                    Ok(Meta::Timing) => continue,
                    Ok(Meta::Expanded(wanted)) if statements.last() != Some(statement) => {
                        expanded.push(wanted);
                        continue;
                    }
                    _ => {}
                }
            }
            planned.push(Planned {
                expanded: std::mem::take(&mut expanded),
                ..self.one(statement, written).map_err(wrong)?
            });
        }
        Ok(planned)
    }

    fn one(&self, statement: &Statement, written: &str) -> Result<Planned, String> {
        let at = statement.range.start;
        let new = |sql: String| Planned {
            origin: self.origin(at),
            // What is in a file has no place in the text but the line that names it.
            at: self.file.as_ref().map_or(at, |(_, place, _)| *place),
            prefix: self.file.is_none().then_some(0),
            ..Planned::new(sql, at)
        };
        let own = |sql: String| Planned {
            label: Some(written.to_owned()),
            prefix: None,
            ..new(sql)
        };
        if statement.kind == Kind::Meta {
            return match meta::read(written)? {
                Meta::Statement(sql) => Ok(own(sql)),
                Meta::Copy(copy) => Ok(Planned {
                    copy: Some(self.copying(&copy, statement)?),
                    ..own(copy.sql)
                }),
                Meta::Include { path, beside } => Ok(Planned {
                    include: Some(self.path(path, beside)?),
                    ..own(String::new())
                }),
                Meta::Watch(_) | Meta::Expanded(_) | Meta::Timing | Meta::Editor | Meta::Quit => {
                    Err(format!("{written} is to be run by itself"))
                }
            };
        }
        if let Some(copy) = copy::statement(written) {
            return Ok(Planned {
                copy: Some(self.copying(&copy, statement)?),
                ..new(copy.sql)
            });
        }
        if statement.open {
            return Err("it has no end: a quote, a comment or a body is not closed".to_owned());
        }
        Ok(new(written.to_owned()))
    }

    /// Where the data of a COPY are, as far as it is written.
    fn copying(&self, copy: &Copy, statement: &Statement) -> Result<Copying, String> {
        let is_from = copy.is_from;
        let unknown = Copying {
            is_from,
            way: None,
            data_at: None,
        };
        let path = match (&copy.end, &statement.data) {
            (End::File(path), _) => path.clone(),
            (End::Here, Some(data)) => {
                let lines = &self.whole[data.clone()];
                if !statement.open {
                    return Ok(Copying {
                        way: Some(Way::Given(lines.to_owned())),
                        data_at: self.file.is_none().then_some(data.start),
                        ..unknown
                    });
                }
                if !lines.trim().is_empty() {
                    let why = "the lines behind it are its data, and a line with \\. alone is to end them; selected without them, it asks for a file";
                    return Err(why.to_owned());
                }
                return Ok(unknown);
            }
            (End::Here, None) => return Ok(unknown),
        };
        let way = if is_from { Way::From } else { Way::Into };
        Ok(Copying {
            way: Some(way(path)),
            ..unknown
        })
    }

    fn origin(&self, at: usize) -> Option<Origin> {
        let (path, _, depth) = self.file.clone()?;
        let line = self.ends.partition_point(|end| *end < at) + 1;
        Some(Origin { path, line, depth })
    }

    /// The file that a line names.
    fn path(&self, path: String, beside: bool) -> Result<String, String> {
        let Some((file, _, depth)) = &self.file else {
            return Ok(path);
        };
        if *depth >= DEPTH {
            return Err(format!(
                "{DEPTH} files stand in each other: does one of them name itself?"
            ));
        }
        match Path::new(&**file).parent() {
            Some(folder) if beside && !path.starts_with(['/', '~']) => {
                Ok(folder.join(path).display().to_string())
            }
            _ => Ok(path),
        }
    }

    fn wrong(&self, statement: &Statement, why: String) -> (String, usize) {
        let at = statement.range.start;
        match (self.origin(at), &self.file) {
            (Some(Origin { path, line, .. }), Some((_, place, _))) => {
                (format!("{path}, line {line}: {why}"), *place)
            }
            _ => (why, at),
        }
    }
}

/// Whether a line of psql's has the statement before it run again and again.
pub(super) fn is_watch(line: &str) -> bool {
    line.split_whitespace().next() == Some("\\watch")
}
