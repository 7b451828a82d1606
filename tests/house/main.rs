//! The house's own rules: who may import whom, and what is generated.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test may panic"
)]

use std::path::{Path, PathBuf};

/// Each room may import from those before it, and from itself.
const ROOMS: [&str; 9] = [
    "glyphs", "fault", "data", "sql", "config", "pg", "local", "studio", "cli",
];
/// The same inside `studio`; of it, only `work::server` and the loop that starts it may name `pg`.
const STUDIO: [&str; 8] = [
    "keys", "theme", "work", "layer", "widgets", "screens", "dialogs", "app",
];

fn found(folder: &Path, extension: &str, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found(&path, extension, files);
        } else if path.extension().is_some_and(|it| it == extension) {
            files.push(path);
        }
    }
}

/// The rooms that a file names after `prefix`, as in `crate::data::order` or `crate::{data, sql}`.
fn named(text: &str, prefix: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, _) in text.match_indices(prefix) {
        let rest = &text[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(list) => rooms.extend(members(list).iter().map(|name| word(name))),
            None => rooms.push(word(rest)),
        }
    }
    rooms
}

fn word(text: &str) -> String {
    let is_part = |ch: &char| ch.is_alphanumeric() || *ch == '_';
    text.trim().chars().take_while(is_part).collect()
}

/// The members of a list, whose own lists may stand among them, up to the brace that ends it.
fn members(list: &str) -> Vec<String> {
    let (mut members, mut depth) = (vec![String::new()], 0);
    for ch in list.chars() {
        match ch {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => members.push(String::new()),
            ch if depth == 0 => members.last_mut().unwrap().push(ch),
            _ => {}
        }
    }
    members
}

#[test]
fn lists_of_imports_are_read_to_their_end() {
    let text = "use crate::{data::{Column, order::{self, Key}}, pg};\nuse crate::fault::Fault;";
    assert_eq!(named(text, "crate::"), ["data", "pg", "fault"]);
}

/// Whatever the search path is, and whoever has made a function or a type of the same name. What is composed
/// has its casts from `Fragment::bind`.
#[test]
fn our_queries_say_where_everything_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    found(&root, "sql", &mut files);
    let mut breaches = Vec::new();
    let ours = |file: &&PathBuf| !file.components().any(|part| part.as_os_str() == "tests");
    for file in files.iter().filter(ours) {
        let text = std::fs::read_to_string(file).unwrap();
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("--"));
        for line in code {
            let casts = line.match_indices("::").map(|(at, _)| &line[at + 2..]);
            let is_bare = casts.clone().any(|cast| !cast.starts_with("pg_catalog."));
            let calls = [
                "current_setting(",
                "current_database(",
                "format(",
                "to_json(",
            ];
            let is_bare_call = calls.iter().any(|call| {
                let mut places = line.match_indices(call);
                places.any(|(at, _)| line[..at].ends_with([' ', '(']))
            });
            if is_bare || is_bare_call {
                breaches.push(format!("{}: {line}", file.display()));
            }
        }
    }
    assert!(files.len() > 20, "only {} queries were found", files.len());
    assert_eq!(breaches, Vec::<String>::new());
}

#[test]
fn imports_go_downwards_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    found(&root, "rs", &mut files);
    let mut breaches = Vec::new();
    let mut seen = 0;
    for file in files {
        let relative = file
            .strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .replace(".rs", "");
        let parts: Vec<&str> = relative.split('/').collect();
        let Some(from) = ROOMS.iter().position(|room| *room == parts[0]) else {
            continue;
        };
        let text = std::fs::read_to_string(&file).unwrap();
        for to in named(&text, "crate::") {
            let Some(place) = ROOMS.iter().position(|room| *room == to) else {
                continue;
            };
            seen += 1;
            if place > from {
                breaches.push(format!("{relative} names {to}"));
            }
            if to == "pg"
                && parts[0] == "studio"
                && !relative.starts_with("studio/work/server/")
                && relative != "studio/app/run"
            {
                breaches.push(format!("{relative} names pg"));
            }
        }
        if !matches!(parts[0], "pg") && text.contains("tokio_postgres::") {
            breaches.push(format!("{relative} names tokio_postgres"));
        }
        if let ("studio", Some(from)) = (
            parts[0],
            parts
                .get(1)
                .and_then(|part| STUDIO.iter().position(|room| room == part)),
        ) {
            for to in named(&text, "crate::studio::") {
                let place = STUDIO.iter().position(|room| *room == to);
                seen += 1;
                if place.is_some_and(|place| place > from) {
                    breaches.push(format!("{relative} names studio::{to}"));
                }
            }
        }
    }
    assert!(
        seen > 50,
        "only {seen} imports were found: the test looks in the wrong place"
    );
    assert_eq!(breaches, Vec::<String>::new());
}

#[test]
fn the_key_sheet_is_what_the_command_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/keys.md");
    let keymap = dbkeep::studio::keys::Keymap::new(&[]).unwrap();
    let sheet = dbkeep::studio::keys::sheet::markdown(&keymap);
    assert_eq!(
        std::fs::read_to_string(path).unwrap(),
        sheet,
        "write it anew: cargo run -- keys > assets/keys.md"
    );
}

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    std::fs::read_to_string(path).unwrap()
}

/// The text between a fence such as ```` ```toml ```` and its end.
fn fenced<'a>(text: &'a str, fence: &str) -> &'a str {
    let (_, after) = text.split_once(&format!("```{fence}\n")).unwrap();
    after.split_once("```").unwrap().0
}

#[test]
fn the_readme_says_what_the_command_line_says() {
    let readme = readme();
    let (_, help) = readme.split_once("<!-- help: begin -->").unwrap();
    let said = <dbkeep::cli::Args as clap::CommandFactory>::command()
        .render_help()
        .to_string();
    assert_eq!(
        fenced(help, "text"),
        said,
        "write it anew: cargo run -- --help"
    );
}

#[test]
fn the_readme_shows_settings_that_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.toml"), fenced(&readme(), "toml")).unwrap();
    let settings = dbkeep::config::settings::Settings::read(folder.path()).unwrap();
    assert!(settings.connection("work").unwrap().starts_with("postgres"));
    let keymap = dbkeep::studio::keys::Keymap::new(&settings.keys());
    assert!(keymap.is_ok());
    let themes = dbkeep::studio::theme::Theme::built_in().unwrap();
    assert!(
        themes
            .iter()
            .any(|theme| Some(theme.name.as_str()) == settings.theme())
    );
}
