//! Which types the parameters of a statement have, as the server sees it: the session that will run it is
//! asked, since only there its temporary tables and its search path are.

use crate::data::result::{ParameterType, Transaction};
use crate::data::{Rows, RowsBuilder};
use crate::fault::Outcome;
use crate::pg::session::{Piece, Session};

/// The statement is prepared under this name, and let go again.
const NAME: &str = "dbkeep_asked";

/// The type of each of `$1`, `$2`… in a statement. None, where the statement cannot be prepared: it is a
/// command that takes no parameters, or is wrong, which the server says again when it is run.
///
/// # Errors
/// The session has ended.
pub async fn types(session: &mut Session, sql: &str) -> Outcome<Vec<ParameterType>> {
    // What fails in a transaction would take that with it.
    let savepoint = match session.transaction() {
        Transaction::Idle => false,
        Transaction::Open => true,
        Transaction::Failed => return Ok(Vec::new()),
    };
    if savepoint {
        run(session, &format!("SAVEPOINT {NAME}")).await?;
    }
    let prepared = run(session, &format!("PREPARE {NAME} AS {sql}")).await;
    let found = match &prepared {
        Ok(_) => run(session, include_str!("introspect/parameters.sql")).await,
        Err(fault) => Err(fault.clone()),
    };
    // However it went, nothing of it is left: what is prepared is no part of a transaction.
    if savepoint {
        run(session, &format!("ROLLBACK TO {NAME}; RELEASE {NAME}")).await?;
    }
    if prepared.is_ok() {
        run(session, &format!("DEALLOCATE {NAME}")).await?;
    }
    let rows = match found {
        Err(fault) if fault.is_lost => return Err(fault),
        found => found.unwrap_or_default(),
    };
    let cell = |row, at| rows.cell(row, at)?.text.map(str::to_owned);
    let types = (0..rows.len()).filter_map(|row| {
        Some(ParameterType {
            shown: cell(row, 0)?,
            cast: cell(row, 1)?,
        })
    });
    Ok(types.collect())
}

/// The few rows of one of our own statements.
async fn run(session: &mut Session, sql: &str) -> Outcome<Rows> {
    let mut rows = RowsBuilder::new(0);
    let mut running = session.run(sql).await?;
    loop {
        match running.next(&mut rows, (usize::MAX, usize::MAX)).await? {
            Piece::Columns(columns) => rows = RowsBuilder::new(columns.len()),
            Piece::End => return Ok(rows.finish()),
            _ => {}
        }
    }
}
