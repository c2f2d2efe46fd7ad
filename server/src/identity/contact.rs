use std::fmt;

/// The longest e-mail address that mail carries (RFC 5321).
const EMAIL_LENGTH_MAX: usize = 254;

/// How a message reaches somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    Email,
    Sms,
}

/// An e-mail address or an Indonesian mobile number. Hides itself from logs.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Contact {
    channel: Channel,
    text: String,
}

/// Neither an address nor a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address or a mobile number as +628…")]
pub(crate) struct Malformed;

impl Channel {
    /// The name it is stored under.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }

    /// The channel stored under `code`.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        let all = [Self::Email, Self::Sms];
        all.into_iter().find(|it| it.code() == code)
    }
}

impl Contact {
    /// Reads a contact. SMS goes to +62 mobiles only (decision C4); an address is kept in lower case, so that it is one address.
    pub(crate) fn parse(text: &str) -> Result<Self, Malformed> {
        if let Some(number) = text.strip_prefix("+628") {
            let digits = number.bytes().all(|it| it.is_ascii_digit());
            if digits && (7..=11).contains(&number.len()) {
                return Ok(Self {
                    channel: Channel::Sms,
                    text: text.to_owned(),
                });
            }
            return Err(Malformed);
        }
        let (local, domain) = text.split_once('@').ok_or(Malformed)?;
        let local_fits = !local.is_empty()
            && local.len() <= 64
            && local
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || b"._%+-".contains(&it));
        let label_fits = |it: &str| {
            !it.is_empty()
                && !it.starts_with('-')
                && !it.ends_with('-')
                && it
                    .bytes()
                    .all(|it| it.is_ascii_alphanumeric() || it == b'-')
        };
        let domain_fits = domain.contains('.') && domain.split('.').all(label_fits);
        if local_fits && domain_fits && text.len() <= EMAIL_LENGTH_MAX {
            return Ok(Self {
                channel: Channel::Email,
                text: text.to_ascii_lowercase(),
            });
        }
        Err(Malformed)
    }

    pub(crate) fn channel(&self) -> Channel {
        self.channel
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Enough for its owner to know it again, too little for anybody else.
    pub(crate) fn masked(&self) -> String {
        match self.text.split_once('@') {
            Some((local, domain)) => format!("{}•••@{domain}", &local[..1]),
            None => format!("+62•••••••{}", &self.text[self.text.len() - 4..]),
        }
    }

    /// The numbers that share an operator's block; messages to a block are limited.
    pub(crate) fn prefix(&self) -> Option<&str> {
        (self.channel == Channel::Sms).then(|| &self.text[..8])
    }
}

/// A name of which only initials are told: "B••• S•••".
pub(crate) fn masked_name(name: &str) -> String {
    let initials = name.split_whitespace().filter_map(|it| it.chars().next());
    let words: Vec<_> = initials.map(|it| format!("{it}•••")).collect();
    words.join(" ")
}

impl fmt::Debug for Contact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Contact({:?}, hidden)", self.channel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_indonesian_mobiles_and_addresses_are_contacts() {
        for right in ["+628121234567", "+6281234567890", "Budi.S@Example.co.id"] {
            assert!(Contact::parse(right).is_ok(), "{right}");
        }
        let wrong = [
            "",
            "08121234567",
            "+62211234567",
            "+18005550100",
            "+628",
            "a@b",
            "@b.id",
            "a b@c.id",
            "a@-c.id",
        ];
        for wrong in wrong {
            assert_eq!(Contact::parse(wrong), Err(Malformed), "{wrong}");
        }
    }

    #[test]
    fn a_mask_hides_all_but_a_little() {
        let masked = |text| Contact::parse(text).expect("a contact").masked();
        assert_eq!(masked("+6281234567890"), "+62•••••••7890");
        assert_eq!(masked("budi@example.id"), "b•••@example.id");
        assert_eq!(masked_name("Budi Santoso"), "B••• S•••");
    }
}
