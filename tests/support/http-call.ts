/** Calls an operation over HTTP as its contract says: path, query, body, Server-Sent Events. */

import { contract } from '../../src/contract/index.ts';
import type { Operation } from '../../src/contract/kernel/define.ts';

/** What came back, in the shape that the tests of all doors share. */
export interface HttpOutcome {
  value?: unknown;
  items?: unknown[];
  error?: Record<string, unknown>;
}

/** The request of an operation. */
export function httpRequestOf(id: string, input: unknown): { method: string; path: string; body: string | undefined } {
  const operation = (contract as Record<string, Operation>)[id];
  if (!operation?.http) throw new Error(`${id} is not offered over HTTP`);
  const rest = { ...(input as Record<string, unknown>) };
  const parametersOf = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  // An alias may do without a parameter that the address itself asks for.
  const addresses = [operation.http, ...(operation.http.aliases ?? [])];
  const address = addresses.find(({ path }) => parametersOf(path).every((name) => name in rest)) ?? operation.http;
  const path = address.path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const value = rest[name] ?? 'missing';
    delete rest[name];
    return encodeURIComponent(String(value).toWellFormed());
  });
  const { method } = address;
  if (method !== 'GET' && method !== 'DELETE') return { method, path, body: JSON.stringify(rest) };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(rest)) {
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  return { method, path: query.size > 0 ? `${path}?${query}` : path, body: undefined };
}

/** Sends it. */
export async function httpCall(url: string, key: string, id: string, input: unknown): Promise<HttpOutcome> {
  const { method, path, body } = httpRequestOf(id, input);
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body }),
  });
  // A cookie would be authority that a browser sends by itself, to every port of this machine.
  if (response.headers.has('set-cookie')) throw new Error(`${id} sets a cookie`);
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text();
  if (type.startsWith('application/problem+json')) return { error: JSON.parse(text) };
  if (type.startsWith('text/event-stream'))
    return { items: parseEvents(text).map((event) => JSON.parse(event.data ?? 'null')) };
  return { value: type.startsWith('application/json') ? JSON.parse(text) : text };
}

/** Splits a text/event-stream into events; comments and `retry` are left out. */
export function parseEvents(text: string): Record<string, string>[] {
  return text
    .split('\n\n')
    .map((block) => block.split('\n').filter((line) => line !== '' && !line.startsWith(':')))
    .filter((lines) => lines.some((line) => line.startsWith('data:')))
    .map((lines) =>
      Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])),
    );
}
