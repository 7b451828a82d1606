//! What becomes of pages, numbers and faults when they come: where they go, and where the cursor
//! does.

use std::sync::Arc;

use super::{NUMBER_DEADLINE, Rows, Wanted, name};
use crate::data::catalog::Count;
use crate::data::pages::Pages;
use crate::data::relation::{Page, Paging, Relation, Seek};
use crate::fault::Fault;
use crate::studio::layer::{Cx, Effect, Tone};
use crate::studio::widgets::grid::Grid;
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

impl Rows {
    /// Takes a reply; `false` if it is not for this.
    pub fn on_db(&mut self, ticket: Ticket, reply: DbReply, cx: &mut Cx<'_>) -> bool {
        if self.copied(ticket, &reply, cx) {
            return true;
        }
        if self.is_number(ticket) {
            self.number(&reply, cx);
            return true;
        }
        if self.totalling == Some(ticket) {
            if let DbReply::Part(Part::Total(total)) = reply {
                self.total = Some(total);
                self.pages.total_is(total);
            }
            return true;
        }
        let Some((asked, wanted)) = self.asked.clone().filter(|(asked, _)| *asked == ticket) else {
            return false;
        };
        match reply {
            DbReply::Part(Part::Relation(relation)) => {
                if let Wanted::Found { equals, alone } = &wanted {
                    self.found(&relation, equals, *alone, cx);
                } else if self.base.as_ref() != Some(&relation) {
                    if !self.filter().is_empty() {
                        cx.refuse("the table has changed: all its rows are shown again");
                    }
                    self.grid = Grid::default();
                    let arrangement = cx.shared.arrangement(&name(&self.object));
                    self.grid.arrange(&relation, &arrangement);
                    self.pages = Pages::default();
                    self.asked = Some((asked, Wanted::Opening));
                    self.relation = Some(Arc::clone(&relation));
                    self.base = Some(relation);
                }
                if let Some(seek) = self.wish.take() {
                    self.seek(seek, cx);
                }
            }
            DbReply::Part(Part::Page(page)) => self.take(page, wanted, cx),
            DbReply::Part(_) => {}
            DbReply::Done => {
                if self.asked.as_ref().is_some_and(|(now, _)| *now == asked) {
                    self.asked = None;
                }
                self.read_ahead(cx);
            }
            DbReply::Failed(fault) => {
                self.asked = None;
                self.failed(fault, &wanted, cx);
            }
            DbReply::Cancelled => {
                self.asked = None;
                if wanted == Wanted::Opening && self.pages.is_empty() {
                    self.fault = Some(Fault::new("Reading was cancelled").remedy("r reads again"));
                }
            }
        }
        true
    }

    /// A place that does not exist leaves what is shown, and so do rows that were to be kept ready;
    /// anything else is the pane's own trouble.
    fn failed(&mut self, fault: Fault, wanted: &Wanted, cx: &mut Cx<'_>) {
        if let Wanted::Shape(shown) = wanted {
            self.misshaped(shown, fault, cx);
        } else if matches!(wanted, Wanted::Found { .. }) && self.not_found(&fault, cx) {
            // It is shown from its beginning.
        } else if let Wanted::Place { .. } | Wanted::After | Wanted::Before = wanted
            && !self.pages.is_empty()
        {
            let relation = self.relation.as_ref();
            let is_view = relation.is_some_and(|relation| relation.paging == Paging::Cursor);
            self.is_stalled = is_view && !matches!(wanted, Wanted::Place { .. });
            cx.refuse(fault.what);
        } else {
            self.fault = Some(fault);
        }
    }

    fn take(&mut self, page: Page, wanted: Wanted, cx: &mut Cx<'_>) {
        let Some(relation) = self.relation.clone() else {
            return;
        };
        self.fault = None;
        self.is_stalled = false;
        self.grid.learn(&relation, &page.rows);
        match wanted {
            Wanted::Opening => {
                let more = page.more;
                self.pages.replace(page, true, !more);
                self.grid.jump(0);
            }
            Wanted::Again { first: false, .. } if page.rows.is_empty() => {
                self.seek(Seek::Last, cx);
            }
            Wanted::Again {
                first,
                number,
                below,
            } => {
                let more = page.more;
                self.pages.replace(page, first, !more);
                if !first {
                    // Until the server has said how many rows stand before it now.
                    self.pages.first_number = number;
                    self.ask_number(&relation, cx);
                }
                self.ask_total(cx);
                self.grid.jump(0);
                let below = isize::try_from(below).unwrap_or(0);
                self.grid.step(below, self.len());
            }
            Wanted::Found { .. } => self.settle(page, &relation, cx),
            Wanted::Place { seek } => self.arrive(page, &seek, &relation, cx),
            Wanted::Shape(shown) => {
                let more = page.more;
                self.pages.replace(page, true, !more);
                self.grid.jump(0);
                self.reshape(shown, cx);
            }
            Wanted::After => {
                let gone = self.pages.push_after(page);
                self.grid.went_before(gone);
            }
            Wanted::Before => {
                let came = self.pages.push_before(page);
                self.grid.came_before(came);
            }
        }
        if relation.paging == Paging::Cursor {
            // A cursor's bookmarks are the numbers themselves.
            let mark = self.pages.bookmark(0, &relation.bookmark_cells());
            let number = mark.and_then(|mark| mark.first()?.as_deref()?.parse().ok());
            self.pages.is_counted = number.is_some();
            self.pages.first_number = number.or(self.pages.first_number);
        }
        match (
            self.filter().is_empty(),
            crate::studio::screens::tables::count_of(cx.shared, relation.oid),
        ) {
            (true, Count::Exact(total)) => self.pages.total_is(total),
            (false, _) => {
                if let Some(total) = self.total {
                    self.pages.total_is(total);
                }
            }
            _ => {}
        }
        self.tell_total(cx);
    }

    /// Who has seen both ends has counted the rows.
    fn tell_total(&mut self, cx: &mut Cx<'_>) {
        let (Some(relation), Some(total)) = (&self.relation, self.pages.total()) else {
            return;
        };
        if relation.filter.is_empty() {
            cx.ask(Effect::Counted(relation.oid, total));
        } else {
            self.total = Some(total);
        }
    }

    fn arrive(&mut self, page: Page, seek: &Seek, relation: &Arc<Relation>, cx: &mut Cx<'_>) {
        let more = page.more;
        if page.rows.is_empty() && matches!(seek, Seek::From(_) | Seek::Row(_)) {
            cx.refuse("there is no row there: this is the end");
            // The reply to the old ticket that is still to come is then nobody's.
            self.ask(
                Arc::clone(relation),
                Seek::Last,
                Wanted::Place { seek: Seek::Last },
                cx,
            );
            return;
        }
        match seek {
            Seek::Last => {
                self.pages.replace(page, !more, true);
                self.grid.jump(self.len().saturating_sub(1));
            }
            Seek::First => {
                self.pages.replace(page, true, !more);
                self.grid.jump(0);
            }
            Seek::Row(number) => {
                self.pages.replace(page, *number == 0, !more);
                self.pages.first_number = Some(*number);
                self.pages.is_counted = true;
                self.grid.jump(0);
            }
            Seek::From(_) | Seek::After(_) | Seek::Before(_) => {
                self.pages.replace(page, false, !more);
                self.grid.jump(0);
                self.ask_number(relation, cx);
                self.tell_next(seek, relation, cx);
            }
        }
    }

    /// Where the value that was gone to is not there, the row after it is shown, which is said.
    fn tell_next(&self, seek: &Seek, relation: &Relation, cx: &mut Cx<'_>) {
        let (Seek::From(wanted), Some(found)) =
            (seek, self.pages.bookmark(0, &relation.bookmark_cells()))
        else {
            return;
        };
        if !found.starts_with(wanted) {
            let texts: Vec<&str> = wanted.iter().filter_map(Option::as_deref).collect();
            let said = format!("the first row from {} on", texts.join(", "));
            cx.ask(Effect::Toast(Tone::Good, said));
        }
    }

    /// Asks how many rows stand before the first one held, where only the server can know.
    pub(super) fn ask_number(&mut self, relation: &Arc<Relation>, cx: &mut Cx<'_>) {
        let mark = self.pages.bookmark(0, &relation.bookmark_cells());
        if let (Paging::Keyset(_), false, Some(mark)) =
            (&relation.paging, self.pages.at_start, mark)
        {
            let ticket = cx.db(DbRequest::Number {
                relation: Arc::clone(relation),
                mark: mark.clone(),
                deadline: NUMBER_DEADLINE,
            });
            self.numbering = Some((ticket, mark));
        }
    }

    fn is_number(&self, ticket: Ticket) -> bool {
        matches!(&self.numbering, Some((asked, _)) if *asked == ticket)
    }

    /// Takes the number of a row that may have moved among those held, or gone. A number that does
    /// not come, for whatever reason, is shown as unknown.
    fn number(&mut self, reply: &DbReply, cx: &mut Cx<'_>) {
        let Some((_, mark)) = &self.numbering else {
            return;
        };
        if let (DbReply::Part(Part::Number(before)), Some(relation)) = (reply, &self.relation) {
            let place = self.pages.find(mark, &relation.bookmark_cells());
            if let Some(place) = place {
                self.pages.first_number = before.checked_sub(place as u64);
                self.pages.is_counted = true;
                self.tell_total(cx);
            }
        }
        if reply.is_final() {
            self.numbering = None;
        }
    }
}
