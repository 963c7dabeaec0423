"""What the scripts of this folder share that talk to a running engine: its start and end, its HTTP, waiting for what it says."""

import json
import re
import signal
import subprocess
import time
import urllib.request

from replays import fail

PATIENCE = 60


def until(what, ask, holds):
    deadline = time.monotonic() + PATIENCE
    while True:
        got = ask()
        if holds(got):
            return got
        if time.monotonic() > deadline:
            fail(f"{what} never came true; the last answer was {got}")
        time.sleep(0.1)


class Engine:
    """Runs `talk.yaml` of a folder with its state beside it, until the end of the `with`."""

    def __init__(self, kaiku, folder):
        self.log = folder / "engine.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen([kaiku, "run", "-c", folder / "talk.yaml", "--set", f"state.dir={folder}/state"],
                                            stdout=subprocess.DEVNULL, stderr=log)
        address = re.compile(r"at (http://\S+)\s")
        said = until("the start", self.said, lambda said: address.search(said) or self.process.poll() is not None)
        if not address.search(said):
            fail(f"the engine did not start: {said[-1500:]}")
        self.url = address.search(said).group(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)

    def said(self):
        return self.log.read_text()

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.read().decode()

    def post(self, path, lines):
        body = "".join(json.dumps(line) + "\n" for line in lines).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data=body), timeout=10) as answer:
            return json.loads(answer.read())

    def business(self, window="day"):
        return json.loads(self.get(f"/api/v1/business?window={window}"))

    def records(self, topic):
        """The records of an output topic, as values."""
        envelopes = self.get(f"/api/v1/topics/{topic}?limit=1000").splitlines()
        return [json.loads(json.loads(envelope)["value"]) for envelope in envelopes]
