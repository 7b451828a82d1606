//! Pages of a relation: by key, by place, or through a cursor.

use tokio_postgres::types::Type;
use tokio_postgres::{Row, SimpleQueryMessage};

use crate::data::relation::{Page, Paging, Relation, Seek};
use crate::data::{Rows, RowsBuilder};
use crate::fault::{Fault, Outcome};
use crate::pg::Link;
use crate::pg::link::texts;
use crate::sql::page::{self, CURSOR, CUT, Layout};

/// No page holds more text than this, whatever was asked for, unless one row alone does.
const MOST_BYTES: usize = 8 << 20;

/// Reads a page of a relation that has a key or is a heap.
///
/// # Errors
/// The server's: the relation is gone, may not be read, or a value of a jump is none of its type.
pub async fn page(link: &Link, relation: &Relation, seek: &Seek, limit: usize) -> Outcome<Page> {
    match &relation.paging {
        Paging::Keyset(_) => by_key(link, relation, seek, limit).await,
        Paging::Ctid => by_place(link, relation, seek, limit).await,
        Paging::Cursor => Err(Fault::new(format!(
            "{} is read through a cursor",
            relation.name
        ))),
    }
}

async fn by_key(link: &Link, relation: &Relation, seek: &Seek, limit: usize) -> Outcome<Page> {
    let found;
    let seek = match seek {
        Seek::Row(number) => {
            let rows = link.answer(&page::key_of_row(relation, *number)).await?;
            found = match rows.first() {
                Some(row) => Seek::From(
                    (0..row.len())
                        .map(|at| text(row, at))
                        .collect::<Outcome<_>>()?,
                ),
                None => return Reader::new(relation, limit).finish(false),
            };
            &found
        }
        other => other,
    };
    let Some((query, reversed)) = page::by_key(relation, seek, limit) else {
        return Err(Fault::new("A key has no row number"));
    };
    let mut reader = Reader::new(relation, limit);
    link.each(&query.sql, &texts(&query), |row| reader.take(&row))
        .await?;
    reader.finish(reversed)
}

/// A heap without a key is read in runs of blocks, so that no page sorts or scans more than it
/// needs; the run is doubled where rows are sparse. (Before PostgreSQL 14 the server scans the
/// table for each run: correct, and slower.)
async fn by_place(link: &Link, relation: &Relation, seek: &Seek, limit: usize) -> Outcome<Page> {
    let blocks = blocks(link, relation).await?;
    let backward = matches!(seek, Seek::Last | Seek::Before(_));
    let start = match seek {
        Seek::First => "(0,0)".to_owned(),
        Seek::Last => format!("({blocks},0)"),
        Seek::After(mark) | Seek::Before(mark) => place(mark)?.to_owned(),
        Seek::From(mark) => just_before(place(mark)?),
        Seek::Row(number) => {
            let rows = link.answer(&page::place_of_row(relation, *number)).await?;
            match rows.first().map(|row| text(row, 0)).transpose()?.flatten() {
                Some(place) => just_before(&place),
                None => return Reader::new(relation, limit).finish(false),
            }
        }
    };
    let mut step: u64 = 64;
    loop {
        let block = block_of(&start);
        let (low, high, all) = if backward {
            let low = block.saturating_sub(step);
            (format!("({low},0)"), start.clone(), low == 0)
        } else {
            let high = block + step;
            (start.clone(), format!("({high},0)"), high > blocks)
        };
        let query = page::by_place(relation, (&low, &high), backward, limit);
        let mut reader = Reader::new(relation, limit);
        link.each(&query.sql, &texts(&query), |row| reader.take(&row))
            .await?;
        if all || reader.more {
            return reader.finish(backward);
        }
        step *= 4;
    }
}

/// How many blocks the heap has now; one more, for rows that are being added.
async fn blocks(link: &Link, relation: &Relation) -> Outcome<u64> {
    let sql = "SELECT pg_catalog.pg_relation_size($1::oid) / pg_catalog.current_setting('block_size')::pg_catalog.int8";
    let rows = link.rows(sql, &[(&relation.oid, Type::OID)]).await?;
    let count: Option<i64> = rows.first().and_then(|row| row.try_get(0).ok());
    Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0) + 1)
}

fn place(mark: &[Option<String>]) -> Outcome<&str> {
    mark.first()
        .and_then(Option::as_deref)
        .filter(|text| text.starts_with('('))
        .ok_or_else(|| {
            Fault::new("This table has no key to go to").remedy("go to a row by its number: #1000")
        })
}

/// The block of a `ctid` such as `(17,3)`.
fn block_of(ctid: &str) -> u64 {
    ctid.trim_start_matches('(')
        .split(',')
        .next()
        .and_then(|block| block.parse().ok())
        .unwrap_or(0)
}

/// The place before a `ctid`, which the statement for "after" then includes.
fn just_before(ctid: &str) -> String {
    let item: u64 = ctid
        .trim_end_matches(')')
        .rsplit(',')
        .next()
        .and_then(|item| item.parse().ok())
        .unwrap_or(1);
    format!("({},{})", block_of(ctid), item.saturating_sub(1))
}

fn text(row: &Row, at: usize) -> Outcome<Option<String>> {
    Ok(borrowed(row, at)?.map(str::to_owned))
}

fn borrowed(row: &Row, at: usize) -> Outcome<Option<&str>> {
    row.try_get(at)
        .map_err(|error| Fault::new("A value of the page was not understood").because(error))
}

/// Turns the outputs of a page's statement into cells.
struct Reader {
    layout: Layout,
    rows: RowsBuilder,
    limit: usize,
    taken: usize,
    more: bool,
    bookmark: Option<usize>,
    failed: Option<Fault>,
}

impl Reader {
    fn new(relation: &Relation, limit: usize) -> Self {
        let layout = Layout::of(relation);
        Self {
            bookmark: relation.has_place().then(|| layout.end()),
            layout,
            rows: RowsBuilder::new(match relation.paging {
                // The number is added when the whole page is here.
                Paging::Cursor => relation.columns.len(),
                Paging::Keyset(_) | Paging::Ctid => relation.cells(),
            }),
            limit,
            taken: 0,
            more: false,
            failed: None,
        }
    }

    fn take(&mut self, row: &Row) {
        self.more |= self.taken == self.limit || self.rows.size() > MOST_BYTES;
        if !self.more && self.failed.is_none() {
            self.failed = self.push(row).err();
            self.taken += 1;
        }
    }

    fn push(&mut self, row: &Row) -> Outcome<()> {
        for (at, length) in &self.layout.columns {
            let whole = borrowed(row, *at)?;
            let shown = whole.map(|whole| match whole.char_indices().nth(CUT) {
                Some((end, _)) if length.is_some() => &whole[..end],
                _ => whole,
            });
            let cut = if shown.map(str::len) == whole.map(str::len) {
                None
            } else {
                let length = length.map(|at| borrowed(row, at)).transpose()?.flatten();
                Some(
                    length
                        .and_then(|text| text.parse().ok())
                        .unwrap_or(CUT as u64 + 1),
                )
            };
            self.rows.push(shown, cut);
        }
        if let Some(at) = self.bookmark {
            self.rows.push(borrowed(row, at)?, None);
        }
        Ok(())
    }

    fn finish(self, reversed: bool) -> Outcome<Page> {
        if let Some(fault) = self.failed {
            return Err(fault);
        }
        let rows = self.rows.finish();
        Ok(Page {
            rows: if reversed { rows.reversed() } else { rows },
            more: self.more,
        })
    }
}

/// A relation without key or place, read in a transaction that stays open. Its rows are those of
/// one moment; drop it to end the transaction.
pub struct Cursor {
    link: Link,
    relation: Relation,
}

impl Cursor {
    /// Begins the transaction on a connection of its own.
    ///
    /// # Errors
    /// The server's.
    pub async fn open(link: Link, relation: &Relation) -> Outcome<Self> {
        link.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        link.answer(&page::declare(relation)).await?;
        Ok(Self {
            link,
            relation: relation.clone(),
        })
    }

    /// The relation it reads.
    #[must_use]
    pub fn relation(&self) -> &Relation {
        &self.relation
    }

    /// What cancels its connection's statements.
    #[must_use]
    pub fn canceller(&self) -> crate::pg::Canceller {
        self.link.canceller()
    }

    /// Reads a page; bookmarks are row numbers from nought. After an error the transaction is
    /// spent, and a new cursor must be opened.
    ///
    /// # Errors
    /// The server's.
    pub async fn page(&self, seek: &Seek, limit: usize) -> Outcome<Page> {
        match seek {
            Seek::First => self.forward(0, limit).await,
            Seek::Row(number) => self.forward(*number, limit).await,
            Seek::After(mark) => self.forward(number(mark)? + 1, limit).await,
            Seek::From(mark) => self.forward(number(mark)?, limit).await,
            Seek::Before(mark) => self.backward(number(mark)?, limit).await,
            Seek::Last => self.backward(self.total().await?, limit).await,
        }
    }

    /// The rows from number `first` on. A cursor on row `n`, counted from 1, fetches the one after it.
    async fn forward(&self, first: u64, limit: usize) -> Outcome<Page> {
        let (rows, more) = self.fetch(first, "FORWARD", limit).await?;
        Ok(Page {
            rows: numbered(&rows, first),
            more,
        })
    }

    /// The rows before number `end`, nearest last. They are read backwards, so that the nearest ones
    /// are here where a page is full before all of them are.
    async fn backward(&self, end: u64, limit: usize) -> Outcome<Page> {
        let (rows, more) = self.fetch(end + 1, "BACKWARD", limit).await?;
        let first = end.saturating_sub(rows.len() as u64);
        Ok(Page {
            rows: numbered(&rows.reversed(), first),
            more,
        })
    }

    async fn fetch(&self, from: u64, direction: &str, limit: usize) -> Outcome<(Rows, bool)> {
        self.link
            .batch(&format!("MOVE ABSOLUTE {from} IN {CURSOR}"))
            .await?;
        let mut reader = Reader::new(&self.relation, limit);
        let sql = format!("FETCH {direction} {} FROM {CURSOR}", limit + 1);
        self.link.each(&sql, &[], |row| reader.take(&row)).await?;
        let page = reader.finish(false)?;
        Ok((page.rows, page.more))
    }

    /// Walks to the end once; the server keeps what it passed.
    async fn total(&self) -> Outcome<u64> {
        let sql = format!("MOVE ABSOLUTE 0 IN {CURSOR}; MOVE FORWARD ALL IN {CURSOR}");
        let begun = (std::time::SystemTime::now(), std::time::Instant::now());
        let said = self.link.client().simple_query(&sql).await;
        let count = said.map(|messages| {
            let counts = messages.iter().filter_map(|message| match message {
                SimpleQueryMessage::CommandComplete(count) => Some(*count),
                _ => None,
            });
            counts.last().unwrap_or(0)
        });
        self.link.told(&sql, begun, count)
    }
}

fn number(mark: &[Option<String>]) -> Outcome<u64> {
    mark.first()
        .and_then(Option::as_deref)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| {
            Fault::new("This relation has no key to go to")
                .remedy("go to a row by its number: #1000")
        })
}

/// The rows with the number of each in one more cell.
fn numbered(rows: &Rows, first: u64) -> Rows {
    let columns = rows.width();
    let mut builder = RowsBuilder::new(columns + 1);
    for row in 0..rows.len() {
        for column in 0..columns {
            if let Some(cell) = rows.cell(row, column) {
                builder.push(cell.text, cell.cut);
            }
        }
        builder.push(Some(&(first + row as u64).to_string()), None);
    }
    builder.finish()
}
