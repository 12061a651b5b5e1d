"""Settings of every test: machines are shared and noisy, so no property is judged by the clock."""

from hypothesis import settings

settings.register_profile("casewright", deadline=None)
settings.load_profile("casewright")
