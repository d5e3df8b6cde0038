"""The demonstration region: Excel files as forty schools would send them, made of invented people.

Pure generation, without the product: the files enter it through the ordinary import. The same seed and day
give the same bytes.
"""

from deploy.demo.build import DemoRegion, DemoSchool, write_demo_region
from deploy.demo.plan import Situation

__all__ = ["DemoRegion", "DemoSchool", "Situation", "write_demo_region"]
