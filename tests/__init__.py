"""Tests. They run on the local platform only: real PostgreSQL, real PostgREST, real HTTP."""
