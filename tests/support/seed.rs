//! What chance begins with: another number each time, or the one that is named.

/// The variable that names it, to see again what went wrong.
const VARIABLE: &str = "BLINKENSYNC_TEST_SEED";

/// What chance begins with.
pub fn seed() -> u64 {
    std::env::var(VARIABLE).map_or_else(|_| fastrand::u64(0..1_000_000_000), |seed| seed.parse().unwrap())
}

/// How to see it again.
pub fn again(seed: u64) -> String {
    format!("to see it again: {VARIABLE}={seed}")
}
