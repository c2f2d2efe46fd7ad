//! Units: each has its people, its bill and the risk of its work.

use jamsostek_client::{
    ErrorReason, Programme, Uuid,
    v1::{
        EmployerBill, ListEmployeesRequest, ReportEmployeeRequest, ReportWagesRequest, RiskClass,
        Unit, UpdateEmployerRequest, Wage, employer_bill::State,
    },
};

use crate::{
    company::{Company, WAGE, all},
    person::Person,
    town::{ExpectRefusal, Town, id},
};

/// What [`WAGE`] costs a month without JKK: JKM 15,000, JHT 285,000, JP 150,000.
const WITHOUT_JKK: i64 = 450_000;

#[tokio::test]
async fn a_unit_that_is_added_has_its_own_people_and_its_own_bill() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000801").await;
    let store = opens(&town, &company, &[("JK00080X", RiskClass::High)]).await;
    let (at_desk, at_store) = (town.person(), town.person());

    company.hires(&at_desk, "2026-03-01").await;
    let moved = hires_at(&store, &at_store).await;
    let elsewhere = ReportWagesRequest {
        npp: company.npp.clone(),
        month: "2026-03".into(),
        wages: vec![Wage {
            membership_id: moved.to_string(),
            wage_idr: WAGE,
            back_pay_idr: 0,
        }],
    };
    let elsewhere = company.client.report_wages(elsewhere).await;
    let (desk, stock) = (
        company.bill(&town, "2026-03").await,
        store.bill(&town, "2026-03").await,
    );
    let rows = all(store.client.employer_bill_rows(id(&stock.id))).await;
    let paid = town
        .gateway()
        .pays(&stock.payment_code, stock.payable_idr)
        .await;
    town.lets_the_workers_run().await;

    assert_eq!(elsewhere.expect_refusal().reason, ErrorReason::NotFound);
    assert_eq!((desk.employees, jkk(&desk)), (1, 12_000));
    assert_eq!((stock.employees, jkk(&stock)), (1, 63_500));
    assert_eq!(stock.total_idr, WITHOUT_JKK + 63_500);
    assert_eq!(stock.risk_class(), RiskClass::High);
    let line = rows[0].contributions[0].line.clone().expect("a line");
    assert_eq!(line.formula, "1.27 % × 5,000,000 = 63,500");
    assert_eq!(paid.applied_idr, stock.total_idr);
    let states = async |it: &EmployerBill| {
        let bill = company.client.get_employer_bill(id(&it.id)).await;
        bill.expect("the bill").state()
    };
    assert_eq!(states(&desk).await, State::Open);
    assert_eq!(states(&stock).await, State::Paid);
    for (npp, worker) in [("JK000801", &at_desk), ("JK00080X", &at_store)] {
        let request = ListEmployeesRequest {
            npp: npp.into(),
            ..ListEmployeesRequest::default()
        };
        let listed = company.client.list_employees(request).await;
        let listed = listed.expect("the employees").employees;
        assert_eq!((listed.len(), listed[0].npp.as_str()), (1, npp));
        assert!(listed[0].masked_nik.ends_with(&worker.nik[14..]));
    }
    assert_eq!(company.employees().await.len(), 2);
    town.adds_up().await;
}

#[tokio::test]
async fn the_more_dangerous_the_work_the_more_of_the_wage_is_jkk() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000802").await;
    let classes = [
        ("JK00080A", RiskClass::VeryLow, 12_000),
        ("JK00080B", RiskClass::Low, 27_000),
        ("JK00080C", RiskClass::Medium, 44_500),
        ("JK00080D", RiskClass::High, 63_500),
        ("JK00080E", RiskClass::VeryHigh, 87_000),
    ];
    let units = classes.map(|(npp, risk, _)| (npp, risk));
    opens(&town, &company, &units).await;

    for (npp, risk, owed) in classes {
        let unit = Company {
            npp: npp.into(),
            ..company.clone()
        };
        hires_at(&unit, &town.person()).await;
        let bill = unit.bill(&town, "2026-03").await;

        assert_eq!((bill.risk_class(), jkk(&bill)), (risk, owed));
        assert_eq!(bill.total_idr, WITHOUT_JKK + owed);
    }
    town.adds_up().await;
}

/// Adds units, as an officer has checked; the company at the first of them.
async fn opens(town: &Town, company: &Company, units: &[(&str, RiskClass)]) -> Company {
    let units = units.iter().map(|&(npp, risk)| Unit {
        npp: npp.into(),
        name: format!("Unit {npp}"),
        risk_class: risk.into(),
    });
    let change = UpdateEmployerRequest {
        employer_id: company.id.to_string(),
        units: units.collect(),
        ..UpdateEmployerRequest::default()
    };
    let npp = change.units[0].npp.clone();
    let changed = town.officer().update_employer(change).await;
    assert!(changed.expect("a change").checked);
    Company {
        npp,
        ..company.clone()
    }
}

/// Reports somebody at this unit; his membership.
async fn hires_at(unit: &Company, worker: &Person) -> Uuid {
    let report: ReportEmployeeRequest = unit.report_of(worker, "2026-03-01");
    let hired = unit.client.report_employee(report).await;
    let employee = hired.expect("a report").employee.expect("an employee");
    assert_eq!(employee.npp, unit.npp);
    id(&employee.membership_id)
}

fn jkk(bill: &EmployerBill) -> i64 {
    let lines = bill.lines.iter();
    let jkk = lines.filter(|it| it.programme() == Programme::Jkk);
    jkk.map(|it| it.amount_idr).sum()
}
