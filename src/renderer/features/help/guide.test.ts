import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HELP_TOPICS, partsOf, topicFor, topicOf } from '../../lib/help.ts';
import { GUIDE, GUIDE_FILES, guideLink, searchGuide, sectionsOf, slugOf } from './guide.ts';

const RENDERER = join(import.meta.dirname, '../..');

/** Links of a text outside its code. */
const linksOf = (markdown: string) =>
  [...markdown.replaceAll(/```[\s\S]*?```|`[^`]*`/g, '').matchAll(/\]\(([^)]*)\)/g)].map(([, href]) => href ?? '');

/** Every `help="…"` of the panel's sources, with its file. */
const targets = readdirSync(RENDERER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.tsx'))
  .flatMap((name) =>
    [...readFileSync(join(RENDERER, name), 'utf8').matchAll(/\bhelp(?:="|=\{.*?'|\?\? ')([\w#-]+)["']/g)].map(
      ([, to]) => ({
        name,
        to: to ?? '',
      }),
    ),
  );

const leadsSomewhere = (id: string, hash: string) =>
  GUIDE.some((page) => page.id === id && (hash === '' || page.sections.some((section) => section.id === hash)));

// Would catch: a page that is written but can be reached from nowhere, a topic without a page, a title that the list names otherwise.
test('every page of the guide is a topic, every topic a page that starts with its title', () => {
  expect([...GUIDE_FILES].sort()).toEqual(HELP_TOPICS.map(({ id }) => `${id}.md`).sort());
  expect(GUIDE.map(({ sections }) => sections[0]?.title)).toEqual(HELP_TOPICS.map(({ title }) => title));
});

// Would catch: a link into nothing after a heading was renamed; a link to the network, which an offline machine cannot follow.
test('every link of the guide leads to a page and heading of it', () => {
  const broken = GUIDE.flatMap((page) =>
    linksOf(page.markdown).filter((href) => {
      const target = guideLink(href.startsWith('#') ? `./${page.id}.md${href}` : href);
      return target === null || !leadsSomewhere(target.topic, target.hash);
    }),
  );
  expect(broken).toEqual([]);
});

// Would catch: an empty state whose link opens the wrong place because the heading is gone.
test('every help link of the panel leads to a heading that exists', () => {
  expect(targets.length).toBeGreaterThan(15);
  expect(targets.filter(({ to }) => !leadsSomewhere(to.split('#')[0] ?? '', to.split('#')[1] ?? ''))).toEqual([]);
});

// Would catch: two headings of a page with one id, of which only the first can be reached.
test('headings of a page differ, pages are short', () => {
  for (const { id, sections, markdown } of GUIDE) {
    const ids = sections.map((section) => section.id);
    expect(new Set(ids).size, id).toBe(ids.length);
    expect(markdown.split('\n').length, id).toBeLessThan(141);
  }
});

// Would catch: a comment in a shell example that becomes a heading; ids that differ from those a code host makes.
test('headings are found outside code and get the ids that links use', () => {
  expect(sectionsOf('# A\n```sh\n# no\n```\n## `panel-link` & more\ntext').map(({ id, level }) => [id, level])).toEqual(
    [
      ['a', 1],
      ['panel-link--more', 2],
    ],
  );
  expect(slugOf('In TypeScript, with types')).toBe('in-typescript-with-types');
});

// Would catch: a search that needs the words in order, or finds the page but not the part.
test('the search finds parts by words in any order', () => {
  const found = searchGuide(GUIDE, 'lane urgent');
  expect(found.flatMap(({ page, sections }) => sections.map(({ id }) => `${page.id}#${id}`))).toContain(
    'tasks#why-a-task-waits',
  );
  expect(searchGuide(GUIDE, 'zzz')).toEqual([]);
});

// Would catch: F1 that opens the same page everywhere, an address with a typo that breaks the screen.
test('each screen has its page; an unknown one opens the first', () => {
  expect(['/', '/tasks/tsk_1', '/commands/new', '/logs', '/settings', '/help/profiles'].map(topicFor)).toEqual([
    'first-task',
    'tasks',
    'commands',
    'logs-and-metrics',
    'settings-and-data',
    'profiles',
  ]);
  expect(topicOf('nothing').id).toBe('first-task');
  expect(partsOf('tasks#log')).toEqual({ topic: 'tasks', hash: 'log' });
});
