//! What is offered: each name that may stand in a place, if what was typed fits it.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::cursor::Cursor;
use super::place::{Columns, Relations, Wanted};
use super::query::Query;
use super::scope::{self, Column, Scope};
use super::score::{Match, matched, one_small};
use super::tree::Tree;
use super::{Item, Kind, Used, words, written};

use crate::data::names::Names;
use crate::sql::keywords;
use crate::sql::quote;

mod columns;
mod objects;

/// So many are offered at most.
const MOST: usize = 100;
/// So many are kept while more are looked at; some of them are the same.
const KEPT: usize = 2 * MOST;

/// Where columns and key words come among what is as likely: behind labels and conditions.
const COLUMNS: usize = 1_000;
const WORDS: usize = 100_000;

/// What fits, with what it is ordered by.
struct Fit {
    rank: Rank,
    item: Item,
}

/// Less is better. Being less at home in the place weighs as much as half a class of match: a column
/// of the query whose second word was typed stands beside a key word whose beginning was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    weight: u8,
    fit: u8,
    unused: u32,
    gap: usize,
    place: usize,
}

impl Fit {
    fn order(&self, other: &Self) -> Ordering {
        let labels = || self.item.label.cmp(&other.item.label);
        self.rank.cmp(&other.rank).then_with(labels)
    }
}

/// Collects what fits.
pub(super) struct Offers<'c, 'n> {
    cursor: &'c Cursor<'c>,
    tree: &'c Tree<'c, 'c>,
    names: &'n Names,
    scope: &'c Scope<'n>,
    used: &'c Used,
    typed: Vec<char>,
    capitals: bool,
    found: Vec<Fit>,
    /// What ranks behind this is not among the best.
    bar: Option<Rank>,
}

impl<'c, 'n> Offers<'c, 'n> {
    pub(super) fn new(
        cursor: &'c Cursor<'c>,
        tree: &'c Tree<'c, 'c>,
        names: &'n Names,
        scope: &'c Scope<'n>,
        used: &'c Used,
    ) -> Self {
        Self {
            cursor,
            tree,
            names,
            scope,
            used,
            typed: cursor.typed.chars().map(one_small).collect(),
            capitals: writes_capitals(cursor),
            found: Vec::new(),
            bar: None,
        }
    }

    /// The best of them in their order.
    pub(super) fn best(self) -> Vec<Item> {
        let mut found = self.found;
        found.sort_by(Fit::order);
        let mut seen = HashSet::new();
        found.retain(|fit| seen.insert((fit.item.text.clone(), fit.item.kind)));
        found.truncate(MOST);
        found.into_iter().map(|fit| fit.item).collect()
    }

    fn matched(&self, name: &str) -> Option<Match> {
        matched(&self.typed, name)
    }

    /// Offers one thing that is called by this name, `fit` steps from being at home here.
    fn offer(&mut self, name: &str, fit: u8, place: usize, item: impl FnOnce() -> Item) {
        if let Some(found) = self.matched(name) {
            self.take(found, name, fit, place, item);
        }
    }

    /// Takes what matches. It is made only if it may be among the best: most of what a single letter
    /// matches is not.
    fn take(
        &mut self,
        found: Match,
        name: &str,
        fit: u8,
        place: usize,
        item: impl FnOnce() -> Item,
    ) {
        let rank = Rank {
            weight: found.class * 2 + fit,
            fit,
            unused: u32::MAX - self.used.count(name),
            gap: found.gap,
            place,
        };
        if self.bar.as_ref().is_some_and(|bar| rank > *bar) {
            return;
        }
        self.found.push(Fit { rank, item: item() });
        if self.found.len() == 2 * KEPT {
            let (_, last, _) = self.found.select_nth_unstable_by(KEPT - 1, Fit::order);
            self.bar = Some(last.rank.clone());
            self.found.truncate(KEPT);
        }
    }

    /// Everything that is wanted.
    pub(super) fn all(&mut self, wanted: &Wanted) {
        if let [first, rest @ ..] = self.cursor.qualifiers.as_slice() {
            self.qualified(first, rest, wanted);
            return;
        }
        if !self.cursor.quoted {
            self.words(wanted);
            self.labels(wanted);
            if wanted.conditions {
                self.conditions();
            }
        }
        self.columns(wanted);
        self.relations(wanted);
        self.functions(wanted, None);
        if wanted.types {
            self.types(None);
        }
        if wanted.schemas {
            let only = *wanted == schemas_only();
            for schema in self.names.schemas() {
                let system = is_system(schema);
                // On the way to something else a schema that is searched need not be named.
                let fit = if only {
                    u8::from(system)
                } else {
                    2 + u8::from(system)
                };
                self.offer(schema, fit, 0, || Item {
                    text: written::name(schema),
                    label: schema.to_string(),
                    note: "schema".to_owned(),
                    kind: Kind::Schema,
                });
            }
        }
        if wanted.settings {
            for setting in self.names.settings() {
                self.offer(setting, 0, 0, || {
                    plain(setting.to_string(), "setting", Kind::Setting)
                });
            }
        }
    }

    fn words(&mut self, wanted: &Wanted) {
        let mut place = WORDS;
        // Where names can stand, few want a key word.
        let names =
            wanted.columns != Columns::None || wanted.relations != Relations::None || wanted.types;
        let lists = [&wanted.leading].into_iter().chain(&wanted.words);
        for word in lists.copied().flatten() {
            place += 1;
            let Some(found) = self.matched(word).filter(|found| found.class < 2) else {
                continue;
            };
            let text = if self.capitals {
                (*word).to_owned()
            } else {
                word.to_ascii_lowercase()
            };
            let fit = match word {
                _ if !names => 0,
                word if wanted.leading.contains(word) => 0,
                word => 1 + u8::from(words::SELDOM.contains(word)),
            };
            let place = if fit == 0 && names {
                place - WORDS
            } else {
                place
            };
            // Of words with the same beginning the likelier goes before the shorter.
            let found = Match {
                gap: if fit > 1 {
                    found.gap
                } else {
                    usize::from(found.gap > 0)
                },
                ..found
            };
            self.take(found, word, fit, place, || plain(text, "", Kind::Keyword));
        }
    }

    /// The labels of an enum that the value is compared with or written to.
    fn labels(&mut self, wanted: &Wanted) {
        let compared = wanted
            .compared
            .as_ref()
            .and_then(|path| self.scope.column(path));
        let column = compared.or_else(|| self.valued(wanted.valued?));
        let Some(column) = column else {
            return;
        };
        let note = column.type_name.to_string();
        let Some(labels) = column.labels.clone() else {
            return;
        };
        for (place, label) in labels.iter().enumerate() {
            self.offer(label, 0, place, || {
                plain(quote::literal(label), &note, Kind::Label)
            });
        }
    }

    /// The column that a row of `VALUES` gives its so manieth value.
    fn valued(&self, number: usize) -> Option<&'c Column> {
        let target = self.scope.target.as_ref()?;
        let Some(open) = self.scope.query.target_columns else {
            return target.columns.get(number);
        };
        let part = self
            .tree
            .parts(self.tree.inside(open))
            .into_iter()
            .nth(number)?;
        let name = self.tree.name(part.start)?;
        target.columns.iter().find(|column| column.name == name)
    }

    /// What can stand behind `name.`: columns of an entry in view, what is in a schema, columns of a
    /// relation whose `FROM` is not written yet.
    fn qualified(&mut self, first: &str, rest: &[String], wanted: &Wanted) {
        let scoped = matches!(wanted.columns, Columns::Scope) || wanted.conditions;
        let named_columns = scoped || matches!(wanted.columns, Columns::Of(_) | Columns::Target);
        if let [name] = rest {
            // `COMMENT ON COLUMN s.t.c` too.
            if let Some(relation) = self.names.relation(first, name) {
                self.plain_columns(&scope::of_relation(relation), &[]);
            }
            return;
        }
        if !rest.is_empty() {
            return;
        }
        if named_columns && let Some(view) = self.scope.view(first) {
            let columns = view.columns.clone();
            self.plain_columns(&columns, &[]);
            return;
        }
        let is_schema = self.names.schemas().iter().any(|schema| **schema == *first);
        if is_schema {
            if wanted.types {
                self.types(Some(first));
            }
            self.functions(wanted, Some(first));
            self.schema_relations(first, wanted);
        } else if (scoped || wanted.relations == Relations::Write)
            && let Some(relation) = self.names.visible(first)
        {
            self.plain_columns(&scope::of_relation(relation), &[]);
        }
    }
}

fn schemas_only() -> Wanted {
    Wanted {
        schemas: true,
        ..Wanted::nothing()
    }
}

fn plain(text: String, note: &str, kind: Kind) -> Item {
    Item {
        label: text.clone(),
        text,
        note: note.to_owned(),
        kind,
    }
}

fn is_system(schema: &str) -> bool {
    schema == "pg_catalog" || schema == "information_schema"
}

/// Whether key words are to be written in capitals: as the statement's others are, or as the word
/// itself begins.
fn writes_capitals(cursor: &Cursor<'_>) -> bool {
    let others = cursor.tokens.iter().find(|token| {
        token.kind == crate::sql::lexer::Kind::Word
            && keywords::meaning(token.text) == Some(keywords::Meaning::Keyword)
    });
    let word = others.map_or(cursor.typed.as_str(), |token| token.text);
    word.chars()
        .next()
        .is_none_or(|first| !first.is_lowercase())
}

/// The query's own facts, which only `scope` knows.
pub(super) fn innermost<'s>(
    scope: &'s Scope<'_>,
    queries: &[std::ops::Range<usize>],
) -> Option<(&'s Query, std::ops::Range<usize>)> {
    queries.last().map(|range| (&scope.query, range.clone()))
}
