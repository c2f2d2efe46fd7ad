//! The reasons that employers meet, and those who work for them or prove who they are.

use jamsostek_client::ErrorReason as Reason;

use super::table::Remedy;

pub(super) const REMEDIES: &[Remedy] = &[
    (
        Reason::NikNeeded,
        "With a passport only employees register, and not in the segment {segment}.",
        "Register with --segment pu, or with a NIK.",
    ),
    (
        Reason::NotReported,
        "No employer has reported somebody with this passport.",
        "Ask the employer to do so, then start again with `jamsostek register --new`.",
    ),
    (
        Reason::ProofsWrong,
        "The two proofs are not what is on file; {triesLeft} tries are left.",
        "Look at the card, then do it again with `jamsostek prove`; which of the two it was is not told.",
    ),
    (
        Reason::ProofsSpent,
        "Proofs were told too often.",
        "Wait, or let an officer help.",
    ),
    (
        Reason::JoiningRejected,
        "An officer has decided that this is not the participant.",
        "Bring papers that prove it to an office.",
    ),
    (
        Reason::EmployerUnknown,
        "No employer has the NPP {npp}.",
        "`jamsostek employer search` finds employers; one who is in no list is told with --employer-name and --employer-city.",
    ),
    (
        Reason::SearchesSpent,
        "Employers were looked for too often.",
        "Wait, or ask the employer for his NPP.",
    ),
    (
        Reason::NikDiffers,
        "The NIK is not the one that the worker registered with.",
        "Look at the e-KTP; if it is somebody else, deny it with `jamsostek employer deny`.",
    ),
    (
        Reason::EmployeeKnown,
        "Somebody with this NIK works here already: {membershipId}.",
        "`jamsostek employer employees` lists who works here.",
    ),
    (
        Reason::WageTooLow,
        "A wage of {wageIdr} rupiah is below {minimumIdr}, the least that may be reported.",
        "Report the whole month's wage.",
    ),
    (
        Reason::BillExists,
        "The month {month} is billed already: {billId}.",
        "Look at it with `jamsostek employer bill show`.",
    ),
    (
        Reason::RowsMissing,
        "Only {rows} of {declaredRows} rows have come.",
        "Run `jamsostek submit` with the same file again: it goes on where it was.",
    ),
    (
        Reason::RowsRejected,
        "{rejected} rows are rejected, and all or none were to be taken.",
        "Mend them in the file and submit it again, or leave out --atomic.",
    ),
    (
        Reason::OtherUser,
        "Whoever has brought rows does not commit them where there is a checker.",
        "Let a colleague with the role of a checker run `jamsostek commit`.",
    ),
    (
        Reason::SubmissionsOpen,
        "There are {submissionsMax} submissions under way already.",
        "Wait for one of them to end.",
    ),
    (
        Reason::NobodyEmployed,
        "Nobody was employed at the unit in {month}.",
        "`jamsostek employer employees` lists who works here.",
    ),
];
