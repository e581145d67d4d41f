import { KeyRound } from 'lucide-react';
import { useClient, useClientStatus } from '../lib/client/context.tsx';
import { Button, CopyButton } from '../ui/buttons.tsx';
import { Card } from '../ui/display/card.tsx';
import { Notice } from '../ui/feedback/notice.tsx';
import layout from '../ui/styles/layout.module.css';
import text from '../ui/styles/text.module.css';
import css from './sign-in.module.css';

const COMMAND = 'tabagent panel-link';

/** Shown in a browser that the host does not know. */
export function SignIn({ problem }: { problem: string | null }) {
  const client = useClient();
  const { phase } = useClientStatus();
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
        ) : (
          <p>
            This browser has no session. Run the command below on the computer where TabAgent runs and open the link
            that it prints; it works once, for ten minutes.
          </p>
        )}
        {problem === null ? null : (
          <Notice tone="bad" alert>
            {problem}
          </Notice>
        )}
        <div className={`${text.pre} ${layout.row}`}>
          <span className={layout.grow}>{COMMAND}</span>
          <CopyButton label="Copy command" text={COMMAND} />
        </div>
        <div>
          <Button kind="primary" onClick={client.retry}>
            Check again
          </Button>
        </div>
      </Card>
    </main>
  );
}
