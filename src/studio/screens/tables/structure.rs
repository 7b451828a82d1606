//! The structure of a relation, as sections of lines.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::data::catalog::bytes;
use crate::data::column::short_type;
use crate::data::structure::{Attribute, Named, Structure};
use crate::fault::Fault;
use crate::sql::ddl;
use crate::studio::layer::{Cx, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::list::ListState;
use crate::studio::widgets::{fault, pane, text};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

/// One line: pieces of text, each with its column and what it means.
type Line = Vec<(u16, String, Role)>;

/// The structure view's own state.
#[derive(Debug)]
pub struct StructureView {
    oid: u32,
    asked: Option<Ticket>,
    known: Option<Box<Structure>>,
    fault: Option<Fault>,
    list: ListState,
    height: u16,
    lines: Vec<Line>,
    lines_for: u16,
}

impl StructureView {
    /// Asks for the structure of the relation of this number.
    pub fn open(oid: u32, cx: &mut Cx<'_>) -> Self {
        Self {
            oid,
            asked: Some(cx.db(DbRequest::Structure(oid))),
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
        self.asked = Some(cx.db(DbRequest::Structure(self.oid)));
    }

    /// Takes a reply; `false` if it is not for this.
    pub fn on_db(&mut self, ticket: Ticket, reply: DbReply) -> bool {
        if self.asked != Some(ticket) {
            return false;
        }
        match reply {
            DbReply::Part(Part::Structure(structure)) => {
                self.known = Some(structure);
                self.fault = None;
                self.lines_for = 0;
            }
            DbReply::Part(_) => return true,
            DbReply::Done => {}
            DbReply::Failed(fault) => self.fault = Some(fault),
            DbReply::Cancelled => {
                self.fault = Some(Fault::new("Reading was cancelled"));
            }
        }
        true
    }

    /// The statements that make the relation again, once it is known.
    #[must_use]
    pub fn ddl(&self) -> Option<String> {
        self.known.as_deref().map(ddl::create)
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
        let Some(structure) = self.known.as_deref() else {
            return;
        };
        self.height = area.height;
        if self.lines_for != area.width {
            self.lines_for = area.width;
            self.lines = lines(structure, area.width.saturating_sub(2));
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
    out.push(vec![(0, head, Role::Dim)]);
    for (text, role) in [
        (&structure.comment, Role::Text),
        (&structure.clause, Role::Dim),
    ] {
        if let Some(text) = text {
            out.extend(
                pane::wrapped(text, room)
                    .into_iter()
                    .map(|line| vec![(0, line, role)]),
            );
        }
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
        out.push(vec![(2, note.to_owned(), Role::Warning)]);
    }
    heading("DDL", 0, &mut out);
    let ddl = ddl::create(structure);
    out.extend(
        ddl.lines()
            .flat_map(|line| pane::wrapped(line, room.saturating_sub(2).max(10)))
            .map(|line| vec![(2, line, Role::Text)]),
    );
    out
}

fn heading(title: &str, count: usize, out: &mut Vec<Line>) {
    out.push(Vec::new());
    let mut line = vec![(0, title.to_owned(), Role::Title)];
    if count > 0 {
        line.push((text::width(title) + 1, count.to_string(), Role::Dim));
    }
    out.push(line);
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
        let mut line = vec![
            (2, text::fitted(&attribute.name, name_width), Role::Text),
            (
                type_at,
                text::fitted(&short_type(&attribute.type_name), type_width),
                Role::Dim,
            ),
        ];
        if attribute.not_null {
            line.push((null_at, "not null".to_owned(), Role::Dim));
        }
        let rest = rest_of(attribute);
        let wrapped = pane::wrapped(&rest, room.saturating_sub(rest_at).max(10));
        let mut wrapped = wrapped.into_iter();
        line.extend(wrapped.next().map(|piece| (rest_at, piece, Role::Text)));
        out.push(line);
        out.extend(wrapped.map(|piece| vec![(rest_at, piece, Role::Text)]));
        if let Some(comment) = &attribute.comment {
            let pieces = pane::wrapped(comment, room.saturating_sub(type_at).max(10));
            out.extend(
                pieces
                    .into_iter()
                    .map(|piece| vec![(type_at, piece, Role::Null)]),
            );
        }
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
        let mut line = vec![(2, named.name.clone(), Role::Text)];
        if !named.note.is_empty() {
            line.push((2 + name_width + 2, named.note.clone(), Role::Dim));
        }
        out.push(line);
        let pieces = pane::wrapped(&named.definition, room.saturating_sub(4).max(10));
        out.extend(pieces.into_iter().map(|piece| vec![(4, piece, Role::Dim)]));
    }
}
