-- People, bills and codes for the floors, under ids that the scripts can make up.
INSERT INTO participant (id, document, document_digest, full_name, birth_date, sex, warnings, identity_state, kpj, created_at,
                         active_since)
SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, decode(repeat('ab', 45), 'hex'),
       decode(md5(n::text) || md5(n::text), 'hex'), 'Rahmat Hidayat', '1966-07-01', 'male', '', 'matched', '9' || lpad(n::text, 10, '0'),
       now(), now()
FROM generate_series(1, 2000) n;
INSERT INTO membership (id, participant_id, origin_id, segment, category, sector, occupations, paid_by_state, programmes,
                        income_idr, months_at_once, opened_at, covered_from, paid_through)
SELECT id, id, id, 'bpu', 'self_employed', 'trade', '[{"title":"Warung","sector":"trade"}]', false, 'jkk,jkm,jht',
       2500000, 1, now(), '2026-05-01', '2026-05'
FROM participant WHERE id <= '00000000-0000-7000-8000-000000002000';
INSERT INTO bill (id, membership_id, payment_code, first_month, months, total_idr, due_on, valid_through, policy_version,
                  issued_at, mac)
SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
       ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'floor' || n, '2026-06', 3, 205200, '2026-06-30',
       '2026-06-30', '2026.1', now(), decode(repeat('ab', 32), 'hex')
FROM generate_series(1, 2000) n;
INSERT INTO bill_line (id, bill_id, month, programme, amount_idr, discount_idr, formula, law, mac)
SELECT gen_random_uuid(), ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, month, programme, 13000, 13000,
       '1.00 % × 2,600,000 × 50 % = 13,000',
       '[["PP 44/2015, article 17","https://peraturan.bpk.go.id/Details/5612"],["PP 50/2025","https://peraturan.bpk.go.id"]]',
       decode(repeat('ab', 32), 'hex')
FROM generate_series(1, 2000) n, unnest(ARRAY['2026-06', '2026-07', '2026-08']) month,
     unnest(ARRAY['jkk', 'jkm', 'jht']) programme;
-- A way to reach each, and a code for each.
INSERT INTO participant_contact (id, participant_id, channel, contact, contact_digest, verified_at)
SELECT id, id, 'sms', decode(repeat('ab', 43), 'hex'), decode(md5(id::text) || md5(id::text), 'hex'), now()
FROM participant WHERE id <= '00000000-0000-7000-8000-000000002000';
INSERT INTO otp_challenge (id, content_digest, purpose, subject_id, channel, contact, contact_digest, code_digest, kpj_named,
                           message_id, sends_left, tries, created_at, expires_at)
SELECT id, decode(repeat('ab', 32), 'hex'), 'sign_in', id, 'sms', decode(repeat('ab', 43), 'hex'),
       decode(md5(id::text) || md5(id::text), 'hex'), decode(repeat('ab', 32), 'hex'), false, id, 2, 0, now(),
       now() + interval '1 day'
FROM participant WHERE id <= '00000000-0000-7000-8000-000000002000';
