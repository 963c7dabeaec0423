"""signals.py KAIKU: what stands out is told once, with figures that were worked out by hand.

A brand with a quiet past, then a burst of one hashtag, an account and a link that pose as the brand's, and a phrase that
must not be said, numbers that name a person. Shards and orders change no byte, and no number stands in any output."""

import math
import pathlib
import sys
import tempfile

from replays import call, check, check_schemas, fail, lines, replay, same_replays

PIPELINE = """version: 1
name: stand-out
key_file: key
log: {kind: local}
sources:
  posts: {topic: posts}
brands:
  - {id: kirkas, name: Kirkas, aliases: [kirkas, "#kirkashetki"], handles: [kirkasdrinks]}
channels:
  - {id: x, match: [x]}
  - {id: other, match: ["*"]}
windows: {hour: {size: 1h}, day: {size: 1d}}
signals:
  follow: true
  hosts: [kirkas.fi]
  confidential: ["moon %s"]
  personal_data: true
"""
HOURS = 82
BURST = 78
# Published examples.
IBAN, OTHER_IBAN = "FI21 1234 5600 0007 85", "DE89 3704 0044 0532 0130 00"
CARD, CODE = "4111 1111 1111 1111", "131052-308T"


def at(hour, minute, second=0):
    return f"2026-11-{2 + hour // 24:02}T{hour % 24:02}:{minute:02}:{second:02}Z"


def post(number, when, text, author, **more):
    return {"event_id": f"e{number}", "type": "mention", "occurred_at": when, "channel": "x", "native_id": f"n{number}",
            "author": {"id": author, "handle": author}, "text": text, **more}


def records():
    """Two posts an hour with #lasi in them by two authors; in hour 78 nine more by as many."""
    out = []
    for hour in range(HOURS):
        for i in range(2):
            out.append(post(len(out), at(hour, 10 + i), "kirkas #lasi #kirkashetki", f"usual{i}"))
    for i in range(9):
        out.append(post(len(out), at(BURST, 20 + i), "Kirkas: #LASI hajosi", f"burst{i}", url=f"https://x.example/burst{i}"))
    out[-1]["url"] = "javascript:alert(1)"
    # All but four of the burst are deleted before its hour is looked at.
    for gone in out[-9:-4]:
        out.append({key: gone[key] for key in ("type", "channel", "native_id", "occurred_at")} | {
            "event_id": "gone " + gone["event_id"], "op": "delete", "observed_at": at(BURST, 35)})
    # The same item again, and copies: they make nothing more of it.
    out.append(dict(out[-6], event_id="again"))
    out.append(post(len(out), at(BURST, 40), "kirkas #lasi", "copier", relation="repost"))
    out.append(post(len(out), at(79, 5), "kirkas: log in at https://kirkas-tuki.com/login", "KirkasDr1nks", relation="reply",
                    in_reply_to="n1"))
    out.append(post(len(out), at(79, 7), "kirkas: I got https://kirkas-tuki.com/x too", "somebody", relation="reply"))
    out.append(post(len(out), at(80, 0), "kirkas has a Projekti Kuu coming", "talker"))
    out[-1]["author"]["role"] = "staff"
    for i, text in enumerate((IBAN, f"kirkas on {IBAN} or #{IBAN.replace(' ', '')}", f"kirkas: {CARD}, {CODE}")):
        out.append(post(len(out), at(81, i), f"kirkas {text}", f"open{i}"))
    out.append(post(len(out), at(81, 5), f"kirkas will not need {CODE}", "desk"))
    out[-1]["author"]["role"] = "brand"
    # In private all of it may be said.
    out.append(post(len(out), at(81, 6), f"kirkas {OTHER_IBAN} {CARD} {CODE}", "secret", visibility="private"))
    return out


def tail(shape, rate, count):
    """P(next >= count) of the negative binomial, by its definition."""
    below = 0.0
    for k in range(count):
        below += math.exp(math.lgamma(shape + k) - math.lgamma(shape) - math.lgamma(k + 1)
                          + shape * math.log(rate / (rate + 1)) - k * math.log(rate + 1))
    return 1 - below


def expected_burst():
    """a <- 0.97 a + x, b <- 0.97 b + 1, over 78 hours with two uses each."""
    a = b = 0.0
    for _ in range(BURST):
        a = 0.97 * a + 2
        b = 0.97 * b + 1
    return a / b, tail(a, b, 11)


def check_alerts(text):
    alerts = {(alert["kind"], alert["subject"]): alert for alert in lines(text)}
    check("alerts", sorted(alerts), [("burst", "#lasi"), ("burst", "hajosi"), ("confidential_term", "moon"),
                                     ("impersonation", "kirkasdr1nks"), ("phishing_link", "kirkas-tuki.com"),
                                     ("pii_public", "iban"), ("pii_public", "payment_card"),
                                     ("pii_public", "personal_identity_code")])
    burst = alerts["burst", "#lasi"]
    mean, p_value = expected_burst()
    check("the burst", [burst[key] for key in ("brand", "severity", "window_start", "count", "exact")],
          ["kirkas", "warning", "2026-11-05T06:00:00Z", 11, True])
    check("its authors", [burst["evidence"][key] for key in ("count", "unique_authors")], [11, 11])
    for key, wanted in (("expected", mean), ("p_value", p_value)):
        if not math.isclose(burst["evidence"][key], wanted, rel_tol=1e-4):
            fail(f"{key} of the burst is {burst['evidence'][key]}, expected {wanted}")
    refs = burst["evidence"]["sample_refs"]
    # The last one has an address that is not of the web.
    check("where to look", sorted(refs), [f"https://x.example/burst{i}" for i in (5, 6, 7)])
    if any(f"https://x.example/burst{i}\"" in text for i in range(5)):
        fail("an alert points to a post that is gone")
    # Two terms in that hour: of the less surprising one the q value is its p value times two over two.
    if burst["evidence"]["q_value"] != burst["evidence"]["p_value"]:
        fail(f"q is not p: {burst['evidence']}")
    check("a new term", [alerts["burst", "hajosi"]["evidence"][key] for key in ("count", "expected", "unique_authors")],
          [9, 0, 9])
    check("opened", burst["opened_at"], "2026-11-05T07:00:00.000000Z")
    phishing = alerts["phishing_link", "kirkas-tuki.com"]
    check("the link", [phishing[key] for key in ("severity", "count", "opened_at", "state")],
          ["critical", 2, "2026-11-05T07:06:00.000000Z", "update"])
    check("the account", [alerts["impersonation", "kirkasdr1nks"][key] for key in ("severity", "count")], ["critical", 1])
    check("the phrase", [alerts["confidential_term", "moon"][key] for key in ("severity", "count")], ["critical", 1])
    for subject, count in (("iban", 2), ("payment_card", 1), ("personal_identity_code", 2)):
        check(subject, [alerts["pii_public", subject][key] for key in ("severity", "count", "brand")],
              ["warning", count, "kirkas"])
    if "projekti" in text.lower():
        fail("an alert says more of a text than it should")


def check_kpis(text):
    kpis = {(kpi["kpi"], kpi["channel"]): kpi for kpi in lines(text)
            if kpi["window"] == "day" and kpi["window_start"] == "2026-11-05T00:00:00Z"}
    check("phishing links", kpis["phishing_links", "x"]["value"], 2)
    check("impersonations", kpis["impersonations", "_all"]["value"], 1)
    check("confidential terms", kpis["confidential_terms", "x"]["value"], 1)
    # An account number in two posts, a card in one, a code in two.
    check("personal data", kpis["public_personal_data", "x"]["value"], 5)
    # Ten hours with two posts, nine of the burst, one of the staff, and five with numbers.
    check("advocacy", [kpis["advocacy_share", "x"][key] for key in ("numerator", "denominator")], [1, 35])


def check_numbers(outputs):
    """Nowhere, not in groups and not in one."""
    for name, text in outputs.items():
        bare = text.lower().replace(" ", "").replace("-", "")
        for number in (IBAN, OTHER_IBAN, CARD, CODE):
            if number.lower().replace(" ", "").replace("-", "") in bare:
                fail(f"{name} holds a number that names a person")


def main():
    kaiku = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        pipeline = pathlib.Path(name) / "stand-out.yaml"
        (pipeline.parent / "key").write_text("00112233445566778899aabbccddeeff")
        pipeline.write_text(PIPELINE % ("0" * 32))
        phrase = call(kaiku, "phrase", "-c", pipeline, "moon", input="projekti kuu\n").split()
        check("the line of a phrase", phrase[0], "moon")
        pipeline.write_text(PIPELINE % phrase[1])
        said = [("posts", record) for record in records()]
        wanted, runs = same_replays(kaiku, pipeline, said, ("alerts", "kpis", "aggregates"))
        check_numbers(replay(kaiku, pipeline, said, 2))
    check_alerts(wanted["alerts"])
    check_kpis(wanted["kpis"])
    check_schemas(wanted, {"alerts": "signal", "kpis": "kpi"})
    print(f"{len(lines(wanted['alerts']))} alerts, worked out by hand: the same bytes in {runs} runs, 3 orders and 1, 2 and 7 shards")


if __name__ == "__main__":
    main()
