//! What the users of an employer may, role by role, and what an employer is told to them.

use jamsostek_client::{
    Client, Error, ErrorReason, Uuid,
    v1::{
        CreateCredentialRequest, EmployerRole, ListCredentialsRequest, ListEmployeesRequest,
        Programme, ReportEmploymentEndRequest, ReportWagesRequest, RiskClass, Scale,
        UpdateEmployerRequest, Wage,
    },
};

use crate::{
    company::{Company, WAGE},
    person::{Person, programmes},
    town::{ExpectRefusal, Town, id, timestamp},
};

const NOT_ALLOWED: Option<ErrorReason> = Some(ErrorReason::CallerNotAllowed);

#[tokio::test]
async fn a_checker_bills_and_looks_a_maker_reports_and_an_admin_makes_users() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000601").await;
    let (worker, new) = (town.person(), town.person());
    company.hires(&worker, "2026-03-01").await;
    let admin = user(&company, EmployerRole::Admin).await;
    let maker = user(&company, EmployerRole::Maker).await;
    let checker = user(&company, EmployerRole::Checker).await;

    let administered = reports(&company, &admin, (&worker, &new)).await;
    let checked = reports(&company, &checker, (&worker, &new)).await;
    let made = reports(&company, &maker, (&worker, &new)).await;
    let managed = [&admin, &checker, &maker].map(|it| manages(&company, it));
    let [by_admin, by_checker, by_maker] = managed;
    let (by_admin, by_checker, by_maker) = (by_admin.await, by_checker.await, by_maker.await);
    let bill = Uuid::now_v7();
    let asks = |user: &Client| {
        let (user, npp) = (user.clone(), company.npp.clone());
        async move { user.issue_employer_bill(bill, npp, "2026-03").await }
    };
    let billed_by_admin = asks(&admin).await;
    let billed = asks(&checker).await.expect("a bill");
    let again = asks(&maker).await.expect("the same");

    assert_eq!(administered, [NOT_ALLOWED; 5]);
    assert_eq!(checked, [NOT_ALLOWED; 5]);
    // He is allowed to; the worker who is here already waits for no answer.
    let answered = Some(ErrorReason::WrongState);
    assert_eq!(made, [None, None, answered, answered, None]);
    assert_eq!(by_admin, [None; 3]);
    assert_eq!((by_checker, by_maker), ([NOT_ALLOWED; 3], [NOT_ALLOWED; 3]));
    assert_eq!(reason(billed_by_admin), NOT_ALLOWED);
    assert_eq!(billed.id, again.id);
    for user in [&admin, &maker, &checker] {
        let listed = user.list_employees(ListEmployeesRequest::default()).await;
        assert_eq!(listed.expect("the employees").employees.len(), 2);
        assert!(user.get_employer_bill(bill).await.is_ok());
        assert!(user.get_employer(None).await.is_ok());
    }
}

#[tokio::test]
async fn an_employer_is_told_as_he_is_to_his_own_users_and_to_officers() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000602").await;
    let other = town.company("JK000603").await;
    let checker = user(&company, EmployerRole::Checker).await;

    let own = checker.get_employer(None).await.expect("his employer");
    let named = checker.get_employer(Some(company.id)).await;
    let seen = town.officer().get_employer(Some(company.id)).await;
    let theirs = checker.get_employer(Some(other.id)).await.expect_refusal();
    let nobodys = checker.get_employer(Some(Uuid::now_v7())).await;
    let nobodys = nobodys.expect_refusal();

    assert_eq!(own.id, company.id.to_string());
    assert_eq!(
        (own.name.as_str(), own.city.as_str()),
        ("PT Sinar JK000602", "Bandung")
    );
    assert_eq!((own.scale(), own.labour_intensive), (Scale::Medium, false));
    assert!(!own.masked_contact.contains("hrd") && !own.masked_contact.is_empty());
    assert_eq!(own.units.len(), 1);
    let unit = &own.units[0];
    assert_eq!(
        (unit.npp.as_str(), unit.name.as_str()),
        ("JK000602", "Pusat")
    );
    assert_eq!(unit.risk_class(), RiskClass::VeryLow);
    assert!(own.checked);
    assert_eq!(own.registered_at, Some(timestamp(town.now())));
    let held = [
        Programme::Jkk,
        Programme::Jkm,
        Programme::Jht,
        Programme::Jp,
    ];
    assert_eq!(own.programmes, programmes(held));
    assert_eq!(named.expect("the same"), own);
    assert_eq!(seen.expect("the same"), own);
    assert_eq!(theirs.reason, ErrorReason::NotFound);
    assert_eq!(
        (nobodys.reason, nobodys.message),
        (theirs.reason, theirs.message)
    );
}

#[tokio::test]
async fn a_user_is_made_once_for_an_id_and_his_secret_is_told_once() {
    let town = Town::found("2026-03-10").await;
    let (company, other) = (
        town.company("JK000604").await,
        town.company("JK000605").await,
    );
    let form = create(&company, EmployerRole::Maker);
    let (one, two) = (company.client.clone(), company.client.clone());

    let (first, second) = tokio::join!(
        one.create_credential(form.clone()),
        two.create_credential(form.clone())
    );
    let theirs = CreateCredentialRequest {
        employer_id: other.id.to_string(),
        ..form.clone()
    };
    let theirs = other.client.create_credential(theirs).await;
    let listed = company
        .client
        .list_credentials(ListCredentialsRequest::default())
        .await;

    let (made, refused) = match (first, second) {
        (Ok(made), Err(refused)) | (Err(refused), Ok(made)) => (made, refused),
        both => panic!("not one of two: {both:?}"),
    };
    assert_eq!(refused.reason(), Some(ErrorReason::IdTaken));
    assert_eq!(theirs.expect_refusal().reason, ErrorReason::IdTaken);
    let listed = listed.expect("the users").credentials;
    assert_eq!((listed.len(), &listed[1].id), (2, &form.credential_id));
    let user = id(&form.credential_id);
    let user = town.client.with_credentials(user, made.client_secret);
    assert!(user.get_employer(None).await.is_ok());
}

/// What comes of the five calls that say something of employees: of `worker`, who is here, and of somebody new.
async fn reports(
    company: &Company,
    user: &Client,
    (worker, new): (&Person, &Person),
) -> [Option<ErrorReason>; 5] {
    let listed = company.client.list_employees(Default::default()).await;
    let employees = listed.expect("the employees").employees;
    let membership = employees[0].membership_id.clone();
    let wage = Wage {
        membership_id: membership.clone(),
        wage_idr: WAGE,
        back_pay_idr: 0,
    };
    let wages = ReportWagesRequest {
        npp: company.npp.clone(),
        month: "2026-03".into(),
        wages: vec![wage],
    };
    let end = ReportEmploymentEndRequest {
        membership_id: membership.clone(),
        ended_on: "2026-03-31".into(),
    };
    let company = Company {
        client: user.clone(),
        ..company.clone()
    };
    let membership = id(&membership);
    let report = company.report_of(new, "2026-03-01");
    [
        reason(user.report_employee(report).await),
        reason(user.report_wages(wages).await),
        // Another first day than the one that is known.
        reason(company.confirms(worker, membership, "2026-02-20").await),
        reason(user.deny_employee(membership, "left long ago").await),
        reason(user.report_employment_end(end).await),
    ]
}

/// What comes of the three calls that say something of the employer and his users.
async fn manages(company: &Company, user: &Client) -> [Option<ErrorReason>; 3] {
    let change = UpdateEmployerRequest {
        city: "Medan".into(),
        ..UpdateEmployerRequest::default()
    };
    let users = ListCredentialsRequest::default();
    let new = create(company, EmployerRole::Maker);
    [
        reason(user.update_employer(change).await),
        reason(user.list_credentials(users).await),
        reason(user.create_credential(new).await),
    ]
}

fn reason<T>(answer: Result<T, Error>) -> Option<ErrorReason> {
    answer.err().and_then(|it| it.reason())
}

fn create(company: &Company, role: EmployerRole) -> CreateCredentialRequest {
    CreateCredentialRequest {
        credential_id: Uuid::now_v7().to_string(),
        employer_id: company.id.to_string(),
        name: "Ani".into(),
        roles: vec![role.into()],
    }
}

pub async fn user(company: &Company, role: EmployerRole) -> Client {
    let form = create(company, role);
    let made = company.client.create_credential(form.clone()).await;
    let secret = made.expect("a user").client_secret;
    let user = id(&form.credential_id);
    company.client.with_credentials(user, secret)
}
