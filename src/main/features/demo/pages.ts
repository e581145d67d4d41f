/** Pages of the demo shop, made on the server; nothing is loaded from anywhere else. */
import { COLUMNS, type Column, type Order, type OrderQuery } from './orders.ts';

/** Text as HTML. */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#39' };
  return text.replace(/[&<>"']/g, (character) => `&${names[character]};`);
}

/** The only style sheet; the content security policy allows it by its hash-less `unsafe-inline` for styles alone. */
const STYLE = `
:root { color-scheme: light dark; --bg: #f6f7f9; --card: #fff; --text: #1c2230; --dim: #5c6578; --line: #e0e4ec; --accent: #3451d1; --on-accent: #fff; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --bg: #12151c; --card: #1a1f2a; --text: #e7eaf1; --dim: #9aa4b8; --line: #2c3342; --accent: #8ea2ff; --on-accent: #10131a; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; background: var(--bg); color: var(--text); }
header { display: flex; gap: 1.5rem; align-items: center; padding: .9rem 2rem; background: var(--card); border-bottom: 1px solid var(--line); }
header strong { margin-right: auto; } header strong::before { content: "▲ "; color: var(--accent); }
a { color: var(--accent); text-underline-offset: .2em; }
main { max-width: 60rem; margin: 2.5rem auto; padding: 0 1.5rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.75rem; }
.narrow { max-width: 24rem; margin: 0 auto; }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; } p { margin: 0 0 1rem; } .dim { color: var(--dim); }
label { display: block; font-weight: 600; margin-top: .9rem; }
input { width: 100%; margin-top: .3rem; padding: .6rem .75rem; font: inherit; color: inherit; background: var(--bg); border: 1px solid var(--line); border-radius: 8px; }
button, .button { display: inline-block; margin-top: 1.25rem; padding: .6rem 1.2rem; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0; border-radius: 8px; cursor: pointer; text-decoration: none; }
.plain { margin: 0; padding: 0; background: none; color: var(--accent); text-decoration: underline; text-underline-offset: .2em; font-weight: 400; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.error { color: var(--bad); font-weight: 600; }
.scroll { overflow-x: auto; } table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .55rem .7rem; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; } th a { color: inherit; } .number { text-align: right; }
nav.pages { display: flex; gap: 1rem; align-items: center; justify-content: space-between; margin-top: 1.25rem; flex-wrap: wrap; }
ul { padding-left: 1.2rem; } li { margin: .3rem 0; }`;

/** A whole page. `body` is HTML. */
function page(title: string, body: string, user: string | null): string {
  const session =
    user === null
      ? '<a href="/login">Sign in</a>'
      : `<span class="dim">Signed in as ${escapeHtml(user)}</span><form method="post" action="/logout"><button class="plain">Sign out</button></form>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Demo shop</title><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><header><strong>Demo shop</strong><a href="/">Home</a><a href="/orders">Orders</a>${session}</header>
<main>${body}</main></body></html>`;
}

/** Start page. */
export function homePage(user: string | null): string {
  return page(
    'Home',
    `<div class="card"><h1>A small shop to try commands on</h1>
<p>It runs inside TabAgent, on this machine only. Nothing here is real, and nothing leaves your computer.</p>
<ul>
<li><a href="/login">Sign in</a> <span class="dim">user <code>demo</code>, password <code>demo-pass</code></span></li>
<li><a href="/orders">Orders</a> <span class="dim">a table with pages, sorting and a download; needs a session</span></li>
<li><a href="/slow?ms=3000">Slow page</a> <span class="dim">answers after as many milliseconds as you ask for</span></li>
<li><a href="/error">Error page</a> <span class="dim">always fails with status 500</span></li>
<li><a href="/api/orders">JSON API</a> <span class="dim">/api/orders and /api/echo</span></li>
</ul></div>`,
    user,
  );
}

/** Sign-in form. */
export function loginPage(token: string, error: string | null): string {
  return page(
    'Sign in',
    `<div class="card narrow"><h1>Sign in</h1>${error === null ? '' : `<p class="error" role="alert">${escapeHtml(error)}</p>`}
<form method="post" action="/login"><input type="hidden" name="token" value="${escapeHtml(token)}">
<label for="user">User</label><input id="user" name="user" autocomplete="username" required autofocus>
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Sign in</button></form></div>`,
    null,
  );
}

const TITLES: Record<Column, string> = {
  id: 'Order',
  date: 'Date',
  customer: 'Customer',
  item: 'Item',
  quantity: 'Quantity',
  total: 'Total',
  status: 'Status',
};
const isNumber = (column: Column) => column === 'quantity' || column === 'total';

function link(query: OrderQuery, change: Partial<OrderQuery>): string {
  const { sort, direction, page: number, perPage } = { ...query, ...change };
  return escapeHtml(
    `/orders?${new URLSearchParams({ sort, direction, page: String(number), per_page: String(perPage) })}`,
  );
}

function headCell(column: Column, query: OrderQuery): string {
  const active = query.sort === column;
  const direction = active && query.direction === 'asc' ? 'desc' : 'asc';
  const sorted = active ? ` aria-sort="${query.direction === 'asc' ? 'ascending' : 'descending'}"` : '';
  const arrow = active ? (query.direction === 'asc' ? ' ↑' : ' ↓') : '';
  return `<th scope="col"${isNumber(column) ? ' class="number"' : ''}${sorted}><a href="${link(query, { sort: column, direction, page: 1 })}">${TITLES[column]}</a>${arrow}</th>`;
}

function cell(order: Order, column: Column): string {
  const text = column === 'total' ? `€${order.total.toFixed(2)}` : String(order[column]);
  return `<td${isNumber(column) ? ' class="number"' : ''} data-column="${column}">${escapeHtml(text)}</td>`;
}

/** The table of orders. */
export function ordersPage(
  user: string,
  query: OrderQuery,
  result: { items: Order[]; pages: number; total: number },
): string {
  const rows = result.items.map(
    (order) => `<tr data-id="${order.id}">${COLUMNS.map((column) => cell(order, column)).join('')}</tr>`,
  );
  const previous =
    query.page > 1
      ? `<a rel="prev" href="${link(query, { page: query.page - 1 })}">← Previous</a>`
      : '<span class="dim">← Previous</span>';
  const next =
    query.page < result.pages
      ? `<a rel="next" href="${link(query, { page: query.page + 1 })}">Next →</a>`
      : '<span class="dim">Next →</span>';
  return page(
    'Orders',
    `<div class="card"><h1>Orders</h1><p class="dim">${result.total} orders</p>
<div class="scroll"><table><thead><tr>${COLUMNS.map((column) => headCell(column, query)).join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>
<nav class="pages" aria-label="Pages">${previous}<span>Page ${query.page} of ${result.pages}</span>${next}</nav>
<a class="button" href="/orders.csv" download>Download CSV</a></div>`,
    user,
  );
}

/** A page with a title and one sentence. */
export function messagePage(title: string, text: string, user: string | null): string {
  return page(
    title,
    `<div class="card"><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p><p><a href="/">Back to the start</a></p></div>`,
    user,
  );
}
