//! The plan of a statement: its nodes as a tree with what each takes itself, and below it all that
//! is said of the one under the cursor. An earlier plan of the statement may stand beside it.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::data::plan::{Comparison, Node, Plan, Unreadable};
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Cx, Effect, Layer, Refusal, Shared};
use crate::studio::widgets::list::ListState;
use crate::studio::widgets::pane;

mod columns;
mod details;
mod draw;
mod tree;
mod words;

use words::Measure;

/// The dialog.
pub struct PlanDialog {
    title: String,
    json: String,
    plan: Result<Plan, Unreadable>,
    before: Option<Before>,
    /// Whether the earlier plan is shown.
    is_beside: bool,
    measure: Measure,
    folded: Vec<bool>,
    /// The nodes that are in no folded one.
    lines: Vec<usize>,
    list: ListState,
    /// The first line that is shown of what is said of the node.
    scrolled: usize,
    /// The width for which it is known how many lines are said of a node at most.
    longest: Option<(u16, usize)>,
    frame: Rect,
    tree: Rect,
    details: Rect,
}

/// An earlier plan.
struct Before {
    plan: Plan,
    comparison: Comparison,
}

impl PlanDialog {
    /// Shows a plan from its JSON, at the node that takes most itself. What is no earlier plan is
    /// left out.
    #[must_use]
    pub fn new(title: String, json: String, before: Option<&str>) -> Self {
        let plan = Plan::of(Arc::from(json.as_str()));
        let before = before.and_then(|json| Plan::of(Arc::from(json)).ok());
        let before = before.zip(plan.as_ref().ok()).map(|(before, plan)| Before {
            comparison: Comparison::of(&before, plan),
            plan: before,
        });
        let nodes = plan.as_ref().map_or(0, |plan| plan.nodes.len());
        let has_times = plan.as_ref().is_ok_and(|plan| plan.whole_time().is_some());
        let mut dialog = Self {
            title,
            json,
            is_beside: before.is_some(),
            before,
            measure: if has_times {
                Measure::Time
            } else {
                Measure::Cost
            },
            folded: vec![false; nodes],
            lines: (0..nodes).collect(),
            list: ListState::default(),
            scrolled: 0,
            longest: None,
            frame: Rect::default(),
            tree: Rect::default(),
            details: Rect::default(),
            plan,
        };
        dialog.go_to_slowest();
        dialog
    }

    fn plan(&self) -> Option<&Plan> {
        self.plan.as_ref().ok()
    }

    fn node(&self, at: usize) -> Option<&Node> {
        self.plan()?.nodes.get(at)
    }

    /// The node under the cursor.
    fn cursor(&self) -> usize {
        self.lines.get(self.list.cursor).copied().unwrap_or(0)
    }

    /// The earlier plan, while it is shown.
    fn beside(&self) -> Option<&Before> {
        self.before.as_ref().filter(|_| self.is_beside)
    }

    /// Which node of the earlier plan a node was.
    fn was(&self, at: usize) -> Option<&Node> {
        let before = self.beside()?;
        before.plan.nodes.get(before.comparison.before(at)?)
    }

    fn step(&mut self, by: isize) {
        self.list.step(by, self.lines.len());
        self.scrolled = 0;
    }

    /// Goes to a node, and unfolds what it is in.
    fn go_to(&mut self, node: usize) {
        let mut above = self.node(node).and_then(|node| node.parent);
        while let Some(at) = above {
            self.folded[at] = false;
            above = self.node(at).and_then(|node| node.parent);
        }
        self.lay_out();
        let line = self.lines.binary_search(&node);
        self.list.cursor = line.unwrap_or_else(|after| after.saturating_sub(1));
        self.scrolled = 0;
    }

    fn go_to_slowest(&mut self) {
        let slowest = self.plan().map(|plan| match self.measure {
            Measure::Time => plan.slowest(),
            Measure::Cost => most(plan, Measure::Cost),
        });
        if let Some(node) = slowest {
            self.go_to(node);
        }
    }

    /// Goes to the next node with a mark, or to the one before, round the ends.
    fn go_to_mark(&mut self, backward: bool) {
        let here = self.cursor();
        let Some(plan) = self.plan() else {
            return;
        };
        let marked: Vec<usize> = (0..plan.nodes.len())
            .filter(|at| !plan.nodes[*at].marks.is_empty())
            .collect();
        let next = if backward {
            let before = marked.iter().rev().find(|at| **at < here);
            before.or(marked.last())
        } else {
            let after = marked.iter().find(|at| **at > here);
            after.or(marked.first())
        };
        if let Some(node) = next.copied() {
            self.go_to(node);
        }
    }

    /// Folds a node or unfolds it; `false` where that changes nothing.
    fn fold(&mut self, node: usize, fold: bool) -> bool {
        let has_children = self.node(node).is_some_and(|found| found.after > node + 1);
        if !has_children || self.folded[node] == fold {
            return false;
        }
        self.folded[node] = fold;
        self.lay_out();
        true
    }

    fn fold_all(&mut self) {
        let here = self.cursor();
        let fold = !self.folded.contains(&true);
        for at in 0..self.folded.len() {
            let is_inner = self
                .node(at)
                .is_some_and(|node| node.parent.is_some() && node.after > at + 1);
            self.folded[at] = fold && is_inner;
        }
        self.lay_out();
        let after = self.lines.partition_point(|node| *node <= here);
        self.list.cursor = after.saturating_sub(1);
    }

    /// To the left it folds, or goes to what this is in; to the right it unfolds, or goes into it.
    fn sideways(&mut self, left: bool) {
        let node = self.cursor();
        if self.fold(node, left) {
            return;
        }
        let parent = self.node(node).and_then(|node| node.parent);
        let has_children = self.node(node).is_some_and(|found| found.after > node + 1);
        match parent {
            Some(parent) if left => self.go_to(parent),
            _ if !left && has_children => self.step(1),
            _ => {}
        }
    }

    fn lay_out(&mut self) {
        self.lines.clear();
        let Ok(plan) = &self.plan else {
            return;
        };
        let mut at = 0;
        while let Some(node) = plan.nodes.get(at) {
            self.lines.push(at);
            at = if self.folded[at] { node.after } else { at + 1 };
        }
    }

    fn scroll(&mut self, by: isize) {
        // How far it may go is known when it is drawn.
        self.scrolled = self.scrolled.saturating_add_signed(by);
    }

    fn copy(&self, cx: &mut Cx<'_>) {
        let (text, what) = match self.plan() {
            Some(plan) => (plan.as_text(), "the plan"),
            None => (self.json.clone(), "what the server returned"),
        };
        cx.ask(Effect::Copy(text, what.to_owned()));
    }
}

/// The node that has most of its own.
fn most(plan: &Plan, measure: Measure) -> usize {
    let own = |node: &Node| measure.own(node).unwrap_or(0.0);
    let places = (0..plan.nodes.len()).rev();
    let most =
        places.max_by(|one, other| own(&plan.nodes[*one]).total_cmp(&own(&plan.nodes[*other])));
    most.unwrap_or(0)
}

impl Layer for PlanDialog {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Plan, Scope::Moving]
    }

    fn enabled(&self, command: Command, _: &Shared) -> Result<(), Refusal> {
        let Some(plan) = self.plan() else {
            return match command {
                Command::Close | Command::CopyPlan | Command::CopyPlanJson => Ok(()),
                _ => Err("there is no plan".into()),
            };
        };
        let has_times = plan.whole_time().is_some();
        match command {
            Command::PlanMeasure if !has_times => {
                Err("only costs are known: the statement was planned, not run".into())
            }
            Command::PlanBefore if self.before.is_none() => {
                Err("there is no earlier plan of this statement".into())
            }
            Command::PlanNext | Command::PlanPrevious
                if plan.nodes.iter().all(|node| node.marks.is_empty()) =>
            {
                Err("no node is to be minded".into())
            }
            Command::PlanFold
                if self
                    .node(self.cursor())
                    .is_none_or(|node| node.after <= self.cursor() + 1) =>
            {
                Err("nothing is below this node".into())
            }
            _ => Ok(()),
        }
    }

    fn on_command(&mut self, command: Command, cx: &mut Cx<'_>) {
        let page = isize::try_from(self.tree.height.max(1)).unwrap_or(1);
        match command {
            Command::Close => cx.ask(Effect::Pop),
            Command::Up => self.step(-1),
            Command::Down => self.step(1),
            Command::PageUp => self.step(-page),
            Command::PageDown => self.step(page),
            Command::HalfUp => self.step(-page / 2),
            Command::HalfDown => self.step(page / 2),
            Command::First | Command::RowStart => self.step(isize::MIN),
            Command::Last | Command::RowEnd => self.step(isize::MAX),
            Command::Left => self.sideways(true),
            Command::Right => self.sideways(false),
            Command::PlanFold => {
                let node = self.cursor();
                let is_folded = self.folded.get(node).copied().unwrap_or(false);
                self.fold(node, !is_folded);
            }
            Command::PlanFoldAll => self.fold_all(),
            Command::PlanNext => self.go_to_mark(false),
            Command::PlanPrevious => self.go_to_mark(true),
            Command::PlanSlowest => self.go_to_slowest(),
            Command::PlanMeasure => {
                self.measure = match self.measure {
                    Measure::Time => Measure::Cost,
                    Measure::Cost => Measure::Time,
                };
            }
            Command::PlanBefore => self.is_beside = !self.is_beside,
            Command::PlanDetailsDown => self.scroll(1),
            Command::PlanDetailsUp => self.scroll(-1),
            Command::CopyPlan => self.copy(cx),
            Command::CopyPlanJson => {
                cx.ask(Effect::Copy(
                    self.json.clone(),
                    "the plan as JSON".to_owned(),
                ));
            }
            _ => {}
        }
    }

    fn on_mouse(&mut self, event: MouseEvent, cx: &mut Cx<'_>) {
        let at = (event.column, event.row).into();
        let by = match event.kind {
            MouseEventKind::ScrollDown => 3,
            MouseEventKind::ScrollUp => -3,
            MouseEventKind::Down(MouseButton::Left) if self.tree.contains(at) => {
                let line = self.list.line_at(event.row, self.tree.y);
                if line == self.list.cursor {
                    self.on_command(Command::PlanFold, cx);
                } else if line < self.lines.len() {
                    self.list.cursor = line;
                    self.scrolled = 0;
                }
                return;
            }
            MouseEventKind::Down(MouseButton::Left) if !self.frame.contains(at) => {
                return cx.ask(Effect::Pop);
            }
            _ => return,
        };
        if self.details.contains(at) {
            self.scroll(by);
        } else {
            self.step(by);
        }
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        if let Err(why) = &self.plan {
            self.frame = pane::centered(area, 60, 7);
            let inner = pane::popup(self.frame, buffer, theme, &self.title, "");
            let words = format!("This cannot be shown as a plan: {why}");
            pane::empty(
                inner,
                buffer,
                theme,
                &[&words, "Y copies what the server returned"],
            );
            return;
        }
        self.draw_plan(area, buffer, theme);
    }
}
