//! One relation for the grid: its columns and how its rows are paged.
//!
//! Five small queries in one round trip: on a connection that has just been made, planning one
//! that says it all takes twice as long as they do. A domain, or a type of an extension, takes another, as
//! does a table that has or had heirs.

use std::collections::HashMap;

use super::together::{get, together};
use crate::data::catalog::{Kind, Object};
use crate::data::foreign::ForeignKey;
use crate::data::relation::{Allows, Identity, Paging, Relation};
use crate::data::{Column, Direction, Filter, KeyRole, Nulls, OrderKey, Origin};
use crate::fault::{Fault, Outcome};
use crate::pg::Link;
use crate::pg::statement::Row;

/// A unique index, by the numbers of its columns (`pg_attribute.attnum`).
#[derive(Debug, Clone, PartialEq, Eq)]
struct UniqueKey {
    /// The index (`pg_class.oid`).
    index: u32,
    numbers: Vec<i16>,
    primary: bool,
    /// Whether rows can be read in its order.
    ordered: bool,
}

/// What the grid must know of a type (`pg_type`).
struct ColumnType {
    cast: String,
    category: char,
    /// Whether more must be asked for: of what it is a domain, and where its operators are.
    asks_more: bool,
    varlena: bool,
}

/// Reads what the grid must know of `object`.
///
/// # Errors
/// The relation is gone, or none of its columns may be read.
pub async fn relation(link: &Link, object: &Object) -> Outcome<Relation> {
    let queries = [
        include_str!("columns.sql"),
        include_str!("column_types.sql"),
        include_str!("unique_keys.sql"),
        include_str!("foreign_keys.sql"),
        include_str!("rights.sql"),
    ];
    let (mut columns, mut unique, mut foreign) = (Vec::new(), Vec::new(), Vec::new());
    let mut types: HashMap<u32, ColumnType> = HashMap::new();
    let mut rights = None;
    together(link, object.oid, queries, |query, row| {
        match query {
            0 => columns.push(row),
            1 => {
                types.insert(get(&row, "oid")?, column_type(&row)?);
            }
            2 => unique.push(unique_key(&row)?),
            3 => foreign.push(row),
            _ => rights = Some(row),
        }
        Ok(())
    })
    .await?;
    // The primary key first, then those of the fewest columns.
    unique.sort_by_key(|key| (!key.primary, key.numbers.len(), key.index));
    let bases = if types.values().any(|kind| kind.asks_more) {
        more(link, object, include_str!("base_types.sql")).await?
    } else {
        Vec::new()
    };
    let foreign_keys = foreign_keys(&foreign, &columns)?;
    let foreign = foreign
        .iter()
        .map(|row| get::<Vec<i16>>(row, "numbers"))
        .collect::<Outcome<Vec<_>>>()?
        .concat();
    let mut readable: Vec<(i16, Column)> = Vec::new();
    for row in &columns {
        if get(row, "readable")? {
            let kind = types.get(&get(row, "type")?).ok_or_else(|| {
                Fault::new(format!("{} was changed meanwhile", object.name))
                    .remedy("r reads it again")
            })?;
            readable.push((
                get(row, "number")?,
                column(row, kind, object.oid, &unique, &foreign)?,
            ));
        }
    }
    for row in &bases {
        let number: i16 = get(row, "number")?;
        if let Some((_, column)) = readable.iter_mut().find(|(known, _)| *known == number) {
            column.cast = get(row, "cast_name")?;
            column.operators = row.value("operators")?.map(str::to_owned);
        }
    }
    readable.sort_by_key(|(number, _)| *number);
    let locked_columns = columns.len() - readable.len();
    if readable.is_empty() && locked_columns > 0 {
        let name = format!("{}.{}", object.schema, object.name);
        return Err(Fault::new(format!("{name} may not be read by this role"))
            .because("no column of it is granted")
            .remedy("ask its owner for GRANT SELECT, or connect as another role"));
    }
    let rights = rights.ok_or_else(|| {
        Fault::new(format!("{} is gone", object.name)).remedy("r reads the tree again")
    })?;
    // Neither a key nor a place is unique over a table and those that inherit from it.
    let alone = object.kind != Kind::Table || !has_heirs(link, object, &rights).await?;
    let paging = if alone {
        paging(object.kind, &unique, &readable, locked_columns > 0)
    } else {
        Paging::Cursor
    };
    Ok(Relation {
        oid: object.oid,
        schema: object.schema.clone(),
        name: object.name.clone(),
        kind: object.kind,
        identity: match &paging {
            Paging::Keyset(keys) => {
                Identity::Key(keys.iter().map(|key| key.column.clone()).collect())
            }
            Paging::Ctid => Identity::Place,
            Paging::Cursor => Identity::Whole,
        },
        paging,
        allows: allows(&rights)?,
        foreign_keys,
        columns: readable.into_iter().map(|(_, column)| column).collect(),
        locked_columns,
        sort: Vec::new(),
        filter: Filter::default(),
    })
}

async fn has_heirs(link: &Link, object: &Object, rights: &Row) -> Outcome<bool> {
    if !get::<bool>(rights, "may_have_heirs")? {
        return Ok(false);
    }
    let rows = more(link, object, include_str!("has_heirs.sql")).await?;
    rows.first().map_or(Ok(false), |row| get(row, "has_heirs"))
}

/// The rows of a query that not every relation needs.
async fn more(link: &Link, object: &Object, sql: &str) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    together(link, object.oid, [sql], |_, row| {
        rows.push(row);
        Ok(())
    })
    .await?;
    Ok(rows)
}

/// By the best key that can be read; by place in a heap; else by a cursor.
fn paging(kind: Kind, unique: &[UniqueKey], columns: &[(i16, Column)], locked: bool) -> Paging {
    // A unique index may hold any number of NULLs.
    let best = unique.iter().find(|key| {
        let is_null_free = |number: &i16| {
            let column = columns.iter().find(|(known, _)| known == number);
            column.is_none_or(|(_, column)| column.not_null)
        };
        key.ordered && key.numbers.iter().all(is_null_free)
    });
    let keys: Option<Vec<OrderKey>> = best.and_then(|key| {
        let keys = key.numbers.iter().map(|number| {
            let (_, column) = columns.iter().find(|(known, _)| known == number)?;
            Some(OrderKey {
                column: column.name.clone(),
                cast: column.cast.clone(),
                operators: column.operators.clone(),
                direction: Direction::Ascending,
                nulls: Nulls::Last,
                nullable: false,
            })
        });
        keys.collect()
    });
    match (kind, keys) {
        (_, Some(keys)) if !keys.is_empty() => Paging::Keyset(keys),
        // Whoever may read some columns only may not read `ctid`.
        (Kind::Table | Kind::MaterializedView, _) if !locked => Paging::Ctid,
        _ => Paging::Cursor,
    }
}

fn allows(rights: &Row) -> Outcome<Allows> {
    let updatable: i32 = get(rights, "updatable")?;
    let read_only: bool = get(rights, "read_only")?;
    let both = |bit: i32, may: &str| {
        Ok::<bool, Fault>(!read_only && updatable & bit != 0 && get(rights, may)?)
    };
    Ok(Allows {
        read_only,
        update: both(4, "may_update")?,
        insert: both(8, "may_insert")?,
        delete: both(16, "may_delete")?,
    })
}

fn column_type(row: &Row) -> Outcome<ColumnType> {
    let category: String = get(row, "category")?;
    Ok(ColumnType {
        cast: get(row, "cast_name")?,
        category: category.chars().next().unwrap_or('U'),
        asks_more: get(row, "asks_more")?,
        varlena: get(row, "varlena")?,
    })
}

fn unique_key(row: &Row) -> Outcome<UniqueKey> {
    Ok(UniqueKey {
        index: get(row, "index")?,
        numbers: get(row, "numbers")?,
        primary: get(row, "is_primary")?,
        ordered: get(row, "ordered")?,
    })
}

/// The foreign keys, those of the fewest columns first; the copies for partitions are left out.
fn foreign_keys(rows: &[Row], columns: &[Row]) -> Outcome<Vec<ForeignKey>> {
    let names = columns
        .iter()
        .map(|row| Ok((get(row, "number")?, get(row, "name")?)))
        .collect::<Outcome<HashMap<i16, String>>>()?;
    let known = rows
        .iter()
        .map(|row| get(row, "key"))
        .collect::<Outcome<Vec<u32>>>()?;
    let mut keys = Vec::with_capacity(rows.len());
    for row in rows {
        if known.contains(&get(row, "copy_of")?) {
            continue;
        }
        let there: Vec<(i16, String)> = get(row, "names_there")?;
        keys.push(ForeignKey {
            columns: named(&get::<Vec<i16>>(row, "numbers")?, &names),
            table: get(row, "referenced_table")?,
            referenced: named(
                &get::<Vec<i16>>(row, "referenced")?,
                &there.into_iter().collect(),
            ),
        });
    }
    keys.sort_by(|one, other| {
        let place = |key: &ForeignKey| (key.columns.len(), key.columns.clone());
        place(one).cmp(&place(other))
    });
    Ok(keys)
}

/// The names of the columns of these numbers.
fn named(numbers: &[i16], names: &HashMap<i16, String>) -> Vec<String> {
    let names = numbers.iter().map(|number| names.get(number).cloned());
    names.map(Option::unwrap_or_default).collect()
}

fn column(
    row: &Row,
    of: &ColumnType,
    table: u32,
    unique: &[UniqueKey],
    foreign: &[i16],
) -> Outcome<Column> {
    let number: i16 = get(row, "number")?;
    let mut primary = unique.iter().filter(|key| key.primary);
    Ok(Column {
        name: get(row, "name")?,
        type_name: get(row, "type_name")?,
        cast: of.cast.clone(),
        operators: None,
        category: of.category,
        varlena: of.varlena,
        not_null: get(row, "not_null")?,
        generated: get(row, "generated")?,
        always: get(row, "always")?,
        has_default: get(row, "has_default")?,
        key: KeyRole {
            primary: primary.any(|key| key.numbers.contains(&number)),
            unique: unique.iter().any(|key| key.numbers == [number]),
            foreign: foreign.contains(&number),
        },
        origin: Origin {
            table,
            attribute: number,
        },
    })
}
