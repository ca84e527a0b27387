"""Looks closer at an export that failed: where a length was fixed, whether packed sequences or chance are the reason.

Read in the user's interpreter too, see ``_exported_net.py``.
"""

from __future__ import annotations

import linecache
import logging
import traceback
from pathlib import Path
from typing import Any

__all__ = ["draws", "freezing_place", "opened", "packed"]

_LENGTHS = "torch.fx.experimental.symbolic_shapes"
# A length is compared with a number, which is where it becomes one.
_FIXED = "eval Eq("


# Any here and below: modules, programs and what torch.export takes with them.
def freezing_place(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any], dynamic: Any) -> str:
    """Traces once more and returns 'nets.py:33 in forward: the line', where the first length was fixed; '' where none is seen."""
    import torch

    seen = _Places()
    logger, before = logging.getLogger(_LENGTHS), logging.root.manager.disable
    level, passed_on = logger.level, logger.propagate
    logger.addHandler(seen)
    try:
        logging.disable(logging.NOTSET)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        torch.export.export(module, args, kwargs=kwargs, dynamic_shapes=opened(dynamic), strict=False)
    except Exception:  # noqa: BLE001  # it fails as before, and where is what is asked
        pass
    finally:
        logger.removeHandler(seen)
        logger.setLevel(level)
        logger.propagate = passed_on
        logging.disable(before)
    return seen.found[0] if seen.found else ""


def draws(module: Any, arguments: Any) -> bool:
    """Whether an eager call takes numbers from torch's generator."""
    import torch

    args, kwargs = (arguments, {}) if isinstance(arguments, tuple) else ((), dict(arguments or {}))
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        before = torch.get_rng_state()
        try:
            module(*args, **kwargs)
        except Exception:  # noqa: BLE001  # then it is no reason that can be told
            return False
        return not torch.equal(before, torch.get_rng_state())


def opened(dynamic: Any) -> Any:
    """A structure of axes for torch.export, which is told which are open and not what they are called."""
    import torch
    from torch.utils import _pytree as pytree

    return pytree.tree_map(lambda symbol: torch.export.Dim.DYNAMIC if isinstance(symbol, str) else symbol, dynamic)


class _Places(logging.Handler):
    """Notes the line of the user's source, or of a layer, from which torch was led to fix a length."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Takes a message of torch while the stack that led to it still stands."""
        if not record.getMessage().startswith(_FIXED):
            return
        import torch

        own, layers = Path(torch.__file__).parent, Path(torch.__file__).parent / "nn" / "modules"
        for frame in reversed(traceback.extract_stack()):
            path = Path(frame.filename)
            inside = path.is_relative_to(own) and (not path.is_relative_to(layers) or path.name == "module.py")
            if inside or "modelport" in path.parts or path.parent.name == "logging":
                continue
            line = linecache.getline(frame.filename, frame.lineno or 0).strip()
            self.found.append(f"{path.name}:{frame.lineno} in {frame.name}: {line}")
            return


def packed(err: BaseException | None) -> bool:
    """Whether an error comes from torch's packed sequences."""
    while err is not None:
        for frame in traceback.extract_tb(err.__traceback__):
            of_data = frame.filename.endswith("_decomp/decompositions.py") and "data" in frame.name.split("_")
            # A layer takes the greatest number of rows of such a sequence for a length, and it is a tensor.
            of_layer = frame.filename.endswith("nn/modules/rnn.py") and "FakeTensor" in str(err)
            if of_data or of_layer or frame.filename.endswith("nn/utils/rnn.py"):
                return True
        err = err.__cause__ or err.__context__
    return False
