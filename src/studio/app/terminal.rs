//! The terminal, taken and always given back: at the end, on a panic, on a signal.

use std::io::{BufWriter, Stdout, Write, stdout};
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::Terminal;
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::crossterm::clipboard::CopyToClipboard;
use ratatui::crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use ratatui::crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{cursor, execute, queue};
use ratatui::layout::Rect;

use super::App;

/// Whether the terminal is ours now, so that it is given back exactly once.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Bytes enough for one drawing of a large screen, so that it is written at once.
const DRAWING: usize = 64 << 10;

/// Standard output while the terminal is ours. What comes later is lost on purpose: the drawing
/// that a panic broke off is written when it is dropped, over the screen that was given back.
struct Ours(Stdout);

impl Write for Ours {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if TAKEN.load(Ordering::SeqCst) {
            self.0.write(bytes)
        } else {
            Ok(bytes.len())
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if TAKEN.load(Ordering::SeqCst) {
            self.0.flush()
        } else {
            Ok(())
        }
    }
}

/// The terminal while it is ours. Dropping it gives it back.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<Ours>>>,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// There is none, or it cannot be written to.
    pub fn take() -> std::io::Result<Self> {
        give_back_on_panic();
        enter()?;
        let out = BufWriter::with_capacity(DRAWING, Ours(stdout()));
        let terminal = Terminal::new(CrosstermBackend::new(out)).inspect_err(|_| leave())?;
        Ok(Self { terminal })
    }

    /// Draws the studio.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn draw(&mut self, app: &mut App) -> std::io::Result<()> {
        self.render(|area, buffer| app.draw(area, buffer))
    }

    /// Draws anything, in one update that the terminal shows at once.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn render(&mut self, draw: impl FnOnce(Rect, &mut Buffer)) -> std::io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal
            .draw(|frame| draw(frame.area(), frame.buffer_mut()))?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    /// Forgets what is on the screen, so that the next drawing writes all of it.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn redraw(&mut self) -> std::io::Result<()> {
        // `Terminal::clear` asks the terminal where its cursor is, and waits for the answer among
        // the keys that are typed; where none comes, it fails.
        self.terminal.backend_mut().clear()?;
        self.terminal.swap_buffers();
        Ok(())
    }

    /// Puts a text on the clipboard of the terminal (OSC 52), which works over SSH too.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn copy(&mut self, text: &str) -> std::io::Result<()> {
        execute!(stdout(), CopyToClipboard::to_clipboard_from(text))
    }

    /// Gives the terminal back while something else has it.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn lend<T>(&mut self, borrow: impl FnOnce() -> T) -> std::io::Result<T> {
        leave();
        let result = borrow();
        enter()?;
        self.redraw()?;
        Ok(result)
    }

    /// Gives the terminal back until the shell lets the process go on.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn suspend(&mut self) -> std::io::Result<()> {
        let stop = rustix::process::Signal::TSTP;
        self.lend(|| rustix::process::kill_current_process_group(stop))??;
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

fn enter() -> std::io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    execute!(
        stdout(),
        EnterAlternateScreen,
        // Where another program has left it behind, it is not empty.
        Clear(ClearType::All),
        EnableMouseCapture,
        EnableBracketedPaste,
        cursor::Hide
    )
    .inspect_err(|_| leave())
}

/// Everything that can be tried is tried: a terminal that is gone refuses all of it.
fn leave() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let _ = execute!(
        stdout(),
        EndSynchronizedUpdate,
        DisableBracketedPaste,
        DisableMouseCapture,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
    let _ = stdout().flush();
}

/// A panic of the main thread ends the program, and its message must be readable. One of another
/// thread ends a request, which is told as a fault; its message goes to the log.
fn give_back_on_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() == Some("main") {
            leave();
            before(info);
        } else {
            tracing::error!("panic: {info}");
        }
    }));
}
