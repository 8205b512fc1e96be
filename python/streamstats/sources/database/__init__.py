"""Rows of a database as a source: a random sample, without straining the server.

>>> from sqlalchemy import create_engine
>>> from streamstats.sources.database import random_rows
>>> sample = random_rows(create_engine("sqlite:///shop.db"), "bicycle", 20)  # doctest: +SKIP
"""

from __future__ import annotations

from streamstats.sources.database.cache import Cache, open_cache
from streamstats.sources.database.draw import random_rows
from streamstats.sources.database.sample import Examined, Planned, Sample

__all__ = ["Cache", "Examined", "Planned", "Sample", "open_cache", "random_rows"]
