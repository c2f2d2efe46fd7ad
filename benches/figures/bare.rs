//! The least that an echo can cost: a tonic server of the same contract with nothing in front of it, in a process of its own.

use std::process::Stdio;

use jamsostek_proto::v1::{
    CreateCredentialRequest, CreateCredentialResponse, IssueTokenRequest, IssueTokenResponse,
    ListCredentialsRequest, ListCredentialsResponse, RefreshTokenRequest, RefreshTokenResponse,
    RevokeCredentialRequest, RevokeCredentialResponse, RevokeTokenRequest, RevokeTokenResponse,
    Subject, WhoAmIRequest, WhoAmIResponse,
    session_service_server::{SessionService, SessionServiceServer},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};
use tonic::{
    Request, Response, Status,
    transport::{Server, server::TcpIncoming},
};

/// Makes this program the bare server.
pub const FLAG: &str = "--bare-echo";

pub struct Bare {
    pub address: String,
    pub process: Child,
}

pub async fn start() -> Bare {
    let program = std::env::current_exe().expect("this program");
    let mut process = Command::new(program)
        .arg(FLAG)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let printed = process.stdout.take().expect("piped");
    let address = BufReader::new(printed).lines().next_line().await;
    Bare {
        address: address.expect("text").expect("an address"),
        process,
    }
}

pub async fn serve() {
    let any = "127.0.0.1:0".parse().expect("an address");
    let incoming = TcpIncoming::bind(any)
        .expect("a port")
        .with_nodelay(Some(true));
    println!("{}", incoming.local_addr().expect("an address"));
    let served = Server::builder().add_service(SessionServiceServer::new(Echo));
    served
        .serve_with_incoming(incoming)
        .await
        .expect("it serves");
}

struct Echo;

#[tonic::async_trait]
impl SessionService for Echo {
    async fn who_am_i(
        &self,
        _: Request<WhoAmIRequest>,
    ) -> Result<Response<WhoAmIResponse>, Status> {
        Ok(Response::new(WhoAmIResponse {
            subject: Subject::Service.into(),
            subject_id: "00000000-0000-7000-8000-000000000001".into(),
            scopes: vec!["payments.write".into()],
            expires_at: Some(prost_types::Timestamp {
                seconds: 1_800_000_000,
                nanos: 0,
            }),
        }))
    }

    async fn issue_token(
        &self,
        _: Request<IssueTokenRequest>,
    ) -> Result<Response<IssueTokenResponse>, Status> {
        Err(Status::unimplemented("only an echo"))
    }

    async fn refresh_token(
        &self,
        _: Request<RefreshTokenRequest>,
    ) -> Result<Response<RefreshTokenResponse>, Status> {
        Err(Status::unimplemented("only an echo"))
    }

    async fn revoke_token(
        &self,
        _: Request<RevokeTokenRequest>,
    ) -> Result<Response<RevokeTokenResponse>, Status> {
        Err(Status::unimplemented("only an echo"))
    }

    async fn create_credential(
        &self,
        _: Request<CreateCredentialRequest>,
    ) -> Result<Response<CreateCredentialResponse>, Status> {
        Err(Status::unimplemented("only an echo"))
    }

    async fn list_credentials(
        &self,
        _: Request<ListCredentialsRequest>,
    ) -> Result<Response<ListCredentialsResponse>, Status> {
        Err(Status::unimplemented("only an echo"))
    }

    async fn revoke_credential(
        &self,
        _: Request<RevokeCredentialRequest>,
    ) -> Result<Response<RevokeCredentialResponse>, Status> {
        Err(Status::unimplemented("only an echo"))
    }
}
