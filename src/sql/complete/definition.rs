//! What may stand at the cursor in the statements that are no queries: those that make, change, drop
//! and keep up objects, and those of the session.

use super::place::{Columns, Functions, Relations, Wanted, expects_operand, listing};
use super::tree::Tree;
use super::words;
use crate::data::catalog::Kind as Object;
use crate::sql::lexer::{Kind, Token};

const TABLES: &[Object] = &[Object::Table, Object::Partitioned, Object::ForeignTable];
const VIEWS: &[Object] = &[Object::View];
const KEPT: &[Object] = &[Object::MaterializedView];
const SEQUENCES: &[Object] = &[Object::Sequence];
const STORED: &[Object] = &[
    Object::Table,
    Object::Partitioned,
    Object::ForeignTable,
    Object::MaterializedView,
];

/// What may stand there; `previous` is the token before the cursor.
pub(super) fn wanted(tree: &Tree<'_, '_>, previous: &Token<'_>) -> Wanted {
    let Some(first) = tree.get(0) else {
        return Wanted::words(&[words::STATEMENT]);
    };
    let alone = tree.at == 1;
    match first.text.to_ascii_lowercase().as_str() {
        "create" => create(tree, previous),
        "alter" => alter(tree, previous),
        "drop" => drop(tree, previous),
        "truncate" => truncate(previous),
        "explain" => explain(tree, previous),
        "copy" => copy(tree, previous),
        "grant" | "revoke" => grant(tree, previous),
        "comment" => comment(tree, previous),
        "refresh" if previous.is_any(&["view", "concurrently"]) => {
            Wanted::relations(Relations::Of(KEPT))
        }
        "refresh" => Wanted::words(&[words::REFRESH]),
        "analyze" | "vacuum" | "analyse" => maintain(tree, previous),
        "lock" if alone || previous.is_any(&["table", "only"]) || previous.is_sign(',') => {
            Wanted::relations(Relations::Of(TABLES))
        }
        "reindex" | "cluster" if previous.is_any(&["table", "cluster"]) => {
            Wanted::relations(Relations::Of(STORED))
        }
        "reindex" if previous.is("schema") => schemas(),
        "reindex" if alone => Wanted::words(&[words::REINDEX]),
        "call" if alone => Wanted {
            functions: Functions::Procedures,
            schemas: true,
            ..Wanted::nothing()
        },
        "call" | "execute" if !tree.around.is_empty() => operand(tree, Columns::None),
        "set" | "reset" | "show" => setting(tree, previous),
        "begin" | "start" | "commit" | "rollback" | "end" | "abort" => {
            Wanted::words(&[words::TRANSACTION])
        }
        "prepare" | "declare" => Wanted::words(&[words::AS]),
        _ => Wanted::nothing(),
    }
}

fn schemas() -> Wanted {
    Wanted {
        schemas: true,
        ..Wanted::nothing()
    }
}

/// Relations, schemas, types or functions: what the word before the cursor, or the one before its
/// `IF EXISTS`, asks for.
fn named(tree: &Tree<'_, '_>) -> Option<Wanted> {
    let mut at = tree.at;
    if at >= 2 && tree.says(at - 1, "exists") && tree.says(at - 2, "if") {
        at -= 2;
    }
    let only = at
        .checked_sub(1)
        .is_some_and(|before| tree.says(before, "only"));
    let at = at.checked_sub(1 + usize::from(only))?;
    let kept = at > 0 && tree.says(at - 1, "materialized");
    let word = tree.get(at).filter(|token| token.kind == Kind::Word)?;
    Some(match word.text.to_ascii_lowercase().as_str() {
        "table" => Wanted::relations(Relations::Of(TABLES)),
        "view" if kept => Wanted::relations(Relations::Of(KEPT)),
        "view" => Wanted::relations(Relations::Of(VIEWS)),
        "sequence" => Wanted::relations(Relations::Of(SEQUENCES)),
        "schema" => schemas(),
        "type" | "domain" => Wanted::types(),
        "function" | "procedure" | "routine" | "aggregate" => Wanted {
            functions: Functions::Named,
            schemas: true,
            ..Wanted::nothing()
        },
        _ => return None,
    })
}

/// An expression over these columns, or what follows an operand of it.
fn operand(tree: &Tree<'_, '_>, columns: Columns) -> Wanted {
    if expects_operand(tree, tree.at) {
        Wanted {
            columns,
            ..Wanted::operand()
        }
    } else {
        Wanted::words(&[words::OPERATOR])
    }
}

/// The relation that stands behind one of these words.
fn behind(tree: &Tree<'_, '_>, wanted: &[&str]) -> Option<Vec<String>> {
    let mut at = (0..tree.tokens.len())
        .find(|at| tree.get(*at).is_some_and(|token| token.is_any(wanted)))?
        + 1;
    while at < tree.tokens.len() && tree.get(at)?.is_any(&["if", "not", "exists", "only"]) {
        at += 1;
    }
    tree.path(at, tree.tokens.len()).map(|(path, _)| path)
}

fn create(tree: &Tree<'_, '_>, previous: &Token<'_>) -> Wanted {
    let says = |word: &str| (1..tree.at.min(6)).any(|at| tree.says(at, word));
    let (table, index, routine) = (
        says("table"),
        says("index"),
        says("function") || says("procedure"),
    );
    if tree.at == 1 || (tree.at == 3 && previous.is("replace")) {
        return Wanted::words(&[words::CREATE, words::OBJECTS]);
    }
    if previous.is("references")
        || (previous.is("on") && !tree.says(tree.at.saturating_sub(2), "delete"))
    {
        return Wanted::relations(Relations::Of(STORED)).and(&["CONFLICT"]);
    }
    if previous.is("of") && table {
        return Wanted::relations(Relations::Of(TABLES));
    }
    if previous.is_any(&["returns", "setof", "type"]) || (says("domain") && previous.is("as")) {
        return Wanted::types().and(&["TABLE", "SETOF"]);
    }
    if let Some(open) = tree.around.first().copied() {
        let inner = tree.around.last().copied().unwrap_or(open);
        if index {
            let columns = behind(tree, &["on"]).map_or(Columns::None, Columns::Of);
            return operand(tree, columns);
        }
        if table
            && inner == open
            && tree
                .before(open)
                .is_some_and(|before| before.is("inherits"))
        {
            return Wanted::relations(Relations::Of(TABLES));
        }
        if table {
            return entry(tree, open, inner, previous);
        }
        let columns = behind(tree, &["on"]).map_or(Columns::None, Columns::Of);
        return if routine || says("type") {
            second_is_type(tree, open)
        } else {
            operand(tree, columns)
        };
    }
    if previous.is_any(&["function", "execute"]) && says("trigger") {
        return Wanted {
            functions: Functions::Named,
            schemas: true,
            ..Wanted::words(&[&["FUNCTION"]])
        };
    }
    if previous.is_any(&[
        "table",
        "view",
        "index",
        "schema",
        "function",
        "procedure",
        "sequence",
        "domain",
        "role",
    ]) {
        return Wanted::words(&[words::IF_NOT_EXISTS]);
    }
    if tree.at == 2 {
        return Wanted::words(&[words::OBJECTS]);
    }
    Wanted::words(&[words::CREATE_NEXT])
}

/// What an entry of `CREATE TABLE t (…)` begins with that is no column.
const CONSTRAINTS: [&str; 7] = [
    "primary",
    "foreign",
    "unique",
    "check",
    "exclude",
    "constraint",
    "like",
];

/// In the parentheses of `CREATE TABLE t (…)`: a column's name, its type, and what follows it.
fn entry(tree: &Tree<'_, '_>, open: usize, inner: usize, previous: &Token<'_>) -> Wanted {
    if inner != open {
        let before = inner.checked_sub(1).and_then(|at| tree.get(at));
        let is = |words: &[&str]| before.is_some_and(|token| token.is_any(words));
        let mut own = super::query::first_names(tree, tree.inside(open));
        own.retain(|name| !CONSTRAINTS.contains(&name.as_str()));
        if is(&["key", "unique", "include"]) {
            return listing(tree, inner, Columns::New(own));
        }
        if let Some(path) = tree.path_before(inner)
            && tree.says(inner.saturating_sub(path.len() * 2), "references")
        {
            return listing(tree, inner, Columns::Of(path));
        }
        return operand(tree, Columns::New(own));
    }
    let part = tree
        .parts(open + 1..tree.at)
        .pop()
        .unwrap_or(tree.at..tree.at);
    let begins = previous.is_sign('(') || previous.is_sign(',');
    let starts_with = |words: &[&str]| {
        tree.get(part.start)
            .is_some_and(|token| token.is_any(words))
    };
    if begins {
        return Wanted::words(&[words::TABLE_ENTRY]);
    }
    if starts_with(&["like"]) && part.len() == 1 {
        return Wanted::relations(Relations::Read);
    }
    if starts_with(&["primary", "foreign", "unique", "check", "exclude", "like"]) {
        return Wanted::words(&[&["KEY", "REFERENCES", "INCLUDING ALL"], words::COLUMN]);
    }
    if starts_with(&["constraint"]) && part.len() <= 2 {
        return if part.len() == 1 {
            Wanted::nothing()
        } else {
            Wanted::words(&[words::TABLE_ENTRY])
        };
    }
    column(tree, part.len(), previous)
}

/// Behind the name of a column that is being made, by so many tokens.
fn column(tree: &Tree<'_, '_>, tokens: usize, previous: &Token<'_>) -> Wanted {
    if tokens == 1 {
        return Wanted::types();
    }
    if previous.is("default") {
        return operand(tree, Columns::None);
    }
    if previous.is("constraint") {
        return Wanted::nothing();
    }
    Wanted::words(&[words::COLUMN])
}

/// In a list of names with their types.
fn second_is_type(tree: &Tree<'_, '_>, open: usize) -> Wanted {
    let part = tree
        .parts(open + 1..tree.at)
        .pop()
        .unwrap_or(tree.at..tree.at);
    let begins = part.is_empty()
        || tree
            .get(tree.at - 1)
            .is_some_and(|token| token.is_sign(','));
    match part.len() {
        // The types alone may be listed, too.
        _ if begins => Wanted::types(),
        1 => Wanted::types(),
        _ => Wanted::words(&[words::DEFAULT]),
    }
}

fn alter(tree: &Tree<'_, '_>, previous: &Token<'_>) -> Wanted {
    if tree.at == 1 {
        return Wanted::words(&[words::OBJECTS]);
    }
    let table = (1..tree.at.min(4)).any(|at| tree.says(at, "table"));
    let of = || behind(tree, &["table"]).map_or(Columns::None, Columns::Of);
    if let Some(open) = tree.around.last().copied() {
        let before = open.checked_sub(1).and_then(|at| tree.get(at));
        if before.is_some_and(|token| token.is_any(&["key", "unique", "include"])) {
            return listing(tree, open, of());
        }
        if let Some(path) = tree.path_before(open)
            && tree.says(open.saturating_sub(path.len() * 2), "references")
        {
            return listing(tree, open, Columns::Of(path));
        }
        return operand(tree, of());
    }
    if previous.is("references") {
        return Wanted::relations(Relations::Of(TABLES));
    }
    if previous.is("partition") {
        return Wanted::relations(Relations::Of(TABLES));
    }
    if previous.is("schema") && tree.at > 2 {
        return schemas();
    }
    let is_before = |back: usize, words: &[&str]| {
        let token = tree.at.checked_sub(back).and_then(|at| tree.get(at));
        token.is_some_and(|token| token.is_any(words))
    };
    if table {
        let changes = is_before(2, &["alter", "drop", "rename"]) && previous.is("column")
            || (previous.is("exists") && is_before(3, &["column"]));
        let bare = previous.is_any(&["alter", "drop", "rename"]) && tree.at > 2;
        if changes || bare {
            let more: &[&str] = if changes {
                &[]
            } else {
                &["COLUMN", "CONSTRAINT", "TO"]
            };
            return Wanted::columns(of()).and(more);
        }
        let adds = is_before(2, &["column"]) && is_before(3, &["add"])
            || is_before(2, &["exists"]) && is_before(6, &["add"])
            || is_before(2, &["add"])
                && !previous.is_any(&[
                    "column",
                    "constraint",
                    "primary",
                    "foreign",
                    "unique",
                    "check",
                ]);
        if adds || previous.is("type") {
            return Wanted::types();
        }
        if previous.is("add") {
            return Wanted::words(&[&["COLUMN", "CONSTRAINT"], words::TABLE_ENTRY]);
        }
        if previous.is("column") {
            return Wanted::words(&[words::IF_NOT_EXISTS]);
        }
        if previous.is("default") {
            return operand(tree, Columns::None);
        }
        if previous.is_any(&["to", "constraint", "as"]) {
            return Wanted::nothing();
        }
        let since_comma = tree.parts(0..tree.at).pop().unwrap_or(0..0);
        let says = |word: &str| since_comma.clone().any(|at| tree.says(at, word));
        if says("add") && !says("constraint") {
            return Wanted::words(&[words::COLUMN]);
        }
        if since_comma.clone().skip(1).any(|at| tree.says(at, "alter")) {
            return Wanted::words(&[words::ALTER_COLUMN]);
        }
        if says("constraint") {
            return Wanted::words(&[words::TABLE_ENTRY, &["REFERENCES"], words::CASCADE]);
        }
        if says("drop") {
            return Wanted::words(&[words::CASCADE]);
        }
    }
    if let Some(wanted) = named(tree) {
        return wanted.and(words::IF_EXISTS);
    }
    Wanted::words(if table {
        &[words::ALTER]
    } else {
        &[words::ALTER_OTHER]
    })
}

fn drop(tree: &Tree<'_, '_>, previous: &Token<'_>) -> Wanted {
    if tree.at == 1 {
        return Wanted::words(&[words::OBJECTS]);
    }
    if let Some(wanted) = named(tree) {
        return if previous.is("exists") {
            wanted
        } else {
            wanted.and(words::IF_EXISTS)
        };
    }
    if previous.is("on") {
        return Wanted::relations(Relations::Of(TABLES));
    }
    if previous.is_sign(',') {
        // What the first word behind DROP asks for.
        let kind = Tree::new(&tree.tokens[..2.min(tree.at)], 2.min(tree.at));
        return named(&kind).unwrap_or_else(Wanted::nothing);
    }
    Wanted::words(&[words::CASCADE, &["ON"]])
}

fn truncate(previous: &Token<'_>) -> Wanted {
    if previous.is_any(&["truncate", "table", "only"]) || previous.is_sign(',') {
        Wanted::relations(Relations::Of(TABLES))
    } else {
        Wanted::words(&[words::TRUNCATE])
    }
}

fn explain(tree: &Tree<'_, '_>, previous: &Token<'_>) -> Wanted {
    if !tree.around.is_empty() {
        return Wanted::words(&[words::EXPLAIN_OPTIONS]);
    }
    if previous.is_sign(')') {
        return Wanted::words(&[words::QUERY]);
    }
    Wanted::words(&[words::QUERY, words::EXPLAIN])
}

fn copy(tree: &Tree<'_, '_>, previous: &Token<'_>) -> Wanted {
    if previous.is("copy") {
        return Wanted::relations(Relations::Write);
    }
    if let Some(open) = tree.around.last().copied() {
        if open == 1 {
            return Wanted::words(&[words::SUBQUERY]);
        }
        if tree.says(open.saturating_sub(1), "with") {
            return Wanted::words(&[&[
                "FORMAT csv",
                "HEADER",
                "DELIMITER",
                "NULL",
                "QUOTE",
                "ENCODING",
            ]]);
        }
        return listing(
            tree,
            open,
            behind(tree, &["copy"]).map_or(Columns::None, Columns::Of),
        );
    }
    Wanted::words(&[words::COPY])
}

fn grant(tree: &Tree<'_, '_>, previous: &Token<'_>) -> Wanted {
    if let Some(open) = tree.around.last().copied() {
        return listing(
            tree,
            open,
            behind(tree, &["on"]).map_or(Columns::None, Columns::Of),
        );
    }
    if previous.is("on") {
        return Wanted::relations(Relations::Write).and(words::GRANT_ON);
    }
    named(tree).unwrap_or_else(|| Wanted::words(&[words::GRANT]))
}

fn comment(tree: &Tree<'_, '_>, previous: &Token<'_>) -> Wanted {
    if previous.is("on") {
        return Wanted::words(&[&["TABLE", "COLUMN"], words::OBJECTS]);
    }
    if previous.is("column") {
        return Wanted::relations(Relations::Write);
    }
    named(tree).unwrap_or_else(|| Wanted::words(&[words::COMMENT]))
}

fn maintain(tree: &Tree<'_, '_>, previous: &Token<'_>) -> Wanted {
    if let Some(open) = tree.around.last().copied() {
        let of = tree.path_before(open).filter(|_| open > 1);
        return match of {
            Some(path) => listing(tree, open, Columns::Of(path)),
            None => Wanted::words(&[words::MAINTAIN]),
        };
    }
    if previous.kind == Kind::Word
        && previous.is_any(&["analyze", "analyse", "vacuum", "full", "verbose", "freeze"])
        || previous.is_sign(')')
        || previous.is_sign(',')
    {
        return Wanted::relations(Relations::Of(STORED)).and(words::MAINTAIN);
    }
    Wanted::nothing()
}

fn setting(tree: &Tree<'_, '_>, previous: &Token<'_>) -> Wanted {
    if tree.at == 1 || (tree.at == 2 && previous.is_any(&["local", "session"])) {
        return Wanted {
            settings: true,
            ..Wanted::words(if tree.says(0, "set") {
                &[words::SET_NEXT]
            } else {
                &[words::SHOW]
            })
        };
    }
    if (1..tree.at).any(|at| tree.says(at, "search_path")) && !previous.is("search_path") {
        return schemas();
    }
    if tree.says(0, "set") {
        Wanted::words(&[words::SET_NEXT])
    } else {
        Wanted::nothing()
    }
}
