#!/usr/bin/env python3
"""What a browser makes of the page.

    page_test.py FIXTURE [--pictures DIR] [TEST...]

FIXTURE is kaiku_page_fixture. With --pictures the page is photographed in every scene, for eyes."""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import devtools  # noqa: E402

FIXTURE = None
PICTURES = None
SCENES = ('running', 'degraded', 'restoring', 'finished', 'empty', 'large', 'hostile')

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

    def __init__(self, scene):
        self.process = subprocess.Popen([FIXTURE, scene], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
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


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = devtools.Browser(devtools.find_chromium())
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.browser.open('about:blank')  # the page of the last test asks no more
        self.browser.complaints()
        self.browser.events.clear()

    def open(self, scene, **look):
        fixture = Fixture(scene)
        self.addCleanup(fixture.stop)
        self.browser.look(**look)
        self.browser.open(fixture.url)
        self.browser.wait_for("document.readyState === 'complete' && document.getElementById('tiles') !== null"
                              " && document.getElementById('tiles').children.length > 0")
        self.browser.evaluate(HELPERS)
        return fixture

    def ask(self, expression):
        return self.browser.evaluate(expression)

    def assert_calm(self):
        self.assertEqual(self.browser.complaints(), [])

    def test_says_in_one_sentence_how_things_are(self):
        self.open('running')
        self.assertEqual(self.ask("one('headline')"), 'Results are 4 s behind.')
        self.assertEqual(self.ask("one('subline')"), 'Balanced: every item has exactly one outcome.')
        self.assertEqual(self.ask("all('banner')[0].dataset.tone"), 'ok')
        self.assertEqual(self.ask("one('state')"), 'running')
        self.assertEqual(self.ask('document.title'), '✓ drinks-eu – kaiku')
        self.assertIn('3 d 4 h', self.ask("one('facts')"))
        self.assert_calm()

    def test_shows_mentions_per_brand_and_channel(self):
        self.open('running')
        self.assertEqual(self.ask("all('heat-cell').length"), 4 * 3)
        self.assertEqual(self.ask("heatOf('kirkas', 'x')"), '1,228')
        self.assertEqual(self.ask("heatOf('aurinko', 'instagram')"), '802')
        self.assertEqual(self.ask("heatOf('lumi', 'x')"), '', 'nothing was said: no number, not a zero')
        self.assertIn('early: still counting', self.ask("one('period')"))
        self.assertIn('09:00–10:00 UTC, 3 Mar 2026', self.ask("one('period')"))
        self.assertEqual(self.ask("[...document.querySelectorAll('.heat tbody th')].map((n) => n.textContent)"),
                         ['kirkas', 'aurinko', 'lumi', '_other'], 'largest first, _other last')

    def test_shows_money_in_euros_to_the_cent(self):
        self.open('running')
        self.assertEqual(self.ask("rowOf('money-brand', 'kirkas')"),
                         ['€1,143,524.31', '€18,200.00', '€2,100.00', '€1,123,224.31'])
        self.assertEqual(self.ask("rowOf('money-brand', 'lumi')"), ['€510.00', '€999.00', '–', '−€489.00'])
        self.assertEqual(self.ask("rowOf('money-sum', 'all brands')"),
                         ['€1,175,234.81', '€19,199.00', '€2,850.50', '€1,153,185.31'])
        self.assertTrue(self.ask("all('booked').every((node) => node.classList.contains('early'))"))
        self.assertEqual(self.ask("one('tile-booked')"), '€1.18Mbooked, hour so far')

    def test_the_last_closed_window_is_a_key_press_away(self):
        self.open('running')
        self.ask("document.querySelector('[data-key=\"period:closed\"]').focus()")
        self.browser.press('Enter')
        self.browser.wait_for("heatOf('kirkas', 'x') === '1,842'")
        self.assertIn('08:00–09:00 UTC', self.ask("one('period')"))
        self.assertIn('closed', self.ask("one('period')"))
        self.assertFalse(self.ask("all('booked').some((node) => node.classList.contains('early'))"))
        self.assertEqual(self.ask('document.activeElement.dataset.key'), 'period:closed', 'the focus stays')
        self.assert_calm()

    def test_another_window_is_asked_of_the_engine(self):
        self.open('running')
        self.ask("document.querySelector('[data-key=\"window:day\"]').click()")
        self.browser.wait_for("one('period') === 'Nothing was counted in this window yet.'")
        self.assertEqual(self.ask("document.querySelector('#window-choice [aria-pressed=true]').textContent"), 'day')
        self.assertEqual(self.ask("one('heat')"), 'No mentions in this window.')
        self.assert_calm()

    def test_shares_carry_their_interval_and_window(self):
        self.open('running')
        rows = self.ask("words('share-row')")
        self.assertEqual(rows[0], 'reddit56 % 41–71 %')
        self.assertEqual(len(rows), 6)
        self.assertIn('of the window 08:00–09:00 UTC', self.ask("one('share')"))
        point, start, end = self.ask("(() => { const svg = all('share-row')[0].querySelector('svg');"
                                     "const range = svg.querySelector('.range');"
                                     "return [svg.querySelector('.point').cx.baseVal.valueInSpecifiedUnits,"
                                     "range.x1.baseVal.valueInSpecifiedUnits, range.x2.baseVal.valueInSpecifiedUnits]; })()")
        self.assertAlmostEqual(point, 56.4, places=1)
        self.assertAlmostEqual(start, 41, places=1)
        self.assertAlmostEqual(end, 70.7, places=1)

    def test_the_ledger_adds_up(self):
        self.open('running')
        self.assertEqual(self.ask("rowOf('ledger-source', 'posts')"),
                         ['4,812,330', '4,812,330', '4,571,204', '198,412', '3,120', '412', '39,182'])
        sum_row = [int(cell.replace(',', '')) for cell in self.ask("rowOf('ledger-sum', 'all')")]
        self.assertEqual(sum(sum_row[2:]), sum_row[1], 'every item has exactly one outcome')
        self.assertIn('9,412,008 were sent between shards and 9,412,008 received', self.ask("one('ledger-text')"))

    def test_sources_show_lag_and_who_holds_the_watermark(self):
        self.open('running')
        self.assertIn('310', self.ask("words('source-row')[0]"))
        self.assertIn('2 s', self.ask("words('source-row')[0]"))
        self.assertIn('idle', self.ask("words('source-row')[2]"))
        self.assertEqual(self.ask("words('level')"),
                         ['itemsheld by posts, partition 034 s ago', 'boardheld by shard 335 s ago'])
        self.assertEqual(self.ask("words('dead-letter')")[0], 'dead lettersposts: a field is missing or of the wrong kind371')

    def test_charts_are_drawn(self):
        self.open('running')
        for name in ('rate-chart', 'lag-chart'):
            self.assertIn('300 points', self.ask(f"all('{name}')[0].getAttribute('aria-label')"))
            painted = self.ask(f"(() => {{ const c = all('{name}')[0]; return c.getContext('2d')"
                               ".getImageData(0, 0, c.width, c.height).data.some((v) => v !== 0); })()")
            self.assertTrue(painted, name)

    def test_follows_the_engine(self):
        fixture = self.open('running')
        fixture.show('degraded')
        self.browser.wait_for("all('banner')[0].dataset.tone === 'bad'", seconds=10)
        self.assertEqual(self.ask("one('headline')"), 'Results are 12 min 34 s behind; the objective is 30 s.')
        self.assertEqual(self.ask("one('subline')"),
                         'Not balanced: edge 2 to 0: 12 items sent were not received. 2 problems need a look.')
        self.assertEqual(len(self.ask("words('problem')")), 2)
        self.assertTrue(self.ask('document.title').startswith('✕'))
        fixture.show('restoring')
        self.browser.wait_for("one('state') === 'restoring'", seconds=10)
        self.assertEqual(self.ask("one('headline')"), 'Restoring its state. 62 % of shard 3 is back.')
        fixture.show('finished')
        self.browser.wait_for("one('headline') === 'All input has been read to its end.'", seconds=10)
        self.assertEqual(self.ask("all('banner')[0].dataset.tone"), 'ok')
        self.assert_calm()

    def test_says_when_the_engine_is_gone(self):
        fixture = self.open('running')
        fixture.stop()
        self.browser.wait_for("one('headline').startsWith('The engine does not answer')", seconds=15)
        self.assertEqual(self.ask("one('state')"), 'unreachable')
        self.assertTrue(self.ask("document.body.classList.contains('stale')"))
        self.assertEqual(self.ask("heatOf('kirkas', 'x')"), '1,228', 'the last values stay, greyed')

    def test_an_empty_pipeline_says_so(self):
        self.open('empty')
        self.assertEqual(self.ask("one('headline')"), 'Starting.')
        self.assertEqual(self.ask("one('subline')"), 'No item has been read yet.')
        self.assertIn('Nothing needs attention.', self.ask("one('problems')"))
        self.assert_calm()

    def test_hostile_text_stays_text(self):
        self.open('hostile')
        names = self.ask("all('heat-cell').map((node) => node.dataset.brand)")
        self.assertIn("<script>document.title='broken'</script>", names)
        self.assertTrue(self.ask('document.title').endswith(' – kaiku'))
        self.assertEqual(self.ask("document.querySelectorAll('script').length"), 4)
        self.assertEqual(self.ask("document.querySelectorAll('main img, main b b, main [onerror], main [onmouseover]').length"), 0)
        self.assertLessEqual(self.ask("Math.max(...[...document.querySelectorAll('bdi')].map((n) => n.textContent.length))"), 202)
        for choice in ('heat', 'money', 'share'):
            self.ask(f"document.querySelector('[data-key=\"all:{choice}\"]').click()")
        self.assertEqual(self.ask("heatOf('__proto__', 'x')"), '1,100')
        self.assertEqual(self.ask("heatOf('constructor', 'x')"), '1,200')
        self.assertEqual(self.ask("rowOf('money-brand', 'constructor')")[0], '10')
        self.assertEqual(self.ask("getComputedStyle(document.querySelector('.heat bdi')).unicodeBidi"), 'isolate')
        self.assert_calm()

    def test_many_brands_are_folded_and_can_be_unfolded(self):
        self.open('large')
        self.assertEqual(self.ask("document.querySelectorAll('.heat tbody tr').length"), 12)
        self.ask("document.querySelector('[data-key=\"all:heat\"]').click()")
        self.assertEqual(self.ask("document.querySelectorAll('.heat tbody tr').length"), 204)
        self.assertEqual(self.ask('document.activeElement.tagName'), 'BODY')
        took = self.ask("(() => { view.drawn.clear(); const from = performance.now(); render(view.last);"
                        "return performance.now() - from; })()")
        self.assertLess(took, 2000, 'milliseconds to draw 204 brands on 23 channels, on a busy machine')

    def test_fits_every_width(self):
        for scene in SCENES:
            fixture = self.open(scene, width=390, height=844, mobile=True)
            for width in (390, 768, 1280):
                self.browser.look(width=width, height=900, mobile=width < 600)
                self.assertLessEqual(self.ask('document.documentElement.scrollWidth'), width, f'{scene} at {width}')
            fixture.stop()

    def test_can_be_read_in_light_and_dark(self):
        for dark in (False, True):
            for scene in ('running', 'degraded', 'restoring', 'large'):
                fixture = self.open(scene, dark=dark)
                self.assertEqual(self.ask("matchMedia('(prefers-color-scheme: dark)').matches"), dark)
                self.assertEqual(self.ask('faint()'), [], f'{scene}, {"dark" if dark else "light"}')
                fixture.stop()

    def test_a_change_of_the_colour_scheme_repaints_the_charts(self):
        self.open('running')
        before = self.ask("charts['rate-chart'].data.datasets[0].borderColor")
        self.browser.look(dark=True)
        self.browser.wait_for(f"charts['rate-chart'].data.datasets[0].borderColor !== '{before}'")
        self.assert_calm()

    def test_is_built_for_keyboards_and_screen_readers(self):
        self.open('running')
        self.assertEqual(self.ask("['header', 'main', 'footer', 'nav'].filter((tag) => !document.querySelector(tag))"), [])
        self.assertEqual(self.ask("[...document.querySelectorAll('th')].filter((n) => !n.scope).length"), 0)
        self.assertEqual(self.ask("[...document.querySelectorAll('button, a')].filter((n) => !n.textContent.trim()).length"), 0)
        self.assertEqual(self.ask("[...document.querySelectorAll('img')].filter((n) => !n.hasAttribute('alt')).length"), 0)
        self.assertEqual(self.ask("[...document.querySelectorAll('[aria-labelledby]')]"
                                  ".filter((n) => !document.getElementById(n.getAttribute('aria-labelledby'))).length"), 0)
        levels = self.ask("[...document.querySelectorAll('h1, h2, h3, h4')].map((n) => +n.tagName[1])")
        self.assertEqual(levels[0], 1)
        self.assertTrue(all(b - a <= 1 for a, b in zip(levels, levels[1:])), levels)
        self.browser.press('Tab')
        self.assertEqual(self.ask('document.activeElement.className'), 'skip', 'the first stop leads to the figures')
        self.assertEqual(self.ask("document.documentElement.lang"), 'en')

    def test_is_light(self):
        self.open('running')
        sizes = self.ask("Promise.all(['/', '/style.css', '/format.js', '/curves.js', '/app.js', '/favicon.svg', '/chart.js'].map("
                         "(path) => fetch(path).then((r) => r.blob()).then((b) => b.size)))")
        self.assertLess(sum(sizes[:-1]), 60_000)
        self.assertLess(sum(sizes), 300_000)

    def test_pictures(self):
        if PICTURES is None:
            self.skipTest('no --pictures')
        os.makedirs(PICTURES, exist_ok=True)
        for scene in SCENES:
            for width in (1280, 390):
                for dark in (False, True):
                    fixture = self.open(scene, width=width, height=900, dark=dark, mobile=width < 600)
                    name = f'{scene}-{width}-{"dark" if dark else "light"}.png'
                    self.browser.picture(os.path.join(PICTURES, name))
                    fixture.stop()


def main():
    global FIXTURE, PICTURES
    arguments = sys.argv[1:]
    if not arguments:
        sys.exit(__doc__)
    FIXTURE = arguments.pop(0)
    if '--pictures' in arguments:
        at = arguments.index('--pictures')
        PICTURES = arguments[at + 1]
        del arguments[at:at + 2]
    if devtools.find_chromium() is None:
        print('chromium is not installed (Debian package chromium): THE PAGE WAS NOT TESTED', file=sys.stderr)
        sys.exit(1 if os.environ.get('CI') == 'true' else 77)
    unittest.main(argv=[sys.argv[0], *arguments])


if __name__ == '__main__':
    main()
