//! What is copied with one key: the value under the cursor.

use super::Tables;
use crate::data::catalog::grouped;
use crate::studio::layer::{Cx, Effect};

impl Tables {
    /// Copies the value under the cursor, or says why not.
    pub(super) fn copy_cell(&mut self, cx: &mut Cx<'_>) {
        let Some(rows) = &self.rows else {
            return;
        };
        let name = rows.column_name().unwrap_or_default().to_owned();
        match rows.value().map(|cell| (cell.text, cell.cut)) {
            Some((Some(text), None)) => cx.ask(Effect::Copy(
                text.to_owned(),
                format!("the value of {name}"),
            )),
            Some((Some(text), Some(length))) => {
                let what = format!(
                    "the first {} of {} characters of {name}",
                    grouped(text.chars().count() as u64),
                    grouped(length)
                );
                cx.ask(Effect::Copy(text.to_owned(), what));
            }
            Some((None, _)) => cx.refuse("NULL is no text that could be copied"),
            None => {}
        }
    }
}
