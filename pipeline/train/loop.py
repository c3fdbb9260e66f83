"""The training loop: updates, rate, running average of the weights, checkpoints that go on exactly, progress."""

from __future__ import annotations

import hashlib
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, cast

from pipeline.errors import ModelError, SettingsError, StorageError
from pipeline.train.batches import Batch, Position, Sampler, ahead
from pipeline.train.network import autocast, choose_precision, loss_sum, set_dropout
from pipeline.train.optimiser import Optimiser
from pipeline.train.options import Course, Precision
from pipeline.train.validation import DevSet, Score, validate
from pipeline.train.vocabulary import Vocabulary

if TYPE_CHECKING:
    import torch
    from transformers import MarianMTModel

CHECKPOINT, BEST = "checkpoint.pt", "best.pt"
LOWEST = 0.02  # of the rate, at the end of a cosine
AHEAD = 8  # batches made before they are needed


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a training stands. Not finished: it was stopped, its state is saved, and the same call goes on."""

    is_finished: bool
    updates: int
    tokens: int  # target tokens seen
    seconds: float
    loss: float | None = None  # the last one reported
    best: Score | None = None


@dataclass(slots=True)
class State:
    """What changes while training, beside the weights."""

    updates: int = 0
    tokens: int = 0
    seconds: float = 0.0
    position: Position = field(default_factory=Position)
    best: Score | None = None


class Loop:
    """One training. `fingerprint` names its examples: a checkpoint of others is refused."""

    def __init__(
        self,
        network: MarianMTModel,
        vocabulary: Vocabulary,
        sampler: Sampler,
        dev: Sequence[DevSet],
        course: Course,
        device: str,
        work: Path,
        fingerprint: str,
        note: Callable[[str], None],
        until: float = math.inf,
    ) -> None:
        """`work` keeps the checkpoint; one that is there is gone on from. `until`: stop then, by time.monotonic().

        Raises SettingsError, StorageError.
        """
        self._until = until
        self.network, self._vocabulary, self._sampler, self._dev = network.to(device), vocabulary, sampler, dev  # type: ignore[arg-type]
        self._course, self._device, self._work, self._note = course, device, work, note
        self._fingerprint = _fingerprint(course, fingerprint)
        # Positions are computed, not learned.
        self._parameters: list[torch.Tensor] = [one for one in network.parameters() if one.requires_grad]
        self._average = [parameter.detach().clone() for parameter in self._parameters] if course.average else []
        self._optimiser = Optimiser(network, course)
        self._loss: float | None = None
        set_dropout(network, course.dropout)
        self._precision = choose_precision(course, device)
        self.state = State()
        if (work / CHECKPOINT).exists():
            self._restore()

    def run(self) -> Outcome:
        """Train to the end of the course, or until it is stopped (SIGTERM, Ctrl-C, the time); the state is saved.

        The network is left with the best weights: those of the best validation, or without one the last average.
        Raises ModelError where the loss is no number any more.
        """
        state, course = self.state, self._course
        started = time.monotonic() - state.seconds
        said, saved, validated = (time.monotonic() for _ in range(3))
        with _interruption() as stop, closing(ahead(self._sampler.batches(state.position), AHEAD)) as batches:
            told = _Tally(state.tokens)
            while not self._is_over() and not stop.is_set() and time.monotonic() < self._until:
                told.losses.append(self._update(list(islice(batches, course.accumulate))))
                state.seconds = time.monotonic() - started
                if time.monotonic() - said >= course.report_seconds:
                    self._report(told, time.monotonic() - said)
                    told, said = _Tally(state.tokens), time.monotonic()
                if self._dev and time.monotonic() - validated >= course.validate_minutes * 60:
                    self._validate()
                    validated = said = time.monotonic()
                    told = _Tally(state.tokens)
                if time.monotonic() - saved >= course.checkpoint_minutes * 60:
                    self._save()
                    saved = time.monotonic()
            if told.losses:
                self._report(told, max(1e-9, time.monotonic() - said))
            if self._is_over() and self._dev:
                self._validate()
            state.seconds = time.monotonic() - started
            self._save()
        if self._is_over():
            self.take_best()
        return Outcome(self._is_over(), state.updates, state.tokens, state.seconds, self._loss, state.best)

    def _is_over(self) -> bool:
        return _progress(self._course, self.state) >= 1.0

    def _update(self, batches: Sequence[Batch]) -> tuple[torch.Tensor, int]:
        """One step; gives the summed loss, still on the device, and the number of tokens."""
        import torch

        self.network.train()
        count = sum(batch.tokens for batch in batches)
        total = torch.zeros((), device=self._device)
        for batch in batches:
            with autocast(self._precision, self._device):
                loss = loss_sum(self.network, batch, self._course.smoothing, self._device)
            (loss / count).backward()  # type: ignore[no-untyped-call]
            total += loss.detach()
        torch.nn.utils.clip_grad_norm_(self._parameters, self._course.clip)
        self._optimiser.step(_rate(self._course, self.state))
        state = self.state
        state.updates, state.tokens, state.position = state.updates + 1, state.tokens + count, batches[-1].after
        if self._average:
            # A short memory at first, so that the random beginning is forgotten.
            decay = min(self._course.average, state.updates / (state.updates + 10))
            with torch.no_grad():
                torch._foreach_lerp_(self._average, self._parameters, 1.0 - decay)
        return total, count

    def _report(self, told: _Tally, seconds: float) -> None:
        self._loss = told.loss()
        if not math.isfinite(self._loss):
            raise ModelError(
                f"The loss is no number any more after {self.state.updates} updates. "
                "Train with a lower rate or more warm-up; the last checkpoint is kept."
            )
        left = _seconds_left(self._course, self.state)
        speed = (self.state.tokens - told.begun) / seconds
        self._note(
            f"update {self.state.updates:,} · loss {self._loss:.3f} · {speed:,.0f} tokens/s · "
            f"rate {_rate(self._course, self.state):.1e} · {left / 60:,.0f} min left"
        )

    def _validate(self) -> None:
        with self._averaged():
            score = validate(self.network, self._vocabulary, self._dev, self._device)
            is_best = self.state.best is None or score.rank > self.state.best.rank
            if is_best:
                self.state.best = score
                _save(self.network.state_dict(), self._work / BEST)
        self._note(f"update {self.state.updates:,} · validation · {score}{' · best so far' if is_best else ''}")

    @contextmanager
    def _averaged(self) -> Iterator[None]:
        """The network with the average of its weights, for a while."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def _swap(self) -> None:
        for number, average in enumerate(self._average):
            parameter = self._parameters[number]
            parameter.data, self._average[number] = average, parameter.data

    def take_best(self) -> None:
        """Give the network the weights of the best validation, or without one the average; training is over then."""
        if self.state.best is not None:
            self.network.load_state_dict(cast("dict[str, torch.Tensor]", _load(self._work / BEST, self._device)))
        elif self._average:
            self._swap()
        self.network.eval()

    def _save(self) -> None:
        import torch

        state, best = self.state, self.state.best
        _save(
            {
                "fingerprint": self._fingerprint,
                "precision": self._precision,
                "network": self.network.state_dict(),
                "average": self._average,
                "optimiser": self._optimiser.state(),
                "chance": torch.get_rng_state(),
                "chance_cuda": torch.cuda.get_rng_state() if self._device == "cuda" else None,
                "counts": [state.updates, state.tokens, state.position.pool, state.position.batch],
                "seconds": state.seconds,
                "best": None if best is None else (best.loss, best.chrf, best.obeyed),
            },
            self._work / CHECKPOINT,
        )

    def _restore(self) -> None:
        import torch

        kept = _load(self._work / CHECKPOINT, self._device)
        if kept.get("fingerprint") != self._fingerprint:
            raise SettingsError(
                f"{self._work / CHECKPOINT} is of another training (corpora, size of the network, tokens, seed, hints "
                "or respelling differ). Go on with what it was begun with, delete it, or use another work folder."
            )
        self.network.load_state_dict(cast("dict[str, torch.Tensor]", kept["network"]))
        self._average = cast("list[torch.Tensor]", kept["average"])
        self._optimiser.restore(cast("dict[str, object]", kept["optimiser"]))
        if self._course.precision == "auto":  # measured once: another answer now would be another training
            self._precision = cast("Precision", kept["precision"])
        torch.set_rng_state(cast("torch.Tensor", kept["chance"]).cpu())
        if self._device == "cuda" and kept["chance_cuda"] is not None:
            torch.cuda.set_rng_state(cast("torch.Tensor", kept["chance_cuda"]).cpu())
        updates, tokens, pool, batch = cast("list[int]", kept["counts"])
        seconds = cast("float", kept["seconds"])
        best = cast("tuple[float, dict[str, float], float | None] | None", kept["best"])
        self.state = State(updates, tokens, seconds, Position(pool, batch), Score(*best) if best else None)
        self._note(f"going on after {updates:,} updates and {seconds / 60:,.0f} minutes")


class _Tally:
    """Losses since the last report; they stay on the device until asked for, so that it is not waited for."""

    def __init__(self, begun: int) -> None:
        self.begun = begun
        self.losses: list[tuple[torch.Tensor, int]] = []

    def loss(self) -> float:
        """The mean for a target token."""
        return sum(float(total) for total, _ in self.losses) / sum(count for _, count in self.losses)


@contextmanager
def _interruption() -> Iterator[threading.Event]:
    """An event that SIGTERM and Ctrl-C set instead of ending the program; only the main thread can catch them."""
    stop = threading.Event()

    def catch(number: int, frame: FrameType | None) -> None:
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, catch) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _progress(course: Course, state: State) -> float:
    """0 at the beginning, 1 at the end of the course."""
    by_updates = state.updates / course.updates if course.updates else 0.0
    by_minutes = state.seconds / 60 / course.minutes if course.minutes else 0.0
    return max(by_updates, by_minutes)


def _rate(course: Course, state: State) -> float:
    """The learning rate of the next update."""
    number = state.updates + 1
    warm = min(1.0, number / course.warmup) if course.warmup else 1.0
    if course.schedule == "inverse-sqrt":
        return course.rate * warm * math.sqrt(max(1, course.warmup) / max(1, course.warmup, number))
    cosine = 0.5 * (1.0 + math.cos(math.pi * min(1.0, _progress(course, state))))
    return course.rate * warm * max(LOWEST, cosine)


def _seconds_left(course: Course, state: State) -> float:
    limits = []
    if course.minutes:
        limits.append(course.minutes * 60 - state.seconds)
    if course.updates:
        limits.append((course.updates - state.updates) * state.seconds / max(1, state.updates))
    return max(0.0, min(limits))


def _fingerprint(course: Course, examples: str) -> str:
    """What a checkpoint must agree in; rate, length and the like may change between one part and the next."""
    deciding = (course.architecture, course.tokens, course.accumulate, course.pool, course.seed)
    drawn = (course.hints, course.respelling, bool(course.average))
    decided: tuple[object, ...] = (examples, deciding, drawn)
    if course.optimiser != "adamw":  # not named otherwise: a checkpoint from before there was a choice stays good
        decided = (*decided, course.optimiser)
    return hashlib.sha256(repr(decided).encode()).hexdigest()


def _save(content: object, file: Path) -> None:
    """Write whole or not at all. Raises StorageError."""
    import torch

    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        with unfinished.open("wb") as stream:
            torch.save(content, stream)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
    except (OSError, RuntimeError) as problem:
        unfinished.unlink(missing_ok=True)
        raise StorageError(f"{file}: cannot be written ({problem}). Make room, then train again to go on.") from problem


def _load(file: Path, device: str) -> dict[str, object]:
    """Read tensors and plain values only; nothing in the file is executed. Raises StorageError."""
    import pickle

    import torch

    try:
        content = torch.load(file, map_location=device, weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as problem:
        raise StorageError(f"{file}: cannot be read ({problem}). Delete it to begin again.") from problem
    return dict(content)
