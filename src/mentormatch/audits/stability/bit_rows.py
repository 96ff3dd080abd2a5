"""Directed graphs as rows of bits: components and paths of graphs with nearly every arc.

A set of nodes is a Python integer, bit k for node k. What is done to one costs O(nodes / 8) bytes
however many nodes are in it, so dense graphs are walked in as many steps as they have nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

__all__ = ["BitRows", "as_bits", "lowest", "nodes_of", "shortest_path", "strong_components"]

# Rows up to this size are not worth a second look.
SHORT = 64


class BitRows:
    """Which nodes each node leads to; rows with few of them are kept as lists.

    Nodes are 0 … ``n_nodes`` − 1.
    """

    def __init__(self, n_nodes: int) -> None:
        self.width = -(-n_nodes // 8)
        self.nbytes = 0
        self._kept: dict[int, bytes | NDArray[np.int32]] = {}

    def __contains__(self, node: int) -> bool:
        """Whether the node leads anywhere."""
        return node in self._kept

    def __getitem__(self, node: int) -> int:
        """The set of nodes that a node leads to."""
        row = self._kept.get(node, b"")
        if isinstance(row, np.ndarray):
            bits = np.zeros(8 * self.width, dtype=bool)
            bits[row] = True
            return as_bits(bits)
        return int.from_bytes(row, "little")

    def add(self, node: int, bits: NDArray[np.uint8]) -> None:
        """Let a node lead to more nodes.

        Bits are uint8 (at most ceil(n_nodes / 8),), lowest bit first.
        """
        row = int.from_bytes(bits.tobytes(), "little")
        if not row:
            return
        if node in self._kept:
            row |= self[node]
            self.nbytes -= _size(self._kept[node])
        raw = row.to_bytes(self.width, "little")
        # A list takes four bytes a node.
        dense = self.width <= SHORT or 4 * row.bit_count() >= self.width
        self._kept[node] = raw if dense else nodes_of(row).astype(np.int32)
        self.nbytes += _size(self._kept[node])


def _size(row: bytes | NDArray[np.int32]) -> int:
    return row.nbytes if isinstance(row, np.ndarray) else len(row)


def as_bits(chosen: NDArray[np.bool_]) -> int:
    """The set of the nodes where a bool array (nodes,) is true."""
    return int.from_bytes(np.packbits(chosen, bitorder="little").tobytes(), "little")


def nodes_of(bits: int) -> NDArray[np.intp]:
    """The nodes of a set, ascending."""
    raw = np.frombuffer(bits.to_bytes(-(-bits.bit_length() // 8), "little"), dtype=np.uint8)
    return np.flatnonzero(np.unpackbits(raw, bitorder="little"))


def lowest(bits: int) -> int:
    """The first node of a set that is not empty."""
    return (bits & -bits).bit_length() - 1


def strong_components(heads: Callable[[int], int], nodes: int) -> Iterator[int]:
    """Strongly connected components of two nodes and more, as sets.

    One depth-first search that contracts each cycle as soon as it is closed: the path holds
    components with all that they lead to, so each row is read once, and a node is put on the path
    once and merged at most once. O(nodes) steps of O(nodes / 8) bytes. ``heads`` gives the set of
    nodes that a node leads to; what leads out of ``nodes`` is left out. Sources: P. Purdom (1970),
    A transitive closure algorithm, BIT 10; H. N. Gabow (2000), Path-based depth-first search for
    strong and biconnected components, Information Processing Letters 74.
    """
    unseen, on_path = nodes, 0
    path: list[tuple[int, int]] = []
    while unseen or path:
        members, leads_to = path[-1] if path else (0, nodes)
        fresh = leads_to & unseen
        if fresh:
            node = fresh & -fresh
            unseen ^= node
            on_path |= node
            path.append((node, heads(node.bit_length() - 1)))
        elif leads_to & on_path & ~members:
            path.pop()
            before, leads_before = path[-1]
            path[-1] = (before | members, leads_before | leads_to)
        else:
            path.pop()
            on_path ^= members
            if members & (members - 1):
                yield members


def shortest_path(heads: Callable[[int], int], start: int, end: int) -> list[int]:
    """Nodes of a shortest path that exists, both ends included."""
    before = {start: start}
    unseen = ~(1 << start)
    level = [start]
    while end not in before:
        found: list[int] = []
        for node in level:
            fresh = heads(node) & unseen
            if not fresh:
                continue
            unseen ^= fresh
            new = nodes_of(fresh).tolist()
            before.update(dict.fromkeys(new, node))
            found += new
        level = found
    path = [end]
    while path[-1] != start:
        path.append(before[path[-1]])
    return path[::-1]
