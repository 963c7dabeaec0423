// Nodes, made so that nothing from outside becomes markup: strings are text nodes, attributes are set by name.
'use strict';

const $ = (id) => document.getElementById(id);

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

// A row of a table by a key that may come from outside.
function entryOf(table, key) {
  return Object.hasOwn(table, key) ? table[key] : undefined;
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

function tile(id, value, unit, label) {
  return h('div', {class: 'tile', 'data-testid': `tile-${id}`},
           h('div', {class: 'value'}, value, unit ? h('small', {}, ` ${unit}`) : null), h('div', {class: 'label'}, label));
}
