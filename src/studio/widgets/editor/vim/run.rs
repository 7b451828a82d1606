//! Doing a whole command.

use super::command::{Act, Command, Extent, Motion, Operator, Over, Scroll, Slide, Sought, Way};
use super::object::Stretch;
use super::{Cx, Mode};
use crate::data::search::Needle;
use crate::studio::widgets::editor::Editor;
use crate::studio::widgets::editor::history::{Caret, Class};
use crate::studio::widgets::editor::lines::Place;

/// Nothing that is typed once is put in more often than would fill so many bytes.
const FULL: usize = 16 << 20;

/// How often a text may be put in, of so many times.
pub(super) fn bounded(times: usize, text: &str) -> usize {
    times.min((FULL / text.len().max(1)).max(1))
}

/// What an operator is about.
struct Aim {
    /// Where the cursor goes before it is done.
    start: Place,
    stretch: Stretch,
    /// Whether a far motion led there.
    is_far: bool,
}

impl Editor {
    /// Does a command, as one step to be taken back.
    pub(super) fn command(&mut self, command: Command, cx: &mut Cx<'_>) {
        self.history.begin_group();
        self.perform(command, cx);
        if !self.mode().is_some_and(Mode::is_typing) {
            self.history.end_group();
        }
    }

    fn perform(&mut self, command: Command, cx: &mut Cx<'_>) {
        let times = command.times();
        match &command.act {
            Act::Move(motion) => self.go_along(motion.clone(), &command, cx),
            Act::Operate(operator, over) => {
                let (operator, over) = (*operator, over.clone());
                self.operate(operator, &over, &command, cx);
            }
            Act::Insert(_) | Act::Overtype => self.begin_insertion(command),
            Act::Replace(ch) => {
                if self.replace_characters(*ch, times) {
                    cx.memory.last = Some((command, Vec::new()));
                }
            }
            Act::Put { before } => {
                let before = *before;
                self.put_register(&command, before, cx);
            }
            Act::Toggle => {
                if self.toggle_characters(times) {
                    cx.memory.last = Some((command, Vec::new()));
                }
            }
            Act::Join { spaced } => {
                let spaced = *spaced;
                if self.join(command.count, spaced) {
                    cx.memory.last = Some((command, Vec::new()));
                }
            }
            Act::Undo => self.step_through(times, false),
            Act::Redo => self.step_through(times, true),
            Act::Repeat => self.repeat(command.count, cx),
            Act::Visual { lines } => self.begin_selection(*lines, times),
            Act::Reselect => self.select_again(),
            Act::Swap => self.swap_ends(),
            Act::Select(select) => {
                if let Some(stretch) = self.object(*select, times, cx.sense) {
                    self.select_stretch(stretch);
                }
            }
            Act::Scroll(scroll) => self.scroll_by(*scroll, command.count),
        }
    }

    fn go_along(&mut self, motion: Motion, command: &Command, cx: &mut Cx<'_>) {
        let Some(motion) = self.meant(motion, command, cx) else {
            return;
        };
        if let Some(reach) = self.reach(&motion, command.count, None, cx.sense) {
            self.move_to(reach.to, self.is_selecting());
            self.goal = reach.goal;
        } else if let Motion::Sought(Sought { typed, .. }) = motion {
            cx.took.refused = Some(format!("{typed} is nowhere in the text").into());
        }
    }

    /// What a motion means that says what was done before: the last text, the last character. Where
    /// something is to be typed first, nothing yet.
    pub(super) fn meant(
        &mut self,
        motion: Motion,
        command: &Command,
        cx: &mut Cx<'_>,
    ) -> Option<Motion> {
        let memory = &mut *cx.memory;
        let motion = match motion {
            Motion::Find(find) => {
                memory.find = Some(find);
                motion
            }
            Motion::FindAgain { turned } => {
                let mut find = memory.find?;
                find.back ^= turned;
                find.again = true;
                Motion::Find(find)
            }
            Motion::Search { back } => {
                if let Some(vim) = &mut self.vim {
                    vim.seeking = Some(command.clone());
                }
                cx.took.seeks = Some(back);
                return None;
            }
            Motion::SearchAgain { turned } => {
                let Some(mut sought) = memory.sought.clone() else {
                    cx.took.refused = Some("nothing was looked for yet".into());
                    return None;
                };
                sought.back ^= turned;
                return Some(self.marking(Motion::Sought(sought)));
            }
            Motion::Under { back } => {
                let Some((start, typed)) = self.word_under() else {
                    cx.took.refused = Some("there is no word under the cursor".into());
                    return None;
                };
                // Names of SQL are the same in capitals.
                let sought = Sought {
                    whole: typed.starts_with(|ch| Class::of(ch) == Class::Word),
                    typed: typed.to_lowercase(),
                    back,
                    from: None,
                };
                memory.sought = Some(sought.clone());
                // Back from the word's own beginning.
                let from = Some(start);
                return Some(self.marking(Motion::Sought(Sought { from, ..sought })));
            }
            motion => motion,
        };
        if let Motion::Sought(sought) = &motion {
            memory.sought = Some(sought.clone());
        }
        Some(self.marking(motion))
    }

    /// What is looked for is marked in the text.
    fn marking(&mut self, motion: Motion) -> Motion {
        if let Motion::Sought(sought) = &motion {
            self.needle = Needle::new(&sought.typed);
        }
        motion
    }

    fn operate(&mut self, operator: Operator, over: &Over, command: &Command, cx: &mut Cx<'_>) {
        let times = command.times();
        let aim = match over {
            Over::Motion(motion) => self.aim_along(motion.clone(), operator, command, cx),
            Over::Object(select) => self.object(*select, times, cx.sense).map(|stretch| Aim {
                start: match stretch {
                    Stretch::Characters(from, _) => from,
                    Stretch::Lines(row, _) => Place::new(row, 0),
                },
                stretch: self.whole_lines(stretch, operator),
                is_far: false,
            }),
            Over::Lines => self.aim_at_lines(operator, times),
            Over::Selected { lines } => {
                return self.operate_on_selected(operator, *lines, command, cx);
            }
            Over::Extent(extent) => Some(Aim {
                start: self.caret.cursor,
                stretch: self.as_much(*extent),
                is_far: false,
            }),
        };
        if let Some(aim) = aim {
            let shifts = match over {
                Over::Extent(_) => times,
                _ => 1,
            };
            self.carry_out(operator, &aim, shifts, command.clone(), cx);
        }
    }

    fn operate_on_selected(
        &mut self,
        operator: Operator,
        lines: bool,
        command: &Command,
        cx: &mut Cx<'_>,
    ) {
        let (stretch, extent) = self.taken(lines || operator.is_of_lines());
        let start = match stretch {
            Stretch::Characters(from, _) => from,
            Stretch::Lines(row, _) => Place::new(row, 0),
        };
        self.end_selection();
        let aim = Aim {
            start,
            stretch,
            is_far: false,
        };
        let act = Act::Operate(operator, Over::Extent(extent));
        let again = Command {
            act,
            ..command.clone()
        };
        self.carry_out(operator, &aim, command.times(), again, cx);
    }

    fn aim_along(
        &mut self,
        motion: Motion,
        operator: Operator,
        command: &Command,
        cx: &mut Cx<'_>,
    ) -> Option<Aim> {
        let motion = self.meant(motion, command, cx)?;
        let reach = self.reach(&motion, command.count, Some(operator), cx.sense);
        if let (Motion::Sought(sought), None) = (&motion, &reach) {
            cx.took.refused = Some(format!("{} is nowhere in the text", sought.typed).into());
        }
        let reach = reach?;
        let here = self.caret.cursor;
        // Copying the line leaves the cursor where it is.
        let stays = motion == Motion::ThisLine && operator == Operator::Yank;
        Some(Aim {
            start: if stays { here } else { here.min(reach.to) },
            stretch: self.stretch_to(&reach, operator),
            is_far: motion.is_numbered(),
        })
    }

    fn aim_at_lines(&self, operator: Operator, times: usize) -> Option<Aim> {
        let here = self.caret.cursor;
        let last = here.row.saturating_add(times - 1).min(self.lines.last());
        // Several lines, from the last one on, are none.
        let is_any = times == 1 || here.row < self.lines.last();
        is_any.then(|| Aim {
            start: match operator {
                Operator::Yank => here,
                _ => here.min(self.first_of(last)),
            },
            stretch: Stretch::Lines(here.row, last),
            is_far: false,
        })
    }

    /// Does it where it was aimed, and remembers it.
    fn carry_out(
        &mut self,
        operator: Operator,
        aim: &Aim,
        shifts: usize,
        command: Command,
        cx: &mut Cx<'_>,
    ) {
        self.caret = Caret {
            cursor: aim.start,
            anchor: None,
        };
        if operator != Operator::Yank && operator != Operator::Change {
            cx.memory.last = Some((command.clone(), Vec::new()));
        }
        self.apply(operator, aim.stretch, (command, shifts, aim.is_far), cx);
    }

    /// As much as was selected before, from the cursor on.
    fn as_much(&self, extent: Extent) -> Stretch {
        let here = self.caret.cursor;
        let row = here.row.saturating_add(extent.rows).min(self.lines.last());
        if extent.lines {
            return Stretch::Lines(here.row, row);
        }
        let line = self.lines.line(row);
        let from = if extent.rows == 0 { here.at } else { 0 };
        let mut chars = line[from.min(line.len())..].char_indices();
        let end = chars
            .nth(extent.columns)
            .map_or(line.len(), |(at, _)| from + at);
        Stretch::Characters(here, Place::new(row, end))
    }

    fn repeat(&mut self, count: Option<usize>, cx: &mut Cx<'_>) {
        let Some((mut command, typed)) = cx.memory.last.clone() else {
            cx.took.refused = Some("nothing was changed yet that could be repeated".into());
            return;
        };
        command.count = count.or(command.count);
        self.perform(command, cx);
        if self.mode().is_some_and(Mode::is_typing) {
            self.type_again(&typed);
            if !typed.is_empty() {
                self.mark_indented(false);
            }
            self.end_insertion(cx.memory);
        }
    }

    /// Steps back through what was done, or forward again.
    fn step_through(&mut self, times: usize, forward: bool) {
        self.end_selection();
        for _ in 0..times {
            let stepped = if forward { self.redo() } else { self.undo() };
            if !stepped {
                return;
            }
            if forward && let Some(began) = self.history.began() {
                self.caret.cursor = began.cursor;
            }
            let last = self.lines.last();
            if self.caret.cursor.row > last {
                self.caret.cursor = self.first_of(last);
            }
            self.caret.anchor = None;
            self.settle();
        }
    }

    fn scroll_by(&mut self, scroll: Scroll, count: Option<usize>) {
        let height = usize::from(self.view.area.height).max(1);
        let row = self.caret.cursor.row;
        let last = self.lines.last();
        let (by, slide) = match scroll {
            Scroll::CursorTo(way) => {
                let row = count.map_or(row, |line| (line.max(1) - 1).min(last));
                let to = self.keeping_column(row).0;
                self.move_to(to, self.is_selecting());
                let above = match way {
                    Way::Top => 0,
                    Way::Middle => height / 2,
                    Way::Bottom => height - 1,
                };
                self.view.top = row.saturating_sub(above);
                return;
            }
            Scroll::Half(slide) => (count.unwrap_or((height / 2).max(1)), slide),
            Scroll::Page(slide) => {
                let page = height.saturating_sub(2).max(1);
                (page.saturating_mul(count.unwrap_or(1)), slide)
            }
            Scroll::Line(slide) => {
                let by = count.unwrap_or(1);
                self.view.top = match slide {
                    Slide::Down => self.view.top.saturating_add(by).min(last),
                    Slide::Up => self.view.top.saturating_sub(by),
                };
                // The cursor stays in view.
                let seen = row.clamp(self.view.top, (self.view.top + height - 1).min(last));
                let (to, goal) = self.keeping_column(seen);
                self.move_to(to, self.is_selecting());
                self.goal = Some(goal);
                return;
            }
        };
        let (top, row) = match slide {
            Slide::Down => (self.view.top.saturating_add(by), row.saturating_add(by)),
            Slide::Up => (self.view.top.saturating_sub(by), row.saturating_sub(by)),
        };
        self.view.top = top.min(last);
        let to = self.first_of(row.min(last));
        self.move_to(to, self.is_selecting());
    }
}
