//! Keys into the editor, and what becomes of the text. `|` is the cursor, `^` the other end of what
//! is selected.

use proptest::prelude::*;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::Editor;
use crate::studio::widgets::value::Search;

/// An editor with the cursor where `|` is.
pub(super) fn editor(marked: &str) -> Editor {
    let at = marked.find('|').unwrap_or(0);
    let mut editor = Editor::holding(&marked.replacen('|', "", 1));
    editor.go_to(at);
    editor
}

pub(super) fn marked(editor: &Editor) -> String {
    let mut text = editor.text();
    let cursor = editor.offset();
    let mut signs = vec![(cursor, '|')];
    if let Some(range) = editor.selection() {
        let other = if range.start == cursor {
            range.end
        } else {
            range.start
        };
        signs.push((other, '^'));
    }
    signs.sort_unstable();
    for (at, sign) in signs.into_iter().rev() {
        text.insert(at, sign);
    }
    text
}

fn event(name: &str) -> KeyEvent {
    let mut modifiers = KeyModifiers::NONE;
    let mut rest = name;
    for (prefix, modifier) in [
        ("ctrl-", KeyModifiers::CONTROL),
        ("alt-", KeyModifiers::ALT),
        ("shift-", KeyModifiers::SHIFT),
    ] {
        if let Some(after) = rest.strip_prefix(prefix) {
            modifiers |= modifier;
            rest = after;
        }
    }
    let mut letters = rest.chars();
    let code = match (rest, letters.next(), letters.next()) {
        (_, Some(letter), None) => KeyCode::Char(letter),
        ("space", ..) => KeyCode::Char(' '),
        ("enter", ..) => KeyCode::Enter,
        ("tab", ..) if modifiers == KeyModifiers::SHIFT => KeyCode::BackTab,
        ("tab", ..) => KeyCode::Tab,
        ("backspace", ..) => KeyCode::Backspace,
        ("delete", ..) => KeyCode::Delete,
        ("left", ..) => KeyCode::Left,
        ("right", ..) => KeyCode::Right,
        ("up", ..) => KeyCode::Up,
        ("down", ..) => KeyCode::Down,
        ("home", ..) => KeyCode::Home,
        ("end", ..) => KeyCode::End,
        ("pageup", ..) => KeyCode::PageUp,
        ("pagedown", ..) => KeyCode::PageDown,
        _ => unreachable!("{name}"),
    };
    KeyEvent::new(code, modifiers)
}

/// Presses keys, which are named with spaces between them.
pub(super) fn press(editor: &mut Editor, keys: &str) {
    for name in keys.split_whitespace() {
        let before = (editor.text(), editor.revision());
        let changed = editor.key(&event(name));
        assert_eq!(changed, editor.text() != before.0, "{name}");
        assert_eq!(changed, editor.revision() > before.1, "{name}");
    }
}

fn after(text: &str, keys: &str) -> String {
    let mut editor = editor(text);
    press(&mut editor, keys);
    marked(&editor)
}

#[test]
fn keys_move_as_in_a_shells_line() {
    for (text, keys, wanted) in [
        ("ab|c", "left left", "|abc"),
        ("ab|\nc", "right", "ab\n|c"),
        ("ab\n|c", "ctrl-b", "ab|\nc"),
        ("a|b", "ctrl-f ctrl-f ctrl-f", "ab|"),
        ("ab cd|", "ctrl-a", "|ab cd"),
        ("|ab cd\ne", "ctrl-e", "ab cd|\ne"),
        ("|ab, cd_e\nf", "alt-f", "ab|, cd_e\nf"),
        ("ab|, cd_e\nf", "ctrl-right", "ab, cd_e|\nf"),
        ("ab, cd_e|\nf", "alt-f", "ab, cd_e\nf|"),
        ("ab, cd_e\n|f", "alt-b", "ab, |cd_e\nf"),
        ("ab, |cd_e", "ctrl-left ctrl-left", "|ab, cd_e"),
        ("漢字 |x", "alt-b", "|漢字 x"),
        ("abc\nd\nefg|", "up up", "abc|\nd\nefg"),
        ("abc|\nd\nefg", "down", "abc\nd|\nefg"),
        ("漢字|\nabcd", "down", "漢字\nabcd|"),
        ("漢字\nabc|", "up", "漢|字\nabc"),
        ("ab\nc|d\nef", "ctrl-home", "|ab\ncd\nef"),
        ("ab\nc|d\nef", "ctrl-end", "ab\ncd\nef|"),
        ("e\u{301}|x", "left", "|e\u{301}x"),
        ("|e\u{301}x", "right", "e\u{301}|x"),
        ("a|b", "up", "a|b"),
    ] {
        assert_eq!(after(text, keys), wanted, "{text:?} {keys}");
    }
}

#[test]
fn shift_selects_and_typing_replaces() {
    for (text, keys, wanted) in [
        ("a|bc", "shift-right", "a^b|c"),
        ("ab|c", "shift-left shift-left", "|ab^c"),
        ("a|b\ncd", "shift-down", "a^b\nc|d"),
        ("ab c|d", "ctrl-shift-left", "ab |c^d"),
        ("ab |cd", "shift-end", "ab ^cd|"),
        ("a|bc", "shift-right right", "ab|c"),
        ("a|bc", "shift-right left", "a|bc"),
        ("a|bc", "shift-right shift-left", "a|bc"),
        ("a|bc", "shift-right x", "ax|c"),
        ("a|bc", "shift-right backspace", "a|c"),
        ("a|bc", "shift-right enter", "a\n|c"),
        ("a|bc", "shift-end ctrl-k ctrl-a ctrl-y", "bc|a"),
    ] {
        assert_eq!(after(text, keys), wanted, "{text:?} {keys}");
    }
}

#[test]
fn keys_delete_as_in_a_shells_line_and_what_was_cut_comes_back() {
    for (text, keys, wanted) in [
        ("ab|c", "backspace", "a|c"),
        ("a\n|b", "backspace", "a|b"),
        ("e\u{301}|", "backspace", "|"),
        ("|abc", "delete ctrl-d", "|c"),
        ("a|\nb", "delete", "a|b"),
        ("shop.order |x", "ctrl-w", "|x"),
        ("a shop.order|", "ctrl-w", "a |"),
        ("a\n|b", "ctrl-w", "a|b"),
        ("shop.order|", "alt-backspace", "shop.|"),
        ("|shop.order", "alt-d", "|.order"),
        ("ab|cd\ne", "ctrl-k", "ab|\ne"),
        ("ab|\ne", "ctrl-k", "ab|e"),
        ("ab|cd", "ctrl-u", "|cd"),
        ("a\n|b", "ctrl-u", "a|b"),
        ("|a", "ctrl-u backspace ctrl-w", "|a"),
        ("ab cd|", "ctrl-w ctrl-a ctrl-y", "cd|ab "),
        ("ab|", "ctrl-x alt-q ctrl-c", "ab|"),
    ] {
        assert_eq!(after(text, keys), wanted, "{text:?} {keys}");
    }
}

#[test]
fn lines_keep_their_indentation_and_are_indented_together() {
    for (text, keys, wanted) in [
        ("  a|b", "enter", "  a\n  |b"),
        (" | ab", "enter", " \n | ab"),
        ("\ta|", "enter b", "\ta\n\tb|"),
        ("a|b", "tab", "  a|b"),
        ("|", "tab", "  |"),
        ("   a|b", "shift-tab", " a|b"),
        ("\ta|b", "shift-tab", "a|b"),
        ("ab|", "shift-tab", "ab|"),
        (
            "|a\n\nb\nc",
            "shift-down shift-down shift-down tab",
            "^  a\n\n  b\n|c",
        ),
        ("  a\n  b|", "shift-up shift-tab", "a|\nb^"),
    ] {
        assert_eq!(after(text, keys), wanted, "{text:?} {keys}");
    }
}

#[test]
fn comments_are_made_and_taken_back() {
    let toggled = |text: &str, keys: &str| {
        let mut editor = editor(text);
        press(&mut editor, keys);
        let was = marked(&editor);
        editor.toggle_comment("-- ");
        let once = marked(&editor);
        editor.toggle_comment("-- ");
        assert_eq!(editor.text(), was.replace(['|', '^'], ""), "{text:?}");
        once
    };
    assert_eq!(toggled("a|b", ""), "-- a|b");
    assert_eq!(toggled("|", ""), "-- |");
    assert_eq!(
        toggled("|  a\n\n    b\nc", "shift-down shift-down shift-down"),
        "^  -- a\n\n  --   b\n|c"
    );
    let mut bare = editor("--a|");
    bare.toggle_comment("-- ");
    assert_eq!(marked(&bare), "a|");
}

#[test]
fn undo_goes_by_words_and_a_move_ends_one() {
    let undone = |keys: &str| {
        let mut editor = Editor::default();
        press(&mut editor, keys);
        let mut texts = Vec::new();
        while editor.undo() {
            texts.push(marked(&editor));
        }
        texts
    };
    assert_eq!(
        undone("a b space space c ("),
        ["ab  c|", "ab  |", "ab|", "|"]
    );
    assert_eq!(undone("a b left c"), ["a|b", "|"]);
    assert_eq!(
        undone("a space b backspace backspace"),
        ["a |", "a b|", "a |", "a|", "|"]
    );
    assert_eq!(undone("a b backspace backspace"), ["ab|", "|"]);
    assert_eq!(undone("a enter b"), ["a\n|", "a|", "|"]);
    // What was selected is again, and what was typed over it is gone with the rest of its word.
    assert_eq!(undone("a b shift-left c d"), ["a|b^", "|"]);
    assert_eq!(after("a|", "b c ctrl-_ alt-y d"), "abcd|");
    assert_eq!(after("a|", "b ctrl-7 c alt-Z"), "ac|");
}

#[test]
fn a_text_is_set_in_one_step_and_what_is_the_same_stays() {
    let mut editor = editor("select a|\nfrom b\nwhere c");
    let revision = editor.revision();
    assert!(editor.set_text("select a\nfrom bé\nwhere c"));
    assert_eq!(marked(&editor), "select a|\nfrom bé\nwhere c");
    assert_eq!(editor.changed_since(revision), Some(1));
    assert!(!editor.set_text("select a\nfrom bé\nwhere c"));
    assert!(editor.undo());
    assert_eq!(marked(&editor), "select a|\nfrom b\nwhere c");
    assert!(!editor.undo());
}

#[test]
fn the_first_line_that_changed_is_known_since_any_revision() {
    let mut editor = editor("a\nb\nc\nd|");
    let mut revisions = vec![editor.revision()];
    for keys in ["x", "up x", "down down x"] {
        press(&mut editor, keys);
        revisions.push(editor.revision());
    }
    let since: Vec<_> = revisions
        .iter()
        .map(|at| editor.changed_since(*at))
        .collect();
    assert_eq!(since, [Some(2), Some(2), Some(3), None]);
}

#[test]
fn cut_and_copy_give_what_is_selected() {
    let mut editor = editor("a|b\nc");
    assert_eq!((editor.copy(), editor.cut()), (None, None));
    press(&mut editor, "shift-down");
    assert_eq!(editor.copy().as_deref(), Some("b\nc"));
    assert_eq!(editor.cut().as_deref(), Some("b\nc"));
    assert_eq!(marked(&editor), "a|");
    editor.select_all();
    assert_eq!(editor.selection(), Some(0..1));
    editor.paste("x\n漢");
    assert_eq!(marked(&editor), "x\n漢|");
    assert_eq!(editor.cursor(), (1, 1));
    editor.replace_range(&(0..1), "yy");
    assert_eq!(marked(&editor), "yy|\n漢");
    editor.select(&(1..2));
    assert!(editor.deselect() && !editor.deselect());
}

#[test]
fn a_search_goes_round_and_replaces() {
    let mut editor = editor("|ab Ab\nxab");
    let mut seen = Vec::new();
    for (typed, search) in [
        ("ab", Search::Here),
        ("ab", Search::Next),
        ("ab", Search::Next),
        ("ab", Search::Next),
        ("ab", Search::Previous),
        ("Ab", Search::Previous),
        ("Ab", Search::Next),
    ] {
        assert!(editor.find(typed, search));
        seen.push(editor.selection().map_or(99, |range| range.start));
    }
    assert_eq!(seen, [0, 3, 7, 0, 7, 3, 3]);
    assert!(!editor.find("nowhere", Search::Here) && !editor.find("", Search::Here));
    assert!(editor.replace("ab", "(ab)"));
    assert_eq!(marked(&editor), "ab (ab)\nx^ab|");
    assert_eq!(editor.replace_all("ab", "é\n"), 3);
    assert_eq!(editor.text(), "é\n (é\n)\nxé\n");
    assert!(editor.undo() && editor.undo());
    assert_eq!(editor.text(), "ab Ab\nxab");
    assert_eq!(editor.replace_all("z", "y"), 0);
}

#[test]
fn brackets_have_their_partners() {
    let pair = |text: &str, quoted: &[std::ops::Range<usize>]| editor(text).pair(quoted);
    assert_eq!(pair("f(a|, b[1])", &[]), Some((1, 9)));
    assert_eq!(pair("f|(a)", &[]), Some((1, 3)));
    assert_eq!(pair("f(a)|", &[]), Some((1, 3)));
    assert_eq!(pair("f(\na[1\n|])", &[]), Some((4, 7)));
    assert_eq!(pair("(a]|)", &[]), None);
    assert_eq!(pair("a|)", &[]), None);
    assert_eq!(pair("(a|", &[]), None);
    assert_eq!(pair("(a| ')' b)", &[]), Some((0, 4)));
    assert_eq!(pair("(a| ')' b)", &[3..6, 9..9]), Some((0, 8)));
    assert_eq!(pair("a '(|' )", &[2..5, 9..9]), None);
}

proptest! {
    #[test]
    fn everything_can_be_undone_and_made_again(
        text in "[a (\n漢é\u{301}]{0,20}",
        keys in proptest::collection::vec(prop::sample::select(&[
            "a", "b", "space", "(", "漢", "enter", "tab", "shift-tab", "backspace", "delete", "ctrl-w",
            "ctrl-k", "ctrl-u", "ctrl-y", "alt-d", "left", "right", "up", "down", "shift-left", "shift-up",
            "shift-down", "ctrl-shift-right", "home", "ctrl-end", "pageup", "ctrl-7", "alt-y",
        ][..]), 0..60),
        at in 0..40usize,
    ) {
        let mut editor = Editor::holding(&text);
        editor.go_to(at);
        for key in &keys {
            press(&mut editor, key);
            let whole = editor.text();
            prop_assert_eq!(editor.lines().join("\n"), whole.clone());
            prop_assert!(whole.is_char_boundary(editor.offset()));
            let offset = editor.offset();
            let (row, column) = editor.cursor();
            let line = editor.start_of(row);
            prop_assert_eq!(line + whole[line..].chars().take(column).map(char::len_utf8).sum::<usize>(), offset);
        }
        while editor.redo() {}
        let newest = editor.text();
        while editor.undo() {}
        prop_assert_eq!(editor.text(), text);
        while editor.redo() {}
        prop_assert_eq!(editor.text(), newest);
    }

    #[test]
    fn a_text_that_is_set_is_that_text(one in "[aé漢\n]{0,12}", other in "[aè漢\n]{0,12}") {
        let mut editor = Editor::holding(&one);
        prop_assert_eq!(editor.set_text(&other), one != other);
        prop_assert_eq!(editor.text(), other);
        editor.undo();
        prop_assert_eq!(editor.text(), one);
    }

    #[test]
    fn lines_before_the_first_change_are_as_they_were(
        edits in proptest::collection::vec((0..30usize, 0..30usize, "[ab\n]{0,4}"), 1..12), since in 0..12usize) {
        let mut editor = Editor::holding("a\nb\nc\nd\ne");
        let mut seen = vec![(editor.revision(), editor.lines().to_vec())];
        for (from, to, with) in edits {
            editor.replace_range(&(from..to), &with);
            seen.push((editor.revision(), editor.lines().to_vec()));
        }
        let (revision, before) = &seen[since.min(seen.len() - 1)];
        let first = editor.changed_since(*revision).unwrap_or(usize::MAX).min(before.len());
        prop_assert_eq!(&before[..first], &editor.lines()[..first]);
    }
}
