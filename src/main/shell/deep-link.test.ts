import { describe, expect, test } from 'vitest';
import { deepLinkOf, parseDeepLink } from './deep-link.ts';

const TASK = 'tsk_01jzz3m9y8t4q6v7w8x9y0z1a2';

describe('deep links', () => {
  test('open things and screens', () => {
    expect(parseDeepLink(`tabagent://task/${TASK}`)).toBe(`/tasks/${TASK}`);
    expect(parseDeepLink('tabagent://settings')).toBe('/settings');
    expect(parseDeepLink('tabagent://help')).toBe('/help');
    // Browsers add a slash to an address without a path.
    expect(parseDeepLink('tabagent://logs/')).toBe('/logs');
  });

  test.each([
    ['another scheme', 'https://task/x'],
    ['an unknown screen', 'tabagent://shell'],
    ['a prototype name', `tabagent://constructor/${TASK}`],
    ['an id of another kind', `tabagent://profile/${TASK}`],
    ['a path that climbs', 'tabagent://task/../../settings'],
    ['parameters', `tabagent://task/${TASK}?x=1`],
    ['a fragment', 'tabagent://tasks#/settings'],
    ['credentials', 'tabagent://user@tasks'],
    ['a port', 'tabagent://tasks:80'],
    ['markup', 'tabagent://task/<img src=x>'],
    ['an endless one', `tabagent://task/${'a'.repeat(500)}`],
    ['a line break', 'tabagent://tasks\n'],
  ])('%s opens nothing', (_what, link) => {
    expect(parseDeepLink(link)).toBeNull();
  });

  test('are found behind the switches that Chromium adds', () => {
    expect(deepLinkOf(['app', '--allow-file-access-from-files', 'tabagent://tasks'])).toBe('tabagent://tasks');
    expect(deepLinkOf(['app', '--hidden'])).toBeNull();
  });
});
