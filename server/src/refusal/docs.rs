//! The page that tells whoever calls us every refusal, written from the catalogue.

use std::{collections::HashMap, fmt::Write};

use super::{
    Reason,
    catalogue::{Catalogue, reasons, short},
};
use crate::texts::Language;

const HEAD: &str = "\
# Every refusal

<!-- Written from server/texts/refusals.toml. Renew it with: JAMSOSTEK_RENEW=1 cargo test --test stories -- the_page_of_refusals -->

What the service says when it does not do what it was asked, and what to do then.
The reason is `google.rpc.ErrorInfo.reason` in the domain `jamsostek.v1`; decide by it, never by words.
What a person may be shown is in `google.rpc.LocalizedMessage`, in the language that the call's `accept-language` asks for (`id` or `en`; Indonesian where it asks for neither).
A sentence whose number the refusal does not have is left out.
";

/// The page as it must be: `docs/errors.md` is compared with it.
pub fn errors_page() -> String {
    let mut page = HEAD.replace(
        "`jamsostek.v1`",
        &format!("`{}`", jamsostek_proto::ERROR_DOMAIN),
    );
    for reason in reasons() {
        tell(&mut page, reason).expect("a String takes whatever is written");
    }
    page
}

fn tell(page: &mut String, reason: Reason) -> std::fmt::Result {
    let catalogue = Catalogue::get();
    let entry = catalogue.entry(reason).expect("every reason has a text");
    let samples: HashMap<_, _> = entry.metadata.clone().into_iter().collect();
    let codes: Vec<_> = entry.codes.iter().map(|it| format!("`{it}`")).collect();
    let how = if codes.is_empty() {
        "told of a row of a submission; no call is refused with it".to_owned()
    } else {
        format!("refused with {}", codes.join(" or "))
    };
    writeln!(page, "\n## {}\n", short(reason))?;
    writeln!(
        page,
        "`{}` = {}, {how}.\n",
        reason.as_str_name(),
        i32::from(reason)
    )?;
    for language in Language::ALL {
        let text = catalogue.text(reason, &samples, language);
        let text = text.expect("every reason has a text");
        writeln!(page, "- `{}`: {text}", language.tag())?;
    }
    for (key, sample) in &entry.metadata {
        writeln!(page, "- Metadata: `{key}`, such as `{sample}`")?;
    }
    writeln!(page, "- What to do: {}", entry.remedy)
}
