//! The Tables screen: the tree on the left, rows or structure of the opened relation on the right.

use std::collections::HashMap;
use std::time::Duration;

use ratatui::layout::Rect;

use crate::data::catalog::{Count, Object};
use crate::data::edits::{Draft, Planned, Step as EditStep};
use crate::studio::keys::Command;
use crate::studio::layer::{Answer, Cx, Effect, Prompt, Purpose, Route, Shared, Tone};
use crate::studio::widgets::input::Line;
use crate::studio::widgets::tree::Tree;
use crate::studio::work::{DbRequest, Ticket};

mod commit;
mod copy;
mod desk;
mod draft;
mod draw;
mod edit;
mod layer;
mod refer;
mod rows;
mod structure;
mod trail;

use desk::Desk;
use edit::Fetching;
use refer::Step;
pub use rows::FIRST_SCREEN;
use rows::{Place, Rows};
use structure::StructureView;
use trail::{Trail, Visit};

/// How long the server may count the table that is looked at, before its estimate has to do.
const COUNT_DEADLINE: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Focus {
    Tree,
    Search,
    Rows,
}

/// How it was when a search began.
struct Before {
    focus: Focus,
    shown: Option<Object>,
    /// Whether its rows were read.
    had_rows: bool,
    /// The place that was left for something that the search found, and is no place one comes from
    /// until that is gone into.
    left: Option<Visit>,
    /// Whether enter was pressed before all tables were known: what is found then is gone to.
    enters: bool,
}

impl Default for Before {
    fn default() -> Self {
        Self {
            focus: Focus::Tree,
            shown: None,
            had_rows: false,
            left: None,
            enters: false,
        }
    }
}

/// The screen's own state.
pub struct Tables {
    focus: Focus,
    tree: Tree,
    search: Line,
    rows: Option<Rows>,
    structure: Option<StructureView>,
    /// Where one was in each relation that was left.
    places: HashMap<u32, Place>,
    /// The places that were gone into, in their order.
    trail: Trail,
    /// Whether what is open was gone into, not only passed in the tree.
    visited: bool,
    /// What is staged.
    desk: Desk,
    /// What is being written.
    writing: Option<Ticket>,
    /// What a crash left, until it is taken up or left.
    left: Vec<Draft>,
    offered: bool,
    /// The relations that are being read to take it up.
    restoring: HashMap<Ticket, Draft>,
    /// What is written once the database's name is typed.
    confirming: Option<Vec<Planned>>,
    /// A row that is being read whole, for an edit.
    fetching: Option<Fetching>,
    /// What was pasted for the cell that is about to be edited.
    pasted: Option<String>,
    counting: Option<Ticket>,
    /// The unasked count of what is open.
    counted: Option<Ticket>,
    generation: u64,
    before_search: Before,
    tree_area: Rect,
    rows_area: Rect,
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            focus: Focus::Tree,
            tree: Tree::default(),
            search: Line::default(),
            rows: None,
            structure: None,
            places: HashMap::new(),
            trail: Trail::default(),
            visited: false,
            desk: Desk::default(),
            writing: None,
            left: Vec::new(),
            offered: false,
            restoring: HashMap::new(),
            confirming: None,
            fetching: None,
            pasted: None,
            counting: None,
            counted: None,
            generation: 0,
            before_search: Before::default(),
            tree_area: Rect::default(),
            rows_area: Rect::default(),
        }
    }
}

impl Tables {
    /// With what a crash left.
    #[must_use]
    pub fn with_drafts(left: Vec<Draft>) -> Self {
        Self {
            left: draft::joined(left),
            ..Self::default()
        }
    }

    /// What stands beside the tree.
    fn shown(&self) -> Option<&Object> {
        beside_tree(self.structure.as_ref(), self.rows.as_ref())
    }

    /// Shows the object under the tree's cursor.
    fn preview(&mut self, cx: &mut Cx<'_>) {
        if let Some(object) = self.tree.object(cx.shared).cloned() {
            self.show(&object, cx);
        }
    }

    /// Shows an object's rows, or its structure where rows are not shown unasked.
    fn show(&mut self, object: &Object, cx: &mut Cx<'_>) {
        if self.shown().is_some_and(|shown| shown.is(object)) {
            return;
        }
        if object.kind.is_shown_unasked() {
            self.open(object, cx);
            return;
        }
        self.go_on(cx);
        let is_stopgap = self.structure.as_ref().is_none_or(|view| view.is_stopgap);
        self.show_structure(object, is_stopgap, cx);
    }

    fn show_structure(&mut self, object: &Object, is_stopgap: bool, cx: &mut Cx<'_>) {
        let view = StructureView::open(object, is_stopgap, cx);
        if let Some(before) = self.structure.replace(view) {
            before.abandon(cx);
        }
    }

    /// Shows the rows again, or for the first time.
    fn close_structure(&mut self, cx: &mut Cx<'_>) {
        let object = self.structure.take().map(|view| {
            let object = view.object.clone();
            view.abandon(cx);
            object
        });
        if let (None, Some(object)) = (&self.rows, object) {
            self.open(&object, cx);
        }
    }

    /// The structure of what is shown; its rows, if that is what is shown.
    fn inspect(&mut self, cx: &mut Cx<'_>) {
        match (&self.structure, &self.rows) {
            (Some(_), _) => self.close_structure(cx),
            (None, Some(rows)) => {
                let object = rows.object.clone();
                self.show_structure(&object, false, cx);
            }
            (None, None) => {}
        }
    }

    /// Whether there is a structure to show, or rows instead of it.
    fn can_inspect(&self) -> Result<(), &'static str> {
        match &self.structure {
            None if self.rows.is_none() => Err("no table is open"),
            Some(view) if !view.object.kind.has_rows() => Err("it has no rows"),
            _ => Ok(()),
        }
    }

    fn open(&mut self, object: &Object, cx: &mut Cx<'_>) {
        if self
            .rows
            .as_ref()
            .is_some_and(|rows| rows.object.is(object))
        {
            return;
        }
        self.go_on(cx);
        let place = self.places.remove(&object.oid);
        let rows = Rows::open(object, place, cx);
        self.arrive(rows, cx);
    }

    /// Counts what is open, where its rows are not counted yet and a moment is enough.
    fn count_unasked(&mut self, cx: &mut Cx<'_>) {
        if let Some(ticket) = self.counted.take() {
            cx.ask(Effect::Cancel(ticket));
        }
        let Some(rows) = &self.rows else {
            return;
        };
        let object = &rows.object;
        let known = matches!(count_of(cx.shared, object.oid), Count::Exact(_));
        if object.kind.is_counted() && object.readable && !known {
            self.counted = Some(cx.db(DbRequest::CountAll {
                objects: vec![object.clone()],
                deadline: COUNT_DEADLINE,
            }));
        }
    }

    /// Enter on a line of the tree: its rows, its structure, its definition, or its fold.
    fn enter(&mut self, cx: &mut Cx<'_>) {
        let Some(object) = self.tree.object(cx.shared).cloned() else {
            self.tree.fold(cx.shared, None);
            return;
        };
        if object.kind.has_rows() {
            if let Some(view) = self.structure.take() {
                view.abandon(cx);
            }
            self.open(&object, cx);
            if let Some(rows) = &mut self.rows {
                rows.show_rows();
            }
        } else {
            self.show(&object, cx);
        }
        self.end_search(cx);
        self.tree.reveal(&object, cx.shared);
        self.focus = Focus::Rows;
    }

    /// Enter in the search. The first tables that are known are not all that may be meant.
    fn enter_found(&mut self, cx: &mut Cx<'_>) {
        self.before_search.enters = !cx.shared.is_whole() && cx.shared.catalog_fault.is_none();
        if !self.before_search.enters {
            self.enter(cx);
        }
    }

    fn begin_search(&mut self, cx: &mut Cx<'_>) {
        if self.focus != Focus::Search {
            self.before_search = Before {
                focus: self.focus,
                shown: self.shown().cloned(),
                had_rows: self.rows.is_some(),
                left: None,
                enters: false,
            };
        }
        if !self.search.is_empty() {
            self.search.clear();
            self.tree.search("", cx.shared);
        }
        self.focus = Focus::Search;
    }

    /// Shows all again, with the cursor on what is shown.
    fn end_search(&mut self, cx: &mut Cx<'_>) {
        if let Some(visit) = self.before_search.left.take() {
            if self.shown().is_some_and(|shown| shown.is(&visit.object)) {
                self.visited = true;
            } else {
                self.trail.leave(visit);
            }
        }
        if !self.search.is_empty() {
            self.search.clear();
            self.tree.search("", cx.shared);
            if let Some(object) = self.shown().cloned() {
                self.tree.reveal(&object, cx.shared);
            }
        }
        if self.focus == Focus::Search {
            self.focus = Focus::Tree;
        }
    }

    /// As it was before the search, which found nothing that was wanted.
    fn give_up_search(&mut self, cx: &mut Cx<'_>) {
        let Before {
            focus, had_rows, ..
        } = self.before_search;
        if let Some(object) = self.before_search.shown.take() {
            if had_rows {
                self.open(&object, cx);
            } else {
                self.show(&object, cx);
            }
            self.tree.reveal(&object, cx.shared);
        }
        self.end_search(cx);
        self.focus = focus;
    }

    fn in_tree(&mut self, command: Command, cx: &mut Cx<'_>) {
        let page = self.tree.page();
        match command {
            Command::Up => self.tree.step(-1),
            Command::Down => self.tree.step(1),
            Command::PageUp => self.tree.step(-page),
            Command::PageDown => self.tree.step(page),
            Command::HalfUp => self.tree.step(-page / 2),
            Command::HalfDown => self.tree.step(page / 2),
            Command::First | Command::RowStart => self.tree.jump(false),
            Command::Last | Command::RowEnd => self.tree.jump(true),
            Command::Left => {
                if !self.tree.fold(cx.shared, Some(false)) {
                    self.tree.to_parent();
                }
            }
            Command::Right => {
                if !self.tree.fold(cx.shared, Some(true)) && self.tree.object(cx.shared).is_some() {
                    self.enter(cx);
                    return;
                }
            }
            _ => return,
        }
        self.preview(cx);
    }

    fn in_structure(&mut self, command: Command) {
        let Some(structure) = &mut self.structure else {
            return;
        };
        match command {
            Command::Up => structure.step(-1),
            Command::Down => structure.step(1),
            Command::PageUp => structure.page(-2),
            Command::PageDown => structure.page(2),
            Command::HalfUp => structure.page(-1),
            Command::HalfDown => structure.page(1),
            Command::First => structure.step(isize::MIN),
            Command::Last => structure.step(isize::MAX),
            Command::Left => self.focus = Focus::Tree,
            _ => {}
        }
    }

    fn in_rows(&mut self, command: Command, cx: &mut Cx<'_>) {
        let Some(rows) = &mut self.rows else {
            return;
        };
        if rows.in_record(command, cx) {
            return;
        }
        match command {
            Command::Up => rows.step(-1, cx),
            Command::Down => rows.step(1, cx),
            Command::PageUp => rows.page(-2, cx),
            Command::PageDown => rows.page(2, cx),
            Command::HalfUp => rows.page(-1, cx),
            Command::HalfDown => rows.page(1, cx),
            Command::First => rows.first(cx),
            Command::Last => rows.last(cx),
            Command::Left => rows.sideways(-1),
            Command::Right => rows.sideways(1),
            Command::RowStart => rows.leap(false),
            Command::RowEnd => rows.leap(true),
            Command::Sort => rows.sort(false, cx),
            Command::SortFurther => rows.sort(true, cx),
            Command::SortNulls => rows.sort_nulls(cx),
            Command::FilterColumn => rows.ask_condition(cx),
            Command::FilterValue => rows.filter_value(false, cx),
            Command::ExcludeValue => rows.filter_value(true, cx),
            Command::FilterWhere => rows.ask_where(cx),
            Command::EditFilter => cx.open(Route::Filter(rows.filter())),
            Command::Follow => self.refer(Step::Follow, cx),
            Command::Peek => self.refer(Step::Peek, cx),
            Command::Referrers => self.ask_referrers(cx),
            Command::CopyAs => rows.ask_copy(cx),
            Command::Profile => rows.profile(cx),
            other => rows.arrange(other, cx),
        }
    }

    fn reload(&mut self, cx: &mut Cx<'_>) {
        cx.ask(Effect::Catalog {
            system: cx.shared.system,
        });
        if let Some(rows) = &mut self.rows {
            rows.reload(cx);
        }
        self.places.clear();
        if let Some(structure) = &mut self.structure {
            structure.reload(cx);
        }
    }

    fn go_to(&self, cx: &mut Cx<'_>) {
        let relation = self.rows.as_ref().and_then(|rows| rows.relation.as_ref());
        let keys = relation.map_or(&[][..], |relation| relation.order());
        let names: Vec<&str> = keys.iter().map(|key| key.column.as_str()).collect();
        let hint = match names.as_slice() {
            [] => "#1000 for a row's number".to_owned(),
            [name] => format!("a value of {name}, or #1000 for a row's number"),
            names => format!(
                "values of {}, separated by commas, or #1000 for a row's number",
                names.join(", ")
            ),
        };
        cx.open(Route::Prompt(Prompt {
            title: "Go to".to_owned(),
            hint,
            text: String::new(),
            wrong: None,
            purpose: Purpose::Place,
        }));
    }

    /// Takes an answer about the rows that are shown.
    fn answer_rows(&mut self, answer: Answer, cx: &mut Cx<'_>) {
        let Some(rows) = &mut self.rows else {
            return;
        };
        match answer {
            Answer::Typed(Purpose::Place, typed) => rows.go_to(&typed, cx),
            Answer::Typed(Purpose::Where, typed) => rows.free_condition(&typed, cx),
            Answer::Condition(place, condition) => rows.condition(place, condition, cx),
            Answer::Filter(filter) => rows.set_filter(&filter, cx),
            Answer::EditCondition(place) => rows.edit_condition(place, cx),
            Answer::EditWhere => rows.ask_where(cx),
            Answer::Copy(what, format) => rows.copy(what, format, cx),
            Answer::Columns(arrangement, column) => rows.arranged(&arrangement, column, cx),
            Answer::Follow(_)
            | Answer::Peek(_)
            | Answer::Referring(..)
            | Answer::Cell(..)
            | Answer::Commit(_)
            | Answer::Confirmed
            | Answer::Statement(_)
            | Answer::Staging(_)
            | Answer::Parameters(_)
            | Answer::Written(_)
            | Answer::Resolved(_)
            | Answer::Discard
            | Answer::Restore
            | Answer::LeaveDraft
            | Answer::Typed(_, _) => {}
        }
    }

    /// Stages what follows from conflicts that were settled.
    fn resolved(&mut self, steps: Vec<(u32, EditStep)>, cx: &mut Cx<'_>) {
        for (oid, step) in steps {
            self.desk.push_to(oid, step);
        }
        self.staged(cx);
        let keys = cx.shared.keymap.first_name(Command::ReviewEdits);
        let said = format!("settled · {} reviews it again", keys.unwrap_or_default());
        cx.ask(Effect::Toast(Tone::Good, said));
        if let Some(rows) = &mut self.rows {
            rows.reload(cx);
        }
    }
}

fn beside_tree<'a>(
    structure: Option<&'a StructureView>,
    rows: Option<&'a Rows>,
) -> Option<&'a Object> {
    let structure = structure.map(|view| &view.object);
    structure.or(rows.map(|rows| &rows.object))
}

fn count_of(shared: &Shared, oid: u32) -> Count {
    let objects = shared.catalog.iter().flat_map(|catalog| &catalog.objects);
    let found = objects
        .filter(|object| object.kind.has_rows())
        .find(|object| object.oid == oid);
    found.map_or(Count::Unknown, |object| object.count)
}
