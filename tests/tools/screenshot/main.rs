//! Takes pictures of a program that runs in a real pseudo-terminal:
//! `screenshot [--size 100x30] [--to DIRECTORY] [--film NAME] [--ask] [--stranger] [--light] -- COMMAND ARGS < SCRIPT`.
//!
//! The script says what to wait for, which keys to press and when to take a picture; see [`script`]. Where a word of the command
//! has `{rc}` in it, two servers are started first, and that is the configuration file with an account on each.

mod cast;
mod film;
mod script;
mod stage;
mod stranger;
mod svg;
mod window;

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;

use script::Step;
use stage::Stage;
use svg::Paper;
use window::Window;

#[derive(Parser)]
struct Wish {
    /// Columns and lines.
    #[arg(long, default_value = "100x30", value_parser = script::size)]
    size: (u16, u16),
    /// Where pictures go.
    #[arg(long, default_value = "screenshots")]
    to: PathBuf,
    /// Records everything, under this name.
    #[arg(long)]
    film: Option<String>,
    /// The configuration has no password for the first account.
    #[arg(long)]
    ask: bool,
    /// Nobody vouches for the second account's server.
    #[arg(long)]
    stranger: bool,
    /// The terminal is light.
    #[arg(long)]
    light: bool,
    /// The program and its arguments.
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let wish = Wish::parse();
    let steps = script::read(&std::io::read_to_string(std::io::stdin())?)?;
    let staged = wish.command.iter().any(|word| word.contains("{rc}"));
    let stage = if staged { Some(Stage::set(wish.ask, wish.stranger)?) } else { None };
    let rc = stage.as_ref().map_or_else(String::new, |stage| stage.rc().display().to_string());
    let words: Vec<String> = wish.command.iter().map(|word| word.replace("{rc}", &rc)).collect();
    let mut window = Window::open(&words, wish.size)?;
    let paper = if wish.light { Paper::LIGHT } else { Paper::DARK };
    for step in steps {
        match step {
            Step::Wait(text) => window.until(&text, true)?,
            Step::Gone(text) => window.until(&text, false)?,
            Step::Press(keys) => window.press(&keys)?,
            Step::Hold(time) => window.hold(time)?,
            Step::Empty(folder) => {
                stage.as_ref().ok_or("there are no accounts to empty a folder of")?.empty(&folder)?;
            }
            Step::Picture(name) => {
                window.settle()?;
                let path = wish.to.join(format!("{name}.svg"));
                std::fs::write(&path, svg::picture(window.screen(), paper))?;
            }
            Step::End => window.end()?,
        }
    }
    if let Some(name) = wish.film {
        let tape = window.into_tape();
        std::fs::write(wish.to.join(format!("{name}.cast")), cast::write(&tape)?)?;
        std::fs::write(wish.to.join(format!("{name}.svg")), film::write(&tape, paper))?;
    }
    Ok(())
}
