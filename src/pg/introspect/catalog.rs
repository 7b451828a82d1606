//! The tree: the schemas and what has rows in them.

use std::collections::HashMap;

use super::together::{get, together};
use super::unsigned;
use crate::data::catalog::{Catalog, Count, Kind, Object, is_system};
use crate::fault::Outcome;
use crate::pg::Link;
use crate::pg::statement::Row;

/// The schemas and what has rows in them; with `system`, PostgreSQL's own too.
///
/// # Errors
/// The server's. What the role may not read is listed as locked, not an error.
pub async fn catalog(link: &Link, system: bool) -> Outcome<Catalog> {
    let queries = [
        include_str!("server.sql"),
        include_str!("schemas.sql"),
        include_str!("heirs.sql"),
        concat!(
            include_str!("relations.sql"),
            include_str!("relations_all.sql")
        ),
    ];
    let mut catalog = Catalog::default();
    let mut path: Vec<String> = Vec::new();
    let mut schemas: HashMap<u32, Schema> = HashMap::new();
    let mut parents: HashMap<u32, u32> = HashMap::new();
    // Each relation is understood while the server sends the next ones.
    together(link, system, queries, |query, row| {
        match query {
            0 => path = facts(&row, &mut catalog)?,
            1 => {
                let known = schema(&row)?;
                // Of what is in there no kind is shown.
                let is_shown = system && !known.name.starts_with("pg_toast");
                if is_shown || !is_system(&known.name) {
                    schemas.insert(get(&row, "oid")?, known);
                }
            }
            2 => {
                parents.insert(get(&row, "heir")?, get(&row, "parent")?);
            }
            _ => {
                let schema = schemas.get(&get(&row, "schema")?);
                if let Some(schema) = schema {
                    catalog.objects.extend(table(&row, schema, &parents)?);
                }
            }
        }
        Ok(())
    })
    .await?;
    catalog.schemas = in_order(schemas.into_values(), &path);
    catalog.sort();
    Ok(catalog)
}

/// What the tree begins with, at most so many tables: as much of the catalog as a screen shows, for a
/// start that need not wait for the rest. Nothing but the facts, where the first schema of the search path
/// has no tables.
///
/// # Errors
/// As [`catalog`].
pub async fn beginning(link: &Link, limit: u32) -> Outcome<Catalog> {
    let queries = [
        include_str!("server.sql"),
        concat!(
            include_str!("relations.sql"),
            include_str!("relations_first.sql")
        ),
    ];
    let mut catalog = Catalog {
        is_beginning: true,
        ..Catalog::default()
    };
    let mut first = None;
    together(link, limit, queries, |query, row| {
        if query == 0 {
            let path = facts(&row, &mut catalog)?.into_iter();
            // The server leaves out of the path what may not be used.
            first = path
                .take(1)
                .find(|name| !is_system(name))
                .map(|name| Schema { name, usable: true });
        } else if let Some(schema) = &first {
            let known = table(&row, schema, &HashMap::new())?;
            catalog.objects.extend(known);
        }
        Ok(())
    })
    .await?;
    catalog.schemas = first.into_iter().map(|schema| schema.name).collect();
    Ok(catalog)
}

/// A schema (`pg_namespace`).
struct Schema {
    name: String,
    usable: bool,
}

/// The names of schemas in the order of the tree: those of the search path, then by name.
fn in_order(schemas: impl Iterator<Item = Schema>, path: &[String]) -> Vec<String> {
    let mut names: Vec<String> = schemas.map(|schema| schema.name).collect();
    names.sort_by_cached_key(|name| {
        let place = path.iter().position(|known| known == name);
        (place.unwrap_or(path.len()), name.clone())
    });
    names
}

/// Takes the facts of the session; what is left of them is its search path.
fn facts(row: &Row, catalog: &mut Catalog) -> Outcome<Vec<String>> {
    catalog.version = get(row, "version")?;
    catalog.database = get(row, "database")?;
    catalog.user = get(row, "role")?;
    catalog.read_only = get(row, "read_only")?;
    get(row, "path")
}

fn schema(row: &Row) -> Outcome<Schema> {
    Ok(Schema {
        name: get(row, "name")?,
        usable: get(row, "usable")?,
    })
}

/// A relation of a schema, unless it is of another kind.
fn table(row: &Row, schema: &Schema, parents: &HashMap<u32, u32>) -> Outcome<Option<Object>> {
    let Some(kind) = Kind::of_relkind(&get::<String>(row, "relkind")?) else {
        return Ok(None);
    };
    let oid = get(row, "oid")?;
    let is_partition = get(row, "is_partition")?;
    let parent = parents.get(&oid).filter(|_| is_partition).copied();
    // A partition that was made a moment ago would stand among the tables.
    if is_partition && parent.is_none() {
        return Ok(None);
    }
    let estimate: i64 = get(row, "estimate")?;
    let pages: i32 = get(row, "pages")?;
    // Before PostgreSQL 14 "never analyzed" was 0 rows in 0 pages; since then it is -1.
    let known = kind.is_counted() && (estimate > 0 || estimate == 0 && pages > 0);
    Ok(Some(Object {
        oid,
        schema: schema.name.clone(),
        name: get(row, "name")?,
        kind,
        parent,
        readable: schema.usable && get(row, "readable")?,
        count: if known {
            Count::Estimate(unsigned(estimate))
        } else {
            Count::Unknown
        },
        pages: u32::try_from(pages).unwrap_or(0),
        detail: String::new(),
    }))
}
