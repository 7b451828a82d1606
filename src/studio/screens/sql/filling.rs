//! Parameters of what is to be run: the server is asked for their types, the person for their values.

use super::Sql;
use super::planned::{Planned, Written};
use crate::sql::parameters::{self, Value};
use crate::studio::layer::{Cx, Parameter, Route};
use crate::studio::work::console::{Ask, Told};
use crate::studio::work::{DbReply, DbRequest, Part, Ticket};

/// What is run once the parameters have values.
pub(super) struct Filling {
    planned: Vec<Planned>,
    goal: Goal,
    /// For each statement the names of its parameters, in the order in which they come first, and their
    /// types, where they are known.
    wanted: Vec<(Vec<String>, Vec<String>)>,
    asked: Option<Ticket>,
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
        let asked = self.console().map(|console| console.id);
        let asked = asked.map(|id| cx.db(DbRequest::Console(id, ask)));
        self.filling = Some(Filling {
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
        let waits = |filling: &Filling| filling.asked == Some(ticket);
        let Some(filling) = self.filling.as_mut().filter(|filling| waits(filling)) else {
            return false;
        };
        match reply {
            DbReply::Part(Part::Console(Told::Types(types))) => {
                for ((_, known), types) in filling.wanted.iter_mut().zip(types) {
                    known.clone_from(types);
                }
            }
            DbReply::Part(_) => {}
            DbReply::Done => {
                filling.asked = None;
                let parameters = self.parameters();
                cx.open(Route::Parameters(parameters));
            }
            DbReply::Failed(fault) => {
                cx.refuse(fault.what.clone());
                self.filling = None;
            }
            DbReply::Cancelled => self.filling = None,
        }
        true
    }

    /// Every parameter that is asked for, with what it was given last.
    fn parameters(&self) -> Vec<Parameter> {
        let mut parameters: Vec<Parameter> = Vec::new();
        let wanted = self.filling.iter().flat_map(|filling| &filling.wanted);
        for (names, types) in wanted {
            for (at, name) in names.iter().enumerate() {
                let kind = types.get(at).cloned().unwrap_or_default();
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
                    kind: at.and_then(|at| types.get(at).cloned()),
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
