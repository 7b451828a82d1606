//! Saved queries: kept from a console, found again, taken, renamed and deleted. The folder is a real one.

use std::path::Path;

use dbkeep::config::queries::Queries;
use dbkeep::studio::app::{Msg, Outside};

use crate::driver::Studio;
use crate::shop;

/// The studio on the SQL screen, with a text.
fn typed(text: &str, size: (u16, u16)) -> Studio {
    let mut studio = Studio::open(shop(3), size);
    studio.press("2");
    studio.pastes(text);
    studio
}

/// Does what was asked of the folder.
fn shelve(studio: &mut Studio, folder: &Path) {
    let outside = std::mem::take(&mut studio.outside);
    for one in outside {
        if let Outside::Shelf(order) = one {
            let (reply, mut shelf) = Queries::new(folder.to_owned()).take(order);
            "~/shop/queries".clone_into(&mut shelf.folder);
            studio.handle(Msg::Shelf(reply, shelf));
        }
    }
}

const LATE: &str = "select o.id, c.name\nfrom orders o join customer c on c.id = o.customer_id\nwhere o.due < now();";

#[test]
fn a_query_is_kept_and_nothing_is_put_in_its_place_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("late orders.sql");
    let mut studio = typed(&format!("select few;\n{LATE}"), (120, 40));
    studio.press("alt-k");
    insta::assert_snapshot!("keep", studio.text());
    // Without a name it cannot be.
    studio.press("enter");
    studio.sees("a query that is kept has a name");
    studio.pastes("a/b");
    studio.press("enter");
    studio.sees("no slash");
    studio.press("ctrl-u");
    studio.pastes("late orders");
    studio.press("tab");
    studio.pastes("Orders that should have been sent.");
    studio.press("enter");
    shelve(&mut studio, folder.path());
    studio.sees("kept as");
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        text,
        format!("-- Orders that should have been sent.\n\n{LATE}\n")
    );
    // Another one of that name is asked about.
    studio.press("ctrl-home alt-k");
    studio.pastes("late orders");
    studio.press("enter");
    shelve(&mut studio, folder.path());
    studio.sees("There is a saved query late orders already");
    studio.press("n");
    shelve(&mut studio, folder.path());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    studio.press("alt-k");
    studio.pastes("late orders");
    studio.press("enter");
    shelve(&mut studio, folder.path());
    studio.press("y");
    shelve(&mut studio, folder.path());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "select few;\n");
}

fn shelf(folder: &Path) {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write(
        "late orders.sql",
        &format!("-- Orders that should have been sent.\n-- For the shop's morning.\n\n{LATE}\n"),
    );
    write(
        "Best customers.sql",
        "-- Who bought most this year.\nselect c.name, sum(o.total)\nfrom customer c join orders o on o.customer_id = c.id\ngroup by 1 order by 2 desc\n",
    );
    write("locks.sql", "select * from pg_locks where not granted\n");
    write("broken.sql", "\u{0}");
    std::fs::write(folder.join("broken.sql"), b"\xff\xfe").unwrap();
}

#[test]
fn a_saved_query_is_found_by_what_it_is_for_and_taken_into_the_console() {
    let folder = tempfile::tempdir().unwrap();
    shelf(folder.path());
    let mut studio = typed("select few;", (120, 40));
    studio.press("alt-o");
    studio.sees("Reading the folder");
    shelve(&mut studio, folder.path());
    insta::assert_snapshot!("saved", studio.text());
    studio.resize((80, 24));
    insta::assert_snapshot!("saved_small", studio.text());
    studio.resize((120, 40));
    studio.types("morning");
    studio.sees("late orders");
    studio.sees_no("locks");
    studio.press("enter");
    studio.sees("where o.due < now();");
    studio.sees_no("Saved queries");
    // What is nowhere together is looked for letter by letter.
    studio.press("alt-o");
    studio.types("bstcst");
    studio.sees("Who bought most this year.");
    studio.press("ctrl-u");
    studio.types("nothing like it");
    studio.sees("Nothing matches.");
    studio.press("enter");
    studio.sees("there is no query here");
}

#[test]
fn a_saved_query_is_opened_renamed_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    shelf(folder.path());
    let mut studio = typed("select few;", (120, 40));
    studio.press("alt-o");
    shelve(&mut studio, folder.path());
    studio.types("locks");
    studio.press("alt-r ctrl-u");
    studio.pastes("late orders");
    studio.press("enter");
    shelve(&mut studio, folder.path());
    studio.sees("late orders is there already: both were left");
    studio.press("alt-r");
    studio.pastes(" that wait");
    studio.press("enter");
    shelve(&mut studio, folder.path());
    studio.sees("locks is called locks that wait now");
    assert!(folder.path().join("locks that wait.sql").exists());
    studio.press("alt-d");
    studio.sees("Delete the saved query locks that wait?");
    studio.press("n");
    shelve(&mut studio, folder.path());
    studio.sees("locks that wait");
    studio.press("alt-d y");
    shelve(&mut studio, folder.path());
    assert!(!folder.path().join("locks that wait.sql").exists());
    studio.sees("Nothing matches.");
    studio.press("ctrl-u");
    studio.types("late");
    studio.press("alt-o");
    let loads = |one: &Outside| matches!(one, Outside::Load(path) if path == "~/shop/queries/late orders.sql");
    assert!(studio.outside.iter().any(loads));
    studio.handle(Msg::Read(LATE.as_bytes().to_vec()));
    studio.sees("late orders.sql");
    studio.sees("where o.due < now();");
}

#[test]
fn what_follows_a_saved_query_is_another_statement() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.sql", "select 1\n-- the end");
    write("b.sql", "\\d orders");
    let mut studio = typed("select few;", (120, 40));
    studio.press("alt-o");
    shelve(&mut studio, folder.path());
    studio.press("enter");
    studio.sees("select 1;");
    studio.sees("-- the end");
    studio.press("alt-o down enter");
    studio.sees("\\d orders");
    studio.sees_no("\\d orders;");
}

#[test]
fn an_empty_folder_says_how_to_begin() {
    let folder = tempfile::tempdir().unwrap();
    let mut studio = typed("", (80, 24));
    studio.press("alt-k");
    studio.sees("there is no statement under the cursor");
    studio.press("alt-o");
    shelve(&mut studio, &folder.path().join("none"));
    studio.sees("No query is kept yet.");
    studio.press("alt-d");
    studio.sees("there is no query here");
}
