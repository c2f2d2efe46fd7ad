//! What employers owe for their employees, month by month.

use futures_util::stream::Stream;
use jamsostek_proto::v1::{
    EmployerBill, EmployerBillRow, GetEmployerBillRequest, IssueEmployerBillRequest,
    ListEmployerBillRowsRequest, ListEmployerBillsRequest,
    contribution_service_client::ContributionServiceClient,
};
use uuid::Uuid;

use crate::{Client, Error, pages, retry::Repeat};

impl Client {
    /// Issues the bill of a month, as YYYY-MM, for all who work at a unit. It is computed afterwards:
    /// [`Client::get_employer_bill`] tells when.
    pub async fn issue_employer_bill(
        &self,
        bill: Uuid,
        npp: impl Into<String>,
        month: impl Into<String>,
    ) -> Result<EmployerBill, Error> {
        let request = IssueEmployerBillRequest {
            bill_id: bill.to_string(),
            npp: npp.into(),
            month: month.into(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut contributions = ContributionServiceClient::new(channel);
                contributions.issue_employer_bill(request).await
            })
            .await?;
        answer.bill.ok_or_else(|| Error::lacking("bill"))
    }

    /// Tells what a unit's bill asks for and whether it is paid.
    pub async fn get_employer_bill(&self, bill: Uuid) -> Result<EmployerBill, Error> {
        let request = GetEmployerBillRequest {
            bill_id: bill.to_string(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut contributions = ContributionServiceClient::new(channel);
                contributions.get_employer_bill(request).await
            })
            .await?;
        answer.bill.ok_or_else(|| Error::lacking("bill"))
    }

    /// Lists the bills of a unit, the newest month first.
    pub fn employer_bills(
        &self,
        npp: impl Into<String>,
    ) -> impl Stream<Item = Result<EmployerBill, Error>> + Send + Unpin + 'static {
        let (client, npp) = (self.clone(), npp.into());
        pages::items(move |page_token| {
            let (client, npp) = (client.clone(), npp.clone());
            async move {
                let request = ListEmployerBillsRequest {
                    npp,
                    page_size: 0,
                    page_token,
                };
                let answer = client
                    .call(Repeat::Safe, request, |channel, request| async move {
                        let mut contributions = ContributionServiceClient::new(channel);
                        contributions.list_employer_bills(request).await
                    })
                    .await?;
                Ok((answer.bills, answer.next_page_token))
            }
        })
    }

    /// Lists what a unit's bill asks for each employee, with every formula.
    pub fn employer_bill_rows(
        &self,
        bill: Uuid,
    ) -> impl Stream<Item = Result<EmployerBillRow, Error>> + Send + Unpin + 'static {
        let client = self.clone();
        pages::items(move |page_token| {
            let client = client.clone();
            async move {
                let request = ListEmployerBillRowsRequest {
                    bill_id: bill.to_string(),
                    page_size: 100,
                    page_token,
                };
                let answer = client
                    .call(Repeat::Safe, request, |channel, request| async move {
                        let mut contributions = ContributionServiceClient::new(channel);
                        contributions.list_employer_bill_rows(request).await
                    })
                    .await?;
                Ok((answer.rows, answer.next_page_token))
            }
        })
    }
}
