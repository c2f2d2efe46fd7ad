//! What whoever starts the program reads first.

use std::{io::Write, path::Path};

pub(crate) fn greet(
    address: &str,
    token: Option<&str>,
    certificate: Option<&Path>,
) -> std::io::Result<()> {
    let Some(token) = token else {
        let mut out = std::io::stdout().lock();
        writeln!(out, "jamsostek, in production\nlistening on {address}")?;
        return out.flush();
    };
    let how = certificate.map_or("-plaintext".to_owned(), |it| {
        format!("-cacert {}", it.display())
    });
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "jamsostek SANDBOX: nobody here is real, every code can be read, every secret is known.\n\
         listening on {address}\n\n\
         Try:\n\
         \x20 grpcurl {how} {address} list\n\
         \x20 grpcurl {how} {address} jamsostek.v1.SandboxService/ListPeople\n\
         \x20 grpcurl {how} -H 'authorization: Bearer {token}' {address} jamsostek.v1.SessionService/WhoAmI"
    )?;
    out.flush()
}
