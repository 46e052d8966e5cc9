"""Groups of cells as one compressed table, so that millions of them can be measured at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimize.problem import IntArray

MemberArray = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """k groups of cells, compressed by rows; a group may be any set of cells.

    Attributes
    ----------
    indptr
        int64 (k + 1,), group g holds `members[indptr[g]:indptr[g + 1]]`.
    members
        int32 (indptr[-1],), cell indices; no cell twice in one group.
    households
        int64 (k,), households of each group.
    """

    indptr: IntArray
    members: MemberArray
    households: IntArray

    def __len__(self) -> int:
        return len(self.households)

    def cells(self, group: int) -> MemberArray:
        """Give the cells of one group."""
        return self.members[self.indptr[group] : self.indptr[group + 1]]

    def take(self, chosen: IntArray) -> "Groups":
        """Give the chosen groups, in that order."""
        lengths = np.diff(self.indptr)[chosen]
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        within = np.arange(indptr[-1]) - np.repeat(indptr[:-1], lengths)
        members = self.members[np.repeat(self.indptr[:-1][chosen], lengths) + within]
        return Groups(indptr=indptr, members=members, households=self.households[chosen])

    @classmethod
    def from_labels(cls, labels: IntArray, households: IntArray) -> "Groups":
        """Build the groups of a plan: group g holds the cells labelled g; cells labelled -1 are in none.

        Parameters
        ----------
        labels
            int64 (n,), 0..k-1 or -1; a label that no cell bears gives an empty group.
        households
            int64 (n,), households of each cell.
        """
        order = np.argsort(labels, kind="stable")
        order = order[np.count_nonzero(labels < 0) :]
        n_groups = int(labels.max(initial=-1)) + 1
        sizes = np.bincount(labels[order], minlength=n_groups)
        total = np.zeros(n_groups, np.int64)
        np.add.at(total, labels[order], households[order])
        return cls(indptr=_starts(sizes), members=order.astype(np.int32), households=total)

    @classmethod
    def from_sets(cls, sets: Sequence[Sequence[int]], households: IntArray) -> "Groups":
        """Build groups from lists of cell indices."""
        sizes = np.array([len(cells) for cells in sets], np.int64)
        members = np.array([cell for cells in sets for cell in cells], np.int32)
        total = np.array([int(households[list(cells)].sum()) for cells in sets], np.int64)
        return cls(indptr=_starts(sizes), members=members, households=total)

    @classmethod
    def from_masks(cls, masks: NDArray[np.uint64], households: IntArray) -> "Groups":
        """Build groups from bit sets, uint64 (k, words): bit b of word w stands for cell 64 w + b."""
        bits = np.unpackbits(masks.view(np.uint8), axis=1, bitorder="little")[:, : len(households)]
        group, cell = np.nonzero(bits)
        sizes = np.bincount(group, minlength=len(masks))
        return cls(indptr=_starts(sizes), members=cell.astype(np.int32), households=bits @ households)

    @classmethod
    def from_rows(cls, rows: NDArray[np.bool_], households: IntArray) -> "Groups":
        """Build groups from a table, bool (k, n), of which group holds which cell."""
        members = np.nonzero(rows)[1].astype(np.int32)
        return cls(indptr=_starts(rows.sum(axis=1)), members=members, households=rows @ households)


def _starts(sizes: IntArray) -> IntArray:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
