//! A server that is not ours: it says that it is in production, and refuses in the language it is asked for.

use std::{sync::Arc, time::Duration};

use jamsostek_client::v1::{
    CreateCredentialRequest, CreateCredentialResponse, GetBalanceRequest, GetBalanceResponse,
    GetServerInfoRequest, GetServerInfoResponse, IssueTokenRequest, IssueTokenResponse,
    ListCredentialsRequest, ListCredentialsResponse, ListStatementLinesRequest,
    ListStatementLinesResponse, RefreshTokenRequest, RefreshTokenResponse, RevokeCredentialRequest,
    RevokeCredentialResponse, RevokeTokenRequest, RevokeTokenResponse, WhoAmIRequest,
    WhoAmIResponse,
    balance_service_server::{BalanceService, BalanceServiceServer},
    server_service_server::{ServerService, ServerServiceServer},
    session_service_server::{SessionService, SessionServiceServer},
};
use prost_types::Timestamp;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Code, Request, Response, Status, transport::Server};
use tonic_types::{ErrorDetails, StatusExt};

use super::Shell;

/// What it is asked, it answers so.
struct Elsewhere {
    today: String,
    /// When the tokens that it gives end.
    tokens_end: Timestamp,
}

#[tonic::async_trait]
impl ServerService for Elsewhere {
    async fn get_server_info(
        &self,
        _: Request<GetServerInfoRequest>,
    ) -> Result<Response<GetServerInfoResponse>, Status> {
        Ok(Response::new(GetServerInfoResponse {
            version: "9.9.9".into(),
            profile: "production".into(),
            today: self.today.clone(),
            ..GetServerInfoResponse::default()
        }))
    }
}

#[tonic::async_trait]
impl SessionService for Elsewhere {
    async fn who_am_i(
        &self,
        _: Request<WhoAmIRequest>,
    ) -> Result<Response<WhoAmIResponse>, Status> {
        Ok(Response::new(WhoAmIResponse::default()))
    }

    async fn issue_token(
        &self,
        _: Request<IssueTokenRequest>,
    ) -> Result<Response<IssueTokenResponse>, Status> {
        Ok(Response::new(IssueTokenResponse {
            access_token: "a".into(),
            access_expires_at: Some(self.tokens_end),
            subject: 4,
        }))
    }

    async fn refresh_token(
        &self,
        _: Request<RefreshTokenRequest>,
    ) -> Result<Response<RefreshTokenResponse>, Status> {
        Err(Status::unimplemented("nothing here"))
    }

    async fn revoke_token(
        &self,
        _: Request<RevokeTokenRequest>,
    ) -> Result<Response<RevokeTokenResponse>, Status> {
        Err(Status::unimplemented("nothing here"))
    }

    async fn create_credential(
        &self,
        _: Request<CreateCredentialRequest>,
    ) -> Result<Response<CreateCredentialResponse>, Status> {
        Err(Status::unimplemented("nothing here"))
    }

    async fn list_credentials(
        &self,
        _: Request<ListCredentialsRequest>,
    ) -> Result<Response<ListCredentialsResponse>, Status> {
        Err(Status::unimplemented("nothing here"))
    }

    async fn revoke_credential(
        &self,
        _: Request<RevokeCredentialRequest>,
    ) -> Result<Response<RevokeCredentialResponse>, Status> {
        Err(Status::unimplemented("nothing here"))
    }
}

#[tonic::async_trait]
impl BalanceService for Elsewhere {
    async fn get_balance(
        &self,
        request: Request<GetBalanceRequest>,
    ) -> Result<Response<GetBalanceResponse>, Status> {
        let asked = request.metadata().get("accept-language");
        let message = match asked.and_then(|it| it.to_str().ok()) {
            Some("id") => "layanan terlalu sibuk",
            _ => "the service is too busy",
        };
        let reason = "ERROR_REASON_OVERLOADED";
        let domain = jamsostek_proto::ERROR_DOMAIN;
        let mut details = ErrorDetails::with_error_info(
            reason,
            domain,
            [("callsMax".to_owned(), "1".to_owned())],
        );
        details
            .set_localized_message("id", message)
            .set_retry_info(Some(Duration::from_secs(7)));
        let english = "the service is too busy";
        Err(Status::with_error_details(
            Code::ResourceExhausted,
            english,
            details,
        ))
    }

    async fn list_statement_lines(
        &self,
        _: Request<ListStatementLinesRequest>,
    ) -> Result<Response<ListStatementLinesResponse>, Status> {
        Err(Status::unimplemented("an older service"))
    }
}

/// Serves it; a shell there, of an officer.
async fn elsewhere(today: &str, tokens_end: i64) -> Shell {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let [server, session, balance] = [(); 3].map(|()| Elsewhere {
        today: today.to_owned(),
        tokens_end: Timestamp {
            seconds: tokens_end,
            nanos: 0,
        },
    });
    let served = Server::builder()
        .add_service(ServerServiceServer::from_arc(Arc::new(server)))
        .add_service(SessionServiceServer::new(session))
        .add_service(BalanceServiceServer::new(balance))
        .serve_with_incoming(TcpListenerStream::new(listener));
    tokio::spawn(served);
    let mut shell = Shell::at(&format!("http://{address}"));
    shell.set(
        "JAMSOSTEK_CLIENT_ID",
        "00000000-0000-7000-8000-000000000002",
    );
    shell.set("JAMSOSTEK_CLIENT_SECRET", "s");
    shell
}

#[tokio::test]
async fn nobody_plays_the_gateway_but_in_a_sandbox() {
    let shell = elsewhere("2026-03-10", 0).await;

    let paid = shell.runs(&["pay", "8899999999999"]).await;

    assert_eq!((paid.exit, paid.printed.as_str()), (1, ""));
    assert!(
        paid.complained.contains("no sandbox but production"),
        "{}",
        paid.complained
    );
    assert!(paid.complained.contains("at a bank"), "{}", paid.complained);
}

#[tokio::test]
async fn in_production_a_clock_that_is_far_off_fails() {
    // In 1970 and 2001 it is too late for five minutes to matter.
    let shell = elsewhere("2001-09-09", 1_000_000_000).await;

    let told = shell.runs(&["doctor", "--json"]).await;

    assert_eq!(told.exit, 1, "{}", told.complained);
    let told: serde_json::Value = serde_json::from_str(&told.printed).expect("JSON");
    let health = |check: &str| {
        let checks = told["checks"].as_array().expect("checks").iter();
        let mut found = checks.filter(|it| it["check"] == check);
        found.next().expect("a check")["health"].clone()
    };
    assert_eq!(
        (health("clock"), health("version")),
        ("fail".into(), "warn".into())
    );
    assert_eq!(told["healthy"], false);
}

#[tokio::test]
async fn refusals_come_in_the_language_that_was_asked_for() {
    let shell = elsewhere("2026-03-10", 0).await;

    let indonesian = shell.runs(&["balance", "--lang", "id"]).await;
    let english = shell.runs(&["balance"]).await;

    assert_eq!((indonesian.exit, english.exit), (5, 5));
    assert!(
        indonesian
            .complained
            .starts_with("jamsostek: Layanan terlalu sibuk."),
        "{}",
        indonesian.complained
    );
    assert!(
        english
            .complained
            .starts_with("jamsostek: The service has too much to do."),
        "{}",
        english.complained
    );
    assert!(
        english.complained.ends_with("Try again in 7 seconds.\n"),
        "{}",
        english.complained
    );
}

#[tokio::test]
async fn a_service_that_does_not_know_a_command_is_told_so() {
    let shell = elsewhere("2026-03-10", 0).await;

    let told = shell.runs(&["statement"]).await;

    assert_eq!(told.exit, 70);
    assert!(
        told.complained.contains("does not know this command"),
        "{}",
        told.complained
    );
    assert!(
        told.complained.contains("`jamsostek doctor`"),
        "{}",
        told.complained
    );
}
