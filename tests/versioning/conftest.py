"""Settings of the property tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A busy machine is no failure: promises about time are tests of their own.
settings.register_profile("hotpass", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hotpass")
