"""A browser at the other end of a pipe: just enough of the Chrome DevTools protocol to load a page, ask it
things and take its picture. Standard library only."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

FLAGS = [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--disable-default-apps', '--disable-extensions', '--no-first-run', '--no-default-browser-check',
    '--disable-dev-shm-usage', '--hide-scrollbars', '--force-color-profile=srgb', '--remote-debugging-pipe',
    # Nothing but this machine has a name: a request to anywhere else fails and is reported.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
]
ANSWER_SECONDS = 60


def find_chromium():
    for name in ('chromium', 'chromium-browser', 'google-chrome'):
        path = shutil.which(name)
        if path:
            return path
    return None


class Browser:
    """One headless browser with one page; close() ends it."""

    def __init__(self, executable):
        self._profile = tempfile.TemporaryDirectory(prefix='kaiku-browser-')
        to_browser_read, self._out = os.pipe()
        self._in, from_browser_write = os.pipe()

        def wire():  # the browser reads commands on descriptor 3 and answers on 4
            read = os.dup(to_browser_read)
            write = os.dup(from_browser_write)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self._process = subprocess.Popen(
            [executable, *FLAGS, '--user-data-dir=' + self._profile.name, 'about:blank'],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=wire, close_fds=False)
        os.close(to_browser_read)
        os.close(from_browser_write)
        self._buffer = b''
        self._next_id = 1
        self.events = []
        target = self.send('Target.createTarget', {'url': 'about:blank'})['targetId']
        self._session = None
        self._session = self.send('Target.attachToTarget', {'targetId': target, 'flatten': True})['sessionId']
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.send(domain + '.enable')

    def close(self):
        self._session = None
        try:
            self.send('Browser.close')
            self._process.wait(10)
        except Exception:  # the browser is gone already, or hangs
            self._process.kill()
            self._process.wait()
        os.close(self._out)
        os.close(self._in)
        self._profile.cleanup()

    def send(self, method, params=None):
        message = {'id': self._next_id, 'method': method, 'params': params or {}}
        if getattr(self, '_session', None):
            message['sessionId'] = self._session
        self._next_id += 1
        os.write(self._out, json.dumps(message).encode() + b'\0')
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            answer = self._receive(deadline)
            if answer is None:
                raise TimeoutError('no answer to ' + method)
            if answer.get('id') == message['id']:
                if 'error' in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer['result']
            self.events.append(answer)

    def _receive(self, deadline):
        while b'\0' not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                return None
            chunk = os.read(self._in, 1 << 20)
            if not chunk:
                raise RuntimeError('the browser ended')
            self._buffer += chunk
        line, self._buffer = self._buffer.split(b'\0', 1)
        return json.loads(line)

    # --- what tests say -------------------------------------------------------------------------

    def open(self, url):
        self.send('Page.navigate', {'url': url})

    def evaluate(self, expression):
        answer = self.send('Runtime.evaluate', {'expression': expression, 'returnByValue': True, 'awaitPromise': True})
        if 'exceptionDetails' in answer:
            raise RuntimeError(f'{expression}: {answer["exceptionDetails"]}')
        return answer['result'].get('value')

    def wait_for(self, expression, seconds=20):
        """Waits until the expression is true in the page."""
        deadline = time.monotonic() + seconds
        while True:
            value = self.evaluate(expression)
            if value:
                return value
            if time.monotonic() > deadline:
                raise AssertionError('never came true: ' + expression)
            self.evaluate('new Promise((done) => setTimeout(done, 50))')

    def look(self, width=1280, height=900, dark=False, mobile=False):
        """The size of the window and the colour scheme the user prefers."""
        self.send('Emulation.setDeviceMetricsOverride',
                  {'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': mobile})
        self.send('Emulation.setEmulatedMedia',
                  {'features': [{'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}]})

    def press(self, key, code=None):
        for kind in ('keyDown', 'keyUp'):
            self.send('Input.dispatchKeyEvent',
                      {'type': kind, 'key': key, 'code': code or key,
                       'windowsVirtualKeyCode': {'Tab': 9, 'Enter': 13, ' ': 32}.get(key, 0),
                       **({'text': '\r'} if key == 'Enter' and kind == 'keyDown' else {})})

    def picture(self, path):
        """The whole page as a PNG file."""
        shot = self.send('Page.captureScreenshot', {'captureBeyondViewport': True, 'format': 'png'})
        with open(path, 'wb') as file:
            file.write(base64.b64decode(shot['data']))

    def complaints(self):
        """Console errors, exceptions, dialogs, and requests to anywhere but this machine."""
        self.evaluate('0')  # let pending events come in
        found = []
        for event in self.events:
            method, params = event.get('method'), event.get('params', {})
            if method == 'Runtime.exceptionThrown':
                found.append('exception: ' + json.dumps(params['exceptionDetails'])[:500])
            elif method == 'Runtime.consoleAPICalled' and params['type'] in ('error', 'warning', 'assert'):
                found.append('console: ' + json.dumps(params['args'])[:500])
            elif method == 'Log.entryAdded' and params['entry']['level'] in ('error', 'warning'):
                found.append('log: ' + params['entry']['text'] + ' ' + params['entry'].get('url', ''))
            elif method == 'Page.javascriptDialogOpening':
                found.append('dialog: ' + params['message'])
            elif method == 'Network.requestWillBeSent' and not params['request']['url'].startswith('http://127.0.0.1:'):
                if params['request']['url'] != 'about:blank':
                    found.append('request: ' + params['request']['url'])
        return found
