// Numbers, money, times and outcomes as the page's reader sees them.
'use strict';

const LOCALE = 'en-GB';

const whole = new Intl.NumberFormat(LOCALE, {maximumFractionDigits: 0});
const oneDecimal = new Intl.NumberFormat(LOCALE, {maximumFractionDigits: 1});
const compact = new Intl.NumberFormat('en-US', {notation: 'compact', maximumFractionDigits: 1});
const day = new Intl.DateTimeFormat(LOCALE, {day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC'});
const clock = new Intl.DateTimeFormat(LOCALE, {hour: '2-digit', minute: '2-digit', timeZone: 'UTC'});
const clockSeconds = new Intl.DateTimeFormat(LOCALE, {hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: 'UTC'});

function count(value) {
  return value === null ? '–' : whole.format(value);
}

function duration(seconds) {
  if (seconds === null) {
    return '–';
  }
  const s = Math.max(0, seconds);
  if (s < 10) {
    return `${s < 1 && s > 0 ? oneDecimal.format(s) : Math.round(s)} s`;
  }
  const units = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
  const at = units.findIndex(([size]) => s >= size);
  const [size, unit] = units[at];
  const first = Math.floor(s / size);
  const rest = at + 1 < units.length ? Math.floor((s - first * size) / units[at + 1][0]) : 0;
  return rest > 0 ? `${first} ${unit} ${rest} ${units[at + 1][1]}` : `${first} ${unit}`;
}

function bytes(value) {
  if (value === null) {
    return '–';
  }
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let at = 0;
  let size = value;
  while (size >= 1000 && at + 1 < units.length) {
    size /= 1000;
    at += 1;
  }
  return `${at === 0 || size >= 100 ? whole.format(size) : oneDecimal.format(size)} ${units[at]}`;
}

// Money is added in whole micros, as the engine does; nothing is rounded before it is shown.
function micros(decimal) {
  const match = /^(-?)(\d+)(?:\.(\d{1,6}))?$/.exec(decimal);
  if (match === null) {
    return 0n;
  }
  const size = BigInt(match[2]) * 1000000n + BigInt((match[3] || '').padEnd(6, '0'));
  return match[1] === '-' ? -size : size;
}

const moneyFormats = new Map();

function moneyFormat(currency, options) {
  const key = JSON.stringify([currency, options]);
  if (!moneyFormats.has(key)) {
    let format;
    try {
      format = new Intl.NumberFormat(LOCALE, {style: 'currency', currency, ...options});
    } catch (error) {  // not a currency code
      format = new Intl.NumberFormat(LOCALE, {maximumFractionDigits: 2, ...options});
    }
    moneyFormats.set(key, format);
  }
  return moneyFormats.get(key);
}

// Exact: the decimal text is formatted, not a floating-point number.
function money(amount, currency) {
  const size = amount < 0n ? -amount : amount;
  const decimal = `${amount < 0n ? '-' : ''}${size / 1000000n}.${String(size % 1000000n).padStart(6, '0')}`;
  return moneyFormat(currency, {}).format(decimal).replace('-', '−');
}

// For a tile: at most nine characters or so.
function roundMoney(amount, currency) {
  const major = Number(amount / 1000000n);
  return Math.abs(major) < 100000 ? moneyFormat(currency, {maximumFractionDigits: 0}).format(major).replace('-', '−') :
    moneyFormat(currency, {notation: 'compact', maximumFractionDigits: 2}).format(major).toUpperCase().replace('-', '−');
}

function percent(ratio) {
  return `${Math.round(ratio * 100)} %`;
}

function ago(time, now) {
  return time === null ? '–' : `${duration((Date.parse(now) - Date.parse(time)) / 1000)} ago`;
}

function span(start, end) {
  const from = new Date(start);
  const to = new Date(end);
  const hours = (to - from) / 3600000;
  if (hours >= 23) {
    return hours < 26 ? `${day.format(from)}, ${clock.format(from)} UTC, one day` :
                        `${day.format(from)} to ${day.format(to)}`;
  }
  return `${clock.format(from)}–${clock.format(to)} UTC, ${day.format(from)}`;
}

const OUTCOMES = [['counted', 'counted'], ['duplicate', 'duplicate'], ['late', 'late'],
                  ['dead_letter', 'dead letter'], ['ignored', 'ignored']];
const REASONS = {
  parse: 'not readable as JSON', schema: 'a field is missing or of the wrong kind',
  semantic: 'readable, but it makes no sense', too_large: 'larger than the limit', too_old: 'older than max_age',
  future: 'too far in the future', currency: 'unknown currency or amount out of range',
};
