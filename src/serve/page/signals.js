// What stands out and what is a risk: the open alerts of signals. Subjects are what somebody wrote, and some of them
// were written to deceive: they are shown as text, and never linked. Linked are the posts that show it.
'use strict';

const SIGNALS_AT_FIRST = 4;
const SPANS = {minute: 'one minute', hour: 'one hour', day: 'one day'};
const PERSONAL_DATA = {iban: 'an account number (IBAN)', payment_card: 'the number of a payment card',
  personal_identity_code: 'a personal identity code'};
const LINKS = {look_alike: ', which poses as the brand’s site', shortener: ', which hides where it leads',
  new: ', to which nobody linked before today'};
const SEVERITIES = {critical: ['error', 'critical'], warning: ['warning', 'warning'], info: ['', 'hint']};

function times(number) {
  return number === 1 ? 'once' : number === 2 ? 'twice' : `${whole.format(number)} times`;
}

function bySoMany(evidence) {
  const authors = evidence.unique_authors;
  if (authors === undefined) {
    return '';
  }
  return `, by ${plural(authors, 'one author', 'authors')}${evidence.more_authors ? ' or more' : ''}`;
}

// Set beside what the past lets expect.
function strength(evidence) {
  const {count: seen, expected} = evidence;
  if (expected === undefined) {
    return '';
  }
  if (expected < .05) {
    return ', hardly ever before';
  }
  const factor = seen / expected;
  return `, ${oneDecimal.format(expected)} expected (${factor < 10 ? oneDecimal.format(factor) : whole.format(factor)} ×)`;
}

function howOften(alert, noun) {
  const seen = noun === null ? times(alert.evidence.count) : plural(alert.evidence.count, `one ${noun}`, `${noun}s`);
  return `${alert.exact ? '' : 'about '}${seen} in ${entryOf(SPANS, alert.window) || cut(alert.window, 40)}${strength(alert.evidence)}${bySoMany(alert.evidence)}`;
}

function soFar(alert) {
  return `seen ${times(alert.count)}, last at ${clock.format(new Date(alert.window_start))} UTC${bySoMany(alert.evidence)}`;
}

// Kind -> what happened, and how strong it is. `it` is the subject as a node.
const SIGNALS = {
  burst: (it) => [[it, ' is said far more than usual'], (alert) => howOften(alert, null)],
  weak_signal: (it) => [[it, ' is on the rise'], (alert) => `${howOften(alert, null)}; up on three of five days`],
  volume_spike: () => [['more is said than usual at this hour'], (alert) => howOften(alert, 'post')],
  sentiment_drop: () => [['the tone is worse than usual at this hour'], (alert) => {
    const {net_sentiment: now, usual_sentiment: usual} = alert.evidence;
    const text = (value) => `${Math.round(100 * value)} %`.replace('-', '−');
    return `net sentiment ${now === undefined ? '–' : text(now)}, usually ${usual === undefined ? '–' : text(usual)}, ` +
      `in ${plural(alert.evidence.count, 'one judged text', 'judged texts')}`;
  }],
  impersonation: (it) => [['the account ', it, ' looks like the brand’s own'], soFar],
  phishing_link: (it, alert) => [['a reply links to ', it, entryOf(LINKS, alert.evidence.host_is) ||
    (alert.severity === 'critical' ? LINKS.look_alike : LINKS.shortener)], soFar],
  confidential_term: (it) => [['the confidential phrase named ', it, ' was said in public'], soFar],
  pii_public: (it, alert) => [['personal data in a public post: ', entryOf(PERSONAL_DATA, alert.subject) || it,
    '. Hide the post, and answer in private'], soFar],
  source_silent: (it) => [['the source ', it, ' says nothing'], (alert) => {
    const {last_item_at: last, expect_every_seconds: every, connector} = alert.evidence;
    const why = connector === 'dead' ? 'its connector gave signs of life before, and gives none: it is dead'
      : 'its connector is dead, or there is nothing to say: it sends no heartbeats, so nobody can tell';
    return `${why}; ${last === undefined ? 'no item yet; ' : `last item at ${clock.format(new Date(last))} UTC, ${day.format(new Date(last))}; `}` +
      `expected every ${duration(every === undefined ? null : every)}`;
  }],
};

// Where to look: public posts, by the addresses their records name.
function examplesOf(evidence) {
  const addresses = Array.isArray(evidence.sample_refs) ? evidence.sample_refs.slice(0, 3) : [];
  const links = addresses.map((address) => linkOf(address)).filter((link) => link !== null);
  return links.length === 0 ? null : h('span', {class: 'under'}, 'for example: ', links.map((link, i) => [i === 0 ? '' : ', ', link]));
}

function signalItem(given, now) {
  const alert = {...given, evidence: given.evidence || {count: given.count}};
  const [tone, word] = entryOf(SEVERITIES, alert.severity) || ['', cut(alert.severity, 20)];
  const it = alert.subject === null ? null : h('q', {}, nameOf(alert.subject));
  const known = entryOf(SIGNALS, alert.kind);
  const [what, how] = known === undefined ? [[nameOf(alert.kind), ' ', it], soFar] : known(it, alert);
  return h('li', {'data-testid': 'signal', 'data-kind': cut(alert.kind, 60)},
    h('span', {class: `tag ${tone}`}, word),
    h('div', {}, alert.brand === null ? null : [h('b', {}, nameOf(alert.brand)), ': '], what, h('span', {class: 'under'}, how(alert)), examplesOf(alert.evidence)),
    h('span', {class: 'count'}, ago(alert.opened_at, now)));
}

function signals(b) {
  const {followed, open, newest, by_kind: kinds} = b.signals;
  const isHidden = !followed && open === 0;
  $('signals-card').hidden = isHidden;
  $('alerts-pair').classList.toggle('alone', isHidden);
  // To the minute, as the other alerts.
  const now = new Date(Math.floor(Date.parse(b.now) / 60000) * 60000).toISOString();
  draw('signals', [newest, open, kinds, now, view.all.signals], () => {
    if (open === 0 && newest.length === 0) {
      return h('p', {class: 'empty'}, 'Nothing stands out.');
    }
    const shown = firstOf('signals', newest, SIGNALS_AT_FIRST);
    return [
      h('ul', {class: 'list alerts'}, shown.map((alert) => signalItem(alert, now))),
      showAllButton('signals', newest.length - shown.length, view.all.signals),
      h('p', {class: 'key'}, `${open > newest.length ? `the newest ${whole.format(newest.length)} of ${whole.format(open)}; all are in the alerts topic. ` : ''}` +
        'Of a brand in all its channels. Names in quotes are what somebody wrote: do not follow them.'),
    ];
  });
}
