//! What opens: from a route to the dialog that it names.

use std::time::SystemTime;

use super::{App, Dialog, Owner};
use crate::studio::dialogs::cell::CellDialog;
use crate::studio::dialogs::chart::ChartDialog;
use crate::studio::dialogs::columns::ColumnsDialog;
use crate::studio::dialogs::condition::ConditionDialog;
use crate::studio::dialogs::confirm::Confirm;
use crate::studio::dialogs::conflict::ConflictDialog;
use crate::studio::dialogs::filter::FilterDialog;
use crate::studio::dialogs::keep::KeepDialog;
use crate::studio::dialogs::lists;
use crate::studio::dialogs::name::ConfirmName;
use crate::studio::dialogs::parameters::ParametersDialog;
use crate::studio::dialogs::peek::PeekDialog;
use crate::studio::dialogs::plan::PlanDialog;
use crate::studio::dialogs::profile::ProfileDialog;
use crate::studio::dialogs::prompt::PromptDialog;
use crate::studio::dialogs::reader::Reader;
use crate::studio::dialogs::referrers::Referrers;
use crate::studio::dialogs::review::ReviewDialog;
use crate::studio::dialogs::saved::SavedDialog;
use crate::studio::dialogs::viewer::Viewer;
use crate::studio::layer::{Layer, Route};

impl App {
    pub(super) fn open(&mut self, route: Route, opener: Owner) {
        let dialog: Box<dyn Layer> = match route {
            Route::Palette => {
                let (scopes, typing) = (self.scopes(), self.top().is_typing());
                Box::new(lists::palette(&self.shared, &scopes, typing, |command| {
                    self.enabled(command)
                }))
            }
            Route::Help => {
                let typing = self.top().is_typing();
                Box::new(lists::help(&self.shared, &self.scopes(), typing))
            }
            Route::Log => Box::new(lists::log(&self.shared, SystemTime::now())),
            Route::History => Box::new(lists::history(&self.shared, SystemTime::now())),
            Route::Saved => Box::new(SavedDialog::default()),
            Route::Keep(sql) => Box::new(KeepDialog::new(sql)),
            Route::Themes => Box::new(lists::themes(&self.shared)),
            Route::Fault(fault) => Box::new(Reader::new("Fault".to_owned(), fault.to_string())),
            Route::Text { title, text } => Box::new(Reader::new(title, text)),
            Route::Value(shown) => Box::new(Viewer::new(shown)),
            Route::Prompt(prompt) => Box::new(PromptDialog::new(prompt)),
            Route::Condition {
                relation,
                condition,
                place,
            } => Box::new(ConditionDialog::new(relation, condition, place)),
            Route::Filter(filter) => Box::new(FilterDialog::new(filter)),
            Route::Chart(charted) => Box::new(ChartDialog::new(charted)),
            Route::Choose(choices) => Box::new(lists::choices(choices)),
            Route::Peek(peek) => Box::new(PeekDialog::new(peek)),
            Route::Referrers {
                table,
                title,
                row,
                beside,
            } => Box::new(Referrers::new(table, title, row, beside)),
            Route::ConfirmName {
                question,
                name,
                yes,
            } => Box::new(ConfirmName::new(question, name, yes)),
            Route::Columns {
                relation,
                arrangement,
                column,
            } => Box::new(ColumnsDialog::new(&relation, arrangement, column)),
            Route::Profile { relation, column } => Box::new(ProfileDialog::new(relation, column)),
            Route::Plan {
                title,
                json,
                before,
            } => Box::new(PlanDialog::new(title, json, before.as_deref())),
            Route::Cell(prompt) => Box::new(CellDialog::new(prompt)),
            Route::Parameters(parameters) => Box::new(ParametersDialog::new(parameters)),
            Route::Review(changes) => Box::new(ReviewDialog::new(changes)),
            Route::Conflicts(changes, conflicts) => {
                Box::new(ConflictDialog::new(&changes, conflicts))
            }
            Route::Confirm { question, yes, no } => Box::new(Confirm::new(question, yes, no)),
        };
        self.dialogs_opened += 1;
        self.dialogs.push(Dialog {
            number: self.dialogs_opened,
            layer: dialog,
            opener,
        });
        self.with_top(|layer, cx| layer.on_open(cx));
    }
}
