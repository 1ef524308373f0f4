"""Stand-in for Supabase Auth (GoTrue) on GoTrue's own tables, started with `python -m service.local.auth`.

Imitated: sign-up with e-mail and password, password and refresh grants (rotation, reuse interval, family revocation),
reading and changing the user, sign-out with its three scopes, the admin API for users (create, list, get, update with
ban, delete and soft delete), health, settings, JWKS; the tables' rows, the audit log, claims, status codes and both
forms of error body.

Not imitated, and refused with 501: e-mail and phone messages (so no verify, recover, invite, magic link or one-time
code), OAuth and SAML providers, ID-token and PKCE grants, enrolling or verifying MFA factors, anonymous sign-in,
hooks, captcha and rate limits. Phone numbers are not accepted. Passwords are hashed with scrypt, not bcrypt, so a
hash made here does not work on a hosted project. A concurrent refresh waits for the row instead of retrying.
"""
