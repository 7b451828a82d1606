//! The figures of a plan in words.

use crate::data::catalog::grouped;
use crate::data::plan::{Estimate, Mark, Node, Number};
use crate::studio::theme::Role;
use crate::studio::widgets::bars;

/// What the nodes are measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Time,
    Cost,
}

impl Measure {
    /// What a node has of its own.
    pub(super) fn own(self, node: &Node) -> Option<f64> {
        match self {
            Self::Time => node.own_time,
            Self::Cost => node.own_cost,
        }
    }

    pub(super) fn words(self, value: f64) -> String {
        match self {
            Self::Time => time(value),
            Self::Cost => cost(value),
        }
    }

    /// With its sign: `+1.2 ms`, `−30 ms`; nothing where nobody would see a difference.
    pub(super) fn difference(self, value: f64) -> String {
        let words = self.words(value.abs());
        match value {
            _ if value.abs() < 0.001 => "=".to_owned(),
            less if less < 0.0 => format!("−{words}"),
            _ => format!("+{words}"),
        }
    }
}

/// Milliseconds as people read them: `0.012 ms`, `3.42 ms`, `1,234 ms`, `12.3 s`.
pub(super) fn time(ms: f64) -> String {
    match ms {
        little if little < 1.0 => format!("{little:.3} ms"),
        some if some < 10.0 => format!("{some:.2} ms"),
        more if more < 1_000.0 => format!("{more:.1} ms"),
        many if many < 10_000.0 => format!("{} ms", grouped(rounded(many))),
        seconds if seconds < 1_000_000.0 => format!("{:.1} s", seconds / 1_000.0),
        long => format!("{} s", grouped(rounded(long / 1_000.0))),
    }
}

/// A cost: it has two digits behind the point, which matter to little ones.
pub(super) fn cost(cost: f64) -> String {
    if cost < 1_000.0 {
        format!("{cost:.2}")
    } else {
        grouped(rounded(cost))
    }
}

/// A figure that is not negative, as a whole one.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast stops at the ends, as it should"
)]
pub(super) fn rounded(value: f64) -> u64 {
    value.max(0.0).round() as u64
}

/// Two figures as whole ones, for bars and shares.
pub(super) fn parts(own: f64, whole: f64) -> (u64, u64) {
    (rounded(own * 1_000_000.0), rounded(whole * 1_000_000.0))
}

/// A share in percent.
pub(super) fn percent(own: f64, whole: f64) -> String {
    let (own, whole) = parts(own, whole);
    bars::percent(own, whole)
}

/// A count as the server wrote it, its thousands apart where it is whole.
pub(super) fn count(number: &Number) -> String {
    let whole = number.text().parse().ok().map(grouped);
    whole.unwrap_or_else(|| number.text().to_owned())
}

/// A count that was worked out: whole, where it is nearly.
pub(super) fn amount(value: f64) -> String {
    if value > 0.0 && value < 10.0 && (value - value.round()).abs() > 0.05 {
        format!("{value:.1}")
    } else {
        grouped(rounded(value))
    }
}

/// How many times more or fewer: `77x`.
pub(super) fn factor(estimate: Estimate) -> String {
    format!("{}x", amount(estimate.factor()))
}

/// A mark as its sign and its words.
pub(super) fn mark(mark: &Mark) -> String {
    match mark {
        Mark::Slow(_) => "▲ slow".to_owned(),
        Mark::Misestimated(estimate) => {
            let which = if estimate.is_more() { "more" } else { "fewer" };
            format!("≠ {} {which}", factor(*estimate))
        }
        Mark::Spilled => "⇅ spilled".to_owned(),
        Mark::Filtered(_) => "▽ filtered".to_owned(),
        Mark::Triggers(_) => "▲ triggers".to_owned(),
    }
}

/// The same where there is little room: the words are below, beside the node's figures.
pub(super) fn short_mark(mark: &Mark) -> String {
    match mark {
        Mark::Slow(_) | Mark::Triggers(_) => "▲".to_owned(),
        Mark::Misestimated(estimate) => format!("≠{}", factor(*estimate)),
        Mark::Spilled => "⇅".to_owned(),
        Mark::Filtered(_) => "▽".to_owned(),
    }
}

/// What a mark looks like.
pub(super) fn role(mark: &Mark) -> Role {
    match mark {
        Mark::Slow(_) | Mark::Triggers(_) => Role::Error,
        Mark::Misestimated(_) | Mark::Spilled => Role::Warning,
        Mark::Filtered(_) => Role::Dim,
    }
}

/// What is meant by a mark, with the node's figures.
pub(super) fn meaning(node: &Node, mark: &Mark, whole: f64) -> String {
    match mark {
        Mark::Slow(share) => {
            let own = time(node.own_time.unwrap_or(0.0));
            format!("{own} of its own, {} of the whole", percent(*share, 1.0))
        }
        Mark::Misestimated(estimate) => {
            let (expected, actual) = (amount(estimate.expected), amount(estimate.actual));
            format!("{expected} rows were expected, {actual} came")
        }
        Mark::Triggers(took) => {
            format!(
                "{} in triggers, {} of the whole",
                time(*took),
                percent(*took, whole)
            )
        }
        Mark::Spilled => "what did not fit into work_mem went to disk".to_owned(),
        Mark::Filtered(removed) => {
            let kept = amount(node.all_rows().unwrap_or(0.0));
            format!(
                "{} rows were read and thrown away, {kept} kept",
                amount(*removed)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_differences_are_read_at_a_glance() {
        let times = [0.0, 0.0123, 3.4249, 44.26, 1_234.4, 12_345.0, 7_200_000.0].map(time);
        let wanted = [
            "0.000 ms", "0.012 ms", "3.42 ms", "44.3 ms", "1,234 ms", "12.3 s", "7,200 s",
        ];
        assert_eq!(times, wanted);
        let differences = [-3.0, 0.5, 0.0].map(|value| Measure::Time.difference(value));
        assert_eq!(differences, ["−3.00 ms", "+0.500 ms", "="]);
        assert_eq!([0.07, 1363.46].map(cost), ["0.07", "1,363"]);
        assert_eq!(
            [0.0, 0.5, 9.96, 1234.0].map(amount),
            ["0", "0.5", "10", "1,234"]
        );
    }
}
