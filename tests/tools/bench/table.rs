//! What was measured, as a table.

use super::measure::Usage;
use super::meter::Figures;

/// What one run took.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    pub usage: Usage,
    pub figures: Figures,
}

/// The middle one of these numbers, or between the two in the middle.
fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    if numbers.len() % 2 == 1 { numbers[middle] } else { f64::midpoint(numbers[middle - 1], numbers[middle]) }
}

/// The line above the others.
pub fn heading() -> String {
    format!(
        "{:<12} {:<12} {:>9} {:>9} {:>8} {:>11} {:>11} {:>6} {:>7} {:>8}",
        "work", "program", "wall s", "CPU s", "peak MB", "KB up", "KB down", "conns", "turns", "longest"
    )
}

/// A line of the medians of some runs.
pub fn line(work: &str, program: &str, samples: &[Sample]) -> String {
    let of = |number: fn(&Sample) -> f64| median(samples.iter().map(number));
    format!(
        "{work:<12} {program:<12} {:>9.3} {:>9.3} {:>8.1} {:>11.1} {:>11.1} {:>6} {:>7} {:>8}",
        of(|sample| sample.usage.wall),
        of(|sample| sample.usage.cpu),
        of(|sample| sample.usage.peak as f64 * 1024.0 / 1e6),
        of(|sample| sample.figures.up as f64 / 1000.0),
        of(|sample| sample.figures.down as f64 / 1000.0),
        of(|sample| sample.figures.connections as f64),
        of(|sample| sample.figures.turns as f64),
        of(|sample| sample.figures.longest as f64),
    )
}
