"""Whether compiling makes training steps faster on this machine: measured, not believed.

What SageMaker Training Compiler promised, for any torch module and device: steps are timed as they are and compiled
(torch.compile), after warm-up; the faster way is kept, and it is said which and by how much. Whatever a compiler raises,
training goes on without it. The module itself is never replaced, so what is saved loads without a compiler.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Wanted = Literal["auto"] | bool
Forward = Callable[..., Any]
Step = Callable[[Forward], None]
"""One training step with that forward pass, as it will be done later but for the change of the weights."""

WARM_UP, TIMED = 2, 5
WORTH_SECONDS = 120.0
"""Compiling alone takes about a minute; training that is shorter than this as it is can't win it back."""


class CompileReport(BaseModel):
    """What was measured and decided."""

    model_config = ConfigDict(frozen=True)
    wanted: Wanted
    used: bool
    device: str
    eager_ms: float | None = None
    """Milliseconds of one step as it is; None where nothing was measured."""
    compiled_ms: float | None = None
    compile_seconds: float | None = None
    """What the first compiled steps took."""
    reason: str
    notes: list[str] = []
    """With debug: the graphs that the compiler made, and why it broke them."""

    @property
    def words(self) -> str:
        """`Compiling was not used: …`, in one sentence."""
        return f"Compiling was {'used' if self.used else 'not used'}: {self.reason}."


def choose(
    module: Any,
    step: Step,
    *,
    wanted: Wanted,
    device: str,
    seconds: float = float("inf"),
    debug: bool = False,
    backend: str | Callable[..., Any] = "inductor",
) -> tuple[Forward, CompileReport]:
    """The forward pass to train with, and why. `seconds` is how long training takes as it is."""
    if wanted is False:
        return module, CompileReport(wanted=wanted, used=False, device=device, reason="you asked for none")
    if wanted == "auto" and seconds < WORTH_SECONDS:
        reason = f"the training takes about {seconds:.0f} s as it is, less than compiling can win back"
        return module, CompileReport(wanted=wanted, used=False, device=device, reason=reason)
    import torch

    eager = _milliseconds(step, module, device)
    started = time.monotonic()
    try:
        compiled = torch.compile(module, backend=backend)
        for _ in range(WARM_UP):
            step(compiled)
        took = time.monotonic() - started
        fast = _milliseconds(step, compiled, device)
    except Exception as error:  # noqa: BLE001  # compilers raise anything: no C++ compiler, an operator they don't know
        torch._dynamo.reset()
        told = " ".join(str(error).split())
        reason = f"it failed ({type(error).__name__}: {told[:200]})"
        failed = CompileReport(
            wanted=wanted,
            used=False,
            device=device,
            eager_ms=round(eager, 2),
            reason=reason,
            notes=_notes(module, step, debug),
        )
        return module, failed
    used = wanted is True or fast < eager
    report = CompileReport(
        wanted=wanted,
        used=used,
        device=device,
        eager_ms=round(eager, 2),
        compiled_ms=round(fast, 2),
        compile_seconds=round(took, 1),
        reason=_compared(eager, fast, took, device),
        notes=_notes(module, step, debug),
    )
    return compiled if used else module, report


def _compared(eager: float, fast: float, took: float, device: str) -> str:
    what = f"{eager / fast:.2f} times as fast" if fast < eager else f"{fast / eager:.2f} times as slow"
    return (
        f"a compiled step takes {fast:.1f} ms on this {device}, one as it is {eager:.1f} ms, so it is {what};"
        f" compiling took {took:.0f} s"
    )


def _milliseconds(step: Step, forward: Forward, device: str) -> float:
    """The median of a few steps, after one to warm up."""
    step(forward)
    found = []
    for _ in range(TIMED):
        _wait(device)
        started = time.perf_counter()
        step(forward)
        _wait(device)
        found.append(1_000 * (time.perf_counter() - started))
    return statistics.median(found)


def _wait(device: str) -> None:
    if device == "cuda":
        import torch

        torch.cuda.synchronize()


def _notes(module: Any, step: Step, debug: bool) -> list[str]:
    """How the compiler cut the module into graphs, and why."""
    if not debug:
        return []
    import torch

    told: list[str] = []

    def explained(*arguments: Any) -> Any:
        found = torch._dynamo.explain(module)(*arguments)
        told.append(f"{found.graph_count} graphs, {found.graph_break_count} breaks, {found.op_count} operations")
        told.extend(str(reason.reason) for reason in found.break_reasons)
        return module(*arguments)

    try:
        step(explained)
    except Exception as error:  # noqa: BLE001  # the explanation must not cost the training
        told.append(f"no explanation: {type(error).__name__}")
    finally:
        torch._dynamo.reset()
    return told
