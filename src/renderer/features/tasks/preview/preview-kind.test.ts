import { expect, test } from 'vitest';
import { previewKind } from './preview-kind.ts';

// Would catch: a table that is shown as text because a server called it plain text, a program that is offered as a page.
test.each([
  ['image/png', 'a.png', 'image'],
  ['Image/SVG+XML;charset=utf-8', 'a.png', 'drawing'],
  ['text/csv; charset=utf-8', 'orders.csv', 'table'],
  ['text/plain', 'orders.tsv', 'table'],
  ['application/octet-stream', 'data.json', 'json'],
  ['application/problem+json', 'x', 'json'],
  ['application/json', 'session.har', 'json'],
  ['text/html', 'page.html', 'page'],
  ['application/pdf', 'invoice.pdf', 'pdf'],
  ['application/zip', 'trace.zip', 'archive'],
  ['text/plain', 'notes.txt', 'text'],
  ['application/xml', 'feed.xml', 'text'],
  ['application/octet-stream', 'program.exe', null],
])('%s %s is %s', (mime, name, kind) => {
  expect(previewKind({ mime, name })).toBe(kind);
});
