#!/usr/bin/env python3
"""What a browser makes of the page.

    page_test.py FIXTURE [--pictures DIR] [TEST...]

FIXTURE is kaiku_page_fixture. With --pictures the page is photographed in every scene, for eyes."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import devtools  # noqa: E402
import page_case  # noqa: E402

PICTURES = None
SCENES = ('running', 'degraded', 'restoring', 'finished', 'empty', 'large', 'hostile', 'unfollowed', 'answered')
PAGES = ('operations', 'business/hour')


class PageTest(page_case.PageCase):
    def test_says_in_one_sentence_how_things_are(self):
        self.open('running')
        self.assertEqual(self.ask("one('headline')"), 'Results are 4 s behind.')
        self.assertEqual(self.ask("one('subline')"), 'Balanced: every item has exactly one outcome.')
        self.assertEqual(self.ask("all('banner')[0].dataset.tone"), 'ok')
        self.assertEqual(self.ask("one('state')"), 'running')
        self.assertEqual(self.ask('document.title'), '✓ drinks-eu – kaiku')
        self.assertIn('3 d 4 h', self.ask("one('facts')"))
        self.assert_calm()

    # --- business ----------------------------------------------------------------------------------

    def test_views_are_chosen_by_address_link_and_key(self):
        self.open('running')
        self.assertTrue(self.ask("document.getElementById('business').hidden"))
        self.assertEqual(self.ask("all('to-operations')[0].getAttribute('aria-current')"), 'page')
        self.ask("all('to-business')[0].focus()")
        self.browser.press('Enter')
        self.browser.wait_for("!document.getElementById('business').hidden && all('tile-waiting').length === 1")
        self.assertTrue(self.ask("document.getElementById('operations').hidden"))
        self.assertEqual(self.ask('location.hash'), '#business')
        self.assertEqual(self.ask("[all('to-business')[0].getAttribute('aria-current'),"
                                  "all('to-operations')[0].getAttribute('aria-current')]"), ['page', None])
        self.ask('history.back()')
        self.browser.wait_for("document.getElementById('business').hidden && one('headline').startsWith('Results')")
        self.assert_calm()

    def test_an_address_opens_the_window_it_names(self):
        self.open('running', page='business/hour')
        self.assertEqual(self.ask("document.querySelector('#window-choice [aria-pressed=true]').textContent"), 'hour')
        self.open('running', page='business')
        self.assertEqual(self.ask("document.querySelector('#window-choice [aria-pressed=true]').textContent"), 'day',
                         'the longest up to a day')
        self.ask("document.querySelector('[data-key=\"window:hour\"]').click()")
        self.browser.wait_for("location.hash === '#business/hour' && one('period').startsWith('hour 09:00')")
        self.ask("location.hash = '#business/no%20such'")
        self.browser.wait_for("location.hash === '#business'")
        for nothing in ('#business%E0%A4%A', '#main', '#nowhere'):
            self.ask(f"location.hash = '{nothing}'")
            self.browser.wait_for(f"location.hash === '{nothing}'")
            self.assertFalse(self.ask("document.getElementById('business').hidden"), nothing)
        self.ask("location.hash = '#problems-title'")
        self.browser.wait_for("!document.getElementById('operations').hidden")

    def test_says_in_one_sentence_who_waits(self):
        fixture = self.open_business('running')
        self.assertEqual(self.ask("one('headline')"), '24 questions wait for an answer, the oldest for 1 d 2 h.')
        self.assertEqual(self.ask("one('subline')"), '14 deadlines have passed; for 1 an answer may still show up. '
                                                     '3 risks are critical. Results are 4 s behind.')
        self.assertEqual(self.ask("all('banner')[0].dataset.tone"), 'warn')
        fixture.show('answered')
        self.browser.wait_for("one('headline') === 'Nobody waits for an answer.'", seconds=10)
        self.assertEqual(self.ask("all('banner')[0].dataset.tone"), 'ok')
        self.assertEqual(self.ask("one('alerts')"), 'No deadline has passed unanswered.')
        fixture.show('degraded')
        self.browser.wait_for("all('banner')[0].dataset.tone === 'bad'", seconds=10)
        self.assertIn('Results are 12 min 34 s behind', self.ask("one('subline')"), 'old figures are said to be old')
        self.assert_calm()

    def test_key_figures_of_business(self):
        self.open_business('running')
        self.assertEqual(self.ask("[...all('business-tiles')[0].children].map((n) => n.textContent)"),
                         ['24wait for an answer now', '70.3 %of 101 answered in time',
                          '32.4 %answered first by other customers', '115conversations opened', '4,699mentions',
                          '€1.16Mnet revenue booked'])

    def test_shows_how_each_channel_answers(self):
        self.open_business('running')
        self.assertEqual(self.ask("words('answers-brand').length"), 3)
        self.assertEqual(self.ask("rowOf('answers-brand', 'kirkas')"),
                         ['93', '5126', '16 min9 of 10 in 2 h 30 min', '3 h9 of 10 in 11 h', '69 % 59 of 85',
                          '41in 2 h 10 min', '19for 1 d 2 h'])
        self.assertEqual(self.ask("rowOf('answers-channel', 'reddit')"),
                         ['22', '315', '4 h9 of 10 in 14 h', '–', '28 % 5 of 18', '6in 6 h', '13for 1 d 2 h'])
        self.assertEqual(self.ask("rowOf('answers-brand', 'lumi')")[2:4], ['–', '–'], 'nobody was answered: no time, not 0')
        self.assertEqual(self.ask("all('answers-channel')[2].querySelector('.stack').getAttribute('aria-label')"),
                         'the brand 3, other customers 15, a machine 0')
        red = self.ask("all('waiting').filter((n) => n.querySelector('.bad')).map((n) => n.textContent)")
        self.assertEqual(red, ['19for 1 d 2 h', '4for 1 h 30 min', '13for 1 d 2 h', '4for 4 h 30 min', '4for 4 h 30 min'])
        self.assertEqual(self.ask("[...document.querySelectorAll('.answers tbody tr:first-child th')].map((n) => n.textContent)"),
                         ['kirkas', 'aurinko', 'lumi'])

    def test_bars_are_as_long_as_their_part(self):
        self.open_business('running')
        self.assertEqual(self.ask("words('speakers-row')"), ['x391052', 'reddit32124', 'email1516', 'instagram62311'])
        widths = self.ask("[...all('speakers-row')[0].querySelectorAll('.stack span')].map((n) => n.getBoundingClientRect().width)")
        self.assertEqual(len(widths), 3)
        self.assertAlmostEqual(widths[0] / widths[1], 39 / 10, delta=0.25)
        kinds = self.ask("[...all('speakers-row')[1].querySelectorAll('.stack span')].map((n) => n.className)")
        self.assertEqual(kinds, ['brand', 'peer'])

    def test_waiting_times_stand_on_one_scale(self):
        self.open_business('running')
        self.assertEqual(self.ask("words('wait-row')"),
                         ['kirkaspublic16 min2 h 30 min', 'kirkasprivate3 h11 h', 'aurinkopublic4 min 30 s11 min',
                          'aurinkoprivate45 min1 h 15 min'])
        at = self.ask("all('wait-row').map((n) => n.querySelector('.point').cx.baseVal.valueInSpecifiedUnits)")
        self.assertEqual(sorted(at), [at[2], at[0], at[3], at[1]], 'longer is further right')
        self.assertTrue(self.ask("all('wait-row').every((n) => { const r = n.querySelector('.range');"
                                 "return r.x1.baseVal.value <= r.x2.baseVal.value; })"))
        self.assertEqual(self.ask("[...document.querySelectorAll('.axis div span')].map((n) => n.textContent)"),
                         ['1 min', '10 min', '1 h', '6 h', '1 d'])

    def test_kinds_of_value_stand_apart(self):
        self.open_business('answered')
        self.assertEqual(self.ask("[...document.querySelectorAll('.value-card h4')].map((n) => n.textContent)"),
                         ['Booked', 'Attributed', 'Avoided', 'Modelled', 'Replacement cost', 'Put in'])
        self.assertEqual(self.ask("[...document.querySelectorAll('.value-card .value')].map((n) => n.textContent)"),
                         ['€1.16M net revenue', '€400 time decay', '€60 avoided cost', '€2,140 incremental revenue', '€9,999 exposure',
                          '€2,850 ad spend'])
        booked = "[...all('value-booked')[0].querySelectorAll('tr')].map((r) => [...r.children].map((n) => n.textContent))"
        self.assertEqual(self.ask(booked),
                         [['brand', 'orders', 'refunds', 'net revenue'],
                          ['kirkas', '€1,143,524.31', '€18,200.00', '€1,125,324.31'],
                          ['aurinko', '€31,200.50', '–', '€31,200.50'], ['lumi', '€510.00', '€999.00', '−€489.00'],
                          ['all brands', '€1,175,234.81', '€19,199.00', '€1,156,035.81']])
        attributed = booked.replace('value-booked', 'value-attributed')
        self.assertEqual(self.ask(attributed),
                         [['brand', 'last touch', 'time decay'], ['kirkas · x', '€300.00', '€245.00'],
                          ['kirkas · reddit', '€100.00', '€155.00'], ['all brands', '€400.00', '€400.00']])
        amounts = self.ask("[...document.querySelectorAll('[data-testid=values] td')].map((n) => n.textContent)")
        for sum_of_kinds in ('€1,156,095.81', '€1,158,175.81', '€1,166,034.81', '€1,158,885.81'):
            self.assertNotIn(sum_of_kinds, amounts)
        self.assertIn('never added to each other', self.ask("one('values')"))
        self.assertFalse(self.ask("all('booked_revenue').some((node) => node.classList.contains('early'))"))
        self.ask("document.querySelector('[data-key=\"period:open\"]').click()")
        self.assertTrue(self.ask("all('booked_revenue').every((node) => node.classList.contains('early'))"))

    def test_alerts_lead_back_to_the_post(self):
        self.open_business('running')
        self.assertEqual(self.ask("words('alert')")[1],
                         'missedkirkas on reddit: critical bug report open the post at reddit.example'
                         'asked 1 h 40 min ago, to be answered within 1 h (bugs)40 min 50 s ago')
        links = self.ask("[...document.querySelectorAll('#alerts a')].map((n) => [n.href, n.target, n.rel])")
        self.assertEqual(links[0], ['https://x.example/kirkas/status/1897', '_blank', 'noopener noreferrer nofollow'])
        self.assertEqual(len(links), 3, 'one has no address')
        self.assertIn('the newest 4 of 14', self.ask("one('alerts')"))
        self.ask("document.querySelector('[data-key=\"alerts-link\"]').click()")
        self.browser.wait_for("location.hash === '#alerts-title'")
        self.assertFalse(self.ask("document.getElementById('business').hidden"))

    def test_campaigns_are_funnels(self):
        self.open_business('running')
        self.assertEqual(self.ask("[...document.querySelectorAll('.funnel-card h4')].map((n) => n.textContent)"),
                         ['launch for aurinko', 'spring for kirkas', 'spring for kirkas'])
        rows = "[...all('funnel')[{}].querySelectorAll('tr')].map((r) => [...r.children].map((n) => n.textContent))"
        self.assertEqual(self.ask(rows.format(1)),
                         [['step', '', 'count', 'of the step before', 'of the first', 'cost of one'],
                          ['viewsviews', '', '6,500,000', '–', '–', '€0.05'],
                          ['requestsleads', '50,000', '0.769 %0.763–0.776 %', '0.769 %0.763–0.776 %', '€6.50'],
                          ['carsorders', '10,000', '20 %19.7–20.4 %', '0.154 %0.151–0.157 %', '€32.50']])
        self.assertEqual(self.ask(rows.format(0))[1:],
                         [['clicksclicks', '', '4', '–', '–'],
                          ['requestsleads', '0', '0 %0–49 %', '0 %0–49 %'],
                          ['bottlesorders', '12', 'not computable', '300 %']], 'of nobody there is no part: not 0')
        self.assertEqual(self.ask("words('funnel-spend')"),
                         ['No ad spend was booked to it, so its steps have no cost.',
                          *['Ad spend €325,000.00. Basis of value none: it is what was put in, not what it brought.'] * 2])
        leads = self.ask("[...document.querySelectorAll('.funnel-card .lead')].map((n) => n.textContent)")
        self.assertEqual(leads[1], 'hour 08:00–09:00 UTC, 3 Mar 2026 · closed')
        self.assertEqual(leads[2], 'the whole campaign, 6 days; it ended in 08:00–09:00 UTC, 3 Mar 2026')
        self.assertIn('No figures in this window: loyalty.', self.ask("one('campaigns-without')"))
        self.ask("document.querySelector('[data-key=\"period:open\"]').click()")
        self.assertEqual(self.ask(rows.format(0))[1:],
                         [['viewsviews', '', '65,000', '–', '–'],
                          ['requestsleads', '500', '0.769 %0.705–0.839 %', '0.769 %0.705–0.839 %'],
                          ['carsorders', '100', '20 %16.7–23.7 %', '0.154 %0.127–0.187 %']])
        self.assertEqual(self.ask("all('funnel').length"), 1)
        self.assertEqual(self.ask("document.querySelector('.funnel-card .lead').textContent"),
                         'hour 09:00–10:00 UTC, 3 Mar 2026 · early: still counting')
        self.assertEqual(self.ask("one('campaigns-without')"), 'No figures so far: launch, loyalty.')
        self.assert_calm()

    def test_a_funnel_is_drawn_to_scale_beside_its_rows(self):
        self.open_business('running')
        def bars_of(funnel):  # left, width, middle
            return self.ask(f"[...all('funnel')[{funnel}].querySelectorAll('.step')].map((bar) => bar.getBoundingClientRect())"
                            ".map((box) => [box.left, box.width, box.top + box.height / 2])")
        bars = bars_of(0)
        self.assertAlmostEqual(bars[0][1] / bars[2][1], 4 / 12, places=2)
        self.assertEqual(bars[1][1], 0, 'nobody: no bar')
        bars = bars_of(1)
        self.assertGreater(bars[0][1], 100)
        self.assertGreater(bars[1][1], 0, 'few are not nobody')
        self.assertAlmostEqual(bars[0][0] + bars[0][1] / 2, bars[1][0] + bars[1][1] / 2, delta=.5)
        rows = self.ask("[...all('funnel')[1].querySelectorAll('tbody tr')].map((n) => {"
                        "const box = n.getBoundingClientRect(); return box.top + box.height / 2; })")
        for (_, _, bar), row in zip(bars, rows):
            self.assertAlmostEqual(bar, row, delta=4, msg='each bar beside its row')
        self.assertEqual(self.ask("all('funnel')[1].querySelector('svg').getAttribute('aria-hidden')"), 'true',
                         'the table says all of it')
        self.assertEqual(self.ask("[...all('funnel')[1].querySelectorAll('tbody th')].map((n) => n.scope)"), ['row'] * 3)

    def test_signals_are_told_in_words(self):
        self.open_business('running')
        self.assertEqual(len(self.ask("words('signal')")), 4)
        self.ask("document.querySelector('[data-key=\"all:signals\"]').click()")
        self.assertEqual(self.ask("words('signal')"), [
            'criticalkirkas: a reply links to kirkas-tuki.example, which poses as the brand’s site'
            'seen 20 times, last at 09:30 UTC, by 3 authors11 min ago',
            'warningkirkas: #lasi is said far more than usual42 times in one hour, 3.1 expected (14 ×), by 16 authors or more'
            'for example: open the post at social.example, open the post at forum.example42 min ago',
            'warningaurinko: more is said than usual at this hour1,606 posts in one hour, 402 expected (4 ×)42 min ago',
            'warningkirkas: the tone is worse than usual at this hournet sentiment −31 %, usually 12 %, in 45 judged texts1 h 42 min ago',
            'warningthe source support says nothingits connector is dead, or there is nothing to say: it sends no heartbeats, so nobody can tell; '
            'last item at 06:50 UTC, 3 Mar 2026; expected every 10 min2 h 42 min ago',
            'hintlumi: pullo is on the rise9 times in one day, hardly ever before, by 6 authors; up on three of five days9 h 42 min ago',
            'criticalkirkas: the account k1rkasdrinks looks like the brand’s ownseen once, last at 17:59 UTC, by one author15 h 42 min ago',
            'criticallumi: the confidential phrase named moon was said in publicseen twice, last at 12:59 UTC, by one author20 h 42 min ago',
            'warninglumi: personal data in a public post: an account number (IBAN). Hide the post, and answer in private'
            'seen 3 times, last at 11:59 UTC, by 3 authors21 h 42 min ago'])
        self.assertEqual(self.ask("[...document.querySelectorAll('#signals a')].map((n) => n.href)"),
                         ['https://social.example/p/1', 'https://forum.example/t/2'], 'what poses as the brand is never linked')
        self.assertIn('the newest 9 of 10', self.ask("one('signals')"))
        self.ask("document.querySelector('[data-key=\"signals-link\"]').click()")
        self.browser.wait_for("location.hash === '#signals-title'")
        self.assertFalse(self.ask("document.getElementById('business').hidden"))
        self.assert_calm()

    def test_says_when_nothing_stands_out(self):
        self.open_business('answered')
        self.assertEqual(self.ask("one('signals')"), 'Nothing stands out.')
        self.assertEqual(self.ask("one('campaigns')"), 'No figures in this window: spring, launch, loyalty.')
        self.open_business('unfollowed')
        self.assertEqual(self.ask("['signals-card', 'campaigns-section'].map((id) => document.getElementById(id).hidden)"), [True, True])
        width = "document.getElementById('alerts').getBoundingClientRect().width"
        self.assertGreater(self.ask(width), 1000, 'the deadlines have the place for themselves')
        self.assert_calm()

    def test_says_when_conversations_are_not_followed(self):
        self.open_business('unfollowed')
        self.assertEqual(self.ask("one('headline')"), 'Conversations are not followed.')
        self.assertIn('conversations: {follow: true}', self.ask("one('subline')"))
        self.assertEqual(self.ask("one('answers')"), 'Conversations are not followed.')
        self.assertEqual(self.ask("all('tile-waiting').length"), 0)
        self.assertEqual(self.ask("one('tile-net')"), '€1.16Mnet revenue booked')
        self.assert_calm()

    def test_shows_mentions_per_brand_and_channel(self):
        self.open_business('running', closed=False)
        self.assertEqual(self.ask("all('heat-cell').length"), 4 * 3)
        self.assertEqual(self.ask("heatOf('kirkas', 'x')"), '1,228')
        self.assertEqual(self.ask("heatOf('aurinko', 'instagram')"), '802')
        self.assertEqual(self.ask("heatOf('lumi', 'x')"), '', 'nothing was said: no number, not a zero')
        self.assertIn('early: still counting', self.ask("one('period')"))
        self.assertIn('09:00–10:00 UTC, 3 Mar 2026', self.ask("one('period')"))
        self.assertEqual(self.ask("[...document.querySelectorAll('.heat tbody th')].map((n) => n.textContent)"),
                         ['kirkas', 'aurinko', 'lumi', '_other'], 'largest first, _other last')

    def test_the_last_closed_window_is_a_key_press_away(self):
        self.open_business('running', closed=False)
        self.ask("document.querySelector('[data-key=\"period:closed\"]').focus()")
        self.browser.press('Enter')
        self.browser.wait_for("heatOf('kirkas', 'x') === '1,842'")
        self.assertIn('08:00–09:00 UTC', self.ask("one('period')"))
        self.assertIn('closed', self.ask("one('period')"))
        self.assertEqual(self.ask('document.activeElement.dataset.key'), 'period:closed', 'the focus stays')
        self.assert_calm()

    def test_another_window_is_asked_of_the_engine(self):
        self.open_business('running')
        self.ask("document.querySelector('[data-key=\"window:day\"]').click()")
        self.browser.wait_for("one('period') === 'Nothing was counted in this window yet.'")
        self.assertEqual(self.ask("document.querySelector('#window-choice [aria-pressed=true]').textContent"), 'day')
        self.assertEqual(self.ask("one('heat')"), 'No mentions in this window.')
        self.assertIn('24 questions wait', self.ask("one('headline')"), 'who waits is of now, not of a window')
        self.assert_calm()

    def test_shares_carry_their_interval(self):
        self.open_business('running')
        rows = self.ask("words('share-row')")
        self.assertEqual(rows[0], 'reddit56 % 41–71 %')
        self.assertEqual(len(rows), 6)
        point, start, end = self.ask("(() => { const svg = all('share-row')[0].querySelector('svg');"
                                     "const range = svg.querySelector('.range');"
                                     "return [svg.querySelector('.point').cx.baseVal.valueInSpecifiedUnits,"
                                     "range.x1.baseVal.valueInSpecifiedUnits, range.x2.baseVal.valueInSpecifiedUnits]; })()")
        self.assertAlmostEqual(point, 56.4, places=1)
        self.assertAlmostEqual(start, 41, places=1)
        self.assertAlmostEqual(end, 70.7, places=1)

    # --- operations --------------------------------------------------------------------------------

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
        self.assertIn('silentlast item 2 h 52 min ago, and no sign of life; expected every 10 min', self.ask("words('source-row')[2]"))
        self.assertEqual(self.ask("words('source-voice').length"), 1, 'of the others nobody said how often they speak')
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
        self.assertIn('4,812,330', self.ask("one('ledger')"), 'the last values stay, greyed')

    def test_an_empty_pipeline_says_so(self):
        self.open('empty')
        self.assertEqual(self.ask("one('headline')"), 'Starting.')
        self.assertEqual(self.ask("one('subline')"), 'No item has been read yet.')
        self.assertIn('Nothing needs attention.', self.ask("one('problems')"))
        self.assert_calm()
        self.open('empty', page='business')
        self.assertEqual(self.ask("one('headline')"), 'Conversations are not followed.')
        self.assertEqual(self.ask("one('values')"), 'No orders, refunds, spend or avoided contacts in this window.')
        self.assert_calm()

    def assert_inert(self):
        self.assertTrue(self.ask('document.title').endswith(' – kaiku'))
        self.assertEqual(self.ask("document.querySelectorAll('script').length"), 10)
        self.assertEqual(self.ask("document.querySelectorAll('main img, main b b, main [onerror], main [onmouseover]').length"), 0)
        self.assertLessEqual(self.ask("Math.max(...[...document.querySelectorAll('bdi')].map((n) => n.textContent.length))"), 202)
        self.assert_calm()

    def test_hostile_text_stays_text(self):
        self.open('hostile')
        self.assert_inert()
        self.open_business('hostile')
        self.ask("[...document.querySelectorAll('.fold[aria-expanded=false]')].map((n) => n.dataset.key).forEach((key) =>"
                 "[...document.querySelectorAll('.fold')].find((n) => n.dataset.key === key).click())")
        while self.ask("(() => { const more = [...document.querySelectorAll('.more')].find((n) => n.textContent !== 'Show fewer');"
                       "more?.click(); return Boolean(more); })()"):
            pass
        self.assertIn("<script>document.title='broken'</script>",
                      self.ask("[...document.querySelectorAll('.answers th')].map((n) => n.textContent)"))
        self.assertEqual(self.ask("rowOf('answers-brand', '__proto__')")[0], '9')
        self.assertEqual(self.ask("rowOf('answers-brand', 'constructor')")[0], '9')
        self.assertEqual(self.ask("getComputedStyle(document.querySelector('.answers bdi')).unicodeBidi"), 'isolate')
        self.assert_inert()
        protocols = self.ask("[...new Set([...document.querySelectorAll('main a')].map((n) => n.protocol))]")
        self.assertLessEqual(set(protocols), {'http:', 'https:'})
        self.assertEqual(self.ask("all('alert-link').filter((n) => /javascript/i.test(n.href)).length"), 0)
        self.assertGreater(self.ask("all('alert-link').filter((n) => n.host === 'evil.example').length"), 0)
        self.assertIn("<script>document.title='broken'</script>",
                      self.ask("[...document.querySelectorAll('#signals q')].map((n) => n.textContent)"))
        self.assertGreater(self.ask("all('signal').length"), 30)
        self.assertEqual(self.ask("[...new Set([...document.querySelectorAll('#signals a, #campaigns a')].map((n) => n.host))]"),
                         ['social.example', 'forum.example'], 'those of the example, none of the hostile')
        self.assertIn('__proto__ for __proto__', self.ask("[...document.querySelectorAll('.funnel-card h4')].map((n) => n.textContent)"))
        self.open_business('hostile', closed=False)
        self.assertIn("<script>document.title='broken'</script>", self.ask("all('heat-cell').map((node) => node.dataset.brand)"))
        for choice in ('heat', 'share'):
            self.ask(f"document.querySelector('[data-key=\"all:{choice}\"]')?.click()")
        self.assertEqual(self.ask("heatOf('__proto__', 'x')"), '1,100')
        self.assertEqual(self.ask("heatOf('constructor', 'x')"), '1,200')
        self.assert_inert()

    def test_many_brands_are_folded_and_can_be_unfolded(self):
        self.open_business('large', closed=False)
        self.assertEqual(self.ask("document.querySelectorAll('.answers tbody').length"), 6)
        self.assertEqual(self.ask("[...document.querySelectorAll('.answers tbody')].map((n) => n.rows.length)"),
                         [20, 1, 1, 1, 1, 1], 'channels of the first brand, the others at a press')
        second = self.ask("document.querySelectorAll('.fold')[1].dataset.key")
        self.ask("document.querySelectorAll('.fold')[1].focus()")
        self.browser.press('Enter')
        self.assertEqual(self.ask("document.querySelectorAll('.answers tbody')[1].rows.length"), 20)
        self.assertEqual(self.ask("[document.activeElement.dataset.key, document.activeElement.ariaExpanded]"), [second, 'true'])
        self.assertEqual(self.ask("document.querySelectorAll('.heat tbody tr').length"), 12)
        self.ask("document.querySelector('[data-key=\"all:heat\"]').click()")
        rows = self.ask("document.querySelectorAll('.heat tbody tr').length")
        self.assertGreater(rows, 12)
        self.assertIn('smaller rows are left out', self.ask("one('omitted')"))
        self.assertEqual(self.ask("[all('funnel').length, all('signal').length]"), [1, 4])
        for more in ('answers', 'signals'):
            self.ask(f"document.querySelector('[data-key=\"all:{more}\"]').click()")
        self.assertEqual(self.ask("all('signal').length"), 50)
        self.assertIn('the newest 50 of 1,010', self.ask("one('signals')"))
        draw = "(() => { view.drawn.clear(); const from = performance.now(); render(view.last); return performance.now() - from; })()"
        self.assertLess(self.ask(draw), 2000, 'milliseconds to draw what the engine sends at most, on a busy machine')
        self.ask("document.querySelector('[data-key=\"period:closed\"]').click()")
        self.assertEqual(self.ask("all('funnel').length"), 4)
        self.ask("document.querySelector('[data-key=\"all:campaigns\"]').click()")
        self.assertEqual(self.ask("all('funnel').length"), 100)
        self.assertIn('23 funnels are left out', self.ask("one('campaigns')"))
        self.assertLess(self.ask(draw), 2000)

    def test_fits_every_width(self):
        for scene in SCENES:
            for page in PAGES:
                fixture = self.open(scene, page=page, width=390, height=844, mobile=True)
                for width in (390, 768, 1280):
                    self.browser.look(width=width, height=900, mobile=width < 600)
                    self.assertLessEqual(self.ask('document.documentElement.scrollWidth'), width, f'{scene}, {page} at {width}')
                fixture.stop()

    def test_can_be_read_in_light_and_dark(self):
        for dark in (False, True):
            for scene in ('running', 'degraded', 'restoring', 'large'):
                fixture = self.open(scene, dark=dark)
                self.assertEqual(self.ask("matchMedia('(prefers-color-scheme: dark)').matches"), dark)
                self.assertEqual(self.ask('faint()'), [], f'{scene}, {"dark" if dark else "light"}')
                fixture.stop()
                fixture = self.open_business(scene, dark=dark)
                self.assertEqual(self.ask('faint()'), [], f'business, {scene}, {"dark" if dark else "light"}')
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
        paths = self.ask("['/', '/favicon.svg', '/style.css', ...[...document.scripts].map((n) => n.getAttribute('src'))"
                         ".filter((path) => path !== '/chart.js'), '/chart.js']")
        sizes = self.ask(f"Promise.all({paths}.map((path) => fetch(path).then((r) => r.blob()).then((b) => b.size)))")
        self.assertLess(sum(sizes[:-1]), 96_000)
        self.assertLess(sum(sizes), 300_000)

    def test_pictures(self):
        if PICTURES is None:
            self.skipTest('no --pictures')
        os.makedirs(PICTURES, exist_ok=True)
        for scene in SCENES:
            for page in PAGES:
                for width in (1280, 390):
                    for dark in (False, True):
                        fixture = self.open(scene, page=page, width=width, height=900, dark=dark, mobile=width < 600)
                        if page != 'operations':
                            self.ask("document.querySelector('[data-key=\"period:closed\"]')?.click()")
                        name = f'{page.split("/")[0]}-{scene}-{width}-{"dark" if dark else "light"}.png'
                        self.browser.picture(os.path.join(PICTURES, name))
                        fixture.stop()


def main():
    global PICTURES
    arguments = sys.argv[1:]
    if not arguments:
        sys.exit(__doc__)
    page_case.PageCase.program = arguments.pop(0)
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
