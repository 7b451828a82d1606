//! The rows of results: the first ones in memory, and what goes beyond a budget in a temporary file
//! that has no name, so that it is gone when the program is, however that ends.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::data::Rows;
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
#[derive(Debug)]
enum Place {
    Memory(Arc<Rows>),
    File { from: u64, len: usize },
}

/// The rows of one result.
#[derive(Debug)]
pub(super) struct Store {
    budget: Budget,
    chunks: Vec<Place>,
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
        self.rows += rows.len() as u64;
        Ok(())
    }

    /// A chunk, by its number.
    ///
    /// # Errors
    /// The file cannot be read; or there is no such chunk.
    pub(super) async fn chunk(&self, number: usize) -> Outcome<Arc<Rows>> {
        match (self.chunks.get(number), &self.file) {
            (Some(Place::Memory(rows)), _) => Ok(Arc::clone(rows)),
            (Some(Place::File { from, len }), Some(file)) => {
                read(Arc::clone(file), *from, *len).await.map(Arc::new)
            }
            _ => Err(Fault::new("These rows are not held any more")),
        }
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
