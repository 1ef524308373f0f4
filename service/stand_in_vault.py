"""Telling the real Vault from a stand-in, so that production never trusts a local imitation of its cipher."""

import psycopg

_CIPHER_LANGUAGES = """
    select distinct languages.lanname
    from pg_catalog.pg_proc as procedures
    join pg_catalog.pg_namespace as schemas on schemas.oid = procedures.pronamespace
    join pg_catalog.pg_language as languages on languages.oid = procedures.prolang
    where schemas.nspname = 'vault' and procedures.proname like '\\_crypto\\_aead\\_det\\_%'
"""


class StandInVaultError(Exception):
    """Vault's cipher functions are not those of the real extension: this database is a stand-in, not for production."""

    def __str__(self) -> str:
        return " ".join((type(self).__doc__ or "").split())


def refuse_stand_in_vault(database_url: str) -> None:
    """Look at the functions that Vault encrypts with: the real ones are compiled, a stand-in's are SQL.

    A database without Vault passes; migrations create the extension.

    Raises:
        StandInVaultError: at least one is not written in C.
    """
    with psycopg.connect(database_url) as connection:
        languages = {language for (language,) in connection.execute(_CIPHER_LANGUAGES)}
    if languages - {"c"}:
        raise StandInVaultError
