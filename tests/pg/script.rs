//! A script that is split by dbkeep does what the server makes of the whole of it.

use dbkeep::pg::Link;
use dbkeep::pg::statement::{Piece, Results};
use dbkeep::sql::script;

use crate::support::{Database, value};

const SCRIPT: &str = include_str!("../data/script.sql");

/// All that the script makes: rows, and the server's own writing of the rest.
const MADE: &str = "SELECT jsonb_pretty(jsonb_build_array(
    (SELECT jsonb_agg(to_jsonb(n) ORDER BY id) FROM notes n),
    (SELECT jsonb_agg(to_jsonb(l) ORDER BY what, n) FROM log l),
    (SELECT jsonb_agg(pg_get_functiondef(oid) ORDER BY proname) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
    (SELECT jsonb_agg(definition ORDER BY rulename) FROM pg_rules WHERE schemaname = 'public'),
    (SELECT jsonb_agg(to_jsonb(v)) FROM kept v),
    (SELECT jsonb_agg(description ORDER BY objsubid) FROM pg_description WHERE objoid = 'notes'::regclass)))";

/// Runs a text; how many statements the server found in it.
async fn run(link: &Link, sql: &str) -> usize {
    let mut results = Results::of(link, sql).await.unwrap();
    let mut ended = 0;
    while let Some(piece) = results.next().await.unwrap() {
        ended += usize::from(matches!(piece, Piece::End(_)));
    }
    ended
}

#[tokio::test]
async fn its_statements_one_by_one_leave_what_the_whole_leaves() {
    let whole = Database::new().await;
    let split = Database::new().await;
    let link = split.link().await;
    let statements = script::statements(SCRIPT);
    assert_eq!(run(&whole.link().await, SCRIPT).await, statements.len());
    for statement in statements {
        assert!(!statement.open && statement.data.is_none());
        let sql = &SCRIPT[statement.range];
        assert_eq!(run(&link, sql).await, 1, "{sql}");
    }
    let made = value(&link, MADE).await;
    assert!(made.contains("atomic; end"), "{made}");
    assert_eq!(made, whole.value(MADE).await);
}
