-- Purpose: what somebody typed, as a query that the index answers.
-- Keeps:   P-6.3, P-8.2
-- Touches: functions private.near_misses, private.word_beginning, private.search_query
-- Undo:    drop the functions

create function private.near_misses(p_word text)
returns setof text[]
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
    v_trigrams text[] := extensions.show_trgm(p_word);
begin
    -- Of a short word too little would remain, and of a very long one too much.
    if pg_catalog.char_length(p_word) not between 4 and 30 then
        return;
    end if;
    -- Whichever two neighbouring letters are wrong, missing, too many or swapped: what does not touch them is as in the right word.
    return query
    select distinct remaining.trigrams
    from pg_catalog.generate_series(1, pg_catalog.char_length(p_word)) as place
    cross join lateral (
        select pg_catalog.array_agg(both_parts.trigram order by both_parts.trigram) as trigrams
        from pg_catalog.unnest(v_trigrams) as both_parts (trigram)
        where both_parts.trigram = any (extensions.show_trgm(pg_catalog.left(p_word, place - 1)))
            or both_parts.trigram = any (extensions.show_trgm(pg_catalog.substr(p_word, place + 2)))
    ) as remaining
    where pg_catalog.cardinality(remaining.trigrams) >= 2;
end
$$;
comment on function private.near_misses(text) is
'What a word shares with words that it may be a slip for: sets of three letters in a row, one set for each place of a slip (P-8.2).';
revoke all on function private.near_misses(text) from public, anon, authenticated, service_role;

create function private.word_beginning(p_key text, p_word text)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
    -- Three letters are a token of their own, of which shorter beginnings are the beginning.
    select case pg_catalog.sign(pg_catalog.char_length(p_word) - 3)
        when -1 then pg_catalog.format('''%s^%s'':*', p_key, p_word)
        when 0 then pg_catalog.format('''%s^%s''', p_key, p_word)
        else pg_catalog.format('''%s%s'':*', p_key, p_word)
    end
$$;
comment on function private.word_beginning(text, text) is 'A query for the words that begin so, among the tokens of one workspace (P-6.3, P-8.2).';
revoke all on function private.word_beginning(text, text) from public, anon, authenticated, service_role;

create function private.search_query(p_workspace_id uuid, p_words text, p_form text)
returns tsquery
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
    v_key text := pg_catalog.left(p_workspace_id::text, 8);
begin
    -- Words are letters and digits, and trigrams of such: between quotes nothing of them is an operator. No word gives null.
    return (
        select pg_catalog.string_agg(case p_form
            when 'words' then pg_catalog.format('''%s%s''', v_key, typed.word)
            when 'beginnings' then private.word_beginning(v_key, typed.word)
            when 'likeness' then pg_catalog.format('(%s%s)', private.word_beginning(v_key, typed.word), (
                select pg_catalog.string_agg(
                    pg_catalog.format(' | (''%s_%s'')', v_key, pg_catalog.array_to_string(trigrams, pg_catalog.format(''' & ''%s_', v_key))), ''
                )
                from private.near_misses(typed.word) as trigrams
            ))
        end, ' & ')::tsquery
        from pg_catalog.unnest(pg_catalog.string_to_array(nullif(p_words, ''), ' ')) as typed (word)
    );
end
$$;
comment on function private.search_query(uuid, text, text) is
'Words as a query of one workspace''s tokens: as words, as beginnings of words, or as either or something like them (P-6.3, P-8.2).';
revoke all on function private.search_query(uuid, text, text) from public, anon, authenticated, service_role;
