"""The probes of what stands around the program: database, worker, machine."""

from egzaminator.runtime.probes import backups, database, jobs, machine

__all__ = ["backups", "database", "jobs", "machine"]
