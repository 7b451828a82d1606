//! From a key to what is sent: which statements are meant, what is asked first, what is refused.

use super::console::Link;
use super::filling::Goal;
use super::planned::Planned;
use super::{Asking, Sql};
use crate::data::result::Transaction;
use crate::sql::explain::{self, How};
use crate::sql::{guard, statement};
use crate::studio::layer::{Answer, Cx, Effect, Route, Shared};

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
        let planned = match console.plan(&statements) {
            Ok(planned) => planned,
            Err((why, at)) => {
                console.mark_wrong(at);
                cx.refuse(why);
                return;
            }
        };
        self.begin(planned, cx);
    }

    /// Runs statements once all is known of them: the values of their parameters, and that what would be
    /// regretted is meant.
    pub(super) fn begin(&mut self, planned: Vec<Planned>, cx: &mut Cx<'_>) {
        let Some(planned) = self.complete_or_ask(planned, Goal::Run, cx) else {
            return;
        };
        for Planned { sql, .. } in &planned {
            self.used.learn(sql);
        }
        if let Err(why) = may_be_sent(&planned, cx.shared) {
            return cx.refuse(why);
        }
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
        let planned = match console.plan(&statements) {
            Ok(planned) => planned,
            Err((why, at)) => {
                console.mark_wrong(at);
                return cx.refuse(why);
            }
        };
        if planned.len() != 1 {
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
