//! Who refers to a row: every foreign key that points at its relation, with the number of rows, which
//! are counted while the list is looked at.

use std::collections::HashMap;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Rect;

use super::chooser::{Chooser, Item};
use super::peek::larger;
use crate::data::catalog::rows;
use crate::data::foreign::{Equals, Referrer};
use crate::glyphs;
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Answer, Cx, Effect, Layer, Shared};
use crate::studio::work::{DbReply, DbRequest, Part, Refer, Ticket};

/// How long each count may take.
const DEADLINE: Duration = Duration::from_secs(2);
const WIDTH: u16 = 72;

/// The dialog.
pub struct Referrers {
    table: u32,
    title: String,
    row: HashMap<String, String>,
    beside: u16,
    list: Chooser,
    asked: Option<Ticket>,
    counting: Option<Ticket>,
    /// The lines of what is counted, in its order.
    counted: Vec<usize>,
}

impl Referrers {
    /// For a row of the relation of that number; `row` holds its values by column, and `beside` is
    /// its line on the screen.
    #[must_use]
    pub fn new(table: u32, title: String, row: HashMap<String, String>, beside: u16) -> Self {
        Self {
            list: Chooser::new(&title, "Looking for foreign keys…", WIDTH, Vec::new()),
            table,
            title,
            row,
            beside,
            asked: None,
            counting: None,
            counted: Vec::new(),
        }
    }

    fn take(&mut self, referrers: Vec<Referrer>, cx: &mut Cx<'_>) {
        let mut wanted = Vec::new();
        let mut items = Vec::with_capacity(referrers.len());
        self.counted.clear();
        for referrer in referrers {
            let label = words(&referrer);
            let found = referrer.comes_from(|column| self.row.get(column).cloned());
            let fact = if found.is_ok() { glyphs::MORE } else { "" };
            items.push(Item {
                label,
                fact: fact.to_owned(),
                more: String::new(),
                chosen: match &found {
                    Ok(equals) => Ok(answer(&referrer, equals)),
                    Err(column) => Err(format!(
                        "nothing refers to it: {column} is NULL, or not readable"
                    )),
                },
                heading: "",
            });
            if let Ok(equals) = found {
                self.counted.push(items.len() - 1);
                wanted.push((referrer, equals));
            }
        }
        let empty = "No foreign key refers to this table.";
        self.list = Chooser::new(&self.title, empty, WIDTH, items);
        if !wanted.is_empty() {
            self.counting = Some(cx.db(DbRequest::Refer(Refer::Count {
                referrers: wanted,
                deadline: DEADLINE,
            })));
        }
    }

    /// What was not counted in time has no number; nothing is shown as still to come.
    fn settle(&mut self) {
        for line in std::mem::take(&mut self.counted) {
            self.list.settle_fact(line, glyphs::MORE, "not counted");
        }
    }

    fn leave(&mut self, cx: &mut Cx<'_>) {
        for ticket in self.asked.take().into_iter().chain(self.counting.take()) {
            cx.ask(Effect::Cancel(ticket));
        }
    }
}

/// `shop.order (customer_id)`
fn words(referrer: &Referrer) -> String {
    let columns = referrer.columns.join(", ");
    format!("{}.{} ({columns})", referrer.schema, referrer.name)
}

fn answer(referrer: &Referrer, equals: &Equals) -> Effect {
    Effect::Answer(Box::new(Answer::Referring(referrer.table, equals.clone())))
}

impl Layer for Referrers {
    fn scopes(&self) -> Vec<Scope> {
        self.list.scopes()
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn on_open(&mut self, cx: &mut Cx<'_>) {
        self.asked = Some(cx.db(DbRequest::Refer(Refer::Referrers(self.table))));
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        let leaves = match command {
            Command::Close => true,
            Command::Choose => self.list.can_choose(),
            _ => false,
        };
        if leaves {
            self.leave(cx);
        }
        self.list.on_command(command, cx);
    }

    fn on_key(&mut self, key: &KeyEvent, cx: &mut Cx<'_>) {
        self.list.on_key(key, cx);
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.list.on_paste(text, cx);
    }

    fn on_mouse(&mut self, event: MouseEvent, cx: &mut Cx<'_>) {
        self.list.on_mouse(event, cx);
    }

    fn on_db(&mut self, ticket: Ticket, reply: DbReply, cx: &mut Cx<'_>) {
        match reply {
            DbReply::Part(Part::Referrers(referrers)) => self.take(referrers, cx),
            DbReply::Part(Part::Referring(at, count)) => {
                if let Some(&line) = self.counted.get(at) {
                    let fact = count.map_or_else(|| "not counted".to_owned(), rows);
                    self.list.set_fact(line, fact);
                }
            }
            DbReply::Failed(fault) if self.asked == Some(ticket) => {
                cx.ask(Effect::Pop);
                cx.refuse(fault.what);
            }
            DbReply::Done if self.counting != Some(ticket) => self.asked = None,
            DbReply::Cancelled if self.asked == Some(ticket) => cx.ask(Effect::Pop),
            DbReply::Part(_) => {}
            DbReply::Done | DbReply::Failed(_) | DbReply::Cancelled => {
                self.counting = None;
                self.settle();
            }
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        self.list.draw(larger(area, self.beside), buffer, shared);
    }
}
