"""What the benchmark scripts share: sections of the README, tables, the machine they ran on."""
import datetime
import os
import pathlib
import statistics

FOLDER = pathlib.Path(__file__).resolve().parent
README = FOLDER / "README.md"


def table(head, rows):
    """A Markdown table; figures to the right."""
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join("---" if i == 0 else "---:" for i in range(len(head))) + "|"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def rewrite_section(name, text):
    """Puts `text` between the markers of a section of the README."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    page = README.read_text()
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"bench/README.md has no section '{name}'")
    README.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}")


def thousands(value):
    return f"{value:,.0f}"


def spread(values):
    """Median and range, as in "1,067 (1,004-1,205)"."""
    return f"{thousands(statistics.median(values))} ({thousands(min(values))}-{thousands(max(values))})"


def machine():
    """One line: processor, cores, date, and how busy the machine was meanwhile."""
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    load = os.getloadavg()[0]
    today = datetime.date.today().isoformat()
    return f"{model}, {os.cpu_count()} cores, {today}; load average at the end {load:.1f}"
