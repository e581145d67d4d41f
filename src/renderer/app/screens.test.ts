import { expect, test } from 'vitest';
import { SCREENS } from '../../contract/host/screens.ts';
import { HELP_TOPICS } from '../lib/help.ts';
import { VIEW_IDS, viewOf } from './screens.ts';

// Would catch: a screen in the registry whose folder shows nothing, a folder with a screen that no link leads to.
test('every screen of the registry has a view, every view a line in the registry', () => {
  expect([...VIEW_IDS].sort()).toEqual(SCREENS.map(({ id }) => id).sort());
  for (const screen of SCREENS) expect(viewOf(screen.id).detail !== undefined, screen.id).toBe('detail' in screen);
});

// Would catch: two screens with one chord or one address, a help key that leads to a page that does not exist.
test('each screen has a path, a chord and a page of the guide', () => {
  for (const member of ['id', 'path', 'title', 'key'] as const)
    expect(new Set(SCREENS.map((screen) => screen[member])).size, member).toBe(SCREENS.length);
  const topics: readonly string[] = HELP_TOPICS.map(({ id }) => id);
  expect(SCREENS.filter(({ help }) => !topics.includes(help))).toEqual([]);
});
