"""Words for how something ended: who asks who stopped paying means a table of churn, whatever it is called."""

from __future__ import annotations

from functools import cache

from meshlake.outcome_names import LEAVING_STEMS

# Of each outcome how words begin that name it; and words that may as well mean another thing, which are believed of a
# question alone.
_OUTCOMES = {
    "leaving": (
        f"{' '.join(LEAVING_STEMS)} quit retention retain winback inactiv defector",
        "stop stops stopped stopping leave leaves leaving left lost lose gone ended ceased closed stay stayed loyal",
    ),
    "not paying": (
        "unpaid overdue arrear delinquen dunning default insolv bankrupt impag moros inadimpl zahlungsausf mahnung",
        "owe owes owed owing debt debts debtor debtors late",
    ),
    "buying": (
        "purchas bought sale gekauft kauf bestell compra achat achet",
        "buy buys buyers buying sold sell sells order orders ordered",
    ),
    "fraud": ("fraud scam betrug chargeback", "cheat cheated cheating steal stolen theft thefts"),
    "dying": ("deceas surviv mortal death died gestorb verstorb fallec", "die dies dying dead"),
    "failing": (
        "fail outage breakdown downtime incident ausfall panne",
        "broke broken break breaks crash crashed crashes",
    ),
    "coming back": (
        "readmi relaps rehospit reingres wiederauf redoubl",
        "return returns returned returning again",
    ),
}
_STEMS = {name: tuple(stems.split()) for name, (stems, _) in _OUTCOMES.items()}
_ASKED = {word: name for name, (_, words) in _OUTCOMES.items() for word in words.split()}


@cache
def outcome(word: str, *, is_asked: bool = False) -> str | None:
    """The outcome that a word, in small letters, stands for: of one that `is_asked` for also where it may be another.

    Example:
        >>> outcome("cancelled"), outcome("stopped"), outcome("stopped", is_asked=True)
        ('leaving', None, 'leaving')
    """
    named = next((name for name, stems in _STEMS.items() if word.startswith(stems)), None)
    return named or (_ASKED.get(word) if is_asked else None)
