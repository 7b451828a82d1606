//! What a place in a statement sees: relations, named queries and subqueries, with their columns.

use std::ops::Range;
use std::sync::Arc;

use super::query::{Clause, Item, Named, Query, Source, Verb};
use super::tree::{DEEPEST, Tree};
use super::written;
use crate::data::names::{Labels, Names, Relation};
use crate::sql::keywords::is_reserved;
use crate::sql::lexer::Kind;

/// So many columns of a query are known: a query that takes all of itself twice, again and again,
/// takes no memory.
const WIDEST: usize = 2_000;

/// A column as it can be named.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub name: String,
    /// Empty where it cannot be told.
    pub type_name: Arc<str>,
    pub labels: Option<Labels>,
}

/// An entry of a `FROM` that can be named.
#[derive(Debug, Clone)]
pub(super) struct View<'n> {
    /// Its alias, or the name of its relation; empty where it has none.
    pub name: String,
    /// What stands behind it, where that is a relation.
    pub relation: Option<&'n Relation>,
    pub columns: Vec<Column>,
}

impl View<'_> {
    /// How the name is written in SQL.
    pub(super) fn written(&self) -> String {
        written::name(&self.name)
    }

    /// What it says of itself.
    pub(super) fn note(&self) -> String {
        self.relation
            .map_or_else(|| "query".to_owned(), |relation| relation.name.to_string())
    }
}

/// What the innermost query around the cursor sees.
#[derive(Debug, Default)]
pub(super) struct Scope<'n> {
    /// The entries of the query, and then of those around it.
    pub levels: Vec<Vec<View<'n>>>,
    /// The queries that a `WITH` names here.
    pub with: Vec<(String, Vec<Column>)>,
    /// The innermost query.
    pub query: Query,
    /// What an `INSERT` or an `UPDATE` writes to.
    pub target: Option<View<'n>>,
}

impl<'n> Scope<'n> {
    /// The entry of this name.
    pub(super) fn view(&self, name: &str) -> Option<&View<'n>> {
        let mut views = self.levels.iter().flatten();
        views.find(|view| view.name == name)
    }

    /// The column that a name with its qualifiers means.
    pub(super) fn column(&self, path: &[String]) -> Option<&Column> {
        let (name, qualifiers) = path.split_last()?;
        let of = |view: &'_ &View<'n>| qualifiers.last().is_none_or(|of| view.name == *of);
        let mut views = self.levels.iter().flatten().chain(&self.target).filter(of);
        views.find_map(|view| view.columns.iter().find(|column| column.name == *name))
    }
}

/// Reads what is seen from the cursor, in the queries that begin at these places, the outermost
/// first.
pub(super) fn scope<'n>(
    tree: &Tree<'_, '_>,
    names: &'n Names,
    queries: &[Range<usize>],
) -> Scope<'n> {
    let mut resolver = Resolver {
        tree,
        names,
        with: Vec::new(),
    };
    let mut scope = Scope::default();
    for (number, range) in queries.iter().enumerate() {
        let inner = queries.get(number + 1);
        let place = inner.map_or(tree.at, |inner| inner.start - 1);
        let query = Query::read(tree, range.clone(), place);
        resolver.name_all(&query, 0);
        let level = resolver.seen(&query, inner.is_some() && !is_lateral(tree, place));
        if inner.is_none() {
            let target = query.target.as_ref();
            scope.target = target.and_then(|item| resolver.view(item, 0).into_iter().next());
            if matches!(query.verb, Verb::Update | Verb::Merge) {
                scope.target = query
                    .items
                    .first()
                    .and_then(|item| resolver.view(item, 0).into_iter().next());
            }
            scope.query = query;
        }
        scope.levels.push(level);
    }
    scope.levels.reverse();
    scope.with = resolver.with;
    scope
}

fn is_lateral(tree: &Tree<'_, '_>, open: usize) -> bool {
    tree.before(open).is_some_and(|before| before.is("lateral"))
}

struct Resolver<'r, 't, 's, 'n> {
    tree: &'r Tree<'t, 's>,
    names: &'n Names,
    with: Vec<(String, Vec<Column>)>,
}

impl<'n> Resolver<'_, '_, '_, 'n> {
    /// What the place sees of a query's entries: those left of it in `FROM`, all of them elsewhere,
    /// none in a subquery that is an entry itself.
    fn seen(&mut self, query: &Query, in_subquery: bool) -> Vec<View<'n>> {
        let items: &[Item] = match query.clause {
            Clause::From if in_subquery => &[],
            Clause::With => &[],
            Clause::From | Clause::On | Clause::Using if query.verb != Verb::Merge => {
                query.items.get(..query.before).unwrap_or_default()
            }
            _ => &query.items,
        };
        let mut views: Vec<View<'n>> = items.iter().flat_map(|item| self.view(item, 0)).collect();
        let sees_target = matches!(
            query.clause,
            Clause::Returning | Clause::Conflict | Clause::Set
        ) || query.clause == Clause::Where && query.items.is_empty();
        if sees_target && let Some(target) = &query.target {
            let mut target = self.view(target, 0);
            if matches!(query.clause, Clause::Set | Clause::Where) {
                let excluded = target.clone();
                target.extend(excluded.into_iter().map(|view| View {
                    name: "excluded".to_owned(),
                    ..view
                }));
            }
            views.extend(target);
        }
        views
    }

    /// Takes the queries that a `WITH` names.
    fn name_all(&mut self, query: &Query, depth: usize) {
        for named in &query.with {
            let columns = self.named(named, depth);
            self.with.push((named.name.clone(), columns));
        }
    }

    fn named(&mut self, named: &Named, depth: usize) -> Vec<Column> {
        let found = self.output(named.body.clone(), depth + 1);
        renamed(found, &named.columns)
    }

    /// The entries that an item stands for: several where it is joins in parentheses.
    fn view(&mut self, item: &Item, depth: usize) -> Vec<View<'n>> {
        let mut relation = None;
        let mut own_name = String::new();
        let columns = match &item.source {
            Source::Joined(items) => {
                let mut views: Vec<View<'n>> = items
                    .iter()
                    .flat_map(|item| self.view(item, depth + 1))
                    .collect();
                if let Some(alias) = &item.alias {
                    let columns = views.drain(..).flat_map(|view| view.columns).collect();
                    views.push(View {
                        name: alias.clone(),
                        relation: None,
                        columns: renamed(columns, &item.columns),
                    });
                }
                return views;
            }
            Source::Query(range) => self.output(range.clone(), depth + 1),
            Source::Function(path) => {
                own_name = path.last().cloned().unwrap_or_default();
                self.returned(path, item)
            }
            Source::Named(path) => {
                own_name = path.last().cloned().unwrap_or_default();
                let with = self
                    .with
                    .iter()
                    .rev()
                    .find(|(name, _)| path.len() == 1 && *name == own_name);
                if let Some((_, columns)) = with {
                    columns.clone()
                } else {
                    relation = find(self.names, path);
                    relation.map(of_relation).unwrap_or_default()
                }
            }
        };
        vec![View {
            name: item.alias.clone().unwrap_or(own_name),
            relation,
            columns: renamed(columns, &item.columns),
        }]
    }

    /// The columns that a function returns as a relation.
    fn returned(&self, path: &[String], item: &Item) -> Vec<Column> {
        let name = path.last().map(String::as_str).unwrap_or_default();
        let functions = self.names.functions();
        let first = functions.partition_point(|function| &*function.name < name);
        let function = functions
            .get(first)
            .filter(|function| &*function.name == name);
        let result = function
            .map(|function| &*function.result)
            .unwrap_or_default();
        if let Some(list) = result
            .strip_prefix("TABLE(")
            .and_then(|list| list.strip_suffix(')'))
        {
            let columns = list.split(", ").filter_map(|part| part.split_once(' '));
            return columns
                .map(|(name, kind)| column(name.trim_matches('"'), kind))
                .collect();
        }
        let kind = result.strip_prefix("SETOF ").unwrap_or(result);
        let path: Vec<String> = kind
            .split('.')
            .map(|part| part.trim_matches('"').to_owned())
            .collect();
        if let Some(relation) = find(self.names, &path) {
            return of_relation(relation);
        }
        let name = item.alias.as_deref().unwrap_or(name);
        vec![column(name, kind)]
    }

    /// The columns of the query in a range.
    pub(super) fn output(&mut self, range: Range<usize>, depth: usize) -> Vec<Column> {
        if depth > DEEPEST {
            return Vec::new();
        }
        let known = self.with.len();
        let query = Query::read(self.tree, range.clone(), range.start);
        self.name_all(&query, depth);
        let mut views: Vec<View<'n>> = query
            .items
            .iter()
            .flat_map(|item| self.view(item, depth))
            .collect();
        if let Some(target) = &query.target
            && query.verb == Verb::Insert
        {
            views = self.view(target, depth);
        }
        let columns = match query.verb {
            Verb::Table => views.into_iter().flat_map(|view| view.columns).collect(),
            Verb::Values => {
                let open = range.clone().find(|at| self.tree.opens(*at));
                let width = open.map_or(0, |open| self.tree.parts(self.tree.inside(open)).len());
                (1..=width.min(WIDEST))
                    .map(|at| column(&format!("column{at}"), ""))
                    .collect()
            }
            _ => self.listed(query.list.clone(), &views),
        };
        self.with.truncate(known);
        columns
    }

    /// The columns that a select list makes of what it sees.
    pub(super) fn listed(&self, list: Range<usize>, views: &[View<'n>]) -> Vec<Column> {
        let mut columns = Vec::new();
        for part in self.tree.parts(self.without_distinct(list)) {
            if columns.len() >= WIDEST {
                break;
            }
            self.expand(part, views, &mut columns);
        }
        columns
    }

    fn without_distinct(&self, list: Range<usize>) -> Range<usize> {
        let tree = self.tree;
        let mut begin = list.start;
        if tree
            .get(begin)
            .is_some_and(|token| token.is_any(&["distinct", "all"]))
        {
            begin += 1;
            if tree.says(begin, "on") && tree.opens(begin + 1) {
                begin = tree.next(begin + 1);
            }
        }
        begin.min(list.end)..list.end
    }

    fn expand(&self, part: Range<usize>, views: &[View<'n>], columns: &mut Vec<Column>) {
        let tree = self.tree;
        let Some(last) = part.end.checked_sub(1).filter(|last| *last >= part.start) else {
            return;
        };
        if tree.get(last).is_some_and(|token| token.text == "*") {
            let of = (part.len() > 1).then(|| tree.path_before(last.saturating_sub(1)));
            for view in views {
                let wanted = of.as_ref().is_none_or(|path| {
                    path.as_ref().and_then(|path| path.last()) == Some(&view.name)
                });
                if wanted {
                    let room = WIDEST.saturating_sub(columns.len());
                    columns.extend(view.columns.iter().take(room).cloned());
                }
            }
            return;
        }
        let found = |path: &[String]| {
            let (name, qualifiers) = path.split_last()?;
            let mut views = views
                .iter()
                .filter(|view| qualifiers.last().is_none_or(|of| view.name == *of));
            views.find_map(|view| view.columns.iter().find(|column| column.name == *name))
        };
        let plain = tree.path(part.start, part.end);
        let (path, next) = plain.unwrap_or_default();
        let mut name = path.last().cloned().filter(|_| {
            let first = tree.get(part.start);
            first.is_some_and(|first| {
                first.kind == Kind::Name || path.len() > 1 || !is_reserved(first.text)
            })
        });
        let source = found(&path).filter(|_| next >= last);
        let called = next < part.end && tree.opens(next);
        let cast = tree.get(next).is_some_and(|token| token.text == "::");
        if next < part.end && !called && !cast {
            name = None;
        }
        if let Some(alias) = alias(tree, part) {
            name = Some(alias);
        }
        columns.extend(name.map(|name| Column {
            name,
            type_name: source.map_or_else(|| "".into(), |column| Arc::clone(&column.type_name)),
            labels: source.and_then(|column| column.labels.clone()),
        }));
    }
}

/// The alias at the end of an entry of a select list, with `AS` or without.
pub(super) fn alias(tree: &Tree<'_, '_>, part: Range<usize>) -> Option<String> {
    let last = part.end.checked_sub(1).filter(|last| *last > part.start)?;
    let token = tree.get(last)?;
    let before = tree.before(last)?;
    if before.is("as") {
        return tree.name(last);
    }
    let may_be = token.kind == Kind::Name || token.kind == Kind::Word && !is_reserved(token.text);
    let behind_operand = before.is_sign(')')
        || before.is_sign(']')
        || before.is("end")
        || matches!(
            before.kind,
            Kind::Name | Kind::Text | Kind::Number | Kind::Dollar
        )
        || before.kind == Kind::Word && !is_reserved(before.text);
    (may_be && behind_operand)
        .then(|| tree.name(last))
        .flatten()
}

/// The relation that a name with its schema, or without, means.
pub(super) fn find<'n>(names: &'n Names, path: &[String]) -> Option<&'n Relation> {
    match path {
        [name] => names.visible(name),
        [.., schema, name] => names.relation(schema, name),
        [] => None,
    }
}

/// The columns of a relation.
pub(super) fn of_relation(relation: &Relation) -> Vec<Column> {
    let columns = relation.columns.iter().map(|column| Column {
        name: column.name.to_string(),
        type_name: Arc::clone(&column.type_name),
        labels: column.labels.clone(),
    });
    columns.collect()
}

fn column(name: &str, kind: &str) -> Column {
    Column {
        name: name.to_owned(),
        type_name: kind.into(),
        labels: None,
    }
}

/// Columns under the names that an alias gives to the first of them.
fn renamed(mut columns: Vec<Column>, given: &[String]) -> Vec<Column> {
    for (at, name) in given.iter().enumerate() {
        if let Some(column) = columns.get_mut(at) {
            column.name.clone_from(name);
        } else {
            columns.push(column(name, ""));
        }
    }
    columns
}
