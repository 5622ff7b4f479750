"""What merely holds the words of a labelled column is not joined by them."""

from __future__ import annotations

from meshlake.boosting.tables import without_shared_words
from meshlake.discovery.joins import Join

IDS, WORDS = ("landing.crm.asked_0", "customer_id"), ("landing.crm.asked_1", "state")


def test_tables_of_the_same_words_are_not_joined_by_them_and_keys_are():
    of_events = Join("landing.shop.events", "customer_id", *IDS, 1.0, is_one_to_one=False)
    of_words = Join("landing.shop.events", "state", *WORDS, 1.0, is_one_to_one=False)
    of_states = Join("landing.geo.states", "code", *WORDS, 0.9, is_one_to_one=True)
    led = Join(*WORDS, "landing.geo.regions", "state", 1.0, is_one_to_one=False)
    joins = (of_events, of_words, of_states, led)
    entities = {IDS: "customer_id", WORDS: "state"}
    assert without_shared_words(joins, entities, ["state"]) == (of_events, of_states, led)
    assert without_shared_words(joins, entities, []) == joins
