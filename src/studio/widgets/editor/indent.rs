//! What is done to whole lines: indentation and comments.

use std::ops::RangeInclusive;

use super::Editor;
use super::history::Run;
use super::lines::Place;

/// One step of indentation.
pub(super) const STEP: &str = "  ";

impl Editor {
    /// Begins a new line, as far in as the one before it.
    pub fn new_line(&mut self) -> bool {
        let (from, _) = self
            .selected()
            .unwrap_or((self.caret.cursor, self.caret.cursor));
        let line = &self.lines.line(from.row)[..from.at];
        let indentation = indentation(line);
        let text = format!("\n{}", &line[..indentation]);
        self.drop_indentation();
        let changed = self.paste(&text);
        self.mark_indented(indentation > 0);
        changed
    }

    /// Indents the line, or the lines that are selected.
    pub fn indent(&mut self) -> bool {
        let rows = self.rows();
        let several = rows.start() != rows.end();
        let lines = rows.filter(|row| !several || !self.is_blank(*row));
        let parts: Vec<_> = lines.map(|row| (row, 0, 0, STEP.to_owned())).collect();
        self.change_lines(parts)
    }

    /// Takes a step of indentation back.
    pub fn outdent(&mut self) -> bool {
        let parts = self.rows().map(|row| {
            let line = self.lines.line(row);
            let spaces = line.bytes().take_while(|byte| *byte == b' ').count();
            let taken = if line.starts_with('\t') {
                1
            } else {
                spaces.min(STEP.len())
            };
            (row, 0, taken, String::new())
        });
        let parts = parts.collect();
        self.change_lines(parts)
    }

    /// Makes the line, or the lines that are selected, comments, which begin with `sign` (`"-- "`);
    /// or no comments, where all of them are.
    pub fn toggle_comment(&mut self, sign: &str) -> bool {
        let all = self.rows();
        let mut rows: Vec<usize> = all.clone().filter(|row| !self.is_blank(*row)).collect();
        if rows.is_empty() {
            rows = all.take(1).collect();
        }
        let bare = sign.trim_end();
        let begins = |row: &usize| indentation(self.lines.line(*row));
        let text = |row: &usize| &self.lines.line(*row)[begins(row)..];
        let parts = if rows.iter().all(|row| text(row).starts_with(bare)) {
            let parts = rows.iter().map(|row| {
                let taken = if text(row).starts_with(sign) {
                    sign.len()
                } else {
                    bare.len()
                };
                (*row, begins(row), begins(row) + taken, String::new())
            });
            parts.collect()
        } else {
            let least = rows.iter().map(begins).min().unwrap_or(0);
            let parts = rows.iter().map(|row| (*row, least, least, sign.to_owned()));
            parts.collect()
        };
        self.change_lines(parts)
    }

    /// The lines that are selected, or else the one of the cursor. One that only its beginning was
    /// reached of is not meant.
    fn rows(&self) -> RangeInclusive<usize> {
        match self.selected() {
            None => self.caret.cursor.row..=self.caret.cursor.row,
            Some((from, to)) if to.at == 0 => from.row..=to.row.max(1) - 1,
            Some((from, to)) => from.row..=to.row,
        }
    }

    fn is_blank(&self, row: usize) -> bool {
        self.lines.line(row).trim().is_empty()
    }

    /// Changes a stretch of each line, in one step. A selection begins where it began, before what
    /// is put there.
    fn change_lines(&mut self, parts: Vec<(usize, usize, usize, String)>) -> bool {
        let start = self.selected().map(|(from, _)| from);
        let parts = parts
            .into_iter()
            .map(|(row, from, to, text)| (Place::new(row, from), Place::new(row, to), text));
        let changed = self.change(parts, Run::Alone, None);
        if let Some(start) = start.filter(|start| changed && start.at == 0) {
            match &mut self.caret.anchor {
                Some(anchor) if *anchor < self.caret.cursor => *anchor = start,
                _ => self.caret.cursor = start,
            }
            self.history.amend(self.caret);
        }
        changed
    }
}

/// How many bytes a line is indented by.
pub(super) fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}
