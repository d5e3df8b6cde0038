"""Schools, districts, reference data and provisioning: what the region schema holds about its tenants."""
