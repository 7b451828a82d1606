//! The relations, functions and types that are offered.

use std::collections::HashSet;

use super::{Offers, is_system, plain};
use crate::data::catalog::Kind as Object;
use crate::data::names::{Function, Relation, Routine};
use crate::sql::complete::place::{Columns, Functions, Relations, Wanted};
use crate::sql::complete::query::Clause;
use crate::sql::complete::{Item, Kind, written};
use crate::sql::keywords;

/// Called like functions, but known to the grammar only.
const CALLED: [(&str, &str); 9] = [
    ("coalesce", "(value, …)"),
    ("nullif", "(value, value)"),
    ("greatest", "(value, …)"),
    ("least", "(value, …)"),
    ("extract", "(field FROM value)"),
    ("cast", "(value AS type)"),
    ("trim", "(text)"),
    ("exists", "(query)"),
    ("grouping", "(value, …)"),
];

/// The types that are written most.
const COMMON: [&str; 22] = [
    "text",
    "integer",
    "bigint",
    "boolean",
    "numeric",
    "timestamptz",
    "date",
    "uuid",
    "jsonb",
    "varchar",
    "int",
    "timestamp",
    "time",
    "interval",
    "smallint",
    "real",
    "double precision",
    "bytea",
    "json",
    "char",
    "serial",
    "bigserial",
];

impl<'n> Offers<'_, 'n> {
    pub(super) fn relations(&mut self, wanted: &Wanted) {
        let reads = wanted.relations == Relations::Read;
        if wanted.relations == Relations::None {
            return;
        }
        if reads {
            for (name, columns) in &self.scope.with {
                let note = format!("query, {} columns", columns.len());
                self.offer(name, 0, 0, || {
                    plain(written::name(name), &note, Kind::Relation(None))
                });
            }
        }
        let keyed = self.keyed();
        for relation in self
            .names
            .relations()
            .iter()
            .filter(|relation| is_wanted(relation, wanted.relations))
        {
            // A query of the same name would be meant by the bare name.
            let hidden = reads
                && self
                    .scope
                    .with
                    .iter()
                    .any(|(name, _)| **name == *relation.name);
            let visible = !hidden && self.names.is_visible(relation);
            let system = is_system(&relation.schema);
            let mut fit = 2 * u8::from(system)
                + u8::from(relation.is_partition || relation.kind == Object::Sequence);
            if reads && !keyed.is_empty() {
                fit += u8::from(!keyed.contains(&(&*relation.schema, &*relation.name)));
            }
            if system && self.typed.is_empty() {
                continue;
            }
            let whole = written::qualified(&relation.schema, &relation.name);
            let best = [
                self.matched(&relation.name),
                (!visible).then(|| self.matched(&whole)).flatten(),
            ];
            if let Some(found) = best.into_iter().flatten().min() {
                let (text, label) = if visible {
                    (written::name(&relation.name), relation.name.to_string())
                } else {
                    (whole, format!("{}.{}", relation.schema, relation.name))
                };
                let fit = fit + u8::from(!visible);
                self.take(found, &relation.name, fit, 0, || Item {
                    text,
                    label,
                    note: kind_note(relation.kind).to_owned(),
                    kind: Kind::Relation(Some(relation.kind)),
                });
            }
        }
        if reads && !self.typed.is_empty() {
            self.rows_functions(None);
        }
    }

    /// The relations that a foreign key joins to what a `JOIN` stands behind.
    pub(super) fn keyed(&self) -> HashSet<(&'n str, &'n str)> {
        let joins = self.scope.query.clause == Clause::From
            && self.cursor.previous().is_some_and(|token| token.is("join"));
        let views = self
            .scope
            .levels
            .first()
            .filter(|_| joins)
            .into_iter()
            .flatten();
        let relations = views.filter_map(|view| view.relation);
        let keys = relations.flat_map(|relation| self.names.foreign_keys_of(relation));
        keys.flat_map(|key| [&key.from, &key.to])
            .map(|(schema, name)| (&**schema, &**name))
            .collect()
    }

    pub(super) fn functions(&mut self, wanted: &Wanted, schema: Option<&str>) {
        let fits: fn(&Function) -> bool = match wanted.functions {
            Functions::None => return,
            Functions::Called => |function| function.routine != Routine::Procedure,
            Functions::Procedures => |function| function.routine == Routine::Procedure,
            Functions::Named => |_| true,
        };
        let calls = wanted.functions != Functions::Named;
        if calls && wanted.functions == Functions::Called && schema.is_none() && !self.cursor.quoted
        {
            for (name, signature) in CALLED {
                self.offer(name, 2, 0, || Item {
                    text: format!("{name}("),
                    label: name.to_owned(),
                    note: signature.to_owned(),
                    kind: Kind::Function,
                });
            }
        }
        self.offer_functions(fits, schema, calls, wanted.functions == Functions::Called);
    }

    pub(super) fn rows_functions(&mut self, schema: Option<&str>) {
        self.offer_functions(
            |function| function.routine == Routine::Rows,
            schema,
            true,
            true,
        );
    }

    pub(super) fn offer_functions(
        &mut self,
        fits: fn(&Function) -> bool,
        schema: Option<&str>,
        calls: bool,
        wanted_in_expression: bool,
    ) {
        let names = self.names;
        let same = |a: &Function, b: &Function| a.name == b.name && a.schema == b.schema;
        for group in names.functions().chunk_by(same) {
            let Some(first) = group.iter().find(|function| fits(function)) else {
                continue;
            };
            let system = is_system(&first.schema);
            let elsewhere = schema.is_some_and(|schema| *first.schema != *schema);
            if elsewhere || (system && schema.is_none() && self.typed.is_empty()) {
                continue;
            }
            let fit = 2 * u8::from(wanted_in_expression)
                + u8::from(
                    system && (first.name.starts_with("pg_") || first.schema.starts_with("info")),
                );
            let Some(found) = self.matched(&first.name) else {
                continue;
            };
            let bare = schema.is_some() || names.is_searched(&first.schema);
            let called = calls && !self.is_called();
            self.take(found, &first.name, fit + u8::from(!bare), 0, || {
                function_item(first, group, bare, called)
            });
        }
    }

    /// Whether a parenthesis follows the word already.
    pub(super) fn is_called(&self) -> bool {
        let next = self.tree.get(self.tree.at);
        next.is_some_and(|token| token.is_sign('(') && token.begin == self.cursor.replace.end)
    }

    pub(super) fn types(&mut self, schema: Option<&str>) {
        if schema.is_none() && !self.cursor.quoted {
            for (place, name) in COMMON.into_iter().enumerate() {
                self.offer(name, 0, place, || {
                    plain(name.to_owned(), "type", Kind::Type)
                });
            }
            if !self.typed.is_empty() {
                for name in keywords::types()
                    .iter()
                    .filter(|name| !COMMON.contains(name))
                {
                    if !["precision", "varying", "national", "character"].contains(name) {
                        self.offer(name, 2, 0, || plain((*name).to_owned(), "type", Kind::Type));
                    }
                }
            }
        }
        for kind in self.names.types() {
            let system = is_system(&kind.schema);
            if schema.is_some_and(|schema| *kind.schema != *schema)
                || (system && schema.is_none() && self.typed.is_empty())
            {
                continue;
            }
            let bare = schema.is_some() || self.names.is_type_visible(kind);
            let known = schema.is_none() && system && keywords::types().contains(&&*kind.name);
            if known {
                continue;
            }
            let fit = 3 * u8::from(system) + u8::from(!bare);
            self.offer(&kind.name, fit, COMMON.len(), || {
                let (text, label) = if bare {
                    (written::name(&kind.name), kind.name.to_string())
                } else {
                    (
                        written::qualified(&kind.schema, &kind.name),
                        format!("{}.{}", kind.schema, kind.name),
                    )
                };
                let note = if kind.labels.is_some() {
                    "enum"
                } else {
                    "type"
                };
                Item {
                    text,
                    label,
                    note: note.to_owned(),
                    kind: Kind::Type,
                }
            });
        }
    }

    pub(super) fn schema_relations(&mut self, schema: &str, wanted: &Wanted) {
        let as_way = wanted.columns == Columns::Scope;
        if wanted.relations == Relations::None && !as_way {
            return;
        }
        let only = if as_way {
            Relations::Read
        } else {
            wanted.relations
        };
        for relation in self.names.relations() {
            if *relation.schema == *schema && is_wanted(relation, only) {
                let fit = u8::from(relation.is_partition || relation.kind == Object::Sequence);
                self.offer(&relation.name, fit, 0, || Item {
                    text: written::name(&relation.name),
                    label: relation.name.to_string(),
                    note: kind_note(relation.kind).to_owned(),
                    kind: Kind::Relation(Some(relation.kind)),
                });
            }
        }
        if only == Relations::Read && !as_way {
            self.rows_functions(Some(schema));
        }
    }
}

fn signature(function: &Function, alike: usize) -> String {
    let mut note = format!("({})", function.arguments);
    if !function.result.is_empty() {
        note.push(' ');
        note.push_str(&function.result);
    }
    if alike > 1 {
        note.push_str(&format!(", {} more", alike - 1));
    }
    note
}

fn kind_note(kind: Object) -> &'static str {
    match kind {
        Object::View => "view",
        Object::MaterializedView => "materialized view",
        Object::ForeignTable => "foreign table",
        Object::Sequence => "sequence",
        Object::Partitioned => "partitioned table",
        _ => "table",
    }
}

fn is_wanted(relation: &Relation, wanted: Relations) -> bool {
    match wanted {
        Relations::None => false,
        Relations::Read => true,
        Relations::Write => !matches!(relation.kind, Object::MaterializedView | Object::Sequence),
        Relations::Of(kinds) => kinds.contains(&relation.kind),
    }
}

/// One function for all that share its name; `called` with its parenthesis.
fn function_item(first: &Function, group: &[Function], bare: bool, called: bool) -> Item {
    let mut text = written::function(&first.name);
    let mut label = first.name.to_string();
    if !bare {
        text = format!("{}.{text}", written::name(&first.schema));
        label = format!("{}.{label}", first.schema);
    }
    if called {
        let empty = group.iter().all(|function| function.arguments.is_empty());
        text.push_str(if empty { "()" } else { "(" });
    }
    Item {
        text,
        label,
        note: signature(first, group.len()),
        kind: Kind::Function,
    }
}
