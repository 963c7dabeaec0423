// The operations view: is it fresh, is it right, what holds it up. Made of /api/v1/snapshot.
'use strict';

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

function operationsBanner(s) {
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

function tiles(s) {
  const waiting = s.sources.reduce((sum, source) => sum + (source.lag_records || 0), 0);
  const duplicates = s.ledger.items > 0 ? s.ledger.outcomes.duplicate / s.ledger.items : 0;
  const letters = s.ledger.outcomes.dead_letter;
  draw('tiles', [s.items_per_second, waiting, s.shards, s.ledger.items, duplicates, letters], () => [
    tile('rate', count(Math.round(s.items_per_second)), '/s', 'items'),
    tile('lag', count(waiting), null, 'records waiting'),
    tile('items', compact.format(s.ledger.items), null, 'items since the start'),
    tile('duplicates', oneDecimal.format(duplicates * 100), '%', 'of them duplicates'),
    tile('letters', count(letters), null, 'dead letters'),
    tile('shards', `${s.shards.running}`, `of ${s.shards.total}`, s.shards.restoring > 0 ?
         `shards run, ${s.shards.restoring} restore` : 'shards run here'),
  ]);
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

function lastItem(voice, now) {
  return voice.last_item === null ? 'no item yet' : `last item ${ago(voice.last_item, now)}`;
}

// What a source with expect_every does, in words.
const VOICES = {
  behind: () => ['', 'behind', 'not read to its end: that nothing comes of it says nothing'],
  caught_up: (voice, now) => ['', 'caught up', lastItem(voice, now)],
  idle: (voice, now) => ['', 'idle', `${lastItem(voice, now)}, but its connector gives signs of life`],
  silent: (voice, now) => ['warning', 'silent', `${lastItem(voice, now)}, and no sign of life`],
};

function stateOf(source, now) {
  if (source.ended) {
    return h('span', {class: 'tag'}, 'ended');
  }
  const known = source.voice === null ? undefined : entryOf(VOICES, source.voice.state);
  if (known === undefined) {
    return source.idle ? h('span', {class: 'tag'}, 'idle') : null;
  }
  const [tone, word, text] = known(source.voice, now);
  return [h('span', {class: `tag ${tone}`}, word), h('span', {class: 'under', 'data-testid': 'source-voice'},
    `${text}; expected every ${duration(source.voice.expect_every_seconds)}`)];
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
          stateOf(source, s.now),
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

function operations(s) {
  for (const section of [tiles, ledger, sources, levels, problems, storage, series]) {
    section(s);
  }
}
