//! The reasons that people meet, by what they are about.

use jamsostek_client::ErrorReason as Reason;

/// A reason, what it means, and what to do. `{triesLeft}` stands for a number of the refusal; where the service did not give
/// it, its own words stand for the sentence.
pub(super) type Remedy = (Reason, &'static str, &'static str);

pub(super) const REMEDIES: &[Remedy] = &[
    (
        Reason::MalformedRequest,
        "Something that was given is not as it must be.",
        "Mend what is named below.",
    ),
    (
        Reason::TokenMissing,
        "Nobody is signed in.",
        "Sign in with `jamsostek sign-in`, or set JAMSOSTEK_CLIENT_ID and JAMSOSTEK_CLIENT_SECRET.",
    ),
    (
        Reason::TokenInvalid,
        "The service does not know this session.",
        "Sign in with `jamsostek sign-in`.",
    ),
    (
        Reason::TokenExpired,
        "The session is over.",
        "Sign in with `jamsostek sign-in`.",
    ),
    (
        Reason::SessionEnded,
        "The session has ended.",
        "Sign in again with `jamsostek sign-in`.",
    ),
    (
        Reason::CredentialsWrong,
        "The client credentials are wrong.",
        "Look at JAMSOSTEK_CLIENT_ID and JAMSOSTEK_CLIENT_SECRET.",
    ),
    (
        Reason::CallerNotAllowed,
        "Whoever is signed in may not do this.",
        "`jamsostek whoami` tells who that is; sign in as somebody who may.",
    ),
    (
        Reason::NotFound,
        "There is no such thing, or it is somebody else's.",
        "Look at the id, and at `jamsostek whoami`.",
    ),
    (
        Reason::IdTaken,
        "The id already names something else.",
        "Do it again with a new one.",
    ),
    (
        Reason::WrongState,
        "This cannot be done as things stand ({state}).",
        "Look where it stands first.",
    ),
    (
        Reason::Contention,
        "Somebody else changed the same thing at the same moment.",
        "Do it again.",
    ),
    (
        Reason::StoreUnavailable,
        "The service cannot reach its store.",
        "Do it again in a while; nothing is done twice.",
    ),
    (
        Reason::Overloaded,
        "The service has too much to do.",
        "Do it again in a while; nothing was begun.",
    ),
    (
        Reason::Deadline,
        "The service did not finish in time.",
        "Do it again, with more time: --timeout.",
    ),
    (
        Reason::Internal,
        "The service failed.",
        "Report it with the error id {errorId}.",
    ),
    (
        Reason::OtpWrong,
        "The code is wrong; {triesLeft} tries are left.",
        "Ask for another with `jamsostek otp send`.",
    ),
    (
        Reason::OtpExpired,
        "The code is older than five minutes.",
        "Ask for another with `jamsostek otp send`.",
    ),
    (
        Reason::OtpUsed,
        "The code has served already.",
        "Go on, or ask for another with `jamsostek otp send`.",
    ),
    (
        Reason::OtpSuperseded,
        "A later code was sent, and only that one is good.",
        "Bring the newest one back with `jamsostek otp verify`.",
    ),
    (
        Reason::OtpLocked,
        "Too many wrong codes: no tries are left.",
        "Ask for another code with `jamsostek otp send`, when it may be.",
    ),
    (
        Reason::OtpTooSoon,
        "A code was sent less than a minute ago.",
        "Look for it; {sendsLeft} more can be sent for now.",
    ),
    (
        Reason::OtpSendLimit,
        "Too many codes were sent to this contact.",
        "Wait; nobody can shorten it.",
    ),
    (
        Reason::KpjNeeded,
        "The KPJ is needed as well.",
        "Give the 11 digits of your card with --kpj.",
    ),
    (
        Reason::NotAPlacement,
        "This is not a migrant worker's membership ({segment}).",
        "Only work abroad is departed for, returned from and extended.",
    ),
    (
        Reason::ContractMonths,
        "No contract and no extension has {months} months; at most {monthsMax}.",
        "Give fewer months, and at least one.",
    ),
    (
        Reason::JhtAmountNotOffered,
        "{amountIdr} rupiah is none of the monthly amounts of JHT abroad.",
        "The law lists the amounts.",
    ),
    (
        Reason::CoverEnded,
        "Cover during work ended on {endedOn} and cannot be extended any more.",
        "`jamsostek coverage` tells what is held.",
    ),
    (
        Reason::DepartureReported,
        "A departure on {departedOn} is reported already.",
        "Let an officer correct it.",
    ),
    (
        Reason::ReturnReported,
        "A return on {returnedOn} is reported already.",
        "Let an officer correct it.",
    ),
    (
        Reason::RegistrationCancelled,
        "This registration was taken back.",
        "Start another with `jamsostek register --new`.",
    ),
    (
        Reason::RegistrationExpired,
        "This registration was not finished in time.",
        "Start another with `jamsostek register --new`.",
    ),
    (
        Reason::MembershipOpen,
        "A membership of this kind goes on already ({segment}).",
        "`jamsostek coverage` tells what is held.",
    ),
    (
        Reason::OfficerNeeded,
        "Somebody with this NIK is a participant already, and this contact is not on file.",
        "Sign in with the contact on file, or let an officer help.",
    ),
    (
        Reason::BirthDateNeeded,
        "The NIK states no birth date.",
        "State it with --birth-date YYYY-MM-DD.",
    ),
    (
        Reason::TooYoung,
        "At {age} one is too young to register; from {minimumAge} on one may.",
        "The law sets this age.",
    ),
    (
        Reason::TooOld,
        "At {age} one is too old to register; the law ends it at {maximumAge}.",
        "The law sets this age.",
    ),
    (
        Reason::ProgrammeNotServed,
        "{programme} is not for this segment.",
        "Leave it out of --programmes.",
    ),
    (
        Reason::ProgrammeMandatory,
        "{programme} is missing, and must be held.",
        "Add it to --programmes.",
    ),
    (
        Reason::IdentityMismatch,
        "The population register knows something else: {fields} disagree.",
        "Start again as the e-KTP has it, with `jamsostek register --new`, or go to Dukcapil to have it mended.",
    ),
    (
        Reason::RegisterQuestionsSpent,
        "The population register was asked too often about this NIK.",
        "Wait.",
    ),
    (
        Reason::IdentityRefused,
        "The population register does not vouch for this NIK ({verdict}).",
        "Look at the NIK, or go to Dukcapil to have it mended.",
    ),
    (
        Reason::TooManyBills,
        "Too many bills were issued today.",
        "Pay one of those that there are.",
    ),
    (
        Reason::MembershipEnded,
        "The membership ends on {endedOn}.",
        "`jamsostek coverage` tells what is held.",
    ),
    (
        Reason::NotPaidByMonth,
        "The months of this membership are not billed to you ({segment}).",
        "An employer pays for his employees; abroad a contract is paid, and `jamsostek coverage` tells what covers.",
    ),
    (
        Reason::NoParameter,
        "No law answers for {day} ({parameter}).",
        "Take a day for which there is one.",
    ),
    (
        Reason::ClaimOpen,
        "Another claim for the programme is open: {claimId}.",
        "Look at it with `jamsostek claim show`, or take it back with `jamsostek claim withdraw`.",
    ),
    (
        Reason::NotEligible,
        "The claim would not be granted: {rules}.",
        "`jamsostek claim check` tells each rule, and who must act.",
    ),
    (
        Reason::PayoutCodeNeeded,
        "The code for this claim and this account has not come back, or is too old.",
        "Run `jamsostek claim submit` again without a code to get one.",
    ),
    (
        Reason::BankUnavailable,
        "The bank does not answer.",
        "Do it again later.",
    ),
    (
        Reason::AccountUnknown,
        "The bank knows no such account.",
        "Look at --bank and --account.",
    ),
    (
        Reason::AccountHolderDiffers,
        "The account is not in your own name: {missingWords} is missing, and the bank has {maskedHolder}.",
        "Name an account of your own.",
    ),
];
