#!/usr/bin/env python3
"""clang-tidy over the project's own sources with the checks of .clang-tidy: lint.py BUILD_DIR [FILE...].

Takes the commands of the build's compile_commands.json without what clang does not know. The generated sources of
the build are left out. Exit status 1 if there is any finding.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
OF_GCC = {"-Wno-restrict", "-Wno-maybe-uninitialized"}


def commands(build, wanted):
    """The entries of the project's own files, each file once."""
    entries = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if build in path.parents or ROOT not in path.parents or (wanted and path not in wanted):
            continue
        words = [word for word in entry["command"].split(" ") if word not in OF_GCC and not word.endswith("/ccache")]
        entries[path] = {"directory": entry["directory"], "file": str(path), "command": " ".join(words)}
    return list(entries.values())


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    wanted = {pathlib.Path(name).resolve() for name in sys.argv[2:]}
    entries = commands(build, wanted)
    missing = wanted - {pathlib.Path(entry["file"]) for entry in entries}
    if missing or not entries:
        print(f"lint: no command in {build}/compile_commands.json for {', '.join(map(str, sorted(missing))) or 'any file'}")
        return 66
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "compile_commands.json").write_text(json.dumps(entries))
        runner = subprocess.run(["run-clang-tidy-14", "-quiet", "-p", folder, f"-j{os.cpu_count()}",
                                 f"-config={(ROOT / '.clang-tidy').read_text()}"],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    told = set()
    for line in re.sub(r"\x1b\[[0-9;]*m", "", runner.stdout).splitlines():
        if (": error: " in line or ": warning: " in line) and line not in told:
            told.add(line)
            print(line.replace(f"{ROOT}/", ""))
    if runner.returncode and not told:
        print(runner.stdout[-4000:])
    print(f"lint: {len(entries)} files, {len(told)} findings")
    return 1 if runner.returncode or told else 0


sys.exit(main())
