"""What waits for somebody in the school: the work list, reminders, and the rhythm of support."""
