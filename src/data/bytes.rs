//! A `bytea`: its bytes, how they are shown, and what they may be.

use std::fmt::Write;

use super::catalog;

/// How many bytes a line of the dump shows.
pub const LINE: usize = 16;

/// The bytes of a `bytea` in the hex format of `bytea_output` (manual, 8.4.1); nothing where the
/// text is in no such format.
#[must_use]
pub fn decoded(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    let value = |digit: u8| char::from(digit).to_digit(16);
    let byte = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(value(*high)? * 16 + value(*low)?).ok(),
        _ => None,
    };
    digits.chunks(2).map(byte).collect()
}

/// Bytes in that format.
#[must_use]
pub fn encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 + bytes.len() * 2);
    text.push_str("\\x");
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A line of the dump: sixteen bytes in two groups of eight, and the same as ASCII.
#[must_use]
pub fn line(bytes: &[u8]) -> (String, String) {
    let mut hex = String::with_capacity(LINE * 3 + 1);
    for (at, byte) in bytes.iter().take(LINE).enumerate() {
        let gap = match at {
            0 => "",
            8 => "  ",
            _ => " ",
        };
        // Writing to a String cannot fail.
        let _ = write!(hex, "{gap}{byte:02x}");
    }
    let shown = |byte: &u8| match byte {
        0x20..=0x7e => char::from(*byte),
        _ => '·',
    };
    (hex, bytes.iter().take(LINE).map(shown).collect())
}

/// What bytes with this beginning are, and how many there are: `PNG image, 640 x 480, 12 kB`.
#[must_use]
pub fn described(bytes: &[u8]) -> String {
    let size = catalog::bytes(bytes.len() as u64);
    match known(bytes) {
        Some((what, Some((width, height)))) => format!("{what}, {width} x {height}, {size}"),
        Some((what, None)) => format!("{what}, {size}"),
        None => size,
    }
}

/// What a file of such bytes is called at its end: `png`, `zip`, or `bin`.
#[must_use]
pub fn extension(bytes: &[u8]) -> String {
    let word = known(bytes).and_then(|(what, _)| what.split(' ').next());
    word.unwrap_or("bin").to_lowercase()
}

type Size = (u32, u32);

/// The kind of file that begins so, and its width and height where they are easily read.
fn known(bytes: &[u8]) -> Option<(&'static str, Option<Size>)> {
    const PLAIN: [(&[u8], &str); 5] = [
        (b"%PDF-", "PDF document"),
        (b"\x1f\x8b", "gzip archive"),
        (b"PK\x03\x04", "zip archive"),
        (b"PK\x05\x06", "zip archive, empty"),
        (b"\x28\xb5\x2f\xfd", "zstd archive"),
    ];
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        // The first chunk is the header, which begins with width and height.
        let has_header = bytes.get(12..16) == Some(b"IHDR");
        let size = big(bytes, 16, 4).zip(big(bytes, 20, 4));
        return Some(("PNG image", size.filter(|_| has_header)));
    }
    if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        let little = |at: usize| {
            let pair = bytes.get(at..at + 2)?;
            Some(u32::from(pair[0]) + 256 * u32::from(pair[1]))
        };
        return Some(("GIF image", little(6).zip(little(8))));
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Some(("JPEG image", jpeg(bytes)));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some(("WebP image", None));
    }
    let plain = PLAIN.iter().find(|(magic, _)| bytes.starts_with(magic));
    plain.map(|(_, what)| (*what, None))
}

/// A number whose most significant byte comes first.
fn big(bytes: &[u8], at: usize, len: usize) -> Option<u32> {
    let digits = bytes.get(at..at + len)?.iter();
    Some(digits.fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

/// The size in the first frame header (`SOF`), to which one gets from segment to segment.
fn jpeg(bytes: &[u8]) -> Option<Size> {
    let mut at = 2;
    loop {
        let [0xff, marker] = bytes.get(at..at + 2)? else {
            return None;
        };
        match marker {
            0xff => at += 1,
            0xc4 | 0xc8 | 0xcc => at += 2 + big(bytes, at + 2, 2)? as usize,
            0xc0..=0xcf => return big(bytes, at + 7, 2).zip(big(bytes, at + 5, 2)),
            0xda | 0xd9 => return None,
            _ => at += 2 + big(bytes, at + 2, 2)? as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_dump_shows_every_byte(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let text = pairs.concat();
            let read = decoded(&format!("\\x{text}"));
            prop_assert_eq!(read.as_ref(), Some(&bytes));
            let lines = bytes.chunks(LINE).map(line);
            let shown: String = lines.clone().map(|(hex, _)| hex.replace(' ', "")).collect();
            prop_assert_eq!(shown, text);
            for (hex, ascii) in lines {
                prop_assert!(hex.len() <= LINE * 3 && !ascii.chars().any(char::is_control));
            }
        }

        #[test]
        fn any_beginning_is_described(head in 0..6usize, rest in proptest::collection::vec(any::<u8>(), 0..40)) {
            let heads: [&[u8]; 6] = [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff", b"RIFF....WEBP", b"\xff\xd8\xff\xe0\0\x02"];
            prop_assert!(!described(&[heads[head], &rest].concat()).is_empty());
        }
    }

    #[test]
    fn a_line_looks_like_one_of_hexdump() {
        assert_eq!(
            line(b"PostgreSQL\0\x1b!"),
            (
                "50 6f 73 74 67 72 65 53  51 4c 00 1b 21".to_owned(),
                "PostgreSQL··!".to_owned()
            )
        );
        assert_eq!(decoded("abc"), None);
        assert_eq!(decoded("\\x123"), None);
        assert_eq!(decoded("\\xzz"), None);
    }

    #[test]
    fn files_are_known_by_their_beginning() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xe0";
        assert_eq!(described(png), "PNG image, 640 x 480, 24 bytes");
        assert_eq!(
            described(b"GIF89a\x80\x02\xe0\x01"),
            "GIF image, 640 x 480, 10 bytes"
        );
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\x01\xe0\x02\x80";
        assert_eq!(described(jpeg), "JPEG image, 640 x 480, 17 bytes");
        assert_eq!(described(b"%PDF-1.7"), "PDF document, 8 bytes");
        assert_eq!(described(b"\xff\xd8\xff"), "JPEG image, 3 bytes");
        assert_eq!(described(&png[..12]), "PNG image, 12 bytes");
        assert_eq!(described(b"text"), "4 bytes");
        assert_eq!(extension(png), "png");
        assert_eq!(extension(b"text"), "bin");
    }
}
