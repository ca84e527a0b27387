"""Files made to run code: each is refused, and nothing of it ran."""

import bz2
import copyreg
import gzip
import json
import lzma
import os
import pickle
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer

from modelport.errors import ModelFileError, ModelportError, UntrustedModelError
from modelport.frontends.sklearn.loading import load_model
from modelport.frontends.sklearn.loading.allow_list import today
from tests.unit.frontends.sklearn.loading._streams import Called, call, framed, name, text


@pytest.fixture
def sentinel(tmp_path: Path) -> Path:
    """Exists when a file has run something."""
    return tmp_path / "ran"


@pytest.fixture
def refused(tmp_path: Path, sentinel: Path) -> Callable[..., ModelportError]:
    """Loads bytes that must be refused, and returns the error; nothing may have run."""

    def load(
        data: bytes, error: type[ModelportError] = UntrustedModelError, trust: tuple[str, ...] = ()
    ) -> ModelportError:
        path = tmp_path / "model.pkl"
        path.write_bytes(data)
        with pytest.raises(error) as caught:
            load_model(path, trust)
        assert not sentinel.exists(), "the file ran code"
        return caught.value

    return load


Refused = Callable[..., ModelportError]


def command(sentinel: Path) -> str:
    return f"touch {sentinel}"


@pytest.mark.parametrize("protocol", range(6))
def test_a_call_of_the_shell(refused: Refused, sentinel: Path, protocol: int) -> None:
    error = refused(pickle.dumps(Called(os.system, command(sentinel)), protocol))
    assert f"{os.system.__module__}.system" in error.what
    assert "do not allow" in error.fix


def test_the_payload_is_real(tmp_path: Path, sentinel: Path) -> None:
    """Python's own unpickler does run it: otherwise the tests here would show nothing."""
    pickle.loads(pickle.dumps(Called(os.system, command(sentinel))))
    assert sentinel.exists()


@pytest.mark.parametrize(
    "function",
    [eval, exec, compile, __import__, open, print, getattr, setattr, globals, vars, type, map, filter, zip, input],
    ids=lambda function: function.__name__,
)
def test_builtins(refused: Refused, sentinel: Path, function: Any) -> None:
    error = refused(pickle.dumps(Called(function, f"__import__('os').system({command(sentinel)!r})")))
    assert f"{function.__module__}.{function.__name__}" in error.what


@pytest.mark.parametrize(
    ("module", "bare"),
    [
        ("subprocess", "Popen"),
        ("subprocess", "check_output"),
        ("posix", "system"),
        ("nt", "system"),
        ("pty", "spawn"),
        ("runpy", "run_path"),
        ("importlib", "import_module"),
        ("operator", "attrgetter"),
        ("operator", "methodcaller"),
        ("functools", "reduce"),
        ("functools", "partial"),
        ("types", "FunctionType"),
        ("pickle", "loads"),
        ("marshal", "loads"),
        ("joblib", "load"),
        ("joblib.numpy_pickle", "load"),
        ("joblib.numpy_pickle", "NDArrayWrapper"),
        ("joblib.numpy_pickle_compat", "ZNDArrayWrapper"),
        ("numpy", "load"),
        ("numpy", "loadtxt"),
        ("numpy", "fromfile"),
        ("numpy", "frompyfunc"),
        ("numpy", "apply_along_axis"),
        ("numpy", "zeros"),
        ("numpy.lib.npyio", "NpzFile"),
        ("numpy.testing._private.utils", "runstring"),
        ("numpy.f2py.crackfortran", "myeval"),
        ("numpy.ctypeslib", "load_library"),
        ("numpy.ma.core", "_convert2ma"),
        ("sklearn.datasets._base", "load_files"),
        ("sklearn.datasets._openml", "fetch_openml"),
        ("sklearn.utils._testing", "delete_folder"),
        ("sklearn.utils._metadata_requests", "exec"),
        ("sklearn.externals.joblib", "load"),
        ("sklearn.callback._scoring_monitor", "ScoringMonitor"),
        ("scipy.io", "loadmat"),
        ("scipy.stats._distn_infrastructure", "exec"),
        ("pandas", "eval"),
        ("pandas.io.pickle", "read_pickle"),
        ("_loss", "anything"),
        ("cloudpickle.cloudpickle", "_make_function"),
        ("dill._dill", "_create_function"),
        ("torch.storage", "_load_from_bytes"),
        ("__main__", "anything"),
    ],
)
def test_names_that_run_or_read_things(refused: Refused, sentinel: Path, module: str, bare: str) -> None:
    error = refused(framed(call(module, bare, text(command(sentinel)))))
    assert ".".join(today(module, bare)) in error.what


def test_a_stand_in_calls_nothing(refused: Refused, sentinel: Path) -> None:
    vectorized = call("numpy", "vectorize", name("posix", "system")) + text(command(sentinel)) + b"\x85R"
    assert "posix.system" in refused(framed(vectorized)).what
    vectorized = call("numpy", "vectorize", name("builtins", "len")) + text(command(sentinel)) + b"\x85R"
    assert "calls it" in refused(framed(vectorized)).what


def test_all_names_at_once(refused: Refused, sentinel: Path) -> None:
    """Unknown names make inert objects that take any opcode, so the rest of the file is seen too."""
    shell = Called(os.system, command(sentinel))
    first = Called(subprocess.Popen, ["touch", str(sentinel)], state={"a": 1})
    body = [first, {"k": shell}, np.arange(3), LogisticRegression()]
    error = refused(pickle.dumps(body))
    assert "2 names" in error.what
    assert "subprocess.Popen" in error.what
    assert "posix.system" in error.what
    assert "--trust subprocess.Popen" in error.fix
    assert "--trust posix.system" in error.fix


@pytest.mark.parametrize(
    ("module", "bare"),
    [
        ("numpy", "os.system"),
        ("numpy", "f2py.os.system"),
        ("sklearn.linear_model._logistic", "LogisticRegression.fit"),
        ("sklearn.linear_model._logistic", "LogisticRegression.fit.__globals__"),
        ("sklearn.base", "warnings.sys.modules"),
        ("builtins", "str.format"),
        ("builtins", "object.__subclasses__"),
    ],
)
def test_dotted_names(refused: Refused, sentinel: Path, module: str, bare: str) -> None:
    error = refused(framed(call(module, bare, text(command(sentinel)))))
    assert f"{module}.{bare}" in error.what
    assert "--trust" not in error.fix


def test_dotted_names_cannot_be_trusted(refused: Refused, sentinel: Path) -> None:
    refused(framed(call("numpy", "os.system", text(command(sentinel)))), trust=("numpy.os.system",))


def test_inside_a_function_transformer(refused: Refused, sentinel: Path) -> None:
    error = refused(pickle.dumps(FunctionTransformer(func=os.system, kw_args={"command": command(sentinel)})))
    assert "posix.system" in error.what


def test_a_module_is_never_imported(
    refused: Refused, tmp_path: Path, sentinel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "booby_trap.py").write_text(
        f"open({str(sentinel)!r}, 'w').close()\nclass Model: pass\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    for stream in (
        name("booby_trap", "Model"),
        call("booby_trap", "Model"),
        name("booby_trap", "Model") + b")\x81}" + text("a") + b"K\x01sb",
    ):
        error = refused(framed(stream))
        assert "--trust booby_trap.Model" in error.fix
        assert "booby_trap" not in sys.modules
    path = tmp_path / "trusted.pkl"
    path.write_bytes(framed(name("booby_trap", "Model") + b")\x81"))
    assert type(load_model(path, ["booby_trap.Model"]).model).__name__ == "Model"
    assert sentinel.exists()
    del sys.modules["booby_trap"]


# -- ways to call without REDUCE -------------------------------------------------------------------------------------


def test_inst_and_obj(refused: Refused, sentinel: Path) -> None:
    plain = command(sentinel).encode()
    assert "os.system" in refused(b"(S'" + plain + b"'\nios\nsystem\n.").what
    assert "os.system" in refused(b"(cos\nsystem\nS'" + plain + b"'\no.").what
    assert "os.system" in refused(b"cos\nsystem\n(S'" + plain + b"'\ntR.").what


@pytest.mark.parametrize("opcodes", [b")\x81", b")}\x92"], ids=["NEWOBJ", "NEWOBJ_EX"])
def test_new_of_a_hostile_class(refused: Refused, sentinel: Path, opcodes: bytes) -> None:
    assert "subprocess.Popen" in refused(framed(name("subprocess", "Popen") + opcodes)).what


def test_an_allowed_function_is_not_called(refused: Refused) -> None:
    """Allowed to stand in a model is not allowed to be called while loading."""
    error = refused(framed(call("numpy", "log1p", b"K\x01")))
    assert "numpy.log1p" in error.what


def test_an_allowed_class_is_not_constructed(refused: Refused) -> None:
    error = refused(framed(call("sklearn.pipeline", "Pipeline", b"]")))
    assert "sklearn.pipeline.Pipeline" in error.what
    refused(framed(name("sklearn.pipeline", "Pipeline") + b"]\x85\x81"))
    refused(framed(name("numpy", "ndarray") + b"J\xff\xff\xff\x7f\x85\x81"))
    refused(framed(call("numpy", "ndarray", b"J\xff\xff\xff\x7f\x85")))


def test_copyreg(refused: Refused, sentinel: Path) -> None:
    popen = name("subprocess", "Popen")
    assert (
        "subprocess.Popen"
        in refused(framed(call("copyreg", "_reconstructor", popen, name("builtins", "object"), b"N"))).what
    )
    assert "copyreg.__newobj__" in refused(framed(call("copyreg", "__newobj__", popen))).what
    refused(framed(call("copyreg", "add_extension", text("os"), text("system"), b"K\x01")))
    state = call("copyreg", "_reconstructor", name("numpy", "ndarray"), name("builtins", "object"), b"N")
    refused(framed(state))
    pipeline, integer = name("sklearn.pipeline", "Pipeline"), name("builtins", "int")
    refused(framed(call("copyreg", "_reconstructor", pipeline, integer, b"K\x01")), ModelFileError)


@pytest.mark.parametrize("opcode", [b"\x82\x01", b"\x83\x01\x00", b"\x84\x01\x00\x00\x00"])
def test_extension_codes(refused: Refused, sentinel: Path, opcode: bytes) -> None:
    copyreg.add_extension("posix", "system", 1)
    try:
        error = refused(framed(opcode + text(command(sentinel)) + b"\x85R"), ModelFileError)
    finally:
        copyreg.remove_extension("posix", "system", 1)
    assert "extension code" in error.what


@pytest.mark.parametrize("stream", [b"\x80\x04" + text("x") + b"Q.", b"\x80\x04Pid\n."])
def test_persistent_ids(refused: Refused, stream: bytes) -> None:
    assert "persistent id" in refused(stream, ModelFileError).what


def test_buffers_out_of_band(refused: Refused) -> None:
    assert "out of band" in refused(b"\x80\x05\x97.", ModelFileError).what


# -- BUILD -----------------------------------------------------------------------------------------------------------

PIPELINE = name("sklearn.pipeline", "Pipeline")


def test_a_class_is_not_changed(refused: Refused) -> None:
    """(None, {'fit': …}) given to a class would set its attributes for the whole process."""
    import sklearn.pipeline

    before = sklearn.pipeline.Pipeline.fit
    slots = b"}" + text("fit") + name("numpy", "log1p") + b"s"
    refused(framed(PIPELINE + b"N" + slots + b"\x86b"), ModelFileError)
    refused(framed(name("sklearn.gaussian_process.kernels", "RBF") + b"N" + slots + b"\x86b"), ModelFileError)
    refused(framed(name("numpy", "log1p") + b"N" + slots + b"\x86b"), ModelFileError)
    assert sklearn.pipeline.Pipeline.fit is before


def test_slots_go_to_slots_only(refused: Refused) -> None:
    blank = name("sklearn.gaussian_process.kernels", "RBF") + b")\x81"
    refused(framed(blank + b"N}" + text("__class__") + PIPELINE + b"s\x86b"), ModelFileError)
    refused(framed(blank + b"N}" + text("theta") + b"K\x01s\x86b"), ModelFileError)


def test_a_state_is_set_once(refused: Refused) -> None:
    """Compiled parts keep pointers into arrays; a second state would free what they point at."""
    array = pickle.dumps(np.arange(5.0), 4)[2:-1]
    assert array.endswith(b"b")
    state = array[array.rindex(b"(K\x01") : -1]
    again = refused(b"\x80\x04" + array + state + b"b.", ModelFileError)
    assert "does not wait for" in again.what


def test_items_go_to_dicts_and_lists_only(refused: Refused) -> None:
    blank = PIPELINE + b")\x81"
    refused(framed(blank + text("a") + b"K\x01s"), ModelFileError)
    refused(framed(blank + text("a") + b"a"), ModelFileError)
    refused(framed(name("numpy", "log1p") + b"(" + text("a") + b"K\x01u"), ModelFileError)
    refused(framed(b"]" + text("a") + b"K\x01s"), ModelFileError)


def test_setstate_of_a_distribution_runs_its_text(refused: Refused, tmp_path: Path, sentinel: Path) -> None:
    """scipy's distributions exec a text of their state; ours are never made."""
    import scipy.stats

    state = dict(scipy.stats.uniform(0, 1).dist.__getstate__())
    state["_parse_arg_template"] = f"import os\nos.system({command(sentinel)!r})\n"
    hostile = b"\x80\x04" + name("scipy.stats._continuous_distns", "uniform_gen") + b")\x81"
    hostile += pickle.dumps(state, 4)[2:-1] + b"b."
    path = tmp_path / "distribution.pkl"
    path.write_bytes(hostile)
    loaded = load_model(path)
    assert not sentinel.exists()
    assert "restored" in repr(loaded.model)
    assert "scipy.stats" in loaded.notes[0]


def test_getattr_reaches_nothing(refused: Refused) -> None:
    blank = PIPELINE + b")\x81"
    for target in (blank, PIPELINE, name("numpy", "log1p"), name("numpy", "vectorize"), b"]", text("x")):
        error = refused(framed(call("builtins", "getattr", target, text("__class__"))))
        assert "builtins.getattr" in error.what


def test_partial_wraps_one_function_only(refused: Refused, sentinel: Path) -> None:
    wrap = name("functools", "partial")
    for target in (name("numpy", "log1p"), PIPELINE, b"]"):
        refused(framed(wrap + target + b"\x85R"))
    check = name("sklearn.utils.validation", "check_array")
    good = wrap + check + b"\x85R"
    states = [
        b"(" + name("numpy", "log1p") + b")}Nt",
        b"(" + check + b"K\x01\x85}Nt",
        b"(" + check + b")}" + text("unknown") + b"K\x01sNt",
        b"(" + check + b")}" + text("estimator") + PIPELINE + b")\x81sNt",
    ]
    for state in states:
        refused(framed(good + state + b"b"))


def test_random_constructors_call_nothing(refused: Refused, sentinel: Path) -> None:
    """numpy's own call whatever class and constructor they are given."""
    shell, line = name("posix", "system"), text(command(sentinel))
    refused(framed(call("numpy.random._pickle", "__generator_ctor", line, shell)))
    refused(framed(call("numpy.random._pickle", "__bit_generator_ctor", PIPELINE)), ModelFileError)
    refused(framed(call("numpy.random._pickle", "__randomstate_ctor", text("MT1993"))), ModelFileError)
    refused(framed(call("numpy.random._pickle", "__randomstate_ctor", line, PIPELINE)), ModelFileError)


def test_compiled_constructors_check_their_arguments(refused: Refused) -> None:
    for module in ("sklearn.metrics._dist_metrics", "sklearn.neighbors._kd_tree", "sklearn.neighbors._ball_tree"):
        refused(framed(call(module, "newObj", PIPELINE)), ModelFileError)
        refused(framed(call(module, "newObj", name("builtins", "dict"))), ModelFileError)
    module = "sklearn._loss._loss"
    refused(framed(call(module, "__pyx_unpickle_CyPinballLoss", PIPELINE, b"K\x01", b"N")), ModelFileError)
    refused(framed(call(module, "CyPinballLoss", text("x"))), ModelFileError)
    refused(framed(call("_codecs", "encode", text("x"), text("rot13"))), ModelFileError)
    refused(framed(call("collections", "defaultdict", name("numpy", "log1p"))), ModelFileError)


# -- joblib ----------------------------------------------------------------------------------------------------------


def test_joblib(refused: Refused, tmp_path: Path, sentinel: Path) -> None:
    path = tmp_path / "hostile.joblib"
    joblib.dump({"a": np.arange(3), "b": Called(os.system, command(sentinel))}, path)
    assert "posix.system" in refused(path.read_bytes()).what


def test_joblib_nested_array_of_objects(refused: Refused, tmp_path: Path, sentinel: Path) -> None:
    """joblib pickles such an array by itself; its readers of many versions load that without any restriction."""
    path = tmp_path / "hostile.joblib"
    model = LogisticRegression()
    model.classes_ = np.array([Called(os.system, command(sentinel)), "b"], dtype=object)
    joblib.dump([np.arange(4.0), model, np.arange(5.0)], path)
    error = refused(path.read_bytes())
    assert error.what.count("posix.system") == 1


@pytest.mark.parametrize("pack", [zlib.compress, gzip.compress, bz2.compress, lzma.compress])
def test_compressed(refused: Refused, sentinel: Path, pack: Callable[[bytes], bytes]) -> None:
    assert "posix.system" in refused(pack(pickle.dumps(Called(os.system, command(sentinel))))).what


def test_compressed_by_joblib(refused: Refused, tmp_path: Path, sentinel: Path) -> None:
    for method in ("zlib", "gzip", "bz2", "lzma", "xz"):
        path = tmp_path / "hostile"
        array = np.array([Called(os.system, command(sentinel))], dtype=object)
        joblib.dump([np.arange(3), array], path, compress=(method, 3))
        assert "posix.system" in refused(path.read_bytes()).what


# -- skops -----------------------------------------------------------------------------------------------------------


def skops_file(path: Path, schema: dict[str, Any], members: dict[str, bytes] | None = None) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("schema.json", json.dumps({"protocol": 2, "_skops_version": "0.16.0", **schema}))
        for member, content in (members or {}).items():
            archive.writestr(member, content)
    return path


def node(loader: str, module: str, cls: str, **more: Any) -> dict[str, Any]:
    return {"__loader__": loader, "__module__": module, "__class__": cls, **more}


def value(content: Any) -> dict[str, Any]:
    return node("JsonNode", "builtins", "str", content=json.dumps(content), is_json=True)


def listed(*items: Any) -> dict[str, Any]:
    return node("ListNode", "builtins", "list", content=list(items))


def tupled(*items: Any) -> dict[str, Any]:
    return node("TupleNode", "builtins", "tuple", content=list(items))


def dicted(content: dict[str, Any], *types: dict[str, Any]) -> dict[str, Any]:
    return node("DictNode", "builtins", "dict", key_types=listed(*types), content=content)


STRING = node("TypeNode", "builtins", "str")


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (node("FunctionNode", "posix", "system"), "posix.system"),
        (node("TypeNode", "subprocess", "Popen"), "subprocess.Popen"),
        (node("ObjectNode", "booby_trap", "Model", content=value(None)), "booby_trap.Model"),
        (node("ConstructorFromReduceNode", "subprocess", "Popen", content=tupled(value("ls"))), "subprocess.Popen"),
        # Names of the list, used in a way that calls them.
        (node("ConstructorFromReduceNode", "sklearn.pipeline", "Pipeline", content=tupled(value("x"))), "Pipeline"),
        (node("ListNode", "sklearn.pipeline", "Pipeline", content=[value(1)]), "Pipeline"),
        (node("SetNode", "numpy", "log1p", content=[value(1)]), "numpy.log1p"),
        (node("DictNode", "sklearn.pipeline", "Pipeline", key_types=listed(), content={}), "Pipeline"),
        (dicted({"a": value(1)}, node("TypeNode", "sklearn.pipeline", "Pipeline")), "Pipeline"),
        (dicted({"a": value(1)}, node("FunctionNode", "numpy", "log1p")), "numpy.log1p"),
        (
            node("NdArrayNode", "sklearn.pipeline", "Pipeline", type="json", content=[], shape=tupled(value(0))),
            "Pipeline",
        ),
        (node("RandomStateNode", "sklearn.pipeline", "Pipeline", content=value({})), "Pipeline"),
        (
            node("MethodNode", "builtins", "list", content={"func": "append", "obj": listed()}),
            "builtins.list.append",
        ),
        (node("OperatorFuncNode", "operator", "methodcaller", attrs=tupled(value("x"))), "operator.methodcaller"),
        (
            node(
                "PartialNode",
                "functools",
                "partial",
                content={
                    "func": node("FunctionNode", "numpy", "log1p"),
                    "args": tupled(),
                    "kwds": dicted({}),
                    "namespace": value(None),
                },
            ),
            "functools.partial",
        ),
        (
            node(
                "DefaultDictNode",
                "collections",
                "defaultdict",
                content={"main": dicted({}), "default_factory": node("FunctionNode", "numpy", "log1p")},
            ),
            "numpy.log1p",
        ),
        (
            node("LossNode", "subprocess", "Popen", __reduce__={"args": tupled()}, content=value(None)),
            "subprocess.Popen",
        ),
        (node("QuantileForestNode", "a", "b", __reduce__={"args": tupled()}, content=value(None)), "a.b"),
        (listed(node("FunctionNode", "posix", "system"), node("TypeNode", "os", "popen")), "2 names"),
    ],
)
def test_skops(tmp_path: Path, schema: dict[str, Any], told: str) -> None:
    with pytest.raises(UntrustedModelError) as caught:
        load_model(skops_file(tmp_path / "hostile.skops", schema))
    assert told in caught.value.what
    assert "booby_trap" not in sys.modules


def test_skops_old_protocol_hides_no_function(tmp_path: Path) -> None:
    hidden = node("FunctionNode", "numpy", "log1p", content={"module_path": "posix", "function": "system"})
    for protocol in (0, 1, 2):
        with pytest.raises(UntrustedModelError, match=r"posix\.system"):
            load_model(skops_file(tmp_path / "hostile.skops", {**hidden, "protocol": protocol}))


def test_skops_ids_cannot_swap_nodes(tmp_path: Path) -> None:
    """skops makes the first node of an id; a second one with the same id would only be looked at."""
    schema = listed({**tupled(value(1)), "__id__": 7}, {**tupled(value(2)), "__id__": 7})
    with pytest.raises(ModelFileError, match="the id 7"):
        load_model(skops_file(tmp_path / "hostile.skops", schema))


def test_skops_distribution_is_left_out(tmp_path: Path, sentinel: Path) -> None:
    """Its state would be executed by scipy."""
    state = dicted({"_parse_arg_template": value(f"import os\nos.system({command(sentinel)!r})")}, STRING)
    schema = listed(node("ObjectNode", "scipy.stats._continuous_distns", "uniform_gen", content=state), value(3))
    loaded = load_model(skops_file(tmp_path / "hostile.skops", schema))
    assert not sentinel.exists()
    assert loaded.model == [None, 3]
    assert "left out" in loaded.notes[0]
