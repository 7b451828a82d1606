//! What the tree and the structure screen are told.

use std::time::Duration;

use dbkeep::data::catalog::{Catalog, Count, Kind, Object};
use dbkeep::data::relation::Seek;
use dbkeep::pg::browse::Cursor;
use dbkeep::pg::{count, introspect, statement};

use crate::support::{Database, link_to};

const SHOP: &str = "
    CREATE SCHEMA zoo;
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE DOMAIN age AS int CHECK (VALUE > 0);
    CREATE TABLE owner (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, mood mood DEFAULT 'ok');
    COMMENT ON TABLE owner IS 'who it belongs to';
    COMMENT ON COLUMN owner.name IS 'as on the door';
    CREATE TABLE pet (
        id int PRIMARY KEY, owner_id int REFERENCES owner ON DELETE CASCADE, age age,
        twice int GENERATED ALWAYS AS (id * 2) STORED, CONSTRAINT odd CHECK (id % 2 = 1));
    CREATE INDEX pet_owner ON pet (owner_id);
    CREATE TABLE log (at date NOT NULL, note text) PARTITION BY RANGE (at);
    CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    CREATE VIEW names AS SELECT name FROM owner;
    CREATE MATERIALIZED VIEW names_kept AS SELECT name FROM owner;
    CREATE SEQUENCE counter;
    CREATE FUNCTION zoo.feed(pet int) RETURNS void LANGUAGE sql AS 'SELECT';
    CREATE FUNCTION zoo.watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER watched BEFORE UPDATE ON pet FOR EACH ROW EXECUTE FUNCTION zoo.watch();
    ALTER TABLE pet ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON pet FOR SELECT USING (owner_id > 0);
    INSERT INTO owner (name) VALUES ('Ada'), ('Bob');
    INSERT INTO pet VALUES (1, 1, 3), (3, 1, NULL);
    ANALYZE owner;
";

#[tokio::test]
async fn every_kind_of_object_is_in_its_place() {
    let database = Database::with(SHOP).await;
    let link = database.link().await;
    let mut catalog = introspect::catalog(&link, false).await.unwrap();
    let others = introspect::types_and_functions(&link, false).await;
    catalog.set_types_and_functions(others.unwrap());
    assert_eq!(catalog.schemas, ["public", "zoo"]);
    assert_eq!(catalog.database, database.name);
    let seen: Vec<(Kind, &str)> = catalog
        .objects
        .iter()
        .map(|object| (object.kind, object.name.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (Kind::Table, "log_2026"),
            (Kind::Table, "owner"),
            (Kind::Table, "pet"),
            (Kind::Partitioned, "log"),
            (Kind::View, "names"),
            (Kind::MaterializedView, "names_kept"),
            (Kind::Sequence, "counter"),
            (Kind::Sequence, "owner_id_seq"),
            (Kind::Enum, "mood"),
            (Kind::Domain, "age"),
            (Kind::Function, "feed"),
            (Kind::Function, "watch"),
        ]
    );
    let object = |name: &str| {
        catalog
            .objects
            .iter()
            .find(|object| object.name == name)
            .unwrap()
    };
    assert_eq!(object("owner").count, Count::Estimate(2));
    assert_eq!(object("pet").count, Count::Unknown);
    assert_eq!(object("log_2026").parent, Some(object("log").oid));
    assert_eq!(object("mood").detail, "sad, ok");
    assert_eq!(object("age").detail, "integer");
    assert_eq!(object("feed").detail, "pet integer");
    let all = introspect::catalog(&database.link().await, true)
        .await
        .unwrap();
    assert!(all.schemas.contains(&"pg_catalog".to_owned()));
    assert!(
        !all.schemas.contains(&"pg_toast".to_owned()),
        "it would look empty"
    );
}

/// What the tree begins with is what it will go on to be: nothing moves when the rest is there.
#[tokio::test]
async fn the_beginning_of_the_tree_is_the_beginning_of_all_of_it() {
    let database = Database::with(SHOP).await;
    database
        .run("CREATE SCHEMA \"An odd one\"; CREATE TABLE \"An odd one\".\"B\" (); CREATE TABLE \"An odd one\".a ()")
        .await;
    for (path, begins) in [
        ("public", "log owner pet"),
        ("nowhere,public", "log owner pet"),
        ("\"An\\ odd\\ one\",public", "B a"),
        ("zoo,public", ""),
        ("pg_catalog,public", ""),
        ("nowhere", ""),
    ] {
        let mut info = database.info();
        info.set("options", &format!("-c search_path={path}"))
            .unwrap();
        let link = link_to(&info).await;
        let all = introspect::catalog(&link, false).await.unwrap();
        let beginning = introspect::beginning(&link, 9).await.unwrap();
        assert!(beginning.is_beginning && !all.is_beginning);
        let names: Vec<&str> = beginning.objects.iter().map(|o| o.name.as_str()).collect();
        assert_eq!(names.join(" "), begins, "{path}");
        assert!(beginning.objects.iter().all(|o| all.objects.contains(o)));
        let facts = |catalog: &Catalog| {
            let Catalog {
                version,
                database,
                user,
                ..
            } = catalog.clone();
            (version, database, user, catalog.read_only)
        };
        assert_eq!(facts(&beginning), facts(&all));
        if !begins.is_empty() {
            assert_eq!(beginning.schemas, all.schemas[..1]);
            assert_eq!(beginning.first_table(), all.first_table());
            let fewer = introspect::beginning(&link, 1).await.unwrap();
            assert_eq!(fewer.objects, beginning.objects[..1]);
        }
    }
}

#[tokio::test]
async fn columns_tell_their_keys_and_casts() {
    let database = Database::with(SHOP).await;
    let pet = database.relation("pet").await;
    let owner = pet
        .columns
        .iter()
        .find(|column| column.name == "owner_id")
        .unwrap();
    assert!(owner.key.foreign && !owner.key.primary);
    assert!(pet.columns[0].key.primary && pet.columns[0].not_null);
    assert!(pet.columns[3].generated);
    // A cast to the domain itself would cut what is too long for the type under it.
    assert_eq!(pet.columns[2].cast, "pg_catalog.int4");
    assert_eq!(pet.columns[2].category, 'N');
    let people = database.relation("owner").await;
    assert!(people.columns[1].key.unique);
}

#[tokio::test]
async fn what_a_role_may_not_read_is_locked_and_the_rest_is_shown() {
    let database = Database::with(SHOP).await;
    let role = format!("guest_of_{}", database.name);
    database
        .run(&format!(
            "CREATE ROLE {role} LOGIN; GRANT SELECT ON pet TO {role}; GRANT SELECT (name) ON owner TO {role};
             GRANT USAGE ON SCHEMA zoo TO {role}"
        ))
        .await;
    let mut info = database.info();
    info.set("user", &role).unwrap();
    let link = link_to(&info).await;
    let catalog = introspect::catalog(&link, false).await.unwrap();
    let object = |name: &str| {
        catalog
            .objects
            .iter()
            .find(|object| object.name == name)
            .unwrap()
    };
    assert!(object("pet").readable && object("owner").readable && !object("log_2026").readable);
    let owner = introspect::relation(&link, object("owner")).await.unwrap();
    assert_eq!((owner.columns.len(), owner.locked_columns), (1, 2));
    // Neither the key nor `ctid` is granted, so that only a cursor is left.
    let cursor = Cursor::open(link_to(&info).await, &owner).await.unwrap();
    let page = cursor.page(&Seek::First, 9).await.unwrap();
    assert_eq!(page.rows.len(), 2);
    drop(cursor);
    let fault = introspect::relation(&link, object("log_2026"))
        .await
        .unwrap_err();
    assert!(fault.remedy.unwrap().contains("GRANT"));
    drop(link);
    database
        .run(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))
        .await;
}

#[tokio::test]
async fn who_has_the_owners_rights_reads_what_the_owner_reads_where_the_schema_may_be_used() {
    let database = Database::with("CREATE SCHEMA shut; CREATE SCHEMA ajar").await;
    let (owner, member) = (
        format!("owner_of_{}", database.name),
        format!("member_of_{}", database.name),
    );
    database
        .run(&format!(
            "CREATE ROLE {owner}; CREATE ROLE {member} LOGIN IN ROLE {owner}; GRANT USAGE ON SCHEMA ajar TO {member};
             CREATE TABLE ajar.theirs (); CREATE TABLE ajar.taken (); CREATE TABLE ajar.mine (); CREATE TABLE shut.theirs_too ();
             ALTER TABLE ajar.theirs OWNER TO {owner}; ALTER TABLE ajar.taken OWNER TO {owner};
             ALTER TABLE shut.theirs_too OWNER TO {owner}; REVOKE ALL ON ajar.taken FROM {owner}"
        ))
        .await;
    let mut info = database.info();
    info.set("user", &member).unwrap();
    let link = link_to(&info).await;
    let catalog = introspect::catalog(&link, false).await.unwrap();
    assert_eq!(catalog.schemas, ["public", "ajar", "shut"]);
    let readable: Vec<(&str, bool)> = catalog
        .objects
        .iter()
        .map(|object| (object.name.as_str(), object.readable))
        .collect();
    assert_eq!(
        readable,
        [
            ("mine", false),
            ("taken", false),
            ("theirs", true),
            ("theirs_too", false)
        ]
    );
    drop(link);
    database
        .run(&format!(
            "DROP OWNED BY {owner}, {member}; DROP ROLE {member}, {owner}"
        ))
        .await;
}

#[tokio::test]
async fn structure_tells_everything() {
    let database = Database::with(SHOP).await;
    let link = database.link().await;
    let pet = introspect::structure(&link, database.object("pet").await.oid)
        .await
        .unwrap();
    assert_eq!(pet.attributes.len(), 4);
    assert_eq!(pet.attributes[3].default.as_deref(), Some("(id * 2)"));
    assert!(pet.attributes[3].generated);
    assert_eq!(pet.keys[0].definition, "PRIMARY KEY (id)");
    assert_eq!(
        pet.references[0].definition,
        "FOREIGN KEY (owner_id) REFERENCES owner(id) ON DELETE CASCADE"
    );
    assert_eq!(pet.checks[0].name, "odd");
    assert_eq!(pet.indexes.len(), 2);
    assert_eq!(pet.triggers[0].name, "watched");
    assert!(
        pet.row_security
            && pet.policies[0]
                .definition
                .contains("FOR SELECT TO PUBLIC USING")
    );
    assert!(pet.sizes[2] >= pet.sizes[0]);
    let owner = introspect::structure(&link, database.object("owner").await.oid)
        .await
        .unwrap();
    assert_eq!(owner.referenced_by[0].note, "public.pet");
    assert_eq!(owner.comment.as_deref(), Some("who it belongs to"));
    assert_eq!(owner.attributes[0].identity.as_deref(), Some("ALWAYS"));
    assert_eq!(
        owner.attributes[1].comment.as_deref(),
        Some("as on the door")
    );
    let log = introspect::structure(&link, database.object("log").await.oid)
        .await
        .unwrap();
    assert_eq!(log.clause.as_deref(), Some("PARTITION BY RANGE (at)"));
    assert_eq!(log.partitions[0].name, "public.log_2026");
}

/// Who puts `pg_catalog` behind another schema may have a function of the same name there.
#[tokio::test]
async fn what_others_call_alike_is_not_taken_for_the_servers_own() {
    let database = Database::with(
        "CREATE FUNCTION current_setting(text) RETURNS text LANGUAGE sql AS $$SELECT 'theirs'::text$$;
         CREATE TABLE t (id int PRIMARY KEY)",
    )
    .await;
    let path = format!(
        "ALTER DATABASE {} SET search_path = public, pg_catalog",
        database.name
    );
    database.run(&path).await;
    let link = database.link().await;
    let catalog = introspect::catalog(&link, false).await.unwrap();
    assert_eq!(catalog.objects.len(), 1);
    let relation = introspect::relation(&link, &catalog.objects[0]).await;
    assert!(relation.unwrap().allows.update);
}

/// The DDL that is offered for copying, run in another database, makes the same structure again.
#[tokio::test]
async fn the_ddl_makes_the_same_again() {
    let database = Database::with(SHOP).await;
    let link = database.link().await;
    let other = Database::with(
        "CREATE SCHEMA zoo; CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN age AS int CHECK (VALUE > 0);
         CREATE FUNCTION zoo.watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    )
    .await;
    for name in ["owner", "pet", "log", "log_2026", "names", "names_kept"] {
        let structure = introspect::structure(&link, database.object(name).await.oid)
            .await
            .unwrap();
        let ddl = structure.ddl;
        other.run(&format!("SET search_path = ''; {ddl}")).await;
        let again = introspect::structure(&other.link().await, other.object(name).await.oid)
            .await
            .unwrap();
        assert_eq!(again.ddl, ddl);
    }
}

#[tokio::test]
async fn a_count_is_exact_or_gives_up_at_its_deadline() {
    let database = Database::with(
        "CREATE TABLE few AS SELECT generate_series(1, 1234);
         CREATE FUNCTION slow() RETURNS SETOF int LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); END';
         CREATE VIEW never AS SELECT * FROM slow()",
    )
    .await;
    let link = database.link().await;
    let soon = Duration::from_millis(200);
    let (few, never) = (database.object("few").await, database.object("never").await);
    let counted = count::exact(&link, std::slice::from_ref(&few), soon).await;
    assert_eq!(counted, Ok(Some(vec![(few.oid, 1234)])));
    let both = [few.clone(), few.clone()];
    let counted = count::exact(&link, &both, soon).await;
    assert_eq!(counted, Ok(Some(vec![(few.oid, 1234); 2])));
    assert_eq!(count::exact(&link, &[never], soon).await, Ok(None));
    let gone = Object {
        name: "gone".to_owned(),
        ..few.clone()
    };
    assert!(count::exact(&link, &[few, gone], soon).await.is_err());
    let after = statement::run(&link, "SELECT current_setting('statement_timeout')")
        .await
        .unwrap();
    assert_eq!(
        after.rows.cell(0, 0).unwrap().text,
        Some("0"),
        "the deadline ended with its count"
    );
}
