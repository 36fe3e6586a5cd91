"""Plumbing without pages: settings, database, audit, outbox, jobs, files, languages."""
