//! psql's own commands, as far as they ask the catalogs: each is the statement that answers it
//! (manual, psql, "Meta-Commands" and "Patterns").

use std::borrow::Cow;
use std::time::Duration;

use crate::sql::copy::{self, Copy};
use crate::sql::quote::literal;

/// What a line of psql's asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meta {
    /// What this statement answers.
    Statement(String),
    /// A COPY between the server and this side.
    Copy(Copy),
    /// The statements of a file, whose path is relative to that of the file it stands in where `beside`.
    Include {
        /// The path, as it is written.
        path: String,
        /// Whether it is that of `\ir`.
        beside: bool,
    },
    /// That the statement before it be run again and again, with so much time between.
    Watch(Duration),
    /// That rows be shown as forms, or in a grid; where it does not say, the other way.
    Expanded(Option<bool>),
    /// That it be said how long statements take, as it always is.
    Timing,
    /// The person's editor.
    Editor,
    /// The end.
    Quit,
}

/// Reads a line.
///
/// # Errors
/// Why it is not done here, and what to do instead.
pub fn read(line: &str) -> Result<Meta, String> {
    let (command, rest) = line.split_at(line.find(char::is_whitespace).unwrap_or(line.len()));
    let rest = rest.trim();
    match command {
        "\\copy" => copy::meta(line).map(Meta::Copy),
        "\\i" | "\\include" | "\\ir" | "\\include_relative" => {
            let path = unquoted(rest.trim_end_matches(';').trim_end());
            if path.is_empty() {
                return Err(format!("{command}: no file is named"));
            }
            Ok(Meta::Include {
                path,
                beside: command.contains('r'),
            })
        }
        "\\watch" => seconds(rest).map(Meta::Watch),
        "\\e" | "\\edit" if rest.is_empty() => Ok(Meta::Editor),
        "\\x" => match rest.trim_end_matches(';').trim_end() {
            "" => Ok(Meta::Expanded(None)),
            "on" => Ok(Meta::Expanded(Some(true))),
            "off" => Ok(Meta::Expanded(Some(false))),
            other => Err(format!("\\x {other}: it is on or off")),
        },
        "\\timing" => Ok(Meta::Timing),
        "\\q" | "\\quit" => Ok(Meta::Quit),
        "\\echo" => Ok(Meta::Statement(format!(
            "SELECT {} AS echo",
            literal(&unquoted(rest))
        ))),
        "\\conninfo" => Ok(Meta::Statement(
            include_str!("conninfo.sql").trim_end().to_owned(),
        )),
        _ => statement(line).map(Meta::Statement),
    }
}

/// What stands in one pair of quotes, or as it is written.
fn unquoted(written: &str) -> String {
    let inner = written
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''));
    inner.map_or_else(|| written.to_owned(), |inner| inner.replace("''", "'"))
}

/// `\watch`, `\watch 0.5`, `\watch i=5`.
fn seconds(written: &str) -> Result<Duration, String> {
    /// As in psql; nobody reads faster than the least.
    const DEFAULT: f64 = 2.0;
    const LEAST: f64 = 0.1;
    const MOST: f64 = 86_400.0;
    let number = written.trim_end_matches(';').trim();
    let number = number
        .strip_prefix("interval=")
        .or_else(|| number.strip_prefix("i="))
        .unwrap_or(number);
    let seconds = match number {
        "" => Some(DEFAULT),
        number => number.parse::<f64>().ok(),
    };
    match seconds.filter(|seconds| (LEAST..=MOST).contains(seconds)) {
        Some(seconds) => Ok(Duration::from_secs_f64(seconds)),
        None => Err(format!(
            "\\watch {number}: give a number of seconds from 0.1 to 86400"
        )),
    }
}

/// What is read of the catalogs, and which of its names a pattern is about.
struct Listing {
    sql: &'static str,
    /// The kinds of relations, as in `pg_class.relkind`.
    kinds: Cow<'static, str>,
    /// The column with the name; that with the schema, where there is one.
    name: &'static str,
    schema: Option<&'static str>,
    /// What tells whether a thing is found by its bare name.
    visible: Option<&'static str>,
}

const RELATIONS: Listing = Listing {
    sql: include_str!("relations.sql"),
    kinds: Cow::Borrowed("{r,p,v,m,S,f}"),
    name: "c.relname",
    schema: Some("n.nspname"),
    visible: Some("pg_catalog.pg_table_is_visible(c.oid)"),
};

/// The kinds that are listed by letters, as in `\\dtv`.
fn kinds(command: &str) -> Option<String> {
    let letters = command
        .strip_prefix("\\d")
        .filter(|rest| !rest.is_empty())?;
    let kind = |letter| match letter {
        't' => Some("r,p"),
        'v' => Some("v"),
        'm' => Some("m"),
        'i' => Some("i,I"),
        's' => Some("S"),
        'E' => Some("f"),
        _ => None,
    };
    let kinds: Option<Vec<&str>> = letters.chars().map(kind).collect();
    Some(format!("{{{}}}", kinds?.join(",")))
}

fn listing(command: &str, has_pattern: bool) -> Option<Listing> {
    let of = |kinds: String| Listing {
        kinds: kinds.into(),
        ..RELATIONS
    };
    if let Some(kinds) = kinds(command) {
        return Some(of(kinds));
    }
    let alone = |sql, name| Listing {
        sql,
        kinds: Cow::Borrowed(""),
        name,
        schema: None,
        visible: None,
    };
    Some(match command {
        "\\d" if has_pattern => Listing {
            sql: include_str!("describe.sql"),
            ..RELATIONS
        },
        "\\d" => RELATIONS,
        "\\det" => of("{f}".to_owned()),
        "\\dP" => of("{p,I}".to_owned()),
        "\\dp" | "\\z" => Listing {
            sql: include_str!("privileges.sql"),
            ..RELATIONS
        },
        "\\dD" => Listing {
            sql: include_str!("domains.sql"),
            name: "c.typname",
            visible: Some("pg_catalog.pg_type_is_visible(c.oid)"),
            ..RELATIONS
        },
        "\\df" => Listing {
            sql: include_str!("functions.sql"),
            name: "c.proname",
            visible: Some("pg_catalog.pg_function_is_visible(c.oid)"),
            ..RELATIONS
        },
        "\\dT" => Listing {
            sql: include_str!("types.sql"),
            name: "c.typname",
            visible: Some("pg_catalog.pg_type_is_visible(c.oid)"),
            ..RELATIONS
        },
        "\\dn" => alone(include_str!("schemas.sql"), "n.nspname"),
        "\\du" | "\\dg" => alone(include_str!("roles.sql"), "c.rolname"),
        "\\l" => alone(include_str!("databases.sql"), "c.datname"),
        "\\db" => alone(include_str!("tablespaces.sql"), "c.spcname"),
        "\\dx" => alone(include_str!("extensions.sql"), "c.extname"),
        _ => return None,
    })
}

/// The statement that answers a command.
///
/// # Errors
/// Why there is none.
pub fn statement(line: &str) -> Result<String, String> {
    let (typed, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim().trim_end_matches(';');
    // `S` shows the system's too, `+` more: of lists all is shown that there is.
    let system = typed.get(2..).is_some_and(|flags| flags.contains('S'));
    let more = typed.ends_with('+') || typed.ends_with("+S");
    let command = typed.trim_end_matches(['+', 'S']);
    if let Some(source) = source(command, rest) {
        return source;
    }
    let mut words = words(rest).into_iter();
    let pattern = words.next();
    if let Some(more) = words.next()
        && listing(typed.trim_end_matches(['+', 'S']), true).is_some()
    {
        return Err(format!("{typed} takes one pattern, and {more} is more"));
    }
    let found = listing(command, pattern.is_some());
    let Some(found) = found else {
        return Err(match typed {
            "\\e" | "\\edit" => "\\e: ctrl-o types the text in your editor".to_owned(),
            "\\!" => "\\!: ctrl-z goes to your shell, and fg comes back".to_owned(),
            "\\c" | "\\connect" => {
                "\\c: dbkeep DATABASE opens another one; alt-n is another session of this one"
                    .to_owned()
            }
            other => format!("{other} is psql's own, and not understood here"),
        });
    };
    let matches = match pattern {
        Some(pattern) => matching(&found, pattern),
        None => by_itself(&found, system),
    };
    Ok(found
        .sql
        .replace(":kinds", &literal(&found.kinds))
        .replace(":more", if more { "true" } else { "false" })
        .replace(":matches", &matches)
        .trim_end()
        .to_owned())
}

/// The statement that returns the text of a function or of a view.
fn source(command: &str, name: &str) -> Option<Result<String, String>> {
    let (sql, what) = match command {
        "\\sf" if name.contains('(') => (include_str!("function.sql"), "regprocedure"),
        "\\sf" => (include_str!("function.sql"), "regproc"),
        "\\sv" => (include_str!("view.sql"), "regclass"),
        _ => return None,
    };
    if name.is_empty() {
        return Some(Err(format!("{command} takes the name of what it shows")));
    }
    let name = format!("{}::pg_catalog.{what}", literal(name));
    Some(Ok(sql.replace(":name", &name).trim_end().to_owned()))
}

/// What is parted by spaces, but for those in quotes.
fn words(text: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let parted = text.split(|ch: char| {
        is_quoted ^= ch == '"';
        ch.is_whitespace() && !is_quoted
    });
    parted.filter(|word| !word.is_empty()).collect()
}

/// Without a pattern what is found by its bare name is meant, and nothing of the system's.
fn by_itself(found: &Listing, system: bool) -> String {
    let own = match (found.schema, system) {
        (Some(schema), false) => format!("{schema} <> 'information_schema' AND {schema} !~ '^pg_'"),
        (None, false) if found.name == "n.nspname" => {
            "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'".to_owned()
        }
        (None, false) if found.name == "c.rolname" => "c.rolname !~ '^pg_'".to_owned(),
        _ => "true".to_owned(),
    };
    match found.visible {
        Some(visible) => format!("{own} AND {visible}"),
        None => own,
    }
}

fn matching(found: &Listing, pattern: &str) -> String {
    let (schema, name) = parts(pattern);
    let is = |column: &str, pattern: &str| {
        format!("{column} OPERATOR(pg_catalog.~) {}", literal(pattern))
    };
    match (schema, found.schema, found.visible) {
        (Some(schema), Some(column), _) => {
            format!("{} AND {}", is(column, &schema), is(found.name, &name))
        }
        (_, _, Some(visible)) => format!("{} AND {visible}", is(found.name, &name)),
        _ => is(found.name, &name),
    }
}

/// The regular expressions of a pattern: that of the schema, where there is one, and that of the name.
/// Letters are small but in quotes, `*` is anything, `?` one character; what else has a meaning in a
/// regular expression keeps it, but for `$`.
fn parts(pattern: &str) -> (Option<String>, String) {
    let mut done: Vec<String> = Vec::new();
    let mut part = String::new();
    let mut is_quoted = false;
    let mut chars = pattern.chars().peekable();
    while let Some(ch) = chars.next() {
        match ch {
            '"' if is_quoted && chars.peek() == Some(&'"') => {
                part.push('"');
                chars.next();
            }
            '"' => is_quoted = !is_quoted,
            ch if is_quoted => {
                if !(ch.is_alphanumeric() || ch == '_' || ch == ' ') {
                    part.push('\\');
                }
                part.push(ch);
            }
            '.' => done.push(std::mem::take(&mut part)),
            '*' => part.push_str(".*"),
            '?' => part.push('.'),
            '$' => part.push_str("\\$"),
            ch => part.extend(ch.to_lowercase()),
        }
    }
    let whole = |part: String| format!("^({part})$");
    (done.pop().map(whole), whole(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_that_of_psql() {
        let table = [
            ("Order", None, "^(order)$"),
            ("\"Order\"", None, "^(Order)$"),
            ("shop.o*", Some("^(shop)$"), "^(o.*)$"),
            ("\"a.b\".c?", Some("^(a\\.b)$"), "^(c.)$"),
            ("it's$", None, "^(it's\\$)$"),
            ("\"it's $\"", None, "^(it\\'s \\$)$"),
            ("\"a\"\"b\"", None, "^(a\"b)$"),
            ("t[0-9]+|U", None, "^(t[0-9]+|u)$"),
            ("db.shop.t", Some("^(shop)$"), "^(t)$"),
            ("*.*", Some("^(.*)$"), "^(.*)$"),
        ];
        for (pattern, schema, name) in table {
            let wanted = (schema.map(str::to_owned), name.to_owned());
            assert_eq!(parts(pattern), wanted, "{pattern}");
        }
    }

    #[test]
    fn what_asks_no_catalog_says_what_to_do_instead() {
        for (line, said) in [
            ("\\foo", "not understood here"),
            ("\\!", "ctrl-z"),
            ("\\c other", "dbkeep DATABASE"),
            ("\\dt a b", "takes one pattern"),
            ("\\sf", "takes the name"),
            ("\\é", "not understood here"),
        ] {
            assert!(
                statement(line).is_err_and(|why| why.contains(said)),
                "{line}"
            );
        }
        assert!(statement("\\dt").is_ok_and(|sql| sql.contains("'{r,p}'")));
        assert!(statement("\\dvt").is_ok_and(|sql| sql.contains("'{v,r,p}'")));
        assert!(statement("\\d \"my table\"").is_ok_and(|sql| sql.contains("'^(my table)$'")));
        assert!(
            statement("\\d+ t").is_ok_and(|sql| !sql.contains(":m") && sql.contains("AND true"))
        );
        assert!(
            statement("\\sf f(int, text)")
                .is_ok_and(|sql| sql.contains("'f(int, text)'::pg_catalog.regprocedure"))
        );
        assert!(statement("\\dt+ it's").is_ok_and(|sql| sql.contains("'^(it''s)$'")));
    }

    #[test]
    fn what_is_done_here_is_told_apart() {
        let include = |path: &str, beside| {
            let path = path.to_owned();
            Ok(Meta::Include { path, beside })
        };
        let watch = |millis| Ok(Meta::Watch(Duration::from_millis(millis)));
        for (line, wanted) in [
            ("\\i a.sql;", include("a.sql", false)),
            ("\\ir 'it''s one.sql'", include("it's one.sql", true)),
            ("\\watch", watch(2_000)),
            ("\\watch 0.5;", watch(500)),
            ("\\watch i=10", watch(10_000)),
            ("\\e", Ok(Meta::Editor)),
            ("\\q", Ok(Meta::Quit)),
            ("\\timing on", Ok(Meta::Timing)),
            ("\\x", Ok(Meta::Expanded(None))),
            ("\\x off;", Ok(Meta::Expanded(Some(false)))),
            (
                "\\echo it's",
                Ok(Meta::Statement("SELECT 'it''s' AS echo".to_owned())),
            ),
        ] {
            assert_eq!(read(line), wanted, "{line}");
        }
        for (line, why) in [
            ("\\i", "no file is named"),
            ("\\x auto", "on or off"),
            ("\\watch 0", "a number of seconds"),
            ("\\watch nan", "a number of seconds"),
            ("\\e file", "ctrl-o"),
        ] {
            assert!(read(line).is_err_and(|said| said.contains(why)), "{line}");
        }
    }
}
