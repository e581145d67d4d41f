/** Programs that sign and send a delivery, to be copied. The secret stands in the environment, so that it is in no history of a shell. */

/** Where a program says which address it sends to. */
type Sample = (url: string) => string;

const CURL: Sample = (url) => `# WEBHOOK_SECRET holds the secret
body='{"ref":"main"}' id=$(openssl rand -hex 16) at=$(date +%s)
key=$(printf %s "\${WEBHOOK_SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')
sig=$(printf %s "$id.$at.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
curl -sS '${url}' -H 'content-type: application/json' -d "$body" \\
  -H "webhook-id: $id" -H "webhook-timestamp: $at" -H "webhook-signature: v1,$sig"`;

const NODE: Sample = (url) => `import { createHmac, randomUUID } from 'node:crypto';

const key = Buffer.from(process.env.WEBHOOK_SECRET.replace('whsec_', ''), 'base64');
const [body, id, at] = [JSON.stringify({ ref: 'main' }), randomUUID(), String(Math.floor(Date.now() / 1000))];
const signature = createHmac('sha256', key).update(\`\${id}.\${at}.\${body}\`).digest('base64');
const headers = { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': \`v1,\${signature}\` };
const sent = await fetch('${url}', { method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } });
console.log(sent.status, await sent.text());`;

const GITHUB: Sample = (url) => `Payload URL:   ${url}
Content type:  application/json
Secret:        the whole secret, with whsec_`;

export const SAMPLES = { curl: CURL, node: NODE, github: GITHUB } as const;
export type SampleName = keyof typeof SAMPLES;
