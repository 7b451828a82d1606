//! The rows of results: the first ones in memory, and what goes beyond a budget in a temporary file
//! that has no name, so that it is gone when the program is, however that ends.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::held::gone;
use crate::data::relation::Relation;
use crate::data::sift::Sift;
use crate::data::{Rows, RowsBuilder};
use crate::fault::{Fault, Outcome};

/// So many bytes of all the results of a console are kept in memory.
const BUDGET: usize = 4 << 20;

/// What the results of one console take in memory, together.
#[derive(Debug, Clone, Default)]
pub(super) struct Budget(Arc<AtomicUsize>);

impl Budget {
    /// Takes so many bytes of it, if they are there.
    fn take(&self, bytes: usize) -> bool {
        let used = self.0.fetch_add(bytes, Ordering::Relaxed);
        if used + bytes > BUDGET {
            self.give(bytes);
        }
        used + bytes <= BUDGET
    }

    fn give(&self, bytes: usize) {
        self.0.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// Where a chunk of rows is.
#[derive(Debug, Clone)]
enum Place {
    Memory(Arc<Rows>),
    File { from: u64, len: usize },
}

/// The rows of one result.
#[derive(Debug)]
pub(super) struct Store {
    budget: Budget,
    chunks: Vec<Place>,
    /// The first row of each.
    starts: Vec<u64>,
    rows: u64,
    file: Option<Arc<File>>,
    /// Where the file ends.
    end: u64,
}

impl Store {
    pub(super) fn new(budget: &Budget) -> Self {
        Self {
            budget: budget.clone(),
            chunks: Vec::new(),
            starts: Vec::new(),
            rows: 0,
            file: None,
            end: 0,
        }
    }

    /// How many rows are held.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds a chunk.
    ///
    /// # Errors
    /// There is no room on the disk.
    pub(super) async fn push(&mut self, rows: &Arc<Rows>) -> Outcome<()> {
        // Once a result has a file the rest of it goes there: it is read in its order.
        let place = if self.file.is_none() && self.budget.take(rows.size()) {
            Place::Memory(Arc::clone(rows))
        } else {
            let encoded = rows.encoded()?;
            let (from, len) = (self.end, encoded.len());
            // Where it fails, what was written before stays.
            self.file = Some(write(self.file.clone(), encoded, from).await?);
            self.end += len as u64;
            Place::File { from, len }
        };
        self.chunks.push(place);
        self.starts.push(self.rows);
        self.rows += rows.len() as u64;
        Ok(())
    }

    /// A chunk, by its number.
    ///
    /// # Errors
    /// The file cannot be read; or there is no such chunk.
    pub(super) async fn chunk(&self, number: usize) -> Outcome<Arc<Rows>> {
        chunk(&self.chunks, self.file.as_ref(), number).await
    }

    /// What is held now, for who takes longer than the console can wait.
    pub(super) fn held(&self) -> Held {
        Held {
            chunks: self.chunks.clone(),
            starts: self.starts.clone(),
            rows: self.rows,
            file: self.file.clone(),
        }
    }
}

async fn chunk(chunks: &[Place], file: Option<&Arc<File>>, number: usize) -> Outcome<Arc<Rows>> {
    match (chunks.get(number), file) {
        (Some(Place::Memory(rows)), _) => Ok(Arc::clone(rows)),
        (Some(Place::File { from, len }), Some(file)) => {
            read(Arc::clone(file), *from, *len).await.map(Arc::new)
        }
        _ => Err(gone()),
    }
}

/// The rows of a result as they were at a moment. What it keeps in memory is out of the budget should
/// the result be forgotten meanwhile, and gone when this is.
pub(super) struct Held {
    chunks: Vec<Place>,
    starts: Vec<u64>,
    rows: u64,
    file: Option<Arc<File>>,
}

impl Held {
    /// Which rows pass the relation's filter, in the order of its sort.
    ///
    /// # Errors
    /// As [`Sift`] has them; or the file cannot be read.
    pub(super) async fn sifted(&self, relation: &Relation) -> Outcome<Vec<u32>> {
        let mut sift = Sift::new(&relation.filter, &relation.sort, &relation.columns)?;
        for number in 0..self.chunks.len() {
            sift.take(&*chunk(&self.chunks, self.file.as_ref(), number).await?)?;
            // A chunk takes a millisecond: others have their turn, and a wish to stop is heard.
            tokio::task::yield_now().await;
        }
        // To put a million keys in order takes half a second, which is nobody's to wait for.
        let sorted = tokio::task::spawn_blocking(move || sift.finish()).await;
        sorted.map_err(|ended| Fault::new("The rows were not put in order").because(ended))
    }

    /// Rows by their numbers, in that order. Each chunk is read once.
    ///
    /// # Errors
    /// The file cannot be read; or there is no such row.
    pub(super) async fn rows(&self, numbers: &[u32]) -> Outcome<Rows> {
        let place = |number: &u32| {
            let row = Some(u64::from(*number)).filter(|row| *row < self.rows)?;
            let chunk = self.starts.partition_point(|start| *start <= row);
            let chunk = chunk.checked_sub(1)?;
            let first = self.starts.get(chunk)?;
            Some((chunk, usize::try_from(row - first).ok()?))
        };
        let places: Option<Vec<_>> = numbers.iter().map(place).collect();
        let places = places.ok_or_else(gone)?;
        let mut chunks = BTreeMap::new();
        for (number, _) in &places {
            if !chunks.contains_key(number) {
                let read = chunk(&self.chunks, self.file.as_ref(), *number).await?;
                // Of a chunk only the rows that are wanted stay: a hundred chunks take tens of MB.
                let own = places.iter().filter(|(other, _)| other == number);
                let own: Vec<usize> = own.map(|(_, row)| *row).collect();
                chunks.insert(*number, (read.picked(&own), own));
            }
        }
        let width = chunks.values().next().map_or(0, |(rows, _)| rows.width());
        let mut rows = RowsBuilder::new(width);
        for (number, row) in &places {
            let (picked, own) = chunks.get(number).ok_or_else(gone)?;
            let at = own.iter().position(|other| other == row).ok_or_else(gone)?;
            let cells = (0..width).map(|column| picked.cell(at, column).and_then(|cell| cell.text));
            rows.push_whole(&cells.collect::<Vec<_>>())?;
        }
        Ok(rows.finish())
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        for place in &self.chunks {
            if let Place::Memory(rows) = place {
                self.budget.give(rows.size());
            }
        }
    }
}

/// Writes after what is there already. A disk can be slow: a thread for such work does it.
async fn write(file: Option<Arc<File>>, bytes: Vec<u8>, at: u64) -> Outcome<Arc<File>> {
    let written = tokio::task::spawn_blocking(move || {
        let file = match file {
            Some(file) => file,
            None => Arc::new(tempfile::tempfile()?),
        };
        file.write_all_at(&bytes, at)?;
        Ok::<_, std::io::Error>(file)
    });
    let failed = |why: &dyn std::fmt::Display| {
        Fault::new("The rows cannot be kept in a temporary file")
            .because(why)
            .remedy("make room there, or set TMPDIR to a folder that has it; or read fewer rows")
    };
    match written.await {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(error)) => Err(failed(&error)),
        Err(error) => Err(failed(&error)),
    }
}

async fn read(file: Arc<File>, from: u64, len: usize) -> Outcome<Rows> {
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = vec![0; len];
        file.read_exact_at(&mut bytes, from)?;
        Ok::<_, std::io::Error>(bytes)
    });
    let failed = |why: &dyn std::fmt::Display| {
        Fault::new("The temporary file of rows cannot be read").because(why)
    };
    match read.await {
        Ok(Ok(bytes)) => Rows::decoded(&bytes),
        Ok(Err(error)) => Err(failed(&error)),
        Err(error) => Err(failed(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::RowsBuilder;

    fn chunk(number: usize, size: usize) -> Arc<Rows> {
        let mut rows = RowsBuilder::new(2);
        rows.push(Some(&number.to_string()), None);
        rows.push(Some(&"é".repeat(size / 2)), None);
        rows.push(None, None);
        rows.push(Some(""), None);
        Arc::new(rows.finish())
    }

    #[tokio::test]
    async fn what_goes_beyond_the_budget_is_read_back_from_the_file() {
        let budget = Budget::default();
        let mut store = Store::new(&budget);
        let mut other = Store::new(&budget);
        for number in 0..10 {
            assert_eq!(store.push(&chunk(number, 1 << 20)).await, Ok(()));
        }
        assert!(matches!(store.chunks[2], Place::Memory(_)));
        assert!(matches!(store.chunks[4], Place::File { .. }));
        // The budget is that of all results.
        assert_eq!(other.push(&chunk(0, 1 << 20)).await, Ok(()));
        assert!(matches!(other.chunks[0], Place::File { .. }));
        for number in (0..10).rev() {
            assert_eq!(store.chunk(number).await, Ok(chunk(number, 1 << 20)));
        }
        assert!(store.chunk(10).await.is_err());
        assert_eq!(store.rows(), 20);
        drop(store);
        assert_eq!(budget.0.load(Ordering::Relaxed), 0);
        let mut after = Store::new(&budget);
        assert_eq!(after.push(&chunk(0, 1 << 20)).await, Ok(()));
        assert!(matches!(after.chunks[0], Place::Memory(_)));
    }
}
