#!/usr/bin/env python3
"""The house rules that a program can check: layers, foreign headers, contracts, names, sizes, words.

All findings at once, one a line: file:line: what is wrong. Exit status 1 if there is any.
`tidy.py --self-test` checks that every rule still catches a file that breaks it.
"""
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

# A third-party header may be included by one module only.
FOREIGN = [
    (r"librdkafka/|rdkafka\.h", {"kafka", "config"}),  # config checks properties with the client's own rules
    (r"rocksdb/", {"rocks"}),
    (r"simdjson", {"parse"}),
    (r"yaml-cpp/", {"config"}),
    (r"sodium", {"base"}),
    (r"spdlog/", {"base"}),
    (r"boost/", {"base", "money"}),
    (r"hs\.h|hs/", {"match"}),
    (r"utf8proc", {"text", "match"}),
    (r"date/", {"window"}),
    (r"prometheus/", {"metrics"}),
    (r"civetweb", {"serve"}),
    (r"CLI/", {"app"}),
    (r"nlohmann/", {"app"}),
]
CORE = {"base", "model", "sketch", "text", "window", "money", "state", "log", "exchange", "effect", "parse",
        "match", "aggregate", "dedup", "commerce", "conversation", "journey", "signal", "board", "shard", "generate", "metrics"}
# What the core may not touch, and where it is allowed all the same.
FORBIDDEN = [
    (r"#include <(thread|mutex|condition_variable|filesystem|fstream)>", {"base", "metrics"},
     "the core uses no thread and no file: move it to the shell"),
    (r"std::chrono::(system|steady|high_resolution)_clock", {"base"}, "time comes in as a parameter (base/clock.h)"),
    (r"\b(rand|srand)\(|random_device", set(), "chance comes in as a parameter (base/prng.h)"),
    (r"\bthrow\b(?!ing|s)", set(), "nothing throws in the core: answer a Status"),
]
BAD_NAMES = re.compile(r"(^|_)(util|utils|helper|helpers|misc|common|stuff)(_|\.|$)")
CONTRACT = ["Threads:", "Owns:", "Cost:", "Fails:"]
LINES_MAX = 600
LEFT_OPEN = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


def declared(root):
    """Module -> modules it may include, from src/CMakeLists.txt."""
    text = (root / "src" / "CMakeLists.txt").read_text()
    modules = {}
    for call in re.findall(r"kaiku_module\(([^)]*)\)", text):
        words = call.split()
        name = words[words.index("NAME") + 1]
        deps, inside = [], False
        for word in words:
            if word == "DEPS":
                inside = True
            elif word.isupper() or word.endswith("_LIBS"):
                inside = False
            elif inside:
                deps.append(word)
        modules[name] = set(deps)
    return modules


def module_of(path, root):
    parts = path.relative_to(root).parts
    if parts[0] == "include":
        return parts[2]
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def check_includes(path, module, lines, modules, found):
    allowed = modules.get(module, set()) | {module}
    for number, line in enumerate(lines, 1):
        own = re.match(r'#include "kaiku/(\w+)/', line)
        if own and module != "app" and own.group(1) not in allowed:
            found.append((path, number, f"module {module} includes {own.group(1)} without declaring it in src/CMakeLists.txt"))
        private = re.match(r'#include "(\w+)/', line)
        if private and private.group(1) != "kaiku" and private.group(1) != module:
            found.append((path, number, f"a private header of {private.group(1)} is included from {module}"))
        foreign = re.match(r"#include [<\"]([^>\"]+)[>\"]", line)
        if foreign and not foreign.group(1).startswith("kaiku/"):
            for pattern, homes in FOREIGN:
                if re.match(pattern, foreign.group(1)) and module not in homes:
                    found.append((path, number, f"{foreign.group(1)} belongs to {', '.join(sorted(homes))} only"))
        if module in CORE:
            code = line.split("//")[0]
            for pattern, homes, why in FORBIDDEN:
                if module not in homes and re.search(pattern, code):
                    found.append((path, number, why))


def check_file(path, root, modules, found):
    text = path.read_text(errors="replace")
    lines = text.splitlines()
    relative = path.relative_to(root)
    if BAD_NAMES.search(path.name):
        found.append((path, 1, "a file is named after its noun, not util, helper, misc or common"))
    if len(lines) > LINES_MAX:
        found.append((path, len(lines), f"{len(lines)} lines: more than {LINES_MAX}, it probably holds two nouns"))
    for number, line in enumerate(lines, 1):
        if LEFT_OPEN.search(line):
            found.append((path, number, "finish it or file it; nothing is left open in the code"))
        if len(line) > 140:
            found.append((path, number, "longer than 140 columns"))
    module = module_of(path, root)
    if module is None:
        return
    if module != "app" and module not in modules:
        found.append((path, 1, f"module {module} is not declared in src/CMakeLists.txt"))
        return
    check_includes(path, module, lines, modules, found)
    if relative.parts[0] == "include":
        head = text.split("#pragma once")[0]
        for word in CONTRACT:
            if word not in head:
                found.append((path, 1, f"the contract at the top lacks '{word}'"))


def check_modules_table(root, modules, found):
    readme = root / "src" / "README.md"
    if not readme.exists():
        return
    named = set(re.findall(r"^\| `(\w+)` \|", readme.read_text(), re.M))
    for module in sorted(set(modules) ^ (named - {"app"})):
        found.append((readme, 1, f"the table of modules and src/CMakeLists.txt disagree on '{module}'"))


def run(root):
    found = []
    modules = declared(root)
    for folder in ("include", "src", "tests", "bench"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".h", ".cc"} and path.is_file():
                check_file(path, root, modules, found)
    check_modules_table(root, modules, found)
    return found


def self_test():
    cases = {
        "include/kaiku/model/bad.h": ('// Bad.\n// Threads: Owns: Cost: Fails:\n#pragma once\n#include "kaiku/shard/plan.h"\n', "without declaring"),
        "src/model/foreign.cc": ("#include <rocksdb/db.h>\n", "belongs to rocks"),
        "src/model/clock.cc": ("auto t = std::chrono::system_clock::now();\n", "time comes in"),
        "src/model/thrower.cc": ("void f() { throw 1; }\n", "nothing throws"),
        "src/model/private.cc": ('#include "rocks/private.h"\n', "private header"),
        "src/model/string_util.cc": ("int x;\n", "named after its noun"),
        "include/kaiku/model/silent.h": ("// Says nothing.\n#pragma once\n", "lacks 'Threads:'"),
        "src/model/long.cc": ("int x;\n" * 601, "two nouns"),
        "src/model/open.cc": ("// " + "TO" + "DO later\n", "left open"),
        "src/unknown/file.cc": ("int x;\n", "not declared"),
    }
    failures = 0
    for name, (content, expected) in cases.items():
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "src").mkdir()
            for part in ("include", "tests", "bench"):
                (root / part).mkdir()
            (root / "src" / "CMakeLists.txt").write_text((ROOT / "src" / "CMakeLists.txt").read_text())
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
            messages = [message for _, _, message in run(root)]
            if not any(expected in message for message in messages):
                failures += 1
                print(f"self-test: {name} should be refused with '{expected}', got {messages}")
    print(f"self-test: {len(cases) - failures} of {len(cases)} rules catch what breaks them")
    return failures


def main():
    if "--self-test" in sys.argv:
        return 1 if self_test() else 0
    found = run(ROOT)
    for path, line, message in found:
        print(f"{path.relative_to(ROOT)}:{line}: {message}")
    print(f"tidy: {len(found)} findings")
    return 1 if found else 0


sys.exit(main())
