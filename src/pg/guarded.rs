//! Statements of a person's in a session that must not write.
//!
//! Each stands alone in a transaction that is read-only and has already read: from its first query
//! on, nothing makes a transaction read-write, neither SET nor `set_config` in a function (manual,
//! SET TRANSACTION). That it does stand alone is the server's word: it takes no two statements in
//! one Parse message (manual, 55.2.3), so that none can end the transaction and go on behind it.

use crate::fault::Outcome;
use crate::pg::Session;

/// Begins the transaction for a statement, which is then to be sent as it is.
///
/// # Errors
/// The server's; that it is more than one statement, too.
pub async fn begin(session: &mut Session, statement: &str) -> Outcome<()> {
    session
        .run("BEGIN READ ONLY; SELECT 1")
        .await?
        .drain()
        .await?;
    session.parse(statement).await
}

/// Ends it. What the statement set for the session stays.
///
/// # Errors
/// The server's.
pub async fn end(session: &mut Session) -> Outcome<()> {
    session.run("COMMIT").await?.drain().await
}
