//! Numbers of a result as bars, a row each, or as a line over the rows.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::symbols::Marker;
use ratatui::widgets::{Axis, Chart, Dataset, GraphType, Widget};

use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Charted, Cx, Effect, Layer, Refusal, Shared};
use crate::studio::theme::{Role, Theme};
use crate::studio::widgets::list::ListState;
use crate::studio::widgets::{bars, pane, text};

/// A label takes no more than this part of the room.
const LABEL: u16 = 3;
/// A bar's length in steps of the greatest number's.
const STEPS: f64 = 1_000_000.0;

/// The dialog.
pub struct ChartDialog {
    charted: Charted,
    /// Which of the columns of numbers is shown.
    shown: usize,
    is_line: bool,
    list: ListState,
    height: u16,
}

impl ChartDialog {
    /// Shows the first column of numbers as bars.
    #[must_use]
    pub fn new(charted: Charted) -> Self {
        Self {
            charted,
            shown: 0,
            is_line: false,
            list: ListState::default(),
            height: 1,
        }
    }

    fn numbers(&self) -> &[Option<String>] {
        self.charted
            .numbers
            .get(self.shown)
            .map_or(&[], |(_, numbers)| numbers)
    }

    /// The numbers as the chart measures them; what is none, as `NaN` and infinity, has no length.
    fn measured(&self) -> Vec<Option<f64>> {
        let numbers = self.numbers().iter();
        let measure = |text: &String| text.parse().ok().filter(|number: &f64| number.is_finite());
        numbers
            .map(|text| text.as_ref().and_then(measure))
            .collect()
    }

    fn draw_bars(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let measured = self.measured();
        let most = measured
            .iter()
            .flatten()
            .fold(0.0_f64, |most, number| most.max(number.abs()));
        let widths = |texts: &[String]| texts.iter().map(|one| text::width(one)).max().unwrap_or(0);
        let label = widths(&self.charted.labels).min(area.width / LABEL);
        let numbers: Vec<String> = self
            .numbers()
            .iter()
            .map(|number| number.clone().unwrap_or_else(|| "∅".to_owned()))
            .collect();
        let number = widths(&numbers).min(area.width / LABEL);
        let room = area.width.saturating_sub(label + number + 4);
        self.height = area.height;
        let shown = self.list.visible(numbers.len(), area.height);
        for (y, at) in (area.y..area.bottom()).zip(shown) {
            let here = at == self.list.cursor;
            let ground = if here { Role::Trace } else { Role::Text };
            let line = Rect {
                y,
                height: 1,
                ..area
            };
            buffer.set_style(line, theme.style(ground));
            let name = self.charted.labels.get(at).map_or("", String::as_str);
            text::put(
                buffer,
                area.x,
                y,
                label,
                &text::fitted(name, label),
                theme.on(Role::Text, ground),
            );
            let value = measured.get(at).copied().flatten().unwrap_or(0.0);
            let role = if value < 0.0 {
                Role::Error
            } else {
                Role::Accent
            };
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of one, in a million steps"
            )]
            let part = (value.abs() / most.max(f64::MIN_POSITIVE) * STEPS) as u64;
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a whole number of steps"
            )]
            let bar = bars::bar(part, STEPS as u64, room);
            text::put(
                buffer,
                area.x + label + 1,
                y,
                room,
                &bar,
                theme.on(role, ground),
            );
            let x = area.right().saturating_sub(number + 1);
            let align = crate::data::Align::Right;
            text::put_aligned(
                buffer,
                (x, y),
                number,
                &numbers[at],
                align,
                theme.on(Role::Dim, ground),
            );
        }
    }

    fn draw_line(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let measured = self.measured();
        #[allow(clippy::cast_precision_loss, reason = "a place on the screen")]
        let points: Vec<(f64, f64)> = measured
            .iter()
            .enumerate()
            .filter_map(|(at, number)| Some((at as f64, (*number)?)))
            .collect();
        let least = points.iter().map(|(_, y)| *y).fold(f64::INFINITY, f64::min);
        let most = points
            .iter()
            .map(|(_, y)| *y)
            .fold(f64::NEG_INFINITY, f64::max);
        if points.is_empty() {
            return pane::empty(area, buffer, theme, &["There is no number in this column."]);
        }
        // A line that is level stands in the middle.
        let (least, most) = if least < most {
            (least, most)
        } else {
            (least - 1.0, most + 1.0)
        };
        #[allow(clippy::cast_precision_loss, reason = "a place on the screen")]
        let end = (measured.len().saturating_sub(1)).max(1) as f64;
        let ends = [self.charted.labels.first(), self.charted.labels.last()];
        let ends = ends.map(|label| text::fitted(label.map_or("", String::as_str), 20));
        let dim = theme.style(Role::Dim);
        let data = Dataset::default()
            .marker(Marker::Braille)
            .graph_type(GraphType::Line)
            .style(theme.style(Role::Accent))
            .data(&points);
        Chart::new(vec![data])
            .style(theme.style(Role::Text))
            .x_axis(Axis::default().style(dim).bounds([0.0, end]).labels(ends))
            .y_axis(
                Axis::default()
                    .style(dim)
                    .bounds([least, most])
                    .labels([format!("{least}"), format!("{most}")]),
            )
            .render(area, buffer);
    }
}

impl Layer for ChartDialog {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Chart, Scope::Moving]
    }

    fn enabled(&self, command: Command, _: &Shared) -> Result<(), Refusal> {
        match command {
            Command::ChartColumn if self.charted.numbers.len() < 2 => {
                Err("there is one column of numbers".into())
            }
            _ => Ok(()),
        }
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        let len = self.charted.labels.len();
        let page = isize::try_from(self.height).unwrap_or(1);
        match command {
            Command::Close => cx.ask(Effect::Pop),
            Command::ChartColumn => {
                self.shown = (self.shown + 1) % self.charted.numbers.len().max(1);
            }
            Command::ChartKind => self.is_line = !self.is_line,
            Command::Up => self.list.step(-1, len),
            Command::Down => self.list.step(1, len),
            Command::PageUp => self.list.step(-page, len),
            Command::PageDown => self.list.step(page, len),
            Command::First => self.list.cursor = 0,
            Command::Last => self.list.step(isize::MAX, len),
            _ => {}
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let lines = u16::try_from(self.charted.labels.len()).unwrap_or(u16::MAX);
        let height = if self.is_line {
            area.height
        } else {
            lines.saturating_add(2).max(8)
        };
        let frame = pane::centered(area, area.width * 9 / 10, height);
        let column = self.charted.numbers.get(self.shown);
        let column = column.map_or("", |(name, _)| name.as_str());
        let title = format!("{column} by {}", self.charted.by);
        let inner = pane::popup(frame, buffer, theme, &title, &self.charted.about);
        let room = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(2),
            ..inner
        };
        if self.is_line {
            self.draw_line(room, buffer, theme);
        } else {
            self.draw_bars(room, buffer, theme);
        }
    }
}
