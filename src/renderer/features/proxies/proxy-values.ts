/** Maps between proxies and the values of their form. */
import { z } from 'zod';
import { ProxyCreate, ProxyScheme, type ProxyServer } from '../../../contract/automation/proxies.ts';
import { issueText } from '../../../contract/kernel/text/issue-text.ts';
import type { Shape } from '../../lib/drafts/fitting.ts';
import type { Input } from '../../lib/live/query.ts';

/** Values of the form; empty text means "not set". The password is none of them: drafts are kept. */
export type ProxyValues = {
  name: string;
  scheme: ProxyScheme;
  host: string;
  port: number | '';
  username: string;
  refresh_url: string;
  tags: string[];
  notes: string;
  /** `YYYY-MM-DD`. */
  expires: string;
};

/** What a draft of the form can hold. */
export const PROXY_SHAPE: Shape<ProxyValues> = {
  name: z.string(),
  scheme: ProxyScheme,
  host: z.string(),
  port: z.custom<number | ''>((value) => typeof value === 'number' || typeof value === 'string'),
  username: z.string(),
  refresh_url: z.string(),
  tags: z.array(z.string()),
  notes: z.string(),
  expires: z.string(),
};

/** Initial values for editing `proxy`, or for a new one. */
export function valuesOf(proxy: ProxyServer | null): ProxyValues {
  return {
    name: proxy?.name ?? '',
    scheme: proxy?.scheme ?? 'http',
    host: proxy?.host ?? '',
    port: proxy?.port ?? '',
    username: proxy?.username ?? '',
    refresh_url: proxy?.refresh_url ?? '',
    tags: proxy?.tags ?? [],
    notes: proxy?.notes ?? '',
    expires: proxy?.expires_at?.slice(0, 10) ?? '',
  };
}

const textOrNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** Input of `proxies_create` and `proxies_update`; the password stays as it is when none is typed. */
export function inputOf(values: ProxyValues, password: string): Input<'proxies_create'> {
  const { name, port, expires } = values;
  return {
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    ...{ scheme: values.scheme, host: values.host.trim().replace(/^\[(.*)\]$/, '$1'), port: Number(port) },
    ...{ username: textOrNull(values.username), refresh_url: textOrNull(values.refresh_url) },
    ...(password === '' ? {} : { password }),
    ...{ tags: values.tags, notes: values.notes },
    expires_at: expires === '' ? null : `${expires}T00:00:00.000Z`,
  };
}

/** Form field of an input path. */
const fieldOf = (path: string): string => {
  const [first = ''] = path.replace(/^\//, '').split(/[./]/);
  return first === 'expires_at' ? 'expires' : first;
};

/** Maps validation messages from input paths to form fields. */
export const fieldErrors = (errors: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(errors).map(([path, message]) => [fieldOf(path), message]));

/** Validates against the contract's schema. @returns messages by form field; empty when valid */
export function validateProxy(values: ProxyValues, password: string): Record<string, string> {
  const errors: Record<string, string> = {};
  if (values.host.trim() === '') errors.host = 'Host is required';
  if (values.port === '') errors.port = 'Port is required';
  const parsed = ProxyCreate.safeParse(inputOf(values, password));
  if (!parsed.success) {
    for (const issue of parsed.error.issues) errors[fieldOf(issue.path.join('.'))] ??= issueText(issue);
  }
  return errors;
}
