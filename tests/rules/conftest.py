"""How the tests of the rules run.

They need neither Odoo nor a database. The worked examples in the rules' docstrings run too, by ``test_rings.py``.

``HYPOTHESIS_PROFILE=fast`` (default) draws the same examples on every run, so that a red run means the change did it;
``HYPOTHESIS_PROFILE=long`` (default with ``./dev test --long``) draws many more, new ones every time; ``noticing`` is fast and leaves
out the search for the smallest example of a failure.
"""

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

# The translation of stories is checked here too; it takes the rules from wherever these tests take them.
sys.path.append(str(Path(__file__).resolve().parent.parent.parent))

# Building a lineage takes some draws; slowness of the machine says nothing about the rules.
SHARED = {"deadline": None, "database": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("fast", max_examples=60, derandomize=True, **SHARED)
settings.register_profile("noticing", max_examples=60, derandomize=True, phases=[Phase.explicit, Phase.generate], **SHARED)
settings.register_profile("long", max_examples=1000, print_blob=True, **SHARED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("long" if os.environ.get("RECURRING_BILLING_LONG_TESTS") else "fast"))


def pytest_configure(config):
    config.addinivalue_line("markers", "long: takes minutes; runs with ./dev test --long")
