//! Foreign keys are read as they are, lead to their rows, and back to those that refer to them.

use std::sync::Arc;
use std::time::Duration;

use dbkeep::data::foreign::{Equals, ForeignKey};
use dbkeep::data::relation::{Page, Relation};
use dbkeep::fault::Fault;
use dbkeep::pg::{Pool, link, referrers};
use dbkeep::studio::work::server::Server;
use dbkeep::studio::work::{DbReply, DbRequest, Part, Refer, Ticket};
use tokio::sync::mpsc;

use crate::support::Database;

const LINKED: &str = "
    CREATE SCHEMA \"Other\";
    CREATE TABLE \"Other\".shop (city text, \"Nr\" int, boss int, PRIMARY KEY (\"Nr\", city));
    CREATE TABLE person (id bigint PRIMARY KEY, email varchar(40) UNIQUE NOT NULL, chief bigint REFERENCES person);
    CREATE TABLE visit (day date, who varchar(40) REFERENCES person (email), nr int, town text,
        FOREIGN KEY (town, nr) REFERENCES \"Other\".shop (city, \"Nr\"), FOREIGN KEY (nr) REFERENCES person (id));
    INSERT INTO \"Other\".shop SELECT 'town ' || i % 9, i, i FROM generate_series(1, 900) i;
    INSERT INTO person SELECT i, 'p' || i || '@x', nullif(i / 10, 0) FROM generate_series(1, 900) i;
    INSERT INTO visit SELECT date '2025-01-01' + i, 'p' || i % 30 + 1 || '@x', i, 'town ' || i % 9
        FROM generate_series(1, 600) i";

fn equals(pairs: &[(&str, &str)]) -> Equals {
    let owned = |(column, value): &(&str, &str)| ((*column).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

/// What comes for a request: the relation, the page, and the fault it ended with.
#[derive(Default)]
struct Answer {
    relation: Option<Arc<Relation>>,
    page: Option<Page>,
    fault: Option<Fault>,
}

async fn ask(database: &Database, request: Refer) -> Answer {
    let (replies, mut answers) = mpsc::unbounded_channel();
    let pool = Pool::new(database.connector(), link::nobody()).unwrap();
    let mut server = Server::new(pool, replies);
    server.begin(Ticket(1), DbRequest::Refer(request));
    let mut answer = Answer::default();
    while let Some((_, reply)) = answers.recv().await {
        match reply {
            DbReply::Part(Part::Relation(relation)) => answer.relation = Some(relation),
            DbReply::Part(Part::Page(page)) => answer.page = Some(page),
            DbReply::Part(_) => {}
            DbReply::Failed(fault) => {
                answer.fault = Some(fault);
                break;
            }
            DbReply::Done | DbReply::Cancelled => break,
        }
    }
    answer
}

async fn found(database: &Database, table: &str, pairs: &[(&str, &str)], alone: bool) -> Answer {
    let request = Refer::Find {
        object: Box::new(database.object(table).await),
        equals: equals(pairs),
        alone,
        limit: 50,
    };
    ask(database, request).await
}

#[tokio::test]
async fn the_keys_of_a_relation_name_their_columns_and_where_they_lead() {
    let database = Database::with(LINKED).await;
    let person = database.object("person").await.oid;
    let shop = database.object("shop").await.oid;
    let keys = database.relation("visit").await.foreign_keys;
    let key = |columns: &[&str], table, referenced: &[&str]| ForeignKey {
        columns: columns.iter().map(ToString::to_string).collect(),
        table,
        referenced: referenced.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(
        keys,
        [
            key(&["nr"], person, &["id"]),
            key(&["who"], person, &["email"]),
            key(&["town", "nr"], shop, &["city", "Nr"]),
        ]
    );
}

#[tokio::test]
async fn a_reference_opens_its_table_at_the_row_and_a_key_of_two_columns_too() {
    let database = Database::with(LINKED).await;
    let town = found(
        &database,
        "shop",
        &[("city", "town 2"), ("Nr", "560")],
        false,
    )
    .await;
    let page = town.page.unwrap();
    let first = page.rows.values(0, &[0, 1, 2]);
    let texts: Vec<&str> = first.iter().flatten().map(String::as_str).collect();
    assert_eq!(texts, ["town 2", "560", "560"]);
    assert_eq!(page.rows.len(), 50, "the rows after it are there too");
    // By a unique column that the table is not paged by.
    let person = found(&database, "person", &[("email", "p77@x")], false).await;
    let page = person.page.unwrap();
    assert_eq!(page.rows.values(0, &[0])[0].as_deref(), Some("77"));
    assert_eq!(page.rows.values(1, &[0])[0].as_deref(), Some("78"));
    let gone = found(&database, "person", &[("email", "nobody")], false).await;
    assert!(gone.relation.is_some() && gone.page.is_none());
    assert_eq!(
        gone.fault.unwrap().what,
        "the row it refers to is not there"
    );
}

#[tokio::test]
async fn a_table_without_an_order_of_its_own_is_gone_to_as_well() {
    let database = Database::with(
        "CREATE TABLE heap (id int UNIQUE DEFERRABLE, t text);
         INSERT INTO heap SELECT i, repeat('x', 500) FROM generate_series(1, 3000) i;
         CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE heir () INHERITS (parent);
         INSERT INTO parent VALUES (1), (2); INSERT INTO heir VALUES (3)",
    )
    .await;
    let heap = found(&database, "heap", &[("id", "2990")], false).await;
    let page = heap.page.unwrap();
    assert_eq!(page.rows.values(0, &[0])[0].as_deref(), Some("2990"));
    let parent = found(&database, "parent", &[("id", "2")], false).await;
    let page = parent.page.unwrap();
    assert_eq!((page.rows.len(), page.more), (1, false));
    let request = Refer::Peek {
        object: Box::new(database.object("parent").await),
        equals: equals(&[("id", "3")]),
    };
    let page = ask(&database, request).await.page.unwrap();
    assert_eq!(page.rows.values(0, &[0])[0].as_deref(), Some("3"));
}

#[tokio::test]
async fn a_look_at_a_row_reads_it_alone() {
    let database = Database::with(LINKED).await;
    let request = |email: &str, object| Refer::Peek {
        object: Box::new(object),
        equals: equals(&[("email", email)]),
    };
    let person = database.object("person").await;
    let page = ask(&database, request("p9@x", person.clone())).await.page;
    let page = page.unwrap();
    assert_eq!(page.rows.len(), 1);
    assert_eq!(page.rows.values(0, &[0, 2])[0].as_deref(), Some("9"));
    assert_eq!(page.rows.cell(0, 2).unwrap().text, None);
    let page = ask(&database, request("nobody", person)).await.page;
    assert!(page.unwrap().rows.is_empty());
}

#[tokio::test]
async fn who_refers_to_a_row_is_counted() {
    let database = Database::with(LINKED).await;
    let link = database.link().await;
    let person = database.object("person").await.oid;
    let all = referrers::referrers(&link, person).await.unwrap();
    let row = |column: &str| match column {
        "id" => Some("5".to_owned()),
        "email" => Some("p5@x".to_owned()),
        _ => None,
    };
    let mut counts = Vec::new();
    for referrer in &all {
        let equals = referrer.comes_from(row).unwrap();
        let rows = referrers::rows(&link, referrer, &equals, Duration::from_secs(5)).await;
        counts.push((
            referrer.name.as_str(),
            referrer.columns[0].as_str(),
            rows.unwrap().unwrap(),
        ));
    }
    let wanted = [
        ("person", "chief", 10),
        ("visit", "nr", 1),
        ("visit", "who", 20),
    ];
    assert_eq!(counts, wanted);
    // Those that refer to it are then shown alone.
    let visits = found(&database, "visit", &[("who", "p5@x")], true).await;
    assert_eq!(visits.page.unwrap().rows.len(), 20);
    let shop = database.object("shop").await.oid;
    let all = referrers::referrers(&link, shop).await.unwrap();
    let row = |column: &str| (column == "city").then(|| "town 1".to_owned());
    assert_eq!(all[0].comes_from(row), Err("Nr".to_owned()));
}

#[tokio::test]
async fn a_count_that_takes_too_long_is_given_up_and_one_that_is_refused_spoils_no_other() {
    let database = Database::with(
        "CREATE TABLE t (id int PRIMARY KEY);
         CREATE TABLE a (t int REFERENCES t); CREATE TABLE b (t int REFERENCES t);
         INSERT INTO t VALUES (1); INSERT INTO b VALUES (1)",
    )
    .await;
    let oid = database.object("t").await.oid;
    let mut all = referrers::referrers(&database.link().await, oid)
        .await
        .unwrap();
    all[0].name = "no such table".to_owned();
    let wanted = all.into_iter().map(|one| (one, equals(&[("t", "1")])));
    let request = Refer::Count {
        referrers: wanted.collect(),
        deadline: Duration::from_secs(5),
    };
    let (replies, mut answers) = mpsc::unbounded_channel();
    let pool = Pool::new(database.connector(), link::nobody()).unwrap();
    let mut server = Server::new(pool, replies);
    server.begin(Ticket(1), DbRequest::Refer(request));
    let mut parts = Vec::new();
    while let Some((_, DbReply::Part(part))) = answers.recv().await {
        parts.push(part);
    }
    assert_eq!(
        parts,
        [Part::Referring(0, None), Part::Referring(1, Some(1))]
    );
    let link = database.link().await;
    let holder = database.link().await;
    dbkeep::pg::statement::run(&holder, "BEGIN; LOCK TABLE b")
        .await
        .unwrap();
    let all = referrers::referrers(&link, oid).await.unwrap();
    let (one, limit) = (equals(&[("t", "1")]), Duration::from_millis(100));
    let counted = referrers::rows(&link, &all[1], &one, limit).await;
    assert_eq!(counted.unwrap(), None);
}

/// PostgreSQL keeps copies of the keys of partitioned tables for each partition.
#[tokio::test]
async fn the_copies_that_partitions_have_are_left_out() {
    let database = Database::with(
        "CREATE TABLE target (id int PRIMARY KEY) PARTITION BY RANGE (id);
         CREATE TABLE target1 PARTITION OF target FOR VALUES FROM (0) TO (10);
         CREATE TABLE target2 PARTITION OF target FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (id);
         CREATE TABLE target21 PARTITION OF target2 FOR VALUES FROM (10) TO (15);
         CREATE TABLE source (t int REFERENCES target) PARTITION BY RANGE (t);
         CREATE TABLE source1 PARTITION OF source FOR VALUES FROM (0) TO (10)",
    )
    .await;
    let target = database.object("target").await.oid;
    for name in ["source", "source1"] {
        let keys = database.relation(name).await.foreign_keys;
        let tables: Vec<u32> = keys.iter().map(|key| key.table).collect();
        assert_eq!(tables, [target], "{name}");
    }
    let link = database.link().await;
    for name in ["target", "target1", "target21"] {
        let oid = database.object(name).await.oid;
        let all = referrers::referrers(&link, oid).await.unwrap();
        let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["source"], "{name}");
    }
}
