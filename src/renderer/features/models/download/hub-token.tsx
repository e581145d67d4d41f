/** The token of the hub, for repos that ask for one. It is typed once and never shown again, so it is kept in no draft. */
import { PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { useAct, useOperationQuery } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { errorToast } from '../../../ui/feedback/toast.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import css from '../models.module.css';

const TOLD = {
  stored: 'A token is stored, sealed. It is sent to the hub alone.',
  env: 'The token of the environment variable HF_TOKEN is used.',
  none: 'Some repos can be downloaded only with a token of an account that has accepted their conditions.',
};

export function HubToken() {
  const query = useOperationQuery('get_hf_token_status', {});
  const noSet = useCan('set_hf_token');
  const noClear = useCan('clear_hf_token');
  const [token, setToken] = useState('');
  const set = useAct('set_hf_token', {
    onDone: () => {
      setToken('');
      void query.refetch();
    },
  });
  const clear = useAct('clear_hf_token', {
    onDone: () => void query.refetch(),
    onError: (error) => errorToast('Could not remove the token', error),
  });
  const source = query.data?.source ?? 'none';
  return (
    <section aria-label="Token of the hub">
      <h2>Token</h2>
      <p className={text.muted}>{TOLD[source]}</p>
      <form
        className={css.field}
        onSubmit={(event) => {
          event.preventDefault();
          if (noSet === null && token !== '') set.mutate({ token });
        }}
      >
        <PasswordInput
          className={layout.grow}
          size="xs"
          label="Token"
          placeholder="hf_…"
          autoComplete="off"
          error={set.error?.errors?.token ?? set.error?.message}
          value={token}
          onChange={(event) => {
            set.reset();
            setToken(event.currentTarget.value);
          }}
        />
        <Button submit busy={set.isPending} blocked={noSet ?? (token === '' ? 'Type a token' : null)}>
          Store token
        </Button>
        {source === 'stored' ? (
          <Button kind="danger" blocked={noClear} busy={clear.isPending} onClick={() => clear.mutate({})}>
            Remove token
          </Button>
        ) : null}
      </form>
    </section>
  );
}
