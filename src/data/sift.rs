//! Rows that are held, filtered and sorted without the server: which of them, and in which order.
//!
//! Numbers are compared by their value, whatever their size, dates by the day and the time that are
//! shown, and everything else by its text, code point by code point: what a type's own order or the
//! server's collation would say is the server's to know, and [`is_by_text`] tells where that makes a
//! difference. NULL is as in SQL: no condition but `is null` is true of it.

use std::cmp::Ordering;

mod keys;

use keys::{date, number, unknown};

use super::column::Column;
use super::filter::{Condition, Filter, Kind, Operator};
use super::order::{Direction, Nulls, OrderKey};
use super::window::Rows;
use crate::fault::{Fault, Outcome};

/// The numbers of the rows and the keys they are sorted by take no more than so many bytes.
const MOST: usize = 24 << 20;

/// How the values of a column are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Number,
    Date,
    Text,
}

impl By {
    fn of(column: &Column) -> Self {
        let name = column.type_name.as_str();
        match column.kind() {
            // Money has signs of its own; what refers to objects is written by their names.
            Kind::Number if name != "money" && !name.starts_with("reg") => Self::Number,
            Kind::Time if name == "date" || name.starts_with("timestamp") => Self::Date,
            _ => Self::Text,
        }
    }

    /// Bytes that are ordered as the values are; nothing for a text that is none of them.
    fn key(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Number => number(text),
            Self::Date => date(text),
            Self::Text => Some(text.as_bytes().to_vec()),
        }
    }
}

/// Whether values of a column are compared here as texts, which may not be how the server has them.
#[must_use]
pub fn is_by_text(column: &Column) -> bool {
    By::of(column) == By::Text && column.kind() != Kind::Boolean
}

/// Whether a condition says which of two values comes first.
#[must_use]
pub fn is_ordering(operator: Operator) -> bool {
    use Operator as O;
    matches!(
        operator,
        O::Less | O::AtMost | O::Greater | O::AtLeast | O::Between
    )
}

/// Whether a condition with this operator is answered here.
#[must_use]
pub fn answers(operator: Operator) -> bool {
    !matches!(
        operator,
        Operator::Matches | Operator::Has | Operator::JsonPath | Operator::FullText
    )
}

/// A filter and an order, and what has been sifted so far.
#[derive(Debug)]
pub struct Sift {
    conditions: Vec<Test>,
    keys: Vec<Key>,
    /// How many rows were looked at.
    seen: u32,
    /// Those that pass.
    passed: Vec<u32>,
    bytes: usize,
}

impl Sift {
    /// Begins to sift rows of these columns.
    ///
    /// # Errors
    /// A condition that only the server can answer, a value that is no number where one is wanted, or
    /// a column that is not there.
    pub fn new(filter: &Filter, sort: &[OrderKey], columns: &[Column]) -> Outcome<Self> {
        if let Some(free) = &filter.free {
            return Err(asks_the_server(free));
        }
        let conditions = filter.conditions.iter();
        let conditions = conditions.map(|condition| Test::new(condition, columns));
        let keys = sort.iter().map(|key| Key::new(key, columns));
        Ok(Self {
            conditions: conditions.collect::<Outcome<_>>()?,
            keys: keys.collect::<Outcome<_>>()?,
            seen: 0,
            passed: Vec::new(),
            bytes: 0,
        })
    }

    /// Takes the next rows.
    ///
    /// # Errors
    /// They are too many to be held in another order.
    pub fn take(&mut self, rows: &Rows) -> Outcome<()> {
        for row in 0..rows.len() {
            if self.passes(rows, row) {
                self.passed.push(self.seen);
                let keys = self.keys.iter_mut();
                let added: usize = keys.map(|key| key.take(rows, row)).sum();
                self.bytes += added + size_of::<u32>();
            }
            self.seen += 1;
        }
        if self.bytes > MOST {
            return Err(
                Fault::new("These are too many rows to be put in order here")
                    .because("what is loaded is put in order in memory, of which little is taken")
                    .remedy("let the server do it: ORDER BY or WHERE in the statement"),
            );
        }
        Ok(())
    }

    /// The numbers of the rows that pass, from nought, in their order; rows that are equal stay as
    /// they were.
    #[must_use]
    pub fn finish(self) -> Vec<u32> {
        let Self { keys, passed, .. } = self;
        if keys.is_empty() {
            return passed;
        }
        let mut places: Vec<u32> = (0..).take(passed.len()).collect();
        places.sort_by(|one, other| {
            let mut orders = keys
                .iter()
                .map(|key| key.compare(*one as usize, *other as usize));
            orders
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        for place in &mut places {
            *place = passed[*place as usize];
        }
        places
    }

    /// AND binds tighter than OR.
    fn passes(&self, rows: &Rows, row: usize) -> bool {
        let mut all = true;
        for condition in &self.conditions {
            if condition.or {
                if all {
                    return true;
                }
                all = true;
            }
            let text = rows.cell(row, condition.column).and_then(|cell| cell.text);
            all = all && condition.is_true_of(text);
        }
        all
    }
}

fn asks_the_server(what: &str) -> Fault {
    Fault::new(format!("Only the server can answer: {what}"))
        .because("the rows of a result are filtered here, where they are")
        .remedy("put it into the statement's WHERE")
}

/// A condition, its values read.
#[derive(Debug)]
struct Test {
    column: usize,
    operator: Operator,
    by: By,
    /// As the operator compares them.
    values: Vec<Vec<u8>>,
    or: bool,
}

impl Test {
    fn new(condition: &Condition, columns: &[Column]) -> Outcome<Self> {
        use Operator as O;
        let column = place_of(&condition.column, columns)?;
        let by = By::of(&columns[column]);
        let compares = !matches!(
            condition.operator,
            O::Contains | O::StartsWith | O::IsTrue | O::IsFalse | O::IsNull | O::IsNotNull
        );
        if !answers(condition.operator) {
            return Err(asks_the_server(&condition.words()));
        }
        let values = condition
            .values
            .iter()
            .map(|value| match condition.operator {
                O::Contains => Ok(value.to_lowercase().into_bytes()),
                _ if compares => by.key(value).ok_or_else(|| {
                    let what = match by {
                        By::Date => {
                            "no date as they are written here: 2026-01-31, or 2026-01-31 13:00"
                        }
                        _ => "no number",
                    };
                    Fault::new(format!("{value} is {what}"))
                        .because(format!("{} is compared with it", condition.column))
                }),
                _ => Ok(value.clone().into_bytes()),
            });
        Ok(Self {
            column,
            operator: condition.operator,
            by: if compares { by } else { By::Text },
            values: values.collect::<Outcome<_>>()?,
            or: condition.or,
        })
    }

    fn is_true_of(&self, text: Option<&str>) -> bool {
        use Operator as O;
        let Some(text) = text else {
            return self.operator == O::IsNull;
        };
        let key = self.by.key(text).unwrap_or_else(|| unknown(text));
        let key = key.as_slice();
        let value = |at: usize| self.values.get(at).map_or(&[][..], Vec::as_slice);
        match self.operator {
            O::Equal => key == value(0),
            O::NotEqual => key != value(0),
            O::Less => key < value(0),
            O::AtMost => key <= value(0),
            O::Greater => key > value(0),
            O::AtLeast => key >= value(0),
            O::Between => value(0) <= key && key <= value(1),
            O::In => self.values.iter().any(|value| key == value),
            O::NotIn => self.values.iter().all(|value| key != value),
            O::Contains => {
                let wanted = str::from_utf8(value(0)).unwrap_or_default();
                text.to_lowercase().contains(wanted)
            }
            O::StartsWith => text.as_bytes().starts_with(value(0)),
            O::IsTrue => text == "t",
            O::IsFalse => text == "f",
            O::IsNotNull => true,
            O::IsNull | O::Matches | O::Has | O::JsonPath | O::FullText => false,
        }
    }
}

fn place_of(name: &str, columns: &[Column]) -> Outcome<usize> {
    let place = columns.iter().position(|column| column.name == name);
    place.ok_or_else(|| Fault::new(format!("There is no column {name} here")))
}

/// A column that is sorted by, and its values of the rows that pass, one after another.
#[derive(Debug)]
struct Key {
    column: usize,
    by: By,
    direction: Direction,
    nulls: Nulls,
    bytes: Vec<u8>,
    /// Where each value ends; the top bit marks a NULL.
    ends: Vec<u32>,
}

const NULL_BIT: u32 = 1 << 31;

impl Key {
    fn new(key: &OrderKey, columns: &[Column]) -> Outcome<Self> {
        let column = place_of(&key.column, columns)?;
        Ok(Self {
            column,
            by: By::of(&columns[column]),
            direction: key.direction,
            nulls: key.nulls,
            bytes: Vec::new(),
            ends: Vec::new(),
        })
    }

    /// Takes the value of a row; how many bytes that took.
    fn take(&mut self, rows: &Rows, row: usize) -> usize {
        let before = self.bytes.len();
        let text = rows.cell(row, self.column).and_then(|cell| cell.text);
        let mut end = 0;
        match text {
            None => end = NULL_BIT,
            // What is compared as it is need not be put together first.
            Some(text) if self.by == By::Text => self.bytes.extend_from_slice(text.as_bytes()),
            Some(text) => {
                let key = self.by.key(text).unwrap_or_else(|| unknown(text));
                self.bytes.extend_from_slice(&key);
            }
        }
        // The limit of what is taken lies far below.
        end |= u32::try_from(self.bytes.len()).unwrap_or(NULL_BIT - 1);
        self.ends.push(end);
        self.bytes.len() - before + size_of::<u32>()
    }

    fn value(&self, at: usize) -> Option<&[u8]> {
        let start = match at {
            0 => 0,
            _ => self.ends[at - 1] & !NULL_BIT,
        };
        let end = self.ends[at];
        (end & NULL_BIT == 0).then(|| &self.bytes[start as usize..end as usize])
    }

    fn compare(&self, one: usize, other: usize) -> Ordering {
        let null_first = self.nulls == Nulls::First;
        match (self.value(one), self.value(other)) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) if null_first => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) if null_first => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(one), Some(other)) => match self.direction {
                Direction::Ascending => one.cmp(other),
                Direction::Descending => other.cmp(one),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{KeyRole, Origin, RowsBuilder};

    fn column(name: &str, category: char) -> Column {
        Column {
            name: name.to_owned(),
            type_name: String::new(),
            cast: String::new(),
            operators: None,
            category,
            varlena: true,
            not_null: false,
            generated: false,
            always: false,
            has_default: false,
            key: KeyRole::default(),
            origin: Origin::default(),
        }
    }

    fn rows(cells: &[[Option<&str>; 2]]) -> Rows {
        let mut rows = RowsBuilder::new(2);
        for cell in cells.iter().flatten() {
            rows.push(*cell, None);
        }
        rows.finish()
    }

    fn key(column: &str, direction: Direction, nulls: Nulls) -> OrderKey {
        OrderKey {
            column: column.to_owned(),
            cast: String::new(),
            operators: None,
            direction,
            nulls,
            nullable: true,
        }
    }

    const PEOPLE: [[Option<&str>; 2]; 5] = [
        [Some("10"), Some("Åsa")],
        [None, Some("bo")],
        [Some("9.50"), Some("Bo")],
        [Some("-1e1"), None],
        [Some("9.5"), Some("")],
    ];

    fn sifted(filter: &Filter, sort: &[OrderKey]) -> Outcome<Vec<u32>> {
        let columns = [column("n", 'N'), column("name", 'S')];
        let mut sift = Sift::new(filter, sort, &columns)?;
        sift.take(&rows(&PEOPLE[..2]))?;
        sift.take(&rows(&PEOPLE[2..]))?;
        Ok(sift.finish())
    }

    #[test]
    fn numbers_are_sorted_by_value_and_texts_by_text() {
        let sorted = |keys: &[OrderKey]| sifted(&Filter::default(), keys);
        let up = key("n", Direction::Ascending, Nulls::Last);
        assert_eq!(sorted(std::slice::from_ref(&up)), Ok(vec![3, 2, 4, 0, 1]));
        let down = key("n", Direction::Descending, Nulls::First);
        assert_eq!(sorted(&[down]), Ok(vec![1, 0, 2, 4, 3]));
        let name = key("name", Direction::Ascending, Nulls::First);
        assert_eq!(sorted(std::slice::from_ref(&name)), Ok(vec![3, 4, 2, 1, 0]));
        assert_eq!(sorted(&[up, name]), Ok(vec![3, 4, 2, 0, 1]));
        assert!(sorted(&[key("gone", Direction::Ascending, Nulls::Last)]).is_err());
    }

    #[test]
    fn a_condition_is_true_false_or_the_servers() {
        use Operator as O;
        let cases: [(&str, O, &[&str], &[u32]); 16] = [
            ("n", O::Equal, &["9.500"], &[2, 4]),
            ("n", O::NotEqual, &["9.5"], &[0, 3]),
            ("n", O::Less, &["0"], &[3]),
            ("n", O::AtLeast, &["9.5"], &[0, 2, 4]),
            ("n", O::Between, &["9", "10"], &[0, 2, 4]),
            ("n", O::In, &["10.0", "-10"], &[0, 3]),
            ("n", O::NotIn, &["10"], &[2, 3, 4]),
            ("n", O::IsNull, &[], &[1]),
            ("n", O::StartsWith, &["9"], &[2, 4]),
            ("name", O::Contains, &["BO"], &[1, 2]),
            ("name", O::StartsWith, &["B"], &[2]),
            ("name", O::Equal, &[""], &[4]),
            ("name", O::Greater, &["b"], &[0, 1]),
            ("name", O::AtMost, &["Bo"], &[2, 4]),
            ("name", O::IsNotNull, &[], &[0, 1, 2, 4]),
            ("name", O::NotEqual, &["bo"], &[0, 2, 4]),
        ];
        let condition = |column: &str, operator, values: &[&str]| Condition {
            column: column.to_owned(),
            operator,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            or: false,
        };
        let filter = |conditions| Filter {
            conditions,
            free: None,
        };
        for (column, operator, values, passed) in cases {
            let one = filter(vec![condition(column, operator, values)]);
            assert_eq!(sifted(&one, &[]), Ok(passed.to_vec()), "{one:?}");
        }
        let or = Condition {
            or: true,
            ..condition("n", O::IsNull, &[])
        };
        let first = condition("n", O::Greater, &["9"]);
        let second = condition("name", O::Contains, &["å"]);
        let all = filter(vec![first, second, or]);
        assert_eq!(sifted(&all, &[]), Ok(vec![0, 1]));
        for wrong in [
            condition("n", O::Equal, &["ten"]),
            condition("name", O::Matches, &["^b"]),
            condition("gone", O::IsNull, &[]),
        ] {
            assert!(sifted(&filter(vec![wrong]), &[]).is_err());
        }
        let free = Filter {
            free: Some("true".into()),
            ..Filter::default()
        };
        assert!(sifted(&free, &[]).is_err());
    }

    #[test]
    fn what_takes_too_much_memory_is_refused() {
        let columns = [column("n", 'N'), column("name", 'S')];
        let by_name = key("name", Direction::Ascending, Nulls::Last);
        let sift = Sift::new(&Filter::default(), &[by_name], &columns);
        let long = "x".repeat(MOST / 2);
        let rows = rows(&[[None, Some(&long)]]);
        let taken = sift.map(|mut sift| [sift.take(&rows).is_ok(), sift.take(&rows).is_ok()]);
        assert_eq!(taken, Ok([true, false]));
    }
}
