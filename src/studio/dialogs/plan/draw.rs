//! How a plan looks: the tree above, in columns as wide as what is in them; below it what is said of
//! the node under the cursor, in two columns where there is room.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::columns::{Columns, one_mark};
use super::details::{self, Fact};
use super::tree::Cells;
use super::words;
use super::{Measure, PlanDialog};
use crate::data::Align;
use crate::data::plan::{Mark, Plan};
use crate::studio::theme::{Role, Theme};
use crate::studio::widgets::{bars, pane, text};

/// From this width on, what is said of a node stands in two columns.
const WIDE: u16 = 100;
/// No more lines than this are kept free for what is said of a node.
const SAID: usize = 14;
/// What is said of more nodes than this is not counted beforehand: the tree takes the room anyway.
const MANY: usize = 60;

impl PlanDialog {
    pub(super) fn draw_plan(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let width = if area.width < WIDE {
            area.width
        } else {
            area.width - 4
        };
        let inside = pane::centered(area, width, area.height)
            .width
            .saturating_sub(4);
        let said = self.longest(inside);
        let wanted = self.lines.len().max(self.folded.len()) + said + 4;
        let height = u16::try_from(wanted).unwrap_or(u16::MAX);
        self.frame = pane::centered(area, width, height);
        let Ok(plan) = &self.plan else {
            return;
        };
        let fact = self.fact(plan);
        let title = format!("Plan · {}", self.title);
        let inner = pane::popup(self.frame, buffer, theme, &title, &fact);
        let inner = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(2),
            ..inner
        };
        // The header, the tree, a line between, and what is said of the node.
        let room = usize::from(inner.height.saturating_sub(2));
        let least = said.min(room * 2 / 5).max(3);
        let lines = self.lines.len().min(room.saturating_sub(least)).max(1);
        let lines = u16::try_from(lines).unwrap_or(u16::MAX);
        self.tree = Rect {
            y: inner.y + 1,
            height: lines.min(inner.height.saturating_sub(1)),
            ..inner
        };
        let below = self.tree.bottom() + 1;
        self.details = Rect {
            y: below,
            height: inner.bottom().saturating_sub(below),
            ..inner
        };
        self.draw_tree(buffer, theme);
        self.draw_rule(buffer, theme);
        self.draw_details(buffer, theme);
        self.draw_foot(buffer, theme);
    }

    /// What all of it took, or costs.
    fn fact(&self, plan: &Plan) -> String {
        let planning = plan.planning().map(words::time);
        let running = plan.execution().or(plan.whole_time());
        let before = self.beside().map(|before| &before.plan);
        let was = before.and_then(|plan| plan.execution().or(plan.whole_time()));
        let run = match (running, was) {
            (Some(now), Some(was)) => Some(format!(
                "execution {} → {}",
                words::time(was),
                words::time(now)
            )),
            (Some(now), None) => Some(format!("execution {}", words::time(now))),
            (None, _) => None,
        };
        let run = run.unwrap_or_else(|| {
            let cost = words::cost(plan.whole_cost().unwrap_or(0.0));
            let was = before.and_then(Plan::whole_cost).map(words::cost);
            let was = was.map_or_else(String::new, |was| format!("{was} → "));
            let run = if plan.is_run() { "" } else { " · not run" };
            format!("cost {was}{cost}{run}")
        });
        let planning = planning.map(|time| format!("planning {time}"));
        // Beside an earlier plan it is the two totals that there must be room for.
        let planning = planning.filter(|_| before.is_none());
        let parts: Vec<String> = planning.into_iter().chain([run]).collect();
        parts.join(" · ")
    }

    /// How many lines are said of the node of which most is said, in this width.
    fn longest(&mut self, width: u16) -> usize {
        if let Some((_, lines)) = self.longest.filter(|(known, _)| *known == width) {
            return lines;
        }
        let Some(plan) = self.plan() else {
            return 0;
        };
        let nodes = 0..plan.nodes.len();
        let lines = if nodes.len() > MANY {
            SAID
        } else {
            let said = nodes.map(|at| self.said(plan, at, width).len());
            said.max().unwrap_or(0).min(SAID)
        };
        self.longest = Some((width, lines));
        lines
    }

    /// The lines of the screen that are said of a node: left and right part.
    fn said(&self, plan: &Plan, at: usize, width: u16) -> Vec<[Option<Part>; 2]> {
        let (figures, further) = (self.figures(plan, at), Self::further(plan, at));
        if width < WIDE {
            let facts: Vec<Fact> = figures.into_iter().chain(further).collect();
            return column(&facts, width)
                .map(|part| [Some(part), None])
                .collect();
        }
        let half = width / 2 - 1;
        let (left, right) = (column(&figures, half), column(&further, half));
        let (mut left, mut right) = (left.fuse(), right.fuse());
        std::iter::from_fn(|| {
            let line = [left.next(), right.next()];
            line.iter().any(Option::is_some).then_some(line)
        })
        .collect()
    }

    fn draw_tree(&mut self, buffer: &mut Buffer, theme: &Theme) {
        let area = self.tree;
        let visible = self.list.visible(self.lines.len(), area.height);
        let Ok(plan) = &self.plan else {
            return;
        };
        // All lines make the columns: they must not move with the cursor.
        let all = self.lines.iter().take(1_000);
        let all: Vec<(usize, Cells)> = all.map(|at| (*at, self.cells(plan, *at))).collect();
        let columns = Columns::of(plan, &all, area.width);
        self.draw_heads(columns, buffer, theme);
        for (y, line) in (area.y..area.bottom()).zip(visible) {
            let at = self.lines[line];
            let whole = Rect {
                y,
                height: 1,
                ..area
            };
            let cells = self.cells(plan, at);
            let here = line == self.list.cursor;
            self.draw_line(plan, (at, &cells), columns, here, whole, buffer, theme);
        }
    }

    fn draw_heads(&self, columns: Columns, buffer: &mut Buffer, theme: &Theme) {
        let (x, y) = (self.tree.x, self.tree.y.saturating_sub(1));
        let style = theme.style(Role::Dim);
        text::put(buffer, x, y, self.tree.width, "node", style);
        let own = match self.measure {
            Measure::Time => "own time",
            Measure::Cost => "own cost",
        };
        let rows = match (self.beside().is_some(), columns.rows) {
            (_, 0..=13) => "rows",
            (true, _) => "rows: was → is",
            (false, 15..) if self.plan().is_some_and(Plan::is_run) => "expected → came",
            _ => "rows",
        };
        let heads = ["", own, "", "before", "change", rows, ""];
        let mut x = self.tree.right().saturating_sub(columns.width());
        for (head, width) in heads.into_iter().zip(columns.all()) {
            if width > 0 {
                text::put_aligned(buffer, (x + 2, y), width, head, Align::Right, style);
                x += width + 2;
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "a line is drawn from all of it")]
    fn draw_line(
        &self,
        plan: &Plan,
        (at, cells): (usize, &Cells),
        columns: Columns,
        here: bool,
        area: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
    ) {
        let node = &plan.nodes[at];
        let ground = if here { Role::Trace } else { Role::Text };
        if here {
            buffer.set_style(area, theme.style(Role::Trace));
        }
        let style = |role: Role| theme.on(role, ground);
        let end = area.right().saturating_sub(columns.width());
        let dimmed = |role: Role| if cells.is_never_run { Role::Dim } else { role };
        let hidden = match cells.hidden {
            0 => String::new(),
            hidden => format!("▸ {hidden} below"),
        };
        let name = if cells.name.is_empty() {
            String::new()
        } else {
            format!("{}: ", cells.name)
        };
        let mut x = area.x;
        let mut say = |words: &str, style, gap: u16| {
            if !words.is_empty() && x < end {
                x = text::put(buffer, x, area.y, end - x, words, style) + gap;
            }
        };
        say(&cells.branch, style(Role::Border), 0);
        say(&name, style(Role::Dim), 0);
        let title = if here {
            theme.style(Role::Cursor)
        } else {
            style(dimmed(Role::Title))
        };
        say(&cells.title, title, 1);
        say(&cells.target, style(dimmed(Role::Text)), 1);
        say(&hidden, style(Role::Accent), 0);
        let slow = node.marks.iter().any(|mark| matches!(mark, Mark::Slow(_)));
        let (part, whole) = match (self.measure.own(node), self.whole(plan)) {
            (Some(own), Some(whole)) => words::parts(own, whole),
            _ => (0, 0),
        };
        let bar = bars::bar(part, whole, columns.bar);
        let bar_role = if slow && self.measure == Measure::Time {
            Role::Error
        } else {
            Role::Accent
        };
        let own = if cells.is_never_run {
            Role::Dim
        } else {
            Role::Text
        };
        let columned = [
            (bar.as_str(), columns.bar, Align::Left, bar_role),
            (&cells.own, columns.own, Align::Right, own),
            (&cells.share, columns.share, Align::Right, Role::Dim),
            (&cells.was, columns.was, Align::Right, Role::Dim),
            (
                &cells.change.0,
                columns.change,
                Align::Right,
                cells.change.1,
            ),
            (&cells.rows, columns.rows, Align::Right, Role::Dim),
        ];
        let mut x = end;
        for (words, width, align, role) in columned {
            if width > 0 {
                text::put_aligned(buffer, (x + 2, area.y), width, words, align, style(role));
                x += width + 2;
            }
        }
        x += 2;
        for mark in node.marks.iter().filter(|_| columns.marks > 0) {
            let words = one_mark(mark, columns.is_short);
            let room = area.right().saturating_sub(x);
            x = text::put(buffer, x, area.y, room, &words, style(words::role(mark)));
            x += if columns.is_short { 1 } else { 2 };
        }
    }

    /// The line between the tree and what is said of the node, with the node's whole title.
    fn draw_rule(&self, buffer: &mut Buffer, theme: &Theme) {
        let (y, frame) = (self.tree.bottom(), self.frame);
        let Some(node) = self.node(self.cursor()).filter(|_| y + 1 < frame.bottom()) else {
            return;
        };
        let border = theme.style(Role::Focus);
        let line = "─".repeat(usize::from(frame.width.saturating_sub(2)));
        let line = format!("├{line}┤");
        text::put(buffer, frame.x, y, frame.width, &line, border);
        let title = format!("{} {}", node.title(), node.target(true));
        let room = frame.width.saturating_sub(6);
        let title = format!(" {} ", text::fitted(title.trim(), room.saturating_sub(2)));
        text::put(
            buffer,
            frame.x + 1,
            y,
            room,
            &title,
            theme.style(Role::Title),
        );
    }

    fn draw_details(&mut self, buffer: &mut Buffer, theme: &Theme) {
        let area = self.details;
        let Ok(plan) = &self.plan else {
            return;
        };
        let said = self.said(plan, self.cursor(), area.width);
        let height = usize::from(area.height);
        self.scrolled = self.scrolled.min(said.len().saturating_sub(height));
        let right = area.x + area.width / 2 + 1;
        for (y, line) in (area.y..area.bottom()).zip(said.iter().skip(self.scrolled)) {
            for (part, x) in line.iter().zip([area.x, right]) {
                if let Some(part) = part {
                    let room = area.right().saturating_sub(x);
                    let key = theme.style(part.line.role);
                    text::put(buffer, x, y, part.keys.min(room), &part.line.key, key);
                    let x = x + part.keys + 2;
                    let room = area.right().saturating_sub(x);
                    let value = theme.style(Role::Text);
                    text::put(buffer, x, y, room, &part.line.value, value);
                }
            }
        }
        if self.scrolled + height < said.len() {
            let (x, y) = (
                self.frame.right().saturating_sub(12),
                self.frame.bottom() - 1,
            );
            text::put(buffer, x, y, 10, " J more ↓ ", theme.style(Role::Dim));
        }
    }

    /// Where one is, and how much there is to mind, in the lower border.
    fn draw_foot(&self, buffer: &mut Buffer, theme: &Theme) {
        let Some(plan) = self.plan() else {
            return;
        };
        let marked = plan.nodes.iter().filter(|node| !node.marks.is_empty());
        let mut foot = vec![format!(
            "node {} of {}",
            self.cursor() + 1,
            plan.nodes.len()
        )];
        match marked.count() {
            0 => {}
            marked => foot.push(format!("{marked} to mind")),
        }
        match self.beside().map(|before| before.comparison.gone) {
            None => {}
            Some(0) => foot.push("beside the earlier plan".to_owned()),
            Some(1) => foot.push("1 earlier node is gone".to_owned()),
            Some(gone) => foot.push(format!("{gone} earlier nodes are gone")),
        }
        let foot = format!(" {} ", foot.join(" · "));
        let (x, y) = (self.frame.x + 2, self.frame.bottom().saturating_sub(1));
        let room = self.frame.width.saturating_sub(16);
        text::put(buffer, x, y, room, &foot, theme.style(Role::Dim));
    }
}

/// A line of what is said of a node, and the room of the keys.
struct Part {
    line: details::Line,
    keys: u16,
}

fn column(facts: &[Fact], width: u16) -> impl Iterator<Item = Part> {
    let (lines, keys) = details::lines(facts, width);
    lines.into_iter().map(move |line| Part { line, keys })
}
