//! What completion knows of a database, read in one round trip.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tokio::try_join;
use tokio_postgres::Row;

use super::get;
use crate::data::catalog::Kind;
use crate::data::names::{
    Column, Contents, ForeignKey, Function, Labels, Names, Relation, Routine, TypeName,
};
use crate::fault::{Fault, Outcome};
use crate::pg::Link;

/// Reads the names of the database. What the role may not use is not among them, and of a relation
/// that it has no right on there is the name only.
///
/// # Errors
/// The server's.
pub async fn names(link: &Link) -> Outcome<Names> {
    let (path, relations, keys, functions, types) = try_join!(
        link.rows(include_str!("names_path.sql"), &[]),
        link.rows(include_str!("names_relations.sql"), &[]),
        link.rows(include_str!("names_keys.sql"), &[]),
        link.rows(include_str!("names_functions.sql"), &[]),
        link.rows(include_str!("names_types.sql"), &[]),
    )?;
    let path = path
        .first()
        .ok_or_else(|| Fault::new("The server said nothing of its search path"))?;
    let mut shared = Shared::default();
    let mut contents = Contents {
        search_path: shared.texts(path, "search_path")?,
        schemas: shared.texts(path, "schemas")?,
        settings: boxed(path, "settings")?.into_vec(),
        ..Contents::default()
    };
    let mut labels = HashMap::new();
    for row in &types {
        let kind = type_name(row, &mut shared)?;
        if let Some(of) = &kind.labels {
            labels.insert(get::<u32>(row, "oid")?, Arc::clone(of));
        }
        contents.types.push(kind);
    }
    for row in &relations {
        contents
            .relations
            .extend(relation(row, &labels, &mut shared)?);
    }
    for row in &keys {
        contents.foreign_keys.push(ForeignKey {
            from: (
                shared.text(row, "from_schema")?,
                get::<&str>(row, "from_name")?.into(),
            ),
            columns: boxed(row, "columns")?,
            to: (
                shared.text(row, "to_schema")?,
                get::<&str>(row, "to_name")?.into(),
            ),
            referenced: boxed(row, "referenced")?,
        });
    }
    for row in &functions {
        contents.functions.push(function(row, &mut shared)?);
    }
    Ok(Names::new(contents))
}

/// Texts that occur often, each held once.
#[derive(Default)]
struct Shared {
    texts: HashSet<Arc<str>>,
}

impl Shared {
    fn one(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        self.texts.insert(Arc::clone(&text));
        text
    }

    fn text(&mut self, row: &Row, column: &str) -> Outcome<Arc<str>> {
        Ok(self.one(get(row, column)?))
    }

    fn texts(&mut self, row: &Row, column: &str) -> Outcome<Vec<Arc<str>>> {
        let texts: Vec<&str> = get(row, column)?;
        Ok(texts.into_iter().map(|text| self.one(text)).collect())
    }
}

fn boxed(row: &Row, column: &str) -> Outcome<Box<[Box<str>]>> {
    let texts: Vec<&str> = get(row, column)?;
    Ok(texts.into_iter().map(Box::from).collect())
}

fn type_name(row: &Row, shared: &mut Shared) -> Outcome<TypeName> {
    let labels: Option<Vec<&str>> = get(row, "labels")?;
    Ok(TypeName {
        schema: shared.text(row, "schema")?,
        name: get::<&str>(row, "name")?.into(),
        title: get::<&str>(row, "title")?.into(),
        labels: labels.map(|labels| labels.into_iter().map(Box::from).collect()),
    })
}

fn relation(
    row: &Row,
    labels: &HashMap<u32, Labels>,
    shared: &mut Shared,
) -> Outcome<Option<Relation>> {
    let Some(kind) = Kind::of_relkind(get(row, "relkind")?) else {
        return Ok(None);
    };
    let names: Vec<&str> = get(row, "columns")?;
    let types: Vec<u32> = get(row, "types")?;
    let type_names: Vec<&str> = get(row, "type_names")?;
    let columns = names.iter().zip(types).zip(type_names);
    let columns = columns.map(|((name, oid), type_name)| Column {
        name: Box::from(*name),
        type_name: shared.one(type_name),
        labels: labels.get(&oid).cloned(),
    });
    let columns = columns.collect();
    Ok(Some(Relation {
        schema: shared.text(row, "schema")?,
        name: get::<&str>(row, "name")?.into(),
        kind,
        is_partition: get(row, "is_partition")?,
        columns,
    }))
}

fn function(row: &Row, shared: &mut Shared) -> Outcome<Function> {
    let routine = match get::<&str>(row, "prokind")? {
        "p" => Routine::Procedure,
        "a" => Routine::Aggregate,
        "w" => Routine::Window,
        _ if get(row, "returns_rows")? => Routine::Rows,
        _ => Routine::Function,
    };
    Ok(Function {
        schema: shared.text(row, "schema")?,
        name: get::<&str>(row, "name")?.into(),
        routine,
        arguments: get::<&str>(row, "arguments")?.into(),
        result: shared.text(row, "result")?,
    })
}
