//! All that is said of the node under the cursor: first what is to be minded, then its figures, then
//! what the server says further, and with the topmost node what is said of the whole.

use std::borrow::Cow;

use super::PlanDialog;
use super::words::{self, Measure};
use crate::data::plan::{Node, Plan, Query};
use crate::glyphs;
use crate::studio::theme::Role;
use crate::studio::widgets::{pane, text};

/// A line, or several: what it is about, and what is said.
pub(super) struct Fact {
    pub key: String,
    pub value: String,
    pub role: Role,
}

impl Fact {
    fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            value: value.into(),
            role: Role::Dim,
        }
    }
}

/// A line of the screen: the key only with the first one of a fact.
pub(super) struct Line {
    pub key: String,
    pub role: Role,
    pub value: String,
}

/// The room of the keys, at most.
const KEYS: u16 = 22;

/// No more characters of a value are shown: whoever wants all of it copies the plan.
const MOST: usize = 4_000;

/// Facts as lines of a width, and the room of their keys.
pub(super) fn lines(facts: &[Fact], width: u16) -> (Vec<Line>, u16) {
    let keys = facts.iter().map(|fact| text::width(&fact.key));
    let keys = keys.max().unwrap_or(0).min(KEYS).min(width / 2);
    let room = width.saturating_sub(keys + 2).max(8);
    let mut lines = Vec::new();
    for fact in facts {
        let mut key = fact.key.clone();
        let end = fact.value.char_indices().nth(MOST);
        let value = match end {
            Some((end, _)) => Cow::Owned(format!("{}{}", &fact.value[..end], glyphs::MORE)),
            None => Cow::Borrowed(&fact.value),
        };
        for value in pane::wrapped(&value, room) {
            lines.push(Line {
                key: std::mem::take(&mut key),
                role: fact.role,
                value,
            });
        }
    }
    (lines, keys)
}

impl PlanDialog {
    /// What is measured of a node.
    pub(super) fn figures(&self, plan: &Plan, at: usize) -> Vec<Fact> {
        let node = &plan.nodes[at];
        let mut facts = Vec::new();
        for mark in &node.marks {
            facts.push(Fact {
                key: words::mark(mark),
                value: words::meaning(node, mark, plan.whole_time().unwrap_or(0.0)),
                role: words::role(mark),
            });
        }
        if node.is_never_run() {
            facts.push(Fact::new("time", "never run"));
        } else if let Some(time) = time(node) {
            facts.push(Fact::new("time", time));
        }
        facts.extend(rows(node).map(|rows| Fact::new("rows", rows)));
        facts.extend(cost(node).map(|cost| Fact::new("cost", cost)));
        facts.extend(node.blocks().map(|blocks| Fact::new("buffers", blocks)));
        if let Some(was) = self.was(at) {
            facts.push(Fact::new("before", before(was)));
        } else if self.beside().is_some() {
            facts.push(Fact::new("before", "not in the earlier plan"));
        }
        facts
    }

    /// What else is said of it.
    pub(super) fn further(plan: &Plan, at: usize) -> Vec<Fact> {
        let node = &plan.nodes[at];
        let mut facts = Vec::new();
        facts.extend(node.subplan.clone().map(|name| Fact::new("Subplan", name)));
        // What comes out is the longest, and the least looked for.
        let (output, rest): (Vec<_>, Vec<_>) = node
            .further()
            .into_iter()
            .partition(|(key, _)| key == "Output");
        facts.extend(rest.into_iter().map(|(key, value)| Fact::new(key, value)));
        for worker in &node.workers {
            let said = worker.iter();
            let said: Vec<String> = said
                .filter(|(key, value)| key != "Worker Number" && value != "0")
                // What each of them read is more than anybody reads.
                .filter(|(key, _)| !key.ends_with(" Blocks"))
                .map(|(key, value)| {
                    let key = key.trim_start_matches("Actual ").to_lowercase();
                    format!("{key} {value}")
                })
                .collect();
            let number = worker.iter().find(|(key, _)| key == "Worker Number");
            let number = number.map_or("", |(_, number)| number.as_str());
            facts.push(Fact::new(format!("Worker {number}"), said.join(", ")));
        }
        if let (None, Some(query)) = (node.parent, plan.queries.get(node.query)) {
            of_query(query, &mut facts);
        }
        facts.extend(output.into_iter().map(|(key, value)| Fact::new(key, value)));
        facts
    }
}

/// What is said of a whole query.
fn of_query(query: &Query, facts: &mut Vec<Fact>) {
    for trigger in &query.triggers {
        let mut said = trigger.name.clone();
        if let Some(relation) = &trigger.relation {
            said = format!("{said} on {relation}");
        }
        if let Some(time) = &trigger.time {
            said = format!("{said}: {} ms", time.text());
        }
        if let Some(calls) = &trigger.calls {
            said = format!("{said} in {} calls", words::count(calls));
        }
        facts.push(Fact::new("Trigger", said));
    }
    for (key, value) in &query.jit {
        facts.push(Fact::new(format!("JIT {key}"), value.clone()));
    }
    if !query.settings.is_empty() {
        let settings = query.settings.iter();
        let settings: Vec<String> = settings
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        facts.push(Fact::new("Settings", settings.join(", ")));
    }
    // Of planning the server counts the blocks as well: those that are none say nothing.
    for (key, value) in &query.details {
        let is_nothing = |part: &str| part.ends_with(" 0");
        let parts = value.split(", ").filter(|part| !is_nothing(part));
        let said = parts.collect::<Vec<_>>().join(", ");
        match key.as_str() {
            _ if said.is_empty() => {}
            "Planning" => {
                let said = said.replace(" Blocks", "").to_lowercase();
                facts.push(Fact::new("Planning", said));
            }
            _ => facts.push(Fact::new(key.clone(), said)),
        }
    }
}

/// `own 2.52 ms · 0.015..0.021 ms in each of 120 loops`.
fn time(node: &Node) -> Option<String> {
    let total = node.time.total.as_ref()?;
    let startup = node.time.startup.as_ref().map_or("0", |time| time.text());
    let own = words::time(node.own_time?);
    let loops = node.loops.as_ref().filter(|loops| loops.value() > 1.0);
    let each = loops.map_or_else(String::new, |loops| {
        format!(" in each of {} loops", words::count(loops))
    });
    Some(format!("own {own} · {startup}..{} ms{each}", total.text()))
}

/// `5 expected, 385 came`, and what that makes in all.
fn rows(node: &Node) -> Option<String> {
    let expected = node.plan_rows.as_ref().map(words::count);
    let Some(rows) = node.rows.as_ref().filter(|_| !node.is_never_run()) else {
        return expected.map(|expected| format!("{expected} expected"));
    };
    let came = words::count(rows);
    let mut said = match expected {
        Some(expected) => format!("{expected} expected, {came} came"),
        None => format!("{came} came"),
    };
    if let Some(estimate) = node.estimate().filter(|it| it.factor() >= 2.0) {
        let which = if estimate.is_more() { "more" } else { "fewer" };
        said = format!("{said}: {} {which}", words::factor(estimate));
    }
    if node.runs().is_some_and(|runs| runs > 1.0) {
        let all = words::amount(node.all_rows().unwrap_or(0.0));
        said = format!("{said} · {all} in all loops");
    }
    Some(said)
}

/// `own 5129.00 · 0.00..5129.00 · width 20`.
fn cost(node: &Node) -> Option<String> {
    let total = node.cost.total.as_ref()?;
    let startup = node.cost.startup.as_ref().map_or("0", |cost| cost.text());
    let own = words::cost(node.own_cost.unwrap_or(0.0));
    let width = node.plan_width.as_ref();
    let width = width.map_or_else(String::new, |width| format!(" · width {}", width.text()));
    Some(format!("own {own} · {startup}..{}{width}", total.text()))
}

/// What a node was, and took.
fn before(was: &Node) -> String {
    let mut said = [was.title(), was.target(false)].join(" ").trim().to_owned();
    if let Some(own) = was.own_time {
        said = format!("{said} · own {}", Measure::Time.words(own));
    } else if let Some(own) = was.own_cost {
        said = format!("{said} · own cost {}", Measure::Cost.words(own));
    }
    said
}
