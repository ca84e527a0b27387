"""Runs the passes: each on a copy, checked against the vectors; one that moves an answer is rolled back by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import onnx
import onnx_ir as ir

from modelport.errors import PassError
from modelport.ir.graph_proto import copy_model, small_proto, to_bytes
from modelport.ir.operators import outside
from modelport.ir.program import Program
from modelport.passes._pass import GraphPass

__all__ = ["Outcome", "run_passes"]

# Given a serialized model, says what is wrong with its answers on the vectors, None when nothing is.
Judge = Callable[[bytes], str | None]


@dataclass(frozen=True)
class Outcome:
    """What became of one pass: 'applied', 'unchanged' or 'rolled back', the last with its reason."""

    name: str
    outcome: str
    reason: str = ""


def run_passes(program: Program, order: Sequence[GraphPass], judge: Judge) -> tuple[Program, list[Outcome]]:
    """Returns the rewritten program and what each pass did.

    Raises: PassError when a pass raises, breaks its postcondition, makes an invalid graph or changes the graph's
    inputs or outputs; it names the passes that ran before.
    """
    outcomes: list[Outcome] = []
    for graph_pass in order:
        candidate = copy_model(program.model)
        done = ", ".join(f"{o.name} ({o.outcome})" for o in outcomes) or "none"
        try:
            modified = graph_pass.apply(candidate)
        except Exception as err:  # whatever a pass raises stops the conversion, with its name
            raise _failed(graph_pass, f"raised {type(err).__name__}: {err}", done) from err
        if not modified:
            outcomes.append(Outcome(graph_pass.name, "unchanged"))
            continue
        fault = graph_pass.broken(candidate) or _broken(program.model, candidate)
        if fault is not None:
            raise _failed(graph_pass, fault, done)
        moved = judge(to_bytes(candidate))
        if moved is not None:
            outcomes.append(Outcome(graph_pass.name, "rolled back", moved))
            continue
        program = replace(program, model=candidate)
        outcomes.append(Outcome(graph_pass.name, "applied"))
    return program, outcomes


def _signature(model: ir.Model) -> list[tuple[str, str, str]]:
    values = [*model.graph.inputs, *model.graph.outputs]
    return [(str(v.name), str(v.dtype), str(v.shape)) for v in values]


def _broken(before: ir.Model, after: ir.Model) -> str | None:
    """What every pass must keep: a valid graph of allowed operators with the same inputs and outputs."""
    if _signature(before) != _signature(after):
        return "changed the inputs or outputs of the graph"
    inexact = sorted(set(outside(after.graph)) - set(outside(before.graph)))
    if inexact:
        return f"brought in operators that are not allowed: {', '.join(inexact)}"
    try:
        onnx.checker.check_model(small_proto(after))
    except onnx.checker.ValidationError as err:
        return f"made an invalid graph: {err}"
    return None


def _failed(graph_pass: GraphPass, fault: str, done: str) -> PassError:
    return PassError(
        f"pass {graph_pass.name} {fault}",
        where=f"passes; before it ran: {done}",
        fix="report the model; the conversion was stopped and nothing written",
    )
