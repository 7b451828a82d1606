//! What becomes of replies: the catalog and the counts are shared truth, which only this room changes;
//! everything else goes to who asked.

use std::collections::HashMap;

use super::{App, COUNT_DEADLINE, DRAWN, Owner, REST, SMALL};
use crate::data::catalog::{Catalog, Count, Object};
use crate::data::saved::{Shelf, ShelfOrder, ShelfReply};
use crate::fault::Fault;
use crate::studio::layer::{Effect, Route, ScreenId, Tone};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

impl App {
    pub(super) fn reply(&mut self, ticket: Ticket, reply: DbReply) {
        let Some(owner) = self.owners.get(&ticket).copied() else {
            return;
        };
        if reply.is_final() {
            self.owners.remove(&ticket);
            self.waiting.remove(&ticket);
            self.types.take_if(|types| *types == ticket);
            // It was said that the server was asked; how that ended is said too.
            if self.stopping.remove(&ticket) && reply == DbReply::Cancelled {
                self.say(Tone::Good, "the server has stopped".to_owned());
            }
        }
        self.shared.is_lost = match &reply {
            DbReply::Failed(fault) if fault.is_lost => true,
            DbReply::Part(_) => false,
            _ => self.shared.is_lost,
        };
        // Behind the first rows, or what comes instead of them, the rest of the catalog is asked for: once
        // they are drawn, which wants a processor too.
        if let Some((start, until)) = &mut self.beginning
            && *start == ticket
            && !matches!(&reply, DbReply::Part(Part::Relation(_)))
        {
            *until = (*until).min(self.now + DRAWN);
        }
        if reply.is_final() && self.sizing == Some(ticket) {
            self.sizing = None;
        }
        match reply {
            DbReply::Part(Part::Catalog(catalog)) => {
                if ticket == self.catalog {
                    let start = self.starting.take();
                    self.shared.opening = start.filter(|start| *start == ticket);
                    if self.shared.opening.is_some() {
                        let tables = Owner::Screen(ScreenId::Tables as usize);
                        self.owners.insert(ticket, tables);
                    }
                    let is_beginning = catalog.is_beginning;
                    self.take_catalog(*catalog);
                    self.beginning = is_beginning.then(|| (ticket, self.now + REST));
                    self.shared.opening = None;
                }
            }
            DbReply::Part(Part::TypesAndFunctions(objects)) => {
                if let Some(catalog) = &mut self.shared.catalog
                    && self.types == Some(ticket)
                {
                    catalog.set_types_and_functions(objects);
                    self.shared.generation += 1;
                    self.tell_shared();
                }
            }
            DbReply::Part(Part::Sizes(sizes)) => {
                if self.sizing == Some(ticket) {
                    self.shared.sizes = Some(sizes);
                }
            }
            DbReply::Part(Part::Counts(counts)) => self.counted(&counts.into_iter().collect()),
            DbReply::Cancelled
                if owner == Owner::App && ticket == self.catalog && !self.shared.is_whole() =>
            {
                let fault = Fault::new("Connecting was cancelled").remedy("r tries again");
                self.shared.catalog_fault = Some(fault);
            }
            DbReply::Failed(fault) if owner == Owner::App => {
                if self.shared.catalog.is_some() {
                    self.say(Tone::Error, fault.what.clone());
                }
                if ticket == self.catalog && !self.shared.is_whole() {
                    self.shared.catalog_fault = Some(fault);
                }
            }
            reply => self.with(owner, |layer, cx| layer.on_db(ticket, reply, cx)),
        }
    }

    /// Whether it is time to ask for the rest of the catalog.
    pub(super) fn is_rest_due(&self) -> bool {
        self.beginning.is_some_and(|(_, until)| until <= self.now)
    }

    /// Asks for all of the catalog, once, when its beginning is here.
    pub(super) fn ask_rest(&mut self) {
        if self.beginning.take().is_some() {
            let system = self.shared.system;
            self.catalog = self.ask(DbRequest::Catalog { system });
        }
    }

    fn take_catalog(&mut self, mut catalog: Catalog) {
        // What was known a moment ago stays until it is known anew: nothing jumps. What will not be
        // counted again unasked is an estimate from now on.
        let known: HashMap<u32, u64> = self
            .shared
            .catalog
            .iter()
            .flat_map(|catalog| &catalog.objects)
            .filter_map(|object| match object.count {
                Count::Exact(rows) => Some((object.oid, rows)),
                _ => None,
            })
            .collect();
        for object in &mut catalog.objects {
            if object.kind.is_counted()
                && let Some(&rows) = known.get(&object.oid)
            {
                object.count = if object.pages <= SMALL {
                    Count::Exact(rows)
                } else {
                    Count::Estimate(rows)
                };
            }
        }
        let small =
            |object: &&Object| object.kind.is_counted() && object.readable && object.pages <= SMALL;
        let objects: Vec<Object> = catalog.objects.iter().filter(small).cloned().collect();
        if let Some(before) = self.shared.catalog.take() {
            let others = before.objects.into_iter();
            catalog.set_types_and_functions(others.filter(|o| !o.kind.has_rows()).collect());
        }
        let is_beginning = catalog.is_beginning;
        self.shared.catalog = Some(catalog);
        self.shared.catalog_fault = None;
        self.shared.generation += 1;
        // What a screen asks for now comes before what nobody waits for.
        self.tell_shared();
        if is_beginning {
            return;
        }
        if let Some(before) = self.types.take() {
            self.apply(Effect::Cancel(before));
        }
        let system = self.shared.system;
        self.types = Some(self.ask(DbRequest::TypesAndFunctions { system }));
        if !objects.is_empty() {
            self.ask(DbRequest::CountAll {
                objects,
                deadline: COUNT_DEADLINE,
            });
        }
    }

    pub(super) fn counted(&mut self, counts: &HashMap<u32, u64>) {
        let objects = self
            .shared
            .catalog
            .iter_mut()
            .flat_map(|catalog| &mut catalog.objects);
        for object in objects.filter(|object| object.kind.has_rows()) {
            if let Some(rows) = counts.get(&object.oid) {
                object.count = Count::Exact(*rows);
            }
        }
        self.tell_shared();
    }

    /// Takes what became of something that was asked of the folder of saved queries.
    pub(super) fn shelved(&mut self, reply: ShelfReply, held: Shelf) {
        self.shared.shelf = Some(held);
        match reply {
            ShelfReply::Read => {}
            ShelfReply::Done(said) => self.say(Tone::Good, said),
            ShelfReply::Failed(why) => self.say(Tone::Error, why),
            ShelfReply::Taken(query) => {
                let question = format!(
                    "There is a saved query {} already. Put this one in its place?",
                    query.name
                );
                let yes = Effect::Shelf(ShelfOrder::Keep { query, over: true });
                let no = None;
                self.show(Route::Confirm { question, yes, no });
            }
        }
    }

    pub(super) fn tell_shared(&mut self) {
        for screen in 0..self.screens.len() {
            self.with(Owner::Screen(screen), |screen, cx| screen.on_shared(cx));
        }
    }
}
