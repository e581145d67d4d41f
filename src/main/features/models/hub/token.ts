/** The token of the hub: sealed, never told, redacted from whatever is written while it is known. */
import { invalidField } from '../../../../contract/kernel/errors.ts';
import type { Redactor } from '../../../../contract/kernel/redact/redact.ts';
import type { Secrets } from '../../../core/secrets/secrets.ts';
import type { DownloadStore } from '../store/download-store.ts';

const OWNER = 'hub';
const HOLDER = 'hub.token';
/** Where Hugging Face's own programs take it from. */
const VARIABLES = ['HF_TOKEN', 'HUGGINGFACE_TOKEN'];

/** Creates the keeper of the token. */
export function createHubToken(deps: {
  store: DownloadStore;
  secrets: Pick<Secrets, 'seal' | 'store' | 'get' | 'removeOwner'>;
  redactor: Pick<Redactor, 'hold' | 'release'>;
  env: Readonly<Record<string, string | undefined>>;
}) {
  const { store, secrets, redactor, env } = deps;
  const fromEnv = () => VARIABLES.map((name) => env[name]).find((value) => value?.startsWith('hf_')) ?? null;

  return {
    /** For the hub alone; null when there is none. */
    async get(): Promise<string | null> {
      const id = store.token();
      const token = id === undefined ? fromEnv() : await secrets.get(id);
      if (token !== null) redactor.hold(HOLDER, [token]);
      return token;
    },
    async set(token: string): Promise<void> {
      if (!token.startsWith('hf_')) throw invalidField('token', "Token must start with 'hf_'");
      redactor.hold(HOLDER, [token]);
      const sealed = await secrets.seal(OWNER, token);
      store.setToken(sealed.id, () => {
        secrets.removeOwner(OWNER);
        secrets.store([sealed]);
      });
    },
    clear(): void {
      store.setToken(null, () => secrets.removeOwner(OWNER));
      redactor.release(HOLDER);
    },
    source: (): 'stored' | 'env' | null => (store.token() !== undefined ? 'stored' : fromEnv() !== null ? 'env' : null),
  };
}
export type HubToken = ReturnType<typeof createHubToken>;
