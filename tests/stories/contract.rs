//! Walks every rpc of the contract as everybody who should not get through. What there is to walk is read from the descriptors;
//! nothing is listed here but a sample for each name of a field.

use std::collections::BTreeSet;

use jamsostek_client::{Client, Error, ErrorReason, Subject};
use prost_reflect::{
    DescriptorPool, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor,
    MethodDescriptor, Value as Reflected,
};
use serde_json::{Map, Value, json};
use tonic::Status;
use uuid::Uuid;

use crate::{
    raw,
    town::{Person, Town, id},
};

#[tokio::test]
async fn nobody_calls_without_a_token_what_is_not_for_everybody() {
    let town = Town::found("2026-03-10").await;
    for rpc in Contract::read().rpcs() {
        let refusal = refused(&town.client, &rpc, None, &rpc.sample(&town)).await;
        if rpc.anonymous {
            assert!(!keeps_out(refusal.as_ref()), "{}: {refusal:?}", rpc.name);
            continue;
        }
        let refusal = refusal.expect(&rpc.name);
        assert_eq!(refusal.reason, ErrorReason::TokenMissing, "{}", rpc.name);
        assert_eq!(refusal.code, tonic::Code::Unauthenticated, "{}", rpc.name);
    }
}

#[tokio::test]
async fn a_token_of_nobody_of_ours_opens_nothing() {
    let town = Town::found("2026-03-10").await;
    for rpc in Contract::read().rpcs().filter(|it| !it.anonymous) {
        let forged = Some("eyJhbGciOiJub25lIn0.eyJraW5kIjoiU1VCSkVDVF9PRkZJQ0VSIn0.");
        let refusal = refused(&town.client, &rpc, forged, &rpc.sample(&town)).await;
        let refusal = refusal.expect(&rpc.name);
        assert_eq!(refusal.reason, ErrorReason::TokenInvalid, "{}", rpc.name);
    }
}

#[tokio::test]
async fn an_expired_token_opens_nothing() {
    let town = Town::found("2026-03-10").await;
    let cast = Cast::gather(&town).await;
    town.waits(5 * 60);
    for rpc in Contract::read().rpcs().filter(|it| !it.anonymous) {
        for (subject, token) in cast.callers().filter(|(it, _)| rpc.subjects.contains(it)) {
            let refusal = refused(&town.client, &rpc, Some(token), &rpc.sample(&town)).await;
            let refusal = refusal.unwrap_or_else(|| panic!("{} as {subject:?}", rpc.name));
            assert_eq!(refusal.reason, ErrorReason::TokenExpired, "{}", rpc.name);
        }
    }
}

#[tokio::test]
async fn every_kind_of_caller_is_kept_to_its_own_rpcs() {
    let town = Town::found("2026-03-10").await;
    let cast = Cast::gather(&town).await;
    for rpc in Contract::read().rpcs() {
        for (subject, token) in cast.callers() {
            let body = rpc.sample(&town);
            let refusal = refused(&town.client, &rpc, Some(token), &body).await;
            let told = format!("{} as {subject:?}: {refusal:?}", rpc.name);
            if rpc.anonymous || rpc.subjects.contains(&subject) {
                assert!(!keeps_out(refusal.as_ref()), "{told}");
                continue;
            }
            let refusal = refusal.expect(&told);
            assert_eq!(refusal.reason, ErrorReason::CallerNotAllowed, "{told}");
            assert_eq!(refusal.code, tonic::Code::PermissionDenied, "{told}");
        }
    }
}

#[tokio::test]
async fn a_service_is_kept_to_its_scope() {
    let town = Town::found("2026-03-10").await;
    let warehouse = access_token(&town.warehouse()).await;
    let mut walked = 0;
    for rpc in Contract::read().rpcs().filter(|it| !it.scope.is_empty()) {
        let refusal = refused(&town.client, &rpc, Some(&warehouse), &rpc.sample(&town)).await;
        let refusal = refusal.expect(&rpc.name);
        assert_eq!(
            refusal.reason,
            ErrorReason::CallerNotAllowed,
            "{}",
            rpc.name
        );
        walked += 1;
    }
    assert!(walked > 0);
}

#[tokio::test]
async fn somebody_elses_object_and_a_missing_one_are_the_same() {
    let town = Town::found("2026-03-10").await;
    let cast = Cast::gather(&town).await;
    let before = cast.owners_things(&town).await;
    let mut walked = 0;
    for rpc in Contract::read().rpcs() {
        for field in rpc.objects() {
            let missing = rpc.about(&town, &cast, &field, Uuid::now_v7());
            if rpc.anonymous {
                let refusal = answer(&town.client, &rpc, None, &missing).await;
                not_found(refusal, &rpc, &field);
            }
            // An officer and a service see everybody's; for them only the missing object is not there.
            let others = cast.callers().filter(|(it, _)| rpc.subjects.contains(it));
            for (subject, token) in others {
                let nothing = answer(&town.client, &rpc, Some(token), &missing).await;
                let nothing = not_found(nothing, &rpc, &field);
                if matches!(subject, Subject::Registrant | Subject::Participant) {
                    let owned = cast.owned(rpc.object(&field));
                    let theirs = rpc.about(&town, &cast, &field, owned);
                    let theirs = answer(&town.client, &rpc, Some(token), &theirs).await;
                    let theirs = not_found(theirs, &rpc, &field);
                    assert_eq!(bytes(&theirs), bytes(&nothing), "{}", rpc.name);
                    walked += 1;
                }
            }
        }
    }
    assert!(walked > 0);
    assert_eq!(cast.owners_things(&town).await, before);
}

#[test]
fn every_rpc_names_an_object_or_answers_for_the_caller_alone() {
    for rpc in Contract::read().rpcs() {
        let says = rpc.anonymous || rpc.own_only || rpc.objects().next().is_some();
        assert!(
            says,
            "{} names no object, is not own_only and not for everybody",
            rpc.name
        );
        assert!(rpc.anonymous != !rpc.subjects.is_empty(), "{}", rpc.name);
        let serves = rpc.subjects.contains(&Subject::Service);
        assert!(
            serves || rpc.scope.is_empty(),
            "{}: a scope, and no service",
            rpc.name
        );
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the sources are where cargo says they are"
)]
fn every_reason_is_told_by_a_story() {
    let told =
        told_reasons(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories"));
    let pool = DescriptorPool::decode(jamsostek_proto::DESCRIPTORS).expect("the contract");
    let reasons = pool
        .get_enum_by_name("jamsostek.v1.ErrorReason")
        .expect("the reasons");
    let untold: Vec<_> = reasons
        .values()
        .filter_map(|it| ErrorReason::try_from(it.number()).ok())
        .filter(|it| *it != ErrorReason::Unspecified)
        .map(|it| format!("{it:?}"))
        .filter(|it| !told.contains(it))
        .collect();
    assert!(untold.is_empty(), "no story asserts {untold:?}");
}

/// The reasons that stand in an `assert_eq!` beside a refusal's reason.
fn told_reasons(stories: &std::path::Path) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    for file in std::fs::read_dir(stories).expect("the stories") {
        let path = file.expect("a story").path();
        if path.extension().is_none_or(|it| it != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(path).expect("a text");
        for assertion in text.split("assert_eq!(").skip(1) {
            let assertion = assertion.split(");\n").next().unwrap_or(assertion);
            let Some((before, named)) = assertion.split_once("ErrorReason::") else {
                continue;
            };
            if before.contains("reason") {
                let end = named.find(|it: char| !it.is_alphanumeric());
                told.insert(named[..end.unwrap_or(named.len())].to_owned());
            }
        }
    }
    told
}

/// Everybody who calls: an owner of one of everything, and strangers.
struct Cast {
    owner: Person,
    owner_as_registrant: Client,
    participant: Uuid,
    membership: Uuid,
    bill: Uuid,
    /// Money of the owner's that an officer can still decide about.
    suspended: Uuid,
    callers: Vec<(Subject, String)>,
}

impl Cast {
    async fn gather(town: &Town) -> Self {
        let mut owner = town.person();
        let bill = owner.has_a_bill().await;
        let registrant = access_token(&owner.client).await;
        let gateway = town.gateway();
        gateway.pays(&bill.payment_code, bill.payable_idr).await;
        owner.becomes_a_participant().await;
        let unknown = gateway.pays("999999999999", 10_000).await;

        let mut applicant = town.person();
        applicant.has_a_bill().await;
        let stranger = town.participant().await;
        let callers = vec![
            (Subject::Registrant, access_token(&applicant.client).await),
            (Subject::Participant, access_token(&stranger.client).await),
            (Subject::Officer, access_token(&town.officer()).await),
            (Subject::Service, access_token(&gateway.client).await),
        ];
        let me = owner.client.get_participant(None).await.expect("the owner");
        Self {
            owner_as_registrant: town.client.with_token(registrant),
            participant: id(&me.id),
            membership: id(&me.memberships[0].id),
            bill: id(&bill.id),
            suspended: id(&unknown.id),
            owner,
            callers,
        }
    }

    /// A token of each kind. No employer's user has one yet.
    fn callers(&self) -> impl Iterator<Item = (Subject, &str)> {
        self.callers
            .iter()
            .map(|(subject, token)| (*subject, token.as_str()))
    }

    /// What the owner has of this kind.
    fn owned(&self, object: &str) -> Uuid {
        match object {
            "OBJECT_REGISTRATION" => self.owner.registration,
            "OBJECT_PARTICIPANT" => self.participant,
            "OBJECT_MEMBERSHIP" => self.membership,
            "OBJECT_BILL" => self.bill,
            "OBJECT_PAYMENT" => self.suspended,
            "OBJECT_CHALLENGE" => self.owner.challenge,
            other => panic!("the owner has no {other}: give him one"),
        }
    }

    /// All that a stranger could have changed.
    async fn owners_things(&self, town: &Town) -> String {
        let me = &self.owner.client;
        let registration = self
            .owner_as_registrant
            .get_registration(self.owner.registration);
        let dump = (
            registration.await.expect("the registration"),
            me.get_participant(None).await.expect("the participant"),
            me.get_balance(None, None).await.expect("the balance"),
            me.get_bill(self.bill).await.expect("the bill"),
            town.officer()
                .get_payment(self.suspended)
                .await
                .expect("the payment"),
        );
        format!("{dump:#?}")
    }
}

/// The descriptors and the options in them.
struct Contract {
    pool: DescriptorPool,
    access: ExtensionDescriptor,
    object: ExtensionDescriptor,
}

/// An rpc and what the contract says about who may call it.
struct Rpc {
    name: String,
    input: MessageDescriptor,
    object: ExtensionDescriptor,
    anonymous: bool,
    own_only: bool,
    subjects: Vec<Subject>,
    scope: String,
}

impl Contract {
    fn read() -> Self {
        let pool = DescriptorPool::decode(jamsostek_proto::DESCRIPTORS).expect("the contract");
        let option = |name| pool.get_extension_by_name(name).expect("an option of ours");
        Self {
            access: option("jamsostek.v1.access"),
            object: option("jamsostek.v1.object"),
            pool,
        }
    }

    fn rpcs(&self) -> impl Iterator<Item = Rpc> {
        let ours = self
            .pool
            .services()
            .filter(|it| it.package_name() == "jamsostek.v1");
        let methods: Vec<_> = ours
            .flat_map(|it| it.methods().collect::<Vec<_>>())
            .collect();
        assert!(
            methods.len() > 20,
            "the descriptors hold the whole contract"
        );
        methods.into_iter().map(|it| self.rpc(&it))
    }

    fn rpc(&self, method: &MethodDescriptor) -> Rpc {
        let name = format!("{}/{}", method.parent_service().full_name(), method.name());
        let options = method.options();
        assert!(
            options.has_extension(&self.access),
            "{name} declares no access"
        );
        let declared = options.get_extension(&self.access);
        let declared = declared.as_message().expect("a message");
        let says = |field: &str| {
            declared
                .get_field_by_name(field)
                .expect("a field")
                .into_owned()
        };
        let subjects = says("subjects");
        let subjects = subjects.as_list().expect("a list").iter();
        Rpc {
            input: method.input(),
            object: self.object.clone(),
            anonymous: says("anonymous") == Reflected::Bool(true),
            own_only: says("own_only") == Reflected::Bool(true),
            subjects: subjects
                .map(|it| Subject::try_from(it.as_enum_number().expect("a subject")))
                .collect::<Result<_, _>>()
                .expect("subjects of the contract"),
            scope: says("service_scope").as_str().expect("a text").to_owned(),
            name,
        }
    }
}

impl Rpc {
    /// The fields of the request that name an object.
    fn objects(&self) -> impl Iterator<Item = FieldDescriptor> {
        let fields: Vec<_> = self.input.fields().collect();
        fields
            .into_iter()
            .filter(|it| it.options().has_extension(&self.object))
    }

    /// What kind of object the field names.
    fn object(&self, field: &FieldDescriptor) -> &'static str {
        let options = field.options();
        let number = options.get_extension(&self.object).as_enum_number();
        let number = number.expect("an object");
        jamsostek_client::v1::Object::try_from(number)
            .expect("an object")
            .as_str_name()
    }

    /// A well-formed request.
    fn sample(&self, town: &Town) -> Value {
        sample_of(&self.input, town)
    }

    /// A well-formed request in which `field` names `object`, and every other one what the owner has.
    fn about(&self, town: &Town, cast: &Cast, field: &FieldDescriptor, object: Uuid) -> Value {
        let mut body = self.sample(town);
        for other in self.objects() {
            body[other.name()] = json!(cast.owned(self.object(&other)));
        }
        body[field.name()] = json!(object);
        body
    }
}

fn sample_of(message: &MessageDescriptor, town: &Town) -> Value {
    if message.full_name() == "google.protobuf.Timestamp" {
        return json!(town.now().to_rfc3339());
    }
    let mut body = Map::new();
    for field in message.fields() {
        let alternative = field.containing_oneof();
        let taken =
            alternative.is_some_and(|it| it.fields().any(|it| body.contains_key(it.name())));
        if !taken && let Some(value) = sample(&field, town) {
            body.insert(field.name().to_owned(), value);
        }
    }
    Value::Object(body)
}

/// Something well-formed for a field, by its name; `None` where it may be left empty.
fn sample(field: &FieldDescriptor, town: &Town) -> Option<Value> {
    let name = field.name();
    let value = match name {
        // A code that was sent before is sent again; that takes neither contact nor number.
        "contact" | "kpj" if field.parent_message().name() == "SendOtpRequest" => return None,
        "birth_date" | "mother_name" | "as_of" | "day" | "kpj" | "page_token" | "page_size" => {
            return None;
        }
        "programmes" => json!(["PROGRAMME_JKK", "PROGRAMME_JKM"]),
        "segment" => json!("SEGMENT_BPU"),
        "sector" => json!("SECTOR_TRADE"),
        "category" => json!("BPU_CATEGORY_SELF_EMPLOYED"),
        "purpose" => json!("OTP_PURPOSE_REGISTER"),
        "nik" => json!("3174011205909876"),
        "full_name" => json!("Siti Aminah"),
        "contact" => json!("+6281987654321"),
        "consent" => json!(true),
        "paid_by_state" => json!(false),
        "income_idr" => json!(2_500_000),
        "amount_idr" => json!(10_000),
        "months" => json!(1),
        "first_month" => json!("2026-05"),
        "payment_code" => json!("100000000000"),
        "gateway_payment_id" => json!(Uuid::now_v7()),
        "channel" => json!("BANK"),
        "code" => json!("000000"),
        "reason" => json!("walked by a story"),
        "title" => json!("Warung"),
        "name" => json!("bpu/discount_other"),
        "client_secret" | "refresh_token" => json!("of-nobody"),
        "resend_of" => json!(Uuid::now_v7()),
        _ if name.ends_with("_id") => json!(Uuid::now_v7()),
        _ => match field.kind() {
            Kind::Message(inner) if field.is_list() => json!([sample_of(&inner, town)]),
            Kind::Message(inner) => sample_of(&inner, town),
            _ => panic!("no sample for {}: add one", field.full_name()),
        },
    };
    Some(value)
}

async fn access_token(client: &Client) -> String {
    if let Some(tokens) = client.tokens() {
        return tokens.access_token;
    }
    let tokens = client.renew_tokens().await.expect("a token");
    tokens.expect("credentials").access_token
}

async fn answer(
    client: &Client,
    rpc: &Rpc,
    token: Option<&str>,
    body: &Value,
) -> Result<Value, Status> {
    raw::call(client, &rpc.name, token, body).await
}

/// The refusal, if it was one; what is no refusal of ours and no answer fails the story.
async fn refused(
    client: &Client,
    rpc: &Rpc,
    token: Option<&str>,
    body: &Value,
) -> Option<jamsostek_client::Refusal> {
    let status = answer(client, rpc, token, body).await.err()?;
    match Error::from(status) {
        Error::Refused(refusal) => Some(*refusal),
        other => panic!("{}: {other:?}", rpc.name),
    }
}

/// Whether a refusal is about who calls, or about a call that no sample of ours should be.
fn keeps_out(refusal: Option<&jamsostek_client::Refusal>) -> bool {
    let out = [
        ErrorReason::TokenMissing,
        ErrorReason::TokenInvalid,
        ErrorReason::TokenExpired,
        ErrorReason::CallerNotAllowed,
        ErrorReason::MalformedRequest,
        ErrorReason::Internal,
        ErrorReason::StoreUnavailable,
    ];
    refusal.is_some_and(|it| out.contains(&it.reason))
}

fn not_found(answer: Result<Value, Status>, rpc: &Rpc, field: &FieldDescriptor) -> Status {
    let status = answer.expect_err(&format!("{} found {}", rpc.name, field.name()));
    let error = Error::from(status.clone());
    assert_eq!(
        error.reason(),
        Some(ErrorReason::NotFound),
        "{} {}: {error:?}",
        rpc.name,
        field.name()
    );
    status
}

/// All that a caller is told.
fn bytes(status: &Status) -> (tonic::Code, &str, &[u8]) {
    (status.code(), status.message(), status.details())
}
