import { KeyRound } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Phase } from '../../contract/client/client-types.ts';
import { useClient, useClientStatus } from '../lib/client/context.tsx';
import { Button, CopyButton } from '../ui/buttons.tsx';
import { Card } from '../ui/display/card.tsx';
import { Notice } from '../ui/feedback/notice.tsx';
import layout from '../ui/styles/layout.module.css';
import text from '../ui/styles/text.module.css';
import css from './sign-in.module.css';

/**
 * The command that makes a panel link for this host; empty where only the app makes them, null while the host has not said it: one
 * without the folder of its data would be another host's.
 */
function usePanelLinkCommand(phase: Phase): string | null {
  const [command, setCommand] = useState<string | null>(null);
  // Asked again after "Check again": a host that was stopping may not have answered.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the phase is when, not what
  useEffect(() => {
    const abort = new AbortController();
    fetch('./panel-link.txt', { signal: abort.signal })
      .then(async (answer) => {
        if (answer.ok && answer.headers.get('content-type')?.startsWith('text/plain')) setCommand(await answer.text());
      })
      .catch(() => undefined);
    return () => abort.abort();
  }, [phase]);
  return command;
}

/** Shown in a browser that the host does not know. */
export function SignIn({ problem }: { problem: string | null }) {
  const client = useClient();
  const { phase } = useClientStatus();
  const command = usePanelLinkCommand(phase);
  return (
    <main className={css.signIn}>
      <Card className={css.card}>
        <div className={layout.row}>
          <KeyRound size={18} />
          <h1>Sign in to TabAgent</h1>
        </div>
        {phase === 'refused' ? (
          <p>
            The host refuses this address. Open the panel under 127.0.0.1 or localhost, or add the address to the
            setting “Allowed host names”.
          </p>
        ) : command === '' ? (
          <p>This browser is not signed in. In the TabAgent app choose Connections → Panel link, and open that link.</p>
        ) : command === null ? (
          <p>This browser is not signed in.</p>
        ) : (
          <p>
            This browser is not signed in. Run this command on the computer where TabAgent runs, and open the link that
            it prints. The link works once, within ten minutes.
          </p>
        )}
        {problem === null ? null : (
          <Notice tone="bad" alert>
            {problem}
          </Notice>
        )}
        {phase === 'refused' || !command ? null : (
          <div className={`${text.pre} ${layout.row}`}>
            <code className={`${layout.grow} ${css.command}`}>{command}</code>
            <CopyButton label="Copy command" text={command} />
          </div>
        )}
        <div>
          <Button kind="primary" onClick={client.retry}>
            Check again
          </Button>
        </div>
      </Card>
    </main>
  );
}
