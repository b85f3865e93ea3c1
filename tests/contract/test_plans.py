"""The model of MongoDB's plans, by which the whole suite is held to indexes."""

import pytest

from tests.contract.plans import Keys, Plans

DUE = {"urgency": 3, "due.discord": {"$lte": 5}}
BEHIND = [{"seq": {"$lt": 9}}, {"seq": 9, "_id": {"$lt": 5}}]
PENDING = {"due.discord": {"$exists": True}}


@pytest.fixture
def plans() -> Plans:
    plans = Plans()
    plans.made("events", [("ticket_id", 1), ("seq", 1)], {"unique": True})
    by_urgency = [("urgency", -1), ("due.discord", 1), ("_id", 1)]
    plans.made("events", by_urgency, {"partialFilterExpression": PENDING})
    return plans


@pytest.mark.parametrize(
    ("query", "sort"),
    [
        ({"ticket_id": "t", "seq": {"$gt": 3}}, [("seq", 1)]),
        ({"ticket_id": "t"}, [("seq", -1)]),
        ({"ticket_id": {"$in": ["t", "u"]}, "seq": 1}, [("at", 1)]),
        (DUE, [("due.discord", 1), ("_id", 1)]),
        ({"urgency": {"$in": [1, 2]}, **PENDING}, None),
        ({"_id": 7, "due.discord": 1}, None),
        ({"$or": [{"_id": 1}, {"ticket_id": "t"}]}, None),
        ({"ticket_id": "t", "seq": {"$lte": 9}, "$or": BEHIND}, [("seq", -1)]),
    ],
)
def test_what_an_index_serves_is_not_told(plans: Plans, query: dict[str, object], sort: Keys) -> None:
    plans.asked("events", query, sort)

    assert plans.unserved == []


@pytest.mark.parametrize(
    ("query", "sort"),
    [
        (PENDING, [("at", 1)]),
        (PENDING, None),
        ({"urgency": 3}, None),
        (DUE, [("due.discord", 1), ("at", 1)]),
        ({"ticket_id": "t"}, [("at", 1)]),
        ({"ticket_id": {"$nin": ["t"]}}, None),
        ({"seq": 3}, None),
        ({}, [("at", 1)]),
        ({"$or": [{"_id": 1}, {"seq": 1}]}, None),
        ({"ticket_id": "t", "$or": BEHIND}, [("seq", -1)]),
    ],
)
def test_a_query_that_no_index_serves_is_told(plans: Plans, query: dict[str, object], sort: Keys) -> None:
    plans.asked("events", query, sort)

    assert len(plans.unserved) == 1
