use std::sync::Arc;

use jamsostek_proto::v1::{
    self as wire, GetBalanceRequest, GetBalanceResponse, ListStatementLinesRequest,
    ListStatementLinesResponse,
    balance_service_server::{BalanceService, BalanceServiceServer},
    statement_line::Kind,
};
use tonic::{Request, Response, Status};

use super::{Balances, Error};
use crate::{
    caller::Caller,
    ledger::{self, Account, Movement},
    page,
    participant::Membership,
    refusal::{Fields, not_found},
};

/// The list whose page tokens these are.
const LINES: &str = "balance.lines";

/// The balance service.
pub(crate) fn service(balances: Arc<Balances>) -> BalanceServiceServer<impl BalanceService> {
    BalanceServiceServer::new(Rpc { balances })
}

struct Rpc {
    balances: Arc<Balances>,
}

#[tonic::async_trait]
impl BalanceService for Rpc {
    async fn get_balance(
        &self,
        request: Request<GetBalanceRequest>,
    ) -> Result<Response<GetBalanceResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let mut fields = Fields::default();
        let named = fields.optional_id("participant_id", &request.participant_id);
        let as_of = fields.optional_day("as_of", &request.as_of);
        fields.check()?;
        let balance = self.balances.on(&caller, named, as_of).await?;
        let accounts = balance
            .accounts
            .into_iter()
            .map(|(id, it)| wire::JhtAccount {
                membership_id: id.to_string(),
                balance_idr: it.idr(),
            });
        Ok(Response::new(GetBalanceResponse {
            as_of: balance.as_of.to_string(),
            balance_idr: balance.total.idr(),
            accounts: accounts.collect(),
            years_without_yield: balance.years_without_yield,
        }))
    }

    async fn list_statement_lines(
        &self,
        request: Request<ListStatementLinesRequest>,
    ) -> Result<Response<ListStatementLinesResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let seal = &self.balances.seal;
        let mut fields = Fields::default();
        let named = fields.optional_id("participant_id", &request.participant_id);
        let size = page::size(&mut fields, request.page_size);
        let before = page::after(&mut fields, seal, LINES, &request.page_token);
        fields.check()?;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let before = before.as_deref().and_then(page::day_and_id);
        let (memberships, mut lines) = self
            .balances
            .lines(&caller, named, before, size + 1)
            .await?;
        let more = lines.len() > size;
        lines.truncate(size);
        let place = lines
            .last()
            .filter(|_| more)
            .map(|it| format!("{}|{}", it.day, it.id));
        Ok(Response::new(ListStatementLinesResponse {
            next_page_token: place.map_or_else(String::new, |it| page::token(seal, LINES, &it)),
            lines: lines.into_iter().map(|it| line(it, &memberships)).collect(),
        }))
    }
}

/// Why the balance moved, by the kind of its journal.
fn kind(journal: &str) -> Kind {
    match journal {
        ledger::RESERVED => Kind::Payout,
        ledger::RESERVATION_RETURNED => Kind::PayoutReturned,
        _ => Kind::Contribution,
    }
}

fn line(movement: Movement, memberships: &[Membership]) -> wire::StatementLine {
    let membership = memberships
        .iter()
        .find(|it| Account::Jht(it.id).id() == movement.account);
    wire::StatementLine {
        day: movement.day.to_string(),
        kind: kind(&movement.kind).into(),
        contribution_month: movement.month.map_or_else(String::new, |it| it.to_string()),
        amount_idr: movement.amount_idr,
        balance_after_idr: movement.balance_after_idr,
        membership_id: membership.map_or_else(String::new, |it| it.id.to_string()),
        payment_id: movement
            .payment
            .map_or_else(String::new, |it| it.to_string()),
        segment: membership
            .map_or(wire::Segment::Unspecified, |it| it.work.segment().into())
            .into(),
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => not_found(),
            Error::Store(error) => error.into(),
        }
    }
}
