//! A node as a line of the tree: what it is, what it takes itself, and its rows.

use super::PlanDialog;
use super::words::{self, Measure};
use crate::data::plan::{Node, Plan};
use crate::studio::theme::Role;

/// The cells of a line that stand in columns.
pub(super) struct Cells {
    /// The lines to the nodes that it is in.
    pub branch: String,
    /// What it is called, where it is a part that has a name.
    pub name: String,
    pub title: String,
    pub target: String,
    /// How many nodes are folded below it.
    pub hidden: usize,
    /// Its own time or cost, and its share of the whole in percent.
    pub own: String,
    pub share: String,
    /// The same earlier, and the difference.
    pub was: String,
    pub change: (String, Role),
    pub rows: String,
    pub is_never_run: bool,
}

impl PlanDialog {
    pub(super) fn cells(&self, plan: &Plan, at: usize) -> Cells {
        let node = &plan.nodes[at];
        let own = self.measure.own(node);
        let is_never_run = self.measure == Measure::Time && node.is_never_run();
        let hidden = if self.folded[at] {
            node.after - at - 1
        } else {
            0
        };
        let (was, change) = self.compared(node, at);
        Cells {
            branch: branch(plan, at),
            name: name(node),
            title: node.title(),
            target: node.target(false),
            hidden,
            own: match own {
                _ if is_never_run => "never run".to_owned(),
                Some(own) => self.measure.words(own),
                None => String::new(),
            },
            share: match (own, self.whole(plan)) {
                (Some(own), Some(whole)) if !is_never_run => words::percent(own, whole),
                _ => String::new(),
            },
            was,
            change,
            rows: self.rows(node, at),
            is_never_run,
        }
    }

    /// What the figures of the nodes are shares of.
    pub(super) fn whole(&self, plan: &Plan) -> Option<f64> {
        match self.measure {
            Measure::Time => plan.whole_time(),
            Measure::Cost => plan.whole_cost(),
        }
    }

    /// What the node took in the earlier plan, and the difference with how it is meant.
    fn compared(&self, node: &Node, at: usize) -> (String, (String, Role)) {
        if self.beside().is_none() {
            return (String::new(), (String::new(), Role::Dim));
        }
        let Some(was) = self.was(at) else {
            return ("new".to_owned(), (String::new(), Role::Dim));
        };
        let (Some(own), Some(before)) = (self.measure.own(node), self.measure.own(was)) else {
            return (String::new(), (String::new(), Role::Dim));
        };
        let difference = own - before;
        let matters = difference.abs() >= before.max(own) * 0.1;
        let role = match difference {
            _ if !matters => Role::Dim,
            less if less < 0.0 => Role::Good,
            _ => Role::Warning,
        };
        let words = self.measure.difference(difference);
        (self.measure.words(before), (words, role))
    }

    /// `5 → 385`, expected and come; beside an earlier plan, what came there and here.
    fn rows(&self, node: &Node, at: usize) -> String {
        if self.beside().is_some() {
            let came = |node: &Node| match node.all_rows() {
                Some(rows) => words::amount(rows),
                None => node
                    .plan_rows
                    .as_ref()
                    .map_or_else(String::new, words::count),
            };
            let before = self.was(at).map(came).filter(|before| !before.is_empty());
            return match before {
                Some(before) => format!("{before} → {}", came(node)),
                None => came(node),
            };
        }
        let expected = node.plan_rows.as_ref().map(words::count);
        let actual = node.rows.as_ref().filter(|_| !node.is_never_run());
        let loops = node.loops.as_ref().filter(|loops| loops.value() > 1.0);
        let loops = loops.map_or_else(String::new, |loops| format!(" ×{}", words::count(loops)));
        match (expected, actual.map(words::count)) {
            (Some(expected), Some(actual)) => format!("{expected} → {actual}{loops}"),
            (Some(rows), None) | (None, Some(rows)) => rows,
            (None, None) => String::new(),
        }
    }
}

/// `CTE big`, `InitPlan 2`; what it returns is said below.
fn name(node: &Node) -> String {
    let named = node.subplan.as_deref().or(node.relationship.word());
    let name = named.unwrap_or_default();
    name.split_once(" (")
        .map_or(name, |(name, _)| name)
        .to_owned()
}

/// The lines that lead from the topmost node to one.
fn branch(plan: &Plan, at: usize) -> String {
    let mut parts = Vec::new();
    let mut node = at;
    while let Some(parent) = plan.nodes[node].parent {
        let is_last = plan.nodes[node].after >= plan.nodes[parent].after;
        parts.push(match (node == at, is_last) {
            (true, true) => "└ ",
            (true, false) => "├ ",
            (false, true) => "  ",
            (false, false) => "│ ",
        });
        node = parent;
    }
    parts.reverse();
    parts.concat()
}
