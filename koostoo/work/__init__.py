"""Long work: asked for on a page, done by a worker with progress, while letters keep leaving."""
