//! Which rows are wanted: conditions on columns, joined by AND and OR, and a free condition in the
//! person's own SQL. What they become there is the `sql` room's to say.

use super::column::Column;

/// What a value is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Equal to a value.
    Equal,
    /// Not equal to it; NULL is not equal to anything.
    NotEqual,
    /// Less than it.
    Less,
    /// Less than it, or equal.
    AtMost,
    /// Greater than it.
    Greater,
    /// Greater than it, or equal.
    AtLeast,
    /// Between two values, both included.
    Between,
    /// One of several values.
    In,
    /// None of several values.
    NotIn,
    /// Holds a text somewhere, in capitals or not.
    Contains,
    /// Begins with a text.
    StartsWith,
    /// Matches a regular expression (manual, 9.7.3).
    Matches,
    /// An array, a range or a JSON value that holds another one (`@>`).
    Has,
    /// A JSON path finds something (manual, 9.16.2).
    JsonPath,
    /// Has the words of a search (manual, 12.3.2, `websearch_to_tsquery`).
    FullText,
    /// True.
    IsTrue,
    /// False.
    IsFalse,
    /// NULL.
    IsNull,
    /// Not NULL.
    IsNotNull,
}

/// How many values an operator takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operands {
    /// None: it says all.
    None,
    /// One text, commas and all.
    One,
    /// Two, parted by `..` or a comma.
    Two,
    /// Any number, parted by commas.
    Many,
}

impl Operator {
    /// As it is shown and typed.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "≠",
            Self::Less => "<",
            Self::AtMost => "≤",
            Self::Greater => ">",
            Self::AtLeast => "≥",
            Self::Between => "between",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Contains => "contains",
            Self::StartsWith => "starts with",
            Self::Matches => "matches",
            Self::Has => "has",
            Self::JsonPath => "json path",
            Self::FullText => "full text",
            Self::IsTrue => "is true",
            Self::IsFalse => "is false",
            Self::IsNull => "is null",
            Self::IsNotNull => "is not null",
        }
    }

    /// How many values it takes.
    #[must_use]
    pub fn operands(self) -> Operands {
        match self {
            Self::IsTrue | Self::IsFalse | Self::IsNull | Self::IsNotNull => Operands::None,
            Self::Between => Operands::Two,
            Self::In | Self::NotIn => Operands::Many,
            _ => Operands::One,
        }
    }

    /// The operators that a column's type allows, the likeliest first.
    #[must_use]
    pub fn of(column: &Column) -> Vec<Self> {
        const ORDER: [Operator; 5] = [
            Operator::Less,
            Operator::AtMost,
            Operator::Greater,
            Operator::AtLeast,
            Operator::Between,
        ];
        const SAME: [Operator; 4] = [
            Operator::Equal,
            Operator::NotEqual,
            Operator::In,
            Operator::NotIn,
        ];
        const TEXT: [Operator; 3] = [Operator::Contains, Operator::StartsWith, Operator::Matches];
        let kind = column.kind();
        let mut all = match kind {
            Kind::Boolean => vec![Self::IsTrue, Self::IsFalse],
            Kind::Json => [
                &[Self::Contains, Self::JsonPath, Self::Has][..],
                &[Self::Matches],
            ]
            .concat(),
            Kind::Search => vec![Self::FullText, Self::Contains],
            Kind::Array | Kind::Range => [&[Self::Has, Self::Contains], &SAME[..2]].concat(),
            Kind::Text => [&SAME[..], &TEXT, &[Self::FullText], &ORDER].concat(),
            Kind::Unordered => TEXT.to_vec(),
            Kind::Number | Kind::Time | Kind::Other | Kind::Enum => {
                [&SAME[..1], &ORDER, &SAME[1..], &TEXT].concat()
            }
        };
        if !column.not_null {
            all.extend([Self::IsNull, Self::IsNotNull]);
        }
        all
    }
}

/// The kinds of type that are asked differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `boolean`.
    Boolean,
    /// Numbers.
    Number,
    /// Dates, times, intervals.
    Time,
    /// Texts.
    Text,
    /// Enums.
    Enum,
    /// `json` and `jsonb`.
    Json,
    /// `tsvector`.
    Search,
    /// Arrays.
    Array,
    /// Ranges and multiranges.
    Range,
    /// Types with no order that PostgreSQL knows, such as `xml` and `point`.
    Unordered,
    /// Everything else, which is taken to have an order: where it has none the server says so.
    Other,
}

impl Column {
    /// What kind of type it has (`pg_type.typcategory`, and for a few types their name).
    #[must_use]
    pub fn kind(&self) -> Kind {
        const UNORDERED: [&str; 7] = [
            "xml",
            "xid",
            "cid",
            "aclitem",
            "jsonpath",
            "pg_snapshot",
            "txid_snapshot",
        ];
        let name = self.type_name.as_str();
        match self.category {
            'A' if UNORDERED.contains(&name.trim_end_matches("[]")) || name == "json[]" => {
                Kind::Unordered
            }
            'A' => Kind::Array,
            'B' => Kind::Boolean,
            'N' => Kind::Number,
            'D' | 'T' => Kind::Time,
            'S' => Kind::Text,
            'E' => Kind::Enum,
            'R' => Kind::Range,
            'G' => Kind::Unordered,
            _ if matches!(name, "json" | "jsonb") => Kind::Json,
            _ if name == "tsvector" => Kind::Search,
            _ if UNORDERED.contains(&name) => Kind::Unordered,
            _ => Kind::Other,
        }
    }

    /// Whether its values can be compared by `=` and `<`.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        self.kind() != Kind::Unordered && self.type_name != "json"
    }
}

/// A value that a column has, to be chosen instead of typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The value.
    pub text: String,
    /// How many of a thousand rows have it, where that is known.
    pub share: Option<u32>,
    /// What it stands for, in words: the name of the row that it refers to.
    pub note: Option<String>,
}

/// One condition on one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The column's name, unquoted.
    pub column: String,
    /// What is asked.
    pub operator: Operator,
    /// The values it is asked with, as many as the operator takes.
    pub values: Vec<String>,
    /// Whether it is joined to those before it by OR. AND binds tighter, as in SQL.
    pub or: bool,
}

impl Condition {
    /// That a column has a value, or that it has not.
    #[must_use]
    pub fn on_value(column: &Column, text: Option<&str>, exclude: bool) -> Self {
        let operator = match (text, column.type_name.as_str(), exclude) {
            (None, _, false) => Operator::IsNull,
            (None, _, true) => Operator::IsNotNull,
            (Some(text), "boolean", exclude) if (text == "t") != exclude => Operator::IsTrue,
            (Some(_), "boolean", _) => Operator::IsFalse,
            (Some(_), _, false) => Operator::Equal,
            (Some(_), _, true) => Operator::NotEqual,
        };
        Self {
            column: column.name.clone(),
            operator,
            values: text.map(str::to_owned).into_iter().collect(),
            or: false,
        }
    }

    /// The one that is likeliest to be asked of a column, its values still to be given.
    #[must_use]
    pub fn likeliest(column: &Column) -> Self {
        let operator = Operator::of(column).first().copied();
        Self {
            column: column.name.clone(),
            operator: operator.unwrap_or(Operator::Equal),
            values: Vec::new(),
            or: false,
        }
    }

    /// Reads what was typed as an operator's values.
    ///
    /// # Errors
    /// Too few or too many, in words.
    pub fn read(column: &str, operator: Operator, typed: &str) -> Result<Self, String> {
        let parts = |pieces: Vec<&str>| -> Vec<String> {
            pieces.iter().map(|piece| piece.trim().to_owned()).collect()
        };
        let values = match operator.operands() {
            Operands::None => Vec::new(),
            Operands::One => vec![typed.to_owned()],
            Operands::Many => parts(typed.split(',').collect()),
            Operands::Two => {
                let pieces: Vec<&str> = match typed.split_once("..") {
                    Some((from, to)) => vec![from, to],
                    None => typed.split(',').collect(),
                };
                if pieces.len() != 2 {
                    return Err("between takes two values: 1..9".to_owned());
                }
                parts(pieces)
            }
        };
        Ok(Self {
            column: column.to_owned(),
            operator,
            values,
            or: false,
        })
    }

    /// The values as they were typed.
    #[must_use]
    pub fn typed(&self) -> String {
        match self.operator.operands() {
            Operands::Two => self.values.join(".."),
            _ => self.values.join(", "),
        }
    }

    /// `status = paid`.
    #[must_use]
    pub fn words(&self) -> String {
        match self.operator.operands() {
            Operands::None => format!("{} {}", self.column, self.operator.sign()),
            _ => format!("{} {} {}", self.column, self.operator.sign(), self.typed()),
        }
    }
}

/// Which rows are wanted; the default one wants all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// The conditions, in the order in which they were given.
    pub conditions: Vec<Condition>,
    /// A condition in SQL, for whatever the others cannot say.
    pub free: Option<String>,
}

impl Filter {
    /// Whether it wants all rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty() && self.free.is_none()
    }

    /// Where the first condition on a column stands.
    #[must_use]
    pub fn place_of(&self, column: &str) -> Option<usize> {
        let mut conditions = self.conditions.iter();
        conditions.position(|condition| condition.column == column)
    }

    /// The same with one condition more, or another one in a place.
    #[must_use]
    pub fn with(mut self, place: Option<usize>, condition: Condition) -> Self {
        match place.and_then(|at| self.conditions.get_mut(at)) {
            Some(old) => *old = condition,
            None => self.conditions.push(condition),
        }
        self
    }

    /// Each part in words, the join before it: `status = paid`, `and total > 5`.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for condition in &self.conditions {
            let join = match (words.is_empty(), condition.or) {
                (true, _) => "",
                (false, true) => "or ",
                (false, false) => "and ",
            };
            words.push(format!("{join}{}", condition.words()));
        }
        if let Some(free) = &self.free {
            let join = if words.is_empty() { "" } else { "and " };
            words.push(format!("{join}({free})"));
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_as_the_operator_takes_it() {
        let read = |operator, typed| {
            Condition::read("a", operator, typed).map(|condition| condition.values)
        };
        let texts = |values: &[&str]| Ok(values.iter().map(|value| (*value).to_owned()).collect());
        assert_eq!(read(Operator::Equal, "a, b"), texts(&["a, b"]));
        assert_eq!(read(Operator::In, "a, b"), texts(&["a", "b"]));
        assert_eq!(read(Operator::Between, "1..9"), texts(&["1", "9"]));
        assert_eq!(read(Operator::Between, "1, 9"), texts(&["1", "9"]));
        assert_eq!(read(Operator::IsNull, ""), texts(&[]));
        assert!(read(Operator::Between, "1").is_err());
    }

    #[test]
    fn a_filter_reads_as_it_joins() {
        let condition = |or| Condition {
            or,
            ..Condition {
                column: "n".into(),
                operator: Operator::Between,
                values: vec!["1".into(), "9".into()],
                or,
            }
        };
        let filter = Filter {
            conditions: vec![condition(false), condition(true)],
            free: Some("true".into()),
        };
        let words = ["n between 1..9", "or n between 1..9", "and (true)"];
        assert_eq!(filter.words(), words);
    }
}
