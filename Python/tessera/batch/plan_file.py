import dataclasses
import hashlib
import os

from ..errors import ErrorKind, TesseraError
from ..plan import Plan


@dataclasses.dataclass(frozen=True)
class PlanFile:
    """A plan by its path, which must be the same file wherever it is opened."""

    path: str
    byte_count: int
    sha256: str

    @classmethod
    def of(cls, path: str) -> "PlanFile":
        """Reads the whole file, for its digest."""
        path = os.path.abspath(path)
        try:
            with open(path, "rb") as file:
                digest = hashlib.sha256()
                while part := file.read(1 << 20):
                    digest.update(part)
                return cls(path, file.tell(), digest.hexdigest())
        except OSError as problem:
            raise TesseraError(ErrorKind.INVALID_INPUT, f"{path}: {problem.strerror}") from problem

    def open(self) -> Plan:
        """Maps the file, and refuses another one than it was."""
        found = PlanFile.of(self.path)
        if found != self:
            raise TesseraError(
                ErrorKind.INVALID_INPUT,
                f"{self.path}: expected the plan of {self.byte_count:,} bytes with the SHA-256 {self.sha256[:12]}…, found "
                f"{found.byte_count:,} bytes with {found.sha256[:12]}…")
        return Plan(self.path)
