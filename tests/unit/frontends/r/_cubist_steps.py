"""What Cubist says of one row, step by step as its C code goes: rules, the index over the rows of the fit, and the search in it.

Written from the steps of predict.c and instance.c, and not from the converter: it searches as Cubist does, branch by branch.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["Fitted"]

f32 = np.float32
Row = Mapping[str, "float | str | None"]
KEPT = 20


def plain(value: str) -> str:
    return value[1:-1]


@dataclass
class Index:
    tested: str = ""
    cut: Any = None
    first: int = 0
    last: int = -1
    low: list[Any] = field(default_factory=list)
    high: list[Any] = field(default_factory=list)
    branch: list["Index | None"] = field(default_factory=list)


class Fitted:
    """``order``: the predictors; ``values`` of the discrete ones, "N/A" apart; ``ordered`` of these."""

    def __init__(self, content: str, order: list[str], values: Mapping[str, list[str]], ordered: set[str]) -> None:
        self.order, self.values, self.ordered = order, values, ordered
        lines = [re.findall(r'(\w+)=("(?:[^"]|",")*")', line) for line in content.strip().split("\n")]
        self.fill: dict[str, Any] = {}
        self.spread: dict[str, Any] = {}
        head: dict[str, str] = {}
        at = 0
        while "entries" not in head:
            given = dict(lines[at])
            name = plain(given["att"]) if "att" in given else ""
            if "mode" in given:
                self.fill[name] = self.values[name].index(plain(given["mode"])) + 2
            elif name:
                self.fill[name], self.spread[name] = f32(plain(given["mean"])), f32(plain(given["sd"]))
                if name == "outcome":
                    self.least, self.greatest = f32(plain(given["min"])), f32(plain(given["max"]))
            else:
                head |= given
            at += 1
        self.extrapolation, self.mean = f32(plain(head["extrap"])), f32(plain(head["globalmean"]))
        self.members: list[list[tuple[list[dict[str, str]], list[tuple[str, str]], Any, Any]]] = []
        for _ in range(int(plain(head["entries"]))):
            member = []
            rules = int(plain(dict(lines[at])["rules"]))
            at += 1
            for _ in range(rules):
                given = dict(lines[at])
                size = int(plain(given["conds"]))
                tests = [dict(line) for line in lines[at + 1 : at + 1 + size]]
                low, high = f32(plain(given["loval"])), f32(plain(given["hival"]))
                reach = f32(high - low)
                below = f32(low - f32(self.extrapolation * reach))
                above = f32(high + f32(self.extrapolation * reach))
                below = f32(0) if below < 0 and low >= 0 else below
                above = f32(0) if above > 0 and high <= 0 else above
                member.append((tests, lines[at + 1 + size], below, above))
                at += size + 2
            self.members.append(member)
        span = f32(self.greatest - self.least)
        self.ceiling = f32(self.greatest + f32(self.extrapolation * span))
        self.floor = f32(self.least - f32(self.extrapolation * span))
        if self.greatest <= 0 and self.ceiling > 0:
            self.ceiling = f32(0)
        if self.least >= 0 and self.floor < 0:
            self.floor = f32(0)

    def case(self, row: Row) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in self.order:
            value = row[name]
            if value is None:
                found[name] = self.fill[name]
            elif name in self.values:
                found[name] = 1 if value == "N/A" else self.values[name].index(str(value)) + 2
            else:
                found[name] = f32(value)
        return found

    def met(self, test: dict[str, str], case: dict[str, Any]) -> bool:
        name = plain(test["att"])
        if test["type"] == '"2"':
            return bool(case[name] <= f32(plain(test["cut"]))) == test["result"].startswith('"<')
        members = plain(test.get("elts") or test["val"]).split('","')
        return (["", "N/A", *self.values[name]])[case[name]] in members

    def by_rules(self, case: dict[str, Any]) -> Any:
        total = 0.0
        for member in self.members:
            summed = weight = 0.0
            for tests, line, below, above in member:
                if not all(self.met(test, case) for test in tests):
                    continue
                value = float(plain(line[0][1]))
                factors = {plain(a): float(plain(c)) for (_, a), (_, c) in zip(line[1::2], line[2::2], strict=True)}
                for name in self.order:
                    if name in factors:
                        value += float(case[name]) * factors[name]
                summed += float(below) if value < below else float(above) if value > above else value
                weight += 1.0
            total += float(f32(summed / weight) if weight else self.mean)
        return f32(total / len(self.members))

    # The search among the rows of the fit.

    def keep(self, rows: list[Row], target: list[float], reach: float) -> None:
        self.cases = [(self.case(row), f32(y)) for row, y in zip(rows, target, strict=True)]
        self.reach = f32(reach)
        lowest = {
            n: 2 if n in self.values else f32(f32(self.fill[n]) - 2.5 * float(self.spread[n])) for n in self.order
        }
        far = 0
        first = [self.distance(case, lowest, 1e38) for case, _ in self.cases]
        for number, apart in enumerate(first):
            if apart > first[far]:
                far = number
        self.references = [lowest, dict(self.cases[far][0])]
        self.apart = [[self.distance(case, r, 1e38) for case, _ in self.cases] for r in self.references]
        self.place = list(range(len(self.cases)))
        self.index = self.built(0, len(self.cases) - 1, frozenset())
        self.said = [self.by_rules(case) for case, _ in self.cases]

    def step(self, name: str, a: Any, b: Any) -> float:
        return float(abs(b - a)) / float(f32(5 * self.spread[name]))

    def distance(self, one: dict[str, Any], other: dict[str, Any], stop: float) -> Any:
        total = 0.0
        for name in self.order:
            if not total < stop:
                break
            a, b = one[name], other[name]
            if name not in self.values:
                total += min(1.0, self.step(name, a, b))
            elif (a == 1) != (b == 1):
                total += 1.0
            elif name in self.ordered:
                total += abs(b - a) // len(self.values[name])
            elif a != b:
                total += 2.0 / len(self.values[name])
        return f32(total)

    def swap(self, a: int, b: int) -> None:
        self.place[a], self.place[b] = self.place[b], self.place[a]

    def at(self, place: int, name: str) -> Any:
        return self.cases[self.place[place]][0][name]

    def built(self, first: int, last: int, tested: frozenset[str]) -> Index | None:
        if last < first:
            return None
        node = Index(first=first, last=last)
        if last == first:
            return node
        for apart in self.apart:
            inside = [apart[self.place[p]] for p in range(first, last + 1)]
            node.low.append(min(inside))
            node.high.append(max(inside))
        best, most, centre = "", 0.0, 0.0
        for name in self.order:
            if name in tested:
                continue
            start = first
            for p in range(first, last + 1):
                if name in self.values and self.at(p, name) == 1:
                    self.swap(p, start)
                    start += 1
            absent = (start - first) / (last - first + 1.0)
            count = last - start + 1
            if not count:
                continue
            expected = mean = 0.0
            if name in self.values:
                freq = [0] * (len(self.values[name]) + 2)
                for p in range(start, last + 1):
                    freq[self.at(p, name)] += 1
                for v in range(2, len(freq)):
                    if name in self.ordered:
                        for w in range(2, len(freq)):
                            expected += freq[v] * freq[w] * abs(w - v)
                    else:
                        expected += freq[v] * (count - freq[v]) * 2.0
                expected /= len(self.values[name]) * count * count
            else:
                for p in range(start, last + 1):
                    mean += float(self.at(p, name))
                mean /= count
                for p in range(start, last + 1):
                    expected += abs(float(self.at(p, name)) - mean) / float(f32(5 * self.spread[name]))
                expected /= count
            expected = 2 * absent * (1 - absent) + (1 - absent) * (1 - absent) * expected
            if expected > most:
                best, most, centre = name, expected, mean
        if not best:
            return node
        if best in self.values:
            node.tested = best
            begin = end = first
            node.branch = [None]
            for v in range(1, len(self.values[best]) + 2):
                for p in range(end, last + 1):
                    if self.at(p, best) == v:
                        self.swap(p, end)
                        end += 1
                node.branch.append(self.built(begin, end - 1, tested | {best}))
                begin = end
            return node
        end = first
        for p in range(first, last + 1):
            if float(self.at(p, best)) <= centre:
                self.swap(p, end)
                end += 1
        if end in (first, last + 1):
            return node
        node.tested, node.cut = best, f32(centre)
        node.branch = [None, None, self.built(first, end - 1, tested), self.built(end, last, tested)]
        return node

    def scan(self, case: dict[str, Any], node: Index | None, least: Any) -> None:
        if node is None:
            return
        if not node.tested:
            for p in range(node.first, node.last + 1):
                self.check(case, p)
            return
        bound = float(self.found[self.wanted - 1][0]) + 0.5 / 16
        for own, low, high in zip(self.own, node.low, node.high, strict=True):
            if not max(float(f32(low - own)), float(f32(own - high))) <= bound:
                return
        name = node.tested
        if name in self.values:
            first = case[name]
        else:
            first = 2 if case[name] <= node.cut else 3
        forks = len(node.branch) - 1
        if first <= forks:
            self.scan(case, node.branch[first], least)
        saved = self.inside[name]
        for v in range(1, forks + 1):
            if v == first or node.branch[v] is None:
                continue
            if v == 1 or first == 1:
                apart = 1.0
            elif name not in self.values:
                apart = self.step(name, node.cut, case[name])
            elif name in self.ordered:
                apart = float(abs(v - first) // len(self.values[name]))
            else:
                apart = 2.0 / len(self.values[name])
            self.inside[name] = f32(apart)
            further = f32(f32(least + self.inside[name]) - saved)
            if float(further) <= float(self.found[self.wanted - 1][0]) + 0.5 / 16:
                self.scan(case, node.branch[v], further)
        self.inside[name] = saved

    def check(self, case: dict[str, Any], place: int) -> None:
        worst = self.found[self.wanted - 1][0]
        apart = self.distance(case, self.cases[self.place[place]][0], f32(float(worst) + 0.55 / 16))
        apart = f32(float(np.rint(16 * float(apart))) / 16)
        if apart <= worst:
            d = 0
            while d < KEPT and self.found[d][0] < apart:
                d += 1
            if d < KEPT:
                self.found.insert(d, (apart, place))
                self.found.pop()

    def kept(self, value: float) -> float:
        return float(self.floor) if value < self.floor else float(self.ceiling) if value > self.ceiling else value

    def predicted(self, row: Row, wanted: int = 0) -> float:
        case = self.case(row)
        base = float(self.by_rules(case))
        if not wanted:
            return base
        self.wanted = wanted
        self.found = [(self.reach, -1)] * KEPT
        self.inside = dict.fromkeys(self.order, f32(0))
        self.own = [self.distance(case, r, 1e38) for r in self.references]
        self.scan(case, self.index, f32(0))
        last = KEPT - 1
        while last >= 0 and self.found[last][1] < 0:
            last -= 1
        if last + 1 < (wanted + 1) // 2:
            return base
        d = count = 0
        total = weight = 0.0
        while d <= last and count < wanted and count < len(self.cases) - 1:
            group = group_weight = 0.0
            same = 0
            each = 1 / (float(self.found[d][0]) + 0.5)
            while True:
                number = self.place[self.found[d][1]]
                estimate = self.kept(float(self.cases[number][1]) + base - float(self.said[number]))
                group += each * estimate
                group_weight += each
                same += 1
                d += 1
                if not (d <= last and self.found[d][0] == self.found[d - 1][0]):
                    break
            if count + same > wanted:
                part = float(f32(wanted - count) / f32(same))
                total += part * group
                weight += part * group_weight
                count = wanted
            else:
                total += group
                weight += group_weight
                count += same
        return float(f32(self.kept(total / weight)))
