//! Serves what goes from row to row: what a row refers to, and who refers to it.

use std::sync::Arc;
use std::time::Duration;

use super::{Moment, Rest, Task, inside};
use crate::data::catalog::Object;
use crate::data::foreign::{self, Equals, Referrer};
use crate::data::relation::{Page, Paging, Seek};
use crate::fault::{Fault, Outcome};
use crate::pg::browse::{self, Cursor};
use crate::pg::{Link, referrers};
use crate::studio::work::{Part, Refer};

impl Task {
    pub(super) async fn refer(&self, link: &Link, request: Refer) -> Outcome<Rest> {
        match request {
            Refer::Find {
                object,
                equals,
                alone,
                limit,
            } => self.find(link, &object, &equals, alone, limit).await,
            Refer::Peek { object, equals } => self.peek(link, &object, &equals).await,
            Refer::Referrers(oid) => {
                let reading = referrers::referrers(link, oid);
                let referrers = self.stop.on(link, reading).await?;
                Ok(Rest::Give(Part::Referrers(referrers)))
            }
            Refer::Count {
                referrers,
                deadline,
            } => self.count_referrers(link, &referrers, deadline).await,
        }
    }

    /// Opens a relation at the row that has these values, or with the rows alone that have them. What
    /// is read through a cursor has no place to go to: there the row is shown alone.
    async fn find(
        &self,
        link: &Link,
        object: &Object,
        equals: &Equals,
        alone: bool,
        limit: usize,
    ) -> Outcome<Rest> {
        let relation = self.relation(link, object).await?;
        inside(&self.cursor).take();
        let narrowed = relation.shown(&[], &foreign::filter(equals));
        if relation.paging == Paging::Cursor {
            return Ok(Rest::Cursor(
                Arc::new(narrowed),
                Seek::First,
                limit,
                Moment::New,
            ));
        }
        let reading = async {
            if alone {
                return browse::page(link, &narrowed, &Seek::First, limit).await;
            }
            let found = browse::page(link, &narrowed, &Seek::First, 1).await?;
            if found.rows.is_empty() {
                return Err(gone());
            }
            let mark = found.rows.values(0, &relation.bookmark_cells());
            browse::page(link, &relation, &Seek::From(mark), limit).await
        };
        Ok(Rest::Give(Part::Page(
            self.stop.on(link, Box::pin(reading)).await?,
        )))
    }

    /// The one row that has these values. The cursor of what is shown stays where it is.
    async fn peek(&self, link: &Link, object: &Object, equals: &Equals) -> Outcome<Rest> {
        let relation = self.relation(link, object).await?;
        let narrowed = relation.shown(&[], &foreign::filter(equals));
        let page: Page = if relation.paging == Paging::Cursor {
            let own = self.stop.or(self.pool.pinned()).await?;
            let canceller = own.canceller();
            let reading = async {
                let cursor = Cursor::open(own, &narrowed).await?;
                cursor.page(&Seek::First, 1).await
            };
            self.stop.during(canceller, Box::pin(reading)).await?
        } else {
            let reading = browse::page(link, &narrowed, &Seek::First, 1);
            self.stop.on(link, Box::pin(reading)).await?
        };
        Ok(Rest::Give(Part::Page(page)))
    }

    /// Counts one after another; one that cannot be counted does not keep the others from it.
    async fn count_referrers(
        &self,
        link: &Link,
        referrers: &[(Referrer, Equals)],
        deadline: Duration,
    ) -> Outcome<Rest> {
        for (at, (referrer, equals)) in referrers.iter().enumerate() {
            let counting = referrers::rows(link, referrer, equals, deadline);
            let rows = match self.stop.on(link, Box::pin(counting)).await {
                Ok(rows) => rows,
                Err(fault) if fault.is_cancelled() || fault.sqlstate.is_none() => {
                    return Err(fault);
                }
                Err(_) => None,
            };
            self.part(Part::Referring(at, rows));
        }
        Ok(Rest::Nothing)
    }
}

fn gone() -> Fault {
    Fault::new("the row it refers to is not there")
        .because("it was deleted meanwhile, or a row security policy hides it")
}
