//! The Tables screen as a layer: which keys mean what now, and who takes what comes.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::refer::Step;
use super::rows::Rows;
use super::structure::StructureView;
use super::trail::Way;
use super::{Focus, Tables, count_of};
use crate::data::catalog::{Catalog, Count};
use crate::data::tally::Tally;
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Answer, Cx, Effect, Layer, Refusal, Route, Shared};
use crate::studio::widgets::grid::Hit;
use crate::studio::widgets::text;
use crate::studio::work::{DbReply, DbRequest, Ticket};

impl Tables {
    /// Whether a field of the row is looked for, which takes the keys.
    fn is_finding_field(&self) -> bool {
        let in_rows = self.focus == Focus::Rows && self.structure.is_none();
        in_rows && self.rows.as_ref().is_some_and(Rows::is_finding)
    }

    fn ddl(&self) -> Option<String> {
        self.structure.as_ref().and_then(StructureView::ddl)
    }

    /// Takes a click where the rows are: on a field, the edge of a column, or in the grid.
    fn click_rows(&mut self, x: u16, y: u16, cx: &Cx<'_>) -> Hit {
        let is_shown = self.structure.is_none();
        let Some(rows) = self.rows.as_mut().filter(|_| is_shown) else {
            return Hit::Nothing;
        };
        let len = rows.len();
        if rows.click_field(y) || rows.grid().grab(x, y, cx.shared.now) {
            return Hit::Nothing;
        }
        rows.grid().click(x, y, len)
    }
}

impl Layer for Tables {
    fn scopes(&self) -> Vec<Scope> {
        if self.is_finding_field() {
            return vec![Scope::List];
        }
        match (self.focus, &self.structure) {
            (Focus::Search, _) => vec![Scope::List],
            (Focus::Tree, _) => vec![Scope::Tree, Scope::Table, Scope::Moving],
            (Focus::Rows, Some(_)) => vec![Scope::Structure, Scope::Table, Scope::Moving],
            (Focus::Rows, None) => {
                let is_record = self.rows.as_ref().is_some_and(Rows::is_record);
                // What is staged wants to be written: its hint comes first.
                let staged = self.desk.tally() != Tally::default();
                let record = is_record.then_some(Scope::Record).into_iter();
                let first = record
                    .chain(staged.then_some(Scope::Table))
                    .chain([Scope::Grid]);
                let last = (!staged).then_some(Scope::Table).into_iter();
                first
                    .chain(last)
                    .chain([Scope::Value, Scope::Moving])
                    .collect()
            }
        }
    }

    fn is_typing(&self) -> bool {
        self.focus == Focus::Search || self.is_finding_field()
    }

    fn enabled(&self, command: Command, shared: &Shared) -> Result<(), Refusal> {
        let rows = self.rows.as_ref();
        match command {
            Command::Inspect | Command::GoTo | Command::Count
                if self.focus == Focus::Tree && self.tree.object(shared).is_none() =>
            {
                Err("no table is under the cursor".into())
            }
            Command::GoTo
            | Command::CopyCell
            | Command::CopyAs
            | Command::ViewCell
            | Command::ShowRecord
            | Command::FilterValue
            | Command::ExcludeValue
            | Command::Edit
            | Command::SetNull
            | Command::SetDefault
            | Command::DeleteRow
            | Command::DuplicateRow
            | Command::MarkRow
            | Command::ForgetRow
                if !rows.is_some_and(Rows::has_cells) =>
            {
                Err("there is no row here".into())
            }
            Command::ShowRecord if rows.is_some_and(Rows::is_record) => {
                Err("the row is shown already".into())
            }
            Command::FilterColumn
            | Command::FilterWhere
            | Command::EditFilter
            | Command::Sort
            | Command::SortFurther
            | Command::SortNulls
            | Command::Wider
            | Command::Narrower
            | Command::Fit
            | Command::Hide
            | Command::Columns
            | Command::ShiftLeft
            | Command::ShiftRight
            | Command::Freeze
            | Command::Profile
                if !rows.is_some_and(Rows::has_columns) =>
            {
                Err("there is no column here".into())
            }
            Command::Sort | Command::SortFurther => {
                rows.map_or(Ok(()), Rows::can_sort).map_err(Into::into)
            }
            Command::Follow | Command::Peek => self.can_follow(),
            Command::Referrers => rows
                .map_or(Err("there is no row here".to_owned()), Rows::is_written)
                .map_err(Into::into),
            Command::Back => self.trail.can_go(Way::Back).map_err(Into::into),
            Command::Forward => self.trail.can_go(Way::Forward).map_err(Into::into),
            Command::Hide if rows.is_some_and(|rows| !rows.can_hide()) => {
                Err("it is the only column that is shown".into())
            }
            Command::Count if rows.is_none() => Err("no table is open".into()),
            Command::Inspect | Command::ShowRows => self.can_inspect().map_err(Into::into),
            Command::TreeOpen
                if shared
                    .catalog
                    .as_ref()
                    .is_none_or(|catalog| catalog.objects.is_empty()) =>
            {
                Err("there is nothing to open".into())
            }
            Command::ReviewEdits | Command::DiscardEdits
                if self.desk.tally() == Tally::default() =>
            {
                Err("nothing is staged".into())
            }
            Command::ReviewEdits if self.writing.is_some() => {
                Err("the last review is being written".into())
            }
            Command::UndoCommit if !self.desk.has_commit() => {
                Err("nothing was written that could be taken back".into())
            }
            Command::Edit
            | Command::SetNull
            | Command::SetDefault
            | Command::DeleteRow
            | Command::AddRow
            | Command::DuplicateRow => self.can_edit(command).map_err(Into::into),
            // Before all are known, what is found then is meant.
            Command::Choose
                if self.focus == Focus::Search && self.tree.is_empty() && shared.is_whole() =>
            {
                Err("no name has these letters".into())
            }
            Command::CopyDdl if self.ddl().is_none() => Err("the structure is not here yet".into()),
            Command::TreeSizes if shared.catalog.is_none() => {
                Err("the tables are not known yet".into())
            }
            _ => Ok(()),
        }
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::Close => match self.focus {
                Focus::Search => self.give_up_search(cx),
                Focus::Tree if !self.search.is_empty() => self.end_search(cx),
                Focus::Tree => {}
                Focus::Rows if self.structure.is_some() && self.rows.is_some() => {
                    self.close_structure(cx);
                }
                Focus::Rows if self.rows.as_mut().is_some_and(Rows::unmark) => {}
                Focus::Rows => {
                    let stays = self.rows.as_mut().is_some_and(Rows::close_record);
                    if !stays {
                        self.focus = Focus::Tree;
                    }
                }
            },
            Command::Edit
            | Command::AddRow
            | Command::DeleteRow
            | Command::DuplicateRow
            | Command::MarkRow
            | Command::ForgetRow
            | Command::SetNull
            | Command::SetDefault => self.edit(command, cx),
            Command::Undo => self.step_back(false, cx),
            Command::Redo => self.step_back(true, cx),
            Command::UndoCommit => self.undo_commit(cx),
            Command::ReviewEdits => cx.open(Route::Review(self.desk.planned())),
            Command::DiscardEdits => cx.open(Route::Confirm {
                question: format!("Discard {}?", self.desk.tally().words()),
                yes: Effect::Answer(Box::new(Answer::Discard)),
                no: None,
            }),
            Command::NextPane | Command::PreviousPane if self.focus == Focus::Rows => {
                self.focus = Focus::Tree;
            }
            // What was sought is gone to.
            Command::NextPane | Command::PreviousPane
                if self.focus == Focus::Search
                    && !self.search.is_empty()
                    && self.tree.object(cx.shared).is_some() =>
            {
                self.enter(cx);
            }
            Command::NextPane | Command::PreviousPane => {
                self.end_search(cx);
                self.focus = Focus::Rows;
            }
            Command::FindTable => self.begin_search(cx),
            Command::Reload => self.reload(cx),
            Command::TreeOpen => self.enter(cx),
            Command::Choose if self.focus == Focus::Search => self.enter_found(cx),
            Command::TreeFold => {
                self.tree.fold(cx.shared, None);
            }
            Command::TreeSystem => cx.ask(Effect::Catalog {
                system: !cx.shared.system,
            }),
            Command::TreeSizes => cx.ask(Effect::Sizes),
            Command::ListUp if self.focus == Focus::Search => self.in_tree(Command::Up, cx),
            Command::ListDown if self.focus == Focus::Search => self.in_tree(Command::Down, cx),
            Command::ListPageUp if self.focus == Focus::Search => self.in_tree(Command::PageUp, cx),
            Command::ListPageDown if self.focus == Focus::Search => {
                self.in_tree(Command::PageDown, cx);
            }
            Command::Inspect => self.inspect(cx),
            Command::ShowRows => self.close_structure(cx),
            Command::CopyDdl => {
                if let Some(ddl) = self.ddl() {
                    cx.ask(Effect::Copy(ddl, "the DDL".to_owned()));
                }
            }
            Command::CopyCell => self.copy_cell(cx),
            Command::ViewCell => {
                if let Some(rows) = &self.rows {
                    rows.view(cx);
                }
            }
            Command::GoTo => {
                self.focus = Focus::Rows;
                self.close_structure(cx);
                self.go_to(cx);
            }
            Command::Count => {
                if let Some(rows) = &self.rows {
                    self.counting = Some(cx.db(DbRequest::Count(Box::new(rows.object.clone()))));
                }
            }
            Command::Back => self.travel(Way::Back, cx),
            Command::Forward => self.travel(Way::Forward, cx),
            moving if self.focus == Focus::Rows && self.structure.is_some() => {
                self.in_structure(moving);
            }
            moving if self.focus == Focus::Rows => self.in_rows(moving, cx),
            moving => self.in_tree(moving, cx),
        }
        self.visited |= self.focus == Focus::Rows;
    }

    fn on_key(&mut self, key: &KeyEvent, cx: &mut Cx<'_>) {
        if self.focus == Focus::Search && self.search.key(key) {
            self.before_search.enters = false;
            self.tree.search(self.search.text(), cx.shared);
        } else if let Some(rows) = self.rows.as_mut().filter(|_| self.focus == Focus::Rows) {
            rows.type_field(key);
        }
    }

    fn on_paste(&mut self, pasted: &str, cx: &mut Cx<'_>) {
        if self.focus == Focus::Search {
            self.search.paste(pasted);
            self.tree.search(self.search.text(), cx.shared);
        } else if let Some(rows) = self.rows.as_mut().filter(|rows| rows.is_finding()) {
            rows.paste_field(pasted);
        } else if self.focus == Focus::Rows && self.structure.is_none() {
            self.paste(pasted, cx);
        }
    }

    fn on_mouse(&mut self, event: MouseEvent, cx: &mut Cx<'_>) {
        let (x, y) = (event.column, event.row);
        let in_tree = self.tree_area.contains((x, y).into());
        let in_rows = self.rows_area.contains((x, y).into());
        match event.kind {
            MouseEventKind::Down(MouseButton::Left) if in_tree => {
                if y == self.tree_area.y + 1 {
                    self.on_command(Command::FindTable, cx);
                    return;
                }
                self.focus = Focus::Tree;
                if self.tree.click(x, y) && !self.tree.fold(cx.shared, None) {
                    self.preview(cx);
                }
            }
            MouseEventKind::Down(MouseButton::Left) if in_rows => {
                self.focus = Focus::Rows;
                self.visited = true;
                if let Some(command) = self.click_rows(x, y, cx).command() {
                    self.give(command, cx);
                }
            }
            MouseEventKind::Drag(MouseButton::Left) => {
                if let Some(rows) = &mut self.rows {
                    rows.grid().drag(x);
                }
            }
            MouseEventKind::Up(MouseButton::Left) => {
                if let Some(rows) = &mut self.rows {
                    rows.grid().release();
                    rows.remember(cx);
                }
            }
            MouseEventKind::ScrollDown | MouseEventKind::ScrollUp => {
                let by = if event.kind == MouseEventKind::ScrollDown {
                    3
                } else {
                    -3
                };
                match (&mut self.structure, &mut self.rows) {
                    _ if in_tree => self.tree.scroll(by),
                    (Some(structure), _) if in_rows => structure.step(by),
                    (None, Some(rows)) if in_rows && rows.is_record() => rows.sideways(by),
                    (None, Some(rows)) if in_rows => rows.scroll(by, cx),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn on_db(&mut self, ticket: Ticket, reply: DbReply, cx: &mut Cx<'_>) {
        if self.on_row(ticket, &reply, cx)
            || self.on_write(ticket, &reply, cx)
            || self.on_restored(ticket, &reply, cx)
        {
            return;
        }
        if self.counting == Some(ticket) {
            if let DbReply::Failed(fault) = reply {
                cx.refuse(fault.what);
            }
            return;
        }
        if self.counted == Some(ticket) {
            self.counted = self.counted.filter(|_| !reply.is_final());
            return;
        }
        if self
            .structure
            .as_mut()
            .is_some_and(|view| view.on_db(ticket, reply.clone()))
        {
            return;
        }
        if let Some(rows) = &mut self.rows {
            rows.on_db(ticket, reply, cx);
        }
    }

    fn on_answer(&mut self, answer: Answer, cx: &mut Cx<'_>) {
        match answer {
            Answer::Follow(at) => self.refer_to(Step::Follow, at, cx),
            Answer::Peek(at) => self.refer_to(Step::Peek, at, cx),
            Answer::Referring(table, equals) => self.show_referring(table, equals, cx),
            Answer::Cell(prompt, input) => self.typed(&prompt, &input, cx),
            Answer::Commit(changes) => self.commit(changes, cx),
            Answer::Confirmed => self.confirmed(cx),
            Answer::Resolved(steps) => self.resolved(steps, cx),
            Answer::Staging(staging) => self.stage_for_another(staging, cx),
            Answer::Discard => {
                self.desk.discard();
                self.staged(cx);
            }
            Answer::Restore => self.restore(cx),
            Answer::LeaveDraft => self.leave_draft(cx),
            answer => self.answer_rows(answer, cx),
        }
        self.visited |= self.focus == Focus::Rows;
    }

    fn on_shared(&mut self, cx: &mut Cx<'_>) {
        self.tree.update(cx.shared);
        if self.focus == Focus::Search && self.before_search.enters && cx.shared.is_whole() {
            self.enter_found(cx);
        }
        self.offer_draft(cx);
        match &mut self.rows {
            None if self.structure.is_some() => {}
            None => {
                let catalog = cx.shared.catalog.as_ref();
                if let Some(object) = catalog.and_then(Catalog::first_table).cloned() {
                    self.tree.reveal(&object, cx.shared);
                    match cx.shared.opening {
                        Some(ticket) => self.arrive(Rows::opening(&object, ticket), cx),
                        None => self.open(&object, cx),
                    }
                }
            }
            Some(rows) => {
                if let Count::Exact(count) = count_of(cx.shared, rows.object.oid) {
                    rows.counted(count);
                }
            }
        }
        // A catalog that was read again has an estimate where there was a count.
        if self.counted.is_none() && self.generation != cx.shared.generation {
            self.count_unasked(cx);
        }
        self.generation = cx.shared.generation;
    }

    fn position(&self, shared: &Shared, room: u16) -> (String, String) {
        let marked = match self.rows.as_ref().map_or(0, Rows::marked) {
            0 => None,
            count => Some(format!("{count} marked")),
        };
        let staged = self.desk.tally().words();
        let right: Vec<String> = marked.into_iter().chain([staged]).collect();
        let right: Vec<String> = right.into_iter().filter(|part| !part.is_empty()).collect();
        let right = right.join(" · ");
        let room = room.saturating_sub(text::width(&right));
        let left = match (self.focus, &self.rows, &self.structure) {
            (Focus::Rows, _, Some(structure)) => structure.position(),
            (Focus::Rows, Some(rows), None) => {
                rows.position(shared, self.desk.edits(rows.object.oid), room)
            }
            _ => self.tree.describe(shared),
        };
        (left, right)
    }

    fn unsaved(&self) -> Option<String> {
        let staged = self.desk.tally().words();
        (!staged.is_empty()).then_some(staged)
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        self.draw_panes(area, buffer, shared);
    }
}
