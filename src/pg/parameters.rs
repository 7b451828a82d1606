//! Which types the parameters of a statement have, as the server sees it: the session that will run it is
//! asked, since only there its temporary tables and its search path are.

use crate::data::result::Transaction;
use crate::data::{Rows, RowsBuilder};
use crate::fault::Outcome;
use crate::pg::session::{Piece, Session};

/// The statement is prepared under this name, and let go again.
const NAME: &str = "dbkeep_asked";

/// The type of each of `$1`, `$2`… in a statement, as a cast names it in this session. None, where the
/// statement cannot be prepared: it is a command that takes no parameters, or is wrong, which the server
/// says again when it is run.
///
/// # Errors
/// The session has ended.
pub async fn types(session: &mut Session, sql: &str) -> Outcome<Vec<String>> {
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
    let types = match prepared {
        Err(fault) if fault.is_lost => return Err(fault),
        Err(_) => Vec::new(),
        Ok(_) => {
            let asked = include_str!("introspect/parameters.sql");
            let rows = run(session, asked).await?;
            run(session, &format!("DEALLOCATE {NAME}")).await?;
            let cell = |row| rows.cell(row, 0)?.text.map(str::to_owned);
            (0..rows.len()).filter_map(cell).collect()
        }
    };
    if savepoint {
        run(session, &format!("ROLLBACK TO {NAME}; RELEASE {NAME}")).await?;
    }
    Ok(types)
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
