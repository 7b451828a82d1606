//! Plans of a PostgreSQL 15, as it returned them: `tests/plans`.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

macro_rules! plans {
    ($($name:literal),* $(,)?) => {
        const PLANS: &[(&str, &str)] = &[$((
            $name,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/plans/", $name, ".json")),
        )),*];
    };
}

plans![
    "batches",
    "before",
    "bitmap",
    "cte",
    "estimated",
    "filter",
    "function",
    "gather",
    "insert",
    "jit",
    "loops",
    "misestimated",
    "never",
    "partitions",
    "rules",
    "sorted",
    "subplan",
    "union",
];

fn plan(name: &str) -> Plan {
    let Some((_, json)) = PLANS.iter().find(|(known, _)| *known == name) else {
        unreachable!("{name}")
    };
    match Plan::of((*json).into()) {
        Ok(plan) => plan,
        Err(why) => unreachable!("{name}: {why}"),
    }
}

/// Each node with its own time, or its own cost, and its marks in short.
fn told(plan: &Plan) -> String {
    let mut told = String::new();
    for node in &plan.nodes {
        let own = node.own_time.or(node.own_cost).unwrap_or(f64::NAN);
        let marks: Vec<String> = node.marks.iter().map(short).collect();
        let line = [
            format!("{}{}", " ".repeat(node.depth), node.title()),
            node.target(false),
            format!("{own:.3}"),
            marks.join(" "),
        ];
        let parts: Vec<&str> = line.iter().map(String::as_str).collect();
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        told.push_str(&parts.collect::<Vec<_>>().join(" | "));
        told.push('\n');
    }
    told
}

fn short(mark: &Mark) -> String {
    match mark {
        Mark::Slow(share) => format!("slow {share:.2}"),
        Mark::Misestimated(estimate) => format!("wrong {:.0}", estimate.factor()),
        Mark::Spilled => "spilled".to_owned(),
        Mark::Filtered(rows) => format!("removed {rows}"),
        Mark::Triggers(time) => format!("triggers {time}"),
    }
}

#[test]
fn own_times_and_marks_of_plans_that_were_run() {
    let cases = [
        (
            "filter",
            "Seq Scan | on item | 17.391 | slow 1.00 wrong 77 removed 239615\n",
        ),
        // The inner side took 0.021 ms, 120 times.
        (
            "loops",
            "Nested Loop | 0.109
 Bitmap Heap Scan | on orders o | 0.377
  Bitmap Index Scan | on orders_customer_id_idx | 0.036
 Index Scan | using item_order_id_idx on item i | 2.520 | slow 0.81\n",
        ),
        (
            "batches",
            "Hash Join | 60.825 | slow 0.63 spilled
 Seq Scan | on item i | 17.998
 Hash | 5.965 | spilled
  Seq Scan | on orders o | 6.375\n",
        ),
        (
            "sorted",
            "Sort | 38.308 | slow 0.87 spilled\n Seq Scan | on orders | 3.713\n",
        ),
        // What the CTE took is in the scan that read it first, and in nothing else.
        (
            "cte",
            "Hash Join | 0.146
 HashAggregate | 9.779 | slow 0.66
  Seq Scan | on orders | 3.695
 Aggregate | 0.082
  CTE Scan | on big big_1 | 0.083
 Seq Scan | on customer c | 0.126
 Hash | 0.012
  Subquery Scan | on t | 0.003
   Limit | 0.002
    Sort | 0.183
     CTE Scan | on big | 0.322\n",
        ),
        (
            "subplan",
            "Seq Scan | on customer c | 1.019
 Aggregate | 0.107
  Seq Scan | on customer | 0.117
 Aggregate | 0.998
  Bitmap Heap Scan | on orders o | 12.974 | slow 0.62
   Bitmap Index Scan | on orders_customer_id_idx | 0.998
 Seq Scan | on orders | 4.510 | removed 59880\n",
        ),
        // Three processes, each a loop: what they took is not the sum of them.
        (
            "gather",
            "Finalize GroupAggregate | 0.013
 Gather Merge | 6.869 | slow 0.38
  Sort | 0.028
   Partial HashAggregate | 7.888 | slow 0.43
    Parallel Seq Scan | on orders | 3.419\n",
        ),
        (
            "never",
            "Nested Loop | 0.002
 Seq Scan | on customer c | 0.124 | removed 2000
 Bitmap Heap Scan | on orders o | 0.000
  Bitmap Index Scan | on orders_customer_id_idx | 0.000\n",
        ),
        (
            "partitions",
            "HashAggregate | 1.716 | slow 0.42
 Append | 0.783
  Seq Scan | on event_2025 event_1 | 0.896
  Seq Scan | on event_2026 event_2 | 0.636\n",
        ),
        (
            "misestimated",
            "Nested Loop | 0.114 | wrong 83
 Index Scan | using customer_pkey on customer c | 0.015
 Bitmap Heap Scan | on skewed s | 1.034 | slow 0.76 wrong 83
  Bitmap Index Scan | on skewed_a_idx | 0.115\n",
        ),
        (
            "insert",
            "Insert | on log | 0.860 | triggers 3.233
 Subquery Scan | on \"*SELECT*\" | 0.210
  Limit | 0.030
   Seq Scan | on orders | 0.163\n",
        ),
        (
            "rules",
            "Insert | on t | 0.065\n Result | 0.001\nInsert | on audit | 0.052\n Result | 0.030\n",
        ),
        (
            "estimated",
            "Sort | 0.070
 HashAggregate | 74.330
  Hash Join | 64.060
   Seq Scan | on orders o | 1192.000
   Hash | 0.000
    Seq Scan | on customer c | 33.000\n",
        ),
    ];
    for (name, wanted) in cases {
        assert_eq!(told(&plan(name)), wanted, "{name}");
    }
}

#[test]
fn what_belongs_to_the_whole_is_beside_the_nodes() {
    let inserted = plan("insert");
    let query = &inserted.queries[0];
    assert_eq!(query.triggers.len(), 1);
    let trigger = &query.triggers[0];
    assert_eq!(
        (trigger.name.as_str(), trigger.relation.as_deref()),
        ("log_noted", Some("log"))
    );
    assert_eq!(trigger.calls.as_ref().map(Number::text), Some("500"));
    // The trigger's time is in the whole, and in no node.
    let own: f64 = inserted.nodes.iter().filter_map(|node| node.own_time).sum();
    assert_eq!(inserted.whole_time(), inserted.execution());
    assert!(inserted.whole_time().is_some_and(|whole| whole > own * 2.0));
    let jit = plan("jit");
    assert!(jit.queries[0].jit.iter().any(|(key, _)| key == "Functions"));
    let settings = &plan("sorted").queries[0].settings;
    assert!(settings.contains(&("work_mem".to_owned(), "256kB".to_owned())));
    assert_eq!(plan("rules").queries.len(), 2);
    let estimated = plan("estimated");
    assert_eq!((estimated.is_run(), estimated.whole_time()), (false, None));
    assert!(
        estimated
            .whole_cost()
            .is_some_and(|cost| (cost - 1363.46).abs() < 0.001)
    );
    assert_eq!(
        estimated.nodes[estimated.slowest()].target(false),
        "on orders o"
    );
    let workers = plan("gather");
    assert_eq!(workers.nodes[4].workers.len(), 2);
}

#[test]
fn a_plan_is_written_as_psql_writes_it() {
    // What psql shows of the same statement.
    let wanted = "\
Sort  (cost=1363.44..1363.46 rows=5 width=35)
  Output: c.country, (sum(o.total))
  Sort Key: (sum(o.total)) DESC
  ->  HashAggregate  (cost=1363.32..1363.39 rows=5 width=35)
        Output: c.country, sum(o.total)
        Group Key: c.country
        ->  Hash Join  (cost=58.00..1289.06 rows=14852 width=9)
              Output: c.country, o.total
              Inner Unique: true
              Hash Cond: (o.customer_id = c.id)
              ->  Seq Scan on shop.orders o  (cost=0.00..1192.00 rows=14852 width=10)
                    Output: o.id, o.customer_id, o.status, o.total, o.placed_at
                    Filter: (o.status = 'paid'::text)
              ->  Hash  (cost=33.00..33.00 rows=2000 width=7)
                    Output: c.country, c.id
                    ->  Seq Scan on shop.customer c  (cost=0.00..33.00 rows=2000 width=7)
                          Output: c.country, c.id
Settings: max_parallel_workers_per_gather = '0', search_path = 'shop'
";
    assert_eq!(plan("estimated").as_text(), wanted);
    let cte = plan("cte").as_text();
    for part in [
        "\n  CTE big\n    ->  HashAggregate  (cost=1342.00..1367.00 rows=2000 width=36) (actual time=13.149..13.474 rows=2000 loops=1)\n          Output: ",
        "\n          Batches: 1  Memory Usage: 1137kB\n          Buffers: shared hit=442\n          ->  Seq Scan on shop.orders  (",
        "\n        Buckets: 1024  Batches: 1  Memory Usage: 9kB\n",
        "\n                          Sort Method: top-N heapsort  Memory: 25kB\n",
    ] {
        assert!(cte.contains(part), "{part}\nis not in\n{cte}");
    }
    assert!(
        plan("never")
            .as_text()
            .contains("rows=30 width=28) (never executed)\n")
    );
    assert!(
        plan("sorted")
            .as_text()
            .contains("Sort Method: external merge  Disk: ")
    );
    assert!(
        plan("insert")
            .as_text()
            .contains("\nTrigger log_noted on log: time=")
    );
}

#[test]
fn nodes_are_known_again_in_another_plan() {
    let (before, after) = (plan("before"), plan("loops"));
    let comparison = Comparison::of(&before, &after);
    let was: Vec<Option<String>> = (0..after.nodes.len())
        .map(|at| comparison.before(at).map(|at| before.nodes[at].title()))
        .collect();
    // The join is another one, but what reads the two tables is found.
    let seq = Some("Seq Scan".to_owned());
    assert_eq!(was, [None, seq.clone(), None, seq]);
    assert_eq!(comparison.gone, 2);
    let same = Comparison::of(&after, &after);
    let all: Vec<usize> = (0..after.nodes.len())
        .filter_map(|at| same.before(at))
        .collect();
    assert_eq!((all, same.gone), (vec![0, 1, 2, 3], 0));
}

#[test]
fn what_is_no_plan_says_so_and_what_is_odd_is_kept() {
    for (text, wanted) in [
        ("", Unreadable::Malformed),
        ("Seq Scan on item", Unreadable::Malformed),
        ("[]", Unreadable::NoPlan),
        ("{}", Unreadable::NoPlan),
        ("[{\"Plan\": {}}]", Unreadable::NoPlan),
        ("\"Plan\"", Unreadable::NoPlan),
        ("[1, {\"Plan\": [3]}]", Unreadable::NoPlan),
    ] {
        assert_eq!(Plan::of(text.into()).err(), Some(wanted), "{text}");
    }
    let odd = r#"{"Query Text": "select 1", "Plan": {"Node Type": "New Scan", "Total Cost": "much",
        "Shared Hit Blocks": 1e99, "Actual Rows": 0.50, "Heat": {"a": [1, "x  y"]}, "Keys": ["a", 2],
        "Plans": [{"Parent Relationship": "Other"}, 3]}}"#;
    let plan = match Plan::of(odd.into()) {
        Ok(plan) => plan,
        Err(why) => unreachable!("{why}"),
    };
    let node = &plan.nodes[0];
    assert_eq!(node.detail("Total Cost"), Some("much"));
    assert_eq!(node.detail("Heat"), Some(r#"{"a": [1, "x  y"]}"#));
    assert_eq!(node.detail("Keys"), Some("a, 2"));
    assert_eq!(node.rows.as_ref().map(Number::text), Some("0.50"));
    assert_eq!(
        node.buffers.map(|buffers| buffers.shared.hit),
        Some(u64::MAX)
    );
    assert_eq!((plan.nodes.len(), plan.nodes[1].depth), (2, 1));
    assert_eq!(plan.queries[0].details[0].1, "select 1");
}

#[test]
fn what_is_nested_deeply_is_read() {
    let deep = 5_000;
    let open = r#"{"Node Type": "Limit", "Actual Total Time": 1, "Actual Loops": 1, "Plans": ["#;
    let text = format!("{{\"Plan\": {}{}}}", open.repeat(deep), "]}".repeat(deep));
    let plan = Plan::of(text.into());
    assert_eq!(plan.map(|plan| plan.nodes.len()), Ok(deep));
}

#[test]
fn a_query_that_writes_in_a_with_runs_in_nobodys_time() {
    let plan = json!({"Plan": {"Node Type": "Result", "Actual Total Time": 1.0, "Actual Loops": 1, "Plans": [
        {"Node Type": "ModifyTable", "Parent Relationship": "InitPlan", "Subplan Name": "CTE gone",
            "Actual Total Time": 5.0, "Actual Loops": 1}]}});
    let Ok(plan) = Plan::of(plan.to_string().into()) else {
        unreachable!()
    };
    let own: Vec<Option<f64>> = plan.nodes.iter().map(|node| node.own_time).collect();
    assert_eq!(own, [Some(1.0), Some(5.0)]);
    assert_eq!(plan.whole_time(), Some(6.0));
}

fn figure() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0..1000u32).prop_map(Value::from),
        (0.0..1e6f64).prop_map(Value::from),
        Just(json!(-3)),
        Just(json!(1e300)),
        Just(json!("x")),
        Just(Value::Null),
        Just(json!({"a": [1]})),
    ]
}

fn node() -> impl Strategy<Value = Value> {
    let keys = [
        "Startup Cost",
        "Total Cost",
        "Plan Rows",
        "Actual Total Time",
        "Actual Rows",
        "Actual Loops",
        "Temp Written Blocks",
        "Rows Removed by Filter",
        "Hash Batches",
        "Odd",
    ];
    let kinds = [
        "Seq Scan",
        "Gather",
        "CTE Scan",
        "Nested Loop",
        "Hash",
        "Limit",
        "BitmapOr",
        "Aggregate",
        "Materialize",
    ];
    let relations = ["Outer", "Inner", "InitPlan", "SubPlan", "?"];
    let names = [
        "CTE a",
        "CTE b",
        "InitPlan 1 (returns $0)",
        "InitPlan 2",
        "SubPlan 1",
        "é$",
    ];
    let texts = ["(x = $0)", "InitPlan 2", "hashed SubPlan 1", "$", "é$0é"];
    let figures =
        proptest::collection::vec((proptest::sample::select(keys.to_vec()), figure()), 0..6);
    let one = (
        figures,
        proptest::sample::select(kinds.to_vec()),
        proptest::sample::select(relations.to_vec()),
        proptest::option::of(proptest::sample::select(names.to_vec())),
        proptest::sample::select(&["a", "b"]),
        proptest::sample::select(texts.to_vec()),
    );
    let one = one.prop_map(|(figures, kind, relation, name, cte, text)| {
        let mut node = json!({"Node Type": kind, "Parent Relationship": relation, "CTE Name": cte, "Filter": text});
        for (key, value) in figures {
            node[key] = value;
        }
        if let Some(name) = name {
            node["Subplan Name"] = json!(name);
        }
        node
    });
    one.prop_recursive(6, 40, 4, |inner| {
        (inner.clone(), proptest::collection::vec(inner, 0..4)).prop_map(|(mut node, plans)| {
            node["Plans"] = Value::from(plans);
            node
        })
    })
}

proptest! {
    #[test]
    fn own_times_are_never_negative_and_never_more_than_the_whole(nodes in proptest::collection::vec(node(), 1..3), execution in proptest::option::of(figure())) {
        let queries = nodes.into_iter().map(|node| match &execution {
            Some(time) => json!({"Plan": node, "Execution Time": time}),
            None => json!({"Plan": node}),
        });
        let text = Value::from(queries.collect::<Vec<_>>()).to_string();
        let Ok(plan) = Plan::of(text.into()) else {
            return Err(TestCaseError::fail("refused"));
        };
        for (own, whole) in [
            (plan.nodes.iter().map(|node| node.own_time).collect::<Vec<_>>(), plan.whole_time()),
            (plan.nodes.iter().map(|node| node.own_cost).collect(), plan.whole_cost()),
        ] {
            let own: Vec<f64> = own.into_iter().flatten().collect();
            prop_assert!(own.iter().all(|own| own.is_finite() && *own >= 0.0), "{:?}", own);
            let sum: f64 = own.iter().sum();
            prop_assert!(sum <= whole.unwrap_or(0.0) * 1.000_001, "{} of {:?}", sum, whole);
        }
        // The nodes of a query have no more than its topmost node took: here no query writes.
        for query in &plan.queries {
            let root = &plan.nodes[query.root];
            let took = root.time.total.as_ref().map_or(0.0, Number::value).clamp(0.0, 1e15) * root.runs().unwrap_or(1.0);
            let own: f64 = plan.nodes[query.root..root.after].iter().filter_map(|node| node.own_time).sum();
            prop_assert!(own <= took * 1.000_001, "{} of {}", own, took);
        }
        for (at, node) in plan.nodes.iter().enumerate() {
            prop_assert!(node.after > at && node.after <= plan.nodes.len());
            prop_assert_eq!(plan.children(at).count(), plan.nodes.iter().filter(|node| node.parent == Some(at)).count());
        }
        prop_assert!(!plan.as_text().is_empty());
        prop_assert_eq!(Comparison::of(&plan, &plan).gone, 0);
    }

    #[test]
    fn any_text_is_a_plan_or_is_not(text in any::<String>(), odd in "[{}\\[\\],:\"\\\\a1 é]{0,12}") {
        let _ = (Plan::of(text.into()), Plan::of(format!("{{\"Plan\": {odd}}}").into()));
    }
}
