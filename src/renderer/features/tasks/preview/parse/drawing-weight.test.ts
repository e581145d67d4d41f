import { expect, test } from 'vitest';
import { weightOfDrawing } from './drawing-weight.ts';

const svg = (content: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">${content}</svg>`;
const levels = (level: (n: number) => string) => svg(Array.from({ length: 24 }, (_, n) => level(n + 1)).join(''));

// Would catch: two kilobytes of markup that a browser draws for minutes.
test.each<[string, string]>([
  ['uses that double', levels((n) => `<g id="a${n}"><use xlink:href="#a${n - 1}"/><use href = "#a${n - 1}"/></g>`)],
  [
    'patterns in patterns',
    levels(
      (n) => `<pattern id='a${n}'><rect fill="url(#a${n - 1})"/><rect style="fill: url('#a${n - 1}')"/></pattern>`,
    ),
  ],
  ['an inherited fill', levels((n) => `<pattern id="a${n}"><g fill="url(#a${n - 1})"><rect/><rect/></g></pattern>`)],
  [
    'a style sheet',
    svg(`<style>rect{fill:url(#p)}</style><pattern id="p">${'<rect/>'.repeat(400)}</pattern>${'<rect/>'.repeat(400)}`),
  ],
  ['a circle', svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>')],
  ['a character reference', svg('<use href="&#35;a"/>')],
  ['an escape', svg('<rect style="fill:url(\\23 a)"/>')],
  ['an entity', `<!DOCTYPE svg [<!ENTITY a "x">]>${svg('')}`],
])('%s', (_what, drawing) => {
  expect(weightOfDrawing(drawing)).toBeGreaterThan(100_000);
});

// Would catch: an ordinary drawing that is refused.
test('an ordinary drawing weighs what it has', () => {
  const icon = '<symbol id="i"><path d="M0 0"/><title>a > b</title></symbol>';
  expect(weightOfDrawing(svg(`<!-- <use href="#none"/> --><defs>${icon}</defs>${'<use href="#i"/>'.repeat(10)}`))).toBe(
    45,
  );
  expect(weightOfDrawing(svg('<a href="https://example.com/?a=1&amp;b=2"><rect fill="url(#none)"/></a>'))).toBe(3);
});
