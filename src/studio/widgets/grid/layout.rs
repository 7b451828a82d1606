//! Which columns are shown, in which order, and which of them stay at the left. Columns are named
//! by their place in the relation; where they are shown is this module's own business.

use crate::data::relation::Relation;
use crate::data::{Arrangement, Column};

/// The order of the columns, and what is hidden of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Layout {
    /// Every column, in the order of display.
    order: Vec<usize>,
    /// For each column of the relation, whether it is hidden.
    hidden: Vec<bool>,
    /// The last one of those that stay.
    frozen: Option<usize>,
    /// Those of `order` that are not hidden.
    shown: Vec<usize>,
}

impl Layout {
    /// A relation's columns as they were arranged.
    pub(super) fn of(relation: &Relation, arrangement: &Arrangement) -> Self {
        let count = relation.columns.len();
        let mut order: Vec<usize> = Vec::with_capacity(count);
        let known = arrangement.order.iter();
        for at in known
            .filter_map(|name| relation.column(name))
            .chain(0..count)
        {
            if !order.contains(&at) {
                order.push(at);
            }
        }
        let is_hidden = |column: &Column| arrangement.hidden.contains(&column.name);
        let mut hidden: Vec<bool> = relation.columns.iter().map(is_hidden).collect();
        if hidden.iter().all(|hidden| *hidden) {
            // What was shown is gone: a table of which nothing is seen could not be arranged again.
            hidden.fill(false);
        }
        let frozen = arrangement.frozen.as_ref();
        let mut layout = Self {
            order,
            hidden,
            frozen: frozen.and_then(|name| relation.column(name)),
            shown: Vec::new(),
        };
        layout.settle();
        layout
    }

    fn settle(&mut self) {
        let shown = self.order.iter().filter(|at| !self.hidden[**at]);
        self.shown = shown.copied().collect();
    }

    /// How it differs from the relation as it is by itself; the widths are not here.
    pub(super) fn arrangement(&self, relation: &Relation) -> Arrangement {
        let name = |at: &usize| relation.columns.get(*at).map(|column| column.name.clone());
        let own = self.order.iter().copied().eq(0..self.order.len());
        let order = self.order.iter().filter(|_| !own);
        let hidden = self.order.iter().filter(|at| self.hidden[**at]);
        Arrangement {
            order: order.filter_map(name).collect(),
            hidden: hidden.filter_map(name).collect(),
            frozen: self.frozen.as_ref().and_then(name),
            ..Arrangement::default()
        }
    }

    /// The columns that are shown, in their order.
    pub(super) fn shown(&self) -> &[usize] {
        &self.shown
    }

    /// How many columns there are, hidden ones among them.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// How many are hidden.
    pub(super) fn hidden(&self) -> usize {
        self.order.len() - self.shown.len()
    }

    /// Where a column is among those that are shown.
    pub(super) fn position(&self, column: usize) -> Option<usize> {
        self.shown.iter().position(|at| *at == column)
    }

    /// The column that is shown where this one is, or would be: it, the next one, or the last.
    pub(super) fn nearest(&self, column: usize) -> Option<usize> {
        let place = self.order.iter().position(|at| *at == column).unwrap_or(0);
        let mut from_here = self.order.iter().skip(place);
        from_here
            .find(|at| !self.hidden[**at])
            .or(self.shown.last())
            .copied()
    }

    /// How many of those that are shown stay because they were frozen.
    pub(super) fn frozen(&self) -> usize {
        let Some(frozen) = self.frozen else {
            return 0;
        };
        let until = self.order.iter().take_while(|at| **at != frozen);
        let before = until.filter(|at| !self.hidden[**at]).count();
        before + usize::from(!self.hidden[frozen])
    }

    /// Hides a column, unless it is the only one that is shown; `false` then.
    pub(super) fn hide(&mut self, column: usize) -> bool {
        let can = self.shown.len() > 1 && column < self.hidden.len();
        if can {
            self.hidden[column] = true;
            self.settle();
        }
        can
    }

    /// Shows a column.
    pub(super) fn show(&mut self, column: usize) {
        if let Some(hidden) = self.hidden.get_mut(column) {
            *hidden = false;
            self.settle();
        }
    }

    /// Moves a column past the one shown beside it; `false` at the end.
    pub(super) fn shift(&mut self, column: usize, right: bool) -> bool {
        let beside = self.position(column).and_then(|at| {
            let at = if right {
                at.checked_add(1)
            } else {
                at.checked_sub(1)
            };
            self.shown.get(at?).copied()
        });
        let Some(beside) = beside else {
            return false;
        };
        self.order.retain(|at| *at != column);
        let place = self.order.iter().position(|at| *at == beside);
        let place = place.map_or(self.order.len(), |at| at + usize::from(right));
        self.order.insert(place, column);
        self.settle();
        true
    }

    /// Freezes the columns up to this one; where they are so already, lets them go.
    pub(super) fn freeze(&mut self, column: usize) {
        self.frozen = (self.frozen != Some(column) && column < self.order.len()).then_some(column);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Filter;
    use crate::data::catalog::Kind;
    use crate::data::column::tests::column;
    use crate::data::relation::{Allows, Identity, Paging};
    use proptest::prelude::*;

    /// A relation with these columns.
    fn relation(names: &str) -> Relation {
        Relation {
            oid: 1,
            schema: "public".to_owned(),
            name: "t".to_owned(),
            kind: Kind::Table,
            columns: names
                .split(' ')
                .map(|name| column(name, "int4", 'N'))
                .collect(),
            locked_columns: 0,
            paging: Paging::Ctid,
            identity: Identity::Place,
            allows: Allows::default(),
            foreign_keys: Vec::new(),
            sort: Vec::new(),
            filter: Filter::default(),
        }
    }

    fn texts(names: &str) -> Vec<String> {
        names.split_whitespace().map(str::to_owned).collect()
    }

    fn arrangement(order: &str, hidden: &str, frozen: &str) -> Arrangement {
        Arrangement {
            order: texts(order),
            hidden: texts(hidden),
            frozen: texts(frozen).pop(),
            ..Arrangement::default()
        }
    }

    #[test]
    fn what_was_arranged_is_arranged_again() {
        let relation = relation("a b c d");
        let own = Layout::of(&relation, &Arrangement::default());
        assert_eq!(own.shown(), [0, 1, 2, 3]);
        assert!(own.arrangement(&relation).is_empty());
        let wanted = arrangement("d b a c", "b", "a");
        let layout = Layout::of(&relation, &wanted);
        assert_eq!(layout.shown(), [3, 0, 2]);
        assert_eq!((layout.hidden(), layout.frozen()), (1, 2));
        assert_eq!(layout.arrangement(&relation), wanted);
    }

    #[test]
    fn names_that_are_gone_mean_nothing_and_new_columns_come_last() {
        let relation = relation("a new b");
        let layout = Layout::of(&relation, &arrangement("b gone a b", "gone", "gone"));
        assert_eq!(layout.shown(), [2, 0, 1]);
        assert_eq!((layout.hidden(), layout.frozen()), (0, 0));
        let layout = Layout::of(&relation, &arrangement("", "a b new", ""));
        assert_eq!(layout.hidden(), 0, "something is always shown");
    }

    #[test]
    fn columns_move_past_those_that_are_shown() {
        let relation = relation("a b c");
        let mut layout = Layout::of(&relation, &arrangement("", "b", ""));
        assert!(layout.shift(0, true));
        assert_eq!(layout.shown(), [2, 0]);
        assert!(!layout.shift(0, true) && !layout.shift(2, false));
        layout.show(1);
        assert_eq!(layout.arrangement(&relation).order, texts("b c a"));
        assert!(layout.shift(0, false) && layout.shift(0, false));
        assert!(layout.arrangement(&relation).is_empty(), "all is as it was");
    }

    #[test]
    fn the_last_column_shown_cannot_be_hidden_and_the_cursor_finds_one() {
        let relation = relation("a b c");
        let mut layout = Layout::of(&relation, &Arrangement::default());
        assert!(layout.hide(1));
        assert_eq!(layout.nearest(1), Some(2));
        assert!(layout.hide(2));
        assert_eq!(layout.nearest(1), Some(0));
        assert!(!layout.hide(0));
        layout.freeze(1);
        assert_eq!(layout.frozen(), 1);
        layout.freeze(1);
        assert_eq!(layout.frozen(), 0);
    }

    proptest! {
        #[test]
        fn whatever_is_done_no_column_is_lost(
            steps in proptest::collection::vec((0..5u8, 0..6usize), 0..40),
        ) {
            let relation = relation("a b c d e f");
            let mut layout = Layout::of(&relation, &Arrangement::default());
            for (step, column) in steps {
                match step {
                    0 => { layout.hide(column); }
                    1 => layout.show(column),
                    2 => layout.freeze(column),
                    side => { layout.shift(column, side == 3); }
                }
                prop_assert_eq!(layout.shown().len() + layout.hidden(), 6);
                prop_assert!(layout.frozen() <= layout.shown().len());
                let near = layout.nearest(column).and_then(|column| layout.position(column));
                prop_assert!(near.is_some());
            }
            let again = Layout::of(&relation, &layout.arrangement(&relation));
            prop_assert_eq!(again, layout);
        }
    }
}
