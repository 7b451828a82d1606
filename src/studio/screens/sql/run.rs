//! From a key to what is sent: which statements are meant, what is asked first, what is refused.

use super::console::Link;
use super::filling::Goal;
use super::plan::Text;
use super::planned::Planned;
use super::{Asking, Sql};
use crate::data::catalog;
use crate::data::result::Transaction;
use crate::sql::brief::one_line;
use crate::sql::explain::{self, How};
use crate::sql::meta::{self, Meta};
use crate::sql::script::{self, Kind, Statement};
use crate::sql::{guard, statement};
use crate::studio::keys::Command;
use crate::studio::layer::{Answer, Cx, Effect, Prompt, Purpose, Route, Shared, Tone};
use crate::studio::work::console::Way;

/// A file that is run here is no larger than this: it is read and parted while nothing else is done.
const MOST: usize = 4 << 20;
/// So many files are read for one run.
const FILES: usize = 100;

impl Sql {
    /// Runs what is meant, or asks first where that would be regretted.
    pub(super) fn run(&mut self, all: bool, cx: &mut Cx<'_>) {
        let Some(console) = self.console_mut() else {
            return;
        };
        let statements = if all { console.all() } else { console.meant() };
        if statements.is_empty() {
            cx.refuse("there is no statement under the cursor");
            return;
        }
        let statements = console.with_watch(statements);
        if self.does_itself(&statements, cx) {
            return;
        }
        self.included = 0;
        let planned = self.planned(&statements);
        match planned {
            Ok(planned) => self.begin(planned, cx),
            Err((why, at)) => self.refuse_at(at, why, cx),
        }
    }

    /// What is to be run, or why it cannot be, and where that stands.
    fn planned(&self, statements: &[Statement]) -> Result<Vec<Planned>, (String, usize)> {
        let text = self.console().map(|console| console.editor.text());
        let text = text.unwrap_or_default();
        Text::of_console(&text).plan(statements)
    }

    fn refuse_at(&mut self, at: usize, why: String, cx: &mut Cx<'_>) {
        if let Some(console) = self.console_mut() {
            console.mark_wrong(at);
        }
        cx.refuse(why);
    }

    /// What a line of psql's by itself asks of the studio.
    fn does_itself(&mut self, statements: &[Statement], cx: &mut Cx<'_>) -> bool {
        let [
            Statement {
                kind: Kind::Meta,
                range,
                ..
            },
        ] = statements
        else {
            return false;
        };
        let text = self.console().map(|console| console.editor.text());
        let text = text.unwrap_or_default();
        match text.get(range.clone()).map(meta::read) {
            Some(Ok(Meta::Editor)) => self.on_text(Command::SqlEditor, cx),
            Some(Ok(Meta::Expanded(wanted))) => {
                if let Some(console) = self.console_mut() {
                    let said = console.expand(wanted);
                    cx.ask(Effect::Toast(Tone::Good, said.to_owned()));
                }
            }
            Some(Ok(Meta::Timing)) => {
                let said = "every result says how long it took".to_owned();
                cx.ask(Effect::Toast(Tone::Good, said));
            }
            Some(Ok(Meta::Quit)) => cx.ask(Effect::Run(Command::Quit)),
            _ => return false,
        }
        true
    }

    /// Runs statements once all is known of them: what is in the files that they name, the values of their
    /// parameters, where they copy from and to, and that what would be regretted is meant.
    pub(super) fn begin(&mut self, planned: Vec<Planned>, cx: &mut Cx<'_>) {
        self.including = None;
        if let Some(path) = planned.iter().find_map(|one| one.include.clone()) {
            self.included += 1;
            if self.included > FILES {
                return cx.refuse(format!(
                    "these are more than {FILES} files: does one of them name itself?"
                ));
            }
            self.loading = None;
            self.including = Some(planned);
            return cx.ask(Effect::Load(path));
        }
        let Some(planned) = self.complete_or_ask(planned, Goal::Run, cx) else {
            return;
        };
        for Planned { sql, .. } in &planned {
            self.used.learn(sql);
        }
        if let Err(why) = may_be_sent(&planned, cx.shared) {
            return cx.refuse(why);
        }
        let mut copies = planned
            .iter()
            .filter_map(|one| one.copy.as_ref().zip(Some(one)));
        if let Some((copy, one)) = copies.find(|(copy, _)| copy.way.is_none()) {
            let (purpose, hint) = if copy.is_from {
                (Purpose::CopyFrom, "a file with its data")
            } else {
                (Purpose::CopyInto, "a file that is not there yet")
            };
            cx.open(Route::Prompt(Prompt {
                title: one_line(&one.sql),
                hint: hint.to_owned(),
                text: String::new(),
                wrong: None,
                purpose,
            }));
            self.asking = Some(Asking::Copied(planned));
            return;
        }
        self.ask_risks(planned, cx);
    }

    /// A file was named for the first COPY that has none.
    pub(super) fn name_file(&mut self, mut planned: Vec<Planned>, path: &str, cx: &mut Cx<'_>) {
        let mut copies = planned.iter_mut().filter_map(|one| one.copy.as_mut());
        if let Some(copy) = copies.find(|copy| copy.way.is_none()) {
            let way = if copy.is_from { Way::From } else { Way::Into };
            copy.way = Some(way(path.to_owned()));
        }
        self.begin(planned, cx);
    }

    /// A file was read: its statements take the place of the line that names it.
    pub(super) fn include(&mut self, mut planned: Vec<Planned>, text: &str, cx: &mut Cx<'_>) {
        let Some(at) = planned.iter().position(|one| one.include.is_some()) else {
            return;
        };
        let line = planned.remove(at);
        let depth = line.origin.as_ref().map_or(0, |origin| origin.depth) + 1;
        let path = line.include.unwrap_or_default();
        if text.len() > MOST {
            let most = catalog::bytes(MOST as u64);
            let why = format!("{path} is larger than {most}: psql -f runs it");
            return self.refuse_at(line.at, why, cx);
        }
        let statements = script::statements(text);
        let text = Text::of_file(text, path.into(), line.at, depth);
        match text.plan(&statements) {
            Ok(more) => {
                planned.splice(at..at, more);
                self.begin(planned, cx);
            }
            Err((why, at)) => self.refuse_at(at, why, cx),
        }
    }

    fn ask_risks(&mut self, planned: Vec<Planned>, cx: &mut Cx<'_>) {
        let risks: Vec<String> = planned
            .iter()
            .filter_map(|planned| statement::risk(&planned.sql))
            .map(|risk| risk.to_string())
            .collect();
        if risks.is_empty() {
            if let Some(console) = self.console_mut() {
                console.run(planned, cx);
            }
            return;
        }
        self.asking = Some(Asking::Run(planned));
        let question = format!("This {}. Run it?", risks.join(", and "));
        let database = cx.shared.catalog.as_ref().map(|catalog| &catalog.database);
        let yes = Effect::Answer(Box::new(Answer::Confirmed));
        match database.filter(|_| cx.shared.guards.production) {
            Some(database) => cx.open(Route::ConfirmName {
                question,
                name: database.clone(),
                yes,
            }),
            None => cx.open(Route::Confirm {
                question,
                yes,
                no: None,
            }),
        }
    }

    /// Shows the plan of the statement under the cursor; where it would change something on its way, asks
    /// first.
    pub(super) fn explain(&mut self, how: How, cx: &mut Cx<'_>) {
        let Some(console) = self.console_mut() else {
            return;
        };
        let statements = console.meant();
        let planned = match self.planned(&statements) {
            Ok(planned) => planned,
            Err((why, at)) => return self.refuse_at(at, why, cx),
        };
        if planned.len() != 1 || planned.iter().any(|one| one.include.is_some()) {
            return cx.refuse("one statement is explained at a time, and there is none here");
        }
        if let Some(planned) = self.complete_or_ask(planned, Goal::Explain(how), cx) {
            self.explain_it(&planned, how, cx);
        }
    }

    /// Shows the plan of a statement that is complete.
    pub(super) fn explain_it(&mut self, planned: &[Planned], how: How, cx: &mut Cx<'_>) {
        let (Some(console), [one]) = (self.console_mut(), planned) else {
            return;
        };
        if let Err(why) = may_be_sent(planned, cx.shared) {
            return cx.refuse(why);
        }
        let in_transaction = console.link == Link::Open(Transaction::Open);
        match explain::explaining(&one.sql, how, in_transaction) {
            Err(why) => cx.refuse(why),
            Ok(explaining) if explaining.is_undone() => {
                let question = "It is run to be measured, and what it changes is rolled back; what its triggers do outside the database is not. Run it?";
                self.asking = Some(Asking::Explain(explaining, Box::new(one.clone())));
                cx.open(Route::Confirm {
                    question: question.to_owned(),
                    yes: Effect::Answer(Box::new(Answer::Confirmed)),
                    no: None,
                });
            }
            Ok(explaining) => console.explain(explaining, one, cx),
        }
    }

    /// Asks how long a statement may run in the console.
    pub(super) fn ask_timeout(&self, typed: String, wrong: Option<String>, cx: &mut Cx<'_>) {
        let now = self.console().and_then(|console| console.timeout);
        let text = match wrong {
            Some(_) => typed,
            None => now.map_or_else(String::new, |timeout| timeout.to_string()),
        };
        let end = text.chars().count();
        cx.open(Route::Prompt(Prompt {
            title: "How long a statement may run".to_owned(),
            hint: "30s, 500ms, 2min, or 0 for no limit".to_owned(),
            text,
            wrong: wrong.map(|why| (why, end)),
            purpose: Purpose::Timeout,
        }));
    }

    pub(super) fn end_transaction(&mut self, sql: &str, cx: &mut Cx<'_>) {
        if let Some(console) = self.console_mut() {
            let at = console.editor.offset();
            console.run(vec![Planned::new(sql, at)], cx);
        }
    }
}

/// Whether statements may be sent in this session.
///
/// # Errors
/// Why not, where it is read-only.
fn may_be_sent(planned: &[Planned], shared: &Shared) -> Result<(), String> {
    if !shared.guards.read_only {
        return Ok(());
    }
    for Planned { sql, .. } in planned {
        guard::check(sql).map_err(|why| format!("read-only: {why}"))?;
        // They can end the transaction that the server keeps read-only, and begin another one.
        if statement::outline(sql).ends_transactions {
            return Err("read-only: DO and CALL can end the transaction they are in".to_owned());
        }
    }
    Ok(())
}
