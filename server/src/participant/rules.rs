//! Spells of membership: when cover ends, and what covers somebody on a day. Facts in, decision out.

mod abroad;
mod phases;

pub(crate) use abroad::{Abroad, ended_on, ends_soon};
pub(crate) use phases::{Journey, Phase, work_ends_on};

use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::{
    money::Month,
    policy::{NoParameter, Policy},
    scheme::{Programme, Segment},
};

/// How long payouts wait after a contact was changed (C4).
pub(super) const CONTACT_HOLD: Duration = Duration::hours(24);

/// How long an employer must have stated a contact until it is trusted (C2): time enough for whoever is concerned to object.
const TRUSTED_AFTER: Duration = Duration::days(7);

/// Whether a contact that an employer first stated at `reported_at` is trusted at `now`.
pub(super) fn is_trusted(reported_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now >= reported_at + TRUSTED_AFTER
}

/// What of a membership decides on cover.
#[derive(Clone, Debug)]
pub(crate) struct Spell {
    /// Whose contributions the employer owes: his employees are covered whether he pays or not.
    pub segment: Segment,
    /// The programmes it holds.
    pub programmes: Vec<Programme>,
    /// The first day of cover; none before the first payment or, for employees, before the employer has reported.
    pub covered_from: Option<NaiveDate>,
    /// The last paid month.
    pub paid_through: Option<Month>,
    /// The last day; none while it goes on.
    pub ended_on: Option<NaiveDate>,
    /// How a migrant worker goes, and how far he has come; that alone decides on his cover.
    pub abroad: Option<Abroad>,
}

impl Spell {
    /// Whether it holds a programme. What an employee holds besides JKK and JKM is known when his employer has reported him.
    fn holds(&self, programme: Programme) -> bool {
        let not_reported = self.segment == Segment::Pu && self.covered_from.is_none();
        let held_by_all = matches!(programme, Programme::Jkk | Programme::Jkm);
        self.programmes.contains(&programme) || (not_reported && held_by_all)
    }
}

/// Whether a programme covers somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cover {
    /// From the first to the second day, both included; to no day that is known where the second is missing. A migrant worker in this
    /// part of his way.
    Covered(NaiveDate, Option<NaiveDate>, Option<Phase>),
    /// No membership holds the programme.
    NotHeld,
    /// The first contribution is not paid.
    NotPaid,
    /// The employer has not said yet that the person works for him.
    NotReported,
    /// It covers a migrant worker from the embarkation on, and none is reported.
    NotDeparted,
    /// Three months in a row are unpaid.
    Lapsed,
    /// The last day has passed.
    Ended,
}

/// Where a membership stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    AwaitingPayment,
    /// The employer has not said yet that the person works for him.
    AwaitingEmployer,
    Active,
    Lapsed,
    Ended,
}

/// Where a membership stands on `today`.
pub(crate) fn standing(
    spell: &Spell,
    today: NaiveDate,
    policy: &Policy,
) -> Result<Standing, NoParameter> {
    if let Some(abroad) = &spell.abroad {
        return abroad::standing(abroad, today, policy);
    }
    if spell.segment == Segment::Pu {
        return Ok(match spell.covered_from {
            None => Standing::AwaitingEmployer,
            Some(_) if spell.ended_on.is_some_and(|it| today > it) => Standing::Ended,
            Some(_) => Standing::Active,
        });
    }
    let Some(paid_through) = spell.paid_through else {
        return Ok(Standing::AwaitingPayment);
    };
    Ok(if spell.ended_on.is_some_and(|it| today > it) {
        Standing::Ended
    } else if is_lapsed(paid_through, today, policy)? {
        Standing::Lapsed
    } else {
        Standing::Active
    })
}

/// What the programme does for somebody with these spells on `today`; the best of them counts.
pub(crate) fn cover(
    spells: &[Spell],
    programme: Programme,
    today: NaiveDate,
    policy: &Policy,
) -> Result<Cover, NoParameter> {
    let mut best = Cover::NotHeld;
    for spell in spells.iter().filter(|it| it.holds(programme)) {
        let found = match &spell.abroad {
            Some(abroad) => abroad::cover(abroad, programme, today, policy)?,
            None => cover_of(spell, today, policy)?,
        };
        if matches!(found, Cover::Covered(..)) {
            return Ok(found);
        }
        if !matches!(best, Cover::Lapsed) {
            best = found;
        }
    }
    Ok(best)
}

/// What a spell at home does on `today` for a programme that it holds.
fn cover_of(spell: &Spell, today: NaiveDate, policy: &Policy) -> Result<Cover, NoParameter> {
    Ok(match (spell.covered_from, spell.paid_through) {
        (None, _) if spell.segment == Segment::Pu => Cover::NotReported,
        (Some(from), _) if spell.segment == Segment::Pu => match spell.ended_on {
            Some(last) if today > last => Cover::Ended,
            // Cover may begin later than the day of the report.
            _ if today < from => Cover::NotReported,
            until => Cover::Covered(from, until, None),
        },
        (Some(from), Some(paid_through)) => {
            let first_open = paid_through.next().first_day();
            let lapse_months = policy.bpu_lapse_months.on(first_open)?.value;
            let paid_until = cover_ends(paid_through, lapse_months);
            let until = spell.ended_on.map_or(paid_until, |it| it.min(paid_until));
            if spell.ended_on.is_some_and(|it| today > it) {
                Cover::Ended
            } else if today > until {
                Cover::Lapsed
            } else {
                Cover::Covered(from, Some(until), None)
            }
        }
        _ => Cover::NotPaid,
    })
}

/// The last day of cover when nothing more is paid (C8): the end of the last unpaid month that is tolerated.
pub(crate) fn cover_ends(paid_through: Month, lapse_months: u32) -> NaiveDate {
    paid_through.plus(lapse_months).last_day()
}

/// Whether a membership that is paid through a month has lapsed (C8), by the law of its first unpaid month.
pub(crate) fn is_lapsed(
    paid_through: Month,
    today: NaiveDate,
    policy: &Policy,
) -> Result<bool, NoParameter> {
    let lapse_months = policy
        .bpu_lapse_months
        .on(paid_through.next().first_day())?
        .value;
    Ok(today > cover_ends(paid_through, lapse_months))
}

/// The month that the next payment is for (C8): after a lapse the open months are closed, and it is this month.
pub(crate) fn oldest_open_month(
    paid_through: Month,
    today: NaiveDate,
    policy: &Policy,
) -> Result<Month, NoParameter> {
    let lapsed = is_lapsed(paid_through, today, policy)?;
    Ok(if lapsed {
        Month::of(today)
    } else {
        paid_through.next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn month(text: &str) -> Month {
        text.parse().expect("a month")
    }

    #[test]
    fn cover_lapses_on_the_first_day_of_the_fourth_month() {
        let policy = Policy::load();
        let march = month("2026-03");
        let lapsed = |today: &str| is_lapsed(march, day(today), &policy).expect("a rule");
        let open = |today: &str| oldest_open_month(march, day(today), &policy).expect("a rule");

        assert_eq!(cover_ends(march, 3), day("2026-06-30"));
        assert!(!lapsed("2026-06-30"));
        assert!(lapsed("2026-07-01"));
        assert_eq!(open("2026-06-30"), month("2026-04"));
        assert_eq!(open("2026-07-01"), month("2026-07"));
        assert_eq!(open("2026-02-01"), month("2026-04"), "prepaid");
        assert!(is_lapsed(month("2015-05"), day("2026-01-01"), &policy).is_err());
    }

    #[test]
    fn cover_is_told_for_each_programme_with_its_reason() {
        let policy = Policy::load();
        let spell = |paid: Option<&str>| Spell {
            segment: Segment::Bpu,
            programmes: vec![Programme::Jkk, Programme::Jkm],
            covered_from: paid.map(|_| day("2026-03-10")),
            paid_through: paid.map(month),
            ended_on: None,
            abroad: None,
        };
        let cover = |spells: &[Spell], programme, today: &str| {
            cover(spells, programme, day(today), &policy).expect("a rule")
        };
        let paid = [spell(Some("2026-03"))];
        let whole = Cover::Covered(day("2026-03-10"), Some(day("2026-06-30")), None);
        assert_eq!(cover(&paid, Programme::Jkk, "2026-06-30"), whole);
        assert_eq!(cover(&paid, Programme::Jkk, "2026-07-01"), Cover::Lapsed);
        assert_eq!(cover(&paid, Programme::Jht, "2026-03-10"), Cover::NotHeld);
        assert_eq!(
            cover(&[spell(None)], Programme::Jkm, "2026-03-10"),
            Cover::NotPaid
        );
        let ended = [Spell {
            ended_on: Some(day("2026-04-20")),
            ..spell(Some("2026-03"))
        }];
        let shorter = Cover::Covered(day("2026-03-10"), Some(day("2026-04-20")), None);
        assert_eq!(cover(&ended, Programme::Jkk, "2026-04-20"), shorter);
        assert_eq!(cover(&ended, Programme::Jkk, "2026-04-21"), Cover::Ended);
    }
}
