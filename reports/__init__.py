"""Roll-up of coverage, dashboards of district and region. Reads fact views only."""
