//! The clipboard of the system dbkeep runs on, beside the terminal's: by the program that the system
//! has for it. A thread of its own feeds it: the loop never waits for a program.

use std::ffi::OsStr;
use std::io::{Error, Result, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use crate::fault::{Fault, Outcome};

/// The programs, each with its arguments and the variable that says that there is something for it
/// to talk to. They take a text from standard input and keep it when they are left.
const PROGRAMS: [(&str, &[&str], Option<&str>); 5] = [
    ("pbcopy", &[], None),
    ("wl-copy", &[], Some("WAYLAND_DISPLAY")),
    ("xclip", &["-selection", "clipboard"], Some("DISPLAY")),
    ("xsel", &["--clipboard", "--input"], Some("DISPLAY")),
    ("clip.exe", &[], Some("WSL_DISTRO_NAME")),
];

/// How long a program may keep the studio from ending.
const PATIENCE: Duration = Duration::from_secs(1);

/// A program that was found, and how it is called.
#[derive(Debug, PartialEq, Eq)]
struct Program {
    path: PathBuf,
    arguments: Vec<String>,
}

/// The way to the thread. Dropping it waits until the last text is taken, but not for a program that
/// hangs.
pub(super) struct Clipboard {
    thread: Option<(Sender<String>, Receiver<()>)>,
}

impl Clipboard {
    /// Looks for a program; without one nothing is ever done. Troubles are told to the loop.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub(super) fn start(troubles: UnboundedSender<Fault>) -> Outcome<Self> {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let Some(program) = found(std::env::var_os("PATH").as_deref(), is_set) else {
            return Ok(Self { thread: None });
        };
        let (texts, received) = channel();
        let (ends, ended) = channel();
        std::thread::Builder::new()
            .name("clipboard".to_owned())
            .spawn(move || {
                feed(&program, &received, &troubles);
                drop(ends);
            })
            .map_err(|error| Fault::new("The program cannot start a thread").because(error))?;
        Ok(Self {
            thread: Some((texts, ended)),
        })
    }

    /// Has a text put there, soon.
    pub(super) fn put(&self, text: String) {
        if let Some((texts, _)) = &self.thread {
            // The thread ends only when nobody can send any more.
            let _ = texts.send(text);
        }
    }
}

impl Drop for Clipboard {
    fn drop(&mut self) {
        if let Some((texts, ended)) = self.thread.take() {
            drop(texts);
            // Nothing is ever sent: this ends with the thread.
            let _ = ended.recv_timeout(PATIENCE);
        }
    }
}

/// The first program that is there and has something to talk to.
fn found(path: Option<&OsStr>, is_set: impl Fn(&str) -> bool) -> Option<Program> {
    let folders: Vec<PathBuf> = std::env::split_paths(path?).collect();
    let known = PROGRAMS
        .iter()
        .filter(|(_, _, needs)| needs.is_none_or(&is_set));
    let mut there = known.filter_map(|(name, arguments, _)| {
        let files = folders.iter().map(|folder| folder.join(name));
        let path = files.into_iter().find(|file| file.is_file())?;
        let arguments = arguments.iter().map(|word| (*word).to_owned()).collect();
        Some(Program { path, arguments })
    });
    there.next()
}

fn feed(program: &Program, texts: &Receiver<String>, troubles: &UnboundedSender<Fault>) {
    while let Ok(first) = texts.recv() {
        // Of several that wait only the last one would stay.
        let text = texts.try_iter().last().unwrap_or(first);
        if let Err(error) = put(program, &text) {
            let what = format!("{} did not take the text", program.path.display());
            let fault = Fault::new(what).because(error);
            tracing::warn!("{fault}");
            // The loop may have ended.
            let _ = troubles.send(fault);
        }
    }
}

/// What a program says would go over the screen; it stays with the text when its parent has gone.
fn put(program: &Program, text: &str) -> Result<()> {
    let mut child = Command::new(&program.path)
        .args(&program.arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let written = child
        .stdin
        .take()
        .map(|mut pipe| pipe.write_all(text.as_bytes()));
    let status = child.wait()?;
    match written {
        Some(Err(error)) => Err(error),
        _ if !status.success() => Err(Error::other(format!("it ended with {status}"))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Program {
        Program {
            path: "/bin/sh".into(),
            arguments: vec!["-c".to_owned(), script.to_owned()],
        }
    }

    /// Gives a program these texts, which all wait; what is told of it.
    fn given(program: &Program, all: &[&str]) -> Option<String> {
        let (texts, received) = channel();
        let (trouble, mut troubles) = tokio::sync::mpsc::unbounded_channel();
        for text in all {
            assert!(texts.send((*text).to_owned()).is_ok());
        }
        drop(texts);
        feed(program, &received, &trouble);
        troubles.try_recv().ok().map(|fault| fault.what)
    }

    #[test]
    fn the_program_is_the_one_that_has_something_to_talk_to() -> Result<()> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("wl-copy"), "")?;
        let xclip = folder.path().join("xclip");
        std::fs::write(&xclip, "")?;
        let path = Some(folder.path().as_os_str());
        let name = |set: &[&str]| {
            let program = found(path, |name| set.contains(&name));
            program.and_then(|program| Some(program.path.file_name()?.to_owned()))
        };
        assert_eq!(
            name(&["WAYLAND_DISPLAY", "DISPLAY"]),
            Some("wl-copy".into())
        );
        assert_eq!(name(&["DISPLAY"]), Some("xclip".into()));
        assert_eq!(name(&[]), None);
        std::fs::remove_file(xclip)?;
        assert_eq!(name(&["DISPLAY"]), None);
        assert_eq!(found(None, |_| true), None);
        Ok(())
    }

    #[test]
    fn the_last_text_is_taken_whole_and_a_program_that_fails_is_told_of() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let taken = folder.path().join("taken");
        let long = "é\n".repeat(100_000);
        let program = shell(&format!("sleep 0.1; cat > {}", taken.display()));
        assert_eq!(given(&program, &["first", &long]), None);
        assert_eq!(std::fs::read_to_string(&taken)?, long);
        let told = given(&shell("cat; exit 3"), &["text"]);
        assert_eq!(told.as_deref(), Some("/bin/sh did not take the text"));
        Ok(())
    }
}
