//! What each node takes itself, which the server does not say: a node's time, cost and blocks have
//! those of the nodes below it in them.
//!
//! The rules, for time:
//!
//! - The server tells the mean of all loops, so a node has taken its time multiplied by its loops.
//!   One that was never run has taken none.
//! - Below a `Gather` the loops are those of all its processes, which run at the same time: what a
//!   node has taken there is divided by their number, the loops that the `Gather`'s input has for
//!   each of the `Gather`'s own. It is then the mean of the processes; that the `Gather` waits for the
//!   slowest of them is its own time.
//! - A node's own time is what it has taken without its inputs and without its `SubPlan`s.
//! - An `InitPlan` and a `WITH` query run when they are first asked, within the time of whoever asks,
//!   wherever that is: the `CTE Scan`s of the name, the nodes that mention the parameter. Theirs it is
//!   taken from, of the one with the most first, and not from the node that it is listed under. A
//!   `WITH` query that writes runs at the end if nobody asks, in nobody's time.
//! - Times are rounded, and many loops multiply what was lost: inputs that would have taken more than
//!   the node they are in are shrunk to fit. So nothing is negative, and all own times together are
//!   never more than the whole.
//!
//! For cost: an input's cost is in its node's as it is, below a `Gather` too, and an `InitPlan`'s in
//! that of the node it is listed under. The inner side of a nested loop costs its share for each row
//! of the outer, a `SubPlan` for each row of its node unless it is hashed; what is estimated to be less
//! than that (a rescan, a `Limit`) shrinks to fit.

use std::collections::{HashMap, HashSet};

use super::{Node, Plan, Relationship};

/// No figure of a plan is greater; what pretends to be must not make others infinite.
const MOST: f64 = 1e15;

/// Gives every node its own time and cost, and the plan its whole.
pub(super) fn settle(plan: &mut Plan) {
    let loose = Loose::of(plan);
    if plan.nodes.iter().any(|node| node.time.total.is_some()) {
        let own = loose.share(plan, &times(plan));
        let mut whole = 0.0;
        for query in &plan.queries {
            let end = plan.nodes.get(query.root).map_or(0, |node| node.after);
            let nodes: f64 = own.get(query.root..end).unwrap_or_default().iter().sum();
            let said = query.execution.as_ref().map_or(0.0, super::Number::value);
            whole += nodes.max(said.min(MOST));
        }
        plan.whole_time = Some(whole);
        for (node, own) in plan.nodes.iter_mut().zip(own) {
            node.own_time = Some(own);
        }
    }
    if plan.nodes.iter().any(|node| node.cost.total.is_some()) {
        let own = Loose::default().share(plan, &costs(plan));
        plan.whole_cost = Some(own.iter().sum());
        for (node, own) in plan.nodes.iter_mut().zip(own) {
            node.own_cost = Some(own);
        }
    }
}

/// The blocks that each node wrote to temporary files itself.
pub(super) fn temporary(plan: &Plan) -> Vec<f64> {
    #[allow(
        clippy::cast_precision_loss,
        reason = "only whether there are any matters"
    )]
    let written = |node: &Node| {
        node.buffers
            .map_or(0.0, |buffers| buffers.temp.written as f64)
    };
    let written: Vec<f64> = plan.nodes.iter().map(written).collect();
    Loose::of(plan).share(plan, &written)
}

fn value(number: Option<&super::Number>) -> f64 {
    number.map_or(0.0, |number| number.value().clamp(0.0, MOST))
}

/// What each node has taken with all that is below it, in milliseconds of the clock.
fn times(plan: &Plan) -> Vec<f64> {
    let mut processes: Vec<f64> = Vec::with_capacity(plan.nodes.len());
    let mut taken = Vec::with_capacity(plan.nodes.len());
    for node in &plan.nodes {
        let parent = node.parent.and_then(|at| Some((at, plan.nodes.get(at)?)));
        let own = match parent {
            Some((at, gather)) if gather.is_gather() && node.relationship != Relationship::Init => {
                let runs = node.runs().unwrap_or(1.0) / gather.runs().unwrap_or(1.0).max(1.0);
                processes[at] * runs.max(1.0)
            }
            Some((at, _)) => processes[at],
            None => 1.0,
        };
        let own = own.min(MOST);
        processes.push(own);
        let time = value(node.time.total.as_ref()) * node.runs().unwrap_or(1.0);
        taken.push((time / own).min(MOST));
    }
    taken
}

/// What each node costs its parent.
fn costs(plan: &Plan) -> Vec<f64> {
    let mut costs = Vec::with_capacity(plan.nodes.len());
    // The rows of the outer input of each node, which comes before the inner one.
    let mut outer: Vec<f64> = vec![1.0; plan.nodes.len()];
    for node in &plan.nodes {
        let parent = node.parent.and_then(|at| Some((at, plan.nodes.get(at)?)));
        let rows = value(node.plan_rows.as_ref());
        let times = match (parent, node.relationship) {
            (Some((at, _)), Relationship::Input) => {
                outer[at] = rows;
                1.0
            }
            (Some((at, parent)), Relationship::Inner) if parent.kind == "Nested Loop" => outer[at],
            (Some((_, parent)), Relationship::Sub) => {
                let is_hashed = parent
                    .details
                    .iter()
                    .any(|(_, value)| value.contains("hashed SubPlan"));
                if is_hashed {
                    1.0
                } else {
                    value(parent.plan_rows.as_ref())
                }
            }
            _ => 1.0,
        };
        let cost = value(node.cost.total.as_ref()) * times.max(1.0);
        costs.push(cost.min(MOST));
    }
    costs
}

/// The parts of a plan that run when somebody asks, and who does: see the rules above.
#[derive(Default)]
struct Loose {
    /// By the topmost node of each: the nodes that ask.
    askers: HashMap<usize, Vec<usize>>,
    /// The same nodes, in their order.
    tops: Vec<usize>,
}

impl Loose {
    fn of(plan: &Plan) -> Self {
        let is_loose = |node: &Node| node.relationship == Relationship::Init;
        let with_place = plan.nodes.iter().enumerate();
        let tops: Vec<usize> = with_place
            .filter(|(_, node)| is_loose(node) && node.parent.is_some())
            .map(|(at, _)| at)
            .collect();
        let mut named: HashMap<String, Vec<usize>> = HashMap::new();
        for top in &tops {
            for name in names(&plan.nodes[*top]) {
                named.entry(name).or_default().push(*top);
            }
        }
        let mut askers: HashMap<usize, Vec<usize>> = HashMap::new();
        for (at, node) in plan.nodes.iter().enumerate() {
            if named.is_empty() {
                break;
            }
            for name in mentions(node) {
                // Of two of the same name the inner one is meant, which comes later.
                let meant = named.get(&name).and_then(|tops| {
                    let mut tops = tops.iter().rev();
                    tops.find(|top| sees(plan, at, **top)).copied()
                });
                if let Some(top) = meant {
                    askers.entry(top).or_default().push(at);
                }
            }
        }
        for top in &tops {
            let node = &plan.nodes[*top];
            let is_named = node
                .subplan
                .as_deref()
                .is_some_and(|name| name.starts_with("CTE "));
            if !is_named && !askers.contains_key(top) {
                askers.insert(*top, node.parent.into_iter().collect());
            }
        }
        Self { askers, tops }
    }

    /// Shares out what the nodes have taken with those below them: what each has of its own.
    fn share(&self, plan: &Plan, taken: &[f64]) -> Vec<f64> {
        let mut own = vec![0.0; plan.nodes.len()];
        for query in &plan.queries {
            self.spend(plan, taken, query.root, taken[query.root], &mut own);
        }
        for top in self.in_order(plan) {
            let mut left = taken[top];
            let mut given = 0.0;
            let mut askers = self.askers.get(&top).cloned().unwrap_or_default();
            askers.sort_by(|one, other| own[*other].total_cmp(&own[*one]));
            askers.dedup();
            for asker in askers {
                let part = left.min(own[asker]);
                own[asker] -= part;
                left -= part;
                given += part;
            }
            if plan.nodes[top].kind == "ModifyTable" {
                given += left;
            }
            self.spend(plan, taken, top, given, &mut own);
        }
        own
    }

    /// Shares out what the topmost of a part has among its nodes.
    fn spend(&self, plan: &Plan, taken: &[f64], top: usize, given: f64, own: &mut [f64]) {
        own[top] = given;
        let mut at = top;
        let end = plan.nodes[top].after;
        while at < end {
            if at != top && self.is_top(at) {
                at = plan.nodes[at].after;
                continue;
            }
            let inputs = || plan.children(at).filter(|child| !self.is_top(*child));
            let sum: f64 = inputs().map(|child| taken[child]).sum();
            let shrunk = if sum > own[at] { own[at] / sum } else { 1.0 };
            for child in inputs() {
                own[child] = taken[child] * shrunk;
            }
            own[at] = (own[at] - sum * shrunk).max(0.0);
            at += 1;
        }
    }

    fn is_top(&self, node: usize) -> bool {
        self.tops.binary_search(&node).is_ok()
    }

    /// The parts, each after those that ask for it: what they have must be known before.
    fn in_order(&self, plan: &Plan) -> Vec<usize> {
        // The part that each node is in.
        let mut part: Vec<usize> = (0..plan.nodes.len()).collect();
        for (at, node) in plan.nodes.iter().enumerate() {
            if let Some(parent) = node.parent.filter(|_| !self.is_top(at)) {
                part[at] = part[parent];
            }
        }
        let mut waits: HashMap<usize, HashSet<usize>> = HashMap::new();
        let mut releases: HashMap<usize, Vec<usize>> = HashMap::new();
        for top in &self.tops {
            let askers = self.askers.get(top).into_iter().flatten();
            let parts = askers.map(|asker| part[*asker]);
            let before: HashSet<usize> = parts
                .filter(|part| part != top && self.is_top(*part))
                .collect();
            for part in &before {
                releases.entry(*part).or_default().push(*top);
            }
            waits.insert(*top, before);
        }
        let is_free = |top: &&usize| waits.get(top).is_none_or(HashSet::is_empty);
        let mut ready: Vec<usize> = self.tops.iter().filter(is_free).copied().collect();
        let mut order = Vec::with_capacity(self.tops.len());
        // Parts that ask for each other, which no server writes, come last, as they stand.
        let mut rest = self.tops.iter();
        let mut done = HashSet::new();
        while let Some(top) = ready.pop().or_else(|| rest.next().copied()) {
            if !done.insert(top) {
                continue;
            }
            order.push(top);
            for released in releases.remove(&top).unwrap_or_default() {
                if let Some(before) = waits.get_mut(&released) {
                    before.remove(&top);
                    if before.is_empty() {
                        ready.push(released);
                    }
                }
            }
        }
        order
    }
}

/// Whether a node may ask for a loose part: it is beside it, or below what is beside it.
fn sees(plan: &Plan, node: usize, top: usize) -> bool {
    let loose = &plan.nodes[top];
    let parent = loose.parent.unwrap_or(0);
    let is_inside = (top..loose.after).contains(&node);
    !is_inside && (parent..plan.nodes[parent].after).contains(&node)
}

/// What a loose part is asked for by: `CTE big` by its name, `InitPlan 1 (returns $0,$1)` by its
/// parameters, and since PostgreSQL 17 by its own name.
fn names(top: &Node) -> Vec<String> {
    let Some(name) = &top.subplan else {
        return Vec::new();
    };
    if name.starts_with("CTE ") {
        return vec![name.clone()];
    }
    let mut names = asked(name);
    let (own, _) = name.split_once(" (").unwrap_or((name, ""));
    names.push(own.to_owned());
    names
}

/// What a node asks for.
fn mentions(node: &Node) -> HashSet<String> {
    let texts = node.details.iter().map(|(_, value)| value.as_str());
    let mut names: HashSet<String> = texts.flat_map(asked).collect();
    if let (Some(name), "CTE Scan") = (&node.source, node.kind.as_str()) {
        names.insert(format!("CTE {name}"));
    }
    names
}

/// The parameters and the named plans in an expression: `$0`, `InitPlan 1`.
fn asked(expression: &str) -> Vec<String> {
    let digits = |rest: &str| rest.bytes().take_while(u8::is_ascii_digit).count();
    ["$", "InitPlan "]
        .iter()
        .flat_map(|sign| {
            expression.match_indices(sign).filter_map(move |(at, _)| {
                let from = at + sign.len();
                let end = from + digits(&expression[from..]);
                (end > from).then(|| expression[at..end].to_owned())
            })
        })
        .collect()
}
