//! How much is staged, counted and in words.

use super::edits::Edits;

/// How many rows are changed, added and deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Changed.
    pub changed: usize,
    /// Added.
    pub added: usize,
    /// Deleted.
    pub deleted: usize,
}

impl Tally {
    /// Of several relations together.
    #[must_use]
    pub fn of<'a>(edits: impl Iterator<Item = &'a Edits>) -> Self {
        edits.fold(Self::default(), |all, edits| {
            let tally = edits.tally();
            Self {
                changed: all.changed + tally.changed,
                added: all.added + tally.added,
                deleted: all.deleted + tally.deleted,
            }
        })
    }

    /// `3 staged: 1 changed, 1 added, 1 deleted`; nothing, where nothing is.
    #[must_use]
    pub fn words(self) -> String {
        let all = self.changed + self.added + self.deleted;
        let parts = [
            (self.changed, "changed"),
            (self.added, "added"),
            (self.deleted, "deleted"),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        match all {
            0 => String::new(),
            _ => format!("{all} staged: {}", parts.join(", ")),
        }
    }
}
