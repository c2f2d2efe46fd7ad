//! A population register for exploring: some NIKs force each verdict, everybody else is who he says.

use crate::{
    db::Db,
    fault::{self, Part},
};

use super::{Answer, Heard, Question, Register, Verdict, agreed_name};

/// Somebody with a story.
pub(crate) struct Person {
    /// The number on the e-KTP.
    pub nik: &'static str,
    /// The name the register knows.
    pub full_name: &'static str,
    /// The birth date the register knows.
    pub birth_date: &'static str,
    /// What happens.
    pub story: &'static str,
    verdict: fn() -> Verdict,
}

/// The people whose story is known beforehand.
pub(crate) const PEOPLE: &[Person] = &[
    Person {
        nik: "3174012505900001",
        full_name: "Budi Santoso",
        birth_date: "1990-05-25",
        story: "Sells noodles. The register knows him by this name; with another name it answers that NAMA_LGKP disagrees.",
        verdict: || Verdict::Matched,
    },
    Person {
        nik: "3174016505920002",
        full_name: "Siti Aminah",
        birth_date: "1992-05-25",
        story: "Sews at home; the day of birth in her NIK is 25 + 40, for a woman. The register knows her by this name.",
        verdict: || Verdict::Matched,
    },
    Person {
        nik: "3174012003880003",
        full_name: "Rudi Salim",
        birth_date: "1988-03-20",
        story: "Works for PT Contoh Maju: registers with SEGMENT_PU and the NPP JK000001, and waits until sandbox-employer confirms him.",
        verdict: || Verdict::Matched,
    },
    Person {
        nik: "3174015207910004",
        full_name: "Nur Aini",
        birth_date: "1991-07-12",
        story: "Goes to Taiwan for two years through an agency: registers with SEGMENT_PMI and pays IDR 37,500 before work, then IDR 332,500.",
        verdict: || Verdict::Matched,
    },
    Person {
        nik: "3174011001850011",
        full_name: "Agus Wijaya",
        birth_date: "1985-01-10",
        story: "Told his name as his friends spell it: IDENTITY_MISMATCH, fields NAMA_LGKP.",
        verdict: || Verdict::Mismatched(vec!["NAMA_LGKP"]),
    },
    Person {
        nik: "3174011001850012",
        full_name: "Rina Kartika",
        birth_date: "1985-01-10",
        story: "Her birth date was corrected at the register: IDENTITY_MISMATCH, fields TGL_LHR.",
        verdict: || Verdict::Mismatched(vec!["TGL_LHR"]),
    },
    Person {
        nik: "3174011001850021",
        full_name: "Joko Susilo",
        birth_date: "1985-01-10",
        story: "Died last year: IDENTITY_DECEASED.",
        verdict: || Verdict::Deceased,
    },
    Person {
        nik: "3174011001850022",
        full_name: "Dewi Lestari",
        birth_date: "1985-01-10",
        story: "Recorded twice: IDENTITY_REFUSED, verdict DUPLICATE.",
        verdict: || Verdict::Duplicate,
    },
    Person {
        nik: "3174011001850023",
        full_name: "Eko Prasetyo",
        birth_date: "1985-01-10",
        story: "Nobody has this NIK: IDENTITY_REFUSED, verdict NOT_FOUND.",
        verdict: || Verdict::NotFound,
    },
    Person {
        nik: "3174011001850024",
        full_name: "Maya Sari",
        birth_date: "1985-01-10",
        story: "Her NIK is out of use: IDENTITY_REFUSED, verdict INACTIVE.",
        verdict: || Verdict::Inactive,
    },
    Person {
        nik: "3174011001850025",
        full_name: "Hendra Gunawan",
        birth_date: "1985-01-10",
        story: "The register does not take this number for a NIK: IDENTITY_REFUSED, verdict WRONG_FORMAT.",
        verdict: || Verdict::WrongFormat,
    },
    Person {
        nik: "3174011001850031",
        full_name: "Wati Rahayu",
        birth_date: "1985-01-10",
        story: "The register never answers about her: IDENTITY_STATE_PENDING, and once she has paid STATE_AWAITING_IDENTITY until an \
                officer decides.",
        verdict: || Verdict::Unavailable,
    },
];

/// The mother's maiden name of everybody whom the sandbox's register knows.
pub(crate) const MOTHER: &str = "Sri Wahyuni";

fn differing(person: &Person, question: &Question) -> Vec<&'static str> {
    let name = agreed_name(person.full_name) != agreed_name(question.full_name.text());
    let born = question.birth_date.format("%Y-%m-%d").to_string() != person.birth_date;
    let told = question.mother_name.as_ref();
    let mother = told.is_some_and(|it| agreed_name(it.text()) != agreed_name(MOTHER));
    let found = [
        (name, "NAMA_LGKP"),
        (born, "TGL_LHR"),
        (mother, "NAMA_LGKP_IBU"),
    ];
    found.into_iter().filter(|it| it.0).map(|it| it.1).collect()
}

/// The sandbox's register. It is silent when it was told to be.
pub(crate) struct SandboxRegister {
    pub db: Db,
}

impl Register for SandboxRegister {
    fn ask<'a>(&'a self, question: &'a Question) -> Answer<'a> {
        Box::pin(async move {
            let verdict = match fault::strikes(&self.db, Part::Register).await {
                Ok(false) => verdict(question),
                Ok(true) => Verdict::Unavailable,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the sandbox's register cannot look"
                    );
                    Verdict::Unavailable
                }
            };
            Heard {
                verdict,
                was_put: true,
            }
        })
    }
}

fn verdict(question: &Question) -> Verdict {
    let Some(person) = PEOPLE.iter().find(|it| it.nik == question.nik.text()) else {
        return Verdict::Matched;
    };
    let differing = differing(person, question);
    let verdict = (person.verdict)();
    if verdict == Verdict::Matched && !differing.is_empty() {
        Verdict::Mismatched(differing)
    } else {
        verdict
    }
}
