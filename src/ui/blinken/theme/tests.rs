//! What people can see: contrast, and colours that stay apart.

use ratatui::style::{Color, Style};

use super::abilities::Abilities;
use super::colour::{Rgb, contrast, of_index};
use super::glyphs::{ASCII, CONSOLE, FULL};
use super::{Depth, Ground, Theme, Tone};
use crate::model::light::Light;
use crate::model::screen::ScreenSettings;

const DEPTHS: [Depth; 4] = [Depth::True, Depth::Cube, Depth::Sixteen, Depth::None];
const GROUNDS: [Ground; 2] = [Ground::Dark, Ground::Light];
const TONES: [Tone; 5] = [Tone::Bright, Tone::Plain, Tone::Dim, Tone::Warning, Tone::Error];

/// Every theme at this depth.
fn themes(depth: Depth) -> impl Iterator<Item = Theme> {
    let both = move |ground| [Theme::new(depth).on(ground), Theme::new(depth).on(ground).for_the_colour_blind()];
    GROUNDS.into_iter().flat_map(both)
}

/// What people have behind their letters.
fn grounds(theme: Theme) -> [Rgb; 2] {
    match theme.ground {
        Ground::Dark => [[0; 3], [0x1e; 3]],
        Ground::Light => [[0xff; 3], [0xfd, 0xf6, 0xe3]],
    }
}

fn rgb(colour: Option<Color>) -> Rgb {
    match colour {
        Some(Color::Rgb(r, g, b)) => [r, g, b],
        Some(Color::Indexed(index)) => of_index(index),
        other => panic!("{other:?}"),
    }
}

fn lamp(theme: Theme, light: Light) -> (char, Style) {
    theme.lamp(light, None, 0.0, 1.0)
}

#[test]
fn text_has_contrast_enough_on_every_ground() {
    for theme in [Depth::True, Depth::Cube].into_iter().flat_map(themes) {
        let tones = TONES.map(|tone| (format!("{tone:?}"), theme.tone(tone)));
        let lights = Light::ALL.map(|light| (format!("{light:?}"), theme.text(light)));
        for (name, style) in tones.into_iter().chain(lights) {
            for ground in grounds(theme) {
                let contrast = contrast(rgb(style.fg), ground);
                assert!(contrast >= 4.5, "{name} on {ground:?} in {theme:?}: {contrast}");
            }
        }
    }
}

#[test]
fn lamps_and_bars_have_contrast_enough_on_every_ground() {
    for theme in [Depth::True, Depth::Cube].into_iter().flat_map(themes) {
        for light in Light::ALL {
            for ground in grounds(theme) {
                let contrast = contrast(rgb(lamp(theme, light).1.fg), ground);
                assert!(contrast >= 3.0, "{light:?} on {ground:?} in {theme:?}: {contrast}");
            }
        }
        for light in [Light::Downloading, Light::Uploading] {
            let (bar, grounded) = theme.bar(light);
            assert!(grounded && contrast(rgb(bar.fg), rgb(bar.bg)) >= 3.0, "{theme:?}");
        }
    }
}

#[test]
fn lights_stay_apart_in_every_theme_at_every_depth() {
    let themes = DEPTHS.into_iter().flat_map(themes).flat_map(|theme| [theme, theme.in_letters()]);
    for theme in themes.flat_map(|theme| [&FULL, &CONSOLE, &ASCII].map(|glyphs| theme.with(glyphs))) {
        for one in Light::ALL {
            for other in Light::ALL.into_iter().filter(|other| other.colour() != one.colour()) {
                let breath = if theme.depth == Depth::Sixteen && !theme.letters { 0.0 } else { 1.0 };
                let red = [Light::Control, Light::Waiting];
                if theme.letters || !(red.contains(&one) && red.contains(&other)) {
                    let look = |light| theme.lamp(light, None, 0.0, breath);
                    assert_ne!(look(one), look(other), "{theme:?}: {one:?} and {other:?}");
                }
            }
        }
    }
}

/// How people see who lack one kind of cone: red, green, blue; for light in linear parts (Machado, Oliveira and
/// Fernandes, 2009, severity 1).
const BLINDNESSES: [(&str, [[f64; 3]; 3]); 4] = [
    ("none", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
    ),
    (
        "deuteranopia",
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
    ),
    (
        "tritanopia",
        [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]],
    ),
];

/// CIE L*a*b* of a colour as somebody sees it, for white D65.
fn seen(rgb: Rgb, matrix: &[[f64; 3]; 3]) -> [f64; 3] {
    let linear = rgb.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    let times = |row: &[f64; 3], parts: &[f64; 3]| -> f64 { row.iter().zip(parts).map(|(a, b)| a * b).sum() };
    let shown = [0, 1, 2].map(|row| times(&matrix[row], &linear).clamp(0.0, 1.0));
    let root = |value: f64| if value > 0.008_856 { value.cbrt() } else { 7.787 * value + 16.0 / 116.0 };
    let x = root(times(&[0.4124, 0.3576, 0.1805], &shown) / 0.950_47);
    let y = root(times(&[0.2126, 0.7152, 0.0722], &shown));
    let z = root(times(&[0.0193, 0.1192, 0.9505], &shown) / 1.088_83);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// The smallest CIE76 distance between two lights, whoever looks, and who sees it so small.
fn apart(theme: Theme, one: Light, other: Light) -> (f64, &'static str) {
    let colours = [one, other].map(|light| rgb(lamp(theme, light).1.fg));
    let distance = |(name, matrix): &(&'static str, [[f64; 3]; 3])| {
        let [one, other] = colours.map(|colour| seen(colour, matrix));
        (one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt(), *name)
    };
    BLINDNESSES.iter().map(distance).min_by(|one, other| one.0.total_cmp(&other.0)).unwrap()
}

#[test]
fn whoever_looks_sees_the_lights_of_the_colour_blind_theme_apart() {
    let important = [
        Light::Connecting,
        Light::Account,
        Light::Folder,
        Light::Listing,
        Light::Directing,
        Light::Downloading,
        Light::Deleting,
        Light::AddingFlags,
        Light::RemovingFlags,
    ];
    for depth in [Depth::True, Depth::Cube] {
        for theme in GROUNDS.map(|ground| Theme::new(depth).on(ground).for_the_colour_blind()) {
            let others = important.into_iter().chain([Light::Control, Light::Pretending]).enumerate();
            for (place, one) in others {
                for other in important.into_iter().take(place) {
                    // About 2 can just be seen side by side; the main thread and dry runs have rows of their own.
                    let least = if important.contains(&one) { 19.0 } else { 12.0 };
                    let (distance, who) = apart(theme, one, other);
                    assert!(distance >= least, "{one:?} and {other:?}, {who}, in {theme:?}: {distance}");
                }
            }
        }
    }
}

#[test]
fn the_usual_theme_would_not_do_for_everybody() {
    let theme = Theme::new(Depth::True);
    assert!(apart(theme, Light::Listing, Light::Downloading).0 < 19.0);
}

#[test]
fn letters_are_drawn_in_their_colours_and_are_ascii_where_nothing_else_is_understood() {
    let letters = |theme: Theme| Light::ALL.map(|light| lamp(theme, light).0).iter().collect::<String>();
    let theme = Theme::new(Depth::True).in_letters().drawing(Some('@'));
    assert_eq!(letters(theme), "·*caflm↓↑~x+-z");
    assert_eq!(letters(theme.with(&ASCII)), ".*caflmv^~x+-z");
    assert_eq!(lamp(theme, Light::Folder).1, lamp(Theme::new(Depth::True), Light::Folder).1);
    let ended = theme.lamp(Light::Ended, Some(Light::Folder), 0.5, 1.0);
    assert_eq!(ended.0, 'f');
}

#[test]
fn the_users_character_is_drawn_at_every_depth() {
    for depth in DEPTHS {
        let theme = Theme::new(depth).drawing(Some('@'));
        for light in Light::ALL.into_iter().filter(|light| *light != Light::Ended) {
            assert_eq!(lamp(theme, light).0, '@', "{depth:?}: {light:?}");
        }
        let (on, off) = (lamp(theme, Light::Waiting), theme.lamp(Light::Waiting, None, 0.0, 0.0));
        assert_ne!(on, off, "{depth:?}");
        assert_ne!(on, lamp(theme, Light::Ended), "{depth:?}");
    }
    assert_eq!(lamp(Theme::new(Depth::True).drawing(Some('◆')).with(&ASCII), Light::Folder).0, '*');
}

#[test]
fn what_a_person_wants_goes_before_what_the_environment_says() {
    let env = |name: &str| match name {
        "TERM" => Some("xterm-256color".to_owned()),
        "LANG" => Some("C.UTF-8".to_owned()),
        _ => None,
    };
    let abilities = Abilities::of(env);
    let chosen = |change: fn(&mut ScreenSettings)| {
        let mut wish = ScreenSettings::default();
        change(&mut wish);
        Theme::chosen(&wish, abilities)
    };
    let usual = Theme::new(Depth::Cube);
    assert_eq!(chosen(|_| ()), usual);
    assert_eq!(chosen(|wish| wish.colours = Some(Depth::True)), Theme::new(Depth::True));
    assert_eq!(chosen(|wish| wish.ascii = Some(true)), usual.with(&ASCII));
    assert_eq!(chosen(|wish| wish.ground = Some(Ground::Light)), usual.on(Ground::Light));
    assert_eq!(chosen(|wish| wish.colour_blind = true), usual.for_the_colour_blind());
    assert_eq!(chosen(|wish| wish.shapes = true), usual.in_letters());
    assert_eq!(chosen(|wish| wish.lamp = Some('@')), usual.drawing(Some('@')));
}
