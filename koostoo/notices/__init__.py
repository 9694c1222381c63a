"""The messages: which there are, when each still makes sense, what each says."""
