"""What tests of all packages use."""

import pytest

from tests.clocks import Hands


@pytest.fixture
def clock() -> Hands:
    """It stands at noon until the test moves it."""
    return Hands()
