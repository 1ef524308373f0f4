-- Purpose: the schemas of ours, each with one kind of reader.
-- Keeps:   P-5.4.6, P-8.2
-- Touches: schemas service_api, private, audit, ops
-- Undo:    drop schema ops, audit, private, service_api cascade

create schema service_api;
comment on schema service_api is
'Functions that the service calls through PostgREST. Exposed, but usable only by the roles of the service (P-5.4.6).';

create schema private;
comment on schema private is
'Token references, authorization attempts, send claims, purposes and helper functions. Exposed to nobody (P-5.4.6).';

create schema audit;
comment on schema audit is 'Append-only records of what was opened, when and for what. Exposed to nobody (P-3.4, P-8.2).';

create schema ops;
comment on schema ops is 'Views and functions for operators in Studio. Shows states and counts, never a token (P-5.6.2, P-8.2).';

revoke all on schema service_api, private, audit, ops from public, anon, authenticated, service_role;
