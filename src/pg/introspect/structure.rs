//! Everything there is to know of one relation besides its rows.

use tokio::join;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::{get, unsigned};
use crate::data::catalog::{bytes, grouped};
use crate::data::structure::{Attribute, Named, Structure};
use crate::fault::{Fault, Outcome};
use crate::pg::Link;
use crate::sql::ddl;

/// Reads the structure of the relation of this number, and the statements that make it again, in one round
/// trip.
///
/// # Errors
/// The relation is gone; or the server's.
pub async fn structure(link: &Link, oid: u32) -> Outcome<Structure> {
    // Both are waited for, however the first ends: what was sent is still the server's to do.
    let (shown, whole) = join!(
        biased;
        Box::pin(read(link, oid)),
        qualified(link, Box::pin(read(link, oid))),
    );
    let (mut structure, whole) = (shown?, whole?);
    structure.ddl = ddl::create(&whole);
    Ok(structure)
}

/// What is read where the search path is empty: the server then writes every name with its schema, so that
/// it means the same wherever it is run.
pub(super) async fn qualified<T>(
    link: &Link,
    reading: impl Future<Output = Outcome<T>>,
) -> Outcome<T> {
    // biased: they are sent in this order, and COMMIT in any case.
    let (begun, read, ended) = join!(
        biased;
        link.batch("BEGIN READ ONLY; SET LOCAL search_path = ''"),
        reading,
        link.batch("COMMIT"),
    );
    let read = read?;
    begun.and(ended).map(|()| read)
}

async fn read(link: &Link, oid: u32) -> Outcome<Structure> {
    let params: &[(&(dyn ToSql + Sync), Type)] = &[(&oid, Type::OID)];
    let (head, attributes, sequences, constraints, indexes, triggers, policies, partitions) = join!(
        link.rows(include_str!("relation.sql"), params),
        link.rows(include_str!("attributes.sql"), params),
        link.rows(include_str!("sequences.sql"), params),
        link.rows(include_str!("constraints.sql"), params),
        link.rows(include_str!("indexes.sql"), params),
        link.rows(include_str!("triggers.sql"), params),
        link.rows(include_str!("policies.sql"), params),
        link.rows(include_str!("partitions.sql"), params),
    );
    let head = head?;
    let (attributes, sequences, constraints) = (attributes?, sequences?, constraints?);
    let (indexes, triggers, policies, partitions) = (indexes?, triggers?, policies?, partitions?);
    let head = head.first().ok_or_else(|| {
        Fault::new("The relation is gone")
            .because("somebody dropped it meanwhile")
            .remedy("reload the tree")
    })?;
    let mut structure = from_head(head)?;
    structure.attributes = all(&attributes, attribute)?;
    for row in &sequences {
        set_sequence(&mut structure, &attributes, row)?;
    }
    for row in &constraints {
        sort_in(&mut structure, row)?;
    }
    structure.indexes = all(&indexes, index)?;
    for row in &indexes {
        if get(row, "of_constraint")? || get(row, "of_parent")? {
            structure.implied_indexes.push(get(row, "name")?);
        }
    }
    for row in &triggers {
        let state: Option<String> = get(row, "state")?;
        structure.states.extend(state);
    }
    structure.triggers = all(&triggers, |row| {
        Ok(Named {
            name: get(row, "name")?,
            definition: get(row, "definition")?,
            note: get(row, "note")?,
        })
    })?;
    structure.policies = all(&policies, |row| {
        Ok(Named {
            name: get(row, "name")?,
            definition: get(row, "definition")?,
            note: String::new(),
        })
    })?;
    structure.partitions = all(&partitions, |row| {
        Ok(Named {
            name: get(row, "name")?,
            definition: get(row, "definition")?,
            note: bytes(unsigned(get(row, "size")?)),
        })
    })?;
    Ok(structure)
}

fn all<T>(rows: &[Row], read: impl Fn(&Row) -> Outcome<T>) -> Outcome<Vec<T>> {
    rows.iter().map(read).collect()
}

fn from_head(row: &Row) -> Outcome<Structure> {
    let relkind: String = get(row, "relkind")?;
    let create = match relkind.as_str() {
        "v" => "VIEW",
        "m" => "MATERIALIZED VIEW",
        "f" => "FOREIGN TABLE",
        "S" => "SEQUENCE",
        _ => "TABLE",
    };
    let mut clauses: Vec<Option<String>> = Vec::new();
    for column in ["partition_of", "inherits", "partition_by", "server"] {
        clauses.push(get(row, column)?);
    }
    let clauses: Vec<String> = clauses.into_iter().flatten().collect();
    Ok(Structure {
        create: create.to_owned(),
        qualified: get(row, "qualified")?,
        comment: get(row, "comment")?,
        owner: get(row, "owner")?,
        sizes: [
            unsigned(get(row, "table_size")?),
            unsigned(get(row, "index_size")?),
            unsigned(get(row, "total_size")?),
        ],
        clause: (!clauses.is_empty()).then(|| clauses.join(" ")),
        query: get(row, "query")?,
        options: get(row, "options")?,
        unlogged: get(row, "unlogged")?,
        row_security: get(row, "row_security")?,
        force_row_security: get(row, "force_row_security")?,
        ..Structure::default()
    })
}

fn attribute(row: &Row) -> Outcome<Attribute> {
    Ok(Attribute {
        name: get(row, "name")?,
        type_name: get(row, "type_name")?,
        not_null: get(row, "not_null")?,
        default: get(row, "default_expr")?,
        identity: get(row, "identity")?,
        generated: get(row, "generated")?,
        is_virtual: get(row, "is_virtual")?,
        options: get(row, "options")?,
        inherited: get(row, "inherited")?,
        collation: get(row, "collation")?,
        comment: get(row, "comment")?,
        ..Attribute::default()
    })
}

/// Of the relation itself, of the identity column with its number, or one that a default takes values from.
fn set_sequence(structure: &mut Structure, attributes: &[Row], row: &Row) -> Outcome<()> {
    let number: i32 = get(row, "number")?;
    let options: String = get(row, "options")?;
    let options = Some(options).filter(|options| !options.is_empty());
    if number == 0 {
        structure.sequence = options;
        return Ok(());
    }
    if number < 0 {
        let owner: Option<String> = get(row, "owner")?;
        structure.default_sequences.push(Named {
            name: get(row, "name")?,
            definition: options.unwrap_or_default(),
            note: owner.unwrap_or_default(),
        });
        return Ok(());
    }
    for (attribute, row) in structure.attributes.iter_mut().zip(attributes) {
        if get::<i32>(row, "number")? == number {
            attribute.sequence.clone_from(&options);
        }
    }
    Ok(())
}

fn sort_in(structure: &mut Structure, row: &Row) -> Outcome<()> {
    let contype: String = get(row, "contype")?;
    let incoming: bool = get(row, "incoming")?;
    let mut named = Named {
        name: get(row, "name")?,
        definition: get(row, "definition")?,
        note: String::new(),
    };
    if incoming || get(row, "self")? {
        structure.referenced_by.push(Named {
            note: get(row, "owner")?,
            ..named.clone()
        });
    }
    if incoming {
        return Ok(());
    }
    if get(row, "of_parent")? {
        structure.inherited_constraints.push(named.name.clone());
    }
    match contype.as_str() {
        "f" => structure.references.push(named),
        "c" => structure.checks.push(named),
        _ => {
            if contype == "p" {
                named.note = "primary".into();
            }
            structure.keys.push(named);
        }
    }
    Ok(())
}

fn index(row: &Row) -> Outcome<Named> {
    let size = bytes(unsigned(get(row, "size")?));
    let scans: i64 = get(row, "scans")?;
    let valid: bool = get(row, "valid")?;
    let of_constraint: bool = get(row, "of_constraint")?;
    let scans = match scans {
        1 => "1 scan".to_owned(),
        scans => format!("{} scans", grouped(unsigned(scans))),
    };
    let mut note = format!("{size}, {scans}");
    if of_constraint {
        note.push_str(", of a constraint");
    }
    if get(row, "of_parent")? {
        note.push_str(", of the parent's index");
    }
    if !valid {
        note.push_str(", invalid");
    }
    Ok(Named {
        name: get(row, "name")?,
        definition: get(row, "definition")?,
        note,
    })
}
