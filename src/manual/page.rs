//! Text of manual pages, in which `backquotes` stand around what is set in bold.

use roff::{Inline, Roff, bold, italic, roman};

fn inlines(text: &str) -> Vec<Inline> {
    let parts = text.split('`').enumerate();
    let parts = parts.filter(|(_, part)| !part.is_empty());
    parts.map(|(index, part)| if index % 2 == 1 { bold(part) } else { roman(part) }).collect()
}

/// Begins a section.
pub fn section(page: &mut Roff, title: &str) {
    page.control("SH", [title]);
}

/// Begins a part of a section.
pub fn part(page: &mut Roff, title: &str) {
    page.control("SS", [title]);
}

/// Adds a paragraph.
pub fn paragraph(page: &mut Roff, text: &str) {
    page.control("PP", []).text(inlines(text));
}

/// Adds something with its explanation.
pub fn entry(page: &mut Roff, what: &str, text: &str) {
    page.control("TP", []).text([bold(what)]).text(inlines(text));
}

/// Adds an option of the configuration with what it is when absent, and its explanation.
pub fn option(page: &mut Roff, name: &str, default: &str, paragraphs: &[String]) {
    let line = if default.is_empty() { vec![bold(name)] } else { vec![bold(name), roman(" = "), italic(default)] };
    page.control("TP", []).text(line);
    for (index, text) in paragraphs.iter().enumerate() {
        if index > 0 {
            page.control("IP", []);
        }
        page.text([roman(text)]);
    }
}

/// Adds lines that stay as they are.
pub fn lines(page: &mut Roff, lines: &[&str]) {
    page.control("PP", []).control("RS", ["4"]).control("nf", []);
    for line in lines {
        page.text([roman(*line)]);
    }
    page.control("fi", []).control("RE", []);
}
