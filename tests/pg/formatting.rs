//! What was formatted means the same to the server.

use dbkeep::pg::statement;
use dbkeep::sql::format;
use dbkeep::sql::script::statements;

use crate::support::Database;

const DEMO: &str = include_str!("../../assets/demo.sql");

/// What a schema is made of, in the server's words.
const SCHEMA: &str = "
    SELECT string_agg(made, E'\\n' ORDER BY made) FROM (
        SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname IN ('public', 'shop') AND p.prokind <> 'a'
        UNION ALL SELECT c.relname || pg_get_viewdef(c.oid) FROM pg_class c WHERE c.relkind IN ('v', 'm') AND c.oid > 16384
        UNION ALL SELECT k.conrelid::regclass || pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.oid > 16384
        UNION ALL SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indexrelid > 16384 AND i.indrelid::regclass::text NOT LIKE 'pg_toast%'
        UNION ALL SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE NOT t.tgisinternal
        UNION ALL SELECT a.attrelid::regclass || a.attname || format_type(a.atttypid, a.atttypmod) || a.attnotnull
                         || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || coalesce(col_description(a.attrelid, a.attnum), '')
                    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                   WHERE a.attnum > 0 AND a.attrelid > 16384 AND a.attrelid::regclass::text NOT LIKE 'pg_toast%'
        UNION ALL SELECT schemaname || tablename || policyname || roles::text || coalesce(qual, '') || coalesce(with_check, '') FROM pg_policies
    ) all_of_it (made)";

/// A database made by a script as psql runs it.
async fn made_by(script: &str) -> Database {
    let database = Database::new().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), script).unwrap();
    let path = file.path().to_str().unwrap();
    database.psql(&["-q", "-v", "ON_ERROR_STOP=1", "-f", path]);
    database
}

#[tokio::test]
async fn a_formatted_script_makes_the_same_schema() {
    let formatted = format::script(DEMO, &statements(DEMO), |_| true);
    assert_eq!(formatted.left, None);
    assert_ne!(formatted.text, DEMO);
    let one = made_by(DEMO).await;
    let other = made_by(&formatted.text).await;
    let made = one.value(SCHEMA).await;
    assert!(made.len() > 5_000, "{made}");
    let again = other.value(SCHEMA).await;
    for (one, other) in made.lines().zip(again.lines()) {
        assert_eq!(one, other);
    }
    assert_eq!(made.lines().count(), again.lines().count());
}

#[tokio::test]
async fn the_queries_of_the_servers_own_views_stay_what_they_are() {
    let database = Database::with("CREATE SCHEMA formatted").await;
    let link = database.link().await;
    let views = "SELECT c.relname, pg_get_viewdef(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE c.relkind = 'v' AND n.nspname IN ('pg_catalog', 'information_schema') ORDER BY n.nspname, c.relname";
    let found = statement::run(&link, views).await.unwrap();
    assert!(found.rows.len() > 100);
    // The names of the types of the views' schema are known without it.
    statement::run(&link, "SET search_path = information_schema, formatted")
        .await
        .unwrap();
    for row in 0..found.rows.len() {
        let mut values = found.rows.values(row, &[0, 1]).into_iter().flatten();
        let (name, query) = (values.next().unwrap(), values.next().unwrap());
        let query = query.trim_end_matches(';');
        let formatted = format::statement(query).unwrap();
        assert_eq!(
            format::statement(&formatted).as_ref(),
            Ok(&formatted),
            "{name}"
        );
        let long = formatted
            .lines()
            .filter(|line| line.chars().count() > 140)
            .count();
        assert_eq!(long, 0, "{name}: {formatted}");
        let create = |query: &str| format!("CREATE OR REPLACE VIEW formatted.v{row} AS {query}");
        let definition = format!("SELECT pg_get_viewdef('formatted.v{row}'::regclass)");
        if statement::run(&link, &create(query)).await.is_err() {
            // Some have columns that only the server's own views may have.
            assert!(name.starts_with("pg_stats"), "{name}");
            continue;
        }
        let wanted = statement::run(&link, &definition).await.unwrap();
        statement::run(&link, &create(&formatted)).await.unwrap();
        let made = statement::run(&link, &definition).await.unwrap();
        assert_eq!(
            made.rows.values(0, &[0]),
            wanted.rows.values(0, &[0]),
            "{name}: {formatted}"
        );
    }
}
