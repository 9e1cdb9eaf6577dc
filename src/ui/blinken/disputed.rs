//! Lines in which several characters make one: flags, pictures with a colour of skin, syllables of some scripts.
//!
//! Terminals disagree on how wide these are, so what follows them may stand elsewhere than it is thought to, and what is behind
//! them is not wiped when something else is drawn there. Such a line, and the one that takes its place, is wiped and written whole.

use std::collections::HashMap;

use ratatui::buffer::{Buffer, Cell, CellDiffOption};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Such lines of the last picture.
#[derive(Debug, Default)]
pub struct Disputed(HashMap<u16, Vec<Cell>>);

impl Disputed {
    /// Sees to it that lines are written whole which have to be; says which of the terminal's lines are to be wiped first.
    pub fn written_whole(&mut self, picture: &mut Buffer) -> Vec<u16> {
        let width = usize::from(picture.area.width).max(1);
        let mut before = std::mem::take(&mut self.0);
        let mut wiped = Vec::new();
        for (y, line) in (picture.area.y..).zip(picture.content.chunks_mut(width)) {
            let (was, is) = (before.remove(&y), line.iter().any(|cell| is_disputed(cell.symbol())));
            if is {
                self.0.insert(y, line.to_vec());
            }
            if (is || was.is_some()) && was.as_deref() != Some(&*line) {
                for cell in &mut *line {
                    cell.diff_option = CellDiffOption::AlwaysUpdate;
                }
                wiped.push(y);
            }
        }
        wiped
    }
}

/// Whether the width of a sign is more than that of its first character, with nothing but accents upon it.
fn is_disputed(sign: &str) -> bool {
    let mut characters = sign.chars();
    let first = characters.next().and_then(UnicodeWidthChar::width);
    let mut more = characters.peekable();
    more.peek().is_some() && (first != Some(sign.width()) || more.any(|c| c.width() != Some(0)))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::io::{self, Write};
    use std::num::NonZeroU16;
    use std::rc::Rc;

    use crossterm::cursor::MoveTo;
    use crossterm::queue;
    use crossterm::terminal::{Clear, ClearType};
    use ratatui::backend::CrosstermBackend;
    use ratatui::layout::Rect;
    use ratatui::style::Style;
    use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

    use super::*;

    #[test]
    fn signs_of_several_characters_are_disputed_but_not_for_an_accent() {
        for (sign, disputed) in [
            ("a", false),
            ("日", false),
            ("👍", false),
            ("e\u{301}", false),
            ("👍🏽", true),
            ("🇩🇪", true),
            ("❤\u{fe0f}", true),
            ("กำ", true),
            ("क्षि", true),
        ] {
            assert_eq!(is_disputed(sign), disputed, "{sign}");
        }
    }

    /// A terminal that goes by each character for itself.
    #[derive(Clone)]
    struct Simple(Rc<RefCell<vt100::Parser>>);

    impl Write for Simple {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What it shows after these pictures.
    fn shown(pictures: &[&str]) -> String {
        let size = |cells| NonZeroU16::new(cells).unwrap();
        let mut simple = Simple(Rc::new(RefCell::new(vt100::Parser::new(size(2), size(40), 0))));
        let viewport = Viewport::Fixed(Rect::new(0, 0, 40, 2));
        let backend = CrosstermBackend::new(simple.clone());
        let mut terminal = Terminal::with_options(backend, TerminalOptions { viewport }).unwrap();
        let mut disputed = Disputed::default();
        for picture in pictures {
            let draw = |frame: &mut Frame<'_>| {
                frame.buffer_mut().set_string(0, 0, picture, Style::new());
                for y in disputed.written_whole(frame.buffer_mut()) {
                    queue!(simple, MoveTo(0, y), Clear(ClearType::CurrentLine)).unwrap();
                }
            };
            terminal.draw(draw).unwrap();
        }
        let shown = simple.0.borrow().screen().contents();
        shown.trim_end().to_owned()
    }

    #[test]
    fn nothing_stays_behind_where_the_terminal_takes_more_room() {
        for disputed in ["👍🏽👍🏽 x", "กำกำกำ x", "क्षिक्षि x", "🇩🇪🇩🇪 x", "❤\u{fe0f}❤\u{fe0f} x"]
        {
            assert_eq!(shown(&[disputed, "plain"]), "plain", "{disputed}");
            assert_eq!(shown(&["what stood there before", disputed, "", "plain"]), "plain", "{disputed}");
            assert_eq!(shown(&["what stood there before", disputed, disputed]), shown(&[disputed]), "{disputed}");
        }
    }

    #[test]
    fn a_line_is_written_whole_when_it_changes_and_not_again() {
        let mut disputed = Disputed::default();
        for (line, wiped) in [("🇩🇪 a", &[0][..]), ("🇩🇪 a", &[]), ("🇩🇪 b", &[0]), ("plain", &[0]), ("other", &[])]
        {
            assert_eq!(disputed.written_whole(&mut Buffer::with_lines([line])), wiped, "{line}");
        }
    }
}
