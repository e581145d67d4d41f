/** What became of the last times of a schedule, beside its name in the list. */
import { screen } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Tick } from '../../../src/contract/automation/schedule/schedules.ts';
import { OutcomeDots } from '../../../src/renderer/features/schedules/outcomes.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

const tick = (minute: number, more: Partial<Tick>): Tick => ({
  ...{ at: `2026-01-01T07:0${minute}:00.000Z`, outcome: 'ran', reason: null, task_id: null, event_id: null },
  ...more,
});

// Catches outcomes that are told by the colour and shape of dots alone, and a start that is taken for a success.
test('the last outcome stands in words, the ones before in the name of the dots and the tooltip', async () => {
  const { client } = subject.host;
  const { id: command_id } = await client.call('commands_create', {
    ...{ name: 'Due', kind: 'process', spec: { argv: ['true'] } },
  });
  const trigger = { kind: 'once', at: '2999-01-01T00:00:00.000Z' } as const;
  const schedule = await client.call('schedules_create', { name: 'Daily', target: { command_id }, trigger });
  const recent = [tick(3, { outcome: 'skipped', reason: 'The task before still runs' }), tick(2, {}), tick(1, {})];
  await using _panel = await renderPanel(subject, <OutcomeDots schedule={{ ...schedule, recent }} />);
  const word = await screen.findByText('Skipped');
  const dots = screen.getByRole('img', { name: /Skipped \(The task before still runs\), .* Started, .* Started$/ });
  expect(dots.children).toHaveLength(3);
  const lines = word.parentElement?.title.split('\n') ?? [];
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain('Skipped (The task before still runs)');
});
