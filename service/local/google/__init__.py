"""Stand-in for Google: OAuth with a consent page, Gmail and Calendar, with faults that tests can switch on.

Routes, parameters, bodies and scopes of the APIs come from the discovery documents inside google-api-python-client, so
that a call that Google would refuse is refused here.

Does not imitate: mail delivery and spam rules, quotas, push notifications, sync tokens, batch requests, resumable
uploads, free/busy, Workspace administration, recurrence beyond DAILY and WEEKLY, the search language of `q`. Methods
that it does not imitate answer 501 after the checks of token, scope, parameters and body. Everything is in memory.
"""
