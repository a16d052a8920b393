"""What both protocols ask for: descriptions of the models, and answers."""

import asyncio
import sys
import traceback
from collections.abc import Callable
from typing import Any

from kserve.protocol.dataplane import DataPlane

from .. import __version__
from . import metrics
from .model import PLATFORM
from .refusal import Reason, Refusal
from .repository import PlanRepository
from .request import Answer, Request


class Plane(DataPlane):
    def __init__(self, repository: PlanRepository) -> None:
        super().__init__(model_registry=repository)
        self.repository = repository
        self._is_stopping = False
        self._running = 0
        self._idle = asyncio.Event()

    def metadata(self) -> dict[str, Any]:
        return {
            "name": "tessera", "version": __version__, "extensions": ["binary_tensor_data", "classification"]}

    async def ready(self) -> bool:
        return not self._is_stopping

    async def model_ready(self, model_name: str, version: str | None = None) -> bool:
        return self.repository.find(model_name, version).ready and not self._is_stopping

    async def model_metadata(self, model_name: str, version: str | None = None) -> dict[str, Any]:
        model = self.repository.find(model_name, version)
        return {
            "name": model.name, "versions": self.repository.versions(model.name), "platform": PLATFORM,
            "inputs": model.get_input_types(), "outputs": model.get_output_types()}

    async def answer(
        self, name: str, version: str | None, decode: Callable[[], Request], encode: Callable[[Answer], Any],
    ) -> Any:
        """Decodes a request, has the model answer it, and encodes the answer. Throws nothing but `Refusal`."""
        model = self.repository.find(name, version)
        self._running += 1
        reason: Reason | None = Reason.FAILED
        try:
            if self._is_stopping:
                raise Refusal(Reason.STOPPING, "the server is stopping")
            result = encode(await model.answer(decode()))
            reason = None
            return result
        except Refusal as refusal:
            reason = refusal.reason
            raise
        except Exception as problem:
            traceback.print_exc(file=sys.stderr)
            raise Refusal(Reason.FAILED, f"internal error: {type(problem).__name__}") from problem
        finally:
            metrics.count(model.name, model.version, reason)
            self._running -= 1
            if not self._running:
                self._idle.set()

    async def drain(self) -> None:
        """Refuses what is new, and returns when all else is answered."""
        self._is_stopping = True
        while self._running:
            self._idle.clear()
            await self._idle.wait()
