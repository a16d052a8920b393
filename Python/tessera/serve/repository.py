"""The models by name and version."""

from kserve.model_repository import ModelRepository

from ..plan import Plan
from .model import PlanModel
from .options import Options
from .refusal import Reason, Refusal


class PlanRepository(ModelRepository):
    """Of a model without a version the highest is meant."""

    def __init__(self) -> None:
        super().__init__()
        self._versions: dict[str, dict[str, PlanModel]] = {}

    def add(self, name: str, version: str, plan: Plan, options: Options) -> PlanModel:
        model = PlanModel(name, version, plan, options)
        self._versions.setdefault(name, {})[version] = model
        self.update(self._versions[name][self.versions(name)[-1]])
        return model

    def versions(self, name: str) -> list[str]:
        return sorted(self._versions.get(name, {}), key=int)

    def find(self, name: str, version: str | None) -> PlanModel:
        versions = self._versions.get(name)
        if versions is None:
            raise Refusal(Reason.UNKNOWN, f"there is no model '{name[:80]}', there is {', '.join(self._versions)}")
        model = versions.get(version or self.versions(name)[-1])
        if model is None:
            raise Refusal(
                Reason.UNKNOWN,
                f"model '{name}' has no version '{(version or '')[:80]}', it has {', '.join(self.versions(name))}")
        return model

    def all(self) -> list[PlanModel]:
        return [model for versions in self._versions.values() for model in versions.values()]
