//! Results larger than memory should be, readers that leave, and ends that are forced.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Database, binary};

const DEADLINE: Duration = Duration::from_secs(30);
/// A hundred megabytes.
const MUCH: &str = "SELECT n, repeat('x', 1000) AS pad FROM generate_series(1, 100000) AS n";

fn sql(database: &Database, format: &str, statement: &str) -> Command {
    let mut command = binary(&std::env::temp_dir());
    command
        .args(["sql", "-u", &database.url(), "--format", format])
        .args(["-c", statement])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn started(database: &Database, format: &str, statement: &str) -> (Child, ChildStdout) {
    let mut child = sql(database, format, statement).spawn().unwrap();
    let out = child.stdout.take().unwrap();
    (child, out)
}

fn ends(child: &mut Child) -> Option<i32> {
    let begun = Instant::now();
    while begun.elapsed() < DEADLINE {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    panic!("it does not end");
}

fn complaint(child: &mut Child) -> String {
    let mut text = String::new();
    let mut errors = child.stderr.take().unwrap();
    errors.read_to_string(&mut text).unwrap();
    text
}

fn send(process: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(process).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// Waits until one backend that runs `sign` is in this state, and returns its process.
async fn backend(database: &Database, sign: &str, state: &str) -> u32 {
    let query = format!(
        "SELECT COALESCE(max(pid), 0) FROM pg_stat_activity
          WHERE {state} AND query LIKE '{sign}%' AND datname = current_database()"
    );
    let begun = Instant::now();
    loop {
        let pid = database.value(&query).await.parse().unwrap();
        if pid != 0 {
            return pid;
        }
        assert!(begun.elapsed() < DEADLINE, "nothing runs {sign}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn csv_and_json_are_written_without_being_held() {
    let database = Database::new().await;
    for format in ["csv", "json"] {
        let (mut child, out) = started(&database, format, MUCH);
        let mut lines = BufReader::new(out).lines();
        let near_the_end = lines.find(|line| line.as_ref().unwrap().contains("99000"));
        assert!(near_the_end.is_some());
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let peak = status.lines().find(|line| line.starts_with("VmHWM"));
        let digits: String = peak.unwrap().chars().filter(char::is_ascii_digit).collect();
        let kilobytes: u64 = digits.parse().unwrap();
        assert!(kilobytes < 50_000, "{format}: {kilobytes} kB at most");
        assert!(lines.count() > 0);
        assert_eq!(ends(&mut child), Some(0));
    }
}

#[tokio::test]
async fn a_reader_that_leaves_ends_what_reads_and_lets_what_writes_finish() {
    let database = Database::with("CREATE TABLE t AS SELECT generate_series(1, 100000) AS n").await;
    let endless = "SELECT generate_series(1, 1000000000) AS n, pg_sleep(0.001)";
    let update = "UPDATE t SET n = -n RETURNING n, repeat('x', 100)";
    for (statement, first) in [(endless, "n,pg_sleep"), (update, "n,repeat")] {
        let (mut child, out) = started(&database, "csv", statement);
        let mut reader = BufReader::new(out);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert_eq!(line.trim_end(), first);
        drop(reader);
        assert_eq!(
            (ends(&mut child), complaint(&mut child)),
            (Some(0), String::new())
        );
    }
    assert_eq!(
        database.value("SELECT count(*) FROM t WHERE n < 0").await,
        "100000"
    );
}

#[tokio::test]
async fn the_first_signal_stops_the_statement() {
    let database = Database::new().await;
    let (mut child, _out) = started(&database, "csv", "SELECT pg_sleep(60)");
    backend(&database, "SELECT pg_sleep(60)", "state = 'active'").await;
    send(child.id(), Signal::INT);
    assert_eq!(ends(&mut child), Some(1));
    assert!(complaint(&mut child).contains("57014"));
}

/// A server that waits for data hears nothing but data.
#[tokio::test]
async fn the_first_signal_stops_a_copy_that_waits_for_its_input() {
    let database = Database::with("CREATE TABLE t (n int)").await;
    let mut copy = sql(&database, "table", "COPY t FROM STDIN");
    let mut child = copy.stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"1\n").unwrap();
    backend(&database, "COPY t", "wait_event = 'ClientRead'").await;
    send(child.id(), Signal::INT);
    assert_eq!(ends(&mut child), Some(1));
    assert!(complaint(&mut child).contains("interrupted"));
    assert_eq!(database.value("SELECT count(*) FROM t").await, "0");
}

/// A reader that waits, and a server that does not even take the cancel request to heart.
#[tokio::test]
async fn the_second_signal_ends_the_program_whoever_has_stalled() {
    let database = Database::new().await;
    let (mut child, _unread) = started(&database, "json", MUCH);
    backend(&database, "SELECT n, repeat", "wait_event = 'ClientWrite'").await;
    end_twice(&mut child, Signal::INT);

    let (mut child, _out) = started(&database, "table", "SELECT pg_sleep(50)");
    let stalled = backend(&database, "SELECT pg_sleep(50)", "state = 'active'").await;
    send(stalled, Signal::STOP);
    end_twice(&mut child, Signal::TERM);
    send(stalled, Signal::CONT);
}

fn end_twice(child: &mut Child, second: Signal) {
    send(child.id(), Signal::INT);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(child.try_wait().unwrap(), None, "one signal is a request");
    send(child.id(), second);
    assert_eq!(ends(child), Some(1));
    assert!(complaint(child).contains("Interrupted"));
}
