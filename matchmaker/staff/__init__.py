"""The programme office's own pages: the outbox, the workings of the house, the audit chain."""
