"""Ready people, pairs and consents from the Excel files that schools have."""
