//! The text of an array, as `array_out` writes it (manual, 8.15.6), read element by element.

/// One element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its subscripts, outermost first; they begin with 1 where the array does not say otherwise.
    pub subscripts: Vec<i64>,
    /// Its text without the quotes, or nothing for NULL. The text `NULL` is another thing.
    pub text: Option<String>,
}

/// The elements of an array, in their order; nothing where the text is no array's. Elements are
/// parted by a comma in every type that comes with PostgreSQL but `box`.
#[must_use]
pub fn elements(text: &str, delimiter: char) -> Option<Vec<Element>> {
    let (bounds, body) = bounds(text)?;
    let mut reader = Reader {
        rest: body,
        delimiter,
        bounds,
        place: Vec::new(),
        found: Vec::new(),
    };
    reader.read()?;
    reader.rest.is_empty().then_some(reader.found)
}

/// The lower bounds in front of an array that does not begin with 1: `[0:1][-2:0]={…}`.
fn bounds(text: &str) -> Option<(Vec<i64>, &str)> {
    if !text.starts_with('[') {
        return Some((Vec::new(), text));
    }
    let (head, body) = text.split_once('=')?;
    let lower = |range: &str| range.trim_end_matches(']').split_once(':')?.0.parse().ok();
    let ranges = head.split('[').skip(1);
    Some((ranges.map(lower).collect::<Option<_>>()?, body))
}

struct Reader<'a> {
    rest: &'a str,
    delimiter: char,
    bounds: Vec<i64>,
    /// The subscript in each array that is open.
    place: Vec<i64>,
    found: Vec<Element>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let mut letters = self.rest.chars();
        let next = letters.next()?;
        self.rest = letters.as_str();
        Some(next)
    }

    /// Reads one array, with those in it, to its end.
    fn read(&mut self) -> Option<()> {
        (self.next()? == '{').then_some(())?;
        self.open();
        if self.rest == "}" {
            self.rest = "";
            return Some(());
        }
        loop {
            if self.rest.starts_with('{') {
                self.next();
                self.open();
                continue;
            }
            let element = self.element()?;
            self.found.push(element);
            if !self.go_on()? {
                return Some(());
            }
        }
    }

    /// The first element of an array that is opened here.
    fn open(&mut self) {
        let lower = self.bounds.get(self.place.len()).copied().unwrap_or(1);
        self.place.push(lower);
    }

    /// Closes what ends here; `false` at the end of all.
    fn go_on(&mut self) -> Option<bool> {
        loop {
            let next = self.next()?;
            if next == self.delimiter {
                *self.place.last_mut()? += 1;
                return Some(true);
            }
            (next == '}').then_some(())?;
            self.place.pop();
            if self.place.is_empty() {
                return Some(false);
            }
        }
    }

    fn element(&mut self) -> Option<Element> {
        let subscripts = self.place.clone();
        let element = |text| Element { subscripts, text };
        let mut text = String::new();
        if self.rest.starts_with('"') {
            self.next();
            loop {
                match self.next()? {
                    '"' => return Some(element(Some(text))),
                    '\\' => text.push(self.next()?),
                    letter => text.push(letter),
                }
            }
        }
        let ends = |letter: char| letter == self.delimiter || letter == '}';
        let end = self.rest.find(ends)?;
        let (bare, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!bare.is_empty()).then(|| element((bare != "NULL").then(|| bare.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Value = Option<String>;

    /// As `array_out` writes an element.
    fn written(value: &Value) -> String {
        let Some(text) = value else {
            return "NULL".to_owned();
        };
        let special = |letter: char| "{},\"\\".contains(letter) || letter.is_whitespace();
        if text.is_empty() || text.eq_ignore_ascii_case("null") || text.contains(special) {
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
            return format!("\"{escaped}\"");
        }
        text.clone()
    }

    fn element() -> impl Strategy<Value = Value> {
        proptest::option::of(prop_oneof![
            Just("NULL".to_owned()),
            Just("null".to_owned()),
            ".{0,6}",
            "[{},\" a\\\\]{0,6}"
        ])
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(rows in (1..4usize).prop_flat_map(|width| {
            proptest::collection::vec(proptest::collection::vec(element(), width..=width), 1..4)
        })) {
            let row = |row: &Vec<Value>| {
                let texts: Vec<String> = row.iter().map(written).collect();
                format!("{{{}}}", texts.join(","))
            };
            let texts: Vec<String> = rows.iter().map(row).collect();
            let read = elements(&format!("{{{}}}", texts.join(",")), ',');
            let flat = rows.iter().zip(1..).flat_map(|(row, x)| {
                row.iter().zip(1..).map(move |(value, y)| Element {
                    subscripts: vec![x, y],
                    text: value.clone(),
                })
            });
            prop_assert_eq!(read, Some(flat.collect::<Vec<_>>()));
        }

        #[test]
        fn any_text_is_an_array_or_is_not(text in any::<String>(), odd in "[{},\"\\\\a\\[\\]:=1]{0,12}") {
            let _ = (elements(&text, ','), elements(&odd, ','));
        }
    }

    #[test]
    fn bounds_boxes_and_what_is_no_array() {
        let read = |text, delimiter| {
            elements(text, delimiter).map(|all| {
                let shown = all.into_iter().map(|one| (one.subscripts, one.text));
                shown.collect::<Vec<_>>()
            })
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read("{}", ','), Some(Vec::new()));
        assert_eq!(
            read("[0:1][-2:-2]={{a},{NULL}}", ','),
            Some(vec![(vec![0, -2], some("a")), (vec![1, -2], None)])
        );
        assert_eq!(
            read("{(1,1),(0,0);(2,2),(1,1)}", ';'),
            Some(vec![
                (vec![1], some("(1,1),(0,0)")),
                (vec![2], some("(2,2),(1,1)"))
            ])
        );
        // An int2vector is in the category of arrays, and is written otherwise.
        for text in ["1 2 3", "", "{", "{a", "{a}}", "{a,}", "[0:1{a}", "{\"a}"] {
            assert_eq!(read(text, ','), None, "{text}");
        }
    }
}
