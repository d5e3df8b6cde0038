"""Template tag libraries of the component kit."""
