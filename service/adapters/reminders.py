"""The function of service_api that lets the worker remind of activities."""

from service.adapters.postgrest_functions import PostgRESTFunctions
from service.domain.reminding import RemindedAnswer


class PostgRESTReminders:
    """Fulfils service.domain.reminding.DueReminders."""

    def __init__(self, functions: PostgRESTFunctions) -> None:
        self._functions = functions

    def remind_of_activities(self, *, limit: int) -> RemindedAnswer:
        return self._functions.call(RemindedAnswer, "remind_of_activities", {"p_limit": limit})
