//! Rows as statements to take elsewhere, and as the list of an `IN`. Values are literals: what is
//! pasted has no parameters.

use crate::data::clip::{Clip, is_json_number};
use crate::data::relation::{Identity, Relation};
use crate::data::{Column, edits::Seen};
use crate::sql::quote::{ident, literal, qualified};

/// One `INSERT` a row, with every value that can be given.
#[must_use]
pub fn inserts(relation: &Relation, clip: &Clip) -> String {
    let table = qualified(&relation.schema, &relation.name);
    let given: Vec<usize> = places(clip, |column| !column.generated);
    let names: Vec<String> = given
        .iter()
        .map(|at| ident(&clip.columns[*at].name))
        .collect();
    let overriding = if given.iter().any(|at| clip.columns[*at].always) {
        " OVERRIDING SYSTEM VALUE"
    } else {
        ""
    };
    let statement = |row: &Seen| {
        if given.is_empty() {
            return format!("INSERT INTO {table} DEFAULT VALUES;\n");
        }
        let values: Vec<String> = given.iter().map(|at| value(clip, row, *at)).collect();
        format!(
            "INSERT INTO {table} ({}){overriding} VALUES ({});\n",
            names.join(", "),
            values.join(", ")
        )
    };
    clip.rows.iter().map(statement).collect()
}

/// One `UPDATE` a row: every other column is set where the key is the row's.
///
/// # Errors
/// There is no key, or nothing besides it.
pub fn updates(relation: &Relation, clip: &Clip) -> Result<String, String> {
    let key = key(relation, clip)?;
    let set = places(clip, |column| column.can_be_given().is_ok());
    let set: Vec<usize> = set.into_iter().filter(|at| !key.contains(at)).collect();
    if set.is_empty() {
        return Err("there is no column besides the key that could be set".to_owned());
    }
    let table = qualified(&relation.schema, &relation.name);
    let pairs = |row: &Seen, places: &[usize], between: &str| {
        let pair = |at: &usize| {
            let name = ident(&clip.columns[*at].name);
            format!("{name} = {}", value(clip, row, *at))
        };
        places.iter().map(pair).collect::<Vec<_>>().join(between)
    };
    let statement = |row: &Seen| {
        format!(
            "UPDATE {table} SET {} WHERE {};\n",
            pairs(row, &set, ", "),
            pairs(row, &key, " AND ")
        )
    };
    Ok(clip.rows.iter().map(statement).collect())
}

/// `IN (…)` with the values of one column, each once; NULL is in no list, and is left out.
///
/// # Errors
/// There is no value.
pub fn values(clip: &Clip) -> Result<String, String> {
    let given = clip
        .rows
        .iter()
        .filter(|row| row.iter().all(Option::is_some));
    listed(given.map(|row| value(clip, row, 0)))
}

/// `IN (…)` with the keys of the rows; `("a", "b") IN (…)` where the key has several columns.
///
/// # Errors
/// There is no key.
pub fn keys(relation: &Relation, clip: &Clip) -> Result<String, String> {
    let key = key(relation, clip)?;
    if let [only] = key.as_slice() {
        return listed(clip.rows.iter().map(|row| value(clip, row, *only)));
    }
    let names = key.iter().map(|at| ident(&clip.columns[*at].name));
    let names: Vec<String> = names.collect();
    let list = listed(clip.rows.iter().map(|row| {
        let values: Vec<String> = key.iter().map(|at| value(clip, row, *at)).collect();
        format!("({})", values.join(", "))
    }))?;
    Ok(format!("({}) {list}", names.join(", ")))
}

fn listed(values: impl Iterator<Item = String>) -> Result<String, String> {
    let mut seen = std::collections::HashSet::new();
    let values: Vec<String> = values.filter(|value| seen.insert(value.clone())).collect();
    if values.is_empty() {
        return Err("every value is NULL, which is in no list".to_owned());
    }
    Ok(format!("IN ({})", values.join(", ")))
}

/// Where the key's columns are.
fn key(relation: &Relation, clip: &Clip) -> Result<Vec<usize>, String> {
    let place = |name: &String| clip.columns.iter().position(|column| column.name == *name);
    let found: Option<Vec<usize>> = match &relation.identity {
        Identity::Key(names) => names.iter().map(place).collect(),
        Identity::Place | Identity::Whole => None,
    };
    found.ok_or_else(|| format!("{} has no key that finds a row", relation.name))
}

fn places(clip: &Clip, fits: impl Fn(&Column) -> bool) -> Vec<usize> {
    let columns = clip.columns.iter().enumerate();
    columns
        .filter(|(_, column)| fits(column))
        .map(|(at, _)| at)
        .collect()
}

/// A literal that takes the type of the column it stands beside. A number without quotes would have
/// a type of its own, which is only the column's for whole and decimal numbers.
fn value(clip: &Clip, row: &Seen, at: usize) -> String {
    const PLAIN: [&str; 4] = ["integer", "bigint", "smallint", "numeric"];
    let kind = clip.columns[at].type_name.as_str();
    let kind = kind.split('(').next().unwrap_or_default();
    match row.get(at).and_then(Option::as_deref) {
        None => "NULL".to_owned(),
        Some(text) if PLAIN.contains(&kind) && is_json_number(text) => text.to_owned(),
        Some("t") if kind == "boolean" => "true".to_owned(),
        Some("f") if kind == "boolean" => "false".to_owned(),
        Some(text) => literal(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Filter;
    use crate::data::catalog::Kind;
    use crate::data::column::tests::column;
    use crate::data::relation::{Allows, Paging};

    fn clip() -> (Relation, Clip) {
        let mut columns = vec![
            column("id", "integer", 'N'),
            column("it's", "text", 'S'),
            column("r", "real", 'N'),
            column("twice", "numeric(8,2)", 'N'),
        ];
        columns[3].generated = true;
        let relation = Relation {
            oid: 1,
            schema: "s".to_owned(),
            name: "t".to_owned(),
            kind: Kind::Table,
            columns: columns.clone(),
            locked_columns: 0,
            paging: Paging::Ctid,
            identity: Identity::Key(vec!["id".to_owned()]),
            allows: Allows::default(),
            foreign_keys: Vec::new(),
            sort: Vec::new(),
            filter: Filter::default(),
        };
        let some = |text: &str| Some(text.to_owned());
        let rows = vec![
            vec![some("1"), some("a'b\\c"), some("0.1"), some("2")],
            vec![some("-2"), None, None, None],
        ];
        (relation, Clip { columns, rows })
    }

    #[test]
    fn statements_give_what_can_be_given_and_find_rows_by_their_key() {
        let (relation, clip) = clip();
        assert_eq!(
            inserts(&relation, &clip),
            "INSERT INTO \"s\".\"t\" (\"id\", \"it's\", \"r\") VALUES (1, E'a''b\\\\c', '0.1');\n\
             INSERT INTO \"s\".\"t\" (\"id\", \"it's\", \"r\") VALUES (-2, NULL, NULL);\n"
        );
        let written = updates(&relation, &clip).unwrap_or_default();
        assert!(written.ends_with(
            "UPDATE \"s\".\"t\" SET \"it's\" = NULL, \"r\" = NULL WHERE \"id\" = -2;\n"
        ));
    }

    #[test]
    fn a_list_has_each_value_once_and_no_null() {
        let (mut relation, clip) = clip();
        assert_eq!(keys(&relation, &clip).as_deref(), Ok("IN (1, -2)"));
        relation.identity = Identity::Key(vec!["id".to_owned(), "it's".to_owned()]);
        let list = keys(&relation, &clip).unwrap_or_default();
        assert_eq!(
            list,
            "(\"id\", \"it's\") IN ((1, E'a''b\\\\c'), (-2, NULL))"
        );
        relation.identity = Identity::Whole;
        assert!(keys(&relation, &clip).is_err());
        assert!(updates(&relation, &clip).is_err());
        let names = Clip {
            columns: vec![clip.columns[1].clone()],
            rows: [Some("x"), None, Some("x"), Some("y")]
                .map(|text| vec![text.map(str::to_owned)])
                .to_vec(),
        };
        assert_eq!(values(&names).as_deref(), Ok("IN ('x', 'y')"));
        let nulls = Clip {
            rows: vec![vec![None]],
            ..names
        };
        assert!(values(&nulls).is_err());
    }
}
