-- Purpose: the currencies that an amount may be in.
-- Keeps:   P-2.1.1
-- Touches: table private.currencies
-- Undo:    drop table private.currencies

create table private.currencies (
    code text primary key,
    constraint code_is_three_letters check (code ~ '^[A-Z]{3}$')
);
comment on table private.currencies is 'Currencies in use, ISO 4217 (P-2.1.1).';
comment on column private.currencies.code is 'Three letters (P-2.1.1).';
alter table private.currencies enable row level security;
revoke all on private.currencies from public, anon, authenticated, service_role;
create trigger currencies_refuse_truncate before truncate on private.currencies
for each statement execute function private.refuse_truncate();
insert into private.currencies (code)
select codes.code from pg_catalog.regexp_split_to_table('
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE
    CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS
    KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR
    PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD
    TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
', '\s+') as codes (code)
where codes.code <> '';
