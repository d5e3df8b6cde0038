"""Random regions in the format of the samples: a folder of region.json and three workbooks a school.

The same arguments give the same folder. `untidiness` from 0 to 1 says how often people were careless with
headings, dates and spellings; the edges of the counting rules are planted whatever it is.
"""

from tests.support.regions.build import build_region
from tests.support.regions.drafts import RegionDraft, SchoolDraft
from tests.support.regions.edges import EDGES
from tests.support.regions.write import write_region

__all__ = ["EDGES", "RegionDraft", "SchoolDraft", "build_region", "write_region"]
