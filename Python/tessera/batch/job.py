"""What a run computes, where, and which part of it decides the bytes of its results."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json

from .computations import Computation
from .image_list import ImageList
from .plan_file import PlanFile


@dataclasses.dataclass(frozen=True)
class Job:
    """What a worker is told: names of files, no contents."""

    version: str
    """That of the package."""
    command: str
    plan: PlanFile
    computation: Computation
    batch: int
    threads: int | None
    """Those of a session."""
    images: int
    images_sha256: str
    """The digest of the list."""
    root: str
    """Where paths start."""
    folder: str
    """Where the results go."""
    format: str
    shard_size: int

    @classmethod
    def of(
        cls, version: str, command: str, plan: PlanFile, computation: Computation, batch: int, threads: int | None,
        images: ImageList, folder: str, format: str, shard_size: int,
    ) -> Job:
        return cls(
            version, command, plan, computation, batch, threads, images.count, images.sha256, images.root, folder, format,
            shard_size)

    def settings(self) -> dict[str, object]:
        """What decides the results, as the manifest has it."""
        return {
            "tessera": self.version,
            "command": self.command,
            "plan": {"bytes": self.plan.byte_count, "sha256": self.plan.sha256},
            "list": {"images": self.images, "sha256": self.images_sha256},
            "options": {
                **self.computation.options(), "batch": self.batch, "format": self.format, "shard-size": self.shard_size},
        }

    @functools.cached_property
    def digest(self) -> str:
        """That of the settings."""
        return hashlib.sha256(json.dumps(self.settings(), sort_keys=True).encode()).hexdigest()

    @property
    def shards(self) -> int:
        return -(-self.images // self.shard_size)

    def images_of(self, shard: int) -> int:
        return min(self.shard_size, self.images - shard * self.shard_size)
