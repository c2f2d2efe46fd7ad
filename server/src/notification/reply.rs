//! What a mail server's reply means for a message.

use lettre::transport::smtp::Error;

use super::carrier::NotTaken;

/// What it has against us is no fault of the message: that waits until somebody has mended it.
pub(super) fn later(error: &Error) -> NotTaken {
    NotTaken::Later(told(error))
}

/// What the server's word about this message means. For good is only what is surely about the address itself; all else, however
/// permanent the server calls it, somebody can mend: who may send, from where, how much and by whose leave.
pub(super) fn verdict(error: &Error) -> NotTaken {
    let Some(code) = error.status() else {
        return later(error);
    };
    if is_of_the_address(code.into(), detail(error)) {
        return NotTaken::Refused(told(error));
    }
    later(error)
}

/// Whether a reply says that nobody can ever be reached there. Where it has a status of its own (RFC 3463), that decides: `550 5.7.1`
/// is a server that does not relay for us, and some say that they do not know the *sender* with `5.1.0`, `5.1.7` or `5.1.8`, and in
/// answer to RCPT. Of the bare codes (RFC 5321, 4.2.3) only 550 and 551 are about the mailbox. 553 is as often "not from this sender" or
/// "no relaying", 552 may be "too many at once" (4.5.3.1.10), 554 is policy, and 530, 535 and 538 are about signing in (RFC 4954).
fn is_of_the_address(code: u16, detail: Option<[u16; 3]>) -> bool {
    match detail {
        // No such mailbox, system, syntax; more than one; moved away; a domain that takes no mail (RFC 7505); a disabled mailbox.
        Some([5, subject, detail]) => {
            matches!((subject, detail), (1, 1..=4 | 6 | 10) | (2, 1))
        }
        Some(_) => false,
        None => [550, 551].contains(&code),
    }
}

/// The status that a reply's text begins with (RFC 2034), as in `550 5.1.1 …`.
fn detail(error: &Error) -> Option<[u16; 3]> {
    let text = std::error::Error::source(error)?.to_string();
    let mut parts = text.split_whitespace().next()?.split('.');
    let mut part = || parts.next()?.parse().ok();
    let detail = [part()?, part()?, part()?];
    parts.next().is_none().then_some(detail)
}

/// The server's numbers and nothing of its text, which may name the contact.
pub(super) fn told(error: &Error) -> String {
    match error.status() {
        Some(code) => match detail(error) {
            Some([class, subject, detail]) => format!("it says {code} {class}.{subject}.{detail}"),
            None => format!("it says {code}"),
        },
        None if error.is_tls() => "TLS failed".into(),
        None if error.is_timeout() => "it takes too long".into(),
        None if error.is_client() => "it does not offer what we need".into(),
        None => "no connection, or a broken one".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_surely_about_the_address_is_for_good() {
        for (code, detail) in [
            (550, None),
            (551, None),
            (550, Some([5, 1, 1])),
            (550, Some([5, 2, 1])),
            (553, Some([5, 1, 3])),
            (554, Some([5, 1, 2])),
            (556, Some([5, 1, 10])),
        ] {
            assert!(is_of_the_address(code, detail), "{code} {detail:?}");
        }
        for (code, detail) in [
            (500, None),
            (530, None),
            (535, None),
            (552, None),
            (553, None),
            (554, None),
            (530, Some([5, 7, 0])),
            (535, Some([5, 7, 8])),
            (550, Some([5, 1, 0])),
            (550, Some([5, 1, 8])),
            (550, Some([5, 7, 1])),
            (552, Some([5, 2, 2])),
            (553, Some([5, 7, 1])),
            (554, Some([5, 7, 1])),
            (450, Some([4, 1, 1])),
        ] {
            assert!(!is_of_the_address(code, detail), "{code} {detail:?}");
        }
    }
}
