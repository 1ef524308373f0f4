-- Purpose: the registers of purposes and of processors: what may be done with data, and who does it for us.
-- Keeps:   P-3.1, P-5.3.2, P-6.1, P-6.4, P-11.1
-- Touches: tables private.processing_purposes, private.processors
-- Undo:    drop the tables

create table private.processing_purposes (
    name text primary key,
    description text not null,
    lawful_basis text not null,
    needs_consent boolean not null,
    constraint purpose_name_is_snake_case check (name ~ '^[a-z][a-z_]{1,62}$'),
    constraint lawful_basis_is_known check (lawful_basis in ('contract', 'consent', 'legal_obligation', 'legitimate_interest')),
    constraint consent_is_its_basis check (needs_consent = (lawful_basis = 'consent'))
);
comment on table private.processing_purposes is
'The register of purposes, loaded from policies/purposes.yaml; a purpose that is not here is refused (P-3.1).';
comment on column private.processing_purposes.name is 'The word that a processing function names (P-3.1).';
comment on column private.processing_purposes.description is 'What is done, in a sentence (P-3.1).';
comment on column private.processing_purposes.lawful_basis is 'Why it may be done (P-3.1).';
comment on column private.processing_purposes.needs_consent is 'Whether a consent in force is needed (P-3.3, P-4.4).';

create table private.processors (
    name text primary key,
    purpose text not null,
    data_categories text[] not null,
    country text not null,
    safeguard text not null,
    competes_with_customers boolean not null,
    constraint country_is_a_code check (country ~ '^[A-Z]{2}$')
);
comment on table private.processors is 'Who processes data for us, loaded from policies/processors.yaml (P-5.3.2, P-6.1).';
comment on column private.processors.name is 'The company (P-6.1).';
comment on column private.processors.purpose is 'What it does for us (P-6.1).';
comment on column private.processors.data_categories is 'What it gets (P-6.1).';
comment on column private.processors.country is 'Where, as an ISO code (P-11.1).';
comment on column private.processors.safeguard is 'What protects the data there (P-11.1).';
comment on column private.processors.competes_with_customers is 'Whether it competes with customers of ours (P-6.4).';

alter table private.processing_purposes enable row level security;
alter table private.processors enable row level security;
revoke all on private.processing_purposes, private.processors from public, anon, authenticated, service_role;

create trigger processing_purposes_refuse_truncate before truncate on private.processing_purposes
for each statement execute function private.refuse_truncate();
create trigger processors_refuse_truncate before truncate on private.processors
for each statement execute function private.refuse_truncate();

-- The one purpose that later migrations build on, in the words of its file; the others come with: python -m service policy sync
insert into private.processing_purposes (name, description, lawful_basis, needs_consent) values
('provide_service', 'Run the CRM for the customer, with the abilities that its users switched on.', 'contract', false);
