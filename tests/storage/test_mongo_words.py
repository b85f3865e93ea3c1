"""What MongoDB's driver says, as people should read it."""

from storage.mongo.connection import in_short


def test_the_drivers_picture_of_all_servers_is_left_out() -> None:
    told = (
        "desk:27017: [Errno 111] Connection refused (configured timeouts: socketTimeoutMS: 5000.0ms), "
        "Timeout: 4.9s, Topology Description: <TopologyDescription id: 6b, servers: []>"
    )

    assert in_short(Exception(told)) == "desk:27017: [Errno 111] Connection refused"


def test_what_is_short_already_stays() -> None:
    assert in_short(Exception("not authorized on desk")) == "not authorized on desk"
