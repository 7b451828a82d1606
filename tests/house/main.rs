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
/// The same inside `studio`; `work::server` is the only part of it that may name `pg`.
const STUDIO: [&str; 8] = [
    "keys", "theme", "work", "layer", "widgets", "screens", "dialogs", "app",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The rooms that a file names after `prefix`, as in `crate::data::order` or `crate::{data, sql}`.
fn named(text: &str, prefix: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, _) in text.match_indices(prefix) {
        let rest = &text[at + prefix.len()..];
        let names = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default(),
            None => rest,
        };
        for name in names
            .split(',')
            .take(if rest.starts_with('{') { usize::MAX } else { 1 })
        {
            let word: String = name
                .trim()
                .chars()
                .take_while(|ch| ch.is_alphanumeric() || *ch == '_')
                .collect();
            rooms.push(word);
        }
    }
    rooms
}

#[test]
fn imports_go_downwards_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
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
