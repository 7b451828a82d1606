//! What a column holds: see [`crate::sql::profile`].

use std::time::Duration;

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use crate::data::Column;
use crate::data::profile::{Bucket, Common, Profile};
use crate::data::relation::Relation;
use crate::fault::{Fault, Outcome};
use crate::pg::link::texts;
use crate::pg::{Link, count};
use crate::sql::page::CUT;
use crate::sql::profile::{self, Depth, Extent};

/// How many pages (8 kB each) of a table a sample is taken of.
const PAGES: u64 = 4_000;

/// The profile of a column over all rows that its relation's filter wants; `None` when the deadline
/// passed.
///
/// # Errors
/// The server's: the relation is gone, or its filter is wrong.
pub async fn whole(
    link: &Link,
    relation: &Relation,
    column: usize,
    deadline: Duration,
) -> Outcome<Option<Profile>> {
    of(link, relation, column, Extent::All, deadline).await
}

/// The profile of a column over some of its rows.
///
/// # Errors
/// The server's, and that this took longer than the deadline too.
pub async fn sample(
    link: &Link,
    relation: &Relation,
    column: usize,
    deadline: Duration,
) -> Outcome<Profile> {
    let share = if profile::has_pages(relation) {
        share(link, relation).await?
    } else {
        1_000_000
    };
    let extent = Extent::Sample(share);
    let found = of(link, relation, column, extent, deadline).await?;
    found.ok_or_else(|| {
        Fault::new("The server took too long to look at the column")
            .because(format!(
                "a part of the rows took more than {} s too",
                deadline.as_secs()
            ))
            .remedy("filter the rows, and profile again")
    })
}

/// The pages of a sample, of a million.
async fn share(link: &Link, relation: &Relation) -> Outcome<u32> {
    let sql = "SELECT coalesce((SELECT pg_catalog.sum(pg_catalog.pg_relation_size(relid))::pg_catalog.int8 \
               FROM pg_catalog.pg_partition_tree($1) WHERE isleaf), pg_catalog.pg_relation_size($1), 0)";
    let rows = link.rows(sql, &[(&relation.oid, Type::OID)]).await?;
    let bytes: i64 = rows
        .first()
        .and_then(|row| row.try_get(0).ok())
        .unwrap_or(0);
    let pages = u64::try_from(bytes / 8_192).unwrap_or(0).max(1);
    Ok(u32::try_from(PAGES * 1_000_000 / pages)
        .unwrap_or(u32::MAX)
        .clamp(1, 1_000_000))
}

async fn of(
    link: &Link,
    relation: &Relation,
    column: usize,
    extent: Extent,
    deadline: Duration,
) -> Outcome<Option<Profile>> {
    let column = relation
        .columns
        .get(column)
        .ok_or_else(|| Fault::new("There is no such column"))?;
    let mut depth = Depth::of(column);
    loop {
        let query = profile::profile(relation, column, depth, extent);
        let rows = count::timed(link, &query.sql, &texts(&query), deadline).await;
        match (rows, depth.shallower()) {
            (Err(fault), Some(next)) if is_beyond(&fault) => depth = next,
            (rows, _) => return rows?.map(|rows| read(&rows, column, extent)).transpose(),
        }
    }
}

/// Whether a type may not be able to do what was asked of it (SQLSTATE classes 22 and 42).
fn is_beyond(fault: &Fault) -> bool {
    let state = fault.sqlstate.as_deref().unwrap_or_default();
    state.starts_with("22") || state.starts_with("42")
}

fn read(rows: &[Row], column: &Column, extent: Extent) -> Outcome<Profile> {
    let failed = |error: tokio_postgres::Error| {
        Fault::new(format!("The profile of {} was not understood", column.name)).because(error)
    };
    let mut profile = Profile {
        is_sample: extent != Extent::All,
        ..Profile::default()
    };
    let mut placed = Vec::new();
    for row in rows {
        let what: String = row.try_get(0).map_err(failed)?;
        let first: Option<String> = row.try_get(1).map_err(failed)?;
        let second: Option<String> = row.try_get(2).map_err(failed)?;
        let count: i64 = row.try_get(3).map_err(failed)?;
        let place: i64 = row.try_get(4).map_err(failed)?;
        placed.push((
            place,
            what,
            first,
            second,
            u64::try_from(count).unwrap_or(0),
        ));
    }
    placed.sort_by_key(|(place, ..)| *place);
    for (_, what, first, second, count) in placed {
        let number = |text: &Option<String>| {
            let number = text.as_ref().and_then(|text| text.parse().ok());
            number.unwrap_or(0)
        };
        match what.as_str() {
            "rows" => {
                profile.rows = count;
                (profile.nulls, profile.distinct) = (number(&first), number(&second));
            }
            "ends" => (profile.least, profile.greatest) = (first, second),
            "mean" => profile.mean = first,
            "length" => profile.length = first,
            "value" => profile
                .common
                .push(common(&first.unwrap_or_default(), count)),
            "bucket" => profile.buckets.push(Bucket {
                from: first.unwrap_or_default(),
                to: second.unwrap_or_default(),
                count,
            }),
            _ => {}
        }
    }
    Ok(profile)
}

fn common(text: &str, count: u64) -> Common {
    let end = text.char_indices().nth(CUT).map(|(end, _)| end);
    Common {
        text: text[..end.unwrap_or(text.len())].to_owned(),
        is_cut: end.is_some(),
        count,
    }
}
