//! Parameters of a statement that a person wrote: `$1`, and psql's `:name`, `:'name'` and `:"name"`.
//!
//! A console reads its rows as text, which the protocol has for statements without parameters only. So
//! values are put into the statement: as constants of the type that the server says a parameter has,
//! quoted here, which is what a parameter would have been (manual, 4.1.2.7).

use crate::sql::lexer::{Kind, Lexer, Token};
use crate::sql::quote::{ident, literal};

/// How a parameter is written, which says what becomes of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// `$1` and `:name`: a value of the type that belongs there.
    Value,
    /// `:'name'`: a text.
    Text,
    /// `:"name"`: a name.
    Name,
}

/// A place in a statement that wants a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What it is called: `1`, `name`.
    pub name: String,
    /// How it is written.
    pub written: Written,
    /// The first byte of it in the statement, and the one behind it.
    range: (usize, usize),
}

/// The parameters of a statement, in their order; one that is written twice is there twice.
///
/// In what defines something a `$1` is not a parameter of the statement but of what it defines; and
/// between brackets `:n` is the end of a slice.
#[must_use]
pub fn places(sql: &str) -> Vec<Place> {
    let all: Vec<Token<'_>> = Lexer::new(sql).collect();
    let first = all.iter().find(|token| token.is_significant());
    let defines = first.is_some_and(|token| token.is_any(&["create", "prepare", "alter"]));
    let mut brackets = 0_usize;
    let mut places = Vec::new();
    for token in &all {
        if token.is_sign('[') {
            brackets += 1;
        } else if token.is_sign(']') {
            brackets = brackets.saturating_sub(1);
        }
        let inner = token.text.get(1..).unwrap_or_default();
        let (name, written) = match (token.kind, inner.as_bytes().first()) {
            (Kind::Parameter, _) if defines => continue,
            (Kind::Variable, Some(b'\'')) => (inner.trim_matches('\''), Written::Text),
            (Kind::Variable, Some(b'"')) => (inner.trim_matches('"'), Written::Name),
            (Kind::Variable, _) if brackets > 0 => continue,
            (Kind::Parameter | Kind::Variable, _) => (inner, Written::Value),
            _ => continue,
        };
        places.push(Place {
            name: name.to_owned(),
            written,
            range: (token.begin, token.end()),
        });
    }
    places
}

/// The statement with `$1`, `$2`… in the places of the names, in the order in which they come first, so
/// that the server can say which types they have. Nothing, where a name is wanted: that is no value.
#[must_use]
pub fn numbered(sql: &str, names: &[String]) -> Option<String> {
    let places = places(sql);
    if places.iter().any(|place| place.written == Written::Name) {
        return None;
    }
    let number = |place: &Place| {
        let at = names.iter().position(|name| *name == place.name);
        format!("${}", at.map_or(0, |at| at + 1))
    };
    Some(replaced(sql, &places, number).0)
}

/// A value that is put in: NULL, or a text; and its type as a cast names it, where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The value.
    pub text: Option<String>,
    /// `integer`, `character varying`.
    pub kind: Option<String>,
}

/// A stretch of a statement that is another one in what was written: how many characters it had there,
/// and has here, from which character on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    at: usize,
    here: usize,
    there: usize,
}

/// The statement with values in the places of its parameters.
#[must_use]
pub fn filled(sql: &str, value: impl Fn(&str) -> Option<Value>) -> (String, Vec<Stretch>) {
    let constant = |place: &Place| {
        let written = &sql[place.range.0..place.range.1];
        let Some(value) = value(&place.name) else {
            return written.to_owned();
        };
        let cast = value
            .kind
            .map_or_else(String::new, |kind| format!("::{kind}"));
        match (&value.text, place.written) {
            (Some(text), Written::Name) => ident(text),
            (Some(text), Written::Text) => literal(text),
            // Of no type that is known, a number is one: the server refuses `-'5'`, and takes `-5`.
            (Some(text), Written::Value) if cast.is_empty() && is_number(text) => text.clone(),
            (Some(text), Written::Value) => format!("{}{cast}", literal(text)),
            (None, Written::Value) => format!("NULL{cast}"),
            (None, _) => "NULL".to_owned(),
        }
    };
    // A sign before it would have the cast: `-:n` is `-'5'::int`, and `:n::text` casts once more.
    replaced(sql, &places(sql), |place| {
        let constant = constant(place);
        if place.written == Written::Value && constant.contains("::") {
            format!("({constant})")
        } else {
            constant
        }
    })
}

/// Whether a text is a plain number, as SQL writes it without a sign.
fn is_number(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    !whole.is_empty() && !part.is_empty() && digits(whole) && digits(part)
}

fn replaced(sql: &str, places: &[Place], by: impl Fn(&Place) -> String) -> (String, Vec<Stretch>) {
    let mut out = String::with_capacity(sql.len());
    let mut stretches = Vec::new();
    let mut from = 0;
    let mut characters = 0;
    for place in places {
        let before = &sql[from..place.range.0];
        let new = by(place);
        characters += before.chars().count();
        let stretch = Stretch {
            at: characters,
            here: new.chars().count(),
            there: sql[place.range.0..place.range.1].chars().count(),
        };
        characters += stretch.here;
        stretches.push(stretch);
        out.push_str(before);
        out.push_str(&new);
        from = place.range.1;
    }
    out.push_str(&sql[from..]);
    (out, stretches)
}

/// Where a character of the filled statement stands in what was written, both counted from nought.
#[must_use]
pub fn written_place(stretches: &[Stretch], character: usize) -> usize {
    let (mut here, mut there) = (0, 0);
    for stretch in stretches {
        if character < stretch.at {
            break;
        }
        if character < stretch.at + stretch.here {
            return stretch.at + there - here;
        }
        here += stretch.here;
        there += stretch.there;
    }
    character + there - here
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(sql: &str) -> Vec<String> {
        places(sql).into_iter().map(|place| place.name).collect()
    }

    #[test]
    fn parameters_are_found_where_they_are_some() {
        let cases: [(&str, &[&str]); 12] = [
            ("select $1, $2, $1", &["1", "2", "1"]),
            (
                "select :name, :'name', :\"Name\"",
                &["name", "name", "Name"],
            ),
            ("select a::text, b[1:n], b[:n], f(x := 1)", &[]),
            ("select ':no', $$:no $1$$, \":no\" -- :no $1", &[]),
            ("select b[(:n)]", &[]),
            (
                "create function f(int) returns int begin atomic select $1; end",
                &[],
            ),
            ("prepare p as select $1", &[]),
            (
                "create role :\"who\" password :'secret'",
                &["who", "secret"],
            ),
            ("select :a::int", &["a"]),
            ("select '2026-01-01 10:00', ts at time zone 'a:b'", &[]),
            ("update t set a = :a where id = $1", &["a", "1"]),
            ("", &[]),
        ];
        for (sql, found) in cases {
            assert_eq!(names(sql), found, "{sql}");
        }
    }

    #[test]
    fn values_are_put_in_as_constants_of_their_type() {
        let value = |name: &str| {
            let (text, kind) = match name {
                "n" => (Some("5"), Some("integer")),
                "t" => (Some("it's \\ "), Some("text")),
                "none" => (None, Some("date")),
                "bare" => (Some("x"), None),
                "some" => (Some("2.5"), None),
                _ => return None,
            };
            Some(Value {
                text: text.map(str::to_owned),
                kind: kind.map(str::to_owned),
            })
        };
        let cases = [
            ("select -:n", "select -('5'::integer)"),
            (
                "select :t || :'t'",
                "select (E'it''s \\\\ '::text) || E'it''s \\\\ '",
            ),
            ("select :none", "select (NULL::date)"),
            ("select :bare, :\"bare\"", "select 'x', \"x\""),
            ("select -:some || :'some'", "select -2.5 || '2.5'"),
            ("select :other, $7", "select :other, $7"),
        ];
        for (sql, wanted) in cases {
            assert_eq!(filled(sql, value).0, wanted);
        }
    }

    #[test]
    fn the_server_is_asked_by_number() {
        let names = ["b".to_owned(), "2".to_owned()];
        let numbered = |sql| super::numbered(sql, &names);
        assert_eq!(
            numbered("select :b + $2 + :'b'").as_deref(),
            Some("select $1 + $2 + $1")
        );
        assert_eq!(numbered("select :\"b\""), None);
    }

    proptest! {
        #[test]
        fn a_place_in_what_is_sent_leads_to_what_was_written(
            parts in proptest::collection::vec(("[a-zé ]{0,6}", 0..3usize), 0..6), text in "[xé]{0,9}",
        ) {
            let mut sql = "select ".to_owned();
            for (before, parameter) in &parts {
                sql.push_str(before);
                sql.push_str([" :n ", " $1 ", " :'n' "][*parameter]);
            }
            sql.push_str(" from t");
            let value = |_: &str| Some(Value { text: Some(text.clone()), kind: Some("text".to_owned()) });
            let (sent, stretches) = filled(&sql, value);
            let (written, sent): (Vec<char>, Vec<char>) = (sql.chars().collect(), sent.chars().collect());
            let mut last = 0;
            for (place, character) in sent.iter().enumerate() {
                let there = written_place(&stretches, place);
                prop_assert!(there < written.len() && there >= last, "{} of {}", there, place);
                let within = stretches.iter().any(|stretch| {
                    (stretch.at..stretch.at + stretch.here).contains(&place)
                });
                if within {
                    prop_assert!(matches!(written[there], ':' | '$'));
                } else {
                    prop_assert_eq!(&written[there], character);
                }
                last = there;
            }
        }
    }
}
