// What it was worth: a card per basis of value, and one for how revenue divides among channels. Values of different
// cards are of different kinds, so nothing here adds one card to another.
'use strict';

// In the order of the cards: title, and what the reader has to know.
const BASES = [
  ['booked', 'Booked', 'Orders and refunds that happened.'],
  ['attributed', 'Attributed', 'Booked revenue by the channels that led to it. Every column divides the same money in its own way.'],
  ['avoided', 'Avoided', 'Contacts nobody had to answer: customers helped each other.'],
  ['modelled', 'Modelled', 'What a model says it brought. Read it with its interval.'],
  ['replacement_cost', 'Replacement cost', 'What the exposure would have cost as advertising. No earning, part of no return.'],
  ['none', 'Put in', 'What was spent.'],
];
// In the order of the columns; the last one of a card is its headline.
const FIGURES = [['booked_revenue', 'orders'], ['refunds', 'refunds'], ['ad_spend', 'ad spend'],
                 ['attributed_revenue_first_touch', 'first touch'], ['attributed_revenue_last_touch', 'last touch'],
                 ['attributed_revenue_linear', 'linear'], ['attributed_revenue_equal_split', 'equal split'],
                 ['attributed_revenue_markov', 'Markov'], ['attributed_revenue_time_decay', 'time decay'],
                 ['contacts_avoided', 'contacts'], ['interruption_cost_avoided', 'avoided mails'], ['avoided_contact_cost', 'avoided cost'], ['booked_net_revenue', 'net revenue']];

function figureName(figure) {
  const known = FIGURES.find(([id]) => id === figure);
  return known ? known[1] : nameOf(figure.replaceAll('_', ' '));
}

// The number of a figure as text: money to the cent, counts as they are.
function amountOf(amount, unit) {
  if (/^[A-Z]{3}$/.test(unit)) {
    return money(amount, unit);
  }
  const major = amount / 1000000n;
  return major * 1000000n === amount ? whole.format(major) : `${Number(amount) / 1e6}`;
}

function headlineOf(value) {
  const amount = micros(value.amount);
  return /^[A-Z]{3}$/.test(value.unit) ? [roundMoney(amount, value.unit), null] :
    [amountOf(amount, value.unit), nameOf(value.unit)];
}

const cardOf = (value) => (value.figure.startsWith('attributed_revenue_') ? 'attributed' : value.value_basis);

// Brand -> figure -> amount, over the brand's channels; for what is about channels, by brand and channel.
function byBrand(card, figures) {
  const nameOfRow = (part) => (card === 'attributed' ? `${part.brand} · ${part.channel}` : part.brand);
  const brands = new Map();
  figures.forEach((value, column) => {
    for (const part of value.parts) {
      const name = nameOfRow(part);
      const row = brands.get(name) || brands.set(name, figures.map(() => 0n)).get(name);
      row[column] += micros(part.amount);
    }
  });
  const size = (row) => row.reduce((most, amount) => (amount < 0n ? -amount : amount) > most ? (amount < 0n ? -amount : amount) : most, 0n);
  return [...brands].sort((a, b) => (size(b[1]) > size(a[1]) ? 1 : size(b[1]) < size(a[1]) ? -1 : 0));
}

function valueCard(basis, title, lead, figures, early) {
  const cells = (row) => row.map((amount, i) => h('td', {
    class: `num${early ? ' early' : ''}${amount === 0n ? ' zero' : ''}`, 'data-testid': figures[i].figure},
    amount === 0n ? '–' : amountOf(amount, figures[i].unit)));
  const rows = byBrand(basis, figures);
  const shown = firstOf(`value:${basis}`, rows, ROWS_AT_FIRST / 2);
  const left = figures.reduce((most, value) => Math.max(most, value.omitted), 0);
  const [number, unit] = headlineOf(figures[figures.length - 1]);
  return h('section', {class: `card value-card${figures.length > 2 ? ' wide' : ''}`, 'data-testid': `value-${basis}`},
    h('h4', {}, title), h('p', {class: 'lead'}, lead),
    h('p', {class: 'value'}, number, ' ',
      h('small', {}, unit || figureName(figures[figures.length - 1].figure))),
    h('div', {class: 'scroll', role: 'region', 'aria-label': 'by brand', tabindex: 0},
      h('table', {},
        h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'brand'),
          figures.map((value) => h('th', {scope: 'col', class: 'num'}, figureName(value.figure))))),
        h('tbody', {}, shown.map(([brand, row]) => h('tr', {'data-testid': 'value-brand'},
          h('th', {scope: 'row'}, nameOf(brand)), cells(row)))),
        h('tfoot', {}, h('tr', {'data-testid': 'value-sum'}, h('th', {scope: 'row'}, 'all brands'),
          cells(figures.map((value) => micros(value.amount))))))),
    showAllButton(`value:${basis}`, rows.length - shown.length, view.all[`value:${basis}`]),
    left > 0 ? h('p', {class: 'key'}, `${whole.format(left)} smaller ones are left out; the sum holds them`) : null);
}

function values(b, period) {
  const all = period === null ? [] : period.values;
  const early = period !== null && period.kind === 'open';
  const unfolded = Object.keys(view.all).filter((key) => key.startsWith('value:') && view.all[key]);
  draw('values', [all, early, unfolded], () => {
    if (all.length === 0) {
      return h('p', {class: 'empty'}, 'No orders, refunds, spend or avoided contacts in this window.');
    }
    const known = BASES.map(([basis]) => basis);
    const others = [...new Set(all.map(cardOf))].filter((basis) => !known.includes(basis))
      .map((basis) => [basis, figureName(basis), 'A kind of its own.']);
    const place = (value) => {
      const at = FIGURES.findIndex(([id]) => id === value.figure);
      return at < 0 ? FIGURES.length : at;
    };
    return [
      h('div', {class: 'value-cards'}, [...BASES, ...others].map(([basis, title, lead]) => {
        const figures = all.filter((value) => cardOf(value) === basis).sort((x, y) => place(x) - place(y));
        return figures.length === 0 ? null : valueCard(basis, title, lead, figures, early);
      })),
      h('p', {class: 'key'}, early ? h('i', {class: 'early', 'aria-hidden': 'true'}) : null,
        `${early ? 'early: orders and refunds of this window may still arrive. ' : ''}` +
        'Kinds of value stand apart and are never added to each other.'),
    ];
  });
}
