"""Events, their questions, publishing and calling off."""
