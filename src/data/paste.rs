//! Rows that come as text from a clipboard: tab-separated as spreadsheets and `COPY` write them, or
//! CSV. They become rows to be added.

use std::collections::BTreeMap;

use csv::ReaderBuilder;

use super::edits::Input;

/// Reads rows for `columns`, by their names where the first line has them, else in their order: for
/// those of `free`, which the server does not give by itself, unless there are fields for all. A
/// field that is empty is not given: the column takes its default. `\N` is NULL.
///
/// # Errors
/// What is wrong, with the line.
pub fn rows(
    text: &str,
    columns: &[&str],
    free: &[&str],
) -> Result<Vec<BTreeMap<String, Input>>, String> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains('\t') { b'\t' } else { b',' };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let records: Result<Vec<csv::StringRecord>, csv::Error> = reader.records().collect();
    let records = records.map_err(|error| format!("what was pasted is no table: {error}"))?;
    let names: Vec<&str> = match records.first() {
        Some(head) if head.iter().all(|field| columns.contains(&field.trim())) => {
            head.iter().map(str::trim).collect()
        }
        Some(first) if first.len() > free.len() => columns.to_vec(),
        _ => free.to_vec(),
    };
    let has_head = records
        .first()
        .is_some_and(|head| head.iter().map(str::trim).eq(names.iter().copied()));
    let mut rows = Vec::new();
    for record in records.iter().skip(usize::from(has_head)) {
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() > names.len() {
            return Err(format!(
                "line {line} has {} fields, for {} columns: {}",
                record.len(),
                names.len(),
                names.join(", ")
            ));
        }
        let given = names.iter().zip(record).filter_map(|(name, field)| {
            let input = match field {
                "" => return None,
                "\\N" => Input::Null,
                text => Input::Text(text.to_owned()),
            };
            Some(((*name).to_owned(), input))
        });
        rows.push(given.collect());
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(values: &[(&str, &str)]) -> BTreeMap<String, Input> {
        let given = values.iter().map(|(name, value)| {
            let input = match *value {
                "NULL" => Input::Null,
                text => Input::Text(text.to_owned()),
            };
            ((*name).to_owned(), input)
        });
        given.collect()
    }

    #[test]
    fn tabs_commas_heads_and_holes_are_read() {
        let columns = ["id", "name", "note"];
        assert_eq!(
            rows("1\tAda\t\\N\n2\t\"two\nlines\"\n", &columns, &columns),
            Ok(vec![
                row(&[("id", "1"), ("name", "Ada"), ("note", "NULL")]),
                row(&[("id", "2"), ("name", "two\nlines")]),
            ])
        );
        assert_eq!(
            rows("note,id\n\"a, b\",7\n,8", &columns, &columns),
            Ok(vec![
                row(&[("note", "a, b"), ("id", "7")]),
                row(&[("id", "8")])
            ])
        );
        let why = rows("1,2,3\n1,2,3,4", &columns, &columns);
        assert!(
            why.as_ref()
                .is_err_and(|why| why.contains("line 2 has 4 fields")),
            "{why:?}"
        );
        assert_eq!(rows("", &columns, &columns), Ok(Vec::new()));
    }
}
