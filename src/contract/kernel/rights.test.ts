import { expect, test } from 'vitest';
import { AREAS, SCOPES } from './define.ts';
import { highestScope, reaches, scopesUpTo } from './rights.ts';

// Would catch: a read-only key that may write, and a key for one area that reaches another.
test('a caller reaches what needs at most its scope, in its areas or in none', () => {
  for (const [has, scope] of [null, ...SCOPES].entries())
    for (const [n, needed] of SCOPES.entries())
      for (const area of AREAS) {
        const reached = reaches({ scope, areas: ['automation'] }, { scope: needed, area });
        expect(reached).toBe(n < has && (area === 'automation' || area === 'any'));
      }
  // What is in no area takes no area; a credential is never "for any".
  expect(reaches({ scope: 'admin', areas: ['any'] }, { scope: 'read', area: 'models' })).toBe(false);
});

test('a scope is told by the list of those that it includes', () => {
  for (const scope of [null, ...SCOPES]) expect(highestScope(scopesUpTo(scope))).toBe(scope);
  expect(highestScope(['manage', 'read'])).toBe('manage');
});
