//! The tree of what a database holds: schemas, tables with their partitions, and folded groups of
//! everything else. Typing a few letters makes it a list of what matches, best first.

use std::collections::HashSet;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::list::ListState;
use super::text;
use crate::data::catalog::{Catalog, Count, Kind, Object, bytes, grouped, is_system, rows};
use crate::studio::layer::Shared;
use crate::studio::theme::{Role, Theme};

/// What a line of the tree stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Schema(String),
    Group(String, Kind),
    Object(u32, Kind),
}

#[derive(Debug, Clone)]
struct Line {
    node: Node,
    depth: u16,
    /// For what can be folded: whether it is open.
    open: Option<bool>,
    /// How many lines are under it, or the place in the catalog.
    number: usize,
    /// Whether the name is shown with its schema.
    schema: Schema,
    /// The letters of what is shown that the search found.
    found: Vec<u32>,
}

/// Where the schema of an object is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Schema {
    /// Above it, in the tree.
    Above,
    /// Before its name, as it was sought.
    Before,
    /// Behind its name, where there are several and there is room.
    Behind,
}

/// The tree's own state.
#[derive(Debug, Default)]
pub struct Tree {
    lines: Vec<Line>,
    list: ListState,
    toggled: HashSet<String>,
    search: String,
    laid_out: Option<u64>,
    area: Rect,
}

impl Tree {
    /// Lays the tree out anew if the catalog, a fold or the search has changed; the cursor stays on
    /// what it was on.
    pub fn update(&mut self, shared: &Shared) {
        if self.laid_out == Some(shared.generation) {
            return;
        }
        let Some(catalog) = &shared.catalog else {
            return;
        };
        self.laid_out = Some(shared.generation);
        let before = self
            .lines
            .get(self.list.cursor)
            .map(|line| line.node.clone());
        self.lines = if self.search.is_empty() {
            self.nested(catalog)
        } else {
            searched(catalog, &self.search)
        };
        let again = before.and_then(|node| self.lines.iter().position(|line| line.node == node));
        match again {
            Some(at) => self.list.cursor = at,
            None if self.list.cursor >= self.lines.len() => self.list.cursor = 0,
            None => {}
        }
    }

    fn nested(&self, catalog: &Catalog) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut from = 0;
        for schema in &catalog.schemas {
            let end = from
                + catalog.objects[from..]
                    .iter()
                    .take_while(|object| object.schema == *schema)
                    .count();
            let objects = from..end;
            from = end;
            let open = self.is_open(schema, !is_system(schema));
            lines.push(Line {
                node: Node::Schema(schema.clone()),
                depth: 0,
                open: Some(open),
                number: objects.len(),
                schema: Schema::Above,
                found: Vec::new(),
            });
            if open {
                self.schema(catalog, schema, objects, &mut lines);
            }
        }
        lines
    }

    fn schema(
        &self,
        catalog: &Catalog,
        schema: &str,
        objects: std::ops::Range<usize>,
        lines: &mut Vec<Line>,
    ) {
        let is_table = |kind| matches!(kind, Kind::Table | Kind::Partitioned);
        let mut tables: Vec<usize> = objects
            .clone()
            .filter(|&at| {
                let object = &catalog.objects[at];
                is_table(object.kind) && object.parent.is_none()
            })
            .collect();
        tables.sort_by(|&a, &b| catalog.objects[a].name.cmp(&catalog.objects[b].name));
        for at in tables {
            self.table(catalog, at, 1, lines);
        }
        for kind in Kind::ALL.into_iter().filter(|kind| !is_table(*kind)) {
            let members: Vec<usize> = objects
                .clone()
                .filter(|&at| catalog.objects[at].kind == kind)
                .collect();
            if members.is_empty() {
                continue;
            }
            let open = self.is_open(&format!("{schema}/{kind:?}"), false);
            lines.push(Line {
                node: Node::Group(schema.to_owned(), kind),
                depth: 1,
                open: Some(open),
                number: members.len(),
                schema: Schema::Above,
                found: Vec::new(),
            });
            if open {
                lines.extend(members.iter().map(|&at| leaf(catalog, at, 2)));
            }
        }
    }

    /// A table and, where it is open, its partitions, which may have partitions themselves and may
    /// be in other schemas.
    fn table(&self, catalog: &Catalog, at: usize, depth: u16, lines: &mut Vec<Line>) {
        let object = &catalog.objects[at];
        let mut line = leaf(catalog, at, depth);
        if object.kind == Kind::Partitioned {
            let open = self.is_open(&object.oid.to_string(), false);
            line.open = Some(open);
            lines.push(line);
            if open {
                for (at, partition) in catalog.objects.iter().enumerate() {
                    if partition.parent == Some(object.oid) {
                        self.table(catalog, at, depth + 1, lines);
                    }
                }
            }
        } else {
            lines.push(line);
        }
    }

    fn is_open(&self, key: &str, by_default: bool) -> bool {
        by_default != self.toggled.contains(key)
    }

    /// Searches by a few letters; an empty search shows the tree again.
    pub fn search(&mut self, letters: &str, shared: &Shared) {
        letters.clone_into(&mut self.search);
        self.laid_out = None;
        self.list = ListState::default();
        // What the cursor was on before means nothing now.
        self.lines.clear();
        self.update(shared);
    }

    /// Whether it has no line to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Moves by lines.
    pub fn step(&mut self, by: isize) {
        self.list.step(by, self.lines.len());
    }

    /// Looks at lines further up or down.
    pub fn scroll(&mut self, by: isize) {
        self.list.scroll(by);
    }

    /// To the first or the last line.
    pub fn jump(&mut self, last: bool) {
        self.list.cursor = if last { usize::MAX } else { 0 };
        self.list.step(0, self.lines.len());
    }

    /// How many lines a page has.
    #[must_use]
    pub fn page(&self) -> isize {
        isize::try_from(self.area.height.saturating_sub(1).max(1)).unwrap_or(1)
    }

    /// The object under the cursor.
    #[must_use]
    pub fn object<'a>(&self, shared: &'a Shared) -> Option<&'a Object> {
        let line = self.lines.get(self.list.cursor)?;
        match line.node {
            Node::Object(..) => shared.catalog.as_ref()?.objects.get(line.number),
            _ => None,
        }
    }

    /// What is under the cursor, in words, for the position line.
    #[must_use]
    pub fn describe(&self, shared: &Shared) -> String {
        match self
            .lines
            .get(self.list.cursor)
            .map(|line| (&line.node, line.number))
        {
            Some((Node::Schema(name), number)) => {
                format!("schema {name} · {}", counted(number, "object"))
            }
            Some((Node::Group(schema, kind), number)) => {
                let members = group(*kind);
                let words = if number == 1 {
                    members.trim_end_matches('s')
                } else {
                    members
                };
                format!("{schema} · {number} {words}")
            }
            Some((Node::Object(..), _)) => self.object(shared).map_or_else(String::new, |object| {
                let lock = if object.readable {
                    ""
                } else {
                    " · locked: this role has no SELECT privilege on it"
                };
                let detail = match object.detail.as_str() {
                    "" => String::new(),
                    detail => format!(" · {detail}"),
                };
                format!(
                    "{} {}.{}{detail}{lock}",
                    object.kind.word(),
                    object.schema,
                    object.name
                )
            }),
            None => String::new(),
        }
    }

    /// Puts the cursor on an object, and unfolds what it stands under.
    pub fn reveal(&mut self, object: &Object, shared: &Shared) {
        if let Some(catalog) = &shared.catalog
            && self.search.is_empty()
        {
            self.unfold(catalog, object);
            self.update(shared);
        }
        let stands = |line: &Line| line.node == Node::Object(object.oid, object.kind);
        if let Some(at) = self.lines.iter().position(stands) {
            self.list.cursor = at;
        }
    }

    fn unfold(&mut self, catalog: &Catalog, object: &Object) {
        let find = |oid: u32| {
            let mut objects = catalog.objects.iter();
            objects.find(|object| object.oid == oid && object.kind.has_rows())
        };
        let mut keys = Vec::new();
        let mut below = catalog.objects.iter().find(|other| other.is(object));
        while let Some(object) = below {
            below = object.parent.and_then(find);
            match below {
                Some(parent) => keys.push((parent.oid.to_string(), false)),
                None => keys.push((object.schema.clone(), !is_system(&object.schema))),
            }
            if !matches!(object.kind, Kind::Table | Kind::Partitioned) {
                keys.push((format!("{}/{:?}", object.schema, object.kind), false));
            }
        }
        for (key, by_default) in keys {
            if !self.is_open(&key, by_default) {
                self.toggle(key);
            }
        }
    }

    fn toggle(&mut self, key: String) {
        if !self.toggled.remove(&key) {
            self.toggled.insert(key);
        }
        self.laid_out = None;
    }

    /// Folds or unfolds the line under the cursor; `false` where there is nothing to fold.
    pub fn fold(&mut self, shared: &Shared, wanted: Option<bool>) -> bool {
        let Some(line) = self.lines.get(self.list.cursor) else {
            return false;
        };
        let key = match (&line.node, line.open) {
            (_, None) => return false,
            (_, Some(open)) if wanted.is_some_and(|wanted| wanted == open) => return false,
            (Node::Schema(name), _) => name.clone(),
            (Node::Group(schema, kind), _) => format!("{schema}/{kind:?}"),
            (Node::Object(oid, _), _) => oid.to_string(),
        };
        self.toggle(key);
        self.update(shared);
        true
    }

    /// From a line to the one it stands under.
    pub fn to_parent(&mut self) {
        let Some(depth) = self.lines.get(self.list.cursor).map(|line| line.depth) else {
            return;
        };
        let above = self.lines[..self.list.cursor]
            .iter()
            .rposition(|line| line.depth < depth);
        self.list.cursor = above.unwrap_or(self.list.cursor);
    }

    /// Puts the cursor on the line at a place of the screen; `false` where there is none.
    pub fn click(&mut self, x: u16, y: u16) -> bool {
        let line = self.list.line_at(y, self.area.y);
        let hit = self.area.contains((x, y).into()) && line < self.lines.len();
        if hit {
            self.list.cursor = line;
        }
        hit
    }

    /// Draws the lines that are in view. `open` is what is shown beside the tree.
    pub fn draw(
        &mut self,
        area: Rect,
        buffer: &mut Buffer,
        shared: &Shared,
        focused: bool,
        open: Option<&Object>,
    ) {
        self.area = area;
        self.update(shared);
        let theme = &shared.theme;
        let Some(catalog) = &shared.catalog else {
            return;
        };
        for (y, at) in (area.y..).zip(self.list.visible(self.lines.len(), area.height)) {
            let line = &self.lines[at];
            let here = at == self.list.cursor;
            let is_open = open.is_some_and(|open| line.node == Node::Object(open.oid, open.kind));
            let role = match (here, focused) {
                (true, true) => Role::Cursor,
                (true, false) => Role::Trace,
                _ if is_open => Role::Accent,
                _ => Role::Text,
            };
            buffer.set_style(
                Rect {
                    y,
                    height: 1,
                    ..area
                },
                theme.style(role),
            );
            draw_line(
                line,
                catalog,
                shared,
                buffer,
                Rect {
                    y,
                    height: 1,
                    ..area
                },
                role,
                theme,
            );
        }
    }
}

fn leaf(catalog: &Catalog, at: usize, depth: u16) -> Line {
    let object = &catalog.objects[at];
    Line {
        node: Node::Object(object.oid, object.kind),
        depth,
        open: None,
        number: at,
        schema: Schema::Above,
        found: Vec::new(),
    }
}

/// Whether a name is what is sought, whether what it names has rows, and how well it matches.
type Rank = (bool, bool, u32);

/// Everything whose name matches, best first: what is called just so, then what has rows. A dot in what
/// is sought is the one between schema and name.
fn searched(catalog: &Catalog, letters: &str) -> Vec<Line> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(letters, CaseMatching::Ignore, Normalization::Smart);
    let mut characters = Vec::new();
    let mut scored: Vec<(Rank, usize, Vec<u32>)> = Vec::new();
    let is_full = letters.contains('.');
    for (at, object) in catalog.objects.iter().enumerate() {
        let mut found = Vec::new();
        let full = is_full.then(|| object.full_name());
        let called = full.as_ref().unwrap_or(&object.name);
        let is_it = called.eq_ignore_ascii_case(letters);
        let name = Utf32Str::new(called, &mut characters);
        if let Some(score) = pattern.indices(name, &mut matcher, &mut found) {
            scored.push(((is_it, object.kind.has_rows(), score), at, found));
        }
    }
    scored.sort_by(|a, b| {
        let length = |at: usize| catalog.objects[at].name.len();
        (b.0, length(a.1), a.1).cmp(&(a.0, length(b.1), b.1))
    });
    scored
        .into_iter()
        .map(|(_, at, found)| Line {
            schema: if is_full {
                Schema::Before
            } else {
                Schema::Behind
            },
            found,
            ..leaf(catalog, at, 0)
        })
        .collect()
}

fn draw_line(
    line: &Line,
    catalog: &Catalog,
    shared: &Shared,
    buffer: &mut Buffer,
    area: Rect,
    role: Role,
    theme: &Theme,
) {
    let plain = matches!(role, Role::Text | Role::Accent);
    let style = theme.style(role);
    let dim = if plain { theme.style(Role::Dim) } else { style };
    let object = match line.node {
        Node::Object(..) => catalog.objects.get(line.number),
        _ => None,
    };
    let (name, fact) = match (&line.node, object) {
        (Node::Schema(name), _) => (name.clone(), String::new()),
        (Node::Group(_, kind), _) => (group(*kind).to_owned(), line.number.to_string()),
        (_, Some(object)) => {
            let name = match line.schema {
                Schema::Before => object.full_name(),
                Schema::Above | Schema::Behind => object.name.clone(),
            };
            let is_below = line.schema == Schema::Above;
            (name, fact(object, shared, is_below))
        }
        (_, None) => (String::new(), String::new()),
    };
    let sign = match (line.open, object) {
        (Some(true), _) => "▾ ",
        (Some(false), _) => "▸ ",
        (None, Some(object)) if !object.readable => "⊘ ",
        _ => "  ",
    };
    let x = area.x + 1 + line.depth * 2;
    let x = text::put(buffer, x, area.y, 2, sign, dim);
    let room = area.right().saturating_sub(x + 2);
    let fact = shortened(&fact, room.saturating_sub(text::width(&name)));
    let fact_width = text::width(fact).min(area.width / 2);
    let room = area.right().saturating_sub(x + fact_width + 2);
    let name_style = match line.node {
        Node::Schema(_) if plain => theme.style(Role::Title),
        Node::Group(..) => dim,
        _ => style,
    };
    // Names that begin alike end differently: partitions, above all.
    let shown = text::middle(&name, room);
    let is_whole = shown == name;
    let end = text::put(buffer, x, area.y, room, &shown, name_style);
    if let (Schema::Behind, Some(object)) = (line.schema, object)
        && catalog.schemas.len() > 1
    {
        let room = (x + room).saturating_sub(end + 1);
        let schema = text::middle(&object.schema, room);
        text::put(buffer, end + 1, area.y, room, &schema, dim);
    }
    if plain && is_whole {
        // The letters that were typed; names are short enough that each is a column.
        for at in &line.found {
            let column = u16::try_from(*at).unwrap_or(u16::MAX);
            if column < room {
                buffer[(x + column, area.y)].set_style(theme.style(Role::Match));
            }
        }
    }
    let fact_x = area.right().saturating_sub(fact_width + 1);
    text::put(buffer, fact_x, area.y, fact_width, fact, dim);
}

/// A count without its word, where there is no room for both: a name says more.
fn shortened(fact: &str, room: u16) -> &str {
    let count = fact.strip_suffix(" rows").or(fact.strip_suffix(" row"));
    count.filter(|_| text::width(fact) > room).unwrap_or(fact)
}

/// What stands at the right of an object: its rows, its size, or what it is, unless that stands
/// above it.
fn fact(object: &Object, shared: &Shared, is_below: bool) -> String {
    if let (Some(sizes), true) = (&shared.sizes, object.kind.is_counted()) {
        return sizes
            .get(&object.oid)
            .map_or_else(String::new, |size| bytes(*size));
    }
    match object.count {
        Count::Exact(count) => rows(count),
        Count::Estimate(rows) => format!("~{}", grouped(rows)),
        Count::Unknown => match object.kind {
            Kind::Table | Kind::Partitioned => String::new(),
            _ if is_below => String::new(),
            kind => kind.word().to_owned(),
        },
    }
}

fn counted(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

fn group(kind: Kind) -> &'static str {
    match kind {
        Kind::Table => "tables",
        Kind::Partitioned => "partitioned tables",
        Kind::View => "views",
        Kind::MaterializedView => "materialized views",
        Kind::ForeignTable => "foreign tables",
        Kind::Sequence => "sequences",
        Kind::Enum => "enums",
        Kind::Domain => "domains",
        Kind::Function => "functions",
    }
}
