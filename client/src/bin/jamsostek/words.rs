//! The contract's words as they are typed and shown.

use jamsostek_client::{
    BpuCategory as WireCategory, ClaimCause as WireCause, Programme as WireProgramme,
    Sector as WireSector, Segment as WireSegment,
    v1::{
        RiskClass as WireRiskClass, Route as WireRoute, Scale as WireScale,
        employee::State as WireEmployeeState,
    },
};

/// A name of the contract without what all names of its kind begin with.
pub(crate) fn short(name: &'static str, prefix: &str) -> &'static str {
    name.strip_prefix(prefix).unwrap_or(name)
}

/// A short name as people read it.
pub(crate) fn plain(short: &str) -> String {
    short.to_lowercase().replace('_', " ")
}

/// The words that stand for a value of the contract on the command line, so that completions know them too.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident for $wire:ident { $($(#[$told:meta])* $word:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
        pub(crate) enum $name {
            $($(#[$told])* $word),*
        }

        impl From<$name> for $wire {
            fn from(word: $name) -> Self {
                match word {
                    $($name::$word => Self::$word),*
                }
            }
        }
    };
}

words!(
    /// What a self-employed person does.
    Sector for WireSector {
        /// Carrying people or goods
        Transport,
        /// Buying and selling
        Trade,
        /// Growing and raising
        Agriculture,
        /// Fishing
        Fishery,
        /// Making things by hand
        Craft,
        /// Serving people: repair, care, lessons, arts
        Services,
        /// Anything else
        Other,
    }
);

words!(
    /// Which person without a wage somebody is.
    Category for WireCategory {
        /// Works for himself
        SelfEmployed,
        /// Employs others
        Owner,
        /// Any other person who works without a wage
        Other,
    }
);

words!(
    /// A programme of the scheme.
    Programme for WireProgramme {
        /// Work accident
        Jkk,
        /// Death
        Jkm,
        /// Old age
        Jht,
        /// Pension
        Jp,
        /// Loss of employment
        Jkp,
    }
);

words!(
    /// Why a benefit is due.
    Cause for WireCause {
        /// The pension age has come
        Retirement,
        /// The business has ended
        BusinessEnd,
        /// The employee has resigned
        Resignation,
        /// The employee was dismissed
        Dismissal,
        /// The employee's contract has ended
        ContractEnd,
    }
);

words!(
    /// A segment of participants.
    Segment for WireSegment {
        /// The self-employed and other people without a wage
        Bpu,
        /// Employees
        Pu,
        /// Migrant workers
        Pmi,
    }
);

words!(
    /// How a migrant worker goes abroad.
    Route for WireRoute {
        /// Placed by an agency (P3MI)
        Agency,
        /// By himself
        Individual,
    }
);

words!(
    /// How dangerous work at a unit is.
    RiskClass for WireRiskClass {
        /// 0.24 % of the wage for JKK
        VeryLow,
        /// 0.54 %
        Low,
        /// 0.89 %
        Medium,
        /// 1.27 %
        High,
        /// 1.74 %
        VeryHigh,
    }
);

words!(
    /// How big an employer is; it decides the programmes.
    Scale for WireScale {
        /// JKK and JKM
        Micro,
        /// JHT as well
        Small,
        /// JP as well
        Medium,
        /// JP as well
        Large,
    }
);

words!(
    /// Where somebody stands who works for an employer, or says so.
    EmployeeState for WireEmployeeState {
        /// Says so; the employer has not answered
        AwaitingEmployer,
        /// An officer decides
        AwaitingOfficer,
        /// Works here
        Active,
        /// Does not, as an officer has decided
        Rejected,
        /// The last day has passed
        Ended,
    }
);

/// A text as a sentence: with a capital and a stop.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    let first = letters.next().map(|it| it.to_uppercase().to_string());
    first.map_or_else(String::new, |first| format!("{first}{}.", letters.as_str()))
}

/// Amounts as people read them: `Rp 2.500.000`.
pub(crate) fn rupiah(amount_idr: i64) -> String {
    let digits = amount_idr.unsigned_abs().to_string();
    let mut shown = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push('.');
        }
        shown.push(digit);
    }
    let sign = if amount_idr < 0 { "-" } else { "" };
    format!("{sign}Rp {shown}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rupiah_are_read_in_threes() {
        let shown = [0, 999, 1_000, 2_500_000, -52_000].map(rupiah);

        assert_eq!(
            shown,
            ["Rp 0", "Rp 999", "Rp 1.000", "Rp 2.500.000", "-Rp 52.000"]
        );
        assert_eq!(rupiah(i64::MIN), "-Rp 9.223.372.036.854.775.808");
    }
}
