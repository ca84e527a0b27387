"""Reports made by hand for the tests of the renderers: each outcome that a proof can have, and a hostile one."""

from msgspec.structs import replace

from modelport.parity.report import OutputBound, Report, TargetReport, WorstRow

__all__ = ["failed", "hostile", "not_run", "partly", "passed"]

_ROWS = 1173
_INPUTS = {
    "bill_length_mm": 43.92193,
    "bill_depth_mm": 17.300000000000004,
    "flipper_length_mm": None,
    "body_mass_g": 4201,
    "island": "Torgersen",
    "sex": "",
}


def passed() -> Report:
    """Every target agrees within its bound."""
    return Report(
        model_id="3f1c" + "0" * 56 + "9a7e",
        name="penguins",
        version="1.0.0",
        compiler="modelport 0.1.0",
        framework="scikit-learn 1.9.0",
        model_class="Pipeline of LogisticRegression",
        task="classifier",
        passed=True,
        rows={"probe": 973, "synthetic": 200, "sample": 0},
        refused=214,
        undefined=2,
        bounds=(
            OutputBound("label", "exact", "a label is right when it is the original's; near ties are undefined"),
            OutputBound("probability", "per_row", "9 eps Σ|x·w| of a dot product of 9 terms; 4 ULP of exp"),
        ),
        passes=(
            ("EliminateIdentityPass", "applied", ""),
            ("MergeConcatsPass", "rolled back", "3 label(s) flipped, 0 number(s) left their bound"),
            ("EliminateCommonSubexpressionsPass", "unchanged", ""),
            ("RemoveUnusedNodesPass", "unchanged", ""),
        ),
        notes=("columns of the sample that the model does not use: year", "warning: rows of the sample travel with it"),
        targets={
            "python-ort": _good(seconds=0.04),
            "java-ort": _good(seconds=38.2),
            "cpp-ort": _good(seconds=141.7),
        },
    )


def partly() -> Report:
    """Python agrees; nobody could run C++."""
    report = passed()
    idle = TargetReport(status="not run", reason="cmake was not found\n  fix: install CMake 3.16 or newer")
    return replace(report, targets={"python-ort": report.targets["python-ort"], "cpp-ort": idle})


def not_run() -> Report:
    """No toolchain at all."""
    java = TargetReport(status="not run", reason="no JDK 17 or newer was found.")
    cpp = TargetReport(status="not run", reason="cmake was not found")
    return replace(passed(), passed=False, targets={"java-ort": java, "cpp-ort": cpp})


def failed() -> Report:
    """Python agrees, Java flips labels, C++ does not build."""
    report = passed()
    worst = WorstRow(
        row=1041,
        output="probability",
        inputs=_INPUTS,
        expected="[0.9712345678901234, 0.0187654321098766, 0.01]",
        got="[0.9712345678901294, 0.0187654321098706, 0.01]",
        distance=6.0e-15,
        bound=1.2e-15,
    )
    java = TargetReport(
        status="failed",
        rows=_ROWS,
        flips=3,
        over=1,
        max_abs=6.0e-15,
        max_ulp=54,
        max_ratio=5.0004,
        seconds=40.31,
        reason="3 row(s): flipped label; 1 row(s): number beyond its bound",
        worst=worst,
    )
    log = "\x1b[31merror\x1b[0m: no matching function\r\n  12 |  predict(1, <features>);\n\x00\x07     | ^"
    cpp = TargetReport(status="failed", seconds=12.0, reason=f"the build failed\n{log}")
    targets = {"python-ort": report.targets["python-ort"], "java-ort": java, "cpp-ort": cpp}
    return replace(report, passed=False, targets=targets)


def hostile() -> Report:
    """Every text that a stranger may have chosen attacks the page."""
    attack = "<script>alert(1)</script>"
    quote = "\"'><img src=x onerror=alert(2)>"
    inputs = {attack: attack, quote: quote, "\u202egpj.exe": "\x00\x1b[2J\ufffe\ud800", "]]>&amp;": "--><!--"}
    worst = WorstRow(7, "status", inputs, f"missing: {attack}", "ok", 1.0, 0.0)
    bad = TargetReport(status="failed", rows=9, wrong_status=1, reason=f"]]>{quote}\x0b{attack}", worst=worst)
    return replace(
        passed(),
        name=f"x{attack}",
        version=quote,
        compiler=attack,
        framework=quote,
        model_class=attack,
        passed=False,
        bounds=(OutputBound(attack, "per_row", quote),),
        passes=((attack, "applied", quote),),
        notes=(attack, f"warning: {quote}"),
        targets={attack: bad, "java-ort": TargetReport(status="not run", reason=quote)},
    )


def _good(*, seconds: float) -> TargetReport:
    worst = WorstRow(
        row=88,
        output="probability",
        inputs=_INPUTS,
        expected="[0.9712345678901234, 0.0187654321098766, 0.01]",
        got="[0.9712345678901233, 0.0187654321098766, 0.01]",
        distance=1.1102230246251565e-16,
        bound=9.992007221626409e-16,
    )
    return TargetReport(
        status="passed",
        rows=_ROWS,
        max_abs=2.220446049250313e-16,
        max_ulp=2,
        max_ratio=0.1111,
        seconds=seconds,
        worst=worst,
    )
