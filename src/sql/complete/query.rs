//! One query taken apart into its clauses and what it reads from.
//!
//! Tolerant: what is half-typed is read as far as it makes sense.

use std::ops::Range;

use super::tree::{DEEPEST, Tree};
use crate::sql::keywords::is_reserved;
use crate::sql::lexer::{Kind, Token};

/// What a query does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Verb {
    #[default]
    None,
    Select,
    Values,
    Table,
    Insert,
    Update,
    Delete,
    Merge,
}

/// A part of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Clause {
    #[default]
    Start,
    With,
    Select,
    /// What `INSERT INTO`, `UPDATE`, `MERGE INTO` and `TABLE` name.
    Target,
    From,
    On,
    Using,
    Where,
    Group,
    Having,
    Window,
    Order,
    Limit,
    Lock,
    Values,
    Set,
    Conflict,
    When,
    Returning,
    /// `SELECT … INTO`, whose table is new.
    Into,
}

/// What a query reads from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A relation or a named query.
    Named(Vec<String>),
    /// A query in parentheses.
    Query(Range<usize>),
    /// Joins in parentheses.
    Joined(Vec<Item>),
    /// A function that returns rows.
    Function(Vec<String>),
}

/// One entry of a `FROM`.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub source: Source,
    pub alias: Option<String>,
    /// The names that it gives to the columns.
    pub columns: Vec<String>,
}

/// A query of a `WITH`.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub name: String,
    pub columns: Vec<String>,
    pub body: Range<usize>,
}

/// A query as seen from a place in it.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub verb: Verb,
    /// The clause that the place is in.
    pub clause: Clause,
    /// The token that began it.
    pub clause_at: usize,
    /// What it reads from; of those that a `UNION` joins, the one that the place is in.
    pub items: Vec<Item>,
    /// How many of the items are left of the place.
    pub before: usize,
    /// What an `INSERT` writes to.
    pub target: Option<Item>,
    /// The columns that it lists.
    pub target_columns: Option<usize>,
    pub with: Vec<Named>,
    pub recursive: bool,
    /// The select list, or what `RETURNING` lists.
    pub list: Range<usize>,
}

impl Query {
    /// Reads the query in a range of tokens, as seen from a place in it.
    pub(super) fn read(tree: &Tree<'_, '_>, range: Range<usize>, place: usize) -> Self {
        let mut range = range;
        // A query in parentheses of its own.
        let deepest = range.start + DEEPEST;
        while range.start < deepest
            && range.start != tree.at
            && range.start != place
            && tree
                .get(range.start)
                .is_some_and(|token| token.is_sign('('))
            && tree.holds_query(range.start)
        {
            range = tree.inside(range.start);
        }
        let mut reader = Reader {
            tree,
            place,
            end: range.end,
            query: Self::default(),
            clause: Clause::Start,
            clause_at: range.start,
            passed: false,
            list_open: None,
        };
        reader.run(range.start);
        reader.query
    }
}

struct Reader<'r, 't, 's> {
    tree: &'r Tree<'t, 's>,
    place: usize,
    end: usize,
    query: Query,
    clause: Clause,
    clause_at: usize,
    passed: bool,
    list_open: Option<usize>,
}

impl Reader<'_, '_, '_> {
    fn run(&mut self, from: usize) {
        let mut at = from;
        let mut expects = false;
        while at < self.end {
            if at >= self.place {
                self.mark();
            }
            if expects && let Some((item, next)) = item(self.tree, at, self.end, 0) {
                if self.place < next {
                    self.mark();
                }
                if self.clause == Clause::Target && self.query.verb == Verb::Insert {
                    let lists = self.tree.opens(next) && !self.tree.holds_query(next);
                    self.query.target_columns = lists.then_some(next);
                    self.query.target = Some(item);
                } else {
                    self.query.items.push(item);
                }
                expects = false;
                at = next;
                continue;
            }
            let Some(token) = self.tree.get(at) else {
                break;
            };
            // Behind `CREATE VIEW v AS` a query begins, and no name.
            let is_word = token.kind == Kind::Word && (at == from || !self.tree.is_named(at));
            if is_word && token.is("with") && self.clause == Clause::Start {
                at = self.with(at);
                continue;
            }
            let mut began = false;
            if is_word && token.is_any(&["union", "intersect", "except"]) {
                if self.passed {
                    break;
                }
                self.close_list(at);
                self.query.items.clear();
                self.query.list = 0..0;
                self.query.verb = match self.query.verb {
                    Verb::Insert => Verb::Insert,
                    _ => Verb::None,
                };
                self.begin(Clause::Start, at);
            } else if is_word && let Some(clause) = self.clause_of(at, token) {
                self.close_list(at);
                self.begin(clause, at);
                began = true;
                if matches!(clause, Clause::Select | Clause::Returning) {
                    self.list_open = Some(at + 1);
                }
            } else if token.is_sign(',') && matches!(self.clause, Clause::On | Clause::Using) {
                self.begin(Clause::From, at);
            }
            let lists = matches!(self.clause, Clause::From | Clause::Target);
            expects = lists && (began || token.is_sign(',') || token.is_any(&["only", "lateral"]));
            at = self.tree.next(at);
        }
        self.close_list(at.min(self.end));
        self.mark();
    }

    fn mark(&mut self) {
        if !self.passed {
            self.passed = true;
            self.query.clause = self.clause;
            self.query.clause_at = self.clause_at;
            self.query.before = self.query.items.len();
        }
    }

    fn begin(&mut self, clause: Clause, at: usize) {
        self.clause = clause;
        self.clause_at = at;
    }

    fn close_list(&mut self, at: usize) {
        if let Some(begin) = self.list_open.take() {
            self.query.list = begin..at.max(begin);
        }
    }

    /// The clause that a word begins, where it begins one.
    fn clause_of(&mut self, at: usize, token: &Token<'_>) -> Option<Clause> {
        let before = |word: &str| self.tree.before(at).is_some_and(|before| before.is(word));
        let called = at + 1 != self.tree.at && self.tree.opens(at + 1);
        let verb = self.query.verb;
        let small = token.text.to_ascii_lowercase();
        let joins = matches!(self.clause, Clause::From | Clause::On | Clause::Using);
        let clause = match small.as_str() {
            "select" => {
                if verb == Verb::None {
                    self.query.verb = Verb::Select;
                }
                Clause::Select
            }
            "insert" if self.clause == Clause::Start => return self.does(Verb::Insert),
            "merge" if self.clause == Clause::Start => return self.does(Verb::Merge),
            "delete" if self.clause == Clause::Start => return self.does(Verb::Delete),
            "update" if self.clause == Clause::Start => {
                self.query.verb = Verb::Update;
                Clause::Target
            }
            "table" if self.clause == Clause::Start => {
                self.query.verb = Verb::Table;
                Clause::Target
            }
            "into"
                if matches!(verb, Verb::Insert | Verb::Merge) && self.clause == Clause::Start =>
            {
                Clause::Target
            }
            "into" if self.clause == Clause::Select => Clause::Into,
            "from" if !before("distinct") => Clause::From,
            "join" => Clause::From,
            "left" | "right" | "inner" | "full" | "cross" | "natural" if joins && !called => {
                Clause::From
            }
            "on" if before("distinct") => return None,
            "on" if self.tree.says(at + 1, "conflict") || (verb == Verb::Insert && !joins) => {
                Clause::Conflict
            }
            "on" if joins => Clause::On,
            "using" if matches!(verb, Verb::Delete | Verb::Merge) && !before("join") && !called => {
                Clause::From
            }
            "using" if joins => Clause::Using,
            "where" => Clause::Where,
            "group" if !before("within") => Clause::Group,
            "having" => Clause::Having,
            "window" => Clause::Window,
            "order" => Clause::Order,
            "limit" | "offset" | "fetch" => Clause::Limit,
            "for" if matches!(verb, Verb::Select | Verb::Insert) => Clause::Lock,
            "values" => {
                if verb == Verb::None {
                    self.query.verb = Verb::Values;
                }
                Clause::Values
            }
            "set" if self.clause != Clause::Start => Clause::Set,
            "when" if verb == Verb::Merge => Clause::When,
            "returning" => Clause::Returning,
            _ => return None,
        };
        Some(clause)
    }

    fn does(&mut self, verb: Verb) -> Option<Clause> {
        self.query.verb = verb;
        None
    }

    /// Reads `WITH a (columns) AS MATERIALIZED (query), …`; what follows it.
    fn with(&mut self, with: usize) -> usize {
        let tree = self.tree;
        self.begin(Clause::With, with);
        let mut at = with + 1;
        if at != tree.at && tree.says(at, "recursive") {
            self.query.recursive = true;
            at += 1;
        }
        while at < self.end {
            if at >= self.place {
                self.mark();
            }
            let ends = tree.begins_query(at) && !tree.is_named(at);
            if ends && !tree.before(at).is_some_and(|before| before.is_sign(',')) {
                break;
            }
            let Some(name) = tree.name(at).filter(|_| at != tree.at) else {
                at = tree.next(at);
                continue;
            };
            let mut next = at + 1;
            let mut columns = Vec::new();
            if next != tree.at && tree.opens(next) {
                columns = first_names(tree, tree.inside(next));
                next = tree.next(next);
            }
            while next != tree.at
                && tree
                    .get(next)
                    .is_some_and(|token| token.is_any(&["as", "not", "materialized"]))
            {
                next += 1;
            }
            if next != tree.at && tree.opens(next) {
                let body = tree.inside(next);
                if self.place <= body.end && self.place >= next {
                    self.mark();
                }
                if !self.passed || self.query.clause != Clause::With || self.query.recursive {
                    self.query.with.push(Named {
                        name,
                        columns,
                        body,
                    });
                }
                next = tree.next(next);
            }
            // Up to the comma, over what SEARCH and CYCLE say.
            while next < self.end
                && !tree.get(next).is_some_and(|token| token.is_sign(','))
                && !tree.begins_query(next)
            {
                if next >= self.place {
                    self.mark();
                }
                next = tree.next(next);
            }
            if next > self.place {
                self.mark();
            }
            let comma = tree.get(next).is_some_and(|token| token.is_sign(','));
            at = next + usize::from(comma);
            if !comma {
                break;
            }
        }
        if at > self.place {
            self.mark();
        }
        // Behind the last of them the query itself may begin.
        if at < self.end {
            self.begin(Clause::Start, at);
        }
        at.max(with + 1)
    }
}

/// The entry that begins here, and what follows it; it ends before the cursor. It stands in so many
/// parentheses.
fn item(tree: &Tree<'_, '_>, from: usize, end: usize, depth: usize) -> Option<(Item, usize)> {
    let mut at = from;
    let stops = |at: usize| at >= end || at == tree.at;
    while !stops(at) && tree.get(at)?.is_any(&["lateral", "only"]) {
        at += 1;
    }
    if stops(at) {
        return None;
    }
    let token = tree.get(at)?;
    let source;
    if token.is_sign('(') {
        source = if tree.holds_query(at) {
            Source::Query(tree.inside(at))
        } else {
            Source::Joined(joined(tree, tree.inside(at), depth + 1))
        };
        at = tree.next(at);
    } else {
        if token.kind == Kind::Word && is_reserved(token.text) {
            return None;
        }
        let (path, next) = tree.path(at, end)?;
        at = next;
        if !stops(at)
            && tree.get(at).is_some_and(|token| token.is_sign('('))
            && !is_insert(tree, from)
        {
            source = Source::Function(path);
            at = tree.next(at);
            if !stops(at + 1) && tree.says(at, "with") && tree.says(at + 1, "ordinality") {
                at += 2;
            }
        } else {
            source = Source::Named(path);
            if !stops(at) && tree.get(at).is_some_and(|token| token.text == "*") {
                at += 1;
            }
        }
    }
    let mut item = Item {
        source,
        alias: None,
        columns: Vec::new(),
    };
    let says_as = !stops(at) && tree.get(at).is_some_and(|token| token.is("as"));
    let name = at + usize::from(says_as);
    if !stops(name)
        && let Some(alias) = tree.get(name)
    {
        let may_be = matches!(alias.kind, Kind::Word | Kind::Name);
        let stands_for_itself = alias.kind == Kind::Word
            && (is_reserved(alias.text) || alias.is_any(&["set", "values", "overriding", "by"]));
        if may_be && (says_as || !stands_for_itself) {
            item.alias = tree.name(name);
            at = name + 1;
        } else if says_as {
            at = name;
        }
        let lists = !stops(at) && (item.alias.is_some() || says_as) && tree.opens(at);
        if lists && !is_insert(tree, from) {
            item.columns = first_names(tree, tree.inside(at));
            at = tree.next(at);
        }
    }
    Some((item, at))
}

/// Whether this is what an `INSERT INTO` names: a parenthesis behind it lists columns.
fn is_insert(tree: &Tree<'_, '_>, at: usize) -> bool {
    tree.before(at).is_some_and(|before| before.is("into"))
}

/// The entries of joins in parentheses.
fn joined(tree: &Tree<'_, '_>, range: Range<usize>, depth: usize) -> Vec<Item> {
    let mut items = Vec::new();
    if depth > DEEPEST {
        return items;
    }
    let mut at = range.start;
    let mut expects = true;
    while at < range.end {
        if expects && let Some((item, next)) = item(tree, at, range.end, depth) {
            items.push(item);
            expects = false;
            at = next.max(at + 1);
            continue;
        }
        expects = tree.says(at, "join") || tree.get(at).is_some_and(|token| token.is_sign(','));
        at = tree.next(at);
    }
    items
}

/// The first name of each part of a list: of `(a, b)`, and of `(a int, b text)`.
pub(super) fn first_names(tree: &Tree<'_, '_>, range: Range<usize>) -> Vec<String> {
    let parts = tree.parts(range);
    let names = parts
        .into_iter()
        .filter(|part| part.start != tree.at || !part.is_empty());
    names.filter_map(|part| tree.name(part.start)).collect()
}
