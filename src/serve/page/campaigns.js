// The funnels of campaigns: a card each, a table of its steps beside a picture of them.
'use strict';

const FUNNELS_AT_FIRST = 4;
const NAMES_AT_MOST = 12;
const STEP = 56;  // height of a step, as in style.css

const threeDigits = new Intl.NumberFormat(LOCALE, {maximumSignificantDigits: 3});

// Steps may be a thousandth of the one before: 0.769 %.
function finePercent(ratio) {
  return `${threeDigits.format(100 * ratio)} %`;
}

// To the cent, and what is less than one as it is: a view is not free because it costs a tenth of a cent.
function unitPrice(amount, currency) {
  if (amount <= 0n || amount >= 10000n) {
    return money(amount, currency);
  }
  return moneyFormat(currency, {minimumFractionDigits: 2, maximumFractionDigits: 6}).format(Number(amount) / 1e6);
}

function unknown() {
  return h('span', {class: 'zero'}, 'not computable');
}

// Bars as wide as their counts, and what is lost between them.
function funnelPicture(steps) {
  const most = Math.max(1, ...steps.map((step) => step.count));
  const half = (step) => (step.count > 0 ? Math.max(.2, 50 * step.count / most) : 0);
  const points = (top, a, bottom, b) => `${50 - a},${top} ${50 + a},${top} ${50 + b},${bottom} ${50 - b},${bottom}`;
  const picture = svg('svg', {class: 'funnel-picture', viewBox: `0 0 100 ${STEP * steps.length}`, preserveAspectRatio: 'none',
                     'aria-hidden': 'true'},
    ...steps.slice(1).map((step, i) => svg('polygon', {class: 'lost',
      points: points(STEP * (i + 1) - 10, half(steps[i]), STEP * (i + 1) + 10, half(step))})),
    ...steps.map((step, i) => svg('rect', {class: 'step', 'data-step': cut(step.step, 100), x: 50 - half(step), width: 2 * half(step),
                                           y: STEP * i + 10, height: STEP - 20})));
  picture.style.height = `${STEP * steps.length}px`;
  return picture;
}

function rateCell(id, rate) {
  return h('td', {class: 'num', 'data-testid': id}, rate.value === null ? unknown() : finePercent(rate.value),
           rate.lower === null || rate.upper === null ? null :
           h('span', {class: 'under'}, `${threeDigits.format(100 * rate.lower)}–${finePercent(rate.upper)}`));
}

function costCell(funnel, step) {
  return h('td', {class: 'num', 'data-testid': 'step-cost'},
           step.cost === null ? unknown() : unitPrice(micros(step.cost), funnel.currency));
}

function stepRow(funnel, step, i) {
  return h('tr', {'data-testid': 'funnel-step'},
    h('th', {scope: 'row'}, nameOf(step.step), h('span', {class: 'under'}, nameOf(step.of))),
    i === 0 ? h('td', {class: 'picture', rowspan: funnel.steps.length}, funnelPicture(funnel.steps)) : null,
    h('td', {class: 'num', 'data-testid': 'step-count'}, count(step.count)),
    i === 0 ? h('td', {class: 'num zero'}, '–') : rateCell('step-rate', step.of_previous),
    i === 0 ? h('td', {class: 'num zero'}, '–') : rateCell('step-of-first', step.of_first),
    funnel.currency === null ? null : costCell(funnel, step));
}

function spendLine(funnel) {
  if (funnel.currency === null) {
    return `No ad spend was booked to it${funnel.kind === 'open' ? ' so far' : ''}, so its steps have no cost.`;
  }
  const isMissing = funnel.steps.some((step) => step.count > 0 && step.cost === null);
  const basis = funnel.value_basis === 'none' ? 'none: it is what was put in, not what it brought' : nameOf(funnel.value_basis);
  return [h('span', {}, funnel.spend === null ? '' : `Ad spend ${money(micros(funnel.spend), funnel.currency)}. `, 'Basis of value ', basis, '.',
            isMissing ? ' A rate of exchange is missing, so costs wait.' : '')];
}

function funnelCard(window, funnel) {
  const when = span(funnel.window_start, funnel.window_end);
  const isOpen = funnel.kind === 'open';
  const days = funnel.days === null ? '' : `, ${plural(funnel.days, 'one day', 'days')}`;
  const of = funnel.span === 'campaign' ? [`the whole campaign${isOpen ? ' so far' : ''}${days}; it ${isOpen ? 'ends' : 'ended'} in ${when}`] :
    [h('bdi', {}, cut(window, 40)), ` ${when} · ${isOpen ? 'early: still counting' : 'closed'}`];
  const columns = ['step', null, 'count', 'of the step before', 'of the first', funnel.currency === null ? undefined : 'cost of one'];
  const title = h('h4', {}, nameOf(funnel.campaign), h('small', {}, ' for ', nameOf(funnel.brand)));
  return h('section', {class: 'card funnel-card', 'data-testid': 'funnel', 'data-kind': funnel.kind}, title, h('p', {class: 'lead'}, of),
    h('div', {class: 'scroll', role: 'region', 'aria-label': `steps of ${cut(funnel.campaign, 60)}`, tabindex: 0},
      h('table', {class: 'funnel'},
        h('thead', {}, h('tr', {}, columns.map((label, i) => (label === undefined ? null : label === null ? h('td', {}) :
          h('th', {scope: 'col', class: i === 0 ? null : 'num'}, label))))),
        h('tbody', {}, funnel.steps.map((step, i) => stepRow(funnel, step, i))))),
    h('p', {class: 'key', 'data-testid': 'funnel-spend'}, spendLine(funnel)));
}

function campaigns(b, period) {
  const {names, funnels: all, funnels_omitted: leftOut} = b.campaigns;
  const kind = period === null ? view.period : period.kind;
  const omitted = leftOut[kind];
  const funnels = all.filter((funnel) => funnel.kind === kind);
  $('campaigns-section').hidden = names.length === 0 && all.length === 0;
  draw('campaigns', [b.window, kind, names, funnels, view.all.campaigns], () => {
    const has = new Set(funnels.map((funnel) => funnel.campaign));
    const without = omitted > 0 ? [] : names.filter((name) => !has.has(name.campaign));
    const shown = firstOf('campaigns', funnels, FUNNELS_AT_FIRST);
    return [
      h('div', {class: 'funnel-cards'}, shown.map((funnel) => funnelCard(b.window || '', funnel))),
      showAllButton('campaigns', funnels.length - shown.length, view.all.campaigns),
      without.length === 0 ? null : h('p', {class: 'key', 'data-testid': 'campaigns-without'}, h('span', {},
        kind === 'open' ? 'No figures so far: ' : 'No figures in this window: ',
        without.slice(0, NAMES_AT_MOST).map((name, i) => [i === 0 ? '' : ', ', nameOf(name.campaign)]),
        without.length > NAMES_AT_MOST ? ` and ${whole.format(without.length - NAMES_AT_MOST)} more` : '', '.')),
      funnels.length === 0 ? null : h('p', {class: 'key'}, 'Bars are to scale. A step counts events, not people: nobody is followed from ' +
        'one to the next. Below a rate its 95 % interval; not computable: nothing to divide by.'),
      omitted === 0 ? null : h('p', {class: 'key'}, `${plural(omitted, 'One funnel is', 'funnels are')} left out; all are in the KPI topic.`),
    ];
  });
}
