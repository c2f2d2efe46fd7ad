//! Everybody may ask which number of the law applied on a day, and why.

use jamsostek_client::{ErrorReason, NaiveDate, v1::ListParametersRequest};

use crate::town::{ExpectRefusal, Town};

#[tokio::test]
async fn a_number_of_the_law_comes_with_its_text() {
    let town = Town::found("2026-03-10").await;

    let today = town
        .client
        .get_parameter("bpu/jkm_contribution", None)
        .await
        .expect("a number");

    let parameter = today.parameter.expect("a parameter");
    let value = &parameter.values[0];
    assert_eq!(parameter.values.len(), 1);
    assert_eq!(
        (parameter.unit.as_str(), value.value.as_str()),
        ("IDR", "6,800")
    );
    assert!(value.from.as_str() <= "2026-03-10", "{}", value.from);
    let reference = value.reference.as_ref().expect("a text");
    assert!(!reference.title.is_empty() && reference.href.starts_with("https://"));
    let info = town.client.get_server_info().await.expect("itself");
    assert_eq!(today.policy_version, info.policy_version);
}

#[tokio::test]
async fn a_number_is_that_of_the_day() {
    let town = Town::found("2026-03-10").await;

    let mut numbers = Vec::new();
    for (month, day) in [(3, 31), (4, 1), (12, 31)] {
        let day = NaiveDate::from_ymd_opt(2026, month, day);
        let found = town.client.get_parameter("bpu/discount_other", day).await;
        let parameter = found.expect("a number").parameter.expect("a parameter");
        numbers.push(parameter.values[0].value.clone());
    }

    assert_eq!(numbers, ["0.00 %", "50.00 %", "50.00 %"]);
}

#[tokio::test]
async fn the_nearest_number_is_never_given_instead() {
    let town = Town::found("2026-03-10").await;
    let day = NaiveDate::from_ymd_opt(1999, 12, 31);

    let refusal = town
        .client
        .get_parameter("bpu/jkm_contribution", day)
        .await
        .expect_refusal();
    let unknown = town
        .client
        .get_parameter("bpu/luck", None)
        .await
        .expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::NoParameter);
    assert_eq!(refusal.metadata["parameter"], "bpu/jkm_contribution");
    assert_eq!(refusal.metadata["day"], "1999-12-31");
    assert_eq!(unknown.reason, ErrorReason::NotFound);
}

#[tokio::test]
async fn all_numbers_are_listed_by_name_a_page_at_a_time() {
    let town = Town::found("2026-03-10").await;
    let mut request = ListParametersRequest {
        page_size: 3,
        ..Default::default()
    };
    let mut names = Vec::new();

    loop {
        let page = town
            .client
            .list_parameters(request.clone())
            .await
            .expect("a page");
        assert!(page.parameters.len() <= 3);
        assert!(page.parameters.iter().all(|it| !it.values.is_empty()));
        names.extend(page.parameters.into_iter().map(|it| it.name));
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }

    let mut sorted = names.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(names, sorted);
    assert!(names.len() > 5);
}

#[tokio::test]
async fn a_page_token_of_another_list_is_none() {
    let town = Town::found("2026-03-10").await;
    let request = ListParametersRequest {
        page_token: "made-up".into(),
        ..Default::default()
    };

    let refusal = town.client.list_parameters(request).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::MalformedRequest);
    assert_eq!(refusal.violations[0].field, "page_token");
}
