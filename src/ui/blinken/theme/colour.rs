//! Colours as numbers: how light they are, how far apart, and the nearest one of 256.

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// The least contrast between text and its ground (WCAG 2.1, 1.4.3).
pub const TEXT: f64 = 4.5;

/// The levels of the 6 x 6 x 6 cube.
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// How light a colour is, from 0 for black to 1 for white: relative luminance as WCAG 2.1 defines it.
pub fn luminance(rgb: Rgb) -> f64 {
    let [r, g, b] = rgb.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// The contrast of two colours, from 1 to 21 (WCAG 2.1).
pub fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// A colour between two others: the first for 0, the second for 1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes there are only bytes")]
pub fn blend(from: Rgb, to: Rgb, part: f64) -> Rgb {
    let part = part.clamp(0.0, 1.0);
    std::array::from_fn(|i| (f64::from(from[i]) + (f64::from(to[i]) - f64::from(from[i])) * part).round() as u8)
}

/// `rgb`, or as much nearer to `ink` as it has to be for letters on `ground`, on a terminal that shows `shown` instead of a
/// colour.
pub fn legible(rgb: Rgb, ground: Rgb, ink: Rgb, shown: impl Fn(Rgb) -> Rgb) -> Rgb {
    let steps = (0..=20).map(|step| shown(blend(rgb, ink, f64::from(step) / 20.0)));
    steps.into_iter().find(|rgb| contrast(*rgb, ground) >= TEXT).unwrap_or(ink)
}

/// The nearest of the 240 colours that every terminal of 256 shows alike: the cube, and the row of greys after it.
pub fn nearest(rgb: Rgb) -> u8 {
    let near = |part: u8| match part {
        0..48 => 0,
        48..115 => 1,
        115..155 => 2,
        155..195 => 3,
        195..235 => 4,
        235.. => 5,
    };
    let far = |index: u8| -> u32 {
        let there = of_index(index);
        (0..3).map(|i| u32::from(there[i].abs_diff(rgb[i])).pow(2)).sum()
    };
    let cube = rgb.map(near).into_iter().fold(0, |index, level| index * 6 + level) + 16;
    let middle = rgb.into_iter().map(u16::from).sum::<u16>() / 3;
    let grey = u8::try_from(middle.saturating_sub(3) / 10).unwrap_or(23).min(23) + 232;
    if far(grey) < far(cube) { grey } else { cube }
}

/// The colour with a number from 16 to 255.
pub fn of_index(index: u8) -> Rgb {
    if index >= 232 {
        return [8 + 10 * (index - 232); 3];
    }
    let place = index.saturating_sub(16);
    [place / 36, place / 6 % 6, place % 6].map(|level| LEVELS[usize::from(level)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_standard() {
        for (one, other, wanted) in [
            ([0; 3], [255; 3], 21.0),
            ([0x77; 3], [255; 3], 4.48),
            ([255, 0, 0], [255; 3], 4.0),
            ([0, 0, 255], [0; 3], 2.44),
        ] {
            assert!((contrast(one, other) - wanted).abs() < 0.01, "{one:?} on {other:?}: {}", contrast(one, other));
        }
    }

    #[test]
    fn every_colour_of_the_cube_is_its_own_nearest() {
        for index in 16..=255 {
            assert_eq!(of_index(nearest(of_index(index))), of_index(index));
        }
        assert_eq!((nearest([0x24, 0x28, 0x2c]), nearest([255, 0x9a, 0x2e])), (235, 208));
    }

    #[test]
    fn what_can_be_read_stays_as_it_is_and_the_rest_becomes_so() {
        let (black, white) = ([0; 3], [255; 3]);
        assert_eq!(legible([0xc8; 3], black, white, |rgb| rgb), [0xc8; 3]);
        for dark in [[0xd7, 0x26, 0x3d], [0, 0, 80]] {
            let lighter = legible(dark, black, white, |rgb| of_index(nearest(rgb)));
            assert!(contrast(lighter, black) >= TEXT && lighter != white, "{lighter:?}");
        }
    }
}
