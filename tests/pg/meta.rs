//! psql's commands for the catalogs, beside psql.

use dbkeep::pg::statement;
use dbkeep::sql::meta;

use crate::support::Database;

#[tokio::test]
async fn a_command_finds_what_psql_finds() {
    let database = Database::with(
        "CREATE SCHEMA shop; CREATE TYPE shop.mood AS ENUM ('sad', 'glad'); CREATE DOMAIN low AS int;
         CREATE TABLE shop.order_item (id int PRIMARY KEY, note text NOT NULL DEFAULT 'x');
         CREATE TABLE \"Order\" (id int); CREATE TABLE \"a \"\"b\"\"\" (id int); GRANT SELECT ON \"Order\" TO public; CREATE TABLE orders (id serial); CREATE VIEW seen AS SELECT 1 AS a;
         CREATE MATERIALIZED VIEW kept AS SELECT 1 AS a; CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT 2 * $1'",
    )
    .await;
    let link = database.link().await;
    // In psql's lists the name is in the second column, but for those that have no schema.
    for (line, column) in [
        ("\\dt", 1),
        ("\\dt *.*order*", 1),
        ("\\dt \"Order\"", 1),
        ("\\dt Order", 1),
        ("\\dv", 1),
        ("\\dm", 1),
        ("\\di shop.*", 1),
        ("\\ds", 1),
        ("\\df", 1),
        ("\\df shop.*", 1),
        ("\\dT", 1),
        ("\\dT shop.*", 1),
        ("\\dn", 0),
        ("\\du", 0),
        ("\\l test*", 0),
        ("\\dx", 0),
        ("\\d", 1),
        ("\\dtS pg_cl*", 1),
        ("\\dtv", 1),
        ("\\dt ord[a-z]*", 1),
        ("\\dt sho?.order_ite?", 1),
        ("\\dt \"a \"\"b\"\"\"", 1),
        ("\\dD", 1),
        ("\\dE", 1),
        ("\\dp", 1),
        ("\\z shop.*", 1),
        ("\\db", 0),
    ] {
        let psql = database.psql(&["-At", "-c", line]);
        let wanted: Vec<&str> = psql
            .lines()
            .filter_map(|row| row.split('|').nth(column))
            .filter(|name| !name.is_empty())
            .collect();
        let sql = meta::statement(line).unwrap();
        let table = statement::run(&link, &sql).await.unwrap();
        let found: Vec<String> = (0..table.rows.len())
            .filter_map(|row| table.rows.values(row, &[column]).pop().flatten())
            .collect();
        assert_eq!(found, wanted, "{line}: {psql}");
    }
}

/// What a command returns, row by row.
async fn rows(database: &Database, command: &str) -> Vec<Vec<String>> {
    let link = database.link().await;
    let sql = meta::statement(command).unwrap();
    let table = statement::run(&link, &sql).await.unwrap();
    let columns: Vec<usize> = (0..table.columns.len()).collect();
    let row = |row| {
        let values = table.rows.values(row, &columns).into_iter();
        values.map(Option::unwrap_or_default).collect()
    };
    (0..table.rows.len()).map(row).collect()
}

const DESCRIBED: &str = "
    CREATE SCHEMA shop;
    CREATE TABLE shop.customer (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE \"C\" NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED);
    CREATE TABLE shop.\"Order\" (
        id bigserial PRIMARY KEY, customer_id int REFERENCES shop.customer ON DELETE CASCADE,
        n int NOT NULL DEFAULT 1 CHECK (n > 0), total numeric(10,2) GENERATED ALWAYS AS (n * 2) STORED,
        during int4range, EXCLUDE USING gist (during WITH &&));
    CREATE INDEX \"by n\" ON shop.\"Order\" (n DESC, (total + 1)) WHERE n > 1;
    ALTER TABLE shop.\"Order\" CLUSTER ON \"Order_pkey\";
    CREATE STATISTICS shop.both (dependencies) ON customer_id, n FROM shop.\"Order\";
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
    CREATE TRIGGER touched BEFORE UPDATE OF n ON shop.\"Order\" FOR EACH ROW WHEN (old.n <> new.n) EXECUTE FUNCTION touch();
    CREATE TRIGGER off AFTER INSERT ON shop.\"Order\" EXECUTE FUNCTION touch();
    ALTER TABLE shop.\"Order\" DISABLE TRIGGER off;
    ALTER TABLE shop.\"Order\" ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON shop.\"Order\" AS RESTRICTIVE FOR UPDATE TO pg_monitor USING (n > 0) WITH CHECK (n > 1);
    CREATE RULE quiet AS ON DELETE TO shop.\"Order\" WHERE old.n = 1 DO INSTEAD NOTHING;
    CREATE TABLE shop.event (at date NOT NULL, customer_id int REFERENCES shop.customer, PRIMARY KEY (at)) PARTITION BY RANGE (at);
    CREATE TABLE shop.event_old PARTITION OF shop.event FOR VALUES FROM ('2000-01-01') TO ('2020-01-01');
    CREATE TABLE shop.event_new PARTITION OF shop.event DEFAULT;
    CREATE TABLE shop.base (a int); CREATE TABLE shop.child (b int) INHERITS (shop.base);
    CREATE VIEW shop.seen AS SELECT id, n FROM shop.\"Order\" WHERE n > 1;
    CREATE MATERIALIZED VIEW shop.kept AS SELECT 1 AS a; CREATE UNIQUE INDEX ON shop.kept (a);
    CREATE SEQUENCE shop.counter AS smallint INCREMENT 2 CYCLE;
    CREATE TYPE shop.pair AS (a int, b text);";

/// What is said of a relation beside its columns, as psql writes it below them.
fn as_psql(row: &[String]) -> Option<String> {
    let [_, part, name, definition, ..] = row else {
        return None;
    };
    Some(match part.as_str() {
        "index" | "check" if !name.is_empty() => format!("\"{name}\" {definition}"),
        "foreign key" | "referenced by" if definition.starts_with("TABLE ") => {
            let (table, rest) = definition[6..].split_once(" FOREIGN").unwrap();
            format!("TABLE \"{table}\" CONSTRAINT \"{name}\" FOREIGN{rest}")
        }
        "foreign key" => format!("\"{name}\" {definition}"),
        "trigger" | "trigger, disabled" | "partition" => definition.clone(),
        "partition of" => format!("Partition of: {definition}"),
        "partition key" => format!("Partition key: {definition}"),
        "owned by" => format!("Owned by: {definition}"),
        "inherits" => format!("Inherits: {definition}"),
        _ => return None,
    })
}

#[tokio::test]
async fn a_relation_is_described_as_psql_describes_it() {
    let database = Database::with(DESCRIBED).await;
    for name in [
        "shop.customer",
        "shop.\"Order\"",
        "shop.event",
        "shop.event_old",
        "shop.event_new",
        "shop.base",
        "shop.child",
        "shop.seen",
        "shop.kept",
        "shop.counter",
        "shop.pair",
        "shop.\"Order_id_seq\"",
    ] {
        let line = format!("\\d+ {name}");
        let psql = database.psql(&["-P", "tuples_only=off", "-P", "footer=on", "-c", &line]);
        let found = rows(&database, &line).await;
        let mut columns = psql.lines().skip(2).filter(|line| line.contains('|'));
        for row in found.iter().filter(|row| row[1] == "column") {
            let wanted: Vec<&str> = columns.next().unwrap().split('|').collect();
            assert_eq!(row[2], wanted[0], "{name}: {psql}");
            assert_eq!(row[3].split(" collate ").next(), Some(wanted[1]), "{name}");
            if !name.ends_with("pair") && wanted.len() > 5 {
                assert_eq!(
                    (row[4].as_str(), row[5].as_str()),
                    (wanted[3], wanted[4]),
                    "{name}"
                );
            }
        }
        let said: Vec<String> = found.iter().filter_map(|row| as_psql(row)).collect();
        for line in &said {
            let is_there = psql.lines().any(|psql| {
                let psql = psql.trim().trim_end_matches(',');
                psql == line
                    || psql.strip_prefix("Partitions: ") == Some(line)
                    || psql.strip_prefix("Child tables: ") == Some(line)
            });
            assert!(is_there, "{name}: {line:?} is not in {psql}");
        }
        // What stands further in below the columns is nothing but that, the policies and the view.
        let sections = [
            "Indexes:",
            "Check constraints:",
            "Foreign-key constraints:",
            "Referenced by:",
            "Triggers:",
            "Disabled user triggers:",
        ];
        let mut in_section = false;
        let mut count = 0;
        for line in psql.lines() {
            if line.starts_with("    ") {
                count += usize::from(in_section);
            } else {
                in_section = sections.contains(&line);
            }
        }
        let parts = [
            "index",
            "check",
            "foreign key",
            "referenced by",
            "trigger",
            "trigger, disabled",
        ];
        let of_sections = found
            .iter()
            .filter(|row| parts.contains(&row[1].as_str()) && !row[2].is_empty());
        assert_eq!(of_sections.count(), count, "{name}: {psql}");
    }
}

#[tokio::test]
async fn what_psql_says_in_other_words_is_said_too() {
    let database = Database::with(DESCRIBED).await;
    let part = |found: &[Vec<String>], part: &str| -> Vec<String> {
        let rows = found.iter().filter(|row| row[1] == part);
        rows.map(|row| format!("{} {}", row[2], row[3])).collect()
    };
    let order = rows(&database, "\\d shop.\"Order\"").await;
    assert_eq!(
        part(&order, "policy"),
        ["own AS RESTRICTIVE FOR UPDATE TO pg_monitor USING ((n > 0)) WITH CHECK ((n > 1))"]
    );
    assert_eq!(part(&order, "row security"), [" enabled"]);
    assert_eq!(
        part(&order, "statistics"),
        ["both (dependencies) ON customer_id, n FROM shop.\"Order\""]
    );
    assert_eq!(part(&order, "rule").len(), 1);
    let seen = rows(&database, "\\d+ shop.seen").await;
    assert!(part(&seen, "view definition")[0].contains("WHERE \"Order\".n > 1"));
    assert!(part(&rows(&database, "\\d shop.seen").await, "view definition").is_empty());
    let counter = rows(&database, "\\d shop.counter").await;
    assert!(part(&counter, "sequence").contains(&"increment 2".to_owned()));
    let index = rows(&database, "\\d shop.\"by n\"").await;
    assert_eq!(
        part(&index, "index"),
        [" btree, for table shop.\"Order\", predicate (n > 1)"]
    );
    let found = rows(&database, "\\d shop.event*").await;
    let mut names: Vec<&str> = found.iter().map(|row| row[0].as_str()).collect();
    names.dedup();
    assert_eq!(
        names,
        [
            "shop.event",
            "shop.event_new",
            "shop.event_new_pkey",
            "shop.event_old",
            "shop.event_old_pkey",
            "shop.event_pkey"
        ]
    );
}

#[tokio::test]
async fn the_text_of_functions_and_views_is_that_of_psql() {
    let database = Database::with(
        "CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT 2 * $1';
         CREATE FUNCTION twice(text) RETURNS text LANGUAGE sql AS 'SELECT $1 || $1';
         CREATE FUNCTION once() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW seen AS SELECT 1 AS a",
    )
    .await;
    for line in ["\\sf once", "\\sf twice(int)", "\\sf public.twice(text)"] {
        let found = rows(&database, line).await;
        assert_eq!(
            found[0][0].trim(),
            database.psql(&["-c", line]).trim(),
            "{line}"
        );
    }
    let view = rows(&database, "\\sv seen").await;
    let psql = database.psql(&["-c", "\\sv seen"]);
    let bare = |text: &str| {
        text.replace("public.", "")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(bare(&view[0][0]).trim_end_matches(';'), bare(&psql));
    // Which of two is meant cannot be known.
    let link = database.link().await;
    let sql = meta::statement("\\sf twice").unwrap();
    let fault = statement::run(&link, &sql).await.unwrap_err();
    assert!(fault.what.contains("more than one function"), "{fault}");
}

#[tokio::test]
async fn where_one_is_connected_is_told() {
    let database = Database::with("SELECT 1").await;
    let Ok(meta::Meta::Statement(sql)) = meta::read("\\conninfo") else {
        panic!("it is no statement");
    };
    let whether = format!(
        "SELECT database || ' ' || host || ' ' || tls || ' ' || (process = pg_backend_pid()) FROM ({sql}) AS told"
    );
    let told = database.value(&whether).await;
    assert!(told.ends_with(" local socket none true"), "{told}");
}
