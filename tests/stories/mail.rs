//! Codes leave by a real mail server: encrypted, signed in, each at most once.

use jamsostek_client::v1::get_otp_delivery_response::State;

use crate::{
    carriers::{confirms, town_with, way},
    mail_server::{MailServer, PASSWORD},
    sms_gateway::code_in,
    town::Town,
};

#[tokio::test]
async fn a_code_comes_by_mail_and_opens_the_registration() {
    let (town, mut server) = town_with_mail().await;
    let mut siti = town.person();
    siti.contact = "siti.aminah@example.id".into();
    siti.starts().await.expect("a registration");

    town.lets_the_workers_run().await;

    let mails = server.mails().await;
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail.to, ["siti.aminah@example.id"]);
    assert_eq!(mail.from, "no-reply@jamsostek.example");
    assert!(mail.id.ends_with("@jamsostek.example>"), "{}", mail.id);
    assert_eq!(mail.subject, "Kode OTP Jamsostek / Jamsostek code");
    assert!(mail.encrypted && mail.signed_in);
    assert_eq!(way(&town, &siti).await, State::Sent);
    assert_eq!(siti.reads_messages().await, Vec::<String>::new());
    confirms(&mut siti, &code_in(&mail.text)).await;
    siti.tells_work().await.expect("the work is taken");
    // What goes to a number is the sandbox's as before.
    let mut budi = town.person();
    budi.has_an_account().await;
}

#[tokio::test]
async fn a_code_waits_while_the_mail_server_cannot_take_it_and_comes_once() {
    let (town, mut server) = town_with_mail().await;
    let mut siti = town.person();
    siti.contact = "siti@example.id".into();
    server.is("busy").await;
    siti.starts().await.expect("a registration");
    town.lets_the_workers_run().await;
    let busy = way(&town, &siti).await;
    server.is("open").await;

    town.waits(5);
    town.lets_the_workers_run().await;
    town.waits(60);
    town.lets_the_workers_run().await;

    assert_eq!(busy, State::Queued);
    let mails = server.mails().await;
    assert_eq!(mails.len(), 1);
    confirms(&mut siti, &code_in(&mails[0].text)).await;
}

#[tokio::test]
async fn a_code_waits_while_the_mail_server_says_nothing() {
    let mut server = MailServer::opens().await;
    let mut flags = server.flags();
    flags.extend(["--carrier-timeout-milliseconds", "500"].map(str::to_owned));
    let town = town_with(flags).await;
    let mut siti = town.person();
    siti.contact = "siti@example.id".into();
    server.is("silent").await;
    siti.starts().await.expect("a registration");

    town.lets_the_workers_run().await;

    // It had not been handed over yet.
    assert_eq!(way(&town, &siti).await, State::Queued);
    assert!(server.mails().await.is_empty());
    town.waits(301);
    town.lets_the_workers_run().await;
    assert_eq!(way(&town, &siti).await, State::Failed);
}

#[tokio::test]
async fn a_code_to_an_address_that_the_mail_server_refuses_has_failed() {
    let (town, mut server) = town_with_mail().await;
    let mut siti = town.person();
    siti.contact = "nobody@example.id".into();
    server.is("refusing").await;

    siti.starts().await.expect("a registration");
    town.lets_the_workers_run().await;

    assert_eq!(way(&town, &siti).await, State::Failed);
}

#[tokio::test]
async fn a_code_waits_while_the_mail_server_has_something_against_us() {
    let (town, mut server) = town_with_mail().await;
    let mut people = Vec::new();
    for (number, reply) in [
        "530 5.7.0 Authentication required",
        "535 5.7.8 Who are you",
        "550 5.7.1 Relaying denied",
        "550 5.1.0 Sender address rejected: User unknown",
        "552 Too many recipients",
        "553 5.7.1 Sender address rejected: not owned by user",
        "553 sorry, that domain is none of ours",
        "554 5.7.1 Relay access denied",
        "554 No SMTP service here",
    ]
    .into_iter()
    .enumerate()
    {
        let mut person = town.person();
        person.contact = format!("person{number}@example.id");
        server.is(reply).await;
        person.starts().await.expect("a registration");
        town.lets_the_workers_run().await;
        assert_eq!(way(&town, &person).await, State::Queued, "{reply}");
        people.push(person);
    }
    server.is("open").await;

    town.waits(60);
    town.lets_the_workers_run().await;

    let mails = server.mails().await;
    assert_eq!(mails.len(), people.len());
    for mut person in people {
        let mail = mails.iter().find(|it| it.to == [person.contact.clone()]);
        confirms(&mut person, &code_in(&mail.expect("his").text)).await;
    }
}

#[tokio::test]
async fn a_code_to_an_address_that_can_never_be_reached_has_failed() {
    let (town, mut server) = town_with_mail().await;
    for (number, reply) in [
        "550 nobody here",
        "551 he has left",
        "553 5.1.3 no such syntax",
        "554 5.1.2 no such host",
        "550 5.2.1 disabled",
    ]
    .into_iter()
    .enumerate()
    {
        let mut person = town.person();
        person.contact = format!("person{number}@example.id");
        server.is(reply).await;

        person.starts().await.expect("a registration");
        town.lets_the_workers_run().await;

        assert_eq!(way(&town, &person).await, State::Failed, "{reply}");
    }
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_does_not_come_twice() {
    let (town, mut server) = town_with_mail().await;
    let mut siti = town.person();
    siti.contact = "siti@example.id".into();
    server.is("breaking").await;
    siti.starts().await.expect("a registration");
    town.lets_the_workers_run().await;
    server.is("open").await;

    town.waits(60);
    town.lets_the_workers_run().await;

    assert_eq!(way(&town, &siti).await, State::Unconfirmed);
    let mails = server.mails().await;
    assert_eq!(mails.len(), 1);
    confirms(&mut siti, &code_in(&mails[0].text)).await;
}

#[tokio::test]
async fn mail_is_handed_to_nobody_who_is_not_vouched_for_or_does_not_know_us() {
    for (password, ca) in [(PASSWORD, "another-ca.pem"), ("guessed", "ca.pem")] {
        let mut server = MailServer::opens().await;
        let town = town_with(server.flags_with(password, ca)).await;
        let mut siti = town.person();
        siti.contact = "siti@example.id".into();
        siti.starts().await.expect("a registration");

        town.lets_the_workers_run().await;

        assert!(server.mails().await.is_empty(), "{password} {ca}");
        // It waits until somebody mends it.
        assert_eq!(way(&town, &siti).await, State::Queued, "{password} {ca}");
    }
}

#[tokio::test]
async fn many_mails_leave_each_to_its_own() {
    let (town, mut server) = town_with_mail().await;
    let mut people = Vec::new();
    for number in 0..12 {
        let mut person = town.person();
        person.contact = format!("person{number}@example.id");
        person.starts().await.expect("a registration");
        people.push(person);
    }

    town.lets_the_workers_run().await;

    let mails = server.mails().await;
    assert_eq!(mails.len(), people.len());
    for mut person in people {
        let mail = mails.iter().find(|it| it.to == [person.contact.clone()]);
        confirms(&mut person, &code_in(&mail.expect("his").text)).await;
    }
}

async fn town_with_mail() -> (Town, MailServer) {
    let server = MailServer::opens().await;
    let town = town_with(server.flags()).await;
    (town, server)
}
