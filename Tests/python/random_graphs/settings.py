"""How Tessera is asked to compute a graph."""

from dataclasses import dataclass

from random_graphs import storage


@dataclass(frozen=True)
class Settings:
    # What TESSERA_ISA is set to; "" leaves the choice to Tessera.
    instruction_set: str = ""
    algorithm: str = "auto"
    # An output of a convolution depends on its own window alone (--local).
    is_local: bool = False
    threads: int = 1
    # Compile to a file and run that, or run the model.
    saves_plan: bool = True
    # How the model reaches the tool, one of `storage.FORMS`.
    storage: str = "binary"
    # Compile once more, for the least memory that a plan can do with.
    saves_memory: bool = False

    @property
    def tiles(self):
        """Winograd's tiles that may be used, by their outputs along an axis."""
        if self.is_local:
            return ()
        if self.algorithm == "auto":
            return (2, 4, 6)
        return tuple(tile for tile in (2, 4, 6) if self.algorithm == f"winograd{tile}")

    @property
    def arguments(self):
        """Options of every command that compiles."""
        return ["--algorithm", self.algorithm, *(["--local"] if self.is_local else [])]

    @property
    def environment(self):
        return {"TESSERA_ISA": self.instruction_set} if self.instruction_set else {}


def random(builder, is_local=False):
    """Settings by chance. Where they are to be local, no convolution spreads NaN."""
    algorithms = ["auto", "auto", "direct", "im2col", "winograd2", "winograd4", "winograd6"]
    if is_local:
        algorithms = ["direct", "im2col", "auto"]
    algorithm = builder.choice(algorithms)
    saves_plan = builder.chance(0.5)
    return Settings(
        instruction_set=builder.choice(["", "", "avx2", "portable"]),
        algorithm=algorithm,
        is_local=algorithm == "auto" and (is_local or builder.chance(0.2)),
        threads=builder.integer(1, 3),
        storage=storage.random(builder),
        saves_plan=saves_plan,
        saves_memory=saves_plan and builder.chance(0.2),
    )
