"""Projects, organisations, outcomes, activities and the project file."""
