//! What whoever starts a sandbox reads first.

use std::{io::Write, path::Path};

pub(crate) fn greet(address: &str, token: &str, certificate: Option<&Path>) -> std::io::Result<()> {
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
