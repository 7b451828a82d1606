//! What completion knows of a database: its relations with their columns, keys, functions, types.
//!
//! Made to be held whole: a thousand tables of twenty columns take a few megabytes, since the names
//! of schemas and types are shared. Looked up by schema and name, or by the name alone as the server
//! would find it through the search path (manual, 5.9.3).

use std::sync::Arc;

use super::catalog::Kind;

/// The labels of an enum, in their order.
pub type Labels = Arc<[Box<str>]>;

/// A column of a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name, unquoted.
    pub name: Box<str>,
    /// Its type with its modifier, as `format_type` writes it.
    pub type_name: Arc<str>,
    /// The labels, where the type is an enum or a domain over one.
    pub labels: Option<Labels>,
}

/// A table, a view, a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The schema it is in.
    pub schema: Arc<str>,
    /// Its name, unquoted.
    pub name: Box<str>,
    /// What it is; one of the kinds that have rows.
    pub kind: Kind,
    /// Whether it is a partition, which is seldom named itself.
    pub is_partition: bool,
    /// Its columns in their order; none that the role has no right on.
    pub columns: Box<[Column]>,
}

/// A relation's schema and name.
pub type Place = (Arc<str>, Box<str>);

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The relation that refers.
    pub from: Place,
    /// Its columns.
    pub columns: Box<[Box<str>]>,
    /// The relation that is referred to.
    pub to: Place,
    /// Its columns, in the order of `columns`.
    pub referenced: Box<[Box<str>]>,
}

/// What a function is called as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Routine {
    /// In an expression.
    Function,
    /// In an expression or as a relation: it returns rows.
    Rows,
    /// Over groups of rows.
    Aggregate,
    /// With `OVER`.
    Window,
    /// With `CALL`.
    Procedure,
}

/// A function or procedure; each that shares its name is one of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// The schema it is in.
    pub schema: Arc<str>,
    /// Its name, unquoted.
    pub name: Box<str>,
    /// How it is called.
    pub routine: Routine,
    /// Its arguments, as `pg_get_function_arguments` writes them.
    pub arguments: Box<str>,
    /// What it returns, as `pg_get_function_result` writes it; empty for a procedure.
    pub result: Arc<str>,
}

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeName {
    /// The schema it is in.
    pub schema: Arc<str>,
    /// Its name, unquoted: `int4`.
    pub name: Box<str>,
    /// How `format_type` writes it: `integer`.
    pub title: Box<str>,
    /// The labels, where it is an enum or a domain over one.
    pub labels: Option<Labels>,
}

/// All of it, in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// `current_schemas(true)`: the schemas that are searched, in their order.
    pub search_path: Vec<Arc<str>>,
    /// Every schema that may be used.
    pub schemas: Vec<Arc<str>>,
    /// The relations.
    pub relations: Vec<Relation>,
    /// The foreign keys between them.
    pub foreign_keys: Vec<ForeignKey>,
    /// The functions.
    pub functions: Vec<Function>,
    /// The types.
    pub types: Vec<TypeName>,
    /// The names of the server's settings.
    pub settings: Vec<Box<str>>,
}

/// What completion knows, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    contents: Contents,
}

impl Names {
    /// Puts it in order.
    #[must_use]
    pub fn new(mut contents: Contents) -> Self {
        contents
            .relations
            .sort_by(|a, b| (&a.name, &a.schema).cmp(&(&b.name, &b.schema)));
        contents
            .functions
            .sort_by(|a, b| (&a.name, &a.schema).cmp(&(&b.name, &b.schema)));
        contents
            .types
            .sort_by(|a, b| (&a.name, &a.schema).cmp(&(&b.name, &b.schema)));
        contents.schemas.sort();
        contents.settings.sort();
        Self { contents }
    }

    /// Takes another search path: that of the session in which a console runs.
    pub fn set_search_path(&mut self, path: Vec<Arc<str>>) {
        self.contents.search_path = path;
    }

    /// The schemas that are searched, in their order.
    #[must_use]
    pub fn search_path(&self) -> &[Arc<str>] {
        &self.contents.search_path
    }

    /// Every schema, by name.
    #[must_use]
    pub fn schemas(&self) -> &[Arc<str>] {
        &self.contents.schemas
    }

    /// Every relation, by name and schema.
    #[must_use]
    pub fn relations(&self) -> &[Relation] {
        &self.contents.relations
    }

    /// Every function, by name and schema; those of one name and schema follow each other.
    #[must_use]
    pub fn functions(&self) -> &[Function] {
        &self.contents.functions
    }

    /// Every type, by name and schema.
    #[must_use]
    pub fn types(&self) -> &[TypeName] {
        &self.contents.types
    }

    /// The names of the server's settings.
    #[must_use]
    pub fn settings(&self) -> &[Box<str>] {
        &self.contents.settings
    }

    /// Whether nothing was read yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.contents.relations.is_empty() && self.contents.schemas.is_empty()
    }

    /// The relation of a schema.
    #[must_use]
    pub fn relation(&self, schema: &str, name: &str) -> Option<&Relation> {
        let relations = &self.contents.relations;
        let found = relations
            .binary_search_by(|relation| (&*relation.name, &*relation.schema).cmp(&(name, schema)));
        found.ok().and_then(|at| relations.get(at))
    }

    /// The relation that a bare name means.
    #[must_use]
    pub fn visible(&self, name: &str) -> Option<&Relation> {
        let mut path = self.contents.search_path.iter();
        path.find_map(|schema| self.relation(schema, name))
    }

    /// Whether a bare name means this relation.
    #[must_use]
    pub fn is_visible(&self, relation: &Relation) -> bool {
        self.visible(&relation.name)
            .is_some_and(|found| found.schema == relation.schema)
    }

    /// Whether a bare name finds what is in this schema, as long as nothing of the same name stands
    /// before it: the schema is searched.
    #[must_use]
    pub fn is_searched(&self, schema: &str) -> bool {
        let mut path = self.contents.search_path.iter();
        path.any(|searched| **searched == *schema)
    }

    /// Whether the bare name of a type means the one in this schema.
    #[must_use]
    pub fn is_type_visible(&self, kind: &TypeName) -> bool {
        let types = &self.contents.types;
        let first = types.partition_point(|other| other.name < kind.name);
        let same = || {
            let rest = types.get(first..).unwrap_or_default().iter();
            rest.take_while(|other| other.name == kind.name)
        };
        let mut path = self.contents.search_path.iter();
        let found = path.find(|schema| same().any(|other| other.schema == **schema));
        found.is_some_and(|schema| *schema == kind.schema)
    }

    /// The foreign keys from or to a relation.
    pub fn foreign_keys_of<'a>(
        &'a self,
        relation: &'a Relation,
    ) -> impl Iterator<Item = &'a ForeignKey> {
        let keys = self.contents.foreign_keys.iter();
        keys.filter(|key| relation.is_at(&key.from) || relation.is_at(&key.to))
    }
}

impl Relation {
    /// Whether this is its place.
    #[must_use]
    pub fn is_at(&self, place: &Place) -> bool {
        self.name == place.1 && self.schema == place.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relation(schema: &str, name: &str) -> Relation {
        Relation {
            schema: schema.into(),
            name: name.into(),
            kind: Kind::Table,
            is_partition: false,
            columns: Box::default(),
        }
    }

    fn names() -> Names {
        let kind = |schema: &str| TypeName {
            schema: schema.into(),
            name: "mood".into(),
            title: "mood".into(),
            labels: None,
        };
        Names::new(Contents {
            search_path: vec!["own".into(), "public".into()],
            relations: vec![
                relation("public", "pet"),
                relation("zoo", "pet"),
                relation("own", "pet"),
                relation("public", "owner"),
                relation("zoo", "cage"),
            ],
            types: vec![kind("zoo"), kind("public")],
            ..Contents::default()
        })
    }

    #[test]
    fn a_bare_name_is_found_through_the_search_path() {
        let mut names = names();
        let schema =
            |names: &Names, name| names.visible(name).map(|found| found.schema.to_string());
        assert_eq!(schema(&names, "pet").as_deref(), Some("own"));
        assert_eq!(schema(&names, "owner").as_deref(), Some("public"));
        assert_eq!(schema(&names, "cage"), None);
        assert!(
            names
                .relation("zoo", "cage")
                .is_some_and(|cage| !names.is_visible(cage))
        );
        let seen = names.types().iter().map(|kind| names.is_type_visible(kind));
        assert_eq!(seen.collect::<Vec<_>>(), [true, false]);
        names.set_search_path(vec!["zoo".into()]);
        assert_eq!(schema(&names, "pet").as_deref(), Some("zoo"));
        assert!(names.relation("none", "pet").is_none());
    }

    #[test]
    fn a_column_is_small() {
        assert!(size_of::<Column>() <= 48);
    }
}
