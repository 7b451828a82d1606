//! One relation for the grid: its columns and how its rows are paged.

use tokio::try_join;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::get;
use crate::data::catalog::{Kind, Object};
use crate::data::relation::{Paging, Relation};
use crate::data::{Column, Direction, KeyRole, Nulls, OrderKey};
use crate::fault::{Fault, Outcome};
use crate::pg::Link;

/// Reads what the grid must know of `object`.
///
/// # Errors
/// The relation is gone, or none of its columns may be read.
pub async fn relation(link: &Link, object: &Object) -> Outcome<Relation> {
    let params: &[(&(dyn ToSql + Sync), Type)] = &[(&object.oid, Type::OID)];
    let (columns, key, heirs) = try_join!(
        link.rows(include_str!("columns.sql"), params),
        link.rows(include_str!("paging_key.sql"), params),
        link.rows(include_str!("heirs.sql"), params),
    )?;
    let name = format!("{}.{}", object.schema, object.name);
    let mut readable = Vec::new();
    for row in &columns {
        if get(row, "readable")? {
            readable.push(column(row)?);
        }
    }
    let locked_columns = columns.len() - readable.len();
    if readable.is_empty() && locked_columns > 0 {
        return Err(Fault::new(format!("{name} may not be read by this role"))
            .because("no column of it is granted")
            .remedy("ask its owner for GRANT SELECT, or connect as another role"));
    }
    // Neither a key nor a place is unique over a table and those that inherit from it.
    let alone = object.kind != Kind::Table || heirs.is_empty();
    let key = key
        .iter()
        .map(|row| get(row, "name"))
        .collect::<Outcome<Vec<String>>>()?;
    Ok(Relation {
        oid: object.oid,
        schema: object.schema.clone(),
        name: object.name.clone(),
        kind: object.kind,
        paging: if alone {
            paging(object.kind, &key, &readable, locked_columns > 0)
        } else {
            Paging::Cursor
        },
        columns: readable,
        locked_columns,
    })
}

/// By the key where there is one that can be read; by place in a heap; else by a cursor.
fn paging(kind: Kind, key: &[String], columns: &[Column], locked: bool) -> Paging {
    let keys: Option<Vec<OrderKey>> = key
        .iter()
        .map(|name| {
            let column = columns.iter().find(|column| column.name == *name)?;
            Some(OrderKey {
                column: column.name.clone(),
                cast: column.cast.clone(),
                direction: Direction::Ascending,
                nulls: Nulls::Last,
                nullable: false,
            })
        })
        .collect();
    match (kind, keys) {
        (_, Some(keys)) if !keys.is_empty() => Paging::Keyset(keys),
        // Whoever may read some columns only may not read `ctid`.
        (Kind::Table | Kind::MaterializedView, _) if !locked => Paging::Ctid,
        _ => Paging::Cursor,
    }
}

fn column(row: &Row) -> Outcome<Column> {
    let category: String = get(row, "category")?;
    Ok(Column {
        name: get(row, "name")?,
        type_name: get(row, "type_name")?,
        cast: get(row, "cast_name")?,
        category: category.chars().next().unwrap_or('U'),
        varlena: get(row, "varlena")?,
        not_null: get(row, "not_null")?,
        orderable: get(row, "orderable")?,
        generated: get(row, "generated")?,
        key: KeyRole {
            primary: get(row, "is_primary")?,
            unique: get(row, "is_unique")?,
            foreign: get(row, "is_foreign")?,
        },
    })
}
