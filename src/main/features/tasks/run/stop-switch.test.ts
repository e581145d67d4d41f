import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStopSwitch, type StopReason } from './stop-switch.ts';

// Would catch: a cancel that is lost because it came before the process existed; a forced kill that waits for the grace time of an
// earlier request; a task that is called timed out although the operator cancelled it first.
test('at whatever moment the process appears, it is told the first reason and every shorter grace time, never a longer one', () => {
  const request = fc.tuple(
    fc.constantFrom<StopReason>('cancelled', 'timed_out', 'shutdown'),
    fc.integer({ min: 0, max: 100 }),
  );
  fc.assert(
    fc.property(fc.array(request, { maxLength: 8 }), fc.nat(8), (requests, appears) => {
      const stop = createStopSwitch();
      const told: [StopReason, number][] = [];
      const listen = () => stop.listen((reason, graceMs) => told.push([reason, graceMs]));
      for (const [i, [reason, graceMs]] of requests.entries()) {
        if (i === appears) listen();
        stop.request(reason, graceMs);
      }
      if (appears >= requests.length) listen();
      const first = requests[0]?.[0] ?? null;
      expect(stop.reason()).toBe(first);
      expect(told.every(([reason]) => reason === first)).toBe(true);
      const graces = told.map(([, graceMs]) => graceMs);
      expect(graces).toEqual([...new Set(graces)].sort((a, b) => b - a));
      expect(graces.at(-1)).toBe(
        requests.length === 0 ? undefined : Math.min(...requests.map(([, graceMs]) => graceMs)),
      );
    }),
  );
});
