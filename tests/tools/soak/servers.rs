//! Two servers are kept the same while clients are at work on both, in all weathers.

use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::rivals::{Contest, Tally, Weather};

/// Rounds on the same mailboxes.
const ROUNDS: u32 = 6;
/// Accounts on the same servers.
const ACCOUNTS: u32 = 4;

/// Goes on for so long. What is wrong after it.
pub fn keep(time: Duration, seed: u64) -> Result<String, String> {
    let (end, mut random, mut tally) = (Instant::now() + time, Rng::with_seed(seed), Tally::default());
    let started = Instant::now();
    println!("soak: two servers for {} minutes, seed {seed}", time.as_secs() / 60);
    while Instant::now() < end {
        let mut contest = Contest::new(random.fork());
        contest.tally = tally;
        for account in 0..ACCOUNTS {
            contest.begin(&format!("user{account}"), random.u32(1..7), random.u32(1..30));
            for _ in 0..ROUNDS {
                let weather = [Weather::Fair, Weather::Foul, Weather::Foul, Weather::Watched][random.usize(0..4)];
                if let Some(wrong) = contest.round(weather, random.u32(20..200)) {
                    return Err(format!("after {:?}, {:?}\n{wrong}", started.elapsed(), contest.tally));
                }
                if Instant::now() > end {
                    return Ok(format!("{:?}", contest.tally));
                }
            }
        }
        tally = contest.tally;
    }
    Ok(format!("{tally:?}"))
}
