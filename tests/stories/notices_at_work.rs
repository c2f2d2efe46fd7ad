//! What an employee is written at each turn of his work: in Indonesian, and then in English.

use jamsostek_client::v1::{
    DecideEmploymentRequest, ReportEmployeeRequest, ReportEmploymentEndRequest,
};

use crate::{
    company::hire,
    person::Person,
    town::{Town, id},
};

#[tokio::test]
async fn an_employee_reads_in_both_languages_what_his_employer_says_of_him() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK001501").await;
    let mut worker = town.works_at(&company);
    worker.waits_for_his_employer().await;
    let membership = worker.membership().await;

    let denied = company.client.deny_employee(membership, "not on our list");
    denied.await.expect("denied");
    let after_denial = newest(&worker).await;
    let confirmed = company.confirms(&worker, membership, "2026-03-02").await;
    confirmed.expect("confirmed all the same");
    let after_answer = newest(&worker).await;
    let end = ReportEmploymentEndRequest {
        membership_id: membership.to_string(),
        ended_on: "2026-03-31".into(),
    };
    company
        .client
        .report_employment_end(end)
        .await
        .expect("an end");
    let after_end = newest(&worker).await;

    assert_eq!(
        after_denial,
        "Pemberi kerja membantah bahwa Anda bekerja di sana. Petugas kami akan memutuskan; siapkan kontrak atau slip gaji. / The employer \
         denies that you work there. An officer will decide; keep your contract or pay slip ready."
    );
    assert_eq!(
        after_answer,
        "Pemberi kerja JK001501 melaporkan Anda sebagai pekerja, terlindungi sejak 2 Maret 2026. Tidak benar? Hubungi kami. / Employer \
         JK001501 has reported you; you are covered from 2 March 2026. Not so? Call us."
    );
    assert_eq!(
        after_end,
        "Pemberi kerja JK001501 melaporkan bahwa Anda bekerja sampai 31 Maret 2026. / Employer JK001501 has reported that 31 March 2026 \
         is your last day."
    );
}

#[tokio::test]
async fn whom_nobody_answers_for_is_told_so_and_what_an_officer_decides() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK001502").await;
    let mut worker = town.works_at(&company);
    worker.waits_for_his_employer().await;
    let membership = worker.membership().await;

    town.waits(30 * 86_400);
    let unanswered = newest(&worker).await;
    let no = DecideEmploymentRequest {
        membership_id: membership.to_string(),
        accepted: false,
        reason: "no contract, no pay slip".into(),
        ..DecideEmploymentRequest::default()
    };
    town.officer().decide_employment(no).await.expect("decided");
    let unproven = newest(&worker).await;

    assert_eq!(
        unanswered,
        "Pemberi kerja belum menjawab selama 30 hari. Petugas kami memutuskan; siapkan kontrak atau slip gaji. / Your employer has not \
         answered for 30 days. An officer decides; keep your contract or pay slip ready."
    );
    assert_eq!(
        unproven,
        "Petugas memutuskan bahwa pekerjaan yang Anda sebutkan tidak terbukti. / An officer has decided that the work you named is not \
         proven."
    );
}

#[tokio::test]
async fn whom_an_employer_reports_is_told_where_the_employer_says_and_nothing_about_himself() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK001503").await;
    let worker = town.person();
    let report = ReportEmployeeRequest {
        contact: worker.contact.clone(),
        ..company.report_of(&worker, &hire("2026-03-01").started_on)
    };

    let reported = company.client.report_employee(report).await;

    let employee = reported.expect("a report").employee.expect("an employee");
    let told = newest(&worker).await;
    assert_eq!(
        told,
        "Pemberi kerja JK001503 mendaftarkan Anda di Jamsostek. Buka akun dengan NIK Anda untuk melihatnya. / Employer JK001503 has \
         registered you with Jamsostek. Open an account with your NIK to see it."
    );
    for secret in [&employee.kpj, &worker.nik, &worker.name] {
        assert!(!told.contains(secret.as_str()), "{told}");
    }
    assert_ne!(id(&employee.membership_id), uuid::Uuid::nil());
}

async fn newest(worker: &Person) -> String {
    worker.reads_messages().await.remove(0)
}
