//! Two plans of the same statement beside each other: which node of the earlier one a node is.
//!
//! A node is the one of the same type, on the same, at the same place below the same parent. What is
//! left reads a relation under a name: it is the one that read the same under the same name, if
//! there is one in each: so a scan that became another kind of scan is found, wherever it moved.

use std::collections::{HashMap, HashSet};

use super::{Node, Plan};

/// Which node was which.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    before: Vec<Option<usize>>,
    /// How many nodes of the earlier plan are in the later one no more.
    pub gone: usize,
}

/// What a node is known by among its siblings.
type Key<'a> = (
    Option<usize>,
    &'a str,
    Option<&'a str>,
    Option<&'a str>,
    usize,
);

impl Comparison {
    /// Compares an earlier plan with a later one.
    #[must_use]
    pub fn of(before: &Plan, after: &Plan) -> Self {
        let mut by_place: HashMap<Key<'_>, usize> = HashMap::new();
        let mut seen: HashMap<Key<'_>, usize> = HashMap::new();
        for (at, node) in before.nodes.iter().enumerate() {
            let key = numbered(&mut seen, node, node.parent.map(|parent| parent + 1));
            by_place.insert(key, at);
        }
        let mut found: Vec<Option<usize>> = Vec::with_capacity(after.nodes.len());
        let mut seen: HashMap<Key<'_>, usize> = HashMap::new();
        for node in &after.nodes {
            let parent = match node.parent {
                None => Some(None),
                Some(parent) => found[parent].map(|before| Some(before + 1)),
            };
            let before = parent.and_then(|parent| {
                let key = numbered(&mut seen, node, parent);
                by_place.get(&key).copied()
            });
            found.push(before);
        }
        let taken: HashSet<usize> = found.iter().flatten().copied().collect();
        let (left, new) = (by_name(before), by_name(after));
        for (name, at) in new {
            let Some(Some(place)) = left.get(&name).copied() else {
                continue;
            };
            if let Some(at) = at.filter(|at| found[*at].is_none() && !taken.contains(&place)) {
                found[at] = Some(place);
            }
        }
        let kept = found.iter().flatten().collect::<HashSet<_>>().len();
        Self {
            before: found,
            gone: before.nodes.len() - kept,
        }
    }

    /// The place in the earlier plan of a node of the later one.
    #[must_use]
    pub fn before(&self, node: usize) -> Option<usize> {
        self.before.get(node).copied().flatten()
    }
}

/// The key of a node below a parent, of which `seen` remembers how often there was one like it.
fn numbered<'a>(
    seen: &mut HashMap<Key<'a>, usize>,
    node: &'a Node,
    parent: Option<usize>,
) -> Key<'a> {
    let on = node.relation.as_deref().or(node.source.as_deref());
    let like = (parent, node.kind.as_str(), on, node.subplan.as_deref(), 0);
    let number = seen.entry(like).or_default();
    *number += 1;
    (like.0, like.1, like.2, like.3, *number)
}

/// The nodes that read a relation, by it and by its name in the query; nothing where there are two.
fn by_name(plan: &Plan) -> HashMap<(&str, &str), Option<usize>> {
    let mut nodes = HashMap::new();
    for (at, node) in plan.nodes.iter().enumerate() {
        if let (Some(relation), Some(alias)) = (&node.relation, &node.alias) {
            nodes
                .entry((relation.as_str(), alias.as_str()))
                .and_modify(|found| *found = None)
                .or_insert(Some(at));
        }
    }
    nodes
}
