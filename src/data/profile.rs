//! What a column holds, in figures.

/// The figures of one column over the rows that were looked at. Values are texts, as everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// How many rows were looked at.
    pub rows: u64,
    /// Whether these are not all there are.
    pub is_sample: bool,
    /// How many of them have NULL.
    pub nulls: u64,
    /// How many values there are, NULL not among them; of a type without equality, how many texts.
    pub distinct: u64,
    /// The least value, of a type that has an order.
    pub least: Option<String>,
    /// The greatest one.
    pub greatest: Option<String>,
    /// The mean of numbers.
    pub mean: Option<String>,
    /// The mean length of texts, in characters.
    pub length: Option<String>,
    /// The commonest values, the commonest first.
    pub common: Vec<Common>,
    /// Numbers and times by their size: as many runs of equal width as it takes from the least to
    /// the greatest finite one.
    pub buckets: Vec<Bucket>,
}

/// A value that several rows may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Common {
    /// The value, or its beginning.
    pub text: String,
    /// Whether only its beginning is here.
    pub is_cut: bool,
    /// How many rows have it.
    pub count: u64,
}

/// A run of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Where it begins.
    pub from: String,
    /// Where it ends: of whole numbers and days the last one in it, of others the first one after it.
    pub to: String,
    /// How many rows have a value in it.
    pub count: u64,
}

impl Profile {
    /// Whether no two rows have the same value, so that none is common.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        self.distinct > 0 && self.distinct == self.rows - self.nulls.min(self.rows)
    }
}
