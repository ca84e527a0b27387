"""Goes the ways that a front end knows from a net to a graph: the first that proves is taken, and the report says what failed."""

from collections.abc import Callable

from msgspec.structs import replace

from modelport.bundle.reader import Bundle
from modelport.errors import UnsupportedError
from modelport.frontends._spec import ConvertedNet, Way, Ways
from modelport.parity.report import Report
from modelport.pipeline.naming import Progress
from modelport.pipeline.rejected import is_rejected, reasons

__all__ = ["first_proven"]

Proven = tuple[Bundle, Report]


def first_proven(
    net: ConvertedNet | Ways, prove: Callable[[ConvertedNet], Proven], progress: Progress = lambda _: None
) -> Proven:
    """Returns the first proof that holds, with a note on each way that was tried before it.

    Where none holds: the proof of the first way whose graph exists, with those notes; its report is rejected.
    Raises: UnsupportedError where no way gives a graph; what the caller gave wrongly (a sample, a flag) is raised at once.
    """
    ways = (Way("", lambda: net),) if isinstance(net, ConvertedNet) else net
    failed: list[str] = []
    raised: list[UnsupportedError] = []
    rejected: Proven | None = None
    for way in ways:
        if failed:
            progress(f"{failed[-1]}; trying {way.name}")
        try:
            proof = prove(way.convert())
        except UnsupportedError as err:
            raised.append(err)
            failed.append(f"{way.name} ends: {err.what}")
            continue
        if not is_rejected(proof[1]):
            return _noted(proof, [*failed, f"so {way.name} was taken"] if failed else [])
        rejected = rejected or proof
        failed.append(f"{way.name} fails its proof: {reasons(proof[1])}")
    if rejected is not None:
        return _noted(rejected, failed if len(ways) > 1 else [])
    if len(raised) == 1:
        raise raised[0]
    first = raised[0]
    raise type(first)("; ".join(failed), where=first.where, fix=first.fix) from first


def _noted(proof: Proven, notes: list[str]) -> Proven:
    bundle, report = proof
    return bundle, replace(report, notes=(*report.notes, *notes))
