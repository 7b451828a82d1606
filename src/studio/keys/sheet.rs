//! The key sheet: what `dbkeep keys` prints, and `assets/keys.md` holds.

use super::{Command, Keymap, Scope};

/// The sheet as Markdown, a table a scope.
#[must_use]
pub fn markdown(keymap: &Keymap) -> String {
    let mut text =
        "# The keys of dbkeep\n\nPrinted by `dbkeep keys`. The last column is a command's \
        name in the configuration file.\n"
            .to_owned();
    for scope in Scope::ALL {
        text.push_str(&format!(
            "\n## {}\n\n| keys | what it does | name |\n|---|---|---|\n",
            scope.title()
        ));
        for spec in Command::TABLE.iter().filter(|spec| spec.scope == scope) {
            let keys: Vec<String> = keymap
                .names(spec.command)
                .iter()
                .map(|name| format!("`{}`", name.replace('|', "\\|")))
                .collect();
            text.push_str(&format!(
                "| {} | {} | `{}` |\n",
                keys.join(" "),
                spec.title,
                spec.id
            ));
        }
    }
    text
}
