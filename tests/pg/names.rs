//! What completion is told of a database.

use dbkeep::data::catalog::Kind;
use dbkeep::data::names::{Names, Routine};
use dbkeep::pg::introspect;

use crate::support::{Database, link_to};

const SHOP: &str = "
    CREATE SCHEMA zoo;
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE DOMAIN feeling AS mood;
    CREATE DOMAIN deep AS feeling;
    CREATE TYPE zoo.size AS (width int, height int);
    CREATE TABLE owner (a int, gone int, b int, name varchar(20), mood deep, moods mood[], PRIMARY KEY (a, b));
    ALTER TABLE owner DROP COLUMN gone;
    CREATE TABLE pet (id int PRIMARY KEY, second int, first int, FOREIGN KEY (first, second) REFERENCES owner (a, b));
    CREATE TABLE zoo.pet (id int);
    CREATE TABLE log (at date NOT NULL, pet int REFERENCES pet) PARTITION BY RANGE (at);
    CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    CREATE FUNCTION zoo.feed(pet int, often int DEFAULT 1) RETURNS SETOF text LANGUAGE sql AS 'SELECT ''x''';
    CREATE PROCEDURE zoo.clean() LANGUAGE sql AS 'SELECT';
";

fn columns(names: &Names, schema: &str, name: &str) -> Vec<String> {
    let relation = names.relation(schema, name).unwrap();
    relation
        .columns
        .iter()
        .map(|column| format!("{} {}", column.name, column.type_name))
        .collect()
}

#[tokio::test]
async fn a_database_is_told_by_its_names() {
    let database = Database::with(SHOP).await;
    let names = introspect::names(&database.link().await).await.unwrap();
    let path: Vec<&str> = names.search_path().iter().map(|name| &**name).collect();
    assert_eq!(path, ["pg_catalog", "public"]);
    assert!(names.schemas().iter().any(|schema| &**schema == "zoo"));
    assert!(
        !names
            .schemas()
            .iter()
            .any(|schema| schema.starts_with("pg_toast"))
    );
    assert_eq!(
        columns(&names, "public", "owner"),
        [
            "a integer",
            "b integer",
            "name character varying(20)",
            "mood deep",
            "moods mood[]"
        ]
    );
    let owner = names.visible("owner").unwrap();
    let labels = owner.columns[3].labels.as_ref().unwrap();
    assert_eq!(
        labels.iter().map(|label| &**label).collect::<Vec<_>>(),
        ["sad", "ok"]
    );
    assert!(owner.columns[4].labels.is_none() && owner.columns[0].labels.is_none());

    let pet = names.visible("pet").unwrap();
    assert_eq!((&*pet.schema, pet.kind), ("public", Kind::Table));
    let keys: Vec<String> = names
        .foreign_keys_of(pet)
        .map(|key| {
            format!(
                "{}{:?} {}{:?}",
                key.from.1, key.columns, key.to.1, key.referenced
            )
        })
        .collect();
    assert!(
        keys.contains(&r#"pet["first", "second"] owner["a", "b"]"#.to_owned()),
        "{keys:?}"
    );
    assert!(
        keys.contains(&r#"log["pet"] pet["id"]"#.to_owned()),
        "{keys:?}"
    );
    assert_eq!(keys.len(), 2, "{keys:?}");
    assert!(names.visible("log_2026").unwrap().is_partition);
    assert!(
        names
            .visible("pg_class")
            .is_some_and(|class| class.columns.len() > 20)
    );

    let function = |name: &str| {
        let mut all = names.functions().iter();
        all.find(|function| &*function.name == name)
    };
    let feed = function("feed").unwrap();
    assert_eq!(&*feed.arguments, "pet integer, often integer DEFAULT 1");
    assert_eq!((&*feed.result, feed.routine), ("SETOF text", Routine::Rows));
    assert_eq!(function("clean").unwrap().routine, Routine::Procedure);
    assert_eq!(function("sum").unwrap().routine, Routine::Aggregate);
    assert_eq!(function("row_number").unwrap().routine, Routine::Window);
    assert!(function("lower").is_some() && function("now").is_some());
    assert!(function("int4pl").is_none() && function("textin").is_none());
    assert!(
        names
            .settings()
            .iter()
            .any(|setting| &**setting == "work_mem")
    );

    let kind = |name: &str| names.types().iter().find(|kind| &*kind.name == name);
    assert_eq!(&*kind("int4").unwrap().title, "integer");
    assert_eq!(&*kind("size").unwrap().title, "zoo.size");
    assert!(kind("deep").unwrap().labels.is_some());
    assert!(kind("_int4").is_none() && kind("owner").is_none());
}

#[tokio::test]
async fn what_a_role_may_not_read_is_known_by_its_name_only() {
    let database = Database::with(SHOP).await;
    let role = format!("stranger_in_{}", database.name);
    database
        .run(&format!(
            "CREATE ROLE {role} LOGIN; GRANT SELECT (name), INSERT (a) ON owner TO {role}; GRANT INSERT ON log TO {role};
             REVOKE EXECUTE ON PROCEDURE zoo.clean FROM PUBLIC"
        ))
        .await;
    let mut info = database.info();
    info.set("user", &role).unwrap();
    let names = introspect::names(&link_to(&info).await).await.unwrap();
    assert_eq!(
        columns(&names, "public", "owner"),
        ["a integer", "name character varying(20)"]
    );
    assert_eq!(columns(&names, "public", "log").len(), 2);
    assert_eq!(columns(&names, "public", "pet").len(), 0);
    assert!(
        names.relation("zoo", "pet").is_none(),
        "its schema may not be used"
    );
    assert!(
        !names
            .functions()
            .iter()
            .any(|function| &*function.name == "clean")
    );
    database
        .run(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))
        .await;
}
