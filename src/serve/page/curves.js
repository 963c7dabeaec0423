// The two curves of the page, drawn with Chart.js; without it the page has everything else.
'use strict';

const charts = {};

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function chartOf(id, name, unit) {
  if (typeof Chart === 'undefined') {
    return null;
  }
  const line = colour(name);
  const grid = colour('--line');
  const soft = colour('--soft');
  return new Chart($(id), {
    type: 'line',
    data: {labels: [], datasets: [{data: [], borderColor: line, backgroundColor: `${line}1f`, fill: true, borderWidth: 2,
                                   pointRadius: 0, pointHitRadius: 12, tension: .25}]},
    options: {
      animation: false, maintainAspectRatio: false, interaction: {mode: 'index', intersect: false},
      scales: {
        x: {grid: {display: false, borderColor: grid}, ticks: {color: soft, maxRotation: 0, autoSkip: true, maxTicksLimit: 5}},
        y: {beginAtZero: true, grace: '8%', grid: {color: grid, drawBorder: false},
            ticks: {color: soft, maxTicksLimit: 5, callback: (value) => compact.format(value)}},
      },
      plugins: {
        legend: {display: false},
        tooltip: {displayColors: false, filter: (item) => item.datasetIndex === 0, callbacks: {label: (item) => `${oneDecimal.format(item.parsed.y)} ${unit}`}},
      },
    },
  });
}

function drawChart(id, name, unit, times, values, objective) {
  charts[id] = charts[id] || chartOf(id, name, unit);
  const chart = charts[id];
  if (!chart) {
    return;
  }
  chart.data.labels = times.map((time) => clockSeconds.format(new Date(time)));
  chart.data.datasets[0].data = values;
  if (objective !== undefined) {
    chart.data.datasets[1] = chart.data.datasets[1] || {
      borderColor: colour('--soft'), borderDash: [4, 4], borderWidth: 1.2, pointRadius: 0, pointHitRadius: 0};
    chart.data.datasets[1].data = values.map(() => objective);
  }
  chart.update('none');
  const last = values.length > 0 ? oneDecimal.format(values[values.length - 1]) : 'nothing yet';
  $(id).setAttribute('aria-label', `${values.length} points, now ${last} ${unit}`);
}

function series(s) {
  const key = JSON.stringify(s.series);
  if (view.drawn.get('series') === key) {
    return;
  }
  view.drawn.set('series', key);
  drawChart('rate-chart', '--rate', 'items per second', s.series.time_ms, s.series.items_per_second);
  drawChart('lag-chart', '--lag', 'seconds', s.series.time_ms, s.series.lag_seconds,
            s.behind_objective_seconds);
}

function repaint() {
  for (const id of Object.keys(charts)) {
    if (charts[id]) {
      charts[id].destroy();
    }
    delete charts[id];
  }
  view.drawn.delete('series');
  if (view.last) {
    series(view.last);
  }
}
