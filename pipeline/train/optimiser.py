"""The optimiser: AdamW for everything, or Muon for the matrices of the layers and AdamW for what is left.

Muon (Jordan et al. 2024) takes the momentum of a matrix to the nearest orthogonal one, so that all directions move
alike. Its step is brought to the size of AdamW's (Liu et al. 2025): rate and weight decay mean the same for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from pipeline.train.options import Course

if TYPE_CHECKING:
    import torch
    from transformers import MarianMTModel

EMBEDDINGS = "shared"  # part of the name of the embeddings: rows of words, not a map from space to space


class Optimiser:
    """One or two optimisers of torch that step together."""

    def __init__(self, network: MarianMTModel, course: Course) -> None:
        """Take charge of all weights of the network that are learned."""
        import torch

        named = [(name, one) for name, one in network.named_parameters() if one.requires_grad]
        is_muon = course.optimiser == "muon"
        layers = [one for name, one in named if is_muon and one.ndim == 2 and EMBEDDINGS not in name]
        taken = {id(one) for one in layers}
        rest = [one for _, one in named if id(one) not in taken]
        groups = [
            {"params": [one for one in rest if one.ndim > 1], "weight_decay": course.weight_decay},
            {"params": [one for one in rest if one.ndim <= 1], "weight_decay": 0.0},  # biases and norms stay
        ]
        adamw = torch.optim.AdamW(groups, lr=course.rate, betas=(0.9, 0.98), eps=1e-8, fused=True)
        self._parts: list[torch.optim.Optimizer] = [adamw]
        if layers:
            self._parts.append(
                torch.optim.Muon(
                    layers, lr=course.rate, weight_decay=course.weight_decay, adjust_lr_fn="match_rms_adamw"
                )
            )

    def step(self, rate: float) -> None:
        """Change the weights by their gradients, and forget those."""
        for part in self._parts:
            for group in part.param_groups:
                group["lr"] = rate
            part.step()
            part.zero_grad(set_to_none=True)

    def state(self) -> dict[str, object]:
        """Everything that `restore` needs to go on exactly."""
        first, *more = [part.state_dict() for part in self._parts]
        return {**first, "more": more} if more else first

    def restore(self, state: Mapping[str, object]) -> None:
        """Go on from what `state` gave."""
        more = cast("list[dict[str, object]]", state.get("more", []))
        first = {name: value for name, value in state.items() if name != "more"}
        for part, kept in zip(self._parts, [first, *more], strict=True):
            part.load_state_dict(kept)
