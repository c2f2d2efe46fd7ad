//! What to tell a person about a refusal, and what to do about it.
//!
//! A table rather than a match: the contract's reasons grow, and one that is not here is told in the service's own words.

mod employer;
mod table;

use jamsostek_client::Refusal;

use crate::{args::Lang, words};

/// A sentence and what to do. In another language than English the service's own words are the sentence.
pub(crate) fn told(refusal: &Refusal, language: Lang) -> (String, String) {
    let mut all = table::REMEDIES.iter().chain(employer::REMEDIES);
    let known = all.find(|it| it.0 == refusal.reason);
    let filled = |template: &str| filled(template, refusal);
    let sentence = match language {
        Lang::En => known.and_then(|it| filled(it.1)),
        Lang::Id => None,
    };
    let said = refusal.localized.as_ref().map(|it| it.text.as_str());
    let sentence = sentence.unwrap_or_else(|| match said.unwrap_or(&refusal.message) {
        "" => "The service refused, and did not say why.".into(),
        message => words::sentence(message),
    });
    let remedy = known.and_then(|it| filled(it.2));
    let remedy = remedy.unwrap_or_else(|| {
        let reason = crate::failure::reason(refusal);
        format!("The contract tells of {reason} in error_reason.proto.")
    });
    (sentence, remedy)
}

/// The template with the refusal's numbers; `None` when one of them is not there.
fn filled(template: &str, refusal: &Refusal) -> Option<String> {
    let mut parts = template.split('{');
    let mut filled = parts.next()?.to_owned();
    for part in parts {
        let (key, rest) = part.split_once('}')?;
        let value = refusal.metadata.get(key)?;
        filled.push_str(value.strip_prefix("PROGRAMME_").unwrap_or(value));
        filled.push_str(rest);
    }
    // One is left, and no others.
    Some(filled.replace("; 1 tries are left", "; 1 try is left"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use jamsostek_client::{Code, ErrorReason as Reason, Localized};

    use super::*;

    fn refusal(reason: Reason, numbers: &[(&str, &str)]) -> Refusal {
        let numbers = numbers.iter().map(|it| (it.0.to_owned(), it.1.to_owned()));
        Refusal {
            reason,
            code: Code::FailedPrecondition,
            message: "wrong code".into(),
            localized: Some(Localized {
                locale: "id".into(),
                text: "kode salah".into(),
            }),
            metadata: numbers.collect::<HashMap<_, _>>(),
            violations: Vec::new(),
            retry_after: None,
            help: Vec::new(),
        }
    }

    #[test]
    fn numbers_stand_in_the_sentence() {
        let told_of = |tries| {
            let refusal = refusal(Reason::OtpWrong, &[("triesLeft", tries)]);
            told(&refusal, Lang::En).0
        };

        assert_eq!(told_of("4"), "The code is wrong; 4 tries are left.");
        assert_eq!(told_of("1"), "The code is wrong; 1 try is left.");
    }

    #[test]
    fn without_its_numbers_the_service_speaks_for_itself() {
        let (sentence, remedy) = told(&refusal(Reason::OtpWrong, &[]), Lang::En);

        assert_eq!(sentence, "Kode salah.");
        assert!(remedy.contains("jamsostek otp send"));
    }

    #[test]
    fn in_another_language_the_service_speaks_for_itself() {
        let refusal = refusal(Reason::OtpWrong, &[("triesLeft", "4")]);

        assert_eq!(told(&refusal, Lang::Id).0, "Kode salah.");
    }

    #[test]
    fn what_is_not_in_the_table_still_has_a_sentence_and_a_remedy() {
        let (sentence, remedy) = told(&refusal(Reason::OtherOfficer, &[]), Lang::En);

        assert_eq!(sentence, "Kode salah.");
        assert!(remedy.contains("OTHER_OFFICER"), "{remedy}");
    }
}
