//! psql's own commands, as far as they ask the catalogs: each is the statement that answers it
//! (manual, psql, "Meta-Commands" and "Patterns").

use crate::sql::quote::literal;

/// What is read of the catalogs, and which of its names a pattern is about.
struct Listing {
    sql: &'static str,
    /// The kinds of relations, as in `pg_class.relkind`.
    kinds: &'static str,
    /// The column with the name; that with the schema, where there is one.
    name: &'static str,
    schema: Option<&'static str>,
    /// What tells whether a thing is found by its bare name.
    visible: Option<&'static str>,
}

const RELATIONS: Listing = Listing {
    sql: include_str!("relations.sql"),
    kinds: "{r,p,v,m,S,f}",
    name: "c.relname",
    schema: Some("n.nspname"),
    visible: Some("pg_catalog.pg_table_is_visible(c.oid)"),
};

fn listing(command: &str, has_pattern: bool) -> Option<Listing> {
    let of = |kinds| Listing { kinds, ..RELATIONS };
    let alone = |sql, name| Listing {
        sql,
        kinds: "",
        name,
        schema: None,
        visible: None,
    };
    Some(match command {
        "\\d" if has_pattern => Listing {
            sql: include_str!("columns.sql"),
            ..RELATIONS
        },
        "\\d" => RELATIONS,
        "\\dt" => of("{r,p}"),
        "\\dv" => of("{v}"),
        "\\dm" => of("{m}"),
        "\\di" => of("{i,I}"),
        "\\ds" => of("{S}"),
        "\\det" | "\\dE" => of("{f}"),
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
        "\\dx" => alone(include_str!("extensions.sql"), "c.extname"),
        _ => return None,
    })
}

/// The statement that answers a command.
///
/// # Errors
/// Why there is none.
pub fn statement(line: &str) -> Result<String, String> {
    let mut words = line.split_whitespace();
    let typed = words.next().unwrap_or_default();
    let pattern = words.next();
    if let Some(more) = words.next() {
        return Err(format!("{typed} takes one pattern, and {more} is more"));
    }
    // `S` shows the system's too, `+` more: here all is shown that there is.
    let system = typed.len() > 2 && typed[2..].contains('S');
    let command = typed.trim_end_matches(['+', 'S']);
    let found = listing(command, pattern.is_some());
    let Some(found) = found else {
        return Err(match typed {
            "\\x" => "\\x: v shows a value whole, > and w make its column wider".to_owned(),
            "\\timing" => "\\timing: every result says how long it took".to_owned(),
            "\\e" => "\\e: ctrl-o types the text in your editor".to_owned(),
            "\\q" => "\\q: esc, then q, quits".to_owned(),
            other => format!("{other} is psql's own, and not understood here"),
        });
    };
    let matches = match pattern {
        Some(pattern) => matching(&found, pattern),
        None => by_itself(&found, system),
    };
    Ok(found
        .sql
        .replace(":kinds", &literal(found.kinds))
        .replace(":matches", &matches)
        .trim_end()
        .to_owned())
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
/// Letters are small but in quotes, `*` is anything, `?` one character.
fn parts(pattern: &str) -> (Option<String>, String) {
    let mut done: Vec<String> = Vec::new();
    let mut part = String::new();
    let mut is_quoted = false;
    for ch in pattern.chars() {
        match ch {
            '"' => is_quoted = !is_quoted,
            '.' if !is_quoted => done.push(std::mem::take(&mut part)),
            '*' if !is_quoted => part.push_str(".*"),
            '?' if !is_quoted => part.push('.'),
            ch if ch.is_alphanumeric() || ch == '_' => {
                if is_quoted {
                    part.push(ch);
                } else {
                    part.extend(ch.to_lowercase());
                }
            }
            other => {
                part.push('\\');
                part.push(other);
            }
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
            ("it's$", None, "^(it\\'s\\$)$"),
        ];
        for (pattern, schema, name) in table {
            let wanted = (schema.map(str::to_owned), name.to_owned());
            assert_eq!(parts(pattern), wanted, "{pattern}");
        }
    }

    #[test]
    fn what_asks_no_catalog_says_what_to_do_instead() {
        for (line, said) in [
            ("\\x", "v shows a value whole"),
            ("\\foo", "not understood here"),
            ("\\dt a b", "takes one pattern"),
        ] {
            assert!(
                statement(line).is_err_and(|why| why.contains(said)),
                "{line}"
            );
        }
        assert!(statement("\\dt").is_ok_and(|sql| sql.contains("'{r,p}'")));
        assert!(statement("\\dt+ it's").is_ok_and(|sql| sql.contains("E'^(it\\\\''s)$'")));
    }
}
