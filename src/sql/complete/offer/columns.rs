//! The columns that are offered, and the conditions of joins.

use std::collections::{HashMap, HashSet};

use super::{COLUMNS, Offers, plain};
use crate::data::names::ForeignKey;
use crate::sql::complete::place::{Columns, Wanted};
use crate::sql::complete::scope::{self, Column, View};
use crate::sql::complete::{Item, Kind, written};

impl Offers<'_, '_> {
    pub(super) fn columns(&mut self, wanted: &Wanted) {
        match &wanted.columns {
            Columns::None => {}
            Columns::Scope => self.scope_columns(wanted.aliases),
            Columns::Target => {
                let target = self.scope.target.as_ref();
                if let Some(view) = target {
                    self.plain_columns(&view.columns, &wanted.listed);
                }
            }
            Columns::Of(path) => {
                if let Some(relation) = scope::find(self.names, path) {
                    self.plain_columns(&scope::of_relation(relation), &wanted.listed);
                }
            }
            Columns::New(names) => {
                for (place, name) in names.iter().enumerate() {
                    if !wanted.listed.contains(name) {
                        self.offer(name, 0, place, || {
                            plain(written::name(name), "column", Kind::Column)
                        });
                    }
                }
            }
            Columns::Common => {
                let views = self
                    .scope
                    .levels
                    .first()
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                let Some((joined, left)) = views.split_last() else {
                    return;
                };
                let shared = |column: &&Column| {
                    left.iter()
                        .any(|view| view.columns.iter().any(|other| other.name == column.name))
                };
                let columns: Vec<Column> = joined.columns.iter().filter(shared).cloned().collect();
                self.plain_columns(&columns, &wanted.listed);
            }
        }
    }

    pub(super) fn plain_columns(&mut self, columns: &[Column], listed: &[String]) {
        for (place, column) in columns.iter().enumerate() {
            if !listed.contains(&column.name) {
                self.offer(&column.name, 0, COLUMNS + place, || {
                    column_item(column, None)
                });
            }
        }
    }

    /// The columns in view; one whose name several entries have, with its entry's name.
    pub(super) fn scope_columns(&mut self, aliases: bool) {
        if aliases {
            self.list_aliases();
        }
        let mut place = COLUMNS;
        let mut hidden = HashSet::new();
        for (depth, level) in self.scope.levels.iter().enumerate() {
            let mut seen: HashMap<&str, usize> = HashMap::new();
            for column in level.iter().flat_map(|view| &view.columns) {
                *seen.entry(column.name.as_str()).or_default() += 1;
            }
            let fit = u8::from(depth > 0);
            for view in level {
                for column in &view.columns {
                    place += 1;
                    let several = seen
                        .get(column.name.as_str())
                        .is_some_and(|times| *times > 1);
                    let of = (several || hidden.contains(column.name.as_str())).then_some(view);
                    self.offer(&column.name, fit, place, || column_item(column, of));
                }
                if !view.name.is_empty() {
                    self.offer(&view.name, 1 + fit, place, || Item {
                        text: format!("{}.", view.written()),
                        label: view.name.clone(),
                        note: view.note(),
                        kind: Kind::Alias,
                    });
                }
            }
            hidden.extend(seen.into_keys());
        }
    }

    /// What `ORDER BY` and `GROUP BY` can name of the select list.
    pub(super) fn list_aliases(&mut self) {
        let parts = self.tree.parts(self.scope.query.list.clone());
        for (place, part) in parts.into_iter().enumerate() {
            if let Some(alias) = scope::alias(self.tree, part) {
                self.offer(&alias, 0, place, || {
                    plain(written::name(&alias), "select list", Kind::Column)
                });
            }
        }
    }

    /// What the foreign keys between the last entry and those before it say.
    pub(super) fn conditions(&mut self) {
        let views = self
            .scope
            .levels
            .first()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let Some((joined, left)) = views.split_last() else {
            return;
        };
        let mut place = 0;
        for other in left.iter().rev() {
            let (Some(a), Some(b)) = (joined.relation, other.relation) else {
                continue;
            };
            for key in self.names.foreign_keys_of(a) {
                for (from, to, is_key) in [
                    (joined, other, a.is_at(&key.from) && b.is_at(&key.to)),
                    (other, joined, b.is_at(&key.from) && a.is_at(&key.to)),
                ] {
                    if is_key {
                        place += 1;
                        let text = condition(from, to, key);
                        self.offer(&text.clone(), 0, place, || {
                            plain(text, "foreign key", Kind::Condition)
                        });
                    }
                }
            }
        }
    }
}

fn column_item(column: &Column, of: Option<&View<'_>>) -> Item {
    let name = written::name(&column.name);
    let (text, label) = match of.filter(|view| !view.name.is_empty()) {
        Some(view) => (
            format!("{}.{name}", view.written()),
            format!("{}.{}", view.name, column.name),
        ),
        None => (name, column.name.clone()),
    };
    Item {
        text,
        label,
        note: column.type_name.to_string(),
        kind: Kind::Column,
    }
}

fn condition(from: &View<'_>, to: &View<'_>, key: &ForeignKey) -> String {
    let (from, to) = (from.written(), to.written());
    let pairs = key.columns.iter().zip(&key.referenced);
    let pairs =
        pairs.map(|(a, b)| format!("{from}.{} = {to}.{}", written::name(a), written::name(b)));
    pairs.collect::<Vec<_>>().join(" AND ")
}
