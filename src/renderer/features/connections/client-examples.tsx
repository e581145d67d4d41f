/** How an OpenAI client is pointed at this host: the same request in three languages, ready to be copied. */
import { useState } from 'react';
import { CopyButton } from '../../ui/buttons.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import css from './api-explorer.module.css';

const LANGUAGES = [
  { id: 'curl', label: 'curl' },
  { id: 'python', label: 'Python' },
  { id: 'javascript', label: 'JavaScript' },
] as const;
type Language = (typeof LANGUAGES)[number]['id'];

/** The request in each language. The key comes from the environment, so that it is in no file and no history. @param url address of the API, `http://…/v1` */
const EXAMPLES: Readonly<Record<Language, (url: string) => string>> = {
  curl: (url) => `curl '${url}/chat/completions' \\
  -H "Authorization: Bearer $TABAGENT_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '{"model": "default", "messages": [{"role": "user", "content": "Hello"}]}'`,
  python: (url) => `import os
from openai import OpenAI

client = OpenAI(base_url="${url}", api_key=os.environ["TABAGENT_KEY"])
answer = client.chat.completions.create(
    model="default",
    messages=[{"role": "user", "content": "Hello"}],
)
print(answer.choices[0].message.content)`,
  javascript: (url) => `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${url}', apiKey: process.env.TABAGENT_KEY });
const answer = await client.chat.completions.create({
  model: 'default',
  messages: [{ role: 'user', content: 'Hello' }],
});
console.log(answer.choices[0].message.content);`,
};

export function ClientExamples({ url }: { url: string }) {
  const [language, setLanguage] = useState<Language>('curl');
  const code = EXAMPLES[language](url);
  return (
    <section className={`${layout.col} ${css.first}`} aria-label="OpenAI clients">
      <div className={layout.row}>
        <h2>OpenAI clients</h2>
        <span className={layout.grow} />
        <Tabs name="client" label="Language" tabs={LANGUAGES} value={language} onChange={setLanguage} />
        <CopyButton label="Copy example" text={code} />
      </div>
      <p className={text.muted}>
        Any client of the OpenAI API works with this address and an API key of the area Models. “default” is the default
        model; another one is asked for by its name.
      </p>
      <TabPanel name="client" value={language}>
        <pre className={text.pre}>{code}</pre>
      </TabPanel>
    </section>
  );
}
