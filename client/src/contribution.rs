//! Quotes, bills and takes contributions.

use futures_util::stream::Stream;
use jamsostek_proto::v1::{
    AllocatePaymentRequest, Bill, DecideIdentityRequest, DecideIdentityResponse,
    EndBusinessRequest, EndBusinessResponse, ExtendCoverRequest, ExtendCoverResponse,
    GetBillRequest, GetPaymentRequest, IssueBillRequest, IssueBillResponse, ListSuspenseRequest,
    ListSuspenseResponse, LookUpBillRequest, LookUpBillResponse, Payment, QuoteContributionRequest,
    QuoteContributionResponse, RecordPaymentRequest, ReturnPaymentRequest,
    contribution_service_client::ContributionServiceClient, look_up_bill_request::By,
};
use uuid::Uuid;

use crate::{
    Client, Error, pages,
    retry::{self, Repeat},
};

impl Client {
    /// Computes what contributions cost, line by line, without keeping anything.
    pub async fn quote_contribution(
        &self,
        request: QuoteContributionRequest,
    ) -> Result<QuoteContributionResponse, Error> {
        self.call(Repeat::Safe, request, |channel, request| async move {
            let mut contributions = ContributionServiceClient::new(channel);
            contributions.quote_contribution(request).await
        })
        .await
    }

    /// Issues a bill for the oldest open months of a membership. An empty `bill_id` is filled.
    pub async fn issue_bill(
        &self,
        mut request: IssueBillRequest,
    ) -> Result<IssueBillResponse, Error> {
        retry::name(&mut request.bill_id);
        self.call(Repeat::Safe, request, |channel, request| async move {
            let mut contributions = ContributionServiceClient::new(channel);
            contributions.issue_bill(request).await
        })
        .await
    }

    /// Tells what a bill asks for and whether it is paid.
    pub async fn get_bill(&self, bill: Uuid) -> Result<Bill, Error> {
        let request = GetBillRequest {
            bill_id: bill.to_string(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut contributions = ContributionServiceClient::new(channel);
                contributions.get_bill(request).await
            })
            .await?;
        answer.bill.ok_or_else(|| Error::lacking("bill"))
    }

    /// Issues a bill for months that are added to a migrant worker's contract. An empty `bill_id` is filled, so that it is safe to repeat.
    ///
    /// ```no_run
    /// # async fn example(budi: jamsostek_client::Client, membership: jamsostek_client::Uuid) -> Result<(), jamsostek_client::Error> {
    /// use jamsostek_client::v1::ExtendCoverRequest;
    ///
    /// let request = ExtendCoverRequest {
    ///     membership_id: membership.to_string(),
    ///     months: 2,
    ///     ..Default::default()
    /// };
    /// let bill = budi.extend_cover(request).await?.bill.unwrap_or_default();
    /// println!("pay Rp {} with {}", bill.payable_idr, bill.payment_code);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn extend_cover(
        &self,
        mut request: ExtendCoverRequest,
    ) -> Result<ExtendCoverResponse, Error> {
        retry::name(&mut request.bill_id);
        self.call(Repeat::Safe, request, |channel, request| async move {
            let mut contributions = ContributionServiceClient::new(channel);
            contributions.extend_cover(request).await
        })
        .await
    }

    /// Ends a membership because its business ends.
    pub async fn end_business(
        &self,
        request: EndBusinessRequest,
    ) -> Result<EndBusinessResponse, Error> {
        self.call(Repeat::Safe, request, |channel, request| async move {
            let mut contributions = ContributionServiceClient::new(channel);
            contributions.end_business(request).await
        })
        .await
    }

    /// Decides, on papers, who somebody is whom the population register did not confirm.
    pub async fn decide_identity(
        &self,
        request: DecideIdentityRequest,
    ) -> Result<DecideIdentityResponse, Error> {
        self.call(Repeat::Safe, request, |channel, request| async move {
            let mut contributions = ContributionServiceClient::new(channel);
            contributions.decide_identity(request).await
        })
        .await
    }

    /// Tells the gateway what somebody may pay: by payment code, or by NIK.
    pub async fn look_up_bill(&self, by: By) -> Result<LookUpBillResponse, Error> {
        let request = LookUpBillRequest { by: Some(by) };
        self.call(Repeat::Safe, request, |channel, request| async move {
            let mut contributions = ContributionServiceClient::new(channel);
            contributions.look_up_bill(request).await
        })
        .await
    }

    /// Reports that money was paid. The gateway's own id makes it safe to repeat.
    pub async fn record_payment(&self, request: RecordPaymentRequest) -> Result<Payment, Error> {
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut contributions = ContributionServiceClient::new(channel);
                contributions.record_payment(request).await
            })
            .await?;
        paid(answer.payment)
    }

    /// Tells what became of a payment.
    pub async fn get_payment(&self, payment: Uuid) -> Result<Payment, Error> {
        let request = GetPaymentRequest {
            payment_id: payment.to_string(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut contributions = ContributionServiceClient::new(channel);
                contributions.get_payment(request).await
            })
            .await?;
        paid(answer.payment)
    }

    /// Lists one page of the money that is set aside, oldest first.
    pub async fn list_suspense(
        &self,
        request: ListSuspenseRequest,
    ) -> Result<ListSuspenseResponse, Error> {
        self.call(Repeat::Safe, request, |channel, request| async move {
            let mut contributions = ContributionServiceClient::new(channel);
            contributions.list_suspense(request).await
        })
        .await
    }

    /// All the money that is set aside, oldest first.
    pub fn suspense(&self) -> impl Stream<Item = Result<Payment, Error>> + Send + Unpin + use<> {
        let client = self.clone();
        pages::items(move |page_token| {
            let client = client.clone();
            async move {
                let request = ListSuspenseRequest {
                    page_size: 0,
                    page_token,
                };
                let page = client.list_suspense(request).await?;
                Ok((page.payments, page.next_page_token))
            }
        })
    }

    /// Gives money that was set aside to a membership.
    pub async fn allocate_payment(
        &self,
        request: AllocatePaymentRequest,
    ) -> Result<Payment, Error> {
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut contributions = ContributionServiceClient::new(channel);
                contributions.allocate_payment(request).await
            })
            .await?;
        paid(answer.payment)
    }

    /// Gives money that was set aside back to its payer; `reason` is for the record.
    pub async fn return_payment(
        &self,
        payment: Uuid,
        reason: impl Into<String>,
    ) -> Result<Payment, Error> {
        let request = ReturnPaymentRequest {
            payment_id: payment.to_string(),
            reason: reason.into(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut contributions = ContributionServiceClient::new(channel);
                contributions.return_payment(request).await
            })
            .await?;
        paid(answer.payment)
    }
}

fn paid(payment: Option<Payment>) -> Result<Payment, Error> {
    payment.ok_or_else(|| Error::lacking("payment"))
}
