//! Editing in a real terminal: what is on the screen, and the rows by SQL.

use std::time::Duration;

use crate::SHOP;
use crate::support::Database;
use crate::terminal::{DBKEEP, Terminal, dbkeep};

const NAMES: &str = "SELECT string_agg(id || ' ' || name, ', ' ORDER BY id) FROM customer WHERE id < 4 OR id > 5000";

#[tokio::test]
async fn a_person_edits_adds_deletes_commits_meets_another_and_takes_it_back() {
    let database = Database::with(SHOP).await;
    let mut terminal = dbkeep(&database.url(), (120, 40), "");
    terminal.sees("5,000 rows");
    terminal.press("\r");
    terminal.sees("row 1 of 5,000");
    terminal.press("\u{1b}[Ce\u{15}Grace\r");
    terminal.sees("~    1  Grace");
    terminal.press("jjd");
    terminal.sees("-    3  customer 3");
    terminal.press("a");
    terminal.sees("new row");
    terminal.press("e5001\r");
    terminal.sees("+    5001");
    terminal.press("eAda\r");
    terminal.sees("+    5001  Ada");
    terminal.sees("3 staged: 1 changed, 1 added, 1 deleted");
    assert_eq!(
        database.value(NAMES).await,
        "1 customer 1, 2 customer 2, 3 customer 3"
    );
    // Another is faster with the row that is changed here.
    database
        .run("UPDATE customer SET name = 'theirs' WHERE id = 1")
        .await;
    terminal.press("\u{13}");
    terminal.sees("Review 3 changes");
    terminal.sees("INSERT INTO");
    terminal.press("\r");
    terminal.sees("Another changed this row meanwhile");
    terminal.sees("theirs");
    assert_eq!(
        database.value(NAMES).await,
        "1 theirs, 2 customer 2, 3 customer 3"
    );
    terminal.press("m\r");
    terminal.sees("settled");
    terminal.press("\u{13}");
    terminal.sees("'theirs' → 'Grace'");
    terminal.press("\r");
    terminal.sees("3 changes written");
    assert_eq!(
        database.value(NAMES).await,
        "1 Grace, 2 customer 2, 5001 Ada"
    );
    terminal.press("U");
    terminal.sees("3 changes staged that take the last commit back");
    terminal.press("\u{13}");
    terminal.sees("Review 3 changes");
    // What is not shown yet cannot be written.
    terminal.sees("INSERT INTO");
    terminal.press("\r");
    terminal.sees("3 changes written");
    assert_eq!(
        database.value(NAMES).await,
        "1 theirs, 2 customer 2, 3 customer 3"
    );
    terminal.press("q");
    terminal.ends(0);
}

#[tokio::test]
async fn what_is_staged_survives_a_kill_and_is_offered_on_return() {
    let database = Database::with(SHOP).await;
    let state = tempfile::tempdir().unwrap();
    let folder = format!("XDG_STATE_HOME={}", state.path().display());
    let run = || {
        let url = database.url();
        let program = ["/usr/bin/env", &folder, DBKEEP, "-u", &url];
        Terminal::run(&program, (120, 40), "")
    };
    let mut terminal = run();
    terminal.sees("5,000 rows");
    terminal.press("\r");
    terminal.sees("row 1 of 5,000");
    terminal.press("\u{1b}[Ce\u{15}Grace\r");
    terminal.sees("1 staged: 1 changed");
    // It is on disk a moment after it is on the screen.
    let drafts = state.path().join("dbkeep/drafts");
    terminal.until("the draft is written", |_| {
        let mut files = std::fs::read_dir(&drafts)
            .unwrap()
            .map(|file| file.unwrap().path());
        files.any(|file| file.extension().is_some_and(|end| end == "json"))
    });
    terminal.child.kill().unwrap();
    terminal.child.wait().unwrap();
    let mut terminal = run();
    terminal.sees("1 edit was staged and never written");
    // A person reads it first; what is typed ahead is no answer.
    std::thread::sleep(Duration::from_secs(1));
    terminal.press("y");
    terminal.sees("~    1  Grace");
    terminal.press("\u{13}");
    terminal.sees("Review 1 change");
    terminal.sees("UPDATE");
    terminal.press("\r");
    terminal.sees("1 change written");
    assert_eq!(
        database
            .value("SELECT name FROM customer WHERE id = 1")
            .await,
        "Grace"
    );
    terminal.press("q");
    terminal.ends(0);
    let mut terminal = run();
    terminal.sees("5,000 rows");
    assert!(!terminal.text().contains("never written"));
    terminal.press("q");
    terminal.ends(0);
}
