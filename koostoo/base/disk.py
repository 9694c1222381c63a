"""The disk under the data: what kind of file system it is, and how much room is left."""

import shutil
from pathlib import Path

from click import ClickException

MOUNTS = Path("/proc/self/mounts")
"""What is mounted where, proc(5); a test names another file."""
_NETWORK = {
    "9p", "afs", "ceph", "cifs", "coda", "davfs", "gfs2", "glusterfs", "lustre", "ncpfs", "nfs",
    "nfs4", "ocfs2", "orangefs", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
}  # fmt: skip
_NETWORK_FUSE = {"ceph", "davfs", "davfs2", "glusterfs", "gvfsd-fuse", "juicefs", "mergerfs"} | {
    "moosefs", "rclone", "s3fs", "smbnetfs", "sshfs", "vmhgfs-fuse",
}  # fmt: skip


class UnfitDisk(ClickException):
    """The database cannot lie there; commands show the words, which say what to do."""


def refuse_network(database: Path) -> None:
    """Raise UnfitDisk where the file of an SQLite database would lie on a network file system."""
    kind = network_filesystem(database)
    if kind:
        raise UnfitDisk(
            f"{database} lies on a network file system ({kind}), where SQLite loses data. With "
            "everything stopped, move koostoo.db and the files beside it that begin with its name "
            "to a disk of this machine and set INSTANCE_PATH or DATABASE_URL; or use PostgreSQL."
        )


def network_filesystem(path: Path) -> str:
    """Return the type of the network file system `path` lies on; empty: a local disk, or unknown.

    The write-ahead log of SQLite needs memory that all processes share (sqlite.org, "WAL", 2.2),
    which no network file system has.
    """
    try:
        lines = MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    place, kind = "", ""
    target = str(path.absolute().resolve())
    for line in lines:
        _device, mounted, type_, *_rest = line.split(" ")
        mounted = _unescaped(mounted)
        inside = target == mounted or target.startswith(mounted.rstrip("/") + "/")
        # Of two mounts at one place the later hides the earlier.
        if inside and len(mounted) >= len(place):
            place, kind = mounted, type_
    name = kind.removeprefix("fuse.")
    is_network = name in (_NETWORK_FUSE | _NETWORK if kind != name else _NETWORK)
    return kind if is_network else ""


def free_bytes(path: Path) -> int:
    """Return how many bytes this process may still write in `path`; raise OSError."""
    return shutil.disk_usage(path).free


def _unescaped(field: str) -> str:
    # getmntent(3): blank, tab, line feed and backslash are octal.
    for octal, sign in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(octal, sign)
    return field
