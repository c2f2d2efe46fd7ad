//! Foreigners: their employer reports them by their passport, the register does not know them, and an officer vouches for them.

use jamsostek_client::{
    ClaimCause, ErrorReason, Programme, Uuid,
    v1::{
        DecideIdentityRequest, EmployeeStatement, Hire, IdentityState, Passport,
        ReportEmployeeRequest, eligibility_rule::Rule, employee, registration::State,
    },
};

use crate::{
    company::{Company, hire},
    joiner::{MOTHER, mother},
    person::Person,
    town::{ExpectRefusal, Town, id},
};

#[tokio::test]
async fn a_foreigner_is_reported_opens_his_account_and_an_officer_vouches_for_him() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000501").await;
    let mut tan = town.foreigner(&company, "K1234567E");

    let reported = company
        .client
        .report_employee(company.report_of_foreigner(&tan))
        .await;
    let reported = reported.expect("a report").employee.expect("an employee");
    town.lets_the_workers_run().await;
    town.moves_to("2026-03-17T02:00:00Z");
    tan.has_an_account().await;
    let registration = tan.looks().await;
    tan.becomes_a_participant().await;
    let me = tan.client.get_participant(None).await.expect("himself");
    let before = tan
        .client
        .check_eligibility(None, Programme::Jht, ClaimCause::Retirement)
        .await;
    let vouched = vouches(&town, &reported.membership_id, true).await;
    let again = vouches(&town, &reported.membership_id, true).await;
    let after = tan
        .client
        .check_eligibility(None, Programme::Jht, ClaimCause::Retirement)
        .await;

    assert_eq!(reported.identity_state(), IdentityState::Unverified);
    assert_eq!(
        (reported.masked_nik.as_str(), reported.kpj.len()),
        ("SG ••••7E", 11)
    );
    assert_eq!(
        (registration.state(), &registration.kpj),
        (State::Active, &reported.kpj)
    );
    // The register was not asked about him, and says nothing.
    assert_eq!(me.identity_state(), IdentityState::Unverified);
    assert_eq!(
        (me.masked_nik.as_str(), me.coverage[0].covered),
        ("SG ••••7E", true)
    );
    let proven = |told: jamsostek_client::Eligibility| {
        let rules = told.rules.into_iter();
        rules
            .filter(|it| it.rule() == Rule::IdentityProven)
            .map(|it| it.passed)
            .collect::<Vec<_>>()
    };
    assert_eq!(proven(before.expect("the law")), [false]);
    assert_eq!(
        (vouched, again),
        (IdentityState::Vouched, IdentityState::Vouched)
    );
    assert_eq!(proven(after.expect("the law")), [true]);
    let books = jamsostek_server::verify(&town.db, &town.seal).await;
    assert_eq!(books.expect("books"), Vec::<String>::new());
}

#[tokio::test]
async fn a_foreigner_proves_himself_as_everybody_does_whoever_has_seen_his_papers() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000502").await;
    let mut tan = town.foreigner(&company, "K1234568E");
    let report = ReportEmployeeRequest {
        contact: String::new(),
        mother_name: MOTHER.into(),
        ..company.report_of_foreigner(&tan)
    };
    let reported = company.client.report_employee(report).await;
    let reported = reported.expect("a report").employee.expect("an employee");
    vouches(&town, &reported.membership_id, true).await;

    tan.has_an_account().await;
    let asked = tan.looks().await;
    let right = tan.proves(&reported.kpj, mother(MOTHER)).await;

    assert_eq!(asked.state(), State::AwaitingProof);
    assert_eq!(right.expect("an account").state(), State::Active);
}

#[tokio::test]
async fn nobody_registers_with_a_passport_whom_no_employer_has_reported() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000503").await;
    let (mut tan, mut known) = (
        town.foreigner(&company, "K1234569E"),
        town.foreigner(&company, "K1234570E"),
    );
    let report = ReportEmployeeRequest {
        contact: String::new(),
        ..company.report_of_foreigner(&known)
    };
    company
        .client
        .report_employee(report)
        .await
        .expect("a report");
    let mut vendor = tan.clone();
    vendor.employee = None;

    let one = tan.starts().await.expect("a registration");
    let other = known.starts().await.expect("a registration");
    tan.confirms_the_code().await.expect("tokens");
    let stopped = tan.looks().await;
    let refusals = [
        tan.tells_work().await.expect_refusal(),
        tan.confirms().await.expect_refusal(),
        tan.proves("10000000000", mother(MOTHER))
            .await
            .expect_refusal(),
    ];
    let elsewhere = vendor.starts().await.expect_refusal();

    // Before the code has come back, the answer is the same for both.
    assert_eq!(
        (one.expires_at, one.next_steps.len()),
        (other.expires_at, other.next_steps.len())
    );
    assert_eq!(
        (stopped.state(), stopped.next_steps),
        (State::Stopped, vec![])
    );
    for refusal in refusals {
        assert_eq!(refusal.reason, ErrorReason::NotReported);
    }
    assert_eq!(elsewhere.reason, ErrorReason::NikNeeded);
    assert_eq!(elsewhere.metadata["segment"], "SEGMENT_BPU");
}

#[tokio::test]
async fn every_bad_field_of_a_passport_is_told() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000504").await;
    let tan = town.foreigner(&company, "K1234571E");
    let good = company.report_of_foreigner(&tan);
    let passport = |country: &str, number: &str| {
        Some(Passport {
            country: country.into(),
            number: number.into(),
        })
    };

    let reports = [
        ReportEmployeeRequest {
            passport: passport("ID", "K1234571E"),
            ..good.clone()
        },
        ReportEmployeeRequest {
            passport: passport("SG", "K12"),
            ..good.clone()
        },
        ReportEmployeeRequest {
            nik: "3174012505900001".into(),
            ..good.clone()
        },
        ReportEmployeeRequest {
            birth_date: String::new(),
            ..good.clone()
        },
        ReportEmployeeRequest {
            passport: None,
            ..good
        },
    ];

    let mut fields = Vec::new();
    for report in reports {
        let refusal = company
            .client
            .report_employee(report)
            .await
            .expect_refusal();
        fields.extend(refusal.violations.into_iter().map(|it| it.field));
    }
    let expected = [
        "passport.country",
        "passport.number",
        "passport",
        "birth_date",
        "nik",
    ];
    assert_eq!(fields, expected);
    assert_eq!(company.employees().await, []);
}

#[tokio::test]
async fn one_passport_is_one_participant_whoever_reports_it() {
    let town = Town::found("2026-03-10").await;
    let (one, two) = (
        town.company("JK000505").await,
        town.company("JK000506").await,
    );
    let tan = town.foreigner(&one, "K1234572E");
    let first = one
        .client
        .report_employee(one.report_of_foreigner(&tan))
        .await;

    let small = ReportEmployeeRequest {
        npp: two.npp.clone(),
        report_id: Uuid::now_v7().to_string(),
        passport: Some(Passport {
            country: "SG".into(),
            number: "k1234572e".into(),
        }),
        ..two.report_of_foreigner(&tan)
    };
    let misspelt = ReportEmployeeRequest {
        full_name: "Somebody Else".into(),
        ..small.clone()
    };
    let misspelt = two.client.report_employee(misspelt).await.expect_refusal();
    let second = two.client.report_employee(small).await;
    let malaysian = ReportEmployeeRequest {
        passport: Some(Passport {
            country: "MY".into(),
            number: "K1234572E".into(),
        }),
        ..two.report_of_foreigner(&tan)
    };
    let other = two.client.report_employee(malaysian).await;

    assert_eq!(misspelt.reason, ErrorReason::IdentityMismatch);
    let kpj = |it: Result<
        jamsostek_client::v1::ReportEmployeeResponse,
        jamsostek_client::Error,
    >| { it.expect("a report").employee.expect("an employee").kpj };
    let first = kpj(first);
    assert_eq!(kpj(second), first);
    assert_ne!(kpj(other), first);
}

#[tokio::test]
async fn an_officer_who_does_not_believe_a_passport_brings_the_work_into_question() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000507").await;
    let tan = town.foreigner(&company, "K1234573E");
    let reported = company
        .client
        .report_employee(company.report_of_foreigner(&tan))
        .await;
    let reported = reported.expect("a report").employee.expect("an employee");

    let refused = vouches(&town, &reported.membership_id, false).await;
    let questioned = company.employee(employee::State::AwaitingOfficer).await;
    town.lets_the_workers_run().await;
    let told = town.client.list_messages(company.contact.clone()).await;
    let vouched = vouches(&town, &reported.membership_id, true).await;

    assert_eq!(refused, IdentityState::Refused);
    assert_eq!(questioned.reason, "IDENTITY_REFUSED");
    let told = told.expect("messages");
    assert!(
        told[0].text.contains("does not confirm somebody"),
        "{told:?}"
    );
    assert_eq!(vouched, IdentityState::Vouched);
}

#[tokio::test]
async fn a_foreigner_has_no_jkp_whatever_else_he_holds() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000508").await;
    let in_jkn = Some(Hire {
        in_jkn: true,
        ..hire("2026-03-01")
    });
    let tan = town.foreigner(&company, "K1234574E");
    let foreigner = ReportEmployeeRequest {
        hire: in_jkn.clone(),
        ..company.report_of_foreigner(&tan)
    };
    let citizen = ReportEmployeeRequest {
        hire: in_jkn,
        ..company.report_of(&town.person(), "2026-03-01")
    };
    for report in [foreigner, citizen] {
        let reported = company.client.report_employee(report).await;
        reported.expect("a report");
    }

    let bill = company.bill(&town, "2026-03").await;

    // 0.14 % of 5,000,000, once.
    assert_eq!((bill.employees, bill.jkp_idr), (2, 7_000));
}

/// An officer decides on the papers of the foreigner who has this membership.
pub async fn vouches(town: &Town, membership: &str, accepted: bool) -> IdentityState {
    let decision = DecideIdentityRequest {
        membership_id: id(membership).to_string(),
        accepted,
        reason: "passport and KITAS were seen".into(),
    };
    let decided = town.officer().decide_identity(decision).await;
    decided.expect("decided").identity_state()
}

impl Town {
    /// Somebody from Singapore who works for `company`.
    fn foreigner(&self, company: &Company, number: &str) -> Person {
        Person {
            nik: String::new(),
            passport: Some(Passport {
                country: "SG".into(),
                number: number.into(),
            }),
            name: "Tan Wei Ming".into(),
            birth_date: "1985-07-20".into(),
            employee: Some(EmployeeStatement {
                npp: company.npp.clone(),
                started_on: "2026-03-10".into(),
                ..EmployeeStatement::default()
            }),
            ..self.person()
        }
    }
}

impl Company {
    fn report_of_foreigner(&self, worker: &Person) -> ReportEmployeeRequest {
        ReportEmployeeRequest {
            passport: worker.passport.clone(),
            birth_date: worker.birth_date.clone(),
            contact: worker.contact.clone(),
            ..self.report_of(worker, "2026-03-10")
        }
    }
}
