//! The languages, and which of them a caller asks for.

use http::{HeaderMap, header::ACCEPT_LANGUAGE};
use serde::Deserialize;

/// A language in which people are told things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// The scheme's own, and of everybody who asks for none that we speak.
    Indonesian,
    English,
}

/// Something in both languages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Both<T> {
    id: T,
    en: T,
}

impl<T> Both<T> {
    /// It in `language`.
    pub(crate) const fn of(&self, language: Language) -> &T {
        match language {
            Language::Indonesian => &self.id,
            Language::English => &self.en,
        }
    }
}

/// How many languages are read: nobody means more, and a list may be as long as a head.
const RANGES_MAX: usize = 32;

/// How much a language is wanted: thousandths, then the place in the list. Of two wanted as much, the first is meant.
type Wish = (u16, std::cmp::Reverse<usize>);

impl Language {
    /// Both, the scheme's own first.
    pub(crate) const ALL: [Self; 2] = [Self::Indonesian, Self::English];

    /// Its tag (BCP 47).
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::Indonesian => "id",
            Self::English => "en",
        }
    }

    /// The language that a call asks for in its `accept-language` (RFC 9110, 12.5.4). What cannot be read asks for nothing.
    pub(crate) fn asked_by(headers: &HeaderMap) -> Self {
        let lists = headers.get_all(ACCEPT_LANGUAGE).into_iter();
        let asked = lists.filter_map(|it| it.to_str().ok());
        let asked = asked
            .flat_map(|it| it.split(','))
            .take(RANGES_MAX)
            .enumerate();
        let (mut indonesian, mut english, mut any) = (None, None, None);
        for (place, range) in asked {
            let Some((tag, weight)) = read(range) else {
                continue;
            };
            let primary = tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
            let wish: Option<Wish> = Some((weight, std::cmp::Reverse(place)));
            match primary.as_str() {
                // `in` was the code of Indonesian until 1989, and is what older Java still sends.
                "id" | "in" => indonesian = indonesian.max(wish),
                "en" => english = english.max(wish),
                "*" => any = any.max(wish),
                _ => {}
            }
        }
        // A star stands for whatever is not named.
        let wanted = |named: Option<Wish>| named.or(any).filter(|it| it.0 > 0);
        if wanted(english) > wanted(indonesian) {
            Self::English
        } else {
            Self::Indonesian
        }
    }
}

/// A language range and its weight in thousandths.
fn read(range: &str) -> Option<(&str, u16)> {
    let Some((tag, parameter)) = range.split_once(';') else {
        return Some((range.trim(), 1_000));
    };
    let (name, weight) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, decimals) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    if decimals.len() > 3 || !decimals.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{decimals:0<3}").parse().ok()?;
    match (whole, thousandths) {
        ("0", thousandths) => Some((tag.trim(), thousandths)),
        ("1", 0) => Some((tag.trim(), 1_000)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Language::*, *};

    fn asked(lists: &[&[u8]]) -> Language {
        let mut headers = HeaderMap::new();
        for list in lists {
            let value = http::HeaderValue::from_bytes(list).expect("a header");
            headers.append(ACCEPT_LANGUAGE, value);
        }
        Language::asked_by(&headers)
    }

    #[test]
    fn the_language_that_is_wanted_most_is_spoken() {
        for (list, language) in [
            ("en", English),
            ("EN-gb", English),
            ("id", Indonesian),
            ("id-ID", Indonesian),
            ("in", Indonesian),
            ("in-ID,en;q=0.9", Indonesian),
            ("en-US,en;q=0.9,id;q=0.8", English),
            ("en;q=0.8, id;q=0.9", Indonesian),
            ("en;q=0.801 , id ; q = 0.8", English),
            ("en;Q=1.000,id;q=0.999", English),
            ("fr,de;q=0.9,en;q=0.1", English),
            // As much wanted: the first.
            ("en,id", English),
            ("id,en", Indonesian),
            // What is not wanted at all.
            ("en;q=0", Indonesian),
            ("id;q=0,en;q=0.1", English),
            ("id;q=0,en;q=0", Indonesian),
            // A star is whatever is not named.
            ("*", Indonesian),
            ("en,*;q=0.5", English),
            ("en;q=0.5,*", Indonesian),
            ("id;q=0,*", English),
        ] {
            assert_eq!(asked(&[list.as_bytes()]), language, "{list}");
        }
        assert_eq!(asked(&[b"id;q=0.5", b"en"]), English);
    }

    #[test]
    fn what_asks_for_nothing_that_we_speak_is_answered_in_indonesian() {
        for list in [
            "",
            ",",
            ";",
            ";;q=1",
            "jv-ID",
            "english",
            "fr",
            "en;q=2",
            "en;q=1.001",
            "en;q=-1",
            "en;q=0.1234",
            "en;q=",
            "en;level=1",
            "en;q=0.5;q=1",
            "en;q=1e0",
        ] {
            assert_eq!(asked(&[list.as_bytes()]), Indonesian, "{list}");
        }
        assert_eq!(asked(&[]), Indonesian);
        assert_eq!(asked(&[b"\xff\xfe, en"]), Indonesian);
        let long = "xx,".repeat(700) + "en";
        assert_eq!(asked(&[long.as_bytes()]), Indonesian);
    }
}
