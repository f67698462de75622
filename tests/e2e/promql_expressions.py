"""Random PromQL from a seed: good expressions by grammar, and what becomes of them when something is changed."""

import random
import re

FUNCTIONS_OF_VECTORS = [
    "abs", "absent", "ceil", "exp", "floor", "ln", "sgn", "sort", "sort_desc", "sqrt", "timestamp", "cos", "deg",
    "hour", "day_of_year", "histogram_count", "histogram_sum",
]
FUNCTIONS_OF_RANGES = [
    "rate", "increase", "irate", "delta", "idelta", "deriv", "changes", "resets", "avg_over_time",
    "absent_over_time", "present_over_time", "last_over_time", "stddev_over_time",
]
ALL_FUNCTIONS = [
    *FUNCTIONS_OF_VECTORS, *FUNCTIONS_OF_RANGES, "clamp", "clamp_max", "round", "vector", "scalar", "time", "pi",
    "label_replace", "label_join", "histogram_quantile", "histogram_fraction", "holt_winters", "predict_linear",
    "quantile_over_time", "ABS", "raet", "mad_over_time", "double_exponential_smoothing", "info", "sort_by_label",
    "first_over_time", "histogram_avg", "step", "min_of", "start",
]
AGGREGATIONS = ["sum", "avg", "count", "min", "max", "group", "stddev", "stdvar", "SUM", "Avg"]
NAMES = [
    "foo", "bar", "a:b", ":c", "up", "sum", "by", "offset", "start", "end", "topk", "quantile", "infinity", "step",
    "fill", "anchored", "limitk", "_x", "min_of", "count_values", "without", "group",
]
LABELS = [
    "a", "job", "instance", "by", "on", "sum", "offset", "bool", "atan2", "group_left", "start", "end", "le",
    "__name__",
]
STRINGS = [
    '"x"', "'y'", "`z`", '"\\"q\\""', "'it\\'s'", '""', '"ä\\n\\x41\\u00e4"', "`a\\b`", '"[a-z]+"', '"a|b"', '".*"',
    '".+"', '"("', '"\\\\d+"', '"(?i)x"', '"a{2}"', '"a**"', '"[z-a]"', '"\\\\C"', '"x{1001}"', '"(?=a)"',
    '"\\\\pL"', '"[[:alpha:]]"', '"\\q"',
]
NUMBERS = [
    "0", "1", "2.5", ".5", "5.", "1e3", "1e-9", "0x1F", "0x1e", "0755", "08", "Inf", "NaN", "nan", "1e300",
    "123456789.123",
]
DURATIONS = ["5m", "1h30m", "1d", "1w", "100ms", "7y", "90m", "1m30s", "10s"]
ARITHMETIC = ["+", "-", "*", "/", "%", "^", "atan2"]
COMPARISONS = ["==", "!=", "<", "<=", ">", ">="]
SET_OPERATORS = ["and", "or", "unless", "AND"]
# What a mutation may put in.
PIECES = [
    *NAMES, *NUMBERS, *DURATIONS, *ARITHMETIC, *COMPARISONS, *SET_OPERATORS, *STRINGS, "(", ")", "{", "}", "[", "]",
    ",", ":", "@", "=", "=~", "!~", "!", "&", "~", ".", ";", "$x", "#", "# x\n", "bool", "on", "ignoring",
    "group_left", "group_right", "sum(", "rate(", "by (a)", "offset 5m", "offset -5m", "offset 300", "offset +5m",
    "[5m]", "[5m:]", "[5m:1m]", "[300]", "[0s]", "[5m+1m]", "@ 5", "@ start()", "@ inf", "on()", "1_000", "0b1",
    "1e", "5mm", "1s5m", "1h30", "ä", "\\", '"', "'", "`", "fill(0)", "smoothed", "</", "limitk(1,", "x = y", "\t",
    "\n",
]
TOKEN = re.compile(
    r"""\s+|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|[A-Za-z_:][\w:]*|[\d.]\w*|[=!<>]=|[=!]~|.""", re.DOTALL
)


class Expressions:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def next(self) -> str:
        """Half of them good, the others changed in one to three places."""
        text = self.scalar(3) if self.chance(0.15) else self.matrix(3) if self.chance(0.05) else self.vector(4)
        if self.chance(0.5):
            return text
        for _ in range(self.random.choice([1, 1, 1, 2, 3])):
            text = self.changed(text)
        return text if text.strip() else "foo"

    # --- changes

    def changed(self, text: str) -> str:
        tokens = TOKEN.findall(text)
        at = self.random.randrange(len(tokens)) if tokens else 0
        kind = self.random.randrange(7)
        if kind == 0:
            tokens[at : at + 1] = []
        elif kind == 1:
            tokens.insert(at, self.random.choice(PIECES))
        elif kind == 2:
            tokens[at : at + 1] = [self.random.choice(PIECES)]
        elif kind == 3:
            tokens[at : at + 1] = tokens[at : at + 1] * 2
        elif kind == 4:
            other = self.random.randrange(len(tokens)) if tokens else 0
            tokens[at : at + 1], tokens[other : other + 1] = tokens[other : other + 1], tokens[at : at + 1]
        elif kind == 5:
            tokens[at : at + 1] = [self.random.choice(ALL_FUNCTIONS)]
        else:
            place = self.random.randrange(len(text) + 1)
            piece = self.random.choice("abm5s(){}[],:@=!~\"'`+-*.#_ \n")
            return text[:place] + piece + text[place + self.random.randrange(2) :]
        return "".join(tokens)

    # --- the grammar

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, words: list[str]) -> str:
        return self.random.choice(words)

    def blank(self) -> str:
        return self.pick(["", "", "", " ", "  ", "\n", " # note\n"])

    def labels(self) -> str:
        names = [self.pick(LABELS) for _ in range(self.random.randrange(4))]
        return "(" + ",".join(names) + ("," if names and self.chance(0.2) else "") + ")"

    def string(self) -> str:
        return self.pick(STRINGS[:8])

    def selector(self) -> str:
        matchers = [
            self.pick(LABELS[:-1]) + self.blank() + self.pick(["=", "!=", "=~", "!~"]) + self.pick(STRINGS)
            if self.chance(0.3)
            else self.pick(LABELS[:-1]) + self.pick(["=", "!="]) + self.string()
            for _ in range(self.random.randrange(4))
        ]
        braces = "{" + ",".join(matchers) + ("," if matchers and self.chance(0.2) else "") + "}"
        if self.chance(0.15):
            return braces
        return self.pick(NAMES) + (braces if matchers or self.chance(0.3) else "")

    def modifiers(self) -> str:
        some = []
        if self.chance(0.2):
            some.append(" offset " + self.pick(["", "-", "- "]) + self.pick(DURATIONS))
        if self.chance(0.1):
            some.append(" @ " + self.pick(["1234", "-1.5", "start()", "end()", "+1e3", "0x1F"]))
        self.random.shuffle(some)
        return "".join(some)

    def matrix(self, depth: int) -> str:
        if depth <= 0 or self.chance(0.7):
            return self.selector() + self.blank() + "[" + self.pick(DURATIONS) + "]" + self.modifiers()
        step = self.pick(["", *DURATIONS])
        return "(" + self.vector(depth - 1) + ")[" + self.pick(DURATIONS) + ":" + step + "]" + self.modifiers()

    def scalar(self, depth: int) -> str:
        if depth <= 0:
            return self.pick(NUMBERS)
        return self.random.choice(
            [
                lambda: self.pick(NUMBERS),
                lambda: "(" + self.scalar(depth - 1) + ")",
                lambda: self.pick(["-", "+", "- "]) + self.scalar(depth - 1),
                lambda: "scalar(" + self.vector(depth - 1) + ")",
                lambda: self.pick(["time()", "pi()"]),
                lambda: "(" + self.scalar(depth - 1) + " > bool " + self.scalar(depth - 1) + ")",
                lambda: self.scalar(depth - 1) + " " + self.pick(ARITHMETIC) + " " + self.scalar(depth - 1),
            ]
        )()

    def matching(self) -> str:
        text = self.pick([" on", " ignoring", " ON "]) + "(a, job)"
        return text + self.pick(["", "", " group_left", " group_right (le)", " group_left ()"]) + " "

    def vector(self, depth: int) -> str:
        if depth <= 0 or self.chance(0.15):
            return self.selector() + self.modifiers()
        less = depth - 1

        def some() -> str:
            return self.vector(less)

        return self.random.choice(
            [
                lambda: "(" + self.blank() + some() + self.blank() + ")",
                lambda: self.pick(["-", "+"]) + some(),
                lambda: self.call(self.pick(FUNCTIONS_OF_RANGES), self.matrix(less)),
                lambda: self.call(self.pick(FUNCTIONS_OF_VECTORS), some()),
                lambda: self.call("label_replace", some(), '"a"', self.string(), '"b"', '"(.*)"'),
                lambda: self.call("label_join", some(), '"a"', *[self.string()] * self.random.randrange(1, 4)),
                lambda: self.call("clamp", some(), self.scalar(1), self.scalar(1)),
                lambda: self.call("histogram_quantile", self.scalar(1), some()),
                lambda: self.call("quantile_over_time", self.scalar(1), self.matrix(less)),
                lambda: self.call(self.pick(AGGREGATIONS) + " " + self.grouping(), some()),
                lambda: self.call(self.pick(AGGREGATIONS), some()) + self.pick(["", self.grouping()]),
                lambda: self.call(self.pick(["topk", "bottomk", "quantile"]), self.scalar(1), some()),
                lambda: self.call("count_values", self.string(), some()) + self.grouping(),
                lambda: some() + self.operator(SET_OPERATORS) + self.pick(["", "on(a) "]) + some(),
                lambda: some() + self.operator(COMPARISONS) + some(),
                lambda: some() + self.operator(ARITHMETIC) + self.pick(["", self.matching()]) + some(),
                lambda: "(" + some() + self.operator(["== bool", *COMPARISONS, *ARITHMETIC]) + self.scalar(1) + ")",
            ]
        )()

    def call(self, name: str, *arguments: str) -> str:
        return name + "(" + ", ".join(arguments) + ")"

    def grouping(self) -> str:
        return self.pick([" by ", " without", " BY "]) + self.labels()

    def operator(self, operators: list[str]) -> str:
        return " " + self.pick(operators) + " "
