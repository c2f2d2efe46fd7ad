//! Rows as they arrive: gathered to as many as one transaction keeps well.

use jamsostek_proto::v1::{SubmissionRow, UploadRowsRequest};
use prost::Message;
use tonic::{Code, Status, Streaming};
use uuid::Uuid;

use super::{Fields, Reason};
use crate::{
    caller::Caller,
    db,
    refusal::refuse,
    submission::{Submission, Submissions},
};

/// How many rows one transaction keeps.
const BATCH: usize = 1_000;
/// How many rows one message has at most.
const MESSAGE_ROWS_MAX: usize = 1_000;
/// How big one message is at most.
const MESSAGE_BYTES_MAX: usize = 256 * 1_024;

/// The messages of one call.
pub(super) struct Arriving {
    messages: Streaming<UploadRowsRequest>,
    submission: Option<Uuid>,
    /// The number of the first row that is gathered.
    first: i32,
    gathered: Vec<SubmissionRow>,
}

impl Arriving {
    pub(super) const fn new(messages: Streaming<UploadRowsRequest>) -> Self {
        Self {
            messages,
            submission: None,
            first: 0,
            gathered: Vec::new(),
        }
    }

    /// Keeps all that arrives; how the submission stands then. What was kept before something is refused stays kept.
    pub(super) async fn all(
        mut self,
        submissions: &Submissions,
        caller: &Caller,
    ) -> Result<Submission, Status> {
        let mut kept = None;
        while let Some(message) = self.messages.message().await? {
            let (id, first) = self.check(&message)?;
            let next = i32::try_from(self.gathered.len()).map(|it| self.first.saturating_add(it));
            if !self.gathered.is_empty() && next != Ok(first) {
                kept = Some(self.keep(submissions, caller, id).await?);
            }
            if self.gathered.is_empty() {
                self.first = first;
            }
            self.gathered.extend(message.rows);
            if self.gathered.len() >= BATCH {
                kept = Some(self.keep(submissions, caller, id).await?);
            }
        }
        if let Some(id) = self.submission.filter(|_| !self.gathered.is_empty()) {
            kept = Some(self.keep(submissions, caller, id).await?);
        }
        kept.ok_or_else(|| malformed("submission_id", "must be a UUID in its hyphenated form"))
    }

    async fn keep(
        &mut self,
        submissions: &Submissions,
        caller: &Caller,
        id: Uuid,
    ) -> Result<Submission, Status> {
        let (first, rows) = (self.first, std::mem::take(&mut self.gathered));
        Ok(db::retrying(|| submissions.stage(caller, id, first, &rows)).await?)
    }

    /// Which submission a message is about, and the number of its first row.
    fn check(&mut self, message: &UploadRowsRequest) -> Result<(Uuid, i32), Status> {
        let bytes = message.encoded_len();
        if bytes > MESSAGE_BYTES_MAX {
            return Err(refuse(
                Code::ResourceExhausted,
                Reason::MessageTooBig,
                format!("a message has {bytes} bytes, and at most {MESSAGE_BYTES_MAX} are taken"),
                [
                    ("bytes", bytes.to_string()),
                    ("bytesMax", MESSAGE_BYTES_MAX.to_string()),
                ],
            ));
        }
        let mut fields = Fields::default();
        let named = fields.optional_id("submission_id", &message.submission_id);
        let id = named.or(self.submission);
        if self.submission.is_some_and(|it| id != Some(it)) {
            fields.reject(
                "submission_id",
                "must be the same in all messages of a call",
            );
        }
        if message.first_row < 1 {
            fields.reject("first_row", "must be 1 or more");
        }
        if !(1..=MESSAGE_ROWS_MAX).contains(&message.rows.len()) {
            fields.reject("rows", "must be one to a thousand");
        }
        fields.check()?;
        let Some(id) = id else {
            return Err(malformed(
                "submission_id",
                "must be a UUID in its hyphenated form",
            ));
        };
        self.submission = Some(id);
        Ok((id, message.first_row))
    }
}

fn malformed(field: &str, problem: &str) -> Status {
    let mut fields = Fields::default();
    fields.reject(field, problem);
    fields.refusal()
}
