"""What an operation sends to SQLite, and nothing else, through SQLite's C API.

    floor.py FILE SECONDS payment|code|claim     prints operations a second; one writer, WAL, synchronous=FULL

The statements are those of payment.sql, code.sql and claim.sql beside this, in their order. FILE is the server's, after it has
ended.
"""

import hashlib
import os
import random
import sqlite3
import sys
import time

PEOPLE = 2000
MAC = b"\xab" * 32
NOW = "2026-06-10 02:00:00+00:00"
LATER = "2026-09-08 02:00:00+00:00"
GATEWAY = bytes(15) + b"\x01"

PERSON = (
    "id, document, document_digest, full_name, birth_date, sex, warnings, identity_state, kpj, created_at, active_since, contact_changed_at"
)
MEMBERSHIP = (
    "id, participant_id, origin_id, segment, category, sector, occupations, paid_by_state, programmes, income_idr,"
    " months_at_once, opened_at, cancelled_at, covered_from, paid_through, ended_on"
)
CODE = (
    "id, content_digest, purpose, subject_id, document_digest, channel, contact, contact_digest, code_digest, kpj_named, message_id,"
    " sends_left, tries, created_at, expires_at, used_at, superseded_at"
)
CLAIM = (
    "id, participant_id, programme, cause, content_digest, state, is_open, bank_code, account_number, holder_name, challenge_id,"
    " channel, estimate_idr, requires_interview, submitted_at, held_until, due_on, weekends_only, policy_version, taken_by,"
    " taken_at, reason, mac"
)


def id_of(kind: int, number: int) -> bytes:
    return bytes.fromhex(f"000000000000700080{kind:02x}{number:014x}")


def digest(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


def prepare(db: sqlite3.Connection) -> None:
    if db.execute("SELECT 1 FROM bill WHERE payment_code = 'floor1'").fetchone():
        return
    db.execute("BEGIN IMMEDIATE")
    for n in range(1, PEOPLE + 1):
        me = id_of(0, n)
        db.execute(
            "INSERT INTO participant (id, document, document_digest, full_name, birth_date, sex, warnings, identity_state, kpj, created_at,"
            " active_since) VALUES (?, ?, ?, 'Rahmat Hidayat', '1966-07-01', 'male', '', 'matched', ?, ?, ?)",
            (me, b"\xab" * 45, digest(n), f"9{n:010}", NOW, NOW),
        )
        db.execute(
            "INSERT INTO participant_contact (id, participant_id, channel, contact, contact_digest, verified_at)"
            " VALUES (?, ?, 'sms', ?, ?, ?)",
            (me, me, b"\xab" * 43, digest(n), NOW),
        )
        db.execute(
            f"INSERT INTO otp_challenge ({CODE}) VALUES (?, ?, 'sign_in', ?, NULL, 'sms', ?, ?, ?, 0, ?, 2, 0, ?, ?, NULL, NULL)",
            (me, MAC, me, b"\xab" * 43, digest(n), MAC, me, NOW, LATER),
        )
        db.execute(
            "INSERT INTO membership (id, participant_id, origin_id, segment, category, sector, occupations, paid_by_state,"
            " programmes, income_idr, months_at_once, opened_at, covered_from, paid_through) VALUES (?, ?, ?, 'bpu',"
            " 'self_employed', 'trade', '[{\"title\":\"Warung\",\"sector\":\"trade\"}]', 0, 'jkk,jkm,jht', 2500000, 1, ?,"
            " '2026-05-01', '2026-05')",
            (me, me, me, NOW),
        )
        db.execute(
            "INSERT INTO bill (id, membership_id, payment_code, first_month, months, total_idr, due_on, valid_through,"
            " policy_version, issued_at, mac) VALUES (?, ?, ?, '2026-06', 3, 205200, '2026-06-30', '2026-06-30', '2026.1', ?, ?)",
            (me, me, f"floor{n}", NOW, MAC),
        )
        for month in ("2026-06", "2026-07", "2026-08"):
            for programme in ("jkk", "jkm", "jht"):
                db.execute(
                    "INSERT INTO bill_line (id, bill_id, month, programme, amount_idr, discount_idr, formula, law, mac)"
                    " VALUES (?, ?, ?, ?, 13000, 13000, '1.00 % × 2,600,000 × 50 % = 13,000',"
                    ' \'[["PP 44/2015, article 17","https://peraturan.bpk.go.id/Details/5612"],'
                    '["PP 50/2025","https://peraturan.bpk.go.id"]]\', ?)',
                    (os.urandom(16), me, month, programme, MAC),
                )
    db.execute("COMMIT")


def pay(db: sqlite3.Connection) -> None:
    n = random.randint(1, PEOPLE)
    me, credit, savings = id_of(0, n), id_of(1, n), id_of(2, n)
    month = str(random.randint(1, 10**12))
    payment, journal, clearing = os.urandom(16), os.urandom(16), id_of(3, 1)
    run = db.execute
    run("BEGIN IMMEDIATE")
    run(
        "SELECT b.id AS bill, b.membership_id, b.payment_code, b.first_month, b.months, b.total_idr, b.due_on, b.valid_through,"
        " b.policy_version, l.month, l.programme, l.amount_idr, l.discount_idr, l.formula, l.law"
        " FROM bill b JOIN bill_line l ON l.bill_id = b.id WHERE b.payment_code = ? ORDER BY l.month, l.id",
        (f"floor{n}",),
    ).fetchall()
    run(
        f"SELECT {MEMBERSHIP} FROM membership WHERE id = ? LIMIT 1",
        (me,),
    ).fetchall()
    run("SELECT balance_idr FROM ledger_account WHERE id = ?", (credit,)).fetchall()
    run(
        "INSERT INTO payment (id, gateway_id, gateway_payment_id, payment_code, amount_idr, paid_at, received_at, channel,"
        " membership_id, disposition, applied_idr, credited_idr, months_paid, mac) VALUES (?, ?, ?, ?, 68400, ?, ?, 'BANK', ?,"
        " 'settled', 68400, 0, '2026-06', ?)",
        (payment, GATEWAY, month, f"floor{n}", NOW, NOW, me, MAC),
    )
    rows = [(os.urandom(16), me, month, it, 13000, payment, MAC) for it in ("jkk", "jkm", "jht")]
    run(
        "INSERT INTO contribution (id, membership_id, month, programme, amount_idr, income_idr, cause_id, paid_on, mac) VALUES "
        + ", ".join(["(?, ?, ?, ?, ?, 2500000, ?, '2026-06-10', ?)"] * 3),
        [value for row in rows for value in row],
    )
    run("UPDATE membership SET covered_from = '2026-05-01', paid_through = '2026-06' WHERE id = ?", (me,))
    run(
        "INSERT INTO ledger_account (id, kind, owner_id, balance_idr, opened_on) VALUES (?, 'jht', ?, 52000, '2026-06-10')"
        " ON CONFLICT (id) DO UPDATE SET balance_idr = ledger_account.balance_idr + excluded.balance_idr"
        " RETURNING id, balance_idr",
        (savings, me),
    ).fetchall()
    accounts = (id_of(3, 2), id_of(3, 3), savings)
    rows = [(os.urandom(16), journal, payment, clearing, to, NOW, MAC) for to in accounts]
    run(
        "INSERT INTO transfer (id, journal_id, kind, cause_id, day, month, debit_account, credit_account, amount_idr,"
        " debit_balance_after, credit_balance_after, posted_at, mac) VALUES "
        + ", ".join(["(?, ?, 'contribution', ?, '2026-06-10', '2026-06', ?, ?, 13000, NULL, 52000, ?, ?)"] * 3),
        [value for row in rows for value in row],
    )
    tell(db, "payment.recorded", '{"amountIdr":68400,"disposition":"applied"}', payment, me)
    attest(db, "RecordPayment", GATEWAY, payment)
    run("COMMIT")


def sign_in(db: sqlite3.Connection) -> None:
    """A code is good once; here it serves again and again, so that `used_at` and the number of tries are not looked at."""
    n = random.randint(1, PEOPLE)
    me, session = id_of(0, n), os.urandom(16)
    failed = (f"otp.failed1h:floor{n}", f"otp.failed24h:floor{n}")
    run = db.execute
    run("BEGIN IMMEDIATE")
    run(
        "UPDATE otp_challenge SET tries = tries + 1 WHERE id = ? AND superseded_at IS NULL AND expires_at > ?"
        f" RETURNING {CODE}",
        (me, NOW),
    ).fetchall()
    run(
        "INSERT INTO quota (key, taken, began_at, ends_at) VALUES (?, 1, ?, ?), (?, 1, ?, ?) ON CONFLICT (key) DO UPDATE SET"
        " taken = CASE WHEN quota.ends_at <= excluded.began_at THEN 1 ELSE quota.taken + 1 END,"
        " began_at = CASE WHEN quota.ends_at <= excluded.began_at THEN excluded.began_at ELSE quota.began_at END,"
        " ends_at = CASE WHEN quota.ends_at <= excluded.began_at THEN excluded.ends_at ELSE quota.ends_at END"
        " RETURNING key, taken, ends_at",
        (failed[0], NOW, LATER, failed[1], NOW, LATER),
    ).fetchall()
    run("COMMIT")
    run("BEGIN IMMEDIATE")
    run("UPDATE otp_challenge SET used_at = ? WHERE id = ? AND superseded_at IS NULL", (NOW, me))
    run("UPDATE quota SET taken = taken - 1 WHERE key IN (?, ?) AND taken > 0", failed)
    run(
        "SELECT p.id AS id, p.kpj AS kpj FROM participant_contact c JOIN participant p ON p.id = c.participant_id"
        " WHERE c.contact_digest = ? AND c.replaced_at IS NULL AND p.active_since IS NOT NULL ORDER BY p.id",
        (digest(n),),
    ).fetchall()
    run(
        "INSERT INTO session (id, subject, subject_id, generation, started_at, rotated_at, expires_at, revoked_at)"
        " VALUES (?, 'SUBJECT_PARTICIPANT', ?, 0, ?, ?, ?, NULL)",
        (session, me, NOW, NOW, LATER),
    )
    attest(db, "VerifyOtp", me, me)
    tell(db, "session.started", '{"subject":"SUBJECT_PARTICIPANT"}', session, me)
    run("COMMIT")


def claim(db: sqlite3.Connection) -> None:
    """A person has one open claim; here everybody claims again and again, so that it is written as one that is closed."""
    n = random.randint(1, PEOPLE)
    me, submitted = id_of(0, n), os.urandom(16)
    run = db.execute
    person = f"SELECT {PERSON} FROM participant WHERE id = ? AND active_since IS NOT NULL LIMIT 1"
    run(f"SELECT {CLAIM} FROM claim WHERE id = ? LIMIT 1", (submitted,)).fetchall()
    run(person, (me,)).fetchall()
    run(f"SELECT {CODE} FROM otp_challenge WHERE id = ? LIMIT 1", (me,)).fetchall()
    run("SELECT times_left FROM sandbox_fault WHERE part = ? AND times_left > 0", ("bank_before",)).fetchall()
    run("BEGIN IMMEDIATE")
    run(person, (me,)).fetchall()
    run("SELECT id FROM claim WHERE participant_id = ? AND programme = ? AND is_open = 1 LIMIT 1", (me, "jht")).fetchall()
    run(f"SELECT {MEMBERSHIP} FROM membership WHERE participant_id = ? ORDER BY opened_at, id", (me,)).fetchall()
    run("SELECT id, balance_idr, opened_on FROM ledger_account WHERE id IN (?, ?)", (id_of(1, n), id_of(2, n))).fetchall()
    run(
        f"INSERT INTO claim ({CLAIM}) VALUES (?, ?, 'jht', 'retirement', ?, 'closed', 0, '008', ?, 'RAHMAT HIDAYAT', ?, 'sms',"
        " 52000, 0, ?, ?, '2026-06-17', 0, '2026.1', NULL, NULL, NULL, ?)",
        (submitted, me, MAC, b"\xab" * 38, me, NOW, NOW, MAC),
    )
    run(
        "INSERT INTO claim_step (id, claim_id, step, state, what, at, caller_kind, caller_id, reason, mac)"
        " VALUES (?, ?, 1, 'submitted', 'SubmitClaim', ?, 'SUBJECT_PARTICIPANT', ?, '', ?)",
        (os.urandom(16), submitted, NOW, me, MAC),
    )
    run(
        "SELECT id, participant_id, channel, contact, contact_digest, verified_at, replaced_at FROM participant_contact"
        " WHERE participant_id IN (?) AND replaced_at IS NULL ORDER BY id",
        (me,),
    ).fetchall()
    run(
        "INSERT INTO message (id, channel, state, payload, attempts, created_at, not_after, leased_until, sent_at, is_code,"
        " not_before) VALUES (?, 'sms', 'queued', ?, 0, ?, ?, NULL, NULL, 0, NULL)",
        (os.urandom(16), b"\xab" * 365, NOW, LATER),
    )
    tell(db, "claim.submitted", '{"cause":"retirement","estimateIdr":52000}', submitted, me)
    attest(db, "SubmitClaim", me, submitted)
    run("COMMIT")


def tell(db: sqlite3.Connection, kind: str, facts: str, subject: bytes, participant: bytes) -> None:
    db.execute(
        "INSERT INTO event (id, at, kind, subject_id, participant_id, facts, mac) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (os.urandom(16), NOW, kind, subject, participant, facts, MAC),
    )


def attest(db: sqlite3.Connection, action: str, caller: bytes, about: bytes) -> None:
    db.execute(
        "INSERT INTO audit_record (id, at, caller_kind, caller_id, action, object_id, outcome, mac)"
        " VALUES (?, ?, 'SUBJECT_SERVICE', ?, ?, ?, 'done', ?)",
        (os.urandom(16), NOW, caller, action, about, MAC),
    )


OPERATIONS = {"payment": pay, "code": sign_in, "claim": claim}


def main(file: str, seconds: float, operation: str) -> None:
    db = sqlite3.connect(file, isolation_level=None, cached_statements=256)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON", "cache_size=-2000"):
        db.execute(f"PRAGMA {pragma}")
    prepare(db)
    operate = OPERATIONS[operation]
    done, began = 0, time.monotonic()
    while time.monotonic() - began < seconds:
        operate(db)
        done += 1
    print(done / (time.monotonic() - began))


main(sys.argv[1], float(sys.argv[2]), sys.argv[3])
