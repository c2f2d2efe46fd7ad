//! A tour of jamsostek: somebody who sells vegetables becomes a participant, pays, signs in and sees what covers her.
//!
//! `cargo run --example tour` starts a sandbox of its own; with `JAMSOSTEK_ENDPOINT=http://host:port` it visits that one.
//! Each call is printed first as the grpcurl command that does the same.

use std::{
    env,
    error::Error as StdError,
    io,
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
    time::Duration,
};

use chrono::Utc;
use jamsostek_client::{
    BpuCategory, Client, Employment, Error, ErrorReason, Occupation, Options, Programme,
    Registration, Sector, Segment, Uuid,
    v1::{
        ConfirmRegistrationRequest, GetBalanceRequest, GetParticipantRequest,
        GetRegistrationRequest, IssueTokenRequest, ListMessagesRequest, ListPeopleRequest,
        ListStatementLinesRequest, LookUpBillRequest, OtpPurpose, RecordPaymentRequest,
        RefreshTokenRequest, SendOtpRequest, SendOtpResponse, StartRegistrationRequest,
        SubmitEmploymentRequest, VerifyOtpRequest, WhoAmIRequest, look_up_bill_request::By,
    },
};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use prost_types::Timestamp;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::{sleep, timeout},
};

type Outcome<T> = Result<T, Box<dyn StdError>>;

/// The gateway that every sandbox knows.
const GATEWAY_ID: &str = "00000000-0000-7000-8000-000000000001";
const GATEWAY_SECRET: &str = "sandbox-gateway";

#[tokio::main]
async fn main() -> ExitCode {
    match visit().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nThe tour ends here: {}", in_full(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

/// The whole story, an act a line.
async fn visit() -> Outcome<()> {
    let house = House::open().await?;
    let tour = Tour::to(&house.endpoint).await?;
    let siti = Person::made_up();

    tour.meets_the_neighbours().await?;
    let (registration, member) = tour.starts_to_register(&siti).await?;
    let payment_code = tour.tells_the_work(&member, registration).await?;
    tour.pays_at_the_shop(&payment_code).await?;
    tour.is_a_participant(&member, registration).await?;
    let member = tour.signs_in_again(&siti).await?;
    tour.sees_what_covers_her(&member).await?;

    println!("\nThat was the whole road, from a NIK to a covered participant.");
    house.close().await
}

/// Somebody nobody has seen before.
struct Person {
    nik: String,
    full_name: String,
    contact: String,
}

impl Person {
    /// A woman of Jakarta, born in the eighties (a woman's NIK states her birthday plus 40), with a new mobile number.
    fn made_up() -> Self {
        let (_, chance) = Uuid::now_v7().as_u64_pair();
        let (day, month) = (41 + chance % 28, 1 + (chance >> 8) % 12);
        let (year, serial) = (80 + (chance >> 16) % 10, 1 + (chance >> 24) % 9_998);
        Self {
            nik: format!("317401{day:02}{month:02}{year:02}{serial:04}"),
            full_name: "Siti Rahayu".to_owned(),
            contact: format!("+62812{:08}", (chance >> 32) % 100_000_000),
        }
    }
}

/// Whose token goes along.
#[derive(Clone, Copy)]
enum As {
    Nobody,
    Member,
    Gateway,
}

struct Tour {
    client: Client,
    address: String,
    contract: DescriptorPool,
}

impl Tour {
    async fn to(endpoint: &str) -> Outcome<Self> {
        Ok(Self {
            client: Client::connect(Options::new(endpoint)).await?,
            address: endpoint.rsplit('/').next().unwrap_or(endpoint).to_owned(),
            contract: DescriptorPool::decode(jamsostek_proto::DESCRIPTORS)?,
        })
    }

    async fn meets_the_neighbours(&self) -> Outcome<()> {
        step("1. Whom the sandbox knows");
        let rpc = "SandboxService/ListPeople";
        self.show(rpc, As::Nobody, &ListPeopleRequest {})?;
        for person in self.client.list_people().await? {
            tell(format!(
                "{} {}: {}",
                person.nik, person.full_name, person.story
            ));
        }
        Ok(())
    }

    async fn starts_to_register(&self, siti: &Person) -> Outcome<(Uuid, Client)> {
        step("2. Siti starts to register and brings the code back");
        let registration = Uuid::now_v7();
        let request = StartRegistrationRequest {
            registration_id: registration.to_string(),
            segment: Segment::Bpu.into(),
            nik: siti.nik.clone(),
            full_name: siti.full_name.clone(),
            contact: siti.contact.clone(),
            birth_date: String::new(),
            consent: true,
        };
        self.show(
            "RegistrationService/StartRegistration",
            As::Nobody,
            &request,
        )?;
        let started = self.client.start_registration(request).await?;
        tell(format!("A code goes to {}.", started.masked_contact));

        let code = self.reads_code(siti, 1).await?;
        let member = self.brings_back(&started.challenge_id, &code).await?;
        Ok((registration, member))
    }

    async fn tells_the_work(&self, member: &Client, registration: Uuid) -> Outcome<String> {
        step("3. She tells her work, and confirms");
        let employment = Employment {
            occupations: vec![Occupation {
                title: "Pedagang sayur".to_owned(),
                sector: Sector::Trade.into(),
            }],
            category: BpuCategory::SelfEmployed.into(),
            income_idr: 2_500_000,
            programmes: [Programme::Jkk, Programme::Jkm, Programme::Jht]
                .map(i32::from)
                .to_vec(),
            months: 1,
            ..Employment::default()
        };
        let request = SubmitEmploymentRequest {
            registration_id: registration.to_string(),
            employment: Some(employment),
            birth_date: String::new(),
        };
        self.show("RegistrationService/SubmitEmployment", As::Member, &request)?;
        tell_state(&member.submit_employment(request).await?);

        let request = ConfirmRegistrationRequest {
            registration_id: registration.to_string(),
        };
        self.show(
            "RegistrationService/ConfirmRegistration",
            As::Member,
            &request,
        )?;
        let confirmed = member.confirm_registration(registration).await?;
        tell_state(&confirmed);
        tell(format!("She may pay with {}.", confirmed.payment_code));
        Ok(confirmed.payment_code)
    }

    async fn pays_at_the_shop(&self, payment_code: &str) -> Outcome<()> {
        step("4. She pays at the shop; the gateway tells us");
        let request = IssueTokenRequest {
            client_id: GATEWAY_ID.to_owned(),
            client_secret: GATEWAY_SECRET.to_owned(),
        };
        self.show("SessionService/IssueToken", As::Nobody, &request)?;
        let gateway = self
            .client
            .with_credentials(GATEWAY_ID.parse()?, GATEWAY_SECRET);
        tell("The client does this by itself; the accessToken is $GATEWAY_TOKEN from here on.");

        let by = By::PaymentCode(payment_code.to_owned());
        let request = LookUpBillRequest {
            by: Some(by.clone()),
        };
        self.show("ContributionService/LookUpBill", As::Gateway, &request)?;
        let inquiry = gateway.look_up_bill(by).await?;
        let bill = inquiry.bill.ok_or("the inquiry has no bill")?;
        tell(format!(
            "{} owes IDR {}.",
            inquiry.masked_name, bill.payable_idr
        ));

        #[expect(
            clippy::disallowed_methods,
            reason = "the tour pays now, on the clock that the sandbox goes by"
        )]
        let now = Utc::now();
        let request = RecordPaymentRequest {
            gateway_payment_id: format!("tour-{}", Uuid::now_v7().simple()),
            payment_code: payment_code.to_owned(),
            amount_idr: bill.payable_idr,
            // A little ago: what is paid in the future is refused.
            paid_at: Some(Timestamp {
                seconds: now.timestamp() - 1,
                nanos: 0,
            }),
            channel: "SHOP".to_owned(),
        };
        self.show("ContributionService/RecordPayment", As::Gateway, &request)?;
        let payment = gateway.record_payment(request).await?;
        tell(format!(
            "{}: IDR {} paid for {}.",
            payment.disposition().as_str_name(),
            payment.applied_idr,
            payment.months_paid.join(", "),
        ));
        Ok(())
    }

    async fn is_a_participant(&self, member: &Client, registration: Uuid) -> Outcome<()> {
        step("5. She is a participant");
        let request = GetRegistrationRequest {
            registration_id: registration.to_string(),
        };
        self.show("RegistrationService/GetRegistration", As::Member, &request)?;
        let active = member.get_registration(registration).await?;
        tell_state(&active);
        tell(format!("Her participant number (KPJ) is {}.", active.kpj));

        let request = RefreshTokenRequest {
            refresh_token: "$REFRESH_TOKEN".to_owned(),
        };
        self.show("SessionService/RefreshToken", As::Nobody, &request)?;
        member.renew_tokens().await?;
        let speaks = member.who_am_i().await?;
        tell(format!(
            "Her token now speaks for a {}.",
            speaks.subject().as_str_name()
        ));
        Ok(())
    }

    async fn signs_in_again(&self, siti: &Person) -> Outcome<Client> {
        step("6. Another day, she signs in");
        let request = SendOtpRequest {
            purpose: OtpPurpose::SignIn.into(),
            contact: siti.contact.clone(),
            ..SendOtpRequest::default()
        };
        self.show("OtpService/SendOtp", As::Nobody, &request)?;
        let sent = self.sends_when_allowed(request).await?;
        tell(format!("A code goes to {}.", sent.masked_contact));

        let code = self.reads_code(siti, 2).await?;
        self.brings_back(&sent.challenge_id, &code).await
    }

    async fn sees_what_covers_her(&self, member: &Client) -> Outcome<()> {
        step("7. She looks at what she has");
        self.show("SessionService/WhoAmI", As::Member, &WhoAmIRequest {})?;
        let caller = member.who_am_i().await?;
        tell(format!(
            "{} {}",
            caller.subject().as_str_name(),
            caller.subject_id
        ));

        let request = GetParticipantRequest::default();
        self.show("ParticipantService/GetParticipant", As::Member, &request)?;
        let participant = member.get_participant(None).await?;
        tell(format!(
            "{}, KPJ {}",
            participant.full_name, participant.kpj
        ));
        for cover in &participant.coverage {
            let name = cover.programme().as_str_name();
            if cover.covered {
                tell(format!(
                    "{name}: covered {} to {}",
                    cover.since, cover.until
                ));
            } else {
                tell(format!("{name}: {}", cover.reason().as_str_name()));
            }
        }

        self.show(
            "BalanceService/GetBalance",
            As::Member,
            &GetBalanceRequest::default(),
        )?;
        let balance = member.get_balance(None, None).await?;
        tell(format!(
            "Saved for old age on {}: IDR {}",
            balance.as_of, balance.balance_idr
        ));

        let request = ListStatementLinesRequest::default();
        self.show("BalanceService/ListStatementLines", As::Member, &request)?;
        for line in member.list_statement_lines(request).await?.lines {
            let (month, after) = (&line.contribution_month, line.balance_after_idr);
            tell(format!(
                "{} {month}: IDR {}, then {after}",
                line.day, line.amount_idr
            ));
        }
        Ok(())
    }

    /// Asks for a code; where one was sent just now, waits as long as the service says.
    async fn sends_when_allowed(&self, request: SendOtpRequest) -> Outcome<SendOtpResponse> {
        loop {
            let refusal = match self.client.send_otp(request.clone()).await {
                Ok(sent) => return Ok(sent),
                Err(Error::Refused(refusal)) if refusal.reason == ErrorReason::OtpTooSoon => {
                    refusal
                }
                Err(other) => return Err(other.into()),
            };
            let seconds: u64 = refusal.metadata["retryAfterSeconds"].parse()?;
            tell(format!(
                "OTP_TOO_SOON: {} Waiting {seconds} s …",
                refusal.message
            ));
            sleep(Duration::from_secs(seconds + 1)).await;
        }
    }

    /// The latest code to somebody, once there are `expected`.
    async fn reads_code(&self, person: &Person, expected: usize) -> Outcome<String> {
        let request = ListMessagesRequest {
            contact: person.contact.clone(),
        };
        self.show("SandboxService/ListMessages", As::Nobody, &request)?;
        for _ in 0..50 {
            let mut messages = self.client.list_messages(&person.contact).await?;
            messages.retain(|it| !it.code.is_empty());
            if messages.len() >= expected {
                tell(format!("The phone shows: {}", messages[0].text));
                return Ok(messages.swap_remove(0).code);
            }
            sleep(Duration::from_millis(200)).await;
        }
        Err("the code did not arrive".into())
    }

    /// A client that speaks for whoever got the code.
    async fn brings_back(&self, challenge: &str, code: &str) -> Outcome<Client> {
        let request = VerifyOtpRequest {
            challenge_id: challenge.to_owned(),
            code: code.to_owned(),
        };
        self.show("OtpService/VerifyOtp", As::Nobody, &request)?;
        let answer = self.client.verify_otp(challenge.parse()?, code).await?;
        let subject = answer.subject().as_str_name();
        tell(format!("Speaks for {subject} {}.", answer.subject_id));
        tell("Its accessToken is $TOKEN from here on, its refreshToken $REFRESH_TOKEN.");
        Ok(self.client.with_tokens(answer))
    }

    /// Prints a call as the grpcurl command that does the same.
    fn show(&self, rpc: &str, caller: As, request: &impl Message) -> Outcome<()> {
        let (service, method) = rpc.split_once('/').ok_or("an rpc is Service/Method")?;
        let service = format!("jamsostek.v1.{service}");
        let found = self.contract.get_service_by_name(&service);
        let found = found.and_then(|it| it.methods().find(|it| it.name() == method));
        let input = found.ok_or("the contract has no such rpc")?.input();
        let request = DynamicMessage::decode(input, request.encode_to_vec().as_slice())?;
        let json = serde_json::to_string(&request)?
            .replace('\'', r"'\''")
            .replace("$REFRESH_TOKEN", "'$REFRESH_TOKEN'");
        let token = match caller {
            As::Nobody => "",
            As::Member => "-H \"authorization: Bearer $TOKEN\" ",
            As::Gateway => "-H \"authorization: Bearer $GATEWAY_TOKEN\" ",
        };
        let address = &self.address;
        println!("\n$ grpcurl -plaintext {token}-d '{json}' {address} {service}/{method}");
        Ok(())
    }
}

/// Where the tour goes: a server that is there already, or one of its own that ends with it.
struct House {
    endpoint: String,
    own: Option<(Child, tempfile::TempDir)>,
}

impl House {
    async fn open() -> Outcome<Self> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the tour has one setting and no config.rs"
        )]
        let there = env::var("JAMSOSTEK_ENDPOINT");
        if let Ok(endpoint) = there {
            return Ok(Self {
                endpoint,
                own: None,
            });
        }
        let data = tempfile::tempdir()?;
        let mut server = Command::new(program().await?)
            .arg("--data-dir")
            .arg(data.path())
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = server.stdout.take().ok_or("the server has no stdout")?;
        let mut lines = BufReader::new(stdout).lines();
        let listening = async {
            while let Some(line) = lines.next_line().await? {
                if let Some(address) = line.trim().strip_prefix("listening on ") {
                    return Ok(address.to_owned());
                }
            }
            Err(io::Error::other("the server ended before it listened"))
        };
        let address = timeout(Duration::from_secs(60), listening).await??;
        // A pipe that nobody reads fills up and stops the writer.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self {
            endpoint: format!("http://{address}"),
            own: Some((server, data)),
        })
    }

    async fn close(self) -> Outcome<()> {
        if let Some((mut server, data)) = self.own {
            server.kill().await?;
            data.close()?;
        }
        Ok(())
    }
}

/// The server's program, beside this one; built first where it is missing.
async fn program() -> Outcome<PathBuf> {
    let tour = env::current_exe()?;
    let built = tour.parent().and_then(Path::parent);
    let built = built.ok_or("the tour runs from target/<profile>/examples")?;
    let program = built
        .join("jamsostekd")
        .with_extension(env::consts::EXE_EXTENSION);
    if !program.exists() {
        println!("Building the server first …");
        let profile = match built.file_name().and_then(|it| it.to_str()) {
            None | Some("debug") => "dev",
            Some(other) => other,
        };
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "-p", "jamsostek-server", "--profile", profile]);
        build.current_dir(env!("CARGO_MANIFEST_DIR"));
        if let Some(target) = built.parent() {
            build.arg("--target-dir").arg(target);
        }
        if !build.status().await?.success() {
            return Err("the server does not build".into());
        }
    }
    Ok(program)
}

fn step(title: &str) {
    println!("\n=== {title}");
}

fn tell(words: impl AsRef<str>) {
    println!("  {}", words.as_ref());
}

fn tell_state(registration: &Registration) {
    tell(format!(
        "The registration is {}.",
        registration.state().as_str_name()
    ));
    if let Some(next) = registration.next_steps.first() {
        tell(format!("Next: {} ({})", next.explanation, next.rpc));
    }
}

/// An error with all that caused it.
fn in_full(error: &dyn StdError) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", in_full(source)),
        None => error.to_string(),
    }
}
