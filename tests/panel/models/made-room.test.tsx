/** What an operator is told when models make room for each other, and which model is asked without a choice. */
import { screen } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useOperationQuery } from '../../../src/renderer/lib/live/query.ts';
import { useMadeRoom } from '../../../src/renderer/ui/feedback/use-made-room.ts';
import { type InferenceHost, scriptedHost } from '../../support/inference.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await scriptedHost({ max_loaded_models: 1 }, [
    ['one', { name: 'One' }],
    ['two', { name: 'Two' }],
  ]);
});
afterAll(() => subject[Symbol.asyncDispose]());

function Frame() {
  useMadeRoom();
  const { data } = useOperationQuery('get_loaded_models', {});
  return data === undefined ? null : <p>Known</p>;
}

const load = (model: string) => subject.host.client.call('load_model', { model_id: `test/${model}:F16`, wait: true });

// Catches a model that is gone when it is asked next, and nobody has said so; and old news at each opening of the panel.
test('a model that was unloaded for another one is told where the operator is, once', async () => {
  await load('one');
  await load('two');
  await using panel = await renderPanel(subject, <Frame />, { at: '/' });
  await screen.findByText('Known', {}, { timeout: 15_000 });
  expect(panel.queryByText(/^Unloaded/)).toBeNull();
  await load('one');
  await screen.findByText('Unloaded test/two:F16 to make room for test/one:F16', {}, { timeout: 15_000 });
  expect(screen.queryByText('Unloaded test/one:F16 to make room for test/two:F16')).toBeNull();
});
