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
  ['upper case', levels((n) => `<g id="a${n}"><rect fill="URL(#a${n - 1})"/><rect fill="URL(#a${n - 1})"/></g>`)],
  ['an escape behind a reference in a text', svg('url(#<use href="&#35;a"/>')],
  ['a comment that is never closed', svg('<!-- <rect/>')],
  ...[
    ...[
      'id="&#97;1"',
      'id="&amp;1"',
      'fill="&#117;rl(#a)"',
      'fill="u&#x72;l(#a)"',
      'style="fill:u\\72 l(#a)"',
      "fill='u\\rl(#a)'",
    ],
    ...['href="#%61"', 'href="a.svg#a"', 'href="?#a"', 'x:href="#a&#49;"', 'href="data:image/svg+xml,..."'],
  ].map((attribute): [string, string] => [attribute, svg(`<g ${attribute}/>`)]),
  ['a style with a character reference', svg('<style>g{filter:&#117;rl(#a)}</style>')],
  ['a style with an escape', svg('<style>g{filter:\\75 rl(#a)}</style>')],
  ['a sheet of styles as data', `<?xml-stylesheet href="data:text/css,g{}"?>${svg('')}`],
  ['a reference that comes later', svg('<use><set attributeName="href" to="#a"/></use>')],
  ['a fill that comes later', svg('<g><animate attributeName="fill" values="red;url(#a)"/><rect/></g>')],
  [
    'ids behind what looks like ids',
    levels((n) => `<g x=" id='b'" id="a${n}"><use href="#a${n - 1}"/><use href="#a${n - 1}"/></g>`),
  ],
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

// Would catch: what programs for drawings write, taken for a disguise.
test.each([
  ...[
    'd="M0 0&#10;L1 1"',
    'aria-label="&#233;"',
    'inkscape:export-filename="C:\\a.png"',
    'font-family="&quot;A&quot;"',
  ],
  ...['href="https://example.com/a?b&amp;c#d"', 'href="data:image/png;base64,AAAA"', 'id="a-1"', 'to="1"'],
])('%s is no disguise', (attribute) => {
  expect(weightOfDrawing(svg(`<g ${attribute}/>`))).toBe(2);
});

// Would catch: a megabyte that keeps its worker busy for minutes, by depth or by text that is scanned again at each mark.
test.each<[string, string, number]>([
  ['groups in groups', '<g fill="url(#a)">', Number.POSITIVE_INFINITY],
  ['comments that are never closed', '<!--', Number.POSITIVE_INFINITY],
  ['sections that are never closed', '<![CDATA[', Number.POSITIVE_INFINITY],
  ['tags that are never closed', '<a b="" ', Number.POSITIVE_INFINITY],
  ['style sheets that are never closed', '<style ', Number.POSITIVE_INFINITY],
  ['references in references', 'url(#', 1],
  ['values in values', 'href ="', 1],
  ['attributes', '<g a="&#1;', Number.POSITIVE_INFINITY],
  ['values without an end', 'url(x', 1],
])('%s are weighed in time that grows with their length', (_what, piece, weight) => {
  const drawing = svg(piece.repeat(Math.floor(1_000_000 / piece.length)));
  const begun = performance.now();
  expect(weightOfDrawing(drawing)).toBe(weight);
  expect(performance.now() - begun).toBeLessThan(3_000);
});
