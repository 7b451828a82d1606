//! Foreign keys, both ways: what a row refers to, and who refers to it.

use super::filter::{Condition, Filter, Operator};

/// What rows are found by: the names of columns, and the value that each is equal to.
pub type Equals = Vec<(String, String)>;

/// A foreign key of a relation (`pg_constraint`, `contype = 'f'`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// Its columns.
    pub columns: Vec<String>,
    /// The relation it refers to, by its number.
    pub table: u32,
    /// The columns it refers to there, one for each of its own.
    pub referenced: Vec<String>,
}

impl ForeignKey {
    /// The row that a row refers to, whose values `value` gives; nothing where one of them is NULL.
    pub fn leads_to(&self, value: impl Fn(&str) -> Option<String>) -> Option<Equals> {
        let pairs = self.columns.iter().zip(&self.referenced);
        pairs
            .map(|(column, there)| Some((there.clone(), value(column)?)))
            .collect()
    }
}

/// A foreign key of another relation that refers to this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referrer {
    /// The relation whose key it is, by its number.
    pub table: u32,
    /// That relation's schema.
    pub schema: String,
    /// That relation's name.
    pub name: String,
    /// The columns of the key, in that relation.
    pub columns: Vec<String>,
    /// The types of these columns, as a cast writes them.
    pub casts: Vec<String>,
    /// The columns it refers to, in this one.
    pub referenced: Vec<String>,
}

impl Referrer {
    /// The rows that refer to a row, whose values `value` gives; the name of the column where one
    /// of them is NULL or not known.
    ///
    /// # Errors
    /// That column.
    pub fn comes_from(&self, value: impl Fn(&str) -> Option<String>) -> Result<Equals, String> {
        let pairs = self.columns.iter().zip(&self.referenced);
        pairs
            .map(|(theirs, column)| {
                let value = value(column).ok_or_else(|| column.clone())?;
                Ok((theirs.clone(), value))
            })
            .collect()
    }
}

/// The filter that wants the rows that are found by these values.
#[must_use]
pub fn filter(equals: &[(String, String)]) -> Filter {
    let condition = |(column, value): &(String, String)| Condition {
        column: column.clone(),
        operator: Operator::Equal,
        values: vec![value.clone()],
        or: false,
    };
    Filter {
        conditions: equals.iter().map(condition).collect(),
        free: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_with_a_null_in_its_key_refers_to_nothing() {
        let key = ForeignKey {
            columns: vec!["a".into(), "b".into()],
            table: 1,
            referenced: vec!["x".into(), "y".into()],
        };
        let whole = key.leads_to(|column| Some(format!("{column}1")));
        let equals = vec![("x".into(), "a1".into()), ("y".into(), "b1".into())];
        assert_eq!(whole, Some(equals.clone()));
        assert_eq!(filter(&equals).words(), ["x = a1", "and y = b1"]);
        assert_eq!(
            key.leads_to(|column| (column == "a").then(String::new)),
            None
        );
    }
}
