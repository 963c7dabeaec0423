"""How a test sees the page: a server with its scenes, a browser, and what to ask of it."""

import subprocess
import unittest

import devtools

HELPERS = r'''
window.all = (id) => [...document.querySelectorAll(`[data-testid="${id}"]`)];
window.words = (id) => all(id).map((node) => node.textContent);
window.one = (id) => all(id)[0].textContent;
window.heatOf = (brand, channel) => {
  const cell = all('heat-cell').find((node) => node.dataset.brand === brand && node.dataset.channel === channel);
  return cell === undefined ? null : cell.textContent;
};
window.rowOf = (id, name) => {
  const row = all(id).find((node) => node.querySelector('th').textContent === name);
  return row === undefined ? null : [...row.querySelectorAll('td')].map((node) => node.textContent);
};
// Contrast by WCAG 2.1, 1.4.3, of a text and the first opaque ground behind it.
window.contrastOf = (node) => {
  const parse = (text) => {
    const srgb = /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.]+))?\)$/.exec(text);
    if (srgb) return [srgb[1] * 255, srgb[2] * 255, srgb[3] * 255, srgb[4] === undefined ? 1 : +srgb[4]];
    const parts = text.match(/[\d.]+/g).map(Number);
    return [parts[0], parts[1], parts[2], parts[3] === undefined ? 1 : parts[3]];
  };
  const layers = [];
  for (let at = node; at; at = at.parentElement) {
    layers.push(parse(getComputedStyle(at).backgroundColor));
    if (layers[layers.length - 1][3] === 1) break;
  }
  let ground = [255, 255, 255];
  for (const layer of layers.reverse()) {
    ground = ground.map((value, i) => layer[i] * layer[3] + value * (1 - layer[3]));
  }
  const ink = parse(getComputedStyle(node).color);
  const mixed = ground.map((value, i) => ink[i] * ink[3] + value * (1 - ink[3]));
  const light = (rgb) => rgb.map((v) => v / 255).map((v) => (v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const [a, b] = [light(mixed), light(ground)];
  return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
};
window.faint = () => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || node.closest('script, noscript, .hidden, .skip, button:disabled')) continue;
    const contrast = contrastOf(node);
    if (contrast < 4.5) found.push(`${node.className} "${node.textContent.slice(0, 40)}" ${contrast.toFixed(2)}`);
  }
  return found;
};
true;
'''


class Fixture:
    """The server with its scenes."""

    def __init__(self, program, scene):
        self.process = subprocess.Popen([program, scene], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()

    def show(self, scene):
        self.process.stdin.write(scene + '\n')
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == scene

    def stop(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(20)
        self.process.stdout.close()


class PageCase(unittest.TestCase):
    """A test that opens the page of a scene."""

    program = None  # kaiku_page_fixture

    @classmethod
    def setUpClass(cls):
        cls.browser = devtools.Browser(devtools.find_chromium())
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.browser.open('about:blank')  # the page of the last test asks no more
        self.browser.complaints()
        self.browser.events.clear()

    def open(self, scene, page='', **look):
        fixture = Fixture(self.program, scene)
        self.addCleanup(fixture.stop)
        self.browser.look(**look)
        self.browser.open(f'{fixture.url}/#{page}')
        tiles = 'business-tiles' if page.startswith('business') else 'tiles'
        self.browser.wait_for(f"document.readyState === 'complete' && document.getElementById('{tiles}') !== null"
                              f" && document.getElementById('{tiles}').children.length > 0")
        self.browser.evaluate(HELPERS)
        return fixture

    def open_business(self, scene, window='hour', closed=True, **look):
        fixture = self.open(scene, page=f'business/{window}' if window else 'business', **look)
        if closed:
            self.ask("document.querySelector('[data-key=\"period:closed\"]').click()")
        return fixture

    def ask(self, expression):
        return self.browser.evaluate(expression)

    def assert_calm(self):
        self.assertEqual(self.browser.complaints(), [])
