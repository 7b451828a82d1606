use proptest::prelude::*;

use super::*;

/// The tokens that are no spaces, each with a letter for its kind.
fn read(sql: &str) -> Vec<(char, &str)> {
    let significant = Lexer::new(sql).filter(|token| token.kind != Kind::Space);
    significant
        .map(|token| (letter(token.kind), token.text))
        .collect()
}

fn letter(kind: Kind) -> char {
    match kind {
        Kind::Space => '_',
        Kind::Comment => 'c',
        Kind::Word => 'w',
        Kind::Name => 'n',
        Kind::Text => 't',
        Kind::Dollar => '$',
        Kind::Number => '1',
        Kind::Parameter => 'p',
        Kind::Variable => 'v',
        Kind::Operator => 'o',
        Kind::Sign => 's',
    }
}

fn all_are(table: &[(&str, &[(char, &str)])]) {
    for (sql, wanted) in table {
        assert_eq!(read(sql), *wanted, "{sql}");
    }
}

#[test]
fn words_and_names() {
    all_are(&[
        ("a$b$c; d$b$", &[('w', "a$b$c"), ('s', ";"), ('w', "d$b$")]),
        ("_é1 Où", &[('w', "_é1"), ('w', "Où")]),
        // To the server a no-break space is a letter.
        ("a\u{a0}b", &[('w', "a\u{a0}b")]),
        (r#""a""b" "c;"#, &[('n', r#""a""b""#), ('n', r#""c;"#)]),
        (
            r#"U&"\0061""b" u&"x"y"#,
            &[('n', r#"U&"\0061""b""#), ('n', r#"u&"x""#), ('w', "y")],
        ),
        ("u & 'x'", &[('w', "u"), ('o', "&"), ('t', "'x'")]),
        ("name'x'", &[('w', "name"), ('t', "'x'")]),
        ("t.*", &[('w', "t"), ('s', "."), ('o', "*")]),
        // Names are not gone on with on another line.
        ("\"a\"\n\"b\"", &[('n', "\"a\""), ('n', "\"b\"")]),
    ]);
}

#[test]
fn texts() {
    all_are(&[
        (
            "'it''s' 'a\\' b",
            &[('t', "'it''s'"), ('t', "'a\\'"), ('w', "b")],
        ),
        (
            r"E'\'' e'\\' 'x",
            &[('t', r"E'\''"), ('t', r"e'\\'"), ('t', "'x")],
        ),
        (r"E'\é'''", &[('t', r"E'\é'''")]),
        ("E'\\", &[('t', "E'\\")]),
        (
            "n'a' B'01' x'1F' U&'\\0061'",
            &[
                ('t', "n'a'"),
                ('t', "B'01'"),
                ('t', "x'1F'"),
                ('t', "U&'\\0061'"),
            ],
        ),
        ("'a' 'b'", &[('t', "'a'"), ('t', "'b'")]),
        ("'a'\n'b'", &[('t', "'a'\n'b'")]),
        (
            "'a' -- it's\r\n  -- ''\n\t'b' c",
            &[('t', "'a' -- it's\r\n  -- ''\n\t'b'"), ('w', "c")],
        ),
        (
            "'a' /* */\n'b'",
            &[('t', "'a'"), ('c', "/* */"), ('t', "'b'")],
        ),
        ("E'a'\n'\\'' 'b\\'", &[('t', "E'a'\n'\\''"), ('t', "'b\\'")]),
    ]);
}

#[test]
fn dollars() {
    all_are(&[
        (
            "$$a$$ $x$ $$ $y$ $x$",
            &[('$', "$$a$$"), ('$', "$x$ $$ $y$ $x$")],
        ),
        ("$x$ $x $x$;", &[('$', "$x$ $x $x$"), ('s', ";")]),
        ("$1$2", &[('p', "$1"), ('p', "$2")]),
        (
            "$1$ $1$",
            &[('p', "$1"), ('s', "$"), ('p', "$1"), ('s', "$")],
        ),
        ("$1a$", &[('p', "$1"), ('w', "a$")]),
        ("$é$'$é$", &[('$', "$é$'$é$")]),
        ("$X$ $x$ $X$", &[('$', "$X$ $x$ $X$")]),
        ("$a b$", &[('s', "$"), ('w', "a"), ('w', "b$")]),
        ("1$$;$$", &[('1', "1"), ('$', "$$;$$")]),
        ("$$ open", &[('$', "$$ open")]),
    ]);
}

#[test]
fn numbers() {
    all_are(&[
        ("1..2", &[('1', "1"), ('o', ".."), ('1', "2")]),
        ("1...2", &[('1', "1"), ('o', ".."), ('1', ".2")]),
        (
            "1. .5 1.5e-3 1e5 .5E+1",
            &[
                ('1', "1."),
                ('1', ".5"),
                ('1', "1.5e-3"),
                ('1', "1e5"),
                ('1', ".5E+1"),
            ],
        ),
        (
            "1e 1e+ 2",
            &[
                ('1', "1"),
                ('w', "e"),
                ('1', "1"),
                ('w', "e"),
                ('o', "+"),
                ('1', "2"),
            ],
        ),
        (
            "1_000.000_1 1__0 1_",
            &[
                ('1', "1_000.000_1"),
                ('1', "1"),
                ('w', "__0"),
                ('1', "1"),
                ('w', "_"),
            ],
        ),
        (
            "0x1F 0X_ff 0o17 0b101 0b2 0x",
            &[
                ('1', "0x1F"),
                ('1', "0X_ff"),
                ('1', "0o17"),
                ('1', "0b101"),
                ('1', "0"),
                ('w', "b2"),
                ('1', "0"),
                ('w', "x"),
            ],
        ),
        ("-1", &[('o', "-"), ('1', "1")]),
        ("a.1", &[('w', "a"), ('1', ".1")]),
    ]);
}

#[test]
fn operators_and_signs() {
    all_are(&[
        (
            "a->>'b'#>x",
            &[
                ('w', "a"),
                ('o', "->>"),
                ('t', "'b'"),
                ('o', "#>"),
                ('w', "x"),
            ],
        ),
        ("a=-1", &[('w', "a"), ('o', "="), ('o', "-"), ('1', "1")]),
        ("a<@-1", &[('w', "a"), ('o', "<@-"), ('1', "1")]),
        ("++-+", &[('o', "+"), ('o', "+"), ('o', "-"), ('o', "+")]),
        (
            "a*--b\n/c",
            &[('w', "a"), ('o', "*"), ('c', "--b"), ('o', "/"), ('w', "c")],
        ),
        (
            "*/*c*/-@/*d*/@",
            &[
                ('o', "*"),
                ('c', "/*c*/"),
                ('o', "-@"),
                ('c', "/*d*/"),
                ('o', "@"),
            ],
        ),
        (
            "a::b:=c=>d>=e",
            &[
                ('w', "a"),
                ('o', "::"),
                ('w', "b"),
                ('o', ":="),
                ('w', "c"),
                ('o', "=>"),
                ('w', "d"),
                ('o', ">="),
                ('w', "e"),
            ],
        ),
        (
            "a[1:2]",
            &[
                ('w', "a"),
                ('s', "["),
                ('1', "1"),
                ('s', ":"),
                ('1', "2"),
                ('s', "]"),
            ],
        ),
        (
            ":a :'b' :\"c\" :'d e' :::f",
            &[
                ('v', ":a"),
                ('v', ":'b'"),
                ('v', ":\"c\""),
                ('s', ":"),
                ('t', "'d e'"),
                ('o', "::"),
                ('v', ":f"),
            ],
        ),
        ("\\d {}", &[('s', "\\"), ('w', "d"), ('s', "{"), ('s', "}")]),
    ]);
}

#[test]
fn comments() {
    all_are(&[
        ("-- a\r\nb --", &[('c', "-- a"), ('w', "b"), ('c', "--")]),
        ("/* /* ; */ ' */ a", &[('c', "/* /* ; */ ' */"), ('w', "a")]),
        ("/*/ a */b", &[('c', "/*/ a */"), ('w', "b")]),
        ("/***/ a **/", &[('c', "/***/"), ('w', "a"), ('o', "**/")]),
        ("-- /*\na", &[('c', "-- /*"), ('w', "a")]),
    ]);
}

#[test]
fn what_is_not_closed_says_so() {
    for sql in ["'a", "E'\\'", "\"a", "U&'", "$x$ $y$", "/* /* */", "'a'\n'"] {
        let last = Lexer::new(sql).last();
        assert!(last.is_some_and(|token| token.open), "{sql}");
    }
    for sql in ["'a'", "E'\\''", "\"a\"", "$x$$x$", "/**/", "-- a", "$"] {
        assert!(Lexer::new(sql).all(|token| !token.open), "{sql}");
    }
}

/// Each of these would take minutes were its time not linear.
#[test]
fn a_million_characters_take_no_time() {
    for piece in [
        "+", "-+", "<+", "$a", "$a$", "'a'\n", "'", ":'a", "/*", "*/", "1_", "1.", "E'\\", "\"",
        "é", "\\", "\0",
    ] {
        let sql = piece.repeat(1_000_000 / piece.len());
        let length: usize = Lexer::new(&sql).map(|token| token.text.len()).sum();
        assert_eq!(length, sql.len(), "{piece}");
    }
}

/// The kinds of the bytes of a text, which is read line by line, the line breaks left out.
fn by_lines(sql: &str) -> Vec<Kind> {
    let mut state = State::Normal;
    let mut kinds = Vec::new();
    for line in sql.split('\n') {
        let mut lexer = Lexer::resumed(line, state);
        for token in lexer.by_ref() {
            kinds.extend(std::iter::repeat_n(token.kind, token.text.len()));
        }
        state = lexer.state();
    }
    kinds
}

/// Text wild enough to hold every kind of token, open and closed.
fn wild() -> impl Strategy<Value = String> {
    "([a-z;0.'\"$/*+:\\-\\\\ \nEUN&é]|''|\\$a\\$|--|/\\*|\\*/|E'|'\n'){0,30}"
}

proptest! {
    #[test]
    fn any_text_is_the_sum_of_its_tokens(sql in prop_oneof![wild(), any::<String>()]) {
        let mut end = 0;
        for token in Lexer::new(&sql) {
            prop_assert_eq!(token.begin, end);
            prop_assert!(!token.text.is_empty());
            prop_assert_eq!(&sql[token.begin..token.end()], token.text);
            end = token.end();
            prop_assert!(!token.open || end == sql.len());
        }
        prop_assert_eq!(end, sql.len());
    }

    /// Only what stands between the quotes of one text is of another kind then.
    #[test]
    fn a_text_read_line_by_line_is_the_same(sql in wild()) {
        let mut whole = Vec::new();
        for token in Lexer::new(&sql) {
            let bytes = token.text.bytes().filter(|byte| *byte != b'\n');
            whole.extend(bytes.map(|_| token));
        }
        let lines = by_lines(&sql);
        prop_assert_eq!(lines.len(), whole.len());
        for (line, whole) in lines.into_iter().zip(whole) {
            let between = whole.kind == Kind::Text
                && whole.text.contains('\n')
                && matches!(line, Kind::Space | Kind::Comment);
            prop_assert!(whole.kind == line || between, "{:?} {:?}", whole, line);
        }
    }
}
