"""A mail server for the stories: takes mail by STARTTLS from whoever signs in, and does otherwise where it is told to.

mail_server.py CERTIFICATE KEY USER PASSWORD

Prints its port, and then answers each line that it is told with one line: `be MODE` with the mode, `mails` with all that it was handed.
A mode of three digits and more is its answer to whoever is to get a mail.
"""

import asyncio
import email
import email.policy
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

MODES = {"open", "refusing", "busy", "silent", "breaking"}


class Handler:
    """Keeps what it is handed."""

    def __init__(self):
        self.mode = "open"
        self.mails = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.mode[:3].isdigit():
            return self.mode
        if self.mode == "refusing":
            return f"550 5.1.1 <{address}> is nobody here"
        if self.mode == "busy":
            return f"451 4.3.0 <{address}> must wait"
        if self.mode == "silent":
            await asyncio.Event().wait()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(
            {
                "to": envelope.rcpt_tos,
                "from": envelope.mail_from,
                "id": mail["Message-ID"],
                "subject": mail["Subject"],
                "text": mail.get_content(),
                "encrypted": session.ssl is not None,
                "signed_in": bool(session.authenticated),
            }
        )
        if self.mode == "breaking":
            server.transport.abort()
        return "250 OK"


def authenticator(user, password):
    expected = (user.encode(), password.encode())

    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == expected)

    return check


# A client that trusts us no further is what some stories are about: nothing to tell.
logging.disable()
warnings.filterwarnings("ignore")


async def main(certificate, key, user, password):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    handler = Handler()

    def connection():
        return SMTP(
            handler,
            hostname="localhost",
            tls_context=tls,
            require_starttls=True,
            auth_required=True,
            authenticator=authenticator(user, password),
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    told = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    while line := (await told.readline()).decode().strip():
        word, _, mode = line.partition(" ")
        if word == "be":
            assert mode in MODES or mode[:3].isdigit(), mode
            handler.mode = mode
            print(mode, flush=True)
        else:
            print(json.dumps(handler.mails), flush=True)


asyncio.run(main(*sys.argv[1:]))
