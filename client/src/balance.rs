//! Tells the old-age savings (JHT).

use chrono::NaiveDate;
use futures_util::stream::Stream;
use jamsostek_proto::v1::{
    GetBalanceRequest, GetBalanceResponse, ListStatementLinesRequest, ListStatementLinesResponse,
    StatementLine, balance_service_client::BalanceServiceClient,
};
use uuid::Uuid;

use crate::{Client, Error, pages, retry::Repeat};

impl Client {
    /// Tells the JHT balance on a day; of the caller himself and today where `None`.
    pub async fn get_balance(
        &self,
        participant: Option<Uuid>,
        as_of: Option<NaiveDate>,
    ) -> Result<GetBalanceResponse, Error> {
        let request = GetBalanceRequest {
            participant_id: participant.map_or_else(String::new, |it| it.to_string()),
            as_of: as_of.map_or_else(String::new, |it| it.to_string()),
        };
        self.call(Repeat::Safe, request, |channel, request| async move {
            BalanceServiceClient::new(channel)
                .get_balance(request)
                .await
        })
        .await
    }

    /// Lists one page of what moved the JHT balance, newest first.
    pub async fn list_statement_lines(
        &self,
        request: ListStatementLinesRequest,
    ) -> Result<ListStatementLinesResponse, Error> {
        self.call(Repeat::Safe, request, |channel, request| async move {
            let mut balances = BalanceServiceClient::new(channel);
            balances.list_statement_lines(request).await
        })
        .await
    }

    /// Everything that moved the JHT balance, newest first; of the caller himself where `None`.
    pub fn statement_lines(
        &self,
        participant: Option<Uuid>,
    ) -> impl Stream<Item = Result<StatementLine, Error>> + Send + Unpin + use<> {
        let client = self.clone();
        let participant_id = participant.map_or_else(String::new, |it| it.to_string());
        pages::items(move |page_token| {
            let client = client.clone();
            let request = ListStatementLinesRequest {
                participant_id: participant_id.clone(),
                page_size: 0,
                page_token,
            };
            async move {
                let page = client.list_statement_lines(request).await?;
                Ok((page.lines, page.next_page_token))
            }
        })
    }
}
