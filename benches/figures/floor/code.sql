-- What VerifyOtp of a code to sign in with sends to PostgreSQL, and nothing else: session/codes.rs, statement by statement.
-- A code is good once; here it serves again and again, so that `used_at` and the number of tries are not looked at.
\set n random(1, 2000)
BEGIN;
UPDATE otp_challenge SET tries = tries + 1 WHERE id = ('00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'))::uuid AND superseded_at IS NULL AND expires_at > now() RETURNING id, content_digest, purpose, subject_id, document_digest, channel, contact, contact_digest, code_digest, kpj_named, message_id, sends_left, tries, created_at, expires_at, used_at, superseded_at;
INSERT INTO quota (key, taken, began_at, ends_at) VALUES ('otp.failed1h.floor' || :n::text, 1, now(), now() + interval '1 hour'), ('otp.failed24h.floor' || :n::text, 1, now(), now() + interval '1 day') ON CONFLICT (key) DO UPDATE SET taken = CASE WHEN quota.ends_at <= excluded.began_at THEN 1 ELSE quota.taken + 1 END, began_at = CASE WHEN quota.ends_at <= excluded.began_at THEN excluded.began_at ELSE quota.began_at END, ends_at = CASE WHEN quota.ends_at <= excluded.began_at THEN excluded.ends_at ELSE quota.ends_at END RETURNING key, taken, ends_at;
COMMIT;
BEGIN;
UPDATE otp_challenge SET used_at = now() WHERE id = ('00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'))::uuid AND superseded_at IS NULL;
UPDATE quota SET taken = taken - 1 WHERE key IN ('otp.failed1h.floor' || :n::text, 'otp.failed24h.floor' || :n::text) AND taken > 0;
SELECT p.id AS id, p.kpj AS kpj FROM participant_contact c JOIN participant p ON p.id = c.participant_id WHERE c.contact_digest = decode(md5(('00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'))::uuid::text) || md5(('00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'))::uuid::text), 'hex') AND c.replaced_at IS NULL AND p.active_since IS NOT NULL ORDER BY p.id;
INSERT INTO session (id, subject, subject_id, generation, started_at, rotated_at, expires_at, revoked_at) VALUES (gen_random_uuid(), 'SUBJECT_PARTICIPANT', ('00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'))::uuid, 0, now(), now(), now() + interval '90 days', NULL);
INSERT INTO audit_record (id, at, caller_kind, caller_id, action, object_id, outcome, mac) VALUES (gen_random_uuid(), now(), 'SUBJECT_PARTICIPANT', ('00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'))::uuid, 'VerifyOtp', ('00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'))::uuid, 'done', decode(repeat('ab', 32), 'hex'));
INSERT INTO event (id, at, kind, subject_id, participant_id, facts, mac) VALUES (gen_random_uuid(), now(), 'session.started', ('00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'))::uuid, ('00000000-0000-7000-8000-' || lpad(:n::text, 12, '0'))::uuid, '{"subject":"SUBJECT_PARTICIPANT"}', decode(repeat('ab', 32), 'hex'));
COMMIT;
