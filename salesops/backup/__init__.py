"""Backup to a point in time: base copies, the stream of changes, files, their verification."""
