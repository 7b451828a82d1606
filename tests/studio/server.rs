//! A server that answers from memory as the real one would: parts, then the end.

use std::sync::Arc;

use dbkeep::data::catalog::{Catalog, Count, Kind, Object};
use dbkeep::data::edits::Written;
use dbkeep::data::filter::{Operator, Suggestion};
use dbkeep::data::foreign::{self, ForeignKey, Referrer};
use dbkeep::data::names::{self, Contents, Names};
use dbkeep::data::profile::{Bucket, Common, Profile};
use dbkeep::data::relation::{Allows, Identity, Page, Paging, Relation, Seek};
use dbkeep::data::structure::{Attribute, Named, Structure};
use dbkeep::data::{Column, Direction, Filter, KeyRole, Nulls, OrderKey, Origin, RowsBuilder};
use dbkeep::fault::Fault;
use dbkeep::studio::work::{DbReply, DbRequest, Part, Refer};

/// A table: its first column is its key, in whose order the rows stand.
pub struct Table {
    pub name: String,
    pub kind: Kind,
    pub columns: Vec<(&'static str, &'static str)>,
    pub rows: Vec<Vec<Option<String>>>,
    pub foreign_keys: Vec<ForeignKey>,
}

/// A page has no more characters of a value than this.
const CUT: usize = 1_000;

/// The tables of one schema, `public`.
#[derive(Default)]
pub struct Fake {
    pub tables: Vec<Table>,
    pub functions: Vec<Object>,
    /// How long every text that is cut is said to be.
    pub said: Option<u64>,
    /// Whether it lets nothing be written.
    pub read_only: bool,
}

impl Fake {
    pub fn with(mut self, name: &str, columns: &[(&'static str, &'static str)]) -> Self {
        self.tables.push(Table {
            name: name.to_owned(),
            kind: Kind::Table,
            columns: columns.to_vec(),
            rows: Vec::new(),
            foreign_keys: Vec::new(),
        });
        self
    }

    /// Gives the table that was added last a foreign key to another one, by its name.
    pub fn refers(mut self, columns: &[&str], table: &str, referenced: &[&str]) -> Self {
        let at = self.tables.iter().position(|known| known.name == table);
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let key = ForeignKey {
            columns: names(columns),
            table: u32::try_from(at.unwrap()).unwrap() + 1,
            referenced: names(referenced),
        };
        self.tables.last_mut().unwrap().foreign_keys.push(key);
        self
    }

    /// Makes the table that was added last something else with rows.
    pub fn of_kind(mut self, kind: Kind) -> Self {
        self.tables.last_mut().unwrap().kind = kind;
        self
    }

    /// Adds a function, of the number that the first table has in another catalog.
    pub fn with_function(mut self, name: &str) -> Self {
        self.functions.push(Object {
            oid: 1,
            schema: "public".to_owned(),
            name: name.to_owned(),
            kind: Kind::Function,
            parent: None,
            readable: true,
            count: Count::Unknown,
            pages: 0,
            detail: String::new(),
        });
        self
    }

    /// Adds a row to the table that was added last.
    pub fn row(mut self, values: &[Option<&str>]) -> Self {
        let row = values.iter().map(|value| value.map(str::to_owned));
        self.tables.last_mut().unwrap().rows.push(row.collect());
        self
    }

    /// Rows `1` to `count`: `1, name 1`.
    pub fn numbered(mut self, count: usize) -> Self {
        let row = |number: usize| vec![Some(number.to_string()), Some(format!("name {number}"))];
        self.tables.last_mut().unwrap().rows = (1..=count).map(row).collect();
        self
    }

    fn object(&self, at: usize) -> Object {
        Object {
            oid: u32::try_from(at).unwrap() + 1,
            schema: "public".to_owned(),
            name: self.tables[at].name.clone(),
            kind: self.tables[at].kind,
            parent: None,
            readable: true,
            count: Count::Estimate(self.tables[at].rows.len() as u64 + 1),
            pages: 1,
            detail: String::new(),
        }
    }

    fn table(&self, oid: u32) -> &Table {
        &self.tables[oid as usize - 1]
    }

    fn relation(&self, oid: u32) -> Relation {
        let table = self.table(oid);
        let columns = table.columns.iter().enumerate().map(|(at, (name, kind))| {
            let primary = at == 0;
            let foreign = table.foreign_keys.iter();
            let foreign = foreign.flat_map(|key| &key.columns).any(|key| key == name);
            Column {
                name: (*name).to_owned(),
                type_name: (*kind).to_owned(),
                cast: format!("pg_catalog.{kind}"),
                operators: None,
                category: match *kind {
                    "integer" => 'N',
                    "boolean" => 'B',
                    "json" | "jsonb" | "bytea" => 'U',
                    array if array.ends_with("[]") => 'A',
                    _ => 'S',
                },
                varlena: *kind != "integer",
                not_null: primary,
                generated: false,
                always: false,
                has_default: false,
                key: KeyRole {
                    primary,
                    foreign,
                    ..KeyRole::default()
                },
                origin: Origin {
                    table: oid,
                    attribute: i16::try_from(at + 1).unwrap(),
                },
            }
        });
        let columns: Vec<Column> = columns.collect();
        let key = columns.first().map(|column| OrderKey {
            column: column.name.clone(),
            cast: column.cast.clone(),
            operators: None,
            direction: Direction::Ascending,
            nulls: Nulls::Last,
            nullable: false,
        });
        Relation {
            oid,
            schema: "public".to_owned(),
            name: table.name.clone(),
            kind: Kind::Table,
            paging: key
                .filter(|_| table.kind != Kind::View)
                .map_or(Paging::Cursor, |key| Paging::Keyset(vec![key])),
            columns,
            locked_columns: 0,
            identity: Identity::Key(vec!["id".to_owned()]),
            allows: Allows {
                insert: !self.read_only,
                update: !self.read_only,
                delete: !self.read_only,
                read_only: self.read_only,
            },
            foreign_keys: table.foreign_keys.clone(),
            sort: Vec::new(),
            filter: Filter::default(),
        }
    }

    /// The rows in the relation's order that its conditions want: `=` and `contains` are known.
    fn rows(&self, relation: &Relation) -> Vec<Vec<Option<String>>> {
        let mut rows = self.table(relation.oid).rows.clone();
        for condition in &relation.filter.conditions {
            let at = relation.column(&condition.column).unwrap();
            let wanted = condition.values[0].as_str();
            rows.retain(|row| match (condition.operator, row[at].as_deref()) {
                (Operator::Equal, value) => value == Some(wanted),
                (_, value) => value.is_some_and(|value| value.contains(wanted)),
            });
        }
        for key in relation.sort.iter().rev() {
            let at = relation.column(&key.column).unwrap();
            rows.sort_by(|a, b| a[at].cmp(&b[at]));
            if key.direction == Direction::Descending {
                rows.reverse();
            }
        }
        rows
    }

    fn page(&self, relation: &Relation, seek: &Seek, limit: usize) -> Page {
        let found = self.rows(relation);
        let len = found.len();
        let cells = relation.bookmark_cells();
        let place = |mark: &[Option<String>]| {
            let same = |row: &Vec<Option<String>>| {
                mark.iter()
                    .zip(&cells)
                    .all(|(value, cell)| row[*cell] == *value)
            };
            found.iter().position(same)
        };
        let (from, to) = match seek {
            Seek::First => (0, limit),
            Seek::Last => (len.saturating_sub(limit), len),
            Seek::After(mark) => place(mark).map_or((len, len), |at| (at + 1, at + 1 + limit)),
            Seek::Before(mark) => place(mark).map_or((0, 0), |at| (at.saturating_sub(limit), at)),
            Seek::From(mark) => place(mark).map_or((len, len), |at| (at, at + limit)),
            Seek::Row(number) => (usize::try_from(*number).unwrap(), usize::MAX),
        };
        let (from, to) = (from.min(len), to.min(from.saturating_add(limit)).min(len));
        let mut rows = RowsBuilder::new(relation.columns.len());
        for value in found[from..to].iter().flatten() {
            let length = value.as_deref().map_or(0, |text| text.chars().count());
            let head = value.as_deref().map(|text| {
                let end = text.char_indices().nth(CUT);
                &text[..end.map_or(text.len(), |(at, _)| at)]
            });
            let cut = self.said.unwrap_or(length as u64);
            rows.push(head, (length > CUT).then_some(cut));
        }
        let backward = matches!(seek, Seek::Last | Seek::Before(_));
        Page {
            rows: rows.finish(),
            more: if backward { from > 0 } else { to < len },
        }
    }

    /// Values by how often they come; buckets of a hundred where the column is one of numbers.
    fn profile(&self, relation: &Relation, column: usize) -> Profile {
        let rows = self.rows(relation);
        let mut common: Vec<Common> = Vec::new();
        for text in rows.iter().filter_map(|row| row[column].clone()) {
            match common.iter_mut().find(|value| value.text == text) {
                Some(value) => value.count += 1,
                None => common.push(Common {
                    text,
                    is_cut: false,
                    count: 1,
                }),
            }
        }
        common.sort_by_key(|value| std::cmp::Reverse(value.count));
        let numbers: Vec<u64> = common
            .iter()
            .filter_map(|value| value.text.parse().ok())
            .collect();
        let runs = numbers.iter().max().map_or(0, |most| most / 100 + 1);
        let bucket = |run: u64| Bucket {
            from: (run * 100).to_string(),
            to: (run * 100 + 99).to_string(),
            count: numbers.iter().filter(|number| *number / 100 == run).count() as u64,
        };
        let texts = common.iter().map(|value| value.text.clone());
        Profile {
            rows: rows.len() as u64,
            is_sample: false,
            nulls: rows.iter().filter(|row| row[column].is_none()).count() as u64,
            distinct: common.len() as u64,
            least: texts.clone().min(),
            greatest: texts.max(),
            mean: (runs > 0).then(|| "12.5000".to_owned()),
            length: (runs == 0).then(|| "8.3".to_owned()),
            buckets: (0..runs).map(bucket).collect(),
            common: common.into_iter().take(10).collect(),
        }
    }

    fn structure(&self, oid: u32) -> Structure {
        let table = self.table(oid);
        let attributes = table.columns.iter().map(|(name, kind)| Attribute {
            name: (*name).to_owned(),
            type_name: (*kind).to_owned(),
            ..Attribute::default()
        });
        let mut structure = Structure {
            create: "TABLE".to_owned(),
            qualified: format!("public.{}", table.name),
            owner: "ada".to_owned(),
            attributes: attributes.collect(),
            keys: vec![Named {
                name: format!("{}_pkey", table.name),
                definition: "PRIMARY KEY (id)".to_owned(),
                note: "primary".to_owned(),
            }],
            ..Structure::default()
        };
        structure.ddl = dbkeep::sql::ddl::create(&structure);
        structure
    }

    /// The tables as completion knows them.
    fn names(&self) -> Names {
        let public: Arc<str> = Arc::from("public");
        let relations = self.tables.iter().map(|table| names::Relation {
            schema: Arc::clone(&public),
            name: table.name.as_str().into(),
            kind: Kind::Table,
            is_partition: false,
            columns: table
                .columns
                .iter()
                .map(|(name, kind)| names::Column {
                    name: (*name).into(),
                    type_name: Arc::from(*kind),
                    labels: None,
                })
                .collect(),
        });
        Names::new(Contents {
            search_path: vec![Arc::clone(&public)],
            relations: relations.collect(),
            schemas: vec![public],
            ..Contents::default()
        })
    }

    #[allow(clippy::too_many_lines, reason = "an arm a request")]
    pub fn answer(&self, request: &DbRequest) -> Vec<DbReply> {
        let parts = match request {
            DbRequest::Catalog { .. } => vec![Part::Catalog(Box::new(Catalog {
                version: "15.18".to_owned(),
                database: "shop".to_owned(),
                user: "ada".to_owned(),
                read_only: self.read_only,
                schemas: vec!["public".to_owned()],
                objects: (0..self.tables.len()).map(|at| self.object(at)).collect(),
                is_beginning: false,
            }))],
            DbRequest::Start { limit } => {
                let catalog = DbRequest::Catalog { system: false };
                let mut replies = self.answer(&catalog);
                if let Some(DbReply::Part(Part::Catalog(catalog))) = replies.first_mut()
                    && let Some(first) = catalog.first_table().cloned()
                {
                    catalog.is_beginning = true;
                    catalog.objects.retain(|o| o.kind == Kind::Table);
                    catalog
                        .objects
                        .sort_by(|one, other| one.name.cmp(&other.name));
                    catalog.objects.truncate(*limit);
                    let open = DbRequest::Open {
                        object: Box::new(first),
                        again: None,
                        limit: *limit,
                    };
                    // Its end is that of the whole.
                    replies.pop();
                    replies.extend(self.answer(&open));
                }
                return replies;
            }
            DbRequest::Names => vec![Part::Names(Arc::new(self.names()))],
            DbRequest::Console(_, ask) => return crate::console::answered(ask),
            DbRequest::TypesAndFunctions { .. } => {
                vec![Part::TypesAndFunctions(self.functions.clone())]
            }
            DbRequest::Sizes { .. } => {
                let sizes = (0..self.tables.len()).map(|at| (self.object(at).oid, 8_192));
                vec![Part::Sizes(sizes.collect())]
            }
            DbRequest::CountAll { objects, .. } => objects.iter().map(|o| self.count(o)).collect(),
            DbRequest::Count(object) => vec![self.count(object)],
            DbRequest::Number { relation, mark, .. } => {
                let rows = &self.table(relation.oid).rows;
                let place = rows.iter().position(|row| row[0] == mark[0]);
                place
                    .into_iter()
                    .map(|at| Part::Number(at as u64))
                    .collect()
            }
            DbRequest::Profile {
                relation, column, ..
            } => {
                vec![Part::Profile(Box::new(self.profile(relation, *column)))]
            }
            DbRequest::Choices { table, typed, .. } => {
                let rows = self.table(*table).rows.iter();
                let value = |row: &Vec<Option<String>>| Suggestion {
                    text: row[0].clone().unwrap(),
                    share: None,
                    note: row[1].clone(),
                };
                let has = |value: &Suggestion| {
                    let note = value.note.as_ref();
                    note.is_some_and(|note| note.contains(typed)) || value.text.contains(typed)
                };
                vec![Part::Values(rows.map(value).filter(has).take(50).collect())]
            }
            DbRequest::Describe(object) => {
                vec![Part::Relation(Arc::new(self.relation(object.oid)))]
            }
            DbRequest::Row { relation, id } => {
                let rows = &self.table(relation.oid).rows;
                vec![Part::Row(rows.iter().find(|row| row[0] == id[0]).cloned())]
            }
            DbRequest::Whole { relation, ids } => {
                let rows = &self.table(relation.oid).rows;
                let row = |id: &Vec<Option<String>>| rows.iter().find(|row| row[0] == id[0]);
                vec![Part::Whole(ids.iter().map(|id| row(id).cloned()).collect())]
            }
            DbRequest::Check { typed, .. } => vec![Part::Checked(typed.clone())],
            DbRequest::WellKnown { text, .. } if text == "\\x" => {
                return vec![DbReply::Failed(Fault::new("function is not there"))];
            }
            DbRequest::WellKnown { text, .. } => {
                vec![Part::WellKnown(format!("SRID=4326;POINT({})", text.len()))]
            }
            DbRequest::Weigh(changes) => {
                let weighed = changes.iter().map(|change| (change.clone(), Vec::new()));
                vec![Part::Weighed(weighed.collect())]
            }
            DbRequest::Write(changes) => vec![Part::Written {
                changes: changes.clone(),
                written: Box::new(Written::All(
                    changes
                        .iter()
                        .map(|(_, staged)| staged.seen.clone())
                        .collect(),
                )),
            }],
            DbRequest::Open {
                object,
                again,
                limit,
            } => {
                let relation = Arc::new(self.relation(object.oid));
                let (shown, seek) = match again {
                    Some(again) if again.known == relation => (&again.shown, &again.seek),
                    _ => (&relation, &Seek::First),
                };
                let page = self.page(shown, seek, *limit);
                vec![Part::Relation(Arc::clone(&relation)), Part::Page(page)]
            }
            DbRequest::Refer(request) => return self.refer(request),
            DbRequest::Page {
                relation,
                seek,
                limit,
            } => vec![Part::Page(self.page(relation, seek, *limit))],
            DbRequest::Total { relation, .. } => {
                vec![Part::Total(self.rows(relation).len() as u64)]
            }
            DbRequest::Values { relation, column } => {
                let at = relation.column(column).unwrap();
                let rows = self.table(relation.oid).rows.iter();
                let values = rows.filter_map(|row| row[at].clone()).take(5);
                let value = |text| Suggestion {
                    text,
                    share: None,
                    note: None,
                };
                vec![Part::Values(values.map(value).collect())]
            }
            DbRequest::Structure(oid) => {
                vec![Part::Structure(Box::new(self.structure(*oid)))]
            }
            DbRequest::Definition(object) => {
                vec![Part::Definition(format!("CREATE {}", object.name))]
            }
        };
        let parts = parts.into_iter().map(DbReply::Part);
        parts.chain([DbReply::Done]).collect()
    }

    fn refer(&self, request: &Refer) -> Vec<DbReply> {
        let parts = match request {
            Refer::Find {
                object,
                equals,
                alone,
                limit,
            } => {
                let relation = Arc::new(self.relation(object.oid));
                let narrowed = relation.shown(&[], &foreign::filter(equals));
                let found = self.page(&narrowed, &Seek::First, *limit);
                let part = Part::Relation(Arc::clone(&relation));
                if *alone {
                    vec![part, Part::Page(found)]
                } else if found.rows.is_empty() {
                    let gone = Fault::new("the row it refers to is not there");
                    return vec![DbReply::Part(part), DbReply::Failed(gone)];
                } else {
                    let mark = found.rows.values(0, &relation.bookmark_cells());
                    let page = self.page(&relation, &Seek::From(mark), *limit);
                    vec![part, Part::Page(page)]
                }
            }
            Refer::Peek { object, equals } => {
                let relation = Arc::new(self.relation(object.oid));
                let narrowed = relation.shown(&[], &foreign::filter(equals));
                let page = self.page(&narrowed, &Seek::First, 1);
                vec![Part::Relation(relation), Part::Page(page)]
            }
            Refer::Referrers(oid) => vec![Part::Referrers(self.referrers(*oid))],
            Refer::Count { referrers, .. } => {
                let count = |(at, (referrer, equals)): (usize, &(Referrer, foreign::Equals))| {
                    let relation = self.relation(referrer.table);
                    let narrowed = relation.shown(&[], &foreign::filter(equals));
                    Part::Referring(at, Some(self.rows(&narrowed).len() as u64))
                };
                referrers.iter().enumerate().map(count).collect()
            }
        };
        let parts = parts.into_iter().map(DbReply::Part);
        parts.chain([DbReply::Done]).collect()
    }

    fn referrers(&self, oid: u32) -> Vec<Referrer> {
        let keys = self
            .tables
            .iter()
            .enumerate()
            .flat_map(|(at, table)| table.foreign_keys.iter().map(move |key| (at, table, key)));
        keys.filter(|(_, _, key)| key.table == oid)
            .map(|(at, table, key)| Referrer {
                table: u32::try_from(at).unwrap() + 1,
                schema: "public".to_owned(),
                name: table.name.clone(),
                columns: key.columns.clone(),
                casts: vec!["pg_catalog.text".to_owned(); key.columns.len()],
                referenced: key.referenced.clone(),
            })
            .collect()
    }

    fn count(&self, object: &Object) -> Part {
        Part::Counts(vec![(object.oid, self.table(object.oid).rows.len() as u64)])
    }
}
