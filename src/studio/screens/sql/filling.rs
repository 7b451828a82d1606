//! Parameters of what is to be run: the server is asked for their types, the person for their values.

use std::time::{Duration, Instant};

use super::Sql;
use super::planned::{Planned, Written};
use crate::data::result::ParameterType;
use crate::sql::parameters::{self, Value};
use crate::studio::layer::{Cx, Parameter, Route};
use crate::studio::work::console::{Ask, ConsoleId, Told};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

/// A question that comes later than this is not asked any more.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is run once the parameters have values.
pub(super) struct Filling {
    planned: Vec<Planned>,
    goal: Goal,
    /// For each statement the names of its parameters, in the order in which they come first, and their
    /// types, where they are known.
    wanted: Vec<(Vec<String>, Vec<ParameterType>)>,
    asked: Ticket,
    /// Of which console they are, at which revision of its text, and since when they are asked for.
    console: ConsoleId,
    revision: u64,
    since: Instant,
}

/// What is done with statements once they are complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    Run,
    Explain(crate::sql::explain::How),
}

/// The names of a statement's parameters, each once. What psql's own lines were made into has none.
fn names(planned: &Planned) -> Vec<String> {
    let mut names = Vec::new();
    if planned.label.is_none() && planned.written.is_none() {
        for place in parameters::places(&planned.sql) {
            if !names.contains(&place.name) {
                names.push(place.name);
            }
        }
    }
    names
}

impl Sql {
    /// Gives back what has no parameters; for what has some their values are asked for.
    pub(super) fn complete_or_ask(
        &mut self,
        planned: Vec<Planned>,
        goal: Goal,
        cx: &mut Cx<'_>,
    ) -> Option<Vec<Planned>> {
        let wanted: Vec<Vec<String>> = planned.iter().map(names).collect();
        if wanted.iter().all(Vec::is_empty) {
            return Some(planned);
        }
        let asked = planned.iter().zip(&wanted).map(|(one, names)| {
            let numbered = parameters::numbered(&one.sql, names);
            numbered.filter(|_| !names.is_empty()).unwrap_or_default()
        });
        let ask = Ask::Types(asked.collect());
        let console = self.console_mut()?;
        console.make_way(cx);
        let asked = cx.db(DbRequest::Console(console.id, ask));
        console.asking = Some(asked);
        self.filling = Some(Filling {
            console: console.id,
            revision: console.editor.revision(),
            since: cx.shared.now,
            planned,
            goal,
            wanted: wanted
                .into_iter()
                .map(|names| (names, Vec::new()))
                .collect(),
            asked,
        });
        None
    }

    /// Takes the types of parameters, and asks for their values; `false` if this is about something else.
    pub(super) fn take_types(&mut self, ticket: Ticket, reply: &DbReply, cx: &mut Cx<'_>) -> bool {
        let waits = |filling: &&mut Filling| filling.asked == ticket;
        let Some(filling) = self.filling.as_mut().filter(waits) else {
            return false;
        };
        if let DbReply::Part(Part::Console(Told::Types(types))) = reply {
            for ((_, known), types) in filling.wanted.iter_mut().zip(types) {
                known.clone_from(types);
            }
        }
        if !reply.is_final() {
            return true;
        }
        let (id, revision) = (filling.console, filling.revision);
        let is_late = cx.shared.now.duration_since(filling.since) > PATIENCE;
        let mut asker = self.consoles.iter_mut();
        if let Some(asker) = asker.find(|console| console.id == id) {
            asker.asking = None;
        }
        let here = self.console();
        let is_here =
            here.is_some_and(|console| console.id == id && console.editor.revision() == revision);
        match reply {
            // A question that comes over something else would be answered by what was meant for that.
            DbReply::Done if is_here && !is_late => {
                let parameters = self.parameters();
                cx.open(Route::Parameters(parameters));
                return true;
            }
            DbReply::Done => cx.refuse("the types of the parameters came late: run it once more"),
            DbReply::Failed(fault) => cx.refuse(fault.what.clone()),
            _ => {}
        }
        self.filling = None;
        true
    }

    /// Every parameter that is asked for, with what it was given last.
    fn parameters(&self) -> Vec<Parameter> {
        let mut parameters: Vec<Parameter> = Vec::new();
        let wanted = self.filling.iter().flat_map(|filling| &filling.wanted);
        for (names, types) in wanted {
            for (at, name) in names.iter().enumerate() {
                let kind = types
                    .get(at)
                    .map(|kind| kind.shown.clone())
                    .unwrap_or_default();
                match parameters.iter_mut().find(|known| known.name == *name) {
                    Some(known) if known.kind.is_empty() => known.kind = kind,
                    Some(known) if kind.is_empty() || known.kind == kind => {}
                    Some(known) => known.kind = format!("{}, {kind}", known.kind),
                    None => {
                        let before = self.given.iter().find(|given| given.name == *name);
                        parameters.push(Parameter {
                            name: name.clone(),
                            kind,
                            value: before.and_then(|before| before.value.clone()),
                            is_null: before.is_some_and(|before| before.is_null),
                        });
                    }
                }
            }
        }
        parameters
    }

    /// Values were given: what is to be run with them, and what is done with it.
    pub(super) fn filled(&mut self, given: Vec<Parameter>) -> Option<(Vec<Planned>, Goal)> {
        let filling = self.filling.take()?;
        let statements = filling.planned.into_iter().zip(filling.wanted);
        let planned = statements.map(|(one, (names, types))| {
            if names.is_empty() {
                return one;
            }
            let value = |name: &str| {
                let given = given.iter().find(|given| given.name == name)?;
                let at = names.iter().position(|own| own == name);
                Some(Value {
                    text: given.value.clone(),
                    kind: at.and_then(|at| Some(types.get(at)?.cast.clone())),
                })
            };
            let (sql, stretches) = parameters::filled(&one.sql, value);
            Planned {
                written: Some(Written {
                    sql: one.sql,
                    stretches,
                }),
                sql,
                ..one
            }
        });
        let planned = planned.collect();
        let is_given = |known: &Parameter| given.iter().any(|given| given.name == known.name);
        self.given.retain(|known| !is_given(known));
        self.given.extend(given);
        Some((planned, filling.goal))
    }
}
