//! The table of brackets that turns an income into a base.

use std::fmt;

use serde::Deserialize;

use crate::money::Money;

/// The brackets, lowest first; the first one begins at nothing.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Vec<Bracket>")]
pub(crate) struct Brackets(Vec<Bracket>);

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bracket {
    lower_bound: Money,
    base: Money,
}

impl Brackets {
    /// The number, from 1, and the base of the bracket with the largest lower bound that the income reaches.
    pub(crate) fn bracket_of(&self, income: Money) -> (u32, Money) {
        (1..)
            .zip(&self.0)
            .take_while(|(number, it)| *number == 1 || it.lower_bound <= income)
            .last()
            .map(|(number, it)| (number, it.base))
            .expect("a table has a first bracket")
    }
}

impl TryFrom<Vec<Bracket>> for Brackets {
    type Error = &'static str;

    fn try_from(rows: Vec<Bracket>) -> Result<Self, Self::Error> {
        if rows.first().is_none_or(|it| it.lower_bound != Money::ZERO) {
            return Err("the first bracket begins at 0");
        }
        let rises = |pair: &[Bracket]| {
            pair[0].lower_bound < pair[1].lower_bound && pair[0].base < pair[1].base
        };
        if !rows.windows(2).all(rises) {
            return Err("bounds and bases rise from bracket to bracket");
        }
        Ok(Self(rows))
    }
}

impl fmt::Display for Brackets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, .., last] = self.0.as_slice() else {
            return f.write_str("1 bracket");
        };
        write!(
            f,
            "{} brackets, {} to {}",
            self.0.len(),
            first.base,
            last.base
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &str) -> Result<Brackets, toml::de::Error> {
        #[derive(Deserialize)]
        struct Table {
            value: Brackets,
        }
        toml::from_str::<Table>(&format!("value = [{rows}]")).map(|it| it.value)
    }

    #[test]
    fn bounds_rise_from_nothing() {
        let first = "{ lower_bound = 0, base = 10 }";
        assert!(read(first).is_ok());
        assert!(read("").is_err());
        assert!(read("{ lower_bound = 1, base = 10 }").is_err());
        assert!(read(&format!("{first}, {{ lower_bound = 5, base = 20 }}")).is_ok());
        assert!(read(&format!("{first}, {{ lower_bound = 0, base = 20 }}")).is_err());
        assert!(read(&format!("{first}, {{ lower_bound = 5, base = 10 }}")).is_err());
    }

    #[test]
    fn an_income_falls_into_the_last_bracket_it_reaches() {
        let rows = "{ lower_bound = 0, base = 10 }, { lower_bound = 5, base = 20 }";
        let table = read(rows).expect("two brackets");
        let bracket = |idr| table.bracket_of(Money::new(idr));
        assert_eq!(bracket(-1), (1, Money::new(10)));
        assert_eq!(bracket(4), (1, Money::new(10)));
        assert_eq!(bracket(5), (2, Money::new(20)));
        assert_eq!(bracket(i64::MAX), (2, Money::new(20)));
    }
}
