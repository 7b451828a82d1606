//! A query plan, as `EXPLAIN (…, FORMAT JSON)` tells it (manual, 14.1 and EXPLAIN; `explain.c`): its
//! nodes as a tree, and what people ask of them: where the time goes, where the estimates are wrong.
//!
//! Whatever a server of another version says is kept: keys that are not known here stay beside the
//! node as they came, and those that are missing are missing. Figures keep the text they came with.

use std::sync::Arc;

use super::json;

mod compare;
mod marks;
mod own;
mod read;
mod text;

pub use compare::Comparison;
pub use marks::{Estimate, Mark};

/// Why there is no plan in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no JSON.
    #[error("this is no JSON")]
    Malformed,
    /// It has more in it than a person could look through.
    #[error("this is too large to be shown as a tree")]
    TooMuch,
    /// It is JSON, but not of an `EXPLAIN`.
    #[error("there is no plan in this")]
    NoPlan,
}

/// A figure, as the server wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    text: String,
    value: f64,
}

impl Number {
    /// The figure that a text is, if it is a finite one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let value = text.parse().ok().filter(|value: &f64| value.is_finite())?;
        Some(Self {
            text: text.to_owned(),
            value,
        })
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it counts as.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }
}

/// From the first row to the last: milliseconds of one loop, or units of cost.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Span {
    /// Up to the first row.
    pub startup: Option<Number>,
    /// Up to the last one.
    pub total: Option<Number>,
}

/// Blocks that were touched, over all loops, with those of the nodes below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Blocks {
    /// Found in memory.
    pub hit: u64,
    /// Read from outside.
    pub read: u64,
    /// Changed.
    pub dirtied: u64,
    /// Written.
    pub written: u64,
}

/// All of a node's blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Buffers {
    /// Of tables and indexes.
    pub shared: Blocks,
    /// Of temporary tables.
    pub local: Blocks,
    /// Of sorts and hashes that did not fit into memory.
    pub temp: Blocks,
}

/// How a node serves the one it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Relationship {
    /// It gives rows to it, or is the topmost.
    #[default]
    Input,
    /// It gives rows to it, once for each row of the other input: the inner side of a join.
    Inner,
    /// It is run when its result is first asked for, as a rule once: an `InitPlan`, a `WITH`.
    Init,
    /// It is run for each row: a `SubPlan`.
    Sub,
}

/// One node.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Node {
    /// Its type, in the server's words: `Seq Scan`.
    pub kind: String,
    /// The node it is in.
    pub parent: Option<usize>,
    /// How many nodes it is in.
    pub depth: usize,
    /// The node after it and all that is below it.
    pub after: usize,
    /// The place of its query among the plan's.
    pub query: usize,
    /// How it serves its parent.
    pub relationship: Relationship,
    /// The name of the subplan that it is the top of: `CTE big`, `InitPlan 1 (returns $0)`.
    pub subplan: Option<String>,
    /// The schema of the relation; only said where it was asked for.
    pub schema: Option<String>,
    /// The relation that it reads or writes.
    pub relation: Option<String>,
    /// What the relation, function or subquery is called in the query.
    pub alias: Option<String>,
    /// The index that it reads.
    pub index: Option<String>,
    /// The `WITH` query, or the function, that it reads.
    pub source: Option<String>,
    /// What it was thought to cost.
    pub cost: Span,
    /// The rows that were expected, in one loop.
    pub plan_rows: Option<Number>,
    /// Their width in bytes.
    pub plan_width: Option<Number>,
    /// How long it took, in one loop.
    pub time: Span,
    /// The rows that came, in one loop.
    pub rows: Option<Number>,
    /// How often it was run, by all processes.
    pub loops: Option<Number>,
    /// The blocks, where they were counted.
    pub buffers: Option<Buffers>,
    /// Everything else, in the order of the server.
    pub details: Vec<(String, String)>,
    /// The same of each worker process.
    pub workers: Vec<Vec<(String, String)>>,
    /// The time it took itself, over all loops: see [`Plan::of`].
    pub own_time: Option<f64>,
    /// The cost that is its own.
    pub own_cost: Option<f64>,
    /// What is to be minded about it.
    pub marks: Vec<Mark>,
}

impl Node {
    /// What is said of it under a key that has no field.
    #[must_use]
    pub fn detail(&self, key: &str) -> Option<&str> {
        let mut details = self.details.iter();
        details
            .find(|(known, _)| known == key)
            .map(|(_, value)| value.as_str())
    }

    /// The same, as a figure.
    #[must_use]
    pub fn figure(&self, key: &str) -> Option<f64> {
        self.detail(key).and_then(Number::parse).map(|n| n.value)
    }

    /// How often it was run; nothing where it was only planned.
    #[must_use]
    pub fn runs(&self) -> Option<f64> {
        self.loops.as_ref().map(|loops| loops.value.max(0.0))
    }

    /// Whether the query was run, and this node not.
    #[must_use]
    pub fn is_never_run(&self) -> bool {
        self.runs().is_some_and(|runs| runs <= 0.0)
    }

    /// The rows that came over all loops.
    #[must_use]
    pub fn all_rows(&self) -> Option<f64> {
        let rows = self.rows.as_ref()?.value.max(0.0);
        Some(rows * self.runs().unwrap_or(1.0))
    }

    /// Whether several processes give it their rows.
    #[must_use]
    pub fn is_gather(&self) -> bool {
        matches!(self.kind.as_str(), "Gather" | "Gather Merge")
    }
}

/// A trigger that fired.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// Its name; a constraint's, where it is its.
    pub name: String,
    /// The relation it is on.
    pub relation: Option<String>,
    /// How long all its calls took, in milliseconds.
    pub time: Option<Number>,
    /// How often it was called.
    pub calls: Option<Number>,
}

/// One query of a plan: there are several where rules make several of a statement.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// Its topmost node.
    pub root: usize,
    /// Milliseconds that it took to plan.
    pub planning: Option<Number>,
    /// Milliseconds that it took to run, triggers and all.
    pub execution: Option<Number>,
    /// The triggers that fired.
    pub triggers: Vec<Trigger>,
    /// Settings that are not as they are by themselves, and matter to plans.
    pub settings: Vec<(String, String)>,
    /// What compiling it was about.
    pub jit: Vec<(String, String)>,
    /// Everything else, in the order of the server.
    pub details: Vec<(String, String)>,
}

/// A plan: its queries, and their nodes in the order in which they are read.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The queries; at least one.
    pub queries: Vec<Query>,
    /// The nodes; at least one a query. What is below a node comes right after it.
    pub nodes: Vec<Node>,
    whole_time: Option<f64>,
    whole_cost: Option<f64>,
}

impl Plan {
    /// Reads a plan, as the server returned it, or as `auto_explain` logged it, and works out what
    /// the server does not say: see the rules beside each, in this module's parts.
    ///
    /// # Errors
    /// Why there is no plan in the text.
    pub fn of(json: Arc<str>) -> Result<Self, Unreadable> {
        let tree = json::Tree::of(json).map_err(|refused| match refused {
            json::Refused::Malformed => Unreadable::Malformed,
            json::Refused::TooMany => Unreadable::TooMuch,
        })?;
        let (queries, nodes) = read::read(&tree).ok_or(Unreadable::NoPlan)?;
        let mut plan = Self {
            queries,
            nodes,
            whole_time: None,
            whole_cost: None,
        };
        own::settle(&mut plan);
        marks::settle(&mut plan);
        Ok(plan)
    }

    /// Whether the statement was run.
    #[must_use]
    pub fn is_run(&self) -> bool {
        self.nodes.iter().any(|node| node.loops.is_some())
    }

    /// Milliseconds that all of it took, which the times of the nodes are shares of: what the server
    /// says of the execution, which is more than its nodes, by triggers and by the time that it takes
    /// to begin and to end. Nothing where no times were taken.
    #[must_use]
    pub fn whole_time(&self) -> Option<f64> {
        self.whole_time
    }

    /// The cost of all of it.
    #[must_use]
    pub fn whole_cost(&self) -> Option<f64> {
        self.whole_cost
    }

    /// Milliseconds that planning took.
    #[must_use]
    pub fn planning(&self) -> Option<f64> {
        sum(self.queries.iter().map(|query| query.planning.as_ref()))
    }

    /// Milliseconds that running took.
    #[must_use]
    pub fn execution(&self) -> Option<f64> {
        sum(self.queries.iter().map(|query| query.execution.as_ref()))
    }

    /// The nodes right below one.
    pub fn children(&self, node: usize) -> impl Iterator<Item = usize> {
        let next = |at: usize| self.nodes.get(at).map_or(usize::MAX, |node| node.after);
        let end = self.nodes.get(node).map_or(0, |node| node.after);
        let first = Some(node + 1).filter(|first| *first < end);
        std::iter::successors(first, move |at| Some(next(*at)).filter(|at| *at < end))
    }

    /// The node that takes the most time itself; without times, the one that costs most.
    #[must_use]
    pub fn slowest(&self) -> usize {
        let by_time = self.whole_time.is_some();
        let own = |node: &Node| {
            if by_time {
                node.own_time
            } else {
                node.own_cost
            }
        };
        let mut most = (0, 0.0);
        for (at, node) in self.nodes.iter().enumerate() {
            if let Some(own) = own(node).filter(|own| *own > most.1) {
                most = (at, own);
            }
        }
        most.0
    }
}

fn sum<'a>(numbers: impl Iterator<Item = Option<&'a Number>>) -> Option<f64> {
    let known = numbers.flatten().map(Number::value);
    known.reduce(|one, other| one + other)
}

#[cfg(test)]
mod tests;
