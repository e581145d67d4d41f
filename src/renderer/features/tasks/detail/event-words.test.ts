import { expect, test } from 'vitest';
import type { TaskEvent } from '../../../../contract/automation/tasks.ts';
import { eventText } from './event-words.ts';

const said = (data: unknown) =>
  eventText({ seq: 1, at: '2026-11-28T07:00:44.873Z', type: 'status', data } as TaskEvent);

// Catches raw keys, codes and numbers without a unit in the list of events.
test('an event is told in words, with units, without ids', () => {
  expect(
    said({ status: 'timed_out', command_id: 'cmd_1', command_name: 'Buy', kind: 'http', priority: 'normal' }),
  ).toBe('Status: Timed out · Command: Buy · Kind: HTTP request · Priority: Normal');
  expect(said({ id: 'art_1', kind: 'screenshot', name: 'step-1.jpg', mime: 'image/jpeg', bytes: 7013 })).toBe(
    'Kind: Screenshot · Name: step-1.jpg · Type: image/jpeg · Size: 6.8 KB',
  );
  expect(said({ status: 'failed', duration_ms: 7647, wait_reason: null })).toBe('Status: Failed · Duration: 7.6 s');
  expect(said('plain')).toBe('"plain"');
});
