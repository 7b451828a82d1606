//! The JSON of a plan as its queries and nodes. Nothing here is asked of the text but that there is
//! a `Plan` in it: what is known gets its field, everything else is kept beside it.

use super::{Blocks, Buffers, Node, Number, Query, Relationship, Trigger};
use crate::data::json::{Kind, Tree};

/// The queries and their nodes; nothing where there is no plan.
pub(super) fn read(tree: &Tree) -> Option<(Vec<Query>, Vec<Node>)> {
    let (mut queries, mut nodes) = (Vec::new(), Vec::new());
    let outer: Vec<u32> = match tree.kind(0) {
        Kind::Array => tree.within(0).collect(),
        _ => vec![0],
    };
    for item in outer {
        let plan = tree.within(item).find(|value| key(tree, *value) == "Plan");
        match plan.filter(|plan| tree.kind(*plan) == Kind::Object) {
            Some(plan) => {
                let root = nodes.len();
                below(tree, plan, queries.len(), &mut nodes);
                queries.push(query(tree, item, root));
            }
            // A rule may add what has no plan: the server says "Utility Statement" of it.
            None if tree.kind(item) == Kind::String && item > 0 => {
                nodes.push(Node {
                    kind: tree.plain(item),
                    query: queries.len(),
                    ..Node::default()
                });
                queries.push(Query {
                    root: nodes.len() - 1,
                    ..Query::default()
                });
            }
            None => {}
        }
    }
    for (at, node) in nodes.iter_mut().enumerate() {
        node.after = at + 1;
    }
    for at in (0..nodes.len()).rev() {
        let after = nodes[at].after;
        if let Some(parent) = nodes[at].parent {
            nodes[parent].after = nodes[parent].after.max(after);
        }
    }
    let is_plan = nodes.iter().any(|node| !node.kind.is_empty());
    is_plan.then_some((queries, nodes))
}

/// The key of a value in an object, without its quotes; those of plans have no escapes in them.
fn key(tree: &Tree, value: u32) -> String {
    tree.label(value).trim_matches('"').to_owned()
}

/// Adds a node and all that is below it, on a stack of its own: a text can be nested deeply.
fn below(tree: &Tree, plan: u32, query: usize, nodes: &mut Vec<Node>) {
    let mut open = vec![(plan, None, 0)];
    while let Some((object, parent, depth)) = open.pop() {
        let mut node = Node {
            parent,
            depth,
            query,
            ..Node::default()
        };
        let mut children = Vec::new();
        for value in tree.within(object) {
            let name = key(tree, value);
            match (name.as_str(), tree.kind(value)) {
                ("Plans", Kind::Array) => {
                    let plans = tree.within(value);
                    children.extend(plans.filter(|plan| tree.kind(*plan) == Kind::Object));
                }
                ("Workers", Kind::Array) => {
                    let workers = tree.within(value).map(|worker| pairs(tree, worker));
                    node.workers = workers.collect();
                }
                _ => property(&mut node, name, tree, value),
            }
        }
        let here = nodes.len();
        nodes.push(node);
        let below = children.into_iter().rev();
        open.extend(below.map(|child| (child, Some(here), depth + 1)));
    }
}

/// Gives a node one of its properties.
fn property(node: &mut Node, name: String, tree: &Tree, value: u32) {
    let text = || Some(tree.plain(value));
    let number = Number::parse(tree.value(value)).filter(|_| tree.kind(value) == Kind::Number);
    if let (Some(blocks), Some(count)) = (blocks(node, &name), &number) {
        *blocks = whole(count.value());
        return;
    }
    let place = match name.as_str() {
        "Startup Cost" => Some(&mut node.cost.startup),
        "Total Cost" => Some(&mut node.cost.total),
        "Plan Rows" => Some(&mut node.plan_rows),
        "Plan Width" => Some(&mut node.plan_width),
        "Actual Startup Time" => Some(&mut node.time.startup),
        "Actual Total Time" => Some(&mut node.time.total),
        "Actual Rows" => Some(&mut node.rows),
        "Actual Loops" => Some(&mut node.loops),
        _ => None,
    };
    if let (Some(place), Some(_)) = (place, &number) {
        *place = number;
        return;
    }
    match name.as_str() {
        "Node Type" => node.kind = tree.plain(value),
        "Subplan Name" => node.subplan = text(),
        "Schema" => node.schema = text(),
        "Relation Name" => node.relation = text(),
        "Alias" => node.alias = text(),
        "Index Name" => node.index = text(),
        "CTE Name" | "Function Name" | "Tuplestore Name" | "Table Function Name" => {
            node.source = text();
        }
        "Parent Relationship" => {
            node.relationship = match tree.plain(value).as_str() {
                "Inner" => Relationship::Inner,
                "InitPlan" => Relationship::Init,
                "SubPlan" => Relationship::Sub,
                _ => Relationship::Input,
            }
        }
        _ => node.details.push((name, words(tree, value))),
    }
}

/// The counter that a key such as `Shared Hit Blocks` is about.
fn blocks<'a>(node: &'a mut Node, name: &str) -> Option<&'a mut u64> {
    let mut parts = name.split(' ');
    let (whose, what) = (parts.next()?, parts.next()?);
    if parts.next() != Some("Blocks") || parts.next().is_some() {
        return None;
    }
    let pick: fn(&mut Buffers) -> &mut Blocks = match whose {
        "Shared" => |buffers| &mut buffers.shared,
        "Local" => |buffers| &mut buffers.local,
        "Temp" => |buffers| &mut buffers.temp,
        _ => return None,
    };
    let count: fn(&mut Blocks) -> &mut u64 = match what {
        "Hit" => |blocks| &mut blocks.hit,
        "Read" => |blocks| &mut blocks.read,
        "Dirtied" => |blocks| &mut blocks.dirtied,
        "Written" => |blocks| &mut blocks.written,
        _ => return None,
    };
    Some(count(pick(node.buffers.get_or_insert_default())))
}

/// A count, which JSON writes as any number.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast stops at the ends, as it should"
)]
fn whole(value: f64) -> u64 {
    value.max(0.0) as u64
}

fn query(tree: &Tree, object: u32, root: usize) -> Query {
    let mut query = Query {
        root,
        ..Query::default()
    };
    for value in tree.within(object) {
        let name = key(tree, value);
        match (name.as_str(), tree.kind(value)) {
            ("Plan", _) => {}
            ("Planning Time", Kind::Number) => query.planning = Number::parse(tree.value(value)),
            ("Execution Time", Kind::Number) => query.execution = Number::parse(tree.value(value)),
            ("Triggers", Kind::Array) => {
                let triggers = tree.within(value).map(|object| trigger(tree, object));
                query.triggers = triggers.collect();
            }
            ("Settings", Kind::Object) => query.settings = pairs(tree, value),
            ("JIT", Kind::Object) => query.jit = pairs(tree, value),
            _ => query.details.push((name, words(tree, value))),
        }
    }
    query
}

fn trigger(tree: &Tree, object: u32) -> Trigger {
    let said = pairs(tree, object);
    let of = |wanted: &str| {
        let mut said = said.iter();
        said.find(|(name, _)| name == wanted)
            .map(|(_, value)| value.clone())
    };
    let name = of("Constraint Name").or_else(|| of("Trigger Name"));
    Trigger {
        name: name.unwrap_or_default(),
        relation: of("Relation"),
        time: of("Time").as_deref().and_then(Number::parse),
        calls: of("Calls").as_deref().and_then(Number::parse),
    }
}

/// What is in an object, each with its key.
fn pairs(tree: &Tree, object: u32) -> Vec<(String, String)> {
    let values = tree.within(object);
    values
        .map(|value| (key(tree, value), words(tree, value)))
        .collect()
}

/// A value in words: a list as its items, an object as its keys with what they have, and what is
/// nested further as it is written.
fn words(tree: &Tree, value: u32) -> String {
    let is_flat = |value: u32| tree.children(value) == 0;
    match tree.kind(value) {
        Kind::Array | Kind::Object if !tree.within(value).all(is_flat) => {
            let inner = Tree::of(tree.value(value).into());
            inner.map_or_else(|_| tree.value(value).to_owned(), |tree| tree.on_one_line())
        }
        Kind::Array => {
            let items: Vec<String> = tree.within(value).map(|item| tree.plain(item)).collect();
            items.join(", ")
        }
        Kind::Object => {
            let items: Vec<String> = tree
                .within(value)
                .map(|item| format!("{} {}", key(tree, item), tree.plain(item)))
                .collect();
            items.join(", ")
        }
        _ => tree.plain(value),
    }
}
