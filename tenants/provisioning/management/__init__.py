"""Management commands of provisioning."""
