//! What was typed and not written yet, on disk, so that a crash loses nothing of it: staged edits, and
//! the texts of consoles. One file for each studio that runs on a target, for its owner's eyes only:
//! it may hold any data of the person's.
//!
//! Whose a file is is told by a lock beside it, which the kernel releases however its holder ends: a
//! file that nobody holds is what somebody left.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::marker::PhantomData;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::config::paths::private_folder;
use crate::fault::{Fault, Outcome};

/// More studios than this on one target at a time keep no draft.
const SLOTS: usize = 32;

/// File systems take names of 255 bytes; some are for the number and the ending.
const MOST_NAME: usize = 200;

/// The draft of this studio: any number of things of one kind.
#[derive(Debug)]
pub struct Drafts<T> {
    folder: PathBuf,
    name: String,
    slot: Slot,
    /// Where the rest of what was found is, until it is in our own place.
    others: Vec<Slot>,
    kind: PhantomData<T>,
}

#[derive(Debug)]
struct Slot {
    path: PathBuf,
    /// Held as long as the file is ours.
    _lock: File,
}

impl<T: Serialize + DeserializeOwned> Drafts<T> {
    /// Takes a place for a studio on `target` in the folder for this kind, and what was left there, if
    /// anything was: by all studios that are gone, the last ones last, or by one of them.
    ///
    /// # Errors
    /// The folder cannot be made, or no place is free.
    pub fn open(state: &Path, kind: &str, target: &str, from: Left) -> Outcome<(Self, Vec<T>)> {
        let folder = state.join(kind);
        private_folder(&folder)?;
        let name = file_name(target);
        let (mut free, mut found) = (None, Vec::new());
        for number in 0..SLOTS {
            // One empty place is enough: the others are not even locked.
            let is_held = free.is_some() || !found.is_empty();
            if is_held && !place(&folder, &name, number).exists() {
                continue;
            }
            let Some(slot) = Slot::take(&folder, &name, number)? else {
                continue;
            };
            match slot.read() {
                Found::Drafts(drafts) => found.push((slot.written(), slot, drafts)),
                Found::Nothing if free.is_none() => free = Some(slot),
                Found::Nothing | Found::Unreadable => {}
            }
            if from == Left::ByOne && !found.is_empty() {
                break;
            }
        }
        found.sort_by_key(|(written, _, _)| *written);
        let (mut others, mut drafts) = (Vec::new(), Vec::new());
        for (_, slot, more) in found {
            others.push(slot);
            drafts.extend(more);
        }
        let slot = others.pop().or(free).ok_or_else(|| none_free(&folder))?;
        let opened = Self {
            folder,
            name,
            slot,
            others,
            kind: PhantomData,
        };
        Ok((opened, drafts))
    }

    /// Leaves what was found for another time, and takes an empty place instead.
    ///
    /// # Errors
    /// None is free.
    pub fn leave(&mut self) -> Outcome<()> {
        self.others.clear();
        for number in 0..SLOTS {
            if let Some(slot) = Slot::take(&self.folder, &self.name, number)?
                && matches!(slot.read::<T>(), Found::Nothing)
            {
                self.slot = slot;
                return Ok(());
            }
        }
        Err(none_free(&self.folder))
    }

    /// Writes what is staged now, with what was found and is still wanted; nothing, and there is no file.
    ///
    /// # Errors
    /// The disk is full, or the folder is gone.
    pub fn write(&mut self, drafts: &[T]) -> Outcome<()> {
        self.write_own(drafts)?;
        for other in self.others.drain(..) {
            remove(&other.path)?;
        }
        Ok(())
    }

    fn write_own(&self, drafts: &[T]) -> Outcome<()> {
        let path = &self.slot.path;
        let failed = |error: std::io::Error| unwritten(path, &error);
        if drafts.is_empty() {
            return remove(path);
        }
        let text = serde_json::to_vec(drafts).map_err(|error| failed(error.into()))?;
        // Beside it, and then in its place: what is there is always whole.
        let beside = path.with_extension("new");
        let mut file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)
            .map_err(failed)?;
        file.write_all(&text).map_err(failed)?;
        std::fs::rename(&beside, path).map_err(failed)
    }
}

impl Slot {
    /// The place of this number, unless another studio has it.
    fn take(folder: &Path, name: &str, number: usize) -> Outcome<Option<Self>> {
        let path = place(folder, name, number);
        let lock = path.with_extension("lock");
        let failed =
            |error| Fault::new(format!("{} cannot be made", lock.display())).because(error);
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&lock)
            .map_err(failed)?;
        Ok(file
            .try_lock()
            .is_ok()
            .then_some(Self { path, _lock: file }))
    }

    /// When it was written last.
    fn written(&self) -> Option<SystemTime> {
        let about = std::fs::metadata(&self.path);
        about.and_then(|about| about.modified()).ok()
    }

    fn read<T: DeserializeOwned>(&self) -> Found<T> {
        match std::fs::read(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Found::Nothing,
            Err(_) => Found::Unreadable,
            Ok(text) => match serde_json::from_slice::<Vec<T>>(&text) {
                Ok(drafts) if drafts.is_empty() => Found::Nothing,
                Ok(drafts) => Found::Drafts(drafts),
                Err(_) => Found::Unreadable,
            },
        }
    }
}

/// From whom a studio takes what was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// From one that is gone, for the next studio to take the next one's.
    ByOne,
    /// From all that are gone.
    ByAll,
}

fn remove(path: &Path) -> Outcome<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(unwritten(path, &error)),
        _ => Ok(()),
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(format!("The draft {} cannot be written", path.display()))
        .because(error)
        .remedy("a crash would lose what is typed and not written")
}

/// What is in a place.
enum Found<T> {
    Nothing,
    Drafts(Vec<T>),
    /// A file that another version wrote, say: it is left alone.
    Unreadable,
}

fn none_free(folder: &Path) -> Fault {
    Fault::new(format!(
        "There is no place for a draft in {}",
        folder.display()
    ))
    .because(format!("{SLOTS} studios are open on this target"))
    .remedy("what is typed here is lost if this one crashes")
}

fn place(folder: &Path, name: &str, number: usize) -> PathBuf {
    folder.join(format!("{name}.{number}.json"))
}

/// A file's name for a target, and for no other one: what is no letter, figure or sign of a plain
/// name is written as in a URL, and one that is too long ends with a number for the whole of it.
fn file_name(target: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'@');
    let mut name = String::new();
    for byte in target.bytes() {
        if plain(byte) {
            name.push(char::from(byte));
        } else {
            _ = write!(name, "%{byte:02X}");
        }
    }
    if name.len() > MOST_NAME {
        name.truncate(MOST_NAME);
        _ = write!(name, "~{:016x}", hash(target));
    }
    name
}

/// FNV-1a, which is the same in every build: the next dbkeep must find the file.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::data::edits::{Draft, Step, Who};

    fn draft(id: &str) -> Vec<Draft> {
        vec![Draft {
            schema: "public".to_owned(),
            name: "t".to_owned(),
            steps: vec![Step::Delete {
                who: Who::Old(vec![Some(id.to_owned())]),
                seen: vec![Some(id.to_owned()), None],
            }],
            committing: false,
        }]
    }

    fn open(state: &Path, target: &str) -> Outcome<(Drafts<Draft>, Vec<Draft>)> {
        Drafts::open(state, "drafts", target, Left::ByAll)
    }

    #[test]
    fn what_all_left_is_found_and_in_one_place_once_it_is_written() {
        let state = tempfile::tempdir().unwrap();
        let left = |id, by| {
            let (mut one, _) = Drafts::open(state.path(), "drafts", "shop", by).unwrap();
            one.leave().unwrap();
            one.write(&draft(id)).unwrap();
            // The clock of a file system may tick seldom.
            std::thread::sleep(std::time::Duration::from_millis(20));
        };
        left("1", Left::ByOne);
        left("2", Left::ByAll);
        left("3", Left::ByAll);
        let all = [draft("1"), draft("2"), draft("3")].concat();
        let (mut studio, found) = open(state.path(), "shop").unwrap();
        assert_eq!(found, all);
        studio.leave().unwrap();
        drop(studio);
        let (mut studio, found) = open(state.path(), "shop").unwrap();
        assert_eq!(found, all, "left for another time");
        studio.write(&found).unwrap();
        drop(studio);
        let by = Left::ByOne;
        let (mut studio, found) =
            Drafts::<Draft>::open(state.path(), "drafts", "shop", by).unwrap();
        assert_eq!(found, all);
        studio.write(&[]).unwrap();
        drop(studio);
        assert_eq!(open(state.path(), "shop").unwrap().1, []);
    }

    #[test]
    fn a_studio_makes_no_more_than_its_own_lock() {
        let state = tempfile::tempdir().unwrap();
        let _held = open(state.path(), "shop").unwrap();
        let folder = std::fs::read_dir(state.path().join("drafts")).unwrap();
        assert_eq!(folder.count(), 1);
    }

    #[test]
    fn no_two_targets_have_one_file() {
        assert_ne!(file_name("my db"), file_name("my_db"));
        assert_ne!(file_name("a/b"), file_name("a%2Fb"));
        let long = "long".repeat(60);
        let (one, other) = (
            file_name(&format!("{long}1")),
            file_name(&format!("{long}2")),
        );
        assert_ne!(one, other);
        assert!(one.len() < 240, "{one}");
        assert_eq!(file_name(&long[..200]), &long[..200]);
        // From the authors' own table of results.
        assert_eq!(hash("foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn what_one_left_the_next_finds_and_two_at_a_time_keep_apart() {
        let state = tempfile::tempdir().unwrap();
        let open = || open(state.path(), "shop as ada at db/1").unwrap();
        let (mut one, found) = open();
        assert!(found.is_empty());
        one.write(&draft("1")).unwrap();
        let (mut other, found) = open();
        assert!(found.is_empty(), "the first one is still there");
        other.write(&draft("2")).unwrap();
        drop(one);
        let (mut third, found) = open();
        assert_eq!(found, draft("1"));
        // Not now: it is there the next time.
        third.leave().unwrap();
        third.write(&draft("3")).unwrap();
        let (mut fourth, found) = open();
        assert_eq!(found, draft("1"));
        fourth.write(&[]).unwrap();
        drop(fourth);
        let (_, found) = open();
        assert!(found.is_empty(), "it was taken up and written");
        let files = std::fs::read_dir(state.path().join("drafts")).unwrap();
        for file in files {
            let mode = file.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_is_not_understood_is_left_alone() {
        let state = tempfile::tempdir().unwrap();
        let (one, _) = open(state.path(), "shop").unwrap();
        let path = one.slot.path.clone();
        drop(one);
        std::fs::write(&path, "from another world").unwrap();
        let (mut other, found) = open(state.path(), "shop").unwrap();
        assert!(found.is_empty());
        other.write(&draft("1")).unwrap();
        let kept = std::fs::read_to_string(&path).unwrap();
        assert_eq!(kept, "from another world");
    }

    #[test]
    fn another_target_is_another_file() {
        let state = tempfile::tempdir().unwrap();
        let (mut one, _) = open(state.path(), "shop").unwrap();
        one.write(&draft("1")).unwrap();
        drop(one);
        assert!(open(state.path(), "shop2").unwrap().1.is_empty());
    }
}
