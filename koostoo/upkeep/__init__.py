"""Whether the service is well: signs of life of the workers, readiness."""
