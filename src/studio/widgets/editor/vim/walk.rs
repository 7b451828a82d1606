//! A step through the text, character by character, over the ends of lines; and the words it goes by.

use crate::studio::widgets::editor::history::Class;
use crate::studio::widgets::editor::lines::{Lines, Place};
use crate::studio::widgets::editor::units;

/// What a step led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Another character of the line.
    Within,
    /// The end of the line, or from it to another line.
    Edge,
    /// Nowhere: there is no more text.
    Nowhere,
}

/// A place that walks.
#[derive(Clone, Copy)]
pub(super) struct Walk<'a> {
    lines: &'a Lines,
    pub place: Place,
    /// Whether words are all that stands between spaces.
    big: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(lines: &'a Lines, place: Place, big: bool) -> Self {
        Self { lines, place, big }
    }

    fn line(&self) -> &'a str {
        self.lines.line(self.place.row)
    }

    /// The class of the character here; the end of a line is a space.
    pub(super) fn class(&self) -> Class {
        let class = Class::of_text(&self.line()[self.place.at..]);
        match class {
            Class::Space => Class::Space,
            _ if self.big => Class::Word,
            class => class,
        }
    }

    fn is_space(&self) -> bool {
        self.class() == Class::Space
    }

    fn is_on_empty_line(&self) -> bool {
        self.line().is_empty()
    }

    /// One character on: the end of a line is one too.
    pub(super) fn forth(&mut self) -> Step {
        let line = self.line();
        if self.place.at < line.len() {
            self.place.at = units::next(line, self.place.at);
            return if self.place.at < line.len() {
                Step::Within
            } else {
                Step::Edge
            };
        }
        if self.place.row == self.lines.last() {
            return Step::Nowhere;
        }
        self.place = Place::new(self.place.row + 1, 0);
        Step::Edge
    }

    /// One character back.
    pub(super) fn back(&mut self) -> Step {
        if self.place.at > 0 {
            self.place.at = units::previous(self.line(), self.place.at);
            return Step::Within;
        }
        let Some(row) = self.place.row.checked_sub(1) else {
            return Step::Nowhere;
        };
        self.place = Place::new(row, self.lines.line(row).len());
        Step::Edge
    }

    /// One character on, over the end of a line that is not empty.
    pub(super) fn forth_over(&mut self) -> Step {
        match self.forth() {
            Step::Edge if self.place.at > 0 => self.forth(),
            step => step,
        }
    }

    /// One character back, likewise.
    pub(super) fn back_over(&mut self) -> Step {
        match self.back() {
            Step::Edge if self.place.at > 0 => self.back(),
            step => step,
        }
    }

    fn skip(&mut self, class: Class, step: fn(&mut Self) -> Step) -> bool {
        while self.class() == class {
            if step(self) == Step::Nowhere {
                return false;
            }
        }
        true
    }

    /// To the beginning of the next word; with `stays`, no further than the end of the line that the
    /// last of these words is on. `false` where there is none.
    pub(super) fn word(&mut self, count: usize, stays: bool) -> bool {
        for left in (0..count).rev() {
            let class = self.class();
            let is_last_line = self.place.row == self.lines.last();
            match self.forth() {
                Step::Nowhere => return false,
                Step::Edge if is_last_line => return false,
                Step::Edge if stays && left == 0 => return true,
                _ => {}
            }
            while class != Class::Space && self.class() == class {
                match self.forth() {
                    Step::Nowhere => return true,
                    Step::Edge if stays && left == 0 => return true,
                    _ => {}
                }
            }
            while self.is_space() && !self.is_on_empty_line() {
                match self.forth() {
                    Step::Nowhere => return true,
                    Step::Edge if is_last_line || stays && left == 0 => return true,
                    _ => {}
                }
            }
        }
        true
    }

    /// To the end of a word. With `stops`, the end it is at already is one; with `empty`, so is an
    /// empty line.
    pub(super) fn word_end(&mut self, count: usize, stops: bool, empty: bool) -> bool {
        let mut stops = stops;
        for _ in 0..count {
            let class = self.class();
            if self.forth() == Step::Nowhere {
                return false;
            }
            let mut is_done = false;
            if self.class() == class && class != Class::Space {
                if !self.skip(class, Self::forth) {
                    return false;
                }
            } else if !stops || class == Class::Space {
                while self.is_space() && !is_done {
                    if empty && self.is_on_empty_line() {
                        is_done = true;
                    } else if self.forth() == Step::Nowhere {
                        return false;
                    }
                }
                if !is_done && !self.skip(self.class(), Self::forth) {
                    return false;
                }
            }
            if !is_done {
                self.back();
            }
            stops = false;
        }
        true
    }

    /// To the beginning of a word. With `stops`, the beginning it is at already is one.
    pub(super) fn word_back(&mut self, count: usize, stops: bool) -> bool {
        let mut stops = stops;
        for _ in 0..count {
            let class = self.class();
            if self.back() == Step::Nowhere {
                return false;
            }
            if !stops || class == self.class() || class == Class::Space {
                let mut is_done = false;
                while self.is_space() && !is_done {
                    if self.is_on_empty_line() {
                        is_done = true;
                    } else if self.back() == Step::Nowhere {
                        return true;
                    }
                }
                if is_done {
                    stops = false;
                    continue;
                }
                if !self.skip(self.class(), Self::back) {
                    return true;
                }
            }
            self.forth();
            stops = false;
        }
        true
    }

    /// To the end of a word before; with `stays`, no further than the line's beginning.
    pub(super) fn word_end_back(&mut self, count: usize, stays: bool) -> bool {
        for _ in 0..count {
            let class = self.class();
            let is_end = |step: Step| step == Step::Nowhere || stays && step == Step::Edge;
            match self.back() {
                Step::Nowhere => return false,
                Step::Edge if stays => return true,
                _ => {}
            }
            while class != Class::Space && self.class() == class {
                if is_end(self.back()) {
                    return true;
                }
            }
            while self.is_space() && !self.is_on_empty_line() {
                if is_end(self.back()) {
                    return true;
                }
            }
        }
        true
    }

    /// To the first character of the run of one class that this one is in, in its line.
    pub(super) fn run_start(&mut self) {
        let class = self.class();
        while self.place.at > 0 {
            let here = self.place;
            self.back();
            if self.class() != class {
                self.place = here;
                return;
            }
        }
    }
}
