/** The open browser in the hands of a script: an address that works once. */
import { Cable } from 'lucide-react';
import { useState } from 'react';
import type { Profile } from '../../../../contract/automation/profiles.ts';
import { useAct } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button, CopyButton } from '../../../ui/buttons.tsx';
import { errorToast } from '../../../ui/feedback/toast.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';

const recipe = (url: string) => `const browser = await chromium.connectOverCDP('${url}', { noDefaults: true });`;

/** Shown while the browser is open by hand. */
export function ConnectSection({ profile }: { profile: Profile }) {
  const [url, setUrl] = useState<string | null>(null);
  const noConnect = useCan('profiles_connect');
  const connect = useAct('profiles_connect', {
    onDone: ({ ws_url }) => setUrl(ws_url),
    onError: (error) => errorToast(`No address for “${profile.name}”`, error),
  });
  if (profile.state !== 'running' || profile.holder?.kind !== 'manual') return null;
  return (
    <section>
      <div className={layout.row}>
        <h3 className={layout.grow}>Drive it from a script</h3>
        <Button
          small
          icon={<Cable size={13} />}
          busy={connect.isPending}
          blocked={noConnect}
          onClick={() => connect.mutate({ id: profile.id })}
        >
          {url === null ? 'Get an address' : 'Get another'}
        </Button>
      </div>
      {url === null ? (
        <p className={text.muted}>
          Playwright attaches by an address that opens one connection within a minute. The browser listens on no port.
        </p>
      ) : (
        <>
          <pre className={text.pre}>{recipe(url)}</pre>
          <div className={layout.row}>
            <CopyButton label="Copy the line for Playwright" text={recipe(url)}>
              Copy for Playwright
            </CopyButton>
            <CopyButton label="Copy the address" text={url}>
              Copy address
            </CopyButton>
          </div>
        </>
      )}
    </section>
  );
}
