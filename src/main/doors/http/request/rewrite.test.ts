import { expect, test } from 'vitest';
import { rewrite } from './rewrite.ts';

test.each([
  ['/', '/'],
  ['//', '/'],
  ['/v1/tasks/', '/v1/tasks'],
  ['/v1/tasks//?a=/', '/v1/tasks?a=/'],
  ['/api/v1/tasks/', '/v1/tasks'],
  ['/health/?x', '/v1/health?x'],
  ['/panel/', '/panel/'],
  ['/v1/models/owner/repo:Q8_0', '/v1/models/owner%2Frepo:Q8_0'],
  ['/v1/models/owner%2Frepo?x=1', '/v1/models/owner%2Frepo?x=1'],
  ['/v1/models/owner/repo/quants', '/v1/models/owner%2Frepo/quants'],
  ['/v1/models/owner%2Frepo/Q8_0/settings', '/v1/models/owner%2Frepo/Q8_0/settings'],
  ['/v1/models/owner/repo/Q8_0/settings', '/v1/models/owner%2Frepo/Q8_0/settings'],
  ['/v1/models/loaded', '/v1/models/loaded'],
])('%s is routed as %s', (sent, routed) => {
  expect(rewrite(sent)).toBe(routed);
});

// Catches a pattern that looks at each run of slashes as often as it is long: a request of 16 KiB held up the host for 0.2 s.
test('a path of a million slashes takes no longer than it is long', () => {
  const path = `${'/'.repeat(1_000_000)}a`;
  expect(rewrite(`${path}/`)).toBe(path);
});
