//! What is looked at whole, and copied, of a result.

use super::ran::Ran;
use crate::data::catalog::rows as rows_in_words;
use crate::data::clip::{Clip, Format, What};
use crate::studio::layer::{Charted, Choices, Cx, Effect, Route, Viewed};
use crate::studio::screens::clip::{choice, give};

impl Ran {
    /// Shows the value under the cursor.
    pub(super) fn view(&self, cx: &mut Cx<'_>) {
        let (Some(relation), Some(cell)) = (&self.relation, self.value()) else {
            return;
        };
        match cell.text {
            None => cx.refuse("the value is NULL: there is nothing to see"),
            Some(text) => cx.open(Route::Value(Viewed {
                relation: relation.clone(),
                column: self.grid.column,
                text: text.to_owned(),
                cut: None,
                id: None,
            })),
        }
    }

    /// Draws the numbers of the rows that are in memory, labelled by the first column that is none.
    pub(super) fn chart(&self, cx: &mut Cx<'_>) {
        let Some(relation) = &self.relation else {
            return;
        };
        let is_number = |at: &usize| relation.columns[*at].category == 'N';
        let all = 0..relation.columns.len();
        let label = all.clone().find(|at| !is_number(at));
        // Where all are numbers, the first one is what the others are over.
        let label = label.or_else(|| (relation.columns.len() > 1).then_some(0));
        let numbers: Vec<usize> = all
            .filter(|at| is_number(at) && Some(*at) != label)
            .collect();
        if numbers.is_empty() {
            return cx.refuse("there is no column of numbers beside a label");
        }
        let here = self.here();
        let rows: Vec<Vec<Option<String>>> = here.filter_map(|row| self.values(row)).collect();
        let column = |at: usize| rows.iter().map(move |row| row.get(at).cloned().flatten());
        let labels = match label {
            Some(at) => column(at).map(Option::unwrap_or_default).collect(),
            None => (1..=rows.len()).map(|row| row.to_string()).collect(),
        };
        let name = |at: usize| relation.columns[at].name.clone();
        cx.open(Route::Chart(Charted {
            by: label.map_or_else(|| "row".to_owned(), name),
            labels,
            numbers: numbers
                .into_iter()
                .map(|at| (name(at), column(at).collect()))
                .collect(),
            about: rows_in_words(rows.len() as u64),
        }));
    }

    /// Copies the value under the cursor.
    pub(super) fn copy_cell(&self, cx: &mut Cx<'_>) {
        let name = self.relation.as_ref().and_then(|relation| {
            let column = relation.columns.get(self.grid.column)?;
            Some(column.name.clone())
        });
        match self.value().map(|cell| cell.text) {
            Some(Some(text)) => cx.ask(Effect::Copy(
                text.to_owned(),
                format!("the value of {}", name.unwrap_or_default()),
            )),
            Some(None) => cx.refuse("NULL is no text that could be copied"),
            None => {}
        }
    }

    /// Asks what is copied, and how it is written.
    pub(super) fn ask_copy(&self, cx: &mut Cx<'_>) {
        let parts = [
            (What::Row, "This row"),
            (What::Page, "The rows that are in memory"),
            (What::Column, "This column of the rows that are in memory"),
            (What::Value, "This value"),
        ];
        let mut choices = Vec::new();
        for (what, heading) in parts {
            let formats = Format::ALL.into_iter().filter(|format| format.suits(what));
            let many = matches!(what, What::Page | What::Column);
            let rows = many.then(|| self.here().len());
            choices.extend(
                formats.map(|format| choice(what, format, heading, rows, can(what, format))),
            );
        }
        cx.open(Route::Choose(Choices {
            title: "Copy".to_owned(),
            choices,
        }));
    }

    /// Copies.
    pub(super) fn copy(&self, what: What, format: Format, cx: &mut Cx<'_>) {
        let Some(relation) = &self.relation else {
            return;
        };
        if let Err(why) = can(what, format) {
            return cx.refuse(why);
        }
        let rows = match what {
            What::Page | What::Column => self.here(),
            _ => self.grid.row..self.grid.row + 1,
        };
        let columns = match what {
            What::Column | What::Value => self.grid.column..self.grid.column + 1,
            _ => 0..relation.columns.len(),
        };
        let values = rows.filter_map(|row| self.values(row));
        let clip = Clip {
            columns: relation
                .columns
                .get(columns.clone())
                .unwrap_or_default()
                .to_vec(),
            rows: values
                .map(|row| row.get(columns.clone()).unwrap_or_default().to_vec())
                .collect(),
        };
        give(relation, what, format, &clip, 0, cx);
    }
}

/// What a statement returned is in no table.
fn can(what: What, format: Format) -> Result<(), String> {
    let is_list = format == Format::In && matches!(what, What::Column | What::Value);
    if format.is_sql() && !is_list {
        return Err("what a statement returned has no table to be written to".to_owned());
    }
    Ok(())
}
