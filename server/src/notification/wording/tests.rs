use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn every_message_is_whole_in_both_languages() {
    let (paid_through, on) = ("2026-02".parse().expect("a month"), day("2026-03-15"));
    let (amount, account) = (Money::new(1_250_000), "•••4567");
    let (due_on, ends_on) = (on, on);
    let (npp, covered_from) = ("JK000001", on);
    let (ended_on, claimable_on) = (on, day("2026-04-15"));
    for wording in [
        Wording::Code { code: "123456" },
        Wording::ContributionDue {
            paid_through,
            due_on,
        },
        Wording::CoverEnds {
            paid_through,
            ends_on,
        },
        Wording::CoverBeforeWorkEnds { ends_on },
        Wording::CoverAbroadEnds { ends_on },
        Wording::DepartureReported { day: on },
        Wording::ReturnReported { day: on },
        Wording::EmployerBillDue {
            month: paid_through,
            payment_code: "100000000000",
            due_on,
        },
        Wording::MembershipEnded {
            ended_on,
            claimable_on,
        },
        Wording::IdentityRefused,
        Wording::IdentityUnproven,
        Wording::ContactChanged {
            contact: "+62•••1"
        },
        Wording::ContactReported {
            contact: "+62•••1"
        },
        Wording::ClaimReceived {
            amount,
            account,
            due_on,
        },
        Wording::ClaimRejected { reason: "no" },
        Wording::ClaimPaid { amount, account },
        Wording::ClaimFailed { reason: "closed" },
        Wording::EmployeeRegistered { npp },
        Wording::EmploymentConfirmed { npp, covered_from },
        Wording::EmploymentDenied,
        Wording::EmploymentEnded { npp, ended_on },
        Wording::EmploymentUnanswered,
        Wording::EmploymentUnproven,
        Wording::AccountOpened {
            kpj: "•••••••1234",
            contact: "b•••@mail.example",
            hours: 72,
        },
        Wording::EmployeesAccountOpened {
            kpj: "•••••••1234"
        },
        Wording::EmployeeWaits,
        Wording::EmployeeDoubtful,
        Wording::EmployerBill {
            month: paid_through,
            amount,
            payment_code: "100000000000",
            due_on,
        },
    ] {
        let known: Vec<_> = wording.values().into_iter().map(|it| it.0).collect();
        for language in Language::ALL {
            let text = wording.texts().of(language);
            let value = |it: &str| wording.value(it);
            assert!(
                text.is_filled(language, &Words::new(), value),
                "{wording:?}"
            );
        }
        // Indonesian is the scheme's own: there nothing is left out.
        let places = wording.texts().of(Language::Indonesian).places().concat();
        assert!(known.iter().all(|it| places.contains(it)), "{wording:?}");
    }
}

#[test]
fn money_days_and_months_are_said_in_each_language() {
    let paid = Wording::ClaimReceived {
        amount: Money::new(1_250_000),
        account: "•••4567",
        due_on: day("2026-05-08"),
    };
    assert_eq!(
        paid.text(),
        "Klaim JHT Anda diterima: Rp 1.250.000 ke rekening •••4567, paling lambat 8 Mei 2026. Bukan Anda? Hubungi kami segera. / Your \
         JHT claim was received: IDR 1,250,000 to account •••4567, by 8 May 2026. Not you? Call us at once."
    );
}

#[test]
fn a_mail_says_over_itself_what_kind_it_is_in_both_languages() {
    assert_eq!(subject(true), "Kode OTP Jamsostek / Jamsostek code");
    assert_eq!(subject(false), "Pemberitahuan Jamsostek / Jamsostek notice");
}
