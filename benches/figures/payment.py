"""What RecordPayment of a follow-up month sends to SQLite, and nothing else, through SQLite's C API.

    payment.py FILE SECONDS     prints payments a second; one writer, WAL, synchronous=FULL

The statements are those of contribution/pay.rs, in its order. FILE is the server's, after it has ended.
"""

import os
import random
import sqlite3
import sys
import time

PEOPLE = 2000
MAC = b"\xab" * 32
NOW = "2026-06-10 02:00:00+00:00"
GATEWAY = bytes(15) + b"\x01"


def id_of(kind: int, number: int) -> bytes:
    return bytes.fromhex(f"000000000000700080{kind:02x}{number:014x}")


def prepare(db: sqlite3.Connection) -> None:
    if db.execute("SELECT 1 FROM bill WHERE payment_code = 'floor1'").fetchone():
        return
    db.execute("BEGIN IMMEDIATE")
    for n in range(1, PEOPLE + 1):
        me = id_of(0, n)
        db.execute(
            "INSERT INTO participant (id, nik, nik_digest, full_name, birth_date, sex, warnings, identity_state, created_at)"
            " VALUES (?, ?, ?, 'Rahmat Hidayat', '1985-07-01', 'male', '', 'matched', ?)",
            (me, b"\xab" * 45, MAC, NOW),
        )
        db.execute(
            "INSERT INTO membership (id, participant_id, registration_id, segment, category, sector, occupations, paid_by_state,"
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
        "SELECT id, participant_id, registration_id, segment, category, sector, occupations, paid_by_state, programmes, income_idr,"
        " months_at_once, opened_at, cancelled_at, covered_from, paid_through FROM membership WHERE id = ? LIMIT 1",
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
    run(
        "INSERT INTO event (id, at, kind, subject_id, participant_id, facts, mac) VALUES (?, ?, 'payment.recorded', ?, ?,"
        " '{\"amountIdr\":68400,\"disposition\":\"applied\"}', ?)",
        (os.urandom(16), NOW, payment, me, MAC),
    )
    run(
        "INSERT INTO audit_record (id, at, caller_kind, caller_id, action, object_id, outcome, mac) VALUES (?, ?,"
        " 'SUBJECT_SERVICE', ?, 'RecordPayment', ?, 'done', ?)",
        (os.urandom(16), NOW, GATEWAY, payment, MAC),
    )
    run("COMMIT")


def main(file: str, seconds: float) -> None:
    db = sqlite3.connect(file, isolation_level=None, cached_statements=256)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON", "cache_size=-2000"):
        db.execute(f"PRAGMA {pragma}")
    prepare(db)
    payments, began = 0, time.monotonic()
    while time.monotonic() - began < seconds:
        pay(db)
        payments += 1
    print(payments / (time.monotonic() - began))


main(sys.argv[1], float(sys.argv[2]))
