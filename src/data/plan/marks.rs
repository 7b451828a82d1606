//! What is to be minded about a node: that it is slow, that its rows were not foreseen, that it
//! wrote to disk what did not fit into memory, that it threw away most of what it read, that the
//! triggers of what it writes are slow.

use std::collections::BTreeMap;

use super::{Node, Number, Plan, Query, Relationship, own};

/// Slow is what takes this share of the whole itself …
const SLOW: f64 = 0.3;
/// … and at least so many milliseconds: less is not slow, whatever its share.
const SLOW_FROM: f64 = 1.0;
/// An estimate is wrong by this factor …
const WRONG: f64 = 10.0;
/// … where there are or should have been so many rows, over all loops: few rows harm no plan.
const WRONG_FROM: f64 = 100.0;
/// A filter throws much away if this is what it keeps of the rows …
const KEPT: f64 = 0.1;
/// … and so many are thrown away, over all loops.
const REMOVED_FROM: f64 = 1_000.0;

/// What is to be minded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mark {
    /// It takes much of the time itself: the share.
    Slow(f64),
    /// Other rows came than were expected.
    Misestimated(Estimate),
    /// It wrote to temporary files.
    Spilled,
    /// A filter threw away nearly all that was read: the rows, over all loops.
    Filtered(f64),
    /// The triggers of what it writes took much of the time: the milliseconds.
    Triggers(f64),
}

/// The rows of one loop, as expected and as they came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Expected.
    pub expected: f64,
    /// Come; of several loops the mean.
    pub actual: f64,
}

impl Estimate {
    /// How many times more, or fewer, came. No rows count as one, as the server never expects none.
    #[must_use]
    pub fn factor(self) -> f64 {
        let (expected, actual) = (self.expected.max(1.0), self.actual.max(1.0));
        (expected / actual).max(actual / expected)
    }

    /// Whether more came than were expected.
    #[must_use]
    pub fn is_more(self) -> bool {
        self.actual > self.expected
    }
}

impl Node {
    /// What was expected and what came; nothing where it was not run, or counts no rows: bitmaps
    /// that are put together say nought, whatever is in them.
    #[must_use]
    pub fn estimate(&self) -> Option<Estimate> {
        if self.is_never_run() || matches!(self.kind.as_str(), "BitmapAnd" | "BitmapOr") {
            return None;
        }
        Some(Estimate {
            expected: self.plan_rows.as_ref()?.value().max(0.0),
            actual: self.rows.as_ref()?.value().max(0.0),
        })
    }

    /// The rows that its filters threw away, over all loops.
    #[must_use]
    pub fn removed(&self) -> f64 {
        let keys = [
            "Rows Removed by Filter",
            "Rows Removed by Join Filter",
            "Rows Removed by Index Recheck",
        ];
        let removed: f64 = keys.iter().filter_map(|key| self.figure(key)).sum();
        removed.max(0.0) * self.runs().unwrap_or(1.0)
    }
}

/// Marks the nodes of a plan.
pub(super) fn settle(plan: &mut Plan) {
    let temporary = own::temporary(plan);
    let stopped = stopped(plan);
    let whole = plan.whole_time.unwrap_or(0.0);
    let is_wrong: Vec<bool> = (0..plan.nodes.len())
        .map(|at| is_wrong(&plan.nodes[at], stopped[at]))
        .collect();
    for at in 0..plan.nodes.len() {
        let node = &plan.nodes[at];
        let mut marks = Vec::new();
        let own = node.own_time.unwrap_or(0.0);
        if own >= SLOW_FROM && own >= whole * SLOW {
            marks.push(Mark::Slow(own / whole));
        }
        // What hands its input's rows on repeats its input's mistake: the mark is where it begins.
        let repeats = hands_on(node) && plan.children(at).any(|child| is_wrong[child]);
        if let (true, false, Some(estimate)) = (is_wrong[at], repeats, node.estimate()) {
            marks.push(Mark::Misestimated(estimate));
        }
        if is_spilled(node, temporary[at]) {
            marks.push(Mark::Spilled);
        }
        let (removed, kept) = (node.removed(), node.all_rows().unwrap_or(0.0));
        if removed >= REMOVED_FROM && kept <= (removed + kept) * KEPT {
            marks.push(Mark::Filtered(removed));
        }
        plan.nodes[at].marks = marks;
    }
    for query in &plan.queries {
        mark_triggers(query, whole, &mut plan.nodes);
    }
}

/// Triggers are no nodes: those that are slow are the mark of the node that writes their relation, or
/// of the topmost one, as where a foreign key is checked.
fn mark_triggers(query: &Query, whole: f64, nodes: &mut [Node]) {
    let end = nodes.get(query.root).map_or(0, |node| node.after);
    let mut took: BTreeMap<usize, f64> = BTreeMap::new();
    for trigger in &query.triggers {
        let writes = |node: &Node| {
            let relation = node.relation.as_deref();
            node.kind == "ModifyTable"
                && relation.is_some()
                && trigger.relation.as_deref() == relation
        };
        let at = (query.root..end).find(|at| writes(&nodes[*at]));
        let time = trigger.time.as_ref().map_or(0.0, Number::value);
        *took.entry(at.unwrap_or(query.root)).or_default() += time.max(0.0);
    }
    for (at, took) in took {
        if took >= SLOW_FROM && took >= whole * SLOW {
            nodes[at].marks.push(Mark::Triggers(took));
        }
    }
}

fn is_wrong(node: &Node, stopped: bool) -> bool {
    node.estimate().is_some_and(|estimate| {
        let rows = estimate.expected.max(estimate.actual) * node.runs().unwrap_or(1.0);
        let counts = estimate.is_more() || !stopped;
        counts && estimate.factor() >= WRONG && rows >= WRONG_FROM
    })
}

/// Whether as many rows leave a node as come in.
fn hands_on(node: &Node) -> bool {
    let kinds = [
        "Hash",
        "Sort",
        "Incremental Sort",
        "Materialize",
        "Memoize",
        "Gather",
        "Gather Merge",
        "LockRows",
        "WindowAgg",
        "Limit",
    ];
    kinds.contains(&node.kind.as_str())
}

/// Which nodes may be left before they have given all their rows, so that fewer than expected say
/// nothing about the estimate: those below a `Limit`, the inner side of a join that needs one match,
/// and the sides of a merge join, of which one ends first; but not what is read whole before
/// anything comes of it.
fn stopped(plan: &Plan) -> Vec<bool> {
    let mut stopped: Vec<bool> = Vec::with_capacity(plan.nodes.len());
    for node in &plan.nodes {
        let is = node.parent.is_some_and(|at| {
            let parent = &plan.nodes[at];
            let needs_one = parent.detail("Inner Unique") == Some("true")
                || matches!(parent.detail("Join Type"), Some("Semi" | "Anti"));
            let reads_all = match parent.kind.as_str() {
                "Sort" | "Hash" | "ModifyTable" => true,
                "Aggregate" => parent.detail("Strategy") != Some("Sorted"),
                _ => false,
            };
            let stops = match parent.kind.as_str() {
                "Limit" | "Merge Join" => true,
                "Nested Loop" => needs_one && node.relationship == Relationship::Inner,
                _ => false,
            };
            let is_asked = matches!(node.relationship, Relationship::Init | Relationship::Sub);
            is_asked || stops || stopped[at] && !reads_all
        });
        stopped.push(is);
    }
    stopped
}

/// Whether a node wrote to disk what did not fit: by its own words, or by the blocks.
fn is_spilled(node: &Node, temporary: f64) -> bool {
    let batches = ["Hash Batches", "HashAgg Batches"];
    let in_batches = batches.iter().filter_map(|key| node.figure(key));
    let is_external = |method: &str| method.starts_with("external");
    temporary >= 1.0
        || node.detail("Sort Space Type") == Some("Disk")
        || node.detail("Sort Method").is_some_and(is_external)
        || in_batches.into_iter().any(|batches| batches > 1.0)
        || node.figure("Disk Usage").is_some_and(|used| used > 0.0)
}
