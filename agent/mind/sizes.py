"""Owns the published sizes of Qwen3-VL as small data: shapes of the two towers, and how many parameters they make.

The counts are arithmetic, so that nothing heavy is loaded to know them; the tests build each size on torch's meta device
with the classes of transformers, and compare both with what was published.
"""

from __future__ import annotations

from dataclasses import dataclass

VOCABULARY = 151_936
HEAD = 128
"""Width of an attention head, the same in every size."""
PATCH_VALUES = 3 * 2 * 16 * 16
"""Numbers of a patch: colours, two moments, 16 × 16 pixels."""
MERGED = 4
"""Patches that become one token."""
POSITIONS = 2304


@dataclass(frozen=True, slots=True)
class Tower:
    """The part that sees.

    Attributes:
        depth: layers.
        hidden: width.
        inner: width inside a layer.
        deep: layers whose features are stacked into the language model, besides the last.
    """

    depth: int
    hidden: int
    inner: int
    deep: tuple[int, ...]

    def parameters(self, out: int) -> int:
        """How many there are, when its tokens are `out` wide."""
        d, merged = self.hidden, MERGED * self.hidden
        block = 4 * d + (3 * d * d + 3 * d) + (d * d + d) + (d * self.inner + self.inner) + (self.inner * d + d)
        joint = (merged * merged + merged) + (merged * out + out)
        mergers = (2 * d + joint) + len(self.deep) * (2 * merged + joint)
        return (PATCH_VALUES * d + d) + POSITIONS * d + self.depth * block + mergers


@dataclass(frozen=True, slots=True)
class Shape:
    """A published size.

    Attributes:
        name: as in the checkpoints' names.
        hidden, layers, heads, kv_heads: of the language model.
        inner: width inside a layer, or inside one expert.
        tower: the part that sees.
        experts: of a mixture; 0 in a dense model.
        chosen: experts that each token goes through.
        tied: the matrix that reads tokens also scores them.
        head: width of an attention head.
    """

    name: str
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    inner: int
    tower: Tower
    experts: int = 0
    chosen: int = 0
    tied: bool = False
    head: int = HEAD

    @property
    def checkpoint(self) -> str:
        """The hub's name of its Instruct checkpoint."""
        return f"Qwen/Qwen3-VL-{self.name}-Instruct"

    @property
    def linear(self) -> int:
        """Parameters of the language model's linear layers, which 8 and 4 bits are meant for.

        The experts of a mixture are none: transformers keeps them as one table, which bitsandbytes leaves as it is.
        """
        attention = 2 * self.hidden * self.head * (self.heads + self.kv_heads)
        return self.layers * (attention + (0 if self.experts else 3 * self.hidden * self.inner))

    @property
    def parameters(self) -> int:
        """All parameters, both towers."""
        experts = self.layers * self.experts * 3 * self.hidden * self.inner
        norms = self.layers * (2 * self.hidden + 2 * self.head) + self.hidden
        routers = self.layers * self.experts * self.hidden
        tables = VOCABULARY * self.hidden * (1 if self.tied else 2)
        return self.linear + experts + norms + routers + tables + self.tower.parameters(self.hidden)

    @property
    def kv_bytes(self) -> int:
        """Bytes that the cache keeps of each token, at two bytes a number."""
        return self.layers * 2 * self.kv_heads * self.head * 2


_LARGE = Tower(24, 1024, 4096, (5, 11, 17))
_SO400M = Tower(27, 1152, 4304, (8, 16, 24))

SIZES = (
    Shape("2B", 2048, 28, 16, 8, 6144, _LARGE, tied=True),
    Shape("4B", 2560, 36, 32, 8, 9728, _LARGE, tied=True),
    Shape("8B", 4096, 36, 32, 8, 12288, _SO400M),
    Shape("32B", 5120, 64, 64, 8, 25600, _SO400M),
    Shape("30B-A3B", 2048, 48, 32, 4, 768, _SO400M, experts=128, chosen=8),
    Shape("235B-A22B", 4096, 94, 64, 4, 1536, _SO400M, experts=128, chosen=8),
)
