//! Who outside is real, and whom the sandbox plays.

use crate::claim::BankAt;
use crate::{identity::dukcapil::RegisterSettings, notification::Carriers};

/// The neighbours outside that are real. What is left out is played by the sandbox; production leaves nothing out.
#[derive(Clone, Default)]
pub struct Outside {
    /// The population register.
    pub register: Option<RegisterSettings>,
    pub(crate) carriers: Carriers,
    /// The bank.
    pub bank: Option<BankAt>,
}

impl Outside {
    /// The settings without which production is not served.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let register = self
            .register
            .is_none()
            .then_some("the population register (--register-url)");
        let mut missing: Vec<_> = register.into_iter().collect();
        missing.extend(self.carriers.missing());
        missing.extend(self.bank.is_none().then_some("a bank (--bank-url)"));
        missing
    }
}
