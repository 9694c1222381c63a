"""The outbox and the transport: what is to be sent, and how it leaves."""
