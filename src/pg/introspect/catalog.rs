//! The tree: the schemas and what has rows in them.

use std::collections::HashMap;

use super::together::{get, into, together};
use super::unsigned;
use crate::data::catalog::{Catalog, Count, Kind, Object, is_system};
use crate::fault::{Fault, Outcome};
use crate::pg::Link;
use crate::pg::statement::Row;

/// The schemas and what has rows in them; with `system`, PostgreSQL's own too.
///
/// # Errors
/// The server's. What the role may not read is listed as locked, not an error.
pub async fn catalog(link: &Link, system: bool) -> Outcome<Catalog> {
    let (mut server, mut schemas) = (Vec::new(), Vec::new());
    let (mut heirs, mut relations) = (Vec::new(), Vec::new());
    together(
        link,
        system,
        [
            (include_str!("server.sql"), &mut into(&mut server, Ok)),
            (
                include_str!("schemas.sql"),
                &mut into(&mut schemas, |row| schema(&row)),
            ),
            (
                include_str!("heirs.sql"),
                &mut into(&mut heirs, |row| heir(&row)),
            ),
            (
                include_str!("relations.sql"),
                &mut into(&mut relations, |row| table(&row)),
            ),
        ],
    )
    .await?;
    schemas.retain(|schema| system || !is_system(&schema.name));
    let server = server
        .first()
        .ok_or_else(|| Fault::new("The server said nothing of itself"))?;
    let path: Vec<String> = get(server, "path")?;
    let mut catalog = Catalog {
        version: get(server, "version")?,
        database: get(server, "database")?,
        user: get(server, "role")?,
        read_only: get(server, "read_only")?,
        schemas: in_order(&schemas, &path),
        objects: Vec::with_capacity(relations.len()),
    };
    let schemas: HashMap<u32, &Schema> = schemas.iter().map(|known| (known.oid, known)).collect();
    let parents: HashMap<u32, u32> = heirs.into_iter().collect();
    for table in relations.into_iter().flatten() {
        if let Some(schema) = schemas.get(&table.schema) {
            let object = table.object;
            let parent = parents.get(&object.oid).filter(|_| table.is_partition);
            // A partition that was made a moment ago would stand among the tables.
            if table.is_partition && parent.is_none() {
                continue;
            }
            catalog.objects.push(Object {
                schema: schema.name.clone(),
                readable: schema.usable && object.readable,
                parent: parent.copied(),
                ..object
            });
        }
    }
    catalog.sort();
    Ok(catalog)
}

/// A schema (`pg_namespace`).
struct Schema {
    oid: u32,
    name: String,
    usable: bool,
}

/// A relation before its schema and its parent are looked up.
struct Table {
    object: Object,
    /// Its schema (`pg_namespace.oid`).
    schema: u32,
    is_partition: bool,
}

/// The names of schemas in the order of the tree: those of the search path, then by name.
fn in_order(schemas: &[Schema], path: &[String]) -> Vec<String> {
    let mut names: Vec<String> = schemas.iter().map(|schema| schema.name.clone()).collect();
    names.sort_by_cached_key(|name| {
        let place = path.iter().position(|known| known == name);
        (place.unwrap_or(path.len()), name.clone())
    });
    names
}

fn schema(row: &Row) -> Outcome<Schema> {
    Ok(Schema {
        oid: get(row, "oid")?,
        name: get(row, "name")?,
        usable: get(row, "usable")?,
    })
}

/// A relation and the one that it stands below.
fn heir(row: &Row) -> Outcome<(u32, u32)> {
    Ok((get(row, "heir")?, get(row, "parent")?))
}

fn table(row: &Row) -> Outcome<Option<Table>> {
    let relkind: String = get(row, "relkind")?;
    let Some(kind) = Kind::of_relkind(&relkind) else {
        return Ok(None);
    };
    let estimate: i64 = get(row, "estimate")?;
    let pages: i32 = get(row, "pages")?;
    // Before PostgreSQL 14 "never analyzed" was 0 rows in 0 pages; since then it is -1.
    let known = kind.is_counted() && (estimate > 0 || estimate == 0 && pages > 0);
    let object = Object {
        oid: get(row, "oid")?,
        schema: String::new(),
        name: get(row, "name")?,
        kind,
        parent: None,
        readable: get(row, "readable")?,
        count: if known {
            Count::Estimate(unsigned(estimate))
        } else {
            Count::Unknown
        },
        pages: u32::try_from(pages).unwrap_or(0),
        detail: String::new(),
    };
    Ok(Some(Table {
        object,
        schema: get(row, "schema")?,
        is_partition: get(row, "is_partition")?,
    }))
}
