//! Keys into vim's modes, and what becomes of the text. `|` is the cursor, `^` the other end of what
//! is selected. Keys are typed as they are; the others are `<esc>`, `<cr>`, `<bs>`, `<tab>`, `<c-r>`, and
//! `</text>` is what is typed to be looked for.

use std::ops::Range;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;

use super::{Memory, Mode, Sense, Took};
use crate::sql::script;
use crate::studio::theme::Theme;
use crate::studio::widgets::editor::tests::{editor, marked};
use crate::studio::widgets::editor::{Editor, Look};

fn statement(text: &str, offset: usize) -> Option<(Range<usize>, usize)> {
    let statements = script::statements(text);
    let here = script::statement_at(text, &statements, offset)?;
    Some((here.range.clone(), here.end()))
}

/// The keys of a test, each with the text that is looked for where it is one.
fn keys(typed: &str) -> Vec<Result<KeyEvent, String>> {
    let mut keys = Vec::new();
    let mut rest = typed;
    while let Some(ch) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
        let named = named.filter(|(name, _)| !name.is_empty() && !name.contains(['<', ' ']));
        let Some((name, after)) = named else {
            keys.push(Ok(KeyEvent::new(KeyCode::Char(ch), KeyModifiers::NONE)));
            rest = &rest[ch.len_utf8()..];
            continue;
        };
        rest = after;
        let plain = |code| Ok(KeyEvent::new(code, KeyModifiers::NONE));
        keys.push(match name {
            "esc" => plain(KeyCode::Esc),
            "cr" => plain(KeyCode::Enter),
            "bs" => plain(KeyCode::Backspace),
            "del" => plain(KeyCode::Delete),
            "left" => plain(KeyCode::Left),
            "right" => plain(KeyCode::Right),
            "up" => plain(KeyCode::Up),
            "down" => plain(KeyCode::Down),
            name => match (name.strip_prefix("c-"), name.strip_prefix('/')) {
                (Some(letter), _) => {
                    let letter = letter.chars().next().unwrap_or(' ');
                    let code = KeyCode::Char(letter);
                    Ok(KeyEvent::new(code, KeyModifiers::CONTROL))
                }
                (_, Some(sought)) => Err(sought.to_owned()),
                _ => unreachable!("{name}"),
            },
        });
    }
    keys
}

/// Types keys; what came of the last one.
fn types(editor: &mut Editor, memory: &mut Memory, typed: &str) -> Took {
    let sense = Sense {
        quoted: &[],
        statement: &statement,
    };
    let mut took = Took::default();
    for key in keys(typed) {
        let before = editor.text();
        took = match key {
            Ok(key) => editor.vim_key(&key, memory, &sense),
            Err(sought) => editor.sought(&sought, memory, &sense),
        };
        // What is put back as it was has changed all the same.
        assert!(took.changed || editor.text() == before, "{typed}");
    }
    took
}

fn vim(text: &str) -> Editor {
    let mut editor = editor(text);
    editor.set_vim(true);
    editor
}

fn after(text: &str, typed: &str) -> String {
    let mut editor = vim(text);
    types(&mut editor, &mut Memory::default(), typed);
    marked(&editor)
}

fn check(cases: &[(&str, &str, &str)]) {
    for (text, typed, wanted) in cases {
        assert_eq!(after(text, typed), *wanted, "{text:?} {typed}");
    }
}

#[test]
fn motions_go_where_vims_go() {
    check(&[
        ("ab|c", "h", "a|bc"),
        ("a|bc", "lll", "ab|c"),
        ("a|bc\nd\nefg", "jj", "abc\nd\ne|fg"),
        ("abc\nd\nef|g", "kk", "ab|c\nd\nefg"),
        ("|foo.bar baz", "w", "foo|.bar baz"),
        ("|foo.bar baz", "W", "foo.bar |baz"),
        ("|foo.bar baz", "2e", "foo|.bar baz"),
        ("|foo.bar baz", "E", "foo.ba|r baz"),
        ("foo bar| baz", "b", "foo |bar baz"),
        ("foo.bar |baz", "B", "|foo.bar baz"),
        ("foo |bar", "ge", "fo|o bar"),
        ("foo\n\n|bar", "b", "foo\n|\nbar"),
        ("  ab |cd", "0", "|  ab cd"),
        ("  ab |cd", "^", "  |ab cd"),
        ("  |ab cd", "$", "  ab c|d"),
        ("a\nb\n|c", "gg", "|a\nb\nc"),
        ("|a\nb\nc", "2G", "a\n|b\nc"),
        ("|a\nb\nc", "G", "a\nb\n|c"),
        ("|a(b, c)", "f,", "a(b|, c)"),
        ("|a(b, c)", "t,", "a(|b, c)"),
        ("|a,b,c", "t,;", "a,|b,c"),
        ("|a,b,c", "f,;", "a,b|,c"),
        ("|a,b,c", "f,;,", "a|,b,c"),
        ("a,b,|c", "T,", "a,b,|c"),
        ("a,b,|c", "2F,", "a|,b,c"),
        ("f|oo(a (b) c) d", "%", "foo(a (b) c|) d"),
        ("foo(a (b) c|) d", "%", "foo|(a (b) c) d"),
        ("|a\nb\n\nc\n\nd", "}", "a\nb\n|\nc\n\nd"),
        ("|a\nb\n\nc\n\nd", "2}", "a\nb\n\nc\n|\nd"),
        ("a\n\nc\n\n|d", "{", "a\n\nc\n|\nd"),
        ("|foo bar\nfoo foobar foo", "*", "foo bar\n|foo foobar foo"),
        ("|foo bar\nfoo foobar foo", "*n", "foo bar\nfoo foobar |foo"),
        ("|a aa ab\naa", "*dwn", "|aa ab\naa"),
        ("|foo bar\nfoo foobar foo", "#", "foo bar\nfoo foobar |foo"),
        ("|a b\nc b", "/</b>", "a |b\nc b"),
        ("|a b\nc b", "/</b>n", "a b\nc |b"),
        ("|a b\nc b", "/</b>nN", "a |b\nc b"),
        ("|a b\nc b", "?</b>", "a b\nc |b"),
        ("a|b\n\tc", "<cr>", "ab\n\t|c"),
        ("e\u{301}|x", "h", "|e\u{301}x"),
        ("|漢字x", "l", "漢|字x"),
    ]);
}

#[test]
fn operators_take_a_motion_an_object_or_lines_and_counts_multiply() {
    check(&[
        ("|foo bar baz", "dw", "|bar baz"),
        ("|a b c d e f g", "2d3w", "|g"),
        ("|a b c d", "d3w", "|d"),
        ("foo |bar\nbaz", "dw", "foo| \nbaz"),
        ("f|oo bar", "cwx<esc>", "f|x bar"),
        ("f|oo bar", "ce-<esc>", "f|- bar"),
        ("a\n|b\nc", "dd", "a\n|c"),
        ("a\n|b\nc\nd", "2dd", "a\n|d"),
        ("a\nb\n|c", "dd", "a\n|b"),
        ("a\n|b\nc", "dj", "|a"),
        ("a\nb|c\nd", "dgg", "|d"),
        ("foo(a|, b)", "d%", "foo| b)"),
        ("fo|o(a, b)", "d%", "f|o"),
        ("foo|, b", "d0", "|, b"),
        ("f|oo, b", "D", "|f"),
        ("f|oo, b", "Cx<esc>", "f|x"),
        ("f|oo, b", "dt,", "f|, b"),
        ("f|oo, b", "df,", "f| b"),
        ("  a|b\nc", "ccx<esc>", "  |x\nc"),
        ("  ab|c\nd", "S<esc>", "|\nd"),
        ("|ab", "guiw", "|ab"),
        ("a|b cd", "gUiw", "|AB cd"),
        ("a|b cd", "gUU", "|AB CD"),
        ("a|B cd", "g~w", "a|b cd"),
        ("|a\nb\n\nc", ">2j", "  |a\n  b\n\nc"),
        ("    |a\n  b", "<<", "  |a\n  b"),
        ("foo |bar baz", "daw", "foo |baz"),
        ("foo bar |baz", "daw", "foo ba|r"),
        ("foo |bar baz", "ciwx<esc>", "foo |x baz"),
        ("x.a|b_c d", "diW", "| d"),
        ("f(a, (b|, c))", "di(", "f(a, (|))"),
        ("f(a, (b|, c))", "2dib", "f(|)"),
        ("f(a, (b|, c))", "da(", "f(a, |)"),
        ("f(\n  |a\n)", "di(", "f(\n|)"),
        ("a 'b |c' d", "ci'x<esc>", "a '|x' d"),
        ("a 'b |c' d", "da'", "a |d"),
        ("a \"b|\".c", "yi\"P", "a \"|bb\".c"),
        ("a\nb|\n\nc", "dip", "|\nc"),
        ("a\nb|\n\nc", "dap", "|c"),
        ("|a b\nc b", "d/</b>", "|b\nc b"),
        ("|a b c b", "d/</b>.", "|b"),
    ]);
}

#[test]
fn a_statement_is_an_object() {
    check(&[
        (
            "select 1;\nsel|ect 2;\nselect 3",
            "das",
            "select 1;\n|select 3",
        ),
        (
            "select 1; sel|ect 2; select 3",
            "das",
            "select 1; |select 3",
        ),
        ("a;\n\nselect\n  |2;\nb", "cisx<esc>", "a;\n\n|x;\nb"),
        (
            "select 1; sel|ect 2;",
            "yisP",
            "select 1; select |2select 2;",
        ),
        ("select ';', 1|; b", "vis", "^select ';', |1; b"),
    ]);
}

#[test]
fn short_commands_do_what_their_long_ones_do() {
    check(&[
        ("a|bc", "x", "a|c"),
        ("a|bc", "5x", "|a"),
        ("ab|c", "2X", "|c"),
        ("a|bc", "sxy<esc>", "ax|yc"),
        ("a|bc", "rx", "a|xc"),
        ("a|bc", "2rx", "ax|x"),
        ("a|bc", "3rx", "a|bc"),
        ("a|b c", "r<cr>", "a\n| c"),
        ("a|bCd", "3~", "aBc|D"),
        ("|a\n  b\n)", "J", "a| b\n)"),
        ("|a\n  b\n)", "3J", "a b|)"),
        ("|a\n  b", "gJ", "a|  b"),
        ("ab|c d", "Rxy<bs><bs>z<esc>", "ab|z d"),
        ("a|bc", "Rxyzz<esc>", "axyz|z"),
        ("  a|b\nc", "ox<esc>", "  ab\n  |x\nc"),
        ("  a|b\nc", "Ox<esc>", "  |x\n  ab\nc"),
        ("  a|b\nc", "o<esc>", "  ab\n|\nc"),
        ("a|b", "3ix<esc>", "axx|xb"),
        ("a|b", "2ox<esc>", "ab\nx\n|x"),
        ("a|b", "Ix<esc>", "|xab"),
        ("a|b", "Ax<esc>", "ab|x"),
        ("a|b", "ax<esc>", "ab|x"),
        ("foo bar| x", "i<c-w>y<esc>", "foo |y x"),
        ("foo bar| x", "i<c-u>y<esc>", "|y x"),
    ]);
}

#[test]
fn what_is_taken_is_put_back_from_registers() {
    check(&[
        ("|ab c", "xp", "b|a c"),
        ("a|b\nc", "yyp", "ab\n|ab\nc"),
        ("a|b\nc", "yyP", "|ab\nab\nc"),
        ("a|b\nc", "ddp", "c\n|ab"),
        ("|foo bar", "yw2P", "foo foo| foo bar"),
        ("|a b c", "\"ayw\"Aywdwdw\"ap", "ca a| "),
        ("|a b c", "ywdw\"0P", "a| b c"),
        ("|a\nb\nc", "dddd\"2p", "c\n|a"),
        ("|a b", "yw\"_dwP", "a| b"),
        ("|ab\ncd", "ylj\"_ddp", "a|ab"),
        ("|ab cd", "yiwwviwp", "ab a|b"),
        ("|ab cd", "yiwwviwp0P", "c|dab ab"),
        ("|ab\ncd", "yyjvp", "ab\n\n|ab\nd"),
        ("|ab", "ywA <c-r>0<esc>", "ab a|b"),
    ]);
}

#[test]
fn what_is_selected_is_what_operators_are_about() {
    check(&[
        ("a|bcd", "vl", "a^b|cd"),
        ("a|bcd", "vld", "a|d"),
        ("ab|cd", "vhd", "a|d"),
        ("a|b\ncd", "vjd", "|a"),
        ("a|b\ncd\ne", "Vjd", "|e"),
        ("a|b\ncd\ne", "V>", "  |ab\ncd\ne"),
        ("a|b\ncd\ne", "vjU", "a|B\nCD\ne"),
        ("|ab c", "vex", "| c"),
        ("|a b c", "vwcx<esc>", "|x c"),
        ("|ab cd", "viwrx", "|xx cd"),
        ("|a\nb\nc", "VjJ", "a| b\nc"),
        ("a|bcd", "vlohd", "|d"),
        ("a|bcd", "vl<esc>hgvd", "a|d"),
        ("f(a, (b|, c))", "vi(d", "f(a, (|))"),
        ("f(a, (b|, c))", "vi(i(d", "f(|)"),
        ("a|b cd ef", "vawawd", "|ef"),
        ("a\n|b\nc\nd", "Vd.", "a\n|d"),
        ("|abcd", "vld.", "|"),
        ("a|b\nc", "v$d", "a|c"),
        ("a|b c", "veA!<esc>", "ab c|!"),
    ]);
}

#[test]
fn what_was_done_is_taken_back_and_done_again() {
    check(&[
        ("|a b c d", "dw.", "|c d"),
        ("|a b c d e", "dw2.", "|d e"),
        ("|a b c d", "dwu", "|a b c d"),
        ("|a b c d", "dwdwu<c-r>", "|c d"),
        ("|a b c d", "dwdw2u", "|a b c d"),
        ("|a a", "cwxy<esc>w.", "xy x|y"),
        ("|a", "ix y<esc>u", "|a"),
        ("|a", "ix y<cr>z<esc>u", "|a"),
        ("|a\nb", "Ax<bs>yz<esc>j.", "ayz\nby|z"),
        ("|a\nb", "ox<esc>.", "a\nx\n|x\nb"),
        ("|a", "ix<left>y<esc>.", "|yyxa"),
        ("|a", "ix<left>y<esc>u", "|xa"),
        ("a|b", "3ix<esc>.", "axxxx|xxb"),
        ("|ab ab", "Rxy<esc>w.", "xy x|y"),
        ("|a,b,c", "f,x;.", "ab|c"),
    ]);
}

#[test]
fn what_vim_has_and_is_not_here_is_said_and_changes_nothing() {
    let mut editor = vim("a|b");
    let mut memory = Memory::default();
    for (typed, wanted) in [
        (":%s/a/x/g<cr>", "ctrl-p finds commands"),
        ("qa", "macros"),
        ("ma", "marks"),
        ("<c-v>", "blocks"),
        ("=", "indent"),
        ("p", "nothing was taken"),
        ("\"zp", "register z"),
        ("\"+p", "clipboard is not read"),
        ("\"!", "register"),
        ("n", "nothing was looked for"),
        (".", "nothing was changed"),
        ("/</z>", "z is nowhere"),
    ] {
        let took = types(&mut editor, &mut memory, typed);
        let why = took.refused.unwrap_or_default();
        assert!(why.contains(wanted), "{typed}: {why}");
        editor.forget();
    }
    assert_eq!(marked(&editor), "a|b");
}

#[test]
fn the_clipboards_register_is_sent_and_the_rest_stays() {
    let mut editor = vim("a|b c");
    let mut memory = Memory::default();
    let sent =
        |editor: &mut Editor, memory: &mut Memory, typed: &str| types(editor, memory, typed).copied;
    assert_eq!(sent(&mut editor, &mut memory, "yiw"), None);
    let word = sent(&mut editor, &mut memory, "\"+yiw");
    assert_eq!(word.as_deref(), Some("ab"));
    let line = sent(&mut editor, &mut memory, "\"*yy");
    assert_eq!(line.as_deref(), Some("ab c\n"));
    // Another text has the same registers.
    let mut other = vim("|");
    types(&mut other, &mut memory, "\"+p");
    assert_eq!(marked(&other), "\n|ab c");
}

#[test]
fn the_mode_and_the_keys_so_far_can_be_told() {
    let mut editor = vim("a|b c");
    let mut memory = Memory::default();
    for (typed, mode, pending) in [
        ("\"a2d", Mode::Normal, "\"a2d"),
        ("<esc>", Mode::Normal, ""),
        ("cw", Mode::Insert, ""),
        ("<esc>", Mode::Normal, ""),
        ("R", Mode::Replace, ""),
        ("<esc>V", Mode::Lines, ""),
        ("v2", Mode::Visual, "2"),
        ("<esc>", Mode::Visual, ""),
        ("<esc>", Mode::Normal, ""),
    ] {
        types(&mut editor, &mut memory, typed);
        assert_eq!(editor.mode(), Some(mode), "{typed}");
        assert_eq!(editor.pending(), pending, "{typed}");
        assert_eq!(
            editor.is_busy(),
            mode != Mode::Normal || !pending.is_empty()
        );
    }
    editor.set_vim(false);
    assert_eq!((editor.mode(), editor.is_busy()), (None, false));
}

#[test]
fn what_others_do_to_the_text_leaves_a_mode_that_is_true() {
    let mut memory = Memory::default();
    let mut editor = vim("a|bcd ef");
    // The mouse, and a search of the screen, select what keys are about then.
    editor.select(&(1..3));
    types(&mut editor, &mut memory, "d");
    assert_eq!(marked(&editor), "a|d ef");
    editor.go_to(5);
    types(&mut editor, &mut memory, "x");
    assert_eq!(marked(&editor), "ad |e");
    editor.paste_whole("f(g)");
    assert_eq!(editor.text(), "ad ef(g)");
    // What is taken of what is offered is typed, and typed again.
    types(&mut editor, &mut memory, "oth");
    editor.replace_range(&(9..11), "there");
    types(&mut editor, &mut memory, "<esc>.");
    assert_eq!(editor.text(), "ad ef(g)\nthere\nthere");
    editor.undo();
    editor.undo();
    assert_eq!(editor.text(), "ad ef(g)");
}

#[test]
fn the_view_moves_and_the_cursor_with_it() {
    let text: Vec<String> = (0..50).map(|line| format!("  line {line}")).collect();
    let mut editor = vim(&text.join("\n"));
    let mut memory = Memory::default();
    let area = Rect::new(0, 0, 40, 11);
    let themes = Theme::built_in().unwrap_or_default();
    let drawn = |editor: &mut Editor| {
        let mut buffer = Buffer::empty(area);
        editor.draw(area, &mut buffer, &themes[0], &Look::plain(true));
    };
    for (typed, row, top) in [
        ("<c-d>", 5, 5),
        ("<c-f>", 14, 14),
        ("L", 24, 14),
        ("M", 19, 14),
        ("2H", 15, 14),
        ("zz", 15, 10),
        ("zt", 15, 15),
        ("zb", 15, 5),
        ("3<c-e>", 15, 8),
        ("<c-u>", 10, 3),
        ("G", 49, 39),
        ("<c-b>", 40, 30),
    ] {
        drawn(&mut editor);
        types(&mut editor, &mut memory, typed);
        drawn(&mut editor);
        assert_eq!((editor.cursor().0, editor.view.top), (row, top), "{typed}");
    }
}

#[test]
fn no_count_makes_it_hang_or_fill_the_memory() {
    let long = "99999999999999999999";
    for typed in [
        "w", "dw", "j", "x", "~", "rx", "J", ">>", "u", ";", "G", "dd", "%", "vl", "V",
    ] {
        let mut editor = vim("|ab c\nd");
        types(
            &mut editor,
            &mut Memory::default(),
            &format!("{long}{typed}"),
        );
        assert!(editor.text().len() < 10_000, "{typed}");
    }
    let mut editor = vim("|ab");
    types(&mut editor, &mut Memory::default(), &format!("yw{long}p"));
    assert!(editor.text().len() <= 17 << 20);
    for typed in ["ix<esc>", "ox<esc>", "Rx<esc>", "ix<bs><esc>"] {
        let mut editor = vim("|ab");
        types(
            &mut editor,
            &mut Memory::default(),
            &format!("{long}{typed}"),
        );
        assert!(editor.text().len() <= 17 << 20, "{typed}");
    }
}

proptest! {
    #[test]
    fn any_keys_leave_a_text_that_can_be_taken_back(
        text in "[ab (),;'\n漢é\t]{0,40}", typed in "[a-zA-Z0-9$^%{}();,.~<>\"' \n]{0,24}") {
        let mut editor = vim(&text);
        let mut memory = Memory::default();
        // An editor of a few characters is not to be filled.
        let typed: String = typed.chars().filter(|ch| !"456789".contains(*ch)).collect();
        for ch in typed.chars() {
            let name = match ch {
                '\n' => "<esc>".to_owned(),
                ch => ch.to_string(),
            };
            types(&mut editor, &mut memory, &name);
            let place = editor.caret.cursor;
            let line = editor.lines.line(place.row);
            prop_assert!(line.is_char_boundary(place.at));
            prop_assert!(
                editor.mode() != Some(Mode::Normal) || place.at < line.len().max(1),
                "{typed}"
            );
        }
        types(&mut editor, &mut memory, "<esc><esc>1000u");
        prop_assert_eq!(editor.text(), text);
    }
}
