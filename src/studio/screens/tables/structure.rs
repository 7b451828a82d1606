//! The structure of an object, as sections of lines: of a relation all that belongs to it, of a type
//! or a function its definition.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::data::catalog::{Object, bytes};
use crate::data::column::short_type;
use crate::data::structure::{Attribute, Named, Structure};
use crate::fault::Fault;
use crate::studio::layer::{Cx, Effect, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::list::ListState;
use crate::studio::widgets::{fault, pane, text};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

/// One line: pieces of text, each with its column and what it means.
type Line = Vec<(u16, String, Role)>;

/// Where what has no room beside the others begins, on lines of its own.
const INDENT: u16 = 4;
/// A text is not broken into pieces narrower than this.
const NARROWEST: u16 = 10;

/// The structure view's own state.
#[derive(Debug)]
pub struct StructureView {
    /// What it is the structure of.
    pub object: Object,
    /// Whether it is shown for want of rows, and nobody has asked for it: it gives way to rows.
    pub is_stopgap: bool,
    asked: Option<Ticket>,
    known: Option<Known>,
    fault: Option<Fault>,
    list: ListState,
    height: u16,
    lines: Vec<Line>,
    lines_for: u16,
}

#[derive(Debug)]
enum Known {
    Relation(Box<Structure>),
    /// The statement that makes a type or a function.
    Definition(String),
}

impl StructureView {
    /// Asks for the structure of an object.
    pub fn open(object: &Object, is_stopgap: bool, cx: &mut Cx<'_>) -> Self {
        Self {
            object: object.clone(),
            is_stopgap,
            asked: Some(ask(object, cx)),
            known: None,
            fault: None,
            list: ListState::default(),
            height: 1,
            lines: Vec::new(),
            lines_for: 0,
        }
    }

    /// Asks again.
    pub fn reload(&mut self, cx: &mut Cx<'_>) {
        let before = self.asked.replace(ask(&self.object, cx));
        if let Some(ticket) = before {
            cx.ask(Effect::Cancel(ticket));
        }
    }

    /// Nobody waits for it any more.
    pub fn abandon(self, cx: &mut Cx<'_>) {
        if let Some(ticket) = self.asked {
            cx.ask(Effect::Cancel(ticket));
        }
    }

    /// Takes a reply; `false` if it is not for this.
    pub fn on_db(&mut self, ticket: Ticket, reply: DbReply) -> bool {
        if self.asked != Some(ticket) {
            return false;
        }
        if reply.is_final() {
            self.asked = None;
        }
        match reply {
            DbReply::Part(Part::Structure(structure)) => {
                self.take(Known::Relation(structure));
            }
            DbReply::Part(Part::Definition(text)) => self.take(Known::Definition(text)),
            DbReply::Part(_) | DbReply::Done => {}
            DbReply::Failed(fault) => self.fault = Some(fault),
            DbReply::Cancelled => {
                self.fault = Some(Fault::new("Reading was cancelled"));
            }
        }
        true
    }

    fn take(&mut self, known: Known) {
        self.known = Some(known);
        self.fault = None;
        self.lines_for = 0;
    }

    /// The statements that make the object again, once it is known.
    #[must_use]
    pub fn ddl(&self) -> Option<String> {
        self.known.as_ref().map(|known| match known {
            Known::Relation(structure) => structure.ddl.clone(),
            Known::Definition(text) => text.clone(),
        })
    }

    /// Scrolls by lines.
    pub fn step(&mut self, by: isize) {
        let len = self.lines.len();
        // There is no cursor to see here: a step moves what is in view.
        let top = self.list.top.saturating_add_signed(by);
        self.list.top = top.min(len.saturating_sub(usize::from(self.height)));
        self.list.cursor = self.list.top;
    }

    /// Which of its lines are in view.
    #[must_use]
    pub fn position(&self) -> String {
        let (first, all) = (self.list.top + 1, self.lines.len());
        let last = (self.list.top + usize::from(self.height)).min(all);
        match all {
            0 => String::new(),
            _ if last - self.list.top == all => format!("structure · all {all} lines"),
            _ => format!("structure · lines {first} to {last} of {all}"),
        }
    }

    /// Scrolls by half pages.
    pub fn page(&mut self, halves: isize) {
        self.step(halves * isize::try_from(self.height / 2).unwrap_or(1));
    }

    /// Draws the sections.
    pub fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        if let Some(why) = &self.fault {
            fault::draw(area, buffer, theme, why);
            return;
        }
        let Some(known) = &self.known else {
            return;
        };
        self.height = area.height;
        if self.lines_for != area.width {
            self.lines_for = area.width;
            let room = area.width.saturating_sub(2);
            self.lines = match known {
                Known::Relation(structure) => lines(structure, room),
                Known::Definition(text) => defined(&self.object, text, room),
            };
        }
        self.step(0);
        for (y, line) in (area.y..area.bottom()).zip(&self.lines[self.list.top..]) {
            for (x, piece, role) in line {
                let room = area.width.saturating_sub(x + 2);
                text::put(buffer, area.x + 1 + x, y, room, piece, theme.style(*role));
            }
        }
    }
}

fn ask(object: &Object, cx: &mut Cx<'_>) -> Ticket {
    cx.db(if object.kind.has_rows() {
        DbRequest::Structure(object.oid)
    } else {
        DbRequest::Definition(Box::new(object.clone()))
    })
}

/// The lines of what has nothing but a definition.
fn defined(object: &Object, text: &str, room: u16) -> Vec<Line> {
    let mut out = vec![vec![(0, object.kind.word().to_owned(), Role::Dim)]];
    statement(text, room, &mut out);
    out
}

fn lines(structure: &Structure, room: u16) -> Vec<Line> {
    let mut out = Vec::new();
    let [rows, indexes, all] = structure.sizes;
    let clause = structure.clause.as_deref().unwrap_or_default();
    let partitioned = if clause.contains("PARTITION BY") {
        "partitioned "
    } else {
        ""
    };
    let word = structure.create.to_lowercase();
    let mut head = format!("{partitioned}{word} · owner {}", structure.owner);
    if all > 0 {
        head.push_str(&format!(
            " · {} (rows {}, indexes {})",
            bytes(all),
            bytes(rows),
            bytes(indexes)
        ));
    }
    for (text, role) in [
        (Some(&head), Role::Dim),
        (structure.comment.as_ref(), Role::Text),
        (structure.clause.as_ref(), Role::Dim),
    ] {
        below(0, text.map_or("", String::as_str), role, room, &mut out);
    }
    columns(&structure.attributes, room, &mut out);
    let sections = [
        ("Keys", &structure.keys),
        ("Foreign keys", &structure.references),
        ("Referenced by", &structure.referenced_by),
        ("Checks", &structure.checks),
        ("Indexes", &structure.indexes),
        ("Triggers", &structure.triggers),
        ("Policies", &structure.policies),
        ("Partitions", &structure.partitions),
    ];
    for (title, members) in sections {
        section(title, members, room, &mut out);
    }
    if structure.row_security && structure.policies.is_empty() {
        heading("Policies", 0, &mut out);
        let note = "row security is on, and without a policy nobody but the owner sees a row";
        below(2, note, Role::Warning, room, &mut out);
    }
    statement(&structure.ddl, room, &mut out);
    out
}

fn statement(ddl: &str, room: u16, out: &mut Vec<Line>) {
    heading("DDL", 0, out);
    out.extend(
        ddl.lines()
            .flat_map(|line| pane::wrapped(line, room.saturating_sub(2).max(10)))
            .map(|line| vec![(2, line, Role::Text)]),
    );
}

fn heading(title: &str, count: usize, out: &mut Vec<Line>) {
    out.push(Vec::new());
    let mut line = vec![(0, title.to_owned(), Role::Title)];
    if count > 0 {
        line.push((text::width(title) + 1, count.to_string(), Role::Dim));
    }
    out.push(line);
}

/// A text in lines of its own, from a column on.
fn below(x: u16, text: &str, role: Role, room: u16, out: &mut Vec<Line>) {
    let pieces = pane::wrapped(text, room.saturating_sub(x).max(NARROWEST));
    out.extend(pieces.into_iter().map(|piece| vec![(x, piece, role)]));
}

/// Texts beside each other, each from its column on. One that does not end before the next begins
/// sends that to another line, and one that would have to be broken has lines of its own.
fn beside(cells: Vec<(u16, String, Role)>, room: u16, out: &mut Vec<Line>) {
    let mut line = Line::new();
    for (x, text, role) in cells {
        let before = line
            .last()
            .map_or(0, |(x, text, _)| x + text::width(text) + 1);
        let fits = text::width(&text) <= room.saturating_sub(x);
        if !line.is_empty() && (!fits || x < before) {
            out.push(std::mem::take(&mut line));
        }
        if fits {
            line.push((x, text, role));
        } else {
            below(INDENT.min(x), &text, role, room, out);
        }
    }
    if !line.is_empty() {
        out.push(line);
    }
}

/// Name, type, NULL, and whatever else there is, in columns as wide as what is in them.
fn columns(attributes: &[Attribute], room: u16, out: &mut Vec<Line>) {
    heading("Columns", attributes.len(), out);
    let widest = |text: &dyn Fn(&Attribute) -> String, most: u16| {
        let widths = attributes
            .iter()
            .map(|attribute| text::width(&text(attribute)));
        widths.max().unwrap_or(0).min(most)
    };
    let name_width = widest(&|attribute| attribute.name.clone(), room / 3);
    let type_width = widest(&|attribute| short_type(&attribute.type_name), room / 3);
    let type_at = 2 + name_width + 2;
    let null_at = type_at + type_width + 2;
    let rest_at = null_at + 10;
    for attribute in attributes {
        let type_name = short_type(&attribute.type_name);
        let mut cells = vec![
            (2, attribute.name.clone(), Role::Text),
            (type_at, type_name, Role::Dim),
        ];
        if attribute.not_null {
            cells.push((null_at, "not null".to_owned(), Role::Dim));
        }
        let rest = rest_of(attribute);
        if !rest.is_empty() {
            cells.push((rest_at, rest, Role::Text));
        }
        beside(cells, room, out);
        let comment = attribute.comment.as_deref().unwrap_or_default();
        below(type_at, comment, Role::Null, room, out);
    }
}

fn rest_of(attribute: &Attribute) -> String {
    let mut parts = Vec::new();
    match (&attribute.default, &attribute.identity) {
        (Some(expression), _) if attribute.generated => {
            parts.push(format!("generated {expression}"));
        }
        (Some(expression), _) => parts.push(format!("default {expression}")),
        (None, Some(identity)) => parts.push(format!("identity {}", identity.to_lowercase())),
        (None, None) => {}
    }
    if let Some(collation) = &attribute.collation {
        parts.push(format!("collate {collation}"));
    }
    parts.join(" · ")
}

fn section(title: &str, members: &[Named], room: u16, out: &mut Vec<Line>) {
    if members.is_empty() {
        return;
    }
    heading(title, members.len(), out);
    for named in members {
        let name_width = text::width(&named.name);
        let mut cells = vec![(2, named.name.clone(), Role::Text)];
        if !named.note.is_empty() {
            cells.push((2 + name_width + 2, named.note.clone(), Role::Dim));
        }
        beside(cells, room, out);
        below(INDENT, &named.definition, Role::Dim, room, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT: &str = "nextval('a_schema.customer_customer_id_seq'::regclass)";

    fn structure() -> Structure {
        let attribute = |name: &str, type_name: &str, default: &str| Attribute {
            name: name.to_owned(),
            type_name: type_name.to_owned(),
            not_null: true,
            default: Some(default.to_owned()),
            comment: Some("what it is for, in a few words".to_owned()),
            ..Attribute::default()
        };
        Structure {
            create: "TABLE".to_owned(),
            qualified: "public.customer".to_owned(),
            owner: "somebody_with_a_long_name".to_owned(),
            sizes: [106_496, 114_688, 221_184],
            attributes: vec![
                attribute("customer_id", "integer", DEFAULT),
                attribute("create_date", "date", "CURRENT_DATE"),
                attribute(&"n".repeat(63), "a_schema.an_enum_of_words", "'a b c'"),
            ],
            keys: vec![Named {
                name: "customer_pkey_with_a_long_name".to_owned(),
                definition: "PRIMARY KEY (customer_id)".to_owned(),
                note: "primary, 14,049 scans, 32 kB".to_owned(),
            }],
            row_security: true,
            ..Structure::default()
        }
    }

    fn joined(lines: &[Line]) -> String {
        let pieces = lines.iter().flatten().map(|(_, piece, _)| piece.as_str());
        let all: String = pieces.collect();
        all.split_whitespace().collect()
    }

    #[test]
    fn nothing_is_lost_at_any_width() {
        for room in 30..160 {
            let lines = lines(&structure(), room);
            for (x, piece, _) in lines.iter().flatten() {
                assert!(x + text::width(piece) <= room, "{piece} at {x} of {room}");
            }
            for line in &lines {
                for pair in line.windows(2) {
                    assert!(pair[0].0 + text::width(&pair[0].1) < pair[1].0, "{line:?}");
                }
            }
            let all = joined(&lines);
            for wanted in [
                "rows104kB,indexes112kB)",
                &format!("default{DEFAULT}"),
                "defaultCURRENT_DATE",
                &"n".repeat(63),
                "a_schema.an_enum_of_words",
                "primary,14,049scans,32kB",
                "nobodybuttheownerseesarow",
            ] {
                assert!(all.contains(wanted), "{wanted} of {room}:\n{all}");
            }
        }
    }

    #[test]
    fn what_has_room_on_a_line_of_its_own_is_not_broken() {
        let wanted = format!("default {DEFAULT}");
        for room in [INDENT + text::width(&wanted), 80, 100, 140] {
            let lines = lines(&structure(), room);
            let mut pieces = lines.iter().flatten();
            assert!(pieces.any(|(_, piece, _)| *piece == wanted), "{room}");
        }
    }
}
