// SPDX-License-Identifier: GPL-2.0-or-later
// Shows openapi.json as a page.  Everything becomes text nodes: nothing of the document is markup.

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
let doc;

/** An element with attributes and children; strings become text. */
function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

function resolve(value) {
  if (!value?.$ref) return value;
  return value.$ref.slice(2).split('/').reduce((at, key) => at[key], doc);
}

function kind(schema) {
  if (schema.$ref) return schema.$ref.split('/').pop();
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.oneOf) return schema.oneOf.map(kind).join(' | ');
  const type = [schema.type ?? 'any'].flat();
  if (type.includes('array')) return [`[${kind(schema.items ?? {})}]`, ...type.filter((one) => one !== 'array')].join(' | ');
  return schema.format ? type.map((one) => (one === 'string' ? schema.format : one)).join(' | ') : type.join(' | ');
}

/** The shape of a value, as JSON with kinds in the place of values. */
function shape(schema, depth = 0) {
  const pad = '  '.repeat(depth + 1);
  const plain = resolve(schema);
  if (plain.type === 'object' && plain.properties && depth < 5) {
    const lines = Object.entries(plain.properties).map(([name, value]) => {
      const mark = (plain.required ?? []).includes(name) ? '' : '?';
      const words = value.description ? `   // ${value.description}` : '';
      return `${pad}${name}${mark}: ${shape(value, depth + 1)}${words}`;
    });
    return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`;
  }
  if (plain.type === 'array' && depth < 5) return `[${shape(plain.items ?? {}, depth)}]`;
  return kind(plain);
}

function content(of) {
  const entries = Object.entries(of?.content ?? {});
  return entries.map(([type, { schema }]) => el('div', {}, el('p', {}, el('code', {}, type)),
    type.includes('json') ? el('pre', { tabindex: '0' }, shape(schema)) : null));
}

function parameters(list) {
  if (!list?.length) return [];
  const rows = list.map(resolve).map((one) => el('tr', {},
    el('td', {}, el('code', {}, one.name)), el('td', {}, one.in),
    el('td', {}, `${kind(one.schema)}${one.schema.default === undefined ? '' : `, default ${one.schema.default}`}`),
    el('td', {}, one.description ?? '')));
  const head = el('tr', {}, ...['Name', 'In', 'Kind', 'What'].map((word) => el('th', { scope: 'col' }, word)));
  return [el('h3', {}, 'Parameters'), el('table', {}, el('thead', {}, head), el('tbody', {}, ...rows))];
}

function operation(path, method, what) {
  const body = el('div', {}, el('p', {}, what.description), ...parameters(what.parameters));
  if (what.requestBody) body.append(el('h3', {}, 'Body'), ...content(what.requestBody));
  for (const [status, answer] of Object.entries(what.responses)) {
    if (answer.$ref) continue; // problems are the same everywhere
    body.append(el('h3', {}, `${status} ${answer.description}`), ...content(answer));
  }
  return el('details', { id: what.operationId },
    el('summary', {}, el('span', { class: 'method' }, method.toUpperCase()), el('code', {}, path),
      el('span', { class: 'what' }, ` ${what.summary}`)), body);
}

function sections() {
  const all = [];
  for (const { name } of doc.tags) {
    const id = `tag-${name.toLowerCase().replace(/\W/g, '-')}`;
    const section = el('section', { 'aria-labelledby': id }, el('h2', { id }, name));
    for (const [path, item] of Object.entries(doc.paths))
      for (const method of METHODS)
        if (item[method]?.tags.includes(name)) section.append(operation(path, method, item[method]));
    document.getElementById('sections').append(el('li', {}, el('a', { href: `#${id}` }, name)));
    all.push(section);
  }
  return all;
}

function problems() {
  const { code } = doc.components.schemas.Problem.properties;
  const rows = code.enum.map((name) => el('tr', { id: `problem-${name}` },
    el('th', { scope: 'row' }, el('code', {}, name)), el('td', {}, code['x-meanings'][name] ?? '')));
  document.getElementById('sections').append(el('li', {}, el('a', { href: '#problems' }, 'Errors')));
  return el('section', { 'aria-labelledby': 'problems' }, el('h2', { id: 'problems' }, 'Errors'),
    el('pre', { tabindex: '0' }, shape(doc.components.schemas.Problem)), el('table', {}, el('tbody', {}, ...rows)));
}

/** What the address names is there only now. */
function go() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.tagName === 'DETAILS') target.open = true;
  target?.scrollIntoView();
}

try {
  doc = await (await fetch('/api/v1/openapi.json')).json();
  document.getElementById('about').textContent = doc.info.description;
  document.getElementById('main').replaceChildren(...sections(), problems());
  addEventListener('hashchange', go);
  go();
} catch (err) {
  document.getElementById('state').textContent = `The description could not be read: ${err.message}`;
}
