//! The program: reads the command line and hands it on.

use std::process::ExitCode;

use blinkensync::app;
use blinkensync::cli::Cli;
use clap::Parser;

fn main() -> ExitCode {
    ExitCode::from(app::run(&Cli::parse()).code())
}
