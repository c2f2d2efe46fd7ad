//! A text, read once: sentences with places to fill.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Both, Language, say};
use crate::money::{Money, Month};

/// The contract's words as people say them, such as `PROGRAMME_JHT`.
pub(crate) type Words = BTreeMap<String, Both<String>>;

/// A text in sentences. One with a place that cannot be filled is left out, so that nobody ever reads a brace.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub(crate) struct Text(Vec<Sentence>);

#[derive(Clone, Debug)]
struct Sentence(Vec<Piece>);

#[derive(Clone, Debug)]
enum Piece {
    Words(String),
    /// `{name}` or `{name:kind}`.
    Place {
        name: String,
        kind: Kind,
    },
}

/// How what comes into a place is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// As it is.
    Plain,
    /// Whole rupiah.
    Rupiah,
    /// `2026-05-10`.
    Day,
    /// `2026-05`.
    Month,
    /// Seconds.
    Duration,
    /// Words of the contract, with commas between.
    Words,
}

impl Text {
    /// The text in `language` with what `value` knows, as the wire writes it, in its places.
    pub(crate) fn fill(
        &self,
        language: Language,
        words: &Words,
        value: impl Fn(&str) -> Option<String>,
    ) -> String {
        let sentences = self.0.iter();
        let said = sentences.filter_map(|it| it.fill(language, words, &value));
        said.collect::<Vec<_>>().join(" ")
    }

    /// Whether no sentence is left out.
    #[cfg(test)]
    pub(crate) fn is_filled(
        &self,
        language: Language,
        words: &Words,
        value: impl Fn(&str) -> Option<String>,
    ) -> bool {
        let mut sentences = self.0.iter();
        sentences.all(|it| it.fill(language, words, &value).is_some())
    }

    /// The places, sentence by sentence.
    #[cfg(test)]
    pub(crate) fn places(&self) -> Vec<Vec<&str>> {
        self.0.iter().map(Sentence::places).collect()
    }
}

impl Sentence {
    fn fill(
        &self,
        language: Language,
        words: &Words,
        value: &impl Fn(&str) -> Option<String>,
    ) -> Option<String> {
        let pieces = self.0.iter().map(|it| match it {
            Piece::Words(words) => Some(words.clone()),
            Piece::Place { name, kind } => said(*kind, language, words, &value(name)?),
        });
        pieces.collect()
    }

    #[cfg(test)]
    fn places(&self) -> Vec<&str> {
        let names = self.0.iter().filter_map(|it| match it {
            Piece::Words(_) => None,
            Piece::Place { name, .. } => Some(name.as_str()),
        });
        names.collect()
    }
}

/// `value` as people say it; none where it is not of its kind.
fn said(kind: Kind, language: Language, words: &Words, value: &str) -> Option<String> {
    match kind {
        Kind::Plain => Some(value.to_owned()),
        Kind::Rupiah => {
            let amount = Money::new(value.parse().ok()?);
            Some(say::rupiah(language, amount))
        }
        Kind::Day => Some(say::day(language, value.parse().ok()?)),
        Kind::Month => {
            let month: Month = value.parse().ok()?;
            Some(say::month(language, month))
        }
        Kind::Duration => Some(say::duration(language, value.parse().ok()?)),
        Kind::Words => {
            let named = value.split(',').map(|it| words.get(it));
            let named: Option<Vec<_>> = named.map(|it| Some(it?.of(language).as_str())).collect();
            Some(named?.join(", "))
        }
    }
}

impl TryFrom<Vec<String>> for Text {
    type Error = String;

    fn try_from(sentences: Vec<String>) -> Result<Self, String> {
        if sentences.is_empty() {
            return Err("a text has a sentence".to_owned());
        }
        let sentences = sentences.iter().map(|it| Sentence::read(it));
        sentences.collect::<Result<_, _>>().map(Self)
    }
}

impl Sentence {
    fn read(sentence: &str) -> Result<Self, String> {
        let (mut pieces, mut rest) = (Vec::new(), sentence);
        while let Some((words, behind)) = rest.split_once('{') {
            let (place, behind) = behind
                .split_once('}')
                .ok_or_else(|| format!("a brace is left open in: {sentence}"))?;
            let (name, kind) = place.split_once(':').unwrap_or((place, ""));
            pieces.push(Piece::Words(words.to_owned()));
            pieces.push(Piece::Place {
                name: name.to_owned(),
                kind: Kind::read(kind).ok_or_else(|| format!("no such kind of place: {place}"))?,
            });
            rest = behind;
        }
        pieces.push(Piece::Words(rest.to_owned()));
        let stray = |it: &Piece| matches!(it, Piece::Words(words) if words.contains('}'));
        if pieces.iter().any(stray) {
            return Err(format!("a brace closes nothing in: {sentence}"));
        }
        Ok(Self(pieces))
    }
}

impl Kind {
    fn read(kind: &str) -> Option<Self> {
        match kind {
            "" => Some(Self::Plain),
            "rupiah" => Some(Self::Rupiah),
            "day" => Some(Self::Day),
            "month" => Some(Self::Month),
            "duration" => Some(Self::Duration),
            "words" => Some(Self::Words),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(sentences: &[&str]) -> Result<Text, String> {
        let sentences: Vec<_> = sentences.iter().map(|it| (*it).to_owned()).collect();
        Text::try_from(sentences)
    }

    fn filled(sentences: &[&str], values: &[(&str, &str)]) -> String {
        let words = "PROGRAMME_JHT = { id = 'Jaminan Hari Tua', en = 'old-age savings' }\n\
                     PROGRAMME_JKK = { id = 'JKK', en = 'JKK' }";
        let words: Words = toml::from_str(words).expect("words");
        let text = text(sentences).expect("a text");
        text.fill(Language::Indonesian, &words, |name| {
            let known = values.iter().find(|it| it.0 == name)?;
            Some(known.1.to_owned())
        })
    }

    #[test]
    fn a_place_is_filled_as_its_kind_is_said() {
        for (sentence, value, said) in [
            ("Sisa {it} kali.", "4", "Sisa 4 kali."),
            ("{it:rupiah}!", "26000", "Rp 26.000!"),
            ("Pada {it:day}", "2026-05-10", "Pada 10 Mei 2026"),
            ("{it:month}", "2026-05", "Mei 2026"),
            ("{it:duration}", "42", "42 detik"),
            (
                "{it:words}",
                "PROGRAMME_JKK,PROGRAMME_JHT",
                "JKK, Jaminan Hari Tua",
            ),
        ] {
            assert_eq!(filled(&[sentence], &[("it", value)]), said);
        }
    }

    #[test]
    fn a_sentence_that_cannot_be_filled_is_left_out() {
        let sentences = ["Salah.", "Sisa {left}.", "Tunggu {wait:duration}."];
        assert_eq!(filled(&sentences, &[]), "Salah.");
        assert_eq!(filled(&sentences, &[("left", "4")]), "Salah. Sisa 4.");
        assert_eq!(filled(&sentences, &[("wait", "soon")]), "Salah.");
        let unknown = ["Salah.", "Program {it:words}."];
        assert_eq!(filled(&unknown, &[("it", "PROGRAMME_JP")]), "Salah.");
    }

    #[test]
    fn what_comes_into_a_place_is_not_read_as_a_text() {
        assert_eq!(filled(&["Alasan: {it}"], &[("it", "{it}")]), "Alasan: {it}");
    }

    #[test]
    fn a_text_that_is_written_wrong_is_not_read() {
        for sentences in [&["{it"][..], &["it}"], &["{it:days}"], &[]] {
            assert!(text(sentences).is_err(), "{sentences:?}");
        }
    }
}
