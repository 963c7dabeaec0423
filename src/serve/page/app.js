// The page of a running pipeline. It asks /api/v1/snapshot once a second and writes what it hears with text
// nodes only: brand names come from configurations, everything else from outside, and nothing of it is markup.
'use strict';

const POLL_MS = 1000;
const TIMEOUT_MS = 5000;
const ROWS_AT_FIRST = 12;

const view = {
  window: null,        // chosen window name; null: the server's choice
  period: 'open',      // 'open' or 'closed'
  all: {heat: false, money: false, share: false},
  open: new Set(),     // details that are unfolded
  last: null,          // the last snapshot
  heardAt: 0,          // when it came, by this clock
  drawn: new Map(),    // section -> what it was drawn from
};

const $ = (id) => document.getElementById(id);

// --- elements -------------------------------------------------------------------------------------

function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) {
      node.append(child);  // strings become text nodes
    }
  }
  return node;
}

function h(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  return add(node, children);
}

function svg(tag, attributes, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, value);
  }
  return add(node, children);
}

function cut(text, size) {
  const characters = Array.from(text.slice(0, 2 * size));
  return characters.length > size ? characters.slice(0, size).join('') + '…' : text;
}

// A name from outside: isolated, so that its direction changes nothing around it, and never longer than its place.
function nameOf(text) {
  return h('bdi', {class: 'name', title: text.length > 20 ? cut(text, 300) : null}, cut(text, 200));
}

// Draws a section only when what it shows has changed; focus and unfolded details survive.
function draw(id, data, build) {
  const key = JSON.stringify(data);
  if (view.drawn.get(id) === key) {
    return;
  }
  view.drawn.set(id, key);
  const target = $(id);
  const focused = target.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  target.replaceChildren(...[build(data)].flat(Infinity).filter((child) => child !== null));
  if (focused !== undefined) {
    for (const candidate of target.querySelectorAll('[data-key]')) {
      if (candidate.dataset.key === focused) {
        candidate.focus({preventScroll: true});
      }
    }
  }
}

function text(id, value) {
  if ($(id).textContent !== value) {
    $(id).textContent = value;
  }
}

// --- the sentence ---------------------------------------------------------------------------------

function freshness(s) {
  const behind = s.behind_seconds;
  switch (s.state) {
    case 'failed':
      return ['bad', `The pipeline has failed. ${s.state_text}`];
    case 'starting':
      return ['wait', `Starting. ${s.state_text}`];
    case 'restoring':
      return ['wait', `Restoring its state. ${s.state_text}`];
    case 'draining':
      return ['warn', `Draining: what was read is being finished. ${s.state_text}`];
    default:
      break;
  }
  if (behind === null) {
    const ended = s.sources.length > 0 && s.sources.every((source) => source.ended);
    return ['ok', ended ? 'All input has been read to its end.' : 'Everything there is has been read.'];
  }
  if (behind <= s.behind_objective_seconds) {
    return ['ok', `Results are ${duration(behind)} behind.`];
  }
  const tone = behind > 10 * s.behind_objective_seconds ? 'bad' : 'warn';
  return [tone, `Results are ${duration(behind)} behind; the objective is ${duration(s.behind_objective_seconds)}.`];
}

const WORST = ['ok', 'wait', 'warn', 'bad'];
const MARKS = {ok: '✓', wait: '…', warn: '!', bad: '✕'};

function worse(a, b) {
  return WORST.indexOf(a) >= WORST.indexOf(b) ? a : b;
}

function banner(s) {
  let [tone, headline] = freshness(s);
  const subline = [];
  if (s.ledger.balanced && s.ledger.items === 0) {
    subline.push('No item has been read yet.');
  } else if (s.ledger.balanced) {
    subline.push('Balanced: every item has exactly one outcome.');
  } else {
    tone = 'bad';
    subline.push(h('span', {class: 'alarm'}, `Not balanced: ${s.ledger.text || 'items are missing.'}`));
  }
  const errors = s.problems.filter((problem) => problem.severity === 'error').length;
  const warnings = s.problems.filter((problem) => problem.severity === 'warning').length;
  if (errors + warnings > 0) {
    tone = worse(tone, errors > 0 ? 'bad' : 'warn');
    const number = errors + warnings;
    subline.push(' ', h('a', {href: '#problems-title', 'data-key': 'problems-link'},
                        number === 1 ? 'One problem needs a look.' : `${number} problems need a look.`));
  }
  return {tone, headline: headline.trim(), subline};
}

function showBanner(tone, headline, subline) {
  $('banner').dataset.tone = tone;
  text('mark', MARKS[tone]);
  text('headline', headline);
  const words = subline.map((part) => (typeof part === 'string' ? part : part.textContent)).join('');
  if ($('subline').textContent !== words) {
    $('subline').replaceChildren(...subline);
  }
  // Spoken when the situation changes, not each second.
  const announcement = `${tone}: ${headline.replace(/[\d.]+ (s|min|h|d)( \d+ \w+)?/, 'some time')} ${words}`;
  if ($('announcement').dataset.said !== announcement) {
    $('announcement').dataset.said = announcement;
    text('announcement', `${headline} ${words}`);
  }
}

// --- sections -------------------------------------------------------------------------------------

function tile(id, value, unit, label) {
  return h('div', {class: 'tile', 'data-testid': `tile-${id}`},
           h('div', {class: 'value'}, value, unit ? h('small', {}, ` ${unit}`) : null), h('div', {class: 'label'}, label));
}

function head(s) {
  text('pipeline', cut(s.pipeline, 200));
  text('state', s.state);
  $('state').dataset.state = s.state;
  text('version', s.version);
  draw('facts', [s.uptime_seconds, s.workers, s.config_hash], ([uptime, workers, hash]) => [
    h('div', {}, h('dt', {}, 'up'), h('dd', {}, duration(uptime))),
    h('div', {}, h('dt', {}, 'workers'), h('dd', {}, count(workers))),
    h('div', {}, h('dt', {}, 'config'), h('dd', {}, cut(hash, 12) || '–')),
  ]);
}

function tiles(s) {
  const waiting = s.sources.reduce((sum, source) => sum + (source.lag_records || 0), 0);
  const duplicates = s.ledger.items > 0 ? s.ledger.outcomes.duplicate / s.ledger.items : 0;
  const period = shownPeriod(s);
  const booked = roundMoney(sumMoney(moneyRows(cellsOf(s))).booked, s.currency);
  const of = period === null ? cut(s.window, 16) : `${cut(s.window, 16)} ${period.early ? 'so far' : 'closed'}`;
  draw('tiles', [s.items_per_second, waiting, s.shards, s.ledger.items, duplicates, booked, of], () => [
    tile('booked', booked, null, `booked, ${of}`),
    tile('rate', count(Math.round(s.items_per_second)), '/s', 'items'),
    tile('lag', count(waiting), null, 'records waiting'),
    tile('items', compact.format(s.ledger.items), null, 'items since the start'),
    tile('duplicates', oneDecimal.format(duplicates * 100), '%', 'of them duplicates'),
    tile('shards', `${s.shards.running}`, `of ${s.shards.total}`, s.shards.restoring > 0 ?
         `shards run, ${s.shards.restoring} restore` : 'shards run here'),
  ]);
}

function choices(s) {
  draw('window-choice', [s.windows.map((window) => window.name), s.window], ([names, chosen]) =>
    names.map((name) => {
      const button = h('button', {type: 'button', 'aria-pressed': String(name === chosen), 'data-key': `window:${name}`},
                       h('bdi', {}, cut(name, 40)));
      button.addEventListener('click', () => {
        view.window = name;
        poll();
      });
      return button;
    }));
  const periods = periodsOf(s);
  const shown = shownPeriod(s);
  draw('period-choice', [Boolean(periods.open), Boolean(periods.closed), shown && shown.id], ([open, closed, id]) =>
    [['open', 'so far', open], ['closed', 'last closed', closed]].map(([key, label, there]) => {
      const button = h('button', {type: 'button', 'aria-pressed': String(key === id), disabled: !there,
                                  'data-key': `period:${key}`}, label);
      button.addEventListener('click', () => {
        view.period = key;
        render(view.last);
      });
      return button;
    }));
  draw('period', shown, (period) => {
    if (!period) {
      return ['Nothing was counted in this window yet.'];
    }
    return [h('bdi', {}, cut(s.window, 40)), ` ${span(period.start, period.end)} · `,
            period.early ? 'early: still counting' : 'closed'];
  });
}

// The open window that is fullest (hopping windows overlap), and the one that was closed last.
function periodsOf(s) {
  const found = new Map();
  for (const cell of s.cells) {
    const early = cell.kind === 'early';
    const key = `${cell.window_start} ${early}`;
    if (!found.has(key)) {
      found.set(key, {start: cell.window_start, end: cell.window_end, early});
    }
  }
  const all = [...found.values()].sort((a, b) => (a.start < b.start ? -1 : 1));
  const now = Date.parse(s.now);
  const open = all.filter((period) => period.early);
  const around = open.find((period) => Date.parse(period.start) <= now && now < Date.parse(period.end));
  const closed = all.filter((period) => !period.early);
  return {
    open: around || open[open.length - 1] || null,
    closed: closed[closed.length - 1] || null,
  };
}

function shownPeriod(s) {
  const periods = periodsOf(s);
  const id = periods[view.period] ? view.period : (periods.open ? 'open' : 'closed');
  return periods[id] ? {id, ...periods[id]} : null;
}

function cellsOf(s) {
  const period = shownPeriod(s);
  return period === null ? [] : s.cells.filter((cell) =>
    cell.window_start === period.start && (cell.kind === 'early') === period.early);
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

function heat(s) {
  const cells = cellsOf(s).filter((cell) => cell.type === 'mention')
    .map((cell) => [cell.brand, cell.channel, cell.count_total]);
  draw('heat', [cells, view.all.heat], () => {
    if (cells.length === 0) {
      return h('p', {class: 'empty'}, 'No mentions in this window.');
    }
    const brands = new Map();
    const channels = new Map();
    const values = new Map();
    let most = 0;
    for (const [brand, channel, number] of cells) {
      brands.set(brand, (brands.get(brand) || 0) + number);
      channels.set(channel, (channels.get(channel) || 0) + number);
      const row = values.get(brand) || values.set(brand, new Map()).get(brand);
      row.set(channel, (row.get(channel) || 0) + number);
      most = Math.max(most, row.get(channel));
    }
    const rows = byValue(brands);
    const columns = byValue(channels);
    const shown = view.all.heat ? rows : rows.slice(0, ROWS_AT_FIRST);
    const step = (number) => (number <= 0 ? 0 : Math.max(1, Math.ceil(Math.sqrt(number / most) * 7)));
    return [
      h('table', {class: 'heat'},
        h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'brand'),
                         columns.map((channel) => h('th', {scope: 'col'}, nameOf(channel))),
                         h('th', {scope: 'col', class: 'num'}, 'all'))),
        h('tbody', {}, shown.map((brand) => h('tr', {}, h('th', {scope: 'row'}, nameOf(brand)),
          columns.map((channel) => {
            const number = values.get(brand).get(channel);
            return h('td', {class: `h${step(number || 0)}`, 'data-testid': 'heat-cell', 'data-brand': cut(brand, 200),
                            'data-channel': cut(channel, 200)}, number === undefined ? '' : whole.format(number));
          }),
          h('td', {class: 'sum'}, whole.format(brands.get(brand))))))),
      showAllButton('heat', rows.length - shown.length, view.all.heat),
    ];
  });
}

// Names by size, largest first; what has no name of its own comes last.
function byValue(map) {
  return [...map.entries()].sort((a, b) => {
    if ((a[0] === '_other') !== (b[0] === '_other')) {
      return a[0] === '_other' ? 1 : -1;
    }
    return a[1] === b[1] ? (a[0] < b[0] ? -1 : 1) : (a[1] > b[1] ? -1 : 1);
  }).map(([name]) => name);
}

function sumMoney(rows) {
  const sum = {booked: 0n, refunds: 0n, spend: 0n};
  for (const row of rows) {
    sum.booked += row.booked;
    sum.refunds += row.refunds;
    sum.spend += row.spend;
  }
  sum.net = sum.booked - sum.refunds - sum.spend;
  return sum;
}

function moneyRows(cells) {
  const rows = new Map();
  for (const cell of cells) {
    const key = JSON.stringify([cell.brand, cell.channel]);
    const row = rows.get(key) || {brand: cell.brand, channel: cell.channel, booked: 0n, refunds: 0n, spend: 0n};
    row.booked += micros(cell.booked);
    row.refunds += micros(cell.refunds);
    row.spend += micros(cell.spend);
    rows.set(key, row);
  }
  return [...rows.values()].filter((row) => row.booked !== 0n || row.refunds !== 0n || row.spend !== 0n);
}

function moneyTable(s, rows, early) {
  const amount = (value, id) => h('td', {class: `num${early ? ' early' : ''}${value === 0n ? ' zero' : ''}`,
                                         'data-testid': id}, value === 0n ? '–' : money(value, s.currency));
  const line = (kind, label, sum, id) => h('tr', {class: kind, 'data-testid': id}, h('th', {scope: 'row'}, label),
    amount(sum.booked, 'booked'), amount(sum.refunds, 'refunds'), amount(sum.spend, 'spend'), amount(sum.net, 'net'));
  const brands = new Map();
  for (const row of rows) {
    brands.set(row.brand, [...(brands.get(row.brand) || []), row]);
  }
  const order = byValue(new Map([...brands].map(([brand, list]) => [brand, sumMoney(list).net])));
  const shown = view.all.money ? order : order.slice(0, ROWS_AT_FIRST);
  return [
    h('table', {class: 'money'},
      h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'brand, channel'), ['booked', 'refunds', 'spend', 'net']
        .map((name) => h('th', {scope: 'col', class: 'num'}, name)))),
      shown.map((brand) => h('tbody', {}, line('brand', nameOf(brand), sumMoney(brands.get(brand)), 'money-brand'),
        brands.get(brand).sort((a, b) => (a.channel < b.channel ? -1 : 1))
          .map((row) => line('channel', nameOf(row.channel), sumMoney([row]), 'money-channel')))),
      h('tfoot', {}, line('sum', 'all brands', sumMoney(rows), 'money-sum'))),
    showAllButton('money', order.length - shown.length, view.all.money),
    early ? h('p', {class: 'key'}, h('i', {class: 'early', 'aria-hidden': 'true'}),
              'early: orders and refunds of this window may still arrive') : null,
  ];
}

function moneySection(s) {
  const period = shownPeriod(s);
  const cells = cellsOf(s).map(({brand, channel, booked, refunds, spend}) => ({brand, channel, booked, refunds, spend}));
  draw('money', [s.currency, cells, period, view.all.money], () => {
    const rows = moneyRows(cells);
    return rows.length === 0 ? h('p', {class: 'empty'}, 'No orders, refunds or spend in this window.') :
                               moneyTable(s, rows, period.early);
  });
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

function shareSection(s) {
  const named = s.kpis.filter((kpi) => kpi.name === 'bug_report_share' && kpi.value !== null);
  const period = shownPeriod(s);
  const here = named.filter((kpi) => period !== null && kpi.window_start === period.start);
  const newest = named.reduce((last, kpi) => (last === null || kpi.window_start > last ? kpi.window_start : last), null);
  const kpis = here.length > 0 ? here : named.filter((kpi) => kpi.window_start === newest);
  draw('share', [kpis, view.all.share], () => {
    if (kpis.length === 0) {
      return h('p', {class: 'empty'}, 'No bug reports in this window.');
    }
    const brands = new Map();
    for (const kpi of kpis) {
      brands.set(kpi.brand, [...(brands.get(kpi.brand) || []), kpi]);
    }
    const order = byValue(new Map([...brands].map(([brand, list]) => [brand, list[0].denominator])));
    const shown = view.all.share ? order : order.slice(0, ROWS_AT_FIRST / 2);
    return [
      here.length > 0 ? null : h('p', {class: 'lead'}, `of the window ${span(kpis[0].window_start, kpis[0].window_end)}`),
      shown.map((brand) => h('div', {class: 'share'},
        h('h4', {}, nameOf(brand), h('span', {}, `${whole.format(brands.get(brand)[0].denominator)} reports`)),
        brands.get(brand).sort((a, b) => b.value - a.value).map((kpi) =>
          h('div', {class: 'row', 'data-testid': 'share-row'}, nameOf(kpi.channel || 'all'), intervalOf(kpi),
            h('span', {class: 'num'}, h('b', {}, percent(kpi.value)),
              kpi.lower === null || kpi.upper === null ? null :
              ` ${Math.round(kpi.lower * 100)}–${percent(kpi.upper)}`))))),
      showAllButton('share', order.length - shown.length, view.all.share),
      h('p', {class: 'key'}, 'dot: share of the channel; bar: 95 % interval'),
    ];
  });
}

function ledger(s) {
  const book = s.ledger;
  const nothing = book.balanced && book.items === 0;
  text('ledger-text', nothing ? 'No item has been read yet.' : book.balanced ?
    `${count(book.records)} records held ${count(book.items)} items, and each has exactly one outcome. ` +
    `${count(book.sent)} were sent between shards and ${count(book.received)} received.` :
    `Not balanced: ${book.text || 'items are missing.'} ${count(book.sent)} were sent between shards and ` +
    `${count(book.received)} received.`);
  $('ledger-text').className = book.balanced ? 'lead' : 'lead bad';
  const rows = s.sources.map((source) => [source.name, source.records, source.items, source.outcomes]);
  draw('ledger', [rows, book], () => {
    const number = (value, tone) => h('td', {class: `num${value === 0 ? ' zero' : ''}${value > 0 && tone ? ` ${tone}` : ''}`}, count(value));
    const line = (label, records, items, outcomes, id) => h('tr', {'data-testid': id}, h('th', {scope: 'row'}, label),
      number(records), number(items),
      OUTCOMES.map(([key]) => number(outcomes[key], key === 'dead_letter' ? 'warn' : '')));
    return h('table', {},
      h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'source'), ['records', 'items', ...OUTCOMES.map(([, label]) => label)]
        .map((label) => h('th', {scope: 'col', class: 'num'}, label)))),
      h('tbody', {}, rows.map(([name, records, items, outcomes]) =>
        line(nameOf(name), records, items, outcomes, 'ledger-source'))),
      h('tfoot', {}, line('all', book.records, book.items, book.outcomes, 'ledger-sum')));
  });
}

function partitionsOf(source, now) {
  if (source.partitions.length === 0) {
    return null;
  }
  const key = `partitions:${source.name}`;
  const details = h('details', {open: view.open.has(key)},
    h('summary', {'data-key': key}, `${count(source.partitions.length)} partitions`),
    h('div', {class: 'parts'}, source.partitions.slice(0, 256).map((partition) => h('span', {},
      `${partition.partition}: ${count(partition.lag_records)} waiting, ` +
      (partition.ended ? 'ended' : partition.idle ? 'idle' : ago(partition.watermark, now))))));
  details.addEventListener('toggle', () => (details.open ? view.open.add(key) : view.open.delete(key)));
  return details;
}

function sources(s) {
  draw('sources', [s.sources, s.now], () => {
    if (s.sources.length === 0) {
      return h('p', {class: 'empty'}, 'No sources.');
    }
    return h('table', {},
      h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'source'),
        ['records/s', 'waiting', 'lag', 'watermark'].map((label) => h('th', {scope: 'col', class: 'num'}, label)))),
      h('tbody', {}, s.sources.map((source) => h('tr', {'data-testid': 'source-row'},
        h('th', {scope: 'row'}, nameOf(source.name), ' ',
          source.ended ? h('span', {class: 'tag'}, 'ended') : source.idle ? h('span', {class: 'tag'}, 'idle') : null,
          h('span', {class: 'under'}, nameOf(source.topic)), partitionsOf(source, s.now)),
        h('td', {class: 'num'}, source.records_per_second === null ? '–' : oneDecimal.format(source.records_per_second)),
        h('td', {class: 'num'}, count(source.lag_records)),
        h('td', {class: 'num'}, duration(source.lag_seconds)),
        h('td', {class: 'num'}, source.watermark === null ? '–' : clockSeconds.format(new Date(source.watermark)),
          source.watermark === null ? null : h('span', {class: 'under'}, ago(source.watermark, s.now)))))));
  });
}

function levels(s) {
  draw('levels', [s.levels, s.now], () => {
    if (s.levels.length === 0) {
      return h('p', {class: 'empty'}, 'Not known yet.');
    }
    return h('ul', {class: 'list'}, s.levels.map((level) => h('li', {'data-testid': 'level'},
      h('div', {}, h('b', {}, nameOf(level.level)),
        h('span', {class: 'under'}, level.holder === '' ? 'nobody holds it' : ['held by ', h('bdi', {}, cut(level.holder, 200))])),
      h('span', {class: 'count'}, ago(level.watermark, s.now)))));
  });
}

function problems(s) {
  const letters = [];
  for (const source of s.sources) {
    for (const [reason, number] of Object.entries(source.dead_letters)) {
      if (number > 0) {
        letters.push([source.name, reason, number]);
      }
    }
  }
  letters.sort((a, b) => b[2] - a[2]);
  draw('problems', [s.problems, letters], () => {
    const items = s.problems.slice(0, 50).map((problem) => h('li', {'data-testid': 'problem'},
      h('span', {class: `tag ${problem.severity}`}, problem.severity),
      h('div', {}, cut(problem.text, 500), problem.code ? h('span', {class: 'under'}, cut(problem.code, 80)) : null),
      problem.count > 0 ? h('span', {class: 'count'}, count(problem.count)) : null));
    for (const [source, reason, number] of letters) {
      items.push(h('li', {'data-testid': 'dead-letter'}, h('span', {class: 'tag warning'}, 'dead letters'),
        h('div', {}, nameOf(source), `: ${REASONS[reason] || reason}`), h('span', {class: 'count'}, count(number))));
    }
    if (items.length === 0) {
      items.push(h('li', {}, h('span', {class: 'tag fine'}, 'none'), h('div', {}, 'Nothing needs attention.')));
    }
    return h('ul', {class: 'list'}, items);
  });
}

function storage(s) {
  const state = s.storage;
  draw('storage', [state, s.now], () => {
    const rows = Object.entries(state.bytes).map(([kind, size]) => [kind, bytes(size)]);
    rows.push(['disk free', bytes(state.disk_free_bytes)]);
    rows.push(['memory granted', bytes(state.memory_limit_bytes)]);
    rows.push(['items remembered', count(state.dedup_entries)]);
    rows.push(['open cells', count(state.open_cells)]);
    rows.push(['last commit', ago(state.last_commit, s.now)]);
    if (state.restore_remaining_records !== null && state.restore_remaining_records > 0) {
      rows.push(['still to restore', `${count(state.restore_remaining_records)} records`]);
    }
    return h('dl', {class: 'pairs'}, rows.map(([label, value]) => [h('dt', {}, cut(label, 40)), h('dd', {}, value)]));
  });
}

// --- the loop -------------------------------------------------------------------------------------

function render(s) {
  if (s === null) {
    return;
  }
  const {tone, headline, subline} = banner(s);
  showBanner(tone, headline, subline);
  document.title = `${MARKS[tone]} ${cut(s.pipeline, 60)} – kaiku`;
  for (const section of [head, tiles, choices, heat, moneySection, shareSection, ledger, sources, levels, problems,
                         storage, series]) {
    section(s);
  }
}

function lost() {
  document.body.classList.add('stale');
  text('state', 'unreachable');
  $('state').dataset.state = 'unreachable';
  const since = view.heardAt > 0 ? ` for ${duration((Date.now() - view.heardAt) / 1000)}` : '';
  showBanner('bad', `The engine does not answer${since}.`,
             [view.last === null ? 'The page keeps asking.' : 'What stands below is old. The page keeps asking.']);
}

async function poll() {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const query = view.window === null ? '' : `?window=${encodeURIComponent(view.window)}`;
    const answer = await fetch(`/api/v1/snapshot${query}`, {cache: 'no-cache', signal: abort.signal});
    if (answer.status === 404 && view.window !== null) {
      view.window = null;  // the window went away with a new configuration
      return;
    }
    if (!answer.ok) {
      throw new Error(`status ${answer.status}`);
    }
    view.last = await answer.json();
    view.heardAt = Date.now();
    document.body.classList.remove('stale');
    render(view.last);
  } catch (error) {
    lost();
  } finally {
    clearTimeout(timer);
  }
}

async function loop() {
  if (!document.hidden) {
    await poll();
  }
  setTimeout(loop, POLL_MS);
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) {
    poll();
  }
});
loop();
