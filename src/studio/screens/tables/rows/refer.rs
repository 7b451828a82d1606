//! From row to row: where the foreign keys of a cell lead, and arriving there.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Rows, Wanted, limit, name};
use crate::data::Column;
use crate::data::catalog::Object;
use crate::data::foreign::{self, Equals, ForeignKey};
use crate::data::pages::Pages;
use crate::data::relation::{Page, Paging, Relation, Seek};
use crate::fault::Fault;
use crate::studio::layer::Cx;
use crate::studio::widgets::grid::Grid;
use crate::studio::work::{DbRequest, Refer, Ticket};

/// A row that the one under the cursor refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The relation it is in, by its number.
    pub table: u32,
    /// What finds it there.
    pub equals: Equals,
}

impl Rows {
    /// Opens a relation at the row that has these values, or with the rows alone that have them.
    pub fn find(object: &Object, equals: Equals, alone: bool, cx: &mut Cx<'_>) -> Self {
        let ticket = cx.db(DbRequest::Refer(Refer::Find {
            object: Box::new(object.clone()),
            equals: equals.clone(),
            alone,
            limit: limit(None),
        }));
        Self::waiting(object, ticket, Wanted::Found { equals, alone }, 0)
    }

    /// The whole value of a column in the row under the cursor; nothing for NULL, or where only the
    /// beginning of it is here.
    fn known(&self, column: &str) -> Option<String> {
        let at = self.relation.as_ref()?.column(column)?;
        let cell = self.pages.cell(self.grid.row, at)?;
        cell.text.filter(|_| cell.cut.is_none()).map(str::to_owned)
    }

    /// Whether the row under the cursor is one that the server has.
    ///
    /// # Errors
    /// Why not.
    pub fn is_written(&self) -> Result<(), String> {
        if !self.has_cells() {
            return Err("there is no row here".to_owned());
        }
        if self.grid.row >= self.pages.len() {
            return Err("the row is not written yet".to_owned());
        }
        Ok(())
    }

    /// Where the foreign keys of the column under the cursor lead, as the server has it.
    ///
    /// # Errors
    /// Nowhere, and why.
    pub fn references(&self) -> Result<Vec<Reference>, String> {
        let (Some(relation), Some(column)) = (&self.relation, self.column_name()) else {
            return Err("there is no row here".to_owned());
        };
        self.is_written()?;
        let keys = relation.foreign_keys.iter();
        let keys: Vec<_> = keys
            .filter(|key| key.columns.iter().any(|name| name == column))
            .collect();
        if keys.is_empty() {
            return Err(format!("{column} has no foreign key"));
        }
        let reference = |key: &&ForeignKey| {
            let equals = key.leads_to(|name| self.known(name))?;
            Some(Reference {
                table: key.table,
                equals,
            })
        };
        let found: Vec<Reference> = keys.iter().filter_map(reference).collect();
        match (found.is_empty(), self.value().and_then(|cell| cell.text)) {
            (false, _) => Ok(found),
            (true, None) => Err(format!("{column} is NULL: it refers to nothing")),
            (true, Some(_)) => {
                Err("a column of the foreign key is NULL: it refers to nothing".to_owned())
            }
        }
    }

    /// The row under the cursor: its values by column, as far as they are whole and not NULL.
    pub fn known_values(&self) -> HashMap<String, String> {
        let columns = self.relation.iter().flat_map(|relation| &relation.columns);
        let value = |column: &Column| Some((column.name.clone(), self.known(&column.name)?));
        columns.filter_map(value).collect()
    }

    /// The row under the cursor in words: `customer 17`.
    pub fn row_in_words(&self) -> String {
        let keys = self.relation.iter().flat_map(|relation| relation.order());
        let values: Vec<String> = keys.filter_map(|key| self.known(&key.column)).collect();
        format!("{} {}", self.object.name, values.join(", "))
    }

    /// The relation of a row that is gone to is here.
    pub(super) fn found(
        &mut self,
        relation: &Arc<Relation>,
        equals: &Equals,
        alone: bool,
        cx: &Cx<'_>,
    ) {
        // What a cursor reads has no place to go to: there the row is shown alone.
        let alone = alone || relation.paging == Paging::Cursor;
        let column = equals.first().and_then(|(name, _)| relation.column(name));
        self.grid = Grid::default();
        let arrangement = cx.shared.arrangement(&name(&self.object));
        self.grid.arrange(relation, &arrangement);
        self.grid.go_to(column.unwrap_or(0));
        self.base = Some(Arc::clone(relation));
        self.relation = Some(if alone {
            Arc::new(relation.shown(&[], &foreign::filter(equals)))
        } else {
            Arc::clone(relation)
        });
    }

    /// The page of a row that is gone to, or of rows that are shown alone.
    pub(super) fn settle(&mut self, page: Page, relation: &Arc<Relation>, cx: &mut Cx<'_>) {
        let more = page.more;
        let alone = !relation.filter.is_empty();
        self.pages.replace(page, alone, !more);
        self.grid.jump(0);
        if alone {
            self.ask_total(cx);
        } else {
            self.ask_number(relation, cx);
        }
    }

    /// A row that is not there is said, and the relation shown from its beginning; `false` for
    /// another fault.
    pub(super) fn not_found(&mut self, fault: &Fault, cx: &mut Cx<'_>) -> bool {
        let is_missing = fault.sqlstate.is_none() && !fault.is_lost && self.relation.is_some();
        if is_missing {
            cx.refuse(fault.what.clone());
            self.seek(Seek::First, cx);
        }
        is_missing
    }

    pub(super) fn waiting(object: &Object, ticket: Ticket, wanted: Wanted, column: usize) -> Self {
        Self {
            object: object.clone(),
            base: None,
            relation: None,
            pages: Pages::default(),
            grid: Grid::at(column),
            record: None,
            fault: None,
            asked: Some((ticket, wanted)),
            is_stalled: false,
            wish: None,
            numbering: None,
            total: None,
            totalling: None,
            added: Vec::new(),
            marked: BTreeMap::new(),
            copying: None,
            upwards: false,
        }
    }
}
