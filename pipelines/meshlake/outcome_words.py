"""Words for how something ended, each in one place: of names of labels, of what is known only once they are, of search.

How names are judged by them belongs in `outcome_names`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OutcomeWords:
    """Of one outcome: `stems`, how words begin that a label is named by, and `words` of such names.

    `found` are how further words begin that a search believes of a name, `asked` what it believes of a question alone,
    as it may mean another thing. Words of labels are asked for, too.
    """

    stems: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    found: tuple[str, ...] = ()
    asked: frozenset[str] = frozenset()


def _words(stems: str = "", words: str = "", found: str = "", asked: str = "") -> OutcomeWords:
    return OutcomeWords(
        tuple(stems.split()), frozenset(words.split()), tuple(found.split()), frozenset(asked.split())
    )


LEAVING = "leaving"
OUTCOMES = {
    LEAVING: _words(
        stems="churn cancel attrit exit laps terminat unsubscri depart abandon kundig gekundig kuendig gekuendig "
        "abwander abgewander storn ausgetret austritt resili desabonn rescis rescind disdett abbandon opzeg opgezeg",
        words="left lost leave leaver gone closed inactive quit ended baja fuga evasao",
        found="quit retention retain winback inactiv defector",
        asked="stop stops stopped stopping leaves leaving lose ceased stay stayed loyal",
    ),
    "not paying": _words(
        stems="delinquen bankrupt zahlungsausf impag moros inadimpl",
        words="defaulted repaid overdue late",
        found="unpaid overdue arrear dunning default insolv mahnung",
        asked="owe owes owed owing debt debts debtor debtors",
    ),
    "buying": _words(
        stems="convert",
        words="bought purchased gekauft achete compra compro comprou",
        found="purchas bought sale gekauft kauf bestell compra achat achet",
        asked="buy buys buyers buying sold sell sells order orders ordered",
    ),
    "fraud": _words(
        stems="fraud betrug",
        found="scam chargeback",
        asked="cheat cheated cheating steal stolen theft thefts",
    ),
    "dying": _words(
        stems="deceas surviv verstorb gestorb deced fallec",
        words="died",
        found="mortal death died",
        asked="die dies dying dead",
    ),
    "failing": _words(
        stems="abgebroch reprov reprob dropout",
        words="failed failure durchgefallen dropped",
        found="fail outage breakdown downtime incident ausfall panne",
        asked="broke broken break breaks crash crashed crashes",
    ),
    "coming back": _words(
        stems="readmi relaps ruckfall rehospit reingres wiederaufn wiederaufgenomm redoubl",
        found="wiederauf",
        asked="return returns returned returning again",
    ),
    "being late": _words(words="delayed verspatet retard retraso atraso atrasado ritardo"),
    "renewing": _words(stems="renew"),
    "being chosen": _words(
        words="won passed approved rejected hired bestanden genehmigt aprobado reussi",
    ),
}
# An outcome of any kind, which is not what a column is about.
ANY = frozenset(
    [
        "outcome",
        "target",
        "label",
        "responded",
        "decision",
        "result",
        "ergebnis",
        "resultat",
        "resultado",
        "esito",
    ]
)
