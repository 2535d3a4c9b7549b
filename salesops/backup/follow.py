"""The follower: streams the changes of the database and new files into the backup folder.

Started by the supervisor once `backup` has named a folder; standard library only. The slot makes
PostgreSQL keep what was not streamed yet, so a pause of ours leaves no gap.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from salesops import services
from salesops.backup.folder import Files, follow_heads, opened
from salesops.supervisor import Refused, die_with_parent, say

SLOT = "backup"
EVERY = 2.0  # seconds between two looks for new files


def connection() -> list[str]:
    """Peer authentication as the account that owns the files."""
    return ["-h", str(services.run_folder()), "-p", str(services.PG_PORT), "-U", "postgres", "-w"]


def receiver(wal: Path) -> subprocess.Popen:
    parent = os.getpid()
    return subprocess.Popen(
        [services.pg("pg_receivewal"), *connection(), "-D", wal, "--slot", SLOT, "-s", "1"],
        preexec_fn=lambda: die_with_parent(parent, 15),  # noqa: PLW1509  it must not outlive us
        stdin=subprocess.DEVNULL,
    )


def run(root: Path) -> int:
    folder = opened(root)  # an unmounted disk is no empty folder: nothing is created here
    os.umask(0o077)
    stream, files = receiver(folder.wal), Files(folder)
    while stream.poll() is None:
        files.follow()
        follow_heads(folder)
        time.sleep(EVERY)
    return stream.returncode or 1


if __name__ == "__main__":
    try:
        sys.exit(run(Path(sys.argv[1])))
    except (Refused, OSError) as reason:
        say(str(reason))
        sys.exit(1)
