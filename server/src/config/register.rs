//! The settings of the population register.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::file::{read, secret};
use crate::{
    hidden::Hidden,
    identity::dukcapil::{RegisterSettings, address},
};

/// The population register (Dukcapil); the sandbox plays it when no address is given.
#[derive(Args, Clone, Debug)]
pub struct RegisterFlags {
    /// Where the population register is, such as <https://10.0.0.1:8000>; the sandbox plays it when nothing is said.
    #[arg(long, global = true, env = "JAMSOSTEK_REGISTER_URL")]
    pub register_url: Option<String>,
    /// The register's name for us, in the path of its service.
    #[arg(long, global = true, env = "JAMSOSTEK_REGISTER_CUSTOMER")]
    pub register_customer: Option<String>,
    /// The user that asks it.
    #[arg(long, global = true, env = "JAMSOSTEK_REGISTER_USER")]
    pub register_user: Option<String>,
    /// The user's password; in the environment or a file, since everybody on the machine can see a flag.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_REGISTER_PASSWORD",
        hide_env_values = true,
        conflicts_with = "register_password_file"
    )]
    pub register_password: Option<Hidden>,
    /// A file with the user's password in its one line.
    #[arg(long, global = true, env = "JAMSOSTEK_REGISTER_PASSWORD_FILE")]
    pub register_password_file: Option<PathBuf>,
    /// The address that the register knows the user by.
    #[arg(long, global = true, env = "JAMSOSTEK_REGISTER_IP_USER")]
    pub register_ip_user: Option<String>,
    /// From which of the register's scores on a name agrees.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_REGISTER_THRESHOLD",
        default_value = "90",
        value_parser = clap::value_parser!(u8).range(1..=100)
    )]
    pub register_threshold: u8,
    /// How long it may take; what takes longer is silence, and it is asked again later.
    #[arg(
        long,
        global = true,
        env = "JAMSOSTEK_REGISTER_TIMEOUT_MS",
        default_value = "5000",
        value_parser = clap::value_parser!(u16).range(100..=5_000)
    )]
    pub register_timeout_ms: u16,
    /// The certificates to trust the register by, in PEM, instead of the machine's own.
    #[arg(long, global = true, env = "JAMSOSTEK_REGISTER_CA")]
    pub register_ca: Option<PathBuf>,
}

impl RegisterFlags {
    /// The register as it is set, if it is; or what is wrong with the settings.
    pub fn read(&self) -> Result<Option<RegisterSettings>, String> {
        let password = secret(
            "--register-password",
            self.register_password.as_ref(),
            self.register_password_file.as_ref(),
        )?;
        let needed = [
            ("--register-customer", &self.register_customer),
            ("--register-user", &self.register_user),
            ("--register-ip-user", &self.register_ip_user),
        ];
        let Some(url) = &self.register_url else {
            let told = needed.iter().find(|it| it.1.is_some()).map(|it| it.0);
            let told = told.or(password.is_some().then_some("--register-password"));
            return match told {
                Some(told) => Err(format!("{told} needs --register-url")),
                None => Ok(None),
            };
        };
        let url = address(url).map_err(|why| format!("--register-url {why}"))?;
        let is_told = |it: &Option<String>| it.as_ref().is_some_and(|it| !it.trim().is_empty());
        let mut missing: Vec<_> = needed
            .iter()
            .filter(|it| !is_told(it.1))
            .map(|it| it.0)
            .collect();
        if password.is_none() {
            missing.push("--register-password-file");
        }
        let ([(_, Some(customer)), (_, Some(user_id)), (_, Some(ip_user))], Some(password), []) =
            (needed, password, missing.as_slice())
        else {
            return Err(format!("--register-url needs {}", missing.join(", ")));
        };
        Ok(Some(RegisterSettings {
            url,
            customer: customer.clone(),
            user_id: user_id.clone(),
            password,
            ip_user: ip_user.clone(),
            threshold: self.register_threshold,
            patience: Duration::from_millis(self.register_timeout_ms.into()),
            certificates: self.certificates()?,
        }))
    }

    fn certificates(&self) -> Result<Option<Vec<u8>>, String> {
        self.register_ca.as_deref().map(read).transpose()
    }
}
