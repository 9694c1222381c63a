"""The people of an event as organisers look at them: filters, columns, tags, notes, one person."""
