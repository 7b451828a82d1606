//! psql's commands for the catalogs, beside psql.

use dbkeep::pg::statement;
use dbkeep::sql::meta;

use crate::support::Database;

#[tokio::test]
async fn a_command_finds_what_psql_finds() {
    let database = Database::with(
        "CREATE SCHEMA shop; CREATE TYPE shop.mood AS ENUM ('sad', 'glad'); CREATE DOMAIN low AS int;
         CREATE TABLE shop.order_item (id int PRIMARY KEY, note text NOT NULL DEFAULT 'x');
         CREATE TABLE \"Order\" (id int); CREATE TABLE orders (id serial); CREATE VIEW seen AS SELECT 1 AS a;
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
    let sql = meta::statement("\\d shop.order_item").unwrap();
    let table = statement::run(&link, &sql).await.unwrap();
    assert_eq!(table.rows.len(), 2);
}
