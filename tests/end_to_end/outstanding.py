"""outstanding.py KAIKU: what a running engine shows of campaigns and of what stands out, before and after a restart.

Funnels of the open and of the last closed hour, worked out by hand; and alerts that were open before a restart, which are
listed again with the same names. The confidential phrase itself stands nowhere."""

import pathlib
import subprocess
import sys
import tempfile

from engine import Engine, until
from replays import check, fail

PIPELINE = """version: 1
name: outstanding
key_file: key
log: {kind: local}
sources:
  posts: {topic: posts, brand: kirkas}
time: {idle_after: 1d, max_age: 3660d}
brands:
  - {id: kirkas, name: Kirkas, aliases: [kirkas], handles: [kirkasdrinks]}
channels:
  - {id: x, match: [x]}
  - {id: other, match: ["*"]}
windows: {hour: {size: 1h}, day: {size: 1d}}
campaigns:
  - {id: spring, brand: kirkas, steps: [{name: visits, of: visits}, {name: sign-ups, of: leads}, {name: orders, of: orders}]}
  - {id: autumn, brand: kirkas, steps: [{name: orders, of: orders}]}
signals:
  follow: true
  hosts: [kirkas.fi]
  confidential: ["moon %s"]
state: {commit_every: 50ms}
server: {listen: "127.0.0.1:0"}
"""


def post(name, clock, **more):
    return {"event_id": name, "type": "mention", "occurred_at": f"2026-11-02T{clock}:00Z", "channel": "x", "native_id": name,
            "author": {"id": name, "handle": name}, **more}


def did(kind, name, clock, **more):
    return {"event_id": name, "type": "business_event", "kind": kind, "business_id": name, "channel": "web", "campaign_id": "spring",
            "occurred_at": f"2026-11-02T{clock}:00Z", **more}


RECORDS = [
    *[did("visit", f"v{i}", f"11:0{i}") for i in range(4)],
    did("order", "o1", "11:20", amount="90.00", currency="EUR"),
    did("ad_spend", "s1", "11:00", amount="8.00", currency="EUR", native_version="1"),
    post("KirkasDr1nks", "11:30", text="kirkas: write to me"),
    post("helper", "11:31", text="kirkas: log in at https://kirkas-tuki.com/login", relation="reply", in_reply_to="p0"),
    post("talker", "11:32", text="kirkas has a Projekti Kuu coming"),
    did("visit", "v5", "12:10"),
    did("visit", "v6", "12:15"),
    did("lead", "l1", "12:20"),
    post("last", "12:30", text="kirkas"),
]


def funnels_of(answer):
    """(campaign, kind) -> [(step, count, of the step before, cost)]."""
    return {(funnel["campaign"], funnel["kind"]): [
        (step["step"], step["count"], step["of_previous"]["value"], step["cost"]) for step in funnel["steps"]]
        for funnel in answer["campaigns"]["funnels"]}


def names_of(answer):
    return [(alert["kind"], alert["severity"], alert["brand"], alert["subject"], alert["opened_at"], alert["count"])
            for alert in answer["signals"]["newest"]]


def check_answer(answer):
    check("campaigns", [name["campaign"] for name in answer["campaigns"]["names"]], ["spring", "autumn"])
    check("funnels", funnels_of(answer), {
        ("spring", "closed"): [("visits", 4, 1, "2"), ("sign-ups", 0, 0, None), ("orders", 1, None, "8")],
        ("spring", "open"): [("visits", 2, 1, None), ("sign-ups", 1, 0.5, None), ("orders", 0, 0, None)]})
    closed = next(funnel for funnel in answer["campaigns"]["funnels"] if funnel["kind"] == "closed")
    check("its window and money", [closed[key] for key in ("window_start", "value_basis", "currency", "spend")],
          ["2026-11-02T11:00:00Z", "none", "EUR", "8"])
    check("signals", names_of(answer), [
        ("confidential_term", "warning", "kirkas", "moon", "2026-11-02T11:33:00.000000Z", 1),
        ("phishing_link", "critical", "kirkas", "kirkas-tuki.com", "2026-11-02T11:32:00.000000Z", 1),
        ("impersonation", "critical", "kirkas", "kirkasdr1nks", "2026-11-02T11:31:00.000000Z", 1)])
    check("in all", [answer["signals"][key] for key in ("followed", "open", "by_severity")],
          [True, 3, {"critical": 2, "warning": 1}])


def check_secret(engine):
    for path in ("/api/v1/business?window=hour", "/api/v1/snapshot", "/metrics", "/api/v1/kpis"):
        if "projekti kuu" in engine.get(path).lower():
            fail(f"{path} holds the confidential phrase")


def check_gauges(engine):
    scrape = engine.get("/metrics")
    labels = 'brand="kirkas",campaign="spring",step="{}",window="hour"'
    for metric, step, value in (("window_campaign_steps", "visits", "4"), ("campaign_step_ratio", "sign-ups", "0"),
                                ("campaign_step_cost_euros", "orders", "8")):
        line = f"kaiku_{metric}{{{labels.format(step)}}} {value}"
        if f"\n{line}\n" not in scrape:
            fail(f"the scrape lacks {line}")
    if f"kaiku_campaign_step_ratio{{{labels.format('orders')}}}" in scrape:
        fail("orders of no sign-ups have a ratio")


def check_steps(engine, **expected):
    """Steps since the start of the process."""
    scrape = engine.get("/metrics")
    for step, count in expected.items():
        line = f'kaiku_campaign_step_total{{brand="kirkas",campaign="spring",step="{step.replace("_", "-")}"}} {count}'
        if f"\n{line}\n" not in scrape:
            fail(f"the scrape lacks {line}")


def main():
    kaiku = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "key").write_text("00112233445566778899aabbccddeeff")
        (folder / "talk.yaml").write_text(PIPELINE % ("0" * 32))
        phrase = subprocess.run([kaiku, "phrase", "-c", folder / "talk.yaml", "moon"], input="projekti kuu\n", capture_output=True,
                                text=True, check=True).stdout.split()[1]
        (folder / "talk.yaml").write_text(PIPELINE % phrase)

        def is_settled(answer):
            return len(funnels_of(answer)) == 2 and len(names_of(answer)) == 3

        with Engine(kaiku, folder) as engine:
            check("lines taken", engine.post("/api/v1/ingest/posts", RECORDS)["durable"], len(RECORDS))
            answer = until("funnels and alerts", lambda: engine.business("hour"), is_settled)
            check_answer(answer)
            check_secret(engine)
            check_gauges(engine)
            check_steps(engine, visits=6, sign_ups=1, orders=1)
            ids = [alert["alert_id"] for alert in answer["signals"]["newest"]]
        with Engine(kaiku, folder) as engine:
            answer = until("funnels and alerts after a restart", lambda: engine.business("hour"), is_settled)
            check_answer(answer)
            check_secret(engine)
            check("the same alerts", [alert["alert_id"] for alert in answer["signals"]["newest"]], ids)
            # All of it again, another version of the order, an hour later, and one more visit.
            again = RECORDS + [did("order", "o1", "12:20", amount="95.00", currency="EUR", native_version="2"), did("visit", "v7", "12:31")]
            check("lines taken again", engine.post("/api/v1/ingest/posts", again)["durable"], len(again))
            until("one visit since the restart", lambda: engine.get("/metrics"),
                  lambda scrape: 'campaign="spring",step="visits"} 1\n' in scrape)
            check_steps(engine, visits=1, sign_ups=0, orders=0)
    print("outstanding: funnels and open alerts are shown, before and after a restart")


if __name__ == "__main__":
    main()
