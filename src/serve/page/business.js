// The business view: who is answered, how fast and by whom, who waits, and what it was worth. Made of
// /api/v1/business.
'use strict';

const SPEAKERS = [['brand', 'the brand'], ['peer', 'other customers'], ['bot', 'a machine']];
const TYPES = {mention: 'mention', bug_report: 'bug report', support_message: 'support message'};
const ALERTS_AT_FIRST = 4;
const LINES_AT_FIRST = 16;    // of a table with brands and channels: beyond it only the first brand is unfolded
const CHANNELS_AT_FIRST = 6;

function plural(number, one, many) {
  return number === 1 ? one : `${whole.format(number)} ${many}`;
}

// --- the sentence ---------------------------------------------------------------------------------

function businessBanner(s, b) {
  const [engineTone, engine] = freshness(s);
  if (b === null) {
    return {tone: 'wait', headline: 'Waiting for the figures.', subline: [engine]};
  }
  if (!b.follows_conversations) {
    return {tone: worse('wait', engineTone), headline: 'Conversations are not followed.',
            subline: ['With "conversations: {follow: true}" in the pipeline this page says who is answered, and when. ', engine]};
  }
  const subline = [];
  const breaches = b.alerts.by_kind.sla_breach || 0;
  const risks = b.alerts.by_kind.sla_risk || 0;
  if (breaches + risks > 0) {
    const link = h('a', {href: '#alerts-title', 'data-key': 'alerts-link'},
                   plural(breaches + risks, 'One deadline has passed', 'deadlines have passed'));
    subline.push(link, risks > 0 && breaches > 0 ? `; for ${whole.format(risks)} an answer may still show up. ` : '. ');
  }
  const critical = b.signals.by_severity.critical || 0;
  if (critical > 0) {
    subline.push(h('a', {href: '#signals-title', 'data-key': 'signals-link'},
                   plural(critical, 'One risk is critical', 'risks are critical')), '. ');
  }
  subline.push(engine.trim());
  const {count: waiting, oldest_seconds: oldest} = b.waiting;
  const headline = waiting === 0 ? 'Nobody waits for an answer.' :
    waiting === 1 ? `One question has waited for ${duration(oldest)}.` :
    `${whole.format(waiting)} questions wait for an answer, the oldest for ${duration(oldest)}.`;
  return {tone: worse(breaches + critical > 0 ? 'warn' : 'ok', engineTone), headline, subline};
}

// --- what is shown --------------------------------------------------------------------------------

function periodOf(b) {
  const of = (kind) => b.periods.find((period) => period.kind === kind);
  return of(view.period) || of('open') || of('closed') || null;
}

// Brands in the order of the answer, each with its channels.
function brandsOf(period) {
  const brands = new Map();
  for (const row of period === null ? [] : period.rows) {
    if (row.channel === null) {
      brands.set(row.brand, {name: row.brand, whole: row, channels: []});
    } else {
      brands.get(row.brand).channels.push(row);
    }
  }
  return [...brands.values()];
}

function choices(b, period) {
  const name = b.window === null ? '' : b.window;
  draw('window-choice', [b.windows, name], ([names, chosen]) => names.map((each) => {
    const button = h('button', {type: 'button', 'aria-pressed': String(each === chosen), 'data-key': `window:${each}`},
                     h('bdi', {}, cut(each, 40)));
    button.addEventListener('click', () => {
      location.hash = `#business/${encodeURIComponent(each)}`;
    });
    return button;
  }));
  const there = (kind) => b.periods.some((each) => each.kind === kind);
  draw('period-choice', [there('open'), there('closed'), period && period.kind], ([open, closed, shown]) =>
    [['open', 'so far', open], ['closed', 'last closed', closed]].map(([key, label, is]) => {
      const button = h('button', {type: 'button', 'aria-pressed': String(key === shown), disabled: !is,
                                  'data-key': `period:${key}`}, label);
      button.addEventListener('click', () => {
        view.period = key;
        render(view.last);
      });
      return button;
    }));
  draw('period', [name, period && [period.kind, period.window_start, period.window_end]], ([, shown]) =>
    (shown === null ? ['Nothing was counted in this window yet.'] :
      [h('bdi', {}, cut(name, 40)), ` ${span(shown[1], shown[2])} · `,
       shown[0] === 'open' ? 'early: still counting' : 'closed']));
}

function showAllButton(key, hidden, all) {
  if (hidden <= 0 && !all) {
    return null;
  }
  const button = h('button', {type: 'button', class: 'more', 'data-key': `all:${key}`},
                   all ? 'Show fewer' : `Show ${whole.format(hidden)} more`);
  button.addEventListener('click', () => {
    view.all[key] = !view.all[key];
    render(view.last);
  });
  return button;
}

function firstOf(key, list, size) {
  return view.all[key] ? list : list.slice(0, size);
}

function businessTiles(b, period) {
  const total = period === null ? null : period.total;
  // Each question counts once: first answered by somebody, or closed without an answer.
  const decided = total === null ? 0 : total.first_by.brand + total.first_by.peer + total.never_answered;
  const net = period === null ? undefined : period.values.find((value) => value.figure === 'booked_net_revenue');
  const share = (part, all) => (all > 0 ? oneDecimal.format(100 * part / all) : '–');
  draw('business-tiles', [b.follows_conversations, b.waiting, total, net, b.currency], () => [
    b.follows_conversations ? [
      tile('waiting', count(b.waiting.count), null, 'wait for an answer now'),
      tile('in-time', share(total ? total.in_time.numerator : 0, total ? total.in_time.denominator : 0), '%',
           `of ${count(total ? total.in_time.denominator : 0)} answered in time`),
      tile('peers', share(total ? total.first_by.peer : 0, decided), '%', 'answered first by other customers'),
      tile('opened', count(total ? total.opened : 0), null, 'conversations opened'),
    ] : null,
    tile('mentions', count(total ? total.mentions : 0), null, 'mentions'),
    tile('net', net ? roundMoney(micros(net.amount), net.unit) : '–', null, 'net revenue booked'),
  ]);
}

// --- answers --------------------------------------------------------------------------------------

function legend() {
  return h('p', {class: 'legend'}, SPEAKERS.map(([who, label]) =>
    h('span', {}, h('i', {class: who, 'aria-hidden': 'true'}), label)));
}

// Who answered first, as parts of one bar.
function stack(parts) {
  const all = SPEAKERS.reduce((sum, [who]) => sum + Math.max(0, parts[who]), 0);
  if (all === 0) {
    return h('span', {class: 'zero'}, '–');
  }
  const said = SPEAKERS.map(([who, label]) => `${label} ${whole.format(parts[who])}`).join(', ');
  return h('div', {class: 'stack', role: 'img', 'aria-label': said, title: said}, SPEAKERS.map(([who]) => {
    if (parts[who] <= 0) {
      return null;
    }
    const part = h('span', {class: who}, parts[who] / all < .1 ? '' : whole.format(parts[who]));
    part.style.flexGrow = parts[who];
    return part;
  }));
}

function durationCell(id, value) {
  if (value === null) {
    return h('td', {class: 'num zero', 'data-testid': id}, '–');
  }
  return h('td', {class: 'num', 'data-testid': id}, duration(value.median_seconds),
           h('span', {class: 'under'}, `9 of 10 in ${duration(value.p90_seconds)}`));
}

function intervalOf(kpi) {
  const at = (ratio) => `${Math.min(100, Math.max(0, ratio * 100))}%`;
  const children = [svg('line', {class: 'rail', x1: '0', x2: '100%', y1: 7, y2: 7})];
  if (kpi.lower !== null && kpi.upper !== null) {
    children.push(svg('line', {class: 'range', x1: at(kpi.lower), x2: at(kpi.upper), y1: 7, y2: 7}));
  }
  children.push(svg('circle', {class: 'point', cx: at(kpi.value), cy: 7, r: 5}));
  return svg('svg', {class: 'interval', 'aria-hidden': 'true'}, ...children);
}

function inTimeCell(share) {
  if (share.value === null) {
    return h('td', {class: 'zero', 'data-testid': 'in-time'}, '–');
  }
  return h('td', {class: 'in-time', 'data-testid': 'in-time'}, h('span', {class: 'line'}, h('b', {}, percent(share.value)), ' ',
           h('small', {}, `${whole.format(share.numerator)} of ${whole.format(share.denominator)}`)), intervalOf(share));
}

function waitingCell(places) {
  const number = places.reduce((sum, place) => sum + place.count, 0);
  const late = places.reduce((sum, place) => sum + place.past_deadline, 0);
  const oldest = places.reduce((most, place) => Math.max(most, place.oldest_seconds || 0), 0);
  return h('td', {class: `num${number === 0 ? ' zero' : ''}`, 'data-testid': 'waiting'},
           h('span', {class: late > 0 ? 'bad' : null}, count(number)),
           number === 0 ? null : h('span', {class: 'under'}, `for ${duration(oldest)}`));
}

function answerLine(kind, label, talks, places) {
  const cells = talks === null ? h('td', {colspan: 6, class: 'zero'}, 'nothing decided in this window') : [
    h('td', {class: 'num', 'data-testid': 'opened'}, count(talks.opened)),
    h('td', {class: 'bars'}, stack(talks.first_by)),
    durationCell('public', talks.first_response_public),
    durationCell('private', talks.first_response_private),
    inTimeCell(talks.in_time),
    h('td', {class: 'num', 'data-testid': 'resolved'}, count(talks.resolved), talks.resolution === null ? null :
      h('span', {class: 'under'}, `in ${duration(talks.resolution.median_seconds)}`)),
  ];
  return h('tr', {class: kind, 'data-testid': `answers-${kind}`}, h('th', {scope: 'row'}, label), cells, waitingCell(places));
}

// The name of a brand, which shows and hides its channels.
function foldButton(brand, isUnfolded) {
  const button = h('button', {type: 'button', class: 'fold', 'aria-expanded': String(isUnfolded), 'data-key': `brand:${brand}`},
                   nameOf(brand));
  button.addEventListener('click', () => {
    view.all[`brand:${brand}`] = !isUnfolded;
    render(view.last);
  });
  return button;
}

// Channels in which somebody waits stand here too when nothing was decided there.
function answersOf(b, period) {
  const waiting = new Map();
  for (const place of b.waiting.places) {
    waiting.set(place.brand, [...(waiting.get(place.brand) || []), place]);
  }
  const rows = [];
  const shown = new Set();
  for (const brand of brandsOf(period)) {
    shown.add(brand.name);
    const places = waiting.get(brand.name) || [];
    const channels = brand.channels.filter((row) => row.conversations !== null)
      .map((row) => ({channel: row.channel, talks: row.conversations}));
    for (const place of places) {
      if (!channels.some((row) => row.channel === place.channel)) {
        channels.push({channel: place.channel, talks: null});
      }
    }
    if (channels.length > 0) {
      rows.push({brand: brand.name, talks: brand.whole.conversations, places, channels});
    }
  }
  for (const [brand, places] of waiting) {
    if (!shown.has(brand)) {
      rows.push({brand, talks: null, places, channels: places.map(({channel}) => ({channel, talks: null}))});
    }
  }
  return rows;
}

function answers(b, period) {
  const rows = answersOf(b, period);
  const lines = rows.reduce((sum, row) => sum + 1 + row.channels.length, 0);
  const isUnfolded = (brand, i) => {
    const chosen = view.all[`brand:${brand}`];
    return chosen === undefined ? lines <= LINES_AT_FIRST || i === 0 : chosen;
  };
  draw('answers', [rows, view.all.answers, rows.map((row, i) => isUnfolded(row.brand, i))], () => {
    if (rows.length === 0) {
      return h('p', {class: 'empty'}, b.follows_conversations ? 'No conversations in this window.' :
        'Conversations are not followed.');
    }
    const shown = firstOf('answers', rows, ROWS_AT_FIRST / 2);
    const columns = [['opened', 'num'], ['who answered first', ''], ['first answer, public', 'num'],
                     ['first answer, private', 'num'], ['answered in time', ''], ['resolved', 'num'], ['waiting now', 'num']];
    return [
      h('table', {class: 'answers'},
        h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'brand, channel'),
                         columns.map(([label, kind]) => h('th', {scope: 'col', class: kind}, label)))),
        shown.map(({brand, talks, places, channels}, i) => h('tbody', {},
          answerLine('brand', foldButton(brand, isUnfolded(brand, i)), talks, places),
          isUnfolded(brand, i) ? channels.map((row) => answerLine('channel', nameOf(row.channel), row.talks,
            places.filter((place) => place.channel === row.channel))) : null))),
      showAllButton('answers', rows.length - shown.length, view.all.answers),
      legend(),
      h('p', {class: 'key'}, 'Times are medians. In time: dot and 95 % interval; a breach counts when the deadline passes. ' +
        'Red: a deadline has passed.'),
    ];
  });
}

// --- pictures -------------------------------------------------------------------------------------

function speakers(period) {
  const channels = new Map();
  for (const brand of brandsOf(period)) {
    for (const {channel, conversations: talks} of brand.channels) {
      if (talks !== null) {
        const sum = channels.get(channel) || {brand: 0, peer: 0, bot: 0};
        SPEAKERS.forEach(([who]) => { sum[who] += talks.first_by[who]; });
        channels.set(channel, sum);
      }
    }
  }
  const size = (parts) => parts.brand + parts.peer + parts.bot;
  const rows = [...channels].filter(([, parts]) => size(parts) > 0).sort((a, b) => size(b[1]) - size(a[1]));
  draw('speakers', [rows, view.all.speakers], () => {
    if (rows.length === 0) {
      return h('p', {class: 'empty'}, 'Nobody was answered in this window.');
    }
    const shown = firstOf('speakers', rows, ROWS_AT_FIRST);
    return [
      h('div', {class: 'bars-of'}, shown.map(([channel, parts]) => h('div', {class: 'bar-row', 'data-testid': 'speakers-row'},
        nameOf(channel), stack(parts), h('span', {class: 'num'}, whole.format(size(parts)))))),
      showAllButton('speakers', rows.length - shown.length, view.all.speakers),
      legend(),
    ];
  });
}

const TICKS = [[10, '10 s'], [60, '1 min'], [600, '10 min'], [3600, '1 h'], [21600, '6 h'], [86400, '1 d'],
               [604800, '7 d'], [2592000, '30 d'], [31536000, '1 y']];

// The ticks of a logarithmic scale around the values, and where on it a time lies.
function scaleOf(values) {
  const last = (test) => TICKS.reduce((at, [seconds], i) => (test(seconds) ? i : at), 0);
  const from = last((seconds) => seconds <= Math.min(...values));
  const to = Math.min(TICKS.length - 1, Math.max(from + 1, last((seconds) => seconds < Math.max(...values)) + 1));
  const ticks = TICKS.slice(from, to + 1);
  const low = Math.log(ticks[0][0]);
  const high = Math.log(ticks[ticks.length - 1][0]);
  return {ticks, at: (seconds) => Math.min(1, Math.max(0, (Math.log(Math.max(seconds, 1)) - low) / (high - low)))};
}

function waitPicture(scale, lines) {
  const place = (seconds) => `${scale.at(seconds) * 100}%`;
  return svg('svg', {class: 'wait', height: 18, 'aria-hidden': 'true'},
    ...scale.ticks.map(([seconds]) => svg('line', {class: 'grid', x1: place(seconds), x2: place(seconds), y1: 0, y2: 18})),
    ...lines.map(([kind, value]) => svg('line', {class: `range ${kind}`, x1: place(value.median_seconds),
                                                 x2: place(value.p90_seconds), y1: 9, y2: 9})),
    ...lines.map(([kind, value]) => svg('circle', {class: `point ${kind}`, cx: place(value.median_seconds), cy: 9, r: 5})));
}

// One line per brand and kind of answer: from the median to the time within which nine of ten came.
function waits(period) {
  const rows = [];
  for (const {name, whole: row} of brandsOf(period)) {
    for (const kind of ['public', 'private']) {
      const value = row.conversations && row.conversations[`first_response_${kind}`];
      if (value) {
        rows.push([name, kind, value]);
      }
    }
  }
  draw('waits', [rows, view.all.waits], () => {
    if (rows.length === 0) {
      return h('p', {class: 'empty'}, 'The brand answered nobody in this window.');
    }
    const shown = firstOf('waits', rows, ROWS_AT_FIRST);
    const scale = scaleOf(shown.flatMap(([, , value]) => [value.median_seconds, value.p90_seconds]));
    const axis = h('div', {class: 'wait-row axis', 'aria-hidden': 'true'}, h('span', {}), h('div', {},
      scale.ticks.map(([seconds, label]) => {
        const tick = h('span', {}, label);
        tick.style.left = `${scale.at(seconds) * 100}%`;
        return tick;
      })), h('span', {}));
    return [
      h('div', {class: 'waits'}, shown.map(([name, kind, value]) => h('div', {class: 'wait-row', 'data-testid': 'wait-row'},
        h('span', {class: 'who'}, nameOf(name), h('span', {class: 'under'}, kind)), waitPicture(scale, [[kind, value]]),
        h('span', {class: 'num'}, duration(value.median_seconds),
          h('span', {class: 'under'}, duration(value.p90_seconds))))), axis),
      showAllButton('waits', rows.length - shown.length, view.all.waits),
      h('p', {class: 'key'}, 'dot: median; line: to where nine of ten were answered; those who still wait are not in it'),
    ];
  });
}

function heat(period) {
  const brands = brandsOf(period).filter((brand) => brand.whole.mentions > 0);
  const cells = brands.map(({name, whole: row, channels}) =>
    [name, row.mentions, channels.filter((each) => each.mentions > 0).map((each) => [each.channel, each.mentions])]);
  draw('heat', [cells, view.all.heat], () => {
    if (cells.length === 0) {
      return h('p', {class: 'empty'}, 'No mentions in this window.');
    }
    const sums = new Map();
    for (const [, , row] of cells) {
      row.forEach(([channel, number]) => sums.set(channel, (sums.get(channel) || 0) + number));
    }
    const columns = [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([channel]) => channel);
    const most = Math.max(...cells.flatMap(([, , row]) => row.map(([, number]) => number)));
    const shown = firstOf('heat', cells, ROWS_AT_FIRST);
    const step = (number) => (number <= 0 ? 0 : Math.max(1, Math.ceil(Math.sqrt(number / most) * 7)));
    return [
      h('table', {class: 'heat'},
        h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'brand'),
                         columns.map((channel) => h('th', {scope: 'col'}, nameOf(channel))),
                         h('th', {scope: 'col', class: 'num'}, 'all'))),
        h('tbody', {}, shown.map(([brand, sum, row]) => {
          const values = new Map(row);
          return h('tr', {}, h('th', {scope: 'row'}, nameOf(brand)), columns.map((channel) => {
            const number = values.get(channel);
            return h('td', {class: `h${step(number || 0)}`, 'data-testid': 'heat-cell', 'data-brand': cut(brand, 200),
                            'data-channel': cut(channel, 200)}, number === undefined ? '' : whole.format(number));
          }), h('td', {class: 'sum'}, whole.format(sum)));
        }))),
      showAllButton('heat', cells.length - shown.length, view.all.heat),
    ];
  });
}

function shares(period) {
  const brands = brandsOf(period).map(({name, channels}) =>
    [name, channels.filter((row) => row.bug_report_share !== null && row.bug_report_share.value !== null)
      .map((row) => [row.channel, row.bug_report_share])]).filter(([, rows]) => rows.length > 0)
    .sort((a, b) => b[1][0][1].denominator - a[1][0][1].denominator);
  draw('share', [brands, view.all.share], () => {
    if (brands.length === 0) {
      return h('p', {class: 'empty'}, 'No bug reports in this window.');
    }
    const shown = firstOf('share', brands, brands[0][1].length > CHANNELS_AT_FIRST ? 2 : ROWS_AT_FIRST / 2);
    const most = view.all.share ? Infinity : CHANNELS_AT_FIRST;
    return [
      shown.map(([brand, rows]) => h('div', {class: 'share'},
        h('h4', {}, nameOf(brand), h('span', {}, plural(rows[0][1].denominator, '1 report', 'reports'))),
        rows.sort((a, b) => b[1].value - a[1].value).slice(0, most).map(([channel, share]) =>
          h('div', {class: 'row', 'data-testid': 'share-row'}, nameOf(channel), intervalOf(share),
            h('span', {class: 'num'}, h('b', {}, percent(share.value)),
              share.lower === null || share.upper === null ? null :
              ` ${Math.round(share.lower * 100)}–${percent(share.upper)}`))),
        rows.length > most ? h('p', {class: 'under'}, `and ${plural(rows.length - most, 'one channel', 'channels')} with less`) : null)),
      showAllButton('share', brands.length - shown.length, view.all.share),
      h('p', {class: 'key'}, 'dot: share of the channel; bar: 95 % interval'),
    ];
  });
}

// --- alerts ---------------------------------------------------------------------------------------

// Back to the post: an address of the web, and nothing that a browser would run.
function linkOf(address) {
  let url;
  try {
    url = new URL(address);
  } catch (error) {
    return null;
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return null;
  }
  return h('a', {href: url.href, target: '_blank', rel: 'noopener noreferrer nofollow', 'data-testid': 'alert-link'},
           'open the post at ', h('bdi', {}, cut(url.host, 60)));
}

function alerts(b) {
  const {newest, open} = b.alerts;
  // To the minute: what is drawn stays while nothing but the clock moves.
  const now = new Date(Math.floor(Date.parse(b.now) / 60000) * 60000).toISOString();
  draw('alerts', [newest, open, now, view.all.alerts], () => {
    if (newest.length === 0) {
      return h('p', {class: 'empty'}, b.follows_conversations ? 'No deadline has passed unanswered.' :
        'Conversations are not followed.');
    }
    const shown = firstOf('alerts', newest, ALERTS_AT_FIRST);
    return [
      h('ul', {class: 'list alerts'}, shown.map((alert) => h('li', {'data-testid': 'alert'},
        alert.kind === 'sla_breach' ? h('span', {class: 'tag error'}, 'missed') : h('span', {class: 'tag warning'}, 'at risk'),
        h('div', {}, h('b', {}, nameOf(alert.brand)), ' on ', nameOf(alert.channel), ': ',
          alert.severity === null ? '' : `${alert.severity} `, TYPES[alert.type] || alert.type, ' ',
          alert.url === null ? null : linkOf(alert.url),
          h('span', {class: 'under'}, `asked ${ago(alert.asked_at, now)}, to be answered within ` +
            `${duration(alert.sla_target_seconds)}`,
            alert.sla_policy === null ? null : [' (', h('bdi', {}, cut(alert.sla_policy, 80)), ')'])),
        h('span', {class: 'count'}, `${ago(alert.opened_at, now)}`)))),
      showAllButton('alerts', newest.length - shown.length, view.all.alerts),
      open > newest.length ? h('p', {class: 'key'}, `the newest ${whole.format(newest.length)} of ${whole.format(open)}; ` +
        'all are in the alerts topic') : null,
    ];
  });
}

function business(b) {
  const period = periodOf(b);
  choices(b, period);
  businessTiles(b, period);
  answers(b, period);
  speakers(period);
  waits(period);
  values(b, period);
  campaigns(b, period);
  alerts(b);
  signals(b);
  heat(period);
  shares(period);
  const omitted = period === null ? 0 : period.rows_omitted;
  text('omitted', omitted === 0 ? '' : `${whole.format(omitted)} smaller rows are left out; totals hold all of them.`);
}
