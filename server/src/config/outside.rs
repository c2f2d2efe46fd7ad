//! The settings of the neighbours outside: the register, the carriers of messages, the bank.

use clap::Args;

use super::BankFlags;
use super::carriers::CarrierFlags;
use super::register::RegisterFlags;
use crate::Outside;

/// Which neighbours are real; what is left out is the sandbox's.
#[derive(Args, Clone, Debug)]
pub struct OutsideFlags {
    /// The population register.
    #[command(flatten)]
    pub register: RegisterFlags,
    /// How messages leave.
    #[command(flatten)]
    pub carriers: CarrierFlags,
    /// The bank.
    #[command(flatten)]
    pub bank: BankFlags,
}

impl OutsideFlags {
    /// The neighbours as they are set, or what is wrong with the settings.
    pub fn read(&self) -> Result<Outside, String> {
        Ok(Outside {
            register: self.register.read()?,
            carriers: self.carriers.read()?,
            bank: self.bank.read()?,
        })
    }
}
