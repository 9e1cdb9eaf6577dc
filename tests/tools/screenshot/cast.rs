//! A recording as asciinema plays it (asciicast v2).

use super::window::Tape;

/// The recording, a line an event.
pub fn write(tape: &Tape) -> serde_json::Result<String> {
    let (width, height) = tape.size;
    let head = serde_json::json!({
        "version": 2, "width": width, "height": height, "title": "blinkensync", "env": { "TERM": "xterm-256color" }
    });
    let mut out = format!("{head}\n");
    let mut rest = Vec::new();
    for (at, bytes) in &tape.pieces {
        rest.extend(bytes);
        // A letter of several bytes may come in two pieces.
        let whole = std::str::from_utf8(&rest).map_or_else(|error| error.valid_up_to(), str::len);
        let text: Vec<u8> = rest.drain(..whole).collect();
        let event = (seconds(at.as_secs_f64()), "o", String::from_utf8_lossy(&text));
        out += &serde_json::to_string(&event)?;
        out.push('\n');
    }
    Ok(out)
}

/// To the millisecond.
fn seconds(time: f64) -> f64 {
    (time * 1000.0).round() / 1000.0
}
