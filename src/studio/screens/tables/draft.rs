//! What a crash left: offered, taken up, or left for another time.

use super::Tables;
use crate::data::catalog::Object;
use crate::data::edits::Draft;
use crate::studio::layer::{Answer, Cx, Effect, Route};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

/// What is left of one table, by whomever, is one draft: relations come in no order, and steps have one.
pub(super) fn joined(left: Vec<Draft>) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for draft in left {
        let is_same = |known: &&mut Draft| known.schema == draft.schema && known.name == draft.name;
        match drafts.iter_mut().find(is_same) {
            Some(known) => {
                known.steps.extend(draft.steps);
                known.committing |= draft.committing;
            }
            None => drafts.push(draft),
        }
    }
    drafts
}

impl Tables {
    /// Asks, once the tables are known, whether what a crash left is to be taken up.
    pub(super) fn offer_draft(&mut self, cx: &mut Cx<'_>) {
        if self.left.is_empty() || !cx.shared.is_whole() || self.offered {
            return;
        }
        self.offered = true;
        let unsure = self.left.iter().any(|draft| draft.committing);
        let steps: usize = self.left.iter().map(|draft| draft.steps.len()).sum();
        let edits = if steps == 1 {
            "1 edit was"
        } else {
            &format!("{steps} edits were")
        };
        let names = self
            .left
            .iter()
            .map(|draft| format!("{}.{}", draft.schema, draft.name));
        let names: Vec<String> = names.collect();
        cx.open(Route::Confirm {
            question: format!(
                "{edits} staged {} when dbkeep ended last: in {}. y stages them again, n leaves them for \
                 the next time; once they are staged they can be discarded.",
                if unsure {
                    "and may have been written or not: look at the rows first,"
                } else {
                    "and never written"
                },
                names.join(", ")
            ),
            yes: Effect::Answer(Box::new(Answer::Restore)),
            no: Some(Effect::Answer(Box::new(Answer::LeaveDraft))),
        });
        cx.ask(Effect::Unasked);
    }

    /// Leaves what a crash left for another time.
    pub(super) fn leave_draft(&mut self, cx: &mut Cx<'_>) {
        self.left.clear();
        cx.ask(Effect::LeaveDraft);
        if !self.desk.drafts().is_empty() {
            self.staged(cx);
        }
    }

    /// Takes up what a crash left: each relation is read first, for it may have changed.
    pub(super) fn restore(&mut self, cx: &mut Cx<'_>) {
        let objects = cx
            .shared
            .catalog
            .as_ref()
            .map_or(&[][..], |catalog| &catalog.objects);
        for draft in std::mem::take(&mut self.left) {
            let is_meant = |object: &&Object| {
                object.kind.has_rows() && object.schema == draft.schema && object.name == draft.name
            };
            if let Some(object) = objects.iter().find(is_meant) {
                let ticket = cx.db(DbRequest::Describe(Box::new(object.clone())));
                self.restoring.insert(ticket, draft);
            } else {
                cx.refuse(format!(
                    "{}.{} is gone, and what was staged of it",
                    draft.schema, draft.name
                ));
            }
        }
    }

    /// Takes a relation that is read to take up what was staged of it; `false` if it is another.
    pub(super) fn on_restored(&mut self, ticket: Ticket, reply: &DbReply, cx: &mut Cx<'_>) -> bool {
        if !self.restoring.contains_key(&ticket) {
            return false;
        }
        match reply {
            DbReply::Part(Part::Relation(relation)) => {
                if let Some(draft) = self.restoring.remove(&ticket) {
                    self.desk.take_up(relation, draft.steps);
                    self.staged(cx);
                }
            }
            DbReply::Failed(fault) => cx.refuse(fault.what.clone()),
            _ => {}
        }
        true
    }
}
