//! dbkeep: a database studio for PostgreSQL in the terminal.
//!
//! The rooms, each of which imports only from those before it:
//!
//! - [`glyphs`]: the signs for characters that a terminal would act on (pure)
//! - [`fault`]: the one error that people see
//! - [`data`]: columns, orders, windows of rows, the names of a database (pure)
//! - [`sql`]: quoting, the statements dbkeep composes, and the reading of those people write (pure)
//! - [`config`]: arguments, environment and files become settings
//! - [`pg`]: the only room that names `tokio_postgres`: connecting, TLS, reading
//! - [`local`]: a private PostgreSQL server of our own
//! - [`studio`]: the terminal
//! - [`cli`]: the command line, one module a subcommand
//!
//! Where the code has found a better way than its first plan:
//!
//! - A value is read by `format('%s', value)`, which is the type's own output function for every
//!   type; `::text` is another function for `bool`, `char(n)` and `inet` ([`sql::page`]).
//! - A table that others inherit from, and one of which some columns may not be read, are paged by a
//!   cursor: neither a key nor `ctid` tells their rows apart ([`pg::introspect`]).
//! - Heaps without a key are read in runs of blocks, so that no page sorts the table ([`pg::browse`]).
//! - Small tables are counted exactly and together, fifty to a statement; what nobody waits for
//!   stands back for what somebody does ([`studio::work::server`]).
//! - A read-only session rests on the server's rule for transactions, not on reading SQL ourselves
//!   ([`pg::guarded`]).
//! - A start reads the tables that a screen has room for and the rows of the first one, and the rest of
//!   the catalog behind them: a new connection takes long to look at all of `pg_class`
//!   ([`pg::introspect::beginning`]).
//! - A row that is gone to by its key gets its number afterwards, counted before it in the index.
//! - A column's profile groups the rows by value once and makes all figures from the groups; where
//!   that takes too long, it is that of a sample, and says so ([`sql::profile`]).
//! - How columns are arranged is kept by their names, by a thread of its own ([`config::arrangements`]).
//! - Hosts are tried one by one, and each address of a name as a host of its own, with its own password
//!   and time limit; a refused login is not sent again without TLS, nor is anything once TLS was begun
//!   ([`pg::connect`]).
//! - What an extension's type is sorted and compared by is named with its schema: by their signs alone
//!   the search path may find other operators, and rows would be lost ([`sql::keyset`]).
//! - A view is read on only in the moment in which it was opened ([`studio::work::server`]).
//! - The DDL to copy is read under an empty search path, so that it means the same everywhere
//!   ([`pg::introspect`]).
//! - A transaction whose COMMIT was lost is asked about by its number, `pg_xact_status`, instead of
//!   guessed from its rows ([`pg::apply`]).
//! - An edit compares what it changes, and a deletion the whole row: two people who change different
//!   columns do not meet ([`sql::change`]).
//! - A heap without a key that is sorted is paged by the sort's keys and the place of the row
//!   ([`data::relation::Relation::shown`]).
//! - What joins emoji is shown as a sign: terminals disagree on the width of the result, and a row
//!   drawn on a wrong guess is torn ([`glyphs`]).
//! - The tags of statements, the columns of a result with their types and whether a transaction is open
//!   are read from the bytes that pass by: the driver keeps them for itself, and asking the server for
//!   them would take a snapshot in a person's own transaction (`pg::watch`).
//! - A COPY of a console is run by the simple protocol, and its messages are kept from the driver: its own
//!   way asks for an answer too many where the server refuses one (`pg::watch`).
//! - Only what reads is left half read: what writes is done only when its rows are read to the end
//!   ([`studio::screens::sql`]).
//! - A result is filtered and sorted where it is held, and what is said of how values are compared there
//!   stands beside it ([`data::sift`]); a row of it is read again before it is changed.
//! - A parameter becomes a constant of the type under it, for rows are read as text and the protocol has
//!   that without parameters only ([`sql::parameters`]).
//! - A value is cast to the type under a domain: a cast to the domain cuts a text in silence
//!   ([`data::Column`]).
//! - What is formatted is compared with what it was, token by token, and left where they differ
//!   ([`sql::format`]).
//! - The console's editor keeps its lines itself: the text area that single lines and values are typed in
//!   measures the whole text at every key, and jumps no further than 65,535 characters
//!   ([`studio::widgets::editor`]).
//! - Six drawings may follow at once, sixty a second in all: a fixed frame would make the first rows
//!   wait for the next one ([`studio::app::run`]).

pub mod cli;
pub mod config;
pub mod data;
pub mod fault;
pub mod glyphs;
pub mod local;
pub mod pg;
pub mod sql;
pub mod studio;
