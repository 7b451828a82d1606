//! The key words that can follow in a place, the likely ones first.

/// What a statement begins with.
pub(super) const STATEMENT: &[&str] = &[
    "SELECT", "INSERT INTO", "UPDATE", "DELETE FROM", "WITH", "CREATE TABLE", "ALTER TABLE",
    "DROP TABLE", "EXPLAIN", "EXPLAIN ANALYZE", "BEGIN", "COMMIT", "ROLLBACK", "TRUNCATE", "SHOW",
    "SET", "VALUES", "TABLE", "CREATE INDEX", "CREATE UNIQUE INDEX", "CREATE VIEW",
    "CREATE OR REPLACE VIEW", "CREATE MATERIALIZED VIEW", "CREATE SCHEMA", "CREATE TYPE",
    "CREATE DOMAIN", "CREATE SEQUENCE", "CREATE EXTENSION", "CREATE ROLE",
    "CREATE OR REPLACE FUNCTION", "CREATE FUNCTION", "CREATE PROCEDURE", "CREATE TRIGGER",
    "CREATE POLICY", "DROP VIEW", "DROP MATERIALIZED VIEW", "DROP INDEX", "DROP SCHEMA",
    "DROP TYPE", "DROP DOMAIN", "DROP SEQUENCE", "DROP FUNCTION", "DROP PROCEDURE", "DROP TRIGGER",
    "DROP POLICY", "DROP EXTENSION", "DROP ROLE", "ALTER TYPE", "ALTER VIEW", "ALTER SEQUENCE",
    "ALTER INDEX", "ALTER ROLE", "ALTER SCHEMA", "ANALYZE", "VACUUM", "REFRESH MATERIALIZED VIEW",
    "MERGE INTO", "CALL", "COPY", "GRANT", "REVOKE", "COMMENT ON", "LOCK TABLE", "REINDEX",
    "CLUSTER", "RESET", "DISCARD ALL", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT",
    "START TRANSACTION", "PREPARE", "EXECUTE", "DEALLOCATE", "DECLARE", "FETCH", "CLOSE", "LISTEN",
    "NOTIFY", "UNLISTEN", "CHECKPOINT", "DO", "REASSIGN OWNED BY",
];
/// What a query in a statement begins with.
pub(super) const QUERY: &[&str] = &[
    "SELECT", "WITH", "VALUES", "TABLE", "INSERT INTO", "UPDATE", "DELETE FROM",
];
/// What a subquery begins with.
pub(super) const SUBQUERY: &[&str] = &["SELECT", "WITH", "VALUES"];
/// What may be where a value is to come.
pub(super) const OPERAND: &[&str] = &[
    "CASE", "NOT", "NULL", "TRUE", "FALSE", "EXISTS", "CURRENT_DATE", "CURRENT_TIMESTAMP",
    "INTERVAL", "ARRAY", "ROW", "CURRENT_TIME", "CURRENT_USER", "SESSION_USER", "LOCALTIMESTAMP",
];
/// Of these, those that are no likelier than a function.
pub(super) const SELDOM: &[&str] = &[
    "INTERVAL", "ARRAY", "ROW", "CURRENT_TIME", "CURRENT_USER", "SESSION_USER", "LOCALTIMESTAMP",
];
pub(super) const OPERATOR: &[&str] = &[
    "AND", "OR", "IS NULL", "IS NOT NULL", "IN", "NOT IN", "LIKE", "ILIKE", "NOT LIKE", "NOT ILIKE",
    "BETWEEN", "NOT BETWEEN", "IS DISTINCT FROM", "IS NOT DISTINCT FROM", "IS TRUE", "IS FALSE",
    "SIMILAR TO", "AT TIME ZONE", "COLLATE",
];
pub(super) const CASE: &[&str] = &["WHEN", "THEN", "ELSE", "END"];
/// What follows an operand of a comparison with several.
pub(super) const QUANTIFIER: &[&str] = &["ANY", "ALL"];
pub(super) const SELECT_BEGIN: &[&str] = &["DISTINCT", "DISTINCT ON", "ALL"];
pub(super) const SELECT_NEXT: &[&str] = &["FROM", "AS", "INTO", "OVER", "FILTER", "WITHIN GROUP"];
pub(super) const JOINS: &[&str] = &[
    "JOIN", "LEFT JOIN", "INNER JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN",
    "CROSS JOIN LATERAL", "LEFT JOIN LATERAL", "NATURAL JOIN",
];
pub(super) const JOIN_ONLY: &[&str] = &["JOIN", "OUTER JOIN"];
pub(super) const ON: &[&str] = &["ON", "USING"];
pub(super) const FROM_NEXT: &[&str] = &["WHERE", "AS", "TABLESAMPLE", "WITH ORDINALITY"];
pub(super) const WHERE: &[&str] = &["WHERE"];
pub(super) const TAIL: &[&str] = &[
    "GROUP BY", "ORDER BY", "LIMIT", "HAVING", "OFFSET", "UNION", "UNION ALL", "INTERSECT",
    "EXCEPT", "WINDOW", "FETCH FIRST", "FOR UPDATE", "FOR SHARE",
];
/// What follows a `GROUP BY`.
pub(super) const GROUP_NEXT: &[&str] = &[
    "HAVING", "ORDER BY", "LIMIT", "OFFSET", "UNION", "UNION ALL", "INTERSECT", "EXCEPT", "WINDOW",
    "FETCH FIRST",
];
/// What ends a query.
pub(super) const LAST: &[&str] = &[
    "LIMIT", "OFFSET", "FETCH FIRST", "FOR UPDATE", "FOR SHARE", "FOR NO KEY UPDATE",
    "FOR KEY SHARE",
];
pub(super) const ORDER_NEXT: &[&str] = &["ASC", "DESC", "NULLS FIRST", "NULLS LAST"];
pub(super) const NULLS: &[&str] = &["FIRST", "LAST"];
pub(super) const BY: &[&str] = &["BY"];
pub(super) const GROUP_BEGIN: &[&str] = &["ROLLUP", "CUBE", "GROUPING SETS"];
pub(super) const LOCK: &[&str] = &[
    "UPDATE", "SHARE", "NO KEY UPDATE", "KEY SHARE", "OF", "SKIP LOCKED", "NOWAIT",
];
pub(super) const SET_OPERATION: &[&str] = &["ALL", "DISTINCT", "SELECT", "VALUES", "TABLE"];
pub(super) const RETURNING: &[&str] = &["RETURNING"];
pub(super) const FROM: &[&str] = &["FROM"];
pub(super) const INTO: &[&str] = &["INTO"];
pub(super) const SET: &[&str] = &["SET"];
pub(super) const USING: &[&str] = &["USING"];
pub(super) const DEFAULT: &[&str] = &["DEFAULT"];
pub(super) const AS: &[&str] = &["AS"];
pub(super) const ITEM_BEGIN: &[&str] = &["LATERAL", "ONLY", "ROWS FROM"];
pub(super) const INSERT_NEXT: &[&str] = &[
    "VALUES", "SELECT", "DEFAULT VALUES", "AS", "OVERRIDING SYSTEM VALUE", "OVERRIDING USER VALUE",
    "WITH",
];
pub(super) const CONFLICT: &[&str] = &["ON CONFLICT", "RETURNING"];
pub(super) const CONFLICT_NEXT: &[&str] = &[
    "DO NOTHING", "DO UPDATE SET", "ON CONSTRAINT", "WHERE",
];
pub(super) const DO: &[&str] = &["NOTHING", "UPDATE SET"];
pub(super) const WHEN: &[&str] = &["WHEN MATCHED", "WHEN NOT MATCHED"];
pub(super) const MATCHED: &[&str] = &["THEN", "AND", "MATCHED", "NOT MATCHED"];
pub(super) const MERGE_DOES: &[&str] = &["UPDATE SET", "INSERT", "DELETE", "DO NOTHING"];
pub(super) const WITH_BEGIN: &[&str] = &["RECURSIVE"];
pub(super) const WITH_AS: &[&str] = &["AS", "MATERIALIZED", "NOT MATERIALIZED"];
pub(super) const WINDOW_BEGIN: &[&str] = &["PARTITION BY", "ORDER BY"];
pub(super) const WINDOW_NEXT: &[&str] = &[
    "ORDER BY", "ASC", "DESC", "NULLS FIRST", "NULLS LAST", "ROWS BETWEEN", "RANGE BETWEEN",
    "GROUPS BETWEEN", "UNBOUNDED PRECEDING", "CURRENT ROW", "UNBOUNDED FOLLOWING", "PRECEDING",
    "FOLLOWING", "AND",
];
pub(super) const ARGUMENT: &[&str] = &["DISTINCT", "ORDER BY"];
pub(super) const EXPLAIN: &[&str] = &["ANALYZE", "VERBOSE"];
pub(super) const EXPLAIN_OPTIONS: &[&str] = &[
    "ANALYZE", "BUFFERS", "VERBOSE", "COSTS", "SETTINGS", "WAL", "TIMING", "SUMMARY", "FORMAT JSON",
    "FORMAT TEXT", "FORMAT YAML",
];

/// What can be made, changed and dropped.
pub(super) const OBJECTS: &[&str] = &[
    "TABLE", "VIEW", "INDEX", "MATERIALIZED VIEW", "SCHEMA", "TYPE", "SEQUENCE", "FUNCTION",
    "PROCEDURE", "DOMAIN", "TRIGGER", "POLICY", "EXTENSION", "ROLE", "DATABASE", "AGGREGATE",
    "FOREIGN TABLE", "RULE", "COLLATION", "PUBLICATION", "SUBSCRIPTION", "SERVER", "EVENT TRIGGER",
];
pub(super) const CREATE: &[&str] = &[
    "TABLE", "INDEX", "UNIQUE INDEX", "VIEW", "OR REPLACE VIEW", "OR REPLACE FUNCTION",
    "OR REPLACE PROCEDURE", "TEMPORARY TABLE", "UNLOGGED TABLE", "RECURSIVE VIEW",
];
pub(super) const IF_EXISTS: &[&str] = &["IF EXISTS"];
pub(super) const IF_NOT_EXISTS: &[&str] = &["IF NOT EXISTS"];
pub(super) const CASCADE: &[&str] = &["CASCADE", "RESTRICT"];
pub(super) const TRUNCATE: &[&str] = &["RESTART IDENTITY", "CASCADE"];
pub(super) const CREATE_NEXT: &[&str] = &[
    "AS", "ON", "USING", "PARTITION BY", "PARTITION OF", "INHERITS", "WITH", "INCLUDE", "WHERE",
    "TABLESPACE", "FOR VALUES FROM", "FOR EACH ROW", "EXECUTE FUNCTION", "BEFORE", "AFTER",
    "INSTEAD OF", "RETURNS", "RETURNS TABLE", "RETURNS SETOF", "LANGUAGE", "IMMUTABLE", "STABLE",
    "VOLATILE", "STRICT", "SECURITY DEFINER", "FOR SELECT", "FOR INSERT", "FOR UPDATE",
    "FOR DELETE", "FOR ALL", "TO", "WITH CHECK", "ENUM",
];
pub(super) const COLUMN: &[&str] = &[
    "NOT NULL", "PRIMARY KEY", "DEFAULT", "REFERENCES", "UNIQUE", "CHECK",
    "GENERATED ALWAYS AS IDENTITY", "GENERATED BY DEFAULT AS IDENTITY", "GENERATED ALWAYS AS",
    "CONSTRAINT", "COLLATE", "NULL", "ON DELETE CASCADE", "ON DELETE SET NULL", "ON UPDATE CASCADE",
    "DEFERRABLE INITIALLY DEFERRED",
];
pub(super) const TABLE_ENTRY: &[&str] = &[
    "PRIMARY KEY", "FOREIGN KEY", "UNIQUE", "CHECK", "CONSTRAINT", "LIKE", "EXCLUDE USING",
];
pub(super) const ALTER: &[&str] = &[
    "ADD COLUMN", "DROP COLUMN", "ALTER COLUMN", "RENAME COLUMN", "RENAME TO", "ADD CONSTRAINT",
    "ADD PRIMARY KEY", "ADD FOREIGN KEY", "ADD UNIQUE", "ADD CHECK", "DROP CONSTRAINT",
    "RENAME CONSTRAINT", "VALIDATE CONSTRAINT", "SET SCHEMA", "OWNER TO",
    "ENABLE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY",
    "ATTACH PARTITION", "DETACH PARTITION", "ENABLE TRIGGER", "DISABLE TRIGGER", "INHERIT",
    "NO INHERIT", "SET LOGGED", "SET UNLOGGED", "REPLICA IDENTITY", "CLUSTER ON", "SET TABLESPACE",
];
pub(super) const ALTER_COLUMN: &[&str] = &[
    "TYPE", "SET NOT NULL", "DROP NOT NULL", "SET DEFAULT", "DROP DEFAULT", "SET DATA TYPE",
    "DROP IDENTITY", "ADD GENERATED ALWAYS AS IDENTITY", "SET STATISTICS", "SET STORAGE",
];
pub(super) const ALTER_OTHER: &[&str] = &[
    "RENAME TO", "SET SCHEMA", "OWNER TO", "ADD VALUE", "RENAME VALUE", "RESTART WITH", "OWNED BY",
];
pub(super) const GRANT: &[&str] = &[
    "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "USAGE", "EXECUTE",
    "CREATE", "CONNECT", "TEMPORARY", "ALL PRIVILEGES", "ON", "TO", "FROM", "WITH GRANT OPTION",
];
pub(super) const GRANT_ON: &[&str] = &[
    "TABLE", "ALL TABLES IN SCHEMA", "SCHEMA", "SEQUENCE", "FUNCTION", "DATABASE",
];
pub(super) const COPY: &[&str] = &["FROM", "TO", "STDIN", "STDOUT", "WITH", "WHERE"];
pub(super) const SET_NEXT: &[&str] = &[
    "TO", "LOCAL", "SESSION", "ROLE", "TRANSACTION", "ISOLATION LEVEL", "READ ONLY", "READ WRITE",
    "DEFAULT", "ON", "OFF",
];
pub(super) const SHOW: &[&str] = &["ALL"];
pub(super) const TRANSACTION: &[&str] = &[
    "TRANSACTION", "WORK", "ISOLATION LEVEL READ COMMITTED", "ISOLATION LEVEL REPEATABLE READ",
    "ISOLATION LEVEL SERIALIZABLE", "READ ONLY", "READ WRITE", "DEFERRABLE", "AND CHAIN",
    "TO SAVEPOINT", "PREPARED",
];
pub(super) const MAINTAIN: &[&str] = &["ANALYZE", "FULL", "VERBOSE", "FREEZE"];
pub(super) const REINDEX: &[&str] = &["TABLE", "INDEX", "SCHEMA", "DATABASE", "CONCURRENTLY"];
pub(super) const REFRESH: &[&str] = &["MATERIALIZED VIEW", "CONCURRENTLY", "WITH NO DATA"];
pub(super) const COMMENT: &[&str] = &["ON TABLE", "ON COLUMN", "ON", "IS", "TABLE", "COLUMN"];
