//! Speed and size beside psql, in one run on a server of its own: `cargo bench`.
//!
//! Loads 5,000,000 rows and 1,000 tables, drives both programs through a terminal, and prints each
//! figure with what it is measured against. Nothing fails here: machines differ, and a reader judges.
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

use std::sync::Arc;
use std::time::{Duration, Instant};

use big::{BIG, MANY};
use dbkeep::data::relation::{Relation, Seek};
use dbkeep::local::binaries;
use dbkeep::pg::{Link, browse};
use support::Database;
use terminal::{DBKEEP, Terminal, dbkeep};

const SIZE: (u16, u16) = (120, 40);
/// How often a start, and a page, is measured.
const STARTS: usize = 41;
const PAGES: usize = 25;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let big = Database::with(BIG).await;
        big.run("VACUUM ANALYZE big").await;
        let many = Database::with(MANY).await;
        many.run("VACUUM ANALYZE").await;
        // What was loaded is not written out while something is measured.
        many.run("CHECKPOINT").await;
        starts("5,000,000 rows", &big, "name 1", " 1 ╮");
        starts("1,000 tables", &many, "No rows.", " 1,000 ╮");
        pages(&big).await;
        memory_and_rest(&big);
    });
}

/// From exec to psql's prompt, to the tree with the first rows (or the word that there are none), and
/// to the tree whose last line is known: its border says how many tables it has.
fn starts(what: &str, database: &Database, usable: &str, whole: &str) {
    let psql = binaries::find(None).unwrap().program("psql");
    let psql = psql.to_str().unwrap();
    let url = database.url();
    let (mut prompts, mut studios, mut trees) = (Vec::new(), Vec::new(), Vec::new());
    // A person's home: only their very first start has folders to make in it.
    let home = Arc::new(tempfile::tempdir().unwrap());
    let run = |program: &[&str]| Terminal::run_at(Arc::clone(&home), program, SIZE);
    let mut first = run(&[DBKEEP, "-u", &url]);
    first.sees(usable);
    first.press("q");
    first.ends(0);
    // In turns, so that whatever else the machine does meets both.
    for _ in 0..STARTS {
        let begun = Instant::now();
        let mut other = run(&[psql, "-X", "-d", &url]);
        prompts.push(other.when("the prompt", |text| text.contains("=#")) - begun);
        other.press("\\q\r");
        other.ends(0);
        let begun = Instant::now();
        let mut studio = run(&[DBKEEP, "-u", &url]);
        let rows = |text: &str| text.contains(usable) && text.contains("by id ↑");
        studios.push(studio.when("the rows", rows) - begun);
        let tree = |text: &str| rows(text) && text.contains(whole);
        trees.push(studio.when("the whole tree", tree) - begun);
        studio.press("q");
        studio.ends(0);
    }
    let (prompt, studio) = (median(prompts), median(studios));
    println!(
        "start, {what}: {} to a usable screen, psql's prompt {}: {} (wanted: 1.2 x)",
        ms(studio),
        ms(prompt),
        ratio(studio, prompt)
    );
    println!("start, {what}: the whole tree after {}", ms(median(trees)));
}

/// The first, the last and a page in the middle, by key.
async fn pages(database: &Database) {
    let link = database.link().await;
    let relation = database.relation("big").await;
    let middle = Seek::From(vec![Some("2500000".into())]);
    let first = page(&link, &relation, &Seek::First).await;
    println!("page, first: {}", ms(first));
    for (what, seek) in [("last", Seek::Last), ("middle, by key", middle)] {
        let took = page(&link, &relation, &seek).await;
        println!(
            "page, {what}: {}: {} the first (wanted: 2 x, 50 ms)",
            ms(took),
            ratio(took, first)
        );
    }
}

async fn page(link: &Link, relation: &Relation, seek: &Seek) -> Duration {
    let mut times = Vec::new();
    for _ in 0..PAGES {
        let begun = Instant::now();
        let page = browse::page(link, relation, seek, 400).await.unwrap();
        times.push(begun.elapsed());
        assert_eq!(page.rows.len(), 400);
    }
    median(times)
}

/// Resident memory when connected and after 100,000 rows; processor time while nothing happens.
fn memory_and_rest(database: &Database) {
    let mut studio = dbkeep(&database.url(), SIZE, "");
    studio.sees("name 1");
    studio.sees("5,000,000 rows");
    let process = studio.child.process_id().unwrap();
    println!("memory, connected: {} (wanted: 20 MB)", resident(process));
    let before = processor(process);
    std::thread::sleep(Duration::from_secs(10));
    println!(
        "idle for 10 s: {:.2} s of processor (wanted: 0.00 s)",
        processor(process) - before
    );
    studio.press("\r");
    let begun = Instant::now();
    let mut blank = 0;
    let mut presses = 0;
    while row(&studio.text()).unwrap_or(0) < 100_000 {
        studio.press("\u{1b}[6~");
        presses += 1;
        std::thread::sleep(Duration::from_millis(15));
        blank += u32::from(!studio.text().contains("name "));
    }
    println!(
        "100,000 rows by PageDown: {:.1} s, {presses} presses, {blank} times a blank screen",
        begun.elapsed().as_secs_f64()
    );
    println!(
        "memory, after 100,000 rows: {} (wanted: 40 MB)",
        resident(process)
    );
    studio.press("q");
    studio.ends(0);
}

/// The number in "row 1,234 of …".
fn row(text: &str) -> Option<u64> {
    let position = text.lines().find_map(|line| line.strip_prefix(" row "))?;
    let number = position.split(' ').next()?;
    number.replace(',', "").parse().ok()
}

/// `VmRSS` of proc(5).
fn resident(process: u32) -> String {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    let kilobytes: f64 = line
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    format!("{:.1} MB", kilobytes / 1024.0)
}

/// Seconds of processor time, of proc(5)'s `utime` and `stime`, which count hundredths.
fn processor(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat
        .rsplit_once(')')
        .unwrap()
        .1
        .split_whitespace()
        .collect();
    let ticks: f64 = [fields[11], fields[12]]
        .iter()
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum();
    ticks / 100.0
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn ratio(time: Duration, other: Duration) -> String {
    format!("{:.2} x", time.as_secs_f64() / other.as_secs_f64())
}
