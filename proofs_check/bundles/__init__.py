"""Claims with all that is needed to verify them again, in one file."""
