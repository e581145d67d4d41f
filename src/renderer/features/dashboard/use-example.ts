import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { commandKinds } from '../../../contract/automation/kinds/index.ts';
import type { Client } from '../../../contract/client/client-types.ts';
import type { CommandId } from '../../../contract/kernel/scalars.ts';
import { useClient } from '../../lib/client/context.tsx';
import { asError } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { errorToast } from '../../ui/feedback/toast.tsx';

/** Prefers the browser command that signs in, then any browser command, then the first one. */
async function pick(client: Client, ids: readonly CommandId[]): Promise<CommandId | undefined> {
  const commands = await Promise.all(ids.map((id) => client.call('commands_get', { id })));
  const browser = commands.filter(({ kind }) => commandKinds[kind].needsBrowser);
  return (browser.find(({ name }) => /sign|log ?in/i.test(name)) ?? browser[0] ?? commands[0])?.id;
}

export interface Example {
  run(): void;
  busy: boolean;
  /** Why it cannot be run now; `null` when it can. */
  blocked: string | null;
}

/** Starts the demo site, runs the sign-in example with the demo profile and opens that task. */
export function useExample(): Example {
  const client = useClient();
  const navigate = useNavigate();
  const noDemo = useCan('demo_start');
  const noTask = useCan('tasks_create');
  const [busy, setBusy] = useState(false);
  const go = async () => {
    const demo = await client.call('demo_start', {});
    const command = await pick(client, demo.command_ids);
    if (command === undefined) return;
    const answer = await client.call('tasks_create', { command_id: command, profile_id: demo.profile_id });
    if ('id' in answer) await navigate({ to: '/tasks/$id', params: { id: answer.id } });
  };
  const run = () => {
    if (busy) return;
    setBusy(true);
    go()
      .catch((error: unknown) => errorToast('Could not run the example', asError(error)))
      .finally(() => setBusy(false));
  };
  return { run, busy, blocked: noDemo ?? noTask };
}
