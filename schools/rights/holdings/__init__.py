"""What each app's tables hold of a person, an app or two to a module."""
