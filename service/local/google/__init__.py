"""Stand-in for Google: OAuth with a consent page, Gmail and Calendar, with faults that tests can switch on.

Routes, parameters, bodies, answers and scopes of the APIs come from the discovery documents inside
google-api-python-client, so that a call that Google would refuse is refused here.

Does not imitate: mail delivery, threading by subject and spam rules, quotas, push notifications, sync tokens, batch
requests, multipart and resumable uploads, changes of single occurrences, recurrence beyond DAILY and WEEKLY, the
search language of `q`, free/busy, notices to attendees, Workspace administration, Cross-Account Protection, refresh
tokens that expire with time, and the limits of the scope gmail.metadata. It is stricter than Google with unknown
parameters and fields of Calendar, and takes no token from a query string. Methods and parameters that it does not
imitate answer 501 after the checks of token, scope, parameters and body. Everything is in memory.
"""
