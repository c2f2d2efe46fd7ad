use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use super::*;

/// The contract, where each reason tells its metadata in its comment.
const CONTRACT: &str = include_str!("../../../../proto/jamsostek/v1/error_reason.proto");

fn catalogue() -> Catalogue {
    Catalogue::read().expect("texts that can be read")
}

#[test]
fn every_reason_has_a_text_and_every_text_a_reason() {
    let catalogue = catalogue();
    let texts: BTreeSet<_> = catalogue.entries.keys().map(String::as_str).collect();
    let known: BTreeSet<_> = reasons().map(short).collect();

    let untold: Vec<_> = known.difference(&texts).collect();
    let of_nothing: Vec<_> = texts.difference(&known).collect();
    assert!(
        untold.is_empty() && of_nothing.is_empty(),
        "server/texts/refusals.toml: no texts for {untold:?}, no reasons for {of_nothing:?}"
    );
}

#[test]
fn the_metadata_of_a_text_is_that_of_the_contract() {
    let catalogue = catalogue();
    for reason in reasons() {
        let entry = catalogue.entry(reason).expect("a text");
        let declared = declared(reason);
        let keys: BTreeSet<_> = entry.metadata.keys().map(String::as_str).collect();
        assert_eq!(keys, declared, "{}", short(reason));
    }
}

/// The keys that the comment above a reason tells as `key = sample`.
fn declared(reason: Reason) -> BTreeSet<&'static str> {
    let (above, _) = CONTRACT
        .split_once(&format!("  {} = ", reason.as_str_name()))
        .expect("the reason stands in the contract");
    // The comment begins after the value before.
    let comment = above.rsplit(";\n").next().unwrap_or(above);
    let Some((_, metadata)) = comment.split_once("Metadata:") else {
        return BTreeSet::new();
    };
    let pairs = metadata.split(" = ");
    let keys = pairs.filter_map(|it| it.split_whitespace().next_back());
    let mut keys: Vec<_> = keys.collect();
    // Behind the last sign stands a sample.
    keys.pop();
    keys.into_iter().collect()
}

#[test]
fn both_languages_say_it_with_the_same_numbers_and_something_without_any() {
    let catalogue = catalogue();
    for (name, entry) in &catalogue.entries {
        let places = Language::ALL.map(|it| entry.text(it).places());
        let named = places.clone().map(|it| {
            let named: BTreeSet<_> = it.into_iter().flatten().collect();
            named
        });
        assert_eq!(named[0], named[1], "{name}");
        for place in &named[0] {
            assert!(entry.metadata.contains_key(*place), "{name}: {place}");
        }
        // A refusal may come without its numbers: then this much is said.
        assert!(places.iter().all(|it| it[0].is_empty()), "{name}");
    }
}

#[test]
fn people_read_sentences_and_no_words_of_the_house() {
    let catalogue = catalogue();
    for reason in reasons() {
        let entry = catalogue.entry(reason).expect("a text");
        let samples: HashMap<_, _> = entry.metadata.clone().into_iter().collect();
        for language in Language::ALL {
            let plain = catalogue.text(reason, &HashMap::new(), language);
            let full = catalogue.text(reason, &samples, language).expect("a text");
            let value = |it: &str| samples.get(it).cloned();
            let text = entry.text(language);
            assert!(text.is_filled(language, &catalogue.words, value), "{full}");
            for said in [plain.expect("a text"), full] {
                let named = said.split(|it: char| !it.is_ascii_alphanumeric() && it != '_');
                let inside = named.filter(|it| it.contains('_')).count();
                assert!(
                    inside == 0 && said.ends_with('.') && !said.contains(['{', '}']),
                    "{}: {said}",
                    short(reason)
                );
            }
        }
    }
}

#[test]
fn a_code_is_one_of_grpc() {
    let codes: BTreeSet<_> = (1..=16)
        .map(|it| format!("{:?}", tonic::Code::from_i32(it)).to_lowercase())
        .collect();
    for (name, entry) in &catalogue().entries {
        assert!(!entry.remedy.is_empty(), "{name}");
        for code in &entry.codes {
            let plain = code.replace('_', "").to_lowercase();
            assert!(codes.contains(&plain), "{name}: {code}");
        }
    }
}

#[test]
fn what_the_contract_names_in_metadata_has_words() {
    let pool = prost_reflect::DescriptorPool::decode(jamsostek_proto::DESCRIPTORS);
    let pool = pool.expect("the contract");
    let named = [
        "IdentityState",
        "Programme",
        "Rule",
        "Segment",
        "State",
        "Subject",
    ];
    let words = catalogue().words;
    let ours = pool
        .all_enums()
        .filter(|it| it.package_name() == "jamsostek.v1" && named.contains(&it.name()));
    let values: Vec<_> = ours
        .flat_map(|it| it.values().collect::<Vec<_>>())
        .collect();
    assert!(values.len() > 40);
    for value in values.iter().filter(|it| it.number() != 0) {
        let name = value.name();
        assert!(
            words.contains_key(name),
            "server/texts/words.toml has no words for {name}"
        );
    }
}

#[test]
fn every_description_of_a_bad_field_has_words_for_people() {
    let mut described = BTreeSet::new();
    descriptions(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut described,
    );
    let catalogue = catalogue();
    let worded: BTreeSet<_> = catalogue.fields.keys().cloned().collect();

    let untold: Vec<_> = described.difference(&worded).collect();
    let of_nothing: Vec<_> = worded.difference(&described).collect();
    assert!(
        untold.is_empty() && of_nothing.is_empty(),
        "server/texts/fields.toml: no words for {untold:?}, no fields for {of_nothing:?}"
    );
}

/// Every text in the sources that tells how a field must be: it begins so.
fn descriptions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("the sources") {
        let path = entry.expect("a source").path();
        // Settings are for whoever starts the program.
        let is_setting = path.file_name().is_some_and(|it| it == "settings.rs");
        if is_setting {
            continue;
        }
        if path.is_dir() {
            descriptions(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let source = std::fs::read_to_string(&path).expect("a text");
            // In two pieces, or this test would find itself.
            let (quote, word) = ('"', "must");
            let begin = format!("{quote}{word} ");
            let texts = source.split(&begin).skip(1);
            let texts = texts.filter_map(|it| it.split_once(quote));
            // What a program fills in is a number at the end.
            let texts = texts.map(|(it, _)| it.split('{').next().unwrap_or(it));
            found.extend(texts.map(|it| format!("{word} {it}")));
        }
    }
}
