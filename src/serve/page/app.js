// The page of a running pipeline: two views of it, chosen by the hash of the address. It asks the engine once a
// second and writes what it hears with text nodes only: brand names come from configurations, everything else from
// outside, and nothing of it is markup.
'use strict';

const POLL_MS = 1000;
const TIMEOUT_MS = 5000;
const ROWS_AT_FIRST = 12;
const PAGES = ['operations', 'business'];

const view = {
  page: 'operations',
  window: null,        // of business; null: the server's choice
  period: 'open',      // 'open' or 'closed'
  all: {},             // what is unfolded by "show more"
  open: new Set(),     // details that are unfolded
  last: null,          // the last snapshot
  business: null,      // the last answer of /api/v1/business
  heardAt: 0,          // when they came, by this clock
  drawn: new Map(),    // section -> what it was drawn from
};

function showBanner(tone, headline, subline) {
  $('banner').dataset.tone = tone;
  text('mark', MARKS[tone]);
  text('headline', headline);
  const words = subline.map((part) => (typeof part === 'string' ? part : part.textContent)).join('');
  if ($('subline').textContent !== words) {
    $('subline').replaceChildren(...subline);
  }
  // Spoken when the situation changes, not each second.
  const announcement = `${tone}: ${headline} ${words}`.replace(/[\d.]+ (s|min|h|d)( \d+ \w+)?/g, 'some time');
  if ($('announcement').dataset.said !== announcement) {
    $('announcement').dataset.said = announcement;
    text('announcement', `${headline} ${words}`);
  }
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

function render(s) {
  if (s === null) {
    return;
  }
  const isBusiness = view.page === 'business';
  const {tone, headline, subline} = isBusiness ? businessBanner(s, view.business) : operationsBanner(s);
  showBanner(tone, headline, subline);
  document.title = `${MARKS[tone]} ${cut(s.pipeline, 60)} – kaiku`;
  head(s);
  if (!isBusiness) {
    operations(s);
  } else if (view.business !== null) {
    business(view.business);
  }
}

// --- the address ----------------------------------------------------------------------------------

// '#business', '#business/hour', or any element of a view; anything else changes nothing.
function placeOf(hash) {
  let words;
  try {
    words = hash.replace(/^#/, '').split('/').map(decodeURIComponent);
  } catch (error) {  // a broken percent sign
    return null;
  }
  if (words[0] === '' || PAGES.includes(words[0])) {
    const named = words.length > 1 ? words[1] : null;
    return {page: words[0] || 'operations', window: words[0] === 'business' ? named : view.window};
  }
  const target = $(words[0]);
  const page = target === null ? null : target.closest('.view');
  return page === null ? null : {page: page.id, window: view.window, target};
}

function follow() {
  const place = placeOf(location.hash);
  if (place === null) {
    return;
  }
  if (place.window !== view.window) {
    view.business = null;  // of another window
  }
  view.page = place.page;
  view.window = place.window;
  for (const page of PAGES) {
    $(page).hidden = page !== view.page;
    if (page === view.page) {
      $(`to-${page}`).setAttribute('aria-current', 'page');
    } else {
      $(`to-${page}`).removeAttribute('aria-current');
    }
  }
  $('to-business').href = view.window === null ? '#business' : `#business/${encodeURIComponent(view.window)}`;
  if (place.target) {
    place.target.scrollIntoView();
  }
  render(view.last);
}

// --- the loop -------------------------------------------------------------------------------------

function lost() {
  document.body.classList.add('stale');
  text('state', 'unreachable');
  $('state').dataset.state = 'unreachable';
  const since = view.heardAt > 0 ? ` for ${duration((Date.now() - view.heardAt) / 1000)}` : '';
  showBanner('bad', `The engine does not answer${since}.`,
             [view.last === null ? 'The page keeps asking.' : 'What stands below is old. The page keeps asking.']);
}

async function ask(path, signal) {
  const answer = await fetch(path, {cache: 'no-cache', signal});
  if (answer.status === 404) {
    return null;
  }
  if (!answer.ok) {
    throw new Error(`status ${answer.status}`);
  }
  return answer.json();
}

async function poll() {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const {page, window: name} = view;
    const query = name === null ? '' : `?window=${encodeURIComponent(name)}`;
    const [snapshot, figures] = await Promise.all([
      ask('/api/v1/snapshot?cells=none', abort.signal),
      page === 'business' ? ask(`/api/v1/business${query}`, abort.signal) : view.business,
    ]);
    if (page !== view.page || name !== view.window) {
      return;  // another view was chosen meanwhile
    }
    if (page === 'business' && figures === null) {
      history.replaceState(null, '', '#business');  // no such window, or it went away with a new configuration
      follow();
      return;
    }
    view.last = snapshot;
    view.business = figures;
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
window.addEventListener('hashchange', () => {
  follow();
  poll();
});
follow();
loop();
