//! A console's text: what is known of it, how it is coloured, and where in it something is wrong.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::console::Console;
use super::planned::Sent;
use crate::fault::Fault;
use crate::sql::copy;
use crate::sql::highlight::Class;
use crate::sql::lexer::{self, Lexer, Token};
use crate::sql::parameters::written_place;
use crate::sql::script::{self, Statement};
use crate::studio::theme::{Role, Theme};
use crate::studio::widgets::editor::Look;

impl Console {
    /// Reads what has changed in the text.
    pub(super) fn read(&mut self) {
        let first = match self.known {
            None => Some(0),
            Some(revision) => self.editor.changed_since(revision),
        };
        if let Some(first) = first {
            self.colours.update(self.editor.lines(), first);
            let text = self.editor.text();
            self.statements = script::statements(&text);
            let quotes = |token: &Token| {
                matches!(
                    token.kind,
                    lexer::Kind::Text
                        | lexer::Kind::Dollar
                        | lexer::Kind::Name
                        | lexer::Kind::Comment
                )
            };
            let tokens = Lexer::new(&text).filter(quotes);
            self.quoted = tokens
                .map(|token| token.begin..token.begin + token.text.len())
                .collect();
        }
        self.known = Some(self.editor.revision());
    }

    /// Where the last statement begins that does so before a place; one that is just begun counts with
    /// the one before it, which it may still belong to.
    pub(super) fn statement_before(&mut self, offset: usize) -> usize {
        self.read();
        let before = self.statements.iter().rev();
        let mut before = before.filter(|statement| statement.range.start < offset);
        before.next().map_or(0, |statement| statement.range.start)
    }

    /// Draws the text.
    pub(super) fn draw_text(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        self.read();
        let selected = self.editor.selection().is_some();
        let text = self.editor.text();
        let here = script::statement_at(&text, &self.statements, self.editor.offset());
        let here = here.filter(|_| !selected).map(|here| here.range.clone());
        let wrong: Vec<Range<usize>> = self.wrong().into_iter().collect();
        let roles = |line: usize| {
            let pieces = self.colours.line(line).iter();
            pieces
                .map(|(range, class)| (range.clone(), role_of(*class)))
                .collect()
        };
        let look = Look {
            focused: !self.in_results,
            roles: &roles,
            quoted: &self.quoted,
            statement: here,
            wrong: &wrong,
        };
        self.editor.draw(area, buffer, theme, &look);
    }

    /// What is wrong in the text, as long as nothing was changed in it since.
    pub(super) fn wrong(&self) -> Option<Range<usize>> {
        let (revision, range) = self.wrong.clone()?;
        (revision == self.editor.revision()).then_some(range)
    }

    /// Puts the mark of what is wrong on a place of the text.
    pub(super) fn mark_wrong(&mut self, at: usize) {
        self.wrong = Some((self.editor.revision(), at..at + 1));
    }

    /// Where in the text a fault is: at the word that the server points at. Nowhere, if the text is
    /// another by now.
    pub(super) fn place_of(&self, fault: &Fault, sent: &Sent) -> Option<(u64, Range<usize>)> {
        let revision = self.editor.revision();
        if sent.revision != revision {
            return None;
        }
        let text = self.editor.text();
        if let Some(line) = fault.why.as_deref().and_then(copy::line_of)
            && let Some(data) = sent.data_at.and_then(|at| text.get(at..))
        {
            let before = data.split_inclusive('\n').take(line.saturating_sub(1));
            let from = before.map(str::len).sum::<usize>();
            let length = data[from..].lines().next().map_or(0, str::len).max(1);
            let from = from + sent.data_at.unwrap_or_default();
            return Some((revision, from..from + length));
        }
        let character = usize::try_from(fault.position?).ok()?;
        let character = character.checked_sub(1 + sent.prefix?)?;
        let written = sent.written.as_ref();
        let character = written.map_or(character, |written| {
            written_place(&written.stretches, character)
        });
        let rest = text.get(sent.at..)?;
        let (from, _) = rest.char_indices().nth(character)?;
        let word = rest[from..].find(|ch: char| !(ch.is_alphanumeric() || ch == '_'));
        let length = word.unwrap_or(rest.len() - from).max(1);
        let from = sent.at + from;
        Some((revision, from..from + length))
    }

    /// Puts a statement into the text: behind the one under the cursor, where there is one.
    pub(super) fn add(&mut self, sql: &str) {
        let statements = self.meant();
        let is_empty = self.editor.text().trim().is_empty();
        let end = statements
            .last()
            .map_or(self.editor.offset(), Statement::end);
        let end = if self.editor.selection().is_some() {
            self.editor.offset()
        } else {
            end
        };
        self.editor.deselect();
        self.editor.go_to(end);
        // The statement before it may wait for its end, and would have this one in it.
        let is_sql = |one: &&Statement| one.kind == script::Kind::Sql && one.semicolon.is_none();
        let before = match statements.last().filter(is_sql) {
            _ if is_empty => "",
            Some(one) if one.end() == end && !one.open => ";\n",
            _ => "\n",
        };
        // What follows is another statement; psql's own lines end by themselves.
        let mut sql = sql.to_owned();
        if let Some(last) = script::statements(&sql).last()
            && last.kind == script::Kind::Sql
            && last.semicolon.is_none()
        {
            sql.insert(last.range.end, ';');
        }
        self.editor.paste(&format!("{before}{sql}"));
    }
}

fn role_of(class: Class) -> Role {
    match class {
        Class::Keyword => Role::Accent,
        Class::Text => Role::Good,
        Class::Number | Class::Type => Role::Key,
        Class::Comment => Role::Dim,
        Class::Parameter | Class::Meta => Role::Warning,
        _ => Role::Text,
    }
}
