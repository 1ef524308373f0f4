-- What a local database begins with: a privacy policy to agree to and texts to ask consent with. Never for a hosted project,
-- where an operator publishes the real ones (docs/operate.md).
select ops.publish_policy_version(
    'privacy_policy', 'local-1', 'The privacy policy of a local database.', 'https://example.com/privacy',
    'First version.', now(), true
)
where not exists (select from public.policy_versions);

select ops.publish_consent_text(
    purposes.name, 'local-1', 'en', 'I agree to this: ' || purposes.description
)
from private.processing_purposes as purposes
where purposes.needs_consent and not exists (
    select from public.consent_texts as texts where texts.purpose = purposes.name
);
