"""Merging one school into another: agreed by both, planned, carried out table by table, never seen by the region."""
