use std::{pin::Pin, sync::Arc, time::Duration};

use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use jamsostek_proto::v1::{
    CancelSubmissionRequest, CancelSubmissionResponse, CommitSubmissionRequest,
    CommitSubmissionResponse, CreateSubmissionRequest, CreateSubmissionResponse,
    GetSubmissionRequest, GetSubmissionResponse, ListRowResultsRequest, ListRowResultsResponse,
    StreamRowResultsRequest, StreamRowResultsResponse, UploadRowsRequest, UploadRowsResponse,
    WatchSubmissionRequest, WatchSubmissionResponse,
    submission_service_server::{SubmissionService, SubmissionServiceServer},
};
use tonic::{Request, Response, Status, Streaming};
use uuid::Uuid;

mod answer;
mod arriving;
mod paper;
mod refused;

use super::{Submission, Submissions, show::Standing};
use crate::{
    caller::Caller,
    db, page,
    refusal::{Fields, Reason},
};

/// The list whose page tokens these are.
const RESULTS: &str = "submission.results";
/// How many results one message of a stream has.
const STREAM_PAGE: u64 = 500;
/// How often it is looked whether a submission has come further.
const LOOKS: Duration = Duration::from_millis(250);

/// The submission service.
pub(crate) fn service(
    submissions: Arc<Submissions>,
) -> SubmissionServiceServer<impl SubmissionService> {
    SubmissionServiceServer::new(Rpc { submissions })
}

struct Rpc {
    submissions: Arc<Submissions>,
}

type Streamed<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send + 'static>>;

impl Rpc {
    async fn shown(
        &self,
        submission: Submission,
    ) -> Result<jamsostek_proto::v1::Submission, Status> {
        Ok(self.submissions.shown(submission).await?.into())
    }
}

#[tonic::async_trait]
impl SubmissionService for Rpc {
    type StreamRowResultsStream = Streamed<StreamRowResultsResponse>;
    type WatchSubmissionStream = Streamed<WatchSubmissionResponse>;

    async fn create_submission(
        &self,
        request: Request<CreateSubmissionRequest>,
    ) -> Result<Response<CreateSubmissionResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (declared, repeatable) = paper::declaration(&request.into_inner())?;
        let made = db::retrying(|| self.submissions.create(&caller, &declared)).await?;
        Ok(Response::new(CreateSubmissionResponse {
            submission: Some(self.shown(made).await?),
            repeatable,
        }))
    }

    async fn upload_rows(
        &self,
        request: Request<Streaming<UploadRowsRequest>>,
    ) -> Result<Response<UploadRowsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let arriving = arriving::Arriving::new(request.into_inner());
        let kept = arriving.all(&self.submissions, &caller).await?;
        Ok(Response::new(UploadRowsResponse {
            submission: Some(self.shown(kept).await?),
        }))
    }

    async fn commit_submission(
        &self,
        request: Request<CommitSubmissionRequest>,
    ) -> Result<Response<CommitSubmissionResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = paper::id(&request.get_ref().submission_id)?;
        let turned = db::retrying(|| self.submissions.commit(&caller, id)).await?;
        Ok(Response::new(CommitSubmissionResponse {
            submission: Some(self.shown(turned).await?),
        }))
    }

    async fn cancel_submission(
        &self,
        request: Request<CancelSubmissionRequest>,
    ) -> Result<Response<CancelSubmissionResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = paper::id(&request.get_ref().submission_id)?;
        let ended = db::retrying(|| self.submissions.cancel(&caller, id)).await?;
        Ok(Response::new(CancelSubmissionResponse {
            submission: Some(self.shown(ended).await?),
        }))
    }

    async fn get_submission(
        &self,
        request: Request<GetSubmissionRequest>,
    ) -> Result<Response<GetSubmissionResponse>, Status> {
        let caller = Caller::of(&request)?;
        let id = paper::id(&request.get_ref().submission_id)?;
        let standing = self.submissions.standing(&caller, id).await?;
        Ok(Response::new(GetSubmissionResponse {
            submission: Some(standing.into()),
        }))
    }

    async fn list_row_results(
        &self,
        request: Request<ListRowResultsRequest>,
    ) -> Result<Response<ListRowResultsResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let seal = &self.submissions.seal;
        let mut fields = Fields::default();
        let id = fields.id("submission_id", &request.submission_id);
        let mut wanted = paper::wanted(&mut fields, request.state, request.warned_only);
        let size = page::size(&mut fields, request.page_size);
        let list = format!("{RESULTS}:{}", request.submission_id);
        let after = page::after(&mut fields, seal, &list, &request.page_token);
        let Some(id) = id else {
            return Err(fields.refusal());
        };
        fields.check()?;
        wanted.after = after.and_then(|it| it.parse().ok()).unwrap_or(0);
        let looked = self.submissions.results(&caller, id, wanted, size + 1);
        let mut rows = looked.await?;
        let more = page::cut(&mut rows, size);
        let next = rows.last().filter(|_| more);
        let next = next.map(|it| page::token(seal, &list, &it.number.to_string()));
        Ok(Response::new(ListRowResultsResponse {
            results: rows.into_iter().map(|it| answer::result(id, it)).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }

    async fn stream_row_results(
        &self,
        request: Request<StreamRowResultsRequest>,
    ) -> Result<Response<Self::StreamRowResultsStream>, Status> {
        let caller = Caller::of(&request)?;
        let (id, wanted) = paper::streamed(&request.into_inner())?;
        let submissions = self.submissions.clone();
        // The first page before the stream begins, so that whoever may not look is refused as everywhere.
        let first = submissions
            .results(&caller, id, wanted, STREAM_PAGE)
            .await?;
        let rest = stream::try_unfold(Some(Ok(first)), move |state| {
            let (submissions, caller) = (submissions.clone(), caller.clone());
            async move {
                let page = match state {
                    None => return Ok(None),
                    Some(Ok(first)) => first,
                    Some(Err(after)) => {
                        let wanted = super::store::Wanted { after, ..wanted };
                        submissions
                            .results(&caller, id, wanted, STREAM_PAGE)
                            .await?
                    }
                };
                let Some(last) = page.last() else {
                    return Ok(None);
                };
                let next = Some(Err(last.number));
                let results = page.into_iter().map(|it| answer::result(id, it));
                let message = StreamRowResultsResponse {
                    results: results.collect(),
                };
                Ok::<_, Status>(Some((message, next)))
            }
        });
        Ok(Response::new(Box::pin(rest)))
    }

    async fn watch_submission(
        &self,
        request: Request<WatchSubmissionRequest>,
    ) -> Result<Response<Self::WatchSubmissionStream>, Status> {
        let caller = Caller::of(&request)?;
        let id = paper::id(&request.get_ref().submission_id)?;
        let first = self.submissions.standing(&caller, id).await?;
        let watched = watch(self.submissions.clone(), caller, id, first);
        Ok(Response::new(watched.boxed()))
    }
}

/// How far a submission is, each time it has come further, until it rests.
fn watch(
    submissions: Arc<Submissions>,
    caller: Caller,
    id: Uuid,
    first: Standing,
) -> impl Stream<Item = Result<WatchSubmissionResponse, Status>> + Send + 'static {
    enum Seen {
        Nothing(Standing),
        Until(Submission),
    }
    let standings = stream::try_unfold(Seen::Nothing(first), move |seen| {
        let (submissions, caller) = (submissions.clone(), caller.clone());
        async move {
            let standing = match seen {
                Seen::Nothing(first) => first,
                Seen::Until(last) if last.state.rests() => return Ok(None),
                Seen::Until(last) => loop {
                    tokio::time::sleep(LOOKS).await;
                    let now = submissions.own(&caller, id).await?;
                    if now.has_moved_since(&last) {
                        break submissions.shown(now).await?;
                    }
                },
            };
            let seen = Seen::Until(standing.submission.clone());
            Ok::<_, Status>(Some((standing, seen)))
        }
    });
    standings.map_ok(|it| WatchSubmissionResponse {
        submission: Some(it.into()),
    })
}
