//! The rows of a result as they are drawn: in the grid or one as a form, with what is staged of them and
//! what was written since.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::ran::Ran;
use crate::data::edits::{Change, Edits, Input};
use crate::studio::layer::Shared;
use crate::studio::screens::editing;
use crate::studio::theme::Role;
use crate::studio::widgets::grid::{Mark, Sheet, Shown};
use crate::studio::widgets::{pane, text};

/// What a value shows of a row that was deleted since.
const GONE: &str = "deleted";

/// The rows with what is staged of their table.
pub(super) struct Overlay<'a> {
    pub(super) ran: &'a Ran,
    pub(super) edits: Option<&'a Edits>,
}

impl<'a> Overlay<'a> {
    pub(super) fn new(ran: &'a Ran, shared: &'a Shared) -> Self {
        let sheet = ran.table().and_then(|table| shared.staged.get(&table));
        let edits = sheet.map(|(_, edits)| edits);
        Self { ran, edits }
    }

    fn change(&self, row: usize) -> Option<&Change> {
        let edits = self.edits?;
        edits.change(&self.ran.who(row)?)
    }
}

impl Sheet for Overlay<'_> {
    fn rows(&self) -> usize {
        self.ran.len()
    }

    fn cell(&self, row: usize, column: usize) -> Option<Shown<'_>> {
        let cell = self.ran.cell_at(row, column)?;
        let shown = Shown {
            text: cell.text,
            cut: cell.cut,
            ..Shown::default()
        };
        let Some(source) = &self.ran.source else {
            return Some(shown);
        };
        let Some(own) = source.columns.get(column).copied().flatten() else {
            return Some(shown);
        };
        let name = &source.relation.columns.get(own)?.name;
        let staged = match self.change(row) {
            Some(Change::Update(values)) => values.get(name),
            _ => None,
        };
        let changed = Shown {
            changed: true,
            ..Shown::default()
        };
        Some(match (staged, self.ran.written(row)) {
            (Some(Input::Text(text)), _) => Shown {
                text: Some(text),
                ..changed
            },
            (Some(Input::Null), _) => changed,
            (Some(Input::Default), _) => Shown {
                word: Some(editing::DEFAULT),
                ..changed
            },
            (None, Some(Some(seen))) => Shown {
                text: seen.get(own)?.as_deref(),
                ..Shown::default()
            },
            // Which row it was is still told.
            (None, Some(None)) if !source.is_key(column) => Shown {
                word: Some(GONE),
                ..Shown::default()
            },
            (None, _) => shown,
        })
    }

    fn mark(&self, row: usize) -> Option<Mark> {
        match self.change(row) {
            Some(Change::Delete) => Some(Mark::Deleted),
            Some(_) => Some(Mark::Changed),
            None => None,
        }
    }

    fn is_chosen(&self, _: usize) -> bool {
        false
    }
}

/// Draws the rows, and what they are filtered and sorted by above them.
pub(super) fn draw(ran: &mut Ran, area: Rect, buffer: &mut Buffer, shared: &Shared, focused: bool) {
    let theme = &shared.theme;
    let sifted = ran.sifted.as_ref().map(|sifted| &sifted.relation);
    let Some(relation) = sifted.or(ran.relation.as_ref()).cloned() else {
        return;
    };
    let mut area = area;
    if let Some(line) = ran.sifted_line() {
        let room = area.width.saturating_sub(2);
        let style = theme.style(Role::Accent);
        text::put(buffer, area.x + 1, area.y, room, &line, style);
        area.y += 1;
        area.height = area.height.saturating_sub(1);
    }
    // They are a part of what they draw from, and taken out meanwhile.
    let mut grid = std::mem::take(&mut ran.grid);
    let mut record = ran.record.take();
    let sheet = Overlay::new(ran, shared);
    match &mut record {
        Some(record) if sheet.rows() > 0 => {
            let at = (grid.row, grid.column);
            record.draw(area, buffer, theme, (&relation, &sheet, at), focused);
        }
        _ => grid.draw(area, buffer, theme, &relation, &sheet, focused),
    }
    ran.grid = grid;
    ran.record = record;
    if ran.len() == 0 && ran.loaded() > 0 {
        let below = Rect {
            y: area.y + 2,
            height: area.height.saturating_sub(2),
            ..area
        };
        let words = ["No row passes the filter.", "F changes it"];
        pane::empty(below, buffer, theme, &words);
    }
}
