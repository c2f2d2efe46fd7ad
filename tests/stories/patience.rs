//! A service that asks for more patience than anybody has.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use jamsostek_client::{
    Client, Error, ErrorReason, Options, Uuid,
    v1::{
        GetOtpDeliveryRequest, GetOtpDeliveryResponse, GetServerInfoRequest, GetServerInfoResponse,
        SendOtpRequest, SendOtpResponse, SendStepUpOtpRequest, SendStepUpOtpResponse,
        VerifyOtpRequest, VerifyOtpResponse,
        otp_service_server::{OtpService, OtpServiceServer},
        server_service_server::{ServerService, ServerServiceServer},
    },
};
use prost::Message;
use prost_types::Any;
use tokio::{net::TcpListener, time::timeout};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Code, Request, Response, Status, transport::Server};
use tonic_types::pb::{self, ErrorInfo, RetryInfo};

use crate::jamsostekd::PATIENCE;

/// It refuses everybody, and asks them to come again at the end of time.
struct Forever;

#[tonic::async_trait]
impl ServerService for Forever {
    async fn get_server_info(
        &self,
        _: Request<GetServerInfoRequest>,
    ) -> Result<Response<GetServerInfoResponse>, Status> {
        Err(come_again_after(i64::MAX))
    }
}

/// A refusal as it stands on the wire: what builds one for services allows no such number.
fn come_again_after(seconds: i64) -> Status {
    let reason = ErrorInfo {
        reason: ErrorReason::StoreUnavailable.as_str_name().into(),
        domain: jamsostek_proto::ERROR_DOMAIN.into(),
        ..ErrorInfo::default()
    };
    let again = RetryInfo {
        retry_delay: Some(prost_types::Duration { seconds, nanos: 0 }),
    };
    let any = |name: &str, value| Any {
        type_url: format!("type.googleapis.com/google.rpc.{name}"),
        value,
    };
    let status = pb::Status {
        code: Code::Unavailable.into(),
        message: "not now".into(),
        details: vec![
            any("ErrorInfo", reason.encode_to_vec()),
            any("RetryInfo", again.encode_to_vec()),
        ],
    };
    Status::with_details(Code::Unavailable, "not now", status.encode_to_vec().into())
}

#[tokio::test]
async fn whoever_asks_for_more_patience_than_there_is_time_is_heard_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let served = Server::builder()
        .add_service(ServerServiceServer::new(Forever))
        .serve_with_incoming(TcpListenerStream::new(listener));
    tokio::spawn(served);
    let endless = Options::new(format!("http://{address}")).deadline(Duration::MAX);

    let endless = Client::connect(endless).await.expect("a connection");
    let asked = timeout(PATIENCE, endless.get_server_info()).await;
    let short = endless.with_deadline(Duration::from_secs(1));
    let soon = timeout(PATIENCE, short.get_server_info()).await;
    let again = endless.with_deadline(Duration::MAX);
    let again = timeout(PATIENCE, again.get_server_info()).await;

    for told in [asked, soon, again] {
        let refusal = told.expect("in time").expect_err("not now");
        let refusal = refusal.refusal().expect("a refusal");
        assert_eq!(refusal.reason, ErrorReason::StoreUnavailable);
        let after = refusal.retry_after.expect("when to come again");
        assert!(after > Duration::from_secs(3_600), "{after:?}");
    }
}

/// It hears codes, and keeps no connection for long.
#[derive(Clone, Default)]
struct Brief(Arc<AtomicUsize>);

#[tonic::async_trait]
impl OtpService for Brief {
    async fn send_otp(
        &self,
        _: Request<SendOtpRequest>,
    ) -> Result<Response<SendOtpResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn send_step_up_otp(
        &self,
        _: Request<SendStepUpOtpRequest>,
    ) -> Result<Response<SendStepUpOtpResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn get_otp_delivery(
        &self,
        _: Request<GetOtpDeliveryRequest>,
    ) -> Result<Response<GetOtpDeliveryResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn verify_otp(
        &self,
        _: Request<VerifyOtpRequest>,
    ) -> Result<Response<VerifyOtpResponse>, Status> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Response::new(VerifyOtpResponse::default()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_try_that_nobody_looked_at_on_an_old_connection_is_made_on_the_next_and_counts_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let brief = Brief::default();
    let served = Server::builder()
        .max_connection_age(Duration::from_millis(20))
        .add_service(OtpServiceServer::new(brief.clone()))
        .serve_with_incoming(TcpListenerStream::new(listener));
    tokio::spawn(served);
    let options = Options::new(format!("http://{address}"));
    let client = Client::connect(options).await.expect("a connection");
    let (tries, broke) = (6_400, Arc::new(AtomicUsize::new(0)));

    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let (client, broke) = (client.clone(), broke.clone());
        tasks.spawn(async move {
            for _ in 0..tries / 64 {
                let answer = client.verify_otp(Uuid::now_v7(), "123456").await;
                // The stub's answer is none of the service's; that it came is what counts.
                let Err(Error::Transport(status)) = answer else {
                    continue;
                };
                // A connection that breaks says nothing of the calls on it; they are not made twice.
                let told = format!("{status:?}");
                let nobody_looked = told.contains("NO_ERROR") || told.contains("Canceled");
                assert!(!nobody_looked, "{told}");
                broke.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("every try is answered");
    }

    let (heard, broke) = (
        brief.0.load(Ordering::Relaxed),
        broke.load(Ordering::Relaxed),
    );
    assert!(heard <= tries && heard + broke >= tries, "{heard} {broke}");
}
