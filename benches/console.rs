//! A result of 5,000,000 rows in the console beside `psql -c 'COPY … TO STDOUT'`, in one run on a
//! server of its own: `cargo bench --bench console`. Nothing fails here: machines differ, and a reader
//! judges.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark may panic"
)]

#[path = "big/mod.rs"]
mod big;
#[path = "../tests/support/mod.rs"]
mod support;
#[path = "../tests/support/terminal.rs"]
mod terminal;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use big::{BIG, MANY};
use dbkeep::local::binaries;
use support::Database;
use terminal::{Terminal, dbkeep};

const SIZE: (u16, u16) = (120, 40);
/// How often each thing is measured that takes a moment.
const TIMES: usize = 9;
const RUN: &str = "\u{1b}\r";
const TO_RESULTS: &str = "\u{1b}[1;3B";
const CLEAR: &str = "\u{15}";

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let big = Database::with(BIG).await;
        big.run("VACUUM ANALYZE big").await;
        let mut studio = dbkeep(&big.url(), SIZE, "");
        studio.sees("5,000,000 rows");
        studio.press("2");
        studio.sees("autocommit · idle");
        first_rows(&mut studio);
        whole(&big, &mut studio);
        cancelled(&big, &mut studio).await;
        studio.press("\u{1b}q");
        typing(&Database::with(MANY).await);
    });
}

/// From the key that runs it to its first rows on the screen.
fn first_rows(studio: &mut Terminal) {
    let mut times = Vec::new();
    for time in 0..TIMES {
        studio.press(CLEAR);
        // Each is another text, so that the rows of the one before are none of its own.
        studio.press(&format!("select 'run {time}' as run, * from big"));
        studio.sees(&format!("'run {time}'"));
        let begun = Instant::now();
        studio.press(RUN);
        studio.until("the rows", |text| {
            text.contains(&format!(" run {time}  ")) && text.contains("rows so far, more")
        });
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    println!("first rows: {} (wanted: 50 ms)", ms(times[times.len() / 2]));
    let process = studio.child.process_id().unwrap();
    println!(
        "peak memory, where one stops: {} (wanted: 48 MB)",
        peak(process)
    );
}

/// To the last row, with keys pressed meanwhile.
fn whole(database: &Database, studio: &mut Terminal) {
    let psql = binaries::find(None).unwrap().program("psql");
    let mut ratios = Vec::new();
    let mut keys = Vec::new();
    for _ in 0..3 {
        let begun = Instant::now();
        let copied = Command::new(&psql)
            .args(["-X", "-d", &database.url(), "-c", "copy big to stdout"])
            .stdout(Stdio::null())
            .status();
        assert!(copied.unwrap().success());
        let copied = begun.elapsed();
        studio.press(CLEAR);
        studio.press("select * from big");
        let begun = Instant::now();
        studio.press(RUN);
        studio.press(TO_RESULTS);
        studio.sees(" row 1 of 1,000+ · id bigint");
        studio.press("G");
        let mut right = true;
        while !studio.text().contains("row 5,000,000 of 5,000,000") {
            let pressed = Instant::now();
            studio.press(if right { "l" } else { "h" });
            let wanted = if right {
                "· name text"
            } else {
                "· id bigint"
            };
            studio.sees(wanted);
            keys.push(pressed.elapsed());
            right = !right;
            std::thread::sleep(Duration::from_millis(20));
        }
        let read = begun.elapsed();
        println!(
            "to the last row: {:.2} s, psql's copy {:.2} s: {:.2} x (wanted: 1.5 x)",
            read.as_secs_f64(),
            copied.as_secs_f64(),
            read.as_secs_f64() / copied.as_secs_f64()
        );
        ratios.push(read.as_secs_f64() / copied.as_secs_f64());
        studio.press("i");
        studio.sees("line 1");
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "to the last row, the middle of three: {:.2} x (wanted: 1.5 x)",
        ratios[1]
    );
    keys.sort_unstable();
    println!(
        "a key meanwhile, of {}: median {}, p99 {} (wanted: 16 ms)",
        keys.len(),
        ms(keys[keys.len() / 2]),
        ms(keys[keys.len() * 99 / 100])
    );
    let process = studio.child.process_id().unwrap();
    println!("peak memory, at the end: {} (wanted: 48 MB)", peak(process));
}

/// From a key to what it does on the screen, at the end of a script of 5,000 lines, where all of it is
/// coloured and 1,000 tables and their columns can be offered.
fn typing(many: &Database) {
    let mut studio = dbkeep(&many.url(), (120, 40), "");
    studio.sees("t0001");
    studio.press("2");
    studio.sees("autocommit · idle");
    let line = "select id, c2, 'a text' || c2 as c -- of a line\n  from t0500 where c3 between 1 and 9 and c7;\n";
    studio.press(&format!("\u{1b}[200~{}\u{1b}[201~", line.repeat(2_500)));
    studio.sees("line 5001, column 1");
    // Nobody types in the frame after a paste, which is drawn sixty times a second at most.
    std::thread::sleep(Duration::from_millis(200));
    let mut keys = Vec::new();
    let typed = "select c2, c3 from t0999 where c2 = 'a' and c4 is not null order by c";
    for (at, key) in typed.chars().enumerate() {
        let begun = Instant::now();
        studio.press(&key.to_string());
        studio.sees(&format!("line 5001, column {}", at + 2));
        keys.push(begun.elapsed());
        std::thread::sleep(Duration::from_millis(20));
    }
    keys.sort_unstable();
    println!(
        "a key in 5,000 lines, of {}: median {}, p99 {} (wanted: 8 ms)",
        keys.len(),
        ms(keys[keys.len() / 2]),
        ms(keys[keys.len() * 99 / 100])
    );
    studio.press("\u{1b}\u{1b}");
}

/// From ctrl-c to a server that is idle, beside psql's.
async fn cancelled(database: &Database, studio: &mut Terminal) {
    let psql = binaries::find(None).unwrap().program("psql");
    let mut other = Terminal::run(
        &[psql.to_str().unwrap(), "-X", "-d", &database.url()],
        SIZE,
        "",
    );
    other.sees("=#");
    let (mut ours, mut psqls) = (Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does meets both.
    for _ in 0..TIMES {
        studio.press(CLEAR);
        studio.press(ENDLESS);
        ours.push(stopped(database, studio, RUN).await);
        studio.sees("Cancelled.");
        other.press(ENDLESS);
        psqls.push(stopped(database, &mut other, ";\r").await);
    }
    other.press("\\q\r");
    other.ends(0);
    ours.sort_unstable();
    psqls.sort_unstable();
    println!(
        "cancel to an idle server: {}, from psql {} (wanted: 100 ms)",
        ms(ours[TIMES / 2]),
        ms(psqls[TIMES / 2])
    );
}

const ENDLESS: &str = "select /* to be stopped */ count(*) from big a, big b";

/// How long it takes from ctrl-c until the server does not run it any more.
async fn stopped(database: &Database, terminal: &mut Terminal, run: &str) -> Duration {
    let active = "SELECT count(*)::text FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%to be stopped%' AND pid <> pg_backend_pid()";
    let link = database.link().await;
    terminal.press(run);
    // Asked without a pause, it would take a processor away from what is measured.
    let pause = Duration::from_millis(2);
    while support::value(&link, active).await == "0" {
        tokio::time::sleep(pause).await;
    }
    let begun = Instant::now();
    terminal.press("\u{3}");
    while support::value(&link, active).await != "0" {
        tokio::time::sleep(pause).await;
    }
    begun.elapsed()
}

/// `VmHWM` of proc(5): the most that was ever resident.
fn peak(process: u32) -> String {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    let kilobytes: f64 = kilobytes.unwrap().parse().unwrap();
    format!("{:.1} MB", kilobytes / 1024.0)
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
