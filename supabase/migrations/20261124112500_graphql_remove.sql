-- Purpose: no GraphQL: projects made before 2026-05-18 have it, and it would show the schema of every table that a client reads.
-- Keeps:   P-6.3, P-8.2
-- Touches: extension pg_graphql
-- Undo:    create extension pg_graphql, and list in policies/access/exposure.yaml what it shows

-- Nothing of ours calls it, and nothing depends on it; otherwise this is refused.
-- squawk-ignore ban-drop-extension
drop extension if exists pg_graphql;
