//! The lexer against PostgreSQL's own scanner.
//!
//! Hand-written cases run always. With `PGLINT_CORPUS` set to a directory of
//! `.sql` files, every file below it is compared too.
#![allow(clippy::unwrap_used, reason = "tests")]

mod corpus;

use pglint_syntax::{ParseOptions, Token, TokenKind, lex, split};

/// A token as both sides can say it: start, end, coarse kind.
type Plain = (usize, usize, &'static str);

/// PostgreSQL's tokens, comments included; `None` when its scanner refuses.
fn scanned(text: &str) -> Option<Vec<Plain>> {
    // pg_query reads a null pointer when there is no token at all, hence the
    // last one, which is taken away again.
    let tokens = pg_query::scan_tokens(&format!("{text}\n;")).ok()?;
    let plain = |token: &pg_query::protobuf::ScanToken| {
        (
            token.start as usize,
            token.end as usize,
            kind_of(token.token),
        )
    };
    Some(tokens[..tokens.len() - 1].iter().map(plain).collect())
}

/// The coarse kind of a number of `enum Token` in pg_query's `.proto`.
fn kind_of(token: i32) -> &'static str {
    match token {
        258 => "name",
        259 => "unicode name",
        260 | 266 => "number",
        261 => "string",
        262 => "unicode string",
        263 => "bits",
        264 => "hex",
        265 | 272 | 273 | 274 => "operator",
        267 => "parameter",
        268 => "::",
        269 => "..",
        270 => ":=",
        271 => "=>",
        275 | 276 => "comment",
        276.. => "name",
        _ => match token as u8 {
            b'(' => "(",
            b')' => ")",
            b'[' => "[",
            b']' => "]",
            b',' => ",",
            b';' => ";",
            b':' => ":",
            b'.' => ".",
            b'%' | b'*' | b'+' | b'-' | b'/' | b'<' | b'=' | b'>' | b'^' | b'?' => "operator",
            _ => "unknown",
        },
    }
}

fn plain(token: Token) -> Plain {
    let kind = match token.kind {
        TokenKind::LineComment | TokenKind::BlockComment => "comment",
        TokenKind::String | TokenKind::EscapeString | TokenKind::DollarString => "string",
        TokenKind::UnicodeString => "unicode string",
        TokenKind::BitString => "bits",
        TokenKind::HexString => "hex",
        TokenKind::Word | TokenKind::QuotedIdentifier => "name",
        TokenKind::UnicodeIdentifier => "unicode name",
        TokenKind::Number => "number",
        TokenKind::Parameter => "parameter",
        TokenKind::Operator => "operator",
        TokenKind::LeftParen => "(",
        TokenKind::RightParen => ")",
        TokenKind::LeftBracket => "[",
        TokenKind::RightBracket => "]",
        TokenKind::Comma => ",",
        TokenKind::Semicolon => ";",
        TokenKind::Colon => ":",
        TokenKind::Dot => ".",
        TokenKind::DotDot => "..",
        TokenKind::TypeCast => "::",
        TokenKind::ColonEquals => ":=",
        TokenKind::EqualsGreater => "=>",
        _ => "unknown",
    };
    (token.start().into(), token.end().into(), kind)
}

fn lexed(text: &str) -> Vec<Plain> {
    let tokens = lex(text, ParseOptions::default());
    let mut offset = 0;
    for token in &tokens {
        assert_eq!(usize::from(token.start()), offset, "a gap in {text:?}");
        assert!(token.end() > token.start(), "an empty token in {text:?}");
        offset = token.end().into();
    }
    assert_eq!(offset, text.len(), "bytes left over in {text:?}");
    let significant = tokens
        .into_iter()
        .filter(|token| token.kind != TokenKind::Whitespace);
    significant.map(plain).collect()
}

#[track_caller]
fn check(text: &str) {
    let expected = scanned(text).unwrap_or_else(|| panic!("PostgreSQL's scanner refuses {text:?}"));
    assert_eq!(lexed(text), expected, "{text:?}");
}

#[test]
fn strings() {
    for text in [
        "SELECT 'a', '', '''', 'a''b', 'a\\', 'b'",
        "E'a\\'b' e'\\\\' E'''' E'\\n\n' E'\\x41\\101\\u0041'",
        "'a'\n'b' 'a' \t\n  'b' 'a' 'b'",
        "'a' -- x\n -- y\n 'b'",
        "'a' -- 'x'\n - 'b'",
        "'a'\n--x",
        "'a'\n-'b'",
        "'a' /* x */\n'b'",
        "'a'\r'b'\x0b'c'",
        "E'a'\n'b\\'' x",
        "B'01' b'' x'1F' X'ab'\n'cd' B'1''0'",
        "N'a' n'b' nb'1'",
        "U&'d\\0061t' u&'x' UESCAPE '!' U&\"a\" u&\"\"\"\" u & 'x' u&x",
        "\"a\" \"\"\"\" \"a b;\"\n\"c\"",
        "$$a$$ $a$ $b$ $$ $a$ $é$x$é$ $$a$b$$ $a$$a$a$ $_1$;$_1$",
        "$a$x$a$$a$y$a$",
        "a$1 a$b$ $1$2 $1+$2",
    ] {
        check(text);
    }
}

#[test]
fn numbers() {
    for text in [
        "1 1.5 .5 5. 1e5 1E-5 1.e5 .5e+10 1..10 1...5 1.5.3 a.1 a.b.1",
        "0x1F 0XaB 0o17 0O7 0b101 0B1 0x1_F 0x_1 1_000 1_000.5_0 1_0e1_0",
        "1+2 1-2 1*-2 1::int [1:2] 123456789012345678901234567890 0 00 09",
        "0x1e+5 1e5.5 1,2;3",
    ] {
        check(text);
    }
}

#[test]
fn operators() {
    for text in [
        "a=-1 a=+-1 a<>-1 a@-1 a?-1 a+-1 a*-/**/1 a<-1 a<=-1 a>=+1 a=>+1 a!=-1",
        "a+--x\n1 a=/*x*/1 a<>/*x*/b @-- x\n- --",
        "a->>'x' a#>>'{a}' a@>b a||b a<@b a?|b a?&b a!~~b ~ ! ` a`b",
        "a:b a::b a:=b a=>b a<=b a>=b a<>b a!=b a==b a..b a.b a^b a%b a%-b",
        "/ * /**/ */ *- /- +- -+ !=- <>+ => =>- ~- @+ #-",
        "- - -1 -- x",
        "*/*x*/ */ **/*y*/",
    ] {
        check(text);
    }
}

#[test]
fn comments() {
    for text in [
        "/**/ /***/ /*/*/ x */*/ /* /* */ */ /*--*/ --/*\nx",
        "-- a\r-- b\r\n-- c",
        "/* ' \" $$ */ -- ' \" $$\n;",
        "--",
        "/*a*//*b*/--c",
        "/* **/ /** /**/ **/",
    ] {
        check(text);
    }
}

#[test]
fn words_and_other_bytes() {
    for text in [
        "é_ñ select Ünï A1$_ _ __x",
        "{ } $ \u{1} a{b}",
        "\t\n\r\x0b\x0c x \x0b",
        "",
    ] {
        check(text);
    }
}

#[track_caller]
fn check_flags(text: &str, flag: fn(Token) -> bool, spelled: &str) {
    let tokens = lex(text, ParseOptions::default());
    let found: Vec<_> = tokens.into_iter().filter(|token| flag(*token)).collect();
    let found: Vec<_> = found.iter().map(|token| token.text(text)).collect();
    assert_eq!(found, [spelled], "{text:?}");
}

#[test]
fn unterminated_tokens_reach_to_the_end() {
    for text in [
        "'a; b", "E'\\'", "E'\\", "U&'x", "B'1", "X'1", "$$a$", "$a$ $$", "\"a", "U&\"x", "/* a",
        "/* /* */", "'", "\"", "$$", "/*", "'a''", "\"a\"\"", "'a'\n'b",
    ] {
        check_flags(text, Token::is_unterminated, text);
        assert!(scanned(text).is_none(), "{text:?}");
    }
}

#[test]
fn junk_after_numbers_is_flagged() {
    for text in [
        "12ab", "0x", "0b2", "1e", "1e+", "1_", "1__0", "1.5x", "1.e5y", "0x1g", "1é",
    ] {
        check_flags(text, Token::is_malformed, text);
        assert!(scanned(text).is_none(), "{text:?}");
    }
}

#[test]
fn junk_after_a_parameter_is_flagged() {
    // PostgreSQL 15 and later refuse it; pg_query's scanner does not.
    check_flags("$1a", Token::is_malformed, "$1");
    check("$1a $1$2 $1_");
}

#[test]
fn continued_strings_are_flagged() {
    check_flags("'a' -- b\n'c' 'd'", Token::is_continued, "'a' -- b\n'c'");
}

#[test]
fn backslashes_escape_without_standard_conforming_strings() {
    let options = ParseOptions {
        standard_conforming_strings: false,
        ..ParseOptions::default()
    };
    let text = "'a\\'b' 'c'";
    let tokens = lex(text, options);
    assert_eq!(tokens[0].text(text), "'a\\'b'");
    assert_eq!(tokens[0].kind, TokenKind::EscapeString);
}

#[track_caller]
fn check_psql(text: &str, commands: &[&str]) {
    let tokens = lex(text, ParseOptions::default());
    let is_command = |token: &&Token| {
        matches!(
            token.kind,
            TokenKind::PsqlCommand | TokenKind::PsqlSemicolon
        )
    };
    let found: Vec<_> = tokens
        .iter()
        .filter(is_command)
        .map(|token| token.text(text))
        .collect();
    assert_eq!(found, commands, "{text:?}");
}

#[test]
fn psql_commands_end_with_their_line() {
    check_psql("\\set x 'a b'\nSELECT 1;", &["\\set x 'a b'"]);
    check_psql("SELECT 1 \\g | cat\r\nSELECT 2", &["\\g | cat"]);
    check_psql("SELECT 1\\; SELECT 2 \\gset p_", &["\\;", "\\gset p_"]);
    check_psql(
        "\\echo 'a\\\\b\\'' x \\\\ SELECT 1;",
        &["\\echo 'a\\\\b\\'' x \\\\"],
    );
    check_psql("\\echo a \\echo b", &["\\echo a ", "\\echo b"]);
    check_psql("\\copy t from 'a\\b' \\x\n;", &["\\copy t from 'a\\b' \\x"]);
    check_psql("\\.", &["\\."]);
    check_psql("\\", &["\\"]);
    check_psql("'\\x' \"\\x\" $$\\x$$ -- \\x", &[]);
}

/// Puts spaces in place of what only psql knows; offsets stay.
fn without_psql(text: &str) -> String {
    let split = split(text, ParseOptions::default());
    let data = split
        .aside
        .copy_data
        .iter()
        .map(|range| usize::from(range.start())..range.end().into());
    let masked = with_spaces(text, data);
    let tokens = lex(&masked, ParseOptions::default());
    let psql = tokens.iter().filter(is_psql);
    with_spaces(
        &masked,
        psql.map(|token| token.start().into()..token.end().into()),
    )
}

fn is_psql(token: &&Token) -> bool {
    matches!(
        token.kind,
        TokenKind::PsqlCommand | TokenKind::PsqlSemicolon
    )
}

fn with_spaces(text: &str, ranges: impl Iterator<Item = std::ops::Range<usize>>) -> String {
    let mut masked = text.as_bytes().to_vec();
    for range in ranges {
        masked[range].fill(b' ');
    }
    String::from_utf8(masked).unwrap()
}

/// `None` when PostgreSQL's scanner refuses; else the first difference, if any.
fn difference(text: &str) -> Option<Option<String>> {
    let expected = scanned(text)?;
    let found = lexed(text);
    let at = (0..found.len().max(expected.len())).find(|&at| found.get(at) != expected.get(at));
    Some(at.map(|at| format!("{:?} for {:?}", found.get(at), expected.get(at))))
}

/// Files are compared whole; the few that PostgreSQL's scanner refuses, for
/// their deliberate errors, statement by statement.
#[test]
fn the_corpus_is_scanned_like_postgresql_does() {
    let (mut files, mut statements, mut refused) = (0, 0, 0);
    let mut different = Vec::new();
    corpus::for_each_file(|path, text| {
        let masked = without_psql(text);
        if let Some(difference) = difference(&masked) {
            files += 1;
            different.extend(difference.map(|difference| format!("{path}: {difference}")));
            return;
        }
        for statement in split(&masked, ParseOptions::default()).statements {
            let slice = &masked[statement.range];
            match difference(slice) {
                Some(difference) => {
                    statements += 1;
                    different.extend(difference.map(|d| format!("{path}: {slice}: {d}")));
                }
                None => refused += 1,
            }
        }
    });
    corpus::report(
        "scanner",
        &format!(
            "{files} files and {statements} statements of other files compared, \
             {refused} statements refused by PostgreSQL"
        ),
    );
    assert!(different.is_empty(), "{different:#?}");
}
