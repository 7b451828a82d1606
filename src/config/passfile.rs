//! The password file of libpq (PostgreSQL manual, 34.16).

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::config::conninfo::SOCKETS;

/// A password file, as far as it can be used.
#[derive(Default)]
pub struct Passfile {
    text: String,
    /// Why it is not used, for the person, where there is one that is not.
    pub refused: Option<String>,
}

impl Passfile {
    /// Reads a file; one that is not there, or cannot be read, holds no password.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let Ok(metadata) = std::fs::metadata(path) else {
            return Self::default();
        };
        // libpq ignores a password file that others can read, and so do we.
        if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
            let path = path.display();
            return Self {
                refused: Some(format!(
                    "{path} was not used, for others may read it: chmod 0600 {path}"
                )),
                ..Self::default()
            };
        }
        // One byte that is no text, in a note say, does not take the other lines with it.
        let bytes = std::fs::read(path).unwrap_or_default();
        Self {
            text: String::from_utf8_lossy(&bytes).into_owned(),
            refused: None,
        }
    }

    /// The password for one server: lines of `host:port:database:user:password`, `*` for any, `\:`
    /// and `\\` escaped; the first that matches. A socket goes by its folder, and by `localhost` too where that
    /// is one of the usual folders.
    #[must_use]
    pub fn password(&self, host: &str, port: &str, dbname: &str, user: &str) -> Option<String> {
        let is_usual = SOCKETS.contains(&host);
        let is_host =
            |field: &str| field == "*" || field == host || is_usual && field == "localhost";
        self.text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .find_map(|line| {
                let [at, rest @ .., password] = fields(line)?;
                let matches = rest
                    .iter()
                    .zip([port, dbname, user])
                    .all(|(field, wanted)| field == "*" || field == wanted);
                (is_host(&at) && matches).then_some(password)
            })
    }
}

fn fields(line: &str) -> Option<[String; 5]> {
    let mut fields = vec![String::new()];
    let mut chars = line.chars();
    while let Some(ch) = chars.next() {
        let ended = ch == ':' && fields.len() < 5;
        match (ended, fields.last_mut()) {
            (true, _) => fields.push(String::new()),
            (false, Some(field)) if ch == '\\' => field.extend(chars.next()),
            (false, Some(field)) => field.push(ch),
            (false, None) => {}
        }
    }
    fields.try_into().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn lines_are_matched_in_order() {
        let file = Passfile {
            text: "# note\nother:*:*:*:no\n*:5432:shop:a\\:b:se\\\\cr:et\nlocalhost:*:*:*:here\n"
                .to_owned(),
            refused: None,
        };
        let password = |host, port| file.password(host, port, "shop", "a:b");
        assert_eq!(password("h", "5432").as_deref(), Some("se\\cr:et"));
        assert_eq!(password("h", "5433"), None);
        assert_eq!(password("/tmp", "5433").as_deref(), Some("here"));
        assert_eq!(password("/srv/other", "5433"), None);
    }

    #[test]
    fn a_byte_that_is_no_text_spoils_its_own_line_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".pgpass");
        std::fs::write(&path, b"# caf\xe9\n*:*:*:*:secret\n").unwrap();
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&path, mode).unwrap();
        let password = Passfile::read(&path).password("h", "5432", "shop", "ada");
        assert_eq!(password.as_deref(), Some("secret"));
    }
}
