//! The SQL console in a real terminal: what is on the screen, and what the server does.

use dbkeep::local::Cluster;

use crate::SHOP;
use crate::support::{Database, open_folder};
use crate::terminal::{DBKEEP, Terminal, dbkeep};

/// What the sessions of consoles are at; who asks is none of them, nor who asked before and is about to go.
const AT: &str = "SELECT coalesce(string_agg(state, ','), 'none') FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%is ours%' AND query NOT LIKE '%pg_stat_activity%'";

const RUN: &str = "\u{1b}\r";

/// Types as a person does who pastes: the terminal says that it is one text.
fn paste(terminal: &mut Terminal, text: &str) {
    terminal.press(&format!("\u{1b}[200~{text}\u{1b}[201~"));
}

/// The console of a studio, with a text.
fn console(database: &Database, text: &str) -> Terminal {
    let mut terminal = dbkeep(&database.url(), (120, 40), "");
    terminal.sees("customer 1");
    terminal.press("2");
    terminal.sees("autocommit · idle");
    paste(&mut terminal, text);
    terminal
}

#[tokio::test]
async fn a_statement_is_run_cancelled_and_the_server_is_idle_when_that_is_said() {
    let database = Database::with(SHOP).await;
    let mut terminal = console(&database, "select /* is ours */ pg_sleep(600)");
    terminal.press(RUN);
    terminal.sees("running, 1 s");
    assert_eq!(database.value(AT).await, "active");
    terminal.press("\u{3}");
    terminal.sees("Cancelled.");
    assert_eq!(database.value(AT).await, "idle");
    // All of a million rows, of which the first are here at once, and the last when they are wanted.
    terminal.press("\u{15}");
    paste(
        &mut terminal,
        "select /* is ours */ g, 'row ' || g from generate_series(1, 1000000) g",
    );
    terminal.press(RUN);
    terminal.sees("1,000 rows so far, more ↓");
    terminal.press("\u{1b}[1;3BG");
    terminal.sees("row 1,000,000 of 1,000,000");
    terminal.sees("row 1000000");
    terminal.press("gg");
    terminal.sees("row 1 of 1,000,000");
    terminal.press("q");
    terminal.ends(0);
}

#[tokio::test]
async fn a_session_that_is_killed_is_told_and_its_text_outlives_the_studio() {
    let database = Database::with(SHOP).await;
    let home = tempfile::tempdir().unwrap();
    let home = format!("HOME={}", home.path().display());
    let url = database.url();
    let program = ["/usr/bin/env", &home, DBKEEP, "-u", &url];
    let mut terminal = Terminal::run(&program, (120, 40), "");
    terminal.sees("customer 1");
    terminal.press("2");
    terminal.sees("autocommit · idle");
    paste(
        &mut terminal,
        "begin; create temp table mine as select 1 as is_ours; select 'this is ours'",
    );
    terminal.press("\u{1b}[17~");
    terminal.sees("in a transaction");
    terminal.sees("3 of 3");
    // Its text alone does not say that it was run.
    terminal.sees("?column?");
    database
        .run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'")
        .await;
    terminal.sees("no session");
    terminal.sees("The open transaction is gone with it");
    terminal.press("\u{1b}");
    terminal.sees("row 1 of 1");
    terminal.press("r");
    terminal.sees("autocommit · idle");
    terminal.child.kill().unwrap();
    terminal.child.wait().unwrap();
    let mut terminal = Terminal::run(&program, (120, 40), "");
    terminal.sees("customer 1");
    terminal.press("2");
    terminal.sees("create temp table mine as select 1");
    terminal.press("\u{1b}");
    terminal.sees("keys are commands");
    // What was run is remembered.
    terminal.press("\u{12}");
    terminal.sees("History");
    terminal.sees("this is ours");
    terminal.press("\u{1b}");
    terminal.until("the history is gone", |text| !text.contains("History"));
    terminal.press("q");
    terminal.ends(0);
}

#[tokio::test]
async fn what_breaks_other_clients_is_shown_or_refused() {
    let database = Database::with(SHOP).await;
    let mut terminal = console(
        &database,
        "select string_agg('1 as c' || g, ', ') as list from generate_series(1, 1600) g \\gexec",
    );
    let mut run = |text: &str, wanted: &[&str]| {
        // All of it is another text.
        terminal.press("\u{1b}<");
        for _ in 0..200 {
            terminal.press("\u{b}");
        }
        paste(&mut terminal, text);
        terminal.press(RUN);
        for wanted in wanted {
            terminal.sees(wanted);
        }
    };
    let columns: Vec<String> = (1..=1600).map(|at| format!("{at} c{at}")).collect();
    run(&format!("select {}", columns.join(",")), &["1 row ", "c12"]);
    run("select repeat('x', 1000000) as long", &["1 row ", "xxxxx"]);
    run(
        "do $$ begin for i in 1..100000 loop raise notice 'storm %', i; end loop; end $$",
        &["NOTICE: storm 1", "more: m", "DO"],
    );
    run(
        "select 1 / (500 - g) from generate_series(1, 600) g",
        &["division by zero", "failed"],
    );
    run("select 'open", &["it has no end"]);
    run("select $q$ open", &["it has no end"]);
    run("/* open", &["there is no statement"]);
    run("/* a /* nested */ one */ select 'shown' as it", &["shown"]);
    run("\u{1}\u{2}\u{7f}binary", &["syntax error"]);
    run("select E'\\x1b]0;owned\\x07' as evil", &["␛]0;owned"]);
    run(
        "select pg_terminate_backend(pg_backend_pid())",
        &["no session"],
    );
    terminal.press("\u{1b}");
    terminal.sees("i text");
    terminal.press("q");
    terminal.ends(0);
}

#[tokio::test]
async fn a_result_is_sorted_and_a_row_of_it_is_changed_unless_another_was_faster() {
    let database = Database::with(SHOP).await;
    let mut terminal = console(
        &database,
        "select id, name, length(name) as letters, note from customer where id < 400",
    );
    terminal.press(RUN);
    terminal.sees("399 rows");
    terminal.press("\u{1b}[1;3B");
    terminal.sees("row 1 of 399");
    terminal.press("ss");
    terminal.sees("by id ↓");
    terminal.sees("customer 399");
    terminal.press("le");
    terminal.sees("name text");
    terminal.press("\u{15}Grace\r");
    terminal.sees("~399  Grace");
    // Another is faster with the next one: it is not what is shown any more.
    database
        .run("UPDATE customer SET note = 'theirs' WHERE id = 398")
        .await;
    terminal.press("je");
    terminal.sees("note is not as it is shown any more: run the statement again");
    terminal.press("jd");
    terminal.sees("-397  customer 397");
    terminal.press("\u{13}");
    terminal.sees("Review 2 changes");
    terminal.sees("SET \"name\" = 'Grace'");
    terminal.press("\r");
    terminal.sees("2 changes written");
    let sql = "SELECT string_agg(id || ' ' || name, ', ' ORDER BY id DESC) FROM customer WHERE id BETWEEN 396 AND 399";
    assert_eq!(
        database.value(sql).await,
        "399 Grace, 398 customer 398, 396 customer 396"
    );
    // One is where one was.
    terminal.sees("399  Grace");
    terminal.sees("397  deleted");
    terminal.press("q");
    terminal.ends(0);
}

#[tokio::test]
async fn a_saved_query_is_a_file_that_another_studio_finds() {
    let database = Database::with(SHOP).await;
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config/dbkeep");
    let queries = home.path().join("team");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "queries = \"~/team\"\n").unwrap();
    let url = database.url();
    let variables = [
        format!("HOME={}", home.path().display()),
        format!("XDG_CONFIG_HOME={}", home.path().join("config").display()),
    ];
    let [at_home, configured] = &variables;
    let program = ["/usr/bin/env", at_home, configured, DBKEEP, "-u", &url];
    let open = || {
        let mut terminal = Terminal::run(&program, (120, 40), "");
        terminal.sees("customer 1");
        terminal.press("2");
        terminal.sees("autocommit · idle");
        terminal
    };
    let mut terminal = open();
    paste(&mut terminal, "select 41 + 1 as answer;");
    terminal.press("\u{1b}k");
    terminal.sees("Keep the query");
    terminal.press("the answer\tWhat was asked for.\r");
    terminal.sees("kept as");
    let text = std::fs::read_to_string(queries.join("the answer.sql")).unwrap();
    assert_eq!(text, "-- What was asked for.\n\nselect 41 + 1 as answer;\n");
    terminal.press("\u{1b}");
    terminal.sees("keys are commands");
    terminal.press("q");
    terminal.ends(0);
    std::fs::write(
        queries.join("ours.sql"),
        "-- From the team.\nselect 'ours' as whose",
    )
    .unwrap();
    let mut terminal = open();
    terminal.press("\u{1b}o");
    terminal.sees("From the team.");
    terminal.press("team\r");
    terminal.sees("select 'ours' as whose;");
    terminal.press(RUN);
    terminal.sees("1 row");
}

#[tokio::test]
async fn a_million_rows_are_copied_out_and_in_again() {
    let database = Database::with(SHOP).await;
    database
        .run("CREATE UNLOGGED TABLE numbers (n int, word text)")
        .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("numbers.csv");
    let shown = file.display();
    let out = format!(
        "copy (select /* is ours */ g, 'row ' || g from generate_series(1, 1000000) g) to stdout csv;\n\\copy numbers from '{shown}' csv\nselect 'sum ' || sum(n), count(distinct word) from numbers"
    );
    let mut terminal = console(&database, &out);
    terminal.press("\u{1b}[17~");
    terminal.sees("enter copies into it");
    paste(&mut terminal, &shown.to_string());
    terminal.press("\r");
    terminal.sees("3 of 3");
    terminal.sees("sum 500000500000");
    terminal.sees("1000000");
    terminal.press("\u{1b}[1;3B,");
    terminal.sees("2 of 3");
    terminal.sees("COPY 1000000");
    terminal.press(",");
    terminal.sees("numbers.csv");
    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(written.lines().count(), 1_000_000);
    assert!(written.ends_with("\n1000000,row 1000000\n"));
    // Cancelled, nothing of it is there, and the server has stopped.
    terminal.press("i\u{15}");
    std::fs::remove_file(&file).unwrap();
    let endless = "copy (select /* is ours */ generate_series(1, 2000000000)) to stdout";
    terminal.press("\u{1b}<");
    for _ in 0..20 {
        terminal.press("\u{b}");
    }
    paste(&mut terminal, endless);
    terminal.press(RUN);
    terminal.sees("enter copies into it");
    paste(&mut terminal, &shown.to_string());
    terminal.press("\r");
    terminal.sees("running, 1 s");
    terminal.sees("MB");
    assert_eq!(database.value(AT).await, "active");
    terminal.press("\u{3}");
    terminal.sees("Cancelled.");
    assert_eq!(database.value(AT).await, "idle");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    terminal.press("\u{1b}");
    terminal.sees("keys are commands");
    terminal.press("q");
    terminal.ends(0);
}

#[tokio::test]
async fn a_text_is_edited_with_vims_keys_where_the_settings_say_so() {
    let database = Database::with(SHOP).await;
    let mut terminal = dbkeep(&database.url(), (120, 40), "editor = \"vim\"\n");
    terminal.sees("customer 1");
    terminal.press("2");
    terminal.sees("NORMAL · line 1, column 1");
    terminal.press("iselect 1 as one;\rselect 'x' as two;");
    terminal.sees("INSERT · line 2");
    terminal.press("\u{1b}");
    terminal.sees("NORMAL · line 2");
    // The statement above is copied, put behind this one, changed there, and run.
    terminal.press("kyisj$pF1r7");
    terminal.sees("select 7 as one");
    terminal.press(RUN);
    terminal.sees("1 row");
    terminal.press("u");
    terminal.until("it is taken back", |text| {
        !text.contains("select 7 as one;")
    });
    terminal.press("\u{12}");
    terminal.sees("select 7 as one");
    terminal.press("\u{1b}");
    terminal.sees("keys are commands");
    terminal.press("q");
    terminal.ends(0);
}

#[tokio::test]
async fn an_editor_that_is_none_is_named_with_its_line() {
    let database = Database::with(SHOP).await;
    let config = "theme = \"dark\"\neditor = \"vi\"\n";
    let mut terminal = dbkeep(&database.url(), (120, 40), config);
    terminal.sees("line 2, cannot be used");
    terminal.sees("there are no keys of \"vi\"; there are emacs and vim");
    terminal.ends(1);
}

#[tokio::test]
async fn parameters_are_asked_for_while_rows_wait_and_a_self_join_is_not_changed() {
    let database = Database::with(SHOP).await;
    let mut terminal = console(&database, "select g from generate_series(1, 1000000) g");
    terminal.press(RUN);
    terminal.sees("rows so far, more");
    terminal.press("\u{15}");
    paste(
        &mut terminal,
        "select id, name from customer where id = :id",
    );
    terminal.press(RUN);
    terminal.sees("Parameters");
    terminal.sees(":id  integer");
    terminal.press("77\r");
    terminal.sees("customer 77");
    terminal.sees("1 row ");
    // Keys that come before the row was read again are for the cell.
    terminal.press("\u{1b}[1;3B");
    terminal.sees("row 1 of 1");
    terminal.press("le\u{15}quick\r");
    terminal.sees("~ 77  quick");
    terminal.press("i");
    terminal.sees("line 1, column");
    terminal.press("\u{15}");
    paste(
        &mut terminal,
        "select a.id, b.note from customer a join customer b on b.id = a.id + 2 where a.id = 1",
    );
    terminal.press(RUN);
    terminal.sees("note");
    terminal.press("\u{1b}[1;3B");
    terminal.sees("row 1 of 1");
    terminal.press("le");
    terminal.sees("cannot be told");
    terminal.press("\u{13}");
    terminal.sees("Review 1 change");
    terminal.press("\r");
    terminal.sees("1 change written");
    // One is where one was.
    terminal.sees("from customer a join customer b");
    let name = "SELECT name FROM customer WHERE id = 77";
    assert_eq!(database.value(name).await, "quick");
    terminal.press("q");
    terminal.ends(0);
}

#[tokio::test]
async fn a_server_that_is_restarted_is_told_and_the_console_goes_on_where_it_was() {
    let folder = open_folder();
    let cluster = Cluster::fleeting(&folder.join("server")).unwrap();
    let lease = cluster.lease().unwrap();
    let mut terminal = dbkeep(&cluster.url("postgres"), (120, 40), "");
    terminal.sees("This database has no tables yet");
    terminal.press("2");
    terminal.sees("autocommit · idle");
    paste(
        &mut terminal,
        "begin; create table half (a int); select 'before' as was",
    );
    terminal.press("\u{1b}[17~");
    terminal.sees("3 of 3");
    terminal.sees("in a transaction");
    cluster.stop().unwrap();
    terminal.sees("no session");
    terminal.sees("The open transaction is gone with it");
    // What was there is there, and nothing is run again by itself.
    terminal.sees("before");
    terminal.press("\u{1b}");
    terminal.sees("row 1 of 1");
    terminal.press("r");
    terminal.sees("Cannot connect to postgres");
    let again = cluster.lease().unwrap();
    drop(lease);
    terminal.press("r");
    terminal.sees("autocommit · idle");
    terminal.press("i\u{1b}<");
    for _ in 0..80 {
        terminal.press("\u{1b}[3~");
    }
    paste(
        &mut terminal,
        "select count(*) || ' halves' as left from pg_class where relname = 'half'",
    );
    terminal.press(RUN);
    terminal.sees("0 halves");
    terminal.press("\u{1b}");
    terminal.sees("keys are commands");
    terminal.press("q");
    terminal.ends(0);
    drop(again);
    std::fs::remove_dir_all(folder).unwrap();
}
