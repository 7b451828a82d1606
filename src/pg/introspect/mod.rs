//! Reading the catalogs: one `.sql` file a query, beside the code that sends it. Queries that
//! belong together are sent together, so that they take one round trip.

use std::collections::HashMap;

use tokio::try_join;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql, Type};

use crate::data::catalog::{Catalog, Count, Kind, Object, is_system};
use crate::data::{Column, KeyRole, Origin};
use crate::fault::{Fault, Outcome};
use crate::pg::Link;

mod names;
mod relation;
mod structure;

pub use names::names;
pub use relation::relation;
pub use structure::structure;

/// The schemas and what has rows in them; with `system`, PostgreSQL's own too.
///
/// # Errors
/// The server's. What the role may not read is listed as locked, not an error.
pub async fn catalog(link: &Link, system: bool) -> Outcome<Catalog> {
    let params: &[(&(dyn ToSql + Sync), Type)] = &[(&system, Type::BOOL)];
    let (server, mut schemas, heirs, relations) = try_join!(
        link.rows(include_str!("server.sql"), &[]),
        read(link, include_str!("schemas.sql"), &[], schema),
        read(link, include_str!("heirs.sql"), &[], heir),
        read(link, include_str!("relations.sql"), params, table),
    )?;
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

/// The rest of the tree, which the first sight need not wait for: enums, domains, functions.
///
/// # Errors
/// The server's.
pub async fn types_and_functions(link: &Link, system: bool) -> Outcome<Vec<Object>> {
    let params: &[(&(dyn ToSql + Sync), Type)] = &[(&system, Type::BOOL)];
    let (types, functions) = try_join!(
        link.rows(include_str!("types.sql"), params),
        link.rows(include_str!("functions.sql"), params),
    )?;
    let types = types.iter().map(|row| {
        let kind = if get(row, "is_enum")? {
            Kind::Enum
        } else {
            Kind::Domain
        };
        other(row, kind)
    });
    let functions = functions.iter().map(|row| other(row, Kind::Function));
    types.chain(functions).collect()
}

/// The statement that makes an enum, a domain or a function.
///
/// # Errors
/// It is gone; or the server's.
pub async fn definition(link: &Link, object: &Object) -> Outcome<String> {
    let what = match object.kind {
        Kind::Function => "function",
        Kind::Enum => "enum",
        _ => "domain",
    };
    let params: &[(&(dyn ToSql + Sync), Type)] = &[(&object.oid, Type::OID), (&what, Type::TEXT)];
    let rows = link.rows(include_str!("definition.sql"), params).await?;
    let text = rows.first().map(|row| get(row, "definition")).transpose()?;
    text.flatten().ok_or_else(|| {
        Fault::new(format!("{} is gone", object.name)).remedy("r reads the tree again")
    })
}

/// What is known of types, by number and modifier.
///
/// # Errors
/// The server's.
pub async fn kinds(link: &Link, wanted: &[(u32, i32)]) -> Outcome<HashMap<(u32, i32), Column>> {
    let (oids, modifiers): (Vec<String>, Vec<String>) = wanted
        .iter()
        .map(|(oid, modifier)| (oid.to_string(), modifier.to_string()))
        .unzip();
    let (oids, modifiers) = (oids.join(","), modifiers.join(","));
    let params: &[(&(dyn ToSql + Sync), Type)] = &[(&oids, Type::TEXT), (&modifiers, Type::TEXT)];
    let rows = link.rows(include_str!("kinds.sql"), params).await?;
    let kind = |row: &Row| {
        let category: String = get(row, "category")?;
        let column = Column {
            type_name: get(row, "type_name")?,
            cast: get(row, "cast_name")?,
            category: category.chars().next().unwrap_or('X'),
            varlena: get(row, "varlena")?,
            ..unnamed(0)
        };
        Ok(((get(row, "oid")?, get(row, "modifier")?), column))
    };
    rows.iter().map(kind).collect()
}

/// A column of a type that nothing is known of but its number: one that was made in a transaction
/// that is not done yet.
#[must_use]
pub fn unnamed(oid: u32) -> Column {
    let known = Type::from_oid(oid);
    let type_name = known.map_or_else(|| format!("type {oid}"), |kind| kind.name().to_owned());
    Column {
        name: String::new(),
        cast: "pg_catalog.text".to_owned(),
        type_name,
        category: 'X',
        varlena: true,
        not_null: false,
        generated: false,
        always: false,
        has_default: false,
        key: KeyRole::default(),
        origin: Origin::default(),
    }
}

/// How many bytes each table takes with its indexes, by number.
///
/// # Errors
/// The server's.
pub async fn sizes(link: &Link, system: bool) -> Outcome<HashMap<u32, u64>> {
    let rows = link
        .rows(include_str!("sizes.sql"), &[(&system, Type::BOOL)])
        .await?;
    rows.iter()
        .map(|row| Ok((get(row, "oid")?, unsigned(get(row, "size")?))))
        .collect()
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

fn other(row: &Row, kind: Kind) -> Outcome<Object> {
    let detail: Option<String> = get(row, "detail")?;
    Ok(Object {
        oid: get(row, "oid")?,
        schema: get(row, "schema")?,
        name: get(row, "name")?,
        kind,
        parent: None,
        readable: true,
        count: Count::Unknown,
        pages: 0,
        detail: detail.unwrap_or_default(),
    })
}

/// What each row says, read as it comes: the server is still sending the next ones.
async fn read<T: Send>(
    link: &Link,
    sql: &str,
    params: &[(&(dyn ToSql + Sync), Type)],
    understand: fn(&Row) -> Outcome<T>,
) -> Outcome<Vec<T>> {
    let mut understood = Vec::new();
    let mut failed = None;
    let take = |row| match understand(&row) {
        Ok(known) => understood.push(known),
        Err(fault) => failed = Some(fault),
    };
    link.each(sql, params, take).await?;
    failed.map_or(Ok(understood), Err)
}

/// The value of a column of one of our own queries.
fn get<'a, T: FromSql<'a>>(row: &'a Row, column: &str) -> Outcome<T> {
    row.try_get(column).map_err(|error| {
        Fault::new(format!("The catalog's column {column} was not understood")).because(error)
    })
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
