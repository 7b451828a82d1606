//! A plan in the words that psql shows (`explain.c`, the text format).

use std::fmt::Write;

use super::{Blocks, Node, Plan, Query, Relationship};

/// Nothing is set in further: no server plans so deep, and a text that pretends it must not become
/// one of spaces.
const MOST: usize = 400;

/// What a node's title has said already.
const SAID: [&str; 11] = [
    "Parallel Aware",
    "Async Capable",
    "Join Type",
    "Strategy",
    "Partial Mode",
    "Operation",
    "Command",
    "Scan Direction",
    "Custom Plan Provider",
    "Function Call",
    "Disabled",
];

impl Node {
    /// What it does: `Seq Scan`, `Hash Left Join`, `Partial HashAggregate`.
    #[must_use]
    pub fn title(&self) -> String {
        let said = |key: &str| self.detail(key).unwrap_or_default();
        let mut title = match (self.kind.as_str(), said("Strategy")) {
            ("Aggregate", "Sorted") => "GroupAggregate".to_owned(),
            ("Aggregate", "Hashed") => "HashAggregate".to_owned(),
            ("Aggregate", "Mixed") => "MixedAggregate".to_owned(),
            ("SetOp", "Hashed") => format!("HashSetOp {}", said("Command")),
            ("SetOp", _) => format!("SetOp {}", said("Command")),
            ("ModifyTable", _) if !said("Operation").is_empty() => said("Operation").to_owned(),
            ("Foreign Scan", _) if !matches!(said("Operation"), "" | "Select") => {
                format!("Foreign {}", said("Operation"))
            }
            ("Custom Scan", _) => format!("Custom Scan ({})", said("Custom Plan Provider")),
            (kind, _) => kind.to_owned(),
        };
        if !matches!(said("Partial Mode"), "" | "Simple") {
            title = format!("{} {title}", said("Partial Mode"));
        }
        if !matches!(said("Join Type"), "" | "Inner") {
            let kind = title.strip_suffix(" Join").unwrap_or(&title);
            title = format!("{kind} {} Join", said("Join Type"));
        }
        if said("Scan Direction") == "Backward" {
            title.push_str(" Backward");
        }
        if said("Parallel Aware") == "true" {
            title = format!("Parallel {title}");
        }
        title
    }

    /// What it does it to: `using item_order_id_idx on shop.item i`; with or without the schema.
    #[must_use]
    pub fn target(&self, with_schema: bool) -> String {
        let source = self.relation.as_ref().or(self.source.as_ref());
        let mut parts = Vec::new();
        let mut on = match (&self.schema, source) {
            (Some(schema), Some(name)) if with_schema => {
                format!("{}.{}", quoted(schema), quoted(name))
            }
            (_, Some(name)) => quoted(name),
            _ => String::new(),
        };
        if let Some(alias) = self.alias.as_ref().filter(|alias| source != Some(alias)) {
            if !on.is_empty() {
                on.push(' ');
            }
            on.push_str(&quoted(alias));
        }
        match &self.index {
            Some(index) if on.is_empty() => on = quoted(index),
            Some(index) => parts.push(format!("using {}", quoted(index))),
            None => {}
        }
        if !on.is_empty() {
            parts.push(format!("on {on}"));
        }
        parts.join(" ")
    }

    /// What was expected, as psql says it: `(cost=0.00..1.00 rows=1 width=4)`.
    #[must_use]
    pub fn expected(&self) -> Option<String> {
        let (startup, total) = (self.cost.startup.as_ref()?, self.cost.total.as_ref()?);
        let (rows, width) = (self.plan_rows.as_ref()?, self.plan_width.as_ref()?);
        Some(format!(
            "(cost={}..{} rows={} width={})",
            startup.text(),
            total.text(),
            rows.text(),
            width.text()
        ))
    }

    /// What came, as psql says it: `(actual time=0.001..0.002 rows=1 loops=1)`.
    #[must_use]
    pub fn actual(&self) -> Option<String> {
        let (rows, loops) = (self.rows.as_ref()?, self.loops.as_ref()?);
        if self.is_never_run() {
            return Some("(never executed)".to_owned());
        }
        let time = match (&self.time.startup, &self.time.total) {
            (Some(startup), Some(total)) => format!("time={}..{} ", startup.text(), total.text()),
            _ => String::new(),
        };
        let (rows, loops) = (rows.text(), loops.text());
        Some(format!("(actual {time}rows={rows} loops={loops})"))
    }

    /// What else is said of it, each as a key and a value: pairs that belong together are one, and
    /// what its title says, or that there is nothing of something, is left out.
    #[must_use]
    pub fn further(&self) -> Vec<(String, String)> {
        let mut further: Vec<(String, String)> = Vec::new();
        for (key, value) in &self.details {
            match key.as_str() {
                key if SAID.contains(&key) => {}
                "Sort Space Used" | "Sort Space Type" => {}
                "Inner Unique" if value == "false" => {}
                "Hash Buckets" => further.push(("Buckets".to_owned(), self.memory(value))),
                "HashAgg Batches" => further.push(("Batches".to_owned(), self.memory(value))),
                "Hash Batches" | "Peak Memory Usage" | "Disk Usage" if self.is_hash() => {}
                "Original Hash Buckets" | "Original Hash Batches"
                    if self.detail(key.trim_start_matches("Original ")) == Some(value) => {}
                "Sort Method" => {
                    let (used, kind) = (
                        self.detail("Sort Space Used"),
                        self.detail("Sort Space Type"),
                    );
                    let space = match (used, kind) {
                        (Some(used), Some(kind)) => format!("  {kind}: {used}kB"),
                        _ => String::new(),
                    };
                    further.push((key.clone(), format!("{value}{space}")));
                }
                "Peak Memory Usage" | "Disk Usage" | "Average Sort Space Used" if value != "0" => {
                    further.push((key.clone(), format!("{value}kB")));
                }
                _ if value == "0" => {}
                _ => further.push((key.clone(), value.clone())),
            }
        }
        further
    }

    fn is_hash(&self) -> bool {
        self.detail("Hash Buckets").is_some() || self.detail("HashAgg Batches").is_some()
    }

    /// How a hash was held: `1024  Batches: 2  Memory Usage: 9kB`, after the figure that comes first.
    fn memory(&self, first: &str) -> String {
        let mut words = first.to_owned();
        for (key, word, unit) in [
            ("Hash Batches", "Batches", ""),
            ("Peak Memory Usage", "Memory Usage", "kB"),
            ("Disk Usage", "Disk Usage", "kB"),
        ] {
            if let Some(value) = self.detail(key).filter(|value| *value != "0") {
                let _ = write!(words, "  {word}: {value}{unit}");
            }
        }
        words
    }

    /// The blocks that it touched with those below it: `shared hit=442 read=1, temp written=90`.
    #[must_use]
    pub fn blocks(&self) -> Option<String> {
        let buffers = self.buffers?;
        let parts = [
            ("shared", buffers.shared),
            ("local", buffers.local),
            ("temp", buffers.temp),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .filter_map(|(whose, blocks)| counts(blocks).map(|counts| format!("{whose} {counts}")))
            .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

impl Plan {
    /// The plan as psql shows it.
    #[must_use]
    pub fn as_text(&self) -> String {
        let mut text = String::new();
        for query in &self.queries {
            if !text.is_empty() {
                text.push('\n');
            }
            let end = self.nodes.get(query.root).map_or(0, |node| node.after);
            for at in query.root..end {
                self.write_node(&mut text, at);
            }
            write_query(&mut text, query);
        }
        text
    }

    fn write_node(&self, text: &mut String, at: usize) {
        let node = &self.nodes[at];
        let indent = self.indent(at);
        let mut inner = indent;
        if let Some(name) = &node.subplan {
            let _ = writeln!(text, "{}{name}", " ".repeat(inner));
            inner += 2;
        }
        let arrow = if node.depth == 0 { "" } else { "->  " };
        let _ = write!(text, "{}{arrow}{}", " ".repeat(inner), node.title());
        let target = node.target(true);
        if !target.is_empty() {
            let _ = write!(text, " {target}");
        }
        if let Some(expected) = node.expected() {
            let _ = write!(text, "  {expected}");
        }
        if let Some(actual) = node.actual() {
            let _ = write!(text, " {actual}");
        }
        text.push('\n');
        let below = " ".repeat(inner + if node.depth == 0 { 2 } else { 6 });
        let parts = node.further().into_iter();
        let blocks = node.blocks().map(|blocks| ("Buffers".to_owned(), blocks));
        for (key, value) in parts.chain(blocks) {
            let _ = writeln!(text, "{below}{key}: {value}");
        }
        for worker in &node.workers {
            let words: Vec<String> = worker
                .iter()
                .filter(|(key, value)| key != "Worker Number" && value != "0")
                .map(|(key, value)| format!("{key} {value}"))
                .collect();
            let number = worker.iter().find(|(key, _)| key == "Worker Number");
            let number = number.map_or("", |(_, number)| number.as_str());
            let _ = writeln!(text, "{below}Worker {number}: {}", words.join(", "));
        }
    }

    /// How far psql sets a node in: six columns for each that it is in, and two for each of those
    /// that is a subplan with a name above it.
    fn indent(&self, at: usize) -> usize {
        let mut indent = 0;
        let mut node = &self.nodes[at];
        while let Some(parent) = node.parent {
            let above = &self.nodes[parent];
            let first = if above.parent.is_none() { 2 } else { 6 };
            indent += first + if above.subplan.is_some() { 2 } else { 0 };
            node = above;
        }
        indent.min(MOST)
    }
}

fn write_query(text: &mut String, query: &Query) {
    if !query.settings.is_empty() {
        let settings = query.settings.iter();
        let settings: Vec<String> = settings
            .map(|(name, value)| format!("{name} = '{value}'"))
            .collect();
        let _ = writeln!(text, "Settings: {}", settings.join(", "));
    }
    if let Some(time) = &query.planning {
        let _ = writeln!(text, "Planning Time: {} ms", time.text());
    }
    for trigger in &query.triggers {
        let _ = write!(text, "Trigger {}", trigger.name);
        if let Some(relation) = &trigger.relation {
            let _ = write!(text, " on {relation}");
        }
        let _ = write!(text, ":");
        if let Some(time) = &trigger.time {
            let _ = write!(text, " time={}", time.text());
        }
        if let Some(calls) = &trigger.calls {
            let _ = write!(text, " calls={}", calls.text());
        }
        text.push('\n');
    }
    if !query.jit.is_empty() {
        text.push_str("JIT:\n");
        for (key, value) in &query.jit {
            let _ = writeln!(text, "  {key}: {value}");
        }
    }
    if let Some(time) = &query.execution {
        let _ = writeln!(text, "Execution Time: {} ms", time.text());
    }
}

/// What there is of some blocks: `hit=442 read=1`.
fn counts(blocks: Blocks) -> Option<String> {
    let counts = [
        ("hit", blocks.hit),
        ("read", blocks.read),
        ("dirtied", blocks.dirtied),
        ("written", blocks.written),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(what, count)| format!("{what}={count}"))
        .collect();
    (!counts.is_empty()).then(|| counts.join(" "))
}

/// A name as SQL needs it written; a word that is reserved is not known here.
fn quoted(name: &str) -> String {
    let is_part = |ch: char| ch.is_ascii_lowercase() || ch.is_ascii_digit() || "_$".contains(ch);
    let is_plain = name.starts_with(|ch: char| ch.is_ascii_lowercase() || ch == '_');
    if is_plain && name.chars().all(is_part) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

impl Relationship {
    /// What is said of a node that serves its parent in this way, where its subplan has no name.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Input | Self::Inner => None,
            Self::Init => Some("InitPlan"),
            Self::Sub => Some("SubPlan"),
        }
    }
}
