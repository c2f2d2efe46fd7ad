//! Employers: registered, found, checked; their users and what each may do.

use jamsostek_client::{
    ErrorReason, Uuid,
    v1::{
        CreateCredentialRequest, EmployerRole, ListCredentialsRequest, Programme,
        RegisterEmployerRequest, RiskClass, Scale, Unit, UpdateEmployerRequest,
    },
};

use crate::{
    company::{Company, papers},
    person::programmes,
    town::{ExpectRefusal, Town, id},
};

#[tokio::test]
async fn an_officer_registers_an_employer_once_and_his_admin_makes_the_other_users() {
    let town = Town::found("2026-03-10").await;
    let filled = papers("JK000101", Scale::Small);

    let first = town.officer().register_employer(filled.clone()).await;
    let first = first.expect("an employer");
    let again = town.officer().register_employer(filled.clone()).await;
    let again = again.expect("the same employer");
    let other = RegisterEmployerRequest {
        city: "Medan".into(),
        ..filled.clone()
    };
    let other = town.officer().register_employer(other).await;
    let taken = RegisterEmployerRequest {
        employer_id: Uuid::now_v7().to_string(),
        ..filled
    };
    let taken = town.officer().register_employer(taken).await;

    let employer = first.employer.clone().expect("an employer");
    assert!(employer.checked);
    assert_eq!(
        employer.programmes,
        programmes([Programme::Jkk, Programme::Jkm, Programme::Jht])
    );
    assert_eq!(again.employer, first.employer);
    assert_eq!((again.admin, again.client_secret), (None, String::new()));
    assert_eq!(other.expect_refusal().reason, ErrorReason::IdTaken);
    let taken = taken.expect_refusal();
    assert_eq!(taken.reason, ErrorReason::NppTaken);
    assert_eq!(taken.metadata["npp"], "JK000101");
}

#[tokio::test]
async fn of_two_employers_who_name_one_unit_at_once_one_has_it() {
    let town = Town::found("2026-03-10").await;
    let (one, two) = (town.officer(), town.officer());
    let (first, second) = (
        papers("JK000106", Scale::Small),
        papers("JK000106", Scale::Small),
    );

    let (first, second) = tokio::join!(one.register_employer(first), two.register_employer(second));

    let (kept, refused) = if first.is_ok() {
        (first, second)
    } else {
        (second, first)
    };
    let kept = kept.expect("an employer").employer.expect("an employer");
    assert_eq!(kept.units[0].npp, "JK000106");
    assert_eq!(refused.expect_refusal().reason, ErrorReason::NppTaken);
}

#[tokio::test]
async fn a_user_does_what_his_roles_allow_and_nothing_once_he_is_revoked() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000102").await;
    let made = user(&company, "Ani", &[EmployerRole::Maker]).await;
    let ani = id(&made.credential.expect("credentials").id);
    let maker = town.client.with_credentials(ani, made.client_secret);

    let worker = town.person();
    let report = company.report_of(&worker, "2026-03-10");
    maker.report_employee(report).await.expect("a report");
    let users = maker
        .list_credentials(ListCredentialsRequest::default())
        .await;
    let listed = company
        .client
        .list_credentials(ListCredentialsRequest::default())
        .await;
    let change = UpdateEmployerRequest {
        city: "Medan".into(),
        ..UpdateEmployerRequest::default()
    };
    let change = maker.update_employer(change).await.expect_refusal();
    company
        .client
        .revoke_credential(ani)
        .await
        .expect("revoked");
    town.waits(301);
    let later = maker.get_employer(None).await.expect_refusal();

    let users = users.expect_refusal();
    assert_eq!(users.reason, ErrorReason::CallerNotAllowed);
    let names = listed.expect("the users").credentials.into_iter();
    assert_eq!(
        names.map(|it| it.name).collect::<Vec<_>>(),
        ["admin", "Ani"]
    );
    assert_eq!(change.reason, ErrorReason::CallerNotAllowed);
    assert_eq!(later.reason, ErrorReason::CredentialsWrong);
}

#[tokio::test]
async fn an_employer_has_fifty_users_at_once() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000103").await;
    for number in 1..50 {
        user(&company, &format!("user {number}"), &[EmployerRole::Maker]).await;
    }

    let one_more = create(&company, "one more", &[EmployerRole::Maker]);
    let one_more = company.client.create_credential(one_more).await;

    let refusal = one_more.expect_refusal();
    assert_eq!(refusal.reason, ErrorReason::TooManyCredentials);
    assert_eq!(refusal.metadata["credentialsMax"], "50");
}

#[tokio::test]
async fn what_an_admin_changes_of_the_price_waits_to_be_checked_again() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000104").await;
    let unit = |npp: &str, risk: RiskClass| Unit {
        npp: npp.into(),
        name: "Gudang".into(),
        risk_class: risk.into(),
    };
    let contact = UpdateEmployerRequest {
        contact: "+6281300000104".into(),
        ..UpdateEmployerRequest::default()
    };
    let store = UpdateEmployerRequest {
        units: vec![unit("JK00010X", RiskClass::High)],
        ..UpdateEmployerRequest::default()
    };
    let of = company.id.to_string();
    let elsewhere = UpdateEmployerRequest {
        employer_id: of.clone(),
        city: "Medan".into(),
        ..UpdateEmployerRequest::default()
    };
    let checked = UpdateEmployerRequest {
        employer_id: of,
        units: vec![unit("JK00010X", RiskClass::High)],
        ..UpdateEmployerRequest::default()
    };

    let moved = company.client.update_employer(contact).await;
    let grown = company.client.update_employer(store).await;
    let unseen = town.officer().update_employer(elsewhere).await;
    let seen = town.officer().update_employer(checked).await;

    assert!(moved.expect("a change").checked);
    let grown = grown.expect("a change");
    assert!(!grown.checked);
    assert_eq!(grown.units.len(), 2);
    // An officer who states a city has not looked at the unit.
    assert!(!unseen.expect("a change").checked);
    assert!(seen.expect("a check").checked);
}

#[tokio::test]
async fn an_employer_is_found_by_the_beginning_of_his_name_thirty_times_an_hour() {
    let town = Town::found("2026-03-10").await;
    town.company("JK000105").await;
    let mut worker = town.person();
    worker.has_an_account().await;
    let looks = |name: &'static str, city: &'static str| {
        let client = worker.client.clone();
        async move { client.search_employers(name, city).await }
    };

    let found = looks("sinar jk000105", "").await.expect("a search");
    let elsewhere = looks("PT Sinar", "Medan").await.expect("a search");
    let short = looks("PT s", "").await.expect_refusal();
    for _ in 2..30 {
        looks("sinar", "bandung").await.expect("a search");
    }
    let spent = looks("sinar", "bandung").await.expect_refusal();

    assert_eq!(found.len(), 1);
    assert_eq!(found[0].npp, "JK000105");
    assert_eq!(elsewhere, []);
    assert_eq!(short.reason, ErrorReason::MalformedRequest);
    assert_eq!(spent.reason, ErrorReason::SearchesSpent);
    town.waits(3_600);
    looks("sinar", "bandung").await.expect("an hour later");
}

fn create(company: &Company, name: &str, roles: &[EmployerRole]) -> CreateCredentialRequest {
    CreateCredentialRequest {
        credential_id: Uuid::now_v7().to_string(),
        employer_id: company.id.to_string(),
        name: name.into(),
        roles: roles.iter().map(|&it| it.into()).collect(),
    }
}

async fn user(
    company: &Company,
    name: &str,
    roles: &[EmployerRole],
) -> jamsostek_client::v1::CreateCredentialResponse {
    let made = company
        .client
        .create_credential(create(company, name, roles));
    made.await.expect("a user")
}
