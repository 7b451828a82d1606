//! The values of a statement's parameters: a line for each, with its type. What was given before is
//! there again.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::glyphs;
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Answer, Cx, Effect, Layer, Parameter, Shared};
use crate::studio::theme::Role;
use crate::studio::widgets::input::Line;
use crate::studio::widgets::{pane, text};

const WIDTH: u16 = 76;
/// Names and types are no wider than this.
const WIDEST: u16 = 20;
const GAP: u16 = 2;

struct Field {
    parameter: Parameter,
    line: Line,
    is_null: bool,
}

/// The dialog.
pub struct ParametersDialog {
    fields: Vec<Field>,
    current: usize,
    /// The first one in view, and where they are.
    top: usize,
    area: Rect,
}

impl ParametersDialog {
    /// Asks for these, with what they have.
    #[must_use]
    pub fn new(parameters: Vec<Parameter>) -> Self {
        let fields = parameters.into_iter().map(|parameter| Field {
            line: Line::holding(parameter.value.as_deref().unwrap_or_default()),
            is_null: parameter.is_null,
            parameter,
        });
        Self {
            fields: fields.collect(),
            current: 0,
            top: 0,
            area: Rect::default(),
        }
    }

    fn step(&mut self, by: isize) {
        let last = self.fields.len().saturating_sub(1);
        self.current = self.current.saturating_add_signed(by).min(last);
    }

    /// The next one, or the end of them.
    fn accept(&mut self, cx: &mut Cx<'_>) {
        if self.current + 1 < self.fields.len() {
            self.current += 1;
            return;
        }
        let given = self.fields.iter().map(|field| Parameter {
            value: (!field.is_null).then(|| field.line.text().to_owned()),
            is_null: field.is_null,
            ..field.parameter.clone()
        });
        let answer = Answer::Parameters(given.collect());
        cx.ask(Effect::Answer(Box::new(answer)));
    }
}

impl Layer for ParametersDialog {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Value, Scope::List]
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn enabled(&self, command: Command, _: &Shared) -> Result<(), crate::studio::layer::Refusal> {
        match command {
            Command::SetDefault => Err("a parameter has no default".into()),
            _ => Ok(()),
        }
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        match command {
            Command::Choose => self.accept(cx),
            Command::Close => cx.ask(Effect::Pop),
            Command::ListUp => self.step(-1),
            Command::ListDown => self.step(1),
            Command::ListPageUp => self.step(-8),
            Command::ListPageDown => self.step(8),
            Command::SetNull => {
                if let Some(field) = self.fields.get_mut(self.current) {
                    field.is_null = !field.is_null;
                }
            }
            _ => {}
        }
    }

    fn on_key(&mut self, key: &KeyEvent, _: &mut Cx<'_>) {
        if let Some(field) = self.fields.get_mut(self.current)
            && field.line.key(key)
        {
            field.is_null = false;
        }
    }

    fn on_paste(&mut self, pasted: &str, _: &mut Cx<'_>) {
        if let Some(field) = self.fields.get_mut(self.current) {
            field.line.paste(pasted);
            field.is_null = false;
        }
    }

    fn on_mouse(&mut self, event: MouseEvent, _: &mut Cx<'_>) {
        let is_in = self.area.contains((event.column, event.row).into());
        if is_in && event.kind == MouseEventKind::Down(MouseButton::Left) {
            let at = self.top + usize::from(event.row - self.area.y);
            self.current = at.min(self.fields.len().saturating_sub(1));
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let many = u16::try_from(self.fields.len()).unwrap_or(u16::MAX);
        let frame = pane::centered(area, WIDTH, many.saturating_add(2));
        let inner = pane::popup(
            frame,
            buffer,
            theme,
            "Parameters",
            "enter goes on and runs it",
        );
        self.area = inner;
        let room = usize::from(inner.height).max(1);
        self.top = self
            .top
            .min(self.current)
            .max((self.current + 1).saturating_sub(room));
        let widest = |shown: &dyn Fn(&Field) -> u16| self.fields.iter().map(shown).max();
        let name = widest(&|field| text::width(&field.parameter.shown()));
        let kind = widest(&|field| text::width(&field.parameter.kind));
        let (name, kind) = (name.unwrap_or(0).min(WIDEST), kind.unwrap_or(0).min(WIDEST));
        let fields = self.fields.iter_mut().enumerate().skip(self.top);
        for ((at, field), y) in fields.zip(inner.y..inner.bottom()) {
            let here = at == self.current;
            let role = if here { Role::Accent } else { Role::Title };
            let sign = if here { "›" } else { " " };
            let x = text::put(buffer, inner.x, y, 2, sign, theme.style(Role::Accent));
            let shown = field.parameter.shown();
            text::put(
                buffer,
                x.max(inner.x + 2),
                y,
                name,
                &shown,
                theme.style(role),
            );
            let x = inner.x + 2 + name + GAP;
            text::put(
                buffer,
                x,
                y,
                kind,
                &field.parameter.kind,
                theme.style(Role::Dim),
            );
            let x = x + kind + GAP;
            let line = Rect {
                x,
                y,
                width: inner.right().saturating_sub(x + 1),
                height: 1,
            };
            if field.is_null {
                text::put(
                    buffer,
                    x,
                    y,
                    line.width,
                    glyphs::NULL,
                    theme.style(Role::Null),
                );
            } else {
                field.line.draw(line, buffer, theme, here, "");
            }
        }
    }
}
